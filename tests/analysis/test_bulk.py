"""Many texts at once have the tokens that each has by itself, by array operations and by compiled loops."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from razdel import sentenize

from indexer.analysis import bulk, loops
from indexer.analysis.tokenize import tokenize
from indexer.backends.whoosh.keying import Hasher
from indexer.sentences import ends
from tests.looping import compiled, in_both_ways, with_numba

Test = TypeVar("Test", bound="Callable[..., None]")
Way = Callable[[], AbstractContextManager[None]]

HASHER = Hasher(longest=40)
ROOT = Path(__file__).parents[2]
# What rules of tokens and of sentence ends look at, put together at random.
PIECES = st.sampled_from(
    "а Б в e F 1 23 000 . , ! ? … ; : - ' ’ ʼ _ ² ё Ж ( ) [ ] « » „ “ \" – — + # С++ C# т. е. г. им. руб. п.п. A. :-) "
    "сло́во Нью-Йорк 1990-х 10 XIX США Он он \u00ad \u2011 \u200b \U0001d400 \U0001f600 і".split(" ")
)
WORDS = st.sampled_from(
    "* ** @ # "
    "т м с н э Т Е \u1c84. \u1c80 0 5 7 000 123 1000 ٣ ٣٤٥ ½ ⅷ 1,5 5-1 8E-3 3d-а6 000-й 10.5 А.С. г.Омск В. Статья "
    "а-Б covid-19 19-я 3d-а -а а- а--б а-ʼ ʼ а_б 1,5 6.11.2019 2-х иОн — ― 12 IV д. ст. Им. г.) ;) =( \0 İ. ß".split(
        " "
    )
)
SPACES = st.sampled_from([" ", " ", " ", "", "", "\n", "\u00a0", "\u2009", "  ", ".", ". ", ",", "\x1c"])
# Whatever else a string may have, halves of pairs among it, and words longer than any is.
ANY = st.text(
    st.one_of(st.characters(), st.sampled_from("\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff\ud83d\ude00аё.5 -'")),
    max_size=40,
)
LONG = st.builds(lambda piece, many: piece * many, PIECES | WORDS, st.integers(50, 300))
TEXTS = st.lists(st.lists(st.tuples(PIECES | WORDS, SPACES).map("".join), max_size=20).map("".join), max_size=5)


EXAMPLES = [
    ["Он. 1. Она", "", "(с. 5)... Да: А. С. Пушкин;", "«Да!» Нет. - Да", " . ", "т. Е. Да"],
    ["т.е. т. Есть. А. т. е. А.ТЕ. А.Те м. н. с. _т.п. 1.5 1.5.6 1,5 000 10 000,5 5 10 2019 000-й 1.5x 8E-3 3d-а6"],
    ["(с. 5). Статья 5. Да. V. Да. Он 1. Да — нет. — Да. 12) Да", "А.\u1c84. т.\u1c80. 0 000 1 0000 1 000 1"],
    ["Он. \U0001d400а - \U0001f600", "а ʼ б-ʼ", "\0(Он).\0", "Он (вот) ж. Да-да)) :( Нет. Он"],
    [],
    ["", "а", "Б", "1", "\ud83d", "\ude00"],
    [100 * "\U0010ffff"],
    ["а 1 б 2 в", *100 * [""]],
]


def with_examples(test: Test) -> Test:
    for texts in EXAMPLES:
        test = example(texts=texts)(test)
    return test


def compare(texts: list[str]) -> None:
    of = bulk.tokens(texts)
    found = list(zip(of.starts.tolist(), of.stops.tolist(), of.opens.tolist(), strict=True))
    for text, length in zip(texts, of.lengths.tolist(), strict=True):
        here, found = found[:length], found[length:]
        expected = [(token.text, token.opens_sentence) for token in tokenize(text)]
        assert [(of.text[start:stop], opens) for start, stop, opens in here] == expected
    assert not found


def compare_loops(texts: list[str]) -> None:
    reader = loops.Reader(HASHER.secrets, HASHER.longest)  # with no more room than these need
    expected, read = bulk.tokens(texts), reader.tokens(texts)
    assert read is not None
    by_loops, hashes = read
    assert by_loops.text == expected.text
    for here, there in zip((*by_loops[1:], hashes), (*expected[1:], HASHER(expected)), strict=True):
        assert isinstance(there, np.ndarray)
        assert np.array_equal(here, there)
    expected_bytes = [text.encode("utf-8", "surrogatepass") for text in texts]
    for many in (len(texts), len(texts) // 2):
        encoded, lengths = reader.encoded(many)
        assert encoded == b"".join(expected_bytes[:many])
        assert lengths.tolist() == list(map(len, expected_bytes[:many]))


@with_examples
@given(TEXTS)
def test_tokens_are_those_of_each_text(texts: list[str]) -> None:
    compare(texts)


@given(st.lists(ANY | LONG | PIECES, max_size=6))
def test_so_are_those_of_any_text(texts: list[str]) -> None:
    compare(texts)


@in_both_ways
@with_examples
@given(TEXTS | st.lists(ANY | LONG | PIECES, max_size=6))
def test_loops_find_what_arrays_find(loops_run: Way, texts: list[str]) -> None:
    with loops_run():
        compare_loops(texts)


@given(TEXTS)
def test_sentences_end_where_razdel_ends_them(texts: list[str]) -> None:
    for text in texts:
        expected = [sentence.stop for sentence in sentenize(text)][:-1]
        assert [len(text[:end].rstrip()) for end in ends(text)] == expected


def test_tokens_of_the_corpus() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus").rglob("*.md"))]
    compare([line for text in texts for line in text.split("\n")])


@with_numba
@pytest.mark.parametrize("name", ["xquad_ru", "wikinews_headlines_ru", "ru_codes_law"])
def test_loops_find_what_arrays_find_in_real_texts(shared_data: Path, name: str) -> None:
    with gzip.open(shared_data / "relevance" / name / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in islice(lines, 900)]
    with compiled():
        compare_loops(texts)


def test_every_character_has_the_number_of_its_lower_case() -> None:
    letters, _, _ = bulk.abbreviations()
    number = {chr(point): count for point, count in enumerate(letters.tolist()) if chr(point).lower() == chr(point)}
    assert [number.get(chr(point).lower(), 0) for point in range(len(letters))] == letters.tolist()
