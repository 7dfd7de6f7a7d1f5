"""Query → results: composes the parts between a question and its answer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Self

from indexer.analysis import russian
from indexer.backends.whoosh import state
from indexer.backends.whoosh.search import open_engine
from indexer.backends.whoosh.store import folder_size, reading
from indexer.errors import ParagraphMissing
from indexer.queries import understand
from indexer.settings import Settings
from indexer.snippets import highlight
from indexer.types import Answer, Filters, IndexStatus, Result

if TYPE_CHECKING:
    from indexer.backends.base import Sort
    from indexer.backends.whoosh.search import WhooshEngine
    from indexer.types import Heading, Paragraph, Snippet

_EVERYTHING = Filters()


def open_index(index: Path, *, settings: Settings | None = None) -> Searcher:
    """Open the index at a folder for searching.

    IndexMissing, IndexIncompatible or IndexDamaged if it cannot be used.
    """
    return Searcher(Path(index), settings or Settings())


class Searcher:
    """An index as it was when it was opened; later builds do not disturb it. Threads may share a searcher."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._engine: WhooshEngine
        self._engine, self._made, self._generation = open_engine(folder, settings)
        self._analyzer = russian(settings.analysis)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index; the searcher is not used after it."""
        self._engine.close()

    def search(
        self,
        text: str,
        *,
        limit: int | None = 10,
        offset: int = 0,
        filters: Filters = _EVERYTHING,
        sort: Sort = "relevance",
        per_document: bool = False,
    ) -> Answer:
        """Return a page of the paragraphs that a query finds, the best or the newest first.

        `limit` is the length of the page (None: all, 0: only counts), `offset` how many results come before it. With
        `per_document` each document comes once, by its best paragraph, and the counts are of documents.

        QueryEmpty or QueryTooLong if the query cannot be searched.
        """
        query = understand(text, self._analyzer, self._settings.asking)
        hits = self._engine.search(query, filters, limit=limit, offset=offset, sort=sort, per_document=per_document)
        results = tuple(
            Result(hit.paragraph, hit.heading, hit.score, highlight(hit.paragraph.text, query, self._analyzer))
            for hit in hits
        )
        return Answer(results, hits.total, hits.complete)

    def highlight(self, text: str, paragraph: Paragraph) -> Snippet:
        """Return any paragraph with the words of a query marked."""
        return highlight(paragraph.text, understand(text, self._analyzer, self._settings.asking), self._analyzer)

    def document(self, path: str) -> Heading:
        """Return what is known of a document; ParagraphMissing if it is not in the index."""
        heading = self._engine.heading(path)
        if heading is None:
            raise ParagraphMissing(id=path)
        return heading

    def paragraphs(self, id: str, *, around: int = 0) -> tuple[Paragraph, ...]:  # noqa: A002 -- what it is called
        """Return the paragraph `path#¶number` with as many as `around` neighbours on each side, in order.

        A path alone stands for the whole document. ParagraphMissing if there is no such paragraph.
        """
        path, sign, number = id.rpartition("#")
        digits = number.removeprefix("¶")
        found: tuple[Paragraph, ...]
        if sign and digits.isascii() and digits.isdigit() and self._engine.heading(path):
            middle = int(digits)
            found = self._engine.paragraphs(path, middle - around, middle + around)
            found = found if any(paragraph.number == middle for paragraph in found) else ()
        else:
            found = self._engine.paragraphs(id, 1, 2**31)
        if not found:
            raise ParagraphMissing(id=id)
        return found

    def status(self) -> IndexStatus:
        """Return what is in the index."""
        with reading(self._folder):
            files = state.read_files(self._folder, self._generation)
        headings = list(self._engine.headings())
        dates = [heading.date for heading in headings if heading.date]
        return IndexStatus(
            documents=len(headings),
            paragraphs=self._engine.collection.paragraphs,
            words=self._engine.collection.words,
            lemmas=self._engine.lemmas,
            bytes=folder_size(self._folder),
            generation=self._generation,
            built=self._made.built,
            corpus=self._made.corpus,
            sources=dict(Counter(heading.source for heading in headings).most_common()),
            first=min(dates, default=None),
            last=max(dates, default=None),
            files=tuple(files),
        )
