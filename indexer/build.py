"""Corpus → index: reads what is new, analyses it on all cores, and commits it at once."""

from __future__ import annotations

import gc
import os
from collections import deque
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import fields
from datetime import UTC
from functools import partial
from hashlib import blake2b
from itertools import chain, islice
from math import ceil
from operator import attrgetter
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, TypeAlias
from uuid import uuid4

from indexer import readers, workers
from indexer.addresses import Cluster, is_address, place
from indexer.backends.whoosh import cores
from indexer.backends.whoosh.contents import folder_size
from indexer.backends.whoosh.search import open_engine
from indexer.backends.whoosh.store import Store
from indexer.errors import CorpusMissing, EngineRefused
from indexer.pieces import Files, Piece, Survey, Tally, batches, is_full
from indexer.readers import Reading
from indexer.readers.files import DIGEST_BYTES
from indexer.settings import Settings
from indexer.types import BuildReport, Document, Heading, Progress

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from indexer.addresses import Place
    from indexer.backends.opensearch.encoding import WordKey
    from indexer.backends.opensearch.store import Store as ClusterStore
    from indexer.backends.opensearch.writing import Target, Written
    from indexer.backends.whoosh.inversion import Scan
    from indexer.backends.whoosh.segment import Content
    from indexer.distributed.spark import SparkCorpus
    from indexer.errors import Unreadable
    from indexer.pieces import Share
    from indexer.types import FileRecord
    from indexer.workers import Future, Pool

_WORTH_A_POOL = 4_000_000  # bytes of corpus; below it, starting processes takes longer than they save
_AT_ONCE = 250_000  # characters of documents that are looked through together
_SHARE = 50_000  # words looked up by a core at once, at most; 25,000 take 1.1 times as long each
_LEAST = 5_000  # at least, for each share has a cost of its own
# Batches for each core that are read before their words get numbers; and while a segment is written, which takes as
# long as so many are scanned.
_AHEAD, _AHEAD_OF_WRITING = 5, 10

_HEADING = attrgetter(*(one.name for one in fields(Heading)))


def build_index(
    corpus: Path | str | Iterable[Document],
    index: Path | Cluster | str,
    *,
    settings: Settings | None = None,
    rebuild: bool = False,
    processes: int | None = None,
    wait: float = 0.0,
    progress: Callable[[Progress], None] | None = None,
    engine: str = "",
) -> BuildReport:
    """Make the index at `index` hold exactly the documents of a corpus: a folder, a file, or documents of a program.

    An index is a folder, or a name on a cluster: opensearch+https://host:9200/name.

    What did not change since the last build is not read again; with `rebuild` everything is. Until the end, searches
    see the index as it was before; if the build fails, they go on doing so. A file that cannot be read is listed in the
    report and does not stop the build. `processes` is the number of cores to use (default: all), `wait` how many
    seconds to wait for another build to end, `progress` is told now and then how far the build has come.

    With an `engine` "spark" or "spark=MASTER" (local[*] if none is named), the machines of a Spark read the corpus and
    write to the cluster that the index is on; the corpus is then a folder that all of them see, or an address that
    Spark can read: s3a://bucket/news.

    CorpusMissing, IndexIncompatible, IndexDamaged, IndexBusy, IndexNotWritten, ClusterFailure or EngineError if it
    cannot be done.
    """
    started = perf_counter()
    where = place(index)
    build = _Build(where, settings or Settings(), processes or os.cpu_count() or 1, progress or (lambda _: None))
    with ExitStack() as stack:
        if engine:
            source: _Source = stack.enter_context(_on_spark(corpus, where, engine, processes))
        else:
            source = _here(corpus, where, build.settings)
        stack.enter_context(_undisturbed())
        into = stack.enter_context(build.opened(rebuild=rebuild, wait=wait))
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


def _here(corpus: Path | str | Iterable[Document], index: Place, settings: Settings) -> _Folder | _Records:
    """Return a corpus that this process reads."""
    if not isinstance(corpus, str | os.PathLike):
        return _Records(corpus)
    if is_address(corpus):
        raise CorpusMissing(path=corpus, reason="Spark alone reads from an address; add --engine spark")
    return _Folder(Path(corpus), index if isinstance(index, Path) else None, settings)


def _on_spark(
    corpus: Path | str | Iterable[Document], index: Place, engine: str, processes: int | None
) -> AbstractContextManager[SparkCorpus]:
    """Return a corpus that the workers of a Spark read; EngineRefused if they cannot write to this index."""
    from indexer.distributed import spark  # noqa: PLC0415 -- an extra

    master = spark.master(engine, processes)
    if not isinstance(index, Cluster):
        reason = "its workers write to a cluster, and the index is in a folder"
        raise EngineRefused(engine=engine, reason=reason)
    if not isinstance(corpus, str | os.PathLike):
        reason = "its workers read a folder or an address, not the documents of a program"
        raise EngineRefused(engine=engine, reason=reason)
    return spark.opened(corpus, master)


class _Size(NamedTuple):
    """What an index holds."""

    paragraphs: int
    words: int
    lemmas: int
    bytes: int


_Source: TypeAlias = "_Folder | _Records | SparkCorpus"


class _Counts(NamedTuple):
    """Pieces of the corpus, by what became of them."""

    added: int
    changed: int
    removed: int
    unchanged: int


class _Folder:
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

    def shares(
        self, survey: Survey, known: dict[str, str], renewed: Callable[[str], None], passed: Callable[[int], None]
    ) -> Iterator[Share]:
        return survey.files(self._files, self._settings, known, renewed=renewed, passed=passed)


class _Records:
    """Documents that a program gave."""

    name = ""
    ignored: ClassVar[dict[str, int]] = {}
    problems: ClassVar[tuple[Unreadable, ...]] = ()

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.size = None

    def shares(
        self, survey: Survey, known: dict[str, str], renewed: Callable[[str], None], passed: Callable[[int], None]
    ) -> Iterator[Share]:
        documents = survey.documents(self._pieces(), known, renewed=renewed, passed=lambda piece: passed(piece.size))
        return batches(documents)

    def _pieces(self) -> Iterator[Piece]:
        seen: dict[str, int] = {}
        for some in _portions(self._documents):
            # The text as it is: repr() looks at every character of it, and took half of a build where nothing is new.
            texts = [one.text.encode("utf-8", "surrogatepass") for one in some]
            for given, text, is_sound in zip(some, texts, _are_sound(some, texts), strict=True):
                count = seen[given.path] = seen.get(given.path, 0) + 1
                path = given.path if count == 1 else f"{given.path}~{count}"
                read = partial(_as_given if is_sound and count == 1 else _sound, given, path)
                yield Piece(path, len(given.text), partial(_digest_of, given, text), read)


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
    each = zip(documents, readers.are_sound(texts), readers.are_sound(others), strict=True)
    return [
        is_sound and is_sound_beside and (one.date is None or one.date.tzinfo is not None)
        for one, is_sound, is_sound_beside in each
    ]


def _as_given(document: Document, _: str) -> Reading:
    return Reading("", False, iter((document,)))  # noqa: FBT003 -- by names it takes twice as long, for each document


def _sound(document: Document, path: str) -> Reading:
    """Return a document as the readers would give it, its path its own."""
    date = document.date
    sound = (
        path,
        readers.normalise(document.text),
        readers.normalise(document.title),
        date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date,
        readers.normalise(document.source),
        readers.normalise(document.author),
    )
    return _as_given(Document(*sound, document.url), path)


class _Build:
    """One run: what is new goes from the corpus through the cores into the store."""

    def __init__(self, index: Place, settings: Settings, processes: int, progress: Callable[[Progress], None]) -> None:
        self.settings = settings
        self._index = index
        self.processes = processes
        self._progress = progress
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

    def bring_up_to_date(self, store: _Into, source: _Source) -> _Counts:
        """Put into the store what is new, take out what is gone."""
        before = dict(store.files)
        self._progress(Progress("look", 0, source.size))
        known = {name: file.digest for name, file in before.items()}
        if isinstance(source, _Folder | _Records):
            survey = self._read(store, source, known)
        else:
            survey = self._hand_out(store, source, known)
        for problem in source.problems:
            survey.tallies[str(problem.values["path"])] = Tally("", problems=[str(problem.values["reason"])])
        records = {name: tally.record(name) for name, tally in survey.tallies.items()}
        # What could not be opened last time either is not news.
        for name in [name for name, record in records.items() if before.get(name) == record]:
            survey.unchanged.add(name)
            del records[name]
        gone = before.keys() - survey.unchanged - records.keys()
        store.remove(gone)
        for name, record in records.items():
            if not record.digest:  # what an earlier build read of it is no longer known to be true
                store.remove([name])
            store.record(record)
        self._progress(Progress("write", 0, 1))
        changed = len(before.keys() & records.keys())
        return _Counts(len(records) - changed, changed, len(gone), len(survey.unchanged))

    def _read(self, store: _Into, source: _Folder | _Records, known: dict[str, str]) -> Survey:
        """Read what is new here, and have it analysed on all cores."""
        survey = Survey()
        passed = partial(self._passed, of=source.size)
        new = source.shares(survey, known, lambda name: store.remove([name]), passed)
        # A second share tells that there are many; behind a full one it is not waited for: processes start the sooner.
        ahead = list(islice(new, 1))
        if ahead and not is_full(ahead[0]):
            ahead += islice(new, 1)
        are_many = len(ahead) > 1 or any(map(is_full, ahead))
        worth_a_pool = self.processes > 1 and are_many and (source.size is None or source.size >= _WORTH_A_POOL)
        with (
            workers.processes(store.workers, self._index, works=cores.scan)
            if worth_a_pool
            else nullcontext(workers.Here()) as pool
        ):
            for brought in store.take(chain(ahead, new), pool):
                if brought.survey is not None:
                    survey.add(brought.survey)
                    passed(brought.size)
                survey.count(brought.by_file)
        return survey

    def _passed(self, size: int, *, of: int | None) -> None:
        self._done += size
        self._progress(Progress("read", self._done, of))

    def _hand_out(self, store: _Into, source: SparkCorpus, known: dict[str, str]) -> Survey:
        """Have what is new read, analysed and written by the workers of a Spark."""
        assert isinstance(store, _IntoCluster)  # noqa: S101 -- build_index has refused a folder
        outcome = source.outcome(store.target, self.settings, known, self._progress)
        store.add(outcome.words)
        for name in outcome.survey.tallies:
            store.remove([name])
        return outcome.survey


class _Brought(NamedTuple):
    """What a share of the corpus has brought."""

    by_file: dict[str, tuple[int, int]]  # how many documents of each file, and paragraphs of these
    survey: Survey | None  # of files that were not read here
    size: int  # bytes of these


class _Into(Protocol):
    """What documents go into: an index under the build lock, in which nothing changes for readers until `commit`."""

    files: dict[str, FileRecord]
    workers: int  # processes that are worth starting

    def take(self, shares: Iterator[Share], pool: Pool) -> Iterator[_Brought]:
        """Take documents; tell now and then what they have brought."""
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
        self.workers = processes - 1  # this process does what they do not come to
        self.files = store.files
        self.remove = store.remove
        self.record = store.record

    def take(self, shares: Iterator[Share], pool: Pool) -> Iterator[_Brought]:
        for content, survey, size in self._contents(shares, pool):
            self._store.add(content)
            yield _Brought(content.by_file(), survey, size)

    def commit(self, corpus: str) -> _Size:
        self._store.commit(corpus)
        lemmas = self._store.lemmas()
        collection = open_engine(self._index, self._settings)[0].collection
        return _Size(collection.paragraphs, collection.words, lemmas, folder_size(self._index))

    def _contents(self, shares: Iterator[Share], pool: Pool) -> Iterator[tuple[Content, Survey | None, int]]:
        """Give the shares as arrays, in order, made on as many cores as they are worth; see _Brought of the rest."""
        store = self._store
        build = uuid4().hex
        scanning: deque[tuple[Future[tuple[Survey | None, Scan]], int]] = deque()
        writing: Future[None] | None = None  # of what the store was full of; until it is done, words get no numbers
        for share in chain(shares, [None]):
            if share is not None:
                to, size = (share, share.size) if isinstance(share, Files) else (cores.Batch(share), 0)
                scanning.append((pool.submit(cores.scan, to, build, self._settings), size))
            ahead = _AHEAD if writing is None or writing.done() else _AHEAD_OF_WRITING
            while len(scanning) > (ahead * self._processes if share is not None else 0):
                if writing is not None:
                    writing.result()
                    writing = None
                future, size = scanning.popleft()
                survey, scan = future.result()
                yield store.numbering.translated(scan), survey, size
                if store.is_full:
                    writing, ahead = pool.beside(self._write, pool), _AHEAD_OF_WRITING
        if writing is not None:
            writing.result()
        self._look_up(pool)

    def _write(self, pool: Pool) -> None:
        """Write what the store is full of."""
        self._look_up(pool)
        self._store.flush()

    def _look_up(self, pool: Pool) -> None:
        """Have the unknown words looked up."""
        numbering = self._store.numbering
        shares = iter(_shares(numbering.unknown, self._processes))
        looking_up = [pool.submit(cores.look_up, share, self._settings) for share in islice(shares, pool.others_take)]
        self._store.prepare()  # while the others have something to do
        looking_up += [pool.submit(cores.look_up, share, self._settings) for share in shares]
        for entries in looking_up:
            numbering.add(entries.result())


class _IntoCluster:
    """A cluster's: each process writes what it has analysed."""

    def __init__(self, store: ClusterStore, settings: Settings, processes: int) -> None:
        self._store = store
        self._settings = settings
        self._processes = processes
        self.workers = processes  # each waits for the cluster now and then
        self.files = store.files
        self.remove = store.remove
        self.record = store.record

    @property
    def target(self) -> Target:
        """Return where other machines write to."""
        return self._store.target

    def add(self, words: Counter[tuple[str, WordKey]]) -> None:
        """Take the words of what other machines have written."""
        from indexer.backends.opensearch.writing import Written  # noqa: PLC0415 -- an extra

        self._store.add(Written(words=words))

    def take(self, shares: Iterator[Share], pool: Pool) -> Iterator[_Brought]:
        from indexer.backends.opensearch import cores as on_cluster  # noqa: PLC0415 -- an extra

        writing: deque[tuple[Future[tuple[Survey | None, Written]], int]] = deque()
        try:
            for share in shares:
                size = share.size if isinstance(share, Files) else 0
                writing.append((pool.submit(on_cluster.write, share, self._store.target, self._settings), size))
                if len(writing) > self._processes:
                    yield self._taken(*writing.popleft())
            while writing:
                yield self._taken(*writing.popleft())
        finally:
            on_cluster.end()

    def _taken(self, future: Future[tuple[Survey | None, Written]], size: int) -> _Brought:
        survey, written = future.result()
        self._store.add(written)
        return _Brought(written.by_file, survey, size)

    def commit(self, corpus: str) -> _Size:
        return _Size(*self._store.commit(corpus))


def _shares(words: list[bytes], processes: int) -> list[list[bytes]]:
    """Return words in shares, smaller ones towards the end, so that no process waits long for another.

    >>> list(map(len, _shares([b""] * (4 * _SHARE), 2)))
    [50000, 50000, 33334, 22222, 14815, 9877, 6584, 5000, 5000, 3168]
    >>> list(map(len, _shares([b""] * (2 * _SHARE), 1)))
    [50000, 50000]
    """
    shares, start = [], 0
    while start < len(words):
        size = min(max(ceil((len(words) - start) / (2 * processes - 1)), _LEAST), _SHARE)
        shares.append(words[start : start + size])
        start += size
    return shares


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave out the collection of cycles, of which there are none: looking for them took a sixth of a build."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
