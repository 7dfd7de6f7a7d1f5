"""How much memory a build takes: of all its processes together, at its worst moment."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOKS = 0.2  # seconds between two looks
_PROC = Path("/proc")


class Peak:
    """The most memory that this process and those it has started take at once, as often as it was looked.

    What processes share is counted once (PSS), for a mapped file is in all of them. Linux only.
    """

    def __init__(self) -> None:
        self.mebibytes = 0.0
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.mebibytes = max(self.mebibytes, sum(map(_proportional, _family(os.getpid()))) / 2**20)
            if self._over.wait(_LOOKS):
                break


def _family(process: int) -> Iterator[int]:
    """Give a process and all that it has started, and they."""
    yield process
    numbers: list[str] = []
    with suppress(OSError):  # it has just ended
        for children in (_PROC / str(process)).glob("task/*/children"):
            with suppress(OSError):  # or a thread of it
                numbers += children.read_text(encoding="ascii").split()
    for number in numbers:
        yield from _family(int(number))


def _proportional(process: int) -> int:
    """Return the bytes of a process, what it shares divided among those it shares it with; 0 if it has just ended."""
    try:
        lines = (_PROC / str(process) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 2**10 for line in lines if line.startswith("Pss:"))
