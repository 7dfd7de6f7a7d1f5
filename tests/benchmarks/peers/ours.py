"""Ours: the index and the search that any program gets."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

import numpy as np

from indexer import Filters, QueryError, Settings, open_index
from indexer.backends.whoosh import arrays
from indexer.backends.whoosh.contents import EXTENSION, folder_size
from indexer.backends.whoosh.search import Ranked, WhooshEngine
from indexer.compiled import is_there
from indexer.settings import Asking, Ranking
from tests.benchmarks.peers.base import BEST
from tests.benchmarks.prepared import date

if TYPE_CHECKING:
    from pathlib import Path

    from indexer import Answer, Searcher
    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Ready
    from tests.benchmarks.prepared import Prepared

# The formula that the others have: no relatives, no titles, no neighbours, no places, no words that count less.
PLAIN = Settings(
    ranking=Ranking(k1=1.2, b=0.75, title=0.0, light=1.0, lead=0.0, adjacency=0.0, all_first=0),
    asking=Asking(relative=0.0),
)
WHOLE_ASKER, PLAIN_ASKER = "abzats, whole formula", "abzats, plain BM25"
_TEXT = ("blocks", "block_ends", "block_rows", "text_ends", "headings", "heading_ends", "starts")


class OursAsker:
    """An open index with one formula."""

    def __init__(self, searcher: Searcher, corpus: Prepared) -> None:
        self._searcher = searcher
        self._corpus = corpus

    def prepare(self, question: Question) -> Ready | None:
        """Understand a question, and leave the search itself, counts included."""
        try:
            query = self._searcher.understand(typed(question)).query
        except QueryError:
            return None
        engine = self._searcher._engine  # noqa: SLF001 -- what is compared with a searcher's search(query, 10)
        assert isinstance(engine, WhooshEngine)
        return partial(
            engine.rank, query, filters(question), limit=BEST, offset=0, sort="relevance", per_document=False
        )

    def ask(self, question: Question) -> object:
        """Search from text to ten paragraphs with marks."""
        return self._searcher.search(typed(question), limit=BEST, filters=filters(question))

    def rows(self, found: object) -> list[int]:
        """Return the numbers of the paragraphs found."""
        if isinstance(found, Ranked):  # rows are in the order of the corpus
            best: list[int] = found.rows[np.argsort(-found.scores, kind="stable")][:BEST].tolist()
            return best
        paragraphs = [hit.paragraph for hit in cast("Answer", found)]
        return [self._first_rows[paragraph.document] + paragraph.number - 1 for paragraph in paragraphs]

    def close(self) -> None:
        """Let go of it."""
        self._searcher.close()

    @cached_property
    def _first_rows(self) -> dict[str, int]:
        return self._corpus.first_rows()


class Ours:
    """The embedded engine, with an index made for one formula: its bounds are of no use to another."""

    bears = None
    distribution = "abzats"
    compiled = is_there()  # who asks but once does without

    def __init__(self, name: str, title: str, settings: Settings) -> None:
        self.name = name
        self.title = title
        self.askers = (title,)
        self._settings = settings

    def build(self, corpus: Prepared, index: Path) -> None:
        """Build on all cores."""
        from indexer import build_index  # noqa: PLC0415 -- who only searches does not import it either

        build_index(corpus.documents(), index, settings=self._settings)

    def open(self, asker: str, index: Path, corpus: Prepared) -> OursAsker:  # noqa: ARG002 -- there is one
        """Open with its settings."""
        return OursAsker(open_index(index, settings=self._settings, compiled=self.compiled), corpus)

    def stored_text(self, index: Path) -> int:
        """Return the bytes of texts, headings, and where in its document each paragraph stands."""
        return sum(array_bytes(index)[name] for name in _TEXT)


def typed(question: Question) -> str:
    """Return what a person would type for a question."""
    match question.shape:
        case "any":
            return question.text
        case "phrase":
            return f'"{question.text}"'
        case "mask":
            return f"{question.text}*"
        case "all":
            return " И ".join(question.words)
        case "either":
            return " ИЛИ ".join(question.words)
        case "without":
            return " -".join(question.words)


def filters(question: Question) -> Filters:
    """Return which documents a question allows."""
    since, until = map(date, question.days) if question.days else (None, None)
    return Filters((question.source,) if question.source else (), since, until)


def array_bytes(index: Path) -> Counter[str]:
    """Return the bytes of each array, over all segments."""
    found: Counter[str] = Counter()
    for path in index.glob(f"*{EXTENSION}"):
        found.update({name: array.nbytes for name, array in arrays.read(path).items()})
    return found


def group_bytes(index: Path) -> Counter[str]:
    """Return the bytes of arrays by what they are for."""
    of_arrays = array_bytes(index)
    groups: Counter[str] = Counter()
    for name, size in of_arrays.items():
        groups[next((group for group, names in _GROUPS.items() if re.fullmatch(names, name)), _OTHERS)] += size
    groups["state, list of files, alignment"] = folder_size(index) - of_arrays.total()
    return groups


_OTHERS = "documents: dates, paths, sources, files"
_GROUPS = {
    "stored texts and headings": "|".join(_TEXT),
    "texts as numbers of words": "low|rare_.*|lengths|opens|field_rows",
    "lists of rows: gaps": r"\w+\.gap\d",
    "lists of rows: codes": r"\w+\.code\d",
    "lists of rows: which, where": r"\w+\.(lemma|bounds|kind|steps|found)",
    "forms and lemmas": "(form|lemma)_term.*|lemma_hashes|lemma_of_hash",
    "which form may be which lemma, and its weights": "(form|lemma|word|tie|weighting)_.*|steps|count_.*",
}

SYSTEMS = (Ours("ours/whole", WHOLE_ASKER, Settings()), Ours("ours/plain", PLAIN_ASKER, PLAIN))
