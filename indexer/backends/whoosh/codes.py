"""What a list tells of a row in one byte: how much a lemma may give there at most, before the row itself is read.

Four bits say how often the lemma stands there for the row's length, four how near to the beginning it stands first.
Both are rounded so that what they are taken for is never less than what is true. Nothing in a code depends on the
saturation k1 or on the numbers of the lead, which a search may change; b and the average length are those of the
segment's own time (`bounds`): if the average has grown since, frequencies count as much more, and with another b a code
says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.ranking import WEIGHT_STEPS

if TYPE_CHECKING:
    from indexer import ranking
    from indexer.settings import Ranking

_LEVELS = 16
_HALF = 0.5  # normalised frequency at the middle of the scale
_NEAR = 15.0  # words from the beginning at the middle of the other one
_FEW = 256  # steps: more than two places with a sure lemma
_ANY = 1e9  # a frequency that no row has


def per_word(lengths: np.ndarray, b: float, average: float) -> np.ndarray:
    """Return what a frequency is divided by in rows of these lengths."""
    divisors: np.ndarray = (1 - b) + (b / average) * lengths
    return divisors


def write(agreement: np.ndarray, first: np.ndarray, divisors: np.ndarray) -> np.ndarray:
    """Return the code of each row: from the weights of the lemma's places, its first place, and `per_word`.

    >>> table = read(np.array([0.5, 10.0]), 0.5, 10.0)
    >>> code = int(write(np.array([1.0]), np.array([3]), per_word(np.array([10]), 0.5, 10.0))[0])
    >>> bool(table.frequency[code] >= 1.0), bool(table.first[code] <= 3)
    (True, True)
    """
    often = _often(agreement / divisors)
    # Places are whole numbers, and few: what is worked out once for each is looked up for all.
    often |= near(int(first.max(initial=0)) + 1)[first]
    return often


def _often(normal: np.ndarray) -> np.ndarray:
    """Return the upper half of the code of rows where a lemma has these normalised frequencies."""
    normal = normal / (normal + _HALF)
    normal *= _LEVELS
    often: np.ndarray = np.minimum(normal.astype(np.uint8), _LEVELS - 1)
    often <<= 4
    return often


def near(places: int) -> np.ndarray:
    """Return the lower half of the code for each first place below so many."""
    halves: np.ndarray = np.minimum((_NEAR / (_NEAR + np.arange(places)) * _LEVELS).astype(np.uint8), _LEVELS - 1)
    return halves


class Scale:
    """The upper halves of the codes of many rows: worked out once for each length and for few places, and looked up."""

    def __init__(self, lengths: np.ndarray, b: float, average: float) -> None:
        """Take the lengths that rows may have."""
        self._b, self._average = b, average
        is_there = np.zeros(int(lengths.max(initial=0)) + 1, np.bool_)
        is_there[lengths] = True
        is_there[0] = False
        known = is_there.nonzero()[0]
        self._start = np.zeros(len(is_there), np.int64)
        self._start[known] = np.arange(len(known)) * _FEW
        steps = np.arange(_FEW) / WEIGHT_STEPS
        self._often = _often(steps / per_word(known, b, average)[:, None]).reshape(-1)

    def often(self, steps: np.ndarray, row: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return the upper halves: of each, the weights of the lemma's places, and in which of the rows they are."""
        found: np.ndarray = self._often[self._start[lengths][row] + np.minimum(steps, _FEW - 1)]
        many = (steps >= _FEW).nonzero()[0]
        divisors = per_word(lengths[row[many]], self._b, self._average)
        found[many] = _often(steps[many] / WEIGHT_STEPS / divisors)
        return found


class Table(NamedTuple):
    """What each code is taken for."""

    frequency: np.ndarray  # at most; normalised by the row's length
    first: np.ndarray  # at least


def read(bounds: np.ndarray, b: float, average: float) -> Table:
    """Return what codes mean for a search with this b in a collection with this average length."""
    often = (np.arange(_LEVELS * _LEVELS) >> 4) + 1
    share = np.minimum(often / _LEVELS, 1 - 1e-9)
    frequency = np.where(often == _LEVELS, _ANY, _HALF * share / (1 - share))
    if b == bounds[0]:
        frequency *= max(1.0, average / bounds[1])
    else:
        frequency[:] = _ANY
    return Table(frequency, earliest())


def earliest() -> np.ndarray:
    """Return for each code the place before which the lemma does not stand."""
    near = (np.arange(_LEVELS * _LEVELS) & 15) + 1
    return np.maximum(_NEAR * _LEVELS / near - _NEAR, 0.0)


def lead(table: Table, settings: Ranking) -> np.ndarray:
    """Return the most that the first place may give by each code, against a weight of 1."""
    points: np.ndarray = settings.lead * (settings.lead_words / (settings.lead_words + table.first))
    return points


def bm25(frequency: np.ndarray, saturation: ranking.Saturation) -> np.ndarray:
    """Return the most that a normalised frequency gives, against a weight of 1."""
    points: np.ndarray = frequency / (frequency + saturation.k1)
    return points
