"""Work that goes to other processes comes back as it would from this one, and in each process in order."""

from __future__ import annotations

import math
import os
import pickle
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count, pairwise
from threading import get_ident
from typing import TYPE_CHECKING

import pytest

from indexer import IndexNotWritten, workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.workers import Pool

_TURN = count()  # of each process its own


def done_where(seconds: float) -> tuple[int, int, int]:
    """Return the process, the thread, and how many pieces this process had done before."""
    time.sleep(seconds)
    return os.getpid(), get_ident(), next(_TURN)


@pytest.fixture(
    scope="module", params=["memory that is shared", "without room", "that others cannot open", "no such memory"]
)
def pool(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Two processes beside this one; which start once for all tests."""
    folder = tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "no such memory":
            patch.delattr(os, "memfd_create", raising=False)
        if request.param == "without room":
            patch.setattr(workers, "_write", lambda *_: False)
        if request.param == "that others cannot open":
            patch.setattr(workers, "_SHARED", str(folder / "{}-{}"))
        with workers.processes(2, folder, imports=__name__) as pool:
            wait_for_others(pool, 2)
            yield pool


def wait_for_others(pool: Pool, number: int) -> None:
    """Give a pool something to do until so many other processes have done some of it."""
    others: set[int] = set()
    until = time.monotonic() + 60
    while len(others) < number:
        assert time.monotonic() < until, "they do not start"
        asked = [pool.submit(done_where, 0.005) for _ in range(6)]
        others |= {process for process, _, _ in [one.result() for one in asked]} - {os.getpid()}


def test_each_piece_brings_what_its_work_returns(pool: Pool) -> None:
    sizes = [0, 1, 3_000_000, 70_000, 5_000_000, *range(40)]
    asked = [pool.submit(bytes.upper, b"a" * size) for size in sizes]
    assert [one.result() for one in asked] == [b"A" * size for size in sizes]
    assert all(one.done() for one in asked)


def test_a_result_can_be_asked_for_again(pool: Pool) -> None:
    asked = [pool.submit(math.factorial, number) for number in range(20)]
    assert [one.result() for one in asked] == [one.result() for one in asked]


def test_processes_do_their_pieces_in_the_order_asked_for(pool: Pool) -> None:
    asked = [pool.submit(done_where, 0.002 * (number % 3)) for number in range(60)]
    turns: dict[int, list[int]] = {}
    for process, _, turn in [one.result() for one in asked]:
        turns.setdefault(process, []).append(turn)
    assert len(turns) > 1, "the first pieces are given to others"
    assert os.getpid() in turns, "more pieces than may wait are done here"
    for of_process in turns.values():
        assert all(earlier < later for earlier, later in pairwise(of_process))


def test_here_each_thread_does_what_it_has_asked_for(pool: Pool) -> None:
    def ask() -> set[int]:
        asked = [pool.submit(done_where, 0.001) for _ in range(40)]
        return {thread for process, thread, _ in [one.result() for one in asked] if process == os.getpid()}

    with ThreadPoolExecutor(1) as another:
        there = another.submit(ask)
        here = ask()
        assert here == {get_ident()}
        assert there.result() == {another.submit(get_ident).result()}


def test_what_work_raises_is_raised_where_it_is_waited_for(pool: Pool) -> None:
    right, wrong = pool.submit(math.sqrt, 4.0), pool.submit(math.sqrt, -1.0)
    assert right.result() == 2.0
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        wrong.result()
    assert pool.submit(math.sqrt, 9.0).result() == 3.0


def test_a_killed_process_is_told_of_instead_of_waited_for(tmp_path: Path) -> None:
    with pytest.raises(IndexNotWritten, match="a process of the build was killed"):
        have_it_killed(tmp_path)


def have_it_killed(index: Path) -> None:
    """Have another process end amid its work."""
    with workers.processes(1, index, imports=__name__) as pool:
        wait_for_others(pool, 1)
        for one in [pool.submit(kill_what_is_not, os.getpid()) for _ in range(10)]:
            one.result()


def kill_what_is_not(build: int) -> None:
    """Kill the process that this is done in, if it is another one."""
    if os.getpid() != build:
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_cannot_be_told_fails_and_what_comes_after_it_is_done(pool: Pool) -> None:
    asked = [pool.submit(done_where, 0.02) for _ in range(4)]  # so that what follows waits for a process
    wrong, right = pool.submit(len, [lambda: None]), pool.submit(len, [None])
    with suppress(AttributeError, pickle.PicklingError):
        assert wrong.result() == 1, "it was done here"
    assert right.result() == 1
    assert len([one.result() for one in asked]) == 4


@pytest.mark.parametrize("failure", ["with what cannot be told", "that cannot be read"])
def test_failures_that_no_other_process_can_read_are_told_in_words(pool: Pool, failure: str) -> None:
    told = [pool.submit(fail_here_or_there, failure) for _ in range(12)]
    for one in told:
        with pytest.raises((RuntimeError, LookupError), match=failure):
            one.result()
    assert pool.submit(math.sqrt, 9.0).result() == 3.0


class CannotBeReadError(LookupError):
    """What is made by two arguments, and tells but one of them when it is read."""

    def __init__(self, one: str, _other: int) -> None:
        super().__init__(one)


def fail_here_or_there(failure: str) -> None:
    """Raise what cannot be pickled, or what cannot be unpickled."""
    time.sleep(0.002)
    if failure == "that cannot be read":
        raise CannotBeReadError(failure, 1)
    raise LookupError(failure, lambda: None)


def test_what_is_printed_there_is_no_answer(pool: Pool) -> None:
    asked = [pool.submit(os.write, 1, b"printed") for _ in range(20)]
    assert [one.result() for one in asked] == [len(b"printed")] * 20


def test_where_no_process_can_be_started_all_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no Python"))
    with workers.processes(2, tmp_path, imports=__name__) as pool:
        asked = [pool.submit(done_where, 0.0) for _ in range(20)]
        assert {process for process, _, _ in [one.result() for one in asked]} == {os.getpid()}


def test_what_ends_before_it_is_ready_is_done_without(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with workers.processes(2, tmp_path, imports="no_such_module") as pool:
        asked = [pool.submit(done_where, 0.05) for _ in range(20)]
        assert {process for process, _, _ in [one.result() for one in asked]} == {os.getpid()}
    until, told = time.monotonic() + 60, ""
    while "No module named 'no_such_module'" not in told:
        assert time.monotonic() < until, told
        told += capfd.readouterr().err
        time.sleep(0.02)


@pytest.mark.usefixtures("among_traps")
def test_code_in_the_folder_that_one_stands_in_is_not_run(tmp_path: Path) -> None:
    with workers.processes(1, tmp_path, imports=__name__) as pool:
        wait_for_others(pool, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_ctrl_c_ends_the_build_and_not_the_processes_first(tmp_path: Path) -> None:
    with workers.processes(1, tmp_path, imports=__name__) as pool:
        wait_for_others(pool, 1)
        asked = [pool.submit(interrupt_what_is_not, os.getpid()) for _ in range(10)]
        groups = {one.result() for one in asked} - {os.getpgid(0)}
    assert len(groups) == 1, "a terminal sends the signal to the whole group of the build"


def interrupt_what_is_not(build: int) -> int:
    """Send the process that this is done in what Ctrl+C does, if it is another one; return its group."""
    if os.getpid() != build:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
    return os.getpgid(0)


def test_one_process_alone_does_it_at_once() -> None:
    process, thread, _ = workers.Here().submit(done_where, 0.0).result()
    assert (process, thread) == (os.getpid(), get_ident())
