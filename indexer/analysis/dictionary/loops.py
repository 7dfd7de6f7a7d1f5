"""What is done of many words by their letters, as loops that are compiled and kept (indexer.compiled.kept).

Each word is followed to its end before the next one, where arrays take one step of all words. That a loop stays within
its arrays is said beside it. That units lead to units is true of each Automaton that is asked by loops: it has looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from indexer.analysis.dictionary.automaton import AMBIGUOUS, FURTHEST
from indexer.compiled.kept import NUMBER, kept

if TYPE_CHECKING:
    import numpy as np

    from indexer.compiled.kept import Loop

WAITING: Final = 4  # numbers of a way that waits to be followed
NO_ROOM: Final = -1

_LABEL = 0x8000_00FF  # see Automaton
_OFFSET = 10
_FIRST_OF_E, _E, _FIRST_OF_YO, _YO = *"е".encode(), *"ё".encode()
_LETTER = 2  # bytes of a Russian one
_SIX, _BYTE, _HALF = 6, 8, 16  # bits
_MOST = (1 << _HALF) - 1
_SPACE = ord(" ")


@kept("u4", "u1", "i8", "i8", NUMBER, "i8", NUMBER, "i8", "i8", "i8", "i8")
def followed(  # noqa: C901, PLR0912, PLR0917 -- what is called for each letter would have to be told all of this
    units: np.ndarray,
    labels: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    has_yo: int,
    places: np.ndarray,
    most: int,
    waiting: np.ndarray,
    of: np.ndarray,
    nodes: np.ndarray,
    spellings: np.ndarray,
) -> int:
    """Write what Automaton._ways_of does, by columns; return how many these are, or NO_ROOM.

    There is room for as many ways to wait as the longest has labels, and one more.
    """
    # Labels are read from starts up to stops. Of a word only the last way is gone on with, so that those that wait
    # have left it at different letters: no more than it has.
    count = 0
    for one in range(len(starts)):
        stop = stops[one]
        waits = 1
        waiting[0], waiting[1], waiting[2], waiting[3] = starts[one], 0, 0, 0
        while waits:
            waits -= 1
            here = WAITING * waits
            at, node, spelling, yo = waiting[here], waiting[here + 1], waiting[here + 2], waiting[here + 3]
            many = 0  # ways with one ё more than are told
            unit = int(units[node])
            while at < stop:
                label = int(labels[at])
                child = node ^ unit >> _OFFSET
                if has_yo and label == _FIRST_OF_E and at + 1 < stop and labels[at + 1] == _E:
                    fork = child ^ _FIRST_OF_YO
                    unit = int(units[fork])
                    if unit & _LABEL == _FIRST_OF_YO:
                        fork ^= unit >> _OFFSET ^ _YO
                        if int(units[fork]) & _LABEL == _YO:
                            if yo == most:
                                many += 1
                            else:
                                here = WAITING * waits
                                waiting[here], waiting[here + 1] = at + _LETTER, fork
                                waiting[here + 2], waiting[here + 3] = spelling, yo + 1
                                if yo < len(places):
                                    letters = (stop - at - _LETTER) // _LETTER
                                    waiting[here + 2] += FURTHEST + 1 - min(letters, FURTHEST) << places[yo]
                                waits += 1
                node = child ^ label
                unit = int(units[node])
                if unit & _LABEL != label:
                    break
                at += 1
            if count + 1 + many > len(of):
                return NO_ROOM
            if at == stop:
                of[count], nodes[count], spellings[count] = one, node, spelling
                count += 1
            for _ in range(many):
                of[count], nodes[count], spellings[count] = one, AMBIGUOUS, spelling
                count += 1
    return count


@kept("u4", "u1", "u1", "i8", NUMBER, "i8", "i8", "i8")
def said(  # noqa: PLR0917 -- columns
    units: np.ndarray,
    guide: np.ndarray,
    of_base64: np.ndarray,
    nodes: np.ndarray,
    bits: int,
    levels: np.ndarray,
    of: np.ndarray,
    values: np.ndarray,
) -> int:
    """Write what Automaton.said does for numbers of so many bits; return how many these are, or NO_ROOM.

    A level is two numbers and the value up to it: there is room for as many as there are labels, and one more.
    """
    # A level is gone down to where the guide has a label, and never below the last one.
    last = (bits + _SIX - 1) // _SIX - 1
    count = 0
    for one in range(len(nodes)):
        at = 0
        levels[0] = nodes[one] ^ int(units[nodes[one]]) >> _OFFSET
        levels[1] = guide[2 * nodes[one]]
        levels[2] = 0
        while at >= 0:
            here = 3 * at
            label = levels[here + 1]
            if not label:
                at -= 1
                continue
            child = levels[here] ^ label
            levels[here + 1] = guide[2 * child + 1]
            taken = _SIX if at < last else bits - _SIX * last
            value = levels[here + 2] << taken | int(of_base64[label]) >> _SIX - taken
            if at == last:
                if count == len(of):
                    return NO_ROOM
                of[count], values[count] = one, value
                count += 1
            else:
                at += 1
                levels[here + 3] = child ^ int(units[child]) >> _OFFSET
                levels[here + 4] = guide[2 * child]
                levels[here + 5] = value
    return count


@kept("u1", "i8", "i8", "i8", "u1", "i8", "i8", "u1")
def lemmas(  # noqa: PLR0917 -- columns
    text: np.ndarray,
    starts: np.ndarray,
    word: np.ndarray,
    before: np.ndarray,
    suffixes: np.ndarray,
    starts_of_suffixes: np.ndarray,
    after: np.ndarray,
    made: np.ndarray,
) -> int:
    """Write what Bulk.lemmas does as one text, a space behind each; return how many bytes that is."""
    # What is read of a word are no more letters than it has, and the caller has counted what is written.
    end = 0
    for row in range(len(word)):
        start = _LETTER * starts[word[row]]
        for at in range(start, start + _LETTER * before[row], _LETTER):
            is_yo = text[at] == _FIRST_OF_YO and text[at + 1] == _YO
            made[end] = _FIRST_OF_E if is_yo else text[at]
            made[end + 1] = _E if is_yo else text[at + 1]
            end += _LETTER
        for at in range(starts_of_suffixes[after[row]], starts_of_suffixes[after[row] + 1]):
            made[end] = suffixes[at]
            end += 1
        made[end] = _SPACE
        end += 1
    return end


@kept("i8", "i8", "i8")
def first(word: np.ndarray, same: np.ndarray, found: np.ndarray) -> int:
    """Write where each parse of a word stands first, in order; return how many these are.

    The rows of a word stand together.
    """
    # No more is written than there are rows.
    count = begin = 0
    for row in range(len(word)):
        if row and word[row] != word[row - 1]:
            begin = count
        is_new = True
        for at in range(begin, count):
            is_new &= same[found[at]] != same[row]
        if is_new:
            found[count] = row
            count += 1
    return count


@kept("u1", "i8", "u1", "u8", "u8", "u1", "u8")
def letters(  # noqa: PLR0917 -- columns
    text: np.ndarray,
    lengths: np.ndarray,
    codes: np.ndarray,
    random: np.ndarray,
    powers: np.ndarray,
    found: np.ndarray,
    sums: np.ndarray,
) -> int:
    """Write the numbers of the letters of words, and the sums that hashes are made of; return how many letters."""
    # Words have no more letters than half of their bytes; each code is below the number of random ones.
    sums[0] = 0
    at = 0
    for word in range(len(lengths)):
        for position in range(lengths[word]):
            code = codes[(int(text[_LETTER * at]) << _BYTE | int(text[_LETTER * at + 1])) & len(codes) - 1]
            found[at] = code
            sums[at + 1] = sums[at] + random[code] * powers[min(position, len(powers) - 1)]
            at += 1
    return at


@kept("u1", "i8", "i8", "i8", "u1", "i8", "i8", "i8", "i8", "i8")
def prefixed(  # noqa: PLR0917 -- columns
    text: np.ndarray,
    starts: np.ndarray,
    lengths: np.ndarray,
    some: np.ndarray,
    prefixes: np.ndarray,
    starts_of_prefixes: np.ndarray,
    first: np.ndarray,
    least: np.ndarray,
    of: np.ndarray,
    which: np.ndarray,
) -> int:
    """Write which prefixes some words begin with that leave enough letters; return how many these are, or NO_ROOM.

    Prefixes stand in the order of their second bytes, and `first` tells where those with each byte begin.
    """
    # A letter has two bytes, and what is compared is within its word.
    count = 0
    for number in range(len(some)):
        start = _LETTER * starts[some[number]]
        stop = start + _LETTER * lengths[some[number]]
        if start == stop:
            continue
        byte = int(text[start + 1])
        for prefix in range(first[byte], first[byte + 1]):
            begin, end = starts_of_prefixes[prefix], starts_of_prefixes[prefix + 1]
            if start + end - begin + _LETTER * least[prefix] > stop:
                continue
            at = begin
            while at < end and text[start + at - begin] == prefixes[at]:
                at += 1
            if at < end:
                continue
            if count == len(of):
                return NO_ROOM
            of[count], which[count] = number, prefix
            count += 1
    return count


@kept("i8", "i8", "i8", "i8", "i8", "i8", "i8", "i8", "i8", "i8", "u1")
def formed(  # noqa: PLR0917 -- columns
    word: np.ndarray,
    said_: np.ndarray,
    numbers: np.ndarray,
    starts: np.ndarray,
    forms: np.ndarray,
    lengths_of_suffixes: np.ndarray,
    lengths: np.ndarray,
    stops: np.ndarray,
    suffixes: np.ndarray,
    tags: np.ndarray,
    told: np.ndarray,
) -> int:
    """Write what forms make of words: of how many letters and of which suffix lemmas are, and the tags.

    Words with a form that changes the start of a word become such that are not told.
    """
    # A paradigm and the number of a form in it are the dictionary's own, and so is what these lead to.
    for row in range(len(word)):
        paradigm, form = said_[row] >> _HALF & _MOST, said_[row] & _MOST
        start, many = starts[paradigm], forms[paradigm]
        if numbers[start + 2 * many + form] or numbers[start + 2 * many]:
            told[word[row]] = 0
        stops[row] = max(lengths[word[row]] - lengths_of_suffixes[numbers[start + form]], 0)
        suffixes[row] = numbers[start]
        tags[row] = numbers[start + many + form]
    return len(word)


@kept("i8", "i8", "i8", "i8", "i8", "u8", "i8", "u1", "u8", "u8", NUMBER, "u8", "i8", "i8")
def lemmatised(  # noqa: PLR0917 -- columns
    word: np.ndarray,
    stops: np.ndarray,
    suffixes: np.ndarray,
    lengths_of_suffixes: np.ndarray,
    ends_of_suffixes: np.ndarray,
    hashes_of_suffixes: np.ndarray,
    starts: np.ndarray,
    codes: np.ndarray,
    sums: np.ndarray,
    powers: np.ndarray,
    base: int,
    hashes: np.ndarray,
    lengths: np.ndarray,
    ends: np.ndarray,
) -> int:
    """Write what is known of lemmas by what they are made of: hashes, lengths and the last two letters."""
    # So many letters are no more than a word has, or there would be no such form of it; and no word is longer than
    # there are powers.
    for row in range(len(word)):
        start, stop, suffix = starts[word[row]], stops[row], suffixes[row]
        added = lengths_of_suffixes[suffix]
        hashes[row] = sums[start + stop] - sums[start] + hashes_of_suffixes[suffix] * powers[stop]
        lengths[row] = stop + added
        end = ends_of_suffixes[suffix]
        if added == 1 and stop:
            end += int(codes[start + stop - 1]) * base
        elif not added and stop:
            end = int(codes[start + stop - 1])
            if stop > 1:
                end += int(codes[start + stop - 2]) * base
        ends[row] = end
    return len(word)


LOOPS: Final[tuple[Loop, ...]] = (followed, said, letters, prefixed, formed, lemmatised, first, lemmas)
