"""Segments are the same however the work is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer import Document, build_index
from indexer.backends.whoosh import arrays, assembly
from indexer.backends.whoosh.contents import EXTENSION

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

WORDS = "стали сталь закалка Орёл орёл вице-министр мыла раму большой дом на горе".split()
DOCUMENTS = [
    Document(
        f"{number}.txt",
        "\n\n".join(
            f"{WORDS[(number + at) % 12]} {WORDS[number * at % 12]}. Все стали {at}." for at in range(number % 7)
        ),
        title=f"О {WORDS[number % 12]}",
    )
    for number in range(60)
]


def built(index: Path, *, processes: int) -> arrays.Arrays:
    build_index(DOCUMENTS, index, processes=processes)
    (segment,) = index.glob(f"*{EXTENSION}")
    return arrays.read(segment)


def test_threads_and_their_shares_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = built(tmp_path / "at once", processes=1)
    assert len(expected["low"]) > 500
    for places, processes in ((1, 1), (50, 1), (50, 3), (200, 99)):
        monkeypatch.setattr(assembly, "_AT_ONCE", places)
        made = built(tmp_path / f"{places} by {processes}", processes=processes)
        assert made.keys() == expected.keys()
        for name, array in made.items():
            assert array.dtype == expected[name].dtype
            assert np.array_equal(array, expected[name], equal_nan=array.dtype.kind == "f"), name


@given(st.lists(st.integers(0, 300) | st.integers(0, 2**32 - 1)))
def test_equal_numbers_stay_in_order(numbers: list[int]) -> None:
    expected = sorted(range(len(numbers)), key=numbers.__getitem__)
    assert arrays.stable_order(np.array(numbers, np.int64)).tolist() == expected
