"""The texts of some adjacent rows → for each lemma in them the rows that have it, by one sort of 16 bits.

What goes with a lemma at a place (the row, the lower half of its code, the steps) is one number, to which the order is
applied once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.backends.whoosh import arrays, codes
from indexer.backends.whoosh.lists import spread
from indexer.backends.whoosh.words import BESIDE, COUNT, LEMMA, START, STEPS, Neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.backends.whoosh.tokens import Tokens
    from indexer.backends.whoosh.words import Words

MOST = 1 << 16  # rows at once: a row's number takes two bytes
_ROW, _NEAR = np.uint32(12), np.uint32(8)  # bits to the right of a row's number, and of the lower half of its code
_HALF = np.uint32(15)


class Chunk(NamedTuple):
    """The lists of some adjacent rows."""

    first: int  # of these rows, among those of the field
    lemma: np.ndarray  # that each list is of, in order
    found: np.ndarray  # how many rows each has
    rows: np.ndarray  # of all, list by list, less the first of the rows
    codes: np.ndarray


class Listing:
    """Lists the rows of a field. Threads may share it."""

    def __init__(self, words: Words, texts: Tokens, rows: slice, b: float) -> None:
        """Take all rows of the field, and what their codes are made for."""
        self._words, self._texts, self._all = words, texts, rows
        self._packed = words.packed
        self._lengths = lengths = texts.lengths(rows)
        average = float(lengths.mean()) if lengths.any() else 1.0
        self.bounds = np.array([b, average])
        self._scale = codes.Scale(lengths, b, average)
        self._near = codes.near(int(lengths.max(initial=0))).astype(np.uint32) << _NEAR  # of each first place

    def portions(self, places: int) -> Iterator[slice]:
        """Give all rows in portions of about so many places."""
        until = self._lengths.cumsum()
        some = until.searchsorted(np.arange(places, until[-1] if until.size else 0, places)) + 1
        first, edges = self._all.start, sorted({*range(0, len(until), MOST), *some.tolist(), len(until)})
        return (slice(first + start, first + stop) for start, stop in pairwise(edges))

    def chunk(self, rows: slice) -> Chunk:
        """Return the lists of some rows, no more than MOST."""
        lengths = self._texts.lengths(rows)
        lemmas, along = self._readings(rows, lengths)
        # Lemmas by their numbers among those that stand here, which fit 16 bits but in odd texts.
        is_here = np.zeros(self._words.lemma_count, np.bool_)
        is_here[lemmas] = True
        here = is_here.nonzero()[0]
        number = np.empty(len(is_here), np.uint16 if len(here) <= MOST else np.uint32)
        number[here] = np.arange(len(here))
        numbers = number[lemmas]
        order = arrays.stable_order(numbers)
        along = along[order]
        found = np.bincount(numbers, minlength=len(here))
        row = along >> _ROW
        is_first = np.empty(len(row), np.bool_)
        np.not_equal(row[1:], row[:-1], out=is_first[1:])
        is_first[found.cumsum() - found] = True
        again = (~is_first).nonzero()[0]  # one in ten
        found -= np.bincount(numbers[order[again]], minlength=len(here))
        first = along[is_first]
        steps = (first & STEPS).astype(np.int64)
        np.add.at(steps, again - np.arange(1, len(again) + 1), (along[again] & STEPS).astype(np.int64))
        row = first >> _ROW
        coded = self._scale.often(steps, row, lengths)
        coded |= (first >> _NEAR & _HALF).astype(np.uint8)
        return Chunk(
            rows.start - self._all.start, here.astype(np.uint32), found.astype(np.uint32), row.astype(np.uint16), coded
        )

    def _readings(self, rows: slice, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lemmas at all places of some rows, place by place, and what goes with each."""
        places = self._texts.places(rows)
        words = self._texts.words(places)
        starts = lengths.cumsum() - lengths
        known = self._packed.words[words]
        counts = (known & COUNT).astype(np.int64)
        lemmas = self._packed.lemmas[spread((known >> START).astype(np.int64), counts)]
        steps = (lemmas & STEPS).astype(np.uint8)
        depends = (known & BESIDE != 0).nonzero()[0]
        neighbours = self._neighbours(words, places, starts[lengths > 0], depends)
        which, beside = self._words.weigh_beside(words[depends], neighbours)
        which = depends[which]
        steps[spread((counts.cumsum() - counts)[which], counts[which])] = beside
        along = np.arange(len(lengths), dtype=np.uint32).repeat(lengths) << _ROW
        along |= self._near[np.arange(len(words)) - starts.repeat(lengths)]
        along = along.repeat(counts)
        along |= steps
        return (lemmas >> LEMMA).astype(np.int64), along

    def _neighbours(self, words: np.ndarray, places: slice, starts: np.ndarray, at: np.ndarray) -> Neighbours:
        """Return what is beside some of the words of whole rows, one after another."""
        apart = np.ones(len(words) + 1, np.bool_)  # from the word before
        apart[:-1] = self._texts.opens(places)
        apart[starts] = True
        before, after = words[at - 1], words[np.minimum(at + 1, len(words) - 1)]
        before[apart[at]] = after[apart[at + 1]] = -1
        return Neighbours(before, after)
