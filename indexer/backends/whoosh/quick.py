"""What some words find and their best rows, which is what most people ask: by one call of a compiled loop (plans).

Python only tells what is asked, in few steps: what it knows of a lemma is kept, and weighs a question at once.
"""

from __future__ import annotations

from itertools import pairwise
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import plans
from indexer.backends.whoosh.loops import NO_SET
from indexer.backends.whoosh.plans import ABSENT, NEXT, PAIR
from indexer.types import Either, Only, Phrase, Together, Word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.backends.whoosh.evaluation import Evaluation
    from indexer.backends.whoosh.postings import Entry, FieldPostings
    from indexer.backends.whoosh.rowset import RowSet
    from indexer.settings import Ranking
    from indexer.types import Lemma, Query

_MOST_WORDS = 31  # each has a bit, and one more bit is used
_MOST_ROWS = 1000  # the best of them; who wants more asks for them in steps between which time is looked at
_FEW = 64  # rows, of which all are scored: of fewer, it is not the rows that take the time
_CHEAP = 4096  # rows of a source, up to which it is read wherever others are, and of its rows no set is made
_REMEMBERED = 20_000  # lemmas of which it is known what is looked for
# A plan: see plans. Bytes that are joined, for to make an array of numbers takes six times as long.
_packed = Struct(f"={plans.COLUMNS}q").pack


def _sign(kind: int, number: int, steps: int = 0) -> bytes:
    return _packed(kind, -1, number, steps, ABSENT, ABSENT, 0, 0)


_NEXT, _NEXT_IN_PHRASE = _sign(NEXT, NO_SET, plans.WORD), _sign(plans.NEXT_IN_PHRASE, 0)
_PAIRS = [_sign(PAIR, clause) for clause in range(_MOST_WORDS)]
_where = Struct("=2q").pack  # of what is given: its address, and how many numbers
_NOTHING = _where(0, 0) * plans.OTHERS


class Words(NamedTuple):
    """The words and phrases that a query scores by."""

    query: Word | Phrase | Together | Either
    leaves: tuple[Word | Phrase, ...]


class Asked(NamedTuple):
    """Words alone, and those that a row must have or must not."""

    words: Words
    required: int  # a bit for each of the words
    excluded: tuple[Word, ...]


class _Taken(NamedTuple):
    """A question as it is taken down."""

    plan: list[bytes]
    dense: list[Entry]  # lemmas whose rows are given as bits
    # Of each leaf: what it weighs in texts and in titles, and what rows with the very forms get.
    weights: list[float]
    in_titles: list[float]
    typed: list[float]
    alone: list[tuple[float, float] | None]  # the idf of a word without its relatives, in texts and in titles


class _OfLemma(NamedTuple):
    """What questions ask of a lemma."""

    own: bytes  # what is looked for, as that of a word
    kin: bytes  # likewise, as that of a relative
    rows: int  # that have it
    idf: float
    titles: int  # likewise
    idf_in_titles: float
    entry: Entry
    is_dense: bool


def words_of(query: Query) -> Words | None:
    """Return the word, the phrase, or those that a space or OR joins, that a query scores by; None if it is more.

    Whatever only narrows what is found may be beside it.
    """
    while isinstance(query, Only):
        query = query.query
    if isinstance(query, Together | Either):
        if len(query.clauses) > _MOST_WORDS:
            return None
        leaves = query.clauses
    elif isinstance(query, Word | Phrase):
        leaves = (query,)
    else:
        return None
    for leaf in leaves:
        if not isinstance(leaf, Phrase) and not _is_plain(leaf):
            return None
    # A clause that comes twice has one number, and would need two.
    is_once = len(leaves) == 1 or len(set(map(id, leaves))) == len(leaves)
    return Words(query, cast("tuple[Word | Phrase, ...]", leaves)) if is_once else None


def asked_by(query: Query) -> Asked | None:
    """Return the words that a query asks for, if these are all that tells what it finds; None if they are not."""
    words = words_of(query)
    if words is None:
        return None
    for leaf in words.leaves:
        if not isinstance(leaf, Word):
            return None
    bits = 0
    excluded: tuple[Word, ...] = ()
    while isinstance(query, Only):
        for clause in query.required:
            number = next((at for at, leaf in enumerate(words.leaves) if leaf is clause), None)
            if number is None:
                return None
            bits |= 1 << number
        if not all(map(_is_plain, query.excluded)):
            return None
        excluded += cast("tuple[Word, ...]", query.excluded)
        query = query.query
    return Asked(words, bits, excluded)


def _is_plain(clause: Query) -> bool:
    return isinstance(clause, Word) and bool(clause.lemmas) and not clause.forms


class Questions:
    """What any question asks of texts, and what is known of lemmas that were asked for."""

    def __init__(self, postings: FieldPostings, settings: Ranking) -> None:
        self.settings = settings
        self._postings = postings
        self._titles = postings.field("title") if settings.title else None
        parts = range(len(postings.parts))
        self._segments = [plans.held(_segment(postings, self._titles or postings, part, settings)) for part in parts]
        self._tables = np.stack([segment.table for segment in self._segments])
        self._lemmas: dict[Lemma, _OfLemma] = {}

    def answer(self, asked: Asked, most: int) -> plans.Answer | None:
        """Return what words find, and the best `most` rows; None if these are too many, or some score nothing."""
        (query, leaves), required, excluded = asked
        return self._answer(query, leaves, most, required=required, excluded=excluded)

    def best(self, words: Words, evaluation: Evaluation, among: RowSet, most: int) -> plans.Answer | None:
        """Return the best `most` of some rows; None likewise."""
        query, leaves = words
        complete = evaluation.found(query).complete if isinstance(query, Together) else among
        return self._answer(query, leaves, most, given=_Given(self._postings, evaluation, among, complete))

    def _answer(
        self,
        query: Query,
        leaves: tuple[Word | Phrase, ...],
        most: int,
        *,
        required: int = 0,
        excluded: tuple[Word, ...] = (),
        given: _Given | None = None,
    ) -> plans.Answer | None:
        if most > _MOST_ROWS:
            return None
        taken = _Taken([], [], [], [], [], [])
        for leaf in leaves:
            if isinstance(leaf, Word):
                self._take_word(leaf, taken)
            else:
                assert given is not None  # noqa: S101 -- the caller's promise
                given.take_phrase(leaf, self, taken)
        is_together, bonus = isinstance(query, Together), 0.0
        if is_together:
            if self.settings.adjacency:
                _take_pairs(taken)
            bonus = ranking.bonus_of(taken.weights, taken.in_titles, taken.typed, len(leaves), self.settings)
        for word in excluded:
            of_word = self._of_lemmas(word.lemmas)
            taken.plan.extend([_as(plans.EXCLUDED, of.own) for of in of_word])
            taken.dense.extend([of.entry for of in of_word if of.is_dense])
        sets = given.sets() if given else []
        dense = self._postings.dense_sets(taken.dense)  # kept, as are sets, as long as the loop runs
        told = [*map(_told, sets)] if given else [_NOTHING]
        told += [of.told for of in dense]
        with self._postings.window() as scratch:
            found = plans.answer(
                np.frombuffer(b"".join(taken.plan), np.int64),
                np.array([*taken.weights, *taken.in_titles, *taken.typed]),
                self._tables,
                np.frombuffer(b"".join(told), np.int64),
                scratch,
                len(leaves),
                required,
                is_together,
                bonus,
                most,
                _FEW,
                _CHEAP,
            )
        return found if found.is_whole else None

    def _take_word(self, word: Word, taken: _Taken) -> None:
        settings = self.settings
        plan, dense, weights, in_titles, typed, alone = taken
        most, idf, most_in_titles, idf_in_titles = -1, 0.0, -1, 0.0
        for number, lemmas in enumerate((word.lemmas, word.relatives)):
            for of in self._of_lemmas(lemmas):
                _, _, rows, its, titles, its_in_titles, entry, is_dense = of
                plan.append(of.kin if number else of.own)
                if is_dense:
                    dense.append(entry)
                if rows > most:
                    most, idf = rows, its
                if titles > most_in_titles:
                    most_in_titles, idf_in_titles = titles, its_in_titles
            if not number:
                alone.append((idf, idf_in_titles))
        plan.append(_NEXT)
        weights.append(ranking.weight_of(word, idf, settings))
        in_titles.append(ranking.weight_of(word, idf_in_titles, settings))
        typed.append(0.0)

    def _of_lemmas(self, lemmas: Iterable[Lemma]) -> list[_OfLemma]:
        """Return what is known of some lemmas."""
        known = self._lemmas
        found = []
        for lemma in lemmas:
            of = known.get(lemma)
            if of is None:
                if len(known) >= _REMEMBERED:
                    known = self._lemmas = {}  # another one, for threads may share it
                of = known[lemma] = self._look_up(lemma)
            found.append(of)
        return found

    def in_phrase(self, word: Word) -> list[bytes]:
        """Return what is looked for in texts where a word of a phrase is asked for."""
        pieces = [_as(plans.IN_PHRASE, of.own, keep=0) for of in self._of_lemmas(word.lemmas)]
        for form in word.forms:
            steps = ranking.steps(form.weight) * ranking.WEIGHT_STEPS
            for number, part in enumerate(self._postings.parts):
                pieces += [
                    _packed(plans.FORM, number, of_form, steps, ABSENT, ABSENT, 0, 0)
                    for of_form in part.segment.words.written_as(form)
                ]
        return [*pieces, _NEXT_IN_PHRASE]

    def _look_up(self, lemma: Lemma) -> _OfLemma:
        (entry,) = self._postings.entries([lemma.text])
        in_titles = self._titles.entries([lemma.text])[0] if self._titles else None
        lists = {listed.part: listed.number for listed in entry.lists}
        of_titles = {listed.part: listed.number for listed in in_titles.lists} if in_titles else {}
        is_dense = self._postings.is_dense(entry)
        rows = [
            (
                part,
                number,
                ranking.steps(lemma.weight),
                lists.get(part, ABSENT),
                of_titles.get(part, ABSENT),
                entry.found,
                plans.DENSE * is_dense + plans.FIRST * (not at),
            )
            for at, (part, number) in enumerate(entry.numbers)
        ]
        return _OfLemma(
            b"".join([_packed(plans.LEMMA, *row) for row in rows]),
            b"".join([_packed(plans.RELATIVE, *row) for row in rows]),
            entry.found,
            ranking.idf(entry.found, self._postings.collection),
            in_titles.found if in_titles else 0,
            ranking.idf(in_titles.found, self._titles.collection) if in_titles and self._titles else 0.0,
            entry,
            is_dense,
        )


def _told(bits: np.ndarray) -> bytes:
    return _where(bits.ctypes.data, bits.size)


def _take_pairs(taken: _Taken) -> None:
    """Let neighbouring words count side by side: as ranking.pairs tells."""
    for number, (one, other) in enumerate(pairwise(taken.alone)):
        if one and other:
            taken.plan.append(_PAIRS[number])
            taken.weights.append(ranking.add_up((one[0], other[0])))
            taken.in_titles.append(ranking.add_up((one[1], other[1])))
            taken.typed.append(0.0)


def _as(kind: int, rows: bytes, keep: int = plans.FIRST | plans.DENSE) -> bytes:
    """Return rows of a plan as those of another kind, with these of their flags."""
    of = np.frombuffer(rows, np.int64).reshape(-1, plans.COLUMNS).copy()
    of[:, plans.KIND] = kind
    of[:, plans.FLAGS] &= keep
    return of.tobytes()


class _Given:
    """What arrays told already: the rows that are asked for, and those of phrases."""

    def __init__(self, postings: FieldPostings, evaluation: Evaluation, among: RowSet, complete: RowSet) -> None:
        self._postings = postings
        self._evaluation = evaluation
        self._titles = evaluation.within("title") if evaluation.settings.title else None
        self._among = among
        self._complete = complete
        self._typed: list[np.ndarray] = []
        self._gaps: list[np.ndarray] = []
        self._many = 0  # gaps

    def sets(self) -> list[np.ndarray]:
        """Return the sets from plans.AMONG on, those of lemmas left out."""
        gaps = np.concatenate(self._gaps) if self._gaps else np.zeros(0, np.uint32)
        return [self._among.bits(), self._complete.bits(), gaps, *self._typed]

    def take_phrase(self, phrase: Phrase, questions: Questions, taken: _Taken) -> None:
        """Take down a phrase."""
        evaluation, titles, settings = self._evaluation, self._titles, self._evaluation.settings
        plan, _, weights, in_titles, typed, alone = taken
        for word in phrase.words:
            plan += questions.in_phrase(word)
        self._add_rows(evaluation.rows(phrase), plans.IN_TEXT, plan)
        if titles:
            self._add_rows(titles.rows(ranking.in_title(phrase)), plans.IN_TITLE, plan)
        set_ = NO_SET
        if phrase.typed:
            rows = evaluation.typed(phrase)
            self._add_rows(rows, plans.TYPED, plan)
            set_ = len(self._typed)
            self._typed.append(rows.bits())
        plan.append(_sign(NEXT, set_, plans.PHRASE))
        weights.append(ranking.weight(phrase, evaluation.idf, settings))
        in_titles.append(ranking.weight(phrase, titles.idf, settings) if titles else 0.0)
        typed.append(ranking.typed_bonus(phrase, "text", evaluation.idf_in, settings))
        alone.append(None)

    def _add_rows(self, rows: RowSet, which: int, plan: list[bytes]) -> None:
        every = rows.rows()
        for number, part in enumerate(self._postings.parts):
            of = part.segment
            first, many = (
                (part.documents, of.documents) if which == plans.IN_TITLE else (part.paragraphs, of.paragraphs)
            )
            here = every[slice(*np.searchsorted(every, [first, first + many]).tolist())] - first
            if len(here):
                self._gaps.append(np.diff(here, prepend=0).astype(np.uint32))
                start = self._many
                self._many += len(here)
                plan.append(_packed(plans.ROWS, number, which, 0, start, self._many, len(here), 0))


def _segment(postings: FieldPostings, titles: FieldPostings, part: int, settings: Ranking) -> plans.Segment:
    """Return what of a segment is read for any question."""
    segment, of = postings.segment(part), postings.parts[part]
    documents = postings.all_documents
    return plans.Segment(
        lists=postings.lists_for_loops(part, settings),
        title_lists=titles.lists_for_loops(part, settings),
        texts=segment.tokens.for_loops,
        known=segment.words.for_loops,
        lemmas=segment.words.lemmas_for_loops,
        live=postings.live_bits,
        paragraphs=documents.starts,
        documents=documents.of_paragraphs,
        numbers=postings.numbers_for_loops(titles, settings),
        bases=plans.Bases(
            row=of.paragraphs,
            count=segment.paragraphs,
            document=of.documents,
            first_row=postings.first_row(part),
            first_title=titles.first_row(part),
        ),
    )
