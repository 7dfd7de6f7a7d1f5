from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from indexer import readers
from indexer.errors import Unreadable
from indexer.settings import Reading as Settings

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.readers.reading import Reading
    from indexer.types import Document


class Opener(Protocol):
    def __call__(self, name: str, content: str | bytes, *, largest: int = ...) -> Reading: ...


class Reader(Protocol):
    def __call__(self, name: str, content: str | bytes, *, largest: int = ...) -> list[Document]: ...


class Rows(Protocol):
    def __call__(self, name: str, content: str | bytes, *, largest: int = ...) -> list[Document | Unreadable]: ...


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    """Write a file and read it."""

    def opened(name: str, content: str | bytes, *, largest: int = 2**29) -> Reading:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        file = readers.CorpusFile(path, name, path.stat().st_size)
        return readers.read(file, Settings(largest_file=largest))

    return opened


@pytest.fixture
def rows(opened: Opener) -> Rows:
    """Read all that is in a file."""

    def rows(name: str, content: str | bytes, *, largest: int = 2**29) -> list[Document | Unreadable]:
        return list(opened(name, content, largest=largest).documents)

    return rows


@pytest.fixture
def documents(rows: Rows) -> Reader:
    """Read a file in which nothing is wrong."""

    def documents(name: str, content: str | bytes, *, largest: int = 2**29) -> list[Document]:
        found = rows(name, content, largest=largest)
        good = [document for document in found if not isinstance(document, Unreadable)]
        assert len(good) == len(found), found
        return good

    return documents
