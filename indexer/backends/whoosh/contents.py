"""What opening an index for reading takes: the segments that its table of contents lists, and whether they may be read.

The table of contents is Whoosh's, and Whoosh writes it (storage.py, store.py). To import Whoosh takes a sixth of the
time of a search on the command line, and to read the table takes a page of code: so it is read here.
"""

from __future__ import annotations

import os
import pickle
import re
import struct
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis import dictionary
from indexer.backends.whoosh import arrays, state
from indexer.backends.whoosh.segment import Segment
from indexer.errors import IndexDamaged, IndexIncompatible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.settings import Settings

INDEX_NAME = "MAIN"  # Whoosh's default, so that whoosh.index.open_dir finds the index
EXTENSION = ".abzats"

_TABLE = re.compile(rf"_{INDEX_NAME}_([0-9]+)\.toc")
_INT = struct.Struct(">i")
_SIZES = (4, 8, 4)  # of Whoosh's int, long and float
_ORDER, _VERSION = -12345, -111


class NotContents(Exception):
    """The table of contents is none of ours, or damaged; its text says which."""


class Listed(NamedTuple):
    """A segment as the table of contents lists it."""

    name: str
    deleted: bytes | None  # a bit for each paragraph, as np.packbits has them

    def open(self, folder: Path) -> Segment:
        """Map the arrays; NotArrays or OSError if they cannot be."""
        return Segment(arrays.read(folder / f"{self.name}{EXTENSION}"), self.deleted)


def latest_generation(folder: Path) -> int:
    """Return the generation of the newest table of contents, or -1 if there is none."""
    return max(
        (int(match[1]) for match in (_TABLE.fullmatch(path.name) for path in folder.iterdir()) if match), default=-1
    )


def committed(folder: Path, generation: int) -> tuple[int, int, int] | None:
    """Return what tells the commit of a generation from any other, also of the same number; None if it is gone."""
    try:
        table = (folder / _table(generation)).stat()
    except OSError:
        return None
    return generation, table.st_ino, table.st_mtime_ns


def listed(folder: Path, generation: int) -> list[Listed]:
    """Return the segments of a generation. The stored schema, a pickle, is skipped: ours is known.

    NotContents if they cannot be read, FileNotFoundError if a build has removed them.
    """
    name = _table(generation)
    content = BytesIO((folder / name).read_bytes())
    try:
        segments = _segments(content, generation)
    except Exception as wrong:  # a damaged pickle raises whatever it leads to
        message = f"{name}: {str(wrong) or type(wrong).__name__}"
        raise NotContents(message) from wrong
    if not isinstance(segments, list) or not all(is_sound(segment, _Segment) for segment in segments):
        message = f"{name} lists something else than segments"
        raise NotContents(message)
    return [Listed(f"{INDEX_NAME}_{fields['segid']}", fields["_deleted"]) for fields in map(vars, segments)]


def is_sound(segment: object, kind: type) -> bool:
    """Whether a segment is one, its name stays in the folder and its deletions are bits of paragraphs."""
    if not isinstance(segment, kind):
        return False
    fields = vars(segment)
    deleted, paragraphs = fields.get("_deleted"), fields.get("_doccount")
    return (
        fields.get("indexname") == INDEX_NAME
        and isinstance(fields.get("segid"), str)
        and fields["segid"].isalnum()
        and isinstance(paragraphs, int)
        and (deleted is None or (isinstance(deleted, bytes) and len(deleted) == -(-paragraphs // 8)))
    )


def _table(generation: int) -> str:
    return f"_{INDEX_NAME}_{generation}.toc"


def _segments(content: BytesIO, generation: int) -> object:
    """Return what a table of contents lists; see TOC.write of Whoosh."""
    if tuple(_varint(content) for _ in _SIZES) != _SIZES or _int(content) != _ORDER or _int(content) != _VERSION:
        message = "it is of another kind than this version reads"
        raise ValueError(message)
    for _ in range(3):  # Whoosh's own version
        _varint(content)
    content.seek(_varint(content), os.SEEK_CUR)
    if _int(content) != generation:
        message = "it is of another generation"
        raise ValueError(message)
    _int(content)  # unused
    return _SegmentsOnly(content).load()


def _int(content: BytesIO) -> int:
    (number,) = _INT.unpack(content.read(_INT.size))
    return int(number)


def _varint(content: BytesIO) -> int:
    number = shift = 0
    while True:
        (byte,) = content.read(1)
        number |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 -- the last one
            return number
        shift += 7


class _Codec:
    """Stands for codec.ArrayCodec."""


class _Segment:
    """Stands for codec.ArraySegment."""


class _SegmentsOnly(pickle.Unpickler):
    """Builds the two classes that a list of segments is made of, and nothing else that could run code."""

    def find_class(self, module: str, name: str) -> type:
        if module == "indexer.backends.whoosh.codec":
            if name == "ArraySegment":
                return _Segment
            if name == "ArrayCodec":
                return _Codec
        message = f"{module}.{name} has no business in an index"
        raise pickle.UnpicklingError(message)


def check(made: state.State, settings: Settings, folder: Path) -> None:
    """IndexIncompatible unless an index made so can be read with these settings."""
    if made.format != state.FORMAT:
        raise IndexIncompatible(
            path=folder, reason=f"it has format {made.format}, and this version reads format {state.FORMAT}"
        )
    if made.settings != settings.baked():
        raise IndexIncompatible(path=folder, reason="it was built with other settings")
    if made.dictionary != dictionary.version():
        raise IndexIncompatible(
            path=folder,
            reason=f"it was built with revision {made.dictionary} of the dictionary, "
            f"and {dictionary.version()} is installed",
        )


def folder_size(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    with os.scandir(folder) as entries:
        return sum(map(_file_size, entries))


def _file_size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size if entry.is_file(follow_symlinks=False) else 0
    except FileNotFoundError:  # a build has removed it since it was listed
        return 0


def verify(folder: Path, segments: Iterable[str]) -> int:
    """Read all of some segments and return their bytes; IndexDamaged if one is not what was written.

    Those that are gone are left out.
    """
    read = 0
    with reading(folder):
        for name in segments:
            path = folder / f"{name}{EXTENSION}"
            with suppress(FileNotFoundError):
                if wrong := arrays.damaged(path):
                    message = f"{path.name} is not what was written: {', '.join(wrong)}"
                    raise arrays.NotArrays(message)
                read += path.stat().st_size
    return read


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn what a damaged index raises into IndexDamaged."""
    try:
        yield
    except (arrays.NotArrays, state.NotState, NotContents) as wrong:
        raise IndexDamaged(path=folder, reason=str(wrong)) from wrong
    except OSError as wrong:
        missing = Path(str(wrong.filename)).name if wrong.filename else folder.name
        raise IndexDamaged(path=folder, reason=f"{missing}: {wrong.strerror}") from wrong
