"""One run of a build, and all that it imports: what is new goes through the cores into a store."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias
from uuid import uuid4

from indexer import workers
from indexer.addresses import Cluster
from indexer.backends.whoosh import cores
from indexer.backends.whoosh.contents import folder_size
from indexer.backends.whoosh.search import open_engine
from indexer.backends.whoosh.store import Store
from indexer.build.sources import WORTH_A_POOL, Folder, Records
from indexer.pieces import Files, Survey, Tally, is_full
from indexer.types import Progress

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from indexer.addresses import Place
    from indexer.backends.opensearch.encoding import WordKey
    from indexer.backends.opensearch.store import Store as ClusterStore
    from indexer.backends.opensearch.writing import Target, Written
    from indexer.backends.whoosh.inversion import Scan
    from indexer.backends.whoosh.segment import Content
    from indexer.distributed.spark import SparkCorpus
    from indexer.pieces import Share
    from indexer.settings import Settings
    from indexer.types import FileRecord
    from indexer.workers import Future, Pool

_SHARE = 50_000  # words looked up by a core at once, at most; 25,000 take 1.1 times as long each
_LEAST = 5_000  # at least, for each share has a cost of its own
# Batches for each core that are read before their words get numbers; and while a segment is written, which takes as
# long as so many are scanned.
_AHEAD, _AHEAD_OF_WRITING = 5, 10


class _Size(NamedTuple):
    """What an index holds."""

    paragraphs: int
    words: int
    lemmas: int
    bytes: int


Source: TypeAlias = "Folder | Records | SparkCorpus"


class _Counts(NamedTuple):
    """Pieces of the corpus, by what became of them."""

    added: int
    changed: int
    removed: int
    unchanged: int


class Run:
    """See above."""

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

    def bring_up_to_date(self, store: _Into, source: Source, pool: Pool | None) -> _Counts:
        """Put into the store what is new, take out what is gone.

        If processes are there already, they do what they can of it, and are let go.
        """
        before = dict(store.files)
        self._progress(Progress("look", 0, source.size))
        known = {name: file.digest for name, file in before.items()}
        if isinstance(source, Folder | Records):
            survey = self._read(store, source, known, pool)
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

    def _read(self, store: _Into, source: Folder | Records, known: dict[str, str], pool: Pool | None) -> Survey:
        """Read what is new here, and have it analysed on all cores."""
        survey = Survey()
        passed = partial(self._passed, of=source.size)
        new = source.shares(survey, known, lambda name: store.remove([name]), passed)
        ahead: list[Share] = []
        if pool is None:
            # A second share tells that there are many; behind a full one it is not waited for: processes start sooner.
            ahead += islice(new, 1)
            if ahead and not is_full(ahead[0]):
                ahead += islice(new, 1)
            are_many = len(ahead) > 1 or any(map(is_full, ahead))
            worth_a_pool = self.processes > 1 and are_many and (source.size is None or source.size >= WORTH_A_POOL)
            others = store.workers if worth_a_pool else 0
            pool = workers.processes(others, self._index, imports=cores.__name__) if others else workers.Here()
        with pool:
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
    [50000, 50000, 33334, 22222, 14815, 9877, 6584, 5000, 8168]
    >>> list(map(len, _shares([b""] * (2 * _SHARE), 1)))
    [50000, 50000]
    """
    shares, start = [], 0
    while start < len(words):
        left = len(words) - start
        size = min(max(ceil(left / (2 * processes - 1)), _LEAST), _SHARE)
        if left < size + _LEAST:
            size = min(left, _SHARE)
        shares.append(words[start : start + size])
        start += size
    return shares
