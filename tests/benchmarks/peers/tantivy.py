"""tantivy by its own Python bindings: its Russian stemmer over the text, without the text or with it; our lemmas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from tests.benchmarks.peers.base import BEST
from tests.benchmarks.prepared import lemmas

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Ready
    from tests.benchmarks.prepared import Prepared

THREADS = 2
HEAP = 1_000_000_000  # bytes, shared by the threads
_COUNTING, _PRUNING = "counting", "ten best only"


class TantivyAsker:
    """An open index: with counts, as ours, or without, so that it may skip what cannot be among the ten best.

    Where the text is stored, the ten best paragraphs are read, as ours reads them.
    """

    def __init__(self, index: Path, *, of_lemmas: bool, count: bool, reads: bool) -> None:
        self._of_lemmas = of_lemmas
        self._count = count
        self._reads = reads
        self._index = tantivy.Index.open(str(index))
        _register(self._index)
        self._index.reload()
        self._searcher = self._index.searcher()

    def prepare(self, question: Question) -> Ready | None:
        """Parse a question."""
        return partial(self._searched, self._query(question))

    def ask(self, question: Question) -> object:
        """Search from text to the numbers of rows."""
        found = self._searched(self._query(question))
        self.rows(found)
        return found

    def _searched(self, query: Query) -> tantivy.SearchResult:
        found = self._searcher.search(query, BEST, count=self._count)
        if self._reads:
            for _, address in found.hits:
                self._searcher.doc(address)["text"]
        return found

    def rows(self, found: object) -> list[int]:
        """Return the numbers of the rows found."""
        addresses = [address for _, address in cast("tantivy.SearchResult", found).hits]
        return [int(row) for row in self._searcher.fast_field_values("row", addresses) if row is not None]

    def close(self) -> None:
        """Leave it to the collector of garbage."""

    def _query(self, question: Question) -> Query:
        wanted = self._of_text(question)
        conditions = []
        if question.source:
            conditions.append(Query.term_query(self._index.schema, "source", question.source, "basic"))
        if question.days:
            since, until = question.days
            kind = tantivy.FieldType.Integer
            conditions.append(Query.range_query(self._index.schema, "day", kind, since, until, include_upper=False))
        if not conditions:
            return wanted
        narrow = [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
        return Query.boolean_query([(Occur.Must, wanted), *narrow])

    def _of_text(self, question: Question) -> Query:
        if question.shape == "mask":  # its language has no mask
            return Query.regex_query(self._index.schema, "text", f"{question.text.lower()}.*")
        words = lemmas(question.text) if self._of_lemmas else question.text.lower().split()
        return self._index.parse_query(_typed(question, words), ["text"])


def _typed(question: Question, words: list[str]) -> str:
    """Return what a person would type for a question."""
    match question.shape:
        case "phrase":
            return f'"{" ".join(words)}"'
        case "all":
            return " ".join(f"+{word}" for word in words)
        case "without":
            return " -".join(("+" + words[0], *words[1:]))
        case "any" | "either" | "mask":
            return " ".join(words)


class Tantivy:
    """An index with positions."""

    bears = None
    distribution = "tantivy"

    def __init__(self, kind: str, *, of_lemmas: bool = False, stored: bool = False) -> None:
        self.name = f"tantivy/{kind}"
        self.title = f"tantivy, {kind}"
        self.askers = tuple(f"{self.title}, {way}" for way in (_COUNTING, _PRUNING))
        self._of_lemmas = of_lemmas
        self._stored = stored

    def build(self, corpus: Prepared, index: Path) -> None:
        """Build with two threads; merges are waited for."""
        index.mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", stored=self._stored, tokenizer_name="lemmas" if self._of_lemmas else "stems")
        builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("day", indexed=True, fast=True)
        builder.add_integer_field("row", fast=True)
        made = tantivy.Index(builder.build(), path=str(index))
        _register(made)
        writer = made.writer(heap_size=HEAP, num_threads=THREADS)
        for row in corpus.rows():
            text = row.lemmas if self._of_lemmas else row.text
            writer.add_document(tantivy.Document(text=text, source=row.source, day=row.day, row=row.number))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, asker: str, index: Path, corpus: Prepared) -> TantivyAsker:  # noqa: ARG002 -- not needed here
        """Open what was committed last."""
        return TantivyAsker(index, of_lemmas=self._of_lemmas, count=asker.endswith(_COUNTING), reads=self._stored)

    def stored_text(self, index: Path) -> int | None:
        """Return the bytes of what is stored as it is."""
        return sum(path.stat().st_size for path in index.glob("*.store")) if self._stored else None


def _register(index: tantivy.Index) -> None:
    """Tell an index how texts are analysed, which it does not remember."""
    stems = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase()).filter(Filter.stemmer("russian"))
    index.register_tokenizer("stems", stems.build())
    index.register_tokenizer("lemmas", TextAnalyzerBuilder(Tokenizer.whitespace()).build())


SYSTEMS = (Tantivy("stems"), Tantivy("stems and text", stored=True), Tantivy("lemmas", of_lemmas=True))
