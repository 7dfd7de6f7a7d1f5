"""Numbers of hashes, and of the tokens that have them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from indexer.analysis import russian
from indexer.analysis.tokenize import tokenize
from indexer.backends.whoosh import interning
from indexer.backends.whoosh.hashtable import HashTable
from indexer.backends.whoosh.inversion import Scanner
from indexer.backends.whoosh.terms import Strings
from indexer.backends.whoosh.words import key_of
from indexer.paragraphs import passages
from indexer.settings import Analysis, Reading
from indexer.types import Document
from tests.looping import in_both_ways

Way = Callable[[], AbstractContextManager[None]]
ENOUGH = 10**9  # characters

# Few, and many with the same first place, the last one among them, so that they stand elsewhere than at their own.
HASHES = st.builds(lambda top, low: top << 48 | low, st.sampled_from([0, 1, 2, 0xFFFF]), st.integers(1, 40))


@given(st.lists(st.lists(HASHES, max_size=60), max_size=8))
def test_a_hash_has_the_number_of_its_first_meeting(every: list[list[int]]) -> None:
    table = HashTable()
    known: dict[int, int] = {}
    for hashes in every:
        expected, new = [], []
        for place, one in enumerate(hashes):
            if one not in known:
                known[one] = len(known)
                new.append(place)
            expected.append(known[one])
        numbers, first = table.numbers(np.array(hashes, np.uint64))
        assert (numbers.tolist(), first.tolist(), len(table)) == (expected, new, len(known))


def test_a_table_that_grows_forgets_nothing() -> None:
    hashes = np.random.default_rng(1).integers(1, 1 << 64, size=(12, 20_000), dtype=np.uint64)
    table = HashTable()
    met = [table.numbers(some)[0].tolist() for some in hashes]
    assert [number for some in met for number in some] == list(range(hashes.size))
    assert [table.numbers(some)[0].tolist() for some in hashes] == met


TEXTS = st.lists(
    st.lists(
        st.sampled_from("Он он ОН Ёж. ёж за́мок xор Да! \U0001d400 \U0001f600 т. е. 10 000".split(" ")), max_size=9
    ),
    max_size=9,
).map(lambda texts: [" ".join(words) for words in texts])


ANY = st.lists(st.text(st.one_of(st.characters(), st.sampled_from("\ud83d\ude00аёa- Ѱ")), max_size=90), max_size=4)


def by_loops(table: HashTable, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return interning.numbers(hashes, table)


@in_both_ways
@given(st.lists(st.tuples(st.lists(HASHES, max_size=60), st.booleans()), max_size=8))
def test_loops_number_hashes_as_arrays_do_and_go_on_where_these_left_off(
    loops_run: Way, batches: list[tuple[list[int], bool]]
) -> None:
    table, by_arrays = HashTable(), HashTable()
    with loops_run():
        for some, is_by_loops in batches:
            hashes = np.array(some, np.uint64)
            found = by_loops(table, hashes) if is_by_loops else table.numbers(hashes)
            expected = by_arrays.numbers(hashes)
            assert [array.tolist() for array in found] == [array.tolist() for array in expected]


@in_both_ways
def test_a_table_grows_under_loops(loops_run: Way) -> None:
    hashes = np.random.default_rng(1).integers(1, 1 << 64, size=40_000, dtype=np.uint64)
    table, by_arrays = HashTable(), HashTable()
    with loops_run():
        for some in (hashes[:30_000], hashes[20_000:]):
            found, expected = by_loops(table, some), by_arrays.numbers(some)
            assert [array.tolist() for array in found] == [array.tolist() for array in expected]
    assert len(table) == len(by_arrays) == 40_000
    assert table.numbers(hashes)[0].tolist() == by_arrays.numbers(hashes)[0].tolist()


@in_both_ways
@given(st.lists(TEXTS | ANY, max_size=3), st.sampled_from([0, ENOUGH]))
def test_a_scanner_numbers_each_word_once(loops_run: Way, batches: list[list[str]], seen: int) -> None:
    with loops_run():
        each_word_once(batches, seen)


def each_word_once(batches: list[list[str]], seen: int) -> None:
    analyzer = russian(Analysis(longest_word=3))
    scanner = Scanner(analyzer, Reading(), seen)
    keys: list[bytes] = []
    for texts in batches:
        scan = scanner.scan((str(at), Document(str(at), text)) for at, text in enumerate(texts))
        keys += Strings.joined(scan.keys).all()
        found = [keys[number] for number in scan.content.fields["text"].words.tolist()]
        passages_ = [passage for text in texts for _, passage in passages(text, Reading())]
        tokens = [token for passage in passages_ for token in tokenize(passage)]
        assert found == [key_of(*analyzer.key(token.text, token.opens_sentence)) for token in tokens]
