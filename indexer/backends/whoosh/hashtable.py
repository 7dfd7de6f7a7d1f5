"""Hashes → numbers, many at once: a table that grows with what it meets.

Open addressing by array operations: nearly every hash stands at its own place, and one gather finds it and its number,
for the bits that tell the place need not be kept, and the number has theirs. To sort the hashes of a batch and seek
them among those that are known takes 2.4 times as long as two gathers, of hashes and of numbers, and these take 1.45
times as long as one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_BITS = 64
_AT_FIRST = 16  # bits: of places
_FULL = 4  # a quarter of the places are taken at most; of a half more hashes stand elsewhere: 1.15 times as long
# So a number has no use for the first of its bits: it marks what does not stand at its own place, and what is empty.
ELSEWHERE = np.uint64(1 << (_BITS - 1))
EMPTY = np.uint64((1 << _BITS) - 1)


class Kept(NamedTuple):
    """What a table keeps: a hash is at its first bits, or at the next place that is empty."""

    places: np.ndarray  # uint64: the other bits of a hash behind its number, and before it whether it stands elsewhere
    met: np.ndarray  # uint64: hashes by their numbers
    shift: int  # a place is told by what is left of a hash that is shifted so far
    known: int  # so many are met
    most: int  # there is room for so many


class HashTable:
    """Numbers random hashes of 64 bits in the order in which they are met. No threads may share it."""

    def __init__(self) -> None:
        self._count = 0
        self._met = np.zeros(1 << _AT_FIRST, np.uint64)  # the hashes by their numbers, and room for more
        self._make(_AT_FIRST)

    def __len__(self) -> int:
        return self._count

    def numbers(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the number of each hash, and where those stand that were met for the first time, in their order.

        >>> table = HashTable()
        >>> [array.tolist() for array in table.numbers(np.array([7, 1 << 63, 7], np.uint64))]
        [[0, 1, 0], [0, 1]]
        >>> [array.tolist() for array in table.numbers(np.array([5, 1 << 63], np.uint64))]
        [[2, 1], [0]]
        """
        place = self._own(hashes)
        held = self._places.take(place, mode="wrap")
        numbers = (held >> self._shift).astype(np.uint32)
        held ^= hashes & self._rest
        held &= self._rest | ELSEWHERE
        elsewhere = np.flatnonzero(held)
        if not elsewhere.size:
            return numbers, elsewhere
        unknown, place = self._sought(hashes, numbers, elsewhere, place[elsewhere])
        return numbers, self._numbered(hashes, numbers, unknown, place)

    def kept(self) -> Kept:
        """Return where it keeps what it has met, for who numbers hashes in its place, and tells it (`taken`)."""
        most = len(self._places) // _FULL
        if len(self._met) < most:
            self._met = np.append(self._met[: self._count], np.zeros(most - self._count, np.uint64))
        return Kept(self._places, self._met, int(self._shift), self._count, most)

    def taken(self, count: int) -> None:
        """Take it that so many are met by now, and have room for more."""
        self._count = count
        if count * _FULL >= len(self._places):
            self._remake()

    def _sought(
        self, hashes: np.ndarray, numbers: np.ndarray, at: np.ndarray, place: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Set the numbers of hashes that may stand elsewhere; return the others, and the empty place that each has."""
        new, empty = [at[:0]], [place[:0]]
        while at.size:
            held = self._places[place]
            is_empty = held == EMPTY
            new.append(at[is_empty])
            empty.append(place[is_empty])
            left = np.flatnonzero(~is_empty)
            at, place = at[left], place[left]
            number = (held[left] & ~ELSEWHERE) >> self._shift
            is_it = self._met[number.view(np.int64)] == hashes[at]
            numbers[at[is_it]] = number[is_it]
            left = np.flatnonzero(~is_it)
            at, place = at[left], place[left] + 1 & self._mask
        return np.concatenate(new), np.concatenate(empty)

    def _numbered(self, hashes: np.ndarray, numbers: np.ndarray, unknown: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Give numbers to hashes that are unknown and have an empty place each; return where each comes first."""
        if not unknown.size:
            return unknown
        wanted = hashes[unknown]
        order = np.argsort(wanted)
        alike = wanted[order]
        opens = np.flatnonzero(np.append(True, alike[1:] != alike[:-1]))
        first = np.minimum.reduceat(unknown[order], opens)
        by_first = np.argsort(first)
        rank = np.empty(len(first), np.uint32)
        rank[by_first] = np.arange(self._count, self._count + len(first), dtype=np.uint32)
        numbers[unknown[order]] = rank.repeat(np.diff(opens, append=len(order)))
        self._add(alike[opens][by_first], place[order[opens]][by_first])
        return first[by_first]

    def _own(self, hashes: np.ndarray) -> np.ndarray:
        """Return the place where each hash stands unless another is there."""
        return (hashes >> self._shift).view(np.int64)

    def _make(self, bits: int) -> None:
        self._shift, self._mask = np.uint64(_BITS - bits), (1 << bits) - 1
        self._rest = np.uint64((1 << (_BITS - bits)) - 1)  # of a hash, beside the bits that tell the place
        self._places = np.full(1 << bits, EMPTY)

    def _add(self, hashes: np.ndarray, place: np.ndarray) -> None:
        """Add different hashes that are not there, at empty places."""
        before, self._count = self._count, self._count + len(hashes)
        if self._count > len(self._met):
            self._met = np.append(self._met[:before], np.zeros(2 * self._count - before, np.uint64))
        self._met[before : self._count] = hashes
        if self._count * _FULL > len(self._places):
            self._remake()
        else:
            self._put(hashes, before, place)

    def _remake(self) -> None:
        """Have room for as many again."""
        self._make((self._count * _FULL).bit_length())
        hashes = self._met[: self._count]
        self._put(hashes, 0, self._own(hashes))

    def _put(self, hashes: np.ndarray, first: int, place: np.ndarray) -> None:
        """Put hashes, numbered from the first on, at places, or behind them where these are taken."""
        own = self._own(hashes)
        entries = hashes & self._rest | np.arange(first, first + len(hashes), dtype=np.uint64) << self._shift
        while entries.size:
            free = np.flatnonzero(self._places[place] == EMPTY)
            there = place[free]
            wanted = entries[free] | (there != own[free]) * ELSEWHERE
            self._places[there] = wanted  # of several that want a place one has it
            going = np.ones(len(entries), np.bool_)
            going[free[self._places[there] == wanted]] = False
            entries, own, place = entries[going], own[going], place[going] + 1 & self._mask
