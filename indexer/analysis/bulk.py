"""The tokens of many texts at once: the same as tokenize gives one by one, found by array operations.

A run of letters between characters that no rule looks at is a token by itself, and nearly all tokens are such runs, or
such runs with hyphens between them; what may be anything else, one run in 130, is left to the rules of tokenize. Of the
delimiters that may end a sentence one in 56 is left to razdel. What is known of a character is bits, from one table.
A text is joined with the others by a character that is neither of a word nor a space, and so are the ends of all, for
then whatever is looked at has something beside it.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from razdel.segmenters.sentenize import BULLET_SIZE, WORD, is_bullet, is_lower_alpha
from razdel.segmenters.sentenize import TOKEN as OF_SENTENCE

from indexer.analysis.characters import (
    AFTER_LETTER,
    ALNUM,
    ALPHA,
    DASH,
    DELIMITER,
    DIGIT,
    ENDING,
    GLUE,
    HYPHEN,
    JOINS_NUMBERS,
    LOWER,
    MARK,
    OPENS,
    PLANE,
    SMALL,
    SPACE,
    UPPER,
    kind_of,
    table,
)
from indexer.analysis.tokenize import TOKEN
from indexer.sentences import NO_ENDS, WINDOW, ends, joins

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BETWEEN = "\0"
_BEFORE = 2  # of these before the first text, and one more behind the last: how far from a word or delimiter we look


class Tokens(NamedTuple):
    """The tokens of some texts, in order: arrays of one length, but for `lengths`."""

    text: str  # all texts, joined
    starts: np.ndarray  # of each token in it
    stops: np.ndarray
    opens: np.ndarray  # whether each opens a sentence
    lengths: np.ndarray  # of each text, in tokens
    points: np.ndarray  # the code points of the joined text, uint32


def tokens(texts: Sequence[str]) -> Tokens:
    """Return the tokens of texts.

    >>> of = tokens(["Не он. Он не", "10 000 т. е. да"])
    >>> [of.text[start:stop] for start, stop in zip(of.starts.tolist(), of.stops.tolist())]
    ['Не', 'он', 'Он', 'не', '10 000', 'т. е.', 'да']
    >>> of.opens.tolist(), of.lengths.tolist()
    ([True, False, True, False, True, False, False], [4, 3])
    """
    joined = _Joined.of(texts)
    runs = _Runs.of(joined)
    sentences = np.sort(np.concatenate([joined.first, _ends(texts, joined, runs)]))
    starts, stops = _tokens(joined, runs, sentences)
    opens = np.zeros(len(starts) + 1, np.bool_)
    opens[starts.searchsorted(sentences)] = True
    edges = np.append(starts.searchsorted(joined.first), len(starts))
    return Tokens(joined.text, starts, stops, opens[:-1], np.diff(edges), joined.points)


class Joined(NamedTuple):
    """Texts as one."""

    text: str
    points: np.ndarray  # code points, uint32
    first: np.ndarray  # of each text
    last: np.ndarray  # one after it

    @classmethod
    def of(cls, texts: Sequence[str], points_of: Callable[[str], np.ndarray] | None = None) -> Joined:
        """Join texts; their code points come from `points_of`."""
        text = _BETWEEN.join([_BETWEEN * (_BEFORE - 1), *texts, _BETWEEN * _BEFORE])
        points = (points_of or code_points)(text)
        lengths = np.fromiter(map(len, texts), np.intp, len(texts))
        last = np.cumsum(lengths + 1) + (_BEFORE - 1)
        return cls(text, points, last - lengths, last)


def code_points(text: str) -> np.ndarray:
    """Return the code points of a text, uint32."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


class _Joined(NamedTuple):
    """The same, and what is known of its characters."""

    text: str
    points: np.ndarray
    first: np.ndarray
    last: np.ndarray
    kinds: np.ndarray  # bits

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Joined:
        joined = Joined.of(texts)
        kinds = table().take(joined.points, mode="wrap")
        if joined.points.max() >= PLANE:
            far = np.flatnonzero(joined.points >= PLANE)
            kinds[far] = [kind_of(point) for point in joined.points[far].tolist()]
        return cls(*joined, kinds)


class _Runs(NamedTuple):
    """Runs of characters that words may be made of, and what is in them beside lower-case letters of our alphabets."""

    starts: np.ndarray
    stops: np.ndarray
    odd: np.ndarray  # characters of runs that are no such letters

    @classmethod
    def of(cls, joined: _Joined) -> _Runs:
        kinds = joined.kinds
        is_word = kinds & (ALNUM | GLUE) != 0
        edges = np.flatnonzero(is_word[1:] != is_word[:-1])
        edges += 1
        is_word &= kinds & SMALL == 0
        return cls(edges[::2].copy(), edges[1::2].copy(), np.flatnonzero(is_word))


# --- sentences --------------------------------------------------------------------------------------------------------


def _ends(texts: Sequence[str], joined: _Joined, runs: _Runs) -> np.ndarray:
    """Return where sentences end that are not the last of their text."""
    kinds, first = joined.kinds, joined.first
    at = np.flatnonzero((kinds[:-1] & DELIMITER != 0) & (kinds[1:] & SPACE != 0))
    after = _after_spaces(kinds, at)
    of = first.searchsorted(at, side="right") - 1
    kept = after < joined.last[of]
    kept[kept] = ~_is_small_word(joined, runs, after[kept])
    at, of = at[kept], of[kept]
    smiles = _smiles(joined)
    is_odd = np.zeros(len(first), np.bool_)
    is_odd[first.searchsorted(smiles, side="right") - 1] = True
    odd = is_odd.nonzero()[0]
    if odd.size:
        kept = ~is_odd[of]
        at, of = at[kept], of[kept]
    delimiters = _Delimiters.of(joined, runs, at, first[of])
    sure = at[delimiters.ends & ~delimiters.asks] + 1
    left = np.flatnonzero(delimiters.asks | ~(delimiters.ends | delimiters.joins))
    at, of = at[left], of[left]
    since = np.maximum(np.append(0, sure)[sure.searchsorted(at, side="right")], first[of])
    doubts = np.stack([at, of, since, *(flags[left] for flags in delimiters[1:])], 1)
    return np.concatenate([sure, ends_in_doubt(texts, joined.text, first, odd, doubts)])


def ends_in_doubt(
    texts: Sequence[str], text: str, first: np.ndarray, odd: np.ndarray, doubts: np.ndarray
) -> np.ndarray:
    """Return where sentences end of texts with smiles, and of other texts behind delimiters that are in doubt.

    `odd` are the numbers of the former, which have delimiters of more than one character. `doubts` has a row for each
    delimiter, in order: its place, the number of its text, where the last sentence began that surely ended before, and
    whether it ends one but for a list or a dash: whether it does so, if no list, if no dash.
    """
    own: list[int] = []
    for number, start in zip(odd.tolist(), first[odd].tolist(), strict=True):
        own += [start + end for end in ends(texts[number])]
    last = 0
    for (here, number, begins, ends_, if_no_list, if_no_dash), start in zip(
        doubts.tolist(), first[doubts[:, 1]].tolist(), strict=True
    ):
        # The sentence that a delimiter may end begins at the last end before it: ends are found in order.
        beginning = max(begins, last)
        if ends_:
            does_join = (if_no_list and _is_list(text[beginning:here])) or (if_no_dash and _goes_on(text, here))
        else:
            does_join = joins(texts[number], beginning - start, here - start)
        if not does_join:
            last = here + 1
            own.append(last)
    return np.array(own, np.intp)


def _is_list(beginning: str) -> bool:
    """Whether a sentence up to a dot or a bracket is the number of an item."""
    return len(beginning) <= BULLET_SIZE and all(map(is_bullet, OF_SENTENCE.findall(beginning)))


def _goes_on(text: str, at: int) -> bool:
    """Whether behind a delimiter and a dash a word in lower case follows."""
    word = WORD.search(text, at + 1, at + 1 + WINDOW)
    return word is not None and is_lower_alpha(word[1])


def _after_spaces(kinds: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the first characters behind delimiters, and a space each, that are no space."""
    after = at + 2
    going = np.flatnonzero(kinds[after] & SPACE)
    while going.size:
        after[going] += 1
        going = going[kinds[after[going]] & SPACE != 0]
    return after


def _smiles(joined: _Joined) -> np.ndarray:
    """Return the brackets that end what razdel takes for a smile, or that may begin its mouth."""
    points = joined.points
    at = np.flatnonzero(points & np.uint32(0xFFFF_FFFE) == ord("("))  # and ")"
    behind = points[at - 1]
    eyes = np.where(behind == ord("-"), points[at - 2], behind)
    smiles: np.ndarray = at[(eyes == ord("=")) | (eyes == ord(":")) | (eyes == ord(";"))]
    return smiles


def _is_small_word(joined: _Joined, runs: _Runs, at: np.ndarray) -> np.ndarray:
    """Whether a word of lower-case letters, Russian or English, begins at these places, and no other letter in it.

    A space is before each, so that where there is one a run begins.
    """
    kinds = joined.kinds
    found: np.ndarray = kinds[at] & SMALL != 0
    words = np.flatnonzero(found)
    at = at[words]
    stop = runs.stops[runs.starts.searchsorted(at)]
    other = np.append(runs.odd, len(kinds))[runs.odd.searchsorted(at)]
    is_inside = other < stop
    # It ends within the run: it is one if no letter of another kind goes on with it.
    found[words[is_inside]] = ~_is_letter(joined, other[is_inside])
    return found


def _is_letter(joined: _Joined, at: np.ndarray) -> np.ndarray:
    r"""Whether characters are what razdel takes for letters: [^\W\d]."""
    is_letter: np.ndarray = (joined.kinds[at] & (ALNUM | DIGIT) == ALNUM) | (joined.points[at] == ord("_"))
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
    def of(cls, joined: _Joined, runs: _Runs, at: np.ndarray, first: np.ndarray) -> _Delimiters:
        """Tell of delimiters at these places, each in a text that begins at `first`; a space is behind each."""
        delimiter, kind, before, after = (
            joined.points[at],
            joined.kinds[at],
            joined.kinds[at - 1],
            joined.kinds[at + 2],
        )
        is_mark, is_dot = kind & MARK != 0, delimiter == ord(".")
        # Something stands before it: else razdel looks at what is before the space.
        stands = (at > first) & (before & SPACE == 0)
        opens = after & (UPPER | DIGIT | OPENS) != 0
        # A quotation mark or a bracket ends a sentence only behind a mark that does.
        is_behind_mark = before & ENDING != 0
        joins_ = stands & ~is_mark & ~is_behind_mark
        ends_ = stands & opens & ~is_dot & (is_mark | is_behind_mark)
        if_no_list = ends_ & (delimiter == ord(")"))
        dots = np.flatnonzero(is_dot & stands)
        before = before[dots]
        length, is_abbreviation = _words_before(joined, at[dots])
        joins_[dots] = (length == 1) & (before & UPPER != 0)  # an initial
        is_word = opens[dots] & (length > 1) & ~is_abbreviation
        no_word = opens[dots] & (length == 0) & ((before & DIGIT != 0) | (before & ALNUM == 0))
        ends_[dots] = is_word | no_word
        if_no_list[dots] = no_word | (is_word & (before & LOWER == 0))
        goes_on, if_no_dash = _dashes(joined, runs, at, ends_ & (after & DASH != 0))
        joins_ |= goes_on | _is_number_of_item(joined, at, first, if_no_list)
        ends_ &= ~joins_
        if_no_list &= ends_ & ~_is_far(at, first, joins_)
        return cls(joins_, ends_, if_no_list, if_no_dash & ends_)


def _dashes(joined: _Joined, runs: _Runs, at: np.ndarray, has_dash: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tell of delimiters with a dash behind them whether a word in lower case goes on, and where that is in doubt."""
    goes_on, in_doubt = np.zeros_like(has_dash), has_dash.copy()
    spaced = np.flatnonzero(has_dash)
    spaced = spaced[joined.kinds[at[spaced] + 3] & SPACE != 0]
    word = at[spaced] + 4
    is_small = _is_small_word(joined, runs, word)
    goes_on[spaced] = is_small
    in_doubt[spaced] = ~is_small & (joined.kinds[word] & UPPER == 0)
    return goes_on, in_doubt


def _is_number_of_item(joined: _Joined, at: np.ndarray, first: np.ndarray, may_be: np.ndarray) -> np.ndarray:
    """Whether nothing but a digit or two of the text is before a delimiter."""
    found = np.zeros_like(may_be)
    near = np.flatnonzero(may_be & (at - first <= 2))  # noqa: PLR2004 -- the number of an item, nearly always
    start = first[near]
    found[near] = joined.kinds[start] & joined.kinds[np.maximum(start, at[near] - 1)] & DIGIT != 0
    return found


def _is_far(at: np.ndarray, first: np.ndarray, joins_: np.ndarray) -> np.ndarray:
    """Whether delimiters are further than the number of an item is long from all that may begin their sentences."""
    may_end = np.flatnonzero(~joins_)
    latest = first.copy()
    latest[may_end[1:]] = np.maximum(first[may_end[1:]], at[may_end[:-1]] + 1)
    far: np.ndarray = at - latest > BULLET_SIZE
    return far


def _words_before(joined: _Joined, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many letters stand before places, as far as razdel looks, and whether they are an abbreviation.

    -1 where they are not all that razdel takes for letters.
    """
    back = at[:, None] - np.arange(1, WINDOW + 1)
    ends_here = np.ones((len(at), WINDOW + 1), np.bool_)
    ends_here[:, :WINDOW] = joined.kinds[back] & ALPHA == 0
    length = ends_here.argmax(1)
    letters, powers, known = abbreviations()
    size = len(powers) - 1
    inside = np.arange(size) < length[:, None]
    codes = letters.take(joined.points[back[:, :size]], mode="clip") * inside @ powers[:size] + length * powers[size]
    is_abbreviation = (known.take(known.searchsorted(codes), mode="clip") == codes) & (length <= size)
    length[(length < WINDOW) & _is_letter(joined, at - 1 - length)] = -1
    return length, is_abbreviation


@cache
def abbreviations() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a number for each character, one for each place of a word from its end, and the sums of the abbreviations.

    The sum of a word is that of its characters' numbers times those of their places, and of its length in place of one.
    """
    every = [word for word in NO_ENDS if word == word.lower()]
    number = {letter: count for count, letter in enumerate(sorted(set("".join(every))), 1)}
    letters = np.zeros(PLANE, np.int64)
    # But for capitals, no character becomes one of these letters in lower case: to ask all of the plane takes 10 ms.
    for character in chain(number, map(chr, (table() & UPPER).nonzero()[0].tolist())):
        letters[ord(character)] = number.get(character.lower(), 0)
    powers = (len(number) + 1) ** np.arange(max(map(len, every)) + 1, dtype=np.int64)
    sums = [
        sum(number[letter] * int(power) for letter, power in zip(word[::-1], powers.tolist(), strict=False))
        + len(word) * int(powers[-1])
        for word in every
    ]
    return letters, powers, np.array(sorted({*sums}), np.int64)


# --- tokens -----------------------------------------------------------------------------------------------------------


def _tokens(joined: _Joined, runs: _Runs, sentences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where tokens start and stop."""
    starts, stops = runs.starts, runs.stops
    nothing, doubtful = _not_plain(joined, runs)
    is_token = np.ones(len(starts), np.bool_)
    is_token[nothing] = is_token[doubtful] = False
    ruled = by_rules(joined.text, starts[doubtful], stops[doubtful], sentences)
    starts, stops = starts[is_token], stops[is_token]
    to = starts.searchsorted(ruled[:, 0])
    return np.insert(starts, to, ruled[:, 0]), np.insert(stops, to, ruled[:, 1])


def by_rules(text: str, starts: np.ndarray, stops: np.ndarray, sentences: np.ndarray) -> np.ndarray:
    """Return where the tokens start and stop, a row each, that begin in runs, by the rules of tokenize.

    Runs are in order; `sentences` is where the sentences of the text begin.
    """
    until = np.append(sentences, len(text))[sentences.searchsorted(starts, side="right")]
    made: list[tuple[int, int]] = []
    done = 0
    search = TOKEN.search
    for start, stop, end in zip(starts.tolist(), stops.tolist(), until.tolist(), strict=True):
        at = max(start, done)
        while at < stop and (match := search(text, at, end)):
            first, last = match.span()
            if first >= stop:
                break
            made.append((first, last))
            at = done = last
    return np.array(made, np.intp).reshape(-1, 2)


def _not_plain(joined: _Joined, runs: _Runs) -> tuple[np.ndarray, np.ndarray]:
    """Return the runs that have no letter or digit, and in order those that rules must tell the tokens of."""
    kinds, starts, stops = joined.kinds, runs.starts, runs.stops
    size = stops - starts
    letters = np.flatnonzero(size == 1)
    before_sign = kinds[stops[letters]] & AFTER_LETTER != 0
    letters = letters[before_sign & (kinds[starts[letters]] & (ALNUM | DIGIT) == ALNUM)]
    odd = runs.odd[kinds[runs.odd] & (GLUE | DIGIT) != 0]
    if not odd.size:
        return odd, letters
    of = starts.searchsorted(odd, side="right") - 1
    first = np.flatnonzero(np.diff(of, prepend=-1))  # of those of one run
    run = of[first]
    starts, stops, size = starts[run], stops[run], size[run]
    digits = np.add.reduceat(kinds[odd] & DIGIT != 0, first, dtype=np.intp)
    glue = np.diff(first, append=len(odd)) - digits
    is_joint = (kinds[odd] & HYPHEN != 0) & (kinds[odd - 1] & kinds[odd + 1] & ALNUM != 0)
    joints = np.add.reduceat(is_joint, first, dtype=np.intp)
    # A number by itself, unless a number is beside it; what begins with a letter, with hyphens inside at most.
    is_number = digits == size
    is_number &= ~((kinds[stops] & JOINS_NUMBERS != 0) & (kinds[stops + 1] & DIGIT != 0))
    is_number &= ~((kinds[starts - 1] & JOINS_NUMBERS != 0) & (kinds[starts - 2] & DIGIT != 0))
    is_word = (kinds[starts] & DIGIT == 0) & (glue == joints)
    is_nothing = np.add.reduceat(kinds[odd] & ALNUM == 0, first, dtype=np.intp) == size
    return run[is_nothing], np.sort(np.concatenate([letters, run[~(is_number | is_word | is_nothing)]]))
