"""All engines over the same documents; that of a cluster where there is one."""

from __future__ import annotations

import atexit
from collections import deque
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from indexer import build_index
from indexer.analysis import russian
from indexer.backends.memory import MemoryEngine
from indexer.backends.opensearch.search import open_engine as open_on_cluster
from indexer.backends.whoosh.search import open_engine
from indexer.compiled import is_there
from indexer.search import Search
from indexer.settings import Settings
from tests.opensearch.running import new_index, remove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from indexer.addresses import Cluster
    from indexer.backends.base import Engine
    from indexer.types import Document

COMPILED = pytest.mark.skipif(not is_there(), reason="takes minutes where loops are not compiled (the extra fast)")
SETTINGS = Settings()
ANALYZER = russian(SETTINGS.analysis)


def memory(documents: Iterable[Document]) -> Engine:
    """Return the reference engine."""
    return MemoryEngine(documents, ANALYZER, SETTINGS)


def whoosh(*states: Sequence[Document], by_loops: bool = False) -> Engine:
    """Return the embedded engine after as many builds as there are states of the corpus.

    Where there is no Numba, loops are not compiled, and do the same.
    """
    return _whoosh(states, [by_loops])[0]


def whoosh_both_ways(*states: Sequence[Document]) -> list[Engine]:
    """Return it twice over one index: by array operations, and by loops."""
    return _whoosh(states, [False, True])


def _whoosh(states: Sequence[Sequence[Document]], ways: Sequence[bool]) -> list[Engine]:
    # The mapped files outlive the folder.
    with TemporaryDirectory() as folder:
        for documents in states:
            build_index(documents, Path(folder), settings=SETTINGS, processes=1)
        return [open_engine(Path(folder), SETTINGS, by_loops=by_loops)[0] for by_loops in ways]


_MOST_KEPT = 20  # indices: a cluster has an end of them
_kept: deque[Cluster] = deque()


def _remove_all() -> None:
    for index in _kept:
        remove(index)


def opensearch(*states: Sequence[Document], settings: Settings = SETTINGS) -> Engine:
    """Return the engine of a cluster after as many builds; the index is removed when there are twenty newer ones.

    It skips the test where there is no cluster.
    """
    index = new_index()
    if not _kept:
        atexit.register(_remove_all)  # after the cluster's own stop was registered, so that it is done before it
    _kept.append(index)
    if len(_kept) > _MOST_KEPT:
        remove(_kept.popleft())
    for documents in states:
        build_index(documents, index, settings=settings, processes=1)
    return open_on_cluster(index, settings)[0]


ENGINES: dict[str, Callable[[list[Document]], Engine]] = {
    "memory": memory,
    "whoosh": whoosh,
    "loops": partial(whoosh, by_loops=True),
    "opensearch": opensearch,
}


def search(engine: Engine) -> Search:
    """Return what asks an engine as the library does."""
    return Search(engine, SETTINGS)
