"""Where the words of a phrase stand side by side, and how such rows score, as loops that are compiled.

The lists of the words are gone through as they are stored, the shortest first, and of the rows that have all words the
texts are looked through once: it is told together which rows have the phrase, which of them in the very forms typed,
and what of it counts. Whether what loops over places and postings read is there is looked at before them, for each list
and each row; what is read only where a phrase may stand is looked at as everywhere (indexer.compiled).

Few functions are long here rather than many short: whatever calls another is compiled together with it once more, and
each array that one is given has its references counted.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from indexer.analysis.context import PLACES
from indexer.backends.whoosh.loops import (
    KNOWN_KINDS,
    STORED_KINDS,
    TEXTS_KINDS,
    Known,
    Numbers,
    Stored,
    Texts,
    arrays_of,
    bits_in,
    known_at,
    mark,
    stored_at,
    texts_at,
)
from indexer.compiled import Held, compiled, compiled_bare, fetching, viewing
from indexer.ranking import bm25_of, lead_of

Int: TypeAlias = Any  # a whole number, of Python or of NumPy

# What an entry is: a lemma, or a word that has the form, of what is looked for; or either, of what was typed for it.
LEMMA, FORM, TYPED, TYPED_LEMMA = 0, 1, 2, 3  # those of typed ones after those of both fields
# What else a plan has: a list with rows of a form; that the next word of the phrase follows, or the first one again.
LISTED, NEXT, AGAIN = 4, 5, 6
COLUMNS, LIST, LIST_OF_TITLES, IS_DENSE = 6, 3, 4, 5
ABSENT, NOT_ASKED = -1, -2  # instead of a list: there is no list, or it is not to be gone through
_RARE = 0xFFFF  # of a place: its word's number stands elsewhere; see tokens.py
_NONE = -1  # no entry
_ANY = 1 << 40  # more than any list is long, and than any row
# Two neighbours in the phrase are told by a bit each, for all places are asked; the rest where these may stand.
_FORMER, _LATTER = 1, 2
_BLOCK = 16  # gaps that are added up at once
_SPARSE = 32  # gaps of lists to one row, from which on they are
_FARTHEST = 255  # places from the beginning, and more than codes tell apart
_OF_RARE = 4  # another bit: of a rare word with this lower half of its number, either
_AHEAD = 8  # rows, by which texts are fetched before they are looked through
_LINE = 32  # places of a line of the processor's cache
_LINES, _RARE_ONES = 3, 8  # of a row, that are looked at without asking how many there are
_ROOM = 1 << 13  # neighbours that are kept before it is looked at what is around them

_fetch = fetching()
_view = viewing()
_bm25 = compiled(bm25_of)
_lead = compiled(lead_of)


class Asked(NamedTuple):
    """A phrase as it is looked for in the rows of a field in a segment."""

    length: Int  # words, two at least
    entries: np.ndarray  # int64: place in the phrase; LEMMA and so on; number of the lemma or word; steps
    # int64: place in the phrase; number of a list; which of the sets that are given has its rows, or ABSENT. A row with
    # its word is in one of the lists of a place.
    lists: np.ndarray
    earliest: np.ndarray  # int64, of each code of a list: nowhere before this place the row has the lemma
    first_row: Int  # of the field, among all rows of the segment


class Stretches(NamedTuple):
    """Rows that have a phrase, in order: arrays of one length."""

    rows: np.ndarray  # int64
    lengths: np.ndarray  # float64: words of the row
    agreement: np.ndarray  # float64: of all places
    first: np.ndarray  # float64: the first place
    typed: np.ndarray  # bool: whether it stands there in the very forms typed


class Weights(NamedTuple):
    """What a phrase weighs."""

    text: float
    title: float
    typed: float  # what is added where the very forms stand


class Bases(NamedTuple):
    """Where the rows of a segment begin."""

    row: Int  # its first row, among all
    document: Int  # its first document, among all
    first_row: Int  # of the field, among all rows of the segment
    first_title: Int  # likewise, of titles
    count: Int  # rows of the field


class Segment(NamedTuple):
    """What of a segment is read for any phrase."""

    lists: Stored
    title_lists: Stored
    live: np.ndarray  # bool: a mask of rows; empty if none is deleted
    lemmas: Lemmas
    texts: Texts
    known: Known
    documents: np.ndarray  # int64: that of each of all rows
    earliest: np.ndarray  # see Asked
    numbers: Numbers
    bases: Bases


class Scored(NamedTuple):
    """Rows that have a phrase, in order: arrays of one length."""

    rows: np.ndarray  # int64
    scores: np.ndarray  # float64
    typed: np.ndarray  # bool: see Stretches


class Lemmas(NamedTuple):
    """The words that have each lemma: see words.Words.lemmas_for_loops."""

    until: np.ndarray  # uint32
    words: np.ndarray  # uint32
    numbers: np.ndarray  # uint8


class Sought(NamedTuple):
    """The words of a segment that are looked for."""

    table: np.ndarray  # uint8: for each frequent word, and for all rare ones together, _FORMER and _LATTER
    words: np.ndarray  # int64: a hash table; -1 where it is empty
    sides: np.ndarray  # uint8: for each word there, _FORMER and _LATTER
    first: np.ndarray  # int64: likewise, its first entry
    following: np.ndarray  # int64: the word's next entry; _NONE after the last
    at: np.ndarray  # int64, of each entry: the place in the phrase
    lemma: np.ndarray  # int64: which of the word's lemmas it is; -FORM or -TYPED if it is none
    steps: np.ndarray  # int64
    former: Int  # the place in the phrase of the first of two neighbours
    is_bounded: bool  # whether the forms typed stand nowhere but where the lemmas do


class _Placed(NamedTuple):
    """Where the lists of the words of a phrase are."""

    kinds: np.ndarray  # uint8, of each list: which of the arrays of gaps it is in
    starts: np.ndarray  # int64: where there
    ends: np.ndarray  # int64
    skips: np.ndarray  # int64: the gap that is no row's
    sizes: np.ndarray  # int64: of each word of the phrase all gaps; _ANY if its lists are not asked


# --- what is looked for -----------------------------------------------------------------------------------------------


@compiled_bare
def _placed(asked: Asked, lists: Stored) -> _Placed:
    """Return where lists are, and that all of each is there."""
    kinds, starts, counts, found, gap1, gap2, gap4, code1, code2, code4 = lists
    of = asked.lists
    placed = _Placed(
        np.empty(len(of), np.uint8),
        np.empty(len(of), np.int64),
        np.empty(len(of), np.int64),
        np.empty(len(of), np.int64),
        np.zeros(asked.length, np.int64),
    )
    of_kinds, of_starts, ends, skips, sizes = placed
    for at in range(len(of)):
        word, number = of[at, 0], of[at, 1]
        if not 0 <= number < min(len(kinds), len(starts), len(counts), len(found)) or not 0 <= word < len(sizes):
            raise IndexError
        kind, start, size = kinds[number], starts[number], np.int64(counts[number])
        longest = min(len(gap1), len(code1)) if kind == 0 else min(len(gap2), len(code2))
        if kind > 1:
            longest = min(len(gap4), len(code4))
        if start < 0 or size < 0 or start + size > longest:
            raise IndexError
        of_kinds[at], of_starts[at], ends[at] = kind, start, start + size
        sizes[word] += size
        width = 8 << np.int64(kind) if kind < 2 else 32  # noqa: PLR2004 -- bits, of three kinds
        skips[at] = -1 if size == np.int64(found[number]) else (1 << width) - 1
    for word in range(len(sizes)):
        is_asked = False
        for at in range(len(of)):
            is_asked = is_asked or of[at, 0] == word
        if not is_asked:
            sizes[word] = _ANY
    return placed


@compiled
def _sought(  # noqa: C901, PLR0912, PLR0915 -- one loop after another
    asked: Asked, lemmas: Lemmas, sizes: np.ndarray
) -> Sought:
    """Return the words that are looked for; `sizes` are about how many rows have each word of the phrase."""
    until, words_of, numbers_of = lemmas
    entries, length = asked.entries, asked.length
    many: Int = 0
    for number in range(len(entries)):
        lemma = entries[number, 2]
        if entries[number, 1] == LEMMA or entries[number, 1] == TYPED_LEMMA:
            many += np.int64(until[lemma]) - (np.int64(until[lemma - 1]) if lemma else np.int64(0))
        else:
            many += 1
    size = 2
    while size < 2 * many:
        size *= 2
    words, first = np.empty(size, np.int64), np.empty(size, np.int64)
    for empty in range(size):
        words[empty], first[empty] = -1, _NONE
    following, places = np.empty(many, np.int64), np.empty(many, np.int64)
    lemma_of, steps = np.empty(many, np.int64), np.empty(many, np.int64)
    has_rare = np.zeros(length, np.bool_)
    entry: Int = 0
    for number in range(len(entries)):
        by = entries[number, 1]
        is_lemma = by == LEMMA or by == TYPED_LEMMA  # noqa: PLR1714 -- no sets in loops
        begin, end = np.int64(0), np.int64(1)
        if is_lemma:
            lemma = entries[number, 2]
            begin, end = np.int64(until[lemma - 1]) if lemma else np.int64(0), np.int64(until[lemma])
        for at in range(begin, end):
            word = np.int64(words_of[at]) if is_lemma else entries[number, 2]
            slot: Int = word & (size - 1)
            while words[slot] >= 0 and words[slot] != word:
                slot = (slot + 1) & (size - 1)
            words[slot] = word
            following[entry], first[slot] = first[slot], entry
            places[entry], steps[entry] = entries[number, 0], entries[number, 3]
            lemma_of[entry] = np.int64(numbers_of[at]) if by == LEMMA else -min(by, TYPED)
            if word >= _RARE:
                has_rare[places[entry]] = True
            entry += 1
    # The neighbours that stand in fewest rows; to tell rare words from each other takes longer.
    former, least = np.int64(0), np.inf
    for at in range(length - 1):
        both = float(sizes[at]) * float(sizes[at + 1])
        if has_rare[at] and has_rare[at + 1]:
            both *= 4
        if both < least:
            former, least = np.int64(at), both
    is_bounded, sides, table = True, np.zeros(size, np.uint8), np.zeros(_RARE + 1, np.uint8)
    for slot in range(size):
        entry = np.int64(first[slot])
        while entry != _NONE:
            if places[entry] == former:
                sides[slot] |= np.uint8(_FORMER)
            elif places[entry] == former + 1:
                sides[slot] |= np.uint8(_LATTER)
            if lemma_of[entry] == -TYPED:
                other = first[slot]
                while other != _NONE and (lemma_of[other] == -TYPED or places[other] != places[entry]):
                    other = following[other]
                is_bounded = is_bounded and other != _NONE
            entry = following[entry]
        if words[slot] >= 0:
            low: Int = min(words[slot], _RARE)
            table[low] |= sides[slot]
            if words[slot] >= _RARE:
                table[words[slot] & _RARE] |= np.uint8(_OF_RARE)
    return Sought(table, words, sides, first, following, places, lemma_of, steps, former, is_bounded)


@compiled
def nothing_sought() -> Sought:
    """Return what is looked for before it is known."""
    none = np.empty(0, np.int64)
    of_bytes = np.empty(0, np.uint8)
    return Sought(of_bytes, none, of_bytes, none, none, none, none, none, np.int64(0), True)  # noqa: FBT003 -- a tuple


# --- rows that have all words -----------------------------------------------------------------------------------------


class _Candidates(NamedTuple):
    """Rows in order, and before which place none of them has the phrase."""

    rows: np.ndarray  # int64
    begins: np.ndarray  # int64


@compiled_bare
def _merge(
    gaps: np.ndarray,
    codes: np.ndarray,
    next_: Int,
    stop: Int,
    skip: Int,
    word: Int,
    earliest: np.ndarray,
    old: _Candidates,
    many: Int,
    new: _Candidates,
) -> Int:
    """Write so many old rows and those of a list of a word, each once; return how many they are then."""
    old_rows, old_begins = old
    rows, begins = new
    row, here, at = np.int64(0), np.int64(0), np.int64(0)
    for place in range(np.uintp(next_), np.uintp(stop)):
        gap = np.int64(gaps[place])
        row += gap
        if not many:  # without a branch for each
            rows[np.uintp(at)], begins[np.uintp(at)] = row, earliest[codes[place]] - word
            at += np.int64(gap != skip)
            continue
        if gap == skip:
            continue
        begin = earliest[codes[place]] - word
        while here < many and old_rows[here] < row:
            rows[at], begins[at] = old_rows[here], old_begins[here]
            at += 1
            here += 1
        if here < many and old_rows[here] == row:
            begin = min(begin, old_begins[here])
            here += 1
        rows[at], begins[at] = row, begin
        at += 1
    for rest in range(here, many):
        rows[at], begins[at] = old_rows[rest], old_begins[rest]
        at += 1
    return at


@compiled_bare
def _meet(  # noqa: C901, PLR0912 -- two ways
    gaps: np.ndarray,
    codes: np.ndarray,
    next_: Int,
    stop: Int,
    skip: Int,
    rows: np.ndarray,
    many: Int,
    bits: np.ndarray,
    nearness: np.ndarray,
    there: np.ndarray,
) -> None:
    """Note which of so many rows are in a list, and how near to the beginning the word may stand there.

    `bits` are those of the rows, and perhaps of others; without any, rows are looked for one by one.
    """
    one = np.uintp(1)
    at: Int = np.uintp(next_)
    end, row, wanted, last = np.uintp(stop), np.int64(0), np.int64(0), rows[many - 1]
    if len(bits):
        while at < end:
            gap = np.int64(gaps[at])
            row += gap
            if row > last:
                break
            if bits[np.uintp(row >> 3)] & (1 << (row & 7)) and gap != skip:
                while rows[wanted] < row:
                    wanted += 1
                if rows[wanted] == row:
                    there[wanted] = max(there[wanted], nearness[codes[at]])
            at += one
        return
    while wanted < many:
        # Gaps are added up some at a time, up to the next row that is asked for.
        while at + np.uintp(_BLOCK) <= end:
            block: Int = np.uint32(0)
            for ahead in range(_BLOCK):
                block += np.uint32(gaps[at + np.uintp(ahead)])
            if row + np.int64(block) >= rows[wanted]:
                break
            row += np.int64(block)
            at += np.uintp(_BLOCK)
        while at < end:
            gap = np.int64(gaps[at])
            if row + gap >= rows[wanted] and gap != skip:
                break
            row += gap
            at += one
        if at >= end:
            break
        if row + np.int64(gaps[at]) == rows[wanted]:
            there[wanted] = max(there[wanted], nearness[codes[at]])
        wanted += 1


@compiled_bare
def _lowest(bits: Int) -> Int:
    """Return the number of the lowest of some bits: how many are below it (Warren, "Hacker's Delight", 2012, 5-1)."""
    below = (bits & (~bits + np.uint64(1))) - np.uint64(1)
    return np.int64(bits_in(below))


@compiled
def _set_of(word: Int, asked: np.ndarray, lists: Stored, given: np.ndarray, base: Int) -> np.ndarray:
    """Return the rows of a word, one of whose lists is given as a set, as bits among all rows."""
    dense: Int = np.int64(0)
    of_word = 0
    for at in range(len(asked)):
        if asked[at, 0] == word:
            of_word += 1
            dense = max(dense, asked[at, 2])
    if of_word == 1:
        return _view(given, dense, np.uint64)
    bits = _view(given, dense, np.uint64).copy()
    others = np.empty((of_word, 2), np.int64)
    many = 0
    for at in range(len(asked)):
        if asked[at, 0] != word or asked[at, 2] == dense:
            continue
        if asked[at, 2] == ABSENT:
            others[many, 0], others[many, 1] = asked[at, 1], 0
            many += 1
            continue
        other = _view(given, asked[at, 2], np.uint64)
        for number in range(min(len(bits), len(other))):
            bits[number] |= other[number]
    mark(lists, others[:many], base, bits.view(np.uint8).reshape((1, 8 * len(bits))))
    return bits


@compiled_bare
def _in_both(one: np.ndarray, other: np.ndarray, base: Int, count: Int) -> np.ndarray:
    """Return those of so many rows from `base` on that are in two sets, counted from there."""
    stop = max(min(len(one), len(other), (base + count + 63) >> 6), 0)
    # First where there are any, without a branch for each: to guess wrong took four times as long.
    places, many_places, many = np.empty(stop + 1, np.uintp), np.uintp(0), np.uintp(0)
    for number in range(np.uintp(max(base, 0) >> 6), np.uintp(stop)):
        places[many_places] = number
        many_places += np.uintp((one[number] & other[number]) != np.uint64(0))
    for at in range(many_places):
        both: Int = one[places[at]] & other[places[at]]
        while both:
            many += np.uintp(1)
            both &= both - np.uint64(1)
    rows, many = np.empty(many, np.int64), np.uintp(0)
    for at in range(many_places):
        both = one[places[at]] & other[places[at]]
        while both:
            row = 64 * np.int64(places[at]) + _lowest(both) - base
            both &= both - np.uint64(1)
            if 0 <= row < count:
                rows[many] = row
                many += np.uintp(1)
    return rows[:many]


@compiled_bare
def _note(bits: np.ndarray, base: Int, rows: np.ndarray, many: Int, there: np.ndarray) -> None:
    """Note which of so many rows are in a set: at any place from the beginning on."""
    for number in range(many):
        row = np.uintp(rows[number] + base)
        if np.int64(row >> np.uintp(6)) < len(bits):
            bit = (bits[row >> np.uintp(6)] >> np.uint64(row & np.uintp(63))) & np.uint64(1)
            there[number] = max(there[number], np.uint8(np.uint64(_FARTHEST) * bit))


@compiled
def _candidates(  # noqa: C901, PLR0912, PLR0915 -- three widths of gaps, which are of three types
    asked: np.ndarray,
    lists: Stored,
    placed: _Placed,
    earliest: np.ndarray,
    given: np.ndarray,
    base: Int,
    count: Int,
) -> tuple[np.ndarray, np.ndarray, Int]:
    """Return rows that have all words, and before which place none has the phrase; and how many these are.

    `asked` tells the word of each list, `placed` where it is; `given` has sets of rows, in which those of the segment
    begin at `base` and are so many.
    """
    _, _, _, _, gap1, gap2, gap4, code1, code2, code4 = lists
    kinds, starts, ends, skips, sizes = placed
    # Of each word, whether some of its lists are given as sets, and the gaps of the others.
    is_given, listed = np.zeros(len(sizes), np.bool_), np.zeros(len(sizes), np.int64)
    for at in range(len(asked)):
        is_given[asked[at, 0]] |= asked[at, 2] != ABSENT
        listed[asked[at, 0]] += ends[at] - starts[at] if asked[at, 2] == ABSENT else np.int64(0)
    # The rarest of the words that have lists alone, or the first two of those that have not.
    first, second = np.int64(-1), np.int64(-1)
    for word in range(len(sizes)):
        if not is_given[word] and sizes[word] < _ANY and (first < 0 or sizes[word] < sizes[first]):
            first = np.int64(word)
    if first < 0:
        for word in range(len(sizes)):
            if is_given[word]:
                first, second = np.int64(word), first
        if second < 0:
            second = first
    many: Int = np.int64(0)
    if is_given[first]:
        # Where they stand is not told by sets: from the beginning on.
        one, other = _set_of(first, asked, lists, given, base), _set_of(second, asked, lists, given, base)
        rows = _in_both(one, other, base, count)
        many = np.int64(len(rows))
        begins = np.zeros(many, np.int64)
    else:
        # The rows of the rarest word: what its lists have, each row once.
        size = sizes[first]
        here = _Candidates(np.empty(size, np.int64), np.empty(size, np.int64))
        before = _Candidates(np.empty(size, np.int64), np.empty(size, np.int64))
        for at in range(len(kinds)):
            if asked[at, 0] != first:
                continue
            here, before = before, here
            start, end, skip = starts[at], ends[at], skips[at]
            if kinds[at] == 0:
                many = _merge(gap1, code1, start, end, skip, first, earliest, before, many, here)
            elif kinds[at] == 1:
                many = _merge(gap2, code2, start, end, skip, first, earliest, before, many, here)
            else:
                many = _merge(gap4, code4, start, end, skip, first, earliest, before, many, here)
        rows, begins = here
    # Those of them that each other word has: how near to the beginning it may stand, and zero if it does not.
    there, nearness = np.empty(many, np.uint8), np.empty(len(earliest), np.uint8)
    for code in range(len(earliest)):
        nearness[code] = np.uint8(_FARTHEST - earliest[code])
    bits, none = np.empty(0, np.uint8), np.empty(0, np.uint8)
    for word in range(len(sizes)):
        is_done = word == first or word == second  # noqa: PLR1714 -- no sets in loops
        if is_done or sizes[word] >= _ANY or not many:
            continue
        there[:many] = 0
        is_sparse = listed[word] > _SPARSE * many
        if listed[word] and not is_sparse and not len(bits):
            bits = np.zeros((rows[many - 1] >> 3) + 1, np.uint8)
            for number in range(many):
                bits[rows[number] >> 3] |= np.uint8(1 << (rows[number] & 7))
        marked = none if is_sparse else bits
        for at in range(len(kinds)):
            if asked[at, 0] != word:
                continue
            start, end, skip = starts[at], ends[at], skips[at]
            if asked[at, 2] != ABSENT:
                _note(_view(given, asked[at, 2], np.uint64), base, rows, many, there)
            elif kinds[at] == 0:
                _meet(gap1, code1, start, end, skip, rows, many, marked, nearness, there)
            elif kinds[at] == 1:
                _meet(gap2, code2, start, end, skip, rows, many, marked, nearness, there)
            else:
                _meet(gap4, code4, start, end, skip, rows, many, marked, nearness, there)
        left = np.int64(0)
        for number in range(many):
            rows[left], begins[left] = rows[number], max(begins[number], _FARTHEST - np.int64(there[number]) - word)
            left += there[number] > 0
        many = left
    return rows, begins, many


# --- where the phrase stands ------------------------------------------------------------------------------------------


@compiled_bare
def _beside(  # noqa: C901, PLR0912, PLR0915 -- likewise
    rows: np.ndarray,
    begins: np.ndarray,
    next_row: Int,
    stop_row: Int,
    asked: Asked,
    sought: Sought,
    texts: Texts,
    indices: np.ndarray,
    places: np.ndarray,
) -> tuple[Int, Int]:
    """Write where the two neighbours stand side by side: the index of the row, and the place of the former.

    Return how many there are, and the row to go on with if there is no room for all.
    """
    lows, of_rows, _, rare_low, rare_high = texts
    table, words, sides, former = sought.table, sought.words, sought.sides, sought.former
    is_bounded, first_row, after = sought.is_bounded, asked.first_row, asked.length - 2 - sought.former
    mask, most_rare = len(words) - 1, min(len(rare_low), len(rare_high))
    # Where both may be rare, as one place in twelve is, it is looked first which of a row's rare words are sought.
    of_rare = table[_RARE]
    is_rare_asked = (
        (of_rare & np.uint8(_FORMER)) != 0 and (of_rare & np.uint8(_LATTER)) != 0 and most_rare >= _RARE_ONES
    )
    starts, stops = np.empty(_AHEAD, np.uintp), np.empty(_AHEAD, np.uintp)
    room, many, begun = len(indices), np.int64(0), np.int64(next_row)
    one, two = np.uintp(1), np.uintp(2)
    next_row = np.int64(stop_row)
    for turn in range(begun - 2 * _AHEAD, stop_row):
        slot: Int = turn & (_AHEAD - 1)
        if turn >= begun:
            at, stop_ = starts[slot], stops[slot]
            if many + np.int64(stop_ - at) > room:
                next_row = np.int64(turn)
                break
            if is_rare_asked:
                row = rows[turn] + first_row
                rare_at, asked_there = np.uintp(min(of_rows[row, 1], most_rare - _RARE_ONES)), np.uint8(0)
                # So many, whether the row has as many or not: not to know how many takes longer than to look.
                for ahead in range(_RARE_ONES):
                    asked_there |= table[rare_low[rare_at + np.uintp(ahead)]]
                rare_at += np.uintp(_RARE_ONES)
                rare_end = np.uintp(max(of_rows[row + 1, 1], 0))
                # Ending at the first that is sought, the loop is left as it stands: of many at once, LLVM takes longer.
                while rare_at < rare_end and not asked_there & np.uint8(_OF_RARE):
                    asked_there |= table[rare_low[rare_at]]
                    rare_at += one
                table[_RARE] = of_rare if asked_there & np.uint8(_OF_RARE) else of_rare & np.uint8(_OF_RARE)
            # Of two places side by side, one is looked at; where a word of either side stands there, those beside it.
            at += one
            while at < stop_:
                here = table[np.uint16(lows[at])]
                if here & np.uint8(_FORMER | _LATTER):
                    if here & np.uint8(_LATTER) and table[np.uint16(lows[at - one])] & np.uint8(_FORMER):
                        indices[many], places[many] = turn, np.int64(at) - 1
                        many += 1
                    if (
                        here & np.uint8(_FORMER)
                        and at + one < stop_
                        and table[np.uint16(lows[at + one])] & np.uint8(_LATTER)
                    ):
                        indices[many], places[many] = turn, np.int64(at)
                        many += 1
                at += two
        # Texts are far from one another in memory: some are fetched while others are looked through.
        if turn + 2 * _AHEAD < stop_row:
            _fetch(of_rows, rows[turn + 2 * _AHEAD] + first_row)
        later = turn + _AHEAD
        if begun <= later < stop_row:
            row = rows[later] + first_row
            if row < 0 or row + 1 >= len(of_rows):
                raise IndexError
            start, end = of_rows[row, 0], of_rows[row + 1, 0]
            if start < 0 or end > len(lows) or of_rows[row, 1] < 0 or of_rows[row + 1, 1] > most_rare:
                raise IndexError
            begin, stop = start + former, end - after
            if is_bounded:
                begin += max(begins[later], 0)
            # Numbers without a sign: one below zero would count from the end, which is asked for each place.
            starts[slot], stops[slot] = np.uintp(begin), np.uintp(max(begin, stop))
            for line in range(_LINES):
                _fetch(lows, begin + line * _LINE)
            for line in range(begin + _LINES * _LINE, stop, _LINE):
                _fetch(lows, line)
            if is_rare_asked:
                _fetch(rare_low, of_rows[row, 1])
    table[_RARE] = of_rare
    # Of all rare words one by one is told which are looked for.
    kept = np.int64(0)
    for number in range(many):
        first, row = places[number], rows[indices[number]] + first_row
        is_there, rare = True, np.int64(-1)
        for side in range(2):
            if is_there and lows[np.uintp(first + side)] == _RARE:
                if rare < 0:
                    before_it = np.uint32(0)
                    for place in range(of_rows[row, 0], first + side):
                        before_it += np.uint32(lows[np.uintp(place)] == _RARE)
                    rare = of_rows[row, 1] + np.int64(before_it)
                else:
                    rare += 1
                if rare < 0 or rare >= most_rare:
                    raise IndexError
                word = (np.int64(rare_high[rare]) << 16) | np.int64(rare_low[rare])
                slot = word & mask
                while words[slot] >= 0 and words[slot] != word:
                    slot = (slot + 1) & mask
                is_there = bool(sides[slot] & (_FORMER << side))
        indices[kept], places[kept] = indices[number], first
        kept += is_there
    return kept, next_row


@compiled
def _word(
    place: Int, start: Int, row: Int, lows: np.ndarray, of_rows: np.ndarray, rare_low: np.ndarray, rare_high: np.ndarray
) -> Int:
    """Return the word at a place of a row that starts so."""
    if lows[place] != _RARE:
        return np.int64(lows[place])
    rare = of_rows[row, 1]
    for before in range(start, place):
        rare += lows[before] == _RARE
    return (np.int64(rare_high[rare]) << 16) | np.int64(rare_low[rare])


@compiled
def _look(  # noqa: C901, PLR0912, PLR0915 -- one loop: see loops.py
    rows: np.ndarray,
    indices: np.ndarray,
    places: np.ndarray,
    neighbours: Int,
    asked: Asked,
    sought: Sought,
    texts: Texts,
    known: Known,
    found: Stretches,
    many: Int,
) -> Int:
    """Write those of some rows that have the phrase, after those that are there; return how many there are then.

    So many places of the two neighbours tell where it may stand.
    """
    lows, of_rows, opens, rare_low, rare_high = texts
    until, weightings, ties, expects, offers, asks, ways, starts, steps, plain = known
    _, words, _, first_of, following, places_of, lemma_of, steps_of, former, _ = sought
    found_rows, lengths, agreement, first, typed = found
    length, mask = asked.length, len(words) - 1
    last = np.int64(-1)  # the index of the row that was looked at last
    is_typed_at_last = False
    for number in range(neighbours):
        row = rows[indices[number]] + asked.first_row
        start, end = of_rows[row, 0], of_rows[row + 1, 0]
        begin = places[number] - former
        least, is_typed = np.int64(_ANY), True
        for at in range(length):
            place = begin + at
            word = _word(place, start, row, lows, of_rows, rare_low, rare_high)
            slot = word & mask
            while words[slot] >= 0 and words[slot] != word:
                slot = (slot + 1) & mask
            entry, as_typed = first_of[slot], False
            best: Int = np.int64(-1)
            there: Int = np.int64(-1)
            while entry != _NONE:
                if places_of[entry] == at and lemma_of[entry] == -TYPED:
                    as_typed = True
                elif places_of[entry] == at:
                    agrees = steps_of[entry]
                    if lemma_of[entry] >= 0:
                        if there < 0:  # where the steps of the word's lemmas are: see loops.count
                            weighting = np.int64(weightings[word])
                            there = np.int64(starts[weighting])
                            if weighting >= plain:
                                kind = np.int64(0)
                                if place > start and not opens[place >> 3] & (128 >> (place & 7)):
                                    beside = _word(place - 1, start, row, lows, of_rows, rare_low, rare_high)
                                    kind = 2 * np.int64(expects[ties[beside]])
                                after = place + 1
                                asking = asks[ties[word]]
                                if asking and after < end and not opens[after >> 3] & (128 >> (after & 7)):
                                    beside = _word(after, start, row, lows, of_rows, rare_low, rare_high)
                                    kind += 1 if asking & offers[ties[beside]] else 0
                                of_word = until[word] - (until[word - 1] if word else 0)
                                there += np.int64(ways[weighting * PLACES + kind]) * of_word
                        agrees *= np.int64(steps[there + lemma_of[entry]])
                    best = max(best, agrees)
                entry = following[entry]
            least, is_typed = min(least, best), is_typed and as_typed
            if least < 0 and not is_typed:
                break
        if indices[number] != last:
            last, is_typed_at_last = indices[number], False
        is_typed_at_last |= is_typed
        is_new = not many or found_rows[many - 1] != rows[last]
        if least >= 0:
            if is_new:
                found_rows[many], lengths[many], agreement[many] = rows[last], end - start, 0.0
                first[many], typed[many] = 0.0, False
                many += 1
                is_new = False
            if least > 0:
                if agreement[many - 1] == 0:
                    first[many - 1] = begin - start
                agreement[many - 1] += least
        if not is_new:
            typed[many - 1] = is_typed_at_last
    return many


@compiled
def stretches(
    asked: Asked,
    lists: Stored,
    live: np.ndarray,
    lemmas: Lemmas,
    texts: Texts,
    known: Known,
    given: np.ndarray,
    base: Int,
    count: Int,
    sought: Sought,
    begun: Int,
    most: Int,
) -> tuple[Stretches, Int, Sought]:
    """Return rows that have a phrase, and with how many of those that have all words to go on; -1 after the last.

    So many of these were looked at before, and `most` are now. `live` is a mask of rows, or empty if none is deleted.
    `given` has sets of rows, in which those of the segment begin at `base` and are so many. What is looked for is found
    out if it is not known, and is returned.
    """
    placed = _placed(asked, lists)
    rows, begins, many = _candidates(asked.lists, lists, placed, asked.earliest, given, base, count)
    if len(live):
        left = np.int64(0)
        for number in range(many):
            if live[rows[number]]:
                rows[left], begins[left] = rows[number], begins[number]
                left += 1
        many = left
    stop, row, size = min(many, begun + most), np.int64(begun), np.int64(0)
    of = max(stop - row, 0)
    found = Stretches(np.empty(of, np.int64), np.empty(of), np.empty(of), np.empty(of), np.empty(of, np.bool_))
    if of:
        if not len(sought.table):
            sought = _sought(asked, lemmas, placed.sizes)
        room = np.int64(_ROOM)
        indices, places = np.empty(room, np.int64), np.empty(room, np.int64)
        while row < stop:
            neighbours, next_row = _beside(rows, begins, row, stop, asked, sought, texts, indices, places)
            if next_row == row:
                room *= 4
                indices, places = np.empty(room, np.int64), np.empty(room, np.int64)
            row = next_row
            size = _look(rows, indices, places, neighbours, asked, sought, texts, known, found, size)
    return (
        Stretches(
            found.rows[:size], found.lengths[:size], found.agreement[:size], found.first[:size], found.typed[:size]
        ),
        (stop if stop < many else np.int64(-1)),
        sought,
    )


@compiled
def _scores(
    found: Stretches,
    titles: Stretches,
    base: Int,
    document_base: Int,
    documents: np.ndarray,
    formula: np.ndarray,
    weights: Weights,
) -> np.ndarray:
    """Return the score of each row, as evaluation.Scoring adds it up; a segment's rows and documents begin so."""
    rows, lengths, agreement, first, typed = found
    of_titles, title_lengths, title_agreement, _, _ = titles
    average, k1, b, lead, lead_words, of_title, title_average, title_k1, title_b = (
        formula[0],
        formula[1],
        formula[2],
        formula[3],
        formula[4],
        formula[5],
        formula[6],
        formula[7],
        formula[8],
    )
    made = np.zeros(len(rows))
    title = 0
    for at in range(len(rows)):
        points = 0.0
        if agreement[at] > 0:
            points = _bm25(agreement[at], lengths[at], weights.text, average, k1, b)
            points += _lead(first[at], weights.text, lead, lead_words)
        if title < len(of_titles):
            document = documents[base + rows[at]] - document_base
            while title < len(of_titles) and of_titles[title] < document:
                title += 1
            if title < len(of_titles) and of_titles[title] == document and title_agreement[title] > 0:
                points += of_title * _bm25(
                    title_agreement[title],
                    title_lengths[title],
                    weights.title,
                    title_average,
                    title_k1,
                    title_b,
                )
        if typed[at]:
            points += weights.typed
        made[at] = points
    return made


# --- a segment, and what is asked of it -------------------------------------------------------------------------------

# The arrays of a table, and where each begins: see indexer.compiled.Held.
_KINDS = (
    *(*STORED_KINDS, *STORED_KINDS, *TEXTS_KINDS, *KNOWN_KINDS),
    np.bool_,
    *(np.uint32, np.uint32, np.uint8),
    *(np.int64, np.int64, np.float64, np.int64),
)
_LISTS = 0
_TITLE_LISTS = _LISTS + len(STORED_KINDS)
_TEXTS = _TITLE_LISTS + len(STORED_KINDS)
_WORDS = _TEXTS + len(TEXTS_KINDS)
_LIVE = _WORDS + len(KNOWN_KINDS)
_LEMMAS = _LIVE + 1
_DOCUMENTS = _LEMMAS + 3
_EARLIEST, _FORMULA, _BASES = _DOCUMENTS + 1, _DOCUMENTS + 2, _DOCUMENTS + 3


def held(of: Segment) -> Held:
    """Return what `scored` reads of a segment, whatever phrase is asked."""
    given = arrays_of(of.lists) + arrays_of(of.title_lists) + arrays_of(of.texts) + arrays_of(of.known)
    given += [of.live, *of.lemmas, of.documents, of.earliest, np.array(of.numbers), np.array(of.bases)]
    return Held(given, _KINDS)


@compiled
def _asked(plan: np.ndarray, column: Int, length: Int, earliest: np.ndarray, first_row: Int) -> Asked:
    """Return what a plan says of the field whose lists are in a column; no lists if there is none of a word."""
    entries, lists = np.empty((len(plan), 4), np.int64), np.empty((len(plan), 3), np.int64)
    is_there = np.zeros(length, np.bool_)
    at, many, listed, dense = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for row in range(len(plan)):
        kind, list_, set_ = plan[row, 0], plan[row, column], np.int64(ABSENT)
        if plan[row, IS_DENSE]:
            set_ = dense if column == LIST else set_
            dense += 1
        if kind >= NEXT:
            at = at + 1 if kind == NEXT else np.int64(0)
            continue
        if kind == LEMMA or kind == LISTED:  # noqa: PLR1714, SIM109 -- no sets in loops
            if list_ == ABSENT:
                continue
            is_there[at] = True
            if list_ != NOT_ASKED:
                lists[listed, 0], lists[listed, 1], lists[listed, 2] = at, list_, set_
                listed += 1
        if kind <= FORM or (kind <= TYPED_LEMMA and column == LIST):
            entries[many, 0], entries[many, 1] = at, kind
            entries[many, 2], entries[many, 3] = plan[row, 1], plan[row, 2]
            many += 1
    for word in range(length):
        if not is_there[word]:
            listed = np.int64(0)
    return Asked(length, entries[:many], lists[:listed], earliest, first_row)


@compiled
def scored(
    plan: np.ndarray,
    table: np.ndarray,
    length: Int,
    weight: float,
    in_title: float,
    typed: float,
    given: np.ndarray,
    begun: Int,
    most: Int,
) -> tuple[Scored, Int]:
    """Return rows of a segment that have a phrase, with their scores; and how to go on: see stretches.

    A plan has COLUMNS numbers for each thing that is looked for, word by word: LEMMA and so on; the number of the lemma
    or word; its steps; a list of its rows; one of titles; and whether the next of the sets that are `given` has its
    rows. `table` is that of `held`, `given` has two numbers for each set, as a table has.
    """
    lists, texts, known = stored_at(table, _LISTS), texts_at(table, _TEXTS), known_at(table, _WORDS)
    live = _view(table, _LIVE, np.bool_)
    lemmas = Lemmas(
        _view(table, _LEMMAS, np.uint32), _view(table, _LEMMAS + 1, np.uint32), _view(table, _LEMMAS + 2, np.uint8)
    )
    documents, earliest = _view(table, _DOCUMENTS, np.int64), _view(table, _EARLIEST, np.int64)
    formula, bases = _view(table, _FORMULA, np.float64), _view(table, _BASES, np.int64)
    row, document, first_row, first_title = bases[0], bases[1], bases[2], bases[3]
    plans, sets = plan.reshape((len(plan) // COLUMNS, COLUMNS)), given.reshape((len(given) // 2, 2))
    nothing, no_numbers, no_marks = np.empty(0, np.int64), np.empty(0), np.empty(0, np.bool_)
    asked = _asked(plans, np.int64(LIST), length, earliest, first_row)
    if not len(asked.lists):
        return Scored(nothing, no_numbers, no_marks), np.int64(-1)
    found, next_, sought = stretches(
        asked, lists, live, lemmas, texts, known, sets, row, bases[4], nothing_sought(), begun, most
    )
    titles = Stretches(nothing, no_numbers, no_numbers, no_numbers, no_marks)
    if len(found.rows):
        in_titles = _asked(plans, np.int64(LIST_OF_TITLES), length, earliest, first_title)
        if len(in_titles.lists):
            # Of deleted documents, there are no rows. What is looked for is the same: forms that were typed as well.
            titles, _, _ = stretches(
                in_titles,
                stored_at(table, _TITLE_LISTS),
                live[:0],
                lemmas,
                texts,
                known,
                sets,
                row,
                bases[4],
                sought,
                np.int64(0),
                np.int64(_ANY),
            )
    weights = Weights(weight, in_title, typed)
    points = _scores(found, titles, row, document, documents, formula, weights)
    for at in range(len(found.rows)):
        found.rows[at] += row
    return Scored(found.rows, points, found.typed), next_
