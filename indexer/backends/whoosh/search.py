"""The embedded engine: segments as one list of paragraphs, and the page of the ranking that is asked for."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from indexer.backends.whoosh import state
from indexer.backends.whoosh.evaluation import Evaluation, only
from indexer.backends.whoosh.postings import Documents, FieldPostings, Part
from indexer.backends.whoosh.storage import Storage, latest_generation, read_segments
from indexer.backends.whoosh.store import check, reading
from indexer.errors import IndexMissing
from indexer.types import Dated, Form, Hit, Hits
from indexer.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from indexer import ranking
    from indexer.backends.base import Sort
    from indexer.backends.whoosh.evaluation import Found
    from indexer.backends.whoosh.segment import Segment
    from indexer.settings import Ranking, Settings
    from indexer.types import Filters, Heading, Paragraph, Query
    from indexer.vocabulary import Lexicon


class WhooshEngine:
    """See Engine. All it holds is read-only, so threads may share it."""

    def __init__(self, segments: list[Segment], settings: Ranking) -> None:
        self._settings = settings
        self._parts: list[Part] = []
        paragraphs = documents = 0
        for segment in segments:
            self._parts.append(Part(segment, paragraphs, documents))
            paragraphs += segment.paragraphs
            documents += len(segment.of["dates"])
        self._starts = np.array([part.paragraphs for part in self._parts], np.int64)
        self._documents = Documents(self._parts)
        self._texts = FieldPostings(self._parts, self._documents)
        self._lexicons: dict[str, list[Lexicon]] = {}

    # --- what is there ---

    @property
    def collection(self) -> ranking.Collection:
        """Return the size of what can be found."""
        return self._texts.collection

    @cached_property
    def different_lemmas(self) -> int:
        """Return how many different lemmas the texts have."""
        if len(self._parts) == 1 and self._documents.live is None:
            return len(self._parts[0].segment.of["text.ends"])
        return len(set().union(*(_live_terms(part.segment) for part in self._parts)))

    def headings(self) -> Iterator[Heading]:
        """Give the headings of all documents."""
        for part in self._parts:
            for document in range(len(part.segment.of["dates"])):
                if part.segment.is_live(part.segment.paragraphs_of(document).start):
                    yield part.segment.heading(document)

    # --- Engine ---

    def search(
        self, query: Query, filters: Filters, *, limit: int | None, offset: int, sort: Sort, per_document: bool
    ) -> Hits:
        """See Engine.search."""
        found = self._restrict(Evaluation(self._texts, self._settings).found(query), filters)
        if per_document:
            found = self._best_of_documents(found)
        complete = int(found.complete.sum())
        stop = len(found.rows) if limit is None else min(offset + limit, len(found.rows))
        hits = tuple(hit for _, hit in self._page(found, offset, stop, sort)) if stop > offset else ()
        return Hits(hits, total=len(found.rows), complete=complete)

    def scorer(self, path: str, number: int) -> Callable[[Query], float]:
        """See Engine.scorer."""
        place = self._document(path)
        assert place is not None, "a paragraph that is there"  # noqa: S101 -- the caller's promise
        segment, document = place
        base = next(part.paragraphs for part in self._parts if part.segment is segment)
        row = base + segment.paragraphs_of(document)[number - 1]
        evaluation = Evaluation(self._texts, self._settings)
        return lambda query: evaluation.score(query, row)

    def vocabulary(self, field: str) -> Vocabulary:
        """See Engine.vocabulary."""
        if field not in self._lexicons:
            self._lexicons[field] = [part.segment.lexicon(field) for part in self._parts]
        return Vocabulary(self._lexicons[field], partial(self.lemma_places, field))

    def lemma_places(self, field: str, lemma: str) -> int:
        """See Engine.lemma_places."""
        return self._postings(field).count(lemma)

    def lemmas(self, field: str, prefix: str) -> set[str]:
        """See Engine.lemmas."""
        return self._postings(field).terms(prefix)

    def forms_of(self, lemma: str) -> dict[str, int]:
        """See Engine.forms_of."""
        counts: Counter[str] = Counter()
        for part in self._parts:
            counts.update(part.segment.forms_of(lemma.encode("utf-8", "surrogatepass")))
        return dict(counts)

    def spellings(self, form: str) -> dict[str, int]:
        """See Engine.spellings."""
        counts: Counter[str] = Counter()
        for part in self._parts:
            counts.update(part.segment.written(part.segment.forms("text", Form(form, "folded"))))
        return dict(counts)

    def form_places(self, field: str, form: Form) -> int:
        """See Engine.form_places."""
        return sum(len(places.keys) for places in self._postings(field).written((form,)))

    def _postings(self, field: str) -> FieldPostings:
        return self._texts if field == "text" else self._texts.field(field)

    def heading(self, path: str) -> Heading | None:
        """See Engine.heading."""
        place = self._document(path)
        return place[0].heading(place[1]) if place else None

    def paragraphs(self, path: str, first: int, last: int) -> tuple[Paragraph, ...]:
        """See Engine.paragraphs."""
        place = self._document(path)
        if place is None:
            return ()
        segment, document = place
        rows = segment.paragraphs_of(document)
        return tuple(segment.paragraph(row)[0] for row in rows[max(first - 1, 0) : max(last, 0)])

    def close(self) -> None:
        """Let go of the segments; the system unmaps them when nobody uses them any more."""
        self._parts = []

    def _document(self, path: str) -> tuple[Segment, int] | None:
        for part in self._parts:
            places = part.segment.places("path", path.encode("utf-8", "surrogatepass"))
            for document in places.row.tolist() if places else ():
                if part.segment.is_live(part.segment.paragraphs_of(document).start):
                    return part.segment, document
        return None

    # --- the page ---

    def _restrict(self, found: Found, filters: Filters) -> Found:
        documents = None
        if filters.sources:
            documents = np.zeros(len(self._documents.dates), np.bool_)
            for part in self._parts:
                for source in filters.sources:
                    places = part.segment.places("source_name", source.casefold().encode("utf-8", "surrogatepass"))
                    if places:
                        documents[places.row.astype(np.int64) + part.documents] = True
        found = found if documents is None else only(found, documents[self._documents.of(found.rows)])
        if filters.since is None and filters.until is None:
            return found
        within = self._texts.of_documents(Dated(filters.since, filters.until))
        return only(found, np.isin(found.rows, within, assume_unique=True))

    def _best_of_documents(self, found: Found) -> Found:
        """Keep the first paragraph of each document by score, then by number."""
        document = self._documents.of(found.rows)
        order = np.lexsort((found.rows, -found.scores, document))
        ordered = document[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = ordered[1:] != ordered[:-1]
        return only(found, np.sort(order[first]))

    def _page(
        self, found: Found, offset: int, stop: int, sort: Sort
    ) -> list[tuple[tuple[float, float, str, int], Hit]]:
        """Return the hits from offset to stop: only those that may be on the page are looked at."""
        newest = np.zeros(len(found.rows))
        if sort == "date":
            dates = self._documents.dates[self._documents.of(found.rows)]
            newest = np.where(np.isnan(dates), np.inf, -dates)
        order = np.lexsort((-found.scores, newest)) if sort == "date" else _first(found.scores, stop)
        # Ties at either end of the page are broken by path, so all who tie are looked at.
        head = _tie_start(order, found.scores, newest, offset)
        tail = _tie_stop(order, found.scores, newest, stop)
        page = []
        for at in order[head:tail].tolist():
            paragraph, heading = self._stored(int(found.rows[at]))
            score = float(found.scores[at])
            key = (float(newest[at]), -score, heading.path, paragraph.number)
            page.append((key, Hit(paragraph, heading, score)))
        page.sort(key=lambda pair: pair[0])
        return page[offset - head : stop - head]

    def _stored(self, row: int) -> tuple[Paragraph, Heading]:
        part = self._parts[int(np.searchsorted(self._starts, row, side="right")) - 1]
        return part.segment.paragraph(row - part.paragraphs)


def _first(scores: np.ndarray, stop: int) -> np.ndarray:
    """Return the indices of the highest `stop` scores and of all that tie with the last, highest first."""
    if stop < len(scores):
        lowest = np.partition(scores, len(scores) - stop)[len(scores) - stop]
        candidates = np.flatnonzero(scores >= lowest)
        return candidates[np.argsort(-scores[candidates], kind="stable")]
    return np.argsort(-scores, kind="stable")


def _tie_start(order: np.ndarray, scores: np.ndarray, newest: np.ndarray, at: int) -> int:
    while 0 < at < len(order) and _ties(order, scores, newest, at):
        at -= 1
    return at


def _tie_stop(order: np.ndarray, scores: np.ndarray, newest: np.ndarray, at: int) -> int:
    while 0 < at < len(order) and _ties(order, scores, newest, at):
        at += 1
    return at


def _ties(order: np.ndarray, scores: np.ndarray, newest: np.ndarray, at: int) -> bool:
    here, before = order[at], order[at - 1]
    return bool(scores[here] == scores[before] and newest[here] == newest[before])


def _live_terms(segment: Segment) -> set[bytes]:
    terms = segment.terms("text")
    if segment.live is None:
        return set(terms)
    until = segment.of["text.until"]
    starts = np.concatenate([np.zeros(1, np.int64), until[:-1]])
    counts = np.add.reduceat(segment.live[segment.of["text.row"]], starts, dtype=np.int64)
    return {terms[at] for at in np.flatnonzero(counts)}


def open_engine(folder: Path, settings: Settings) -> tuple[WhooshEngine, state.State, int]:
    """Return the engine over a folder, how the index was made, and its generation.

    IndexMissing, IndexIncompatible or IndexDamaged if it cannot be used.
    """
    if not folder.is_dir():
        raise IndexMissing(path=folder)
    storage = Storage(str(folder))
    with reading(folder):
        while True:
            generation = latest_generation(storage)
            if generation < 0:
                raise IndexMissing(path=folder)
            try:
                made = state.read(folder, generation)
                check(made, settings, folder)
                segments = [segment.open(folder) for segment in read_segments(storage, generation)]
            except FileNotFoundError:
                # A build has committed and cleaned up between two of our looks; if not, a file is missing.
                if latest_generation(storage) == generation:
                    raise
            else:
                return WhooshEngine(segments, settings.ranking), made, generation
