"""What `bulk` does by array operations, by two loops that are compiled (indexer.compiled.kept), and the same tokens.

Each character is looked at once, where array operations go over all of them for each thing that is asked, and goes into
the hash of its token meanwhile. What neither can tell is left to the same rules.

That loops stay within their arrays follows from what texts are joined by (`bulk.Joined`): two characters before the
first text, one between two, and three behind the last are of no kind, so that whoever goes from a character of a text
as long as there are letters, digits or spaces ends there at the latest; and from one that has a kind they look at most
two characters back, and as many characters on as are beside the code, each after one that has a kind.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
from razdel.segmenters.sentenize import BULLET_SIZE

from indexer.analysis.abbreviations import DOTTED
from indexer.analysis.bulk import Joined, Tokens, abbreviations, by_rules, code_points, ends_in_doubt
from indexer.analysis.characters import (
    AFTER_LETTER,
    ALNUM,
    ALPHA,
    APART,
    DASH,
    DELIMITER,
    DIGIT,
    EIGHT,
    ENDING,
    GLUE,
    HYPHEN,
    JOINS_NUMBERS,
    LOWER,
    MARK,
    OPENS,
    PLANE,
    POINT,
    SMALL,
    SPACE,
    UPPER,
    codes_of,
    kind_of,
    table,
)
from indexer.compiled.kept import NUMBER, kept
from indexer.sentences import WINDOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.compiled.kept import Loop

Int: TypeAlias = Any  # a whole number, of Python or of NumPy

_WORD = ALNUM | GLUE
_DOT, _UNDERSCORE, _HYPHEN, _OPENING, _CLOSING = map(ord, "._-()")
_COLON, _SEMICOLON, _EQUALS = map(ord, ":;=")
_A_LATIN, _Z_LATIN, _A_RUSSIAN, _YA_RUSSIAN, _YO_RUSSIAN = map(ord, "AZАЯЁ")
_OTHER_CASES, _LAST_OF_OTHER_CASES = 0x1C80, 0x1CFF  # Russian letters, and what else is one for who ignores case
_NEAR = 2  # characters between what one rule may take together
_DIGITS = 3  # of a thousand
_NUMBER = 2  # digits of the number of an item, nearly always
_DOUBT = 6  # numbers that tell of a delimiter in doubt: see bulk.ends_in_doubt
# What is known of a character: the bits of its kind, whether it shares its code with others, and its code.
_SHARES, _CODE = 1 << 16, 24
_FROM_CODE_TO_TOP = np.uint64(32)  # bits: to the last eight of 64
_TOP = np.uint64(0xFF << 56)
_BYTE, _HALF = np.uint64(8), np.uint64(32)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
# UTF-8: a character from so many on has two bytes, or three, and four from PLANE on; six bits in each but the first.
_TWO, _THREE, _BYTES = 0x80, 0x800, 4
_LEADS_TWO, _LEADS_THREE, _LEADS_FOUR, _FOLLOWS, _SIX, _LAST = 0xC0, 0xE0, 0xF0, 0x80, 6, 0x3F
_MOST = 1 << 28  # characters: NumPy has no string of 1 << 29


class Reader:
    """Reads tokens by loops, which must be ready, in arrays that it uses again. No threads may share it."""

    def __init__(self, secrets: np.ndarray, longest: int) -> None:
        """Hash with these secrets (uint64) as many of a token's characters at most."""
        self._secrets = secrets
        self._longest = longest
        self._plain, self._merged = _Plain.of(0), _Merged.of(0)
        self._joined = Joined.of([])
        self._points, self._bytes = np.zeros(1, "U1"), np.empty(0, np.uint8)

    def tokens(self, texts: Sequence[str]) -> tuple[Tokens, np.ndarray] | None:
        """Return the tokens of texts, as `bulk.tokens` does, and a hash for each; None if they are too long for loops.

        Places and hashes are overwritten by the next call.
        """
        joined = self._joined = Joined.of(texts, self._points_of)
        if len(joined.text) >= _MOST:
            return None
        first = joined.first
        points, known = _numbered(joined.points)
        plain = self._plain = self._plain.with_room(len(points) // 2 + 1)
        odd, counts = np.empty(len(first), np.int32), np.empty(5, np.int64)
        given = joined.points, points, known
        found(
            *given, first, joined.last, *abbreviations(), _dotted(), self._secrets, self._longest, *plain, odd, counts
        )
        runs, many_doubtful, many_sentences, many_doubts, many_odd = counts.tolist()
        doubts = plain.doubts[: many_doubts * _DOUBT].reshape(-1, _DOUBT)
        ends = ends_in_doubt(texts, joined.text, first, odd[:many_odd], doubts)
        sentences = np.sort(np.append(plain.sentences[:many_sentences], ends.astype(np.int32)))
        doubtful = plain.doubtful[: 2 * many_doubtful].reshape(-1, 2)
        ruled = by_rules(joined.text, doubtful[:, 0], doubtful[:, 1], sentences).astype(np.int32).reshape(-1)
        many = runs + len(ruled) // 2
        of = self._merged = self._merged.with_room(many)
        opens, lengths = np.empty(many, np.bool_), np.zeros(len(first), np.int64)
        here = plain.starts[:runs], plain.stops[:runs], plain.hashes[:runs]
        merged(*given, *here, ruled, sentences, first, self._secrets, self._longest, *of, opens, lengths)
        tokens_ = Tokens(joined.text, of.starts[:many], of.stops[:many], opens, lengths, joined.points)
        return tokens_, of.hashes[:many]

    def _points_of(self, text: str) -> np.ndarray:
        if len(text) >= _MOST:
            return code_points(text)
        if len(text) > self._points.itemsize // _BYTES:
            self._points = np.zeros(1, f"U{len(text) + len(text) // 4}")
        self._points[0] = text  # in 0.4 of the time of an array of its own, and that is as long as to encode it
        return self._points.view(np.uint32)[: len(text)]

    def encoded(self, many: int) -> tuple[bytes, np.ndarray]:
        """Return the first texts of the last call in UTF-8, one behind another, and how long each is, in bytes."""
        joined, lengths = self._joined, np.empty(many, np.int64)
        room = _BYTES * len(joined.points) + 1
        if len(self._bytes) < room:
            self._bytes = np.empty(room, np.uint8)
        return self._bytes[: encoded(joined.points, joined.first, joined.last, self._bytes, lengths)].tobytes(), lengths


class _Plain(NamedTuple):
    """Where `found` tells what it finds, with room for as much as there may be."""

    starts: np.ndarray  # int32: of runs that are tokens
    stops: np.ndarray  # int32
    hashes: np.ndarray  # uint64
    doubtful: np.ndarray  # int32: where runs start and stop that are for the rules
    sentences: np.ndarray  # int32: where they begin, as far as that is sure
    doubts: np.ndarray  # int32: six for each delimiter

    @classmethod
    def of(cls, runs: int) -> _Plain:
        """Return room for so many runs, for no more delimiters, and as many texts."""
        starts, stops, doubtful, sentences, doubts = (np.empty(many * runs, np.int32) for many in (1, 1, 2, 2, _DOUBT))
        return cls(starts, stops, np.empty(runs, np.uint64), doubtful, sentences, doubts)

    def with_room(self, runs: int) -> _Plain:
        """Return it, or what has more room."""
        return self if runs <= len(self.starts) else _Plain.of(runs)


class _Merged(NamedTuple):
    """Where `merged` tells what it finds."""

    starts: np.ndarray  # int32: of tokens
    stops: np.ndarray  # int32
    hashes: np.ndarray  # uint64

    @classmethod
    def of(cls, many: int) -> _Merged:
        """Return room for so many tokens."""
        return cls(np.empty(many, np.int32), np.empty(many, np.int32), np.empty(many, np.uint64))

    def with_room(self, many: int) -> _Merged:
        """Return it, or what has more room, and some to spare."""
        return self if many <= len(self.starts) else _Merged.of(many + many // 4)


def _numbered(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a number for each character, and what is known of all that there are, uint32, by these numbers.

    It is the code point but for those beyond the first plane, whose numbers come behind those that always have one.
    """
    if points.max() < PLANE:
        return points, _known()
    far = np.flatnonzero(points >= PLANE)
    others, numbers = np.unique(points[far], return_inverse=True)
    points = points.copy()
    points[far] = PLANE + numbers
    kinds = np.array([kind_of(point) for point in others.tolist()], np.uint32)
    return points, np.append(_known(), kinds | _SHARES | codes_of(others).astype(np.uint32) << np.uint32(_CODE))


@cache
def _known() -> np.ndarray:
    points = np.arange(PLANE, dtype=np.uint32)
    shares = (points & np.uint32(APART) != 0) * np.uint32(_SHARES)
    known: np.ndarray = table() | shares | codes_of(points).astype(np.uint32) << np.uint32(_CODE)
    return known


@cache
def _dotted() -> np.ndarray:
    """Return, in order, what abbreviations with dots begin with: the first letter's code point and the second's."""
    every = {
        ord(first) << POINT | ord(second)
        for one in DOTTED
        for first in one[0] + one[0].upper()
        for second in one[2] + one[2].upper()
    }
    return np.array(sorted(every), np.int64)


# --- hashes: as keying.Hasher makes them ------------------------------------------------------------------------------


def _mixed(number: Int, first: Int, second: Int) -> Int:
    """Return keying.Mixer's number of one."""
    number *= first
    return (number ^ (number >> _HALF)) * second


def _packed(packed: Int, known: Int) -> Int:
    """Return the codes of eight characters, of which the last is new, and the first goes out."""
    return packed >> _BYTE | (np.uint64(known) << _FROM_CODE_TO_TOP & _TOP)


def _hash_of(
    characters: np.ndarray, points: np.ndarray, known: np.ndarray, start: Int, stop: Int, secrets: np.ndarray
) -> Int:
    """Return the hash of a token that opens no sentence."""
    first, second = secrets[0], secrets[1]
    hashed, packed, every, left = _ZERO, _ZERO, np.int64(0), EIGHT
    for at in range(start, stop):
        if left == 0:
            hashed = _mixed(hashed + packed, first, second)
            packed, left = _ZERO, EIGHT
        this = np.int64(known[points[at]])
        every |= this
        packed = _packed(packed, this)
        left -= 1
    hashed = _mixed(hashed + packed, first, second) + np.uint64(stop - start) * secrets[3]
    return hashed + _apart(characters, start, stop, secrets) if every & _SHARES else hashed


def _apart(characters: np.ndarray, start: Int, stop: Int, secrets: np.ndarray) -> Int:
    """Return what tells a token with characters that share their codes from others."""
    total = _ZERO
    for at in range(start, stop):
        point = np.uint64(characters[at])
        if point & np.uint64(APART):
            place = np.uint64(at - start) << np.uint64(POINT)
            total += _mixed((point | place) * secrets[2], secrets[0], secrets[1])
    return total


# --- loops ------------------------------------------------------------------------------------------------------------


@kept(
    *("u4", "u4", "u4", "i8", "i8", "i8", "i8", "i8", "i8", "u8", NUMBER),
    *("i4", "i4", "u8", "i4", "i4", "i4", "i4", "i8"),
)
def found(  # noqa: C901, PLR0912, PLR0915 -- one pass
    characters: np.ndarray,
    points: np.ndarray,
    known: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    letters: np.ndarray,
    powers: np.ndarray,
    abbreviations_: np.ndarray,
    dotted: np.ndarray,
    secrets: np.ndarray,
    most: Int,
    starts: np.ndarray,
    stops: np.ndarray,
    hashes: np.ndarray,
    doubtful: np.ndarray,
    sentences: np.ndarray,
    doubts: np.ndarray,
    odd: np.ndarray,
    counts: np.ndarray,
) -> int:
    """Find all that is plain of joined texts, and what is in doubt; `counts` tells how much there is of it.

    Of runs there are as many as every other character at most, for one that is of none is behind each, and as many
    delimiters with a space behind them; of sentences also one more for each text, behind which a character is.
    """
    runs = many_doubtful = many_sentences = many_doubts = many_odd = 0
    longest = len(powers) - 1
    first_secret, second_secret, of_size = secrets[0], secrets[1], secrets[3]
    for text in range(len(first)):
        begin, end = first[text], last[text]
        sentences[many_sentences] = begin
        many_sentences += 1
        sentences_before, doubts_before, has_smile = many_sentences, many_doubts, False
        since = latest = begin  # behind the last delimiter that ends a sentence, and that may end one
        ruled = np.int64(-_NEAR)
        at = begin
        while at < end:
            kind = np.int64(known[points[at]])
            here = np.int64(-1)  # the delimiter with a space behind it, if this is one
            if kind & _WORD:
                start, every, left = at, kind, EIGHT - 1
                hashed, packed = _ZERO, _packed(_ZERO, kind)
                next_ = np.uint64(at) + _ONE  # of no sign: an index that might be one from the end takes longer
                behind = np.int64(known[points[next_]])
                while behind & _WORD:
                    if left == 0:
                        hashed = _mixed(hashed + packed, first_secret, second_secret)
                        packed, left = _ZERO, EIGHT
                    every |= behind
                    packed = _packed(packed, behind)
                    left -= 1
                    next_ += _ONE
                    behind = np.int64(known[points[next_]])
                at = np.int64(next_)
                size = at - start
                is_plain = is_in_doubt = False
                stop = at
                # What the rules of tokenize say; of what they may take with what is beside it they are asked.
                if size == 1 and behind & AFTER_LETTER and kind & (ALNUM | DIGIT) == ALNUM:
                    point, follows = np.int64(points[start]), at + 1
                    if known[points[follows]] & SPACE and known[points[follows]] & JOINS_NUMBERS:
                        follows += 1
                    is_capital = (
                        _A_LATIN <= point <= _Z_LATIN or _A_RUSSIAN <= point <= _YA_RUSSIAN or point == _YO_RUSSIAN
                    )
                    pair = point << POINT | np.int64(points[follows])
                    may_be_dotted = _has(dotted, pair) or _OTHER_CASES <= points[follows] <= _LAST_OF_OTHER_CASES
                    if (
                        points[at] != _DOT
                        or not (kind & SMALL or is_capital)
                        or may_be_dotted
                        or start - ruled <= _NEAR
                    ):
                        is_in_doubt = True
                    else:
                        is_plain = True  # an initial with its dot, unless a short abbreviation is behind it
                        if is_capital and (
                            known[points[at + 1]] & (ALNUM | DIGIT) != ALNUM
                            or known[points[at + 2]] & (ALNUM | DIGIT) != ALNUM
                            or points[at + 3] != _DOT
                        ):
                            stop = at + 1
                elif not every & (GLUE | DIGIT):
                    is_plain = True
                else:
                    is_joined = known[points[start - 1]] & JOINS_NUMBERS and known[points[start - 2]] & DIGIT
                    digits = glue = joints = signs = 0
                    for each in range(start, at):
                        this = known[points[each]]
                        if this & DIGIT:
                            digits += 1
                        elif this & GLUE:
                            glue += 1
                            if this & HYPHEN and known[points[each - 1]] & known[points[each + 1]] & ALNUM:
                                joints += 1
                            if not this & ALNUM:
                                signs += 1
                    if digits == size:
                        is_after = behind & JOINS_NUMBERS and known[points[at + 1]] & DIGIT
                        if is_joined and start - ruled <= _NEAR:
                            is_in_doubt = True
                        elif not is_after or (is_joined and not known[points[start - 1]] & SPACE):
                            is_plain = True
                        else:  # thousands, or a decimal
                            place = at + 1
                            while known[points[place]] & DIGIT:
                                place += 1
                            if behind & SPACE:
                                is_in_doubt = size <= _DIGITS and place - at - 1 == _DIGITS
                                is_plain = not is_in_doubt
                            elif known[points[place]] & _WORD:
                                is_in_doubt = True
                            else:
                                is_plain = True
                                beyond = known[points[place]]
                                if not (
                                    beyond & JOINS_NUMBERS and not beyond & SPACE and known[points[place + 1]] & DIGIT
                                ):
                                    stop = at = place
                                    behind = np.int64(beyond)
                    elif not kind & DIGIT:
                        is_plain = glue == joints
                        is_in_doubt = not is_plain and signs < size
                    else:  # an ordinal, or a word behind a number and a hyphen
                        place = start
                        while known[points[place]] & DIGIT:
                            place += 1
                        is_plain = (
                            not is_joined
                            and glue == joints == 1
                            and place - start == digits
                            and known[points[place]] & HYPHEN != 0
                        )
                        is_in_doubt = not is_plain
                if is_plain:
                    starts[runs], stops[runs] = start, stop
                    if stop - start != size or size > most:
                        hashed = _hash_of(characters, points, known, start, min(stop, start + most), secrets)
                    else:
                        hashed = _mixed(hashed + packed, first_secret, second_secret) + np.uint64(size) * of_size
                        if every & _SHARES:
                            hashed += _apart(characters, start, stop, secrets)
                    hashes[runs] = hashed
                    runs += 1
                elif is_in_doubt:
                    doubtful[2 * many_doubtful], doubtful[2 * many_doubtful + 1] = start, stop
                    many_doubtful += 1
                    ruled = stop
                if every & DELIMITER and behind & SPACE and known[points[at - 1]] & DELIMITER:
                    here = at - 1
            else:
                if not kind & SPACE:
                    if points[at] == _OPENING or points[at] == _CLOSING:
                        eyes = points[at - 1]
                        if eyes == _HYPHEN:
                            eyes = points[at - 2]
                        has_smile |= eyes in (_EQUALS, _COLON, _SEMICOLON)
                    if kind & DELIMITER and known[points[at + 1]] & SPACE:
                        here = at
                at += 1
            if here < 0:
                continue
            # Whether it ends a sentence: bulk._ends, and bulk._Delimiters.
            after = here + 2
            while known[points[after]] & SPACE:
                after += 1
            if after >= end:
                continue
            if known[points[after]] & SMALL:
                while known[points[after]] & SMALL:
                    after += 1
                if known[points[after]] & (ALNUM | DIGIT) != ALNUM and points[after] != _UNDERSCORE:
                    continue
            kind, before, after_space = known[points[here]], known[points[here - 1]], known[points[here + 2]]
            joins = ends = if_no_list = if_no_dash = False
            if here > begin and not before & SPACE:
                opens = after_space & (UPPER | DIGIT | OPENS) != 0
                if points[here] == _DOT:
                    place = here - 1
                    while here - 1 - place < WINDOW and known[points[place]] & ALPHA:
                        place -= 1
                    length = here - 1 - place
                    is_whole = length == WINDOW or (
                        known[points[place]] & (ALNUM | DIGIT) != ALNUM and points[place] != _UNDERSCORE
                    )
                    if not is_whole:
                        pass
                    elif length == 0:
                        ends = if_no_list = opens and (before & DIGIT != 0 or not before & ALNUM)
                    elif length == 1:
                        joins = before & UPPER != 0
                    elif opens:
                        ends = True
                        if length <= longest:
                            code = length * powers[longest]
                            for number in range(length):
                                point = np.int64(points[here - 1 - number])
                                if point < PLANE:  # no abbreviation has another, and the length of one counts
                                    code += letters[point] * powers[number]
                            ends = not _has(abbreviations_, code)
                        if_no_list = ends and not before & LOWER
                else:
                    is_mark, is_behind_mark = kind & MARK != 0, before & ENDING != 0
                    joins = not is_mark and not is_behind_mark
                    ends = opens and (is_mark or is_behind_mark)
                    if_no_list = ends and points[here] == _CLOSING
                if ends and after_space & DASH:
                    if_no_dash = True
                    if known[points[here + 3]] & SPACE:
                        word = here + 4
                        after = word
                        while known[points[after]] & SMALL:
                            after += 1
                        if after > word and (
                            known[points[after]] & (ALNUM | DIGIT) != ALNUM and points[after] != _UNDERSCORE
                        ):
                            joins = True
                        elif known[points[word]] & UPPER:
                            if_no_dash = False
                if if_no_list and here - begin <= _NUMBER:
                    joins |= known[points[begin]] & known[points[max(begin, here - 1)]] & DIGIT != 0
            if joins:
                continue
            if_no_list &= here - latest <= BULLET_SIZE
            if if_no_list:
                # Of a word that is no number of an item, wherever the sentence begins.
                for each in range(latest, here - 1):
                    if known[points[each]] & known[points[each + 1]] & SMALL:
                        if_no_list = False
                        break
            latest = here + 1
            if ends and not if_no_list and not if_no_dash:
                sentences[many_sentences] = since = here + 1
                many_sentences += 1
            else:
                row = _DOUBT * many_doubts
                doubts[row], doubts[row + 1], doubts[row + 2] = here, text, since
                doubts[row + 3], doubts[row + 4], doubts[row + 5] = ends, if_no_list, if_no_dash
                many_doubts += 1
        if has_smile:
            many_sentences, many_doubts = sentences_before, doubts_before
            odd[many_odd] = text
            many_odd += 1
    counts[0], counts[1], counts[2], counts[3], counts[4] = runs, many_doubtful, many_sentences, many_doubts, many_odd
    return 0


def _has(numbers: np.ndarray, number: Int) -> bool:
    """Whether a number is among others, which are in order."""
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low < len(numbers) and numbers[low] == number


@kept(
    *("u4", "u4", "u4", "i4", "i4", "u8", "i4", "i4", "i8", "u8", NUMBER),
    *("i4", "i4", "u8", "bool", "i8"),
)
def merged(
    characters: np.ndarray,
    points: np.ndarray,
    known: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    hashes: np.ndarray,
    ruled: np.ndarray,
    sentences: np.ndarray,
    first: np.ndarray,
    secrets: np.ndarray,
    most: Int,
    every_start: np.ndarray,
    every_stop: np.ndarray,
    every_hash: np.ndarray,
    opens: np.ndarray,
    lengths: np.ndarray,
) -> int:
    """Put together tokens that are plain and those that rules have told, each where it starts and where it stops.

    All are in order, there is room for all, and each is in one of the texts, so that one of these begins before it.
    """
    plain = rule = sentence = 0
    text = -1
    for token in range(len(starts) + len(ruled) // 2):
        if 2 * rule < len(ruled) and (plain == len(starts) or ruled[2 * rule] < starts[plain]):
            start, stop = np.int64(ruled[2 * rule]), np.int64(ruled[2 * rule + 1])
            hashed = _hash_of(characters, points, known, start, min(stop, start + most), secrets)
            rule += 1
        else:
            start, stop, hashed = np.int64(starts[plain]), np.int64(stops[plain]), hashes[plain]
            plain += 1
        every_start[token], every_stop[token] = start, stop
        opens[token] = False
        while sentence < len(sentences) and sentences[sentence] <= start:
            sentence += 1
            opens[token] = True
        every_hash[token] = hashed ^ secrets[4] if opens[token] else hashed
        while text + 1 < len(first) and first[text + 1] <= start:
            text += 1
        lengths[text] += 1
    return 0


@kept("u4", "i8", "i8", "u1", "i8")
def encoded(
    characters: np.ndarray, first: np.ndarray, last: np.ndarray, bytes_: np.ndarray, lengths: np.ndarray
) -> int:
    """Write texts in UTF-8, halves of pairs as any character, and return how long all are; `lengths` tells of each.

    There is room for four bytes of each character and for one more.
    """
    size = _ZERO
    for text in range(len(lengths)):
        begin = size
        for at in range(np.uint64(first[text]), np.uint64(last[text])):
            point = characters[at]
            if point < _THREE:
                # Without asking which it is, for that cannot be foretold: the second byte is overwritten if it is none.
                is_two = np.uint64(point >= _TWO)
                bytes_[size] = _LEADS_TWO | point >> _SIX if is_two else point
                bytes_[size + _ONE] = _FOLLOWS | point & _LAST
                size += _ONE + is_two
            elif point < PLANE:
                bytes_[size] = _LEADS_THREE | point >> 2 * _SIX
                bytes_[size + _ONE] = _FOLLOWS | point >> _SIX & _LAST
                bytes_[size + np.uint64(2)] = _FOLLOWS | point & _LAST
                size += np.uint64(3)
            else:
                bytes_[size] = _LEADS_FOUR | point >> 3 * _SIX
                bytes_[size + _ONE] = _FOLLOWS | point >> 2 * _SIX & _LAST
                bytes_[size + np.uint64(2)] = _FOLLOWS | point >> _SIX & _LAST
                bytes_[size + np.uint64(3)] = _FOLLOWS | point & _LAST
                size += np.uint64(4)
        lengths[text] = np.int64(size - begin)
    return int(np.int64(size))


LOOPS: Final[tuple[Loop, ...]] = (found, merged, encoded)
