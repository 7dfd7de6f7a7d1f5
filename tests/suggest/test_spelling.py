"""Misspellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from indexer.suggest import Correction, corrections
from indexer.suggest.spelling import DEFAULT, changes, slips, split
from indexer.suggest.words import Known, rewritten
from tests.suggest.vocabularies import ANALYZER, of

TEXT = """Сельское хозяйство, корова и молоко. Учиться и учится. Телевизор. Масса: расы и раса. Я не знаю, что не было.
Московский вокзал; Москва. Очень, очень приятно. Слово и слава, слава, слава, слава. Programming. Ёжик"""
VOCABULARY = of(*TEXT.split(". "))
KNOWN = Known(of(TEXT, "не было, не знаю; " * 10), ANALYZER)
WORDS = st.text("аобвгдзьнй-", max_size=8)


def first(word: str) -> str:
    return next((one.text for one in corrections(word, VOCABULARY, ANALYZER)), "")


def read(query: str) -> str:
    return rewritten(query, changes(query, KNOWN))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("хазяйство", "хозяйство"),
        ("Хозяство", "хозяйство"),
        ("карова", "корова"),
        ("кооровва", "корова"),
        ("молкоо", "молоко"),
        ("ооооочень", "очень"),
        ("ежык", "ежик"),
        ("ёжи", "ежик"),
        ("programing", "programming"),
        ("тилевизоор", "телевизор"),
        ("абракадабра", ""),
        ("", ""),
    ],
)
def test_first_correction(typed: str, meant: str) -> None:
    assert first(typed) == meant


def test_a_correction_says_how_far_and_how_frequent() -> None:
    assert corrections("славо", VOCABULARY, ANALYZER) == [Correction("слава", 1, 4), Correction("слово", 1, 1)]
    assert corrections("славо", VOCABULARY, ANALYZER, limit=1) == [Correction("слава", 1, 4)]


def test_a_word_is_no_correction_of_itself() -> None:
    assert "раса" not in {one.text for one in corrections("раса", VOCABULARY, ANALYZER)}


def test_a_short_word_may_have_one_edit() -> None:
    assert corrections("росс", VOCABULARY, ANALYZER) == []  # «расы» is two away
    assert [one.text for one in corrections("раси", VOCABULARY, ANALYZER)] == ["расы", "раса"]


@given(WORDS, WORDS)
def test_slips_are_edits_that_count_less(one: str, other: str) -> None:
    edits = OSA.distance(one, other)
    assert DEFAULT.slip * edits - 1e-9 <= slips(one, other) <= edits + 1e-9
    assert slips(one, one) == 0
    assert slips(one, other) == pytest.approx(slips(other, one))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("сельскоое «хазяйство» -хазяйство", "сельское «хозяйство» -хазяйство"),
        ("МАСКВА Масква", "МОСКВА Москва"),
        ("незнаю", "не знаю"),
        ("небыло", "не было"),
        ("коровами", "коровами"),  # known by its lemma
        ("кит", "кит"),  # too short to be sure
        ("масштаб", "масштаб"),  # two edits from «масса», but they are no slips
        ("mascva", "mascva"),  # likewise
        ("karovka", "karovka"),  # likewise, in Latin letters
        ("ntksdbpjh", "телевизор"),  # misspelt in the other layout
        ("hazyaistvo", "хозяйство"),  # misspelt in Latin letters
    ],
)
def test_changes_of_a_query(query: str, expected: str) -> None:
    assert read(query) == expected


def test_a_word_is_split_where_both_parts_are_words() -> None:
    assert split("незнаю", KNOWN.vocabulary) == ("не знаю", 11)
    assert split("коровамолоко", KNOWN.vocabulary) == ("", 0)  # each stands but once
    assert split("", KNOWN.vocabulary) == ("", 0)
