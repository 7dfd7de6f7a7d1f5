"""What makes the index a Whoosh index: the schema, the codec and the segment that Whoosh's own readers open it by.

Postings are arrays (segment.py) from the start rather than Whoosh's blocks of pickles: reading a list whole is one
slice instead of a pickle and a zlib call per 128 postings, nothing of the index is ever unpickled but the list of
segments, and nothing depends on the private parts of one distribution's matchers. See the map for the figures.

The import paths of the two pickled classes are part of the format on disk.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import ID, Schema
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from indexer import ranking
from indexer.backends.whoosh import arrays
from indexer.backends.whoosh.contents import EXTENSION
from indexer.backends.whoosh.segment import ANALYSED_FIELDS, FIELDS, WHOLE_FIELDS, Lookout, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator


def schema() -> Schema:
    """Return the fields of the index, each a list of finished terms: analysis is not Whoosh's."""
    return Schema(**{field: ID(stored=field != "text") for field in FIELDS}, number=ID(stored=True))


class ArrayCodec(base.Codec):
    """Reads segments; they are written in one go by store.py."""

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:  # noqa: ARG002 -- Whoosh's signature
        """Return an empty segment with a name of its own."""
        return ArraySegment(self, indexname)

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTermsReader:
        """Return a reader of the terms and postings."""
        return ArrayTermsReader(segment.open(storage.folder))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> ArrayPerDocumentReader:
        """Return a reader of what is kept of each paragraph."""
        return ArrayPerDocumentReader(segment.open(storage.folder), segment)


class ArraySegment(W3Segment):
    """A segment's name, size and deletions, as the table of contents lists it; deletions are a bitmap."""

    _deleted: bytes | bytearray | None  # a bit for each paragraph, as np.packbits has them; None if none is

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_deleted": self._deleted and bytes(self._deleted)}

    def delete_document(self, docnum: int, delete: bool = True) -> None:  # noqa: FBT001, FBT002 -- Whoosh's signature
        if not isinstance(self._deleted, bytearray):
            self._deleted = bytearray(self._deleted or -(-self._doccount // 8))
        if delete:
            self._deleted[docnum >> 3] |= 128 >> (docnum & 7)
        else:
            self._deleted[docnum >> 3] &= ~(128 >> (docnum & 7))

    def is_deleted(self, docnum: int) -> bool:
        return bool(self._deleted and self._deleted[docnum >> 3] & 128 >> (docnum & 7))

    def deleted_count(self) -> int:
        return int.from_bytes(self._deleted or b"").bit_count()

    def deleted_docs(self) -> Iterator[int]:
        return iter(np.flatnonzero(np.unpackbits(np.frombuffer(self._deleted or b"", np.uint8))).tolist())

    def should_assemble(self) -> bool:
        """Not into one of Whoosh's compound files: it is one file, and it is mapped."""
        return False

    def path(self, folder: str | Path) -> Path:
        """Return where the arrays are."""
        return Path(folder, str(self.make_filename(EXTENSION)))

    def open(self, folder: str | Path) -> Segment:
        """Map the arrays; NotArrays or OSError if they cannot be."""
        return Segment(arrays.read(self.path(folder)), self._deleted)


class ArrayTermsReader(base.TermsReader):
    """Terms and postings as Whoosh asks for them."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return term[0] in FIELDS and bool(len(self._rows(*term)))

    def indexed_field_names(self) -> tuple[str, ...]:
        return FIELDS

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return ((field, term) for field in sorted(FIELDS) for term in self._terms(field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        return (term for term in self.terms() if term >= (fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        rows, weights = self._postings(fieldname, text)
        return TermInfo(
            weight=float(weights.sum()),
            df=len(rows),
            minid=int(rows[0]),
            maxid=int(rows[-1]),
            maxweight=float(weights.max()),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self._postings(fieldname, text)[1].sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return len(self._postings(fieldname, text)[0])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        rows, weights = self._postings(fieldname, text)
        return ListMatcher(
            rows.tolist(),
            weights.tolist(),
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _terms(self, field: str) -> list[bytes]:
        if field in WHOLE_FIELDS:
            return self._segment.terms(field)
        return [self._segment.words.lemma(int(lemma)) for lemma in self._segment.fields[field].lemmas]

    def _rows(self, field: str, text: bytes) -> np.ndarray:
        """Return the rows of a field where a term stands."""
        if field in WHOLE_FIELDS:
            return self._segment.documents_with(field, text)
        of = self._segment.fields[field]
        lemma = self._segment.words.number(text)
        number = None if lemma is None else of.list_of(lemma)
        return np.zeros(0, np.int64) if number is None else of.place(number).read()[0]

    def _postings(self, field: str, text: bytes) -> tuple[np.ndarray, np.ndarray]:
        """Return the paragraphs where a term stands, and how often each."""
        rows = self._rows(field, text) if field in FIELDS else np.zeros(0, np.int64)
        if not len(rows):
            missing = f"No term {field}:{text!r}"
            raise TermNotFound(missing)
        weights: np.ndarray = np.ones(len(rows))
        if field in ANALYSED_FIELDS:
            lookout = Lookout(self._segment, np.array([self._segment.words.number(text)]))
            places = lookout.places(rows + self._segment.fields[field].all.start)
            weights = np.bincount(places.row, places.steps / ranking.WEIGHT_STEPS, minlength=len(rows))
        if field == "text":
            return rows, weights
        paragraphs = [self._segment.paragraphs_of(int(row)) for row in rows]
        return np.concatenate([np.arange(p.start, p.stop) for p in paragraphs]), np.repeat(
            weights, [len(p) for p in paragraphs]
        )


class ArrayPerDocumentReader(base.PerDocumentReader):
    """What is kept of each paragraph, as Whoosh asks for it."""

    def __init__(self, of: Segment, segment: ArraySegment) -> None:
        self._of = of
        self._segment = segment

    def doc_count(self) -> int:
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        return int(self._segment.doc_count_all())

    def has_deletions(self) -> bool:
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        return iter(self._segment.deleted_docs())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self._lengths[docnum]) if fieldname == "text" else default

    def field_length(self, fieldname: str) -> int:
        return int(self._lengths.sum()) if fieldname == "text" else 0

    def min_field_length(self, fieldname: str) -> int:
        return int(self._lengths.min(initial=0)) if fieldname == "text" else 0

    def max_field_length(self, fieldname: str) -> int:
        return int(self._lengths.max(initial=0)) if fieldname == "text" else 0

    @property
    def _lengths(self) -> np.ndarray:
        return self._of.fields["text"].lengths()

    def stored_fields(self, docnum: int) -> dict[str, str]:
        paragraph, heading = self._of.paragraph(docnum)
        return {
            "path": heading.path,
            "number": str(paragraph.number),
            "title": heading.title,
            "source": heading.source,
            "author": heading.author,
        }
