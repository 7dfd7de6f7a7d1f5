"""Sets of rows, as numbers or as bits, whichever is less to go through."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_DENSE = 32  # rows to one of a set, up to which bits are less to go through than its numbers
_FEW = 400  # likewise, from which on numbers are put into bits one by one
_BITS = np.array([number.bit_count() for number in range(256)], np.uint8)
_ONE = (1 << np.arange(8)).astype(np.uint8)


class RowSet:
    """Some of the rows from 0 to `size`; nothing in it changes, so threads may share it.

    >>> few, many = RowSet.of_rows(np.array([3, 70]), 100), RowSet.of_mask(np.arange(100) % 2 == 1)
    >>> [one.rows().tolist() for one in (few & many, few - many)], (few | many).count
    ([[3], [70]], 51)
    """

    __slots__ = ("_bits", "_count", "_rows", "size")

    def __init__(self, size: int, rows: np.ndarray | None, bits: np.ndarray | None, count: int = -1) -> None:
        self.size = size
        self._rows = rows
        self._bits = bits
        self._count = count if rows is None else len(rows)  # -1 until it is asked for

    @classmethod
    def of_rows(cls, rows: np.ndarray, size: int) -> RowSet:
        """Return the set of these rows, which are in order and each once."""
        return cls(size, rows, None)

    @classmethod
    def of_mask(cls, mask: np.ndarray) -> RowSet:
        """Return the set of the rows where the mask is true."""
        return cls(len(mask), None, np.packbits(mask, bitorder="little"))

    @classmethod
    def all_of(cls, rows: np.ndarray, size: int) -> RowSet:
        """Return the set of these rows, in any order and perhaps more than once."""
        if len(rows) * _DENSE > size:
            mask = np.zeros(size, np.bool_)
            mask[rows] = True
            return cls.of_mask(mask)
        rows = np.sort(rows)
        if len(rows) > 1:
            is_first = np.empty(len(rows), np.bool_)
            is_first[0] = True
            np.not_equal(rows[1:], rows[:-1], out=is_first[1:])
            rows = rows[is_first]
        return cls(size, rows, None)

    @property
    def count(self) -> int:
        """How many rows there are."""
        if self._count < 0:
            self._count = _counted(self.bits())
        return self._count

    @property
    def is_dense(self) -> bool:
        """Whether it is kept as bits."""
        return self._rows is None

    def rows(self) -> np.ndarray:
        """Return the rows in order."""
        if self._rows is None:
            mask = np.unpackbits(self.bits(), count=self.size, bitorder="little")
            return np.flatnonzero(mask.view(np.bool_))
        return self._rows

    def bits(self) -> np.ndarray:
        """Return a bit for each row, the lowest of a byte first."""
        if self._bits is None:
            self._bits = _bits_of(self.rows(), self.size)
        return self._bits

    def has(self, rows: np.ndarray) -> np.ndarray:
        """Return the mask of those of these rows that are in the set."""
        if self._bits is not None:
            mask: np.ndarray = (self._bits[rows >> 3] & _ONE[rows & 7]) != 0
            return mask
        ours = self.rows()
        if not len(ours):
            return np.zeros(len(rows), np.bool_)
        at = np.searchsorted(ours, rows)
        at[at == len(ours)] = 0
        same: np.ndarray = ours[at] == rows
        return same

    def __and__(self, other: RowSet) -> RowSet:
        return intersection((self, other))

    def __or__(self, other: RowSet) -> RowSet:
        return union((self, other), self.size)

    def __sub__(self, other: RowSet) -> RowSet:
        if self._rows is not None:
            return RowSet(self.size, self._rows[~other.has(self._rows)], None)
        return RowSet(self.size, None, self.bits() & ~other.bits())


def _bits_of(rows: np.ndarray, size: int) -> np.ndarray:
    if len(rows) * _FEW <= size:
        bits = np.zeros(-(-size // 8), np.uint8)
        np.bitwise_or.at(bits, rows >> 3, _ONE[rows & 7])
        return bits
    mask = np.zeros(size, np.bool_)
    mask[rows] = True
    return np.packbits(mask, bitorder="little")


def union(sets: Sequence[RowSet], size: int) -> RowSet:
    """Return the rows of any of the sets."""
    if len(sets) == 1:
        return sets[0]
    dense = [one.bits() for one in sets if one.is_dense]
    few = [one.rows() for one in sets if not one.is_dense]
    rows = np.concatenate(few) if few else np.zeros(0, np.int64)
    if not dense:
        return RowSet.all_of(rows, size)
    bits = reduce(or_, dense) if len(dense) > 1 else dense[0].copy()
    if len(rows) * _FEW > size:
        bits |= _bits_of(rows, size)
    elif len(rows):
        np.bitwise_or.at(bits, rows >> 3, _ONE[rows & 7])
    return RowSet(size, None, bits)


def intersection(sets: Sequence[RowSet]) -> RowSet:
    """Return the rows of all of the sets."""
    few = sorted((one for one in sets if not one.is_dense), key=lambda one: one.count)
    dense = [one for one in sets if one.is_dense]
    if not few:
        return RowSet(sets[0].size, None, reduce(and_, (one.bits() for one in dense)))
    rows = few[0].rows()
    for other in (*dense, *few[1:]):
        if len(rows):
            rows = rows[other.has(rows)]
    return RowSet(sets[0].size, rows, None)


def _counted(bits: np.ndarray) -> int:
    if hasattr(np, "bitwise_count"):  # since NumPy 2.0
        whole = len(bits) // 8 * 8
        return int(np.bitwise_count(bits[:whole].view(np.uint64)).sum() + np.bitwise_count(bits[whole:]).sum())
    return int(_BITS[bits].sum())
