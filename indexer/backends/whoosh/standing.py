"""Where the words of a query stand in some rows: all are looked for in one pass, by array operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from indexer import ranking
from indexer.backends.whoosh.arrays import firsts
from indexer.backends.whoosh.lists import ranges
from indexer.backends.whoosh.postings import POSITION, POSITION_BITS, Places
from indexer.backends.whoosh.segment import Lookout
from indexer.backends.whoosh.tokens import Among
from indexer.types import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indexer.backends.whoosh.postings import FieldPostings
    from indexer.backends.whoosh.segment import Segment
    from indexer.types import Form, Phrase


def scored_by(leaves: Iterable[Word | Phrase]) -> list[list[tuple[Word, bool]]]:
    """Return the words whose places each leaf scores by, each with or without its relatives (alone).

    A word of a phrase counts without them.
    """
    return [[(leaf, False)] if isinstance(leaf, Word) else [(word, True) for word in leaf.words] for leaf in leaves]


class Sought:
    """Words, and what finds them in rows: all are looked for in one pass, over rows of several fields at once."""

    def __init__(self, postings: FieldPostings, words: Iterable[tuple[Word, bool]]) -> None:
        """Take words, each with or without its relatives (alone)."""
        self._postings = postings
        self._numbers: dict[tuple[int, bool], int] = {}  # by the identity of the word
        self._words: list[Word] = []
        self._lemmas: list[tuple[str, int, int]] = []  # with the number of the word, and the weight in steps
        self._forms: list[tuple[Form, int]] = []
        self._lookouts: dict[int, list[Callable[[np.ndarray], _Columns]]] = {}
        for word, alone in words:
            number = len(self._numbers)
            if self._numbers.setdefault(_looks(word, alone=alone), number) == number:
                self._words.append(word)
                by = word.lemmas if alone else (*word.lemmas, *word.relatives)
                self._lemmas.extend((lemma.text, number, ranking.steps(lemma.weight)) for lemma in by)
                self._forms.extend((form, number) for form in word.forms)

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, word: Word, *, alone: bool) -> int:
        """Return the number of a word."""
        return self._numbers[_looks(word, alone=alone)]

    def groups(self, leaves: Sequence[Sequence[tuple[Word, bool]]]) -> list[Group]:
        """Return leaves by how many words they have."""
        numbers = self.numbers(leaves)
        made = []
        for length in {len(words) for words in leaves}:
            at = [leaf for leaf, words in enumerate(leaves) if len(words) == length]
            made.append(Group(np.array(at), np.array([numbers[leaf] for leaf in at]).T))
        return made

    def numbers(self, leaves: Sequence[Sequence[tuple[Word, bool]]]) -> list[list[int]]:
        """Return the numbers of the words of each leaf."""
        return [[self.number(word, alone=alone) for word, alone in words] for words in leaves]

    def places(self, *asked: tuple[FieldPostings, np.ndarray]) -> Standing:
        """Return where the words stand in rows of fields; those of each are in order."""
        found = []
        count = sum(len(rows) for _, rows in asked)
        for part, here, index in by_segment(asked):
            for look in self._looking(part):
                word, row, position, agreement = look(here)
                found.append((((word * count + index[row]) << POSITION_BITS) | position, agreement))
        if not found:
            return Standing(self, count, np.zeros(0, np.int64), np.zeros(0, np.int64))
        keys, agreement = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
        order = keys.argsort(kind="stable")
        keys, agreement = keys[order], agreement[order]
        first_of = firsts(keys)
        if len(first_of) < len(keys):
            keys, agreement = keys[first_of], np.maximum.reduceat(agreement, first_of)
        return Standing(self, count, keys, agreement)

    def _looking(self, part: int) -> list[Callable[[np.ndarray], _Columns]]:
        if part not in self._lookouts:
            segment = self._postings.segment(part)
            lemmas, forms = self.lemmas_in(part), self.forms_in(part)
            looks = []
            if len(lemmas.of):
                looks.append(_by_lemmas(segment, lemmas))
            if len(forms.of):
                looks.append(_by_forms(segment, forms))
            self._lookouts[part] = looks
        return self._lookouts[part]

    def lemmas_in(self, part: int) -> Asked:
        """Return which lemmas of a segment are looked for, in order; those that stand nowhere are left out."""
        entries = self._postings.entries([lemma for lemma, _, _ in self._lemmas])
        asked = sorted(
            (lemma, word, steps)
            for (_, word, steps), entry in zip(self._lemmas, entries, strict=True)
            for at, lemma in entry.numbers
            if at == part
        )
        return Asked(*np.array(list(zip(*asked, strict=True)) or [(), (), ()], np.int64))

    def forms_in(self, part: int) -> Asked:
        """Return which words of a segment are looked for by their forms, in order."""
        if not self._forms:
            return Asked(*np.zeros((3, 0), np.int64))
        words = self._postings.segment(part).words
        asked = [
            (number, word, ranking.steps(form.weight) * ranking.WEIGHT_STEPS)
            for form, word in self._forms
            for number in words.forms(form)
        ]
        form, word, steps = np.array(asked, np.int64).reshape(-1, 3).T
        having, of_form = words.with_forms(form)
        order = np.argsort(having, kind="stable")
        return Asked(having[order], word[of_form[order]], steps[of_form[order]])


class Asked(NamedTuple):
    """What of a segment is looked for: arrays of one length."""

    of: np.ndarray  # numbers of lemmas or of words, in order; one may come for several words of the query
    word: np.ndarray  # number of the query's word
    steps: np.ndarray


def by_segment(asked: Sequence[tuple[FieldPostings, np.ndarray]]) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Give for each segment its rows, among those of all fields, and for each its index in all that is asked for."""
    of_part: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    before = 0
    for postings, rows in asked:
        for part, first, here in postings.by_part(rows):
            index = np.arange(before + first, before + first + len(here))
            of_part.setdefault(part, []).append((here + postings.first_row(part), index))
        before += len(rows)
    for part, pairs in of_part.items():
        here, index = pairs[0] if len(pairs) == 1 else map(np.concatenate, zip(*pairs, strict=True))
        yield part, here, index


def _by_lemmas(segment: Segment, asked: Asked) -> Callable[[np.ndarray], _Columns]:
    first = firsts(asked.of)
    many = np.diff(first, append=len(asked.of))
    lookout = Lookout(segment, asked.of[first])

    def look(rows: np.ndarray) -> _Columns:
        places = lookout.places(rows)
        at, which = ranges(first[places.lemma], many[places.lemma])
        return asked.word[which], places.row[at], places.position[at], places.steps[at] * asked.steps[which]

    return look


def _by_forms(segment: Segment, asked: Asked) -> Callable[[np.ndarray], _Columns]:
    first = firsts(asked.of)
    many = np.diff(first, append=len(asked.of))
    different = asked.of[first]
    among = Among(different)

    def look(rows: np.ndarray) -> _Columns:
        places, row, starts, number = segment.standing(rows, among)
        which = np.searchsorted(different, number)
        at, chosen = ranges(first[which], many[which])
        return asked.word[chosen], row[at], (places - starts)[at], asked.steps[chosen]

    return look


_Columns: TypeAlias = "tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]"  # word, index of row, position, agreement


def _looks(word: Word, *, alone: bool) -> tuple[int, bool]:
    return id(word), alone or not word.relatives


class Group(NamedTuple):
    """Leaves of as many words."""

    leaves: np.ndarray  # their numbers
    words: np.ndarray  # the numbers of the first word of each, then of the second of each, and so on


class Standing:
    """Where words stand in some rows; each place of a word once, by the best of its lemmas and forms."""

    def __init__(self, sought: Sought, rows: int, keys: np.ndarray, agreement: np.ndarray) -> None:
        self._sought = sought
        self._rows = rows
        self._keys = keys  # (word * rows + index of the row) << POSITION_BITS | position; in order
        self._agreement = agreement

    def of(self, word: Word, rows: np.ndarray) -> Places:
        """Return where a word stands without its relatives; `rows` are those that were asked for."""
        start = (self._sought.number(word, alone=True) * self._rows) << POSITION_BITS
        here = slice(*self._keys.searchsorted([start, start + (self._rows << POSITION_BITS)]).tolist())
        keys = self._keys[here] - start
        return Places((rows[keys >> POSITION_BITS] << POSITION_BITS) | (keys & POSITION), self._agreement[here])

    def tables(self, groups: Sequence[Group], leaves: int) -> tuple[np.ndarray, np.ndarray]:
        """Return for each leaf and each row the agreement of all places, and the first of these."""
        agreement, first = np.zeros((leaves, self._rows)), np.zeros((leaves, self._rows))
        for at, words in groups:
            agreement[at], first[at] = self._in_a_row(words)
        return agreement, first

    def _in_a_row(self, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same for as many words in a row, the first of each in the first row of `words` and so on."""
        count = self._rows
        per_word = count << POSITION_BITS
        starts, stops = self._keys.searchsorted(words[0] * per_word), self._keys.searchsorted((words[0] + 1) * per_word)
        of, at = ranges(starts, stops - starts)
        keys, agreement = self._keys[at], self._agreement[at]
        for shift in range(1, len(words)):
            wanted = keys + (((words[shift] - words[0]) * per_word)[of] + shift)
            there = self._keys.searchsorted(wanted)
            there[there == len(self._keys)] = 0
            here = (self._keys[there] == wanted).nonzero()[0]
            of, keys = of[here], keys[here]
            agreement = np.minimum(agreement[here], self._agreement[there[here]])
        cells = (keys >> POSITION_BITS) - (words[0] * count)[of] + of * count
        total = np.bincount(cells, agreement, words.shape[1] * count)
        first = np.zeros(len(total))
        once = firsts(cells)
        first[cells[once]] = (keys & POSITION)[once]
        return total.reshape(-1, count), first.reshape(-1, count)
