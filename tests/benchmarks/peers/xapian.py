"""Xapian by its own bindings, where they are installed: its Russian stemmer over the text, and our lemmas as terms."""

from __future__ import annotations

from functools import partial
from shutil import rmtree
from typing import TYPE_CHECKING, cast

import xapian

from tests.benchmarks.peers.base import BEST, K1, B
from tests.benchmarks.prepared import lemmas

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Ready
    from tests.benchmarks.prepared import Prepared

_SOURCE = "XSOURCE"  # prefix of a term
_LONGEST = 200  # bytes of a term; it takes 245
_DAY = 0  # slot of a value
_OPERATORS = {
    "any": xapian.Query.OP_OR,
    "either": xapian.Query.OP_OR,
    "all": xapian.Query.OP_AND,
    "phrase": xapian.Query.OP_PHRASE,
    "without": xapian.Query.OP_AND_NOT,
}


class XapianAsker:
    """An open database. The number of all rows found is an estimate, as is usual with it: it need not look at all."""

    def __init__(self, index: Path, *, of_lemmas: bool) -> None:
        self._of_lemmas = of_lemmas
        self._database = xapian.Database(str(index))
        self._stemmer = xapian.Stem("russian")

    def prepare(self, question: Question) -> Ready | None:
        """Make the query."""
        return partial(self._search, self._query(question))

    def ask(self, question: Question) -> object:
        """Search from text to the numbers of rows."""
        return self._search(self._query(question))

    def rows(self, found: object) -> list[int]:
        """Return the numbers of the rows found."""
        return cast("list[int]", found)

    def close(self) -> None:
        """Let go of it."""
        self._database.close()

    def _search(self, query: xapian.Query) -> list[int]:
        enquire = xapian.Enquire(self._database)
        enquire.set_weighting_scheme(xapian.BM25Weight(K1, 0, 1, B, 0.5))
        enquire.set_query(query)
        return [match.docid - 1 for match in enquire.get_mset(0, BEST)]

    def _query(self, question: Question) -> xapian.Query:
        wanted = self._of_text(question)
        if question.source:
            return xapian.Query(xapian.Query.OP_FILTER, wanted, xapian.Query(_source(question.source)))
        if question.days:
            since, until = map(xapian.sortable_serialise, (question.days[0], question.days[1] - 1))
            within = xapian.Query(xapian.Query.OP_VALUE_RANGE, _DAY, since, until)
            return xapian.Query(xapian.Query.OP_FILTER, wanted, within)
        return wanted

    def _of_text(self, question: Question) -> xapian.Query:
        if question.shape == "mask":
            return xapian.Query(xapian.Query.OP_WILDCARD, question.text.lower())
        return xapian.Query(_OPERATORS[question.shape], self._words(question))

    def _words(self, question: Question) -> list[str]:
        if self._of_lemmas:
            return lemmas(question.text)
        return [self._stemmer(word.lower()).decode() for word in question.words]


class Xapian:
    """A database with positions, and without the text."""

    bears = None
    distribution = "xapian"

    def __init__(self, kind: str, *, of_lemmas: bool) -> None:
        self.name = f"xapian/{kind}"
        self.title = f"Xapian, {kind}"
        self.askers = (self.title,)
        self._of_lemmas = of_lemmas

    def build(self, corpus: Prepared, index: Path) -> None:
        """Build by one thread, and compact the database, as its manual wants it for one that will not change."""
        written = index.with_name(f"{index.name}-written")
        database = xapian.WritableDatabase(str(written), xapian.DB_CREATE)
        generator = xapian.TermGenerator()
        generator.set_stemmer(xapian.Stem("russian"))
        generator.set_stemming_strategy(xapian.TermGenerator.STEM_ALL)
        for row in corpus.rows():
            document = xapian.Document()
            if self._of_lemmas:
                for position, lemma in enumerate(row.lemmas.split()):
                    document.add_posting(lemma[: _LONGEST // 4], position)
            else:
                generator.set_document(document)
                generator.set_termpos(0)
                generator.index_text(row.text)
            document.add_boolean_term(_source(row.source))
            document.add_value(_DAY, xapian.sortable_serialise(row.day))
            database.add_document(document)
        database.commit()
        database.compact(str(index))
        database.close()
        rmtree(written)

    def open(self, asker: str, index: Path, corpus: Prepared) -> XapianAsker:  # noqa: ARG002 -- not needed here
        """Open the database."""
        return XapianAsker(index, of_lemmas=self._of_lemmas)

    def stored_text(self, index: Path) -> None:  # noqa: ARG002 -- the text is not in it
        """Return None."""
        return


def _source(name: str) -> str:
    return _SOURCE + name.encode()[:_LONGEST].decode(errors="ignore")


SYSTEMS = (Xapian("stems", of_lemmas=False), Xapian("lemmas", of_lemmas=True))
