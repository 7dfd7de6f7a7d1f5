"""The tokens of many texts at once: the same as tokenize gives one by one, found by array operations.

A run of letters between characters that no rule looks at is a token by itself, and nearly all tokens are such runs;
what may be anything else, one run in fifteen, is left to the rules of tokenize. Likewise one delimiter in ten is left
to razdel. A text is joined with the others by a character that is neither of a word nor a space.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from razdel.segmenters.punct import DASHES, ENDINGS, GENERIC_QUOTES, OPEN_QUOTES
from razdel.segmenters.sentenize import BULLET_SIZE, DELIMITERS, WORD, is_bullet, is_lower_alpha
from razdel.segmenters.sentenize import TOKEN as OF_SENTENCE

from indexer.analysis.sentences import NO_ENDS, SMILE, WINDOW, ends, joins
from indexer.analysis.tokenize import GLUE, TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

_BETWEEN = "\0"
# What is known of a character, a bit each.
_ALNUM, _DIGIT, _GLUE, _SPACE, _ALPHA, _LOWER, _UPPER, _DELIMITER = (1 << bit for bit in range(8))
_PLANE = 0x10000  # code points that nearly every text is written in
_ALL = 0x110000
_LONGEST_NO_END = max(map(len, NO_ENDS))


def _points(characters: str) -> np.ndarray:
    return np.array(sorted(map(ord, characters)), np.uint32)


_ENDINGS, _MARKS, _DASHES = _points(ENDINGS), _points(ENDINGS + ";"), _points(DASHES)
_OPENING = _points(OPEN_QUOTES + GENERIC_QUOTES + "([{")  # what a sentence may begin with besides a capital or a digit
_AFTER_LETTER = _points(".+#")  # what makes of a letter an initial, or a language
_LOWER_LETTERS = np.zeros(ord("ё") + 2, np.bool_)
_LOWER_LETTERS[
    _points("".join(map(chr, (*range(ord("a"), ord("z") + 1), *range(ord("а"), ord("я") + 1), ord("ё")))))
] = True
_JOINS_NUMBERS = _points(".,\u0020\u00a0\u2009\u202f")


class Tokens(NamedTuple):
    """The tokens of some texts, in order: arrays of one length, but for `lengths`."""

    text: str  # all texts, joined
    starts: np.ndarray  # of each token in it
    stops: np.ndarray
    opens: np.ndarray  # whether each opens a sentence
    lengths: np.ndarray  # of each text, in tokens
    points: np.ndarray  # the code points of the joined text


def tokens(texts: Sequence[str]) -> Tokens:
    """Return the tokens of texts.

    >>> of = tokens(["Не он. Он не", "10 000 т. е. да"])
    >>> [of.text[start:stop] for start, stop in zip(of.starts.tolist(), of.stops.tolist())]
    ['Не', 'он', 'Он', 'не', '10 000', 'т. е.', 'да']
    >>> of.opens.tolist(), of.lengths.tolist()
    ([True, False, True, False, True, False, False], [4, 3])
    """
    text = _BETWEEN.join(texts)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    first = np.zeros(len(texts), np.int64)  # of each text in all
    first[1:] = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)[:-1]
    if not len(points):
        nothing = np.zeros(0, np.int64)
        return Tokens(text, nothing, nothing, np.zeros(0, np.bool_), np.zeros(len(texts), np.int64), points)
    kinds = _kinds(_PLANE if points.max() < _PLANE else _ALL)[points]
    sentences = np.union1d(first, _ends(texts, text, points, kinds, first))
    starts, stops = _tokens(text, points, kinds, sentences)
    opens = np.zeros(len(starts) + 1, np.bool_)
    opens[np.searchsorted(starts, sentences)] = True
    edges = np.append(np.searchsorted(starts, first), len(starts))
    return Tokens(text, starts, stops, opens[:-1], np.diff(edges), points)


@cache
def _kinds(count: int) -> np.ndarray:
    """Return the bits of the first code points."""
    characters = list(map(chr, range(count)))
    tests = {
        _ALNUM: str.isalnum,
        _DIGIT: str.isdecimal,
        _SPACE: str.isspace,
        _ALPHA: str.isalpha,
        _LOWER: str.islower,
        _UPPER: str.isupper,
    }
    kinds = np.zeros(count, np.uint8)
    for bit, test in tests.items():
        kinds[np.fromiter(map(test, characters), np.bool_, count)] |= bit
    for bit, those in ((_GLUE, GLUE), (_DELIMITER, DELIMITERS)):
        kinds[list(map(ord, those))] |= bit
    return kinds


# --- sentences --------------------------------------------------------------------------------------------------------


def _ends(texts: Sequence[str], text: str, points: np.ndarray, kinds: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return where sentences end that are not the last of their text."""
    at = np.flatnonzero(kinds & _DELIMITER)
    at = at[at + 1 < len(points)]
    at = at[kinds[at + 1] & _SPACE != 0]
    is_space = kinds & _SPACE != 0
    after = at + 2  # the first character that is no space
    going = np.arange(len(at))
    while going.size:
        going = going[after[going] < len(points)]
        going = going[is_space[after[going]]]
        after[going] += 1
    kept = after < len(points)
    at, after = at[kept], after[kept]
    at = at[~_is_lower_word(kinds, points, after)]
    of = np.searchsorted(first, at, side="right") - 1
    if SMILE.search(text):  # delimiters of more than one character
        odd = np.array([SMILE.search(one) is not None for one in texts], np.bool_)
        own = [
            start + end
            for start, one in zip(first[odd].tolist(), np.flatnonzero(odd).tolist(), strict=True)
            for end in ends(texts[one])
        ]
        kept = ~odd[of]
        at, of = at[kept], of[kept]
    else:
        own = []
    delimiters = _Delimiters.of(text, points, kinds, at, first[of])
    sure = at[delimiters.ends & ~delimiters.asks]
    found = [*own, *(sure + 1).tolist()]
    # The sentence that a delimiter may end begins at the last end before it: ends are found in order.
    left = np.flatnonzero(delimiters.asks | ~(delimiters.ends | delimiters.joins))
    since = np.maximum(np.append(0, sure + 1)[np.searchsorted(sure, at[left])], first[of[left]])
    last = 0
    each = (at[left], first[of[left]], of[left], since, *(flags[left] for flags in delimiters))
    for here, start, number, begins, _, ends_, if_no_list, if_no_dash in zip(
        *(array.tolist() for array in each), strict=True
    ):
        beginning = max(begins, last)
        if ends_:
            does_join = (if_no_list and _is_list(text[beginning:here])) or (if_no_dash and _goes_on(text, here))
        else:
            does_join = joins(texts[number], beginning - start, here - start)
        if not does_join:
            last = here + 1
            found.append(last)
    return np.array(found, np.int64)


def _is_list(beginning: str) -> bool:
    """Whether a sentence up to a dot or a bracket is the number of an item."""
    return len(beginning) <= BULLET_SIZE and all(map(is_bullet, OF_SENTENCE.findall(beginning)))


def _goes_on(text: str, at: int) -> bool:
    """Whether behind a delimiter and a dash a word in lower case follows."""
    word = WORD.search(text, at + 1, at + 1 + WINDOW)
    return word is not None and is_lower_alpha(word[1])


def _is_lower_word(kinds: np.ndarray, points: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Whether a word of lower-case letters, Russian or English, begins at these places, and no other letter in it."""
    found = _is_lower(points[at])
    going = np.flatnonzero(found)
    here = at[going] + 1
    while going.size:
        inside = here < len(points)
        going, here = going[inside], here[inside]
        is_lower = _is_lower(points[here])
        # It ends: it was one if no letter of another kind goes on with it.
        found[going[~is_lower & _is_letter(kinds[here], points[here])]] = False
        going, here = going[is_lower], here[is_lower] + 1
    return found


def _is_lower(points: np.ndarray) -> np.ndarray:
    """Whether characters are lower-case letters, Russian or English."""
    is_lower: np.ndarray = _LOWER_LETTERS[np.minimum(points, len(_LOWER_LETTERS) - 1)]
    return is_lower


def _is_letter(kinds: np.ndarray, points: np.ndarray) -> np.ndarray:
    r"""Whether characters are what razdel takes for letters: [^\W\d]."""
    is_letter: np.ndarray = (kinds & (_ALNUM | _DIGIT) == _ALNUM) | (points == ord("_"))
    return is_letter


class _Delimiters(NamedTuple):
    """What is plain of delimiters, by razdel's rules; what is neither the one nor the other, it must be asked for."""

    joins: np.ndarray
    ends: np.ndarray  # a sentence
    if_no_list: np.ndarray  # it does unless it is behind the number of an item
    if_no_dash: np.ndarray  # it does unless a dash goes on

    @property
    def asks(self) -> np.ndarray:
        """Whether more must be known than what is beside them."""
        asks: np.ndarray = self.if_no_list | self.if_no_dash
        return asks

    @classmethod
    def of(cls, text: str, points: np.ndarray, kinds: np.ndarray, at: np.ndarray, first: np.ndarray) -> _Delimiters:
        """Tell of delimiters at these places, each in a text that begins at `first`."""
        delimiter, behind = points[at], kinds[at - 1]
        is_mark, is_dot = np.isin(delimiter, _MARKS), delimiter == ord(".")
        # Something stands before it: else razdel looks at what is before the space.
        stands = (at > first) & (behind & _SPACE == 0)
        after = np.minimum(at + 2, len(points) - 1)
        dash = np.isin(points[after], _DASHES)
        opens = (kinds[after] & (_UPPER | _DIGIT) != 0) | np.isin(points[after], _OPENING) | dash
        # A quotation mark or a bracket ends a sentence only behind a mark that does.
        is_behind_mark = np.isin(points[at - 1], _ENDINGS)
        joins_ = stands & ~is_mark & ~is_behind_mark
        ends_ = stands & opens & ~is_dot & (is_mark | is_behind_mark)
        if_no_list = ends_ & (delimiter == ord(")"))
        dots = np.flatnonzero(is_dot & stands)
        length = _letters_before(kinds, points, at[dots], first[dots])
        behind = behind[dots]
        joins_[dots] = (length == 1) & (behind & _UPPER != 0)  # an initial
        is_word = opens[dots] & (length > 1)
        for one in np.flatnonzero(is_word & (length <= _LONGEST_NO_END)).tolist():
            stop = int(at[dots[one]])
            is_word[one] = text[stop - int(length[one]) : stop].lower() not in NO_ENDS
        no_word = opens[dots] & (length == 0) & ((behind & _DIGIT != 0) | (behind & _ALNUM == 0))
        ends_[dots] = is_word | no_word
        if_no_list[dots] = no_word | (is_word & (behind & _LOWER == 0))
        return cls(joins_, ends_, if_no_list, ends_ & dash)


def _letters_before(kinds: np.ndarray, points: np.ndarray, at: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return how many letters stand before places of texts that begin there, as far as razdel looks.

    -1 where they are not all that razdel takes for letters.
    """
    length = np.zeros(len(at), np.int64)
    going = np.arange(len(at))
    for back in range(1, WINDOW + 1):
        here = at[going] - back
        going, here = going[here >= first[going]], here[here >= first[going]]
        is_alpha = kinds[here] & _ALPHA != 0
        length[going[~is_alpha & _is_letter(kinds[here], points[here])]] = -1
        going = going[is_alpha]
        length[going] = back
    return length


# --- tokens -----------------------------------------------------------------------------------------------------------


def _tokens(text: str, points: np.ndarray, kinds: np.ndarray, sentences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where tokens start and stop."""
    is_word = np.zeros(len(kinds) + 2, np.bool_)
    is_word[1:-1] = kinds & (_ALNUM | _GLUE) != 0
    edges = np.flatnonzero(is_word[1:] != is_word[:-1])
    starts, stops = edges[::2], edges[1::2]
    if not starts.size:
        return starts, stops
    size = stops - starts
    padded = np.zeros(len(points) + 4, np.uint32)
    padded[2:-2] = points
    after, before = padded[stops + 2], padded[starts + 1]
    is_doubtful = (size == 1) & np.isin(after, _AFTER_LETTER)
    odd = np.flatnonzero(kinds & (_GLUE | _DIGIT))
    of = np.searchsorted(starts, odd, side="right") - 1
    is_digit = kinds[odd] & _DIGIT != 0
    glue = np.bincount(of[~is_digit], minlength=len(starts))
    is_doubtful |= glue > 0
    is_nothing = glue == size
    digits = np.bincount(of[is_digit], minlength=len(starts))
    has_digits = np.flatnonzero(digits)
    # A number by itself, unless a number is beside it; a word with digits behind a letter.
    is_number = digits[has_digits] == size[has_digits]
    numbers = has_digits[is_number]
    beside = np.isin(after[numbers], _JOINS_NUMBERS) & _is_digit(padded[stops[numbers] + 3])
    beside |= np.isin(before[numbers], _JOINS_NUMBERS) & _is_digit(padded[starts[numbers]])
    is_doubtful[numbers[beside]] = True
    mixed = has_digits[~is_number]
    is_doubtful[mixed] |= kinds[starts[mixed]] & _DIGIT != 0
    doubtful = np.flatnonzero(is_doubtful & ~is_nothing)
    sure = np.flatnonzero(~is_doubtful)
    until = np.append(sentences, len(text))[np.searchsorted(sentences, starts[doubtful], side="right")]
    made: list[tuple[int, int]] = []
    done = 0
    search = TOKEN.search
    for start, stop, end in zip(starts[doubtful].tolist(), stops[doubtful].tolist(), until.tolist(), strict=True):
        at = max(start, done)
        while at < stop and (match := search(text, at, end)):
            first, last = match.span()
            if first >= stop:
                break
            made.append((first, last))
            at = done = last
    ruled = np.array(made, np.int64).reshape(-1, 2)
    starts, stops = starts[sure], stops[sure]
    to = np.searchsorted(starts, ruled[:, 0])
    return np.insert(starts, to, ruled[:, 0]), np.insert(stops, to, ruled[:, 1])


def _is_digit(points: np.ndarray) -> np.ndarray:
    kinds = _kinds(_PLANE if not points.size or points.max() < _PLANE else _ALL)
    digits: np.ndarray = kinds[points] & _DIGIT != 0
    return digits
