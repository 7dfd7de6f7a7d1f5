"""What an index remembers beside its postings, in two files of its generation.

    abzats_7.json   how it was made: format, settings, dictionary; small, read by every search
    abzats_7.files  the files of the corpus with their digests, compressed; read by builds and by `abzats status`

They are on the disk before the table of contents of generation 7 is, so a reader that sees the one sees the others.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, fields
from datetime import datetime
from operator import attrgetter
from typing import IO, TYPE_CHECKING, Any

from indexer.backends.whoosh import deflate
from indexer.frozen import frozen
from indexer.types import FileRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FORMAT = 6  # raise it when an index of today could not be read by the program of yesterday

_OURS = re.compile(r"abzats_(\d+)\.(?:json|files)\Z")
_UNFINISHED = re.compile(r"_MAIN_\d+\.toc\.\d")  # of a build that was killed before the rename


_ROW = attrgetter(*(column.name for column in fields(FileRecord)))  # asdict copies what it finds


class NotState(Exception):
    """The file is none of ours, or cut short; its text says which."""


@frozen
class State:
    """How an index was made."""

    format: int
    settings: dict[str, Any]  # Settings.baked()
    dictionary: str  # revision of the morphological dictionary
    corpus: str  # folder of the documents; empty if a program gave them
    built: datetime


def write(folder: Path, generation: int, state: State, files: Iterable[FileRecord]) -> None:
    """Write both files and make sure that they are on the disk."""
    with (folder / f"abzats_{generation}.files").open("wb") as out:
        # At once, which takes a third of the time that a line for each takes; to a third of its bytes.
        out.write(deflate.fast(json.dumps([*map(_ROW, files)]).encode()))
        _sync(out)
    with (folder / f"abzats_{generation}.json").open("w", encoding="utf-8") as out:
        json.dump({**asdict(state), "built": state.built.isoformat()}, out, ensure_ascii=True, indent=1)
        _sync(out)


def _sync(out: IO[str] | IO[bytes]) -> None:
    out.flush()
    os.fsync(out.fileno())


def read(folder: Path, generation: int) -> State:
    """Return how a generation was made; NotState if the file is damaged, OSError if it is not there."""
    name = f"abzats_{generation}.json"
    try:
        fields = json.loads((folder / name).read_text(encoding="utf-8"))
        return State(
            format=int(fields["format"]),
            settings=dict(fields["settings"]),
            dictionary=str(fields["dictionary"]),
            corpus=str(fields["corpus"]),
            built=datetime.fromisoformat(fields["built"]),
        )
    except (ValueError, KeyError, TypeError) as wrong:
        message = f"{name} is damaged"
        raise NotState(message) from wrong


def read_files(folder: Path, generation: int) -> list[FileRecord]:
    """Return the files of a generation; NotState if the list is damaged, OSError if it is not there."""
    name = f"abzats_{generation}.files"
    try:
        rows = json.loads(deflate.unpacked((folder / name).read_bytes()))
        return [FileRecord(*row) for row in rows]
    except (deflate.NotDeflated, ValueError, TypeError) as wrong:
        message = f"{name} is damaged"
        raise NotState(message) from wrong


def clean(folder: Path, generation: int) -> None:
    """Remove what other generations and killed builds have left."""
    for path in folder.iterdir():
        match = _OURS.match(path.name)
        if (match and int(match[1]) != generation) or _UNFINISHED.match(path.name):
            path.unlink(missing_ok=True)
