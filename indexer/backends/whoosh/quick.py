"""The best rows of what most people ask, some words: by one compiled loop (loops.rank), without the scores of all.

The sources are those of best.py, and so are the bounds; the sums are those of evaluation.Scoring.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import loops
from indexer.backends.whoosh.best import Best, OfHeading, OfWord, Sources
from indexer.backends.whoosh.counting import Counting
from indexer.backends.whoosh.standing import Sought
from indexer.types import Only, Together, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.backends.whoosh.evaluation import Evaluation
    from indexer.backends.whoosh.postings import Listed
    from indexer.backends.whoosh.rowset import RowSet
    from indexer.types import Phrase, Query

_MOST_WORDS = 31  # each has a bit, and one more bit is used
_CHEAP = 4096  # rows of a source, up to which it is read and no set made of it


class Words(NamedTuple):
    """The words that a query scores by."""

    query: Word | Together
    words: list[Word]


def words_of(query: Query) -> Words | None:
    """Return the word, or the words that a space joins, that a query scores by; None if it is more than that.

    Whatever only narrows what is found may be beside it.
    """
    while isinstance(query, Only):
        query = query.query
    if not isinstance(query, Word | Together):
        return None
    clauses = query.clauses if isinstance(query, Together) else (query,)
    words = [word for word in clauses if isinstance(word, Word) and word.lemmas and not word.forms]
    if len(words) < len(clauses) or len(words) > _MOST_WORDS or len(set(map(id, words))) < len(words):
        return None
    return Words(query, words)


def best_of_words(asked: Words, evaluation: Evaluation, among: RowSet, most: int) -> Best | None:
    """Return what best.best does; None if some of the best score nothing."""
    postings = evaluation.postings
    ranking_ = _Ranking(asked, evaluation)
    if ranking_.is_nothing:
        return None
    best = np.full(most, -np.inf)
    kinds: tuple[type[np.generic], ...] = (np.int64, np.int32, np.float64, np.float64, np.int32)
    scratch = loops.Scratch._make([postings.take_scratch(kind) for kind in kinds])
    found = [ranking_.rank(part, among, scratch, best) for part in range(len(postings.parts))]
    for array in scratch:
        postings.give_back(array)
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
        query, words = asked
        pairs = evaluation.pairs(query) if isinstance(query, Together) else []
        leaves: list[Word | Phrase] = [*words, *pairs]
        scored = [[(word, False)] for word in words] + [[(word, True) for word in pair.words] for pair in pairs]
        self._counting = Counting(self._postings, Sought(self._postings, chain.from_iterable(scored)), scored)
        sources = Sources(query, evaluation)
        self._sources = sorted(_words_of(sources), key=lambda source: -source.of.most)
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
        self._formula = loops.Formula(
            weights=np.array([evaluation.weight(leaf) for leaf in leaves]),
            title_weights=np.array([titles.weight(leaf) for leaf in leaves] if titles else []),
            clauses=len(words),
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
            document_base=postings.parts[part].documents,
            text_base=postings.first_row(part),
            title_base=titles.first_row(part),
            paragraphs=documents.starts,
            documents=documents.of_paragraphs,
            among=among.bits(),
            complete=self._complete,
            sets=sets,
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
        lists: list[tuple[int, float, int]] = []
        sets: list[np.ndarray] = []
        dense: list[int] = []
        for at, (of, in_title) in enumerate(self._sources):
            lists += ((listed.number, weight, how) for listed, weight, how in _lists(of) if listed.part == part)
            ends.append(len(lists))
            dense.append(loops.NO_SET)
            if at and not in_title and of.size > _CHEAP:  # the first is always read
                dense[-1] = len(sets)
                sets.append(of.rows().bits())
        numbers, weights, hows = zip(*lists, strict=True) if lists else ((), (), ())
        of_words = [of for of, _ in self._sources]
        return loops.Sources(
            starts=np.array(ends, np.int64),
            numbers=np.array(numbers, np.int64),
            weights=np.array(weights, np.float64),
            how=np.array(hows, np.int64),
            in_title=np.array([in_title for _, in_title in self._sources], np.bool_),
            weight=np.array([of.weight for of in of_words], np.float64),
            more=np.array([of.more for of in of_words], np.float64),
            most=np.array([of.most for of in of_words], np.float64),
            size=np.array([of.size for of in of_words], np.int64),
            bit=np.array([of.bit for of in of_words], np.uint32),
            dense=np.array(dense, np.int64),
        ), np.stack(sets) if sets else np.zeros((0, 0), np.uint8)


class _Source(NamedTuple):
    of: OfWord
    in_title: bool


def _words_of(sources: Sources) -> Iterator[_Source]:
    """Give what words give, of all that a score is a sum of; whether a row has all of them, the loop looks itself."""
    for source in sources.all:
        if isinstance(source, OfWord):
            yield _Source(source, in_title=False)
        elif isinstance(source, OfHeading) and isinstance(source.of, OfWord):
            yield _Source(source.of, in_title=True)


def _lists(of: OfWord) -> Iterator[tuple[Listed, float, int]]:
    """Give the lists of a word with the weights of their lemmas, and how they count: see loops.Sources."""
    own = len(of.word.lemmas)
    lemmas = (*of.word.lemmas, *of.word.relatives)
    for at, (lemma, entry) in enumerate(zip(lemmas, of.evaluation.entries(of.word), strict=True)):
        how = loops.RELATIVE if at >= own else loops.TOGETHER if own > 1 else loops.ALONE
        weight = ranking.steps(lemma.weight) / ranking.WEIGHT_STEPS
        for listed in entry.lists:
            yield listed, weight, how
