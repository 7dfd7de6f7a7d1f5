"""Numbers of hashes, and of the tokens that have them."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from indexer.analysis import bulk, russian
from indexer.analysis.tokenize import tokenize
from indexer.backends.whoosh import scanning
from indexer.backends.whoosh.hashtable import HashTable, Slots
from indexer.backends.whoosh.inversion import Scanner
from indexer.backends.whoosh.words import key_of
from indexer.settings import Analysis, Reading
from indexer.types import Document

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


def met(hashes: np.ndarray, slots: Slots) -> tuple[np.ndarray, np.ndarray]:
    """Return what a loop tells of tokens with these hashes: of one character each, where all places count one."""
    points = np.arange(len(hashes), dtype=np.uint32)
    points.flags.writeable = False  # as a scanner has them: one type of arrays to compile for
    starts, ones = np.arange(len(hashes)), np.ones(len(hashes), np.uint64)
    numbers = np.zeros(1 << 16, np.uint64)
    numbers[: len(hashes)] = hashes
    hashing = scanning.Hashing(numbers, np.uint64(16), ones, ones, np.uint64(0))
    tokens = starts, starts + 1, np.zeros(len(hashes), np.bool_)
    with np.errstate(over="ignore"):
        found = scanning.meet(points, tokens, hashing, slots.with_room_for(len(hashes)))
    slots.count += len(found[1])
    return found


@given(st.lists(st.lists(HASHES, max_size=60), max_size=8))
def test_loops_number_hashes_as_the_table_does(every: list[list[int]]) -> None:
    table, slots = HashTable(), Slots()
    for hashes in every:
        array = np.array(hashes, np.uint64)
        numbers, first = met(array, slots)
        expected = table.numbers(array)
        assert (numbers.tolist(), first.tolist()) == (expected[0].tolist(), expected[1].tolist())
        assert slots.count == len(table)


def test_slots_that_grow_forget_nothing() -> None:
    hashes = np.random.default_rng(2).integers(1, 1 << 64, size=(3, 20_000), dtype=np.uint64)
    slots = Slots()
    found = [met(some, slots)[0].tolist() for some in hashes]
    assert [number for some in found for number in some] == list(range(hashes.size))
    assert [met(some, slots)[0].tolist() for some in hashes] == found


def test_a_table_that_grows_forgets_nothing() -> None:
    hashes = np.random.default_rng(1).integers(1, 1 << 64, size=(12, 20_000), dtype=np.uint64)
    table = HashTable()
    met = [table.numbers(some)[0].tolist() for some in hashes]
    assert [number for some in met for number in some] == list(range(hashes.size))
    assert [table.numbers(some)[0].tolist() for some in hashes] == met


WORDS = "Он он ОН Ёж. ёж за́мок xор Да! А а-б А-Б Аб-в xyz x1 1,5 ёа яё Яё é aé \U0001d400 \U0001f600 т. е. 10 000"
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS.split(" ")), max_size=9),
    max_size=9,
).map(lambda texts: [" ".join(words) for words in texts])


@pytest.mark.parametrize("by_loops", [False, True])
@given(batches=st.lists(TEXTS, max_size=3), longest=st.sampled_from([1, 3, 50]))
def test_a_scanner_numbers_each_word_once(batches: list[list[str]], longest: int, *, by_loops: bool) -> None:
    analyzer = russian(Analysis(longest_word=longest))
    scanner = Scanner(analyzer, Reading(), by_loops=by_loops)
    keys: list[bytes] = []
    for texts in batches:
        scan = scanner.scan((str(at), Document(str(at), text)) for at, text in enumerate(texts))
        keys += scan.keys
        found = [keys[number] for number in scan.content.fields["text"].words.tolist()]
        tokens = [token for text in texts for token in tokenize(text)]
        assert found == [key_of(*analyzer.key(token.text, token.opens_sentence)) for token in tokens]


def test_hashes_are_told_alike_by_loops_and_by_arrays() -> None:
    """A table that knows the hashes told by arrays meets none of those told by loops for the first time."""
    texts = ["Он и он. Он — \U0001d400\U0001d401, \U0002a6d6\ua6d6!", "и т. е. Нью-Йорк 10 000 ёж"]
    of = bulk.tokens(texts, by_loops=True)
    scanner = Scanner(russian(Analysis()), Reading(), by_loops=True)
    numbers = scanner._met(of)[1]  # noqa: SLF001 -- what it makes of tokens
    table = HashTable()
    assert table.numbers(scanner._hash(bulk.tokens(texts)))[0].tolist() == numbers.tolist()  # noqa: SLF001 -- likewise
    held = scanner._slots.with_room_for(0)[0].reshape(-1, 2)  # noqa: SLF001 -- likewise
    assert set(held[held[:, 0] > 0, 0].tolist()) == set(scanner._hash(bulk.tokens(texts)).tolist())  # noqa: SLF001 -- likewise
