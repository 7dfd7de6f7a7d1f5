"""What lemmas weigh at every place, as loops that are compiled and kept (indexer.compiled.kept): see weights.

Tables of columns are flat, row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from indexer.compiled.kept import NUMBER, kept

if TYPE_CHECKING:
    from indexer.compiled.kept import Loop

NO_ROOM: Final = -1

_MILLION, _HUNDREDTH = 1_000_000, 10_000  # see weights
_HALF, _NEAR_HALF = 0.5, 1e-4
_LOWEST, _HIGHEST, _CERTAIN = 1, 99, 100
_ODD = np.uint64(0x9E37_79B9_7F4A_7C15)


def _first_like(  # noqa: PLR0917 -- columns
    every: np.ndarray,
    kind: np.ndarray,
    first: int,
    rows: int,
    columns: int,
    column: int,
    unalike: np.ndarray,
    unlike: int,
) -> int:
    """Return the first of so many columns where the readings of a word fit as in this one, which it is if none is."""
    for number in range(unlike):
        other = int(unalike[number])
        row = first
        while row < first + rows and every[kind[row] * columns + other] == every[kind[row] * columns + column]:
            row += 1
        if row == first + rows:
            return other
    return column


@kept("i8", "i8", "i8", "f8", "i8", "f8", NUMBER, "f8", "f8", "f8", "i8", "i8", "f8", "u1", "i8")
def in_millionths(  # noqa: C901, PLR0912, PLR0917 -- what is called for each column would have to be told all of this
    lemmas: np.ndarray,
    readings: np.ndarray,
    lemma: np.ndarray,
    probability: np.ndarray,
    kind: np.ndarray,
    every: np.ndarray,
    columns: int,
    rare: np.ndarray,
    fit: np.ndarray,
    sums: np.ndarray,
    micro: np.ndarray,
    near: np.ndarray,
    weights: np.ndarray,
    like: np.ndarray,
    unalike: np.ndarray,
) -> int:
    """Write weights as weights._in_millionths has them, before those near halves are rounded.

    Return how many of these there are, or NO_ROOM; where they are in `micro` is written too, and what each weighs. And
    for each word and column the first column where readings fit alike, which alone has weights for sure.

    `every` tells how well kinds of readings fit, `rare` is one number; there is room in `fit` for the readings of a
    word, in `sums` for its lemmas, and in `unalike` for the columns.
    """
    # What a word has stands behind what the words before it have, in arrays that are as long as all of it.
    many = first = start = 0
    for word in range(len(lemmas)):
        count, rows = lemmas[word], readings[word]
        unlike = 0  # columns up to here that are like none before them
        for column in range(columns):
            # Most columns are like one of the few before them that are not, and are not weighed again.
            other = _first_like(every, kind, first, rows, columns, column, unalike, unlike)
            if other < column:
                like[word * columns + column] = like[word * columns + other]
                continue
            unalike[unlike] = column
            unlike += 1
            for one in range(count):
                sums[one] = 0.0
            best = every[kind[first] * columns + column]
            for row in range(1, rows):
                best = max(best, every[kind[first + row] * columns + column])
            for row in range(rows):
                here = row * columns + column
                fit[here] = every[kind[first + row] * columns + column] / best
                sums[lemma[first + row] - start] += probability[first + row] * fit[here]
            highest = sums[0]
            for one in range(1, count):
                highest = max(highest, sums[one])
            for one in range(count):
                at = (start + one) * columns + column
                if sums[one] == highest:
                    micro[at] = _MILLION
                    continue
                weight = rare[0] + (1 - rare[0]) * sums[one] / highest
                scaled = weight * _MILLION
                micro[at] = int(scaled + _HALF)  # as every other way to round but near halves, which are not left so
                if abs(abs(scaled - micro[at]) - _HALF) < _NEAR_HALF:
                    if many == len(near):
                        return NO_ROOM
                    near[many], weights[many] = at, weight
                    many += 1
            like[word * columns + column] = column
            for number in range(unlike - 1):
                other = unalike[number]
                is_alike = True
                for row in range(rows):
                    is_alike &= fit[row * columns + other] == fit[row * columns + column]
                if is_alike:
                    like[word * columns + column] = like[word * columns + other]
                    break
        first += rows
        start += count
    return many


@kept("i8", "i8", "i8", "u1", "u1", "u1", "u1", "u1", "i8")
def packed(  # noqa: C901, PLR0912, PLR0917 -- likewise
    lemmas: np.ndarray,
    order: np.ndarray,
    micro: np.ndarray,
    of_halves: np.ndarray,
    like: np.ndarray,
    places: np.ndarray,
    steps: np.ndarray,
    made: np.ndarray,
    ends: np.ndarray,
) -> int:
    """Write Weighed.packed of words, one after another, and where each ends; return where the last does.

    `of_halves` tells what hundredths become that are followed by a half. There is room in `steps` for the lemmas of a
    word, and in `made` for weights and a number for each place, and the weights alone, of all words.
    """
    # The first column is alone. What stands alone and, at most, what each place has is written; weights are below a
    # million but for the likeliest.
    columns = len(places)
    start = end = 0
    for word in range(len(lemmas)):
        count = lemmas[word]
        alone = end
        for column in range(columns):
            if like[word * columns + column] != column:
                continue
            is_other = column == 0
            for one in range(count):
                weight = micro[order[start + one] * columns + column]
                if weight == _MILLION:
                    step = _CERTAIN
                elif weight % _HUNDREDTH == _HUNDREDTH // 2:
                    step = int(of_halves[weight // _HUNDREDTH])
                else:
                    step = min(max((weight + _HUNDREDTH // 2) // _HUNDREDTH, _LOWEST), _HIGHEST)
                steps[one] = step
                is_other |= step != made[alone + one]
            if not column:
                for one in range(count):
                    made[end + one] = steps[one]
                end += count
            elif is_other:
                for other in range(column, columns):
                    if like[word * columns + other] == column:
                        made[end] = places[other]
                        for one in range(count):
                            made[end + 1 + one] = steps[one]
                        end += 1 + count
        start += count
        ends[word] = end
    return end


LOOPS: Final[tuple[Loop, ...]] = (in_millionths, packed)
