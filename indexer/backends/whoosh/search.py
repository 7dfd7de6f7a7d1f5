"""The embedded engine: segments as one list of paragraphs, and the page of the ranking that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import state
from indexer.backends.whoosh.evaluation import POSITION_BITS, Evaluation, Places, join, only
from indexer.backends.whoosh.storage import Storage, latest_generation, read_segments
from indexer.backends.whoosh.store import check, reading
from indexer.errors import IndexMissing
from indexer.types import Hit, Hits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.backends.base import Sort
    from indexer.backends.whoosh.evaluation import Found
    from indexer.backends.whoosh.segment import Segment
    from indexer.settings import Ranking, Settings
    from indexer.types import Filters, Heading, Paragraph, Query


@dataclass(frozen=True)
class Part:
    """A segment and where its rows begin among all."""

    segment: Segment
    paragraphs: int  # number of its first paragraph
    documents: int  # number of its first document


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

    # --- what is there ---

    @cached_property
    def _lengths(self) -> np.ndarray:
        return self._column("lengths").astype(np.float64)

    @cached_property
    def _documents(self) -> np.ndarray:
        """Return the document's number of each paragraph."""
        return join([part.segment.of["document"].astype(np.int64) + part.documents for part in self._parts])

    @cached_property
    def _dates(self) -> np.ndarray:
        return self._column("dates")

    @cached_property
    def _live(self) -> np.ndarray | None:
        """Return the mask of paragraphs that are not deleted, or None if none is."""
        if all(part.segment.live is None for part in self._parts):
            return None
        masks = [part.segment.live for part in self._parts]
        return join(
            [
                np.ones(part.segment.paragraphs, np.bool_) if mask is None else mask
                for part, mask in zip(self._parts, masks, strict=True)
            ]
        )

    @cached_property
    def collection(self) -> ranking.Collection:
        """Return the size of what can be found."""
        lengths = self._lengths if self._live is None else self._lengths[self._live]
        return ranking.Collection(len(lengths), int(lengths.sum()))

    @cached_property
    def lemmas(self) -> int:
        """Return how many different lemmas the texts have."""
        if len(self._parts) == 1 and self._live is None:
            return len(self._parts[0].segment.of["text.ends"])
        return len(set().union(*(_live_terms(part.segment) for part in self._parts)))

    def headings(self) -> Iterator[Heading]:
        """Give the headings of all documents."""
        for part in self._parts:
            for document in range(len(part.segment.of["dates"])):
                if part.segment.is_live(part.segment.paragraphs_of(document).start):
                    yield part.segment.heading(document)

    def _column(self, name: str) -> np.ndarray:
        return join([part.segment.of[name] for part in self._parts])

    # --- Engine ---

    def search(
        self, query: Query, filters: Filters, *, limit: int | None, offset: int, sort: Sort, per_document: bool
    ) -> Hits:
        """See Engine.search."""
        found = self._restrict(Evaluation(self, self._settings).found(query), filters)
        if per_document:
            found = self._best_of_documents(found)
        complete = int(found.complete.sum())
        stop = len(found.rows) if limit is None else min(offset + limit, len(found.rows))
        hits = tuple(hit for _, hit in self._page(found, offset, stop, sort)) if stop > offset else ()
        return Hits(hits, total=len(found.rows), complete=complete)

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

    # --- places of words ---

    def places(self, lemma: bytes) -> Iterator[Places]:
        """Give the places of a lemma in texts, segment by segment; deleted paragraphs left out."""
        for part in self._parts:
            places = part.segment.places("text", lemma)
            if places is None:
                continue
            keys = ((places.row.astype(np.int64) + part.paragraphs) << POSITION_BITS) | places.position
            if part.segment.live is None:
                yield Places(keys, places.weight)
            else:
                here = part.segment.live[places.row]
                yield Places(keys[here], places.weight[here])

    def lengths(self, rows: np.ndarray) -> np.ndarray:
        """Return the number of words of paragraphs, as floats for the formula."""
        lengths: np.ndarray = self._lengths[rows]
        return lengths

    # --- the page ---

    def _restrict(self, found: Found, filters: Filters) -> Found:
        documents = None
        if filters.sources:
            documents = np.zeros(len(self._dates), np.bool_)
            for part in self._parts:
                for source in filters.sources:
                    places = part.segment.places("source", source.casefold().encode("utf-8", "surrogatepass"))
                    if places:
                        documents[places.row.astype(np.int64) + part.documents] = True
        for bound, keep in ((filters.since, np.greater_equal), (filters.until, np.less)):
            if bound is not None:
                within = keep(self._dates, bound.timestamp())  # never true of NaN, the date of the undated
                documents = within if documents is None else documents & within
        return found if documents is None else only(found, documents[self._documents[found.rows]])

    def _best_of_documents(self, found: Found) -> Found:
        """Keep the first paragraph of each document by score, then by number."""
        document = self._documents[found.rows]
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
            dates = self._dates[self._documents[found.rows]]
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
