"""Who could have saved much by loops calls them, and one process at a time makes those that are not kept."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.compiled import kept

ENOUGH = 10.0  # seconds
_FACTOR = 3


def _times(number: int) -> int:
    return number * _FACTOR


def summed(numbers: np.ndarray, factor: int, into: np.ndarray) -> int:
    total = 0
    for at in range(min(len(numbers), len(into))):
        into[at] = numbers[at] * factor
        total += _times(numbers[at])
    return total


def allocated(many: int) -> int:
    return len(np.zeros(many, np.int64))


def loop() -> kept.Loop:
    """Return the loop as a process has it that has just begun."""
    return kept.kept("u4", kept.NUMBER, "i8")(summed)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder where loops are kept."""
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    monkeypatch.setattr(kept, "_folders", lambda: iter([tmp_path]))
    monkeypatch.setattr(kept, "_saved", {})
    return tmp_path


def test_who_saved_little_does_not_look_for_loops(folder: Path) -> None:
    assert not kept.preferred([loop()], 0.0)
    assert not kept.preferred([loop()], 0.2)
    assert not list(folder.iterdir())


def test_who_could_have_saved_much_makes_loops_and_others_load_them(folder: Path) -> None:
    first, second = loop(), loop()
    assert kept.preferred([first], ENOUGH)
    assert len(list(folder.glob("*.o"))) == 1
    assert not kept.preferred([second], 0.0)
    assert kept.preferred([second], 0.2)
    for one in (first, second):
        into = np.zeros(3, np.int64)
        assert one(np.array([1, 2, 4], np.uint32), 10, into) == _FACTOR * 7
        assert into.tolist() == [10, 20, 40]
    assert kept.preferred([first, second], 0.0)  # what is there need be worth nothing


def test_one_process_at_a_time_makes_loops(folder: Path) -> None:
    one = loop()
    other = os.open(folder / "kept.lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX)
    assert not kept.preferred([one], ENOUGH)
    assert not list(folder.glob("*.o"))
    os.close(other)
    assert kept.preferred([one], ENOUGH)


@pytest.mark.usefixtures("folder")
def test_nothing_is_made_that_could_not_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setattr(kept, "_folders", lambda: iter([file / "below"]))
    assert not kept.preferred([loop()], ENOUGH)


def test_a_loop_that_cannot_be_made_ends_nothing_and_is_tried_once(folder: Path) -> None:
    one = kept.kept(kept.NUMBER)(allocated)  # which calls what allocates
    assert not kept.preferred([one], ENOUGH)
    assert one.is_refused
    assert not kept.preferred([one], ENOUGH)
    assert not list(folder.glob("*.o"))


def test_without_numba_there_are_no_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "is_there", lambda: False)
    assert not kept.preferred([loop()], ENOUGH)


def test_loops_that_cannot_be_loaded_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise OSError  # as where a shared object is missing

    assert kept.preferred([loop()], ENOUGH)
    assert len(list(folder.glob("*.o"))) == 1
    monkeypatch.setattr(kept, "_loaded", fail)
    one = loop()
    assert not kept.preferred([one], ENOUGH)
    assert one.is_refused


def test_loops_are_made_that_are_worth_it_together(folder: Path) -> None:
    one, other = loop(), loop()
    assert not kept.preferred([one], 0.3)
    assert not kept.preferred([one], 0.3)
    assert not list(folder.glob("*.o"))
    assert kept.preferred([other], 0.3)


def test_loops_are_made_by_a_process_that_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    code = (
        "import sys; from pathlib import Path; from indexer.backends.whoosh import interning; "
        "from indexer.compiled import kept; "
        "print(kept.preferred(interning.LOOPS, 10.0), 'numba' in sys.modules)"
    )
    package = tmp_path / "indexer"
    shutil.copytree(Path(kept.__file__).parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == ["True", "False"]
    (made,) = (package / "compiled" / "__pycache__").glob("*.o")
    assert made.name.startswith("indexer.backends.whoosh.interning.interned-")
