"""A build tells the same of files wherever it reads them: in its own process, or where their text is analysed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from indexer import Document, IndexBusy, build_index, open_index, readers, workers
from indexer import pieces as pieces_
from indexer.build.run import Run
from indexer.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.addresses import Place
    from indexer.types import BuildReport, Progress

TEXT = "Сталь закаляют в цехе номер {}, а рожь жнут серпом."


def write(corpus: Path) -> None:
    """Write over two megabytes of files, small and large, some of which cannot be read."""
    for folder in range(3):
        (corpus / f"{folder}").mkdir(parents=True)
    for number in range(60):
        lines = "\n\n".join(TEXT.format(number * at) for at in range(400))
        (corpus / f"{number % 3}" / f"{number:02}.txt").write_text(lines, encoding="cp1251" if number % 7 else "utf-8")
    rows = "".join(f'{{"text": "{TEXT.format(at)}", "title": "Строка {at}"}}\n' for at in range(8_000))
    (corpus / "1" / "30а.jsonl").write_text(rows + '{"text": 5}\n', encoding="utf-8")
    (corpus / "1" / "пустой.txt").write_bytes(b"")
    (corpus / "2" / "знаки.txt").write_text("*** — ***", encoding="utf-8")
    (corpus / "2" / "не текст.txt").write_bytes(bytes(range(256)) * 8)


def alter(corpus: Path) -> None:
    """Change, empty and delete some of them, and write what was empty."""
    (corpus / "0" / "00.txt").write_text("Рожь и сталь.", encoding="utf-8")
    (corpus / "0" / "03.txt").unlink()
    (corpus / "1" / "30а.jsonl").unlink()
    (corpus / "1" / "01.txt").write_bytes(b"")
    (corpus / "1" / "пустой.txt").write_text("Сталь.", encoding="utf-8")


def told(report: BuildReport) -> BuildReport:
    """Return what is told of a build, without what another one of the same need not have."""
    return replace(report, seconds=0.0, bytes=0)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write(tmp_path / "corpus")
    return tmp_path / "corpus"


def test_files_are_told_of_alike_wherever_they_are_read(corpus: Path, tmp_path: Path) -> None:
    def brings(processes: int) -> BuildReport:
        index = tmp_path / f"by {processes}"
        report = told(build_index(corpus, index, processes=processes))
        with open_index(index) as searcher:
            found = searcher.search("сталь", limit=50)
            answers[processes].append((found.total, [(one.paragraph.id, one.score) for one in found]))
        return report

    answers: dict[int, list[tuple[int, list[tuple[str, float]]]]] = {1: [], 2: []}
    for change in (lambda _: None, lambda _: None, alter):  # the second time nothing is new
        change(corpus)
        alone, by_two = map(brings, answers)
        assert alone == by_two
    assert answers[1] == answers[2]
    totals = [total for total, _ in answers[1]]
    assert totals == [32_000, 32_000, 22_802]


def test_a_build_tells_how_far_it_is_by_all_bytes(corpus: Path, tmp_path: Path) -> None:
    for processes in (1, 2):
        seen: list[Progress] = []
        build_index(corpus, tmp_path / f"{processes}", processes=processes, progress=seen.append)
        read = [step for step in seen if step.stage == "read"]
        size = sum(path.stat().st_size for path in corpus.rglob("*.*"))
        assert [step.done for step in read] == sorted(step.done for step in read)
        assert read[-1].done == read[-1].total == size > 2_000_000
        assert [step.stage for step in (seen[0], seen[-1])] == ["look", "write"]


def test_files_are_handed_out_in_order_and_large_ones_are_not(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces_, "_FILES", 100_000)
    monkeypatch.setattr(pieces_, "_AT_ONCE", 2)
    survey = pieces_.Survey()
    found = readers.find(corpus)
    handed: list[str] = []
    sizes: list[int] = []
    for share in survey.files(found.files, Settings(), {}, renewed=lambda _: None, passed=sizes.append):
        if isinstance(share, pieces_.Files):
            assert share.size == sum(file.size for file in share.files) < 200_000
            assert len(share.files) <= 2
            handed += [file.name for file in share.files]
        else:
            assert {name for name, _ in share} == {"1/30а.jsonl"}
            handed.append("1/30а.jsonl")
    assert list(dict.fromkeys(handed)) == [file.name for file in found.files]
    assert sizes == [(corpus / "1" / "30а.jsonl").stat().st_size]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[workers.Pool]:
    """Return where all processes that are started beside a build are told."""
    pools: list[workers.Pool] = []
    start = workers.processes

    def processes(number: int, index: Place, *, imports: str) -> workers.Pool:
        pools.append(start(number, index, imports=imports))
        return pools[-1]

    monkeypatch.setattr(workers, "processes", processes)
    return pools


def documents(characters: int) -> Iterator[Document]:
    text = "\n\n".join(TEXT.format(at) for at in range(200))
    for number in range(characters // len(text) + 1):
        yield Document(f"{number}.txt", f"{number}\n\n{text}")


def test_processes_start_before_all_else_where_much_is_new(
    started: list[workers.Pool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[int] = []
    init = Run.__init__

    def begin(self: Run, *given: object) -> None:
        before.append(len(started))
        init(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Run, "__init__", begin)
    much = pieces_.BATCH + 1
    few = build_index(documents(1000), tmp_path / "few", processes=2)
    many = build_index(documents(much), tmp_path / "many", processes=2)
    assert (few.documents, many.documents) == (len(list(documents(1000))), len(list(documents(much))))
    assert many.paragraphs == many.documents * 201
    assert build_index(documents(much), tmp_path / "many", processes=2).unchanged == many.documents
    again = build_index(documents(much), tmp_path / "many", processes=2, rebuild=True)
    assert told(again) == told(many)
    build_index(documents(much), tmp_path / "alone", processes=1)
    assert before == [0, 1, 1, 2, 2]
    assert len(started) == 2


def test_processes_of_a_build_that_cannot_begin_are_ended(
    started: list[workers.Pool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object, **__: object) -> None:
        raise IndexBusy(path=tmp_path, holder="another build")

    monkeypatch.setattr(Run, "opened", opened)
    with pytest.raises(IndexBusy):
        build_index(documents(pieces_.BATCH + 1), tmp_path / "index", processes=3)
    [pool] = started
    assert isinstance(pool, workers._Apart)  # noqa: SLF001 -- what becomes of its processes is nobody else's business
    assert [process._started.wait(20) for process in pool._processes] == [-9, -9]  # noqa: SLF001 -- likewise
