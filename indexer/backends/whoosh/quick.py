"""The best rows of what most people ask, some words: by one compiled loop (loops.rank), without the scores of all.

The sources are those of best.py, and so are the bounds; the sums are those of evaluation.Scoring.
"""

from __future__ import annotations

from functools import partial
from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import arrays, loops
from indexer.backends.whoosh.best import Best, Of, OfAll, OfHeading, OfWord, Sources
from indexer.backends.whoosh.counting import Counting
from indexer.backends.whoosh.standing import Sought, scored_by
from indexer.types import Only, Phrase, Together, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.backends.whoosh.evaluation import Evaluation
    from indexer.backends.whoosh.postings import Entry, Listed
    from indexer.backends.whoosh.rowset import RowSet
    from indexer.types import Lemma, Query

_MOST_WORDS = 31  # each has a bit, and one more bit is used
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
    rows, scores = map(np.concatenate, zip(*found, strict=True))
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
        sources = Sources(query, evaluation)
        self._sources = sorted(_read_together(sources), key=lambda source: -source.most)
        self.is_nothing = not self._sources
        self._pairs = loops.Pairs(
            np.array([pair.most for pair in sources.pairs], np.float64),
            np.array([pair.words for pair in sources.pairs], np.uint32),
        )
        titles = evaluation.within("title") if settings.title else None
        self._titles = titles.postings if titles else self._postings
        saturation, of_titles = (ranking.saturation(field, settings) for field in ("text", "title"))
        bonus = ranking.bonus(query, "text", evaluation.idf_in, settings) if isinstance(query, Together) else 0.0
        self._complete = evaluation.found(query).complete.bits() if bonus else np.zeros(0, np.uint8)
        bonuses = [ranking.typed_bonus(leaf, "text", evaluation.idf_in, settings) for leaf in leaves]
        typed = [
            evaluation.typed(leaf).bits()
            for leaf, of_typed in zip(leaves, bonuses, strict=True)
            if of_typed and isinstance(leaf, Phrase)
        ]
        self._typed = _stacked(typed)
        number = count()
        self._formula = loops.Formula(
            weights=np.array([evaluation.weight(leaf) for leaf in leaves]),
            title_weights=np.array([titles.weight(ranking.in_title(leaf)) for leaf in leaves] if titles else []),
            typed=np.array([next(number) if bonus else loops.NO_SET for bonus in bonuses], np.int64),
            typed_bonus=np.array(bonuses),
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
            postings.lists_for_loops(part, settings),
            titles.lists_for_loops(part, settings),
            rows,
            self._formula,
            segment.tokens.for_loops,
            segment.words.for_loops,
            self._counting.wanted(part),
            self._counting.leaves,
            scratch,
            best,
        )

    def _sources_in(self, part: int) -> tuple[loops.Sources, np.ndarray]:
        """Return the sources as they are in a segment, and the rows of those that need not be read."""
        ends = [0]
        lists: list[tuple[int, float, int, int]] = []
        gaps: list[np.ndarray] = [np.zeros(0, np.uint32)]
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
        in_title, weight, more, most, size, bit, *_ = zip(*self._sources, strict=True)
        every = arrays.frozen(np.concatenate(gaps))
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
            codes=arrays.frozen(np.zeros(len(every), np.uint8)),
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
    return np.stack(sets) if sets else np.zeros((0, 0), np.uint8)


_Pair: TypeAlias = "tuple[Lemma, Entry]"


class _Source(NamedTuple):
    """Lists that are read together: see loops.Sources."""

    in_title: bool
    weight: float
    more: float
    most: float
    size: int
    bit: int
    lists: list[tuple[Listed, float, int]]  # with the weight of the lemma, and how it counts
    rows: Callable[[], RowSet] | None  # that have anything of it, if that is known
    same_in: RowSet | None = None  # rows, or documents, that have the most that it gives


def _read_together(sources: Sources) -> Iterator[_Source]:
    """Give what a score is a sum of; whether a row has all of the query, the loop looks itself."""
    for source in sources.all:
        match source:
            case OfAll():
                continue
            case Of():
                yield _same(source)
            case OfHeading(of=Of() as of):
                yield _same(of)._replace(in_title=True)
            case OfHeading(of=OfWord() as of):
                yield _source(of, *_lemmas(of))._replace(in_title=True)
            case OfWord():
                yield from _of_text(source)


def _same(of: Of) -> _Source:
    return _Source(
        in_title=False, weight=0.0, more=0.0, most=of.most, size=of.size, bit=0, lists=[], rows=None, same_in=of.rows
    )


def _of_text(of: OfWord) -> Iterator[_Source]:
    """Give what a word gives in texts: itself, and beside it relatives that stand in many rows, and those in few."""
    own, relatives = _lemmas(of)
    if of.size <= _CHEAP or not relatives:
        yield _source(of, own, relatives)._replace(rows=of.rows)
        return
    # A word that stands nearly everywhere need not be read for its relatives.
    yield _source(of, own, [])._replace(rows=partial(of.evaluation.rows, of.word))
    for pair in relatives:
        if pair[1].found > _CHEAP:
            yield _source(of, [], [pair])._replace(rows=partial(of.evaluation.postings.rows_of, [pair[1]]))
    if few := [pair for pair in relatives if pair[1].found <= _CHEAP]:
        yield _source(of, [], few)._replace(size=0)


def _lemmas(of: OfWord) -> tuple[list[_Pair], list[_Pair]]:
    """Return the lemmas of a word with what is there of each, and its relatives likewise."""
    pairs = list(zip((*of.word.lemmas, *of.word.relatives), of.evaluation.entries(of.word), strict=True))
    return pairs[: len(of.word.lemmas)], pairs[len(of.word.lemmas) :]


def _source(of: OfWord, own: list[_Pair], relatives: list[_Pair]) -> _Source:
    """Return what some lemmas of a word give."""
    how = loops.TOGETHER if len(own) > 1 else loops.ALONE
    lists = [(listed, _weight(lemma), how) for lemma, entry in own for listed in entry.lists]
    lists += ((listed, _weight(lemma), loops.RELATIVE) for lemma, entry in relatives for listed in entry.lists)
    return _Source(
        in_title=False,
        weight=of.weight,
        more=of.more,
        most=of.most,
        size=sum(entry.found for _, entry in own + relatives),
        bit=of.bit if own else 0,
        lists=lists,
        rows=None,
    )


def _weight(lemma: Lemma) -> float:
    return ranking.steps(lemma.weight) / ranking.WEIGHT_STEPS
