"""Documents → Scan: what a build does with texts on every core, before their words are looked up.

A word of a text is told by a hash of 64 bits: a token becomes a number by array operations, and only one that
was not met before becomes a string. Of ten million places a core so looks at half a million; that two tokens of them
have one hash happens in a build of a hundred million. A scanner numbers the words that it meets; the build translates
these numbers, for each core meets the words in an order of its own.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import numpy as np

from indexer.analysis import bulk, loops
from indexer.backends.whoosh import interning, keying, texts
from indexer.backends.whoosh.hashtable import HashTable
from indexer.backends.whoosh.segment import HEADING_FIELDS, Content, Rows, Whole, heading_to_bytes
from indexer.compiled import kept
from indexer.frozen import frozen
from indexer.paragraphs import passages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.analysis import Analyzer
    from indexer.settings import Reading
    from indexer.types import Document

# Characters, about; a third of it takes 1.15 times as long, by loops half of it 1.08, and with more, memory would grow.
_AT_ONCE = 350_000
_SAVED = 13e-9  # seconds of the processor that loops save of a character: of 67 million 0.9 of 2.4
LOOPS = (*loops.LOOPS, *interning.LOOPS, *keying.LOOPS)


@frozen
class Scan:
    """Documents whose words have the numbers of a scanner."""

    scanner: str
    met: int  # words that the scanner had met before
    keys: bytes  # of the words that the scanner met here for the first time, in order of their numbers: terms.joined
    content: Content

    def numbered(self, numbers: np.ndarray) -> Content:
        """Return the documents with other numbers for their words, which are told by those of the scanner."""
        fields = {field: row._replace(words=numbers[row.words]) for field, row in self.content.fields.items()}
        return replace(self.content, fields=fields)


class Scanner:
    """Reads documents, and remembers which words it has met. No threads may share it."""

    def __init__(self, analyzer: Analyzer, settings: Reading, seen: int = 0) -> None:
        """Begin as one that has seen so many characters: what comes when loops are worth it is scanned by these."""
        self.name = uuid4().hex
        self._analyzer = analyzer
        self._settings = settings
        self._hashes = keying.Hasher(analyzer.settings.longest_word)
        self._reader = loops.Reader(self._hashes.secrets, self._hashes.longest)
        self._words = HashTable()
        self._seen = seen

    def scan(self, documents: Iterable[tuple[str, Document]]) -> Scan:
        """Return documents with their words numbered; each comes with the name of the file it was read from.

        A document without a word is left out.
        """
        kept: list[tuple[str, Document]] = []
        found: list[tuple[int, str]] = []
        paragraphs_of: list[int] = []
        for file, document in documents:
            if of_document := passages(document.text, self._settings):
                found += of_document
                kept.append((file, document))
                paragraphs_of.append(len(of_document))
        paragraphs = [paragraph for _, paragraph in found]
        fields = {"text": paragraphs}
        for field in HEADING_FIELDS:
            fields[field] = [getattr(document, field) for _, document in kept]
        met = len(self._words)
        keys, rows, packed = self._rows(fields)
        content = Content(
            headings=[heading_to_bytes(document) for _, document in kept],
            dates=np.array([d.date.timestamp() if d.date else np.nan for _, d in kept], np.float64),
            paragraphs_of=np.array(paragraphs_of, np.int64),
            texts=packed,
            starts=np.fromiter(map(itemgetter(0), found), np.uint32, len(found)),
            fields=rows,
            wholes={
                "path": _whole([document.path for _, document in kept]),
                "source_name": _whole([document.source.casefold() for _, document in kept]),
                "file": _whole([file for file, _ in kept]),
            },
        )
        return Scan(self.name, met, keys, content)

    def _rows(self, fields: dict[str, list[str]]) -> tuple[bytes, dict[str, Rows], texts.Blocks]:
        """Return the keys of words that are new, the texts of fields as numbers of words, and those of the first."""
        keys: list[bytes] = []  # of each portion
        words, lengths, opens = [], [], []
        packing, left = texts.Packing(), len(next(iter(fields.values())))
        for some in _portions([text for texts_ in fields.values() for text in texts_]):
            of = self._numbered(some, min(left, len(some)))
            keys.append(of.keys)
            words.append(of.words)
            lengths.append(of.tokens.lengths)
            opens.append(of.tokens.opens)
            packing.add(*of.encoded)
            self._seen += len(of.tokens.text)
            left -= len(of.encoded[1])
        every = Rows(*map(np.concatenate, (words, lengths, opens)))
        rows = {}
        ends = np.cumsum([len(texts_) for texts_ in fields.values()])
        places = np.append(0, np.cumsum(every.lengths))
        for field, (first, last) in zip(fields, pairwise([0, *ends.tolist()]), strict=True):
            here = slice(places[first], places[last])
            rows[field] = Rows(every.words[here], every.lengths[first:last], every.opens[here])
        return b"".join(keys), rows, packing.blocks()

    def _numbered(self, some: list[str], encoded: int) -> _Numbered:
        """Return texts as numbers of words, and the first of them encoded."""
        read = self._reader.tokens(some) if kept.preferred(LOOPS, self._seen * _SAVED) else None
        if read is None:
            of = bulk.tokens(some)
            numbers, new = self._words.numbers(self._hashes(of))
            return _Numbered(of, keying.keys(of, new, self._analyzer), numbers, _encoded(some[:encoded]))
        of, hashes = read
        numbers, new = interning.numbers(hashes, self._words)
        keys = keying.keys(of, new, self._analyzer, by_loops=True)
        return _Numbered(of, keys, numbers, self._reader.encoded(encoded))


class _Numbered(NamedTuple):
    """Texts as numbers of words."""

    tokens: bulk.Tokens
    keys: bytes  # of words that are new: terms.joined
    words: np.ndarray  # at each place
    encoded: tuple[bytes, np.ndarray]  # some of the texts, one behind another, and how long each is


def _encoded(some: list[str]) -> tuple[bytes, np.ndarray]:
    # Each by itself: CPython takes 1.4 times as long to encode them as one.
    each = [text.encode("utf-8", "surrogatepass") for text in some]
    return b"".join(each), np.fromiter(map(len, each), np.int64, len(each))


def _portions(texts_: list[str]) -> Iterator[list[str]]:
    """Give texts, as many at once as are looked through within the caches of a core; one list at least."""
    ends = np.cumsum(np.fromiter(map(len, texts_), np.int64, len(texts_)))
    size = ends[-1] if len(ends) else 0
    # Of one size, for one more that is small takes longer than a little more in each.
    edges = ends.searchsorted(np.linspace(0, size, max(round(size / _AT_ONCE), 1) + 1)[1:-1])
    for first, last in pairwise([0, *sorted({*edges.tolist()} - {0}), len(texts_)]):
        yield texts_[first:last]


def _whole(values: list[str]) -> Whole:
    """Return a field whose value is one term."""
    number: dict[str, int] = {}
    terms = np.array([number.setdefault(value, len(number)) for value in values], np.int32)
    return Whole([term.encode("utf-8", "surrogatepass") for term in number], terms)
