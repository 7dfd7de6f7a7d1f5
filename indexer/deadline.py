"""How long a search may take. A thread cannot be stopped from outside: so the search itself looks at the clock."""

from __future__ import annotations

from math import inf
from time import monotonic

from indexer.errors import QueryTooSlow


class Deadline:
    """A moment by which a search must be done; it may be of several that make up one answer.

    >>> Deadline(seconds=60).check()
    """

    def __init__(self, seconds: float) -> None:
        """Let it be so many seconds from now."""
        self._seconds = seconds
        self._at = monotonic() + seconds

    @property
    def left(self) -> float:
        """How many seconds are left; below zero when it has passed."""
        return self._at - monotonic()

    def check(self) -> None:
        """QueryTooSlow if it has passed."""
        if monotonic() > self._at:
            raise QueryTooSlow(seconds=self._seconds)


NEVER = Deadline(inf)
