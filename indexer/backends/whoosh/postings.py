"""The arrays of all segments as one list of rows: what an evaluation reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indexer import ranking
from indexer.analysis.fold import fold
from indexer.backends.base import at_path
from indexer.backends.whoosh.evaluation import POSITION_BITS, Places, join
from indexer.backends.whoosh.segment import FORMS, SENTENCE, ranges
from indexer.types import Dated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.backends.whoosh.segment import Places as SegmentPlaces
    from indexer.backends.whoosh.segment import Segment
    from indexer.types import AtPath, Form


@dataclass(frozen=True)
class Part:
    """A segment and where its rows begin among all."""

    segment: Segment
    paragraphs: int  # number of its first paragraph
    documents: int  # number of its first document


class Documents:
    """What is known of all documents, deleted ones too."""

    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts

    @cached_property
    def live(self) -> np.ndarray | None:
        """Return the mask of those that are not deleted, or None if none is."""
        if all(part.segment.live is None for part in self._parts):
            return None
        masks = [part.segment.live_documents for part in self._parts]
        return join(
            [
                np.ones(len(part.segment.of["dates"]), np.bool_) if mask is None else mask
                for part, mask in zip(self._parts, masks, strict=True)
            ]
        )

    @cached_property
    def dates(self) -> np.ndarray:
        """Return their dates, in seconds since 1970; NaN for none."""
        return join([part.segment.of["dates"] for part in self._parts])

    @cached_property
    def starts(self) -> np.ndarray:
        """Return the first paragraph of each, and after the last of them the number of paragraphs."""
        ends = [part.segment.of["paragraph_ends"] + part.paragraphs for part in self._parts]
        return join([np.zeros(1, np.int64), *ends])

    def of(self, paragraphs: np.ndarray) -> np.ndarray:
        """Return the document of each paragraph."""
        documents: np.ndarray = self._of[paragraphs]
        return documents

    @cached_property
    def _of(self) -> np.ndarray:
        return join([part.segment.of["document"].astype(np.int64) + part.documents for part in self._parts])

    @cached_property
    def _paths(self) -> list[tuple[str, int]]:
        """Return each path, folded, with the number of its document."""
        return [
            (fold(term.decode("utf-8", "surrogatepass")), part.documents + row)
            for part in self._parts
            for term, row in zip(part.segment.terms("path"), part.segment.of["path.row"].tolist(), strict=True)
        ]

    def which(self, condition: AtPath | Dated) -> np.ndarray:
        """Return the numbers of those that are as the condition says, deleted ones left out."""
        here = self._within(condition) if isinstance(condition, Dated) else self._at(condition)
        if self.live is not None:
            here &= self.live
        return np.flatnonzero(here)

    def _within(self, dated: Dated) -> np.ndarray:
        here = np.ones(len(self.dates), np.bool_)
        # Never true of NaN, the date of the undated.
        if dated.since is not None:
            here &= self.dates >= dated.since.timestamp()
        if dated.until is not None:
            here &= self.dates < dated.until.timestamp()
        return here

    def _at(self, condition: AtPath) -> np.ndarray:
        here = np.zeros(len(self.dates), np.bool_)
        is_there = at_path(condition.pattern)
        here[[document for path, document in self._paths if is_there(path)]] = True
        return here


class FieldPostings:
    """See Postings. Of the texts, whose rows are paragraphs, or of a heading's field, whose rows are documents."""

    def __init__(self, parts: list[Part], documents: Documents, field: str = "text") -> None:
        self._parts = parts
        self._documents = documents
        self._field = field
        self._headings: dict[str, FieldPostings] = {}  # kept, for their lengths are worth keeping

    @property
    def _of_paragraphs(self) -> bool:
        return self._field == "text"

    @cached_property
    def _lengths(self) -> np.ndarray:
        name = "lengths" if self._of_paragraphs else f"{self._field}_lengths"
        return join([part.segment.of[name] for part in self._parts]).astype(np.float64)

    @cached_property
    def live(self) -> np.ndarray | None:
        """Return the mask of rows that are not deleted, or None if none is."""
        live = self._documents.live
        return live if live is None or not self._of_paragraphs else np.repeat(live, np.diff(self._documents.starts))

    @cached_property
    def collection(self) -> ranking.Collection:
        """See Postings.collection."""
        lengths = self._lengths if self.live is None else self._lengths[self.live]
        return ranking.Collection(len(lengths), int(lengths.sum()))

    def places(self, lemma: str) -> Iterator[Places]:
        """See Postings.places."""
        term = lemma.encode("utf-8", "surrogatepass")
        for part in self._parts:
            places = part.segment.places(self._field, term)
            if places is not None:
                yield self._live(self._keys(part, places), places.weight)

    def terms(self, prefix: str) -> set[str]:
        """Return the lemmas that begin so, those of deleted rows too."""
        begins = prefix.encode("utf-8", "surrogatepass")
        found = (part.segment.terms_beginning(self._field, begins) for part in self._parts)
        return {term.decode("utf-8", "surrogatepass") for terms in found for term in terms}

    def count(self, lemma: str) -> int:
        """Return how often a lemma stands there, without reading where."""
        term = lemma.encode("utf-8", "surrogatepass")
        if self.live is not None:
            return sum(len(places.keys) for places in self.places(lemma))
        found = (part.segment.places(self._field, term) for part in self._parts)
        return sum(len(places.row) for places in found if places is not None)

    def written(self, forms: tuple[Form, ...]) -> Iterator[Places]:
        """See Postings.written."""
        for part in self._parts:
            found = [
                (number, ranking.steps(form.weight) * ranking.WEIGHT_STEPS)
                for form in forms
                for number in part.segment.forms(self._field, form)
            ]
            if found:
                numbers, agreement = np.array(found, np.int64).T
                places, of = part.segment.places_of_all(FORMS[self._field], numbers)
                yield self._live(self._keys(part, places), agreement[of])

    @cached_property
    def _sentences(self) -> np.ndarray:
        """Return where sentences begin, for deleted paragraphs too."""
        if not self._of_paragraphs:
            return np.zeros(0, np.int64)
        found = [(part, part.segment.places("sentence", SENTENCE)) for part in self._parts]
        return join([self._keys(part, places) for part, places in found if places is not None])

    def sentences(self) -> np.ndarray:
        """See Postings.sentences."""
        return self._sentences

    def lengths(self, rows: np.ndarray) -> np.ndarray:
        """See Postings.lengths."""
        lengths: np.ndarray = self._lengths[rows]
        return lengths

    def of_documents(self, condition: AtPath | Dated) -> np.ndarray:
        """See Postings.of_documents."""
        documents = self._documents.which(condition)
        return self.spread(documents)[0] if self._of_paragraphs else documents

    def documents(self, rows: np.ndarray) -> np.ndarray:
        """See Postings.documents."""
        return self._documents.of(rows) if self._of_paragraphs else rows

    def field(self, name: str) -> FieldPostings:
        """See Postings.field."""
        if name not in self._headings:
            self._headings[name] = FieldPostings(self._parts, self._documents, name)
        return self._headings[name]

    def spread(self, documents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See Postings.spread."""
        start = self._documents.starts[documents]
        of, rows = ranges(start, self._documents.starts[documents + 1] - start)
        return rows, of

    def _keys(self, part: Part, places: SegmentPlaces) -> np.ndarray:
        base = part.paragraphs if self._of_paragraphs else part.documents
        keys: np.ndarray = ((places.row.astype(np.int64) + base) << POSITION_BITS) | places.position
        return keys

    def _live(self, keys: np.ndarray, agreement: np.ndarray) -> Places:
        if self.live is None:
            return Places(keys, agreement)
        here = self.live[keys >> POSITION_BITS]
        return Places(keys[here], agreement[here])
