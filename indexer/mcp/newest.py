"""The newest build of an index, whenever it is asked for."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from indexer.search import open_index

if TYPE_CHECKING:
    from indexer.addresses import Place
    from indexer.search import Searcher


class Newest:
    """An index that is opened when it is first asked for, and again when there is a newer build of it."""

    def __init__(self, index: Place) -> None:
        self._index = index
        self._searcher: Searcher | None = None
        self._lock = Lock()

    def searcher(self) -> Searcher:
        """Return a searcher over the newest build; IndexMissing, IndexIncompatible or IndexDamaged if there is none.

        The one before is not closed: another thread may be searching it. The system unmaps it after its last use.
        """
        with self._lock:
            if self._searcher is None or not self._searcher.is_newest():
                self._searcher = open_index(self._index)
            return self._searcher
