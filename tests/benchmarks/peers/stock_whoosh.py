"""Whoosh as it comes, with its own codec and searcher: its analyser for Russian, and our lemmas as words.

It is pure Python, so it gets the first paragraphs only, and ours is built of them as well.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from whoosh import index as whoosh_index
from whoosh.analysis import LanguageAnalyzer, SpaceSeparatedTokenizer
from whoosh.fields import ID, NUMERIC, TEXT, Schema
from whoosh.query import And, Not, NullQuery, NumericRange, Or, Phrase, Prefix, Term
from whoosh.scoring import BM25F

from tests.benchmarks.peers.base import BEST, K1, B
from tests.benchmarks.prepared import lemmas

if TYPE_CHECKING:
    from pathlib import Path

    from whoosh.query import Query
    from whoosh.searching import Results

    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Ready
    from tests.benchmarks.prepared import Prepared

_ROOMY = 512  # MB that a writer may use before it writes a run, where it is given more than the 128 that it comes with


class WhooshAsker:
    """An open index. Its analyser leaves out stop words, so a question of nothing else has no answer."""

    def __init__(self, index: Path, *, of_lemmas: bool) -> None:
        self._of_lemmas = of_lemmas
        self._searcher = whoosh_index.open_dir(str(index)).searcher(weighting=BM25F(K1=K1, B=B))
        self._stems = LanguageAnalyzer("ru")

    def prepare(self, question: Question) -> Ready | None:
        """Make the query."""
        return partial(self._search, *self._query(question))

    def ask(self, question: Question) -> object:
        """Search from text to the numbers of rows."""
        found = self._search(*self._query(question))
        self.rows(found)
        return found

    def rows(self, found: object) -> list[int]:
        """Return the numbers of the rows found; in its one segment they are the numbers of its documents."""
        return [int(row) for row, _ in cast("Results", found).items()]

    def close(self) -> None:
        """Let go of it."""
        self._searcher.close()

    def _search(self, query: Query, narrow: Query | None) -> object:
        return self._searcher.search(query, limit=BEST, filter=narrow)

    def _query(self, question: Question) -> tuple[Query, Query | None]:
        """Return what to search for, and what to narrow it by."""
        narrow = None
        if question.source:
            narrow = Term("source", question.source)
        if question.days:
            narrow = NumericRange("day", question.days[0], question.days[1], endexcl=True)
        if question.shape == "mask":
            return Prefix("text", question.text.lower()), narrow
        words = self._words(question)
        if not words or (question.shape == "without" and len(words) < len(question.words)):
            return NullQuery, narrow  # of nothing, its phrase raises
        terms = [Term("text", word) for word in words]
        match question.shape:
            case "phrase":
                return Phrase("text", words), narrow
            case "all":
                return And(terms), narrow
            case "without":
                return And([terms[0], *map(Not, terms[1:])]), narrow
            case "any" | "either":
                return Or(terms), narrow

    def _words(self, question: Question) -> list[str]:
        if self._of_lemmas:
            return lemmas(question.text)
        return [token.text for token in self._stems(question.text)]


class StockWhoosh:
    """An index with positions, and without the text; the writer has what memory it comes with, or what it is given."""

    bears = 20_000
    distribution = "Whoosh-Reloaded"

    def __init__(self, kind: str, *, of_lemmas: bool = False, megabytes: int | None = None) -> None:
        self.name = f"stock_whoosh/{kind}"
        self.title = f"Whoosh, {kind}"
        self.askers = (self.title,)
        self._of_lemmas = of_lemmas
        self._given = {} if megabytes is None else {"limitmb": megabytes}

    def build(self, corpus: Prepared, index: Path) -> None:
        """Build by one process: with more it drops rows when one of them fails."""
        index.mkdir()
        analyzer = SpaceSeparatedTokenizer() if self._of_lemmas else LanguageAnalyzer("ru")
        schema = Schema(text=TEXT(analyzer=analyzer), source=ID, day=NUMERIC(int))
        writer = whoosh_index.create_in(str(index), schema).writer(**self._given)
        for row in corpus.rows():
            writer.add_document(text=row.lemmas if self._of_lemmas else row.text, source=row.source, day=row.day)
        writer.commit()

    def open(self, asker: str, index: Path, corpus: Prepared) -> WhooshAsker:  # noqa: ARG002 -- not needed here
        """Open its one segment."""
        return WhooshAsker(index, of_lemmas=self._of_lemmas)

    def stored_text(self, index: Path) -> None:  # noqa: ARG002 -- the text is not in it
        """Return None."""
        return


SYSTEMS = (StockWhoosh("stems"), StockWhoosh("lemmas", of_lemmas=True))
# Of as many paragraphs as it bears it is no faster; of more it is: see stock.py.
BESIDE = (StockWhoosh(f"{_ROOMY} MB", megabytes=_ROOMY),)
