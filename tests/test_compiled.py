"""What loops are told of arrays that are not handed over to them."""

from __future__ import annotations

import numpy as np
import pytest

from indexer import compiled
from indexer.compiled import Held, viewing

_view = viewing()
ARRAYS: tuple[np.ndarray, ...] = (
    np.arange(5, dtype=np.uint8),
    np.array([7, 0xFFFF], np.uint16),
    np.zeros(0, np.uint32),
    np.array([-1, 1 << 40]),
    np.array([0.1, -np.inf]),
    np.array([True, False, True]),
)
held = Held(ARRAYS, [array.dtype.type for array in ARRAYS])


@compiled.compiled
def seen(table: np.ndarray) -> tuple[np.ndarray, ...]:
    return (
        _view(table, 0, np.uint8).copy(),
        _view(table, 1, np.uint16).copy(),
        _view(table, 2, np.uint32).copy(),
        _view(table, 3, np.int64).copy(),
        _view(table, 4, np.float64).copy(),
        _view(table, 5, np.bool_).copy(),
    )


def assert_same(found: tuple[np.ndarray, ...]) -> None:
    for here, there in zip(found, ARRAYS, strict=True):
        assert here.dtype == there.dtype
        assert here.tolist() == there.tolist()


def test_arrays_are_found_where_a_table_tells() -> None:
    assert_same(seen(held.table))


def test_they_are_found_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_there", lambda: False)
    view, table = viewing(), held.table
    assert_same(tuple(view(table, at, array.dtype.type) for at, array in enumerate(ARRAYS)))


def test_what_is_seen_is_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_there", lambda: False)
    with pytest.raises(ValueError, match="read-only"):
        viewing()(held.table, 0, np.uint8)[0] = 1


def test_where_nothing_can_be_kept_loops_are_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    caching = pytest.importorskip("numba.core.caching", reason="without Numba nothing is compiled")
    monkeypatch.setattr(caching.CompileResultCacheImpl, "_locator_classes", [])  # where Numba may write to

    @compiled.compiled
    def doubled(number: int) -> int:
        return 2 * number

    assert doubled(21) == 42
