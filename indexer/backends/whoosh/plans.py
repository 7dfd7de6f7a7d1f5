"""What a question of words finds, and its best rows, by one call of a loop that is compiled: from a plan.

To make the arrays that `loops.rank` is given takes Python longer than to rank. So it only tells what is asked, as a
plan: rows of numbers, one for each lemma in each segment. What is to be known of these is made of it here, in the sizes
that a question has: some tens. The bounds are those of best.py, the sums those of evaluation.Scoring.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from indexer.backends.whoosh.loops import (
    ALONE,
    HELD_KINDS,
    LISTS,
    NO_SET,
    OF_KIN,
    OF_ROWS,
    PAIRS,
    TEXTS,
    TITLE_LISTS,
    TOGETHER,
    WORDS,
    Formula,
    Known,
    Leaves,
    Lists,
    Numbers,
    Rows,
    Scratch,
    Sources,
    Texts,
    Wanted,
    any_and_all,
    arrays_of,
    counted,
    known_at,
    mark,
    prepare,
    rank,
    score,
    stored_at,
    texts_at,
)
from indexer.backends.whoosh.standing import Asked
from indexer.compiled import Held, compiled, compiled_bare, viewing
from indexer.ranking import WEIGHT_STEPS

Int: TypeAlias = Any  # a whole number, of Python or of NumPy

# What a row of a plan is: a lemma of a word, or a relative of it; a lemma of a word of a phrase, or a word of a segment
# with one of its forms; a lemma that no row may have; rows that have something of a phrase. Or it tells that the next
# word of a phrase follows, the next clause, or that a clause counts side by side with the next.
LEMMA, RELATIVE, IN_PHRASE, FORM, EXCLUDED, ROWS, NEXT_IN_PHRASE, NEXT, PAIR = range(9)
KIND, PART, NUMBER, STEPS, LIST, LIST_OF_TITLES, FOUND, FLAGS = range(8)
COLUMNS = 8
ABSENT = -1  # instead of a list
FIRST, DENSE = 1, 2  # flags: the first row of its lemma; its rows are given as bits
WORD, PHRASE = 0, 1  # the steps of NEXT; its number is the set of rows with the very forms, if any is given
IN_TEXT, IN_TITLE, TYPED = 0, 1, 2  # the numbers of ROWS: what such rows have; from LIST to LIST_OF_TITLES of the gaps
# What may be given as bits: the rows that are asked for, those that have all of the query, gaps; then the sets of TYPED
# and those of lemmas that are DENSE.
AMONG, COMPLETE, GAPS, OTHERS = 0, 1, 2, 3

_view = viewing()


class Bases(NamedTuple):
    """Where the rows of a segment begin."""

    row: Int  # its first row, among all
    count: Int  # of its rows
    document: Int  # its first document, among all
    first_row: Int  # of texts, among all rows of the segment
    first_title: Int  # likewise


class Segment(NamedTuple):
    """What of a segment is read for any question."""

    lists: Lists
    title_lists: Lists
    texts: Texts
    known: Known
    lemmas: tuple[np.ndarray, np.ndarray, np.ndarray]  # see words.Words.lemmas_for_loops
    live: np.ndarray  # uint8, a bit for each of all rows; empty if none is deleted
    paragraphs: np.ndarray  # int64: where those of each of all documents start
    documents: np.ndarray  # int64: that of each of all rows
    numbers: Numbers
    bases: Bases


# The arrays of a table: see indexer.compiled.Held.
_KINDS = (
    *HELD_KINDS,
    *(np.uint32, np.uint32, np.uint8),
    *(np.uint8, np.int64, np.int64),
    *(np.float64, np.int64),
)
_LEMMAS = len(HELD_KINDS)
_LIVE, _PARAGRAPHS, _DOCUMENTS = _LEMMAS + 3, _LEMMAS + 4, _LEMMAS + 5
_NUMBERS, _BASES = _LEMMAS + 6, _LEMMAS + 7


def held(of: Segment) -> Held:
    """Return what `answer` reads of a segment, whatever is asked."""
    given = [array for fields in (of.lists, of.title_lists, of.texts, of.known) for array in arrays_of(fields)]
    given += [*of.lemmas, of.live, of.paragraphs, of.documents, np.array(of.numbers), np.array(of.bases)]
    return Held(given, _KINDS)


class Answer(NamedTuple):
    """What a question finds."""

    rows: np.ndarray  # int64, in no order: the best so many, and all that tie with the last of them
    scores: np.ndarray  # float64
    found: Int  # rows
    complete: Int  # of these, those that have all of the query
    is_whole: bool  # or some of the best score nothing, and these may be any


class _Looks(NamedTuple):
    """What is looked for in texts: each word, with its relatives or alone, has a number."""

    leaves: Leaves
    of_rows: np.ndarray  # int64, of each row of the plan
    alone: np.ndarray  # int64, of each clause: its number without relatives


@compiled
def _looks(plans: np.ndarray, clauses: Int, leaves: Int) -> _Looks:
    of_rows, alone, has_kin = np.zeros(len(plans), np.int64), np.arange(clauses + 1), np.zeros(clauses + 1, np.bool_)
    starts, words = np.zeros(leaves + 1, np.int64), np.empty(len(plans) + 2 * leaves, np.int64)
    at, leaf, next_ = np.int64(0), np.int64(0), np.int64(clauses)
    for row in range(len(plans)):
        kind = plans[row, KIND]
        of_rows[row] = next_ if IN_PHRASE <= kind <= FORM else leaf
        if kind == RELATIVE:
            has_kin[leaf] = True
        elif kind == NEXT_IN_PHRASE:
            words[at] = next_
            next_ += 1
            at += 1
        elif kind == NEXT:
            if plans[row, STEPS] == WORD:
                words[at] = leaf
                at += 1
            leaf += 1
            starts[leaf] = at
        elif kind == PAIR:
            for clause in range(plans[row, NUMBER], plans[row, NUMBER] + 2):
                if has_kin[clause] and alone[clause] == clause:
                    alone[clause] = next_
                    next_ += 1
                words[at] = alone[clause]
                at += 1
            leaf += 1
            starts[leaf] = at
    longest: Int = np.int64(1)
    for number in range(leaves):
        longest = max(longest, starts[number + 1] - starts[number])
    return _Looks(Leaves(starts, words[:at], longest, next_), of_rows, alone)


@compiled
def _wanted(plans: np.ndarray, part: Int, table: np.ndarray, looks: _Looks, of_low: np.ndarray) -> Wanted:
    """Return what is looked for in the texts of a segment."""
    of_rows, alone = looks.of_rows, looks.alone
    lemmas, forms = np.empty((3, 2 * len(plans)), np.int64), np.empty((3, len(plans)), np.int64)
    many, many_forms = np.int64(0), np.int64(0)
    for row in range(len(plans)):
        kind, number, look, steps = plans[row, KIND], plans[row, NUMBER], of_rows[row], plans[row, STEPS]
        if kind > FORM or plans[row, PART] != part:
            continue
        if kind == FORM:
            forms[0, many_forms], forms[1, many_forms], forms[2, many_forms] = number, look, steps
            many_forms += 1
            continue
        lemmas[0, many], lemmas[1, many], lemmas[2, many] = number, look, steps
        many += 1
        if kind == LEMMA and alone[look] != look:
            lemmas[0, many], lemmas[1, many], lemmas[2, many] = number, alone[look], steps
            many += 1
    return prepare(
        _view(table, _LEMMAS, np.uint32),
        _view(table, _LEMMAS + 1, np.uint32),
        _view(table, _LEMMAS + 2, np.uint8),
        Asked(lemmas[0, :many], lemmas[1, :many], lemmas[2, :many]),
        Asked(forms[0, :many_forms], forms[1, :many_forms], forms[2, :many_forms]),
        of_low,
    )


# --- which rows -------------------------------------------------------------------------------------------------------


@compiled_bare
def _add(bits: np.ndarray, others: np.ndarray) -> None:
    """Put what is in a set into another; no further than both are long."""
    for at in range(min(len(bits), len(others))):
        bits[at] |= others[at]


@compiled_bare
def _keep(bits: np.ndarray, others: np.ndarray, unless: Int) -> None:
    """Leave what is in another set too, or, with all bits of `unless`, what is not; likewise."""
    for at in range(min(len(bits), len(others))):
        bits[at] &= others[at] ^ unless


@compiled
def _numbered(plans: np.ndarray, clauses: Int, cheap: Int) -> tuple[np.ndarray, Int]:
    """Return for each row of a plan the set that its rows are put into, and how many sets there are.

    A clause has one for its lemmas, each relative with many rows has one, and the last is of what is excluded.
    """
    sets, clause, next_ = np.full(len(plans), NO_SET, np.int64), np.int64(0), np.int64(clauses)
    are_excluded = False
    for row in range(len(plans)):
        kind = plans[row, KIND]
        if kind == NEXT:
            clause += 1
        elif kind == LEMMA:
            sets[row] = clause
        elif kind == RELATIVE and plans[row, FOUND] > cheap:
            next_ += plans[row, FLAGS] & FIRST
            sets[row] = next_ - 1
    for row in range(len(plans)):
        if plans[row, KIND] == EXCLUDED:
            sets[row], are_excluded = next_, True
    return sets, next_ + are_excluded


@compiled
def _fill(
    plans: np.ndarray, of_rows: np.ndarray, tables: np.ndarray, given: np.ndarray, dense: Int, sets: np.ndarray
) -> None:
    """Put the rows of lemmas into sets; those that are given begin at `dense`."""
    for row in range(len(plans)):
        if plans[row, FLAGS] == FIRST | DENSE:
            if of_rows[row] != NO_SET:
                _add(sets[of_rows[row]].view(np.uint64), _view(given, dense, np.uint64))
            dense += 1
    asked = np.empty((len(plans), 2), np.int64)
    for part in range(len(tables)):
        many = 0
        for row in range(len(plans)):
            is_here = plans[row, PART] == part and not plans[row, FLAGS] & DENSE
            if of_rows[row] != NO_SET and is_here and plans[row, LIST] != ABSENT:
                asked[many, 0], asked[many, 1] = plans[row, LIST], of_rows[row]
                many += 1
        if many:
            mark(stored_at(tables[part], LISTS), asked[:many], _view(tables[part], _BASES, np.int64)[0], sets)


@compiled
def _numbers_of(bits: np.ndarray, many: Int) -> np.ndarray:
    """Return the rows of a set that has so many, in order."""
    rows, at, words = np.empty(many, np.int64), 0, bits.view(np.uint64)
    for word in range(len(words)):
        if words[word]:
            for byte in range(8 * word, 8 * word + 8):
                for bit in range(8):
                    if bits[byte] & (1 << bit):
                        rows[at] = 8 * byte + bit
                        at += 1
    return rows


# --- what gives how much ----------------------------------------------------------------------------------------------


# What a source is: a word in texts, or in titles, each with its relatives; those of these that have few rows, or one
# that has many; rows of a phrase.
_OF_WORD, _OF_TITLE, _OF_FEW, _OF_MANY, _OF_PHRASE = range(5)


@compiled
def _sources(  # noqa: C901, PLR0912, PLR0915 -- one loop after another: see loops.py
    plans: np.ndarray,
    of_rows: np.ndarray,
    part: Int,
    table: np.ndarray,
    gaps: np.ndarray,
    formula: Formula,
    cheap: Int,
    is_single: bool,
) -> tuple[Sources, np.ndarray]:
    """Return what words and phrases give in a segment; and what pairs may, by their first words.

    `of_rows` tells the sets of rows of the plan, `gaps` are those of ROWS. With `is_single`, there is one word, and no
    set: it is read wherever anything else is.
    """
    found, found_in_titles = stored_at(table, LISTS).found, stored_at(table, TITLE_LISTS).found
    clauses, weights, title_weights = formula.clauses, formula.weights, formula.title_weights
    # In texts and in titles: rows and lists of each word without its relatives, and rows of these.
    own, kin = np.zeros((2, clauses + 1), np.int64), np.zeros((2, clauses + 1), np.int64)
    own_lists, clause = np.zeros((2, clauses + 1), np.int64), np.int64(0)
    for row in range(len(plans)):
        kind = plans[row, KIND]
        clause += kind == NEXT
        if kind > RELATIVE or plans[row, PART] != part:
            continue
        for field in range(2):
            list_ = plans[row, LIST + field]
            if list_ != ABSENT:
                many = np.int64(found_in_titles[list_]) if field else np.int64(found[list_])
                if kind == RELATIVE:
                    kin[field, clause] += many
                else:
                    own[field, clause] += many
                    own_lists[field, clause] += 1
    pairs, more, leaf = np.zeros(PAIRS), np.zeros(clauses + 1), np.int64(clauses)
    for row in range(len(plans)):
        if plans[row, KIND] == PAIR:
            one = plans[row, NUMBER]
            other = one + 1
            if own[0, one] and own[0, other]:
                pairs[one] = formula.adjacency * weights[leaf] * (1 + formula.lead)
            if formula.title and own[1, one] and own[1, other]:
                # In a title: as much as may be wherever the rarer of them is.
                rarer = one if own[1, one] < own[1, other] else other
                more[rarer] += formula.adjacency * formula.title * title_weights[leaf]
            leaf += 1
    room = len(plans) + 3 * (clauses + 1)
    kinds, clause_of, sizes = np.empty(room, np.int64), np.empty(room, np.int64), np.zeros(room, np.int64)
    sets, mosts = np.full(room, NO_SET, np.int64), np.zeros(room)
    source_of = np.full((2, len(plans)), -1, np.int64)
    many, clause, begin = np.int64(0), np.int64(0), True
    for row in range(len(plans)):
        kind = plans[row, KIND]
        if begin and clause < clauses:
            # A word that stands nearly everywhere need not be read for its relatives.
            is_split = kin[0, clause] > 0 and own[0, clause] + kin[0, clause] > cheap
            most = weights[clause] * (1 + formula.lead)
            most_in_title = formula.title * title_weights[clause] + more[clause]
            for of in (_OF_WORD, _OF_TITLE, _OF_FEW):
                kinds[many + of], clause_of[many + of] = of, clause
                mosts[many + of] = most_in_title if of == _OF_TITLE else most
            sets[many] = NO_SET if is_single else clause
            of_word = many
            many += 3
        begin = kind == NEXT
        clause += begin
        if plans[row, PART] != part:
            continue
        if kind <= RELATIVE:
            if plans[row, LIST] != ABSENT:
                source: Int = of_word
                if is_split and kind == RELATIVE:
                    source = of_word + _OF_FEW
                    if of_rows[row] != NO_SET:
                        source = many
                        many += 1
                        kinds[source], clause_of[source], mosts[source] = _OF_MANY, clause, most
                        sets[source] = of_rows[row]
                source_of[0, row] = source
                sizes[source] += np.int64(found[plans[row, LIST]])
            if plans[row, LIST_OF_TITLES] != ABSENT:
                source_of[1, row] = of_word + _OF_TITLE
                sizes[of_word + _OF_TITLE] += np.int64(found_in_titles[plans[row, LIST_OF_TITLES]])
        elif kind == ROWS:
            kinds[many], clause_of[many], sizes[many] = _OF_PHRASE, clause, plans[row, FOUND]
            mosts[many] = weights[clause] * (1 + formula.lead)
            if plans[row, NUMBER] == IN_TITLE:
                mosts[many] = formula.title * title_weights[clause]
            elif plans[row, NUMBER] == TYPED:
                mosts[many] = formula.typed_bonus[clause]
            source_of[0, row] = many
            many += 1
    # Those that can give most are read first. A word that weighs nothing is read too if it counts side by side.
    is_paired = pairs.sum() > 0
    chosen, every = np.empty(many, np.int64), 0
    for of in range(many):
        if sizes[of] and (mosts[of] > 0 or (is_paired and kinds[of] == _OF_WORD)):
            to = every
            while to and mosts[chosen[to - 1]] < mosts[of]:
                chosen[to] = chosen[to - 1]
                to -= 1
            chosen[to] = of
            every += 1
    starts, numbers, list_weights = (
        np.zeros(every + 1, np.int64),
        np.empty(2 * len(plans), np.int64),
        np.zeros(2 * len(plans)),
    )
    hows, stops = np.empty(2 * len(plans), np.int64), np.zeros(2 * len(plans), np.int64)
    is_in_title, weight, added, most_of = np.zeros(every, np.bool_), np.zeros(every), np.zeros(every), np.empty(every)
    is_cheap, bits, dense = np.empty(every, np.bool_), np.zeros(every, np.uint32), np.full(every, NO_SET, np.int64)
    at = np.int64(0)
    for order in range(every):
        which: Int = chosen[order]
        kind, of_clause = kinds[which], clause_of[which]
        for row in range(len(plans)):
            for field in range(2):
                if source_of[field, row] != which:
                    continue
                numbers[at], hows[at] = plans[row, LIST + field], OF_KIN
                list_weights[at] = plans[row, STEPS] / WEIGHT_STEPS
                if kind == _OF_PHRASE:
                    hows[at], stops[at] = OF_ROWS, plans[row, LIST_OF_TITLES]
                    is_in_title[order] = plans[row, NUMBER] == IN_TITLE
                elif plans[row, KIND] == LEMMA:
                    hows[at] = TOGETHER if own_lists[field, of_clause] > 1 else ALONE
                at += 1
        starts[order + 1] = at
        most_of[order] = mosts[which]
        if kind == _OF_TITLE:
            is_in_title[order] = True
            weight[order], added[order] = formula.title * title_weights[of_clause], more[of_clause]
        elif kind != _OF_PHRASE:
            weight[order] = weights[of_clause]
        is_cheap[order] = sizes[which] <= cheap or kind == _OF_FEW
        if kind == _OF_WORD:
            bits[order] = np.uint32(1 << of_clause)
            is_cheap[order] = is_cheap[order] or is_single
        if not is_cheap[order]:
            dense[order] = sets[which]
    codes = np.zeros(len(gaps), np.uint8)
    return Sources(
        starts,
        numbers[:at],
        list_weights[:at],
        hows[:at],
        is_in_title,
        weight,
        added,
        most_of,
        is_cheap,
        bits,
        dense,
        gaps,
        codes,
        stops[:at],
    ), pairs


# --- a question -------------------------------------------------------------------------------------------------------


class _Found(NamedTuple):
    """The rows that a question finds, as bits."""

    of_rows: np.ndarray  # int64, of each row of the plan: the set that its rows are in; NO_SET if they are in none
    sets: np.ndarray  # uint8, a set in each row
    among: np.ndarray  # uint8: those that are found; empty if they are those of one list
    complete: np.ndarray  # uint8: those that have all of the query
    many: Int  # that are found
    many_complete: Int
    is_single: bool  # they are those of one list


@compiled
def _find(  # noqa: C901, PLR0912 -- likewise
    plans: np.ndarray,
    tables: np.ndarray,
    given: np.ndarray,
    typed: Int,
    clauses: Int,
    required: Int,
    is_together: bool,
    bonus: float,
    few: Int,
    cheap: Int,
) -> _Found:
    own, are_excluded = 0, False
    for row in range(len(plans)):
        own += plans[row, KIND] == LEMMA and plans[row, FLAGS] & FIRST
        are_excluded = are_excluded or plans[row, KIND] == EXCLUDED
    live, among_given = _view(tables[0], _LIVE, np.uint8), _view(given, AMONG, np.uint8)
    # How many rows one lemma has, its list tells; and whether one that may be among the best has it, what is read.
    is_single = clauses == 1 and own == 1 and not (are_excluded or len(live) or len(among_given) or bonus)
    many = np.int64(0)
    if is_single:
        for row in range(len(plans)):
            if plans[row, KIND] == LEMMA and plans[row, LIST] != ABSENT:
                many += np.int64(stored_at(tables[plans[row, PART]], LISTS).found[plans[row, LIST]])
        is_single = many > few
    of_rows, number_of_sets = _numbered(plans, clauses, cheap)
    if is_single:
        for row in range(len(plans)):
            of_rows[row] = of_rows[row] or NO_SET
    last = _view(tables[len(tables) - 1], _BASES, np.int64)
    width = (last[0] + last[1] + 63) // 64 * 8
    sets = np.zeros((number_of_sets, width), np.uint8)
    _fill(plans, of_rows, tables, given, OTHERS + typed, sets)
    if is_single:
        return _Found(of_rows, sets, sets[0, :0], sets[0, :0], many, many, is_single)
    if len(among_given):
        among, complete = np.zeros(width, np.uint8), np.zeros(width, np.uint8)
        _add(among, among_given)
        _add(complete, _view(given, COMPLETE, np.uint8))
        many = counted(among.view(np.uint64))
        return _Found(of_rows, sets, among, complete, many, many, is_single)
    both, many, many_complete = any_and_all(sets.view(np.uint64)[:clauses])
    bits = both.view(np.uint8)
    among, complete = bits[0], bits[1 if is_together else 0]
    if required or are_excluded or len(live):
        if not is_together:
            complete = among.copy()
        for some in (among, complete):
            for clause in range(clauses):
                if required & (1 << clause):
                    _keep(some, sets[clause], np.uint8(0))
            if are_excluded:
                _keep(some, sets[number_of_sets - 1], np.uint8(255))
            if len(live):
                _keep(some, live, np.uint8(0))
        many, many_complete = counted(among.view(np.uint64)), counted(complete.view(np.uint64))
    elif not is_together:
        many_complete = many
    return _Found(of_rows, sets, among, complete, many, many_complete, is_single)


@compiled
def _formula(plans: np.ndarray, numbers: np.ndarray, shared: np.ndarray, clauses: Int, bonus: float) -> Formula:
    leaves = len(numbers) // 3
    typed, clause = np.full(leaves, NO_SET, np.int64), 0
    for row in range(len(plans)):
        if plans[row, KIND] == NEXT:
            typed[clause] = plans[row, NUMBER]
            clause += 1
    return Formula(
        numbers[:leaves],
        numbers[leaves : 2 * leaves],
        typed,
        numbers[2 * leaves :],
        clauses,
        shared[0],
        shared[1],
        shared[2],
        shared[3],
        shared[4],
        shared[5],
        shared[6],
        shared[7],
        shared[8],
        shared[9],
        bonus,
    )


@compiled
def _joined(
    rows: np.ndarray, scores: np.ndarray, others: np.ndarray, their: np.ndarray, least: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return those of rows, and of others behind them, that score so much at least."""
    size, many = len(rows) + len(others), 0
    every, of_every = np.empty(size, np.int64), np.zeros(size)
    for at in range(size):
        row, score_ = (rows[at], scores[at]) if at < len(rows) else (others[at - len(rows)], their[at - len(rows)])
        if score_ >= least:
            every[many], of_every[many] = row, score_
            many += 1
    return every[:many], of_every[:many]


@compiled
def answer(
    plan: np.ndarray,
    numbers: np.ndarray,
    tables: np.ndarray,
    given: np.ndarray,
    scratch: Scratch,
    clauses: Int,
    required: Int,
    is_together: bool,
    bonus: float,
    most: Int,
    few: Int,
    cheap: Int,
) -> Answer:
    """Return what a question finds, and its best `most` rows.

    `plan` has COLUMNS numbers a row; `numbers` are what each leaf weighs in texts, then what in titles, then what rows
    with the very forms get; leaves are clauses and, after them, pairs. `tables` are those of `held`, of each segment;
    `given` has two numbers, as these have, for each set from AMONG on, of no bytes where none is given. A bit of
    `required` is of a clause that no row may be without. Of `few` rows, all are scored; words of `cheap` rows are read
    in any case.
    """
    plans, of_sets = plan.reshape((len(plan) // COLUMNS, COLUMNS)), given.reshape((len(given) // 2, 2))
    typed_sets = np.int64(0)
    for row in range(len(plans)):
        typed_sets += plans[row, KIND] == NEXT and plans[row, NUMBER] != NO_SET
    few = max(few, most)
    found = _find(plans, tables, of_sets, typed_sets, clauses, required, is_together, bonus, few, cheap)
    of_rows, sets, among, complete, many, many_complete, is_single = found
    if not many:
        return Answer(np.zeros(0, np.int64), np.zeros(0), many, many_complete, is_whole=True)
    typed = np.zeros((typed_sets, sets.shape[1]), np.uint8)
    for number in range(typed_sets):
        _add(typed[number], _view(of_sets, OTHERS + number, np.uint8))
    formula = _formula(plans, numbers, _view(tables[0], _NUMBERS, np.float64), clauses, bonus)
    looks = _looks(plans, clauses, np.int64(len(formula.weights)))
    paragraphs, documents = _view(tables[0], _PARAGRAPHS, np.int64), _view(tables[0], _DOCUMENTS, np.int64)
    gaps, best = _view(of_sets, GAPS, np.uint32), np.full(min(most, many), -np.inf)
    are_few = many <= few
    rows = _numbers_of(among, many) if are_few else np.zeros(0, np.int64)
    scores = np.zeros(len(rows))
    for part in range(len(tables)):
        table = tables[part]
        bases = _view(table, _BASES, np.int64)
        here = Rows(
            bases[0], bases[1], bases[2], bases[3], bases[4], paragraphs, documents, among, complete, sets, typed
        )
        if are_few:
            first, stop = np.searchsorted(rows, bases[0]), np.searchsorted(rows, bases[0] + bases[1])
            if first < stop:
                wanted = _wanted(plans, part, table, looks, scratch.first)
                texts, known = texts_at(table, TEXTS), known_at(table, WORDS)
                scores[first:stop] = score(rows[first:stop], here, formula, texts, known, wanted, looks.leaves)
            continue
        sources, pairs = _sources(plans, of_rows, part, table, gaps, formula, cheap, is_single)
        if len(sources.most):
            wanted = _wanted(plans, part, table, looks, scratch.first)
            some, their = rank(sources, pairs, table, here, formula, wanted, looks.leaves, scratch, best)
            rows, scores = _joined(rows, scores, some, their, best[0])
    if are_few:
        return Answer(rows, scores, many, many_complete, is_whole=True)
    none = np.zeros(0, np.int64)
    rows, scores = _joined(rows, scores, none, scores[:0], best[0])
    return Answer(rows, scores, many, many_complete, best[0] > 0)
