"""A build on a cluster: its readers see the state before it or after it, and nothing is there twice or lost."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from indexer import Document, IndexBusy, IndexNotWritten, ParagraphMissing, Settings, build_index, open_index
from indexer.analysis import russian
from indexer.backends.memory import MemoryEngine
from indexer.backends.opensearch.connection import Connection
from indexer.backends.opensearch.index import Index, current
from indexer.backends.opensearch.store import Store
from indexer.backends.opensearch.writing import Target, Writer
from indexer.search import Search
from tests.opensearch.running import new_index, remove

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer import Cluster

KILLS = int(os.environ.get("ABZATS_KILLS", "8")) // 2
BUILD = """
import sys
from indexer.build import build_index
print("ready", flush=True)
build_index(sys.argv[1], sys.argv[2], processes=int(sys.argv[3]))
"""


@pytest.fixture
def index() -> Iterator[Cluster]:
    where = new_index()
    yield where
    remove(where)


def write(corpus: Path, version: str, files: int = 60) -> None:
    corpus.mkdir(exist_ok=True)
    for number in range(files):
        text = "\n\n".join(f"Абзац {line} файла {number}: версия {version}." for line in range(10))
        (corpus / f"{number:04}.md").write_text(f"# Файл {number}\n\n{text}\n", encoding="utf-8")


def state(index: Cluster) -> tuple[int, int]:
    """Return how many paragraphs are of the first version and how many of the second."""
    with open_index(index) as searcher:
        return searcher.search("первая", limit=0).total, searcher.search("вторая", limit=0).total


def start(corpus: Path, index: Cluster, processes: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUILD, str(corpus), str(index), str(processes)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def generations(index: Cluster) -> list[str]:
    connection = Connection(index)
    names = sorted(connection.ask("GET", f"/{index.name}.g*", absent=(404,)))
    connection.close()
    return names


def test_a_killed_build_leaves_one_of_the_two_states_and_the_next_cleans_up(index: Cluster, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write(old, "первая")
    write(new, "вторая")
    build_index(old, index, processes=1)
    began = time.perf_counter()
    with start(new, index) as run:
        run.wait()
    whole = time.perf_counter() - began
    assert state(index) == (0, 600)
    seen = set()
    for seed in range(KILLS):
        build_index(old, index, processes=1)
        with start(new, index) as run:
            time.sleep(random.Random(seed).uniform(0, whole))  # noqa: S311 -- moments, not secrets
            run.send_signal(signal.SIGKILL)
        seen.add(state(index))
        assert seen <= {(600, 0), (0, 600)}
        build_index(new, index, processes=1)
        assert state(index) == (0, 600)
        assert len(generations(index)) <= 2


def test_a_second_build_is_told_who_is_at_work_or_waits(index: Cluster, tmp_path: Path) -> None:
    write(tmp_path / "corpus", "первая")
    with Store(index, Settings(), rebuild=False, wait=0):
        with pytest.raises(IndexBusy, match=rf"process {os.getpid()} on "):
            build_index(tmp_path / "corpus", index, processes=1)
        waiting = start(tmp_path / "corpus", index)
        waiting.kill()
        waiting.wait()
        assert waiting.stdout is not None
        waiting.stdout.close()
    assert build_index(tmp_path / "corpus", index, processes=1, wait=5).paragraphs == 600


def test_only_what_has_changed_is_written(index: Cluster, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write(corpus, "первая")
    first = build_index(corpus, index, processes=1)
    (corpus / "0003.md").write_text("# Файл\n\nАбзац один, версия вторая.\n", encoding="utf-8")
    (corpus / "0004.md").unlink()
    (corpus / "0100.md").write_text("Новый абзац, версия вторая.", encoding="utf-8")
    second = build_index(corpus, index, processes=1)
    assert (second.added, second.changed, second.removed, second.unchanged) == (1, 1, 1, 58)
    assert second.paragraphs == 600 - 10 - 10 + 2
    assert state(index) == (580, 2)
    third = build_index(corpus, index, processes=1)
    assert (third.unchanged, third.words, third.lemmas) == (60, second.words, second.lemmas)
    assert len(generations(index)) == 1  # what the second began with is gone, and the third is none
    with open_index(index) as searcher:
        assert (searcher.generation, searcher.status().corpus) == (2, str(corpus))
        assert [file.path for file in searcher.status().files][-1] == "0100.md"
    assert first.words > second.words


def test_a_reader_goes_on_with_the_build_it_has_opened(index: Cluster) -> None:
    build_index([Document("1", "Сталь.")], index, processes=1)
    with open_index(index) as before:
        assert before.is_newest()
        build_index([Document("1", "Вино."), Document("2", "Вина.")], index, processes=1)
        assert not before.is_newest()
        assert (before.search("сталь").total, before.search("вино", rescue=False).total) == (1, 0)
        with open_index(index) as after:
            assert (after.search("сталь", rescue=False).total, after.search("вино").total) == (0, 2)
            assert after.generation == before.generation + 1


def test_who_writes_to_a_build_that_was_given_up_makes_nothing(index: Cluster) -> None:
    """Though the cluster would make an index for it."""
    with Store(index, Settings(), rebuild=False, wait=0) as store:
        writer = Writer(store.target, Settings())
    with pytest.raises(IndexNotWritten):
        writer.write([("a", Document("a/1", "Сталь и вино."))])
    writer.close()
    connection = Connection(index)
    assert connection.ask("GET", f"/{index.name}.g*", absent=(404,)) == {}
    connection.close()


def test_workers_write_with_what_crosses_process_borders(index: Cluster) -> None:
    """And a batch that is written twice is there once."""
    with Store(index, Settings(), rebuild=False, wait=0) as store:
        target: Target = pickle.loads(pickle.dumps(store.target))  # noqa: S301 -- our own bytes
        writer = Writer(target, Settings())
        written = writer.write([("a", Document("a/1", "Сталь и вино.")), ("a", Document("a/2", "Вино.\n\nДом."))])
        assert writer.write([("a", Document("a/2", "Вино.\n\nДом."))]).by_file == {"a": (1, 2)}
        writer.close()
        assert written.by_file == {"a": (2, 3)}
        there = Index(Connection(index), target.index)
        there.connection.ask("POST", f"/{target.index}/_refresh")
        assert there.counts([{"exists": {"field": "path"}}]) == [3]
        there.connection.close()
    connection = Connection(index)
    assert current(connection) is None  # it was not committed
    assert generations(index) == []
    connection.close()


STRANGE = [
    Document("пробел и_черта|здесь:1.txt", "А_Б|В:100 ∅ ^ $ 10 000 руб. С++ ёж", title="∅ | :", source="a|b c"),
    Document("c#¶1\udcff", "Символ 😀 рядом со сталью.", url="\udfff"),
    Document("x" * 500, "Слово " + "ы" * 3000 + " длиннее всех.", url="http://пример.рф/\n"),
    Document("quote\"'\\*?", 'Кавычки «"» и \\ обратная черта: сталь.'),
]


def test_whatever_a_text_has_comes_back_as_it_was(index: Cluster) -> None:
    build_index(STRANGE, index, processes=1)
    reference = Search(MemoryEngine(STRANGE, russian(Settings().analysis), Settings()), Settings())
    with open_index(index) as searcher:
        for document in STRANGE:
            assert searcher.document(document.path) == reference.document(document.path)
            assert searcher.paragraphs(document.path) == reference.paragraphs(document.path)
        for query in ("сталь", "10 000", "ёж", "длинное слово", 'path:"x*"', "path:_черта", "path:\\*", "s+", "ыыы*"):
            expected = [(one.paragraph.id, one.score) for one in reference.search(query, limit=None)]
            assert [(one.paragraph.id, one.score) for one in searcher.search(query, limit=None)] == expected
        with pytest.raises(ParagraphMissing):
            searcher.document("x")


def test_a_query_may_be_as_long_as_it_may(index: Cluster) -> None:
    words = [f"слово{number} сталь вино" for number in range(60)]
    documents = [Document(str(number), " ".join(words[number:])) for number in range(5)]
    build_index(documents, index, processes=1)
    reference = Search(MemoryEngine(documents, russian(Settings().analysis), Settings()), Settings())
    long = " ".join(words * 2)
    with open_index(index) as searcher:
        for query in (long, f'"{" ".join(words)}"', "слово* сталь", '"слово* сталь вино"', "(" * 40 + "сталь"):
            expected = [(one.paragraph.id, one.score) for one in reference.search(query, limit=None)]
            assert [(one.paragraph.id, one.score) for one in searcher.search(query, limit=None)] == expected
        assert searcher.check(" ".join(words[30:])).kind == "verbatim"
