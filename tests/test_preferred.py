"""Who could have saved much by loops calls them; those that are not kept a process makes that nobody waits for."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from indexer.compiled import kept

ENOUGH = 10.0  # seconds
_FACTOR = 3


def _times(number: int) -> int:
    return number * _FACTOR


@kept.kept("u4", kept.NUMBER, "i8")
def summed(numbers: np.ndarray, factor: int, into: np.ndarray) -> int:
    total = 0
    for at in range(min(len(numbers), len(into))):
        into[at] = numbers[at] * factor
        total += _times(numbers[at])
    return total


@kept.kept(kept.NUMBER)
def allocated(many: int) -> int:
    return len(np.zeros(many, np.int64))


def anew(loop: kept.Loop = summed) -> kept.Loop:
    """Return a loop as a process has it that has just begun."""
    return kept.kept(*("u4", kept.NUMBER, "i8") if loop is summed else (kept.NUMBER,))(loop.function)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder where loops are kept."""
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    monkeypatch.setattr(kept, "_folders", lambda: iter([tmp_path]))
    monkeypatch.setattr(kept, "_saved", {})
    monkeypatch.setattr(kept, "makers", {})
    monkeypatch.setattr(kept, "MAKE", _IN_FOLDER.format(str(tmp_path)) + kept.MAKE)
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1]))  # where it finds the loops
    return tmp_path


# Before what the making process does: it has that folder too.
_IN_FOLDER = """
import json, sys
from pathlib import Path
sys.path[:] = json.loads(sys.argv[1])[0]
from indexer.compiled import kept
kept._folders = lambda: iter([Path({!r})])
"""


def wait_for_makers() -> None:
    """Wait for the processes that make loops."""
    for maker in kept.makers.values():
        maker.wait()


def test_who_saved_little_does_not_look_for_loops(folder: Path) -> None:
    assert not kept.preferred([anew()], 0.0)
    assert not kept.preferred([anew()], 0.2)
    assert not kept.makers
    assert not list(folder.iterdir())


def test_loops_that_would_have_saved_much_are_made_meanwhile_and_then_loaded(folder: Path) -> None:
    first, second = anew(), anew()
    assert not kept.preferred([first], ENOUGH), "nobody waits"
    wait_for_makers()
    assert len(list(folder.glob("*.o"))) == 1
    assert not kept.preferred([second], 0.0)
    assert kept.preferred([first], ENOUGH)
    assert kept.preferred([second], 0.2)
    for one in (first, second):
        into = np.zeros(3, np.int64)
        assert one(np.array([1, 2, 4], np.uint32), 10, into) == _FACTOR * 7
        assert into.tolist() == [10, 20, 40]
    assert kept.preferred([first, second], 0.0)  # what is there need be worth nothing


def test_a_process_has_loops_made_once(folder: Path) -> None:
    one = anew()
    assert not kept.preferred([one], ENOUGH)
    (maker,) = kept.makers.values()
    while not list(folder.glob("*.o")):
        assert not kept.preferred([one], ENOUGH) or one.is_ready
        assert list(kept.makers.values()) == [maker]
        time.sleep(0.01)  # who makes them gives way to this
    wait_for_makers()
    assert kept.preferred([one], ENOUGH)


def test_one_process_at_a_time_makes_loops(folder: Path) -> None:
    other = os.open(folder / "kept.lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX)
    one = anew()
    assert not kept.preferred([one], ENOUGH)
    (maker,) = kept.makers.values()
    with pytest.raises(subprocess.TimeoutExpired):
        maker.wait(1)
    assert not list(folder.glob("*.o"))
    os.close(other)
    wait_for_makers()
    assert kept.preferred([one], ENOUGH)


def test_what_has_been_made_is_not_made_again(folder: Path) -> None:
    assert not kept.preferred([anew()], ENOUGH)
    wait_for_makers()
    (file,) = folder.glob("*.o")
    made = file.stat().st_ino, file.stat().st_mtime_ns
    kept.makers.clear()
    kept.makers[summed] = kept.have_made([summed])
    wait_for_makers()
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == made


@pytest.mark.usefixtures("among_traps")
def test_who_makes_them_runs_no_code_of_the_folder_that_one_stands_in(folder: Path) -> None:
    assert not kept.preferred([anew()], ENOUGH)
    wait_for_makers()
    assert list(folder.glob("*.o"))


def test_nothing_is_made_that_could_not_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "file"
    file.touch()
    monkeypatch.setattr(kept, "_folders", lambda: iter([file / "below"]))
    monkeypatch.setattr(kept, "MAKE", kept.MAKE.replace(str(folder), str(file / "below")))
    one = anew()
    assert not kept.preferred([one], ENOUGH)
    wait_for_makers()
    assert not kept.preferred([one], ENOUGH)
    assert one.is_refused
    assert not one.is_ready


def test_a_loop_that_cannot_be_made_ends_nothing_and_is_tried_once(folder: Path) -> None:
    one = anew(allocated)  # which calls what allocates
    assert not kept.preferred([one], ENOUGH)
    wait_for_makers()
    assert not kept.preferred([one], ENOUGH)
    assert one.is_refused
    assert not list(folder.glob("*.o"))


def test_without_numba_there_are_no_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "is_there", lambda: False)
    assert not kept.preferred([anew()], ENOUGH)


def test_loops_that_cannot_be_loaded_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise OSError  # as where a shared object is missing

    kept.Loop.make(anew())
    assert len(list(folder.glob("*.o"))) == 1
    monkeypatch.setattr(kept, "_loaded", fail)
    one = anew()
    assert not kept.preferred([one], ENOUGH)
    assert one.is_refused
    assert not kept.makers


def test_loops_are_made_that_are_worth_it_together(folder: Path) -> None:
    one, other = anew(), anew()
    assert not kept.preferred([one], 0.3)
    assert not kept.preferred([one], 0.3)
    assert not kept.makers
    assert not kept.preferred([other], 0.3)
    wait_for_makers()
    assert list(folder.glob("*.o"))


def test_a_build_neither_waits_for_who_makes_loops_nor_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    code = (
        "import sys; from indexer.backends.whoosh import interning; from indexer.compiled import kept; "
        "print(kept.preferred(interning.LOOPS, 10.0), 'numba' in sys.modules)"
    )
    package = tmp_path / "indexer"
    shutil.copytree(Path(kept.__file__).parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def preferred() -> list[str]:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
        return done.stdout.split()

    assert preferred() == ["False", "False"]
    while not (made := list((package / "compiled" / "__pycache__").glob("*.o"))):
        time.sleep(0.1)  # the test's own limit ends it
    assert made[0].name.startswith("indexer.backends.whoosh.interning.interned-")
    assert preferred() == ["True", "False"]
