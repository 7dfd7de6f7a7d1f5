"""Numbers of hashes, and of the tokens that have them."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from indexer.analysis import russian
from indexer.analysis.tokenize import tokenize
from indexer.backends.whoosh.hashtable import HashTable
from indexer.backends.whoosh.inversion import Scanner
from indexer.backends.whoosh.terms import Strings
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


@given(st.lists(TEXTS, max_size=3))
def test_a_scanner_numbers_each_word_once(batches: list[list[str]]) -> None:
    analyzer = russian(Analysis(longest_word=3))
    scanner = Scanner(analyzer, Reading())
    keys: list[bytes] = []
    for texts in batches:
        scan = scanner.scan((str(at), Document(str(at), text)) for at, text in enumerate(texts))
        keys += Strings.joined(scan.keys).all()
        found = [keys[number] for number in scan.content.fields["text"].words.tolist()]
        tokens = [token for text in texts for token in tokenize(text)]
        assert found == [key_of(*analyzer.key(token.text, token.opens_sentence)) for token in tokens]
