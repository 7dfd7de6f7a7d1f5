"""The best rows of what most people ask, some words: by one compiled loop (loops.rank), without the scores of all.

The bounds are those of best.py, made here for words and phrases alone, with fewer calls; the sums are those of
evaluation.Scoring.
"""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import arrays, loops
from indexer.backends.whoosh.best import Best
from indexer.backends.whoosh.counting import Counting
from indexer.backends.whoosh.standing import Sought, scored_by
from indexer.types import Only, Phrase, Together, Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.backends.whoosh.evaluation import Evaluation, Known
    from indexer.backends.whoosh.postings import Entry, Listed
    from indexer.backends.whoosh.rowset import RowSet
    from indexer.types import Lemma, Query

_MOST_WORDS = 31  # each has a bit, and one more bit is used
_NO_GAPS, _NO_CODES = arrays.frozen(np.zeros(0, np.uint32)), arrays.frozen(np.zeros(0, np.uint8))
_NO_SETS = np.zeros((0, 0), np.uint8)
_CHEAP = 4096  # rows of a source, up to which it is read wherever others are, and of its rows no set is made


class Words(NamedTuple):
    """The words and phrases that a query scores by."""

    query: Word | Phrase | Together
    leaves: list[Word | Phrase]


def words_of(query: Query) -> Words | None:
    """Return the word, the phrase, or those that a space joins, that a query scores by; None if it is more than that.

    Whatever only narrows what is found may be beside it.
    """
    while isinstance(query, Only):
        query = query.query
    if not isinstance(query, Word | Phrase | Together):
        return None
    clauses = query.clauses if isinstance(query, Together) else (query,)
    leaves = [leaf for leaf in clauses if isinstance(leaf, Phrase) or (isinstance(leaf, Word) and _is_plain(leaf))]
    if len(leaves) < len(clauses) or len(leaves) > _MOST_WORDS or len(set(map(id, leaves))) < len(leaves):
        return None
    return Words(query, leaves)


def _is_plain(word: Word) -> bool:
    return bool(word.lemmas) and not word.forms


def best_of_words(asked: Words, evaluation: Evaluation, among: RowSet, most: int) -> Best | None:
    """Return what best.best does; None if some of the best score nothing."""
    postings = evaluation.postings
    ranking_ = _Ranking(asked, evaluation)
    if ranking_.is_nothing:
        return None
    best = np.full(most, -np.inf)
    with postings.window() as scratch:
        found = [ranking_.rank(part, among, scratch, best) for part in range(len(postings.parts))]
    if best[0] <= 0:
        return None
    rows, scores = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
    here = np.flatnonzero(scores >= best[0])
    here = here[np.argsort(rows[here])]
    return Best(rows[here], scores[here])


class _Ranking:
    """What is asked, as loops want it."""

    def __init__(self, asked: Words, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._postings = evaluation.postings
        settings = evaluation.settings
        query, clauses = asked
        leaves = [*clauses, *(evaluation.pairs(query) if isinstance(query, Together) else ())]
        scored = scored_by(leaves)
        self._counting = Counting(self._postings, Sought(self._postings, chain.from_iterable(scored)), scored)
        titles = evaluation.within("title") if settings.title else None
        self._titles = titles.postings if titles else self._postings
        # Not by Evaluation.weight: each is asked for once, and to remember it takes longer.
        weights = [ranking.weight(leaf, evaluation.idf, settings) for leaf in leaves]
        in_titles = [ranking.weight(leaf, titles.idf, settings) for leaf in leaves] if titles else []
        bonuses = [0.0] * len(leaves)
        typed: list[np.ndarray] = []
        of_typed = [loops.NO_SET] * len(leaves)
        sources = _Sources(evaluation, titles, clauses)
        for number in range(len(clauses), len(leaves)):
            sources.add_pair(leaves[number], weights[number], in_titles[number] if titles else 0.0)
        for number, leaf in enumerate(clauses):
            if isinstance(leaf, Phrase) and leaf.typed:
                bonuses[number] = ranking.typed_bonus(leaf, "text", evaluation.idf_in, settings)
                sources.add_rows(evaluation.typed(leaf), bonuses[number])
                of_typed[number] = len(typed)
                typed.append(evaluation.typed(leaf).bits())
            sources.add(leaf, weights[number], in_titles[number] if titles else 0.0)
        self._sources = sorted(sources.all, key=lambda source: -source.most)
        self.is_nothing = not self._sources
        self._pairs = np.array(sources.pairs, np.float64)
        saturation, of_titles = (ranking.saturation(field, settings) for field in ("text", "title"))
        bonus = ranking.bonus(query, "text", evaluation.idf_in, settings) if isinstance(query, Together) else 0.0
        self._complete = evaluation.found(query).complete.bits() if bonus else np.zeros(0, np.uint8)
        self._typed = _stacked(typed)
        self._formula = loops.Formula(
            weights=np.array(weights, np.float64),
            title_weights=np.array(in_titles, np.float64),
            typed=np.array(of_typed, np.int64),
            typed_bonus=np.array(bonuses, np.float64),
            clauses=len(clauses),
            average=self._postings.collection.average,
            k1=saturation.k1,
            b=saturation.b,
            lead=float(settings.lead),
            lead_words=float(settings.lead_words),
            title=float(settings.title),
            title_average=self._titles.collection.average,
            title_k1=of_titles.k1,
            title_b=of_titles.b,
            adjacency=float(settings.adjacency),
            bonus=float(bonus),
        )

    def rank(self, part: int, among: RowSet, scratch: loops.Scratch, best: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return rows of a segment, and their scores: see loops.rank."""
        postings, titles, settings = self._postings, self._titles, self._evaluation.settings
        segment = postings.segment(part)
        sources, sets = self._sources_in(part)
        documents = postings.all_documents
        held = postings.held(part, settings, titles)  # as long as the loop runs
        rows = loops.Rows(
            base=postings.parts[part].paragraphs,
            count=segment.paragraphs,
            document_base=postings.parts[part].documents,
            text_base=postings.first_row(part),
            title_base=titles.first_row(part),
            paragraphs=documents.starts,
            documents=documents.of_paragraphs,
            among=among.bits(),
            complete=self._complete,
            sets=sets,
            typed=self._typed,
        )
        return loops.rank(
            sources,
            self._pairs,
            held.table,
            rows,
            self._formula,
            self._counting.wanted(part),
            self._counting.leaves,
            scratch,
            best,
        )

    def _sources_in(self, part: int) -> tuple[loops.Sources, np.ndarray]:
        """Return the sources as they are in a segment, and the rows of those that need not be read."""
        ends = [0]
        lists: list[tuple[int, float, int, int]] = []
        gaps: list[np.ndarray] = []
        sets: list[np.ndarray] = []
        dense: list[int] = []
        for at, source in enumerate(self._sources):
            lists += ((listed.number, weight, how, 0) for listed, weight, how in source.lists if listed.part == part)
            if source.same_in is not None:
                start = sum(map(len, gaps))
                gaps.append(self._gaps(source, source.same_in, part))
                lists.append((start, 0.0, loops.ROWS, start + len(gaps[-1])))
            ends.append(len(lists))
            dense.append(loops.NO_SET)
            if at and source.rows and source.size > _CHEAP:  # the first is always read
                dense[-1] = len(sets)
                sets.append(source.rows().bits())
        numbers, weights, hows, stops = zip(*lists, strict=True) if lists else ((), (), (), ())
        weight, more, most, size, bit, _, _, in_title, _ = zip(*self._sources, strict=True)
        every = arrays.frozen(np.concatenate(gaps)) if gaps else _NO_GAPS
        return loops.Sources(
            starts=np.array(ends, np.int64),
            numbers=np.array(numbers, np.int64),
            weights=np.array(weights, np.float64),
            how=np.array(hows, np.int64),
            in_title=np.array(in_title, np.bool_),
            weight=np.array(weight, np.float64),
            more=np.array(more, np.float64),
            most=np.array(most, np.float64),
            is_cheap=np.array(size) <= _CHEAP,
            bit=np.array(bit, np.uint32),
            dense=np.array(dense, np.int64),
            gaps=every,
            codes=arrays.frozen(np.zeros(len(every), np.uint8)) if gaps else _NO_CODES,
            stops=np.array(stops, np.int64),
        ), _stacked(sets)

    def _gaps(self, source: _Source, same_in: RowSet, part: int) -> np.ndarray:
        """Return the rows of a set that are of a segment, as gaps."""
        of = self._postings.parts[part]
        first, many = (
            (of.documents, of.segment.documents) if source.in_title else (of.paragraphs, of.segment.paragraphs)
        )
        rows = same_in.rows()
        here = rows[slice(*np.searchsorted(rows, [first, first + many]).tolist())] - first
        return np.diff(here, prepend=0).astype(np.uint32)


def _stacked(sets: list[np.ndarray]) -> np.ndarray:
    if len(sets) == 1:
        return sets[0].reshape(1, -1)
    return np.stack(sets) if sets else _NO_SETS


_InList: TypeAlias = "tuple[Listed, float, int]"  # with the weight of the lemma, and how it counts


class _Source(NamedTuple):
    """Lists that are read together: see loops.Sources."""

    weight: float
    more: float
    most: float
    size: int
    bit: int
    lists: list[_InList]
    rows: Callable[[], RowSet] | None  # that have anything of it, where sources of as many rows tell that
    in_title: bool = False
    same_in: RowSet | None = None  # rows, or documents, that have the most that it gives


class _Sources:
    """What a score is a sum of; whether a row has all of the query, the loop looks itself."""

    def __init__(self, evaluation: Evaluation, titles: Evaluation | None, clauses: list[Word | Phrase]) -> None:
        self._evaluation = evaluation
        self._titles = titles
        self._settings = evaluation.settings
        self._numbers = {id(clause): number for number, clause in enumerate(clauses)}
        self._more: dict[int, float] = {}  # likewise: what pairs may give with it in titles
        self.all: list[_Source] = []
        self.pairs = [0.0] * (_MOST_WORDS + 1)  # what each clause gives side by side with the next, at most

    def add_pair(self, pair: Phrase, weight: float, in_title: float) -> None:
        """Add what two words give where they stand side by side; it is to be done before `add`."""
        one, other = pair.words
        texts, titles, settings = self._evaluation, self._titles, self._settings
        if texts.known(one).is_anywhere and texts.known(other).is_anywhere:
            self.pairs[self._numbers[id(one)]] = settings.adjacency * weight * (1 + settings.lead)
        if titles and titles.known(one).is_anywhere and titles.known(other).is_anywhere:
            # In a title: as much as may be wherever the rarer of them is.
            rarer = id(other if titles.idf(other) > titles.idf(one) else one)
            self._more[rarer] = self._more.get(rarer, 0.0) + settings.adjacency * settings.title * in_title

    def add(self, leaf: Word | Phrase, weight: float, in_title: float) -> None:
        """Add what a word or phrase gives, by its weights."""
        most, most_in_title = weight * (1 + self._settings.lead), self._settings.title * in_title
        if isinstance(leaf, Phrase):
            self.add_rows(self._evaluation.rows(leaf), most)
            if self._titles:
                self._add(_same(self._titles.rows(ranking.in_title(leaf)), most_in_title)._replace(in_title=True))
            return
        self._add_word(leaf, weight, most)
        if self._titles:
            known, more = self._titles.known(leaf), self._more.get(id(leaf), 0.0)
            size, lists = _found(known.entries), _lists_of(known)
            self._add(_Source(most_in_title, more, most_in_title + more, size, 0, lists, None, in_title=True))

    def add_rows(self, rows: RowSet, most: float) -> None:
        """Add what gives the same in each of some rows."""
        self._add(_same(rows, most))

    def _add(self, source: _Source) -> None:
        if source.most > 0 and source.size:
            self.all.append(source)

    def _add_word(self, word: Word, weight: float, most: float) -> None:
        """Add what a word gives in texts: itself, and beside it relatives that stand in many rows, and those in few."""
        known, bit = self._evaluation.known(word), 1 << self._numbers[id(word)]
        rows, own = partial(self._evaluation.rows, word), _found(known.own)
        size = _found(known.entries)
        if size <= _CHEAP or not word.relatives:
            self._add(_Source(weight, 0.0, most, size, bit, _lists_of(known), rows))
            return
        # A word that stands nearly everywhere need not be read for its relatives.
        self.all.append(_Source(weight, 0.0, most, own, bit, _own_lists(known), rows))
        rows_of = self._evaluation.postings.rows_of
        few: list[_InList] = []
        for relative, entry in zip(word.relatives, known.entries[len(word.lemmas) :], strict=True):
            lists = _lists(relative, entry, loops.RELATIVE)
            if entry.found > _CHEAP:
                rows = partial(rows_of, [entry])
                self._add(_Source(weight, 0.0, most, entry.found, 0, lists, rows))
            else:
                few += lists
        if few:
            self.all.append(_Source(weight, 0.0, most, 0, 0, few, None))


def _same(rows: RowSet, most: float) -> _Source:
    return _Source(0.0, 0.0, most, rows.count, 0, [], None, same_in=rows)


def _found(entries: list[Entry]) -> int:
    return sum([entry.found for entry in entries])


def _lists_of(known: Known) -> list[_InList]:
    """Return the lists of a word, and of its relatives."""
    lists = _own_lists(known)
    if relatives := known.word.relatives:
        for relative, entry in zip(relatives, known.entries[len(known.own) :], strict=True):
            if entry.lists:
                lists += _lists(relative, entry, loops.RELATIVE)
    return lists


def _own_lists(known: Known) -> list[_InList]:
    how = loops.TOGETHER if len(known.own) > 1 else loops.ALONE
    return list(
        chain.from_iterable(
            [_lists(lemma, entry, how) for lemma, entry in zip(known.word.lemmas, known.own, strict=True)]
        )
    )


def _lists(lemma: Lemma, entry: Entry, how: int) -> list[_InList]:
    weight = _weight(lemma.weight)
    return [(listed, weight, how) for listed in entry.lists]


@lru_cache(1024)
def _weight(weight: float) -> float:
    return ranking.steps(weight) / ranking.WEIGHT_STEPS
