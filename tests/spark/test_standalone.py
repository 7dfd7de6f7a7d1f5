"""A build by a Spark of a master and two workers on loopback, into a cluster: the same index, whoever is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from indexer import IndexMissing, build_index, open_index
from tests.benchmarks.corpus import questions
from tests.benchmarks.distributed import alike, built, write
from tests.opensearch.running import new_index, remove
from tests.spark import cluster as spark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.addresses import Cluster

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


@pytest.fixture
def master() -> Iterator[str]:
    try:
        with spark.used() as address:
            yield address
    except spark.NoSpark as reason:
        pytest.skip(f"no Spark: {reason}")


@pytest.fixture
def index() -> Iterator[Cluster]:
    where = new_index()
    yield where
    remove(where)


@pytest.fixture
def by_us() -> Iterator[Cluster]:
    """Return the place of an index that this machine builds."""
    where = new_index()
    yield where
    remove(where)


def command(corpus: Path, index: Cluster, master: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "indexer.cli", "build", str(corpus), "--index", str(index)]
    return subprocess.Popen(
        [*arguments, "--engine", f"spark={master}"],
        env={**os.environ, **spark.ENVIRONMENT, "LANGUAGE": "en", "PYTHONPATH": str(spark.ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def has_begun(index: Cluster, build: subprocess.Popen[str]) -> bool:
    """Whether the workers have written something that the cluster has taken in."""
    from indexer.backends.opensearch.connection import Connection  # noqa: PLC0415 -- for this alone

    connection = Connection(index)
    stats = connection.ask("GET", f"/{index.name}.g*/_stats/indexing", absent=(404,))
    connection.close()
    assert build.poll() is None, build.communicate()
    return bool(stats and stats["_all"]["primaries"].get("indexing", {}).get("index_total"))


@pytest.mark.parametrize("paragraphs", [20_000, 100_000])
@pytest.mark.usefixtures("shared_data")
def test_two_workers_build_what_one_machine_does(
    paragraphs: int, master: str, index: Cluster, by_us: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(paragraphs, tmp_path / "corpus")
    here = built(tmp_path / "corpus", tmp_path / "index")
    there = built(tmp_path / "corpus", by_us)
    began = time.perf_counter()
    build = command(tmp_path / "corpus", index, master)
    said, complained = build.communicate()
    taken = time.perf_counter() - began
    assert build.returncode == 0, complained
    assert said.startswith("The index is ready in ")
    asked = questions(100)
    with open_index(index) as by_spark, open_index(by_us) as expected:
        status = by_spark.status()
        for name in ("documents", "paragraphs", "words", "lemmas", "files"):
            assert getattr(status, name) == getattr(expected.status(), name)
        assert alike(by_spark, expected, asked) == len(asked)
    # A folder ranks all that it finds, and a cluster what it takes for the best: see the map.
    assert (here.report.documents, here.report.paragraphs) == (status.documents, status.paragraphs)
    assert (here.report.words, here.report.lemmas) == (status.words, status.lemmas)
    with capsys.disabled():
        print(f"\n{status.paragraphs} paragraphs, {status.words} words")  # noqa: T201 -- what is to be shown
        for name, seconds in (("in a folder", here.seconds), ("on the cluster", there.seconds), ("by Spark", taken)):
            print(f"  {name}: {seconds:.0f} s, {status.words / seconds:.0f} words/s")  # noqa: T201 -- likewise


@pytest.mark.usefixtures("shared_data")
def test_a_worker_that_is_lost_costs_time_and_nothing_else(master: str, index: Cluster, tmp_path: Path) -> None:
    write(20_000, tmp_path / "corpus")
    expected = build_index(tmp_path / "corpus", tmp_path / "index")
    build = command(tmp_path / "corpus", index, master)
    while not has_begun(index, build):
        time.sleep(0.2)
    spark.kill("worker-1")
    _, complained = build.communicate()
    assert build.returncode == 0, complained
    with open_index(index) as there, open_index(tmp_path / "index") as ours:
        status = there.status()
        assert (status.documents, status.paragraphs) == (expected.documents, expected.paragraphs)
        assert (status.words, status.lemmas) == (expected.words, expected.lemmas)
        assert alike(there, ours, questions(20)) == 20


@pytest.mark.usefixtures("shared_data")
def test_without_workers_a_build_ends_with_a_sentence_and_nothing_is_left(
    master: str, index: Cluster, tmp_path: Path
) -> None:
    write(20_000, tmp_path / "corpus")
    build = command(tmp_path / "corpus", index, master)
    while not has_begun(index, build):
        time.sleep(0.2)
    for worker in spark.WORKERS:
        spark.kill(worker)
    _, complained = build.communicate()
    assert build.returncode == 2
    assert complained.startswith(f"abzats: Spark at {master} has not done it: no worker has taken anything for 60 s.")
    assert len(complained.splitlines()) == 1
    with pytest.raises(IndexMissing):
        open_index(index)
