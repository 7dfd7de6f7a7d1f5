"""Segments are the same however the work is shared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Document, build_index
from indexer.backends.whoosh import arrays, assembly, codes, cores, inversion, listing, words
from indexer.backends.whoosh.contents import EXTENSION
from indexer.backends.whoosh.segment import ANALYSED_FIELDS, Segment
from indexer.ranking import WEIGHT_STEPS
from tests.looping import in_both_ways

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from indexer.backends.whoosh.segment import Field

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


@pytest.mark.parametrize("bits", [(words.START, words.LEMMA), (31, 31)])  # in 32 bits, and in 64
def test_lists_tell_what_the_texts_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bits: tuple[int, int]) -> None:
    for module in (words, listing):
        for name, wide in zip(("START", "LEMMA"), bits, strict=True):
            monkeypatch.setattr(module, name, wide)
    segment = Segment(built(tmp_path, processes=1), None)
    assert {part.dtype.itemsize for part in segment.words.packed} == {8 if bits == (31, 31) else 4}
    for field, b in zip(ANALYSED_FIELDS, (0.85, 0.75, 0.75, 0.75), strict=True):
        of = segment.fields[field]
        read = of.read(np.arange(len(of.lemmas)))
        found = zip(of.lemmas[read.of].tolist(), read.rows.tolist(), read.codes.tolist(), strict=True)
        assert list(found) == as_read(segment, of, b)
        assert len(read.rows) > 50 or field in {"source", "author"}


def as_read(segment: Segment, of: Field, b: float) -> list[tuple[int, int, int]]:
    """Return for each lemma and each row where it stands the code, from what the engine reads of the texts."""
    rows = np.arange(of.all.start, of.all.stop)
    lengths = of.lengths()
    starts, ends = segment.tokens.starts(rows).repeat(lengths), segment.tokens.ends(rows).repeat(lengths)
    places = np.arange(of.places) + (starts[0] if of.places else 0)
    readings = segment.words.readings(
        of.words(), lambda at: segment.tokens.neighbours(places[at], starts[at], ends[at])
    )
    steps: dict[tuple[int, int], int] = {}
    first: dict[tuple[int, int], int] = {}
    row, position = np.arange(of.rows).repeat(lengths)[readings.place], (places - starts)[readings.place]
    every = zip(readings.lemma.tolist(), row.tolist(), position.tolist(), readings.steps.tolist(), strict=True)
    for lemma, at, where, weight in every:
        steps[lemma, at] = steps.get((lemma, at), 0) + weight
        first.setdefault((lemma, at), where)
    order = sorted(steps)
    average = lengths.mean() if len(lengths) and lengths.any() else 1.0
    divisors = codes.per_word(lengths[[at for _, at in order]], b, average) if order else np.ones(0)
    written = codes.write(
        np.array([steps[pair] for pair in order]) / WEIGHT_STEPS,
        np.array([first[pair] for pair in order], np.int64),
        divisors,
    )
    return [(*pair, code) for pair, code in zip(order, written.tolist(), strict=True)]


@given(st.lists(st.integers(0, 300) | st.integers(0, 2**32 - 1)))
def test_equal_numbers_stay_in_order(numbers: list[int]) -> None:
    expected = sorted(range(len(numbers)), key=numbers.__getitem__)
    assert arrays.stable_order(np.array(numbers, np.int64)).tolist() == expected


@in_both_ways
def test_a_segment_is_the_same_by_loops(
    loops_run: Callable[[], AbstractContextManager[None]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_arrays, by_loops = tmp_path / "arrays", tmp_path / "loops"
    build_index(DOCUMENTS, by_arrays, processes=1)
    monkeypatch.setattr(cores, "Scanner", partial(inversion.Scanner, seen=10**9))
    with loops_run():
        build_index(DOCUMENTS, by_loops, processes=1)
    (here,), (there,) = (index.glob(f"*{EXTENSION}") for index in (by_arrays, by_loops))
    assert here.read_bytes() == there.read_bytes()
