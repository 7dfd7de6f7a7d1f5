"""A build that is killed leaves the index as it was before it or as it would be after it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer import IndexBusy, IndexNotWritten, build_index, open_index, workers
from indexer.backends.whoosh import cores

if TYPE_CHECKING:
    from indexer.backends.whoosh.inversion import Scan
    from indexer.pieces import Share, Survey
    from indexer.settings import Settings

MOMENTS = int(os.environ.get("ABZATS_KILLS", "8"))
BUILD = """
import sys
from pathlib import Path
from indexer.build import build_index
corpus, index, processes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
build_index(corpus, index, processes=processes)
"""


def write(corpus: Path, version: str, files: int, lines: int) -> None:
    corpus.mkdir(exist_ok=True)
    for number in range(files):
        text = "\n".join(f"Абзац {line} файла {number}: версия {version}." for line in range(lines))
        (corpus / f"{number:04}.md").write_text(f"# Файл {number}\n\n{text}\n", encoding="utf-8")


def state(index: Path) -> tuple[int, int]:
    """Return how many paragraphs are of the first version and how many of the second."""
    with open_index(index) as searcher:
        return searcher.search("первая", limit=0).total, searcher.search("вторая", limit=0).total


def start(corpus: Path, index: Path, processes: int) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(corpus), str(index), str(processes)], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


@pytest.mark.parametrize(("processes", "files", "lines"), [(1, 150, 10), (2, 150, 400)])
def test_killed_builds_leave_one_of_the_two_states(tmp_path: Path, processes: int, files: int, lines: int) -> None:
    old, new, index = tmp_path / "old", tmp_path / "new", tmp_path / "index"
    write(old, "первая", files, lines)
    write(new, "вторая", files, lines)
    everything = files * lines
    build_index(old, index)
    began = time.perf_counter()
    with start(new, index, processes) as run:
        run.wait()
    whole = time.perf_counter() - began
    assert state(index) == (0, everything)
    seen = set()
    for seed in range(MOMENTS if processes == 1 else MOMENTS // 4):
        build_index(old, index)
        with start(new, index, processes) as run:
            time.sleep(random.Random(seed).uniform(0, whole))  # noqa: S311 -- moments, not secrets
            run.send_signal(signal.SIGKILL)
        seen.add(state(index))
        assert seen <= {(everything, 0), (0, everything)}
        build_index(new, index, wait=1)
        assert state(index) == (0, everything)
        names = [path.name for path in index.iterdir()]
        assert len(names) == 5, f"something was left behind: {names}"


def test_a_second_build_waits_or_says_who_is_at_work(tmp_path: Path) -> None:
    write(tmp_path / "corpus", "первая", 150, 400)
    with start(tmp_path / "corpus", tmp_path / "index", 1) as first:
        while not (tmp_path / "index" / "MAIN_WRITELOCK").is_file():
            time.sleep(0.01)
        time.sleep(0.05)
        with pytest.raises(IndexBusy, match=f"process {first.pid} on "):
            build_index(tmp_path / "corpus", tmp_path / "index")
        assert build_index(tmp_path / "corpus", tmp_path / "index", wait=60).unchanged == 150


def test_a_searcher_keeps_its_state_while_builds_go_on(tmp_path: Path) -> None:
    write(tmp_path / "corpus", "первая", 3, 5)
    build_index(tmp_path / "corpus", tmp_path / "index")
    with open_index(tmp_path / "index") as searcher:
        write(tmp_path / "corpus", "вторая", 3, 5)
        build_index(tmp_path / "corpus", tmp_path / "index")
        assert len(searcher.search("первая", limit=None)) == 15
    assert state(tmp_path / "index") == (0, 15)


def test_a_disk_that_takes_no_more_leaves_the_old_state(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk: writing fails half-way just so."""
    write(tmp_path / "old", "первая", 3, 5)
    write(tmp_path / "new", "вторая", 150, 40)
    build_index(tmp_path / "old", tmp_path / "index")
    code = (
        "import resource, sys; from pathlib import Path; from indexer import build_index, IndexNotWritten\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: build_index(Path(sys.argv[1]), Path(sys.argv[2]), processes=1)\n"
        "except IndexNotWritten as failure: print(failure)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "new"), str(tmp_path / "index")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "could not be written: File too large. What was there before is unharmed" in ran.stdout
    assert state(tmp_path / "index") == (15, 0)
    assert len(list((tmp_path / "index").iterdir())) == 5
    build_index(tmp_path / "new", tmp_path / "index")
    assert state(tmp_path / "index") == (0, 6000)


def test_a_killed_process_of_a_build_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "old", "первая", 150, 700)
    write(tmp_path / "new", "вторая", 150, 700)
    index = tmp_path / "index"
    build_index(tmp_path / "old", index)
    monkeypatch.setattr(cores, "scan", partial(kill_what_is_not, os.getpid(), tmp_path / "killed"))
    with pytest.raises(IndexNotWritten, match="a process of the build was killed"):
        build_index(tmp_path / "new", index, processes=2)
    assert state(index) == (105_000, 0)
    monkeypatch.undo()
    build_index(tmp_path / "new", index, processes=2)
    assert state(index) == (0, 105_000)


@pytest.mark.skipif(sys.platform != "linux", reason="children are looked for in /proc")
def test_the_processes_of_a_killed_build_end_with_it(tmp_path: Path) -> None:
    write(tmp_path / "corpus", "первая", 150, 700)
    with start(tmp_path / "corpus", tmp_path / "index", 3) as run:
        started: list[int] = []
        until = time.monotonic() + 30
        while len(started) < 2:
            assert time.monotonic() < until, "it started none"
            started = [number for number in children(run.pid) if is_working(number)]
        run.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while left := [number for number in started if is_working(number)]:
        assert time.monotonic() < until, f"{left} are still there"
        time.sleep(0.1)


def children(process: int) -> list[int]:
    lists = [path.read_text(encoding="ascii") for path in Path(f"/proc/{process}/task").glob("*/children")]
    return [int(number) for numbers in lists for number in numbers.split()]


def is_working(process: int) -> bool:
    """Whether a process is one of those that a build has started to work for it, and has not ended."""
    try:
        return workers.BEGIN.encode() in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def kill_what_is_not(
    build: int, killed: Path, share: Share, name: str, settings: Settings
) -> tuple[Survey | None, Scan]:
    """Kill the process that this is done in, if it is another one; the one that runs the tests waits for that."""
    if os.getpid() != build:
        killed.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    until = time.monotonic() + 30
    while not killed.exists():
        assert time.monotonic() < until, "the other process was given nothing"
        time.sleep(0.01)
    return SCAN(share, name, settings)


SCAN = cores.scan
