"""Processes that work for a build: pieces of work go to them, and what comes of each is brought back.

A process is a Python that looks for modules where this one does and nowhere else: Python adds the folder that one
stands in, which may hold somebody's files, and code among them. So neither `multiprocessing` nor what is built upon it
starts them, which would also import the caller's __main__, or fork its threads. They take 0.2 s to start, in which this
process goes on.

Of a pipe 64 KiB are read at once, and between two reads a thread waits for its turn, while the process that has 2 MB of
arrays to hand over stands still (indexer/README.md). So documents, and what is made of them, are put into memory that
the processes share, where there is such (Linux), and over pipes goes but word of them.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib import import_module
from queue import SimpleQueue
from threading import Condition, RLock, Thread, get_ident
from traceback import format_exc
from typing import IO, TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from indexer.errors import IndexNotWritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import FileIO

    from indexer.addresses import Place

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_KILLED = "a process of the build was killed, probably for want of memory; with fewer processes it takes less"
_HAVE = 2  # pieces of work that each process has, one of them to go on with at once
_WAIT = 3  # pieces for each process that wait; with 6, which are out of the caches when they are done, 1.02 of the time
_SHARED = "/proc/{}/fd/{}"  # where a process finds memory that another one has
_READY = "ready"  # what a process says when it may be given something
BEGIN = "import sys; sys.path[:] = sys.argv[2:]; from indexer import workers; workers.work_for_a_build(sys.argv[1])"
# To make ready threads for algebra, which nobody asks it for, takes a process 0.06 s.
_ALONE = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Future(Protocol[T_co]):
    """What work will have returned."""

    def done(self) -> bool:
        """Return whether it is over."""
        ...

    def result(self) -> T_co:
        """Wait for it; return what it returned, or raise what it raised."""
        ...


class Pool(Protocol):
    """What runs a function somewhere, until it is left; it may be left again."""

    others_take: int  # pieces of work, before any is done by who asks for it

    def __enter__(self) -> Self: ...

    def __exit__(self, failed: object, *_: object) -> None: ...

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- its own
        """Have it done by whoever comes to it."""
        ...

    def beside(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- likewise
        """Run it in this process, while this process goes on if it may use several cores."""
        ...


class Here:
    """Runs it here and now."""

    others_take = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of nothing."""

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- whatever work takes
        """Do it, and return what has been done."""
        piece = _Piece(work, arguments)
        piece.run()
        return piece

    beside = submit


def processes(number: int, index: Place, *, imports: str) -> Pool:
    """Start so many processes beside this one, which import the module that has their work before they are given any.

    With fewer, or none, it goes on where they cannot be started. IndexNotWritten if one of them is killed.
    """
    return _Apart(number, index, imports)


class _Piece(Generic[T]):
    """Work that was asked for."""

    def __init__(self, work: Callable[..., T], arguments: tuple[Any, ...], pool: _Apart | None = None) -> None:
        self.work = work
        self.arguments = arguments
        self.asked_by = get_ident()
        self.memory: FileIO | None = None  # where its arguments are, and what is made of them
        self.made: bytes | bytearray | None = None  # pickled, by another process
        self.failed: BaseException | None = None
        self._pool = pool
        self._returned: list[T] = []

    def run(self) -> None:
        """Do it here."""
        try:
            self._returned.append(self.work(*self.arguments))
        except Exception as failed:  # noqa: BLE001 -- whoever waits for it is told, not who comes to it
            self.failed = failed

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


class _Process:
    """A process that does what it is given, one piece after another."""

    def __init__(self, module: str) -> None:
        """Start it; OSError if that cannot be done."""
        self._started = subprocess.Popen(  # noqa: S603 -- our own
            [sys.executable, "-P", "-c", BEGIN, module, *map(str, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | _ALONE,
            # Of its own, so that Ctrl+C, which goes to a whole group, is the build's: it ends this process.
            process_group=0 if os.name == "posix" else None,
        )
        assert self._started.stdin is not None  # noqa: S101 -- by PIPE
        assert self._started.stdout is not None  # noqa: S101 -- likewise
        self._to, self._from = self._started.stdin, self._started.stdout
        self.is_ready = False
        self.has: deque[_Piece[Any]] = deque()  # in the order in which they are done

    def give(self, work: Callable[..., object], *arguments: object) -> None:
        """Have it do something; if it has ended, nothing comes of that."""
        with suppress(OSError, ValueError):  # of a pipe that nobody reads any more, or that is closed here
            pickle.dump((work, arguments), self._to, pickle.HIGHEST_PROTOCOL)
            self._to.flush()

    def answers(self) -> Iterator[Any]:
        """Give that it is ready, and then what comes of each piece, until it ends."""
        # EOFError, or what is raised for half an answer of one that was killed.
        with suppress(Exception):
            while True:
                yield pickle.load(self._from)  # noqa: S301 -- the build's own
        self.end()
        self._started.wait()
        self._from.close()

    def end(self) -> None:
        """Have it end when it has nothing to do."""
        with suppress(OSError):
            self._to.close()

    def kill(self) -> None:
        """End it now."""
        self._started.kill()


class _Apart:
    """Runs it in processes that do nothing else, or, where these have enough to do, in this one.

    A process has one piece in hand and one to go on with, but for the last ones; others wait. When more than a number
    wait, one is done here, and so it is when this process has nothing to do but to wait itself. Whoever does one takes
    what has waited longest, so that each process does its part in the order in which it was asked for. Here it is done
    by the thread that asked for it, for what one works with is made for one thread.
    """

    def __init__(self, number: int, index: Place, module: str) -> None:
        self._index = index
        self._here = ThreadPoolExecutor(1)
        self._may_wait = _WAIT * number
        self.others_take = (_HAVE + _WAIT) * number
        # Who hands out goes on to give what it has taken from those that wait before anybody takes what comes after it.
        self._handing_out = RLock()  # guards what processes have, too
        # All that follows is guarded by what tells of a change.
        self._changed = Condition()
        self._waiting: deque[_Piece[Any]] = deque()
        self._waiters = 0  # threads that have nothing to do but what waits
        self._shares = True
        self._free = _memories(_HAVE * number)
        self._processes: list[_Process] = []
        with suppress(OSError):  # what cannot be started is done here
            while len(self._processes) < number and sys.executable:
                self._processes.append(_Process(module))
        for process in self._processes:
            # It is not waited for when this process ends.
            Thread(target=self._attend, args=(process,), daemon=True).start()

    def submit(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- whatever work takes
        piece = _Piece(work, arguments, self)
        with self._changed:
            self._waiting.append(piece)
        self._hand_out()
        while len(self._waiting) > self._may_wait and self._do_one():
            pass
        return piece

    def beside(self, work: Callable[..., T], /, *arguments: Any) -> Future[T]:  # noqa: ANN401 -- likewise
        return self._here.submit(work, *arguments)

    def wait_for(self, piece: _Piece[Any]) -> None:
        """Return when it is done; do what still waits until then."""
        with self._changed:
            self._waiters += 1
        while not piece.done():
            if not self._do_one():
                with self._changed:
                    self._changed.wait_for(lambda: piece.done() or self._own() is not None)
        with self._changed:
            self._waiters -= 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        """Let go of the processes and the memory; if anything failed, amid their work."""
        if failed:
            for process in self._processes:
                process.kill()
        self._here.shutdown()
        self._share_no_more()
        for process in self._processes:
            process.end()

    def _do_one(self) -> bool:
        """Do what this thread has asked for and has waited longest; return whether there was such."""
        with self._changed:
            own = self._own()
            if own is not None:
                self._waiting.remove(own)
        if own is not None:
            own.run()
        return own is not None

    def _own(self) -> _Piece[Any] | None:
        return next((one for one in self._waiting if one.asked_by == get_ident()), None)

    def _hand_out(self) -> None:
        """Give what waits to processes that have room for it."""
        with self._handing_out:
            while (process := self._with_room()) is not None:
                with self._changed:
                    if not self._waiting:
                        return
                    piece = self._waiting.popleft()
                self._give(piece, process)

    def _with_room(self) -> _Process | None:
        # A thread that waits comes to the last ones sooner than a process that has something in hand.
        have = 1 if len(self._waiting) <= self._waiters else _HAVE
        has_room = (one for one in self._processes if one.is_ready and len(one.has) < have)
        return min(has_room, key=lambda one: len(one.has), default=None)

    def _give(self, piece: _Piece[Any], process: _Process) -> None:
        try:
            pickled = pickle.dumps((piece.work, piece.arguments), pickle.HIGHEST_PROTOCOL)
        except Exception as failed:  # noqa: BLE001 -- whoever waits for it is told
            self._end(piece, failed)
            return
        with self._changed:
            piece.memory = self._free.pop() if self._free else None
        if piece.memory is not None and not _write(piece.memory, pickled):
            piece.memory.close()
            piece.memory = None
        process.has.append(piece)
        if piece.memory is None:
            process.give(_done, pickled)
        else:
            process.give(_done_in, _SHARED.format(os.getpid(), piece.memory.fileno()), len(pickled))

    def _attend(self, process: _Process) -> None:
        """Take what a process has made, and give it more."""
        for made in process.answers():
            with self._handing_out:
                if made == _READY:
                    process.is_ready = True
                else:
                    self._take(process.has.popleft(), made)
                self._hand_out()
        with self._handing_out:
            process.is_ready = False
            for piece in process.has:
                self._end(piece, IndexNotWritten(path=self._index, reason=_KILLED))

    def _take(self, piece: _Piece[Any], made: int | bytes | bytearray | BaseException | None) -> None:
        if made is None:  # processes find no way to memory of this one
            self._share_no_more()
        if isinstance(made, int):
            assert piece.memory is not None  # noqa: S101 -- it is there
            try:
                made = _read(piece.memory, made)
            except Exception as failed:  # noqa: BLE001 -- likewise
                made = failed
        self._end(piece, made)

    def _end(self, piece: _Piece[Any], brought: bytes | bytearray | BaseException | None) -> None:
        """Say that it is done; if nothing was brought, have it done once more."""
        with self._changed:
            if isinstance(brought, BaseException):
                piece.failed = brought
            elif brought is None:
                self._waiting.appendleft(piece)
            else:
                piece.made = brought
            memory, piece.memory = piece.memory, None
            if memory is not None and self._shares:
                self._free.append(memory)
            elif memory is not None:
                memory.close()
            self._changed.notify_all()

    def _share_no_more(self) -> None:
        """Give back the memory, each part when it is not in use any more."""
        with self._changed:
            self._shares = False
            while self._free:
                self._free.pop().close()


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


def work_for_a_build(module: str) -> None:
    """Import a module, do what is asked for on standard input, answer on standard output, and end with the build."""
    given, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)  # what is printed is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no groups of processes, Ctrl+C goes to all
    gc.disable()
    import_module(module)
    pieces: SimpleQueue[tuple[Callable[..., object], tuple[object, ...]]] = SimpleQueue()
    Thread(target=_read_all, args=(given, pieces), daemon=True).start()
    _answer(answers, _READY)
    while True:
        work, arguments = pieces.get()
        try:
            made = work(*arguments)
        except Exception as failed:  # noqa: BLE001 -- the build is told
            made = _to_be_told(failed)
        _answer(answers, made)


def _to_be_told(failed: Exception) -> Exception:
    """Return a failure that another process can read, with where it came from."""
    try:
        pickle.loads(pickle.dumps(failed))  # noqa: S301 -- our own
    except Exception:  # noqa: BLE001 -- whatever its own methods raise
        failed = RuntimeError(repr(failed))
    failed.add_note(format_exc())
    return failed


def _read_all(given: IO[bytes], pieces: SimpleQueue[Any]) -> None:
    """Read what is asked for until the build has ended, or was killed; then end this process."""
    # While it works too: else the build, which may wait until all is read, would not take what comes of it.
    with suppress(Exception):
        while True:
            pieces.put(pickle.load(given))  # noqa: S301 -- the build's own
    # To free all that it knows, one object after another, took three seconds.
    os._exit(0)


def _answer(answers: IO[bytes], made: object) -> None:
    pickle.dump(made, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()


def _done(pickled: bytes | bytearray) -> bytes:
    """Return what work returns, given with its arguments."""
    work, arguments = pickle.loads(pickled)  # noqa: S301 -- the build's own
    return pickle.dumps(work(*arguments), pickle.HIGHEST_PROTOCOL)


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
