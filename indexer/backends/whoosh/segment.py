"""What a segment holds: documents, paragraphs, words, and for each field its texts as words and its lists of rows.

Rows are paragraphs in the field `text`, and documents in the others. A document's paragraphs are adjacent. What a build
or a merge puts into a segment is Content; assembly.py makes arrays of it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from datetime import datetime
from functools import cached_property
from itertools import chain, compress, islice, pairwise
from json.encoder import encode_basestring
from operator import ne
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.lemmatize import is_capitalised
from indexer.backends.whoosh import arrays, lists, terms, texts, tokens, words
from indexer.backends.whoosh.lists import Stored, ranges
from indexer.backends.whoosh.terms import Terms
from indexer.backends.whoosh.texts import Texts
from indexer.backends.whoosh.tokens import Among, Tokens
from indexer.backends.whoosh.words import Neighbours, Words
from indexer.frozen import frozen
from indexer.types import Heading, Paragraph, Span
from indexer.vocabulary import Lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.backends.whoosh.arrays import Arrays
    from indexer.backends.whoosh.lists import Lists, Placed
    from indexer.backends.whoosh.texts import Blocks
    from indexer.types import Document

HEADING_FIELDS = ("title", "source", "author")  # what is analysed of a document beside its paragraphs
ANALYSED_FIELDS = ("text", *HEADING_FIELDS)
WHOLE_FIELDS = ("path", "source_name", "file")  # a value is one term
FIELDS = ANALYSED_FIELDS + WHOLE_FIELDS
_decoded = json.JSONDecoder().raw_decode
_VARIANT = re.compile(rb"\0[^\n]*")  # what of a form's term tells it from others with the same folded text
_ARRAYS = {
    *("headings", "heading_ends", "dates", "paragraph_ends", "starts"),
    *tokens.PARTS,  # of the rows of all fields, one field after another
    "field_rows",  # how many rows each has
    *("count_value", "count_until"),  # how often words stand in the texts: a value, and the first word of the next one
    *texts.PARTS,
    *words.PARTS,
    *(f"{field}.{part}" for field in ANALYSED_FIELDS for part in ("lemma", "bounds", *lists.PARTS)),
    *(f"{field}.{part}" for field in WHOLE_FIELDS for part in (*terms.PARTS, "until", "row")),
}


class Rows(NamedTuple):
    """Texts of a field as numbers of words, one after another; a row is a paragraph or a document."""

    words: np.ndarray
    lengths: np.ndarray  # of each row, in words
    opens: np.ndarray  # whether each word opens a sentence


class Whole(NamedTuple):
    """A field whose value is one term, for each document."""

    terms: list[bytes]
    term: np.ndarray  # index into terms


@frozen
class Content:
    """Documents as arrays, before they become a segment: what a worker makes of a batch, or a merge of a segment."""

    headings: list[bytes]
    dates: np.ndarray  # of each document; seconds since 1970, NaN for none
    paragraphs_of: np.ndarray  # how many each document has
    texts: Blocks
    starts: np.ndarray  # of each paragraph, in the document's text; characters
    fields: dict[str, Rows]
    wholes: dict[str, Whole]

    def by_file(self) -> dict[str, tuple[int, int]]:
        """Return how many documents and paragraphs came from each file."""
        file = self.wholes["file"]
        documents = np.bincount(file.term, minlength=len(file.terms)).tolist()
        paragraphs = np.bincount(file.term, self.paragraphs_of, minlength=len(file.terms)).tolist()
        return {
            name.decode("utf-8", "surrogatepass"): (documents[at], int(paragraphs[at]))
            for at, name in enumerate(file.terms)
        }


def heading_to_bytes(heading: Heading | Document) -> bytes:
    """Return a heading, or that of a document, as it is stored."""
    date = heading.date.isoformat() if heading.date else ""
    row = [heading.path, heading.title, date, heading.source, heading.author, heading.url]
    # What json.dumps(row, ensure_ascii=False) gives, in a third of the time.
    return f"[{', '.join(map(encode_basestring, row))}]".encode("utf-8", "surrogatepass")


class Places(NamedTuple):
    """Where lemmas stand, row by row in order: arrays of one length; a place comes once for each of its lemmas."""

    row: np.ndarray  # index into the rows that were looked through
    position: np.ndarray
    lemma: np.ndarray  # index into the lemmas that were looked for
    steps: np.ndarray  # weight of the lemma there


class Field:
    """The texts of a field in one segment, and for each lemma the rows that have it."""

    def __init__(self, of: Arrays, field: str, rows: slice, tokens_: Tokens) -> None:
        self._tokens = tokens_
        self._lists = Stored(of, f"{field}.")
        self.all = rows  # among those of all fields
        self.rows = rows.stop - rows.start
        places = tokens_.places(rows)
        self.places = places.stop - places.start
        self._gaps = of[f"{field}.lemma"]  # from each lemma that stands there to the next, in order
        self.found = self._lists.found  # how many rows each has, deleted ones too
        self.bounds = of[f"{field}.bounds"]  # what the codes of the lists were made for: see codes.py

    @cached_property
    def lemmas(self) -> np.ndarray:
        """Return those that stand there, in order."""
        lemmas: np.ndarray = self._gaps.cumsum(dtype=np.uint32)
        return lemmas

    def lengths(self) -> np.ndarray:
        """Return how many words each row has."""
        return self._tokens.lengths(self.all)

    def narrow_lengths(self) -> np.ndarray:
        """Return the same in as few bytes as they are stored in."""
        return self._tokens.narrow_lengths(self.all)

    def words(self) -> np.ndarray:
        """Return the words of all rows."""
        return self._tokens.words(self._tokens.places(self.all))

    def opens(self) -> np.ndarray:
        """Return whether each of them opens a sentence."""
        return self._tokens.opens(self._tokens.places(self.all))

    def lists_of(self, lemmas: np.ndarray) -> np.ndarray:
        """Return the number of the list of each lemma; -1 for one that does not stand here."""
        if not len(self.lemmas):
            return np.full(len(lemmas), -1)
        # Asked in the type of the list: else all of it would be turned into another.
        at = np.searchsorted(self.lemmas, np.maximum(lemmas, 0).astype(self.lemmas.dtype))
        at[at == len(self.lemmas)] = 0
        return np.where(self.lemmas[at] == lemmas, at, -1)

    def list_of(self, lemma: int) -> int | None:
        """Return the number of the list of one lemma, or None if it does not stand here."""
        lemmas, missing = self._lemmas
        # There are no more before it than lemmas that do not stand here.
        at = bisect_left(lemmas, lemma, max(lemma - missing, 0), min(lemma + 1, len(lemmas)))
        return at if at < len(lemmas) and lemmas[at] == lemma else None

    def found_in(self, number: int) -> int:
        """Return how many rows the list with this number has, deleted ones too."""
        found: int = self._found[number]
        return found

    @cached_property
    def _lemmas(self) -> tuple[memoryview, int]:
        """Return those that stand here, and how many of the lemmas up to the last of them do not."""
        lemmas = arrays.plain(self.lemmas)
        return lemmas, (lemmas[-1] + 1 if len(lemmas) else 0) - len(lemmas)

    @cached_property
    def _found(self) -> memoryview:
        return arrays.plain(self.found)

    def read(self, numbers: np.ndarray) -> Lists:
        """Return the lists with these numbers, deleted rows included."""
        return self._lists.read(numbers)

    @property
    def lists_for_loops(self) -> tuple[np.ndarray, ...]:
        """Return what compiled loops read of the lists."""
        return self._lists.for_loops

    def place(self, number: int) -> Placed:
        """Return where the list with this number is."""
        return self._lists.place(number)


class Lookout:
    """Finds some lemmas in rows of any field."""

    def __init__(self, segment: Segment, lemmas: np.ndarray) -> None:
        self._segment = segment
        self._lemmas = lemmas  # in order
        wanted, _ = segment.words.words_of(lemmas)
        self._among = Among(np.sort(wanted))

    def places(self, rows: np.ndarray) -> Places:
        """Return where in these rows the lemmas stand, with their weights there."""
        tokens_ = self._segment.tokens
        places, of, starts, numbers = self._segment.standing(rows, self._among)

        def neighbours(at: np.ndarray) -> Neighbours:
            return tokens_.neighbours(places[at], starts[at], tokens_.ends(rows[of[at]]))

        place, lemma, steps = self._segment.words.readings(numbers, neighbours)
        number = self._lemmas.searchsorted(lemma)
        number[number == len(self._lemmas)] = 0
        kept = (self._lemmas[number] == lemma).nonzero()[0]
        place = place[kept]
        # They are multiplied and added up: bytes are too narrow for it.
        return Places(of[place], (places - starts)[place], number[kept], steps[kept].astype(np.int64))


class Segment:
    """The arrays of one file, with names; nothing in it changes once it is there, so threads may share it."""

    def __init__(self, of: Arrays, deleted: bytes | bytearray | None) -> None:
        if missing := _ARRAYS - of.keys():
            message = f"a segment lacks {', '.join(sorted(missing))}"
            raise arrays.NotArrays(message)
        self.of = of
        self.paragraphs = len(of["starts"])  # deleted ones too
        self.documents = len(of["dates"])
        self.words = Words(of)
        self.texts = Texts(of)
        self._headings = arrays.Packed(of["headings"], of["heading_ends"])
        self._paragraph_ends, self._starts = arrays.plain(of["paragraph_ends"]), arrays.plain(of["starts"])
        self._wholes = {field: Terms(of, f"{field}.") for field in WHOLE_FIELDS}
        self.tokens = Tokens(of)
        edges = [0, *np.cumsum(of["field_rows"], dtype=np.int64).tolist()]
        self.fields = {
            field: Field(of, field, slice(first, last), self.tokens)
            for field, (first, last) in zip(ANALYSED_FIELDS, pairwise(edges), strict=True)
        }
        self._counts: dict[str, np.ndarray] = {}
        self._lexicons: dict[str, Lexicon] = {}
        self.live: np.ndarray | None = None  # mask over paragraphs; None if all are
        if deleted and any(deleted):
            self.live = np.unpackbits(np.frombuffer(deleted, np.uint8), count=self.paragraphs) == 0

    def standing(self, rows: np.ndarray, words: Among) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return the places in these rows, of all fields, where words stand; the row, where it starts, and the word."""
        starts = self.tokens.starts(rows)
        of, places = ranges(starts, self.tokens.ends(rows) - starts)
        found, numbers = self.tokens.having(places, words)
        of = of[found]
        return places[found], of, starts[of], numbers

    def known(self, field: str, lemmas: Sequence[bytes]) -> list[int]:
        """Return which of some lemmas stand in a field, deleted rows included: indices of theirs."""
        list_of = self.fields[field].list_of
        return [at for at, number in self.words.known(lemmas).items() if list_of(number) is not None]

    # --- how often ---

    def counts(self, field: str) -> np.ndarray:
        """Return how often each word stands in a field, deleted paragraphs left out."""
        if field not in self._counts:
            self._counts[field] = self._count(field)
        return self._counts[field]

    def _count(self, field: str) -> np.ndarray:
        live = self.live if field == "text" else self.live_documents
        if field == "text" and live is None:
            until = self.of["count_until"].astype(np.int64)
            return np.repeat(self.of["count_value"].astype(np.int64), np.diff(until, prepend=0))
        of = self.fields[field]
        every = of.words()
        kept = every if live is None else every[np.repeat(live, of.lengths())]
        return np.bincount(kept, minlength=self.words.count)

    def often(self, field: str, words: Sequence[int]) -> list[int]:
        """Return how often each of some words stands in a field; for a few in the texts, not all words are counted."""
        if field == "text" and self.live is None:
            until, value = self._runs
            return [value[bisect_right(until, word)] for word in words]
        counts: list[int] = self.counts(field)[list(words)].tolist()
        return counts

    @cached_property
    def _runs(self) -> tuple[memoryview, memoryview]:
        return arrays.plain(self.of["count_until"]), arrays.plain(self.of["count_value"])

    def lemma_count(self, field: str, lemma: int) -> int:
        """Return how often a lemma stands in a field."""
        return sum(self.often(field, [word for words in self.words.with_lemma(lemma).values() for word in words]))

    def forms_of(self, lemma: int) -> dict[str, int]:
        """Return the forms in the texts that may have a lemma, and at how many places each stands."""
        forms = self.words.with_lemma(lemma)
        texts = self.words.texts_of(forms)
        # Only a form with a capital may have another word for the other place in a sentence, without the lemma.
        pairs = zip(texts, forms.items(), strict=True)
        capitals = [form for text, (form, words) in pairs if len(words) == 1 and is_capitalised(text)]
        forms |= zip(capitals, self.words.variants_of(capitals), strict=True)
        places = iter(self.often("text", list(chain.from_iterable(forms.values()))))
        counts = [sum(islice(places, len(words))) for words in forms.values()]
        return {text: count for text, count in zip(texts, counts, strict=True) if count}

    def written(self, forms: np.ndarray) -> dict[str, int]:
        """Return forms in the texts by their numbers, and at how many places each stands."""
        return {
            self.words.form(int(form)): int(count)
            for form, count in zip(forms, self.form_counts("text", forms), strict=True)
            if count
        }

    def form_counts(self, field: str, forms: np.ndarray) -> np.ndarray:
        """Return how often each of these forms stands in a field."""
        found, of = self.words.with_forms(forms)
        return np.bincount(of, self.counts(field)[found], minlength=len(forms)).astype(np.int64)

    def lexicon(self, field: str) -> Lexicon:
        """Return the folded forms in a field and how often each stands there, deleted paragraphs left out."""
        if field not in self._lexicons:
            self._lexicons[field] = self._lexicon(field)
        return self._lexicons[field]

    def _lexicon(self, field: str) -> Lexicon:
        terms = self.words.form_lines()
        folded = _VARIANT.sub(b"", terms).decode("utf-8", "surrogatepass").split("\n")[:-1]
        is_first = np.fromiter(chain(folded[:1], map(ne, folded[1:], folded)), np.bool_, len(folded))
        if not is_first.any():
            return Lexicon([], np.zeros(0, np.int64))
        counts = np.bincount(self.of["word_form"] >> 1, self.counts(field), minlength=len(folded)).astype(np.int64)
        counts = np.add.reduceat(counts, np.flatnonzero(is_first))
        is_first[is_first] = counts > 0  # a form that only other fields or deleted paragraphs have is not there
        return Lexicon(list(compress(folded, is_first.tolist())), counts[counts > 0])

    def lemmas(self) -> list[bytes]:
        """Return the lemmas in the texts, those left out that only deleted paragraphs have."""
        texts_ = self.words.all_lemmas()
        return [texts_[lemma] for lemma in self.lemma_numbers().tolist()]

    def lemma_numbers(self) -> np.ndarray:
        """Return the numbers of these."""
        field = self.fields["text"]
        gone = np.zeros(len(field.lemmas), np.bool_)
        if self.live is not None:
            # Only a lemma of a deleted paragraph may be gone.
            words_ = arrays.distinct(field.words()[np.repeat(~self.live, field.lengths())])
            lists_ = field.lists_of(arrays.distinct(self.words.pairs_of(words_) >> 1))
            lists_ = lists_[lists_ >= 0]
            gone[lists_] = True
            read = field.read(lists_)
            gone[lists_[arrays.distinct(read.of[self.live[read.rows]])]] = False
        left: np.ndarray = field.lemmas[~gone]
        return left

    # --- documents and paragraphs ---

    @cached_property
    def live_documents(self) -> np.ndarray | None:
        """Return the mask over documents; None if none is deleted."""
        return None if self.live is None else self.live[self.first_paragraphs]

    @cached_property
    def first_paragraphs(self) -> np.ndarray:
        """Return the first paragraph of each document."""
        ends = self.of["paragraph_ends"].astype(np.int64)
        return np.concatenate([np.zeros(1, np.int64), ends[:-1]])

    def paragraphs_of(self, document: int) -> range:
        """Return the rows of a document's paragraphs."""
        ends = self._paragraph_ends
        return range(ends[document - 1] if document else 0, ends[document])

    def is_live(self, paragraph: int) -> bool:
        """Whether a paragraph was not deleted."""
        return self.live is None or bool(self.live[paragraph])

    def heading(self, document: int) -> Heading:
        """Return what is stored of a document."""
        raw = self._headings[document].decode("utf-8", "surrogatepass")
        (path, title, date, source, author, url), _ = _decoded(raw)
        return Heading(path, title, datetime.fromisoformat(date) if date else None, source, author, url)

    def headings(self) -> list[list[str]]:
        """Return what is stored of all documents, deleted ones too: see heading_to_bytes."""
        # Parsed at once: one by one, and as Headings, they take six times as long.
        stored = b",".join(arrays.all_of(self.of["headings"], self.of["heading_ends"]))
        rows: list[list[str]] = json.loads(b"[" + stored + b"]")
        return rows

    def paragraph(self, row: int) -> tuple[Paragraph, Heading]:
        """Return a stored paragraph with its document's heading."""
        ends = self._paragraph_ends
        document = bisect_right(ends, row)
        heading = self.heading(document)
        text = self.texts[row].decode("utf-8", "surrogatepass")
        start = self._starts[row]
        number = row - (ends[document - 1] if document else 0) + 1
        return Paragraph(heading.path, number, Span(start, start + len(text)), text), heading

    def terms(self, field: str) -> list[bytes]:
        """Return all terms of a whole field, in order of their bytes; those of deleted paragraphs too."""
        return self._wholes[field].all()

    def documents_with(self, field: str, text: bytes) -> np.ndarray:
        """Return the documents whose whole field has this value, deleted ones included."""
        values, until = self._wholes[field], self.of[f"{field}.until"]
        number = values.first(text)
        if number == len(values) or values[number] != text:
            return np.zeros(0, np.int64)
        return self.of[f"{field}.row"][int(until[number - 1]) if number else 0 : int(until[number])].astype(np.int64)

    def term_of(self, field: str) -> np.ndarray:
        """Return which of the terms of a whole field each document has."""
        until = self.of[f"{field}.until"].astype(np.int64)
        term = np.zeros(self.documents, np.int64)
        term[self.of[f"{field}.row"]] = np.repeat(np.arange(len(until)), np.diff(until, prepend=0))
        return term

    # --- merging ---

    def left(self) -> Content:
        """Return what is not deleted, for merging into another segment; words keep the numbers they have here."""
        live = self.live if self.live is not None else np.ones(self.paragraphs, np.bool_)
        counts = (
            np.add.reduceat(live, self.first_paragraphs, dtype=np.int64) if self.paragraphs else np.zeros(0, np.int64)
        )
        documents = counts > 0
        kept = {field: live if field == "text" else documents for field in ANALYSED_FIELDS}
        packed = (
            self.texts.all() if live.all() else texts.pack(self.texts[row] for row in np.flatnonzero(live).tolist())
        )
        headings = arrays.all_of(self.of["headings"], self.of["heading_ends"])
        return Content(
            headings=list(compress(headings, documents.tolist())),
            dates=self.of["dates"][documents],
            paragraphs_of=counts[documents],
            texts=packed,
            starts=self.of["starts"][live],
            fields={field: self._row(field, kept[field]) for field in ANALYSED_FIELDS},
            wholes={field: self._whole(field, documents) for field in WHOLE_FIELDS},
        )

    def _row(self, field: str, kept: np.ndarray) -> Rows:
        of = self.fields[field]
        lengths, every, opens = of.lengths(), of.words(), of.opens()
        if kept.all():
            return Rows(every, lengths, opens)
        here = np.repeat(kept, lengths)
        return Rows(every[here], lengths[kept], opens[here])

    def _whole(self, field: str, kept: np.ndarray) -> Whole:
        return Whole(self.terms(field), self.term_of(field)[kept])
