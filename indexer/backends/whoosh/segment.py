"""What a segment holds: arrays of paragraphs, of documents, and of where each term stands.

Rows are paragraphs in the fields `text`, `form` and `sentence`, and documents in the others. A document's paragraphs
are adjacent. The term of a form is its folded text, then, where it differs, a zero byte and the form itself: so all
ways to write a word are neighbours, and so are all words with a prefix.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, compress, pairwise
from operator import ne
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.fold import NORMAL, fold
from indexer.backends.whoosh import arrays
from indexer.types import Heading, Paragraph, Span
from indexer.vocabulary import Lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.backends.whoosh.arrays import Arrays
    from indexer.types import Form

HEADING_FIELDS = ("title", "source", "author")  # what is analysed of a document beside its paragraphs
FORMS = {"text": "form"} | {field: f"{field}_form" for field in HEADING_FIELDS}  # field of lemmas → field of forms
PARAGRAPH_FIELDS = ("text", "form", "sentence")  # lemmas; forms as written; one term, at the first word of a sentence
WHOLE_FIELDS = ("path", "source_name", "file")  # a value is one term
DOCUMENT_FIELDS = HEADING_FIELDS + tuple(FORMS[field] for field in HEADING_FIELDS) + WHOLE_FIELDS
FIELDS = PARAGRAPH_FIELDS + DOCUMENT_FIELDS
PLACED_FIELDS = tuple(field for field in FIELDS if field not in WHOLE_FIELDS)  # with positions
WEIGHED_FIELDS = tuple(FORMS)  # with the weights of the lemmas
SENTENCE = b"start"
_VARIANT = re.compile(rb"\0[^\n]*")  # what of a form's term tells it from others with the same folded text
_ARRAYS = {
    *("headings", "heading_ends", "dates", "paragraph_ends"),  # of documents
    *(f"{field}_lengths" for field in HEADING_FIELDS),  # likewise, in tokens
    *("document", "texts", "text_ends", "numbers", "starts", "stops", "lengths"),  # of paragraphs
    *("reading_form", "reading_lemma"),  # of forms and lemmas in the texts, by their numbers: which may be which
    *(f"{field}.{part}" for field in FIELDS for part in ("terms", "ends", "until", "row")),
    *(f"{field}.position" for field in PLACED_FIELDS),
    *(f"{field}.weight" for field in WEIGHED_FIELDS),
}


class Places(NamedTuple):
    """Where a term stands, in order of row and position; arrays of one length, or empty where the field has none."""

    row: np.ndarray
    position: np.ndarray  # of PLACED_FIELDS
    weight: np.ndarray  # of WEIGHED_FIELDS; in steps, see ranking


NONE = np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True)
class Readings:
    """Which lemmas the forms in the texts may have: numbers in the terms of `form` and of `text`, as pairs."""

    form: np.ndarray
    lemma: np.ndarray


@dataclass(frozen=True, slots=True)
class Postings:
    """The terms of a field and all their places, in any order of terms; within a term in order of place."""

    terms: list[bytes]
    term: np.ndarray  # index into terms, for each place
    places: Places


@dataclass(frozen=True, slots=True)
class Content:
    """Documents as arrays, before they become a segment: what a worker makes of a batch, or a merge of a segment."""

    headings: list[bytes]
    dates: np.ndarray  # of each document; seconds since 1970, NaN for none
    paragraphs_of: np.ndarray  # how many each document has
    texts: list[bytes]
    numbers: np.ndarray  # of the four, one for each paragraph
    starts: np.ndarray
    stops: np.ndarray
    lengths: np.ndarray  # in tokens
    heading_lengths: dict[str, np.ndarray]  # of each document, in tokens
    fields: dict[str, Postings]
    readings: Readings

    def by_file(self) -> dict[str, tuple[int, int]]:
        """Return how many documents and paragraphs came from each file."""
        file = self.fields["file"]
        documents = np.bincount(file.term, minlength=len(file.terms)).tolist()
        paragraphs = np.bincount(file.term, self.paragraphs_of, minlength=len(file.terms)).tolist()
        return {
            name.decode("utf-8", "surrogatepass"): (documents[at], int(paragraphs[at]))
            for at, name in enumerate(file.terms)
        }


def heading_to_bytes(heading: Heading) -> bytes:
    """Return a heading as it is stored."""
    date = heading.date.isoformat() if heading.date else ""
    row = [heading.path, heading.title, date, heading.source, heading.author, heading.url]
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")


def form_term(form: str) -> bytes:
    r"""Return the term of a form as written.

    >>> form_term("Ёж"), form_term("еж") == "еж".encode()
    (b'\xd0\xb5\xd0\xb6\x00\xd0\x81\xd0\xb6', True)
    """
    folded = fold(form)
    return (folded if folded == form else f"{folded}\0{form}").encode()


def form_of(term: bytes) -> str:
    """Return the form as written that a term stands for."""
    return term.rpartition(b"\0")[2].decode()


class Segment:
    """The arrays of one file, with names; nothing in it changes once it is there, so threads may share it."""

    def __init__(self, of: Arrays, deleted: Iterable[int]) -> None:
        if missing := _ARRAYS - of.keys():
            message = f"a segment lacks {', '.join(sorted(missing))}"
            raise arrays.NotArrays(message)
        self.of = of
        self.paragraphs = len(of["numbers"])  # deleted ones too
        self._lexicons: dict[str, tuple[Lexicon, np.ndarray]] = {}
        self.live: np.ndarray | None = None  # mask over paragraphs; None if all are
        gone = np.fromiter(deleted, np.int64)
        if gone.size:
            self.live = np.ones(self.paragraphs, np.bool_)
            self.live[gone] = False

    def term(self, field: str, text: bytes) -> int | None:
        """Return the number of a term, or None."""
        low = self._first(field, text)
        return low if low < len(self.of[f"{field}.ends"]) and self._text(field, low) == text else None

    def forms(self, field: str, form: Form) -> list[int]:
        """Return the numbers of the forms in FORMS[field] that are taken for this one."""
        variants = self._variants(field, fold(form.text))
        if form.exactness == "folded":
            return list(variants)
        normal = NORMAL[form.exactness]
        return [number for number in variants if normal(form_of(self._text(FORMS[field], number))) == form.text]

    def _variants(self, field: str, folded: str) -> range:
        """Return the numbers of all forms in FORMS[field] with this folded text."""
        if field in self._lexicons:  # ten times as fast, where it is there already
            lexicon, first = self._lexicons[field]
            index = lexicon.index(folded)
            return range(0) if index is None else range(int(first[index, 0]), int(first[index, 1]))
        text = folded.encode("utf-8", "surrogatepass")
        return range(self._first(FORMS[field], text), self._first(FORMS[field], text + b"\1"))

    def _first(self, field: str, text: bytes) -> int:
        """Return the number of the first term that is not below a text, by binary search."""
        low, high = 0, len(self.of[f"{field}.ends"])
        while low < high:
            middle = (low + high) // 2
            if self._text(field, middle) < text:
                low = middle + 1
            else:
                high = middle
        return low

    def _text(self, field: str, number: int) -> bytes:
        return arrays.unpack(self.of[f"{field}.terms"], self.of[f"{field}.ends"], number)

    def counts(self, field: str) -> np.ndarray:
        """Return at how many places each term of a field stands, deleted paragraphs left out."""
        until = self.of[f"{field}.until"]
        live = self.live if field in PARAGRAPH_FIELDS else self.live_documents
        if live is None:
            return np.diff(until, prepend=0)
        kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(live[self.of[f"{field}.row"]])])
        return np.diff(kept[until], prepend=0)

    def lexicon(self, field: str) -> Lexicon:
        """Return the folded forms in FORMS[field] and how often each stands there, deleted paragraphs left out."""
        if field not in self._lexicons:
            self._lexicons[field] = self._lexicon(field)
        return self._lexicons[field][0]

    def _lexicon(self, field: str) -> tuple[Lexicon, np.ndarray]:
        """Return it, and for each folded form its first number in FORMS[field] and the one after its last."""
        terms = arrays.lines(self.of[f"{FORMS[field]}.terms"], self.of[f"{FORMS[field]}.ends"])
        folded = _VARIANT.sub(b"", terms).decode().split("\n")[:-1]
        is_first = np.fromiter(chain(folded[:1], map(ne, folded[1:], folded)), np.bool_, len(folded))
        first = np.flatnonzero(is_first)
        if not first.size:
            return Lexicon([], np.zeros(0, np.int64)), np.zeros((0, 2), np.int64)
        counts = np.add.reduceat(self.counts(FORMS[field]), first)
        numbers = np.stack([first, np.append(first[1:], len(folded))], axis=1)
        is_first[first] = counts > 0  # a form that only deleted paragraphs have is not there
        return Lexicon(list(compress(folded, is_first.tolist())), counts[counts > 0]), numbers[counts > 0]

    def forms_of(self, lemma: bytes) -> dict[str, int]:
        """Return the forms in the texts that may have a lemma, and at how many places each stands."""
        number = self.term("text", lemma)
        if number is None:
            return {}
        return self.written(self.of["reading_form"][self.of["reading_lemma"] == number].tolist())

    def written(self, forms: list[int]) -> dict[str, int]:
        """Return forms in the texts by their numbers, and at how many places each stands."""
        counts = {form_of(self._text("form", form)): self._live_places(form) for form in forms}
        return {form: count for form, count in counts.items() if count}

    def _live_places(self, form: int) -> int:
        rows = self.places_of("form", form).row
        return len(rows) if self.live is None else int(self.live[rows].sum())

    def terms(self, field: str) -> list[bytes]:
        """Return all terms of a field, in order of their bytes; those of deleted paragraphs too."""
        blob, ends = self.of[f"{field}.terms"].tobytes(), self.of[f"{field}.ends"].tolist()
        return [blob[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def terms_beginning(self, field: str, prefix: bytes) -> list[bytes]:
        """Return the terms with this prefix."""
        first, last = self._first(field, prefix), self._first(field, prefix + b"\xff")  # no byte of UTF-8 is as high
        ends = self.of[f"{field}.ends"]
        edges = [int(ends[first - 1]) if first else 0, *ends[first:last].tolist()]
        blob = self.of[f"{field}.terms"][edges[0] : edges[-1]].tobytes()
        return [blob[start - edges[0] : stop - edges[0]] for start, stop in pairwise(edges)]

    def places(self, field: str, text: bytes) -> Places | None:
        """Return where a term stands, deleted paragraphs included, or None if nowhere."""
        number = self.term(field, text)
        return None if number is None else self.places_of(field, number)

    def places_of(self, field: str, number: int) -> Places:
        """Return where the term with this number stands."""
        until = self.of[f"{field}.until"]
        here = slice(int(until[number - 1]) if number else 0, int(until[number]))
        return Places(
            self.of[f"{field}.row"][here],
            self.of[f"{field}.position"][here] if field in PLACED_FIELDS else NONE,
            self.of[f"{field}.weight"][here] if field in WEIGHED_FIELDS else NONE,
        )

    @property
    def live_documents(self) -> np.ndarray | None:
        """Return the mask over documents; None if none is deleted."""
        return None if self.live is None else self.live[self._starts()]

    def places_of_all(self, field: str, numbers: np.ndarray) -> tuple[Places, np.ndarray]:
        """Return where the terms with these numbers stand, term by term; and for each place which of them it is."""
        until = self.of[f"{field}.until"]
        starts = np.where(numbers > 0, until[numbers - 1], 0)
        of, here = ranges(starts, until[numbers] - starts)
        return Places(self.of[f"{field}.row"][here], self.of[f"{field}.position"][here], NONE), of

    def paragraphs_of(self, document: int) -> range:
        """Return the rows of a document's paragraphs."""
        ends = self.of["paragraph_ends"]
        return range(int(ends[document - 1]) if document else 0, int(ends[document]))

    def is_live(self, paragraph: int) -> bool:
        """Whether a paragraph was not deleted."""
        return self.live is None or bool(self.live[paragraph])

    def heading(self, document: int) -> Heading:
        """Return what is stored of a document."""
        raw = arrays.unpack(self.of["headings"], self.of["heading_ends"], document).decode("utf-8", "surrogatepass")
        path, title, date, source, author, url = json.loads(raw)
        return Heading(path, title, datetime.fromisoformat(date) if date else None, source, author, url)

    def paragraph(self, row: int) -> tuple[Paragraph, Heading]:
        """Return a stored paragraph with its document's heading."""
        heading = self.heading(int(self.of["document"][row]))
        text = arrays.unpack(self.of["texts"], self.of["text_ends"], row).decode("utf-8", "surrogatepass")
        span = Span(int(self.of["starts"][row]), int(self.of["stops"][row]))
        return Paragraph(heading.path, int(self.of["numbers"][row]), span, text), heading

    def left(self) -> Content:
        """Return what is not deleted, for merging into another segment."""
        live = self.live if self.live is not None else np.ones(self.paragraphs, np.bool_)
        counts = np.add.reduceat(live, self._starts(), dtype=np.int64) if self.paragraphs else np.zeros(0, np.int64)
        documents = counts > 0
        new_row = {
            **dict.fromkeys(PARAGRAPH_FIELDS, np.cumsum(live) - 1),
            **dict.fromkeys(DOCUMENT_FIELDS, np.cumsum(documents) - 1),
        }
        kept = {**dict.fromkeys(PARAGRAPH_FIELDS, live), **dict.fromkeys(DOCUMENT_FIELDS, documents)}
        return Content(
            headings=_kept(self.of["headings"], self.of["heading_ends"], documents),
            dates=self.of["dates"][documents],
            paragraphs_of=counts[documents],
            texts=_kept(self.of["texts"], self.of["text_ends"], live),
            numbers=self.of["numbers"][live],
            starts=self.of["starts"][live],
            stops=self.of["stops"][live],
            lengths=self.of["lengths"][live],
            heading_lengths={field: self.of[f"{field}_lengths"][documents] for field in HEADING_FIELDS},
            fields={field: self._postings(field, kept[field], new_row[field]) for field in FIELDS},
            readings=Readings(self.of["reading_form"].astype(np.int64), self.of["reading_lemma"].astype(np.int64)),
        )

    def _starts(self) -> np.ndarray:
        ends = self.of["paragraph_ends"]
        return np.concatenate([np.zeros(1, np.int64), ends[:-1]])

    def _postings(self, field: str, kept: np.ndarray, new_row: np.ndarray) -> Postings:
        until = self.of[f"{field}.until"]
        row = self.of[f"{field}.row"]
        here = kept[row]
        term = np.repeat(np.arange(len(until), dtype=np.int64), np.diff(until, prepend=0))
        position = self.of[f"{field}.position"][here] if field in PLACED_FIELDS else NONE
        weight = self.of[f"{field}.weight"][here] if field in WEIGHED_FIELDS else NONE
        return Postings(self.terms(field), term[here], Places(new_row[row[here]], position, weight))


def _kept(blob: np.ndarray, ends: np.ndarray, kept: np.ndarray) -> list[bytes]:
    return [arrays.unpack(blob, ends, int(at)) for at in np.flatnonzero(kept)]


def ranges(starts: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers in ranges, one range after another; for each number first which range it is of.

    >>> [array.tolist() for array in ranges(np.array([7, 3]), np.array([2, 1]))]
    [[0, 0, 1], [7, 8, 3]]
    """
    of = np.repeat(np.arange(len(starts)), lengths)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + starts[of]


def combine(contents: list[Content]) -> Arrays:
    """Return the arrays of a segment with the documents of all contents, in their order."""
    paragraphs_of = _join([content.paragraphs_of for content in contents])
    headings, heading_ends = arrays.pack([heading for content in contents for heading in content.headings])
    texts, text_ends = arrays.pack([text for content in contents for text in content.texts])
    combined: Arrays = {
        "headings": headings,
        "heading_ends": heading_ends,
        "dates": _join([content.dates for content in contents]).astype(np.float64),
        "paragraph_ends": np.cumsum(paragraphs_of, dtype=np.int64),
        "document": np.repeat(np.arange(len(paragraphs_of), dtype=np.uint32), paragraphs_of),
        "texts": texts,
        "text_ends": text_ends,
        "numbers": _join([content.numbers for content in contents]).astype(np.uint32),
        "starts": _join([content.starts for content in contents]).astype(np.int64),
        "stops": _join([content.stops for content in contents]).astype(np.int64),
        "lengths": _join([content.lengths for content in contents]).astype(np.uint32),
    }
    for field in HEADING_FIELDS:
        combined[f"{field}_lengths"] = _join([content.heading_lengths[field] for content in contents]).astype(np.uint32)
    numbers: dict[str, list[np.ndarray]] = {}
    for field in FIELDS:
        rows = [len(content.texts if field in PARAGRAPH_FIELDS else content.headings) for content in contents]
        inverted, numbers[field] = _invert(field, [content.fields[field] for content in contents], rows)
        combined.update(inverted)
    combined.update(_readings([content.readings for content in contents], numbers["form"], numbers["text"]))
    return combined


def _readings(readings: list[Readings], form_numbers: list[np.ndarray], lemma_numbers: list[np.ndarray]) -> Arrays:
    """Return all pairs once, renumbered; those of a form or a lemma that only deleted paragraphs had are gone."""
    form = _join([numbers[part.form] for part, numbers in zip(readings, form_numbers, strict=True)])
    lemma = _join([numbers[part.lemma] for part, numbers in zip(readings, lemma_numbers, strict=True)])
    pairs = np.unique((form << 32 | lemma)[(form >= 0) & (lemma >= 0)])
    return {"reading_form": (pairs >> 32).astype(np.uint32), "reading_lemma": pairs.astype(np.uint32)}


def _invert(field: str, postings: list[Postings], rows: list[int]) -> tuple[Arrays, list[np.ndarray]]:
    """Return a field's terms in order of their bytes, and the places of each in order; and each part's new numbers.

    The new number of a term that only deleted paragraphs had is -1.
    """
    vocabulary = sorted(set().union(*(part.terms for part in postings)))
    number = {term: at for at, term in enumerate(vocabulary)}
    renumbered = [np.fromiter((number[term] for term in part.terms), np.int64, len(part.terms)) for part in postings]
    base = np.concatenate([np.zeros(1, np.int64), np.cumsum(rows, dtype=np.int64)])
    term = _join([numbers[part.term] for part, numbers in zip(postings, renumbered, strict=True) if part.term.size])
    # Stable, so that the places of a term stay in order.
    order = np.argsort(term, kind="stable")
    counts = np.bincount(term, minlength=len(vocabulary)) if vocabulary else np.zeros(0, np.int64)
    used = counts > 0  # a term that only deleted paragraphs had is gone
    blob, ends = arrays.pack([vocabulary[at] for at in np.flatnonzero(used)])
    row = _join([part.places.row.astype(np.int64) + start for part, start in zip(postings, base, strict=False)])
    inverted: Arrays = {
        f"{field}.terms": blob,
        f"{field}.ends": ends,
        f"{field}.until": np.cumsum(counts[used], dtype=np.int64),
        f"{field}.row": row[order].astype(np.uint32),
    }
    if field in PLACED_FIELDS:
        position = _join([part.places.position for part in postings])[order]
        fits = not position.size or position.max() < np.iinfo(np.uint16).max
        inverted[f"{field}.position"] = position.astype(np.uint16 if fits else np.uint32)
    if field in WEIGHED_FIELDS:
        weight = _join([part.places.weight for part in postings])[order]
        inverted[f"{field}.weight"] = weight.astype(np.uint8)
    final = np.where(used, np.cumsum(used) - 1, -1)
    return inverted, [final[numbers] for numbers in renumbered]


def _join(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
