from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer import Document, Settings
from indexer.errors import SettingRefused
from indexer.evaluation import Evaluation, JudgedSet, Outcome, SetOutcome, changed, compare, swings
from indexer.evaluation.metrics import measure

if TYPE_CHECKING:
    from indexer.evaluation.systems import Found

GRADES = {"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"c": 1}, "q4": {"d": 1}}


def answer(paths: str) -> Found:
    return tuple((path, 10.0 - place) for place, path in enumerate(paths))


BEFORE = {"q1": answer("ab"), "q2": answer("ab"), "q3": answer("c"), "q4": ()}
AFTER = {"q1": answer("xxa"[1:]), "q2": answer("ba"), "q3": answer("c"), "q4": answer("abcd")}


def evaluation(*names: str) -> Evaluation:
    """Return an evaluation of two systems, the same for sets of these names."""
    outcomes = {name: Outcome(run, measure(GRADES, run)) for name, run in (("old", BEFORE), ("new", AFTER))}
    documents = tuple(Document(path, path) for path in "abcd")
    queries = {query: f"вопрос {query}" for query in GRADES}
    sets = [SetOutcome(JudgedSet(name, documents, queries, GRADES), outcomes) for name in names]
    return Evaluation(("old", "new"), tuple(sets))


def test_queries_are_counted_by_what_became_of_them() -> None:
    [found] = compare(evaluation("one"), "old", "new", "MRR@10")
    assert (found.set, found.measure) == ("one", "MRR@10")
    assert (found.wins, found.ties, found.losses) == (2, 1, 1)
    assert found.before == pytest.approx((1 + 0.5 + 1 + 0) / 4)
    assert found.after == pytest.approx((0.5 + 1 + 1 + 0.25) / 4)
    assert found.difference.mean == pytest.approx(found.after - found.before)
    assert found.difference.low <= found.difference.mean <= found.difference.high
    assert found.p > 0.1


def test_the_other_way_round_is_the_opposite() -> None:
    [there] = compare(evaluation("one"), "old", "new", "MRR@10")
    [back] = compare(evaluation("one"), "new", "old", "MRR@10")
    assert (back.wins, back.losses) == (there.losses, there.wins)
    assert back.difference.mean == pytest.approx(-there.difference.mean)
    assert back.p == there.p


def test_several_sets_have_an_average() -> None:
    one, two, average = compare(evaluation("one", "two"), "old", "new", "nDCG@10")
    assert average.set == ""
    assert average.difference.mean == pytest.approx((one.difference.mean + two.difference.mean) / 2)
    assert average.ties == one.ties + two.ties


def test_swings_go_from_the_greatest_loss_to_the_greatest_win() -> None:
    found = swings(evaluation("one"), "old", "new", "MRR@10")
    assert [(swing.query, swing.rank_before, swing.rank_after, swing.document) for swing in found] == [
        ("q1", 1, 2, "a"),
        ("q4", None, 4, "d"),
        ("q2", 2, 1, "b"),
    ]
    assert found[0].text == "вопрос q1"
    assert [swing.difference for swing in found] == pytest.approx([-0.5, 0.25, 0.5])


# --- settings ---------------------------------------------------------------------------------------------------------


def test_a_setting_is_changed_by_its_name() -> None:
    settings = changed(changed(Settings(), "ranking.all_first=0"), " ranking.k1 = 0,9 ")
    assert (settings.ranking.all_first, settings.ranking.k1) == (0, 0.9)
    assert changed(settings, "ranking.k1=0.5") == changed(Settings(), "ranking.all_first=0")


@pytest.mark.parametrize(
    ("assignment", "reason"),
    [
        ("", "there is no such setting, but reading.longest_paragraph, "),
        ("ranking", "there is no such setting"),
        ("ranking.speed=1", "there is no such setting"),
        ("ranking.__class__=1", "there is no such setting"),
        ("ranking.k1", "a number is wanted, at least 0"),
        ("ranking.k1=-1", "a number is wanted, at least 0"),
        ("ranking.k1=nan", "a number is wanted, at least 0"),
        ("ranking.k1=inf", "a number is wanted, at least 0"),
        ("ranking.b=2", "a number from 0 to 1 is wanted"),
        ("ranking.all_first=0.5", "a whole number is wanted, at least 0"),
        ("analysis.most_lemmas=0", "a whole number is wanted, at least 1"),
        ("reading.longest_paragraph=0", "a whole number is wanted, at least 1"),
        ("ranking.all_first=" + "9" * 5000, "a whole number is wanted, at least 0"),
        ("\ud800=\x00", "there is no such setting"),
    ],
)
def test_what_cannot_be_set_is_told(assignment: str, reason: str) -> None:
    with pytest.raises(SettingRefused) as told:
        changed(Settings(), assignment)
    assert str(told.value.values["reason"]).startswith(reason)
