"""Hashes and keys of many tokens are told apart and made as those of each by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import hypothesis.strategies as st
import numpy as np
from hypothesis import example, given

from indexer.analysis import bulk, russian
from indexer.backends.whoosh import keying
from indexer.backends.whoosh.terms import Strings
from indexer.backends.whoosh.words import key_of
from indexer.settings import Analysis
from tests.looping import in_both_ways

Way = Callable[[], AbstractContextManager[None]]
LONGEST = 11
ANALYZER = russian(Analysis(longest_word=LONGEST))
# All ways to write a word: alphabets alone and mixed, of one case and both, with signs, of a byte each and of more.
WORDS = st.text(st.sampled_from("абвяАБЯёЁіabzABZ019-\u2011.,'\u0301\u00adÀĀāѰ\U0001d400\U00010041 \n"), max_size=24)
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=4)
WRITTEN = [
    "А аб Аб АБ. Аб аБ A ab Ab AB aB а-б А-б Нью-Йорк IT-отдел Аb",
    "1,5 3-й x2 X2 ёж Ёж ЁЖ за́мок",
    "ʼ а",
]
SAME_BYTE = ["Ab Āb \U00010041b A\u0301b", "б Ѱб \u0531б", "абвгдежз абвгдежзи абвгдежзиклмнопр абвгдежзикл"]


def each_key(texts: list[str], *, by_loops: bool) -> None:
    of = bulk.tokens(texts)
    tokens = [of.text[start:stop] for start, stop in zip(of.starts.tolist(), of.stops.tolist(), strict=True)]
    expected = [key_of(*ANALYZER.key(*token)) for token in zip(tokens, of.opens.tolist(), strict=True)]
    each = np.arange(len(tokens))
    assert Strings.joined(keying.keys(of, each, ANALYZER, by_loops=by_loops)).all() == expected
    assert Strings.joined(keying.keys(of, each[::-2], ANALYZER, by_loops=by_loops)).all() == expected[::-2]


@given(TEXTS)
@example(SAME_BYTE)
@example(WRITTEN)
def test_keys_are_those_of_each_token(texts: list[str]) -> None:
    each_key(texts, by_loops=False)


@in_both_ways
@given(TEXTS)
@example(texts=SAME_BYTE)
@example(texts=WRITTEN)
def test_so_are_those_by_loops(loops_run: Way, texts: list[str]) -> None:
    with loops_run():
        each_key(texts, by_loops=True)


@given(TEXTS)
@example(SAME_BYTE)
def test_tokens_have_one_hash_if_they_begin_alike_and_open_a_sentence_or_do_not(texts: list[str]) -> None:
    of = bulk.tokens(texts)
    spans = zip(of.starts.tolist(), of.stops.tolist(), of.opens.tolist(), strict=True)
    tokens = [(of.text[start:stop][:LONGEST], opens) for start, stop, opens in spans]
    hashes = keying.Hasher(LONGEST)(of).tolist()
    assert len(set(zip(tokens, hashes, strict=True))) == len(set(tokens)) == len(set(hashes))


@given(st.lists(st.text(st.sampled_from("аб\0001")).map(str.encode)))
@example([b"", b"\0", b"12345678", b"12345678\0", b"1234567812", b"12345678\00012", b"\00012"])
def test_keys_have_one_hash_if_they_are_one(keys: list[bytes]) -> None:
    hashes = keying.hashes_of(Strings.of(keys), keying.Mixer()).tolist()
    assert len(set(zip(keys, hashes, strict=True))) == len(set(keys)) == len(set(hashes))


def test_no_hasher_foretells_another() -> None:
    of = bulk.tokens(["Он не он"])
    assert not set(keying.Hasher(LONGEST)(of).tolist()) & set(keying.Hasher(LONGEST)(of).tolist())
