"""Processes that work for a build: pieces of work go to them, and what comes of each is brought back.

Of a pipe 64 KiB are read at once, and between two reads a thread waits for its turn, while the process that has 2 MB of
arrays to hand over stands still (indexer/README.md). So documents, and what is made of them, are put into memory that
the processes share, where there is such (Linux), and over pipes goes but word of them.
"""

from __future__ import annotations

import atexit
import gc
import os
import pickle
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Condition, RLock, Thread, get_ident
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from indexer.errors import IndexNotWritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from concurrent.futures import Future as Given
    from io import FileIO

    from indexer.addresses import Place

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_KILLED = "a process of the build was killed, probably for want of memory; with fewer processes it takes less"
_HAVE = 2  # pieces of work that each process has, one of them to go on with at once
_WAIT = 3  # pieces for each process that wait; with 6, which are out of the caches when they are done, 1.02 of the time
_LOOKS = 1.0  # seconds between two looks at whether the build is still there
_SHARED = "/proc/{}/fd/{}"  # where a process finds memory that another one has


class Future(Protocol[T_co]):
    """What work will have returned."""

    def done(self) -> bool:
        """Return whether it is over."""
        ...

    def result(self) -> T_co:
        """Wait for it; return what it returned, or raise what it raised."""
        ...


class Pool(Protocol):
    """What runs a function somewhere."""

    others_take: int  # pieces of work, before any is done by who asks for it

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- its own
        """Have it done by whoever comes to it."""
        ...

    def beside(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- likewise
        """Run it in this process, while this process goes on if it may use several cores."""
        ...


class Here:
    """Runs it here and now."""

    others_take = 0

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- whatever work takes
        """Do it, and return what has been done."""
        piece = _Piece(work, arguments)
        piece.run()
        return piece

    beside = submit


@contextmanager
def processes(number: int, index: Place, *, works: Callable[..., object]) -> Iterator[Pool]:
    """Give so many processes beside this one; they import what has one of their works before they are given any.

    IndexNotWritten if one of them is killed.
    """
    # loky rather than concurrent.futures: its workers neither import the caller's __main__ nor fork its threads.
    from loky import BrokenProcessPool, ProcessPoolExecutor  # noqa: PLC0415 -- 0.1 s that most builds need not spend

    pool = ProcessPoolExecutor(number, initializer=_begin, initargs=(os.getpid(), works))
    here = ThreadPoolExecutor(1)
    apart = _Apart(pool, number, here)
    try:
        yield apart
    except BrokenProcessPool as broken:
        pool.shutdown(kill_workers=True)
        raise IndexNotWritten(path=index, reason=_KILLED) from broken
    except BaseException:
        pool.shutdown(kill_workers=True)
        raise
    finally:
        here.shutdown()
        apart.share_no_more()
    # Not killed: where there is neither psutil nor pgrep, loky warns that it cannot. Nor waited for, which takes 0.1 s.
    pool.shutdown(wait=False)


class _Piece(Generic[T]):
    """Work that was asked for."""

    def __init__(self, work: Callable[..., T], arguments: tuple[Any, ...], pool: _Apart | None = None) -> None:
        self.work = work
        self.arguments = arguments
        self.asked_by = get_ident()
        self.made: bytes | bytearray | None = None  # pickled, by another process
        self.failed: BaseException | None = None
        self._pool = pool
        self._returned: list[T] = []

    def run(self) -> None:
        """Do it here."""
        self._returned.append(self.work(*self.arguments))

    def done(self) -> bool:
        return bool(self._returned) or self.made is not None or self.failed is not None

    def result(self) -> T:
        if self._pool is not None:
            self._pool.wait_for(self)
        if self.failed is not None:
            raise self.failed
        if self.made is not None:
            # By the thread that wants it, not the one that took it, which has others to hand out.
            self._returned.append(pickle.loads(self.made))  # noqa: S301 -- the build's own
            self.made = None
        return self._returned[0]


class _Apart:
    """Runs it in processes that do nothing else, or, where these have enough to do, in this one.

    A process has one piece in hand and one to go on with; others wait. When more than a number wait, one is done here,
    and so it is when this process has nothing to do but to wait itself. Whoever does one takes what has waited longest,
    so that each process does its part in the order in which it was asked for. Here it is done by the thread that asked
    for it, for what one works with is made for one thread.
    """

    def __init__(self, pool: Executor, number: int, here: Executor) -> None:
        self._pool = pool
        self._here = here
        self._may_have = _HAVE * number
        self._may_wait = _WAIT * number
        self.others_take = self._may_have + self._may_wait
        self._handing_out = RLock()  # so that what was taken from those that wait is given before what comes after it
        # All that follows is guarded by what tells of a change.
        self._changed = Condition()
        self._have = 0  # pieces that the processes have
        self._waiting: deque[_Piece[Any]] = deque()
        self._shares = True
        self._free = _memories(self._may_have)

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- whatever work takes
        piece = _Piece(work, arguments, self)
        with self._handing_out:
            with self._changed:
                if to_give := self._have < self._may_have:
                    self._have += 1
                else:
                    self._waiting.append(piece)
            if to_give:
                self._give(piece)
        while len(self._waiting) > self._may_wait and self._do_one():
            pass
        return piece

    def beside(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- likewise
        return self._here.submit(work, *arguments)

    def wait_for(self, piece: _Piece[Any]) -> None:
        """Return when it is done; do what still waits until then."""
        while not piece.done():
            if not self._do_one():
                with self._changed:
                    self._changed.wait_for(piece.done)

    def _do_one(self) -> bool:
        """Do what this thread has asked for and has waited longest; return whether there was such."""
        with self._changed:
            own = next((one for one in self._waiting if one.asked_by == get_ident()), None)
            if own is not None:
                self._waiting.remove(own)
        if own is not None:
            own.run()
        return own is not None

    def share_no_more(self) -> None:
        """Give back the memory, each part when it is not in use any more."""
        with self._changed:
            self._shares = False
            while self._free:
                self._free.pop().close()

    def _give(self, piece: _Piece[Any]) -> None:
        """Hand it to a process."""
        # By loky's own pickling it takes 2.5 times as long for documents: that asks a function about every object.
        pickled = pickle.dumps((piece.work, piece.arguments), pickle.HIGHEST_PROTOCOL)
        with self._changed:
            memory = self._free.pop() if self._free else None
        if memory is not None and not _write(memory, pickled):
            memory.close()
            memory = None
        try:
            if memory is None:
                given: Given[Any] = self._pool.submit(_done, pickled)
            else:
                given = self._pool.submit(_done_in, _SHARED.format(os.getpid(), memory.fileno()), len(pickled))
        except Exception as failed:  # noqa: BLE001 -- whoever waits for it is told
            self._end(piece, memory, failed)
        else:
            given.add_done_callback(lambda given: self._take(piece, memory, given))

    def _take(self, piece: _Piece[Any], memory: FileIO | None, given: Given[Any]) -> None:
        """Take what a process has made."""
        try:
            made = given.result()
            if isinstance(made, int) and memory is not None:
                made = _read(memory, made)
        except BaseException as failed:  # noqa: BLE001 -- likewise
            self._end(piece, memory, failed)
        else:
            if made is None:  # processes find no way to memory of this one
                self.share_no_more()
            self._end(piece, memory, made)

    def _end(
        self, piece: _Piece[Any], memory: FileIO | None, brought: bytes | bytearray | BaseException | None
    ) -> None:
        """Say that it is done, and hand out what is next; if nothing was brought, the same once more."""
        with self._handing_out:
            with self._changed:
                if isinstance(brought, BaseException):
                    piece.failed = brought
                elif brought is None:
                    self._waiting.appendleft(piece)
                else:
                    piece.made = brought
                if memory is not None and self._shares:
                    self._free.append(memory)
                elif memory is not None:
                    memory.close()
                following = self._waiting.popleft() if self._waiting else None
                self._have -= following is None
                self._changed.notify_all()
            if following is not None:
                self._give(following)


def _memories(number: int) -> list[FileIO]:
    """Return files that are in memory alone, and gone with the last process that has them; [] if there are none."""
    try:
        return [open(os.memfd_create("abzats"), "r+b", buffering=0) for _ in range(number)]  # noqa: PTH123 -- no path
    except (AttributeError, OSError):  # this system has none, or allows none
        return []


def _write(memory: FileIO, content: bytes) -> bool:
    """Return whether there was room for it."""
    memory.seek(0)
    left = memoryview(content)
    try:
        while left:
            left = left[memory.write(left) :]
    except OSError:
        return False
    return True


def _read(memory: FileIO, size: int) -> bytearray:
    memory.seek(0)
    content = bytearray(size)
    left = memoryview(content)
    while left:
        if not (many := memory.readinto(left)):
            raise EOFError
        left = left[many:]
    return content


# What follows is done in the other processes.


def _begin(build: int, _: Callable[..., object]) -> None:
    """Make ready a process that works for the build with this process number, and ends with it."""
    gc.disable()
    # To free all that it knows, one object after another, took three seconds.
    atexit.register(os._exit, 0)
    Thread(target=_end_with, args=(build,), daemon=True).start()


def _end_with(build: int) -> None:
    # A killed build can tell nobody that it is gone.
    while os.getppid() == build:
        time.sleep(_LOOKS)
    os._exit(1)


def _done(pickled: bytes | bytearray) -> bytes:
    """Return what work returns, given with its arguments."""
    work, arguments = pickle.loads(pickled)  # noqa: S301 -- the build's own
    done = pickle.dumps(work(*arguments), pickle.HIGHEST_PROTOCOL)
    # loky collects garbage every second. There is none, and all that is known of words need not be looked through.
    gc.freeze()
    return done


def _done_in(path: str, size: int) -> int | bytes | None:
    """Put that where what it is done to was, and return its size, or itself; None if there is no way to that memory."""
    try:
        memory = _opened(path)
    except OSError:
        return None
    done = _done(_read(memory, size))
    return len(done) if _write(memory, done) else done


@cache
def _opened(path: str) -> FileIO:
    return open(path, "r+b", buffering=0)  # noqa: PTH123 -- as long as this process lives
