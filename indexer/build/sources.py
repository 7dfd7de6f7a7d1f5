"""What an index is made of: the files of a folder, or documents that a program gives."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC
from hashlib import blake2b
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from indexer import readers
from indexer.errors import CorpusMissing
from indexer.pieces import BATCH, Tally, batches
from indexer.readers.files import DIGEST_BYTES
from indexer.readers.normal import normalise
from indexer.types import Document, Heading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from indexer.errors import Unreadable
    from indexer.pieces import Share, Survey
    from indexer.settings import Settings

WORTH_A_POOL = 4_000_000  # bytes of corpus; below it, starting processes takes longer than they save
_AT_ONCE = 250_000  # characters of documents that are looked through together

_HEADING = attrgetter(*(one.name for one in fields(Heading)))
_TEXT = attrgetter("text")


class Folder:
    """The files of a folder, or one file."""

    def __init__(self, path: Path, index: Path | None, settings: Settings) -> None:
        self.name = str(path)
        self._settings = settings
        found = readers.find(path, apart_from=index)
        self.ignored = found.ignored
        self.problems = found.problems
        self._files = found.files
        self.size = sum(file.size for file in found.files)
        if not found.files:
            raise CorpusMissing(path=path, reason="no file in it can be read")

    @property
    def is_large(self) -> bool:
        """Whether to read all of it is worth processes beside this one."""
        return self.size >= WORTH_A_POOL

    def shares(
        self, survey: Survey, known: dict[str, str], renewed: Callable[[str], None], passed: Callable[[int], None]
    ) -> Iterator[Share]:
        """Give what is new or changed: see Survey.files."""
        return survey.files(self._files, self._settings, known, renewed=renewed, passed=passed)


class Records:
    """Documents that a program gave."""

    name = ""
    ignored: ClassVar[dict[str, int]] = {}
    problems: ClassVar[tuple[Unreadable, ...]] = ()

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.size = None

    @property
    def is_large(self) -> bool:
        """Whether to read all of it is worth processes beside this one; for that some of it is asked for."""
        ahead, size, documents = [], 0, iter(self._documents)
        for document in documents:
            ahead.append(document)
            size += len(document.text)
            if size >= BATCH:
                break
        self._documents = chain(ahead, documents)
        return size >= BATCH

    def shares(
        self, survey: Survey, known: dict[str, str], renewed: Callable[[str], None], passed: Callable[[int], None]
    ) -> Iterator[Share]:
        """Give what is new or changed: see Survey.files."""
        return batches(self._new(survey, known, renewed, passed))

    def _new(
        self, survey: Survey, known: dict[str, str], renewed: Callable[[str], None], passed: Callable[[int], None]
    ) -> Iterator[tuple[str, Document]]:
        seen: dict[str, int] = {}
        for some in _portions(self._documents):
            # The text as it is: repr() looks at every character of it, and took half of a build where nothing is new.
            texts = [one.text.encode("utf-8", "surrogatepass") for one in some]
            for given, text, is_sound in zip(some, texts, _are_sound(some, texts), strict=True):
                count = seen[given.path] = seen.get(given.path, 0) + 1
                path = given.path if count == 1 else f"{given.path}~{count}"
                digest = _digest_of(given, text)
                if path in known:
                    if not survey.has_changed(path, digest, known):
                        continue
                    renewed(path)
                survey.tallies[path] = Tally(digest)
                yield path, given if is_sound and count == 1 else _sound(given, path)
            passed(sum(map(len, map(_TEXT, some))))


def _portions(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Give documents, as many at once as are looked through within the caches of a core."""
    some: list[Document] = []
    size = 0
    for document in documents:
        some.append(document)
        size += len(document.text)
        if size >= _AT_ONCE:
            yield some
            some, size = [], 0
    yield some


def _digest_of(document: Document, text: bytes) -> str:
    """Return a digest of a document as it was given: what is not new need not be made sound."""
    digest = blake2b(text, digest_size=DIGEST_BYTES)
    digest.update(repr(_HEADING(document)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _are_sound(documents: list[Document], texts: list[bytes]) -> list[bool]:
    """Return of each document whether it is as the readers would give it: composed, its date with a zone."""
    others = [f"{one.title}{one.source}{one.author}".encode("utf-8", "surrogatepass") for one in documents]
    from indexer.readers.sound import are_sound  # noqa: PLC0415 -- loads NumPy, while other processes start

    each = zip(documents, are_sound(texts), are_sound(others), strict=True)
    return [
        is_sound and is_sound_beside and (one.date is None or one.date.tzinfo is not None)
        for one, is_sound, is_sound_beside in each
    ]


def _sound(document: Document, path: str) -> Document:
    """Return a document as the readers would give it, its path its own."""
    date = document.date
    sound = (
        path,
        normalise(document.text),
        normalise(document.title),
        date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date,
        normalise(document.source),
        normalise(document.author),
    )
    return Document(*sound, document.url)
