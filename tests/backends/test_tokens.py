"""Words at places, of which the rare ones stand in a list of their own."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.backends.whoosh.tokens import Among, Tokens, write

_FREQUENT = 2**16 - 1  # words that need no list
_ROWS, _LENGTH = 3000, 100  # five blocks of places


def _texts(words: np.ndarray) -> Tokens:
    return Tokens(write([words], np.zeros(len(words), np.bool_), np.full(_ROWS, _LENGTH)))


@pytest.fixture
def words() -> np.ndarray:
    """Return the words of all places: one in thirteen is rare, but for a block that has none."""
    random = np.random.default_rng(1)
    words = random.integers(0, 2 * _FREQUENT, _ROWS * _LENGTH)
    words[random.random(len(words)) < 0.8] //= 2
    words[2**16 : 2**17] //= 2
    return words


def test_rare_words_are_found_before_and_after_all_of_them_are_listed(words: np.ndarray) -> None:
    texts = _texts(words)
    is_rare = (words >= _FREQUENT).nonzero()[0]
    assert not ((is_rare >= 2**16) & (is_rare < 2**17)).any()
    assert len(is_rare) > 20_000
    # The first and the last of each block, and some between them; then so many that they are listed.
    few = np.unique(np.append(is_rare[:: len(is_rare) // 500], [is_rare[0], is_rare[-1]]))
    for places in (few, few, is_rare[:1], is_rare, np.arange(len(words)), few):
        assert np.array_equal(texts.words(places), words[places])


def test_rare_words_are_told_from_others_by_either_way(words: np.ndarray) -> None:
    wanted = np.unique(words[words >= _FREQUENT][::7])
    places = np.arange(0, len(words), 50)
    texts = _texts(words)
    expected = np.isin(words[places], wanted).nonzero()[0]
    for _ in range(10):  # until so many were asked for that all are listed
        found, which = texts.having(places, Among(wanted))
        assert np.array_equal(found, expected)
        assert np.array_equal(which, words[places[expected]])


def test_lengths_are_the_same_however_wide(words: np.ndarray) -> None:
    texts = _texts(words)
    some = slice(10, 20)
    assert texts.narrow_lengths(some).tolist() == texts.lengths(some).tolist() == [_LENGTH] * 10
    rows = np.array([0, 1, _ROWS - 1])
    assert (texts.ends(rows) - texts.starts(rows)).tolist() == [_LENGTH] * 3
