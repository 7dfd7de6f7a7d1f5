"""Whether many words are looked up by loops that are compiled and kept: a process that has looked up enough of them."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.compiled.kept import Loop

# Seconds of the processor that loops save of a word: see indexer/README.md.
_SAVED = 1.7e-6

_are_loops_there = Event()
_looked_up: list[int] = []  # words of this process, share by share


def by_loops() -> bool:
    """Whether loops are called; what these do arrays do too, with the same result."""
    return _are_loops_there.is_set()


def count(words: int) -> None:
    """Take that so many words are looked up, which in the end are worth to load loops."""
    if by_loops():
        return
    _looked_up.append(words)
    from indexer.compiled import kept  # noqa: PLC0415 -- a search need not read what compiles

    if kept.preferred(loops(), sum(_looked_up) * _SAVED):
        _are_loops_there.set()


def loops() -> tuple[Loop, ...]:
    """Return those by which words are looked up."""
    from indexer.analysis import weighing  # noqa: PLC0415 -- likewise
    from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- likewise

    return (*loops.LOOPS, *weighing.LOOPS)
