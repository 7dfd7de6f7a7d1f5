"""What many words may be, as arrays: what `parses` gives of each, a row a parse.

Most words are told by forms of the dictionary alone: those of the word itself, those of a tail of it, those of words
with its ending. They are read and put in order for all words together. Where more is to be asked (a ё that may be meant
or not, a prefix, a probability of the word's own) a word is left to `parses`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.dictionary.automaton import AMBIGUOUS, NOWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.analysis.context import Shape
    from indexer.analysis.dictionary.guesses import Guesses
    from indexer.analysis.dictionary.lexicon import Lexicon, Tag

KNOWN, BY_TAIL, BY_ENDING = range(3)  # how a parse is found
_LETTER = 2  # bytes of a Russian one
_BITS, _HALF = 16, 0xFFFF  # of the number of a form in a paradigm, and above it of that of the paradigm
_LONGEST = 256  # letters of a word


class Readings(NamedTuple):
    """Parses, word by word, those of a word in the order of `parses`: arrays of one length, but for `told`."""

    told: np.ndarray  # of each word: whether its parses are here
    word: np.ndarray  # index of the word
    stop: np.ndarray  # the lemma is so many letters of the word,
    suffix: np.ndarray  # and behind them the suffix with this number
    lemma: np.ndarray  # a hash of it, folded
    end: np.ndarray  # its last two letters: see `ending`
    tag: np.ndarray  # number of the tag
    same: np.ndarray  # a number of the tag, as Tag.same, and the paradigm
    score: np.ndarray  # before it is made a probability
    way: np.ndarray

    def of(self, kept: np.ndarray) -> Readings:
        """Return some of the rows."""
        return Readings(self.told, *(column[kept] for column in self[1:]))


class Tags:
    """What is known of tags by their numbers: arrays, filled as tags are met."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._are_known = np.zeros(lexicon.tags, np.bool_)
        self.same = np.zeros(lexicon.tags, np.int64)  # Tag.same
        self.is_plural = np.zeros(lexicon.tags, np.bool_)
        self.shape = np.zeros(lexicon.tags, np.intp)  # index into the shapes
        self.shapes: list[Shape] = []
        self._number: dict[Shape, int] = {}
        self._productive = np.full(lexicon.tags, -1, np.int8)

    def meet(self, tags: np.ndarray) -> None:
        """Have these tags known."""
        for number in np.unique(tags[~self._are_known[tags]]).tolist():
            tag = self._lexicon.tag_of(number)
            self.same[number] = tag.same
            self.is_plural[number] = "plur" in tag.grammemes
            at = self._number.get(tag.shape)
            if at is None:
                at = self._number[tag.shape] = len(self.shapes)
                self.shapes.append(tag.shape)
            self.shape[number] = at
            self._are_known[number] = True

    def are_productive(self, tags: np.ndarray, guesses: Guesses) -> np.ndarray:
        """Whether new words are made by forms with these tags."""
        for number in np.unique(tags[self._productive[tags] < 0]).tolist():
            self._productive[number] = guesses.is_productive(self._lexicon.tag_of(number))
        productive: np.ndarray = self._productive[tags] > 0
        return productive


class _Suffixes(NamedTuple):
    """All suffixes of paradigms."""

    texts: list[bytes]  # folded
    lengths: np.ndarray  # in letters
    hashes: np.ndarray
    ends: np.ndarray  # the last letter, or the last two


class _Letters:
    """Words, one after another, as numbers of their letters."""

    def __init__(self, codes: np.ndarray, lengths: np.ndarray) -> None:
        self.codes, self.lengths = codes, lengths
        self.starts = np.cumsum(lengths) - lengths
        position = np.arange(len(codes)) - np.repeat(self.starts, lengths)
        self._sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(_RANDOM[codes] * _POWERS[position], out=self._sums[1:])

    @classmethod
    def of(cls, words: Sequence[bytes]) -> _Letters:
        """Take words of Russian letters in UTF-8."""
        points = np.frombuffer(b"".join(words), ">u2")
        return cls(_CODES[points & (len(_CODES) - 1)], np.fromiter(map(len, words), np.intp, len(words)) // _LETTER)

    @classmethod
    def of_any(cls, texts: Sequence[str]) -> _Letters:
        """Take texts that may have other letters too: suffixes have hyphens."""
        numbers = {
            letter: int(_CODES[int.from_bytes(letter.encode(), "big") & (len(_CODES) - 1)]) for letter in _ALPHABET
        }
        codes = np.array([numbers.get(letter, _OTHER) for text in texts for letter in text], np.uint8)
        return cls(codes, np.fromiter(map(len, texts), np.intp, len(texts)))

    def hashes(self, word: np.ndarray, stop: np.ndarray) -> np.ndarray:
        """Return the hashes of words up to letters."""
        start = self.starts[word]
        hashes: np.ndarray = self._sums[start + stop] - self._sums[start]
        return hashes


_ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
_OTHER = len(_ALPHABET)  # and no letter is zero
_BASE = _OTHER + 1
ENDINGS = _BASE * _BASE


def _codes() -> np.ndarray:
    """Return the numbers of letters by the last nine bits of their UTF-8: from 1, ё as е."""
    codes = np.zeros(1 << 9, np.uint8)
    for letter in _ALPHABET:
        number = 1 + _ALPHABET.index(letter.replace("ё", "е"))
        codes[int.from_bytes(letter.encode(), "big") & (len(codes) - 1)] = number
    return codes


_CODES = _codes()
_random = np.random.default_rng(1)  # the same in every process, though nothing depends on it
_RANDOM = _random.integers(1 << 64, size=_BASE, dtype=np.uint64)
_FACTOR = _random.integers(1 << 63, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_POWERS = np.cumprod(np.append(np.uint64(1), np.full(_LONGEST, _FACTOR)))


def ending(text: str) -> int:
    """Return a number for the last two letters of a text, told by Readings.end."""
    first, last = _Letters.of_any([text[-2:]]).codes.tolist()
    return int(first) * _BASE + int(last)


def hash_of(text: str) -> int:
    """Return the hash of a lemma."""
    return int(_Letters.of_any([text]).hashes(np.array([0]), np.array([len(text)]))[0])


class Bulk:
    """Reads many words at once. No threads may share it."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.tags = Tags(lexicon)
        self._paradigms = np.frombuffer(lexicon.paradigms, np.uint16).astype(np.int64)
        self._starts, self._forms = np.array(lexicon.starts, np.int64).T
        letters = _Letters.of_any(lexicon.suffixes)
        whole = np.arange(len(lexicon.suffixes))
        codes = np.append(letters.codes, np.zeros(1, np.uint8)).astype(np.int64)
        last = codes[letters.starts + letters.lengths - 1] * (letters.lengths > 0)
        first = codes[letters.starts + letters.lengths - 2] * (letters.lengths > 1)
        self._suffixes = _Suffixes(
            [suffix.replace("ё", "е").encode() for suffix in lexicon.suffixes],
            letters.lengths,
            letters.hashes(whole, letters.lengths),
            first * _BASE + last,
        )

    def texts(self, suffixes: np.ndarray) -> list[bytes]:
        """Return suffixes by their numbers: folded, in UTF-8."""
        texts = self._suffixes.texts
        return [texts[number] for number in suffixes.tolist()]

    def tag(self, number: int) -> Tag:
        """Return a tag by its number."""
        return self._lexicon.tag_of(number)

    def lengths(self, suffixes: np.ndarray) -> np.ndarray:
        """Return their lengths in letters."""
        lengths: np.ndarray = self._suffixes.lengths[suffixes]
        return lengths

    def readings(self, words: Sequence[bytes], guesses: Callable[[], Guesses]) -> Readings:
        """Return what words of two Russian letters or more, in lower case and UTF-8, may be."""
        letters = _Letters.of(words)
        nodes = self._lexicon.sole_ends(words)
        told = nodes >= 0
        known = np.flatnonzero(told)
        of, said = self._lexicon.said_of_words(nodes[known])
        found = self._rows(letters, told, known[of], said, KNOWN)
        unknown = np.flatnonzero((nodes == NOWHERE) & (letters.lengths <= _LONGEST))
        if unknown.size:
            found = _joined([found, self._guessed(words, letters, told, unknown, guesses())])
        found = found.of(told[found.word])
        # A probability of its own counts for a word with several lemmas.
        first = np.flatnonzero(np.diff(found.word, prepend=-1))
        is_other = found.lemma != np.repeat(found.lemma[first], np.diff(first, append=len(found.word)))
        several = np.unique(found.word[is_other])
        told[several[self._lexicon.have_probabilities([words[at] for at in several.tolist()])]] = False
        return found.of(told[found.word])

    def _rows(self, letters: _Letters, told: np.ndarray, word: np.ndarray, said: np.ndarray, way: int) -> Readings:
        """Return parses by forms; words with one that changes the start of the word become such that are not told."""
        paradigm, form = said >> _BITS & _HALF, said & _HALF
        start, forms = self._starts[paradigm], self._forms[paradigm]
        numbers, suffixes = self._paradigms, self._suffixes
        told[word[(numbers[start + 2 * forms + form] != 0) | (numbers[start + 2 * forms] != 0)]] = False
        stop = np.maximum(letters.lengths[word] - suffixes.lengths[numbers[start + form]], 0)
        suffix = numbers[start]
        tag = numbers[start + forms + form]
        self.tags.meet(tag)
        return Readings(
            told,
            word,
            stop,
            suffix,
            letters.hashes(word, stop) + suffixes.hashes[suffix] * _POWERS[stop],
            self._ends(letters, word, stop, suffix),
            tag,
            self.tags.same[tag] << _BITS | paradigm,
            np.ones(len(word)),
            np.full(len(word), way, np.uint8),
        )

    def _ends(self, letters: _Letters, word: np.ndarray, stop: np.ndarray, suffix: np.ndarray) -> np.ndarray:
        """Return the last two letters of lemmas: of the suffix, or of what is before it too."""
        ends: np.ndarray = self._suffixes.ends[suffix]
        added = self._suffixes.lengths[suffix]
        short = np.flatnonzero((added < 2) & (stop > 0))  # noqa: PLR2004 -- the last two
        here, added, left = letters.starts[word[short]] + stop[short], added[short], stop[short]
        last = letters.codes[here - 1].astype(np.int64)
        first = np.where(left > 1, letters.codes[np.maximum(here, 2) - 2], 0).astype(np.int64)
        ends[short] = np.where(added == 1, last * _BASE + ends[short], first * _BASE + last)
        return ends

    def _guessed(
        self, words: Sequence[bytes], letters: _Letters, told: np.ndarray, unknown: np.ndarray, guesses: Guesses
    ) -> Readings:
        """Return the parses of words that the dictionary does not have; have those told that they are of."""
        asked = np.array([at for at in unknown.tolist() if guesses.are_of_forms(words[at].decode())], np.intp)
        some = [words[at] for at in asked.tolist()]
        told[asked] = True
        nodes = self._lexicon.ends_of_tails(some, guesses.cuts, guesses.least_tail)
        told[asked[(nodes == AMBIGUOUS).any(axis=1)]] = False
        at, cut = (nodes >= 0).nonzero()
        of, said = self._lexicon.said_of_words(nodes[at, cut])
        tails = self._rows(letters, told, asked[at[of]], said, BY_TAIL)
        tails = tails.of(self.tags.are_productive(tails.tag, guesses))
        tails = tails._replace(score=tails.score * guesses.of_tail)
        ended = self._ended(letters, told, asked, self._lexicon.ends_of_endings(some), guesses)
        found = _joined([tails, ended])
        found = found.of(_first(found.word << 2 * _BITS | found.same))
        is_found = np.zeros(len(told), np.bool_)
        is_found[found.word] = True
        told[asked] &= is_found[asked]
        return found

    def _ended(
        self, letters: _Letters, told: np.ndarray, asked: np.ndarray, nodes: np.ndarray, guesses: Guesses
    ) -> Readings:
        """Return parses by known endings; `nodes` are those of the endings of each word, the longest first."""
        longest = nodes[np.arange(len(asked)), (nodes != NOWHERE).argmax(axis=1)] if len(asked) else nodes[:, 0]
        told[asked[longest == AMBIGUOUS]] = False
        at = np.flatnonzero(longest >= 0)
        of, said = self._lexicon.said_of_endings(longest[at])
        found = self._rows(letters, told, asked[at[of]], said, BY_ENDING)
        found = found._replace(score=(said >> 2 * _BITS).astype(np.float64))
        found = found.of(self.tags.are_productive(found.tag, guesses))
        total = 1 + np.bincount(found.word, found.score, len(told))  # as pymorphy3 smooths
        # Of an ending by which no new word is made a shorter one would be asked.
        told[asked[at][total[asked[at]] == 1]] = False
        found = found.of(_first(found.word << 2 * _BITS | found.same))
        score = found.score / total[found.word] * guesses.of_ending
        found = found._replace(score=score)
        return found.of(np.lexsort((-score, found.word)))


def _joined(parts: Sequence[Readings]) -> Readings:
    """Return the rows of all, word by word."""
    joined = Readings(parts[0].told, *map(np.concatenate, zip(*(part[1:] for part in parts), strict=True)))
    return joined.of(np.argsort(joined.word, kind="stable"))


def _first(keys: np.ndarray) -> np.ndarray:
    """Return where each key stands first, in order."""
    _, first = np.unique(keys, return_index=True)
    first.sort()
    return first
