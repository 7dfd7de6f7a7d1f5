"""Named arrays in one file, read by mapping it: nothing is parsed, copied or executed.

    magic · CRC-32 of what follows · lengths of the header and of the file ·
    header (JSON: name → dtype, count, offset, CRC-32) · aligned arrays

NumPy's own containers were tried: a folder of .npy files costs 0.1 ms a file to open (25 of them a segment) and as many
fsyncs; members of an .npz cannot be mapped, and are not aligned.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Arrays: TypeAlias = "dict[str, np.ndarray]"

_MAGIC = b"ABZATS2\n"
_CHECKSUM = struct.Struct("<L")  # of the lengths and the header, which is looked at when a file is opened
_LENGTHS = struct.Struct("<QQ")  # of the header and of the whole file, in bytes
_CHECKED = len(_MAGIC) + _CHECKSUM.size
_PREFIX = _CHECKED + _LENGTHS.size
_ROOM = 16384  # bytes before the arrays: how long the header will be is not known when the first of them is written
_ALIGNMENT = 64  # bytes; a cache line
_DTYPES = frozenset({"u1", "u2", "u4", "u8", "i8", "f8"})  # all little-endian; nothing that could hold an object


class NotArrays(Exception):
    """The file is not one of ours, or is cut short; its text says which."""


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write one-dimensional arrays to a new file and make sure that they are on the disk: see Writer."""
    with Writer(path) as file:
        file.add(arrays)


class Writer:
    """A new file of one-dimensional arrays, which is one when all are there, and on the disk.

    ValueError in the end if they are some hundreds, for which the header has no room.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._file.seek(_ROOM)
        self._entries: dict[str, tuple[str, int, int, int]] = {}
        self._size = 0

    def add(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Write those of some arrays that are not there yet."""
        for name, array in arrays.items():
            if name in self._entries:
                continue
            plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            data = plain.view(np.uint8).data
            self._entries[name] = (plain.dtype.str[1:], plain.size, self._size, zlib.crc32(data))
            self._file.write(data)
            self._file.write(b"\0" * (_aligned(plain.nbytes) - plain.nbytes))
            self._size += _aligned(plain.nbytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        with self._file as file:
            if failed:
                return
            header = json.dumps(self._entries).encode()
            if len(header) > _ROOM - _PREFIX:
                message = f"{len(self._entries)} arrays are more than a file may have"
                raise ValueError(message)
            checked = _LENGTHS.pack(_ROOM - _PREFIX, _ROOM + self._size) + header.ljust(_ROOM - _PREFIX)
            file.seek(0)
            file.write(_MAGIC + _CHECKSUM.pack(zlib.crc32(checked)) + checked)
            file.flush()
            os.fsync(file.fileno())


def read(path: Path) -> Arrays:
    """Map a file; the arrays are read-only and keep the mapping alive as long as one of them lives.

    NotArrays if it is none of ours or cut short.
    """
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            message = f"{path.name} is empty"
            raise NotArrays(message)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start, entries = _header(mapped, path)
    arrays = {}
    for name, (dtype, count, offset, _) in entries.items():
        if dtype not in _DTYPES or start + offset + count * int(dtype[1:]) > len(mapped):
            message = f"{path.name} has a damaged header"
            raise NotArrays(message)
        kind = np.dtype(dtype).newbyteorder("<")
        # NumPy refuses to view nothing of a buffer.
        arrays[name] = np.frombuffer(mapped, kind, count, start + offset) if count else np.zeros(0, kind)
    return arrays


def damaged(path: Path) -> list[str]:
    """Read the whole file and return the names of the arrays whose checksum is wrong."""
    arrays = read(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        _, entries = _header(mapped, path)
    return [name for name, array in arrays.items() if zlib.crc32(array.view(np.uint8).data) != entries[name][3]]


def _header(mapped: mmap.mmap, path: Path) -> tuple[int, dict[str, tuple[str, int, int, int]]]:
    """Return where the arrays start, and what they are."""
    try:
        if mapped[: len(_MAGIC)] != _MAGIC:
            message = f"{path.name} is not a file of this program"
            raise NotArrays(message)
        (checksum,) = _CHECKSUM.unpack(mapped[len(_MAGIC) : _CHECKED])
        length, size = _LENGTHS.unpack(mapped[_CHECKED:_PREFIX])
        if size > len(mapped):
            message = f"{path.name} is cut short"
            raise NotArrays(message)
        if size != len(mapped) or zlib.crc32(mapped[_CHECKED : _PREFIX + length]) != checksum:
            message = f"{path.name} has a damaged header"
            raise NotArrays(message)
        entries = {
            str(name): (str(dtype), int(count), int(offset), int(crc))
            for name, (dtype, count, offset, crc) in json.loads(mapped[_PREFIX : _PREFIX + length]).items()
        }
        if any(count < 0 or offset < 0 for _, count, offset, _ in entries.values()):
            message = f"{path.name} has a damaged header"
            raise NotArrays(message)
    except (struct.error, ValueError, AttributeError, TypeError) as wrong:
        message = f"{path.name} has a damaged header"
        raise NotArrays(message) from wrong
    return _PREFIX + length, entries


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def plain(array: np.ndarray) -> memoryview:
    """Return an array to take single numbers from, which takes a quarter of the time that it takes from NumPy's."""
    return np.asarray(array, array.dtype.newbyteorder("=")).data


def frozen(array: np.ndarray) -> np.ndarray:
    """Return an array that is not written to and is of the machine's own byte order: one type for compiled loops."""
    same = np.ascontiguousarray(array, array.dtype.newbyteorder("=")).view()
    same.flags.writeable = False
    return same


def distinct(numbers: np.ndarray) -> np.ndarray:
    """Return numbers in order, each once: as np.unique does, for which NumPy imports what takes 12 ms.

    >>> distinct(np.array([7, 3, 7]))
    array([3, 7])
    """
    ordered = np.sort(numbers)
    once: np.ndarray = ordered[firsts(ordered)]
    return once


def firsts(values: np.ndarray) -> np.ndarray:
    """Return the index of the first of each run of equal values."""
    if not values.size:
        return np.zeros(0, np.int64)
    is_first = np.empty(len(values), np.bool_)
    is_first[0] = True
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return is_first.nonzero()[0]


def narrowest(numbers: np.ndarray) -> np.ndarray:
    """Return whole numbers, none below zero, in as few bytes each as the highest needs: one, two or four.

    >>> narrowest(np.array([7, 300])).dtype, narrowest(np.zeros(0, np.int64)).dtype
    (dtype('uint16'), dtype('uint8'))
    """
    most = int(numbers.max(initial=0))
    kinds: tuple[type[np.unsignedinteger], ...] = np.uint8, np.uint16, np.uint32
    return numbers.astype(next(kind for kind in kinds if most <= np.iinfo(kind).max))


def pack(texts: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Return byte strings as one array, and where each ends."""
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), dtype=np.int64)
    blob = b"".join(texts)
    return np.frombuffer(blob, np.uint8) if blob else np.zeros(0, np.uint8), ends


def added_up(numbers: np.ndarray, kind: type[np.integer] = np.int64) -> np.ndarray:
    """Return the sum of each number and all before it, as numbers of a kind that has room for all of them.

    450,000 bytes take 1.0 ms so, and 3.5 by a cumulative sum that makes wide numbers of them on its way.

    >>> added_up(np.array([200, 100], np.uint8)).tolist()
    [200, 300]
    """
    sums: np.ndarray = numbers.astype(kind)
    return np.cumsum(sums, dtype=kind, out=sums)


def stable_order(numbers: np.ndarray) -> np.ndarray:
    """Return the order of numbers below 2**32, equal ones as they are.

    NumPy sorts 16 bits by their digits: so a million numbers take 12 ms, or 24 if they need more bits, rather than 40.

    >>> stable_order(np.array([70000, 3, 1, 3])).tolist()
    [2, 1, 3, 0]
    """
    order = np.argsort(numbers.astype(np.uint16), kind="stable")  # by the lower 16 bits
    high = (numbers >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order


def all_of(blob: np.ndarray, ends: np.ndarray) -> list[bytes]:
    """Return all of the packed byte strings."""
    joined, stops = blob.tobytes(), ends.tolist()
    return [joined[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]


class Packed:
    """Packed byte strings by their numbers, one at a time."""

    def __init__(self, blob: np.ndarray, ends: np.ndarray) -> None:
        self._blob, self._ends = plain(blob), plain(ends)

    def __getitem__(self, at: int) -> bytes:
        return self._blob[self._ends[at - 1] if at else 0 : self._ends[at]].tobytes()
