"""Both engines over the same documents."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from indexer import build_index
from indexer.analysis import russian
from indexer.backends.memory import MemoryEngine
from indexer.backends.whoosh.search import open_engine
from indexer.search import Search
from indexer.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from indexer.backends.base import Engine
    from indexer.types import Document

SETTINGS = Settings()
ANALYZER = russian(SETTINGS.analysis)


def memory(documents: Iterable[Document]) -> Engine:
    """Return the reference engine."""
    return MemoryEngine(documents, ANALYZER, SETTINGS)


def whoosh(*states: Sequence[Document], by_loops: bool = False) -> Engine:
    """Return the embedded engine after as many builds as there are states of the corpus.

    Where there is no Numba, loops are not compiled, and do the same.
    """
    # The mapped files outlive the folder.
    with TemporaryDirectory() as folder:
        for documents in states:
            build_index(documents, Path(folder), settings=SETTINGS, processes=1)
        return open_engine(Path(folder), SETTINGS, by_loops=by_loops)[0]


ENGINES: dict[str, Callable[[list[Document]], Engine]] = {
    "memory": memory,
    "whoosh": whoosh,
    "loops": partial(whoosh, by_loops=True),
}


def search(engine: Engine) -> Search:
    """Return what asks an engine as the library does."""
    return Search(engine, SETTINGS)
