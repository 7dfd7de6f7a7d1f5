"""What a worker does, without anything that runs it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from indexer import CorpusMissing, IndexNotWritten, Settings, build_index, open_index, readers
from indexer.analysis import dictionary
from indexer.backends.opensearch import cores
from indexer.backends.opensearch.writing import Target
from indexer.distributed.worker import Task, spooled, work
from indexer.settings import Analysis
from tests.distributed.bulk import taking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.distributed.bulk import Documents

STEEL = "# Сталь\n\nПубликация: завод.\n\nКузнец закаляет сталь.\n\nСтали много.\n"
ROWS = '{"title": "Мёд", "text": "Пчёлы собирают мёд."}\n{"нет": 1}\n{"text": "Воск тает."}\n'


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "metal").mkdir(parents=True)
    (folder / "metal" / "steel.md").write_text(STEEL, encoding="utf-8")
    (folder / "honey.jsonl").write_text(ROWS, encoding="utf-8")
    (folder / "old.txt").write_bytes("Ёж и уж живут в лесу под Курском.".encode("cp1251"))
    (folder / "empty.txt").touch()
    return folder


@pytest.fixture
def writing(corpus: Path) -> Iterator[tuple[Task, Documents]]:
    with taking() as (cluster, taken):
        yield Task(Target(cluster, "news.g000001", 1), Settings(), {}, dictionary.version(), corpus), taken
        cores.end()


def test_a_worker_tells_of_each_file_what_a_local_build_remembers(
    corpus: Path, writing: tuple[Task, Documents], tmp_path: Path
) -> None:
    outcome = work(readers.find(corpus).files, writing[0])
    records = [tally.record(name) for name, tally in sorted(outcome.survey.tallies.items())]
    report = build_index(corpus, tmp_path / "index")
    with open_index(tmp_path / "index") as searcher:
        assert records == list(searcher.status().files)
    assert sum(record.documents for record in records) == report.documents
    of_texts = sum(places for (field, _), places in outcome.words.items() if field == "text")
    assert of_texts == report.words


def test_each_paragraph_is_written_with_a_name_of_its_own(corpus: Path, writing: tuple[Task, Documents]) -> None:
    task, taken = writing
    outcome = work(readers.find(corpus).files, task)
    assert len(taken) == sum(tally.paragraphs for tally in outcome.survey.tallies.values())
    assert {document["generation"] for document in taken.values()} == {1}
    assert any("сталь" in document["lemmas"] for document in taken.values())


def test_a_share_that_is_worked_on_twice_is_there_once(corpus: Path, writing: tuple[Task, Documents]) -> None:
    task, taken = writing
    once = work(readers.find(corpus).files, task)
    before = dict(taken)
    assert work(reversed(readers.find(corpus).files), task) == once
    assert taken == before


def test_shares_of_several_workers_add_up_to_the_whole(corpus: Path, writing: tuple[Task, Documents]) -> None:
    task, _ = writing
    whole = work(readers.find(corpus).files, task)
    parts = [work([file], task) for file in readers.find(corpus).files]
    assert sum((part.words for part in parts[1:]), start=parts[0].words) == whole.words
    assert {name: tally for part in parts for name, tally in part.survey.tallies.items()} == whole.survey.tallies


def test_what_an_earlier_build_has_read_is_not_written_again(corpus: Path, writing: tuple[Task, Documents]) -> None:
    task, taken = writing
    first = work(readers.find(corpus).files, task)
    known = {name: tally.digest for name, tally in first.survey.tallies.items()}
    (corpus / "old.txt").write_text("Теперь о соболе.", encoding="utf-8")
    taken.clear()
    second = work(readers.find(corpus).files, replace(task, known=known))
    assert second.survey.unchanged == {"metal/steel.md", "honey.jsonl", "empty.txt"}
    assert list(second.survey.tallies) == ["old.txt"]
    assert [document["text"] for document in taken.values()] == ["Теперь о соболе."]


def test_a_worker_that_does_not_see_the_folder_does_not_take_its_files_for_deleted(
    corpus: Path, writing: tuple[Task, Documents], tmp_path: Path
) -> None:
    task, taken = writing
    with pytest.raises(CorpusMissing, match="a worker does not see it"):
        work(readers.find(corpus).files, replace(task, folder=tmp_path / "elsewhere"))
    assert taken == {}


@pytest.mark.parametrize("other", ["dictionary", "analysis"])
def test_a_worker_of_another_version_is_refused(corpus: Path, writing: tuple[Task, Documents], other: str) -> None:
    task, taken = writing
    if other == "dictionary":
        task = replace(task, dictionary="1")
    else:
        task = replace(task, settings=replace(task.settings, analysis=Analysis(version=Analysis().version + 1)))
    with pytest.raises(IndexNotWritten, match="another version of abzats"):
        work(readers.find(corpus).files, task)
    assert taken == {}


def test_contents_are_read_as_the_files_are_that_they_come_from(
    corpus: Path, writing: tuple[Task, Documents], tmp_path: Path
) -> None:
    task, taken = writing
    from_files = work(readers.find(corpus).files, task)
    written = dict(taken)
    taken.clear()
    handed = spooled((file.name, file.path.read_bytes()) for file in readers.find(corpus).files)
    assert work(handed, replace(task, folder=None)) == from_files
    assert taken == written
    assert not list(tmp_path.glob("abzats-*"))


def test_contents_are_on_disk_one_at_a_time() -> None:
    files = spooled([("а.txt", b"1"), ("б/в.MD", b"22")])
    first = next(files)
    assert (first.name, first.path.suffix, first.size, first.path.read_bytes()) == ("а.txt", ".txt", 1, b"1")
    second = next(files)
    assert (second.name, second.path.suffix, second.size) == ("б/в.MD", ".MD", 2)
    assert not first.path.exists()
    assert list(files) == []
    assert not second.path.exists()


def test_a_task_goes_to_another_process(writing: tuple[Task, Documents]) -> None:
    task, _ = writing
    assert pickle.loads(pickle.dumps(task)) == task  # noqa: S301 -- our own bytes
