"""Corpus → index: reads what is new, analyses it on all cores, and commits it at once."""

from __future__ import annotations

import gc
import os
from collections import deque
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from datetime import UTC
from functools import partial
from hashlib import blake2b
from itertools import chain, islice
from math import ceil
from operator import attrgetter
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, TypeVar
from uuid import uuid4

from indexer import readers
from indexer.addresses import Cluster, place
from indexer.backends.whoosh import cores
from indexer.backends.whoosh.contents import folder_size
from indexer.backends.whoosh.search import open_engine
from indexer.backends.whoosh.store import Store
from indexer.errors import CorpusMissing, IndexNotWritten, Unreadable
from indexer.readers import Reading
from indexer.settings import Settings
from indexer.types import BuildReport, Document, FileRecord, Heading, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

    from indexer.addresses import Place
    from indexer.backends.opensearch.store import Store as ClusterStore
    from indexer.backends.opensearch.writing import Written
    from indexer.backends.whoosh.inversion import Scan
    from indexer.backends.whoosh.numbering import Numbering
    from indexer.backends.whoosh.segment import Content
    from indexer.readers import CorpusFile

_BATCH = 1_000_000  # characters handed to a core at a time: half a second's work
_WORTH_A_POOL = 4_000_000  # bytes of corpus; below it, starting processes takes longer than they save
_KILLED = "a process of the build was killed, probably for want of memory; with fewer processes it takes less"
_SHOWN = 3  # problems of one file that its record names
_SHARE = (
    25_000  # words looked up by a core at once, at most: four tenths of a second; 10,000 take 1.07 times as long each
)

_HEADING = attrgetter(*(one.name for one in fields(Heading)))

T = TypeVar("T")


def build_index(
    corpus: Path | Iterable[Document],
    index: Path | Cluster | str,
    *,
    settings: Settings | None = None,
    rebuild: bool = False,
    processes: int | None = None,
    wait: float = 0.0,
    progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Make the index at `index` hold exactly the documents of a corpus: a folder, a file, or documents of a program.

    An index is a folder, or a name on a cluster: opensearch+https://host:9200/name.

    What did not change since the last build is not read again; with `rebuild` everything is. Until the end, searches
    see the index as it was before; if the build fails, they go on doing so. A file that cannot be read is listed in the
    report and does not stop the build. `processes` is the number of cores to use (default: all), `wait` how many
    seconds to wait for another build to end, `progress` is told now and then how far the build has come.

    CorpusMissing, IndexIncompatible, IndexDamaged, IndexBusy, IndexNotWritten or ClusterFailure if it cannot be done.
    """
    started = perf_counter()
    where = place(index)
    build = _Build(where, settings or Settings(), processes or os.cpu_count() or 1, progress or (lambda _: None))
    if isinstance(corpus, str | os.PathLike):
        apart_from = where if isinstance(where, Path) else None
        source: _Folder | _Records = _Folder(Path(corpus), apart_from, build.settings)
    else:
        source = _Records(corpus)
    with _no_collection(), build.opened(rebuild=rebuild, wait=wait) as into:
        counts = build.bring_up_to_date(into, source)
        files = tuple(into.files[path] for path in sorted(into.files))
        size = into.commit(source.name)
    return BuildReport(
        documents=sum(file.documents for file in files),
        paragraphs=size.paragraphs,
        words=size.words,
        lemmas=size.lemmas,
        bytes=size.bytes,
        seconds=perf_counter() - started,
        added=counts.added,
        changed=counts.changed,
        removed=counts.removed,
        unchanged=counts.unchanged,
        unreadable=tuple(file for file in files if file.problem),
        doubtful=tuple(file for file in files if file.doubtful),
        ignored=source.ignored,
    )


class _Size(NamedTuple):
    """What an index holds."""

    paragraphs: int
    words: int
    lemmas: int
    bytes: int


class _Counts(NamedTuple):
    """Pieces of the corpus, by what became of them."""

    added: int
    changed: int
    removed: int
    unchanged: int


class _Piece(NamedTuple):
    """What is replaced as a whole: a file, or a document that a program gave."""

    name: str
    size: int  # bytes
    digest: Callable[[], str]  # Unreadable if it cannot be taken
    read: Callable[[], Reading]  # likewise


class _Folder:
    """The files of a folder, or one file."""

    def __init__(self, path: Path, index: Path | None, settings: Settings) -> None:
        self.name = str(path)
        self._settings = settings.reading
        found = readers.find(path, apart_from=index)
        self.ignored = found.ignored
        self.problems = found.problems
        self._files = found.files
        self.size = sum(file.size for file in found.files)
        if not found.files:
            raise CorpusMissing(path=path, reason="no file in it can be read")

    def pieces(self) -> Iterator[_Piece]:
        for file in self._files:
            yield _Piece(
                file.name,
                file.size,
                partial(_digest, file),
                partial(readers.read, file, self._settings),
            )


def _digest(file: CorpusFile) -> str:
    try:
        return readers.digest(file.path)
    except OSError as wrong:
        raise Unreadable(path=file.name, reason=wrong.strerror or str(wrong)) from wrong


class _Records:
    """Documents that a program gave."""

    name = ""
    ignored: ClassVar[dict[str, int]] = {}
    problems: ClassVar[tuple[Unreadable, ...]] = ()

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.size = None

    def pieces(self) -> Iterator[_Piece]:
        seen: dict[str, int] = {}
        for given in self._documents:
            seen[given.path] = seen.get(given.path, 0) + 1
            path = given.path if seen[given.path] == 1 else f"{given.path}~{seen[given.path]}"
            yield _Piece(path, len(given.text), partial(_digest_of, given), partial(_sound, given, path))


def _digest_of(document: Document) -> str:
    """Return a digest of a document as it was given: what is not new need not be made sound."""
    # The text as it is: repr() looks at every character of it, and took half of a build where nothing is new.
    digest = blake2b(document.text.encode("utf-8", "surrogatepass"), digest_size=20)
    digest.update(repr(_HEADING(document)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _sound(document: Document, path: str) -> Reading:
    """Return a document as the readers would give it: composed, its date with a zone, its path its own."""
    date = document.date
    sound = (
        path,
        readers.normalise(document.text),
        readers.normalise(document.title),
        date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date,
        readers.normalise(document.source),
        readers.normalise(document.author),
    )
    return Reading(encoding="", doubtful=False, documents=iter((Document(*sound, document.url),)))


@dataclass(slots=True)
class _Tally:
    """What has been seen of a piece so far."""

    digest: str
    encoding: str = ""
    doubtful: bool = False
    documents: int = 0
    paragraphs: int = 0
    problems: list[str] = field(default_factory=list)

    def record(self, name: str) -> FileRecord:
        problem = "; ".join(self.problems[:_SHOWN])
        if len(self.problems) > _SHOWN:
            problem += f"; and {len(self.problems) - _SHOWN} more"
        if not problem and not self.documents:
            problem = "no words in it"
        return FileRecord(name, self.digest, self.encoding, self.doubtful, self.documents, self.paragraphs, problem)


class _Build:
    """One run: what is new goes from the corpus through the cores into the store."""

    def __init__(self, index: Place, settings: Settings, processes: int, progress: Callable[[Progress], None]) -> None:
        self.settings = settings
        self._index = index
        self.processes = processes
        self._progress = progress
        self._tallies: dict[str, _Tally] = {}
        self._done = 0  # bytes

    @contextmanager
    def opened(self, *, rebuild: bool, wait: float) -> Iterator[_Into]:
        """Give what the documents go into, under the build lock."""
        if isinstance(self._index, Cluster):
            from indexer.backends.opensearch.store import Store as ClusterStore  # noqa: PLC0415 -- an extra

            with ClusterStore(self._index, self.settings, rebuild=rebuild, wait=wait) as there:
                yield _IntoCluster(there, self.settings, self.processes)
        else:
            with Store(self._index, self.settings, rebuild=rebuild, wait=wait, threads=self.processes) as here:
                yield _IntoFolder(here, self._index, self.settings, self.processes)

    def bring_up_to_date(self, store: _Into, source: _Folder | _Records) -> _Counts:
        """Put into the store what is new, take out what is gone."""
        before = dict(store.files)
        unchanged: set[str] = set()
        self._progress(Progress("look", 0, source.size))
        batches = _batches(self._documents(store, source, before, unchanged))
        ahead = list(islice(batches, 2))
        worth_a_pool = self.processes > 1 and len(ahead) > 1 and (source.size is None or source.size >= _WORTH_A_POOL)
        with _workers(self.processes, self._index) if worth_a_pool else nullcontext(_Here()) as pool:
            for by_file in store.take(chain(ahead, batches), pool):
                for name, (documents, paragraphs) in by_file.items():
                    self._tallies[name].documents += documents
                    self._tallies[name].paragraphs += paragraphs
        for problem in source.problems:
            self._tallies[str(problem.values["path"])] = _Tally("", problems=[str(problem.values["reason"])])
        # What could not be opened last time either is not news.
        for name in [name for name, tally in self._tallies.items() if before.get(name) == tally.record(name)]:
            unchanged.add(name)
            del self._tallies[name]
        gone = before.keys() - unchanged - self._tallies.keys()
        store.remove(gone)
        for name, tally in self._tallies.items():
            if not tally.digest:  # what an earlier build read of it is no longer known to be true
                store.remove([name])
            store.record(tally.record(name))
        self._progress(Progress("write", 0, 1))
        changed = len(before.keys() & self._tallies.keys())
        return _Counts(len(self._tallies) - changed, changed, len(gone), len(unchanged))

    def _documents(
        self, store: _Into, source: _Folder | _Records, before: dict[str, FileRecord], unchanged: set[str]
    ) -> Iterator[tuple[str, Document]]:
        """Give the documents of what is new or changed, each with the name of its piece."""
        for piece in source.pieces():
            start = self._done
            try:
                digest = piece.digest()
                if piece.name in before and before[piece.name].digest == digest:
                    unchanged.add(piece.name)
                else:
                    store.remove([piece.name])
                    yield from self._read(piece, digest)
            except Unreadable as problem:
                self._tallies[piece.name] = _Tally("", problems=[str(problem.values["reason"])])
            self._done = start + piece.size
            self._progress(Progress("read", self._done, source.size))

    def _read(self, piece: _Piece, digest: str) -> Iterator[tuple[str, Document]]:
        tally = self._tallies[piece.name] = _Tally(digest)
        try:
            reading = piece.read()
        except Unreadable as problem:
            tally.problems.append(str(problem.values["reason"]))
            return
        tally.encoding, tally.doubtful = reading.encoding, reading.doubtful
        for document in reading.documents:
            if isinstance(document, Unreadable):
                tally.problems.append(str(document))
            else:
                yield piece.name, document


class _Into(Protocol):
    """What documents go into: an index under the build lock, in which nothing changes for readers until `commit`."""

    files: dict[str, FileRecord]

    def take(self, batches: Iterator[list[tuple[str, Document]]], pool: _Pool) -> Iterator[dict[str, tuple[int, int]]]:
        """Take documents; tell now and then how many of them, and of their paragraphs, each file has brought."""
        ...

    def remove(self, files: Iterable[str], /) -> None:
        """Delete the documents that were read from these files."""
        ...

    def record(self, file: FileRecord, /) -> None:
        """Remember a file that was read, or why it could not be."""
        ...

    def commit(self, corpus: str) -> _Size:
        """Make it the index."""
        ...


class _IntoFolder:
    """The embedded engine's."""

    def __init__(self, store: Store, index: Path, settings: Settings, processes: int) -> None:
        self._store = store
        self._index = index
        self._settings = settings
        self._processes = processes
        self.files = store.files
        self.remove = store.remove
        self.record = store.record

    def take(self, batches: Iterator[list[tuple[str, Document]]], pool: _Pool) -> Iterator[dict[str, tuple[int, int]]]:
        for content in self._contents(batches, pool):
            self._store.add(content)
            yield content.by_file()

    def commit(self, corpus: str) -> _Size:
        self._store.commit(corpus)
        lemmas = len(self._store.lemmas())
        collection = open_engine(self._index, self._settings)[0].collection
        return _Size(collection.paragraphs, collection.words, lemmas, folder_size(self._index))

    def _contents(self, batches: Iterator[list[tuple[str, Document]]], pool: _Pool) -> Iterator[Content]:
        """Give the batches as arrays, in order, made on as many cores as they are worth."""
        store = self._store
        build = uuid4().hex
        scanning: deque[Future[Scan]] = deque()
        for batch in batches:
            scanning.append(pool.submit(cores.scan, batch, build, self._settings))
            if len(scanning) > 2 * self._processes:
                yield store.numbering.translated(scanning.popleft().result())
            if store.is_full:
                self._look_up(pool, store.numbering)
                store.flush()
        for scanned in scanning:
            yield store.numbering.translated(scanned.result())
        self._look_up(pool, store.numbering)

    def _look_up(self, pool: _Pool, numbering: Numbering) -> None:
        """Have the unknown words looked up."""
        shares = _shares(numbering.unknown, self._processes)
        for entries in [pool.submit(cores.look_up, share, self._settings) for share in shares]:
            numbering.add(entries.result())


class _IntoCluster:
    """A cluster's: each process writes what it has analysed."""

    def __init__(self, store: ClusterStore, settings: Settings, processes: int) -> None:
        self._store = store
        self._settings = settings
        self._processes = processes
        self.files = store.files
        self.remove = store.remove
        self.record = store.record

    def take(self, batches: Iterator[list[tuple[str, Document]]], pool: _Pool) -> Iterator[dict[str, tuple[int, int]]]:
        from indexer.backends.opensearch import cores as on_cluster  # noqa: PLC0415 -- an extra

        writing: deque[Future[Written]] = deque()
        try:
            for batch in batches:
                writing.append(pool.submit(on_cluster.write, batch, self._store.target, self._settings))
                if len(writing) > self._processes:
                    yield self._taken(writing.popleft().result())
            while writing:
                yield self._taken(writing.popleft().result())
        finally:
            on_cluster.end()

    def _taken(self, written: Written) -> dict[str, tuple[int, int]]:
        self._store.add(written)
        return written.by_file

    def commit(self, corpus: str) -> _Size:
        return _Size(*self._store.commit(corpus))


class _Pool(Protocol):
    """What runs a function somewhere: `submit` of concurrent.futures."""

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]: ...  # noqa: ANN401 -- its own


class _Here:
    """Runs it here and now."""

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- whatever work takes
        done: Future[T] = Future()
        done.set_result(work(*arguments))
        return done


class _Apart:
    """Runs it in a process that does nothing else."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- whatever work takes
        return self._pool.submit(cores.apart, work, *arguments)


@contextmanager
def _workers(processes: int, index: Place) -> Iterator[_Pool]:
    """Give processes; IndexNotWritten if one of them is killed."""
    # loky rather than concurrent.futures: its workers neither import the caller's __main__ nor fork its threads.
    from loky import BrokenProcessPool, ProcessPoolExecutor  # noqa: PLC0415 -- 0.1 s that most builds need not spend

    pool = ProcessPoolExecutor(processes, initializer=cores.begin, initargs=(os.getpid(),))
    try:
        yield _Apart(pool)
    except BrokenProcessPool as broken:
        pool.shutdown(kill_workers=True)
        raise IndexNotWritten(path=index, reason=_KILLED) from broken
    except BaseException:
        pool.shutdown(kill_workers=True)
        raise
    # Not killed: where there is neither psutil nor pgrep, loky warns that it cannot.
    pool.shutdown()


def _batches(documents: Iterator[tuple[str, Document]]) -> Iterator[list[tuple[str, Document]]]:
    batch: list[tuple[str, Document]] = []
    size = 0
    for name, document in documents:
        batch.append((name, document))
        size += len(document.text)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _shares(words: list[bytes], processes: int) -> list[list[bytes]]:
    """Return words in shares of one size, as many for each process.

    >>> list(map(len, _shares([b""] * (5 * _SHARE), 2)))
    [20834, 20834, 20834, 20834, 20834, 20830]
    """
    rounds = ceil(len(words) / (processes * _SHARE))
    size = ceil(len(words) / max(rounds * processes, 1)) or 1
    return [words[start : start + size] for start in range(0, len(words), size)]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave out the collection of cycles: there are none, and looking for them took a sixth of a build."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
