"""What loops are told of arrays that are not handed over to them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer import compiled
from indexer.compiled import Held, viewing

if TYPE_CHECKING:
    from pathlib import Path

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


def test_what_was_compiled_does_not_outlive_what_it_was_made_of(tmp_path: Path) -> None:
    """It is compiled together with loops of other files, and is kept beside its own."""
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    loop = "from indexer.compiled import compiled\n@compiled\ndef {}(number):\n    return {}\n"
    inner, outer = tmp_path / "inner.py", tmp_path / "outer.py"
    outer.write_text("from inner import times\n" + loop.format("twice", "times(times(number))"), encoding="utf-8")
    for times, is_known in ((2, False), (2, True), (3, False)):
        inner.write_text(loop.format("times", f"{times} * number"), encoding="utf-8")
        asked = "from outer import twice; print(twice(1), len(twice.stats.cache_hits))"
        called = subprocess.run(
            [sys.executable, "-B", "-c", asked],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert called.stdout.split() == [str(times * times), str(int(is_known))]
