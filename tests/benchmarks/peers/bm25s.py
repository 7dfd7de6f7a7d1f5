"""bm25s, which keeps the score of each word in each row: Snowball's stems, and our lemmas.

It has no positions and no operators, so it is asked words alone; a filter is a mask over all rows. On NumPy alone it
spends most of its time in finding the ten best among scores that are nearly all zero. Numba, if installed, makes it
many times as fast, after compiling for some ten seconds in every process.
"""

from __future__ import annotations

import json
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

import bm25s
import numpy as np
from bm25s.tokenization import Tokenizer
from Stemmer import Stemmer

from tests.benchmarks.peers.base import BEST, K1, B
from tests.benchmarks.prepared import lemmas

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Ready
    from tests.benchmarks.prepared import Prepared

_HEADINGS = "headings.json"
_NUMBA = ", Numba"


class Bm25sAsker:
    """An index in memory."""

    def __init__(self, index: Path, *, of_lemmas: bool, numba: bool) -> None:
        self._of_lemmas = of_lemmas
        self._retriever = bm25s.BM25.load(index, show_progress=False)
        if numba:
            self._retriever.backend = "numba"
            self._retriever.activate_numba_scorer()
        self._tokenizer = _tokenizer(of_lemmas=of_lemmas)
        self._tokenizer.load_vocab(index)
        sources, days = json.loads((index / _HEADINGS).read_text(encoding="utf-8"))
        self._sources = np.array(sources)
        self._days = np.array(days)

    def prepare(self, question: Question) -> Ready | None:
        """Look up the words of a question."""
        if question.shape not in {"any", "either"}:
            return None
        return partial(self._search, self._words(question), question)

    def ask(self, question: Question) -> object:
        """Search from text to the numbers of rows."""
        return self._search(self._words(question), question)

    def rows(self, found: object) -> list[int]:
        """Return the numbers of the rows found; it fills up its ten with rows that have none of the words."""
        rows, scores = cast("tuple[np.ndarray, np.ndarray]", found)
        return [int(row) for row, score in zip(rows[0], scores[0], strict=True) if score > 0]

    def close(self) -> None:
        """Leave it to the collector of garbage."""

    def _words(self, question: Question) -> list[list[int]]:
        text = " ".join(lemmas(question.text)) if self._of_lemmas else question.text
        words = self._tokenizer.tokenize([text], update_vocab=False, return_as="ids", show_progress=False)
        return cast("list[list[int]]", words)

    def _search(self, words: list[list[int]], question: Question) -> object:
        mask = None
        if question.source:
            mask = (self._sources == question.source).astype(np.float32)
        elif question.days:
            mask = ((self._days >= question.days[0]) & (self._days < question.days[1])).astype(np.float32)
        return self._retriever.retrieve(words, k=BEST, show_progress=False, weight_mask=mask)


class Bm25s:
    """Scores by Lucene's formula."""

    bears = None
    distribution = "bm25s"

    def __init__(self, kind: str, *, of_lemmas: bool) -> None:
        self.name = f"bm25s/{kind}"
        self.title = f"bm25s, {kind}"
        self.askers = (self.title, f"{self.title}{_NUMBA}") if find_spec("numba") else (self.title,)
        self._of_lemmas = of_lemmas

    def build(self, corpus: Prepared, index: Path) -> None:
        """Build by one thread; all tokens are in memory at once, which is how it works."""
        sources: list[str] = []
        days: list[int] = []
        tokenizer = _tokenizer(of_lemmas=self._of_lemmas)

        def texts() -> Iterator[str]:
            for row in corpus.rows():
                sources.append(row.source)
                days.append(row.day)
                yield row.lemmas if self._of_lemmas else row.text

        length = corpus.facts.paragraphs
        ids = tokenizer.tokenize(texts(), update_vocab=True, length=length, return_as="tuple", show_progress=False)
        retriever = bm25s.BM25(k1=K1, b=B, method="lucene")
        retriever.index(ids, show_progress=False)
        retriever.save(index, show_progress=False)
        tokenizer.save_vocab(index)
        (index / _HEADINGS).write_text(json.dumps([sources, days], ensure_ascii=False), encoding="utf-8")

    def open(self, asker: str, index: Path, corpus: Prepared) -> Bm25sAsker:  # noqa: ARG002 -- not needed here
        """Read the index into memory."""
        return Bm25sAsker(index, of_lemmas=self._of_lemmas, numba=asker.endswith(_NUMBA))

    def stored_text(self, index: Path) -> None:  # noqa: ARG002 -- the text is not in it
        """Return None."""
        return


def _tokenizer(*, of_lemmas: bool) -> Tokenizer:
    if of_lemmas:
        return Tokenizer(lower=False, splitter=str.split, stopwords=[])
    return Tokenizer(stopwords=[], stemmer=Stemmer("russian").stemWord)


SYSTEMS = (Bm25s("stems", of_lemmas=False), Bm25s("lemmas", of_lemmas=True))
