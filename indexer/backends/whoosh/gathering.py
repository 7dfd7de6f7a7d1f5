"""The lists of a segment by compiled loops (indexer.compiled): what assembly does by sorting, and the same to the bit.

Rows are gone through once: of each, the lemmas that stand there are noted, with their codes, and of each lemma how many
bytes its gaps take by each width. Then each gap is written where it belongs. Threads have some adjacent rows each.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.context import PLACES
from indexer.backends.whoosh import arrays, codes, lists
from indexer.backends.whoosh.loops import RARE, Known, Texts
from indexer.compiled import compiled_bare
from indexer.ranking import WEIGHT_STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from indexer.backends.whoosh.arrays import Arrays

_MOST1, _MOST2 = lists.MOST[1], lists.MOST[2]
_HALF, _LEVELS = codes.HALF, codes.LEVELS
# What is known of a lemma, side by side, so that it is fetched from memory at once.
_FOUND, _FIRST, _LAST, _STEPS1, _STEPS2, _SLOT = range(6)
_ASIDE = 8
_AT, _ROW, _KIND = range(3)  # where its next row is written, its last one, and which of the widths
_SIDE = 4


class Lemmas(NamedTuple):
    """The words of a segment, and the lemmas that they have."""

    known: Known
    of: np.ndarray  # uint32, of all words: twice the number of a lemma, and one more for that of a part
    many: int  # different ones


class Weights(NamedTuple):
    """What makes a code: see codes.py."""

    divisors: np.ndarray  # float64, of each row of the field
    near: np.ndarray  # uint8, of each place in a row


class _Noted(NamedTuple):
    """What was noted of some adjacent rows."""

    of_row: np.ndarray  # uint32: how many lemmas each has
    lemmas: np.ndarray  # uint32, row by row
    codes: np.ndarray  # uint8, of these
    known: np.ndarray  # int32, of each lemma of the segment: _FOUND, _FIRST, …, rows counted from the field's first one


def load() -> None:
    """Have the loops compiled, or read what was compiled of them, by a call without a row."""

    def none(kind: str, *shape: int) -> np.ndarray:
        return arrays.frozen(np.zeros(shape or 0, kind))

    texts = Texts(none("u2"), none("i8", 1, 2), none("u1"), none("u2"), none("u2"))
    words = map(none, ("i8", "u4", "u2", "u1", "u4", "u4", "u1", "u4", "u1"))
    lemmas = Lemmas(Known._make([*words, 0]), none("u4"), 0)
    with ThreadPoolExecutor(1) as pool:
        gather(texts, lemmas, Weights(np.zeros(0), np.zeros(0, np.uint8)), [slice(0, 0)], pool)


def gather(
    texts: Texts, lemmas: Lemmas, weights: Weights, parts: Sequence[slice], pool: Executor
) -> tuple[np.ndarray, Arrays]:
    """Return which lemmas stand in a field, and their lists as lists.write does.

    `parts` are all rows of the field, some adjacent ones each, which one thread goes through.
    """
    first = parts[0].start if parts else 0
    noted = list(pool.map(lambda rows: _Noted(*_note(texts, *lemmas, *weights, first, rows.start, rows.stop)), parts))
    found = np.zeros(lemmas.many, np.int64)
    steps = np.zeros((len(lists.MOST), lemmas.many), np.int64)
    last = np.zeros(lemmas.many, np.int32)
    before = []  # of each part: how many rows and steps of each lemma there were, and the last of the rows
    for part in noted:
        known = part.known
        here = known[:, _FOUND] > 0
        before.append((found.copy(), steps.copy(), last.copy()))
        gap = known[:, _FIRST] - last
        found += known[:, _FOUND]
        steps[0] += np.where(here, gap // _MOST1, 0) + known[:, _STEPS1]
        steps[1] += np.where(here, gap // _MOST2, 0) + known[:, _STEPS2]
        last = np.where(here, known[:, _LAST], last)
    there = found.nonzero()[0]
    sizes = steps + found
    chosen = lists.narrowest(sizes)
    size = np.take_along_axis(sizes, chosen[None], 0)[0]
    made = {"found": found[there].astype(np.uint32)} | lists.empty(chosen, size)
    made["kind"], made["size"] = chosen[there].astype(np.uint8), size[there].astype(np.uint32)
    starts = lists.starts(chosen, size)

    def put(part: int) -> None:
        found, steps, last = before[part]
        state = np.zeros((lemmas.many, _SIDE), np.int64)
        state[:, _AT] = starts + found + np.take_along_axis(steps, chosen[None], 0)[0]
        state[:, _ROW], state[:, _KIND] = last, chosen
        places = tuple(made[name] for name in ("gap1", "gap2", "gap4", "code1", "code2", "code4"))
        _put(*noted[part][:3], parts[part].start - first, state, *places)

    list(pool.map(put, range(len(noted))))
    return there, made


# Words, lemmas and rows are this build's own, each number below the length of the array that it is looked up in; a row
# has no more places than the longest one, and no more lemmas than `most`, which grows with what its words may have.
@compiled_bare
def _note(  # noqa: C901, PLR0912, PLR0915 -- one loop: a call with arrays costs more than what it would do
    texts: Texts,
    known: Known,
    of: np.ndarray,
    count: int,
    divisors: np.ndarray,
    near: np.ndarray,
    first: int,
    start: int,
    stop: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    low, places, opens, rare_low, rare_high = texts
    until, weighting, ties, expects, offers, asks, way, starts, steps, plain = known
    longest = np.int64(0)
    for row in range(start, stop):
        longest = max(longest, places[row + 1, 0] - places[row, 0])
    words = np.empty(longest, np.int64)
    of_row = np.zeros(stop - start, np.uint32)
    room = places[stop, 0] - places[start, 0] + 1
    lemmas, coded = np.empty(room, np.uint32), np.empty(room, np.uint8)
    most = np.int64(256)
    sums, firsts = np.empty(most, np.int64), np.empty(most, np.int64)
    made = np.zeros((count, _ASIDE), np.int32)
    noted = np.int64(0)
    for row in range(start, stop):
        begin, rare = places[row, 0], places[row, 1]
        length = places[row + 1, 0] - begin
        needed = np.int64(0)
        for at in range(length):
            word = np.int64(low[begin + at])
            if word == RARE:
                word = np.int64(rare_high[rare]) << 16 | np.int64(rare_low[rare])
                rare += 1
            words[at] = word
            needed += until[word] - (until[word - 1] if word else 0)
        if needed > most:
            most = 2 * needed
            sums, firsts = np.empty(most, np.int64), np.empty(most, np.int64)
        if noted + needed > room:
            room = 2 * (noted + needed)
            more, more_coded = np.empty(room, np.uint32), np.empty(room, np.uint8)
            more[:noted], more_coded[:noted] = lemmas[:noted], coded[:noted]
            lemmas, coded = more, more_coded
        here, slot = row - first, np.int64(0)
        for at in range(length):
            word = words[at]
            lemma = until[word - 1] if word else 0
            many = until[word] - lemma
            weighed = np.int64(weighting[word])
            step = np.int64(starts[weighed])
            if weighed >= plain:
                place = begin + at
                kind = np.int64(0)
                if at and not opens[place >> 3] >> (7 - (place & 7)) & 1:
                    kind = 2 * np.int64(expects[ties[words[at - 1]]])
                place += 1
                if (
                    at + 1 < length
                    and not opens[place >> 3] >> (7 - (place & 7)) & 1
                    and asks[ties[word]] & offers[ties[words[at + 1]]] != 0
                ):
                    kind += 1
                step += np.int64(way[weighed * PLACES + kind]) * many
            for which in range(many):
                number = np.int64(of[lemma + which] >> np.uint32(1))
                last = made[number, _LAST]
                if last == here and made[number, _FOUND]:
                    sums[made[number, _SLOT]] += steps[step + which]
                    continue
                if not made[number, _FOUND]:
                    made[number, _FIRST] = here
                elif here - last >= _MOST1:
                    made[number, _STEPS1] += (here - last) // _MOST1
                    made[number, _STEPS2] += (here - last) // _MOST2
                made[number, _FOUND] += 1
                made[number, _LAST] = here
                made[number, _SLOT] = slot
                lemmas[noted + slot] = number
                sums[slot] = steps[step + which]
                firsts[slot] = at
                slot += 1
        divisor = divisors[here]
        before, often = -1, 0
        for which in range(slot):
            if sums[which] != before:  # of most lemmas one place, whose weight is whole
                before = sums[which]
                # As codes.write has it.
                normal = before / np.float64(WEIGHT_STEPS) / divisor
                normal /= normal + _HALF
                often = min(int(normal * _LEVELS), _LEVELS - 1) << 4
            coded[noted + which] = often | np.int64(near[firsts[which]])
        of_row[row - start] = slot
        noted += slot
    return of_row, lemmas[:noted], coded[:noted], made


# There is room for each gap and its steps: it was counted by _note.
@compiled_bare
def _put(
    of_row: np.ndarray,
    lemmas: np.ndarray,
    coded: np.ndarray,
    row: int,
    state: np.ndarray,
    gap1: np.ndarray,
    gap2: np.ndarray,
    gap4: np.ndarray,
    code1: np.ndarray,
    code2: np.ndarray,
    code4: np.ndarray,
) -> None:
    slot = 0
    for many in of_row:
        for _ in range(many):
            lemma, code = lemmas[slot], coded[slot]
            slot += 1
            at, kind = state[lemma, _AT], state[lemma, _KIND]
            gap = row - state[lemma, _ROW]
            state[lemma, _ROW] = row
            if kind == 0:
                while gap >= _MOST1:
                    gap1[at], code1[at] = _MOST1, 0
                    at += 1
                    gap -= _MOST1
                gap1[at], code1[at] = gap, code
            elif kind == 1:
                while gap >= _MOST2:
                    gap2[at], code2[at] = _MOST2, 0
                    at += 1
                    gap -= _MOST2
                gap2[at], code2[at] = gap, code
            else:
                gap4[at], code4[at] = gap, code
            state[lemma, _AT] = at + 1
        row += 1
