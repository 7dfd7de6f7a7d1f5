"""What a build has done on every core: a process that does it imports this module, and nothing else of a build."""

from __future__ import annotations

import atexit
import gc
import os
import pickle
import time
from functools import cache, lru_cache
from threading import Thread
from typing import TYPE_CHECKING, Any

from indexer.analysis import russian
from indexer.backends.whoosh import lookup
from indexer.backends.whoosh.inversion import Scan, Scanner

if TYPE_CHECKING:
    from indexer.backends.whoosh.words import Entries
    from indexer.settings import Settings
    from indexer.types import Document

_LOOKS = 1.0  # seconds between two looks at whether the build is still there


def scan(batch: list[tuple[str, Document]], build: str, settings: Settings, *, by_loops: bool = False) -> Scan:
    """Return documents, each with the name of its file, as numbers of the words that this process has met."""
    return _scanner(build, settings, by_loops).scan(batch)


@lru_cache(1)
def _scanner(build: str, settings: Settings, by_loops: bool) -> Scanner:  # noqa: ARG001, FBT001 -- each build has its own; remembered by its arguments
    return Scanner(_analyzer(settings.analysis), settings.reading, by_loops=by_loops)


def look_up(keys: list[bytes], settings: Settings) -> Entries:
    """Return what words are found by."""
    return lookup.look_up(keys, _analyzer(settings.analysis))


# One for each process.
_analyzer = cache(russian)


def begin(build: int) -> None:
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


def apart(pickled: bytes) -> Any:  # noqa: ANN401 -- whatever the work returns
    """Return what work returns, given with its arguments by the build, in a process that does nothing else."""
    work, arguments = pickle.loads(pickled)  # noqa: S301 -- the build's own
    done = work(*arguments)
    # loky collects garbage every second. There is none, and all that is known of words need not be looked through.
    gc.freeze()
    return done
