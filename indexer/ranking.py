"""The formula, in one place: how a paragraph that a query finds is scored.

Engines count, this module weighs. Every function takes numbers or NumPy arrays alike and does the same operations in
the same order for both, so the reference engine and the array engine agree to the last bit.

The score of a query is the sum over its words (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009, formula 3.15, with Lucene's idf, which is never negative), a word being a group of alternatives:
whichever lemma of it stands at a place, the place counts once, by the best of them. The idf of a group is that of its
most frequent alternative, as in Lucene's SynonymQuery: how many paragraphs have any of them cannot be told without
reading all their lists, and ranks no better (nDCG@10 over five sets 0.8707 so, 0.8708 with it; by the sum 0.8691). A
phrase is a word whose places are those of all its words in a row, by the worst of them, and whose idf is the sum of
theirs. Conditions (nearness, dates, paths) weigh nothing. To that comes

- in the group of a word, its relatives, each place of theirs with a lower weight: they find nothing, but of paragraphs
  that other words find, the one with «расторгнуть» is nearer to «расторжение» than one without;
- where in the paragraph it stands first: the nearer to the beginning, the more, for texts begin with what they are
  about (the lead of a news text, the first sentence of an article of law);
- what the word or phrase gives in the title of the document, a field with a BM25 of its own;
- for words that ask or join rather than tell (`Word.light`), only a part of all this;
- for a paragraph where a phrase stands in the very forms typed, the most that the phrase can give: such come first;
- for each two neighbouring words of the query, the places where they stand side by side in the same order, as a word of
  its own (the sequential dependence model of Metzler and Croft, 2005, reduced to its ordered pairs);
- for a paragraph with every clause of a short query, the most that the words can give: such paragraphs come first,
  since a space means "and, if possible". In long queries, which are questions and headings, words are only summed up.

What each of them earns, and what was tried and earns nothing, stands beside its number in `settings.Ranking`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import pairwise
from math import log1p
from operator import add
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeVar

from indexer.frozen import frozen
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
    ScorePart,
    Together,
    Window,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np

    from indexer.settings import Ranking
    from indexer.types import Query

    Number = TypeVar("Number", float, np.ndarray)


class Idf(Protocol):
    """What tells the idf of words in a field."""

    def __call__(self, word: Word, *, alone: bool = False) -> float:
        """Return the idf of a word with its relatives, or without them."""
        ...


WEIGHT_STEPS = 100  # a lemma's weight is kept as a whole number of hundredths, so that sums of products are exact


@frozen
class Collection:
    """What the formula needs to know of the index; deleted paragraphs do not count."""

    paragraphs: int
    words: int  # tokens in all of them

    @property
    def average(self) -> float:
        """Words in a paragraph; never zero."""
        return self.words / self.paragraphs if self.words else 1.0


def steps(weight: float) -> int:
    """Return a lemma's weight in whole steps, at least one.

    A place agrees with a word of the query by the product of two weights in steps: the query's lemma and the
    paragraph's. The best product of all lemmas counts.

    >>> steps(1.0), steps(0.3), steps(0.0001)
    (100, 30, 1)
    """
    return max(1, round(weight * WEIGHT_STEPS))


def idf(found: int, collection: Collection) -> float:
    """Return the inverse document frequency of a word that `found` paragraphs hold.

    >>> round(idf(1, Collection(3, 30)), 3)
    0.981
    """
    return log1p((collection.paragraphs - found + 0.5) / (found + 0.5))


class Saturation(NamedTuple):
    """How a field's frequencies count: the two numbers of BM25."""

    k1: float  # places after which a word gives half of what it can, in a row of average length
    b: float  # how much a row's length matters, from 0 to 1


def saturation(field: str, settings: Ranking) -> Saturation:
    """Return that of the texts, or of titles, sources and authors."""
    return Saturation(settings.k1, settings.b) if field == "text" else Saturation(settings.title_k1, settings.title_b)


def bm25(
    agreement: Number, length: Number, weight: Number | float, collection: Collection, saturation: Saturation
) -> Number:
    """Return the part of the score that a word gives, in [0, weight).

    `agreement` is the sum over the word's places in a paragraph, in steps squared; `length` the paragraph's words;
    `weight` the word's idf. The constant factor k1 + 1 of the original is left out, as in Lucene.
    """
    return bm25_of(agreement, length, weight, collection.average, saturation.k1, saturation.b)


def bm25_of(  # noqa: PLR0917 -- compiled loops call it (backends.whoosh.loops), with plain numbers
    agreement: Number, length: Number, weight: Number | float, average: float, k1: float, b: float
) -> Number:
    """Return the same by plain numbers."""
    frequency = agreement / (WEIGHT_STEPS * WEIGHT_STEPS)
    return weight * (frequency / (frequency + (k1 * (1.0 - b) + (k1 * b / average) * length)))


def lead(first: Number, weight: Number | float, settings: Ranking) -> Number:
    """Return the part of the score that a word gives by its first place in a paragraph, counted from 0.

    It is in (0, settings.lead * weight], and half of the most at place `settings.lead_words`: the evidence of Troy and
    Zhang, "Enhancing Relevance Scoring with Chronological Term Rank", 2007, who find that it goes well with BM25.
    """
    return lead_of(first, weight, settings.lead, settings.lead_words)


def lead_of(first: Number, weight: Number | float, most: float, words: float) -> Number:
    """Return the same by plain numbers."""
    return (most * weight) * (words / (words + first))


def add_up(parts: Iterable[float]) -> float:
    """Return the sum of scores as arrays are summed: one after another.

    The built-in sum() compensates rounding since Python 3.12, and the engines would differ in the last bit.
    """
    return reduce(add, parts, 0.0)


def pairs(query: Together, settings: Ranking) -> Iterator[Phrase]:
    """Give the neighbouring words of a query that count as a pair when they stand so in a paragraph."""
    for first, second in pairwise(query.clauses) if settings.adjacency else ():
        if isinstance(first, Word) and isinstance(second, Word):
            yield Phrase((first, second))


def without_relatives(word: Word) -> Word:
    """Return a word as it finds, and as it counts within a phrase."""
    return Word(word.lemmas, word.forms, (), word.light) if word.relatives else word


def in_title(leaf: Word | Phrase) -> Word | Phrase:
    """Return what of a word or phrase counts in a title, times `settings.title`: the forms typed do not."""
    return Phrase(leaf.words) if isinstance(leaf, Phrase) and leaf.typed else leaf


def weight(leaf: Word | Phrase, idf_of: Idf, settings: Ranking) -> float:
    """Return the weight of a word or of a phrase in a field."""
    if isinstance(leaf, Phrase):
        return add_up([idf_of(word, alone=True) for word in leaf.words])
    return weight_of(leaf, idf_of(leaf), settings)


def weight_of(word: Word, idf: float, settings: Ranking) -> float:
    """Return the weight of a word of this idf."""
    return settings.light * idf if word.light else idf


def typed_bonus(leaf: Word | Phrase, field: str, idf_in: Callable[[str], Idf], settings: Ranking) -> float:
    """Return what a paragraph with the very forms of a phrase gets on top: the most that it can have without."""
    return _plain_bound(leaf, field, idf_in, settings) if isinstance(leaf, Phrase) and leaf.typed else 0.0


def bound(query: Query, field: str, idf_in: Callable[[str], Idf], settings: Ranking) -> float:
    """Return what no score of the query exceeds in a field; `idf_in` gives the idf there, and in titles and so on."""
    match query:
        case Word() | Phrase():
            plain = _plain_bound(query, field, idf_in, settings)
            return plain + typed_bonus(query, field, idf_in, settings)
        case Together():
            return _bound_of_all(query, field, idf_in, settings) + bonus(query, field, idf_in, settings)
        case Either(clauses):
            return add_up(bound(clause, field, idf_in, settings) for clause in clauses)
        case Only(wanted):
            return bound(wanted, field, idf_in, settings)
        case Boosted(wanted, factor):
            return factor * bound(wanted, field, idf_in, settings)
        case In(name, wanted):
            return bound(wanted, name, idf_in, settings)
        case Near() | Window() | Run() | InDocument() | AtPath() | Dated():
            return 0.0


def bonus(query: Together, field: str, idf_in: Callable[[str], Idf], settings: Ranking) -> float:
    """Return what a paragraph with every clause gets on top: as much as the clauses and the pairs can give at most."""
    return _bound_of_all(query, field, idf_in, settings) if _is_short(len(query.clauses), settings) else 0.0


def bonus_of(
    weights: list[float], in_titles: list[float], typed: list[float], clauses: int, settings: Ranking
) -> float:
    """Return the same of a text by what leaves weigh, and what the very forms of each give: clauses, then pairs."""
    if not _is_short(clauses, settings):
        return 0.0
    mosts = [most_of(*of, settings) for of in zip(weights, in_titles, strict=True)]
    of_clauses = [most + more for most, more in zip(mosts[:clauses], typed, strict=False)]
    return _added(of_clauses, mosts[clauses:], settings)


def _is_short(clauses: int, settings: Ranking) -> bool:
    return clauses <= settings.all_first


def _plain_bound(leaf: Word | Phrase, field: str, idf_in: Callable[[str], Idf], settings: Ranking) -> float:
    here = weight(leaf, idf_in(field), settings)
    return most_of(here, weight(leaf, idf_in("title"), settings), settings) if field == "text" else here


def most_of(in_text: float, in_title: float, settings: Ranking) -> float:
    """Return the most that a word or phrase of these weights can give in a text: `typed_bonus` for a phrase."""
    return in_text + settings.lead * in_text + settings.title * in_title


def _bound_of_all(query: Together, field: str, idf_in: Callable[[str], Idf], settings: Ranking) -> float:
    clauses = [bound(clause, field, idf_in, settings) for clause in query.clauses]
    return _added(clauses, [bound(pair, field, idf_in, settings) for pair in pairs(query, settings)], settings)


def _added(clauses: list[float], of_pairs: list[float], settings: Ranking) -> float:
    """Return what clauses and pairs give together."""
    return add_up(clauses) + add_up([settings.adjacency * most for most in of_pairs])


# --- why --------------------------------------------------------------------------------------------------------------

_MOST_NAMES = 4  # of the alternatives of a word; a mask may have thousands
_NOTHING = 1e-9  # less than any part of a score, and more than what rounding leaves


def parts(  # noqa: C901 -- a case for each kind
    query: Query, score: Callable[[Query], float], settings: Ranking
) -> Iterator[ScorePart]:
    """Give what a paragraph's score by a query is made of, together the whole; `score` tells that of a part."""
    match query:
        case Word():
            yield from _parts_of_leaf("word", query, score, settings)
        case Phrase(words):
            plain = Phrase(words)
            yield from _parts_of_leaf("phrase", plain, score, settings)
            yield from _part("typed", query, score(query) - score(plain))
        case Together():
            yield from _parts_of_all(query, score, settings)
        case Either(clauses):
            for clause in clauses:
                yield from parts(clause, score, settings)
        case Only(wanted):
            yield from parts(wanted, score, settings)
        case Boosted(wanted, factor):
            yield from parts(wanted, lambda part: factor * score(part), settings)
        case In(field, wanted):
            # A part of a title has no title: what another field gives is not asked for again.
            for part in parts(wanted, lambda part: 0.0 if isinstance(part, In) else score(In(field, part)), settings):
                yield replace(part, of=field)
        case Near() | Window() | Run() | InDocument() | AtPath() | Dated():
            return


def _parts_of_leaf(
    of: Literal["word", "phrase"], leaf: Word | Phrase, score: Callable[[Query], float], settings: Ranking
) -> Iterator[ScorePart]:
    in_titles = settings.title * score(In("title", in_title(leaf)))
    here = score(leaf) - in_titles
    if isinstance(leaf, Word) and leaf.relatives and not score(Only(leaf)):  # what scores alone here are relatives
        yield from _part("relative", Word(leaf.relatives), here)
    else:
        yield from _part(of, leaf, here)
    yield from _part("title", leaf, in_titles)


def _parts_of_all(query: Together, score: Callable[[Query], float], settings: Ranking) -> Iterator[ScorePart]:
    for clause in query.clauses:
        yield from parts(clause, score, settings)
    rest = score(query) - add_up(score(clause) for clause in query.clauses)
    for pair in pairs(query, settings):
        points = settings.adjacency * score(pair)
        rest -= points
        yield from _part("pair", pair, points)
    if rest > _NOTHING:
        yield ScorePart("complete", "", rest)


def _part(
    of: Literal["word", "relative", "phrase", "title", "typed", "pair"], leaf: Word | Phrase, points: float
) -> Iterator[ScorePart]:
    if points > _NOTHING:
        words = leaf.words if isinstance(leaf, Phrase) else (leaf,)
        yield ScorePart(of, " ".join("|".join(_names(word)) for word in words), points)


def _names(word: Word) -> list[str]:
    names = [lemma.text for lemma in word.lemmas] + [form.text for form in word.forms]
    return names[:_MOST_NAMES]
