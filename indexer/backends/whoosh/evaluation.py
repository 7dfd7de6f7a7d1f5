"""A query over whole arrays: no Python runs for a single posting."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from indexer import ranking
from indexer.backends.whoosh.segment import ranges
from indexer.types import AtPath, Boosted, Dated, Either, In, Near, Only, Phrase, Together, Window, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from indexer.settings import Ranking
    from indexer.types import Form, Lemma, Query

POSITION_BITS = 20  # of a key; a paragraph is a few hundred words long, and the settings' limit keeps it far below 2^20
_POSITION = (1 << POSITION_BITS) - 1


class Places(NamedTuple):
    """Where a word or a phrase stands, in order."""

    keys: np.ndarray  # paragraph << POSITION_BITS | position of the first word
    agreement: np.ndarray  # at each, in steps squared


@dataclass(frozen=True, slots=True)
class Found:
    """Paragraphs that a query finds, in order."""

    rows: np.ndarray  # numbers of the paragraphs across segments
    scores: np.ndarray
    complete: np.ndarray  # mask: has every clause


class Sums(NamedTuple):
    """The rows that count in the score of a word or of a phrase, in order."""

    rows: np.ndarray
    agreement: np.ndarray  # of all its places there, in steps squared
    first: np.ndarray  # of its places there, from 0


class Postings(Protocol):
    """Where an evaluation takes its arrays from: the texts of all paragraphs, or the titles of all documents."""

    @property
    def collection(self) -> ranking.Collection:
        """The size of what can be found."""
        ...

    def places(self, lemma: str) -> Iterator[Places]:
        """Give the places of a lemma, part by part in order, with its weights in steps for agreement."""
        ...

    def written(self, forms: tuple[Form, ...]) -> Iterator[Places]:
        """Give the places of forms, part by part, in order for each way to write one, with their agreement."""
        ...

    def sentences(self) -> np.ndarray:
        """Return the keys where sentences begin, in order; empty if each row is one."""
        ...

    def lengths(self, rows: np.ndarray) -> np.ndarray:
        """Return the number of words of rows, as floats."""
        ...

    def of_documents(self, condition: AtPath | Dated) -> np.ndarray:
        """Return the rows of the documents that are as the condition says."""
        ...

    def documents(self, rows: np.ndarray) -> np.ndarray:
        """Return the document of each row."""
        ...

    def field(self, name: str) -> Postings:
        """Return those of the titles, the sources or the authors."""
        ...

    def spread(self, documents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of documents, and for each row which of these documents it is of."""
        ...


class Rows:
    """Rows that something is to be said of, in order."""

    def __init__(self, numbers: np.ndarray, postings: Postings) -> None:
        self.numbers = numbers
        self._postings = postings

    @cached_property
    def documents(self) -> np.ndarray:
        """Return the document of each; in order too."""
        return self._postings.documents(self.numbers)

    def zeros(self) -> np.ndarray:
        """Return a score for each to add to."""
        return np.zeros(len(self.numbers))

    def among(self, rows: np.ndarray) -> np.ndarray:
        """Return the mask of those that are among these, which are in order."""
        if not rows.size:
            return np.zeros(len(self.numbers), np.bool_)
        at = np.searchsorted(rows, self.numbers)
        at[at == len(rows)] = 0
        mask: np.ndarray = rows[at] == self.numbers
        return mask


class Match(NamedTuple):
    """What a query finds, and what tells how it scores anywhere."""

    rows: np.ndarray  # in order
    complete: np.ndarray  # mask: has every clause
    scores: Callable[[Rows], np.ndarray]  # for rows that it finds, and for others: see Engine.scorer


class Evaluation:
    """One query over the arrays; what a word needs is read once however often it is used.

    What a query finds comes first, then the scores of that alone: relatives and titles are evidence for paragraphs that
    are found, and say nothing of others.
    """

    def __init__(self, postings: Postings, settings: Ranking, field: str = "text") -> None:
        self._postings = postings
        self._settings = settings
        self._field = field
        self._saturation = ranking.saturation(field, settings)
        self._places: dict[Word, Places] = {}
        self._sums: dict[Word | Phrase, Sums] = {}
        self._fields: dict[str, Evaluation] = {}

    def found(self, query: Query) -> Found:
        """Return the rows that a query finds, deleted ones left out."""
        rows, complete, scores = self._match(query)
        return Found(rows, scores(Rows(rows, self._postings)), complete)

    def score(self, query: Query, row: int) -> float:
        """Return the score of one row, whether the query finds it or not."""
        return float(self._match(query).scores(Rows(np.array([row]), self._postings))[0])

    def _match(self, query: Query) -> Match:
        match query:
            case Word() | Phrase():
                rows = self._rows(query)
                return Match(rows, _all(rows), lambda at: self._leaf(query, at))
            case Together():
                return self._together(query)
            case Either(clauses):
                parts = [self._match(clause) for clause in clauses]
                rows, complete = _united(parts)
                return Match(rows, complete > 0, lambda at: _sum(at, (part.scores(at) for part in parts)))
            case Only(wanted, required, excluded):
                return self._only(self._match(wanted), required, excluded)
            case Boosted(wanted, factor):
                inner = self._match(wanted)
                return Match(inner.rows, inner.complete, lambda at: factor * inner.scores(at))
            case In(name, wanted):
                return self._within(name, wanted)
            case Near() | Window() | AtPath() | Dated():
                rows = self._condition(query)
                return Match(rows, _all(rows), Rows.zeros)

    def _condition(self, query: Near | Window | AtPath | Dated) -> np.ndarray:
        match query:
            case Near():
                return _rows_of(self._near(query))
            case Window():
                return _rows_of(self._window(query))
            case AtPath() | Dated():
                return self._postings.of_documents(query)

    def _together(self, query: Together) -> Match:
        parts = [self._match(clause) for clause in query.clauses]
        rows, clauses = _united(parts)
        complete = clauses == len(parts)

        def scores(at: Rows) -> np.ndarray:
            # The clauses, then the pairs: the reference engine adds up in this order too.
            pairs = (self._settings.adjacency * self._leaf(pair, at) for pair in ranking.pairs(query, self._settings))
            total = _sum(at, chain((part.scores(at) for part in parts), pairs))
            total += ranking.bonus(query, self._field, self._idf_in, self._settings) * at.among(rows[complete])
            return total

        return Match(rows, complete, scores)

    def _only(self, inner: Match, required: tuple[Query, ...], excluded: tuple[Query, ...]) -> Match:
        rows, complete = inner.rows, inner.complete
        for clauses, is_wanted in ((required, True), (excluded, False)):
            for clause in clauses:
                if rows.size:
                    here = np.isin(rows, self._match(clause).rows, assume_unique=True, invert=not is_wanted)
                    rows, complete = rows[here], complete[here]

        def scores(at: Rows) -> np.ndarray:
            here = at.among(rows)
            if here.all():
                return inner.scores(at)
            total = at.zeros()
            total[here] = inner.scores(Rows(at.numbers[here], self._postings))
            return total

        return Match(rows, complete, scores)

    def _within(self, field: str, wanted: Query) -> Match:
        there = self._in(field)
        inner = there._match(wanted)  # noqa: SLF001 -- its own class
        rows, of = self._postings.spread(inner.rows)

        def scores(at: Rows) -> np.ndarray:
            documents = at.documents
            first = firsts(documents)
            each: np.ndarray = inner.scores(Rows(documents[first], there._postings))  # noqa: SLF001 -- its own class
            return np.repeat(each, np.diff(first, append=len(documents)))

        return Match(rows, inner.complete[of], scores)

    # --- words and phrases ---

    def _leaf(self, leaf: Word | Phrase, at: Rows) -> np.ndarray:
        total = self._here(leaf, at)
        if self._field == "text" and self._settings.title:
            self._add_titles(leaf, at, total)
        if isinstance(leaf, Phrase) and leaf.typed:
            typed = at.among(_rows_of(self._row_of(leaf.typed).keys)) & at.among(self._rows(leaf))
            total += ranking.typed_bonus(leaf, self._field, self._idf_in, self._settings) * typed
        return total

    def _here(self, leaf: Word | Phrase, at: Rows) -> np.ndarray:
        """Return what a leaf scores in this field."""
        rows, agreement, first = self._sums_of(leaf)
        total = at.zeros()
        here, place = _in_both(rows, at.numbers)
        lengths = self._postings.lengths(rows[here])
        weight = ranking.weight(leaf, self._idf, self._settings)
        points = ranking.bm25(agreement[here], lengths, weight, self._postings.collection, self._saturation)
        if self._field == "text":
            points += ranking.lead(first[here], weight, self._settings)
        total[place] = points
        return total

    def _add_titles(self, leaf: Word | Phrase, at: Rows, total: np.ndarray) -> None:
        """Add what a leaf gives in the titles of documents: few of them have it, so these are looked for among all."""
        titles = self._in("title")
        leaf = ranking.in_title(leaf)
        documents = titles._sums_of(leaf).rows  # noqa: SLF001 -- its own class
        if not documents.size:
            return
        first = np.searchsorted(at.documents, documents)
        of, rows = ranges(first, np.searchsorted(at.documents, documents, side="right") - first)
        total[rows] += self._settings.title * titles._here(leaf, Rows(documents, titles._postings))[of]  # noqa: SLF001

    def _rows(self, leaf: Word | Phrase) -> np.ndarray:
        """Return the rows that a leaf finds: where it has no relatives, those that count in its score."""
        has_more = isinstance(leaf, Word) and leaf.relatives
        return _rows_of(self._places_of(leaf).keys) if has_more else self._sums_of(leaf).rows

    def _sums_of(self, leaf: Word | Phrase) -> Sums:
        """Return the rows that count in the score of a leaf, and the agreement of all its places there."""
        if leaf not in self._sums:
            places = self._weighed(leaf) if isinstance(leaf, Word) else self._row_of(leaf.words)
            row = places.keys >> POSITION_BITS
            first = firsts(row)
            agreement = np.add.reduceat(places.agreement, first, dtype=np.int64) if first.size else first
            position = places.keys[first] & _POSITION
            self._sums[leaf] = Sums(row[first], agreement.astype(np.float64), position.astype(np.float64))
        return self._sums[leaf]

    def _idf(self, word: Word) -> float:
        return ranking.idf(len(self._sums_of(word).rows), self._postings.collection)

    def _in(self, field: str) -> Evaluation:
        if field == self._field:
            return self
        if field not in self._fields:
            self._fields[field] = Evaluation(self._postings.field(field), self._settings, field)
        return self._fields[field]

    def _idf_in(self, field: str) -> Callable[[Word], float]:
        return self._in(field)._idf  # noqa: SLF001 -- its own class

    def _places_of(self, leaf: Word | Phrase) -> Places:
        """Return where a leaf stands, as it finds."""
        return self._word(leaf) if isinstance(leaf, Word) else self._row_of(leaf.words)

    def _word(self, word: Word) -> Places:
        """Return where any lemma or form of a word stands, each place once, by the best of them."""
        word = ranking.without_relatives(word)
        if word not in self._places:
            places = self._of_lemmas(word.lemmas)
            if word.forms:
                places += self._postings.written(word.forms)
            self._places[word] = _best(places, is_sorted=len(word.lemmas) == 1 and not word.forms)
        return self._places[word]

    def _weighed(self, word: Word) -> Places:
        """Return the same with the places of the relatives."""
        others = self._of_lemmas(word.relatives)
        return _best([self._word(word), *others], is_sorted=False) if others else self._word(word)

    def _of_lemmas(self, lemmas: tuple[Lemma, ...]) -> list[Places]:
        return [
            Places(places.keys, places.agreement.astype(np.int32) * ranking.steps(lemma.weight))
            for lemma in lemmas
            for places in self._postings.places(lemma.text)
        ]

    def _row_of(self, words: tuple[Word, ...]) -> Places:
        """Return where words stand side by side, each place by the worst of them."""
        together = self._word(words[0])
        for at, word in enumerate(words[1:], start=1):
            next_ = self._word(word)
            here, there = _in_both(together.keys, next_.keys - at)
            together = Places(together.keys[here], np.minimum(together.agreement[here], next_.agreement[there]))
        return together

    # --- nearness ---

    def _near(self, near: Near) -> np.ndarray:
        """Return the keys of the last leaf that a chain of links reaches."""
        reached, length = self._span(near.leaves[0])
        for leaf, link in zip(near.leaves[1:], near.links, strict=True):
            there, there_length = self._span(leaf)
            # Where a leaf that is linked to `there` may begin: before it, or after it.
            last_before, first_after = there - length, there + there_length
            if link is None:
                sentence, next_sentence = self._sentence(there)
                first_before, last_after = sentence, next_sentence - 1
            else:
                first_before, last_after = last_before - (link - 1), first_after + (link - 1)
            linked = _any_within(reached, first_before, last_before) | _any_within(reached, first_after, last_after)
            reached, length = there[linked], there_length
        return reached

    def _span(self, leaf: Word | Phrase) -> tuple[np.ndarray, int]:
        """Return where a leaf begins, and how many places it takes."""
        return self._places_of(leaf).keys, len(leaf.words) if isinstance(leaf, Phrase) else 1

    def _sentence(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where the sentence of each place begins, and the next one."""
        row = keys >> POSITION_BITS << POSITION_BITS
        starts = self._postings.sentences()
        if not starts.size:
            return row, row + (1 << POSITION_BITS)
        at = np.searchsorted(starts, keys, side="right")
        next_ = np.append(starts, np.iinfo(np.int64).max)[at]
        return starts[at - 1], np.minimum(next_, row + (1 << POSITION_BITS))

    def _window(self, window: Window) -> np.ndarray:
        """Return the keys where a window begins that holds all the words."""
        wanted = {word: self._word(word).keys for word in window.words}
        keys = join(list(wanted.values()))
        keys = np.sort(keys)
        keys = keys[firsts(keys)]
        last = keys + (len(window.words) + window.distance - 2)
        enough = _how_many_within(keys, keys, last) >= len(window.words)
        for word, places in wanted.items():
            enough &= _how_many_within(places, keys, last) >= window.words.count(word)
        found: np.ndarray = keys[enough]
        return found


def _in_both(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where in each the values are that both have; both are in order, and no value is twice in one."""
    if len(one) > len(other):
        return _in_both(other, one)[::-1]
    at = np.searchsorted(other, one)
    at[at == len(other)] = 0
    here = np.flatnonzero(other[at] == one) if len(other) else at
    return here, at[here]


def _how_many_within(keys: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return how many keys are in each range; both ends belong to it."""
    many: np.ndarray = np.searchsorted(keys, last, side="right") - np.searchsorted(keys, first, side="left")
    return many


def _any_within(keys: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    return _how_many_within(keys, first, last) > 0


def _rows_of(keys: np.ndarray) -> np.ndarray:
    """Return the rows of keys that are in order, each once."""
    rows: np.ndarray = keys >> POSITION_BITS
    once: np.ndarray = rows[firsts(rows)]
    return once


def _best(places: list[Places], *, is_sorted: bool) -> Places:
    keys = join([part.keys for part in places])
    agreement = join([part.agreement for part in places])
    if is_sorted or not keys.size:
        return Places(keys, agreement)
    order = np.argsort(keys, kind="stable")
    keys, agreement = keys[order], agreement[order]
    first = firsts(keys)
    return Places(keys[first], np.maximum.reduceat(agreement, first))


def _united(parts: list[Match]) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of any part, and how many parts each is complete in."""
    # A stable sort merges the runs that are in order already: 500 questions over 100,000 paragraphs spent 2.3 s here
    # with np.unique and spend 0.5 s with this.
    rows = np.sort(join([part.rows for part in parts]), kind="stable")
    rows = rows[firsts(rows)]
    complete = np.zeros(len(rows), np.int64)
    for part in parts:
        complete[np.searchsorted(rows, part.rows)] += part.complete
    return rows, complete


def _sum(at: Rows, parts: Iterable[np.ndarray]) -> np.ndarray:
    total = at.zeros()
    for part in parts:
        total += part
    return total


def _all(rows: np.ndarray) -> np.ndarray:
    return np.ones(len(rows), np.bool_)


def only(found: Found, chosen: np.ndarray) -> Found:
    """Return those that a mask or an array of indices chooses."""
    return Found(found.rows[chosen], found.scores[chosen], found.complete[chosen])


def firsts(values: np.ndarray) -> np.ndarray:
    """Return the index of the first of each run of equal values."""
    if not values.size:
        return np.zeros(0, np.int64)
    return np.concatenate([np.zeros(1, np.int64), np.flatnonzero(values[1:] != values[:-1]) + 1])


def join(parts: list[np.ndarray]) -> np.ndarray:
    """Return arrays as one; a single one is not copied."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
