"""What a build on a cluster has done on every core: a process that does it imports this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.backends.opensearch.writing import Writer

if TYPE_CHECKING:
    from indexer.backends.opensearch.writing import Target, Written
    from indexer.settings import Settings
    from indexer.types import Document


def write(batch: list[tuple[str, Document]], target: Target, settings: Settings) -> Written:
    """Write documents, each with the name of its file; return what they have brought once the cluster has them."""
    return _writer(target, settings).write(batch)


def end() -> None:
    """Let go of the sockets of this process."""
    while _WRITERS:
        _WRITERS.popitem()[1].close()


_WRITERS: dict[tuple[Target, Settings], Writer] = {}  # of this process: one, of the build at hand


def _writer(target: Target, settings: Settings) -> Writer:
    if (target, settings) not in _WRITERS:
        end()
        _WRITERS[target, settings] = Writer(target, settings)
    return _WRITERS[target, settings]
