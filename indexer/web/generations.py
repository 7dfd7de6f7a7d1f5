"""The index as requests see it: each one generation, and a new one as soon as it is there."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import cached_property
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter, to_thread

from indexer.compiled import is_there
from indexer.errors import IndexFailure
from indexer.search import open_index
from indexer.web.problems import BUSY, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.addresses import Place
    from indexer.search import Searcher
    from indexer.types import IndexStatus
    from indexer.web.limits import Limits

Given = TypeVar("Given")

EVERY = 0.25  # seconds between two looks for a new build, each of which takes a tenth of a millisecond
AGAIN = 5.0  # seconds after which a build that could not be opened is tried once more

_log = logging.getLogger("abzats.web")


class Current:
    """What one request asks: all its answers are of the same build."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self.generation = searcher.generation

    @cached_property
    def status(self) -> IndexStatus:
        """Return what is in the index; to count it takes a quarter of a second."""
        return self.searcher.status()


class _Opened:
    """What requests ask, and how many of them do."""

    def __init__(self, searcher: Searcher) -> None:
        self.current = Current(searcher)
        self.users = 0
        self.replaced = False


class Generations:
    """Gives requests the newest generation of an index; threads may share it."""

    def __init__(self, index: Place, limits: Limits) -> None:
        self._index = index
        self._limits = limits
        self._settings = limits.settings()
        self._lock = Lock()
        self._opened = _Opened(open_index(index, settings=self._settings, compiled=is_there()))
        self._look_at = monotonic() + EVERY
        self._opening: Thread | None = None
        self._threads = CapacityLimiter(limits.threads)
        self._waiting = 0

    @contextmanager
    def current(self) -> Iterator[Current]:
        """Give the newest generation that is open; it stays open until the request is done with it."""
        with self._lock:
            opened = self._opened
            opened.users += 1
        try:
            self._look(opened.current.searcher)
            yield opened.current
        finally:
            self._leave(opened)

    async def ask(self, work: Callable[[Current], Given]) -> Given:
        """Return what some work makes of the newest generation; it runs in a thread, a few at once.

        Problem if too many are waiting already.
        """
        if self._waiting >= self._limits.waiting:
            raise Problem(BUSY, headers={"Retry-After": "1"})
        self._waiting += 1  # on the event loop alone, so without a lock
        try:
            return await to_thread.run_sync(self._work, work, limiter=self._threads)
        finally:
            self._waiting -= 1

    def _work(self, work: Callable[[Current], Given]) -> Given:
        with self.current() as current:
            return work(current)

    def _leave(self, opened: _Opened) -> None:
        with self._lock:
            opened.users -= 1
            is_last = opened.replaced and not opened.users
        if is_last:
            opened.current.searcher.close()

    # --- a new build ---

    def _look(self, searcher: Searcher) -> None:
        """Have a newer generation opened if there is one; the request at hand does not wait for it."""
        with self._lock:
            now = monotonic()
            if now < self._look_at or self._opening is not None:
                return
            self._look_at = now + EVERY
            if searcher.is_newest():
                return
            self._opening = Thread(target=self._open, name="abzats-open", daemon=True)
            self._opening.start()

    def _open(self) -> None:
        try:
            opened = _Opened(open_index(self._index, settings=self._settings, compiled=is_there()))
        except IndexFailure as failure:
            # What is open goes on being searched: a folder may be emptied and built anew.
            _log.warning("%s", failure)
            with self._lock:
                self._look_at = monotonic() + AGAIN
                self._opening = None
            return
        with self._lock:
            before, self._opened = self._opened, opened
            before.users += 1
            before.replaced = True
            self._opening = None
        self._leave(before)
