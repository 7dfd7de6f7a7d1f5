"""What a text asks of an index, or why it cannot be asked."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings

from indexer import (
    Document,
    ParagraphMissing,
    QueryEmpty,
    QueryError,
    QueryOnlyExcludes,
    QueryOpensTooMuch,
    QuerySyntaxError,
    QueryTooLong,
    QueryTooOpen,
    QueryTooWide,
)
from indexer.search import Search
from indexer.settings import Asking, Settings
from indexer.suggest.words import open_to_change
from indexer.types import Mending, Paragraph, Span
from tests.backends.engines import memory, search
from tests.queries.test_parser import texts

if TYPE_CHECKING:
    from indexer import Understanding

ASKED = search(
    memory(
        [
            Document("a.txt", "Она мыла раму. Мыло лежит у рамы. Мылом мыли окна."),
            Document("b.txt", "Сельское хозяйство.", title="О земле", author="Пётр Иванов"),
            Document("c.txt", "Казахстанский мёд и привет из Казахстана. Linux."),
        ]
    )
)


def understood(text: str) -> Understanding:
    return ASKED.understand(text)


def test_a_word_shows_its_lemmas_and_their_forms_here() -> None:
    (word,) = understood("мыла").words
    assert [(lemma.text, lemma.places, lemma.forms) for lemma in word.lemmas] == [
        ("мыло", 3, {"Мыло": 1, "Мылом": 1, "мыла": 1}),
        ("мыть", 3, {"Мыло": 1, "мыла": 1, "мыли": 1}),
    ]


def test_words_know_their_places_and_signs() -> None:
    text = "заголовок:земля -«сельское хозяйство» !мёд"
    words = understood(text).words
    assert [text[slice(*word.span)] for word in words] == [word.text for word in words]
    assert [(word.text, word.signs) for word in words] == [
        ("земля", ("title:",)),
        ("сельское", ("-", '"')),
        ("хозяйство", ("-", '"')),
        ("мёд", ("!",)),
    ]
    assert words[-1].forms == {"мёд": 1}


def test_spans_are_of_the_query_however_its_spaces_are() -> None:
    text = " мыла \t раму  10 000 "
    assert [text[slice(*word.span)] for word in understood(text).words] == ["мыла", "раму", "10 000"]


def test_a_decomposed_query_is_composed() -> None:
    assert [word.text for word in understood("мёд".replace("ё", "е\u0308")).words] == ["мёд"]


def test_relatives_and_misspellings_are_shown() -> None:
    (relative,) = understood("~казахстан").words
    assert {lemma.text for lemma in relative.lemmas if lemma.places} == {"казахстан", "казахстанский"}
    (misspelt,) = understood("маду~2").words
    assert set(misspelt.forms) == {"мед", "мыла", "раму", "рамы"} & set(misspelt.forms)
    assert "мед" in misspelt.forms


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", QueryEmpty, "no word"),
        ("  ?! —", QueryEmpty, "no word"),
        ("-мыло", QueryOnlyExcludes, "beside"),
        ("-(мыло | рама)", QueryOnlyExcludes, "beside"),
        ("*", QueryTooWide, "at least 3 letters"),
        ("а*", QueryTooWide, "The mask а\\* would"),
        ("мыло *б*", QueryTooWide, "at least 3 letters"),
        ("мыло " * 401, QueryTooLong, "401 words"),
        ("-(" + "мыл* " * 20 + "мыло~ " * 11 + ")", QueryTooOpen, "31 masks"),
    ],
)
def test_what_cannot_be_searched_is_refused(text: str, error: type[QueryError], message: str) -> None:
    with pytest.raises(error, match=message):
        understood(text)


def test_near_of_too_many_ways_is_refused() -> None:
    many = "(" + " | ".join(f"слово{number}" for number in range(30)) + ")"
    with pytest.raises(QueryOpensTooMuch, match="900 alternatives"):
        understood(f"{many} РЯДОМ/3 {many}")


def test_a_mask_of_too_many_forms_is_refused() -> None:
    narrow = Search(memory([Document("a.txt", "кот, кота, коту")]), Settings(asking=Asking(most_forms=2)))
    with pytest.raises(QueryOpensTooMuch, match="кот\\* stands for 3 alternatives, and a search takes at most 2"):
        narrow.search("кот*")
    assert narrow.search("кота*").total == 1
    with pytest.raises(QueryOpensTooMuch, match="stands for 4 alternatives"):
        narrow.search("кота* кот~")


@pytest.mark.parametrize(
    ("text", "mending"),
    [
        ("мыло * рама", Mending("bare mask", Span(5, 6), "*")),
        ("мыло ИЛИ НЕ рама", Mending("nothing wanted", Span(12, 16), "рама")),
        ("мыло РЯДОМ/3 автор:Иванов", Mending("not near", Span(0, 25), "мыло РЯДОМ/3 автор:Иванов")),
        ("мыло)", Mending("stray bracket", Span(4, 5), ")")),
    ],
)
def test_what_is_mended_is_told_with_its_place(text: str, mending: Mending) -> None:
    assert understood(text).mendings == (mending,)
    assert ASKED.search(text).mendings == (mending,)
    with pytest.raises(QuerySyntaxError) as wrong:
        ASKED.search(text, strict=True)
    assert wrong.value.values["at"] == mending.span.start + 1


def test_a_hint_is_no_mistake() -> None:
    assert [mending.kind for mending in ASKED.search("мыло: рама", strict=True).mendings] == ["unknown field"]


@settings(max_examples=500, deadline=None)
@given(texts)
@example("𗀀0")  # a letter without a name, and what may be a Russian one
def test_any_text_is_answered_or_refused(text: str) -> None:
    # Any other failure is a traceback for whoever asks.
    with suppress(QueryError):
        meaning = ASKED.understand(text)
        ASKED.search(text)
        assert all(meaning.text[slice(*word.span)].strip() for word in meaning.words)
        assert ASKED.understand(meaning.printed).query == meaning.query


@pytest.mark.parametrize(
    "text", ["мыло" * 25_000, "мыло " * 20_000, "(" * 100_000, '"' * 99_999, "*" * 100_000, "м*" * 50_000]
)
def test_a_hundred_thousand_characters(text: str) -> None:
    with suppress(QueryError):
        ASKED.search(text)


# --- the ladder -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("ctkmcrjt [jpzqcndj", "layout"),
        ("selskoe hozyaystvo", "transliteration"),
        ("сельскае хазяйство", "spelling"),
        ("ghbdtn", "layout"),
        ("дштгч", "layout"),
    ],
)
def test_a_mistyped_query_finds_what_was_meant(text: str, rung: str) -> None:
    meant = {"ghbdtn": "привет", "дштгч": "linux"}.get(text, "сельское хозяйство")
    answer = ASKED.search(text)
    assert answer.rescue is not None
    assert (answer.rescue.rung, answer.rescue.query) == (rung, meant)
    expected = ASKED.search(meant)
    assert (answer.results, answer.total) == (expected.results, expected.total)
    assert expected.rescue is None
    assert ASKED.search(text, rescue=False).total == 0


@settings(max_examples=500, deadline=None)
@given(texts)
def test_what_an_asker_has_fixed_is_never_read_otherwise(text: str) -> None:
    """The ladder scans the signs of a query by itself, for some of them may be letters of another layout."""
    with suppress(QueryError):
        meaning = ASKED.understand(text)
        left = open_to_change(meaning.text)
        for word in meaning.words:
            if {"-", "!", "*"} & set(word.signs):
                assert not left[slice(*word.span)].strip()


def test_relatives_are_the_last_rung() -> None:
    answer = ASKED.search("казахстанец")
    assert answer.rescue is not None
    assert (answer.rescue.rung, answer.rescue.query) == ("relatives", "~казахстанец")
    assert answer.total == 1


def test_what_has_been_found_is_not_rescued() -> None:
    assert ASKED.search("мыло хазяйство").rescue is None


def test_nothing_is_found_for_what_means_nothing() -> None:
    answer = ASKED.search("ъъъъъ")
    assert (answer.total, answer.rescue) == (0, None)


def test_completions_are_the_most_frequent_first() -> None:
    assert [(found.text, found.places) for found in ASKED.suggest("рама каз")] == [
        ("Казахстана", 1),
        ("Казахстанский", 1),
    ]
    assert ASKED.suggest("мыла ") == ()


def test_a_paragraph_of_another_index_has_no_parts() -> None:
    with pytest.raises(ParagraphMissing):
        ASKED.explain("мыло", Paragraph("z.txt", 1, Span(0, 4), "Мыло"))


def test_parts_add_up_to_the_score() -> None:
    for query in ("мыла раму", '"мыла раму"', "заголовок:земля сельское^2", "мыть | рама", "мыло -привет"):
        for result in ASKED.search(query):
            parts = ASKED.explain(query, result.paragraph)
            assert sum(part.score for part in parts) == pytest.approx(result.score)
