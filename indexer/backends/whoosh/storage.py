"""The folder of an index, as Whoosh sees it: nothing in it can run code, and what is committed is on the disk."""

from __future__ import annotations

import os
import pickle
from io import BytesIO
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC

from indexer.backends.whoosh.codec import ArrayCodec, ArraySegment, schema
from indexer.backends.whoosh.contents import INDEX_NAME, NotContents, is_sound


class Storage(FileStorage):
    """A folder whose files are opened without unpickling strangers, and renamed only once they are on the disk."""

    def open_file(self, name: str, *_: object, **__: object) -> StructFile:
        """Open a file for reading: a small one, a table of contents, and whole, for Whoosh leaves it open on errors."""
        return _GuardedFile(BytesIO((Path(self.folder) / name).read_bytes()), name=name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: FBT001, FBT002 -- Whoosh's
        """Rename a file, the last step of a commit: what it stands for must have reached the disk before."""
        folder = Path(self.folder)
        with (folder / oldname).open("rb") as file:
            os.fsync(file.fileno())
        sync_folder(folder)
        super().rename_file(oldname, newname, safe=safe)
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make sure that the names of a folder's files are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_segments(storage: Storage, generation: int) -> list[ArraySegment]:
    """Return the segments of a generation as Whoosh knows them, to be changed. The stored schema, a pickle, is skipped.

    NotContents if they cannot be read, FileNotFoundError if a build has removed them.
    """
    try:
        segments = TOC.read(storage, INDEX_NAME, gen=generation, schema=schema()).segments
    except FileNotFoundError:
        raise
    except Exception as wrong:  # Whoosh raises whatever a damaged file leads it to
        message = f"_{INDEX_NAME}_{generation}.toc: {str(wrong) or type(wrong).__name__}"
        raise NotContents(message) from wrong
    if not isinstance(segments, list) or not all(is_sound(segment, ArraySegment) for segment in segments):
        message = f"_{INDEX_NAME}_{generation}.toc lists something else than segments"
        raise NotContents(message)
    return segments


class _GuardedFile(StructFile):
    def read_pickle(self) -> Any:  # noqa: ANN401 -- Whoosh's signature
        return _SegmentsOnly(self.file).load()


class _SegmentsOnly(pickle.Unpickler):
    """Builds the two classes that a list of segments is made of, and nothing else that could run code."""

    _ALLOWED = {(kind.__module__, kind.__qualname__): kind for kind in (ArrayCodec, ArraySegment)}  # noqa: RUF012

    def find_class(self, module: str, name: str) -> type:
        try:
            return self._ALLOWED[module, name]
        except KeyError:
            message = f"{module}.{name} has no business in an index"
            raise pickle.UnpicklingError(message) from None
