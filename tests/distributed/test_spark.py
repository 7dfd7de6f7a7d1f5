"""A build on Spark in local mode; what needs neither Spark nor a cluster stands first."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer import (
    CorpusMissing,
    Document,
    EngineRefused,
    IndexNotWritten,
    Progress,
    Settings,
    SparkFailure,
    SparkMissing,
    build_index,
    open_index,
    readers,
)
from indexer.analysis import dictionary
from indexer.backends.opensearch.connection import Connection
from indexer.backends.opensearch.index import current
from indexer.backends.opensearch.writing import Target
from indexer.distributed import spark
from indexer.distributed.worker import Task, work
from indexer.readers import CorpusFile
from indexer.settings import Analysis
from tests.distributed.bulk import taking
from tests.opensearch.running import new_index, remove
from tests.spark.cluster import NoSpark, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.addresses import Cluster

CLUSTER = "opensearch+http://127.0.0.1:9/news"
TEXTS = {
    "steel.md": "# Сталь\n\nКузнец закаляет сталь.\n\nСтали много.\n",
    "bees/honey.txt": "Пчёлы собирают мёд.\n\nМёд пахнет гречихой.\n",
    "bees/{воск}, [и] прополис.TXT": "Воск тает на солнце.\n",
    "rows.jsonl": '{"title": "Уж", "text": "Ужи живут у воды."}\n{"нет": 1}\n{"text": "Ёж шуршит листвой."}\n',
    "empty.txt": "",
    "photo.jpg": "не текст",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for name, text in TEXTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def _spark() -> None:
    try:
        check()
    except NoSpark as reason:
        pytest.skip(f"no Spark: {reason}")


@pytest.fixture
def index() -> Iterator[Cluster]:
    where = new_index()
    yield where
    remove(where)


# --- without Spark ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["ray", "spark=", "spark=yarn", "spark=spark://", "spark=local[0]", "Spark"])
def test_what_is_no_engine_is_refused(engine: str, corpus: Path) -> None:
    with pytest.raises(EngineRefused):
        build_index(corpus, CLUSTER, engine=engine)


def test_an_index_in_a_folder_is_not_built_by_others(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineRefused, match="the index is in a folder"):
        build_index(corpus, tmp_path / "index", engine="spark")
    assert not (tmp_path / "index").exists()


def test_documents_of_a_program_are_not_handed_out() -> None:
    with pytest.raises(EngineRefused, match="not the documents of a program"):
        build_index([Document("а", "Мёд.")], CLUSTER, engine="spark")


def test_an_address_without_spark_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match="add --engine spark"):
        build_index("s3a://bucket/news", tmp_path / "index")


def test_a_missing_folder_is_told_before_spark_starts(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match="no such folder or file"):
        build_index(tmp_path / "nowhere", CLUSTER, engine="spark")


def test_without_pyspark_there_is_a_sentence(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(SparkMissing, match="there is no pyspark"):
        build_index(corpus, CLUSTER, engine="spark")


def test_shares_have_all_files_once_in_order() -> None:
    files = [CorpusFile(Path(f"{number}"), f"{number}", size) for number, size in enumerate([3, 3, 3, 20, 1, 1, 8, 9])]
    dealt = spark.shares(files, 9)
    assert [[file.size for file in share] for share in dealt] == [[3, 3, 3], [20], [1, 1], [8], [9]]
    assert [file for share in dealt for file in share] == files
    assert spark.shares([], 9) == []


@pytest.mark.parametrize(
    ("root", "path", "name"),
    [
        ("hdfs:///news", "hdfs://name:8020/news/а/б.md", "а/б.md"),
        ("hdfs://name:8020/news/", "hdfs://name:8020/news/б.md", "б.md"),
        ("s3a://bucket", "s3a://bucket/2023/б.md", "2023/б.md"),
        ("s3a://bucket/2023/б.md", "s3a://bucket/2023/б.md", "б.md"),
        ("file:///news", "file:/news/а%20б\n.md", "а%20б\\n.md"),
    ],
)
def test_names_are_relative_to_the_address(root: str, path: str, name: str) -> None:
    assert spark.name_within(root, path) == name


# --- with Spark -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_spark")
def test_without_java_there_is_a_sentence(corpus: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "indexer.cli", "build", corpus, "--index", CLUSTER, "--engine", "spark"],
        env={"JAVA_HOME": "/nowhere", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.startswith(
        "abzats: To build on Spark, pyspark and Java 17 or newer are needed: Java does not start"
    )
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.usefixtures("_spark")
def test_a_master_that_is_not_there_is_told_of_at_once(corpus: Path) -> None:
    with pytest.raises(SparkFailure, match="no master answers there"):
        build_index(corpus, CLUSTER, engine="spark=spark://127.0.0.1:9")


@pytest.mark.usefixtures("_spark")
@pytest.mark.parametrize("is_address", [False, True])
def test_workers_together_do_what_one_would(corpus: Path, *, is_address: bool) -> None:
    if is_address:
        (corpus / "empty.txt").unlink()  # Spark does not tell of it
    with taking() as (cluster, taken):
        task = Task(Target(cluster, "news.g000001", 1), Settings(), {}, dictionary.version())
        by_one = work(readers.find(corpus).files, task)
        written = dict(taken)
        taken.clear()
        steps: list[Progress] = []
        with spark.opened(corpus.as_uri() if is_address else corpus, "local[2]") as listed:
            by_all = listed.outcome(task.target, task.settings, {}, steps.append)
            assert listed.ignored == {".jpg": 1}
    assert by_all == by_one
    assert taken == written
    assert all(step.stage == "read" and 0 <= step.done <= listed.size == step.total for step in steps)


@pytest.mark.usefixtures("_spark")
def test_what_goes_wrong_on_a_worker_is_told_as_it_would_be_here(corpus: Path) -> None:
    other = Settings(analysis=Analysis(version=Analysis().version + 1))
    with taking() as (cluster, taken), spark.opened(corpus, "local[1]") as listed:
        with pytest.raises(IndexNotWritten, match="another version of abzats") as failure:
            listed.outcome(Target(cluster, "news.g000001", 1), other, {}, print)
        assert failure.value.values["path"] == str(cluster)
        assert taken == {}


@pytest.mark.usefixtures("_spark")
@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///nowhere/at/all", "there is no such folder or file"),
        ("nothing://bucket/news", "Spark has no library that reads from such an address"),
        ("hdfs://127.0.0.1:9/news", "Connection refused"),
    ],
)
def test_an_address_that_cannot_be_read_is_told_of(address: str, reason: str) -> None:
    with pytest.raises(CorpusMissing, match=reason):
        build_index(address, CLUSTER, engine="spark=local[1]")


@pytest.mark.usefixtures("_spark")
def test_a_session_that_is_open_is_used_and_left_open(corpus: Path) -> None:
    with spark.opened(corpus, "local[1]") as outer, spark.opened(corpus, "local[2]") as inner:
        assert inner._session is not None  # noqa: SLF001 -- whose it is, nothing else tells
        assert inner._session.sparkContext is outer._session.sparkContext  # noqa: SLF001 -- likewise


# --- with Spark and a cluster -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_spark")
def test_an_index_by_spark_is_the_index_of_a_local_build(corpus: Path, index: Cluster, tmp_path: Path) -> None:
    by_spark = build_index(corpus, index, engine="spark=local[2]")
    by_us = build_index(corpus, tmp_path / "index")
    numbers = ("documents", "paragraphs", "words", "lemmas", "added", "unreadable", "doubtful", "ignored")
    assert [getattr(by_spark, name) for name in numbers] == [getattr(by_us, name) for name in numbers]
    with open_index(index) as there, open_index(tmp_path / "index") as here:
        assert there.status().files == here.status().files
        for query in ("сталь", "мёд", "воск | ёж", "закаляет сталь", "title:уж", "стал*"):
            found, expected = there.search(query), here.search(query)
            assert [(one.paragraph.id, one.score) for one in found] == [
                (one.paragraph.id, one.score) for one in expected
            ]


@pytest.mark.usefixtures("_spark")
def test_a_second_build_by_spark_takes_what_has_changed(corpus: Path, index: Cluster) -> None:
    build_index(corpus, index, engine="spark=local[2]")
    name = current(Connection(index))
    again = build_index(corpus, index, engine="spark=local[2]")
    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, 5)
    assert current(Connection(index)) == name, "without a change there is no new generation"
    (corpus / "steel.md").write_text("Теперь о соболе.\n", encoding="utf-8")
    (corpus / "empty.txt").unlink()
    (corpus / "new.txt").write_text("Норка и куница.\n", encoding="utf-8")
    third = build_index(corpus, index, engine="spark=local[2]")
    assert (third.added, third.changed, third.removed, third.unchanged) == (1, 1, 1, 3)
    with open_index(index) as searcher:
        found = [searcher.search(query, rescue=False).total for query in ("сталь", "соболь", "куница", "мёд")]
        assert found == [0, 1, 1, 2]
        assert searcher.suggest("ста") == ()


@pytest.mark.usefixtures("_spark")
def test_a_build_that_fails_leaves_the_index_as_it_was(corpus: Path, index: Cluster) -> None:
    build_index(corpus, index, engine="spark=local[2]")
    connection = Connection(index)
    before = connection.ask("GET", f"/{index.name}.g*/_settings")
    (corpus / "rows.jsonl").write_text(json.dumps({"text": "Новое."}), encoding="utf-8")
    stopped = RuntimeError("the one who watches has had enough")

    def stop(step: Progress) -> None:
        if step.stage == "read":  # which Spark's workers do
            raise stopped

    with pytest.raises(RuntimeError, match="had enough"):
        build_index(corpus, index, engine="spark=local[2]", progress=stop)
    assert connection.ask("GET", f"/{index.name}.g*/_settings").keys() == before.keys()
    with open_index(index) as searcher:
        assert searcher.search("ёж").total == 1
