"""Writing an index on a cluster: a new generation beside the old one, and an alias that is switched at the end.

    news                      the alias; readers look up which generation it names, and ask that one by its own name
    news.g000007-4f0a2c       a generation; once committed it never changes
    news.lock                 who is building

A build that changes little begins as a clone of the generation before: the cluster links its files, so nothing is
copied but what is merged later. What a build that died has left is named by no alias and removed by the next one. The
generation before the newest stays until the next build, for those who are searching it.
"""

from __future__ import annotations

import os
import socket
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from time import monotonic, sleep, time
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from uuid import uuid4

from indexer.analysis import dictionary
from indexer.backends.opensearch import words
from indexer.backends.opensearch.connection import Connection
from indexer.backends.opensearch.encoding import digest, row, row_id
from indexer.backends.opensearch.index import Index, Made, check, current, portions, row_of
from indexer.backends.opensearch.schema import FORMAT, HEADINGS, body, plain, prefix, stored, token
from indexer.backends.opensearch.statistics import Counts
from indexer.backends.opensearch.words import FIELDS
from indexer.backends.opensearch.writing import Action, Deletion, Target, Written, bulk, door
from indexer.errors import ClusterFailure, ClusterUnwell, IndexBusy, IndexNotWritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.addresses import Cluster
    from indexer.backends.opensearch.encoding import WordKey
    from indexer.settings import Settings
    from indexer.types import FileRecord

_BEAT = 10.0  # seconds between two signs of life of a build
_DEAD = 60.0  # seconds without one, after which another build takes over
_AT_ONCE = 10_000  # names in one request


class Size(NamedTuple):
    """What an index holds."""

    paragraphs: int
    words: int
    lemmas: int
    bytes: int


class Store:
    """An index on a cluster under the build lock. Nothing changes for readers until `commit`."""

    def __init__(self, cluster: Cluster, settings: Settings, *, rebuild: bool, wait: float) -> None:
        self._cluster = cluster
        self._settings = settings
        self._connection = Connection(cluster)
        self._lock = _Lock(self._connection)
        self._lock.acquire(wait)
        try:
            self._open(rebuild=rebuild)
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._new is not None:  # not committed
                self._connection.ask("DELETE", f"/{self._new.name}", absent=(404,), patience=0)
        except ClusterFailure:
            pass  # the next build will
        finally:
            self._lock.release()
            self._connection.close()

    def _open(self, *, rebuild: bool) -> None:
        self.files: dict[str, FileRecord] = {}
        self._written = Written()
        self._removed: set[str] = set()
        self._recorded: set[str] = set()
        self._new: Index | None = None
        self._before: Index | None = None
        name = current(self._connection)
        self._generation = _number(name) if name else 0
        self._changed = rebuild or name is None
        self._clean(keep=name)
        if name is None or rebuild:
            return
        before = Index(self._connection, name)
        made = before.made()
        if made is not None:
            check(made, self._settings, self._cluster)
            self._before = before
            self.files = {record.path: record for record in before.files()}

    # --- what a build does ---

    @property
    def target(self) -> Target:
        """Return where to write to: a generation that nobody sees yet, made when it is first asked for."""
        return Target(self._cluster, self._index.name, self._generation + 1)

    @property
    def _index(self) -> Index:
        if self._new is None:
            name = f"{self._cluster.name}.g{self._generation + 1:06}-{uuid4().hex[:6]}"
            self._new = Index(self._connection, name, is_new=self._before is None)
            with self._writing():
                if self._before is None:
                    made = body(self._settings.ranking, shards=self._shards, replicas=self._replicas)
                    made["aliases"] = {door(name): {}}
                    self._connection.ask("PUT", f"/{name}", made, parameters={"timeout": "60s"})
                else:
                    self._clone(self._before.name, name)
        return self._new

    def _clone(self, before: str, name: str) -> None:
        open_again = {"index.blocks.write": None, "index.number_of_replicas": self._replicas}
        made = {"settings": open_again, "aliases": {door(name): {}}}
        self._connection.ask("PUT", f"/{before}/_clone/{name}", made, parameters={"timeout": "60s"})
        self._healthy(name)

    @property
    def _shards(self) -> int:
        return self._settings.clustering.shards

    @property
    def _replicas(self) -> int:
        nodes = int(self._connection.ask("GET", "/_cluster/health")["number_of_data_nodes"])
        return min(self._settings.clustering.replicas, nodes - 1)

    def remove(self, files: Iterable[str]) -> None:
        """Delete the documents that were read from these files; what is written later stays, even of the same file."""
        for file in files:
            if self.files.pop(file, None) is not None:
                self._removed.add(file)
                self._changed = True

    def add(self, written: Written) -> None:
        """Take what a batch has brought."""
        self._changed |= bool(written.words)
        self._written.add(written)

    def record(self, file: FileRecord) -> None:
        """Remember a file that was read, or why it could not be."""
        if self.files.get(file.path) != file:
            self._changed = True
            self._recorded.add(file.path)
        self.files[file.path] = file

    def commit(self, corpus: str) -> Size:
        """Make everything since the opening the index, or nothing if this raises; no change, no new generation."""
        if self._changed:
            self._commit(corpus)
        assert self._before is not None  # noqa: S101 -- where there was none, there is a change
        made = self._before.made()
        collection = Counts(self._before, lambda _: []).collection("text")
        return Size(collection.paragraphs, collection.words, made.lemmas if made else 0, self._before.bytes())

    def _commit(self, corpus: str) -> None:
        with self._writing():
            index = self._index
            self._refresh(index)
            gone = self._take_out(index) if self._before and self._removed else Counter()
            words.count(index, self._written.words, gone, self._settings)
            self._write_files(index)
            self._refresh(index)
            self._check(index)
            lemmas = words.Words(index).different_lemmas()
            self._freeze(index, corpus, lemmas)
            self._lock.check()
            self._switch(index.name)
            self._new = None
            self._generation += 1
            self._before = index
            self._changed = False

    # --- the steps of a commit ---

    def _take_out(self, index: Index) -> Counter[tuple[str, WordKey]]:
        """Delete what removed files had; return how often its words stood where."""
        assert self._before is not None  # noqa: S101 -- the caller's promise
        gone: Counter[tuple[str, WordKey]] = Counter()
        parts = [f"{prefix(field)}{part}" for field in FIELDS for part in ("lemmas", "forms", "length")]
        for some in portions(sorted(self._removed), _AT_ONCE):
            files = {"terms": {"file": [token(name) for name in some]}}
            for fields in self._before.all(files, "path", ["path", "source", "heading", "heads", *parts]):
                for field in ("text", *(HEADINGS if fields["heads"] else ())):
                    gone.update((field, word) for word in row(fields, field, 0).words())
            old = {"bool": {"filter": [files, {"range": {"generation": {"lte": self._generation}}}]}}
            # Not by the cluster's own delete-by-query: it is a module that need not be there.
            there = index.all(old, "path", ["path", "number"])
            bulk(self._connection, index.name, (Deletion(row_id(plain(one["path"]), one["number"])) for one in there))
        return gone

    def _write_files(self, index: Index) -> None:
        gone = (Deletion(f"f-{digest(name)}") for name in sorted(self._removed - self.files.keys()))
        bulk(self._connection, index.name, gone)
        records = (self.files[path] for path in sorted(self._recorded & self.files.keys()))
        bulk(
            self._connection,
            index.name,
            (Action(f"f-{digest(file.path)}", {"record": digest(file.path), "row": row_of(file)}) for file in records),
        )

    def _refresh(self, index: Index) -> None:
        self._connection.ask("POST", f"/{index.name}/_refresh")

    def _check(self, index: Index) -> None:
        """IndexNotWritten unless as many paragraphs are there as were written."""
        (there,) = index.counts([{"exists": {"field": "path"}}])
        expected = sum(file.paragraphs for file in self.files.values())
        if there != expected:
            reason = f"{expected} paragraphs were written, and the cluster has {there}"
            raise IndexNotWritten(path=self._cluster, reason=reason)

    def _freeze(self, index: Index, corpus: str, lemmas: int) -> None:
        """Keep how it was made, and let nobody write to it any more."""
        made = Made(
            FORMAT,
            self._settings.baked(),
            dictionary.version(),
            stored(corpus),
            datetime.now(UTC).isoformat(),
            self._generation + 1,
            lemmas,
        )
        self._connection.ask("POST", f"/{index.name}/_flush")
        self._connection.ask("PUT", f"/{index.name}/_mapping", {"_meta": made.record()})
        self._connection.ask("PUT", f"/{index.name}/_settings", {"index.blocks.write": True})
        self._healthy(index.name)

    def _healthy(self, name: str) -> None:
        """Wait until no part of an index is missing; ClusterUnwell if that takes too long."""
        self._connection.ask(
            "GET", f"/_cluster/health/{name}", parameters={"wait_for_status": "yellow", "timeout": "30s"}
        )

    def _switch(self, name: str) -> None:
        alias = self._cluster.name
        there = self._connection.ask("GET", f"/_alias/{alias}", absent=(404,))
        before = [{"remove": {"index": one, "alias": alias}} for one in there]
        closed = {"remove": {"index": name, "alias": door(name)}}
        now = {"add": {"index": name, "alias": alias}}
        self._connection.ask("POST", "/_aliases", {"actions": [*before, closed, now]})

    def _clean(self, keep: str | None) -> None:
        """Remove what other generations and killed builds have left."""
        for name in self._connection.ask("GET", f"/{self._cluster.name}.g*", absent=(404,)):
            if name != keep:
                self._connection.ask("DELETE", f"/{name}", absent=(404,))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn what a cluster refuses into IndexNotWritten."""
        try:
            yield
        except ClusterUnwell as unwell:
            raise IndexNotWritten(path=self._cluster, reason=unwell.values["reason"]) from unwell


def _number(name: str) -> int:
    return int(name.rpartition(".g")[2].partition("-")[0])


class _Lock:
    """Lets one build write to an index: a document that shows signs of life."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._index = f"{connection.cluster.name}.lock"
        self._owner = uuid4().hex
        self._ended = Event()
        self._lost = False
        self._beating: Thread | None = None

    def acquire(self, wait: float) -> None:
        """Take it; IndexBusy if another build holds it for so many seconds."""
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        self._connection.ask(
            "PUT", f"/{self._index}", {"settings": settings, "mappings": {"dynamic": False}}, absent=(400,)
        )
        end = monotonic() + wait
        while not self._taken():
            if monotonic() >= end:
                holder = self._document().get("_source", {}).get("holder", "no name given")
                raise IndexBusy(path=self._connection.cluster, holder=holder)
            sleep(min(0.2, max(end - monotonic(), 0)))
        self._beating = Thread(target=self._beat, name="abzats-lock", daemon=True)
        self._beating.start()

    def release(self) -> None:
        """Give it back."""
        self._ended.set()
        if self._beating is not None:
            self._beating.join()
        try:
            there = self._document()
            if there.get("_source", {}).get("owner") == self._owner:
                self._connection.ask(
                    "DELETE", f"/{self._index}/_doc/build", parameters=_as_it_was(there), absent=(404, 409)
                )
        except ClusterFailure:
            pass  # who waits for it sees that nobody beats

    def check(self) -> None:
        """IndexBusy if another build has taken it over, since the cluster was out of reach for too long."""
        if self._lost:
            raise IndexBusy(path=self._connection.cluster, holder="it took over, for this one was not heard of")

    def _taken(self) -> bool:
        fields = self._fields()
        made = self._connection.ask("PUT", f"/{self._index}/_create/build", fields, absent=(409,))
        if made:
            return True
        there = self._document()
        if there and there["_source"]["owner"] == self._owner:
            return True  # it was taken, and the answer lost
        if there and not _is_alive(there["_source"]):
            parameters = _as_it_was(there)
            return bool(
                self._connection.ask(
                    "PUT", f"/{self._index}/_doc/build", fields, parameters=parameters, absent=(409, 404)
                )
            )
        return False

    def _document(self) -> dict[str, Any]:
        return self._connection.ask("GET", f"/{self._index}/_doc/build", absent=(404,))

    def _fields(self) -> dict[str, Any]:
        now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        return {
            "owner": self._owner,
            "holder": f"process {os.getpid()} on {socket.gethostname()} since {now}",
            "host": socket.gethostname(),
            "process": os.getpid(),
            "beat": time(),
        }

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT):
            try:
                there = self._document()
                if there.get("_source", {}).get("owner") != self._owner:
                    self._lost = True
                    return
                alive = {**there["_source"], "beat": time()}
                self._connection.ask(
                    "PUT", f"/{self._index}/_doc/build", alive, parameters=_as_it_was(there), absent=(409,)
                )
            except ClusterFailure:
                continue  # a node was lost; the next beat will do


def _as_it_was(there: dict[str, Any]) -> dict[str, Any]:
    return {"if_seq_no": there["_seq_no"], "if_primary_term": there["_primary_term"]}


def _is_alive(holder: dict[str, Any]) -> bool:
    """Whether the build that holds the lock may be at work still."""
    if holder["host"] == socket.gethostname():
        try:
            os.kill(holder["process"], 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
    return bool(time() - holder["beat"] < _DEAD)
