"""Sorted byte strings in compressed blocks: the forms and lemmas of a segment.

430,000 forms of 300,000 paragraphs take 2.2 MB so, against 9.6 MB one after another with the end of each; one is found
in 9 µs, and all are read in 90 ms. In blocks of 256 they take 1.8 MB, and one is found in 24 µs. Whoever asks for many
has them unpacked once (Terms.keep).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from indexer.backends.whoosh import arrays, deflate
from indexer.backends.whoosh.lists import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.backends.whoosh.arrays import Arrays

PARTS = ("terms", "term_blocks", "term_heads", "term_head_ends", "term_count")
_BLOCK = 64  # strings
_OPENED = 64  # blocks that are kept
_END = b"\xff"  # no text in UTF-8 has it; file names may have a line end
_AT_ONCE = 16_384  # strings that are taken at once, which bounds memory
_HEAD = 32  # bytes that all strings are put in order by
_EIGHT = 8  # bytes that are taken at once, as a number
# What is left of such a number where only the first so many bytes are those of a string.
_FIRST = np.frombuffer(b"".join(b"\xff" * count + bytes(_EIGHT - count) for count in range(_EIGHT + 1)), np.uint64)


class Strings(NamedTuple):
    """Byte strings as one array, to be put in order without an object for each; none of them has a byte 255."""

    text: np.ndarray  # with a byte 255 after each
    ends: np.ndarray  # where that is

    @classmethod
    def of(cls, strings: Sequence[bytes]) -> Self:
        """Return strings as they come."""
        return cls.joined(joined(strings))

    @classmethod
    def joined(cls, text: bytes) -> Self:
        """Return what `joined` gave, of some strings or of several parts one after another."""
        array = np.frombuffer(text, np.uint8) if text else np.zeros(0, np.uint8)
        return cls(array, (array == _END[0]).nonzero()[0])

    @property
    def starts(self) -> np.ndarray:
        """Return where each begins."""
        starts = np.zeros_like(self.ends)
        starts[1:] = self.ends[:-1] + 1
        return starts

    def all(self) -> list[bytes]:
        """Return them one by one."""
        return self.text.tobytes().split(_END)[:-1]

    def taken(self, numbers: np.ndarray) -> Strings:
        """Return those with these numbers, in their order."""
        starts = self.starts[numbers]
        sizes = self.ends[numbers] - starts + 1
        some = [slice(first, first + _AT_ONCE) for first in range(0, len(numbers), _AT_ONCE)]
        parts = [self.text[spread(starts[here], sizes[here])] for here in some]
        return Strings(np.concatenate([self.text[:0], *parts]), np.cumsum(sizes) - 1)

    def order(self) -> np.ndarray:
        """Return their numbers in order of their bytes; runs that are in order already are merged."""
        starts = self.starts
        lengths = self.ends - starts
        heads = _heads(self.text, starts, lengths)
        order: np.ndarray = heads.argsort(kind="stable")
        # What is alike that far and goes on is one in two hundred.
        longer = (lengths[order[1:]] > _HEAD).nonzero()[0]
        before, here = (heads[order[at]].astype(f"S{_HEAD}") for at in (longer, longer + 1))
        tied = longer[before == here]
        for group in np.split(tied, (np.diff(tied) > 1).nonzero()[0] + 1) if tied.size else ():
            some = order[group[0] : group[-1] + 2].tolist()
            bytes_ = {at: self.text[starts[at] : starts[at] + lengths[at]].tobytes() for at in some}
            order[group[0] : group[-1] + 2] = sorted(some, key=bytes_.__getitem__)
        return order


def joined(strings: Sequence[bytes]) -> bytes:
    """Return strings as one, with a byte 255 after each."""
    return _END.join(strings) + _END if strings else b""


def columns(text: np.ndarray, starts: np.ndarray, lengths: np.ndarray, most: int) -> Iterator[np.ndarray]:
    """Give the first bytes of strings, so many at least, eight at a time as a number; behind the end they are zero."""
    padded = np.append(text, np.zeros(_EIGHT, np.uint8))
    every = np.ndarray((len(text) + 1,), np.uint64, padded.data, strides=(1,))  # from each byte on
    for first in range(0, most, _EIGHT):
        column = every[np.minimum(starts + first, len(text))]
        column &= _FIRST[np.clip(lengths - first, 0, _EIGHT)]
        yield column


def _heads(text: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the first bytes of strings and their lengths as strings of one size.

    So of two that differ in bytes of zero at the end alone, the shorter one comes first.
    """
    made = np.empty((len(starts), _HEAD // _EIGHT + 1), np.uint64)
    for at, column in enumerate(columns(text, starts, lengths, _HEAD)):
        made[:, at] = column
    made[:, -1] = lengths.astype(">u8").view(np.uint64)
    heads: np.ndarray = made.view(f"S{made.shape[1] * _EIGHT}").reshape(-1)
    return heads


def write(strings: Strings) -> Arrays:
    """Return strings, which are in order and each once, as the arrays of PARTS.

    >>> made = Terms(write(Strings.of([b"a", b"ab", b"c"])))
    >>> len(made), made[1], made.first(b"b"), made.all()
    (3, b'ab', 2, [b'a', b'ab', b'c'])
    >>> made.several([0, 2]), made.number(b"ab"), made.number(b"b")
    ([b'a', b'c'], 1, None)
    """
    text = strings.text.tobytes()
    starts = strings.starts[::_BLOCK].tolist()
    blocks = [text[start : stop - 1] for start, stop in pairwise([*starts, len(text)])]
    packed, ends = arrays.pack([deflate.small(block) for block in blocks])
    heads, head_ends = arrays.pack([block.partition(_END)[0] for block in blocks])
    return {
        "terms": packed,
        "term_blocks": ends.astype(np.uint32),
        "term_heads": heads,
        "term_head_ends": head_ends.astype(np.uint32),
        "term_count": np.array([len(strings.ends)], np.uint32),
    }


class _Kept(NamedTuple):
    """All strings in one."""

    joined: bytes  # an end before each and after the last
    edges: memoryview  # where these are

    def of(self, number: int) -> bytes:
        """Return one of them."""
        return self.joined[self.edges[number] + 1 : self.edges[number + 1]]


class Terms:
    """Byte strings in order, numbered from 0. Threads may share it."""

    def __init__(self, of: Arrays, prefix: str = "") -> None:
        self._of = {part: of[f"{prefix}{part}"] for part in PARTS}
        self._packed = arrays.Packed(self._of["terms"], self._of["term_blocks"])
        self._count = int(self._of["term_count"][0])
        self._block = lru_cache(_OPENED)(self._open)
        self._kept: _Kept | None = None

    def keep(self) -> None:
        """Have all strings unpacked from now on; each is there then without opening a block."""
        joined = _END + self._joined()
        edges = np.flatnonzero(np.frombuffer(joined, np.uint8) == _END[0])
        if len(edges) != self._count + 1:
            message = "a block of terms cannot be unpacked"
            raise arrays.NotArrays(message)
        self._kept = _Kept(joined, arrays.plain(edges.astype(np.uint32 if len(joined) < 1 << 32 else np.uint64)))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> bytes:
        kept = self._kept
        return self._block(number // _BLOCK)[number % _BLOCK] if kept is None else kept.of(number)

    def first(self, text: bytes) -> int:
        """Return the number of the first string that is not below a text."""
        block = bisect_right(self._heads, text) - 1
        if block < 0:
            return 0
        start = block * _BLOCK
        if (kept := self._kept) is None:
            return start + bisect_left(self._block(block), text)
        return start + bisect_left(range(start, min(start + _BLOCK, self._count)), text, key=kept.of)

    def several(self, numbers: Iterable[int]) -> list[bytes]:
        """Return strings by their numbers; of neighbours in order, the block is asked for once."""
        if (kept := self._kept) is not None:
            joined, edges = kept
            return [joined[edges[number] + 1 : edges[number + 1]] for number in numbers]
        found: list[bytes] = []
        last, opened = -1, found
        for number in numbers:
            block, at = divmod(number, _BLOCK)
            if block != last:
                last, opened = block, self._block(block)
            found.append(opened[at])
        return found

    def number(self, text: bytes) -> int | None:
        """Return the number of a string, or None if it is not there."""
        block = bisect_right(self._heads, text) - 1
        if block < 0:
            return None
        start = block * _BLOCK
        if (kept := self._kept) is not None:
            joined, edges = kept
            stop = min(start + _BLOCK, self._count)
            found = joined.find(_END + text + _END, edges[start], edges[stop] + 1)
            return bisect_left(edges, found, start, stop) if found >= 0 else None
        strings = self._block(block)
        at = bisect_left(strings, text)
        return start + at if at < len(strings) and strings[at] == text else None

    def all(self) -> list[bytes]:
        """Return all strings."""
        return self._joined().split(_END)[:-1]

    def lines(self) -> bytes:
        """Return all strings with a line end after each."""
        return self._joined().replace(_END, b"\n")

    def _joined(self) -> bytes:
        blocks = [self._unpacked(block) for block in range(len(self._of["term_blocks"]))]
        return b"".join(block + _END for block in blocks)

    @cached_property
    def _heads(self) -> list[bytes]:
        return arrays.all_of(self._of["term_heads"], self._of["term_head_ends"])

    def _open(self, block: int) -> list[bytes]:
        return self._unpacked(block).split(_END)

    def _unpacked(self, block: int) -> bytes:
        try:
            return deflate.unpacked(self._packed[block])
        except deflate.NotDeflated as wrong:
            message = "a block of terms cannot be unpacked"
            raise arrays.NotArrays(message) from wrong
