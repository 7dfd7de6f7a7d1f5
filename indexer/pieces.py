"""What of a corpus is new: the pieces that are replaced as a whole, their documents, and what was seen of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from indexer import readers
from indexer.errors import Unreadable
from indexer.types import FileRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from indexer.readers import CorpusFile
    from indexer.readers.reading import Reading
    from indexer.settings import Settings
    from indexer.types import Document

BATCH = 1_000_000  # characters handed to a core at a time: some 60 ms of work
_SMALL = 1_000_000  # bytes of a file that is read where its text is analysed; a larger one may have many documents
_FILES, _AT_ONCE = 700_000, 500  # bytes of such files that are handed to a core at a time, and how many of them
_SHOWN = 3  # problems of one file that its record names


class Piece(NamedTuple):
    """What is replaced as a whole: a file, or a document that a program gave."""

    name: str
    size: int  # bytes
    digest: Callable[[], str]  # Unreadable if it cannot be taken
    read: Callable[[], Reading]  # likewise


class Files(NamedTuple):
    """Files that are to be read where their text is analysed."""

    files: list[CorpusFile]
    size: int  # bytes of all

    def read(self, settings: Settings) -> tuple[Survey, list[tuple[str, Document]]]:
        """Return what is seen of them, all of which are new, and the documents, each with the name of its file."""
        survey = Survey()
        return survey, list(survey.documents((of_file(file, settings) for file in self.files), {}))


Share: TypeAlias = "Files | list[tuple[str, Document]]"  # or documents, each with the name of its piece


def is_full(share: Share) -> bool:
    """Return whether it is as much as a core is handed at a time, so that there may be more."""
    if isinstance(share, Files):
        return share.size >= _FILES or len(share.files) >= _AT_ONCE
    return sum(len(document.text) for _, document in share) >= BATCH


def of_file(file: CorpusFile, settings: Settings) -> Piece:
    """Return a file as a piece; it is not looked at yet."""
    return Piece(file.name, file.size, partial(_digest, file), partial(readers.read, file, settings.reading))


def _digest(file: CorpusFile) -> str:
    try:
        return readers.digest(file.path)
    except OSError as wrong:
        raise Unreadable(path=file.name, reason=wrong.strerror or str(wrong)) from wrong


@dataclass(slots=True)
class Tally:
    """What has been seen of a piece so far."""

    digest: str
    encoding: str = ""
    doubtful: bool = False
    documents: int = 0
    paragraphs: int = 0
    problems: list[str] = field(default_factory=list)

    def record(self, name: str) -> FileRecord:
        """Return what a build remembers of it."""
        problem = "" if self.documents else "no words in it"
        if self.problems:
            problem = "; ".join(self.problems[:_SHOWN])
        if len(self.problems) > _SHOWN:
            problem += f"; and {len(self.problems) - _SHOWN} more"
        return FileRecord(name, self.digest, self.encoding, self.doubtful, self.documents, self.paragraphs, problem)


@dataclass(slots=True)
class Survey:
    """What was seen of the pieces of a corpus that were looked at."""

    tallies: dict[str, Tally] = field(default_factory=dict)  # of what is new or changed
    unchanged: set[str] = field(default_factory=set)

    def documents(
        self,
        pieces: Iterable[Piece],
        known: Mapping[str, str],
        *,
        renewed: Callable[[str], None] = lambda _: None,
        passed: Callable[[Piece], None] = lambda _: None,
    ) -> Iterator[tuple[str, Document]]:
        """Give the documents of what is new or changed, each with the name of its piece.

        `known` has the digest of each piece that an earlier build has read. `renewed` is told the name of a piece
        before its documents are given, `passed` each piece when it is done.
        """
        for piece in pieces:
            if digest := self.new(piece, known):
                renewed(piece.name)
                try:
                    for document in self._read(piece, digest):
                        if isinstance(document, Unreadable):
                            self.tallies[piece.name].problems.append(str(document))
                        else:
                            yield piece.name, document
                except Unreadable as problem:
                    self.tallies[piece.name] = Tally("", problems=[str(problem.values["reason"])])
            passed(piece)

    def new(self, piece: Piece, known: Mapping[str, str]) -> str:
        """Return the digest of a piece that is new or changed; of another one nothing, and what it is is noted."""
        try:
            digest = piece.digest()
        except Unreadable as problem:
            self.tallies[piece.name] = Tally("", problems=[str(problem.values["reason"])])
            return ""
        return digest if self.has_changed(piece.name, digest, known) else ""

    def has_changed(self, name: str, digest: str, known: Mapping[str, str]) -> bool:
        """Return whether a piece is not what it was, or was not there; of one that is it is noted."""
        if known.get(name) == digest:
            self.unchanged.add(name)
            return False
        return True

    def files(
        self,
        files: Iterable[CorpusFile],
        settings: Settings,
        known: Mapping[str, str],
        *,
        renewed: Callable[[str], None],
        passed: Callable[[int], None],
    ) -> Iterator[Share]:
        """Give what is new or changed of files: small ones to be read elsewhere, the documents of large ones.

        As `documents`, but `passed` is told bytes, and of those that are read elsewhere nothing.
        """
        some: list[CorpusFile] = []
        size = 0
        for file in files:
            piece = of_file(file, settings)
            is_small = file.size <= _SMALL
            if some and (size >= _FILES or len(some) >= _AT_ONCE or not is_small):
                yield Files(some, size)
                some, size = [], 0
            if not is_small:
                new = self.documents([piece], known, renewed=renewed, passed=lambda piece: passed(piece.size))
                yield from batches(new)
            elif file.name in known and not self.new(piece, known):
                passed(file.size)
            else:
                if file.name in known:
                    renewed(file.name)
                some.append(file)
                size += file.size
        if some:
            yield Files(some, size)

    def add(self, other: Survey) -> None:
        """Take what was seen of other pieces."""
        self.tallies.update(other.tallies)
        self.unchanged |= other.unchanged

    def _read(self, piece: Piece, digest: str) -> Iterable[Document | Unreadable]:
        tally = self.tallies[piece.name] = Tally(digest)
        try:
            tally.encoding, tally.doubtful, documents = piece.read()
        except Unreadable as problem:
            tally.problems.append(str(problem.values["reason"]))
            return ()
        return documents

    def count(self, by_file: Mapping[str, tuple[int, int]]) -> None:
        """Add how many documents, and how many paragraphs of them, each piece has brought."""
        for name, (documents, paragraphs) in by_file.items():
            self.tallies[name].documents += documents
            self.tallies[name].paragraphs += paragraphs


def batches(documents: Iterable[tuple[str, Document]]) -> Iterator[list[tuple[str, Document]]]:
    """Give documents in lists that a core is handed at a time."""
    batch: list[tuple[str, Document]] = []
    size = 0
    for name, document in documents:
        batch.append((name, document))
        size += len(document.text)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
