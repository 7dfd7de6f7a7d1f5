"""Documents → Scan: what a build does with texts on every core, before their words are looked up.

Words are numbered while they are read; each different one is analysed once, by whichever core is free (numbering.py).
Of 430 thousand words of news 64 thousand are different, and looking one up costs some thirty times as much as numbering
it. With each core looking up all words of its own share, two took longer than one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indexer.analysis.tokenize import SENTENCE, TEXT, signed_tokens
from indexer.backends.whoosh import texts
from indexer.backends.whoosh.segment import HEADING_FIELDS, Content, Rows, Whole, heading_to_bytes
from indexer.backends.whoosh.words import key_of
from indexer.paragraphs import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.analysis import Analyzer
    from indexer.settings import Reading
    from indexer.types import Document, Paragraph


@dataclass(frozen=True, slots=True)
class Scan:
    """Documents whose words are numbered and not yet looked up."""

    keys: list[bytes]  # of the words, see numbering.py
    content: Content  # its words have the numbers of the keys

    def numbered(self, numbers: np.ndarray) -> Content:
        """Return the documents with other numbers for their words."""
        fields = {
            field: words._replace(words=numbers[words.words].astype(np.uint32))
            for field, words in self.content.fields.items()
        }
        return replace(self.content, fields=fields)


def scan(documents: Iterable[tuple[str, Document]], analyzer: Analyzer, settings: Reading) -> Scan:
    """Return documents with their words numbered; each comes with the name of the file it was read from.

    A document without a word is left out.
    """
    kept: list[tuple[str, Document]] = []
    paragraphs: list[Paragraph] = []
    paragraphs_of: list[int] = []
    for file, document in documents:
        before = len(paragraphs)
        paragraphs.extend(split(document, settings))
        if len(paragraphs) > before:
            kept.append((file, document))
            paragraphs_of.append(len(paragraphs) - before)
    numbers = _Numbers()
    rows = {"text": _number((paragraph.text for paragraph in paragraphs), numbers)}
    for field in HEADING_FIELDS:
        rows[field] = _number((getattr(document, field) for _, document in kept), numbers)
    keys, fields = _keys(rows, list(numbers), analyzer)
    content = Content(
        headings=[heading_to_bytes(document.heading) for _, document in kept],
        dates=np.array([d.date.timestamp() if d.date else np.nan for _, d in kept], np.float64),
        paragraphs_of=np.array(paragraphs_of, np.int64),
        texts=texts.pack(paragraph.text.encode("utf-8", "surrogatepass") for paragraph in paragraphs),
        starts=np.array([paragraph.span.start for paragraph in paragraphs], np.uint32),
        fields=fields,
        wholes={
            "path": _whole([document.path for _, document in kept]),
            "source_name": _whole([document.source.casefold() for _, document in kept]),
            "file": _whole([file for file, _ in kept]),
        },
    )
    return Scan(keys, content)


class _Numbers(dict[str, int]):
    """Token → its number; a new one gets the next."""

    def __init__(self) -> None:
        super().__init__({TEXT: 0, SENTENCE: 1})

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


def _number(texts_: Iterable[str], numbers: _Numbers) -> Rows:
    """Return texts by the numbers of their tokens."""
    found = np.fromiter(map(numbers.__getitem__, signed_tokens(texts_)), np.int64)
    is_text, is_sentence = found == numbers[TEXT], found == numbers[SENTENCE]
    is_token = ~(is_text | is_sentence)
    opens = np.zeros(len(found), np.bool_)
    opens[1:] = is_sentence[:-1]
    edges = np.append(np.flatnonzero(is_text), len(found))
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(is_token)])
    return Rows(found[is_token], np.diff(before[edges]), opens[is_token])


def _keys(rows: dict[str, Rows], tokens: list[str], analyzer: Analyzer) -> tuple[list[bytes], dict[str, Rows]]:
    """Return the keys of the words that tokens are, and the rows with the numbers of these keys."""
    # A token is another word where it opens a sentence.
    words = np.concatenate([row.words << 1 | row.opens for row in rows.values()])
    different, of_place = np.unique(words, return_inverse=True)
    keys: dict[bytes, int] = {}
    of_word = np.array(
        [
            keys.setdefault(key_of(*analyzer.key(tokens[word >> 1], bool(word & 1))), len(keys))
            for word in different.tolist()
        ],
        np.int32,
    )
    places = np.split(of_word[of_place], np.cumsum([len(row.words) for row in rows.values()])[:-1])
    fields = {
        field: Rows(of_field, row.lengths, row.opens)
        for (field, row), of_field in zip(rows.items(), places, strict=True)
    }
    return list(keys), fields


def _whole(values: list[str]) -> Whole:
    """Return a field whose value is one term."""
    number: dict[str, int] = {}
    terms = np.array([number.setdefault(value, len(number)) for value in values], np.int32)
    return Whole([term.encode("utf-8", "surrogatepass") for term in number], terms)
