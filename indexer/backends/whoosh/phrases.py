"""Where the words of a phrase stand side by side, and how such rows score, as loops that are compiled.

The lists of the words are gone through as they are stored, the shortest first, and of the rows that have all words the
texts are looked through once: it is told together which rows have the phrase, which of them in the very forms typed,
and what of it counts. Whether what loops over places and postings read is there is looked at before them (`unchecked`);
what is read only where a phrase may stand is looked at as everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from indexer.analysis.context import PLACES
from indexer.compiled import compiled, unchecked
from indexer.ranking import bm25_of, lead_of

if TYPE_CHECKING:
    from indexer.backends.whoosh.loops import Known, Lists, Texts

Int: TypeAlias = Any  # a whole number, of Python or of NumPy

# What an entry is looked for by: a lemma, the form of a word of the phrase, or the form that was typed for it.
LEMMA, FORM, TYPED = 0, 1, 2
_RARE = 0xFFFF  # of a place: its word's number stands elsewhere; see tokens.py
_NONE = -1  # no entry
_ANY = 1 << 40  # more than any list is long, and than any row
# Two neighbours in the phrase are told by a bit each, for all places are asked; the rest where these may stand.
_FORMER, _LATTER = 1, 2
_BLOCK = 16  # gaps that are added up at once
_SPARSE = 4  # gaps of lists to one row, from which on they are
_WINDOW = 1 << 15  # rows that are marked at once: what is known of them stays in the processor's cache
_AHEAD = 32  # rows whose texts are fetched at once
_LINE = 32  # places of a line of the processor's cache
_FARTHEST = 255  # places from the beginning, and more than codes tell apart

_bm25 = compiled(bm25_of)
_lead = compiled(lead_of)


class Asked(NamedTuple):
    """A phrase as it is looked for in the rows of a field in a segment."""

    length: Int  # words, two at least
    entries: np.ndarray  # int64: place in the phrase; LEMMA, FORM or TYPED; number of the lemma or word; steps
    lists: np.ndarray  # int64: place in the phrase; number of a list. A row with its word is in one of those of a place
    earliest: np.ndarray  # int64, of each code of a list: nowhere before this place the row has the lemma
    first_row: Int  # of the field, among all rows of the segment


class Stretches(NamedTuple):
    """Rows that have a phrase, in order: arrays of one length."""

    rows: np.ndarray  # int64
    lengths: np.ndarray  # float64: words of the row
    agreement: np.ndarray  # float64: of all places
    first: np.ndarray  # float64: the first place
    typed: np.ndarray  # bool: whether it stands there in the very forms typed


class Formula(NamedTuple):
    """The numbers of the formula: see ranking.py."""

    weight: float
    average: float
    k1: float
    b: float
    lead: float
    lead_words: float
    typed: float  # what is added where the very forms stand
    title: float
    title_weight: float
    title_average: float
    title_k1: float
    title_b: float


class Lemmas(NamedTuple):
    """The words that have each lemma: see words.Words.lemmas_for_loops."""

    until: np.ndarray  # uint32
    words: np.ndarray  # uint32
    numbers: np.ndarray  # uint8


class _Sought(NamedTuple):
    """The words of a segment that are looked for."""

    words: np.ndarray  # int64: a hash table; -1 where it is empty
    sides: np.ndarray  # uint8: of each word there, whether it is the former or the latter of two neighbours, or either
    first: np.ndarray  # int64: likewise, its first entry
    following: np.ndarray  # int64: the word's next entry; _NONE after the last
    at: np.ndarray  # int64, of each entry: the place in the phrase
    lemma: np.ndarray  # int64: which of the word's lemmas it is; -FORM or -TYPED if it is none
    steps: np.ndarray  # int64
    former: Int  # the place in the phrase of the first of two neighbours
    is_bounded: bool  # whether the forms typed stand nowhere but where the lemmas do


# --- what is looked for -----------------------------------------------------------------------------------------------


@compiled
def _sought(  # noqa: C901 -- lemmas and forms are taken alike
    asked: Asked, lemmas: Lemmas, sizes: np.ndarray
) -> _Sought:
    """Return the words that are looked for; `sizes` are about how many rows have each word of the phrase."""
    until, words_of, numbers_of = lemmas
    entries, length = asked.entries, asked.length
    many = 0
    for number in range(len(entries)):
        lemma = entries[number, 2]
        if entries[number, 1] == LEMMA:
            many += np.int64(until[lemma]) - (np.int64(until[lemma - 1]) if lemma else np.int64(0))
        else:
            many += 1
    size = 2
    while size < 2 * many:
        size *= 2
    words, first = np.full(size, -1, np.int64), np.full(size, _NONE, np.int64)
    following, places = np.empty(many, np.int64), np.empty(many, np.int64)
    lemma_of, steps = np.empty(many, np.int64), np.empty(many, np.int64)
    has_rare = np.zeros(length, np.bool_)
    entry = 0
    for number in range(len(entries)):
        is_lemma = entries[number, 1] == LEMMA
        begin, end = np.int64(0), np.int64(1)
        if is_lemma:
            lemma = entries[number, 2]
            begin, end = np.int64(until[lemma - 1]) if lemma else np.int64(0), np.int64(until[lemma])
        for at in range(begin, end):
            word = np.int64(words_of[at]) if is_lemma else entries[number, 2]
            slot = word & (size - 1)
            while words[slot] >= 0 and words[slot] != word:
                slot = (slot + 1) & (size - 1)
            words[slot] = word
            following[entry], first[slot] = first[slot], entry
            places[entry], steps[entry] = entries[number, 0], entries[number, 3]
            lemma_of[entry] = np.int64(numbers_of[at]) if is_lemma else -entries[number, 1]
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
    is_bounded, sides = True, np.zeros(size, np.uint8)
    for slot in range(size):
        entry = first[slot]
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
    return _Sought(words, sides, first, following, places, lemma_of, steps, former, is_bounded)


@compiled
def _table(sought: _Sought) -> np.ndarray:
    """Return of each frequent word, and of all rare ones together, whether it is one of the two neighbours."""
    table = np.zeros(_RARE + 1, np.uint8)
    for slot in range(len(sought.words)):
        if sought.words[slot] >= 0:
            table[min(sought.words[slot], _RARE)] |= sought.sides[slot]
    return table


# --- rows that have all words -----------------------------------------------------------------------------------------


@unchecked
def _read(
    gaps: np.ndarray,
    codes: np.ndarray,
    skip: Int,
    start: Int,
    stop: Int,
    earliest: np.ndarray,
    rows: np.ndarray,
    begins: np.ndarray,
) -> Int:
    """Write the rows of a list, and the earliest place in each; return how many. A gap of `skip` is no row's."""
    row, many = np.int64(0), 0
    for place in range(start, stop):
        at = np.uintp(place)
        gap = np.int64(gaps[at])
        if gap < 0:
            raise IndexError
        row += gap
        if gap != skip:
            rows[many], begins[many] = row, earliest[np.uint8(codes[at])]
            many += 1
    return many


@unchecked
def _pick(
    gaps: np.ndarray,
    codes: np.ndarray,
    skip: Int,
    start: Int,
    stop: Int,
    earliest: np.ndarray,
    rows: np.ndarray,
    begins: np.ndarray,
) -> None:
    """Write the earliest place in those of a few rows that a list has, if it is before what is there."""
    # Numbers without a sign, and narrow ones: with others the compiler adds up one gap after another.
    at, end, one, block = np.uintp(start), np.uintp(stop), np.uintp(1), np.uintp(_BLOCK)
    row = np.int64(0)
    for number in range(len(rows)):
        wanted = rows[number]
        while at + block <= end:
            total = np.uint32(0)
            for ahead in range(_BLOCK):
                total += np.uint32(gaps[at + np.uintp(ahead)])
            if row + np.int64(total) >= wanted:
                break
            row += np.int64(total)
            at += block
        while at < end:
            gap = np.int64(gaps[at])
            if row + gap >= wanted and gap != skip:
                break
            row += gap
            at += one
        if at >= end:
            return
        if row + np.int64(gaps[at]) == wanted:
            begins[number] = min(begins[number], earliest[np.uint8(codes[at])])


@unchecked
def _mark(
    gaps: np.ndarray, codes: np.ndarray, at: Int, stop: Int, row: Int, window: Int, near: np.ndarray, marks: np.ndarray
) -> tuple[Int, Int]:
    """Mark the rows of a list in a window by how near to the beginning it may stand there; return where to go on.

    A gap that is no row's is marked too, as far from the beginning as can be: such a row is looked at in vain.
    """
    place, last, one, end = np.uintp(at), np.uintp(stop), np.uintp(1), window + _WINDOW
    while place < last and row + np.int64(gaps[place]) < window:
        if gaps[place] < 0:
            raise IndexError
        row += np.int64(gaps[place])
        place += one
    while place < last:
        gap = np.int64(gaps[place])
        if gap < 0:
            raise IndexError
        if row + gap >= end:
            break
        row += gap
        mark = np.uintp(row - window)
        marks[mark] = max(marks[mark], near[np.uint8(codes[place])])
        place += one
    return np.int64(place), row


@unchecked
def _marked(marks: np.ndarray, rows: np.ndarray, number: Int, window: Int, begins: np.ndarray) -> Int:
    """Write the earliest place in the rows of a window, from one of them on; return the first that is beyond it."""
    while number < len(rows) and rows[number] < window + _WINDOW:
        mark = np.int64(marks[np.uintp(rows[number] - window)])
        begins[number] = _FARTHEST - mark if mark else _ANY
        number += 1
    return number


@unchecked
def _both(
    rows: np.ndarray, begins: np.ndarray, other_rows: np.ndarray, other_begins: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of either, each once, and the earliest place in each."""
    size = len(rows) + len(other_rows)
    both, earliest = np.empty(size, np.int64), np.empty(size, np.int64)
    many = one = other = np.int64(0)
    while one < len(rows) and other < len(other_rows):
        # Without a choice of the way, which the processor would guess wrong for each second row.
        row, begin = rows[np.uintp(one)], begins[np.uintp(one)]
        other_row, other_begin = other_rows[np.uintp(other)], other_begins[np.uintp(other)]
        both[many] = min(row, other_row)
        earliest[many] = min(begin if row <= other_row else _ANY, other_begin if other_row <= row else _ANY)
        one += row <= other_row
        other += other_row <= row
        many += 1
    for at in range(one, len(rows)):
        both[many], earliest[many] = rows[at], begins[at]
        many += 1
    for at in range(other, len(other_rows)):
        both[many], earliest[many] = other_rows[at], other_begins[at]
        many += 1
    return both[:many], earliest[:many]


@unchecked
def _kept(rows: np.ndarray, begins: np.ndarray, there: np.ndarray, place: Int) -> Int:
    """Keep those of some rows that have one more word, of which it is told where it may stand; return how many."""
    many = 0
    for number in range(len(rows)):
        rows[many], begins[many] = rows[number], max(begins[number], there[number] - place)
        many += there[number] < _ANY
    return many


@compiled
def _place(lists: Lists, number: Int) -> tuple[Int, Int, Int, Int]:
    """Return the width of a list's gaps, where it starts and ends, and the gap that is no row's."""
    kind, start, size = np.int64(lists.kind[number]), lists.start[number], np.int64(lists.size[number])
    if kind == 0:
        longest = min(len(lists.gap1), len(lists.code1))
    elif kind == 1:
        longest = min(len(lists.gap2), len(lists.code2))
    else:
        longest = min(len(lists.gap4), len(lists.code4))
    if start < 0 or start + size > longest:
        raise IndexError
    skip = np.int64(-1) if size == np.int64(lists.found[number]) else np.int64((1 << (8 << kind)) - 1)
    return kind, start, start + size, skip


@compiled
def _rows_of(lists: Lists, number: Int, earliest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a list, and the earliest place in each."""
    kind, start, stop, skip = _place(lists, number)
    rows, begins = np.empty(stop - start, np.int64), np.empty(stop - start, np.int64)
    if kind == 0:
        many = _read(lists.gap1, lists.code1, skip, start, stop, earliest, rows, begins)
    elif kind == 1:
        many = _read(lists.gap2, lists.code2, skip, start, stop, earliest, rows, begins)
    else:
        many = _read(lists.gap4, lists.code4, skip, start, stop, earliest, rows, begins)
    return rows[:many], begins[:many]


@compiled
def _earliest(asked: Asked, lists: Lists, place: Int, size: Int, rows: np.ndarray) -> np.ndarray:
    """Return the earliest place of a word in each of some rows; _ANY in those that it is not in."""
    of, earliest = asked.lists, asked.earliest
    there = np.full(len(rows), _ANY, np.int64)
    many = 0
    cursors = np.empty((len(of), 4), np.int64)
    for number in range(len(of)):
        if of[number, 0] == place:
            kind, start, stop, skip = _place(lists, of[number, 1])
            cursors[many, 0], cursors[many, 1], cursors[many, 2], cursors[many, 3] = kind, start, stop, skip
            many += 1
    if size > _SPARSE * len(rows):
        for cursor in range(many):
            kind, start, stop, skip = cursors[cursor, 0], cursors[cursor, 1], cursors[cursor, 2], cursors[cursor, 3]
            if kind == 0:
                _pick(lists.gap1, lists.code1, skip, start, stop, earliest, rows, there)
            elif kind == 1:
                _pick(lists.gap2, lists.code2, skip, start, stop, earliest, rows, there)
            else:
                _pick(lists.gap4, lists.code4, skip, start, stop, earliest, rows, there)
        return there
    near, marks = np.empty(len(earliest), np.uint8), np.zeros(_WINDOW, np.uint8)
    for code in range(len(earliest)):
        near[code] = _FARTHEST - earliest[code]
    cursors[:, 3] = 0  # from here on the last row that was read
    number = np.int64(0)
    while number < len(rows):
        window = rows[number]
        marks[:] = 0
        for cursor in range(many):
            kind, at, stop, row = cursors[cursor, 0], cursors[cursor, 1], cursors[cursor, 2], cursors[cursor, 3]
            if kind == 0:
                at, row = _mark(lists.gap1, lists.code1, at, stop, row, window, near, marks)
            elif kind == 1:
                at, row = _mark(lists.gap2, lists.code2, at, stop, row, window, near, marks)
            else:
                at, row = _mark(lists.gap4, lists.code4, at, stop, row, window, near, marks)
            cursors[cursor, 1], cursors[cursor, 3] = at, row
        number = _marked(marks, rows, number, window, there)
    return there


@compiled
def _candidates(
    asked: Asked, lists: Lists, sizes: np.ndarray, live: np.ndarray, given: np.ndarray, is_given: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows that have all words, of those given if any are, and before which place none has the phrase."""
    of, earliest = asked.lists, asked.earliest
    rows, begins = given.copy(), np.zeros(len(given), np.int64)
    order = np.argsort(sizes)
    if not is_given:
        rare = order[0]
        begins = np.zeros(0, np.int64)
        rows = np.zeros(0, np.int64)
        for number in range(len(of)):
            if of[number, 0] == rare:
                more, more_begins = _rows_of(lists, of[number, 1], earliest)
                rows, begins = _both(rows, begins, more, more_begins) if len(rows) else (more, more_begins)
        begins -= rare
    for place in order if is_given else order[1:]:
        if sizes[place] >= _ANY:
            continue
        many = _kept(rows, begins, _earliest(asked, lists, place, sizes[place], rows), place)
        rows, begins = rows[:many], begins[:many]
    if len(live):
        here = live[rows]
        rows, begins = rows[here], begins[here]
    return rows, begins


# --- where the phrase stands ------------------------------------------------------------------------------------------


@unchecked
def _rare_words(lows: np.ndarray, start: Int, stop: Int) -> Int:
    """Return how many of some places have rare words."""
    many = np.uint32(0)
    for place in range(start, stop):
        many += np.uint32(lows[np.uintp(place)] == _RARE)
    return np.int64(many)


@compiled
def _word(
    place: Int, start: Int, row: Int, lows: np.ndarray, of_rows: np.ndarray, rare_low: np.ndarray, rare_high: np.ndarray
) -> Int:
    """Return the word at a place of a row that starts so."""
    if lows[place] != _RARE:
        return np.int64(lows[place])
    rare = of_rows[row, 1] + _rare_words(lows, start, place)
    return (np.int64(rare_high[rare]) << 16) | np.int64(rare_low[rare])


@unchecked
def _beside(
    rows: np.ndarray,
    begins: np.ndarray,
    asked: Asked,
    sought: _Sought,
    texts: Texts,
    table: np.ndarray,
    next_row: Int,
    found_rows: np.ndarray,
    found_places: np.ndarray,
    many: Int,
) -> tuple[Int, Int, Int]:
    """Write where the two neighbours stand side by side: the index of the row, and the place of the former.

    So many are there already; return how many there are then, and the row to go on with when there is more room; and a
    number that tells nothing, but for which nobody would read ahead.
    """
    lows, of_rows = texts.low, texts.rows
    former, is_bounded, first_row = sought.former, sought.is_bounded, asked.first_row
    after = asked.length - 2 - former  # words of the phrase that come after the two
    room = min(len(found_rows), len(found_places))
    starts, stops = np.empty(_AHEAD, np.uintp), np.empty(_AHEAD, np.uintp)
    one, touched = np.uintp(1), 0
    for first in range(next_row, len(rows), _AHEAD):
        some = min(_AHEAD, len(rows) - first)
        needed = 0
        for at in range(some):
            row = rows[first + at] + first_row
            if row < 0 or row + 1 >= len(of_rows):
                raise IndexError
            start, end = of_rows[row, 0], of_rows[row + 1, 0]
            if start < 0 or end > len(lows):
                raise IndexError
            begin, stop = start + former, end - after
            if is_bounded:
                begin += max(begins[first + at], 0)
            # Numbers without a sign: one below zero would count from the end, which is asked for each place.
            starts[at], stops[at] = np.uintp(begin), np.uintp(max(begin, stop))
            needed += max(stop - begin, 0)
        if many + needed > room:
            return many, first, touched
        # Texts of some rows are fetched from memory together, and not one after another while places wait for them.
        for at in range(some):
            for place in range(starts[at], stops[at], _LINE):
                touched += lows[np.uintp(place)]
        for at in range(some):
            place, stop = starts[at], stops[at]
            if place >= stop:
                continue
            before = table[np.uint16(lows[place])]
            place += one
            while place < stop:
                here = table[np.uint16(lows[place])]
                if before & (here >> np.uint8(1)):
                    found_rows[many], found_places[many] = first + at, np.int64(place) - 1
                    many += 1
                before = here
                place += one
    return many, len(rows), touched


@unchecked
def _settled(
    rows: np.ndarray, indices: np.ndarray, places: np.ndarray, asked: Asked, sought: _Sought, texts: Texts
) -> Int:
    """Keep those places of two neighbours where rare words are those that are looked for; return how many."""
    lows, of_rows, _, rare_low, rare_high = texts
    words, sides = sought.words, sought.sides
    mask, first_row, most_rare = len(words) - 1, asked.first_row, min(len(rare_low), len(rare_high))
    many = 0
    for number in range(len(indices)):
        place, row = places[number], rows[indices[number]] + first_row
        is_there, rare = True, np.int64(-1)
        for side in range(2):
            if is_there and lows[place + side] == _RARE:
                if rare < 0:
                    rare = of_rows[row, 1] + _rare_words(lows, of_rows[row, 0], place + side)
                else:
                    rare += 1
                if rare < 0 or rare >= most_rare:
                    raise IndexError
                word = (np.int64(rare_high[rare]) << 16) | np.int64(rare_low[rare])
                slot = word & mask
                while words[slot] >= 0 and words[slot] != word:
                    slot = (slot + 1) & mask
                is_there = bool(sides[slot] & (_FORMER << side))
        indices[many], places[many] = indices[number], place
        many += is_there
    return many


@compiled
def _look(  # noqa: C901, PLR0912, PLR0915 -- one loop: see loops.py
    rows: np.ndarray,
    indices: np.ndarray,
    places: np.ndarray,
    asked: Asked,
    sought: _Sought,
    texts: Texts,
    known: Known,
    found: Stretches,
) -> Int:
    """Write those of some rows that have the phrase, told by where neighbours stand in them; return how many."""
    lows, of_rows, opens, rare_low, rare_high = texts
    until, weightings, ties, expects, offers, asks, ways, starts, steps, plain = known
    words, _, first_of, following, places_of, lemma_of, steps_of, former, _ = sought
    found_rows, lengths, agreement, first, typed = found
    length, mask = asked.length, len(words) - 1
    many, last = 0, -1  # the index of the row that was written last
    is_typed_at_last = False
    for number in range(len(indices)):
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
            entry, best, as_typed, there = first_of[slot], np.int64(-1), False, np.int64(-1)
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
    lists: Lists,
    live: np.ndarray,
    given: np.ndarray,
    is_given: bool,
    most: Int,
    lemmas: Lemmas,
    texts: Texts,
    known: Known,
) -> tuple[Stretches, np.ndarray]:
    """Return rows that have a phrase, of those given if any are, and the rows that are left if `most` were looked at.

    `live` is a mask of rows, or empty if none is deleted.
    """
    sizes = np.zeros(asked.length, np.int64)
    for number in range(len(asked.lists)):
        sizes[asked.lists[number, 0]] += np.int64(lists.size[asked.lists[number, 1]])
    for place in range(asked.length):
        is_asked = False
        for number in range(len(asked.lists)):
            is_asked |= asked.lists[number, 0] == place
        if not is_asked:
            sizes[place] = _ANY
    rows, begins = _candidates(asked, lists, sizes, live, given, is_given)
    left = rows[most:]
    rows, begins = rows[:most], begins[:most]
    many, sought = 0, _sought(asked, lemmas, sizes)
    table, size, row = _table(sought), 1024, 0
    indices, places = np.empty(size, np.int64), np.empty(size, np.int64)
    most, row, _ = _beside(rows, begins, asked, sought, texts, table, 0, indices, places, 0)
    while row < len(rows):
        size *= 2
        more, more_places = np.empty(size, np.int64), np.empty(size, np.int64)
        more[:most], more_places[:most] = indices[:most], places[:most]
        indices, places = more, more_places
        most, row, _ = _beside(rows, begins, asked, sought, texts, table, row, indices, places, most)
    most = _settled(rows, indices[:most], places[:most], asked, sought, texts)
    indices, places = indices[:most], places[:most]
    found = Stretches(np.empty(most, np.int64), np.empty(most), np.empty(most), np.empty(most), np.empty(most, np.bool_))
    if most:
        many = _look(rows, indices, places, asked, sought, texts, known, found)
    return Stretches(
        found.rows[:many], found.lengths[:many], found.agreement[:many], found.first[:many], found.typed[:many]
    ), left


@compiled
def scores(found: Stretches, documents: np.ndarray, titles: Stretches, formula: Formula) -> np.ndarray:
    """Return the score of each row, as evaluation.Scoring adds it up; `documents` are those of all rows."""
    rows, lengths, agreement, first, typed = found
    of_titles, title_lengths, title_agreement, _, _ = titles
    made = np.zeros(len(rows))
    title = 0
    for at in range(len(rows)):
        points = 0.0
        if agreement[at] > 0:
            points = _bm25(agreement[at], lengths[at], formula.weight, formula.average, formula.k1, formula.b)
            points += _lead(first[at], formula.weight, formula.lead, formula.lead_words)
        while title < len(of_titles) and of_titles[title] < documents[rows[at]]:
            title += 1
        if title < len(of_titles) and of_titles[title] == documents[rows[at]] and title_agreement[title] > 0:
            points += formula.title * _bm25(
                title_agreement[title],
                title_lengths[title],
                formula.title_weight,
                formula.title_average,
                formula.title_k1,
                formula.title_b,
            )
        if typed[at]:
            points += formula.typed
        made[at] = points
    return made
