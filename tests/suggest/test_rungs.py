"""The rungs together: what to ask instead when a query finds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.suggest import rungs
from indexer.suggest.words import open_to_change
from indexer.vocabulary import Vocabulary
from tests.patience import within_patience
from tests.suggest.vocabularies import ANALYZER, of

if TYPE_CHECKING:
    from indexer.types import Rescue

TEXT = "Сельское хозяйство, совет, молоко и телевизор; москва. Закон об орле, автор и дата. Linux, meeting."
VOCABULARY = of(TEXT)
SIGNS = st.sampled_from(
    [" ", '"', "«", "»", "-", "+", "!", "=", "~", "(", ")", "|", "*", "?", "^2", "~2", "И ", "НЕ ", "дата:"]
)
QUERIES = st.lists(SIGNS | st.sampled_from(["ctkmcrjt", "selskoe", "хазяйство", "м0локо", "закон"])).map("".join)


def given_for(query: str) -> list[Rescue]:
    return list(rungs(query, VOCABULARY, ANALYZER))


@pytest.mark.parametrize(
    ("query", "rung", "instead"),
    [
        ("м0локо", "characters", "молоко"),
        ("ctkmcrjt [jpzqcndj", "layout", "сельское хозяйство"),
        ("selskoe hozyaystvo", "transliteration", "сельское хозяйство"),
        ("сельскае хозяйство", "spelling", "сельское хозяйство"),
        ("selskoje hazyaistvo", "spelling", "сельское хозяйство"),
        ("COBET ghbv selskoe", "transliteration", "СОВЕТ ghbv сельское"),
        ("м0локо  и\tntktdbpjh", "layout", "молоко  и\tтелевизор"),
        ("м0локо ntksdbpjh", "spelling", "молоко телевизор"),
        ('+"сельскае хозяйство"~3^2 -масква', "spelling", '+"сельское хозяйство"~3^2 -масква'),
    ],
)
def test_a_query_is_rewritten_in_place(query: str, rung: str, instead: str) -> None:
    [rescue] = given_for(query)
    assert (rescue.rung, rescue.query) == (rung, instead)


def test_the_pairs_say_what_was_typed_and_what_is_read() -> None:
    [rescue] = given_for("м0локо закон ctkmcrjt hazyaistvo")
    assert rescue.words == (("м0локо", "молоко"), ("ctkmcrjt", "сельское"), ("hazyaistvo", "хозяйство"))


@pytest.mark.parametrize(
    "query",
    [
        "сельское хозяйство",
        "хозяйствами",  # known by its lemma
        "закон -хазяйство",
        "закон НЕ хазяйство",
        "закон NOT selskoe",
        'закон -"хазяйство сельскае" -(масква | ctkmcrjt)',
        "!хазяйство =ctkmcrjt",
        '!"хазяйство"',
        "хазя* ха?яйство *зяйсво",
        "путь:хазяйство path:selskoe",
        "дата:2023 date:вчера",
        "закон РЯДОМ/предл совет",
        "закон NEAR/5 совет",
        "закон AND совет",
        "1234567 12,5 2024",
        "абырвалг",
        "",
    ],
)
def test_what_is_left_alone(query: str) -> None:
    assert given_for(query) == []


def test_names_of_fields_are_left_alone_and_their_values_are_not() -> None:
    [rescue] = given_for("заголовок:хазяйство title:ctkmcrjt (автор: масква)")
    assert rescue.query == "заголовок:хозяйство title:сельское (автор: москва)"


def test_in_a_query_all_in_capitals_no_word_is_an_operator() -> None:
    [rescue] = given_for("СЕЛЬСКАЕ НЕ ХАЗЯЙСТВО")
    assert rescue.query == "СЕЛЬСКОЕ НЕ ХОЗЯЙСТВО"


def test_a_rung_is_not_computed_before_it_is_asked_for() -> None:
    class WithoutNear(Vocabulary):
        def near(self, word: str, edits: int) -> dict[str, tuple[int, int]]:
            raise AssertionError((word, edits))

    lazy = WithoutNear(VOCABULARY.lexicons, VOCABULARY.lemma_places)
    assert next(rungs("ctkmcrjt", lazy, ANALYZER)).query == "сельское"
    assert next(rungs("selskoe", lazy, ANALYZER)).query == "сельское"


def is_rewritten(query: str, instead: str, pairs: tuple[tuple[str, str], ...]) -> bool:
    """Whether a query becomes another if at some places of pairs the one is put for the other."""
    ways = {(0, 0)}  # lengths of beginnings that become each other
    for at in range(len(query)):
        for _, to in [way for way in ways if way[0] == at]:
            if query[at] == instead[to : to + 1]:
                ways.add((at + 1, to + 1))
            for typed, read in pairs:
                if query.startswith(typed, at) and instead.startswith(read, to):
                    ways.add((at + len(typed), to + len(read)))
    return (len(query), len(instead)) in ways


@given(QUERIES)
@example("ctkmcrjt(-selskoe)")
@example("^2законctkmcrjt^2закон")
@example("ctkmcrjtзаконИ законИ ")
def test_all_but_the_pairs_stays_verbatim(query: str) -> None:
    for rescue in given_for(query):
        assert rescue.query != query
        assert is_rewritten(query, rescue.query, rescue.words)


@given(st.text())
@example("\ud800\x00\u202e🙂")
def test_any_text_has_rungs(text: str) -> None:
    for vocabulary in (VOCABULARY, of()):
        for rescue in rungs(text, vocabulary, ANALYZER):
            assert rescue.query != text
            assert rescue.words


@given(st.text("аz *?!-=\"(«»)~^:1И\n'."))
def test_what_is_open_to_change_keeps_its_place(query: str) -> None:
    free = open_to_change(query)
    assert len(free) == len(query)
    assert all(left in {right, " "} for left, right in zip(free, query, strict=True))


@pytest.mark.parametrize(
    "query",
    [
        "хазяйство " * 10_000,
        "ctkmcrjt" * 12_500,
        "(" * 100_000,
        "-(" * 50_000,
        "- " * 50_000,
        "-" * 100_000,
        "'" * 100_000,
        "?" * 100_000,
        "_" * 100_000,
        "!" * 100_000,
        '"' * 100_000,
        "а-" * 50_000,
        "а " * 50_000,
        "а." * 50_000,
        "a'" * 50_000,
        "[" * 100_000,
        "НЕ " * 30_000,
        "дата:" * 20_000,
        "z\u0301" * 50_000,
        " " * 100_000,
    ],
    ids=lambda query: query[:6],
)
def test_no_query_takes_long(query: str) -> None:
    with within_patience():
        list(rungs(query, VOCABULARY, ANALYZER))
