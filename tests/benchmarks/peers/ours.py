"""Ours: the index and the search that any program gets."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from indexer import Filters, QueryError, Settings, open_index
from indexer.backends.whoosh import arrays
from indexer.backends.whoosh.contents import EXTENSION, folder_size
from indexer.settings import Asking, Ranking
from tests.benchmarks.peers.base import BEST
from tests.benchmarks.prepared import date

if TYPE_CHECKING:
    from pathlib import Path

    from indexer import Answer, Searcher
    from indexer.types import Hits
    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Ready
    from tests.benchmarks.prepared import Prepared

# The formula that the others have: no relatives, no titles, no neighbours, no places, no words that count less.
PLAIN = Settings(
    ranking=Ranking(k1=1.2, b=0.75, title=0.0, light=1.0, lead=0.0, adjacency=0.0, all_first=0),
    asking=Asking(relative=0.0),
)
WHOLE_ASKER, PLAIN_ASKER = "abzats, whole formula", "abzats, plain BM25"
_SETTINGS = {WHOLE_ASKER: Settings(), PLAIN_ASKER: PLAIN}
_TEXT = ("texts", "text_ends")


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
        return partial(
            engine.search, query, filters(question), limit=BEST, offset=0, sort="relevance", per_document=False
        )

    def ask(self, question: Question) -> object:
        """Search from text to ten paragraphs with marks."""
        return self._searcher.search(typed(question), limit=BEST, filters=filters(question))

    def rows(self, found: object) -> list[int]:
        """Return the numbers of the paragraphs found."""
        paragraphs = [hit.paragraph for hit in cast("Answer | Hits", found)]
        return [self._first_rows[paragraph.document] + paragraph.number - 1 for paragraph in paragraphs]

    def close(self) -> None:
        """Let go of it."""
        self._searcher.close()

    @cached_property
    def _first_rows(self) -> dict[str, int]:
        return self._corpus.first_rows()


class Ours:
    """The embedded engine."""

    name = "ours"
    title = "abzats"
    askers = tuple(_SETTINGS)
    bears = None
    distribution = "abzats"

    def build(self, corpus: Prepared, index: Path) -> None:
        """Build on all cores."""
        from indexer import build_index  # noqa: PLC0415 -- who only searches does not import it either

        build_index(corpus.documents(), index)

    def open(self, asker: str, index: Path, corpus: Prepared) -> OursAsker:
        """Open with the settings of an asker."""
        return OursAsker(open_index(index, settings=_SETTINGS[asker]), corpus)

    def stored_text(self, index: Path) -> int:
        """Return the bytes of the texts and of where each ends."""
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
        field, _, part = name.partition(".")
        groups[_GROUPS.get((field, part)) or _GROUPS.get((field, ""), _OTHERS)] += size
    groups["state, list of files, alignment"] = folder_size(index) - of_arrays.total()
    return groups


_OTHERS = "documents: headings, and their words by title, source, author, path"
_PARTS = {"row": "rows", "position": "positions", "weight": "weights", "": "terms"}
_GROUPS = {
    **{("text", part): f"lemmas: {name}" for part, name in _PARTS.items()},
    **{("form", part): f"forms: {name}" for part, name in _PARTS.items()},
    ("sentence", ""): "sentence starts",
    **{(name, ""): "stored text" for name in _TEXT},
    **{(name, ""): "of each paragraph" for name in ("document", "numbers", "starts", "stops", "lengths")},
    **{(name, ""): "which form may be which lemma" for name in ("reading_form", "reading_lemma")},
}

SYSTEMS = (Ours(),)
