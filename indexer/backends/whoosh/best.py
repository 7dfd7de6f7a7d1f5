"""The best rows of a ranking without the scores of all: what cannot be among them by what it gives at most is not read.

A query is a sum of sources: what a word gives in texts and titles, what a phrase gives, what a paragraph with all words
gets on top. Each knows the most it can give, and can tell in which rows and how much there at most, by lists alone. The
sources that can give most, which are rare words, are read first (Turtle and Flood, "Query Evaluation: Strategies and
Optimizations", 1995: MaxScore); the best rows by them are scored, and once all unread sources together cannot reach the
k-th score, no other row can be among the best. The unread ones are then only asked about the rows that are left, and
what still may be among the best is scored.

Two words side by side give something only where both are. Which of the words a row has is kept as bits; so what pairs
may give in it is one look into a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import codes
from indexer.backends.whoosh.postings import join
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
    from indexer.backends.whoosh.evaluation import Evaluation, Scoring
    from indexer.backends.whoosh.plans import Answer
    from indexer.backends.whoosh.postings import FieldPostings
    from indexer.backends.whoosh.rowset import RowSet
    from indexer.types import Query

_SLACK = 1 + 1e-9  # bounds are added up in another order than scores
_SCORED = 64  # rows at once: of fewer, it is not the rows that take the time
_GUESS = 0.7  # of what the k-th row may have
_WORDS = 31  # that have a bit
_READ = 8000  # rows that are read of sources before the best of them are scored


class _Bounds:
    """What is known of all rows so far: the most that the sources read give in each, and the words that it has."""

    def __init__(self, postings: FieldPostings) -> None:
        self._postings = postings
        self.most = postings.take_scratch(np.float64)
        self.words = postings.take_scratch(np.uint32)  # a bit for each word that was read
        self._last = postings.take_scratch(np.int32)  # written before it is read; what is left there tells nothing
        self._touched: list[np.ndarray] = []

    def close(self) -> None:
        for rows in self._touched:
            self.most[rows] = 0.0
            self.words[rows] = 0
        self._postings.give_back(self.most)
        self._postings.give_back(self.words)
        self._postings.give_back(self._last)

    def add(self, rows: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Add what sources give in rows, perhaps in some twice; return those that had nothing before, each once."""
        if self._touched:
            new = rows[self.most[rows] == 0]
        else:
            # All zeros. What is written first is paged in once; what is read first, and then written to, twice.
            new = rows
            self.most[rows] = 0.0
        number = np.arange(len(new), dtype=np.int32)
        self._last[new] = number
        once: np.ndarray = new[self._last[new] == number]
        self._touched.append(once)
        np.add.at(self.most, rows, points)
        return once


class Source(Protocol):
    """A part of a score."""

    most: float  # that it gives in any row
    size: int  # rows that it gives anything in, about
    bit: int  # of the word that it is; 0 if none

    def read(self) -> tuple[np.ndarray, np.ndarray, int]:
        """Return the rows, perhaps some twice, and how much at most in each; how many of the first have the word."""
        ...

    def has(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return whether it gives anything in each of these rows, and whether each has the word itself."""
        ...


class Of:
    """What gives the same in each row of a set."""

    bit = 0

    def __init__(self, rows: RowSet, most: float) -> None:
        self.most = most
        self.size = rows.count
        self.rows = rows

    def read(self) -> tuple[np.ndarray, np.ndarray, int]:
        """See Source.read."""
        return self.rows.rows(), np.full(self.size, self.most), 0

    def has(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See Source.has."""
        mask = self.rows.has(rows)
        return mask, mask


class OfAll(Of):
    """What rows with all of a query get on top."""


class OfWord:
    """What the lemmas of a word give in a field, by the codes of their lists."""

    def __init__(self, word: Word, evaluation: Evaluation, factor: float, bit: int) -> None:
        settings = evaluation.settings
        self.bit = bit
        self.word = word
        self.evaluation = evaluation
        self.weight = factor * evaluation.weight(word)
        self.more = 0.0  # wherever it is
        self.most = self.weight * (1 + settings.lead) if evaluation.field == "text" else self.weight
        self.known = evaluation.known(word)
        self.size = sum(entry.found for entry in self.known.entries)

    def raise_by(self, most: float) -> None:
        """Let it give so much more wherever it gives anything."""
        self.more += most
        self.most += most

    def read(self) -> tuple[np.ndarray, np.ndarray, int]:
        """See Source.read."""
        word, postings, settings = self.word, self.evaluation.postings, self.evaluation.settings
        entries = self.known.entries
        rows, points = [], []
        own = len(word.lemmas)
        of_own = 0
        start = 0
        if own > 1:
            # One place may have them all, and counts once: frequencies are added up, not points.
            weights = [ranking.steps(lemma.weight) / ranking.WEIGHT_STEPS for lemma in word.lemmas]
            of_lemmas, frequency, lead = postings.frequencies(entries[:own], weights, settings)
            rows.append(of_lemmas)
            points.append(codes.bm25(frequency, ranking.saturation(postings.field_name, settings)) + lead)
            start, of_own = own, len(of_lemmas)
        for at, lemma in enumerate((*word.lemmas, *word.relatives)[start:], start):
            if entries[at].found:
                weight = ranking.steps(lemma.weight) / ranking.WEIGHT_STEPS
                of_lemma, of_row = postings.points(entries[at], weight, settings)
                rows.append(of_lemma)
                points.append(of_row)
                of_own += len(of_lemma) * (at < own)
        total = self.weight * join(points)
        return join(rows), total + self.more if self.more else total, of_own

    def has(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See Source.has."""
        word, postings = self.word, self.evaluation.postings
        own = self.evaluation.rows(word).has(rows)
        if not word.relatives:
            return own, own
        return own | postings.rows_of(self.known.entries[len(word.lemmas) :]).has(rows), own


class OfHeading:
    """What a source gives in documents, for each of their paragraphs."""

    bit = 0

    def __init__(self, source: Source, texts: FieldPostings) -> None:
        self.most = source.most
        self.size = source.size
        self.of = source
        self._texts = texts

    def read(self) -> tuple[np.ndarray, np.ndarray, int]:
        """See Source.read."""
        documents, points, _ = self.of.read()
        rows, of = self._texts.spread(documents)
        return rows, points[of], 0

    def has(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See Source.has."""
        return self.of.has(self._texts.documents(rows))


class Pair(NamedTuple):
    """Two words side by side."""

    most: float
    words: int  # the bits of both


class Sources:
    """All that a query's score is a sum of."""

    def __init__(self, query: Query, evaluation: Evaluation) -> None:
        self._texts = evaluation.postings
        self.all: list[Source] = []
        self.pairs: list[Pair] = []
        self._bits: dict[int, int] = {}  # by the identity of the word
        self._add(query, evaluation, 1.0)

    def _keep(self, source: Source, evaluation: Evaluation) -> None:
        if source.most > 0 and source.size:
            if evaluation.postings is not self._texts and self._texts.field_name == "text":
                source = OfHeading(source, self._texts)
            self.all.append(source)

    def _add(self, query: Query, evaluation: Evaluation, factor: float) -> None:
        match query:
            case Word() | Phrase():
                self._add_leaf(query, evaluation, factor)
            case Together():
                self._add_words(query, evaluation, factor)
                bonus = factor * ranking.bonus(query, evaluation.field, evaluation.idf_in, evaluation.settings)
                if bonus:
                    self._keep(OfAll(evaluation.found(query).complete, bonus), evaluation)
            case Either(clauses):
                for clause in clauses:
                    self._add(clause, evaluation, factor)
            case Only(wanted):
                self._add(wanted, evaluation, factor)
            case Boosted(wanted, by):
                self._add(wanted, evaluation, factor * by)
            case In(name, wanted):
                self._add(wanted, evaluation.within(name), factor)
            case Near() | Window() | Run() | InDocument() | AtPath() | Dated():
                pass

    def _add_leaf(self, leaf: Word | Phrase, evaluation: Evaluation, factor: float) -> None:
        settings = evaluation.settings
        if isinstance(leaf, Phrase) and leaf.typed:
            bonus = factor * ranking.typed_bonus(leaf, evaluation.field, evaluation.idf_in, settings)
            self._keep(Of(evaluation.typed(leaf), bonus), evaluation)
        self._add_here(leaf, evaluation, factor, {})
        if evaluation.field == "text" and settings.title:
            self._add_here(ranking.in_title(leaf), evaluation.within("title"), factor * settings.title, {})

    def _add_here(self, leaf: Word | Phrase, evaluation: Evaluation, factor: float, more: dict[int, float]) -> None:
        """Add what a leaf gives in one field, and what pairs may give with it, by the identity of words."""
        if isinstance(leaf, Word) and not leaf.forms:
            bit = 0
            if evaluation.postings is self._texts and len(self._bits) < _WORDS:
                bit = self._bits.setdefault(id(leaf), 1 << len(self._bits))
            source = OfWord(leaf, evaluation, factor, bit)
            if id(leaf) in more:
                source.raise_by(more[id(leaf)])
            self._keep(source, evaluation)
            return
        weight = factor * evaluation.weight(leaf)
        most = weight * (1 + evaluation.settings.lead) if evaluation.field == "text" else weight
        rows = evaluation.rows(leaf)
        if isinstance(leaf, Word) and leaf.relatives:
            rows |= evaluation.postings.rows_of(evaluation.known(leaf).entries[len(leaf.lemmas) :])
        self._keep(Of(rows, most), evaluation)

    def _add_words(self, query: Together, evaluation: Evaluation, factor: float) -> None:
        """Add the clauses of what a space joins, and their pairs."""
        settings = evaluation.settings
        in_titles: dict[int, float] = {}
        titles = evaluation.within("title") if evaluation.field == "text" and settings.title else None
        pairs = evaluation.pairs(query)
        if titles:
            for pair in pairs:
                # Two words side by side in a title: as much as may be wherever the rarer of them is.
                one, other = pair.words
                if titles.known(one).is_anywhere and titles.known(other).is_anywhere:
                    weight = factor * settings.adjacency * settings.title * titles.weight(pair)
                    rarer = id(other if titles.idf(other) > titles.idf(one) else one)
                    in_titles[rarer] = in_titles.get(rarer, 0.0) + weight
        for clause in query.clauses:
            if isinstance(clause, Word) and titles and not clause.forms:
                self._add_here(clause, evaluation, factor, {})
                self._add_here(clause, titles, factor * settings.title, in_titles)
                in_titles.pop(id(clause), None)
            else:
                self._add(clause, evaluation, factor)
        # Of words that forms are looked for of, or that a query has twice, titles are asked about the pair itself.
        for pair in pairs:
            self._add_pair(pair, evaluation, factor * settings.adjacency)
            if titles and in_titles and any(id(word) in in_titles for word in pair.words):
                weight = factor * settings.adjacency * settings.title * titles.weight(pair)
                self._keep(Of(_both(pair, titles), weight), titles)

    def _add_pair(self, pair: Phrase, evaluation: Evaluation, factor: float) -> None:
        one_word, other_word = pair.words
        if not (evaluation.known(one_word).is_anywhere and evaluation.known(other_word).is_anywhere):
            return
        weight = factor * evaluation.weight(pair)
        if evaluation.field == "text":
            weight *= 1 + evaluation.settings.lead
        one, other = self._bits.get(id(one_word), 0), self._bits.get(id(other_word), 0)
        if evaluation.postings is self._texts and one and other and one != other:
            self.pairs.append(Pair(weight, one | other))
        else:
            self._keep(Of(_both(pair, evaluation), weight), evaluation)


def _both(pair: Phrase, evaluation: Evaluation) -> RowSet:
    """Return the rows that have both words."""
    one, other = pair.words
    return evaluation.rows(one) & evaluation.rows(other)


class Best(NamedTuple):
    """The best rows, in order of rows, and all that tie with the last of them."""

    rows: np.ndarray
    scores: np.ndarray


def best(query: Query, evaluation: Evaluation, among: RowSet, most: int) -> Best:
    """Return the best `most` of the rows that the query finds and that are among these, and all that tie with them."""
    of_phrase = scores_of_phrase(query, evaluation)
    if of_phrase is not None:
        rows, scores = of_phrase
        if among.count < len(rows):
            here = among.has(rows)
            rows, scores = rows[here], scores[here]
        return best_of(rows, scores, most)
    if evaluation.postings.by_loops:
        from indexer.backends.whoosh import quick  # noqa: PLC0415 -- compiles

        words = quick.words_of(query)
        questions = evaluation.postings.questions(evaluation.settings)
        found = questions.best(words, evaluation, among, most) if words else None
        if found:
            order = np.argsort(found.rows)
            return Best(found.rows[order], found.scores[order])
    if among.count <= max(most, _SCORED):
        rows = among.rows()
        return Best(rows, evaluation.scoring(query).scores(rows))
    scoring = evaluation.scoring(query)
    scored = _Scored(scoring, most)
    with _Reading(Sources(query, evaluation), evaluation.postings, among, most) as reading:
        while True:
            seen = reading.more()
            # The best by their bounds: to know the k-th score they need not be the best by score.
            scored.add(seen.highest(max(_SCORED, 2 * most)))
            if not reading.unread or reading.elsewhere < scored.least:
                break
        if scored.least <= 0:  # nothing is better than what no source tells of
            rows = among.rows()
            return Best(rows, scoring.scores(rows))
        rows, bounds = reading.left(seen, scored.least)
    order = np.argsort(-bounds, kind="stable")
    start, size = 0, 4 * _SCORED
    while start < len(order) and bounds[order[start]] >= scored.least:
        scored.add(rows[order[start : start + size]])
        start += size
    return scored.best()


def answer(query: Query, evaluation: Evaluation, most: int) -> Answer | None:
    """Return what words find and the best `most` rows at once; None if loops do not tell that."""
    if not evaluation.postings.by_loops:
        return None
    from indexer.backends.whoosh import quick  # noqa: PLC0415 -- compiles

    asked = quick.asked_by(query)
    if asked is None:
        return None
    evaluation.deadline.check()
    return evaluation.postings.questions(evaluation.settings).answer(asked, most)


def scores_of_phrase(query: Query, evaluation: Evaluation) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the rows of texts that have a phrase, and the score of each; None if loops do not tell them.

    Whatever only narrows what is found may be beside it.
    """
    while isinstance(query, Only):
        query = query.query
    known = evaluation.by_loops(query) if isinstance(query, Phrase) else None
    return (known.scored.rows, known.scored.scores) if known and known.has_scores else None


def best_of(rows: np.ndarray, scores: np.ndarray, most: int) -> Best:
    """Return the best of rows with their scores; of few rows all, which takes less time than to choose."""
    if len(rows) > max(most, _SCORED):
        kth = len(scores) - most
        here = scores >= np.partition(scores, kth)[kth]
        rows, scores = rows[here], scores[here]
    return Best(rows, scores)


class _Seen(NamedTuple):
    """Rows with what the sources read give in each, and the words that each is known to have."""

    rows: np.ndarray
    bounds: np.ndarray
    words: np.ndarray

    def only(self, here: np.ndarray) -> _Seen:
        return _Seen(self.rows[here], self.bounds[here], self.words[here])

    def highest(self, most: int) -> np.ndarray:
        """Return so many rows of the highest bounds."""
        if len(self.rows) <= most:
            return self.rows
        return self.rows[np.argpartition(self.bounds, len(self.bounds) - most)[-most:]]

    def kth(self, most: int) -> float:
        """Return the bound that so many rows have at least; 0 if there are fewer."""
        count = len(self.bounds)
        return float(np.partition(self.bounds, count - most)[count - most]) if count >= most else 0.0


class _Reading:
    """Sources as they are read, those that can give most first."""

    def __init__(self, sources: Sources, postings: FieldPostings, among: RowSet, most: int) -> None:
        self._most = most
        self.unread = sorted(sources.all, key=lambda source: source.most)
        self.elsewhere = np.inf  # what a row may have that no read source knows
        self._pairs = sources.pairs
        self._known = 0  # bits of the words that were read
        self._among = among
        self._bounds = _Bounds(postings)
        self._rows: list[np.ndarray] = [np.zeros(0, np.int64)]
        self._budget = _READ

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bounds.close()

    def more(self) -> _Seen:
        """Read on; return what is known of the rows read so far."""
        self._read(self._budget)
        self._budget *= 2
        found = self._seen()
        # A guess, to save a round of scoring: what the k-th row will have at least is most of what it may have.
        while self.unread and self.unread[-1].size <= _READ and self.elsewhere > _GUESS * found.kth(self._most):
            self._read(_READ // 2)
            found = self._seen()
        return found

    def _read(self, budget: int) -> None:
        """Read sources with so many rows, or one."""
        rows: list[np.ndarray] = []
        points: list[np.ndarray] = []
        size = 0
        while self.unread and (not rows or size + self.unread[-1].size <= budget):
            source = self.unread.pop()
            size += source.size
            of_source, most, own = source.read()
            rows.append(of_source)
            points.append(most)
            if source.bit:
                if self._known:
                    self._bounds.words[of_source[:own]] |= np.uint32(source.bit)
                else:  # all zeros: see _Bounds.add
                    self._bounds.words[of_source[:own]] = source.bit
                self._known |= source.bit
        if rows:
            new = self._bounds.add(join(rows), join(points))
            self._rows.append(new[self._among.has(new)])
        pairs = sum(pair.most for pair in self._pairs if not pair.words & self._known)
        self.elsewhere = (self._unread_most() + pairs) * _SLACK

    def _seen(self) -> _Seen:
        rows = np.concatenate(self._rows)
        self._rows = [rows]
        return _Seen(rows, self._bounds.most[rows], self._bounds.words[rows])

    def _unread_most(self) -> float:
        return sum(source.most for source in self.unread)

    def left(self, found: _Seen, least: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that may reach a score, and what they may reach: unread sources are asked of these alone."""
        while True:
            reach = (found.bounds + self._unread_most() + self._of_pairs(found.words)) * _SLACK
            here = np.flatnonzero(reach >= least)
            found = found.only(here)
            if not self.unread or len(here) <= _SCORED // 2:
                return found.rows, reach[here]
            source = self.unread.pop()
            has, is_word = source.has(found.rows)
            found = found._replace(bounds=found.bounds + source.most * has)
            if source.bit:
                found = found._replace(words=found.words | np.where(is_word, np.uint32(source.bit), np.uint32(0)))
                self._known |= source.bit

    def _of_pairs(self, words: np.ndarray) -> np.ndarray:
        """Return what pairs may give in rows that are known to have these words."""
        pairs = [(pair.most, pair.words & self._known) for pair in self._pairs]
        of_all = sum(most for most, bits in pairs if not bits)
        # Of pairs with a read word, that it be there is all that is known, or that both are.
        asked = [(most, bits) for most, bits in pairs if bits]
        points = np.full(len(words), float(of_all))
        for most, bits in asked:
            points[(words & np.uint32(bits)) == bits] += most
        return points


class _Scored:
    """Rows with their scores."""

    def __init__(self, scoring: Scoring, most: int) -> None:
        self._scoring = scoring
        self._most = most
        self._rows = np.zeros(0, np.int64)
        self._scores = np.zeros(0)
        self.least = -np.inf  # the score that the best have at least, as far as is known

    def add(self, rows: np.ndarray) -> None:
        """Score those of the rows that were not scored yet."""
        rows = np.sort(rows)
        if len(self._rows):
            rows = rows[~np.isin(rows, self._rows, assume_unique=True)]
        if not len(rows):
            return
        self._rows = np.concatenate([self._rows, rows])
        self._scores = np.concatenate([self._scores, self._scoring.scores(rows)])
        if len(self._rows) >= self._most:
            self.least = np.partition(self._scores, len(self._scores) - self._most)[-self._most]

    def best(self) -> Best:
        """Return the best."""
        here = np.flatnonzero(self._scores >= self.least)
        here = here[np.argsort(self._rows[here])]
        return Best(self._rows[here], self._scores[here])
