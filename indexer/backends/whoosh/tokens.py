"""The texts of all fields as numbers of words, in order: from it come positions, forms, sentences and weights.

A place takes two bytes. The number of a rare word does not fit; the place then says so, and the number stands in a list
of its own, in order of places: the lower halves of place and number, the higher one of the number, and how many places
there are to the end of each 65,536.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indexer.backends.whoosh import arrays
from indexer.backends.whoosh.lists import ranges
from indexer.backends.whoosh.words import Neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.backends.whoosh import loops
    from indexer.backends.whoosh.arrays import Arrays

PARTS = ("low", "rare_until", "rare_at", "rare_low", "rare_high", "opens", "lengths")
_BITS = 16
_RARE = 0xFFFF
_FEW = 4096  # rare words that are looked for among those of a block each
_BIT = (128 >> np.arange(8)).astype(np.uint8)


class Tokens:
    """The places of some fields, row after row; a place is a number among those of all rows."""

    def __init__(self, of: Arrays) -> None:
        self._of = of
        self._low, self._opens = of["low"], of["opens"]
        self._asked = 0  # rare words

    @cached_property
    def _ends(self) -> np.ndarray:
        """Return the place after the last of each row; places are numbers of 32 bits, see `_rare_at`."""
        return arrays.added_up(self._of["lengths"], np.uint32)

    def starts(self, rows: np.ndarray) -> np.ndarray:
        """Return the first place of each row."""
        starts: np.ndarray = self._ends[rows - 1].astype(np.int64)
        starts[rows == 0] = 0
        return starts

    def ends(self, rows: np.ndarray) -> np.ndarray:
        """Return the place after the last of each row."""
        ends: np.ndarray = self._ends[rows].astype(np.int64)
        return ends

    def lengths(self, rows: slice) -> np.ndarray:
        """Return how many places each of some adjacent rows has."""
        return self.narrow_lengths(rows).astype(np.int64)

    def narrow_lengths(self, rows: slice) -> np.ndarray:
        """Return the same in as few bytes as they are stored in: to widen those of all rows takes 2 ms of 300,000."""
        lengths: np.ndarray = self._of["lengths"][rows]
        return lengths

    def places(self, rows: slice) -> slice:
        """Return the places of some adjacent rows."""
        return slice(*(int(self._ends[row - 1]) if row else 0 for row in (rows.start, rows.stop)))

    def words(self, places: np.ndarray | slice) -> np.ndarray:
        """Return the words at places."""
        words = self._low[places].astype(np.int64)
        rare = (words == _RARE).nonzero()[0]
        if rare.size:
            if isinstance(places, slice):  # they are one after another in the list too
                first = int(self._rare_at.searchsorted(self._rare_at.dtype.type(places.start)))
                words[rare] = self._rare(slice(first, first + rare.size))
            else:
                words[rare] = self._rare_words(places[rare])
        return words

    def having(self, places: np.ndarray, wanted: Among) -> tuple[np.ndarray, np.ndarray]:
        """Return where among places one of the wanted words stands, and which."""
        low = self._low[places]
        found = wanted.low[low].nonzero()[0]
        words = low[found].astype(np.int64)
        if wanted.low[_RARE]:
            rare = (words == _RARE).nonzero()[0]
            if rare.size:
                numbers = self._rare_words(places[found[rare]])
                words[rare] = numbers
                is_wanted = np.ones(len(words), np.bool_)
                is_wanted[rare] = wanted.has(numbers)
                if not is_wanted.all():
                    found, words = found[is_wanted], words[is_wanted]
        return found, words

    def in_a_row(self, rows: np.ndarray, wanted: Sequence[Among]) -> np.ndarray:
        """Return those of some rows, as indices in order, where a word of each set stands next to one of the last."""
        starts = self.starts(rows)
        row, places = ranges(starts, self.ends(rows) - starts)
        low = self._low[places]
        last = max(len(low) - len(wanted) + 1, 0)
        is_here = np.ones(last, np.bool_)
        for shift, words in enumerate(wanted):
            is_here &= words.low[low[shift : shift + last]]
        here = is_here.nonzero()[0]
        here = here[row[here] == row[here + len(wanted) - 1]]
        for shift, words in enumerate(wanted):
            if words.low[_RARE]:
                is_wanted = low[here + shift] != _RARE
                rare = (~is_wanted).nonzero()[0]
                is_wanted[rare] = words.has(self._rare_words(places[here[rare] + shift]))
                here = here[is_wanted]
        found = row[here]
        once: np.ndarray = found[np.diff(found, prepend=-1) > 0]
        return once

    def _rare_words(self, places: np.ndarray) -> np.ndarray:
        self._asked += len(places)
        if self._asked > _FEW:
            # Asked in the type of the list: else all of it would be turned into another.
            return self._rare(self._rare_at.searchsorted(places.astype(self._rare_at.dtype)))
        # A command asks for a few hundred, and is over before the list of all would have been worth its time.
        until, low = self._of["rare_until"], self._of["rare_at"]
        at = np.empty(len(places), np.int64)
        block_of = places >> _BITS
        for block in arrays.distinct(block_of).tolist():
            here = (block_of == block).nonzero()[0]
            first = int(until[block - 1]) if block else 0
            at[here] = low[first : until[block]].searchsorted(places[here].astype(low.dtype)) + first
        return self._rare(at)

    def _rare(self, at: np.ndarray | slice) -> np.ndarray:
        """Return the words that are there in the list of rare ones."""
        words: np.ndarray = self._of["rare_high"][at].astype(np.int64) << _BITS | self._of["rare_low"][at]
        return words

    @cached_property
    def _rare_at(self) -> np.ndarray:
        """Return the places of rare words: 2 ms for 870,000 of them, where wider numbers take 8."""
        until = self._of["rare_until"]
        starts = np.arange(len(until), dtype=np.uint32) << _BITS
        places = starts.repeat(np.diff(until, prepend=until.dtype.type(0)))
        places |= self._of["rare_at"]
        return places

    @cached_property
    def for_loops(self) -> loops.Texts:
        """Return what compiled loops read."""
        from indexer.backends.whoosh.loops import Texts  # noqa: PLC0415 -- compiles

        of = self._of
        rows = np.zeros((len(self._ends) + 1, 2), np.int64)
        rows[1:, 0] = self._ends
        rows[:, 1] = self._rare_at.searchsorted(rows[:, 0].astype(self._rare_at.dtype))
        rare_high = of["rare_high"].astype(np.uint16)
        low = self._low.copy()  # read here and there, which takes less time in large pages of memory than in a file's
        return Texts(*map(arrays.frozen, (low, rows, self._opens, of["rare_low"], rare_high)))

    def opens(self, places: np.ndarray | slice) -> np.ndarray:
        """Return whether each place opens a sentence."""
        if isinstance(places, slice):
            first = places.start & 7
            bits = np.unpackbits(self._opens[places.start >> 3 : (places.stop + 7) >> 3])
            return bits[first : first + places.stop - places.start].view(np.bool_)
        opens: np.ndarray = (self._opens[places >> 3] & _BIT[places & 7]) != 0
        return opens

    def neighbours(self, places: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> Neighbours:
        """Return the words beside places of rows that start and end so; none beyond the sentence."""
        before = np.full(len(places), -1)
        has_before = ((places > starts) & ~self.opens(places)).nonzero()[0]
        before[has_before] = self.words(places[has_before] - 1)
        after = np.full(len(places), -1)
        has_after = (places + 1 < ends).nonzero()[0]
        has_after = has_after[~self.opens(places[has_after] + 1)]
        after[has_after] = self.words(places[has_after] + 1)
        return Neighbours(before, after)


class Among:
    """Words that are looked for, in order of their numbers."""

    def __init__(self, words: np.ndarray) -> None:
        self._words = words
        self.low = np.zeros(_RARE + 1, np.bool_)
        frequent = int(np.searchsorted(words, _RARE))
        self.low[words[:frequent]] = True
        self.low[_RARE] = frequent < len(words)

    def has(self, words: np.ndarray) -> np.ndarray:
        """Return whether each of these is one of them."""
        at = self._words.searchsorted(words)
        at[at == len(self._words)] = 0
        mask: np.ndarray = self._words[at] == words
        return mask


def write(words: Iterable[np.ndarray], opens: np.ndarray, lengths: np.ndarray) -> Arrays:
    """Return the arrays of PARTS; words come in parts, for copies of all of them at once would take more memory."""
    low, rare, places, first = [np.zeros(0, np.uint16)], [np.zeros(0, np.uint32)], [np.zeros(0, np.int64)], 0
    for part in words:
        low.append(np.minimum(part, _RARE).astype(np.uint16))
        at = (low[-1] == _RARE).nonzero()[0]
        rare.append(part[at])
        places.append(at + first)
        first += len(part)
    every, at = np.concatenate(rare), np.concatenate(places)
    return {
        "low": np.concatenate(low),
        "rare_until": np.cumsum(np.bincount(at >> _BITS, minlength=1)).astype(np.uint32),
        "rare_at": (at & _RARE).astype(np.uint16),
        "rare_low": (every & _RARE).astype(np.uint16),
        "rare_high": (every >> _BITS).astype(np.uint16 if every.max(initial=0) >> 24 else np.uint8),
        "opens": np.packbits(opens),
        "lengths": lengths.astype(np.uint16 if lengths.max(initial=0) < 2**16 else np.uint32),
    }
