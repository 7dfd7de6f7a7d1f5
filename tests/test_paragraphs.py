"""How documents fall into paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.paragraphs import _cuts, _cuts_of_any, split
from indexer.sentences import ends, has_smile, last_end
from indexer.settings import Reading
from indexer.types import Document
from tests.patience import within_patience

LONG = "Довольно длинное предложение " + "продолжается и здесь, и тут, и там, " * 3 + "до самого конца."


def texts(text: str, longest: int = 2000) -> list[str]:
    return [p.text for p in split(Document("a.txt", text), Reading(longest_paragraph=longest))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\n ", []),
        ("один", ["один"]),
        ("один\nдва\nтри", ["один", "два", "три"]),
        ("один\nдва\n\nтри", ["один\nдва", "три"]),
        ("один\r", ["один"]),
        ("  Первый\nпродолжен\n  Второй\nтоже", ["Первый\nпродолжен", "Второй\nтоже"]),
        ("  Первый\n  Второй", ["Первый", "Второй"]),
        (f"{LONG}\n{LONG}\n\n{LONG}", [LONG] * 3),
        ("один\n***\nдва", ["один", "два"]),
        ("\n\nодин\n \n\nдва\n", ["один", "два"]),
    ],
)
def test_the_document_says_what_ends_a_paragraph(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_a_long_paragraph_is_cut_at_sentence_ends() -> None:
    text = "Первое предложение. Второе предложение. Третье предложение."
    assert texts(text, longest=40) == ["Первое предложение. Второе предложение.", "Третье предложение."]


def test_abbreviations_and_initials_do_not_end_a_sentence() -> None:
    text = "Роман написал А. С. Пушкин, т. е. поэт. Второе предложение тут."
    assert texts(text, longest=45) == ["Роман написал А. С. Пушкин, т. е. поэт.", "Второе предложение тут."]


@given(st.text(st.sampled_from("аб .!?\n\t Б1-"), max_size=300), st.integers(1, 50))
def test_spans_are_the_paragraphs_and_nothing_with_a_letter_is_lost(text: str, longest: int) -> None:
    found = list(split(Document("a.txt", text), Reading(longest_paragraph=longest)))
    assert [p.number for p in found] == list(range(1, len(found) + 1))
    end = 0
    rest = ""
    for paragraph in found:
        assert text[slice(*paragraph.span)] == paragraph.text == paragraph.text.strip()
        assert len(paragraph.text) <= longest
        assert paragraph.span.start >= end
        rest += text[end : paragraph.span.start]
        end = paragraph.span.stop
    assert not any(character.isalnum() for character in rest + text[end:])


@given(st.lists(st.text(st.sampled_from("аб \t.1"), max_size=6), max_size=8))
def test_lines_between_blank_lines_are_paragraphs_however_blank_those_are(lines: list[str]) -> None:
    """Without a space in the blank lines the text is split at once, with one its lines are looked at one by one."""
    assert texts("\n\n".join(lines)) == texts("\n \n".join(lines))


@pytest.mark.parametrize(
    "text",
    [" " * 10**6, "а" * 10**6, "слово " * 200_000, "\n \n" * 300_000, ("строка " * 10 + "\n") * 20_000],
    ids=["blanks", "one word", "one line", "blank lines", "short lines"],
)
def test_a_megabyte_of_anything_is_split_in_seconds(text: str) -> None:
    with within_patience():
        texts(text)


SENTENCES = st.text(st.sampled_from('аБ .!?)"-—;1:\n'), max_size=300) | st.lists(
    st.sampled_from(
        "Он был. т. е. 1. (с. 5)... А. С. Пушкин! слово словословословословослово :-) Да?» — Нет".split(" ")
    ),
    max_size=60,
).map(" ".join)


@given(SENTENCES, st.integers(1, 60))
def test_a_long_paragraph_is_cut_where_all_its_sentences_say(text: str, longest: int) -> None:
    """It is looked for the last end within a limit alone."""
    assert list(_cuts(text, longest)) == list(_cuts_of_any(text, 0, longest))


@given(SENTENCES, st.integers(0, 5), st.integers(1, 60))
def test_the_last_end_is_the_last_of_all_that_are_near(text: str, number: int, near: int) -> None:
    assume(not has_smile(text))
    every = [0, *ends(text)]
    start = every[min(number, len(every) - 1)]
    assert last_end(text, start, start + near) == max(
        (end for end in every if start < end <= start + near), default=None
    )
    assert list(ends(text, start)) == [end for end in every if end > start]
