"""What many forms may be, found at once: what the lemmatiser finds of each, by arrays.

Each Russian form has rows, one for each of its readings. What has other readings than `dictionary.readings` tells, and
what is more than a word, is left to the lemmatiser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.context import NOTHING, OF_ADJECTIVE, SURE_ADJECTIVE, SURE_NOMINAL, Ties
from indexer.analysis.dictionary import compounds, readings
from indexer.analysis.dictionary.many import BY_TAIL, ENDINGS, KNOWN, ending, hash_of
from indexer.analysis.lemmatize import (
    ENDS_LIKE_ADJECTIVE,
    GUESSED_BY_TAIL,
    GUESSED_PLURAL,
    INDECLINABLE,
    INDIVISIBLE,
    NOT_PLAIN,
    NOUN_LIKE_ADJECTIVE,
    RARE_LEMMAS,
    RARE_TAG,
    is_capitalised,
)
from indexer.analysis.weights import Weighings, weighed_all
from indexer.types import Lemma

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from indexer.analysis.context import Shape
    from indexer.analysis.dictionary.many import Bulk, Readings
    from indexer.analysis.weights import Weighed
    from indexer.settings import Analysis

_RUSSIAN = re.compile("[А-Яа-яЁё]{2,}")
_SLOTS = 32  # more bits than slots have
_YO, _E = "ё".encode(), "е".encode()
_RARE = np.array([hash_of(lemma) for lemma in RARE_LEMMAS], np.uint64)
_IS_ADJECTIVE = np.zeros(ENDINGS, np.bool_)  # by the last two letters
_IS_ADJECTIVE[[ending(letters) for letters in ENDS_LIKE_ADJECTIVE]] = True


class Forms(NamedTuple):
    """Forms of two Russian letters or more."""

    words: Sequence[bytes]  # in lower case and UTF-8
    is_lower: np.ndarray  # whether each is written so
    may_be_name: np.ndarray  # whether each has the capital of a name, and does not open a sentence


class Told(NamedTuple):
    """What forms may be: their ties, and their lemmas; what has no lemma here is not told."""

    ties: Sequence[Ties]
    tie: np.ndarray  # of each form, index into the ties
    plain: np.ndarray  # forms with one lemma, in order
    lemmas: Sequence[bytes]  # of these
    others: np.ndarray  # forms with several, in order
    weighed: Sequence[Weighed[bytes]]  # of these


class _Shapes(NamedTuple):
    """Shapes as arrays."""

    slots: np.ndarray
    is_noun: np.ndarray
    is_adjective: np.ndarray
    agrees: np.ndarray
    is_pronoun: np.ndarray
    is_name: np.ndarray
    is_declined_noun: np.ndarray
    is_indeclinable: np.ndarray
    is_womans_patronymic: np.ndarray
    is_rare: np.ndarray

    def at(self, which: np.ndarray) -> _Shapes:
        """Return some of them."""
        return _Shapes(*(column[which] for column in self))


@lru_cache(4)  # few are met after the first thousands of words
def _columns(shapes: tuple[Shape, ...]) -> _Shapes:
    columns = {name: np.array([getattr(one, name) for one in shapes], np.bool_) for name in _Shapes._fields}
    return _Shapes(**columns | {"slots": np.array([one.slots for one in shapes], np.int64)})


def found(forms: Forms, settings: Analysis) -> Told:
    """Return what forms may be."""
    rows, bulk, made = _readings(forms)
    return _found(forms, rows, bulk, made, settings)


def found_parts(pieces: Iterable[str], settings: Analysis) -> dict[str, tuple[Lemma, ...]]:
    """Return the lemmas of the parts of compounds that are told here; of one with a capital, names if it may be one."""
    some = [piece for piece in pieces if _RUSSIAN.fullmatch(piece)]
    forms = Forms(
        [piece.lower().encode() for piece in some],
        np.fromiter(map(str.islower, some), np.bool_, len(some)),
        np.fromiter(map(is_capitalised, some), np.bool_, len(some)),
    )
    rows, bulk, made = _readings(forms)
    shapes = _columns(tuple(bulk.tags.shapes)).at(bulk.tags.shape[rows.tag])
    named = rows.of((shapes.is_name & forms.may_be_name[rows.word]).nonzero()[0])
    names: dict[int, set[bytes]] = {}
    for at, lemma in zip(named.word.tolist(), made(named), strict=True):
        names.setdefault(at, set()).add(lemma)
    told = _found(forms, rows, bulk, made, settings)
    parts: dict[str, tuple[Lemma, ...]] = {
        some[at]: (Lemma(lemma.decode(), 1.0),) for at, lemma in zip(told.plain.tolist(), told.lemmas, strict=True)
    }
    for at, (lemmas, packed) in zip(told.others.tolist(), told.weighed, strict=True):
        every = [*zip(lemmas, packed, strict=False)]
        kept = [one for one in every if one[0] in names.get(at, ())] or every
        parts[some[at]] = tuple([Lemma(lemma.decode(), weight / 100) for lemma, weight in kept])
    return parts


def _readings(forms: Forms) -> tuple[Readings, Bulk, Callable[[Readings], list[bytes]]]:
    """Return the readings of forms that are told here, and what gives the lemmas of these."""
    rows, bulk = readings(forms.words)
    is_left = rows.told.copy()
    is_left[[at for at, word in enumerate(forms.words) if word.replace(_YO, _E) in NOT_PLAIN]] = False
    shapes = _columns(tuple(bulk.tags.shapes))
    is_left[rows.word[shapes.is_womans_patronymic[bulk.tags.shape[rows.tag]]]] = False
    is_left[rows.word[np.isin(rows.lemma, _RARE) & (rows.way == KNOWN)]] = False

    def made(rows: Readings) -> list[bytes]:
        return bulk.lemmas(forms.words, rows.word, rows.before, rows.after)

    return rows._replace(told=is_left).left(), bulk, made


def found_compounds(forms: Forms, settings: Analysis) -> tuple[Told, np.ndarray]:
    """Return what words of two such forms with a hyphen between them may be, and which of them are made of parts."""
    (rows, texts), bulk = compounds(forms.words)
    is_left = rows.told.copy()
    is_left[[at for at, word in enumerate(forms.words) if word.replace(_YO, _E) in NOT_PLAIN]] = False
    shapes = _columns(tuple(bulk.tags.shapes))
    is_left[rows.word[shapes.is_womans_patronymic[bulk.tags.shape[rows.tag]]]] = False
    first = np.flatnonzero(np.diff(rows.word, prepend=-1))
    is_divided = np.zeros(len(is_left), np.bool_)
    divided = [INDIVISIBLE.isdisjoint(bulk.tag(tag).grammemes) for tag in rows.tag[first].tolist()]
    is_divided[rows.word[first]] = divided

    def made(rows: Readings) -> list[bytes]:
        pairs = zip(rows.before.tolist(), rows.after.tolist(), strict=True)
        return [texts[before] + b"-" + texts[after] for before, after in pairs]

    return _found(forms, rows._replace(told=is_left).left(), bulk, made, settings), is_divided


def _found(
    forms: Forms, rows: Readings, bulk: Bulk, made: Callable[[Readings], list[bytes]], settings: Analysis
) -> Told:
    """Return what forms may be by their readings; `made` gives the lemmas of these."""
    if not rows.word.size:
        nothing = np.zeros(0, np.intp)
        return Told((), np.zeros(len(forms.words), np.intp), nothing, (), nothing, ())
    shapes = _columns(tuple(bulk.tags.shapes)).at(bulk.tags.shape[rows.tag])
    first = np.flatnonzero(np.diff(rows.word, prepend=-1))
    count = np.diff(first, append=len(rows.word))
    word = rows.word[first]
    is_plain = np.logical_and.reduceat(rows.lemma == rows.lemma[first].repeat(count), first)
    is_several = ~is_plain.repeat(count)
    probability = _probabilities(forms, rows, shapes, bulk)
    ties, tie = _ties(len(forms.words), rows.word, shapes, probability, first)
    plain = word[is_plain]
    lemmas = made(rows.of(first[is_plain]))
    word, count = word[~is_plain], count[~is_plain]
    weighed: list[Weighed[bytes]] = []
    if word.size:
        kept = is_several.nonzero()[0]
        several = _Several(rows.of(kept), shapes.at(kept), probability[kept], word, count)
        weighings, asked = _weighings(forms, several, bulk, made)
        number = {one: at for at, one in enumerate(ties)}
        asking = asked.nonzero()[0]
        for at, slots in zip(word[asking].tolist(), asked[asking].tolist(), strict=True):
            own = ties[tie[at]]._replace(asks=slots)
            tie[at] = number.setdefault(own, len(number))
        ties = list(number)
        weighed = weighed_all(weighings, rare=settings.rare_lemma, most=settings.most_lemmas)
    return Told(ties, tie, plain, lemmas, word, weighed)


def _probabilities(forms: Forms, rows: Readings, shapes: _Shapes, bulk: Bulk) -> np.ndarray:
    """Return the probabilities of readings, mended as lemmatize has them mended."""
    is_known = rows.way == KNOWN
    factor = np.ones(len(rows.word))
    factor[is_known & shapes.is_declined_noun & _IS_ADJECTIVE[rows.end]] = NOUN_LIKE_ADJECTIVE
    factor[is_known & shapes.is_rare] = RARE_TAG
    grows = (
        rows.length > np.fromiter([len(word.decode()) for word in forms.words], np.intp, len(forms.words))[rows.word]
    )
    factor[~is_known & grows & bulk.tags.is_plural[rows.tag]] = GUESSED_PLURAL
    factor[rows.way == BY_TAIL] *= GUESSED_BY_TAIL
    return rows.score * factor


def _ties(
    forms: int, word: np.ndarray, shapes: _Shapes, probability: np.ndarray, first: np.ndarray
) -> tuple[list[Ties], np.ndarray]:
    """Return what context.tells has of each form with rows: Ties, and for each form which of them."""
    own = word[first]
    # np.bincount adds in the order of the rows, as `tells` does.
    total, agreeing, nouns = (
        np.bincount(word, part, forms)[own]
        for part in (probability, probability * shapes.agrees, probability * shapes.is_noun)
    )
    to_next = np.bitwise_or.reduceat(np.where(shapes.agrees, shapes.slots, 0), first)
    to_last = np.bitwise_or.reduceat(np.where(shapes.is_noun, shapes.slots, 0), first)
    slots, which = np.unique(to_next, return_inverse=True)
    expects = np.array([OF_ADJECTIVE.get(one, NOTHING) for one in slots.tolist()])[which]
    expects[agreeing < SURE_ADJECTIVE * total] = NOTHING
    offers = np.where(nouns >= SURE_NOMINAL * total, to_last, 0)
    pairs, which = np.unique(expects << _SLOTS | offers, return_inverse=True)
    tie = np.zeros(forms, np.intp)
    tie[own] = which
    return [Ties(pair >> _SLOTS, pair & (1 << _SLOTS) - 1) for pair in pairs.tolist()], tie


class _Several(NamedTuple):
    """The readings of forms with several lemmas."""

    rows: Readings
    shapes: _Shapes  # of the rows
    probability: np.ndarray  # likewise
    word: np.ndarray  # the forms
    readings: np.ndarray  # how many rows each has


def _weighings(
    forms: Forms, several: _Several, bulk: Bulk, made: Callable[[Readings], list[bytes]]
) -> tuple[Weighings[bytes], np.ndarray]:
    """Return the weighings of forms with several lemmas, and what each asks of the next word."""
    rows, shapes, probability, word, count = several
    first = np.cumsum(count) - count
    has_name = np.logical_or.reduceat(shapes.is_name, first)
    names_only = has_name & forms.may_be_name[word]
    # As lemmatize has it: shares, or declined of a form in lower case.
    is_declined = forms.is_lower[rows.word] & shapes.is_indeclinable
    probability = np.where(is_declined, probability * INDECLINABLE, probability)
    # As context.asks has it.
    asking = shapes.is_adjective & (shapes.is_pronoun | (names_only.repeat(count) & ~shapes.is_name))
    slots = np.bitwise_or.reduceat(np.where(asking, shapes.slots, 0), first)
    asked = np.where(np.logical_or.reduceat(~shapes.is_adjective | shapes.is_name, first), slots, 0)
    # Readings with one lemma, side by side.
    order = np.lexsort((rows.lemma, rows.word))
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = np.diff(rows.word[order]) != 0
    is_new[1:] |= rows.lemma[order][1:] != rows.lemma[order][:-1]
    lemma = np.empty(len(order), np.intp)
    lemma[order] = np.cumsum(is_new) - 1
    at = order[is_new]
    weighings = Weighings(
        np.bincount(rows.word[at], minlength=len(forms.words))[word],
        asked > 0,
        names_only,
        count,
        lemma,
        probability,
        bulk.tags.shape[rows.tag],
        bulk.tags.shapes,
        made(rows.of(at)),
    )
    return weighings, asked
