"""Work that goes to other processes comes back as it would from this one, and in each process in order."""

from __future__ import annotations

import math
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
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


@pytest.fixture(params=["memory that is shared", "without room", "that others cannot open", "no such memory"])
def pool(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Two processes beside this one."""
    if request.param == "no such memory":
        monkeypatch.delattr(os, "memfd_create", raising=False)
    if request.param == "without room":
        monkeypatch.setattr(workers, "_write", lambda *_: False)
    if request.param == "that others cannot open":
        monkeypatch.setattr(workers, "_SHARED", str(tmp_path / "{}-{}"))
    with workers.processes(2, tmp_path, works=done_where) as pool:
        yield pool


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
    with workers.processes(1, index, works=done_where) as pool:
        for one in [pool.submit(kill_what_is_not, os.getpid()) for _ in range(10)]:
            one.result()


def kill_what_is_not(build: int) -> None:
    """Kill the process that this is done in, if it is another one."""
    if os.getpid() != build:
        os.kill(os.getpid(), signal.SIGKILL)


def test_one_process_alone_does_it_at_once() -> None:
    process, thread, _ = workers.Here().submit(done_where, 0.0).result()
    assert (process, thread) == (os.getpid(), get_ident())
