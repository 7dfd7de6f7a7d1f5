"""English stems are those of Snowball."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer.english_stemmer import EnglishStemmer

from indexer.analysis import english
from indexer.analysis.english import stem

# The same in Python whether a C version is installed or not.
SNOWBALL = EnglishStemmer()
STARTS = "arsen commun emerg gener inter later organ past univers succ proc exc even cann inn earr herr out".split()
ENDS = sorted(
    {
        *english._SECOND,  # noqa: SLF001 -- of every rule there must be words
        *english._THIRD,  # noqa: SLF001 -- likewise
        *english._FOURTH,  # noqa: SLF001 -- likewise
        *english._VERBAL,  # noqa: SLF001 -- likewise
        *("", "s", "ies", "ied", "sses", "ss", "us", "'", "'s", "'s'", "y", "e", "l", "ll", "at", "bl", "iz", "tt"),
    }
)
LETTERS = st.text("aeouywxlstbcdg'", max_size=5)
END = st.sampled_from(ENDS)


@pytest.mark.parametrize("word", [*english._ODD, *STARTS])  # noqa: SLF001 -- likewise
def test_a_word_of_a_list_has_its_stem(word: str) -> None:
    for form in (word, *(word + end for end in ENDS)):
        assert stem(form) == SNOWBALL.stemWord(form)


def test_words_with_two_endings_have_their_stems() -> None:
    for before, first, last in product(("", "d", "by", "yell", "rel", "hop", "tr", "fooy"), ENDS, ENDS):
        word = before + first + last
        assert stem(word) == SNOWBALL.stemWord(word), word


@given(st.sampled_from(["", *STARTS]), LETTERS, END, END)
def test_any_word_has_its_stem(start: str, letters: str, first: str, last: str) -> None:
    word = start + letters + first + last
    assert stem(word) == SNOWBALL.stemWord(word)


@given(st.text().map(str.lower))
def test_any_text_has_its_stem(text: str) -> None:
    assert stem(text) == SNOWBALL.stemWord(text)
