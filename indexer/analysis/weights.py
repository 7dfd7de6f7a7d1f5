"""The weights of lemmas, alone and at every kind of place, of many words at once.

What a word's readings weigh there (`analysis.context.factors`) are rows of an array; the probabilities of a lemma's
readings are added up over it, all places at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.context import ALONE, PLACES, factors, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.analysis.context import Shape

_MILLION = 1_000_000  # weights are rounded to this part before they are put in order and rounded to hundredths
_HUNDREDTH = _MILLION // 100
_LOWEST, _HIGHEST = 1, 99  # hundredths; only the likeliest weighs 1, however near another comes
_NEAR_HALF = 1e-4  # where a product may have been rounded over a half that the number itself does not reach
_MOST_KNOWN = 50_000


class Weighing(NamedTuple):
    """What the weights of a word's lemmas depend on."""

    shares: tuple[tuple[int, float], ...]  # of its readings: the number of the lemma, and a probability
    shapes: tuple[Shape, ...]  # likewise
    asks: bool  # whether it matters what the next word offers
    names_only: bool  # whether a reading that is no name must agree with the next word to be one at all
    rare: float  # weight of a lemma that is never meant


@dataclass(frozen=True, slots=True, eq=False)  # words of one kind share it, so that it is told by what it is
class Spread:
    """The weights of some lemmas, in hundredths, wherever they are."""

    exact: tuple[int, ...]  # standing alone, in millionths: these put them in order
    alone: bytes
    elsewhere: tuple[tuple[bytes, tuple[int, ...]], ...]  # other weights, each with their places


# Each key has one thing that it can mean, so it does not matter if two threads fill it at once.
_known: dict[Weighing, Spread] = {}


def spreads(wanted: Sequence[Weighing]) -> list[Spread]:
    """Return the weights of lemmas whose readings have these probabilities and shapes, for many words.

    They are whole hundredths, at least one of them; the likeliest lemma of a place has a hundred.
    """
    known = list(map(_known.get, wanted))
    new: dict[Weighing, int] = {}
    at = [new.setdefault(one, len(new)) for one, spread in zip(wanted, known, strict=True) if spread is None]
    if not new:
        return known  # type: ignore[return-value] -- none is None
    made = _spreads(list(new))
    if len(_known) + len(made) > _MOST_KNOWN:
        forget()
    _known.update(zip(new, made, strict=True))
    fresh = iter(at)
    return [spread or made[next(fresh)] for spread in known]


def forget() -> None:
    """Forget all weights: words are weighed anew."""
    _known.clear()


def hundredths(weight: float) -> int:
    """Return a weight in whole hundredths, a hundred only if it is 1."""
    return 100 if weight == 1.0 else min(max(round(100 * round(weight, 2)), _LOWEST), _HIGHEST)


def _spreads(words: Sequence[Weighing]) -> list[Spread]:
    readings = np.fromiter((len(word.shares) for word in words), np.int64, len(words))
    lemmas = np.fromiter((1 + max([lemma for lemma, _ in word.shares]) for word in words), np.int64, len(words))
    last, end = np.cumsum(readings), np.cumsum(lemmas)
    first, start = last - readings, end - lemmas
    shares = np.array([share for word in words for share in word.shares])
    lemma = np.repeat(start, readings) + shares[:, 0].astype(np.int64)
    fit = _fit(words, first, readings)
    micro = _micro(_sums(lemma, shares[:, 1:] * fit), start, lemmas, np.array([word.rare for word in words]))
    steps = _in_hundredths(micro)
    exact = micro[:, ALONE].tolist()
    # By bytes rather than by arrays: there are some fifty places of a few numbers each.
    fits, weights = fit.T.tobytes(), steps.T.tobytes()
    row, total = len(lemma) * fit.itemsize, len(steps)
    spreads = []
    for word, one, two, three, four in zip(
        words,
        (first * fit.itemsize).tolist(),
        (last * fit.itemsize).tolist(),
        start.tolist(),
        end.tolist(),
        strict=True,
    ):
        ways: dict[bytes, list[int]] = {}
        for place in places(asks=word.asks):
            ways.setdefault(fits[place * row + one : place * row + two], []).append(place)
        alone = weights[three:four]
        elsewhere = [(weights[here[0] * total + three : here[0] * total + four], tuple(here)) for here in ways.values()]
        spreads.append(
            Spread(tuple(exact[three:four]), alone, tuple([other for other in elsewhere if other[0] != alone]))
        )
    return spreads


def _fit(words: Sequence[Weighing], first: np.ndarray, readings: np.ndarray) -> np.ndarray:
    """Return how well readings fit the places, 1 being the best reading of a word."""
    kinds: dict[tuple[Shape, bool, bool], int] = {}
    kind = [kinds.setdefault((one, word.asks, word.names_only), len(kinds)) for word in words for one in word.shapes]
    table = np.array([factors(one, asks=asks, names_only=names_only) for one, asks, names_only in kinds])
    fit = table[kind]
    return fit / np.repeat(np.maximum.reduceat(fit, first), readings, axis=0)  # type: ignore[no-any-return]


def _sums(lemma: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the sums of the shares of each lemma, added up in the order in which they stand."""
    sums = np.zeros((1 + lemma.max(), PLACES))
    order = np.argsort(lemma, kind="stable")
    by_lemma = lemma[order]
    first = np.flatnonzero(np.append(True, by_lemma[1:] != by_lemma[:-1]))
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    for number in range(1 + rank.max()):
        now = order[rank == number]
        sums[lemma[now]] += shares[now]
    return sums


def _micro(sums: np.ndarray, start: np.ndarray, lemmas: np.ndarray, rare: np.ndarray) -> np.ndarray:
    """Return weights in millionths: of the lemma with the highest sum 1, of others as much less as their sum is."""
    highest = np.repeat(np.maximum.reduceat(sums, start), lemmas, axis=0)
    rare = np.repeat(rare, lemmas)[:, None]
    weights = rare + (1 - rare) * sums / highest
    scaled = weights * _MILLION
    micro = np.rint(scaled).astype(np.int64)
    for at in zip(*(np.abs(np.abs(scaled - micro) - 0.5) < _NEAR_HALF).nonzero(), strict=True):
        micro[at] = round(round(float(weights[at]), 6) * _MILLION)
    micro[sums == highest] = _MILLION
    return micro


def _in_hundredths(micro: np.ndarray) -> np.ndarray:
    steps = (micro + _HUNDREDTH // 2) // _HUNDREDTH
    for at in zip(*(micro % _HUNDREDTH == _HUNDREDTH // 2).nonzero(), strict=True):
        steps[at] = hundredths(int(micro[at]) / _MILLION)
    steps = np.clip(steps, _LOWEST, _HIGHEST)
    steps[micro == _MILLION] = 100
    return steps.astype(np.uint8)
