"""What the embedded engine keeps its postings in: lists, sets of rows, codes, blocks of text, sentences."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from indexer import ranking
from indexer.backends.whoosh import arrays, codes, lists, terms, texts
from indexer.backends.whoosh.rowset import RowSet, intersection, union
from indexer.backends.whoosh.words import form_of, form_term
from indexer.settings import Ranking

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 300_000  # rows: some gaps fit no byte, some no two
rows_of_list = st.sets(st.integers(0, SIZE - 1) | st.integers(0, 300), min_size=1, max_size=40).map(sorted)


@given(st.lists(rows_of_list, min_size=1, max_size=6), st.data())
def test_lists_read_as_they_were_written(every: list[list[int]], data: st.DataObject) -> None:
    rows = np.array([row for one in every for row in one])
    coded = (rows % 251).astype(np.uint8)
    made = lists.write(rows, coded, np.array([len(one) for one in every]))
    wanted = data.draw(st.lists(st.integers(0, len(every) - 1), unique=True, min_size=1))
    stored = lists.Stored(made)
    read = stored.read(np.array(wanted))
    assert read.of.tolist() == [at for at, number in enumerate(wanted) for _ in every[number]]
    assert read.rows.tolist() == [row for number in wanted for row in every[number]]
    assert read.codes.tolist() == [row % 251 for row in read.rows.tolist()]
    for number in wanted:
        alone, its_codes = stored.place(number).read()
        assert (alone.tolist(), its_codes.tolist()) == (every[number], [row % 251 for row in every[number]])


some = st.sets(st.integers(0, 99))


@given(st.lists(st.tuples(some, st.booleans()), min_size=1, max_size=5), st.lists(st.integers(0, 99), max_size=20))
def test_sets_of_rows_are_sets(drawn: list[tuple[set[int], bool]], asked: list[int]) -> None:
    def made(rows: set[int], *, dense: bool) -> RowSet:
        numbers = np.array(sorted(rows), np.int64)
        return RowSet.of_mask(np.isin(np.arange(100), numbers)) if dense else RowSet.of_rows(numbers, 100)

    sets = [made(rows, dense=dense) for rows, dense in drawn]
    plain = [rows for rows, _ in drawn]
    results = [
        (union(sets, 100), set().union(*plain)),
        (intersection(sets), set.intersection(*plain)),
        (sets[0] - sets[-1], plain[0] - plain[-1]),
        (sets[0] & sets[-1], plain[0] & plain[-1]),
        (RowSet.all_of(np.array([*plain[0], *plain[0]], np.int64), 100), plain[0]),
    ]
    for found, expected in results:
        assert found.rows().tolist() == sorted(expected)
        assert found.count == len(expected)
        assert found.has(np.array(asked, np.int64)).tolist() == [row in expected for row in asked]
        found.bits()  # from here on it is asked by these
        assert found.has(np.array(asked, np.int64)).tolist() == [row in expected for row in asked]  # by its bits


@given(
    st.integers(1, 5000),
    st.integers(0, 500),
    st.integers(1, 2000),
    st.floats(0, 1),
    st.floats(1, 500),
    st.floats(1, 500),
    st.sampled_from([Ranking(), Ranking(k1=1.2), Ranking(k1=0.0), Ranking(lead=2.0, lead_words=3)]),
)
def test_a_code_is_never_less_than_the_score(
    agreement: int, first: int, length: int, b: float, then: float, now: float, settings: Ranking
) -> None:
    """Whatever the average length was when the code was made, and is when it is read."""
    divisors = codes.per_word(np.array([length]), b, then)
    code = codes.write(np.array([agreement / 100]), np.array([first]), divisors)
    saturation = ranking.Saturation(settings.k1, b)
    table = codes.read(np.array([b, then]), b, now)
    collection = ranking.Collection(1000, round(1000 * now))
    table = codes.read(np.array([b, then]), b, collection.average)
    exact = ranking.bm25(float(agreement * 100), float(length), 1.0, collection, saturation)
    assert codes.bm25(table.frequency, saturation)[code][0] >= exact * (1 - 1e-12)
    assert codes.lead(table, settings)[code][0] >= ranking.lead(float(first), 1.0, settings) * (1 - 1e-12)


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 500), st.integers(1, 600)), min_size=1), st.floats(0, 1))
def test_codes_that_are_looked_up_are_those_that_are_worked_out(rows: list[tuple[int, int, int]], b: float) -> None:
    steps, first, lengths = np.array(rows).T
    upper = codes.Scale(lengths, b, 30.0).often(steps, np.arange(len(rows)), lengths)
    expected = codes.write(steps / ranking.WEIGHT_STEPS, first, codes.per_word(lengths, b, 30.0))
    assert (upper | codes.near(501)[first]).tolist() == expected.tolist()


def test_a_code_made_for_another_b_bounds_nothing() -> None:
    assert codes.read(np.array([0.75, 10.0]), 0.5, 10.0).frequency.min() > 1e6


@given(st.lists(st.text(max_size=3000), min_size=1, max_size=30), st.integers(1, 29))
def test_texts_are_what_was_packed(drawn: list[str], cut: int) -> None:
    every = [text.encode("utf-8", "surrogatepass") for text in drawn]
    parts = [part for part in (every[:cut], every[cut:]) if part]
    stored = texts.Texts(texts.write([texts.pack(part) for part in parts]))
    assert [stored[row] for row in range(len(every))] == every
    again = texts.Texts(texts.write([stored.all()]))
    assert [again[row] for row in range(len(every))] == every


@given(st.text(min_size=1).filter(lambda form: "\0" not in form))
def test_a_term_stands_for_its_form(form: str) -> None:
    assert form_of(form_term(form)) == form


@pytest.mark.parametrize("name", ["xquad_ru", "wikinews_headlines_ru", "ru_codes_law"])
def test_sentences_end_where_razdel_ends_them(shared_data: Path, name: str) -> None:
    from razdel import sentenize  # noqa: PLC0415 -- what is compared with

    from indexer.sentences import ends  # noqa: PLC0415 -- beside it

    with gzip.open(shared_data / "relevance" / name / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        every = [json.loads(line)["text"] for line in islice(lines, 900)]
    for text in every:
        assert [len(text[:end].rstrip()) for end in ends(text)] == [one.stop for one in list(sentenize(text))[:-1]]


strings = st.sets(st.text(alphabet="аб\0\n", max_size=4).map(str.encode), max_size=400).map(sorted)


@given(every=strings, asked=st.text(alphabet="абв", max_size=4).map(str.encode), are_kept=st.booleans())
def test_terms_are_what_was_written(*, every: list[bytes], asked: bytes, are_kept: bool) -> None:
    made = terms.Terms(terms.write(terms.Strings.of(every)))
    if are_kept:
        made.keep()
    assert (len(made), made.all(), [made[at] for at in range(len(every))]) == (len(every), every, every)
    assert made.first(asked) == sum(one < asked for one in every)
    assert made.several(range(0, len(every), 2)) == every[::2]
    assert [made.number(one) for one in every] == list(range(len(every)))
    assert made.number(asked) == (every.index(asked) if asked in every else None)


# Bytes of zero at the end and long beginnings in common are what numbers of eight bytes do not tell apart.
beginnings = st.sampled_from(["", "а", "закал", "абвгдежзийклмноп", "абвгдежзийклмноп" * 2])
alike = st.builds(lambda start, end: (start + end).encode(), beginnings, st.text(alphabet="ая1\0", max_size=5))


@given(st.lists(alike, max_size=40, unique=True), st.data())
def test_strings_are_put_in_order_as_bytes_are(every: list[bytes], data: st.DataObject) -> None:
    made = terms.Strings.joined(terms.joined(every[:5]) + terms.joined(every[5:]))
    assert made.all() == every
    order = made.order()
    assert made.taken(order).all() == sorted(every)
    some = data.draw(st.lists(st.integers(0, len(every) - 1))) if every else []
    assert made.taken(np.array(some, np.int64)).all() == [every[at] for at in some]


def test_what_is_added_twice_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with arrays.Writer(file) as writer:
        writer.add({"one": np.arange(3)})
        writer.add({"one": np.arange(3), "two": np.arange(100, dtype=np.uint8)})
    found = arrays.read(file)
    assert {name: array.tolist() for name, array in found.items()} == {"one": [0, 1, 2], "two": list(range(100))}
    arrays.write(tmp_path / "at once", {"one": np.arange(3), "two": np.arange(100, dtype=np.uint8)})
    assert file.read_bytes() == (tmp_path / "at once").read_bytes()


def test_what_was_given_up_is_no_file_of_arrays(tmp_path: Path) -> None:
    def fail(writer: arrays.Writer) -> None:
        writer.add({"one": np.arange(3)})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), arrays.Writer(tmp_path / "file") as writer:
        fail(writer)
    with pytest.raises(arrays.NotArrays, match="file is not a file of this program"):
        arrays.read(tmp_path / "file")


def test_more_arrays_than_the_header_has_room_for_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1000 arrays are more than a file may have"):
        arrays.write(tmp_path / "file", {str(number): np.arange(3) for number in range(1000)})
    with pytest.raises(arrays.NotArrays):
        arrays.read(tmp_path / "file")
