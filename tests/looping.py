"""Kept loops as they are compiled, and as Python runs them, with a look at each place of an array."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer.backends.whoosh.inversion import LOOPS
from indexer.compiled import is_there, kept

if TYPE_CHECKING:
    from collections.abc import Iterator


class Guarded:
    """An array of which no place is taken that it has not: not one from its end, either."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, at: int) -> np.generic:
        assert 0 <= at < len(self._array)
        found: np.generic = self._array[at]
        return found

    def __setitem__(self, at: int, number: int) -> None:
        assert 0 <= at < len(self._array)
        self._array[at] = number


@contextmanager
def compiled() -> Iterator[None]:
    assert kept.are_ready(LOOPS, make=True)
    yield


@contextmanager
def looked_at() -> Iterator[None]:
    def run(loop: kept.Loop, *given: np.ndarray | int) -> int:
        with np.errstate(over="ignore"):  # a hash is what is left of a product
            return int(loop.function(*(Guarded(one) if isinstance(one, np.ndarray) else one for one in given)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept.Loop, "__call__", run)
        # Those by which words are looked up are asked for too, and who is told that they are there asks no more.
        patch.setattr(kept, "preferred", lambda loops, saved: saved > 0 and set(loops) <= set(LOOPS))
        yield


with_numba = pytest.mark.skipif(not is_there(), reason="without Numba nothing is compiled")
in_both_ways = pytest.mark.parametrize(
    "loops_run", [pytest.param(looked_at, id="looked at"), pytest.param(compiled, id="compiled", marks=with_numba)]
)
