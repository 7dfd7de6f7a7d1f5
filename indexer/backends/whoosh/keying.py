"""Tokens → hashes and keys, many at once: only a word that arrays cannot tell the key of becomes a string by itself.

A hash is made of eight characters at a time, as one number, for nearly all are of ASCII or Russian and have a byte
each. To sum up random numbers of all characters takes as long, and 32 bytes for each of them rather than 9.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from indexer.analysis.characters import APART, EIGHT, POINT, codes_of
from indexer.backends.whoosh import terms
from indexer.backends.whoosh.lists import spread
from indexer.backends.whoosh.words import key_of
from indexer.compiled.kept import NUMBER, kept

if TYPE_CHECKING:
    from indexer.analysis import Analyzer
    from indexer.analysis.bulk import Tokens
    from indexer.compiled.kept import Loop

Int: TypeAlias = Any  # a whole number, of Python or of NumPy

_BITS = 64

# What is known of a character, a bit each; of the first one, the last two in place of what is said of capitals.
_SMALL, _CAPITAL, _HYPHEN, _SIGN, _OTHER = (1 << bit for bit in range(5))
_SMALL_LATIN, _CAPITAL_LATIN, _OPENS_IT, _OPENS_IT_LATIN = (1 << bit for bit in range(5, 9))
_BITS_OF = {
    _SMALL: "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    _CAPITAL: "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    _SMALL_LATIN: "abcdefghijklmnopqrstuvwxyz",
    _CAPITAL_LATIN: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    _HYPHEN: "-",
    _SIGN: "0123456789.,",
}
_FARTHEST = 0x450  # and whatever is beyond it is something else
_LOWER = 32  # from a capital letter to the small one
_UNTOLD, _PLAIN, _CAPITALISED, _CAPITALS, _CAPITAL_ALONE = range(5)  # how a word is written
_WAYS = 5
_EXAMPLES = {_CAPITALISED: "Аб", _CAPITALS: "АБ", _CAPITAL_ALONE: "А"}
_END = b"\n"  # no key has one, and it is a character of one byte
_BEHIND = terms.joined([b""])
_BYTES = 2  # of a character in UTF-8, of those that are told: one below _TWO, else two, of which the last has six bits
_TWO, _LEADS, _FOLLOWS, _SIX, _LAST = 0x80, 0xC0, 0x80, 6, 0x3F


def _drawn(many: int) -> np.ndarray:
    """Return so many numbers of 64 bits that nobody knows; to import NumPy's own would take 10 ms."""
    return np.frombuffer(os.urandom(many * _BITS // 8), np.uint64)


class Mixer:
    """Makes of strings of bytes numbers of 64 bits, as good as drawn, and other ones than other mixers."""

    def __init__(self) -> None:
        self._first, self._second, self.other, self._size = self.secrets = _drawn(4) | np.uint64(1)

    def mixed(self, numbers: np.ndarray) -> np.ndarray:
        """Return a number for each, which are made of these in place: different ones of different ones."""
        numbers *= self._first
        numbers ^= numbers >> np.uint64(_BITS // 2)
        numbers *= self._second
        return numbers

    def of(self, text: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Return the numbers of the strings that begin and are so long in a text, behind which are eight bytes."""
        every = np.ndarray((len(text) - EIGHT + 1,), "<u8", text.data, strides=(1,)).astype(np.uint64)  # from each on
        hashes = self.mixed(_first(every, starts, sizes))
        going = np.flatnonzero(sizes > EIGHT)
        at, left = starts[going], sizes[going]
        while going.size:
            at, left = at + EIGHT, left - EIGHT
            hashes[going] = self.mixed(hashes[going] + _first(every, at, left))
            longer = np.flatnonzero(left > EIGHT)
            going, at, left = going[longer], at[longer], left[longer]
        # What goes on with zero bytes would be like what does not.
        hashes += sizes.view(np.uint64) * self._size
        return hashes


def _first(every: np.ndarray, at: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the first eight bytes of each string as a number; what is behind the string is shifted out."""
    numbers: np.ndarray = every[at]
    left = EIGHT - sizes
    np.maximum(left, 0, out=left)
    left <<= 3
    numbers <<= left.view(np.uint64)
    return numbers


class Hasher:
    """Makes of tokens numbers of 64 bits: the same of the same characters, if they both open a sentence or do not.

    What is beyond the longest word does not count, for the key has none of it.
    """

    def __init__(self, longest: int) -> None:
        self._mixer = Mixer()
        self._opens = _drawn(1)
        self.longest = longest

    @property
    def secrets(self) -> np.ndarray:
        """Return what tells its numbers from those of others, uint64: the mixer's, and that of opening a sentence."""
        return np.append(self._mixer.secrets, self._opens)

    def __call__(self, of: Tokens) -> np.ndarray:
        """Return the number of each token."""
        sizes = np.minimum(of.stops - of.starts, self.longest)
        hashes = self._mixer.of(_padded(codes_of(of.points)), of.starts, sizes)
        self._tell_apart(hashes, of, sizes)
        np.bitwise_xor(hashes, self._opens, out=hashes, where=of.opens)
        return hashes

    def _tell_apart(self, hashes: np.ndarray, of: Tokens, sizes: np.ndarray) -> None:
        """Change the numbers of tokens with characters that share a byte with others."""
        far = np.flatnonzero(of.points & np.uint32(APART) != 0)
        token = of.starts.searchsorted(far, side="right") - 1
        inside = (token >= 0) & (far < (of.starts + sizes)[token]) if len(sizes) else token >= 0
        far, token = far[inside], token[inside]
        place = (far - of.starts[token]).astype(np.uint64) << np.uint64(POINT)
        np.add.at(hashes, token, self._mixer.mixed((of.points[far] | place) * self._mixer.other))


def _padded(text: np.ndarray) -> np.ndarray:
    """Return bytes with as many zeros behind them that so many may be read at once from each on."""
    return np.append(text, np.zeros(EIGHT, np.uint8))


def hashes_of(strings: terms.Strings, mixer: Mixer) -> np.ndarray:
    """Return the number of each string."""
    return mixer.of(_padded(strings.text), strings.starts, strings.ends - strings.starts)


def keys(of: Tokens, some: np.ndarray, analyzer: Analyzer, *, by_loops: bool = False) -> bytes:
    """Return the keys of some of the tokens, as terms.joined does; by loops, which must be ready then."""
    if not some.size:
        return b""
    starts, opens = of.starts[some], of.opens[some]
    sizes = np.minimum(of.stops[some] - starts, analyzer.settings.longest_word)
    text, untold = (_told_by_loops if by_loops else _told)(of, starts, sizes, opens)
    text = text.replace(_END, _BEHIND)
    parts: list[bytes] = []
    done = 0
    places = terms.Strings.joined(text).ends[untold]
    spans = zip(starts[untold].tolist(), of.stops[some[untold]].tolist(), opens[untold].tolist(), strict=True)
    for place, (start, stop, is_opening) in zip(places.tolist(), spans, strict=True):
        parts += text[done:place], key_of(*analyzer.key(of.text[start:stop], is_opening))
        done = place
    return b"".join([*parts, text[done:]])


def _told(of: Tokens, starts: np.ndarray, sizes: np.ndarray, opens: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Return keys with an end behind each, and the numbers of those that are empty, for they are not told by this."""
    letters, bits, ends = _spread(of.points, starts, sizes)
    begins = ends - sizes
    bits[begins] = _of_first()[bits[begins]]
    made_of = np.bitwise_or.reduceat(bits, np.stack([begins, ends], 1).reshape(-1))[::2]
    how = _ways()[made_of]
    letters += (bits & (_CAPITAL | _CAPITAL_LATIN | _OPENS_IT | _OPENS_IT_LATIN) != 0) * np.uint16(_LOWER)
    tails, are_kept = _tails()
    behind = ends[:, None] + np.arange(tails.shape[-1])
    way = how + _WAYS * opens
    letters[behind] = tails[way]
    kept = np.ones(len(letters), np.bool_)
    kept[behind] = are_kept[way]
    untold = np.flatnonzero(how == _UNTOLD)
    kept[spread(begins[untold], sizes[untold])] = False
    return letters[kept].astype("<u2").tobytes().decode("utf-16-le").encode(), untold


def _told_by_loops(of: Tokens, starts: np.ndarray, sizes: np.ndarray, opens: np.ndarray) -> tuple[bytes, np.ndarray]:
    tails, are_kept = _tails()
    many, most = len(starts), tails.shape[-1]
    text = np.empty(int(sizes.sum()) * _BYTES + many * most, np.uint8)
    untold, counts = np.empty(many, np.int64), np.empty(1, np.int64)
    told = of.points, starts.astype(np.int64), sizes.astype(np.int64), opens
    size = spelled(*told, _table(), _ways(), tails.reshape(-1), are_kept.sum(1), most, text, untold, counts)
    return text[:size].tobytes(), untold[: counts[0]]


@kept("u4", "i8", "i8", "bool", "u2", "u1", "u1", "i8", NUMBER, "u1", "i8", "i8")
def spelled(
    points: np.ndarray,
    starts: np.ndarray,
    sizes: np.ndarray,
    opens: np.ndarray,
    bits: np.ndarray,
    ways: np.ndarray,
    tails: np.ndarray,
    sizes_of_tails: np.ndarray,
    most: Int,
    text: np.ndarray,
    untold: np.ndarray,
    counts: np.ndarray,
) -> int:
    """Write what `_told` returns, and return how long it is; `counts` tells how many are empty.

    The text has room for two bytes of each character, for no more are written, and for the longest tail of each token.
    What characters are together is less than twice the last of the bits, and there is a way for each of these.
    """
    size = many = 0
    for token in range(len(starts)):
        begin, start, made_of = size, starts[token], 0
        for at in range(start, start + sizes[token]):
            point: Int = np.int64(points[at])
            this: Int = np.int64(bits[min(point, _FARTHEST)])
            if this & (_CAPITAL | _CAPITAL_LATIN):
                point += _LOWER
                if at == start:
                    this = _OPENS_IT if this == _CAPITAL else _OPENS_IT_LATIN
            made_of |= this
            if point < _TWO:
                text[size] = point
                size += 1
            else:
                text[size], text[size + 1] = _LEADS | point >> _SIX, _FOLLOWS | point & _LAST
                size += 2
        way: Int = np.int64(ways[made_of])
        if way == _UNTOLD:
            size = begin
            untold[many] = token
            many += 1
        if opens[token]:
            way += _WAYS
        for at in range(way * most, way * most + sizes_of_tails[way]):
            text[size] = tails[at]
            size += 1
    counts[0] = many
    return size


def _spread(points: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the characters of tokens, with room for a tail behind each, what they are, and where tokens end there."""
    room = _tails()[0].shape[-1]
    near = np.minimum(points.take(spread(starts, sizes + room), mode="clip"), _FARTHEST)
    return near.astype(np.uint16), _table().take(near), np.cumsum(sizes + room) - room


@cache
def _table() -> np.ndarray:
    """Return the bits of the code points up to the farthest."""
    table = np.full(_FARTHEST + 1, _OTHER, np.uint16)
    for bit, those in _BITS_OF.items():
        table[list(map(ord, those))] = bit
    return table


@cache
def _of_first() -> np.ndarray:
    """Return the bits of a first character, by what is said of it anywhere."""
    bits = np.arange(_CAPITAL_LATIN + 1, dtype=np.uint16)
    bits[_CAPITAL], bits[_CAPITAL_LATIN] = _OPENS_IT, _OPENS_IT_LATIN
    return bits


@cache
def _ways() -> np.ndarray:
    """Return how a word is written, by the bits of its characters together."""
    ways = np.full(2 * _OPENS_IT_LATIN, _UNTOLD, np.uint8)
    for bits in range(1, _OPENS_IT):
        if not bits & ~(_SMALL | _HYPHEN) or not bits & ~(_SMALL_LATIN | _HYPHEN | _SIGN):
            ways[bits] = _PLAIN  # its own key: nothing to mend, nothing to fold
    for opens, small, capital in ((_OPENS_IT, _SMALL, _CAPITAL), (_OPENS_IT_LATIN, _SMALL_LATIN, _CAPITAL_LATIN)):
        ways[opens], ways[opens | small], ways[opens | capital] = _CAPITAL_ALONE, _CAPITALISED, _CAPITALS
    return ways


@cache
def _tails() -> tuple[np.ndarray, np.ndarray]:
    """Return what comes behind words in their keys, and behind these, and how much of it there is.

    By the way they are written, behind which come those that open a sentence.
    """
    tails = []
    for opens in (False, True):
        tails += [_END] * (_PLAIN + 1)
        for way, form in _EXAMPLES.items():
            key = key_of(form, opens and way == _CAPITALISED)
            tails.append(key.removeprefix(form.lower().encode()) + _END)
    longest = max(map(len, tails))
    every = np.frombuffer(b"".join(tail.ljust(longest) for tail in tails), np.uint8).reshape(-1, longest)
    return every, np.arange(longest) < np.array(list(map(len, tails)))[:, None]


LOOPS: Final[tuple[Loop, ...]] = (spelled,)
