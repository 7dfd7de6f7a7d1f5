"""Lists of rows, each row with a code, as gaps: what an evaluation reads most of.

A list takes the narrowest of three widths for its gaps that is short for it. A gap that its width cannot hold is
written as steps of the highest value, which stand for no row: so all widths are read alike, many lists at once, by one
cumulative sum. On 300,000 paragraphs of news a row takes 1.4 bytes so, and 4 as it is.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.backends.whoosh import arrays

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from indexer.backends.whoosh.arrays import Arrays

_WIDTHS = (1, 2, 4)  # bytes
_PORTION = 16_384  # lists that are located at once
_DTYPES: dict[int, type[np.unsignedinteger]] = {1: np.uint8, 2: np.uint16, 4: np.uint32}
_MOST = {width: 256**width - 1 for width in _WIDTHS}
PARTS = ("kind", "steps", "found", *(f"gap{w}" for w in _WIDTHS), *(f"code{w}" for w in _WIDTHS))
_AT_ONCE = 1_000_000  # rows


class Lists(NamedTuple):
    """Some lists, one after another; arrays of one length, rows in order within each list."""

    of: np.ndarray  # which of the lists
    rows: np.ndarray  # int64
    codes: np.ndarray  # uint8


def ranges(starts: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers in ranges, one range after another; for each number first which range it is of.

    >>> [array.tolist() for array in ranges(np.array([7, 3]), np.array([2, 1]))]
    [[0, 0, 1], [7, 8, 3]]
    """
    of = np.arange(len(starts)).repeat(lengths)
    at = (starts - lengths.cumsum() + lengths)[of]
    at += np.arange(len(of))
    return of, at


def spread(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the numbers in ranges, one range after another.

    >>> spread(np.array([7, 3]), np.array([2, 1])).tolist()
    [7, 8, 3]
    """
    at: np.ndarray = (starts - lengths.cumsum(dtype=np.int64) + lengths).repeat(lengths)
    at += np.arange(len(at))
    return at


def write(rows: np.ndarray, codes: np.ndarray, found: np.ndarray, *, pool: Executor | None = None) -> Arrays:
    """Return lists as arrays with the names in PARTS; `found` is how many rows each has, at least one.

    A pool has threads for it.

    >>> made = write(np.array([3, 700, 9]), np.array([1, 2, 3], np.uint8), np.array([2, 1]))
    >>> [part.tolist() for part in Stored(made).read(np.array([0, 1]))]
    [[0, 0, 1], [3, 700, 9], [1, 2, 3]]
    """
    rows = rows.astype(np.uint32, copy=False)
    ends = np.cumsum(found, dtype=np.int64)
    # Some lists at a time: all at once took 60 bytes a row.
    edges = np.searchsorted(ends, np.arange(_AT_ONCE, ends[-1] if len(ends) else 0, _AT_ONCE)) + 1

    def some(edges: tuple[int, int]) -> _Written:
        first, last = edges
        here = slice(int(ends[first] - found[first]), int(ends[last - 1]))
        return _written(rows[here], codes[here], found[first:last])

    parts = list((pool.map if pool else map)(some, pairwise(sorted({0, *edges.tolist(), len(found)}))))
    made: Arrays = {"found": found.astype(np.uint32)}
    for width, kind in _DTYPES.items():
        for part, dtype in ((f"gap{width}", kind), (f"code{width}", np.uint8)):
            made[part] = np.concatenate([np.zeros(0, dtype), *(one.arrays[part] for one in parts)])
    chosen = np.concatenate([np.zeros(0, np.int64), *(one.chosen for one in parts)])
    sizes = np.concatenate([np.zeros(0, np.int64), *(one.sizes for one in parts)])
    made["kind"] = chosen.astype(np.uint8)
    # Most lists have none, and few have many.
    made["steps"] = arrays.narrowest(sizes - found)
    return made


class _Written(NamedTuple):
    """Some lists."""

    arrays: Arrays  # gaps and codes by width
    chosen: np.ndarray  # of each list: index of its width
    sizes: np.ndarray  # of each, in gaps


def _written(rows: np.ndarray, codes: np.ndarray, found: np.ndarray) -> _Written:
    ends = np.cumsum(found, dtype=np.int64)
    starts = ends - found
    # The first gap is from row 0; so it may be zero, as may be what is left of one that was too wide.
    gaps = np.empty(len(rows), np.uint32)
    np.subtract(rows[1:], rows[:-1], out=gaps[1:])
    gaps[starts] = rows[starts]
    sizes = np.stack([_steps(gaps, starts, ends, most) for most in _MOST.values()])
    sizes += found
    bytes_ = sizes * (np.array(_WIDTHS) + 1)[:, None]  # a code beside each gap
    chosen = np.argmin(bytes_, axis=0)
    made: Arrays = {}
    for at, width in enumerate(_WIDTHS):
        here = (chosen == at).repeat(found)
        made[f"gap{width}"], made[f"code{width}"] = _stretched(gaps[here], codes[here], width)
    return _Written(made, chosen, sizes[chosen, np.arange(len(found))])


def _steps(gaps: np.ndarray, starts: np.ndarray, ends: np.ndarray, most: int) -> np.ndarray:
    """Return how many steps there are in each list."""
    if most == _MOST[1]:
        return np.add.reduceat(gaps // np.uint32(most), starts, dtype=np.int64) if len(starts) else starts
    wide = (gaps >= most).nonzero()[0]  # few
    steps: np.ndarray = np.bincount(ends.searchsorted(wide, "right"), gaps[wide] // most, len(starts)).astype(np.int64)
    return steps


def _stretched(gaps: np.ndarray, codes: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return gaps in so many bytes, with steps before those that are wider, and their codes."""
    most, dtype = _MOST[width], _DTYPES[width]
    wide = (gaps >= most).nonzero()[0]
    if not wide.size:
        return gaps.astype(dtype), codes
    steps = gaps[wide] // np.uint32(most)
    gaps[wide] -= steps * np.uint32(most)
    until = steps.cumsum(dtype=np.int64)
    is_row = np.ones(len(gaps) + until[-1], np.bool_)
    is_row[spread(wide + until - steps, steps)] = False
    gap, code = np.full(len(is_row), most, dtype), np.zeros(len(is_row), np.uint8)
    gap[is_row], code[is_row] = gaps, codes
    return gap, code


class Placed(NamedTuple):
    """Where a list is, to read it alone: it takes less time than to be asked by its number."""

    gaps: np.ndarray
    codes: np.ndarray
    is_plain: bool  # each gap is a row's

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows, and their codes."""
        rows = self.gaps.cumsum(dtype=np.int64)
        if self.is_plain:
            return rows, self.codes
        is_row = (self.gaps != _MOST[self.gaps.dtype.itemsize]).nonzero()[0]
        return rows[is_row], self.codes[is_row]


class Stored:
    """Lists by their numbers. Threads may share it."""

    def __init__(self, of: Arrays, prefix: str = "") -> None:
        self.found = of[f"{prefix}found"]  # how many rows each has
        self._kind, self._steps = of[f"{prefix}kind"], of[f"{prefix}steps"]
        self._gaps = [of[f"{prefix}gap{width}"] for width in _WIDTHS]
        self._codes = [of[f"{prefix}code{width}"] for width in _WIDTHS]

    def _size(self, lists: np.ndarray | slice | int) -> np.ndarray:
        """Return how many gaps some have."""
        size: np.ndarray = self.found[lists] + self._steps[lists]
        return size

    @cached_property
    def _start(self) -> np.ndarray:
        """Return where each begins among those of its width: 1 ms for 190,000 lists.

        They are told of by portions, for to page in what all take at once takes as long again.
        """
        kind_of = self._kind
        start = np.empty(len(kind_of), np.int64)
        before = [0] * len(_WIDTHS)
        for first in range(0, len(kind_of), _PORTION):
            here = slice(first, first + _PORTION)
            size, kinds, starts = self._size(here), kind_of[here], start[here]
            for kind, least in enumerate(before):
                ours = (kinds == kind).nonzero()[0]  # a third of the time that a mask takes
                sizes = size[ours]
                until = arrays.added_up(sizes)
                if until.size:
                    before[kind] += int(until[-1])
                until += least
                until -= sizes
                starts[ours] = until
        return start

    @cached_property
    def for_loops(self) -> tuple[np.ndarray, ...]:
        """Return the arrays as the fields of loops.Stored come."""
        kinds = ("u1", "i8", "u4", "u4", *(f"u{width}" for width in _WIDTHS), *["u1"] * len(_WIDTHS))
        stored = self._kind, self._start, self._size(slice(None)), self.found, *self._gaps, *self._codes
        # What loops take for granted does not depend on what a file says of its arrays.
        return tuple(arrays.frozen(array.astype(kind, copy=False)) for array, kind in zip(stored, kinds, strict=True))

    def read(self, numbers: np.ndarray) -> Lists:
        """Return the lists with these numbers."""
        starts, sizes, kinds = self._start[numbers], self._size(numbers).astype(np.int64), self._kind[numbers]
        parts = []
        for kind, (gap, code) in enumerate(zip(self._gaps, self._codes, strict=True)):
            ours = np.flatnonzero(kinds == kind)
            if ours.size:
                parts.append(_read(gap, code, ours, starts[ours], sizes[ours]))
        if not parts:
            return Lists(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8))
        if len(parts) == 1:
            return parts[0]
        joined = Lists(*map(np.concatenate, zip(*parts, strict=True)))
        order = np.argsort(joined.of, kind="stable")
        return Lists(*(part[order] for part in joined))

    def place(self, number: int) -> Placed:
        """Return the list with a number."""
        start, size, kind = int(self._start[number]), int(self._size(number)), int(self._kind[number])
        here = slice(start, start + size)
        return Placed(self._gaps[kind][here], self._codes[kind][here], size == int(self.found[number]))


def _read(gap: np.ndarray, code: np.ndarray, lists: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> Lists:
    most = _MOST[gap.dtype.itemsize]
    if len(lists) == 1:
        here = slice(int(starts[0]), int(starts[0] + sizes[0]))
        gaps, codes = gap[here], code[here]
        rows = np.cumsum(gaps, dtype=np.int64)
        of = np.full(len(rows), lists[0])
    else:
        which, at = ranges(starts, sizes)
        gaps, codes = gap[at], code[at]
        rows = np.cumsum(gaps, dtype=np.int64)
        ends = np.cumsum(sizes)
        before = np.zeros(len(ends), np.int64)
        before[1:] = rows[ends[:-1] - 1]
        rows -= before[which]
        of = lists[which]
    if gap.dtype.itemsize < _WIDTHS[-1]:
        is_row = gaps != most
        if not is_row.all():
            return Lists(of[is_row], rows[is_row], codes[is_row])
    return Lists(of, rows, codes)
