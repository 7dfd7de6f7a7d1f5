"""Segments are the same however the work is shared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Document, build_index
from indexer.backends.whoosh import arrays, assembly, cores, gathering, store
from indexer.backends.whoosh.contents import EXTENSION
from indexer.backends.whoosh.store import Store
from indexer.compiled import is_there
from indexer.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

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


def built(index: Path, *, processes: int, documents: list[Document] = DOCUMENTS) -> arrays.Arrays:
    build_index(documents, index, processes=processes)
    (segment,) = index.glob(f"*{EXTENSION}")
    return arrays.read(segment)


def assert_equal(made: arrays.Arrays, expected: arrays.Arrays) -> None:
    assert list(made) == list(expected)
    for name, array in made.items():
        assert array.dtype == expected[name].dtype
        assert np.array_equal(array, expected[name], equal_nan=array.dtype.kind == "f"), name


def test_threads_and_their_shares_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = built(tmp_path / "at once", processes=1)
    assert len(expected["low"]) > 500
    for places, processes in ((1, 1), (50, 1), (50, 3), (200, 99)):
        monkeypatch.setattr(assembly, "_AT_ONCE", places)
        made = built(tmp_path / f"{places} by {processes}", processes=processes)
        assert_equal(made, expected)


def test_lists_are_the_same_by_compiled_loops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Words whose gaps fit no byte, and a paragraph with more lemmas than there is room for at first.
    rare = [Document(f"{at}.txt", "Стали мыла раму.\n\nВ печи\n\n" + "Дом. " * (at % 3)) for at in range(300)]
    rare[7] = Document("7.txt", "Заря. " + " ".join(f"слово{at} вице-министр" for at in range(500)))
    rare[298] = Document("298.txt", "Заря большой стали", title="О стали")
    for name, documents in (("few", DOCUMENTS), ("rare", rare)):
        expected = built(tmp_path / name, processes=1, documents=documents)
        for threads in (1, 2, 5):
            with monkeypatch.context() as patched:
                by_loops = partial(assembly.assemble, threads=threads, by_loops=True)
                patched.setattr(store, "assemble", lambda *given, by=by_loops, **_: by(*given))
                made = built(tmp_path / f"{name} by {threads}", processes=1, documents=documents)
            assert_equal(made, expected)
    assert made["text.gap2"].size


def test_loops_are_loaded_for_the_arrays_that_they_get(tmp_path: Path) -> None:
    if not is_there():
        pytest.skip("Numba is not installed")
    index = tmp_path / "index"
    with Store(index, Settings(), rebuild=False, wait=0, threads=1, by_loops=True) as opened:
        scanned = cores.scan([(one.path, one) for one in DOCUMENTS], "build", Settings())
        opened.add(opened.numbering.translated(scanned))
        opened.numbering.add(cores.look_up(opened.numbering.unknown, Settings()))
        opened.commit("")
    for name in ("_note", "_put"):
        assert len(getattr(gathering, name).signatures) == 1


@given(st.lists(st.integers(0, 300) | st.integers(0, 2**32 - 1)))
def test_equal_numbers_stay_in_order(numbers: list[int]) -> None:
    expected = sorted(range(len(numbers)), key=numbers.__getitem__)
    assert arrays.stable_order(np.array(numbers, np.int64)).tolist() == expected
