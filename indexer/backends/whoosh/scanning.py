"""What a scanner does of every token, as compiled loops: its hash, the number of its word, and the key of a new word.

The hash is the same that inversion tells by array operations, and so are the numbers. All stay within their arrays, as
is said beside each, and so need not look (compiled_bare).
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from indexer.compiled import compiled_bare

Int: TypeAlias = Any  # a whole number, of Python or of NumPy


Tokens: TypeAlias = "tuple[np.ndarray, np.ndarray, np.ndarray]"  # where each starts and stops; if it opens a sentence


class Hashing(NamedTuple):
    """What hashes are made of: random, and other ones in each process."""

    numbers: np.ndarray  # uint64, of characters: so many
    bits: np.uint64  # that those bits of a code point tell one
    powers: np.ndarray  # uint64, of a number: for each place in a text, and one more at least
    inverses: np.ndarray  # of these
    opens: np.uint64  # of tokens that open a sentence


@compiled_bare
def meet(
    points: np.ndarray, tokens: Tokens, hashing: Hashing, table: tuple[np.ndarray, np.uint64, Int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each token, and which of them were met for the first time.

    The table is what hashtable.Slots gives: more places than known words and these tokens may be, each told by all bits
    of a hash behind a shift; in each a hash and its number side by side, which are fetched together.
    """
    starts, stops, opens = tokens
    slots, shift, known = table
    random, bits, powers, inverses, of_opening = hashing
    near, one, two = (np.uint64(1) << bits) - np.uint64(1), np.uint64(1), np.uint64(2)
    sums = np.empty(len(points) + 1, np.uint64)
    total = np.uint64(0)
    for at in range(len(points)):
        sums[at] = total
        point = np.uint64(points[at])
        total += random[point & near] * ((point >> bits) * two + one) * powers[at]
    sums[len(points)] = total
    # All hashes first: so several places of the table are waited for at the same time.
    hashes = np.empty(len(starts), np.uint64)
    for token in range(len(starts)):
        hashed = (sums[stops[token]] - sums[starts[token]]) * inverses[starts[token]]
        hashes[token] = hashed ^ of_opening if opens[token] else hashed
    mask = len(slots) // 2 - 1
    numbers, new = np.empty(len(starts), np.uint32), np.empty(len(starts), np.intp)
    count = 0
    for token in range(len(starts)):
        hashed = hashes[token]
        place = np.int64(hashed >> shift)
        if slots[2 * place] != hashed:
            # Ends, for some place is empty; the mask keeps it within the table.
            while slots[2 * place] != hashed and slots[2 * place] != 0:
                place = (place + 1) & mask
            if slots[2 * place] != hashed:
                slots[2 * place], slots[2 * place + 1] = hashed, np.uint64(known + count)
                new[count] = token
                count += 1
        numbers[token] = slots[2 * place + 1]
    return numbers, new[:count].copy()


@compiled_bare
def moved(slots: np.ndarray, larger: np.ndarray, shift: np.uint64) -> None:
    """Put all that a table holds into a larger one, an empty one."""
    mask = len(larger) // 2 - 1
    for held in range(0, len(slots), 2):
        if slots[held]:
            place = np.int64(slots[held] >> shift)
            while larger[2 * place]:
                place = (place + 1) & mask
            larger[2 * place], larger[2 * place + 1] = slots[held], slots[held + 1]


class Letters(NamedTuple):
    """What a key is told by: for each character of the first plane the classes that it is of, a bit each."""

    classes: np.ndarray  # uint8
    own: Int  # those of which a token that is all of one is its own key
    small: Int  # the class of letters that capitalised words go on with
    capital: Int  # the class of those that they begin with
    to_small: Int  # how far behind such a letter the small one is
    longest: Int  # of what has a key here, in characters


@compiled_bare
def keys(
    points: np.ndarray, tokens: Tokens, letters: Letters, endings: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys of tokens with a line end behind each, and the tokens whose key must be told by rules.

    The key of a capitalised word is that word in small letters and one of two endings, that of a word that opens no
    sentence or that of one that does. These are bytes, and where each of them ends.
    """
    starts, stops, opens = tokens
    ends, end_of = endings
    classes, own, small, capital, to_small, longest = letters
    size = 0
    for token in range(len(starts)):
        size += 2 * min(stops[token] - starts[token], longest) + end_of[1] + 1
    blob, odd = np.empty(size, np.uint8), np.empty(len(starts), np.intp)
    size = count = 0
    for token in range(len(starts)):
        start, stop = starts[token], stops[token]
        rest = 255
        first = classes[points[start]] if points[start] < len(classes) else 0
        for at in range(start + 1, stop):
            rest &= classes[points[at]] if points[at] < len(classes) else 0
        is_capitalised = first & capital != 0 and rest & small != 0 and stop - start > 1
        if stop - start <= longest and (first & rest & own != 0 or is_capitalised):
            for at in range(start, stop):
                point = np.int64(points[at])
                if at == start and is_capitalised:
                    point += to_small
                if point < 128:  # noqa: PLR2004 -- UTF-8
                    blob[size] = point
                    size += 1
                else:  # of the classes, nothing takes more than two bytes
                    blob[size], blob[size + 1] = 0xC0 | point >> 6, 0x80 | point & 0x3F
                    size += 2
            if is_capitalised:
                for at in range(end_of[0] if opens[token] else 0, end_of[1] if opens[token] else end_of[0]):
                    blob[size] = ends[at]
                    size += 1
        else:
            odd[count] = token
            count += 1
        blob[size] = 10
        size += 1
    return blob[:size], odd[:count]
