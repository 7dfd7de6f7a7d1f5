"""What takes most of the time of a ranking, as loops that are compiled (indexer.compiled): nothing here calls Python.

`count` does what standing.Standing does by array operations, `rank` what best.best does. Types are fixed by whoever
calls, for each other type is compiled once more. Functions are long here, and tuples are taken apart before a loop: for
each time that a function is called with arrays, or with tuples of them, references to these are counted, and in a loop
over places or postings that took several times as long as all the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from indexer.analysis.context import PLACES
from indexer.compiled import compiled, compiled_bare, viewing
from indexer.ranking import bm25_of, lead_of

if TYPE_CHECKING:
    from indexer.backends.whoosh.standing import Asked

Int: TypeAlias = Any  # a whole number, of Python or of NumPy

RARE = 0xFFFF  # of a place: its word's number stands elsewhere
NONE = -1  # no entry
_MOST1, _MOST2, _MOST4 = (1 << 8) - 1, (1 << 16) - 1, (1 << 32) - 1  # gaps that are no row's: see lists.py
BY_FORM = -1  # a word is wanted for its form, whatever its lemmas

_view = viewing()


class Texts(NamedTuple):
    """The places of a segment: see tokens.py."""

    low: np.ndarray  # uint16, of each place
    rows: np.ndarray  # int64, of each row and after the last: its first place, and how many rare words come before it
    opens: np.ndarray  # uint8, a bit for each place, the highest first
    rare_low: np.ndarray  # uint16
    rare_high: np.ndarray  # uint16


class Known(NamedTuple):
    """The words of a segment: see words.py."""

    until: np.ndarray  # int64
    weighting: np.ndarray  # uint16
    ties: np.ndarray  # uint16
    expects: np.ndarray  # uint8
    offers: np.ndarray  # uint32
    asks: np.ndarray  # uint32
    way: np.ndarray  # uint8: of each weighting at each place
    start: np.ndarray  # uint32: of each weighting
    steps: np.ndarray  # uint8
    plain: Int


class Wanted(NamedTuple):
    """What is looked for in texts: for each word of the segment a chain of entries, by its first."""

    bits: np.ndarray  # uint8, a bit for each frequent word, and for RARE if some are rare: small, for all places ask it
    of_low: np.ndarray  # int32, of each frequent word with a bit: its first entry
    rare_words: np.ndarray  # int64: a hash table of the rare ones; -1 where it is empty
    rare_first: np.ndarray  # int64: the first entry of each
    following: np.ndarray  # int64: the word's next entry; NOT_WANTED after the last
    lemma: np.ndarray  # int64: which of the word's lemmas it is, or BY_FORM
    asked: np.ndarray  # int64: the word of the query
    steps: np.ndarray  # int64: its weight there


class Leaves(NamedTuple):
    """What is counted: words of the query in a row, most often one."""

    starts: np.ndarray  # int64, of each, in the following; and at last where they end
    words: np.ndarray  # int64: words of the query
    longest: Int
    different: Int  # words of the query


class Bounds(NamedTuple):
    """What is known of all rows so far."""

    most: np.ndarray  # float64
    words: np.ndarray  # uint32: a bit for each word that was read
    touched: np.ndarray  # int32: the rows with anything, in no order


class Spread(NamedTuple):
    """Which rows those of a list stand for."""

    starts: np.ndarray  # int64: where the paragraphs of each document start, if lists are of documents; else empty
    live: np.ndarray  # bool, of the list's rows; empty if all are
    base: Int  # added to the list's rows


# --- where words stand ------------------------------------------------------------------------------------------------


@compiled
def prepare(
    lemma_until: np.ndarray,
    lemma_words: np.ndarray,
    lemma_numbers: np.ndarray,
    lemmas: Asked,
    forms: Asked,
    of_low: np.ndarray,
) -> Wanted:
    """Return what is looked for, told by the words that have each lemma, and by which of their lemmas it is.

    What `of_low` has before tells nothing.
    """
    lemmas_, lemma_asked, lemma_steps = lemmas
    forms_, form_asked, form_steps = forms
    many = len(forms_)
    for at in range(len(lemmas_)):
        many += lemma_until[lemmas_[at]] - (lemma_until[lemmas_[at] - 1] if lemmas_[at] else 0)
    size = 2
    while size < 2 * many:
        size *= 2
    bits = np.zeros((RARE + 1) // 8, np.uint8)
    rare_words, rare_first = np.full(size, -1, np.int64), np.full(size, NONE, np.int64)
    words = np.empty(many, np.int64)
    lemma, asked, steps, following = (
        np.empty_like(words),
        np.empty_like(words),
        np.empty_like(words),
        np.empty_like(words),
    )
    entry = 0
    for at in range(len(lemmas_)):
        first = np.int64(lemma_until[lemmas_[at] - 1]) if lemmas_[at] else np.int64(0)
        for number in range(first, lemma_until[lemmas_[at]]):
            words[entry] = lemma_words[number]
            lemma[entry], asked[entry], steps[entry] = lemma_numbers[number], lemma_asked[at], lemma_steps[at]
            entry += 1
    for at in range(len(forms_)):
        words[entry] = forms_[at]
        lemma[entry], asked[entry], steps[entry] = BY_FORM, form_asked[at], form_steps[at]
        entry += 1
    for entry in range(many):
        word = words[entry]
        low = min(word, RARE)
        is_new = not bits[low >> 3] & (1 << (low & 7))
        bits[low >> 3] |= np.uint8(1 << (low & 7))
        if word < RARE:
            following[entry] = NONE if is_new else of_low[word]
            of_low[word] = entry
        else:
            slot = word & (size - 1)  # rare words are numbered one after another
            while rare_words[slot] >= 0 and rare_words[slot] != word:
                slot = (slot + 1) & (size - 1)
            following[entry] = rare_first[slot]
            rare_words[slot], rare_first[slot] = word, entry
    return Wanted(bits, of_low, rare_words, rare_first, following, lemma, asked, steps)


@compiled
def count(  # noqa: C901, PLR0912, PLR0915 -- one loop: see above
    rows: np.ndarray,
    columns: np.ndarray,
    texts: Texts,
    known: Known,
    wanted: Wanted,
    leaves: Leaves,
    agreement: np.ndarray,
    first: np.ndarray,
) -> None:
    """Add up what leaves have in rows: the agreement of all places, and the first of them; an array's row is a leaf.

    `columns` are the columns of the rows in both arrays.
    """
    lows, of_rows, opens, rare_low, rare_high = texts
    until, weightings, ties, expects, offers, asks, ways, starts, steps, plain = known
    bits, of_low, rare_words, rare_first, following, wanted_lemma, wanted_asked, wanted_steps = wanted
    leaf_starts, leaf_words, longest, different = leaves
    mask = len(rare_words) - 1
    # The last places where something stands, by their lowest bits: what each word of the query has there, and at which.
    size = 1
    while size < longest:
        size *= 2
    last, last_at = np.zeros((size, different), np.int64), np.full((size, different), -1, np.int64)
    # The leaves that end with each word: of places, most have one.
    leaf_of, next_leaf = np.full(different, -1, np.int64), np.full(len(leaf_starts) - 1, -1, np.int64)
    for leaf in range(len(next_leaf)):
        asked = leaf_words[leaf_starts[leaf + 1] - 1]
        next_leaf[leaf], leaf_of[asked] = leaf_of[asked], leaf
    seen, matched = np.zeros(different, np.int64), np.int64(0)
    # Rows are far from one another, and what takes most of the time is to wait for them: so all are fetched before the
    # first is looked at, which the processor does side by side.
    starts_of, ends_of, rare_of = np.empty_like(rows), np.empty_like(rows), np.empty_like(rows)
    for number in range(len(rows)):
        row = rows[number]
        starts_of[number], ends_of[number] = of_rows[row, 0], of_rows[row + 1, 0]
        rare_of[number] = of_rows[row, 1] - 1  # the number of the last rare word
    fetched = np.empty((len(rows), 2), np.uint16)
    for number in range(len(rows)):
        if starts_of[number] < ends_of[number]:
            fetched[number, 0], fetched[number, 1] = lows[starts_of[number]], lows[ends_of[number] - 1]
    for number in range(len(rows)):
        column = columns[number]
        start, end, rare = starts_of[number], ends_of[number], rare_of[number]
        for place in range(start, end):
            word: Int = np.int64(lows[place])
            entry: Int
            slot: Int
            rare += word == RARE
            if not bits[word >> 3] & (1 << (word & 7)):
                continue
            if word == RARE:
                word = (np.int64(rare_high[rare]) << 16) | np.int64(rare_low[rare])
                slot = word & mask
                while rare_words[slot] >= 0 and rare_words[slot] != word:
                    slot = (slot + 1) & mask
                entry = rare_first[slot]
                if entry == NONE:
                    continue
            else:
                entry = np.int64(of_low[word])
            first_step: Int = np.int64(starts[weightings[word]])
            if weightings[word] >= plain:
                # The number of the word's place: see analysis.context.place.
                kind: Int = np.int64(0)
                beside: Int
                if place > start and not opens[place >> 3] & (128 >> (place & 7)):
                    beside = np.int64(lows[place - 1])
                    if beside == RARE:
                        at = rare - (np.int64(lows[place]) == RARE)
                        beside = (np.int64(rare_high[at]) << 16) | np.int64(rare_low[at])
                    kind = 2 * np.int64(expects[ties[beside]])
                if asks[ties[word]] and place + 1 < end and not opens[(place + 1) >> 3] & (128 >> ((place + 1) & 7)):
                    beside = np.int64(lows[place + 1])
                    if beside == RARE:
                        beside = (np.int64(rare_high[rare + 1]) << 16) | np.int64(rare_low[rare + 1])
                    kind += 1 if asks[ties[word]] & offers[ties[beside]] else 0
                many = until[word] - (until[word - 1] if word else 0)
                first_step += np.int64(ways[np.int64(weightings[word]) * PLACES + kind]) * many
            slot = place & (size - 1)
            here = entry
            while entry != NONE:
                agrees, asked = wanted_steps[entry], wanted_asked[entry]
                if wanted_lemma[entry] != BY_FORM:
                    agrees *= np.int64(steps[first_step + wanted_lemma[entry]])
                if last_at[slot, asked] != place:
                    last_at[slot, asked], last[slot, asked] = place, agrees
                else:
                    last[slot, asked] = max(last[slot, asked], agrees)
                entry = following[entry]
            # The leaves that end here; two lemmas of a word may be those of one word of the query.
            matched += 1
            while here != NONE:
                asked = wanted_asked[here]
                here = following[here]
                if seen[asked] == matched:
                    continue
                seen[asked] = matched
                leaf = leaf_of[asked]
                while leaf >= 0:
                    begin, stop = leaf_starts[leaf], leaf_starts[leaf + 1] - 1
                    least = last[slot, asked]
                    for back in range(1, stop - begin + 1):
                        at = place - back
                        before: Int = leaf_words[stop - back]
                        if at < start or last_at[at & (size - 1), before] != at:
                            least = np.int64(0)
                            break
                        least = min(least, last[at & (size - 1), before])
                    if least > 0:
                        if agreement[leaf, column] == 0:
                            first[leaf, column] = place - (stop - begin) - start
                        agreement[leaf, column] += least
                    leaf = next_leaf[leaf]


@compiled
def _longer(values: np.ndarray) -> np.ndarray:
    longer = np.empty(2 * len(values), values.dtype)
    for at in range(len(values)):
        longer[at] = values[at]
    return longer


# --- which rows words have --------------------------------------------------------------------------------------------


@compiled
def mark(stored: Stored, asked: np.ndarray, base: Int, sets: np.ndarray) -> None:
    """Put the rows of lists, from `base` on, into sets as bits, the lowest of a byte first; a set is a row of `sets`.

    `asked` are pairs: the number of a list, and that of a set. `stored` are the fields of Lists but for those of codes.
    """
    kinds, starts, sizes, found, gap1, gap2, gap4, _, _, _ = stored
    for at in range(len(asked)):
        number = asked[at, 0]
        start, stop = starts[number], starts[number] + np.int64(sizes[number])
        is_plain = sizes[number] == found[number]
        bits = sets[asked[at, 1]]
        if kinds[number] == 0:
            _mark(gap1[start:stop], -1 if is_plain else _MOST1, base, bits)
        elif kinds[number] == 1:
            _mark(gap2[start:stop], -1 if is_plain else _MOST2, base, bits)
        else:
            _mark(gap4[start:stop], -1 if is_plain else _MOST4, base, bits)


@compiled
def _mark(gaps: np.ndarray, skip: Int, row: Int, bits: np.ndarray) -> None:
    for at in range(len(gaps)):
        gap = np.int64(gaps[at])
        row += gap
        if gap != skip:
            bits[row >> 3] |= np.uint8(1 << (row & 7))


# These two look at no array's end either: both have as many columns as the sets.


@compiled_bare
def any_and_all(sets: np.ndarray) -> tuple[np.ndarray, Int, Int]:
    """Return the bits that any of some sets have, those that all have, and how many each are; a set is a row."""
    many, width = sets.shape
    both = np.empty((2, width), np.uint64)
    found, every = both[0], both[1]
    for at in range(width):
        found[at] = every[at] = sets[0, at]
    for number in range(1, many):
        bits = sets[number]
        for at in range(width):
            found[at] |= bits[at]
            every[at] &= bits[at]
    return both, counted(found), counted(every)


@compiled_bare
def counted(bits: np.ndarray) -> Int:
    """Return how many bits there are."""
    total = np.uint64(0)
    for at in range(len(bits)):
        total += bits_in(bits[at])
    return np.int64(total)


@compiled_bare
def bits_in(number: Int) -> Int:
    """Return how many bits a number of 64 has (Warren, "Hacker's Delight", 2012, figure 5-2)."""
    some = number - ((number >> np.uint64(1)) & np.uint64(0x5555555555555555))
    some = (some & np.uint64(0x3333333333333333)) + ((some >> np.uint64(2)) & np.uint64(0x3333333333333333))
    some = (some + (some >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    some += some >> np.uint64(8)
    some += some >> np.uint64(16)
    some += some >> np.uint64(32)
    return some & np.uint64(0x7F)


# --- what is held of a segment ----------------------------------------------------------------------------------------


class Stored(NamedTuple):
    """The lists of a field in a segment: see lists.py."""

    kind: np.ndarray  # uint8, of each list
    start: np.ndarray  # int64
    size: np.ndarray  # uint32
    found: np.ndarray  # uint32
    gap1: np.ndarray
    gap2: np.ndarray
    gap4: np.ndarray
    code1: np.ndarray
    code2: np.ndarray
    code4: np.ndarray


class Lists(NamedTuple):
    """Stored lists, and what their codes are taken for (codes.py): flat, for loops read these fields for each row."""

    kind: np.ndarray  # uint8, of each list
    start: np.ndarray  # int64
    size: np.ndarray  # uint32
    found: np.ndarray  # uint32
    gap1: np.ndarray
    gap2: np.ndarray
    gap4: np.ndarray
    code1: np.ndarray
    code2: np.ndarray
    code4: np.ndarray
    frequency: np.ndarray  # float64, of each code
    lead: np.ndarray  # float64, of each code
    k1: float


# The kinds of the arrays of a table, in order of the fields; a number that is a field is an array of one.
STORED_KINDS = (
    *(np.uint8, np.int64, np.uint32, np.uint32),
    *(np.uint8, np.uint16, np.uint32),
    *(np.uint8, np.uint8, np.uint8),
)
TEXTS_KINDS = np.uint16, np.int64, np.uint8, np.uint16, np.uint16
KNOWN_KINDS = (
    *(np.int64, np.uint32, np.uint16),
    *(np.uint8, np.uint32, np.uint32),
    *(np.uint8, np.uint32, np.uint8, np.int64),
)
_LISTS_KINDS = *STORED_KINDS, np.float64, np.float64, np.float64
_CODES = len(STORED_KINDS)  # where what codes are taken for begins, from where lists do
# What `rank` reads of a segment, whatever is asked; and where each begins in a table (indexer.compiled.Held).
LISTS = 0
TITLE_LISTS = LISTS + len(_LISTS_KINDS)
TEXTS = TITLE_LISTS + len(_LISTS_KINDS)
WORDS = TEXTS + len(TEXTS_KINDS)
HELD_KINDS = *_LISTS_KINDS, *_LISTS_KINDS, *TEXTS_KINDS, *KNOWN_KINDS


def arrays_of(fields: tuple[Any, ...]) -> list[np.ndarray]:
    """Return fields as a table has them: arrays, and numbers as arrays of one."""
    return [np.atleast_1d(field) for field in fields]


@compiled
def stored_at(table: np.ndarray, at: Int) -> Stored:
    """Return the lists that begin at a place of a table."""
    return Stored(
        _view(table, at, np.uint8),
        _view(table, at + 1, np.int64),
        _view(table, at + 2, np.uint32),
        _view(table, at + 3, np.uint32),
        _view(table, at + 4, np.uint8),
        _view(table, at + 5, np.uint16),
        _view(table, at + 6, np.uint32),
        _view(table, at + 7, np.uint8),
        _view(table, at + 8, np.uint8),
        _view(table, at + 9, np.uint8),
    )


@compiled
def texts_at(table: np.ndarray, at: Int) -> Texts:
    """Return the texts that begin at a place of a table."""
    rows = _view(table, at + 1, np.int64)
    return Texts(
        _view(table, at, np.uint16),
        rows.reshape((len(rows) // 2, 2)),
        _view(table, at + 2, np.uint8),
        _view(table, at + 3, np.uint16),
        _view(table, at + 4, np.uint16),
    )


@compiled
def known_at(table: np.ndarray, at: Int) -> Known:
    """Return the words that begin at a place of a table."""
    return Known(
        _view(table, at, np.int64),
        _view(table, at + 1, np.uint32),
        _view(table, at + 2, np.uint16),
        _view(table, at + 3, np.uint8),
        _view(table, at + 4, np.uint32),
        _view(table, at + 5, np.uint32),
        _view(table, at + 6, np.uint8),
        _view(table, at + 7, np.uint32),
        _view(table, at + 8, np.uint8),
        _view(table, at + 9, np.int64)[0],
    )


@compiled
def _lists_at(table: np.ndarray, at: Int) -> Lists:
    of, codes = stored_at(table, at), at + _CODES
    return Lists(
        of.kind,
        of.start,
        of.size,
        of.found,
        of.gap1,
        of.gap2,
        of.gap4,
        of.code1,
        of.code2,
        of.code4,
        _view(table, codes, np.float64),
        _view(table, codes + 1, np.float64),
        _view(table, codes + 2, np.float64)[0],
    )


# --- the best rows of words -------------------------------------------------------------------------------------------


class Sources(NamedTuple):
    """What words of the query give in texts and titles, in the order in which they are read."""

    starts: np.ndarray  # int64: of each, in the lists; and at last where they end
    numbers: np.ndarray  # int64: of the lists
    weights: np.ndarray  # float64: of the lemma of each list
    how: np.ndarray  # int64, of each list: OF_KIN, ALONE, TOGETHER or OF_ROWS
    in_title: np.ndarray  # bool
    weight: np.ndarray  # float64
    more: np.ndarray  # float64: wherever it gives anything
    most: np.ndarray  # float64
    is_cheap: np.ndarray  # bool: whether it is read though no row may be among the best by it alone
    bit: np.ndarray  # uint32: of the word in texts; 0 for none
    dense: np.ndarray  # int64: which of the sets tells the rows that have it; NO_SET if none does
    gaps: np.ndarray  # uint32: lists of rows that all have the same, as the lists of a segment are written
    codes: np.ndarray  # uint8: zeros
    stops: np.ndarray  # int64, of each list of these: where it ends there; its number is where it starts


class Rows(NamedTuple):
    """The rows of a segment."""

    base: Int  # its first paragraph
    count: Int  # of its paragraphs
    document_base: Int  # its first document
    text_base: Int  # its first paragraph among the rows of its own texts
    title_base: Int  # its first title there
    paragraphs: np.ndarray  # int64: where those of each of all documents start
    documents: np.ndarray  # int64: the document of each of all paragraphs
    among: np.ndarray  # uint8: a bit for each of all paragraphs, whether it is asked for; empty if the first word tells
    complete: np.ndarray  # uint8: likewise, whether it has all of the query
    sets: np.ndarray  # uint8, likewise for dense sources, each a row
    typed: np.ndarray  # uint8, likewise for phrases that stand there in the very forms typed


class Formula(NamedTuple):
    """The numbers of the formula: see ranking.py."""

    weights: np.ndarray  # float64, of each leaf; the pairs are the last
    title_weights: np.ndarray
    typed: np.ndarray  # int64, of each: which of the sets of typed ones tells where it gets more; NO_SET if none
    typed_bonus: np.ndarray  # float64
    clauses: Int  # leaves that are no pairs
    average: float
    k1: float
    b: float
    lead: float
    lead_words: float
    title: float
    title_average: float
    title_k1: float
    title_b: float
    adjacency: float
    bonus: float


class Numbers(NamedTuple):
    """Those of the formula that are the same for all questions: see ranking.py."""

    average: float
    k1: float
    b: float
    lead: float
    lead_words: float
    title: float
    title_average: float
    title_k1: float
    title_b: float
    adjacency: float


class Scratch(NamedTuple):
    """Arrays with a number for each row of a window."""

    known: np.ndarray  # int64, zeros before and after: the most that a row may have, and the bits of the words it has
    touched: np.ndarray  # int32
    frequency: np.ndarray  # float64: zeros before and after
    lead: np.ndarray  # float64: likewise
    gathered: np.ndarray  # int32
    first: np.ndarray  # int32: see Wanted.of_low; what is there tells nothing


# How the rows of a list count: as those of a relative, of the word itself, or of the word itself, of which other lemmas
# may stand at the same place, which counts once: then frequencies are added up, not points. Or they are of no word, and
# all have the most that the source gives.
OF_KIN, ALONE, TOGETHER, OF_ROWS = 0, 1, 2, 3
_KIND_OF_ROWS = 3  # beside those of lists.py
NO_SET = -1
# Rows that are looked at together: what is known of them stays in the processor's cache.
WINDOW = 1 << 14
# What is known of a row is one number: the lower half are bits, the upper one points as whole numbers, so many to what
# all lists together may give.
_UPPER = 32
_BITS_OF = 0xFFFFFFFF
_POINTS_OF = ~_BITS_OF
_POINTS = float(1 << 30)
PAIRS = 32  # one for each word that has a bit, and one more
_SCORED_BIT = 31  # of rows that have their score
_SCORED = 1 << _SCORED_BIT
_SLACK = 1 + 1e-7  # bounds are rounded, and added up in another order than scores
_AT_ONCE = 16  # rows that are scored before it is looked who may still be among the best
_LEVELS = 16  # of each half of a code: see codes.py

_bm25 = compiled(bm25_of)
_lead = compiled(lead_of)


# The loops over postings and rows look at no array's end. What they are given is proven instead: gaps and codes go to
# `stop` at least, and both a code and `more` have 256 values (_cursors, and the types of lists.Stored.for_loops); rows
# are only taken from `window` to `end`, which are no further apart than arrays are long; documents are looked at before
# they are asked for their paragraphs; and no more rows are touched or kept than there is room for.


@compiled_bare
def _sweep(  # noqa: C901, PLR0912 -- two loops, for functions cost: see above
    gaps: np.ndarray,
    codes: np.ndarray,
    skip: Int,
    at: Int,
    stop: Int,
    row: Int,
    window: Int,
    end: Int,
    more: np.ndarray,
    need: Int,
    is_alone: bool,
    document_starts: np.ndarray,
    known: np.ndarray,
    touched: np.ndarray,
    count: Int,
) -> tuple[Int, Int, Int]:
    """Add what a list gives in a window, by its codes; return where in it to go on, from which row, and `count`.

    `at` is the next gap, and `row` the last row before it; `count` rows of the window are touched. A gap of `skip` is
    no row's: see lists.py. A row that has less than `need` of the list cannot be among the best, whatever else it has:
    it is left out. With `document_starts`, rows are documents, and each of their paragraphs has it; one that
    goes on after the window comes again. If it is not `is_alone`, only rows that are touched get it.
    """
    room = len(touched)
    if len(document_starts) == 0:
        while at < stop:
            gap = np.int64(gaps[at])
            if gap != skip:
                place = row + gap - window
                if place >= end - window:
                    break
                packed = more[codes[at]]
                if place >= 0 and packed >= need:
                    before = known[place]
                    if before == 0 and is_alone and count < room:
                        touched[count] = place
                        count += 1
                    if before != 0 or is_alone:
                        known[place] = (before + (packed & _POINTS_OF)) | (packed & _BITS_OF)
            row += gap
            at += 1
        return at, row, count
    while at < stop:
        gap = np.int64(gaps[at])
        if gap != skip:
            here = row + gap
            if here < 0 or here + 1 >= len(document_starts) or document_starts[here] >= end:
                break
            last = document_starts[here + 1]
            packed = more[codes[at]]
            for place in range(
                max(document_starts[here], window) - window, min(last, end) - window if packed >= need else 0
            ):
                before = known[place]
                if before == 0:
                    if not is_alone:
                        continue
                    if count < room:
                        touched[count] = place
                        count += 1
                known[place] = (before + (packed & _POINTS_OF)) | (packed & _BITS_OF)
            if last > end:
                break
        row += gap
        at += 1
    return at, row, count


@compiled_bare
def _gather(
    gaps: np.ndarray,
    codes: np.ndarray,
    skip: Int,
    at: Int,
    stop: Int,
    row: Int,
    window: Int,
    end: Int,
    of_lemma: float,
    of_code: np.ndarray,
    lead_of_code: np.ndarray,
    document_starts: np.ndarray,
    frequency: np.ndarray,
    lead: np.ndarray,
    gathered: np.ndarray,
    count: Int,
) -> tuple[Int, Int, Int]:
    """Add up the frequencies of a list in a window, by its codes, and keep the highest lead; otherwise as _sweep.

    Documents are told by the first of their paragraphs in the window.
    """
    of_text = len(document_starts) == 0
    room = len(gathered)
    while at < stop:
        gap = np.int64(gaps[at])
        if gap != skip:
            here = row + gap
            if not of_text and (here < 0 or here + 1 >= len(document_starts)):
                break
            first = here if of_text else document_starts[here]
            if first >= end:
                break
            last = first + 1 if of_text else document_starts[here + 1]
            if last > window and last > first:
                place = max(first, window) - window
                if frequency[place] == 0 and count < room:
                    gathered[count] = place
                    count += 1
                frequency[place] += of_code[codes[at]] * of_lemma
                lead[place] = max(lead[place], lead_of_code[codes[at]])
            if last > end:
                break
        row += gap
        at += 1
    return at, row, count


@compiled
def _pairs_by_words(pairs: np.ndarray, scale: float) -> np.ndarray:
    """Return what pairs may give where they may be, told by eight of their bits at a time: for each eight a row."""
    many = np.int64(1)
    for pair in range(len(pairs)):
        if pairs[pair] > 0:
            many = np.int64(pair // 8 + 1)
    table = np.zeros((many, 256), np.int64)
    for pair in range(8 * many):
        points, bit = np.int64(pairs[pair] * scale) + 1 if pairs[pair] > 0 else np.int64(0), 1 << (pair & 7)
        for bits in range(256):
            table[pair // 8, bits] += points if bits & bit else 0
    return table


@compiled_bare
def _sift(
    window: Int,
    known: np.ndarray,
    touched: np.ndarray,
    count: Int,
    among: np.ndarray,
    sets: np.ndarray,
    denses: np.ndarray,
    mosts: np.ndarray,
    bits_of: np.ndarray,
    needed: Int,
    by_words: np.ndarray,
    told: Int,
    rest: Int,
    point: float,
    least: Int,
    left: np.ndarray,
    reach: np.ndarray,
    kept: Int,
) -> Int:
    """Keep the rows of a window that may reach the score of the best, and what they may reach; return how many.

    All points are whole numbers here; those of pairs are told by `by_words`. Sets tell of words that were not read,
    `rest` is what these may give. Nothing is known of any row of the window after that.
    """
    # First by what was read, without a branch for each row: nine in ten of the rows end here.
    unknown = ~told
    sifted = np.int64(0)
    for at in range(count):
        place = np.int64(touched[at])
        packed = known[place]
        total = (packed >> _UPPER) + rest
        words = packed | unknown
        both = words & (words >> 1)
        for eight in range(len(by_words)):
            total += by_words[eight, (both >> (8 * eight)) & 255]
        may_be = np.int64(total >= least) & ~(packed >> _SCORED_BIT) & 1
        known[place] = packed if may_be else np.int64(0)
        touched[sifted] = place
        sifted += may_be
    for at in range(sifted):
        place = np.int64(touched[at])
        packed = known[place]
        known[place] = 0
        row = window + place
        byte, bit = row >> 3, 1 << (row & 7)
        if not (among[byte] & bit if len(among) else packed & 1):
            continue
        words = packed | unknown
        total = (packed >> _UPPER) + rest
        for source in range(needed, len(mosts)):
            if denses[source] != NO_SET and not sets[denses[source], byte] & bit:
                words &= ~np.int64(bits_of[source])
                total -= mosts[source]
        both = words & (words >> 1)
        for eight in range(len(by_words)):
            total += by_words[eight, (both >> (8 * eight)) & 255]
        if total >= least:
            left[kept], reach[kept] = row, total * point * _SLACK
            kept += 1
    return kept


class Cursors(NamedTuple):
    """Where in its list each is."""

    at: np.ndarray  # int64: the next gap
    stop: np.ndarray  # int64
    row: np.ndarray  # int64: the last row before it
    skip: np.ndarray  # int64
    kind: np.ndarray  # int64
    more: np.ndarray  # int64: for each list what it gives by each code, as it is kept
    top: np.ndarray  # int64: for each list the most that it gives; of lists that are read together, the source's
    total: Int  # the sum of these


@compiled
def _cursors(sources: Sources, lists: Lists, title_lists: Lists, rows: Rows, scale: float) -> Cursors:
    many = len(sources.numbers)
    at, stop, row = np.zeros(many, np.int64), np.zeros(many, np.int64), np.zeros(many, np.int64)
    skip, kind, more = np.zeros(many, np.int64), np.zeros(many, np.int64), np.zeros((many, _LEVELS * _LEVELS), np.int64)
    of_level, top, total = np.zeros(_LEVELS), np.zeros(many, np.int64), np.int64(0)
    for source in range(len(sources.most)):
        together = np.int64(0)
        of = title_lists if sources.in_title[source] else lists
        weight, added, bit = sources.weight[source], sources.more[source], np.int64(sources.bit[source])
        for cursor in range(sources.starts[source], sources.starts[source + 1]):
            number = sources.numbers[cursor]
            row[cursor] = rows.document_base if sources.in_title[source] else rows.base
            if sources.how[cursor] == OF_ROWS:
                at[cursor], stop[cursor], skip[cursor], kind[cursor] = number, sources.stops[cursor], -1, _KIND_OF_ROWS
                top[cursor] = np.int64(sources.most[source] * scale) + 1
                more[cursor, 0] = top[cursor] << _UPPER
                total += top[cursor]
                continue
            size = np.int64(of.size[number])
            at[cursor], kind[cursor] = of.start[number], of.kind[number]
            stop[cursor] = at[cursor] + size
            end: Int
            if kind[cursor] == 0:
                end = min(len(of.gap1), len(of.code1))
            elif kind[cursor] == 1:
                end = min(len(of.gap2), len(of.code2))
            else:
                end = min(len(of.gap4), len(of.code4))
            if at[cursor] < 0 or stop[cursor] > end:
                raise IndexError
            skip[cursor] = -1 if size == np.int64(of.found[number]) else (1 << (8 << kind[cursor])) - 1
            if sources.how[cursor] == TOGETHER:
                together = np.int64(sources.most[source] * scale) + 1
                continue
            bits = bit if sources.how[cursor] == ALONE else np.int64(0)
            for level in range(_LEVELS):
                often = of.frequency[level * _LEVELS] * sources.weights[cursor]
                of_level[level] = often / (often + of.k1)
            for code in range(_LEVELS * _LEVELS):
                points = weight * (of_level[code // _LEVELS] + of.lead[code]) + added
                more[cursor, code] = ((np.int64(points * scale) + 1) << _UPPER) | bits
                top[cursor] = max(top[cursor], np.int64(points * scale) + 1)
            total += top[cursor]
        total += together
    return Cursors(at, stop, row, skip, kind, more, top, total)


@compiled_bare
def _read(  # noqa: C901, PLR0912 -- three kinds of lists, read in two ways
    source: Int,
    window: Int,
    end: Int,
    is_alone: bool,
    cursors: Cursors,
    sources: Sources,
    lists: Lists,
    document_starts: np.ndarray,
    scratch: Scratch,
    scale: float,
    spare: Int,
    count: Int,
) -> Int:
    """Add what a source gives in a window; return how many of its rows are touched.

    `spare` is what the best have at least beyond the most that all lists and pairs give; below zero, most often.
    """
    known, touched, frequency, lead, gathered, _ = scratch
    of_group = np.int64(0)
    for cursor in range(sources.starts[source], sources.starts[source + 1]):
        at, stop, row, skip = cursors.at[cursor], cursors.stop[cursor], cursors.row[cursor], cursors.skip[cursor]
        kind, need = cursors.kind[cursor], max(spare + cursors.top[cursor], 0) << _UPPER
        if at == stop:
            continue
        # A call for each width of gaps, which are of three types.
        if sources.how[cursor] == TOGETHER:
            weight = sources.weights[cursor]
            if kind == 0:
                at, row, of_group = _gather(
                    lists.gap1,
                    lists.code1,
                    skip,
                    at,
                    stop,
                    row,
                    window,
                    end,
                    weight,
                    lists.frequency,
                    lists.lead,
                    document_starts,
                    frequency,
                    lead,
                    gathered,
                    of_group,
                )
            elif kind == 1:
                at, row, of_group = _gather(
                    lists.gap2,
                    lists.code2,
                    skip,
                    at,
                    stop,
                    row,
                    window,
                    end,
                    weight,
                    lists.frequency,
                    lists.lead,
                    document_starts,
                    frequency,
                    lead,
                    gathered,
                    of_group,
                )
            else:
                at, row, of_group = _gather(
                    lists.gap4,
                    lists.code4,
                    skip,
                    at,
                    stop,
                    row,
                    window,
                    end,
                    weight,
                    lists.frequency,
                    lists.lead,
                    document_starts,
                    frequency,
                    lead,
                    gathered,
                    of_group,
                )
        elif kind == 0:
            at, row, count = _sweep(
                lists.gap1,
                lists.code1,
                skip,
                at,
                stop,
                row,
                window,
                end,
                cursors.more[cursor],
                need,
                is_alone,
                document_starts,
                known,
                touched,
                count,
            )
        elif kind == 1:
            at, row, count = _sweep(
                lists.gap2,
                lists.code2,
                skip,
                at,
                stop,
                row,
                window,
                end,
                cursors.more[cursor],
                need,
                is_alone,
                document_starts,
                known,
                touched,
                count,
            )
        elif kind == _KIND_OF_ROWS:
            at, row, count = _sweep(
                sources.gaps,
                sources.codes,
                skip,
                at,
                stop,
                row,
                window,
                end,
                cursors.more[cursor],
                need,
                is_alone,
                document_starts,
                known,
                touched,
                count,
            )
        else:
            at, row, count = _sweep(
                lists.gap4,
                lists.code4,
                skip,
                at,
                stop,
                row,
                window,
                end,
                cursors.more[cursor],
                need,
                is_alone,
                document_starts,
                known,
                touched,
                count,
            )
        cursors.at[cursor], cursors.row[cursor] = at, row
    for number in range(of_group):
        place = np.int64(gathered[number])
        often = frequency[place] / (frequency[place] + lists.k1) + lead[place]
        points = sources.weight[source] * often + sources.more[source]
        packed = (np.int64(points * scale) + 1) << _UPPER
        frequency[place] = lead[place] = 0.0
        last = place + 1
        if len(document_starts):
            document = np.searchsorted(document_starts, window + place, side="right")
            last = (min(document_starts[document], end) if document < len(document_starts) else end) - window
        for paragraph in range(place, last):
            before = known[paragraph]
            if before == 0:
                if not is_alone:
                    continue
                if count < len(touched):
                    touched[count] = paragraph
                    count += 1
            known[paragraph] = (before + packed) | np.int64(sources.bit[source])
    return count


@compiled
def _sink(heap: np.ndarray, of: np.ndarray, at: Int) -> None:
    """Let one of a heap, whose lowest is first, sink to its place."""
    size = len(heap)
    while 2 * at + 1 < size:
        low = 2 * at + 1
        if low + 1 < size and heap[low + 1] < heap[low]:
            low += 1
        if heap[at] <= heap[low]:
            return
        heap[at], heap[low] = heap[low], heap[at]
        of[at], of[low] = of[low], of[at]
        at = low


@compiled
def score(
    chosen: np.ndarray,
    rows: Rows,
    formula: Formula,
    texts: Texts,
    known: Known,
    wanted: Wanted,
    leaves: Leaves,
) -> np.ndarray:
    """Return the scores of rows: the sums that evaluation.Scoring makes of its columns, in the same order."""
    many = len(chosen)
    titles = many if formula.title else 0
    asked, columns = np.empty(many + titles, np.int64), np.arange(many + titles)
    for at in range(many):
        asked[at] = rows.text_base + chosen[at] - rows.base
        if titles:
            asked[many + at] = rows.title_base + rows.documents[chosen[at]] - rows.document_base
    agreement = np.zeros((len(formula.weights), many + titles))
    first = np.zeros_like(agreement)
    count(asked, columns, texts, known, wanted, leaves, agreement, first)
    of_rows, complete, weights, title_weights = texts.rows, rows.complete, formula.weights, formula.title_weights
    scores = np.zeros(many)
    for at in range(many):
        row = asked[at]
        length = float(of_rows[row + 1, 0] - of_rows[row, 0])
        title = asked[many + at] if titles else np.int64(0)
        title_length = float(of_rows[title + 1, 0] - of_rows[title, 0])
        for leaf in range(len(weights)):
            points = 0.0
            if agreement[leaf, at] > 0:
                points = _bm25(agreement[leaf, at], length, weights[leaf], formula.average, formula.k1, formula.b)
                points += _lead(first[leaf, at], weights[leaf], formula.lead, formula.lead_words)
            if titles:
                of_title = 0.0
                if agreement[leaf, many + at] > 0:
                    of_title = _bm25(
                        agreement[leaf, many + at],
                        title_length,
                        title_weights[leaf],
                        formula.title_average,
                        formula.title_k1,
                        formula.title_b,
                    )
                points += formula.title * of_title
            typed = formula.typed[leaf]
            if typed != NO_SET and rows.typed[typed, chosen[at] >> 3] & (1 << (chosen[at] & 7)):
                points += formula.typed_bonus[leaf]
            scores[at] += points if leaf < formula.clauses else formula.adjacency * points
        if formula.bonus and complete[chosen[at] >> 3] & (1 << (chosen[at] & 7)):
            scores[at] += formula.bonus
    return scores


@compiled
def rank(  # noqa: C901, PLR0912, PLR0915 -- one algorithm: see above
    sources: Sources,
    pairs: np.ndarray,
    table: np.ndarray,
    rows: Rows,
    formula: Formula,
    wanted: Wanted,
    leaves: Leaves,
    scratch: Scratch,
    best: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of a segment and their scores: all that may be among the best ones of it and of those before it.

    `best` is a heap of as many scores as there are best ones, the lowest first; it is brought up to date. `table` has
    what HELD_KINDS says, `pairs` what the word of each bit may give at most side by side with that of the next.

    Rows are swept window by window, by the sources without which none may be among the best (Turtle and Flood, 1995:
    MaxScore; the windows are those of Lucene's bulk scorer). What the best have at least is known from a few that are
    scored now and then, those of the highest bounds; the others wait until all windows are swept.
    """
    lists, title_lists = _lists_at(table, LISTS), _lists_at(table, TITLE_LISTS)
    texts, words = texts_at(table, TEXTS), known_at(table, WORDS)
    known, touched = scratch.known, scratch.touched
    among, complete, sets = rows.among, rows.complete, rows.sets
    mosts, bits_of, denses = sources.most, sources.bit, sources.dense
    every = len(mosts)
    # Each list of a source may give the most of it, by its codes alone; so much there is room for.
    every_most = pairs.sum() + formula.bonus
    for source in range(every):
        every_most += mosts[source] * (sources.starts[source + 1] - sources.starts[source])
    scale = _POINTS / every_most
    has_bonus = formula.bonus > 0
    not_used, none = np.zeros(len(best), np.int64), np.zeros(0, np.int64)
    found_rows, found_scores, found = np.empty(64, np.int64), np.empty(64), 0
    left, reach, kept = np.empty(64, np.int64), np.empty(64), 0
    # What a row may have that none of the first sources knows, for each number of them.
    elsewhere, read_bits = np.zeros(every + 1), np.int64(0)
    for source in range(every + 1):
        elsewhere[source] = mosts[source:].sum() + (0.0 if read_bits else formula.bonus)
        for pair in range(len(pairs)):
            elsewhere[source] += 0.0 if read_bits & (3 << pair) else pairs[pair]
        elsewhere[source] *= _SLACK
        if source < every:
            read_bits |= np.int64(bits_of[source])
    elsewhere[every] = 0.0
    needed = every  # so many sources: no row that has none of them may be among the best
    cursors = _cursors(sources, lists, title_lists, rows, scale)
    by_words, whole = _pairs_by_words(pairs, scale), np.empty(every, np.int64)
    for source in range(every):
        whole[source] = np.int64(mosts[source] * scale) + 1
    all_pairs = by_words[:, 255].sum()  # no row may have more of them
    all_points = cursors.total + all_pairs + np.int64(formula.bonus * scale) + 1
    last_row = rows.base + rows.count
    for number, window in enumerate(range(rows.base, last_row, len(known)), 1):
        end = min(window + len(known), last_row)
        while needed and elsewhere[needed - 1] < best[0]:
            needed -= 1
        if not needed:
            break
        count_, told, rest = np.int64(0), np.int64(0), np.int64(0)
        spare = np.int64(max(best[0] / _SLACK * scale, 0.0)) - 1 - all_points
        for source in range(every):
            is_alone = source < needed
            if is_alone or (denses[source] == NO_SET and sources.is_cheap[source]):
                of, starts = (title_lists, rows.paragraphs) if sources.in_title[source] else (lists, none)
                count_ = _read(
                    source, window, end, is_alone, cursors, sources, of, starts, scratch, scale, spare, count_
                )
                told |= np.int64(bits_of[source])
            else:
                rest += whole[source]
        if has_bonus:
            bonus = (np.int64(formula.bonus * scale) + 1) << _UPPER
            for at in range(count_):
                row = window + touched[at]
                if complete[row >> 3] & (1 << (row & 7)):
                    known[touched[at]] += bonus
        if number & (number - 1) == 0 and count_:
            # The best by their bounds: to know the least score of the best they need not be the best by score.
            least = np.int64(max(best[0] / _SLACK * scale, 0.0)) - 1
            size, enough = 0, max(least - rest - all_pairs, 0) << _UPPER
            chosen, bounds = np.empty(len(best), np.int64), np.empty(len(best), np.int64)
            for at in range(count_):
                row = window + touched[at]
                if known[touched[at]] < enough:
                    continue
                if among[row >> 3] & (1 << (row & 7)) if len(among) else known[touched[at]] & 1:
                    if size < len(best):
                        chosen[size], bounds[size] = row, known[touched[at]]
                        size += 1
                        if size == len(best):
                            for node in range(size // 2 - 1, -1, -1):
                                _sink(bounds, chosen, node)
                    elif known[touched[at]] > bounds[0]:
                        chosen[0], bounds[0] = row, known[touched[at]]
                        _sink(bounds, chosen, np.int64(0))
            scores = score(chosen[:size], rows, formula, texts, words, wanted, leaves)
            for at in range(size):
                known[chosen[at] - window] |= _SCORED
                if found == len(found_rows):
                    found_rows, found_scores = _longer(found_rows), _longer(found_scores)
                found_rows[found], found_scores[found] = chosen[at], scores[at]
                found += 1
                if scores[at] > best[0]:
                    best[0] = scores[at]
                    _sink(best, not_used, np.int64(0))
        least = np.int64(max(best[0] / _SLACK * scale, 0.0)) - 1
        while kept + count_ > len(left):
            left, reach = _longer(left), _longer(reach)
        kept = _sift(
            window,
            known,
            touched,
            count_,
            among,
            sets,
            denses,
            whole,
            bits_of,
            needed,
            by_words,
            told,
            rest,
            1 / scale,
            least,
            left,
            reach,
            kept,
        )
    many = 0
    for at in range(kept):
        if reach[at] >= best[0]:
            left[many], reach[many] = left[at], reach[at]
            many += 1
    order = np.argsort(-reach[:many])
    at = 0
    while at < many and reach[order[at]] >= best[0]:
        some = left[order[at : at + _AT_ONCE]]
        scores = score(some, rows, formula, texts, words, wanted, leaves)
        for number in range(len(some)):
            if found == len(found_rows):
                found_rows, found_scores = _longer(found_rows), _longer(found_scores)
            found_rows[found], found_scores[found] = some[number], scores[number]
            found += 1
            if scores[number] > best[0]:
                best[0] = scores[number]
                _sink(best, not_used, np.int64(0))
        at += _AT_ONCE
    return found_rows[:found], found_scores[:found]
