"""Documents → Content: the part of a build that every core can do for itself.

Words are numbered while they are read, and each different one is analysed once: a million words hold some fifty
thousand different ones, and looking one up costs fifty times as much as numbering it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indexer import ranking
from indexer.analysis.tokenize import tokenize
from indexer.backends.whoosh.segment import FIELDS, NONE, Content, Places, Postings, heading_to_bytes
from indexer.paragraphs import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.analysis import Analyzer
    from indexer.settings import Reading
    from indexer.types import Document, Paragraph


class _Words:
    """The words of many rows, numbered; a row is a paragraph or a title."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._number: dict[tuple[str, bool], int] = {}  # (token as written, whether it opens a sentence) → number
        self._words: list[int] = []
        self.lengths: list[int] = []

    def add(self, text: str) -> None:
        """Append a row."""
        number, append = self._number, self._words.append
        before = len(self._words)
        for token in tokenize(text):
            append(number.setdefault((token.text, token.opens_sentence), len(number)))
        self.lengths.append(len(self._words) - before)

    def forms(self) -> Postings:
        """Return where each form stands."""
        number: dict[str, int] = {}
        of_word = np.fromiter(
            (number.setdefault(self._analyzer.form(text), len(number)) for text, _ in self._number),
            np.int32,
            len(self._number),
        )
        row, position, word = self._places()
        return Postings([form.encode() for form in number], of_word[word], Places(row, position, NONE))

    def lemmas(self) -> Postings:
        """Return where each lemma may stand, and with what weight."""
        number: dict[str, int] = {}
        terms: list[int] = []
        weights: list[int] = []
        ends: list[int] = []
        for text, opens_sentence in self._number:
            lemmas, parts = self._analyzer.found_by(self._analyzer.form(text), opens_sentence=opens_sentence)
            # A lemma that a compound shares with one of its parts counts by the compound.
            found_by = {lemma.text: lemma.weight for lemma in (*parts, *lemmas)}
            for lemma, weight in found_by.items():
                terms.append(number.setdefault(lemma, len(number)))
                weights.append(ranking.steps(weight))
            ends.append(len(terms))
        row, position, word = self._places()
        # Each place becomes as many as its word has lemmas.
        until = np.array(ends, np.int64)
        counts = np.diff(until, prepend=0)[word] if len(until) else np.zeros(0, np.int64)
        first = np.repeat((until - np.diff(until, prepend=0))[word], counts) if len(until) else np.zeros(0, np.int64)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        lemma_at = first + within
        return Postings(
            [lemma.encode() for lemma in number],
            np.array(terms, np.int32)[lemma_at],
            Places(np.repeat(row, counts), np.repeat(position, counts), np.array(weights, np.uint8)[lemma_at]),
        )

    def _places(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the row, the position in it and the number of each word."""
        lengths = np.array(self.lengths, np.int64)
        row = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
        position = np.arange(len(self._words)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return row, position.astype(np.uint32), np.array(self._words, np.int32)


def invert(documents: Iterable[tuple[str, Document]], analyzer: Analyzer, settings: Reading) -> Content:
    """Return the documents as arrays; each comes with the name of the file it was read from.

    A document without a word is left out.
    """
    text_words, title_words = _Words(analyzer), _Words(analyzer)
    kept: list[tuple[str, Document]] = []
    paragraphs: list[Paragraph] = []
    paragraphs_of: list[int] = []
    for file, document in documents:
        before = len(paragraphs)
        paragraphs.extend(split(document, settings))
        if len(paragraphs) > before:
            kept.append((file, document))
            paragraphs_of.append(len(paragraphs) - before)
            title_words.add(document.title)
    for paragraph in paragraphs:
        text_words.add(paragraph.text)
    whole = {
        "path": [document.path for _, document in kept],
        "source": [document.source.casefold() for _, document in kept],
        "author": [document.author.casefold() for _, document in kept],
        "file": [file for file, _ in kept],
    }
    fields = {"text": text_words.lemmas(), "form": text_words.forms(), "title": title_words.lemmas()}
    fields.update({field: _whole(values) for field, values in whole.items()})
    return Content(
        headings=[heading_to_bytes(document.heading) for _, document in kept],
        dates=np.array([d.date.timestamp() if d.date else np.nan for _, d in kept], np.float64),
        paragraphs_of=np.array(paragraphs_of, np.int64),
        texts=[paragraph.text.encode() for paragraph in paragraphs],
        numbers=np.array([paragraph.number for paragraph in paragraphs], np.int64),
        starts=np.array([paragraph.span.start for paragraph in paragraphs], np.int64),
        stops=np.array([paragraph.span.stop for paragraph in paragraphs], np.int64),
        lengths=np.array(text_words.lengths, np.int64),
        fields={field: fields[field] for field in FIELDS},
    )


def _whole(values: list[str]) -> Postings:
    """Return a field whose value is one term."""
    number: dict[str, int] = {}
    terms = np.array([number.setdefault(value, len(number)) for value in values], np.int32)
    return Postings(
        [term.encode() for term in number], terms, Places(np.arange(len(values), dtype=np.uint32), NONE, NONE)
    )
