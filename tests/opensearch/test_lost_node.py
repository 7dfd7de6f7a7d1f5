"""A node is killed, as by a power cut: a build and searches go on with the other two."""

from __future__ import annotations

import os
import time
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from indexer import ClusterUnwell, Document, Settings, build_index, open_index
from indexer.backends.opensearch.connection import Connection
from indexer.backends.opensearch.search import OpenSearchEngine
from indexer.settings import Clustering
from tests.opensearch import cluster
from tests.opensearch.running import NAMED, START, new_index, remove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer import Cluster

SEARCHES = int(os.environ.get("ABZATS_SEARCHES", "300"))
DOCUMENTS = [
    Document(f"{number:05}.txt", f"Документ {number}. Закалка стали и вино номер {number % 50}.\n\nВторой абзац.")
    for number in range(6000)
]


@pytest.fixture
def index() -> Iterator[Cluster]:
    if os.environ.get(NAMED, "") != START:
        pytest.skip(f"no nodes of our own to kill: {NAMED} is not “{START}”")
    where = new_index()
    yield where
    cluster.start()
    healthy(where)
    remove(where)


def healthy(index: Cluster) -> None:
    """Wait until every shard has its copy again."""
    connection = Connection(index)
    connection.ask("GET", "/_cluster/health", parameters={"wait_for_status": "green", "timeout": "50s"}, patience=100)
    connection.close()


def is_whole(index: Cluster) -> None:
    """See that every document is there once."""
    with open_index(index) as searcher:
        assert searcher.status().documents == len(DOCUMENTS)
        assert searcher.status().paragraphs == 2 * len(DOCUMENTS)
        found = searcher.search("закалка стали", limit=None, marks=False)
        assert sorted(result.document.path for result in found) == [document.path for document in DOCUMENTS]
        assert searcher.search("второй абзац", limit=0).complete == len(DOCUMENTS)


def killing(host: str, when: Callable[[], bool]) -> Thread:
    """Kill a node as soon as something is so."""

    def wait() -> None:
        while not when():
            time.sleep(0.01)
        cluster.kill_node(host)

    thread = Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize("host", cluster.HOSTS)
def test_a_build_goes_on_without_a_node(index: Cluster, host: str) -> None:
    """Whichever node it is: the first of those that the build knows, or the one that leads the cluster."""
    read = []

    def documents() -> Iterator[Document]:
        for document in DOCUMENTS:
            read.append(document)
            yield document

    killer = killing(host, lambda: len(read) > len(DOCUMENTS) // 2)
    report = build_index(documents(), index, processes=1)
    killer.join()
    assert report.paragraphs == 2 * len(DOCUMENTS)
    is_whole(index)


def test_searches_go_on_without_a_node(index: Cluster) -> None:
    build_index(DOCUMENTS, index, processes=2)
    healthy(index)
    asked = [f"вино номер {number % 50} закалка" for number in range(50)]
    with open_index(index) as searcher:
        expected = {
            query: [(one.paragraph.id, one.score) for one in searcher.search(query, limit=5)] for query in asked
        }
        engine = searcher._engine  # noqa: SLF001 -- it counts what it asks for again
        assert isinstance(engine, OpenSearchEngine)
        repeated: list[int] = []  # requests of each search that were sent again
        killer = killing(cluster.HOSTS[1], lambda: len(repeated) > SEARCHES // 3)
        for number in range(SEARCHES):
            query = asked[number % len(asked)]
            before = engine.repeated
            answer = searcher.search(query, limit=5)
            repeated.append(engine.repeated - before)
            assert answer.total == len(DOCUMENTS)
            assert [(one.paragraph.id, one.score) for one in answer] == expected[query]
        killer.join()
    assert sum(map(bool, repeated)) <= 1, f"sent again: {list(filter(None, repeated))}"


def test_an_index_without_copies_is_in_red_when_its_node_is_lost(index: Cluster) -> None:
    """It says so; what cannot be complete is not answered."""
    alone = Settings(clustering=Clustering(replicas=0))
    build_index(DOCUMENTS[:100], index, settings=alone, processes=1)
    with open_index(index) as searcher:
        cluster.kill_node(cluster.HOSTS[0])
        with pytest.raises(ClusterUnwell, match="a part of the index is on no node that runs"):
            searcher.search("закалка")
