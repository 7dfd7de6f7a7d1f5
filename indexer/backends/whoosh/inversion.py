"""Documents → Scan → Content: what a build does with texts, in two parts that every core can take a share of.

Words are numbered while they are read; each different one is analysed once, by whichever core is free; then the lemmas
take the places of their words. Of 430 thousand words of news 64 thousand are different, and looking one up costs some
thirty times as much as numbering it. With each core looking up all words of its share, two took longer than one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from indexer import ranking
from indexer.analysis.tokenize import tokenize
from indexer.backends.whoosh.segment import FIELDS, NONE, Content, Places, Postings, heading_to_bytes
from indexer.paragraphs import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indexer.analysis import Analyzer
    from indexer.settings import Reading
    from indexer.types import Document, Paragraph

Steps: TypeAlias = "tuple[tuple[str, int], ...]"  # the lemmas that a word is found by, each with its weight in steps


class WordKey(NamedTuple):
    """What the lemmas of a word depend on."""

    form: str
    opens_sentence: bool


class Words(NamedTuple):
    """The words of many rows, one after another; a row is a paragraph or a title."""

    words: np.ndarray  # numbers of WordKeys
    lengths: np.ndarray  # of each row, in words

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the row of each word and its position there."""
        row = np.repeat(np.arange(len(self.lengths), dtype=np.uint32), self.lengths)
        position = np.arange(len(self.words)) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths)
        return row, position.astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Scan:
    """Documents whose words are numbered and not yet looked up."""

    keys: list[WordKey]
    texts: Words
    titles: Words
    content: Content  # without the fields that need the lemmas


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
    numbers: dict[tuple[str, bool], int] = {}  # (token as written, whether it opens a sentence) → number
    texts = _number((paragraph.text for paragraph in paragraphs), numbers)
    titles = _number((document.title for _, document in kept), numbers)
    keys: dict[WordKey, int] = {}
    of_number = np.array(
        [keys.setdefault(WordKey(*analyzer.key(text, opens)), len(keys)) for text, opens in numbers], np.int32
    )
    content = Content(
        headings=[heading_to_bytes(document.heading) for _, document in kept],
        dates=np.array([d.date.timestamp() if d.date else np.nan for _, d in kept], np.float64),
        paragraphs_of=np.array(paragraphs_of, np.int64),
        texts=[paragraph.text.encode() for paragraph in paragraphs],
        numbers=np.array([paragraph.number for paragraph in paragraphs], np.int64),
        starts=np.array([paragraph.span.start for paragraph in paragraphs], np.int64),
        stops=np.array([paragraph.span.stop for paragraph in paragraphs], np.int64),
        lengths=texts.lengths,
        fields={
            "path": _whole([document.path for _, document in kept]),
            "source": _whole([document.source.casefold() for _, document in kept]),
            "author": _whole([document.author.casefold() for _, document in kept]),
            "file": _whole([file for file, _ in kept]),
        },
    )
    return Scan(
        list(keys),
        texts._replace(words=of_number[texts.words]),
        titles._replace(words=of_number[titles.words]),
        content,
    )


def look_up(keys: Iterable[WordKey], analyzer: Analyzer) -> list[Steps]:
    """Return what each word is found by."""
    found = []
    for key in keys:
        lemmas, parts = analyzer.found_by(*key)
        # A lemma that a compound shares with one of its parts counts by the compound.
        found_by = {lemma.text: ranking.steps(lemma.weight) for lemma in (*parts, *lemmas)}
        found.append(tuple(found_by.items()))
    return found


def finish(scanned: Scan, known: Mapping[WordKey, Steps]) -> Content:
    """Put the lemmas in the places of their words."""
    lemmas: dict[str, int] = {}
    forms: dict[str, int] = {}
    form_of = np.array([forms.setdefault(key.form, len(forms)) for key in scanned.keys], np.int32)
    found_by = [known[key] for key in scanned.keys]
    lemma_of = np.array([lemmas.setdefault(lemma, len(lemmas)) for steps in found_by for lemma, _ in steps], np.int32)
    weight_of = np.array([weight for steps in found_by for _, weight in steps], np.uint8)
    count = np.array([len(steps) for steps in found_by], np.int64)
    first = np.cumsum(count) - count
    terms = [lemma.encode() for lemma in lemmas]

    def of(words: Words) -> Postings:
        """Let each place become as many as its word has lemmas."""
        counts = count[words.words]
        at = np.repeat(first[words.words], counts)
        at += np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        row, position = words.places()
        return Postings(terms, lemma_of[at], Places(np.repeat(row, counts), np.repeat(position, counts), weight_of[at]))

    fields = {
        **scanned.content.fields,
        "text": of(scanned.texts),
        "title": of(scanned.titles),
        "form": Postings(
            [form.encode() for form in forms], form_of[scanned.texts.words], Places(*scanned.texts.places(), NONE)
        ),
    }
    return replace(scanned.content, fields={field: fields[field] for field in FIELDS})


def _number(rows: Iterable[str], numbers: dict[tuple[str, bool], int]) -> Words:
    words: list[int] = []
    lengths: list[int] = []
    for text in rows:
        before = len(words)
        words += [numbers.setdefault((token.text, token.opens_sentence), len(numbers)) for token in tokenize(text)]
        lengths.append(len(words) - before)
    return Words(np.array(words, np.int32), np.array(lengths, np.int64))


def _whole(values: list[str]) -> Postings:
    """Return a field whose value is one term."""
    number: dict[str, int] = {}
    terms = np.array([number.setdefault(value, len(number)) for value in values], np.int32)
    return Postings(
        [term.encode("utf-8", "surrogatepass") for term in number],
        terms,
        Places(np.arange(len(values), dtype=np.uint32), NONE, NONE),
    )
