"""Writing an index: new segments beside the old ones, then one rename that makes them the index.

A reader sees the state before or after, never between; so does the next build after a power cut. Whatever an
interrupted build leaves behind is named in no table of contents and is removed by the next one.
"""

from __future__ import annotations

import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from ctypes import CDLL
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Self

from whoosh.index import TOC, clean_files
from whoosh.util.filelock import try_for

from indexer.analysis import dictionary
from indexer.backends.whoosh import arrays, state
from indexer.backends.whoosh.assembly import Outline, assemble, outline
from indexer.backends.whoosh.codec import ArrayCodec, ArraySegment, schema
from indexer.backends.whoosh.contents import INDEX_NAME, check, latest_generation, reading, verify
from indexer.backends.whoosh.numbering import Numbering
from indexer.backends.whoosh.storage import Storage, read_segments
from indexer.errors import IndexBusy, IndexNotWritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from indexer.backends.whoosh.segment import Content
    from indexer.settings import Settings
    from indexer.types import FileRecord

_LOCK = "WRITELOCK"
# What memory a segment takes while it is made, in bytes, as measured with 4 to 10 million places.
_PER_PLACE = 32
_PER_PARAGRAPH = 100
_PER_WORD = 350
_AT_ALL = 150_000_000
_BESIDE = 300_000_000  # what processes take when they know many words, beyond what they do at first
_SIMILAR = 2  # a segment is merged with new ones of at least half its size: few segments, and each rewritten seldom


class Store:
    """An index folder under the build lock. Nothing changes for readers until `commit`."""

    def __init__(self, folder: Path, settings: Settings, *, rebuild: bool, wait: float, threads: int) -> None:
        self._folder = folder
        self._settings = settings
        self._threads = threads
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._storage = Storage(str(folder))
        self._lock = self._storage.lock(f"{INDEX_NAME}_{_LOCK}")
        self._acquire(wait)
        try:
            self._open(rebuild=rebuild)
        except BaseException:
            self._lock.release()
            raise
        self.numbering = Numbering()
        self._pending: list[Content] = []
        self._size = 0  # bytes that what waits will take
        self._outline: Outline | None = None  # of what waits
        self._new: list[ArraySegment] = []  # written, in no table of contents yet
        self._is_told = False  # whether the same is true of the files of a state

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Give up what was not committed."""
        for segment in self._new:
            segment.path(self._folder).unlink(missing_ok=True)
        if self._is_told:
            state.clean(self._folder, self._generation)
        self._lock.release()

    def _acquire(self, wait: float) -> None:
        with _writing(self._folder):
            free = try_for(self._lock.acquire, timeout=wait, delay=0.1)
        holder = self._folder / f"{INDEX_NAME}_{_LOCK}"
        if not free:
            raise IndexBusy(path=self._folder, holder=holder.read_text(encoding="utf-8").strip() or "no name given")
        with _writing(self._folder):
            now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
            holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since {now}\n", encoding="utf-8")

    def _open(self, *, rebuild: bool) -> None:
        """Read what is there, or start from nothing."""
        self.files: dict[str, FileRecord] = {}
        self._segments: list[ArraySegment] = []
        self._generation = latest_generation(self._folder)
        self._changed = rebuild
        if rebuild or self._generation < 0:
            return
        with reading(self._folder):
            made = state.read(self._folder, self._generation)
            check(made, self._settings, self._folder)
            self._segments = read_segments(self._storage, self._generation)
            self.files = {record.path: record for record in state.read_files(self._folder, self._generation)}
            self._opened = {segment: segment.open(self._folder) for segment in self._segments}

    def remove(self, files: Iterable[str]) -> None:
        """Delete the documents that were read from these files."""
        for file in files:
            self._changed = self.files.pop(file, None) is not None or self._changed
            for segment in self._segments:
                opened = self._opened[segment]
                for document in opened.documents_with("file", file.encode("utf-8", "surrogatepass")).tolist():
                    for paragraph in opened.paragraphs_of(document):
                        segment.delete_document(paragraph)

    def add(self, content: Content) -> None:
        """Add documents, which wait to be written."""
        self._pending.append(content)
        self._outline = None
        self._size += _size(content)

    @property
    def is_full(self) -> bool:
        """Whether what waits is to be written before more is added."""
        return self._size > self._room

    @property
    def _room(self) -> int:
        """Bytes that what waits may take; some, even if the words take all."""
        memory = self._settings.building.memory
        at_all = _AT_ALL + _BESIDE if self._threads > 1 else _AT_ALL
        return max(memory - at_all - _PER_WORD * len(self.numbering.keys), memory // 8)

    def prepare(self) -> None:
        """Have ready of what waits what is told before its words are known.

        Unless more may be merged with it, and all would be done again.
        """
        if not self._segments:
            self._outline = self._outlined()

    def record(self, file: FileRecord) -> None:
        """Remember a file that was read, or why it could not be."""
        self._changed = self._changed or self.files.get(file.path) != file
        self.files[file.path] = file

    def commit(self, corpus: str) -> None:
        """Make everything since the opening the index, or nothing if this raises; no change, no new generation."""
        if not self._changed and self._generation >= 0:
            self._clean(self._generation, self._segments)
            return
        with _writing(self._folder):
            self._merge()
            generation = self._generation + 1
            self.flush(meanwhile=partial(self._write_state, generation, corpus))
            segments = [s for s in self._segments if s.doc_count()] + self._new
            TOC(schema(), segments, generation).write(self._storage, INDEX_NAME)
            # From here on the new state is the index.
            self._new, self._is_told = [], False
            self._segments = segments
            self._clean(generation, segments)

    def _write_state(self, generation: int, corpus: str) -> None:
        self._is_told = True
        made = state.State(
            format=state.FORMAT,
            settings=self._settings.baked(),
            dictionary=dictionary.version(),
            corpus=corpus,
            built=datetime.now(UTC),
        )
        state.write(self._folder, generation, made, (self.files[path] for path in sorted(self.files)))
        self.numbering = Numbering()  # the words are told, and to free them takes time too

    def lemmas(self) -> int:
        """Return how many different lemmas the texts have, once they are committed."""
        opened = [segment.open(self._folder) for segment in self._segments]
        if len(opened) == 1:  # what they are need not be read
            return len(opened[0].lemma_numbers())
        return len(set().union(*(segment.lemmas() for segment in opened)))

    def _clean(self, generation: int, segments: list[ArraySegment]) -> None:
        """Remove what other generations and killed builds have left."""
        clean_files(self._storage, INDEX_NAME, generation, segments)
        state.clean(self._folder, generation)

    def _merge(self) -> None:
        """Take up the old segments that are no larger than what is new, and those half deleted, as far as they fit."""
        size = sum(len(content.starts) for content in self._pending) + sum(s.doc_count() for s in self._new)
        kept = []
        for segment in sorted(self._segments, key=lambda s: s.doc_count()):
            half_deleted = segment.deleted_count() * 2 > segment.doc_count_all() > segment.deleted_count()
            similar = 0 < segment.doc_count() <= size * _SIMILAR
            # Places of deleted paragraphs are counted too: what is left of them is not known before.
            taken = _PER_PLACE * len(self._opened[segment].of["low"]) + _PER_PARAGRAPH * segment.doc_count()
            fits = self._size + taken <= self._room
            if half_deleted or (similar and fits):
                if not fits:
                    self.flush()
                size += segment.doc_count()
                # What is damaged must not be written again, with checksums that are right.
                verify(self._folder, [segment.path(self._folder).stem])
                self.add(self.numbering.take(segment.open(self._folder)))
            else:
                kept.append(segment)
        self._segments = kept

    def flush(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Write what waits, whose words must be known; while the disk takes it, something else is done."""
        documents = self._outline or self._outlined()
        self._pending, self._outline, self._size = [], None, 0
        if not documents:
            meanwhile()
            return
        segment = ArrayCodec().new_segment(self._storage, INDEX_NAME)
        segment.set_doc_count(documents.rows[0])
        self._new.append(segment)
        with (
            _writing(self._folder),
            arrays.Writer(segment.path(self._folder)) as file,
            ThreadPoolExecutor(1) as beside,
        ):
            begun = beside.submit(file.add, documents.documents | documents.texts)
            made = assemble(documents, self.numbering, self._settings.ranking, threads=self._threads)
            del documents
            written = beside.submit(file.add, made)
            meanwhile()
            begun.result()
            written.result()
        del made, begun, written
        _give_back()

    def _outlined(self) -> Outline | None:
        contents = [content for content in self._pending if len(content.starts)]
        return outline(contents, self.numbering) if contents else None


def _size(content: Content) -> int:
    """Return the bytes that documents take while they become a segment."""
    places = sum(len(field.words) for field in content.fields.values())
    return _PER_PLACE * places + _PER_PARAGRAPH * len(content.starts) + 2 * sum(map(len, content.texts.packed))


def _give_back() -> None:
    """Give the system back the memory that is free.

    Of what a segment of 10 million places took, 240 MB were kept else, while what comes next takes others.
    """
    if sys.platform == "linux" and hasattr(libc := CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn a full disk or missing rights into IndexNotWritten."""
    try:
        yield
    except OSError as wrong:
        raise IndexNotWritten(path=folder, reason=wrong.strerror or str(wrong)) from wrong
