"""A file of word vectors → the vectors of the words wanted.

The format is navec's: a tar with meta.json, vocab.bin (gzip: the number of words, how often each was met, the words, a
line each) and pq.bin. Vectors are quantised (Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor
Search", 2011): each is cut into pieces, and of each piece only the number of the nearest of at most 256 typical ones is
kept. Little-endian throughout. Nothing of the file is executed, and the vectors stay in the mapped file.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from indexer.analysis.fold import fold
from indexer.errors import VectorsMissing, VectorsUnreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_PROTOCOL = 1
_HEADER = 4  # whole numbers of 32 bits: vectors, their length, their pieces, typical pieces of each
_TYPICAL = 2**8  # pieces that a byte can number
_LARGEST_VOCABULARY = 256 * 2**20  # bytes, unpacked; the largest one published has 6 MB
_LARGEST_META = 2**16  # bytes
_NUMBER = np.dtype("<u4")
_REAL = np.dtype("<f4")


class Vectors:
    """The vectors of words, and how common each is in what they were learnt from. Threads may share it."""

    def __init__(self, words: Sequence[str], counts: npt.NDArray[Any], pieces: _Pieces) -> None:
        self._rows = {word: row for row, word in enumerate(words)}
        self._shares = counts / max(1, int(counts.sum(dtype=np.int64)))
        self._pieces = pieces

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, word: str) -> int | None:
        """Return the number of a word, or None if it has no vector; ё is looked for as it is, then as е."""
        lower = word.lower()
        found = self._rows.get(lower)
        return self._rows.get(fold(lower)) if found is None else found

    def shares(self, rows: Sequence[int]) -> npt.NDArray[np.float64]:
        """Return which part of all running words each is, in [0, 1]."""
        return np.asarray(self._shares[np.asarray(rows, np.int64)], np.float64)

    def unit(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return the vectors of words at length one, a row each."""
        typical, numbers = self._pieces
        found = typical[np.arange(len(typical)), numbers[np.asarray(rows, np.int64)]].reshape(len(rows), -1)
        lengths = np.sqrt(np.einsum("ij,ij->i", found, found))
        return np.asarray(found / np.maximum(lengths, np.finfo(_REAL).tiny)[:, None], np.float32)


class _Pieces(NamedTuple):
    typical: npt.NDArray[np.float32]  # piece × number → a stretch of a vector
    numbers: npt.NDArray[np.uint8]  # word × piece → which of the typical ones


def open_vectors(path: Path | None = None) -> Vectors:
    """Read word vectors in navec's format from a file; by default those that the package natasha carries.

    VectorsMissing if there is none, VectorsUnreadable if it is something else, or damaged.
    """
    path = path or _carried()
    try:
        with tarfile.open(path, "r:") as archive:
            return _read(path, archive)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as missing:
        raise VectorsMissing(reason=f"there is no file {path}") from missing
    except OSError as wrong:
        raise VectorsUnreadable(path=path, reason=wrong.strerror or "it is damaged") from wrong
    except (tarfile.TarError, ValueError, EOFError, KeyError, RecursionError, zlib.error) as wrong:
        raise VectorsUnreadable(path=path, reason="it is damaged, or something else") from wrong


def _carried() -> Path:
    """Return where the model of the installed natasha is; natasha itself is not imported."""
    package = find_spec("natasha")
    for folder in (package.submodule_search_locations or ()) if package else ():
        for path in sorted(Path(folder, "data", "emb").glob("navec_*.tar")):
            return path
    raise VectorsMissing(reason="the package natasha, which carries some, is not installed")


def _read(path: Path, archive: tarfile.TarFile) -> Vectors:
    meta = json.loads(_content(archive, "meta.json", _LARGEST_META))
    if not isinstance(meta, dict) or meta.get("protocol") != _PROTOCOL:
        raise ValueError(meta)
    words, counts = _vocabulary(_content(archive, "vocab.bin", _LARGEST_VOCABULARY))
    pieces = _pieces(path, archive.getmember("pq.bin"))
    if len(pieces.numbers) != len(words):
        raise ValueError(len(words))
    return Vectors(words, counts, pieces)


def _content(archive: tarfile.TarFile, name: str, largest: int) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member.read(largest)


def _vocabulary(packed: bytes) -> tuple[list[str], npt.NDArray[Any]]:
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
        content = file.read(_LARGEST_VOCABULARY)
    [size] = np.frombuffer(content, _NUMBER, 1).tolist()
    counts = np.frombuffer(content, _NUMBER, size, _NUMBER.itemsize)
    words = content[_NUMBER.itemsize * (1 + size) :].decode("utf-8").split("\n")
    if len(words) != size:
        raise ValueError(size)
    return words, counts


def _pieces(path: Path, member: tarfile.TarInfo) -> _Pieces:
    content = np.memmap(path, np.uint8, "r")[member.offset_data :][: member.size]
    header, rest = content[: _HEADER * _NUMBER.itemsize], content[_HEADER * _NUMBER.itemsize :]
    vectors, length, pieces, typical = np.frombuffer(header.tobytes(), _NUMBER, _HEADER).tolist()
    if len(content) != member.size or not (length and pieces and typical) or length % pieces:
        raise ValueError(header)
    numbers = rest[: vectors * pieces].reshape(vectors, pieces)
    reals = np.frombuffer(rest[vectors * pieces :].tobytes(), _REAL).reshape(pieces, typical, length // pieces)
    if not np.isfinite(reals).all() or (typical < _TYPICAL and (numbers >= typical).any()):
        raise ValueError(header)
    return _Pieces(reals, numbers)
