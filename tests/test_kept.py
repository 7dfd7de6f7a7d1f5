"""Loops that are kept as object code: made once, loaded without Numba, and never what somebody else has left."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer.compiled import kept
from indexer.compiled.kept import NUMBER, Loop, are_ready

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("numba", reason="without Numba nothing is compiled")

FACTOR = 7


def times(number: int) -> int:
    return number * FACTOR


def above(numbers: np.ndarray, found: np.ndarray, least: int) -> int:
    count = 0
    for at in range(len(numbers)):
        if times(numbers[at]) > least:
            found[count] = at
            count += 1
    return count


def loop_of_its_own() -> Loop:
    return Loop(above, ("u4", "i8", NUMBER))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder where object code is kept."""
    monkeypatch.setattr(kept, "_folders", lambda: iter((tmp_path,)))
    return tmp_path


@pytest.fixture
def file(folder: Path) -> Path:
    """Return the file of the loop, which is kept."""
    assert are_ready([loop_of_its_own()], make=True)
    (found,) = folder.iterdir()
    return found


def assert_works(loop: Loop) -> None:
    found = np.zeros(5, np.int64)
    assert loop(np.array([1, 9, 2, 8, 3], np.uint32), found, 20) == 3
    assert found.tolist() == [1, 3, 4, 0, 0]


def test_what_is_made_does_what_the_function_does(folder: Path) -> None:
    loop = loop_of_its_own()
    assert not are_ready([loop], make=False)
    assert are_ready([loop], make=True)
    assert_works(loop)
    found = np.zeros(5, np.int64)
    assert loop.function(np.array([1, 9, 2, 8, 3], np.uint32), found, 20) == 3
    assert found.tolist() == [1, 3, 4, 0, 0]
    assert len(list(folder.iterdir())) == 1


def test_what_is_kept_is_loaded_without_numba(file: Path) -> None:
    loop = loop_of_its_own()
    assert loop.load()
    assert_works(loop)
    code = (
        "import sys; from pathlib import Path; from indexer.compiled import kept; "
        f"print(kept._loaded(Path({str(file)!r}).read_bytes()[32:]) is not None, 'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_half_a_file_is_not_loaded_and_made_again(file: Path) -> None:
    data = file.read_bytes()
    for damaged in (data[:-1], data[: len(data) // 2], b"", data[:40] + b"\xff" + data[41:]):
        file.write_bytes(damaged)
        assert not loop_of_its_own().load()
    loop = loop_of_its_own()
    assert are_ready([loop], make=True)
    assert_works(loop)
    assert loop_of_its_own().load()


def test_what_others_may_write_to_is_not_loaded(file: Path) -> None:
    file.chmod(0o666)
    assert not loop_of_its_own().load()
    file.chmod(0o600)
    assert loop_of_its_own().load()


def test_another_number_is_another_loop(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "FACTOR", 3)
    loop = loop_of_its_own()
    assert not loop.load()
    assert are_ready([loop], make=True)
    assert loop(np.array([1, 9, 2, 8, 3], np.uint32), np.zeros(5, np.int64), 20) == 2
    (new,) = folder.iterdir()  # what the loop was before is of no use any more
    assert new != file


def test_where_nothing_can_be_kept_it_is_made_for_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(kept, "_folders", lambda: iter((tmp_path / "file",)))
    loop = loop_of_its_own()
    assert are_ready([loop], make=True)
    assert_works(loop)


def test_what_a_loop_is_told_is_there_as_long_as_it_runs(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(address: int) -> int:
        others = [np.full(5, -1, np.int64) for _ in range(1000)]  # they take what room there is
        assert len(others) == 1000
        return int(ctypes.cast(ctypes.c_void_p(address), ctypes.POINTER(ctypes.c_int64))[4])

    assert file.exists()
    loop = loop_of_its_own()
    assert loop.load()
    monkeypatch.setattr(loop, "_code", read)
    assert loop(np.arange(3, dtype=np.uint32), np.zeros(3, np.int64), 20) == 20


@pytest.mark.parametrize(
    "numbers", [np.zeros(3, np.int64), np.zeros(6, np.uint32)[::2], [1, 2, 3]], ids=["kind", "steps", "list"]
)
def test_it_takes_no_other_arrays(file: Path, numbers: np.ndarray) -> None:
    assert file.exists()
    loop = loop_of_its_own()
    assert loop.load()
    with pytest.raises(TypeError, match=r"above takes flat arrays of uint32"):
        loop(numbers, np.zeros(3, np.int64), 20)


def test_a_loop_that_asks_python_for_something_is_refused(folder: Path) -> None:
    def grows(numbers: np.ndarray) -> int:
        return len(np.append(numbers, numbers))

    with pytest.raises(RuntimeError, match=r"a loop that is kept calls \w+"):
        Loop(grows, ("i8",)).make()
    assert not list(folder.iterdir())
