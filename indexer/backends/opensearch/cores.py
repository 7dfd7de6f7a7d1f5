"""What a build on a cluster has done on every core: a process that does it imports this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.backends.opensearch.writing import Writer

if TYPE_CHECKING:
    from indexer.backends.opensearch.writing import Target, Written
    from indexer.pieces import Share, Survey
    from indexer.settings import Settings


def write(share: Share, target: Target, settings: Settings) -> tuple[Survey | None, Written]:
    """Write documents; return what they have brought once the cluster has them, and of files what was seen of them."""
    survey, documents = (None, share) if isinstance(share, list) else share.read(settings)
    return survey, _writer(target, settings).write(documents)


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
