"""The forms of an index: compared with what is slow and obvious."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.vocabulary import Lexicon, Vocabulary
from tests.patience import within_patience

FORMS = st.text("аблс-.", min_size=1, max_size=7) | st.text(
    st.characters(exclude_characters="\n"), min_size=1, max_size=4
)
LEXICONS = st.dictionaries(FORMS, st.integers(1, 5), max_size=25)
MASKS = st.text("абл*?.", max_size=8)


def lexicon(counts: dict[str, int]) -> Lexicon:
    forms = sorted(counts)
    return Lexicon(forms, np.array([counts[form] for form in forms], dtype=np.int64))


def vocabulary(*counts: dict[str, int]) -> Vocabulary:
    return Vocabulary([lexicon(one) for one in counts], lambda _: 0)


def alignment(one: str, other: str) -> int:
    """Return the optimal string alignment distance by its definition."""

    @cache
    def of(left: int, right: int) -> int:
        if not left or not right:
            return left + right
        steps = [of(left - 1, right) + 1, of(left, right - 1) + 1]
        steps.append(of(left - 1, right - 1) + (one[left - 1] != other[right - 1]))
        if one[left - 2 : left] == other[right - 2 : right][::-1] and min(left, right) > 1:
            steps.append(of(left - 2, right - 2) + 1)
        return min(steps)

    return of(len(one), len(other))


def fits(form: str, mask: str) -> bool:
    """Whether a form is as a mask, by its definition."""
    if not mask:
        return not form
    if mask[0] == "*":
        return fits(form, mask[1:]) or (bool(form) and fits(form[1:], mask))
    return bool(form) and mask[0] in {"?", form[0]} and fits(form[1:], mask[1:])


@given(LEXICONS, FORMS)
def test_count_is_how_often_a_form_stands(counts: dict[str, int], form: str) -> None:
    assert lexicon(counts).count(form) == counts.get(form, 0)


@given(LEXICONS, st.text("абл", max_size=3))
def test_starting_gives_the_forms_with_a_prefix(counts: dict[str, int], prefix: str) -> None:
    forms = lexicon(counts).forms
    assert list(lexicon(counts).starting(prefix)) == [at for at, form in enumerate(forms) if form.startswith(prefix)]


@given(LEXICONS, st.text("аблс-", max_size=7), st.integers(0, 3))
@example({"а": 1}, "", 1)
@example({"аб": 1}, "ба", 1)
def test_near_is_optimal_string_alignment(counts: dict[str, int], word: str, edits: int) -> None:
    forms = lexicon(counts).forms
    distances = [(at, alignment(word, form)) for at, form in enumerate(forms)]
    assert lexicon(counts).near(word, edits) == [pair for pair in distances if pair[1] <= edits]


@given(LEXICONS, MASKS)
@example({"ал": 1, "ба": 1}, "а*а")
@example({"а.": 1, "аб": 1}, "а.")
@example({"абаб": 1}, "*аб*б")
def test_like_is_the_mask_by_its_definition(counts: dict[str, int], mask: str) -> None:
    assert lexicon(counts).like(mask) == [at for at, form in enumerate(lexicon(counts).forms) if fits(form, mask)]


@given(LEXICONS, LEXICONS, LEXICONS, MASKS, st.integers(0, 6))
def test_several_lexicons_are_as_one(
    one: dict[str, int], two: dict[str, int], three: dict[str, int], mask: str, limit: int
) -> None:
    several = vocabulary(one, two, three)
    single = vocabulary(Counter(one) + Counter(two) + Counter(three))
    assert several.like(mask) == single.like(mask)
    assert several.near(mask, 2) == single.near(mask, 2)
    prefix = mask[:2]
    assert several.starting(prefix, limit) == single.starting(prefix, limit)
    assert several.begins(prefix) == single.begins(prefix)
    assert all(several.count(form) == single.count(form) for form in [*one, *two, mask])


@given(LEXICONS, st.integers(0, 6))
def test_starting_gives_the_most_frequent_first(counts: dict[str, int], limit: int) -> None:
    frequent = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    assert vocabulary(counts).starting("", limit) == frequent[:limit]


def test_the_most_frequent_need_not_lead_in_any_lexicon() -> None:
    leaders = [{f"а{letter}": 9, "аа": 8} for letter in "бвгд"]
    assert vocabulary(*leaders).starting("а", 1) == [("аа", 32)]


@pytest.mark.parametrize("mask", ["*а*" * 60, "*?" * 100, "а" * 100_000, "*" * 100_000, "*а" * 30 + "б"])
def test_no_mask_takes_long(mask: str) -> None:
    forms = ["а" * length for length in range(1, 65)] + [f"а{number:063}" for number in range(2000)]
    with within_patience():
        lexicon(dict.fromkeys(forms, 1)).like(mask)


@pytest.mark.parametrize("text", ["", "\n", "а\nб", "\ud800", "\x00", "а" * 100_000, "🙂", "\u202eа", "[(*", "\\"])
def test_no_text_raises(text: str) -> None:
    for one in (vocabulary({"а": 1, "б": 2}), vocabulary({}), vocabulary()):
        assert one.like(text) == {}
        assert set(one.near(text, 2)) <= {"а", "б"}
        assert one.starting(text, 5) in ([], [("б", 2), ("а", 1)])
        assert one.count(text) == 0


def test_a_mask_does_not_reach_over_forms() -> None:
    assert vocabulary({"а": 1, "б": 1}).like("а\nб") == {}
    assert vocabulary({"а": 1, "б": 1}).like("а*б") == {}
