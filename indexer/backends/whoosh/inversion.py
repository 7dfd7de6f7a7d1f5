"""Documents → Scan → Content: what a build does with texts, in two parts that every core can take a share of.

Words are numbered while they are read; each different one is analysed once, by whichever core is free; then the lemmas
take the places of their words. Of 430 thousand words of news 64 thousand are different, and looking one up costs some
ten times as much as numbering it. With each core looking up all words of its share, two took longer than one.

What a word weighs beside others is looked up with it: a few weights for places of a kind. Which kind a place is of, the
numbers of the words beside it tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from indexer import ranking
from indexer.analysis.context import NO_TIES, PLACES, Ties
from indexer.analysis.tokenize import tokenize
from indexer.backends.whoosh.segment import (
    FIELDS,
    FORMS,
    HEADING_FIELDS,
    NONE,
    SENTENCE,
    Content,
    Places,
    Postings,
    Readings,
    form_term,
    heading_to_bytes,
    ranges,
)
from indexer.paragraphs import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indexer.analysis import Analyzer, Found
    from indexer.settings import Reading
    from indexer.types import Document, Lemma, Paragraph

Steps: TypeAlias = "tuple[tuple[str, int], ...]"  # the lemmas that a word is found by, each with its weight in steps


class WordKey(NamedTuple):
    """What the lemmas of a word depend on."""

    form: str
    opens_sentence: bool


class Entry(NamedTuple):
    """What a word is found by, standing alone and beside others."""

    steps: Steps
    ties: Ties = NO_TIES
    elsewhere: tuple[tuple[int, bytes], ...] = ()  # place, and the steps there, in the order of `steps`


class Words(NamedTuple):
    """The words of many rows, one after another; a row is a paragraph or a title."""

    words: np.ndarray  # numbers of WordKeys
    lengths: np.ndarray  # of each row, in words
    opens: np.ndarray  # whether each opens a sentence

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the row of each word and its position there."""
        row = np.repeat(np.arange(len(self.lengths), dtype=np.uint32), self.lengths)
        position = np.arange(len(self.words)) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths)
        return row, position.astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Scan:
    """Documents whose words are numbered and not yet looked up."""

    keys: list[WordKey]
    words: dict[str, Words]  # of the fields that have lemmas
    content: Content  # without those fields, their forms and the readings


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
    rows = {"text": _number((paragraph.text for paragraph in paragraphs), numbers)}
    for field in HEADING_FIELDS:
        rows[field] = _number((getattr(document, field) for _, document in kept), numbers)
    opens = np.array([opens for _, opens in numbers], np.bool_)
    keys: dict[WordKey, int] = {}
    of_number = np.array(
        [keys.setdefault(WordKey(*analyzer.key(text, opens)), len(keys)) for text, opens in numbers], np.int32
    )
    words = {field: Words(of_number[tokens], lengths, opens[tokens]) for field, (tokens, lengths) in rows.items()}
    content = Content(
        headings=[heading_to_bytes(document.heading) for _, document in kept],
        dates=np.array([d.date.timestamp() if d.date else np.nan for _, d in kept], np.float64),
        paragraphs_of=np.array(paragraphs_of, np.int64),
        texts=[paragraph.text.encode() for paragraph in paragraphs],
        numbers=np.array([paragraph.number for paragraph in paragraphs], np.int64),
        starts=np.array([paragraph.span.start for paragraph in paragraphs], np.int64),
        stops=np.array([paragraph.span.stop for paragraph in paragraphs], np.int64),
        lengths=words["text"].lengths,
        heading_lengths={field: words[field].lengths for field in HEADING_FIELDS},
        fields={
            "sentence": _sentences(words["text"]),
            "path": _whole([document.path for _, document in kept]),
            "source_name": _whole([document.source.casefold() for _, document in kept]),
            "file": _whole([file for file, _ in kept]),
        },
        readings=Readings(np.zeros(0, np.int64), np.zeros(0, np.int64)),
    )
    return Scan(list(keys), words, content)


def look_up(keys: Iterable[WordKey], analyzer: Analyzer) -> list[Entry]:
    """Return what each different word is found by."""
    return [_entry(analyzer.look_up(*key)) for key in keys]


def _entry(found: Found) -> Entry:
    # A lemma that a compound shares with one of its parts counts by the compound.
    steps = _steps((*found.parts, *found.lemmas))
    if not found.elsewhere:
        return Entry(tuple(steps.items()), found.ties)
    elsewhere: list[tuple[int, bytes]] = []
    last: tuple[Lemma, ...] = ()
    weights = b""
    for number, lemmas in found.elsewhere.items():
        # Places where a form weighs the same follow each other, and share the lemmas.
        if lemmas is not last:
            last, weights = lemmas, bytes((steps | _steps(lemmas)).values())
        elsewhere.append((number, weights))
    return Entry(tuple(steps.items()), found.ties, tuple(elsewhere))


def _steps(lemmas: Iterable[Lemma]) -> dict[str, int]:
    return {text: ranking.steps(weight) for text, weight in lemmas}


def finish(scanned: Scan, known: Mapping[WordKey, Entry]) -> Content:
    """Put the lemmas in the places of their words."""
    lemmas: dict[str, int] = {}
    forms: dict[str, int] = {}
    form_of = np.array([forms.setdefault(key.form, len(forms)) for key in scanned.keys], np.int64)
    entries = [known[key] for key in scanned.keys]
    found_by = [entry.steps for entry in entries]
    lemma_of = np.array([lemmas.setdefault(lemma, len(lemmas)) for steps in found_by for lemma, _ in steps], np.int32)
    count = np.array([len(steps) for steps in found_by], np.int64)
    first = np.cumsum(count) - count
    terms = [lemma.encode() for lemma in lemmas]
    weights = _Weights(entries, first)

    def of(words: Words) -> Postings:
        """Let each place become as many as its word has lemmas."""
        counts = count[words.words]
        word, at = ranges(first[words.words], counts)
        _, weight_at = ranges(weights.starts(words), counts)
        row, position = words.places()
        return Postings(terms, lemma_of[at], Places(row[word], position[word], weights.steps[weight_at]))

    in_texts = np.repeat(np.isin(np.arange(len(count)), scanned.words["text"].words), count)
    form_terms = [form_term(form) for form in forms]
    fields = dict(scanned.content.fields)
    for field, words in scanned.words.items():
        lemmas_here, forms_here = of(words), Postings(form_terms, form_of[words.words], Places(*words.places(), NONE))
        # The readings number the terms of the texts; a title has few of them, and sorting all for each would be slow.
        fields[field] = lemmas_here if field == "text" else _used(lemmas_here)
        fields[FORMS[field]] = forms_here if field == "text" else _used(forms_here)
    return replace(
        scanned.content,
        fields={field: fields[field] for field in FIELDS},
        readings=Readings(np.repeat(form_of, count)[in_texts], lemma_of[in_texts].astype(np.int64)),
    )


class _Weights:
    """The weights of the lemmas of words: first of all words standing alone, then of some words at some places."""

    def __init__(self, entries: list[Entry], first: np.ndarray) -> None:
        alone = [weight for entry in entries for _, weight in entry.steps]
        elsewhere = [
            (word * PLACES + number, weights)
            for word, entry in enumerate(entries)
            for number, weights in sorted(entry.elsewhere)
        ]
        self.steps = np.array(alone + [weight for _, weights in elsewhere for weight in weights], np.uint8)
        self._first = first
        # Both in order of words and then of places, for they are searched.
        self._elsewhere = np.array([number for number, _ in elsewhere], np.int64)
        lengths = np.array([len(weights) for _, weights in elsewhere], np.int64)
        self._starts = len(alone) + np.cumsum(lengths) - lengths
        self._expects = np.array([entry.ties.expects for entry in entries], np.int64)
        self._offers = np.array([entry.ties.offers for entry in entries], np.int64)
        self._asks = np.array([entry.ties.asks for entry in entries], np.int64)

    def starts(self, words: Words) -> np.ndarray:
        """Return where the weights of each word begin; those of its lemmas follow each other."""
        starts: np.ndarray = self._first[words.words]
        if not len(self._elsewhere):
            return starts
        wanted = words.words * PLACES + self._places(words)
        at = np.minimum(np.searchsorted(self._elsewhere, wanted), len(self._elsewhere) - 1)
        found: np.ndarray = np.where(self._elsewhere[at] == wanted, self._starts[at], starts)
        return found

    def _places(self, words: Words) -> np.ndarray:
        """Return the number of each word's place: see analysis.context.place."""
        expects, offers, asks = self._expects[words.words], self._offers[words.words], self._asks[words.words]
        apart = words.opens.copy()  # from the word before
        starts = np.cumsum(words.lengths) - words.lengths
        apart[starts[words.lengths > 0]] = True
        before = np.where(apart, 0, np.roll(expects, 1))
        after = np.where(np.roll(apart, -1), 0, np.roll(offers, -1))
        numbers: np.ndarray = 2 * before + ((asks & after) != 0)
        return numbers


def _number(rows: Iterable[str], numbers: dict[tuple[str, bool], int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the tokens of all rows, and how many each row has."""
    words: list[int] = []
    lengths: list[int] = []
    for text in rows:
        before = len(words)
        words += [numbers.setdefault((token.text, token.opens_sentence), len(numbers)) for token in tokenize(text)]
        lengths.append(len(words) - before)
    return np.array(words, np.int32), np.array(lengths, np.int64)


def _used(postings: Postings) -> Postings:
    """Leave out the terms that stand nowhere."""
    numbers, term = np.unique(postings.term, return_inverse=True)
    return Postings([postings.terms[number] for number in numbers.tolist()], term, postings.places)


def _sentences(words: Words) -> Postings:
    """Return where sentences begin; the first word of a paragraph always begins one."""
    row, position = words.places()
    here = Places(row[words.opens], position[words.opens], NONE)
    return Postings([SENTENCE], np.zeros(len(here.row), np.int64), here)


def _whole(values: list[str]) -> Postings:
    """Return a field whose value is one term."""
    number: dict[str, int] = {}
    terms = np.array([number.setdefault(value, len(number)) for value in values], np.int32)
    return Postings(
        [term.encode("utf-8", "surrogatepass") for term in number],
        terms,
        Places(np.arange(len(values), dtype=np.uint32), NONE, NONE),
    )
