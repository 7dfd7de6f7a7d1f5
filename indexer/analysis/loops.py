"""What bulk does of every character and of every token, as compiled loops; the rules it asks stay where they are.

All stay within their arrays, as is said beside each, and so need not look (compiled_bare). What may be is written at
once and is kept by counting it: to jump over it would be foretold wrongly at every other end of a word.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from indexer.compiled import compiled_bare

Int: TypeAlias = Any  # a whole number, of Python or of NumPy


class Asked(NamedTuple):
    """Bits of characters, as uint16: wider ones would be compared fewer at once."""

    word: Int  # what words are made of
    small: Int  # lower-case letters of our alphabets
    delimiter: Int
    space: Int
    bracket: Int  # half of the code points of round ones


class Seen(NamedTuple):
    """Characters that rules look at, as indices, in order."""

    kinds: np.ndarray  # of all: bits
    starts: np.ndarray  # of runs of characters of words
    stops: np.ndarray
    odd: np.ndarray  # characters of these that are not small
    delimiters: np.ndarray  # with a space behind them
    brackets: np.ndarray


@compiled_bare
def look(points: np.ndarray, table: np.ndarray, far: np.ndarray, of_far: np.ndarray, asked: Asked) -> Seen:
    """Return what is seen of characters; `of_far` are the bits of those at `far`, which the table does not reach.

    No word and no delimiter may be at either end.
    """
    word, small, delimiter, space, bracket = asked
    many = len(points)
    # What asks for nothing but one character and that before it is done for several at once, if nothing else is.
    kinds = np.empty(many, np.uint16)
    for at in range(many):
        kinds[at] = table[points[at]] if points[at] < len(table) else 0
    for at in range(len(far)):
        kinds[far[at]] = of_far[at]
    marks = np.empty(many, np.uint8)
    marks[0] = 0
    for at in range(1, many):
        kind, before = kinds[at], kinds[at - 1]
        is_word = kind & word != 0
        is_edge = is_word != (before & word != 0)
        is_odd = is_word & (kind & small == 0)
        is_behind_delimiter = (before & delimiter != 0) & (kind & space != 0)
        is_bracket = points[at] >> np.uint32(1) == bracket
        marks[at] = (
            np.uint8(is_edge)
            | np.uint8(is_odd) << np.uint8(1)
            | np.uint8(is_behind_delimiter) << np.uint8(2)
            | np.uint8(is_bracket) << np.uint8(3)
        )
    # Each array has room for one more than can be kept: whatever is not kept is written there too.
    marked = np.empty(many + 1, np.int32)
    count = 0
    for at in range(many):
        marked[count] = at
        count += marks[at] != 0
    edges, odd = np.empty(count + 1, np.intp), np.empty(count + 1, np.intp)
    delimiters, brackets = np.empty(count + 1, np.intp), np.empty(count + 1, np.intp)
    edge_count = odd_count = delimiter_count = bracket_count = 0
    for number in range(count):
        at = marked[number]
        mark: Int = np.intp(marks[at])
        edges[edge_count] = odd[odd_count] = brackets[bracket_count] = at
        delimiters[delimiter_count] = at - 1
        edge_count += mark & 1
        odd_count += mark >> 1 & 1
        delimiter_count += mark >> 2 & 1
        bracket_count += mark >> 3
    return Seen(
        kinds,
        edges[:edge_count:2].copy(),
        edges[1:edge_count:2].copy(),
        odd[:odd_count].copy(),
        delimiters[:delimiter_count].copy(),
        brackets[:bracket_count].copy(),
    )


@compiled_bare
def joined(
    runs: tuple[np.ndarray, np.ndarray],
    is_token: np.ndarray,
    ruled: np.ndarray,
    sentences: np.ndarray,
    first: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return tokens: those of the runs that are one, and those that rules have told, in order of where they start.

    Beside where they start and stop: whether each is the first behind one of the places where sentences begin, and how
    many there are behind each of the places where texts begin.
    """
    starts, stops = runs
    many = len(starts) + len(ruled)
    new_starts, new_stops, opens = np.empty(many, np.intp), np.empty(many, np.intp), np.empty(many, np.bool_)
    lengths = np.zeros(len(first), np.intp)
    count = rule = sentence = 0
    text = -1
    run = 0
    while run < len(starts) or rule < len(ruled):  # each step takes one of either: `count` stays below their sum
        if rule < len(ruled) and (run == len(starts) or ruled[rule, 0] < starts[run]):
            start, stop = ruled[rule, 0], ruled[rule, 1]
            rule += 1
        else:
            start, stop = starts[run], stops[run]
            run += 1
            if not is_token[run - 1]:
                continue
        new_starts[count], new_stops[count] = start, stop
        opening = False
        while sentence < len(sentences) and sentences[sentence] <= start:
            sentence += 1
            opening = True
        opens[count] = opening
        count += 1
        while text + 1 < len(first) and first[text + 1] <= start:
            text += 1
        lengths[text] += 1  # no token is before the first text
    return new_starts[:count], new_stops[:count], opens[:count], lengths
