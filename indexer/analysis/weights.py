"""The weights of lemmas, alone and at every kind of place, of many words at once.

What a word's readings weigh there (`analysis.context.factors`) are rows of an array; the probabilities of a lemma's
readings are added up over it, all places at a time.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from functools import cache, lru_cache
from itertools import chain, compress
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np

from indexer.analysis.context import ALONE, factor, factors, places
from indexer.analysis.looking import by_loops

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.analysis.context import Shape

Text = TypeVar("Text", str, bytes, int)  # of a lemma, in UTF-8 in the same order, or a number in this order

_DIGITS = 6  # that weights are rounded to before they are put in order and rounded to hundredths
_MILLION: int = 10**_DIGITS
_HUNDREDTH = _MILLION // 100
_LOWEST, _HIGHEST = 1, 99  # hundredths; only the likeliest weighs 1, however near another comes
FEW = 6  # words: one by one they take less than by arrays
_ODD = np.uint64(0x9E37_79B9_7F4A_7C15)  # a hash is of the powers of a number without a pattern
_MOST_KNOWN = 200_000  # weighings that are remembered: the words of 300,000 paragraphs have 24,000 different ones
_SOME = 1024  # weights near halves that there is room for at first
_BITS = 16  # of the rank of a lemma among those of its word
_NEAR_HALF = 1e-4  # where a product may have been rounded over a half that the number itself does not reach


class Weighing(NamedTuple):
    """What the weights of a word's lemmas depend on."""

    lemmas: Sequence[str]
    shares: Sequence[tuple[int, float]]  # of its readings: the number of the lemma, and a probability
    shapes: Sequence[Shape]  # likewise
    asks: bool  # whether it matters what the next word offers
    names_only: bool  # whether a reading that is no name must agree with the next word to be one at all


class Weighed(NamedTuple, Generic[Text]):
    """The lemmas of a word, and what they weigh."""

    lemmas: list[Text]  # the likeliest first, where it stands alone
    # In hundredths, in that order: alone; then, for each place where any weighs otherwise, its number and the weights.
    packed: bytes


def weighed(words: Iterable[Weighing], *, rare: float, most: int) -> list[Weighed[str]]:
    """Return the weights of the lemmas of many words: whole hundredths, at least one.

    The likeliest lemma of a place has a hundred, and one that is never meant has the rare weight. A word keeps the
    likeliest so many lemmas: the same everywhere, for what a form is found by does not depend on its place, only how
    well.
    """
    every = list(words)
    if len(every) <= FEW:
        return [_weighed_alone(word, rare, most) for word in every]
    return weighed_all(_weighings(every), rare=rare, most=most)


class Weighings(NamedTuple, Generic[Text]):
    """The same of many words: arrays, first those of a number for each word."""

    lemmas: np.ndarray  # how many each has
    asks: np.ndarray
    names_only: np.ndarray
    readings: np.ndarray  # how many each has
    lemma: np.ndarray  # of each reading, among those of all words
    probability: np.ndarray  # likewise
    shape: np.ndarray  # likewise, index into the shapes
    shapes: Sequence[Shape]
    texts: Sequence[Text]  # of all lemmas, word by word


class Alike(NamedTuple):
    """The weights of many words, what is weighed alike once."""

    packed: list[bytes]  # Weighed.packed
    which: np.ndarray  # of each word, index into these
    counts: np.ndarray  # of each word: how many lemmas it keeps
    order: np.ndarray  # word by word: these lemmas, the likeliest first, among those of all words


def weighed_alike(words: Weighings[int], *, rare: float, most: int) -> Alike:
    """Return what `weighed` does of many words, whose texts are numbers in their place: those of a word in order."""
    start, first = np.cumsum(words.lemmas) - words.lemmas, np.cumsum(words.readings) - words.readings
    rank = words.lemma - start.repeat(words.readings)
    hashes, at, which = np.unique(_hashes(words, first, rank), return_index=True, return_inverse=True)
    known = _known(rare, most)
    if len(known) > _MOST_KNOWN:
        known.clear()
    keys = hashes.tolist()
    own = [known.get(key) for key in keys]
    new = [number for number, one in enumerate(own) if one is None]
    if new:
        every = weighed_all(_some(words, at[new]), rare=rare, most=most)
        for number, first_, (numbers, packed) in zip(new, start[at[new]].tolist(), every, strict=True):
            own[number] = known[keys[number]] = packed, [one - first_ for one in numbers]
    found = [one for one in own if one is not None]
    counts = np.fromiter([len(ranks) for _, ranks in found], np.intp, len(found))
    ranks = np.fromiter(chain.from_iterable([ranks for _, ranks in found]), np.intp)
    of, rank = _ranges(np.cumsum(counts) - counts, counts, which)
    return Alike([packed for packed, _ in found], which, counts[which], ranks[rank] + start[of])


@lru_cache(4)
def _known(rare: float, most: int) -> dict[int, tuple[bytes, list[int]]]:  # noqa: ARG001 -- each has its own
    """Return what is remembered of words: a hash of all that matters → weights, and the ranks in order of weight."""
    return {}


def _hashes(words: Weighings[int], first: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Return a hash of all that the weights of each word depend on."""
    position = np.arange(len(rank)) - first.repeat(words.readings)
    shape = _numbers(tuple(words.shapes))[words.shape]
    readings = _mixed(words.probability.view(np.uint64) ^ _mixed((shape << _BITS | rank).astype(np.uint64)))
    hashes: np.ndarray = np.add.reduceat(readings * _mixed(position.astype(np.uint64) + np.uint64(1)), first)
    hashes ^= _mixed((words.lemmas << 2 | words.asks << 1 | words.names_only).astype(np.uint64))
    return hashes


@lru_cache(4)  # few are met after the first thousands of words
def _numbers(shapes: tuple[Shape, ...]) -> np.ndarray:
    return np.array([_number[one] for one in shapes], np.intp)


# The same whichever dictionary has a shape, and another one for each, whatever threads ask at once.
_number: dict[Shape, int] = defaultdict(itertools.count().__next__)


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Return numbers of 64 bits each of which depends on all bits of one: as SplitMix has it."""
    mixed = numbers + _ODD
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def weighed_all(words: Weighings[Text], *, rare: float, most: int) -> list[Weighed[Text]]:
    """Return what `weighed` does of many words."""
    found: list[Weighed[Text]] = [Weighed([], b"")] * len(words.lemmas)
    for asks in (False, True):  # a word that asks something may stand at twice as many kinds of places
        at = (words.asks == asks).nonzero()[0]
        if at.size:
            own = _weighed(_some(words, at) if at.size < len(found) else words, asks, rare, most)
            for number, one in zip(at.tolist(), own, strict=True):
                found[number] = one
    return found


def _weighings(words: Sequence[Weighing]) -> Weighings[str]:
    count = len(words)
    lemmas = np.fromiter([len(word.lemmas) for word in words], np.intp, count)
    readings = np.fromiter([len(word.shapes) for word in words], np.intp, count)
    pairs = chain.from_iterable(chain.from_iterable([word.shares for word in words]))
    shares = np.fromiter(pairs, np.float64, 2 * int(readings.sum())).reshape(-1, 2)
    shapes: dict[Shape, int] = {}
    return Weighings(
        lemmas,
        np.fromiter([word.asks for word in words], np.bool_, count),
        np.fromiter([word.names_only for word in words], np.bool_, count),
        readings,
        (np.cumsum(lemmas) - lemmas).repeat(readings) + shares[:, 0].astype(np.intp),
        shares[:, 1].copy(),
        np.array([shapes.setdefault(one, len(shapes)) for word in words for one in word.shapes], np.intp),
        list(shapes),
        [text for word in words for text in word.lemmas],
    )


def _some(words: Weighings[Text], at: np.ndarray) -> Weighings[Text]:
    """Return some of the words."""
    _, reading = _ranges(np.cumsum(words.readings) - words.readings, words.readings, at)
    before = np.cumsum(words.lemmas) - words.lemmas
    _, lemma = _ranges(before, words.lemmas, at)
    lemmas = words.lemmas[at]
    moved = (np.cumsum(lemmas) - lemmas - before[at]).repeat(words.readings[at])
    return words._replace(
        lemmas=lemmas,
        asks=words.asks[at],
        names_only=words.names_only[at],
        readings=words.readings[at],
        lemma=words.lemma[reading] + moved,
        probability=words.probability[reading],
        shape=words.shape[reading],
        texts=[words.texts[number] for number in lemma.tolist()],
    )


def _ranges(starts: np.ndarray, counts: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers in some of the ranges, one range after another; for each first which it is."""
    starts, counts = starts[at], counts[at]
    of = np.arange(len(at)).repeat(counts)
    return of, np.arange(len(of)) + (starts - counts.cumsum() + counts)[of]


def _weighed(words: Weighings[Text], asks: bool, rare: float, most: int) -> list[Weighed[Text]]:  # noqa: FBT001 -- a column
    long = (words.lemmas > most).nonzero()[0]
    if long.size:
        words = _shortened(words, long, _in_millionths(_rows(_some(words, long), asks), rare)[:, ALONE], most)
    if by_loops():
        return _weighed_by_loops(words, asks, rare)
    rows = _rows(words, asks)
    return _packed(words, rows, _in_hundredths(_in_millionths(rows, rare)), np.array(places(asks=asks), np.uint8))


def _weighed_by_loops(words: Weighings[Text], asks: bool, rare: float) -> list[Weighed[Text]]:  # noqa: FBT001 -- likewise
    from indexer.analysis import weighing  # noqa: PLC0415 -- see looking

    columns = np.array(places(asks=asks), np.uint8)
    micro, like = _in_millionths_by_loops(words, asks, rare)
    order = _orders(words, np.cumsum(words.lemmas) - words.lemmas, _in_hundredths(micro[:, ALONE]))
    steps = np.empty(int(words.lemmas.max()), np.uint8)
    made = np.empty((len(columns) + 1) * (len(order) + len(words.lemmas)), np.uint8)
    ends = np.empty(len(words.lemmas), np.int64)
    size = weighing.packed(words.lemmas, order, micro.reshape(-1), _OF_HALVES, like, columns, steps, made, ends)
    every, texts = made[:size].tobytes(), [words.texts[at] for at in order.tolist()]
    return [
        Weighed(texts[first:last], every[begin:end])
        for first, last, begin, end in zip(*_slices(np.cumsum(words.lemmas)), *_slices(ends), strict=True)
    ]


def _in_millionths_by_loops(
    words: Weighings[Text],
    asks: bool,  # noqa: FBT001 -- likewise
    rare: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights as _in_millionths has them, and for each word and place the first place that is like it."""
    from indexer.analysis import weighing  # noqa: PLC0415 -- likewise

    every, kind = _fits(words, asks)
    columns = every.shape[1]
    micro = np.empty((int(words.lemmas.sum()), columns), np.int64)
    like = np.empty(len(words.lemmas) * columns, np.uint8)
    fit, sums = np.empty(int(words.readings.max()) * columns), np.empty(int(words.lemmas.max()))
    room = _SOME
    while True:
        near, weights = np.empty(room, np.int64), np.empty(room)
        many = weighing.in_millionths(
            words.lemmas,
            words.readings,
            words.lemma,
            words.probability,
            kind,
            every.reshape(-1),
            columns,
            np.array([rare]),
            fit,
            sums,
            micro.reshape(-1),
            near,
            weights,
            like,
            np.empty(columns, np.int64),
        )
        if many != weighing.NO_ROOM:
            micro.reshape(-1)[near[:many]] = [_rounded(weight) for weight in weights[:many].tolist()]
            return micro, like
        room *= 2


def _slices(ends: np.ndarray) -> tuple[list[int], list[int]]:
    last = ends.tolist()
    return [0, *last[:-1]], last


def _shortened(words: Weighings[Text], long: np.ndarray, exact: np.ndarray, most: int) -> Weighings[Text]:
    """Return words, the long ones of them with the likeliest of their lemmas only."""
    start = np.cumsum(words.lemmas) - words.lemmas
    is_kept = np.ones(len(words.texts), np.bool_)
    weights = exact.tolist()
    for first, count in zip(start[long].tolist(), words.lemmas[long].tolist(), strict=True):
        here, weights = weights[:count], weights[count:]
        is_kept[[first + at for at in _order(words.texts[first : first + count], here)[most:]]] = False
    number = np.cumsum(is_kept) - 1
    lemmas = np.minimum(words.lemmas, most)
    is_left = is_kept[words.lemma]
    return words._replace(
        lemmas=lemmas,
        lemma=np.where(is_left, number[words.lemma], (np.cumsum(lemmas) - lemmas).repeat(words.readings)),
        probability=words.probability * is_left,
        texts=list(compress(words.texts, is_kept.tolist())),
    )


def _weighed_alone(word: Weighing, rare: float, most: int) -> Weighed[str]:
    """Return the same of one word, place by place."""
    word = shortened(word, rare=rare, most=most)
    ways = _ways(tuple(word.shapes), word.asks, word.names_only)
    alone, *others = [(list(map(hundredths, _weights(word, fit, rare))), places) for fit, places in ways]
    order = _order(word.lemmas, alone[0])
    packed = [bytes([alone[0][at] for at in order])]
    for weights, here in others:
        if weights != alone[0]:
            ordered = bytes([weights[at] for at in order])
            packed += [bytes((place,)) + ordered for place in here]
    return Weighed([word.lemmas[at] for at in order], b"".join(packed))


def shortened(word: Weighing, *, rare: float, most: int) -> Weighing:
    """Return a word with the likeliest so many of its lemmas only: those that `weighed` keeps."""
    if len(word.lemmas) <= most:
        return word
    return _cut(word, _order(word.lemmas, _weights(word, _fit_at(word, ALONE), rare))[:most])


def weights_at(word: Weighing, place: int, *, rare: float) -> list[int]:
    """Return what the lemmas of one word, in their order, weigh at a place, in hundredths: as `weighed` has it."""
    return list(map(hundredths, _weights(word, _fit_at(word, place), rare)))


def _fit_at(word: Weighing, place: int) -> list[float]:
    """Return how well readings fit a place, 1 being the best of them."""
    fit = [factor(place, one, asks=word.asks, names_only=word.names_only) for one in word.shapes]
    best = max(fit)
    return [one / best for one in fit]


@lru_cache(8192)  # many words are ambiguous in the same way
def _ways(
    shapes: tuple[Shape, ...],
    asks: bool,  # noqa: FBT001 -- a key
    names_only: bool,  # noqa: FBT001 -- likewise
) -> tuple[tuple[tuple[float, ...], tuple[int, ...]], ...]:
    """Return the ways in which readings fit places, 1 being the best of them, each with its places; alone is first."""
    ways: dict[tuple[float, ...], list[int]] = {}
    every = list(zip(*[factors(one, asks=asks, names_only=names_only) for one in shapes], strict=True))
    for place in places(asks=asks):
        best = max(every[place])
        ways.setdefault(tuple([factor / best for factor in every[place]]), []).append(place)
    return tuple([(fit, tuple(here)) for fit, here in ways.items()])


def _weights(word: Weighing, fit: Sequence[float], rare: float) -> list[float]:
    """Return the weights of lemmas whose readings fit so well: of the likeliest 1."""
    sums = [0.0] * len(word.lemmas)
    for (lemma, probability), share in zip(word.shares, fit, strict=True):
        sums[lemma] += probability * share
    highest = max(sums)
    # Rounded, for what ties is put in order of the alphabet, and sums of tenths do not quite tie.
    return [1.0 if one == highest else round(rare + (1 - rare) * one / highest, _DIGITS) for one in sums]


def hundredths(weight: float) -> int:
    """Return a weight in whole hundredths, a hundred only if it is 1."""
    return 100 if weight == 1.0 else min(max(int(100 * round(weight, 2) + 0.5), _LOWEST), _HIGHEST)


class _Rows(NamedTuple):
    """Readings of words, one after another."""

    first: np.ndarray  # of each word: where its readings begin
    start: np.ndarray  # likewise its lemmas
    lemmas: np.ndarray  # likewise how many these are
    lemma: np.ndarray  # of each reading, in all words
    probability: np.ndarray  # likewise
    fit: np.ndarray  # likewise, at each place: 1 for the best of the word


def _rows(words: Weighings[Text], asks: bool) -> _Rows:  # noqa: FBT001 -- likewise
    first, start = np.cumsum(words.readings) - words.readings, np.cumsum(words.lemmas) - words.lemmas
    return _Rows(first, start, words.lemmas, words.lemma, words.probability[:, None], _fit(words, asks, first))


def _cut(word: Weighing, kept: Sequence[int]) -> Weighing:
    """Return a word with these of its lemmas only."""
    new = {at: number for number, at in enumerate(kept)}
    shares = [(new.get(lemma, 0), probability * (lemma in new)) for lemma, probability in word.shares]
    return word._replace(lemmas=[word.lemmas[at] for at in kept], shares=shares)


def _order(texts: Sequence[Text], weights: Sequence[float]) -> list[int]:
    """Return the indices of lemmas, the one with the highest weight first; of equal ones, by text."""
    return [at for _, _, at in sorted(zip([-one for one in weights], texts, range(len(texts)), strict=True))]


def _packed(words: Weighings[Text], rows: _Rows, steps: np.ndarray, places: np.ndarray) -> list[Weighed[Text]]:
    order = _orders(words, rows.start, steps[:, ALONE])
    steps = steps[order]
    columns, are_other = _others(rows, steps)
    packed = [b""] * len(rows.lemmas)
    for count in sorted({*rows.lemmas.tolist()}):
        at = (rows.lemmas == count).nonzero()[0]
        weights = steps[rows.start[at][:, None] + np.arange(count)]  # words, lemmas, places
        made = np.empty((len(at), len(places), 1 + count), np.uint8)
        made[:, :, 0] = places[columns[at]]
        made[:, :, 1:] = np.take_along_axis(weights, columns[at][:, None, :], axis=2).transpose(0, 2, 1)
        there = made[are_other[at]].tobytes()
        until = (np.cumsum(are_other[at].sum(axis=1)) * (1 + count)).tolist()
        first = weights[:, :, ALONE].tobytes()
        begin = 0
        for number, (word_at, end) in enumerate(zip(at.tolist(), until, strict=True)):
            packed[word_at] = first[number * count : (number + 1) * count] + there[begin:end]
            begin = end
    texts = [words.texts[at] for at in order.tolist()]
    ends = rows.start + rows.lemmas
    ordered = [texts[begin:end] for begin, end in zip(rows.start.tolist(), ends.tolist(), strict=True)]
    return list(map(Weighed, ordered, packed))


def _orders(words: Weighings[Text], start: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Return the lemmas of all words, those of each as _order has them."""
    word = np.arange(len(start)).repeat(words.lemmas)
    order = np.lexsort((-alone.astype(np.int64), word))
    by_weight = alone[order]
    ties = ((by_weight[1:] == by_weight[:-1]) & (word[1:] == word[:-1])).nonzero()[0]
    tied = word[ties[np.diff(word[ties], prepend=-1) > 0]]
    for first, count in zip(start[tied].tolist(), words.lemmas[tied].tolist(), strict=True):
        last = first + count
        order[first:last] = first + np.array(_order(words.texts[first:last], alone[first:last].tolist()))
    return order


def _others(rows: _Rows, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each word, the columns of the places where lemmas weigh otherwise than alone, and which these are.

    They are the first ones, and those where readings fit alike stand together.
    """
    elsewhere = np.logical_or.reduceat(steps != steps[:, ALONE : ALONE + 1], rows.start, axis=0)
    rank = np.arange(len(rows.lemma)) - np.repeat(rows.first, np.diff(np.append(rows.first, len(rows.lemma))))
    # Columns are told apart by a hash; where two were taken for one, their places would only stand in another order.
    factors_ = np.cumprod(np.full(1 + rank.max(), _ODD))[rank]
    alike = np.add.reduceat(rows.fit.view(np.uint64) * factors_[:, None], rows.first, axis=0)
    # Where readings fit alike is the same of all words with the same shapes.
    count = elsewhere.shape[1]
    hashes = (_mixed(alike) * _mixed(np.arange(1, 1 + count, dtype=np.uint64))).sum(axis=1)
    _, at, which = np.unique(hashes, return_index=True, return_inverse=True)
    like = (alike[at][:, :, None] == alike[at][:, None, :]).argmax(axis=1)[which]
    columns = np.argsort(np.where(elsewhere, like * count + np.arange(count), count * count), axis=1)
    return columns, np.arange(count) < elsewhere.sum(axis=1)[:, None]


def _fit(words: Weighings[Text], asks: bool, first: np.ndarray) -> np.ndarray:  # noqa: FBT001 -- likewise
    """Return how well readings fit the places, 1 being the best reading of a word."""
    every, kind = _fits(words, asks)
    fit = every[kind]
    return fit / np.repeat(np.maximum.reduceat(fit, first), words.readings, axis=0)  # type: ignore[no-any-return]


def _fits(words: Weighings[Text], asks: bool) -> tuple[np.ndarray, np.ndarray]:  # noqa: FBT001 -- likewise
    """Return how well kinds of readings fit the places, and the kind of each reading."""
    code = 2 * words.shape + words.names_only.repeat(words.readings)
    are_used = np.zeros(2 * len(words.shapes), np.bool_)
    are_used[code] = True
    every = [_fits_of(words.shapes[one >> 1], asks, bool(one & 1)) for one in are_used.nonzero()[0].tolist()]
    return np.array(every), (np.cumsum(are_used) - 1)[code]


@cache
def _fits_of(one: Shape, asks: bool, names_only: bool) -> np.ndarray:  # noqa: FBT001 -- a key
    return np.array(factors(one, asks=asks, names_only=names_only))[list(places(asks=asks))]


def _sums(lemma: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the sums of the shares of each lemma, added up in the order in which they stand."""
    sums = np.zeros((1 + lemma.max(), shares.shape[1]))
    order = np.argsort(lemma, kind="stable")
    by_lemma = lemma[order]
    first = np.flatnonzero(np.append(True, by_lemma[1:] != by_lemma[:-1]))
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    for number in range(1 + rank.max()):
        now = order[rank == number]
        sums[lemma[now]] += shares[now]
    return sums


def _in_millionths(rows: _Rows, rare: float) -> np.ndarray:
    """Return weights at each place: of the lemma with the highest sum 1, of others as much less as their sum is."""
    sums = _sums(rows.lemma, rows.probability * rows.fit)
    highest = np.repeat(np.maximum.reduceat(sums, rows.start), rows.lemmas, axis=0)
    weights = rare + (1 - rare) * sums / highest
    scaled = weights * _MILLION
    micro: np.ndarray = np.rint(scaled).astype(np.int64)
    for at in zip(*(np.abs(np.abs(scaled - micro) - 0.5) < _NEAR_HALF).nonzero(), strict=True):
        micro[at] = _rounded(float(weights[at]))
    micro[sums == highest] = _MILLION
    return micro


def _rounded(weight: float) -> int:
    return round(round(weight, _DIGITS) * _MILLION)


def _in_hundredths(micro: np.ndarray) -> np.ndarray:
    steps: np.ndarray = np.clip((micro + _HUNDREDTH // 2) // _HUNDREDTH, _LOWEST, _HIGHEST)
    are_halves = micro % _HUNDREDTH == _HUNDREDTH // 2
    steps[are_halves] = _OF_HALVES[micro[are_halves] // _HUNDREDTH]
    steps[micro == _MILLION] = 100
    return steps.astype(np.uint8)


# What weights become that are halves of a hundredth, by the hundredths below.
_OF_HALVES = np.array([hundredths((one * _HUNDREDTH + _HUNDREDTH // 2) / _MILLION) for one in range(100)], np.uint8)
