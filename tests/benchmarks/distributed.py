"""The same index built by Spark, and what an index on a cluster takes of it.

    python -m tests.opensearch.cluster start
    python -m tests.spark.cluster start
    python -m tests.benchmarks.distributed 100000 FOLDER opensearch+http://127.0.0.1/scale spark=spark://127.0.0.1:17077

Writes the first N paragraphs of the scale corpus as files into FOLDER and builds three indices of them: in a folder,
on the cluster by this machine, and on the cluster by the engine that is named. Prints the words a second of each, what
they hold, how many answers to real questions are the same, and what the index takes of the cluster: what an estimate
for more is made of (the map has one).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sys
import time
import tracemalloc
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self, cast

from indexer import Settings, build_index, open_index
from indexer.addresses import Cluster, place
from indexer.backends.opensearch.connection import Connection
from indexer.backends.opensearch.encoding import WordKey
from indexer.backends.opensearch.index import current
from indexer.backends.opensearch.words import count
from tests.benchmarks.corpus import documents, questions, say
from tests.spark import cluster as spark

if TYPE_CHECKING:
    from indexer import BuildReport, Searcher
    from indexer.backends.opensearch.index import Index

A_FILE = 250  # documents, some 0.7 MB: a share of Spark's is at most eight
BEST = 10


def write(paragraphs: int, corpus: Path) -> None:
    """Write the documents of the first paragraphs, so many a file."""
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    given = documents(paragraphs)
    for number in range(sys.maxsize):
        some = list(islice(given, A_FILE))
        if not some:
            return
        rows = ({"id": one.path, "title": one.title, "text": one.text} for one in some)
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (corpus / f"{number:05}.jsonl").write_text(lines, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Built:
    """A build, and what it took."""

    report: BuildReport
    seconds: float
    processor: float  # seconds of this process and of those that it has waited for

    def __str__(self) -> str:
        words, report = self.report.words, self.report
        return (
            f"{report.documents} documents, {report.paragraphs} paragraphs, {words} words, {report.lemmas} lemmas; "
            f"{self.seconds:.1f} s, {words / self.seconds:.0f} words/s; {report.bytes / 2**20:.1f} MiB"
        )


def built(corpus: Path, index: Path | Cluster, *, processes: int | None = None, engine: str = "") -> Built:
    """Build an index anew."""
    began, before = time.perf_counter(), _processor()
    report = build_index(corpus, index, rebuild=True, processes=processes, engine=engine)
    return Built(report, time.perf_counter() - began, _processor() - before)


class _Watch:
    """Looks, while a build goes on, at what the workers of Spark take: when it ends, so do they."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.memory = 0  # bytes of one process
        self._ended = Event()
        self._looking = Thread(target=self._look)

    def __enter__(self) -> Self:
        self._before = spark.in_use().processor
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            used = spark.in_use()
            self.seconds = max(self.seconds, used.processor - self._before)
            self.memory = max(self.memory, used.memory)


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def alike(one: Searcher, other: Searcher, asked: list[str]) -> int:
    """Return for how many questions both find as many paragraphs, and the same ten best in the same order."""
    return sum(_told(one, question) == _told(other, question) for question in asked)


def _told(searcher: Searcher, question: str) -> tuple[int, list[str]]:
    answer = searcher.search(question, limit=BEST, rescue=False)
    return answer.total, [result.paragraph.id for result in answer]


@dataclass(frozen=True, slots=True)
class Held:
    """What an index on a cluster takes; of primary shards alone."""

    words: int  # that are different
    shards: int
    bytes: int
    stored: int  # bytes of those that are read only to show a paragraph: the others should fit in memory
    heap: int  # bytes of old objects in the heaps of all nodes

    def __str__(self) -> str:
        mebibytes = [f"{size / 2**20:.1f} MiB" for size in (self.bytes, self.stored, self.heap)]
        return "{} different words; {} shards, {}, {} of it stored texts; old objects in heaps {}".format(
            self.words, self.shards, *mebibytes
        )


def held(index: Cluster) -> Held:
    """Return what the newest generation takes."""
    connection = Connection(index)
    name = current(connection)
    parameters = {"include_segment_file_sizes": "true"}
    primaries = connection.ask("GET", f"/{name}/_stats/store,segments", parameters=parameters)["_all"]["primaries"]
    sizes: dict[str, dict[str, Any]] = primaries["segments"]["file_sizes"]
    words = connection.ask("POST", f"/{name}/_count", {"query": {"exists": {"field": "word"}}})["count"]
    shards = connection.ask("GET", f"/{name}/_settings")[str(name)]["settings"]["index"]["number_of_shards"]
    heap = sum(node["jvm"]["mem"]["pools"]["old"]["used_in_bytes"] for node in _nodes(connection, "jvm"))
    connection.close()
    stored = sizes.get("fdt", {}).get("size_in_bytes", 0)
    return Held(words, int(shards), primaries["store"]["size_in_bytes"], stored, heap)


def of_nodes(index: Cluster) -> float:
    """Return how many seconds of processors the nodes have taken since they were started."""
    connection = Connection(index)
    taken: int = sum(node["process"]["cpu"]["total_in_millis"] for node in _nodes(connection, "process"))
    connection.close()
    return taken / 1000


def _nodes(connection: Connection, part: str) -> list[dict[str, Any]]:
    return list(connection.ask("GET", f"/_nodes/stats/{part}")["nodes"].values())


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paragraphs", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("cluster")
    parser.add_argument("engine")
    parser.add_argument("--questions", type=int, default=100)
    arguments = parser.parse_args()
    os.environ.update(spark.ENVIRONMENT)
    corpus, here = arguments.folder / "corpus", arguments.folder / "index"
    write(arguments.paragraphs, corpus)
    locally, remotely = place(f"{arguments.cluster}-local"), place(f"{arguments.cluster}-spark")
    assert isinstance(locally, Cluster)
    assert isinstance(remotely, Cluster)
    say(f"in a folder: {built(corpus, here)}")
    before = of_nodes(locally)
    by_us = built(corpus, locally)
    say(f"on the cluster: {by_us}")
    rate, nodes = by_us.report.words / by_us.processor, of_nodes(locally) - before
    say(f"  of our processors {by_us.processor:.1f} s, {rate:.0f} words/s; of the nodes' {nodes:.1f} s")
    before = of_nodes(locally)
    with _Watch() as watch:
        by_spark = built(corpus, remotely, engine=arguments.engine)
    say(f"on the cluster, {arguments.engine}: {by_spark}")
    rate, nodes = by_spark.report.words / watch.seconds, of_nodes(locally) - before
    say(f"  of the workers' processors {watch.seconds:.1f} s, {rate:.0f} words/s; of the nodes' {nodes:.1f} s")
    say(f"  of a worker's memory {watch.memory / 2**20:.0f} MiB at most, in one process, without Java's")
    say(f"  of the driver's processor {by_spark.processor:.1f} s, without Java's")
    asked = questions(arguments.questions)
    with open_index(here) as one, open_index(locally) as two, open_index(remotely) as three:
        as_here, as_by_us = alike(one, three, asked), alike(two, three, asked)
    say(f"of {len(asked)} questions answered as in the folder: {as_here}, as by the cluster that we built: {as_by_us}")
    held_by_cluster = held(remotely)
    say(str(held_by_cluster))
    say(f"to add up and write a different word takes {of_a_word(held_by_cluster.words):.0f} bytes of the driver")


def of_a_word(many: int) -> float:
    """Return how many bytes of memory a word more takes until all words of a build are written."""
    _most_of_words(many)  # what is remembered of words does not grow with their number
    half = many // 2
    return (_most_of_words(many) - _most_of_words(half)) / (many - half)


def _most_of_words(many: int) -> int:
    class Nowhere:
        """Takes what is written."""

        cluster = "nowhere"

        def ask(self, *_: object, **__: object) -> dict[str, Any]:
            return {}

    index = cast("Index", SimpleNamespace(connection=Nowhere(), name="nowhere", is_new=True))
    tracemalloc.start()
    words = Counter({("text", WordKey(f"слово{number:07}", number % 7 == 0)): 1 for number in range(many)})
    count(index, words, {}, Settings())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    main()
