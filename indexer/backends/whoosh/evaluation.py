"""A query over arrays: which rows it finds, and how each of some rows scores. No Python runs for a single posting.

What a query finds is told by lists of rows alone, where it can be; positions are only read of rows where they decide
something. Scores are exact, and found out for the few rows that may be shown (best.py says which these are).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from indexer import ranking
from indexer.backends.whoosh.arrays import firsts
from indexer.backends.whoosh.postings import POSITION_BITS, Places, join
from indexer.backends.whoosh.rowset import RowSet, intersection, union
from indexer.backends.whoosh.standing import Sought, scored_by
from indexer.deadline import NEVER
from indexer.types import (
    AtPath,
    Boosted,
    Dated,
    Either,
    In,
    InDocument,
    Near,
    Only,
    Phrase,
    Run,
    Together,
    Window,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.backends.whoosh.adjacency import Found as FoundByLoops
    from indexer.backends.whoosh.postings import Entry, FieldPostings
    from indexer.deadline import Deadline
    from indexer.settings import Ranking
    from indexer.types import Query


_FEW = 1024  # rows to one of those that words have, from which on these are less to read by themselves than as bits
_AT_ONCE = 20_000  # rows whose texts are looked through at once, which bounds memory


class Found(NamedTuple):
    """What a query finds."""

    rows: RowSet
    complete: RowSet  # those that have every clause


class Known:
    """What is known of a word of the query in a field."""

    __slots__ = ("alone", "entries", "found", "idf", "is_anywhere", "own", "rows", "word")

    def __init__(self, word: Word, entries: list[Entry]) -> None:
        self.word = word  # kept, for words are told by their identity
        self.entries = entries  # of its lemmas, then of its relatives
        self.own = entries[: len(word.lemmas)] if word.relatives else entries
        self.found = _most_found(self.own)  # rows that have the most frequent of its lemmas
        # Whether a row may have it itself.
        self.is_anywhere = self.found > 0 or bool(word.forms)
        # That of the most frequent of its lemmas, its relatives, and its forms together; less than 0 until it is asked.
        self.idf = -1.0
        self.alone = -1.0  # likewise, without its relatives
        self.rows: RowSet | None = None


def _most_found(entries: list[Entry]) -> int:
    most = 0
    for entry in entries:  # one or two, which max() takes longer for
        if entry.found > most:  # noqa: PLR1730 -- likewise
            most = entry.found
    return most


class Evaluation:
    """One query over one field; what a word needs is read once however often it is used.

    Words and phrases are known by identity: to hash one takes longer than to find out what is asked of it.
    """

    def __init__(self, postings: FieldPostings, settings: Ranking, deadline: Deadline = NEVER) -> None:
        self.postings = postings
        self.deadline = deadline  # looked at for each part of a query, and for so many rows of it
        self.settings = settings
        self.field = postings.field_name
        self._words: dict[int, Known] = {}
        self._phrases: dict[int, tuple[Phrase, RowSet]] = {}
        self._typed: dict[int, tuple[Phrase, RowSet]] = {}
        self._by_loops: dict[int, tuple[Phrase, FoundByLoops | None]] = {}
        self._found: dict[int, tuple[Query, Found]] = {}
        self._fields: dict[str, Evaluation] = {}
        self._weights: dict[int, tuple[Word | Phrase, float]] = {}
        self._pairs: dict[int, tuple[Together, list[Phrase]]] = {}

    # --- what is found ---

    def found(self, query: Query) -> Found:
        """Return the rows that a query finds, deleted ones left out."""
        known = self._found.get(id(query))
        if known is None:
            known = self._found[id(query)] = (query, self._find(query))
        return known[1]

    def _find(self, query: Query) -> Found:
        self.deadline.check()
        match query:
            case Word() | Phrase():
                return _whole(self.rows(query))
            case Together(clauses):
                if self.postings.by_loops and (found := self._read(clauses)):
                    return found
                parts = [self.found(clause) for clause in clauses]
                return Found(self._any(part.rows for part in parts), intersection([part.complete for part in parts]))
            case Either(clauses):
                parts = [self.found(clause) for clause in clauses]
                return Found(self._any(part.rows for part in parts), self._any(part.complete for part in parts))
            case Only(wanted, required, excluded):
                return self._only(self.found(wanted), required, excluded)
            case Boosted(wanted):
                return self.found(wanted)
            case In(name, wanted):
                return Found(*(self._spread(rows) for rows in self.within(name).found(wanted)))
            case InDocument(wanted):
                return _whole(self._set(self._beside(self.found(wanted).rows)))
            case Near() | Window() | Run() | AtPath() | Dated():
                return _whole(self._set(self._condition(query)))

    def _any(self, sets: Iterable[RowSet]) -> RowSet:
        return union(list(sets), self.postings.size)

    def _set(self, rows: np.ndarray) -> RowSet:
        return RowSet.of_rows(rows, self.postings.size)

    def _spread(self, documents: RowSet) -> RowSet:
        return documents if self.field != "text" else self._set(self.postings.spread(documents.rows())[0])

    def _only(self, inner: Found, required: tuple[Query, ...], excluded: tuple[Query, ...]) -> Found:
        if required:
            needed = [self.found(clause).rows for clause in required]
            inner = Found(*(intersection([rows, *needed]) for rows in inner))
        for clause in excluded:
            gone = self.found(clause).rows
            inner = Found(*(rows - gone for rows in inner))
        return inner

    def rows(self, leaf: Word | Phrase) -> RowSet:
        """Return the rows that a word or phrase finds."""
        if isinstance(leaf, Word):
            known = self.known(leaf)
            if known.rows is None:
                known.rows = self._rows_of_word(known)
            return known.rows
        if id(leaf) not in self._phrases:
            self._phrases[id(leaf)] = (leaf, self._rows_of_phrase(leaf))
        return self._phrases[id(leaf)][1]

    def _read(self, clauses: Sequence[Query]) -> Found | None:
        """Find the rows of words at once; return what is found if that is all that is asked for."""
        words = [self.known(word) for word in clauses if isinstance(word, Word) and not word.forms]
        # Of few rows, numbers are less to read than bits of all.
        if len(words) < 2 or sum(entry.found for known in words for entry in known.own) * _FEW < self.postings.size:  # noqa: PLR2004 -- any and all
            return None
        sets, found, every = self.postings.rows_of_each([known.own for known in words])
        for known, rows in zip(words, sets, strict=True):
            known.rows = rows
        return Found(found, every) if len(words) == len(clauses) else None

    def known(self, word: Word) -> Known:
        """Return what is known of a word."""
        known = self._words.get(id(word))
        if known is None:
            lemmas = (*word.lemmas, *word.relatives) if word.relatives else word.lemmas
            entries = self.postings.entries([lemma.text for lemma in lemmas])
            known = self._words[id(word)] = Known(word, entries)
        return known

    def _rows_of_word(self, known: Known) -> RowSet:
        word = known.word
        sets = [self.postings.rows_of(known.own)] if word.lemmas else []
        if word.forms:
            sets.append(self._set(self.postings.with_forms(word.forms)))
        return self._any(sets) if sets else self._set(np.zeros(0, np.int64))

    def _rows_of_phrase(self, phrase: Phrase) -> RowSet:
        if len(phrase.words) == 1:
            return self.rows(phrase.words[0])
        found = self.by_loops(phrase)
        if found is not None:
            return self._set(found.scored.rows)
        every = intersection([self.rows(word) for word in phrase.words]).rows()
        return self._in_a_row(phrase.words, every)

    def _in_a_row(self, words: Sequence[Word], every: np.ndarray) -> RowSet:
        """Return those of some rows where words stand side by side."""
        found = []
        for start in range(0, len(every), _AT_ONCE):
            self.deadline.check()
            found.append(self.postings.in_a_row(words, every[start : start + _AT_ONCE]))
        return self._set(join(found))

    def by_loops(self, phrase: Phrase) -> FoundByLoops | None:
        """Return the rows that have a phrase with what is to be known of it there, where loops tell that."""
        if not self.postings.by_loops:
            return None
        known = self._by_loops.get(id(phrase))
        if known is None:
            found = self.postings.phrases(self.settings).found(phrase, self)
            known = self._by_loops[id(phrase)] = (phrase, found)
        return known[1]

    def _where(
        self,
        words: Sequence[Word],
        found: Callable[[Callable[[Word], Places], np.ndarray], np.ndarray],
        within: RowSet | None = None,
    ) -> np.ndarray:
        """Return the rows of the keys that are found; it is asked of rows that have all words, so many at a time.

        With `within`, it is asked of these rows.

        `found` is told where each word stands in some rows, and these rows.
        """
        sought = Sought(self.postings, [(word, True) for word in words])
        every = (within or intersection([self.rows(word) for word in words])).rows()
        keys = []
        for start in range(0, len(every), _AT_ONCE):
            self.deadline.check()
            rows = every[start : start + _AT_ONCE]
            standing = sought.places((self.postings, rows))
            keys.append(found(partial(standing.of, rows=rows), rows))
        return _rows_of(join(keys))

    def typed(self, phrase: Phrase) -> RowSet:
        """Return the rows where a phrase stands, and somewhere in the very forms typed."""
        if id(phrase) not in self._typed:
            found = self.by_loops(phrase)
            # Only where the phrase stands: to find all rows with the forms, all rows with their lemmas must be read.
            rows = (
                self._in_a_row(phrase.typed, self.rows(phrase).rows())
                if found is None
                else self._set(found.scored.rows[found.scored.typed])
            )
            self._typed[id(phrase)] = (phrase, rows)
        return self._typed[id(phrase)][1]

    def idf(self, word: Word, *, alone: bool = False) -> float:
        """Return the idf of a word, with or without its relatives."""
        known = self._words.get(id(word)) or self.known(word)
        if known.idf < 0:
            self._weigh(known)
        return known.alone if alone else known.idf

    def _weigh(self, known: Known) -> None:
        word, collection = known.word, self.postings.collection
        own = known.found
        if word.forms:
            own = max(own, self.rows(Word((), word.forms) if word.lemmas else word).count)
        every = max(own, _most_found(known.entries)) if word.relatives else own
        known.alone = ranking.idf(own, collection)
        known.idf = known.alone if every == own else ranking.idf(every, collection)

    def weight(self, leaf: Word | Phrase) -> float:
        """Return the weight of a word or phrase."""
        known = self._weights.get(id(leaf))
        if known is None:
            known = self._weights[id(leaf)] = (leaf, ranking.weight(leaf, self.idf, self.settings))
        return known[1]

    def pairs(self, query: Together) -> list[Phrase]:
        """Return the pairs of words that count where they stand side by side."""
        known = self._pairs.get(id(query))
        if known is None:
            known = self._pairs[id(query)] = (query, list(ranking.pairs(query, self.settings)))
        return known[1]

    def idf_in(self, field: str) -> ranking.Idf:
        """Return the idf of a field."""
        return self.within(field).idf

    def within(self, field: str) -> Evaluation:
        """Return the same in another field."""
        if field == self.field:
            return self
        if field not in self._fields:
            self._fields[field] = Evaluation(self.postings.field(field), self.settings, self.deadline)
        return self._fields[field]

    # --- nearness ---

    def _condition(self, query: Near | Window | Run | AtPath | Dated) -> np.ndarray:
        match query:
            case Near():
                return self._near(query)
            case Window():
                return self._window(query)
            case Run():
                return self._run(query)
            case AtPath() | Dated():
                return self.postings.of_documents(query)

    def _near(self, near: Near) -> np.ndarray:
        """Return the rows where a chain of links reaches its last leaf."""

        def found(places: Callable[[Word], Places], rows: np.ndarray) -> np.ndarray:
            spans = [
                (in_a_row([places(word) for word in _words(leaf)]).keys, len(_words(leaf))) for leaf in near.leaves
            ]
            starts = self.postings.sentences(rows) if None in near.links else np.zeros(0, np.int64)
            reached, length = spans[0]
            for (there, there_length), link in zip(spans[1:], near.links, strict=True):
                # Where a leaf that is linked to `there` may begin: before it, or after it.
                last_before, first_after = there - length, there + there_length
                if link is None:
                    sentence, next_sentence = _sentence(there, starts)
                    first_before, last_after = sentence, next_sentence - 1
                else:
                    first_before, last_after = last_before - (link - 1), first_after + (link - 1)
                linked = _any_within(reached, first_before, last_before)
                linked |= _any_within(reached, first_after, last_after)
                reached, length = there[linked], there_length
            return reached

        return self._where([word for leaf in near.leaves for word in _words(leaf)], found)

    def _window(self, window: Window) -> np.ndarray:
        """Return the rows with a window that holds all the words."""

        def found(places: Callable[[Word], Places], _: np.ndarray) -> np.ndarray:
            wanted = {word: places(word).keys for word in window.words}
            keys = np.sort(join(list(wanted.values())))
            keys = keys[firsts(keys)]
            last = keys + (len(window.words) + window.distance - 2)
            enough = _how_many_within(keys, keys, last) >= len(window.words)
            for word, of_word in wanted.items():
                enough &= _how_many_within(of_word, keys, last) >= window.words.count(word)
            holding: np.ndarray = keys[enough]
            return holding

        return self._where(window.words, found)

    def _run(self, run: Run) -> np.ndarray:
        """Return the rows where enough of the words stand in a row."""

        def found(places: Callable[[Word], Places], _: np.ndarray) -> np.ndarray:
            keys = {id(word): places(word).keys for word in run.words}
            # Where any words stand close by one another is told by each word once, however often it is asked for.
            close = _close(np.sort(join(list(keys.values()))), run.least)
            keys = {word: close[_in_both(close, here)[0]] for word, here in keys.items()}
            return _in_runs([keys[id(word)] for word in run.words], run.least)

        # Only a row with all words of one stretch may have it in a row.
        stretches = _neighbours([self.rows(word) for word in run.words], run.least)
        return self._where(run.words, found, self._any(stretches))

    def _beside(self, rows: RowSet) -> np.ndarray:
        """Return all rows of the documents that these are of."""
        documents = self.postings.documents(rows.rows())
        return self.postings.spread(documents[firsts(documents)])[0]

    # --- how it scores ---

    def scoring(self, query: Query) -> Scoring:
        """Return what tells how rows score by a query."""
        return Scoring(self, query)


Score: TypeAlias = Callable[["Columns"], np.ndarray]  # of each row


class Leaves:
    """Words and phrases whose scores are asked for, each with its number."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.all: list[Word | Phrase] = []

    def number(self, leaf: Word | Phrase) -> int:
        """Take a leaf; return its number."""
        self.all.append(leaf)
        return len(self.all) - 1

    def tables(self, *asked: tuple[FieldPostings, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return for each leaf and each row of fields the agreement of all places, and the first of these."""
        return self._tables(*asked)

    @cached_property
    def _tables(self) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
        scored = scored_by(self.all)
        postings = self.evaluation.postings
        sought = Sought(postings, chain.from_iterable(scored))
        if postings.by_loops:
            from indexer.backends.whoosh.counting import Counting  # noqa: PLC0415 -- compiles

            return Counting(postings, sought, scored).tables
        groups = sought.groups(scored)
        return lambda *asked: sought.places(*asked).tables(groups, len(scored))

    @cached_property
    def weights(self) -> np.ndarray:
        """Return the weight of each, as a column."""
        return _weights(self.all, self.evaluation)

    @cached_property
    def titles(self) -> Evaluation | None:
        """Return the titles that they count in as well; None if in none."""
        counts = self.evaluation.field == "text" and self.evaluation.settings.title
        return self.evaluation.within("title") if counts else None

    @cached_property
    def weights_in_titles(self) -> np.ndarray:
        """Return the weight of each there."""
        return _weights(map(ranking.in_title, self.all), self.evaluation.within("title"))


def _weights(leaves: Iterable[Word | Phrase], evaluation: Evaluation) -> np.ndarray:
    return np.array([[evaluation.weight(leaf)] for leaf in leaves])


class Scoring:
    """A query as sums of columns: what each word and phrase of it gives in some rows is found out for all at once."""

    def __init__(self, evaluation: Evaluation, query: Query) -> None:
        self._evaluation = evaluation
        self._settings = evaluation.settings
        self._leaves = Leaves(evaluation)
        self._score = self._of(query)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return the score of rows, which are in order; also what of it a row has that the query does not find."""
        parts = [self._scores(rows[start : start + _AT_ONCE]) for start in range(0, len(rows), _AT_ONCE)]
        return join(parts) if parts else np.zeros(0)

    def _scores(self, rows: np.ndarray) -> np.ndarray:
        self._evaluation.deadline.check()
        return self._score(Columns(self._leaves, rows))

    def _of(self, query: Query) -> Score:
        match query:
            case Word() | Phrase():
                return self._leaf(query)
            case Together():
                return self._together(query)
            case Either(clauses):
                return _sum([self._of(clause) for clause in clauses])
            case Only(wanted):
                return self._only(query, self._of(wanted))
            case Boosted(wanted, factor):
                return _times(factor, self._of(wanted))
            case In(name, wanted):
                there = self._evaluation.within(name).scoring(wanted)
                return lambda at: at.of_documents(there.scores(at.documents))
            case Near() | Window() | Run() | InDocument() | AtPath() | Dated():
                return Columns.zeros

    def _leaf(self, leaf: Word | Phrase) -> Score:
        number = self._leaves.number(leaf)
        if not isinstance(leaf, Phrase) or not leaf.typed:
            return lambda at: at.of(number)
        bonus = ranking.typed_bonus(leaf, self._evaluation.field, self._evaluation.idf_in, self._settings)
        typed = self._evaluation.typed(leaf)
        return lambda at: at.of(number) + bonus * typed.has(at.rows)

    def _together(self, query: Together) -> Score:
        # The clauses, then the pairs: the reference engine adds up in this order too.
        parts = [self._of(clause) for clause in query.clauses]
        pairs = self._evaluation.pairs(query)
        total = _sum([*parts, *(_times(self._settings.adjacency, self._leaf(pair)) for pair in pairs)])
        bonus = ranking.bonus(query, self._evaluation.field, self._evaluation.idf_in, self._settings)
        if not bonus:
            return total
        complete = self._evaluation.found(query).complete
        return lambda at: total(at) + bonus * complete.has(at.rows)

    def _only(self, query: Only, score: Score) -> Score:
        found = self._evaluation.found(query).rows
        return lambda at: np.where(found.has(at.rows), score(at), 0.0)


class Columns:
    """What leaves give in some rows of a field."""

    def __init__(self, leaves: Leaves, rows: np.ndarray) -> None:
        self.rows = rows
        self._leaves = leaves
        self._evaluation = leaves.evaluation

    def zeros(self) -> np.ndarray:
        """Return a score for each row."""
        return np.zeros(len(self.rows))

    def of(self, leaf: int) -> np.ndarray:
        """Return what a leaf gives, its title included."""
        column: np.ndarray = self._all[leaf]
        return column

    @cached_property
    def _document_of(self) -> tuple[np.ndarray, np.ndarray]:
        every = self._evaluation.postings.documents(self.rows)
        first = firsts(every)
        return every[first], np.repeat(np.arange(len(first)), np.diff(first, append=len(every)))

    @property
    def documents(self) -> np.ndarray:
        """Return the documents of the rows, each once."""
        return self._document_of[0]

    def of_documents(self, scores: np.ndarray) -> np.ndarray:
        """Return for each row what its document has."""
        of_rows: np.ndarray = scores[..., self._document_of[1]]
        return of_rows

    @cached_property
    def _all(self) -> np.ndarray:
        """Return a row for each leaf."""
        leaves, postings = self._leaves, self._evaluation.postings
        titles = leaves.titles
        asked = (
            [(postings, self.rows)] if titles is None else [(postings, self.rows), (titles.postings, self.documents)]
        )
        agreement, first = leaves.tables(*asked)
        count = len(self.rows)
        points = _points(agreement[:, :count], first[:, :count], leaves.weights, self._evaluation, self.rows)
        if titles is not None:
            here = agreement[:, count:], first[:, count:], leaves.weights_in_titles, titles, self.documents
            points += self._evaluation.settings.title * self.of_documents(_points(*here))
        return points


def _points(
    agreement: np.ndarray, first: np.ndarray, weights: np.ndarray, evaluation: Evaluation, rows: np.ndarray
) -> np.ndarray:
    """Return what leaves give in rows of one field."""
    settings, postings = evaluation.settings, evaluation.postings
    saturation = ranking.saturation(evaluation.field, settings)
    # Where a leaf does not stand, zero may be divided by zero; it gives nothing there.
    with np.errstate(invalid="ignore"):
        points = ranking.bm25(agreement, postings.lengths(rows), weights, postings.collection, saturation)
    if evaluation.field == "text":
        points += ranking.lead(first, weights, settings)
    return np.where(agreement > 0, points, 0.0)


def _words(leaf: Word | Phrase) -> tuple[Word, ...]:
    return (leaf,) if isinstance(leaf, Word) else leaf.words


def _whole(rows: RowSet) -> Found:
    return Found(rows, rows)


def _sum(parts: list[Score]) -> Score:
    def total(at: Columns) -> np.ndarray:
        points = at.zeros()
        for part in parts:
            points += part(at)
        return points

    return total


def _times(factor: float, score: Score) -> Score:
    return lambda at: factor * score(at)


def in_a_row(places: list[Places]) -> Places:
    """Return where words stand side by side, each place by the worst of them."""
    together = places[0]
    for at, next_ in enumerate(places[1:], start=1):
        here, there = _in_both(together.keys, next_.keys - at)
        together = Places(together.keys[here], np.minimum(together.agreement[here], next_.agreement[there]))
    return together


def _neighbours(sets: list[RowSet], length: int) -> list[RowSet]:
    """Return for each stretch of so many neighbours the rows that all of them have."""
    step = 1
    while 2 * step <= length:
        sets = [one & other for one, other in zip(sets, sets[step:], strict=False)]
        step *= 2
    return [one & other for one, other in zip(sets, sets[length - step :], strict=False)] if length > step else sets


def _close(keys: np.ndarray, least: int) -> np.ndarray:
    """Return the different ones of keys in order that have so many in a row, themselves included."""
    keys = keys[firsts(keys)]
    edges = np.flatnonzero(np.diff(keys, prepend=-2) != 1) if len(keys) else np.zeros(0, np.int64)
    length = np.diff(edges, append=len(keys))
    close: np.ndarray = keys[np.repeat(length >= least, length)]
    return close


def _in_runs(places: list[np.ndarray], least: int) -> np.ndarray:
    """Return where so many words stand side by side: the place of the first; `places` are those of each word."""
    # Words that stand as far from the first as in their list are neighbours; between lists one number is left free.
    stride = len(places) + 1
    numbers = np.sort(join([(keys - at) * stride + at for at, keys in enumerate(places)]))
    first = numbers[: max(len(numbers) - least + 1, 0)]
    first = first[numbers[least - 1 :] - first == least - 1]
    found: np.ndarray = np.sort(first // stride + first % stride)
    return found


def _in_both(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where in each the values are that both have; both are in order, and no value is twice in one."""
    if len(one) > len(other):
        return _in_both(other, one)[::-1]
    if not len(one):
        return (np.zeros(0, np.int64),) * 2
    at = np.searchsorted(other, one)
    at[at == len(other)] = 0
    here = np.flatnonzero(other[at] == one)
    return here, at[here]


def _rows_of(keys: np.ndarray) -> np.ndarray:
    """Return the rows of keys that are in order, each once."""
    rows: np.ndarray = keys >> POSITION_BITS
    once: np.ndarray = rows[firsts(rows)]
    return once


def _sentence(keys: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the sentence of each place begins, and the next one; without starts, each row is one sentence."""
    row = keys >> POSITION_BITS << POSITION_BITS
    if not starts.size:
        return row, row + (1 << POSITION_BITS)
    at = np.searchsorted(starts, keys, side="right")
    next_ = np.append(starts, np.iinfo(np.int64).max)[at]
    return starts[at - 1], np.minimum(next_, row + (1 << POSITION_BITS))


def _how_many_within(keys: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return how many keys are in each range; both ends belong to it."""
    many: np.ndarray = np.searchsorted(keys, last, side="right") - np.searchsorted(keys, first, side="left")
    return many


def _any_within(keys: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    return _how_many_within(keys, first, last) > 0
