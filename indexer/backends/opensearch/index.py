"""One generation of an index on a cluster: requests to it, and what it tells of itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from itertools import count, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from indexer.analysis import dictionary
from indexer.backends.opensearch.schema import FORMAT, restored, stored
from indexer.deadline import NEVER
from indexer.errors import IndexIncompatible, IndexMissing
from indexer.frozen import frozen
from indexer.types import FileRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.addresses import Cluster
    from indexer.backends.opensearch.connection import Connection
    from indexer.deadline import Deadline
    from indexer.settings import Settings

T = TypeVar("T")

_PAGE = 5000  # of documents that are listed
_BUCKETS = 10_000  # of values that are listed; a cluster gives 65,535 at once
META = "abzats"
# The same copies of a part are asked whoever asks, so that two pages of an answer are in one order.
STABLE = "abzats"


@frozen
class Made:
    """How a generation was made."""

    format: int
    settings: dict[str, Any]  # Settings.baked()
    dictionary: str
    corpus: str
    built: str  # ISO
    generation: int
    lemmas: int  # different ones in the texts

    @property
    def moment(self) -> datetime:
        """When it was built."""
        return datetime.fromisoformat(self.built)

    def record(self) -> dict[str, Any]:
        """Return it as it is kept in the index."""
        return {META: asdict(self)}


@frozen
class Index:
    """A generation by its own name; what is committed never changes."""

    connection: Connection
    name: str
    is_new: bool = False  # nothing was in it before this build

    def search(
        self, body: dict[str, Any], *, parameters: dict[str, Any] | None = None, deadline: Deadline = NEVER
    ) -> dict[str, Any]:
        """Return what a search gives, of all shards or not at all."""
        whole = {"allow_partial_search_results": "false", "preference": STABLE, **(parameters or {})}
        return self.connection.ask("POST", f"/{self.name}/_search", body, parameters=whole, deadline=deadline)

    def counts(self, queries: Sequence[dict[str, Any]]) -> list[int]:
        """Return how many documents each of some queries finds."""
        if not queries:
            return []
        header = {"allow_partial_search_results": False, "preference": STABLE}
        lines = [line for query in queries for line in (header, {"size": 0, "track_total_hits": True, "query": query})]
        answer = self.connection.ask("POST", f"/{self.name}/_msearch", lines=lines)
        return [int(one["hits"]["total"]["value"]) for one in answer["responses"]]

    def all(
        self, query: dict[str, Any], key: str, fields: Iterable[str], *, deadline: Deadline = NEVER
    ) -> Iterator[dict[str, Any]]:
        """Give these fields of all documents that a query finds, in order of a key, and of number where it is there."""
        order = [{key: "asc"}, {"number": {"order": "asc", "missing": "_last"}}]
        body = {"size": _PAGE, "query": query, "sort": order, "_source": list(fields), "track_total_hits": False}
        while True:
            hits = self.search(body, deadline=deadline)["hits"]["hits"]
            for hit in hits:
                yield hit["_source"]
            if len(hits) < _PAGE:
                return
            body = {**body, "search_after": hits[-1]["sort"]}

    def different(
        self, query: dict[str, Any], field: str, *, deadline: Deadline = NEVER, most: int | None = None
    ) -> Iterator[str]:
        """Give the different values of a field, in order, among what a query finds; about as many as `most`."""
        after: dict[str, Any] = {}
        for page in count(1):
            values = {"composite": {"size": _BUCKETS, "sources": [{"value": {"terms": {"field": field}}}], **after}}
            answer = self.search({"size": 0, "query": query, "aggs": {"values": values}}, deadline=deadline)
            found = answer["aggregations"]["values"]
            for bucket in found["buckets"]:
                yield str(bucket["key"]["value"])
            if len(found["buckets"]) < _BUCKETS or (most is not None and page * _BUCKETS >= most):
                return
            after = {"after": found["after_key"]}

    def made(self) -> Made | None:
        """Return how it was made; None if no build has finished it."""
        answer = self.connection.ask("GET", f"/{self.name}/_mapping", absent=(404,))
        for of_index in answer.values():
            meta = of_index["mappings"].get("_meta", {}).get(META)
            if meta:
                return Made(**{**meta, "corpus": restored(meta["corpus"])})
        return None

    def files(self) -> list[FileRecord]:
        """Return the files of the corpus, in order of their paths."""
        rows = self.all({"exists": {"field": "record"}}, "record", ["row"])
        return sorted(map(_record, rows), key=attrgetter("path"))

    def bytes(self) -> int:
        """Return how many bytes its primary copies take."""
        answer = self.connection.ask("GET", f"/{self.name}/_stats/store")
        return int(answer["_all"]["primaries"]["store"]["size_in_bytes"])


def _record(fields: dict[str, Any]) -> FileRecord:
    row: list[Any] = [restored(value) if isinstance(value, str) else value for value in fields["row"]]
    return FileRecord(*row)


def row_of(record: FileRecord) -> list[Any]:
    """Return what is kept of a file."""
    return [stored(value) if isinstance(value, str) else value for value in asdict(record).values()]


def current(connection: Connection, *, patience: float | None = None) -> str | None:
    """Return the name of the newest generation; None if there is none."""
    answer = connection.ask("GET", f"/_alias/{connection.cluster.name}", absent=(404,), patience=patience)
    return max(answer, default=None)


def opened(connection: Connection, settings: Settings) -> tuple[Index, Made]:
    """Return the newest generation; IndexMissing or IndexIncompatible if it cannot be used."""
    name = current(connection)
    if name is None:
        raise IndexMissing(path=connection.cluster)
    index = Index(connection, name)
    made = index.made()
    if made is None:
        raise IndexMissing(path=connection.cluster)
    check(made, settings, connection.cluster)
    return index, made


def check(made: Made, settings: Settings, cluster: Cluster) -> None:
    """IndexIncompatible unless an index made so can be read with these settings."""
    if made.format != FORMAT:
        reason = f"it has format {made.format}, and this version reads format {FORMAT}"
    elif made.settings != settings.baked():
        reason = "it was built with other settings"
    elif made.dictionary != dictionary.version():
        reason = (
            f"it was built with revision {made.dictionary} of the dictionary, and {dictionary.version()} is installed"
        )
    else:
        return
    raise IndexIncompatible(path=cluster, reason=reason)


def portions(items: Iterable[T], most: int) -> Iterator[list[T]]:
    """Give items in lists of so many."""
    rest = iter(items)
    while portion := list(islice(rest, most)):
        yield portion
