"""What many words may be, as arrays: what `parses` gives of each, a row a parse.

Most words are told by forms of the dictionary alone: those of the word itself, those of a tail of it, those of words
with its ending. They are read and put in order for all words together. Where more is to be asked (two words of the
dictionary, with a ё and without, or forms with a prefix) a word is left to `parses`.
"""

from __future__ import annotations

from hashlib import shake_128
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis import looking
from indexer.analysis.dictionary.automaton import AMBIGUOUS, NOWHERE, Ways, joined, ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.analysis.context import Shape
    from indexer.analysis.dictionary.guesses import Guesses
    from indexer.analysis.dictionary.lexicon import Lexicon, Tag

KNOWN, BY_TAIL, BY_ENDING, BY_PREFIX, BY_PARTS, UNKNOWN = range(6)  # how a parse is found
_LETTER = 2  # bytes of a Russian one
_SPELLING = 32  # bits that are not of the spelling in Readings.same
_BITS, _HALF = 16, 0xFFFF  # of the number of a form in a paradigm, and above it of that of the paradigm
_LONGEST = 256  # letters of a word
_HEAD = len("не".encode())  # bytes of a word that tell whether a prefix may be there: see Guesses.heads
_YO, _E = "ё".encode(), "е".encode()


class Readings(NamedTuple):
    """Parses, word by word, those of a word in the order of `parses`: arrays of one length, but for `told`."""

    told: np.ndarray  # of each word: whether its parses are here
    word: np.ndarray  # index of the word
    before: np.ndarray  # what the lemma is made of: so many letters of the word,
    after: np.ndarray  # and the suffix with this number; of a compound, see Compounds
    lemma: np.ndarray  # a hash of the lemma, folded
    length: np.ndarray  # letters of the lemma
    end: np.ndarray  # its last two letters: see `ending`; zero of a compound
    tag: np.ndarray  # number of the tag
    same: np.ndarray  # a number of the tag, as Tag.same, and the paradigm; above both the spelling: see Ways
    score: np.ndarray
    way: np.ndarray

    def of(self, kept: np.ndarray) -> Readings:
        """Return some of the rows."""
        return Readings(self.told, *(column[kept] for column in self[1:]))

    def moved(self, rows: np.ndarray, to: np.ndarray) -> Readings:
        """Return the rows in another order: some of them in the places of the same ones."""
        columns = [column.copy() for column in self[1:]]
        for column in columns:
            column[to] = column[rows]
        return Readings(self.told, *columns)

    def left(self) -> Readings:
        """Return the rows of the words that are told."""
        return self.of(self.told[self.word].nonzero()[0])


class Parts(NamedTuple):
    """Parts of compounds; their texts are the lemmas of their readings, and behind these the parts themselves."""

    rows: Readings
    starts: np.ndarray  # of the rows of each part, and one more
    texts: list[bytes]
    hashes: np.ndarray  # of the texts
    lengths: np.ndarray  # likewise

    def rows_of(self, parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of parts, and for each first which of these parts it is of."""
        return ranges(self.starts[parts], self.starts[parts + 1] - self.starts[parts])

    def whole(self, parts: np.ndarray) -> np.ndarray:
        """Return the texts that are these parts themselves."""
        return len(self.rows.word) + parts

    def compound(  # noqa: PLR0917 -- columns
        self, told: np.ndarray, word: np.ndarray, left: np.ndarray, right: np.ndarray, like: np.ndarray, factor: float
    ) -> Readings:
        """Return parses of words whose lemmas are two of the texts; otherwise they are like some row."""
        rows = self.rows
        return Readings(
            told,
            word,
            left,
            right,
            self.hashes[left] * _HYPHEN + self.hashes[right],
            self.lengths[left] + 1 + self.lengths[right],
            np.zeros(len(word), np.int64),
            rows.tag[like],
            rows.same[like],
            rows.score[like] * factor,
            np.full(len(word), BY_PARTS, np.uint8),
        )


class Compounds(NamedTuple):
    """Parses of words with a hyphen; `before` and `after` are indices into the texts, a hyphen comes between them."""

    rows: Readings
    texts: list[bytes]  # folded, in UTF-8
    words: list[bytes]  # the parts of all
    parts: Parts  # of these words; what a ё alone tells apart is not told there
    told: np.ndarray  # of each of these words: whether its parses are there
    left: np.ndarray  # of each compound, index into the words
    right: np.ndarray

    def lemmas(self, before: np.ndarray, after: np.ndarray) -> list[bytes]:
        """Return lemmas by what they are made of."""
        texts = self.texts
        return [texts[first] + b"-" + texts[last] for first, last in zip(before.tolist(), after.tolist(), strict=True)]


class Tags:
    """What is known of tags by their numbers: arrays, filled as tags are met."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._are_known = np.zeros(1 + lexicon.tags, np.bool_)
        self.same = np.zeros(1 + lexicon.tags, np.int64)  # Tag.same
        self.is_plural = np.zeros(1 + lexicon.tags, np.bool_)
        self.shape = np.zeros(1 + lexicon.tags, np.intp)  # index into the shapes
        self.shapes: list[Shape] = []
        self._number: dict[Shape, int] = {}
        self.is_productive = np.zeros(1 + lexicon.tags, np.bool_)  # whether new words are made by forms with it
        self.is_of_a_part_of_speech = np.zeros(1 + lexicon.tags, np.bool_)
        self.features = np.zeros(1 + lexicon.tags, np.intp)  # a number of what the parts of a compound agree in
        self._features: dict[frozenset[str], int] = {}
        self._are_judged = np.zeros(1 + lexicon.tags, np.bool_)

    def meet(self, tags: np.ndarray) -> None:
        """Have these tags known."""
        for number in sorted({*tags[~self._are_known[tags]].tolist()}):
            tag = self._lexicon.tag_of(number)
            self.same[number] = tag.same
            self.is_plural[number] = "plur" in tag.grammemes
            at = self._number.get(tag.shape)
            if at is None:
                at = self._number[tag.shape] = len(self.shapes)
                self.shapes.append(tag.shape)
            self.shape[number] = at
            self._are_known[number] = True

    def judge(self, tags: np.ndarray, guesses: Guesses) -> None:
        """Have known of these tags what guesses go by."""
        for number in sorted({*tags[~self._are_judged[tags]].tolist()}):
            tag = self._lexicon.tag_of(number)
            self.is_productive[number] = guesses.is_productive(tag)
            self.is_of_a_part_of_speech[number] = guesses.is_of_a_part_of_speech(tag)
            self.features[number] = self._features.setdefault(guesses.features(tag), len(self._features))
            self._are_judged[number] = True


class _Suffixes(NamedTuple):
    """All suffixes of paradigms."""

    texts: list[bytes]  # folded
    lengths: np.ndarray  # in letters
    hashes: np.ndarray
    ends: np.ndarray  # the last letter, or the last two
    joined: tuple[np.ndarray, np.ndarray]  # the texts one after another, and where each starts, and one more
    has_yo: np.ndarray  # whether there is a ё in each as it is written


class _Letters:
    """Words, one after another, as numbers of their letters."""

    def __init__(
        self, codes: np.ndarray, lengths: np.ndarray, sums: np.ndarray | None = None, text: bytes = b""
    ) -> None:
        """Take letters; the sums of which hashes are differences, if they are known; and the words, if in UTF-8."""
        self.codes, self.lengths, self.text = codes, lengths, np.frombuffer(text, np.uint8)
        self.starts = np.cumsum(lengths) - lengths
        self.sums = self._summed() if sums is None else sums

    def _summed(self) -> np.ndarray:
        position = np.arange(len(self.codes)) - np.repeat(self.starts, self.lengths)
        sums = np.zeros(len(self.codes) + 1, np.uint64)
        np.cumsum(_RANDOM[self.codes] * _POWERS[position], out=sums[1:])
        return sums

    @classmethod
    def of(cls, words: Sequence[bytes]) -> _Letters:
        """Take words of Russian letters in UTF-8."""
        text, lengths = b"".join(words), np.fromiter(map(len, words), np.int64, len(words)) // _LETTER
        if looking.by_loops():
            from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- see looking

            codes, sums = np.empty(len(text) // _LETTER, np.uint8), np.empty(len(text) // _LETTER + 1, np.uint64)
            loops.letters(np.frombuffer(text, np.uint8), lengths, _CODES, _RANDOM, _POWERS, codes, sums)
            return cls(codes, lengths, sums, text)
        return cls(_CODES[np.frombuffer(text, ">u2") & (len(_CODES) - 1)], lengths, text=text)

    @classmethod
    def of_any(cls, texts: Sequence[str]) -> _Letters:
        """Take texts that may have other letters too: suffixes have hyphens."""
        points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        codes = _OF_POINTS[np.minimum(points, len(_OF_POINTS) - 1)]
        return cls(codes, np.fromiter(map(len, texts), np.intp, len(texts)))

    def hashes(self, word: np.ndarray, stop: np.ndarray) -> np.ndarray:
        """Return the hashes of words up to letters."""
        start = self.starts[word]
        hashes: np.ndarray = self.sums[start + stop] - self.sums[start]
        return hashes


class _Prefixes:
    """The prefixes that are looked for in many words: the known ones, and behind these those of forms."""

    def __init__(self, known: Sequence[str], of_forms: Sequence[str], least: int) -> None:
        """Take prefixes, and how many letters known ones leave; of those of forms the first is none."""
        self.known = len(known)
        self.lengths = np.array([*map(len, known), *map(len, of_forms)], np.int64)
        texts = [prefix.encode() for prefix in (*known, *of_forms)]
        self._least = np.array([least] * len(known) + [0] * len(of_forms), np.int64)
        some = [(number, texts[number]) for number in range(len(texts)) if number != self.known]
        self._by_head: dict[bytes, list[tuple[int, bytes]]] = {}
        for number, text in some:
            self._by_head.setdefault(text[:_HEAD], []).append((number, text))
        # For loops in the order of the second byte, which tells letters apart.
        by_byte = sorted((text[1], number) for number, text in some)
        order = [number for _, number in by_byte]
        self._numbers = np.array(order, np.int64)
        self._text = np.frombuffer(b"".join([texts[number] for number in order]), np.uint8)
        self._starts = np.cumsum([0, *(len(texts[number]) for number in order)])
        self._first = np.array([byte for byte, _ in by_byte]).searchsorted(np.arange(257))

    def of(self, words: Sequence[bytes], letters: _Letters, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which prefixes some of the words begin with: which of these words each is of, and its number."""
        if looking.by_loops():
            return self._by_loops(letters, some)
        least = (self._least * _LETTER).tolist()
        found = [
            (at, number)
            for at, word in enumerate([words[number] for number in some.tolist()])
            for number, text in self._by_head.get(word[:_HEAD], ())
            if word.startswith(text) and len(word) - len(text) >= least[number]
        ]
        of, which = np.array(found, np.intp).reshape(-1, 2).T
        return of, which

    def _by_loops(self, letters: _Letters, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- see looking

        least, room = self._least[self._numbers], len(some)
        while True:
            of, which = np.empty(room, np.int64), np.empty(room, np.int64)
            count = loops.prefixed(
                letters.text,
                letters.starts,
                letters.lengths,
                some,
                self._text,
                self._starts,
                self._first,
                least,
                of,
                which,
            )
            if count != loops.NO_ROOM:
                return of[:count], self._numbers[which[:count]]
            room *= 2


# Russian letters, and what other letters of theirs the alphabets of neighbours have, or had.
_ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюяё" + "".join(
    letter for letter in map(chr, range(0x450, 0x500)) if letter == letter.lower() and letter != "ё"
)
_OTHER = len(_ALPHABET)  # and no letter is zero
_BASE = _OTHER + 1
ENDINGS = _BASE * _BASE
_HYPHEN = np.uint64(0x9E37_79B9_7F4A_7C15)  # what the hash of the first part of a compound is multiplied by


def _codes() -> np.ndarray:
    """Return the numbers of letters by the last ten bits of their UTF-8: from 1, ё as е."""
    codes = np.zeros(1 << 10, np.uint8)
    for letter in _ALPHABET:
        number = 1 + _ALPHABET.index(letter.replace("ё", "е"))
        codes[int.from_bytes(letter.encode(), "big") & (len(codes) - 1)] = number
    return codes


_CODES = _codes()
_OF_POINTS = np.full(max(map(ord, _ALPHABET)) + 2, _OTHER, np.uint8)  # the same by code points, the last for all others
for _letter in _ALPHABET:
    _OF_POINTS[ord(_letter)] = _CODES[int.from_bytes(_letter.encode(), "big") & (len(_CODES) - 1)]
# Numbers without a pattern, the same in every process, though nothing depends on that: NumPy's take 10 ms to import.
*_random, _odd = np.frombuffer(shake_128(b"words").digest(8 * (_BASE + 1)), "<u8").tolist()
_RANDOM = np.array(_random, np.uint64)
_FACTOR = np.uint64(_odd | 1)
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
        self._last: tuple[Sequence[bytes], _Letters] = ((), _Letters.of(()))
        self._prefixes: _Prefixes | None = None
        self._paradigms = np.frombuffer(lexicon.paradigms, np.uint16).astype(np.int64)
        self._starts, self._forms = np.array(lexicon.starts, np.int64).T.copy()
        letters = _Letters.of_any(lexicon.suffixes)
        whole = np.arange(len(lexicon.suffixes))
        codes = np.append(letters.codes, np.zeros(1, np.uint8)).astype(np.int64)
        last = codes[letters.starts + letters.lengths - 1] * (letters.lengths > 0)
        first = codes[letters.starts + letters.lengths - 2] * (letters.lengths > 1)
        texts = [suffix.replace("ё", "е").encode() for suffix in lexicon.suffixes]
        self._suffixes = _Suffixes(
            texts,
            letters.lengths,
            letters.hashes(whole, letters.lengths),
            first * _BASE + last,
            (np.frombuffer(b"".join(texts), np.uint8), np.cumsum([0, *map(len, texts)])),
            np.array(["ё" in suffix for suffix in lexicon.suffixes], np.bool_),
        )

    def lemmas(self, words: Sequence[bytes], word: np.ndarray, before: np.ndarray, after: np.ndarray) -> list[bytes]:
        """Return lemmas by what they are made of: folded, in UTF-8."""
        if looking.by_loops():
            return self._lemmas_by_loops(words, word, before, after)
        texts = self._suffixes.texts
        made = zip(word.tolist(), (before * _LETTER).tolist(), after.tolist(), strict=True)
        joined = b" ".join([words[at][:stop] + texts[suffix] for at, stop, suffix in made])
        return joined.replace(_YO, _E).split(b" ") if joined else [b""] * len(word)

    def _lemmas_by_loops(
        self, words: Sequence[bytes], word: np.ndarray, before: np.ndarray, after: np.ndarray
    ) -> list[bytes]:
        from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- see looking

        letters = self._letters(words)
        suffixes, of_suffixes = self._suffixes.joined
        size = _LETTER * before.sum() + (of_suffixes[after + 1] - of_suffixes[after]).sum() + len(word)
        made = np.empty(size, np.uint8)
        loops.lemmas(letters.text, letters.starts, word, before, suffixes, of_suffixes, after, made)
        return made.tobytes().split(b" ")[:-1]

    def _letters(self, words: Sequence[bytes]) -> _Letters:
        """Return the letters of words; lemmas are asked for of the words that were asked for last."""
        last = self._last
        if last[0] is not words:
            last = self._last = words, _Letters.of(words)
        return last[1]

    def tag(self, number: int) -> Tag:
        """Return a tag by its number."""
        return self._lexicon.tag_of(number)

    def nodes(self, words: Sequence[bytes]) -> np.ndarray:
        """Return a number for each word, the same for those that have the same forms; below zero if it has not one."""
        looking.count(len(words))
        return self._lexicon.sole_ends(words)

    @property
    def nodes_at_most(self) -> int:
        """How many such numbers there are."""
        return self._lexicon.nodes

    def cut(
        self, words: Sequence[bytes], cut: np.ndarray, suffix: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the hashes of words; those of lemmas, a suffix for so many letters of each; and what is before it."""
        letters = self._letters(words)
        word, stop = np.arange(len(words)), letters.lengths - cut
        lemma = letters.hashes(word, stop) + self._suffixes.hashes[suffix] * _POWERS[stop]
        return letters.hashes(word, letters.lengths), lemma, stop

    def letters_of_suffixes(self, suffix: np.ndarray) -> np.ndarray:
        """Return how many letters suffixes have."""
        lengths: np.ndarray = self._suffixes.lengths[suffix]
        return lengths

    def readings(
        self, words: Sequence[bytes], guesses: Callable[[], Guesses], nodes: np.ndarray | None = None
    ) -> Readings:
        """Return what words of Russian letters, in lower case and UTF-8, may be; their nodes need not be known."""
        letters = self._letters(words)
        nodes = self._lexicon.sole_ends(words) if nodes is None else nodes
        told = nodes >= 0
        known = np.flatnonzero(told)
        of, said = self._lexicon.said_of_words(nodes[known])
        found = [self._rows(letters, told, known[of], said, KNOWN)]
        self._leave_weighed(words, told, self._with_lemmas_alike(words, found[0]))
        several = (nodes == AMBIGUOUS).nonzero()[0]
        if several.size:
            found.append(self._of_spellings(words, letters, told, several))
        unknown = np.flatnonzero((nodes == NOWHERE) & (letters.lengths <= _LONGEST))
        if unknown.size:
            found += self._guessed(words, letters, told, unknown, guesses())
        self._last = words, letters
        return self._weighed(words, _joined_if_told(found))

    def _of_spellings(
        self, words: Sequence[bytes], letters: _Letters, told: np.ndarray, several: np.ndarray
    ) -> Readings:
        """Return the parses of words that may be several words of the dictionary, with a ё and without."""
        told[several] = True
        ways = self._lexicon.ways_of_words(joined([words[at] for at in several.tolist()]))
        rows = self._spelt(letters, told, several[ways.of], ways, KNOWN)
        self._leave_weighed(words, told, _with_one_lemma(rows))
        return rows

    def _with_lemmas_alike(self, words: Sequence[bytes], rows: Readings) -> np.ndarray:
        """Return the words all of whose rows have one lemma, of which a ё may have made two: «вёдра» of a «вёдро»."""
        first = np.flatnonzero(np.diff(rows.word, prepend=-1))
        if not first.size:
            return first
        count = np.diff(first, append=len(rows.word))
        paradigm = rows.same & _HALF
        are_several = np.logical_or.reduceat(paradigm != paradigm[first].repeat(count), first)
        are_several &= np.logical_and.reduceat(rows.lemma == rows.lemma[first].repeat(count), first)
        has_yo = np.logical_or.reduceat(self._suffixes.has_yo[rows.after], first)[are_several]
        word = rows.word[first[are_several]]
        has_yo |= np.array([_YO in words[at] for at in word.tolist()], np.bool_)
        alike: np.ndarray = word[has_yo]
        return alike

    def _leave_weighed(self, words: Sequence[bytes], told: np.ndarray, spelt: np.ndarray) -> None:
        """Have words not told with lemmas that a ё alone tells apart, if they have probabilities.

        By `parses` such lemmas are weighed, and here they are one: no matter, but for probabilities.
        """
        told[spelt[self._lexicon.ends_of_probabilities([words[at] for at in spelt.tolist()]) != NOWHERE]] = False

    def _unknown(self, letters: _Letters, told: np.ndarray, word: np.ndarray) -> Readings:
        """Return the parses of words that nothing is known of: each is its own lemma."""
        told[word] = True
        stop = letters.lengths[word]
        tag = np.full(len(word), self._lexicon.tags)
        self.tags.meet(tag)
        suffix = np.full(len(word), self._suffixes.texts.index(b""))
        return Readings(
            told,
            word,
            stop,
            suffix,
            letters.hashes(word, stop),
            stop,
            self._ends(letters, word, stop, suffix),
            tag,
            self.tags.same[tag] << _BITS,
            np.ones(len(word)),
            np.full(len(word), UNKNOWN, np.uint8),
        )

    def compounds(self, words: Sequence[bytes], guesses: Guesses) -> Compounds:
        """Return what words may be that are two of Russian letters with a hyphen between them."""
        count = len(words)
        nodes = self._lexicon.sole_ends(words)
        heads = {head.encode() for head in guesses.heads}
        prefixed = [
            (at, len(prefix))
            for at in (nodes == NOWHERE).nonzero()[0].tolist()
            if words[at][:_HEAD] in heads
            for prefix in guesses.prefixes_of_compound(words[at].decode())
        ]
        if prefixed:
            # What is left of words without their known prefixes is told together with the others.
            words = [*words, *(words[at][size * _LETTER :] for at, size in prefixed)]
            nodes = np.append(nodes, self._lexicon.sole_ends(words[count:]))
        told = nodes != AMBIGUOUS
        number: dict[bytes, int] = {}
        halves = [word.partition(b"-") for word in words]
        left = np.fromiter([number.setdefault(one, len(number)) for one, _, _ in halves], np.intp, len(words))
        right = np.fromiter([number.setdefault(one, len(number)) for _, _, one in halves], np.intp, len(words))
        of_parts: list[int] = []
        with_particle: list[int] = []
        for at in (nodes == NOWHERE).nonzero()[0].tolist():
            is_particle = guesses.is_before_particle(words[at].decode(), halves[at][2].decode())
            if is_particle is None:
                told[at] = False
            else:
                (with_particle if is_particle else of_parts).append(at)
        parts, are_told = self._parts(list(number), guesses)
        known, texts = self._known_compounds(words, told, nodes, len(parts.texts))
        texts = parts.texts + texts
        asked, before = np.array(of_parts, np.intp), np.array(with_particle, np.intp)
        found = _joined(
            [
                known,
                *self._of_parts(told, asked, left[asked], right[asked], parts, guesses),
                self._before_particle(told, before, left[before], right[before], parts, guesses),
            ]
        )
        _tell_only(told, found)
        rows = self._weighed(words, found.left())
        if prefixed:
            rows, more = self._with_prefixes(words[:count], rows, prefixed, texts, guesses)
            texts += more
        return Compounds(rows, texts, list(number), parts, are_told, left[:count], right[:count])

    def _known_compounds(
        self, words: Sequence[bytes], told: np.ndarray, nodes: np.ndarray, before: int
    ) -> tuple[Readings, list[bytes]]:
        """Return the parses of compounds that the dictionary has, and the texts of these, so many being before them."""
        at = (nodes >= 0).nonzero()[0]
        of, said = self._lexicon.said_of_words(nodes[at])
        halves = [words[number].partition(b"-") for number in at.tolist()]
        rights = [right for _, _, right in halves]
        letters = _Letters.of(rights)
        are_told = np.ones(len(at), np.bool_)
        # What changes is the right part, by which the readings of a word are told apart.
        suffix = self._paradigms[self._starts[said >> _BITS & _HALF] + (said & _HALF)]
        are_told[of[self._suffixes.lengths[suffix] > letters.lengths[of]]] = False
        rows = self._rows(letters, are_told, of, said, KNOWN)
        lemmas = self.lemmas(rights, of, rows.before, rows.after)
        are_told[of[[not lemma or b"-" in lemma for lemma in lemmas]]] = False
        told[at] = are_told
        lefts = [left.replace(_YO, _E) for left, _, _ in halves]
        before_hyphen = _Letters.of(lefts)
        lengths = before_hyphen.lengths
        rows = rows._replace(
            told=told,
            word=at[of],
            before=before + of,
            after=before + len(lefts) + np.arange(len(lemmas)),
            lemma=before_hyphen.hashes(of, lengths[of]) * _HYPHEN + rows.lemma,
            length=rows.length + lengths[of] + 1,
        )
        return rows, lefts + lemmas

    def _with_prefixes(
        self,
        words: Sequence[bytes],
        rows: Readings,
        prefixed: list[tuple[int, int]],
        texts: Sequence[bytes],
        guesses: Guesses,
    ) -> tuple[Readings, list[bytes]]:
        """Return the parses of words, those of what is left without prefixes become such of the whole; and their texts.

        What is left stands behind the words, an entry of `prefixed` each: the word, and how many letters are cut off.
        """
        count = len(words)
        told, are_left = rows.told[:count], rows.told[count:]
        own, cut = np.array(prefixed, np.intp).T
        told[own] = True
        told[own[~are_left]] = False
        rest = rows.of((rows.word >= count).nonzero()[0])
        self.tags.judge(rest.tag, guesses)
        rest = rest.of(self.tags.is_productive[rest.tag])
        which = rest.word - count
        word = own[which]
        # What is a word of the dictionary, or may be spelt otherwise, is compared by more.
        told[word[(rest.way != BY_PARTS) | (rest.same >> _SPELLING > 0)]] = False
        # Of parses with the same tag and the same right part only the first is given.
        keys = np.stack([word, rest.same >> _BITS, rest.after]).astype(np.uint64).T @ _POWERS[1:4]
        order = np.argsort(keys)
        told[word[order[1:][keys[order[1:]] == keys[order[:-1]]]]] = False
        kept = told[word].nonzero()[0]
        rest, which, word = rest.of(kept), which[kept], word[kept]
        bare = [texts[left] for left in rest.before.tolist()]
        prefixes = [words[at][: size * _LETTER] for at, size in prefixed]
        lefts = [prefixes[at] + left for at, left in zip(which.tolist(), bare, strict=True)]
        lefts = [left.replace(_YO, _E) for left in lefts]
        told[word[[b"-" in left for left in lefts]]] = False
        with_prefix, without = _Letters.of(lefts), _Letters.of(bare)
        row = np.arange(len(word))
        added = with_prefix.hashes(row, with_prefix.lengths) - without.hashes(row, without.lengths)
        behind = rest._replace(
            told=told,
            word=word,
            before=len(texts) + row,
            after=len(texts) + len(lefts) + row,
            lemma=rest.lemma + added * _HYPHEN,
            length=rest.length + cut[which],
            score=rest.score * guesses.of_prefix,
            way=np.full(len(word), BY_PREFIX, np.uint8),
        )
        _tell_only(told, behind, own)
        whole = rows.of((rows.word < count).nonzero()[0])._replace(told=told)
        joined = _joined([whole, self._weighed(words, behind.left())])
        return joined, lefts + [texts[right] for right in rest.after.tolist()]

    def _parts(self, words: Sequence[bytes], guesses: Guesses) -> tuple[Parts, np.ndarray]:
        """Return what the parts of compounds may be, and of which parts more than what is told there."""
        rows = self.readings(words, lambda: guesses)
        are_told = rows.told.copy()
        # Scores of lemmas that a ё alone tells apart are shares, and here they are not: see _leave_weighed.
        are_spelt = np.zeros(len(words), np.bool_)
        are_spelt[rows.word[rows.same >> _SPELLING > 0]] = True
        one = _with_one_lemma(rows)
        rows.told[one[are_spelt[one]]] = False
        self.tags.judge(rows.tag, guesses)
        letters = _Letters.of(words)
        whole = letters.hashes(np.arange(len(words)), letters.lengths)
        parts = Parts(
            rows,
            rows.word.searchsorted(np.arange(len(words) + 1)),
            self.lemmas(words, rows.word, rows.before, rows.after) + [word.replace(_YO, _E) for word in words],
            np.concatenate([rows.lemma, whole]),
            np.concatenate([rows.length, letters.lengths]),
        )
        return parts, are_told

    def _of_parts(  # noqa: PLR0917 -- columns
        self, told: np.ndarray, word: np.ndarray, left: np.ndarray, right: np.ndarray, parts: Parts, guesses: Guesses
    ) -> list[Readings]:
        """Return the parses of compounds: a number of each, and those of its parts."""
        told[word[~(parts.rows.told[left] & parts.rows.told[right])]] = False
        tags = self.tags
        # Both change, and agree.
        of, first = parts.rows_of(left)
        kept = tags.is_of_a_part_of_speech[parts.rows.tag[first]].nonzero()[0]
        of, first = of[kept], first[kept]
        pair, last = parts.rows_of(right[of])
        of, first = of[pair], first[pair]
        agree = tags.features[parts.rows.tag[first]] == tags.features[parts.rows.tag[last]]
        of, first, last = of[agree], first[agree], last[agree]
        both = parts.compound(told, word[of], first, last, first, guesses.of_parts)
        # The last one alone changes.
        of, last = parts.rows_of(right)
        kept = tags.is_of_a_part_of_speech[parts.rows.tag[last]].nonzero()[0]
        of, last = of[kept], last[kept]
        return [both, parts.compound(told, word[of], parts.whole(left[of]), last, last, guesses.of_parts)]

    def _before_particle(  # noqa: PLR0917 -- likewise
        self, told: np.ndarray, word: np.ndarray, left: np.ndarray, particle: np.ndarray, parts: Parts, guesses: Guesses
    ) -> Readings:
        """Return the parses of words with a particle: a number of each, and those of its parts."""
        told[word[~parts.rows.told[left]]] = False
        of, first = parts.rows_of(left)
        rows = parts.compound(told, word[of], first, parts.whole(particle[of]), first, guesses.of_particle)
        return rows.of(_first(rows))

    def _weighed(self, words: Sequence[bytes], rows: Readings) -> Readings:
        """Return the parses of words in the order of their probabilities, which become scores: see parses.weighed."""
        if not rows.word.size:
            return rows
        first = np.flatnonzero(np.diff(rows.word, prepend=-1))
        count = np.diff(first, append=len(rows.word))
        several = np.logical_or.reduceat(rows.lemma != rows.lemma[first].repeat(count), first)
        factor = np.ones(len(first))
        factor[several] = 1.0 / count[several]
        # Added up as pymorphy3 does where that is more than to count: since Python 3.12, sum() makes up for what is
        # rounded.
        summed = several & ~np.logical_and.reduceat(rows.score == 1.0, first)
        _, row = ranges(first[summed], count[summed])
        scores, ends = rows.score[row].tolist(), count[summed].cumsum()
        starts = (ends - count[summed]).tolist()
        factor[summed] = [1.0 / sum(scores[at:end]) for at, end in zip(starts, ends.tolist(), strict=True)]
        score = rows.score * factor.repeat(count)
        asked = rows.word[first[several]]
        nodes = self._lexicon.ends_of_probabilities([words[at] for at in asked.tolist()])
        at = (nodes != NOWHERE).nonzero()[0]
        if at.size:
            which = several.nonzero()[0][at]
            of, row = ranges(first[which], count[which])
            shares = self._lexicon.shares(nodes[at][of], rows.tag[row])
            is_any = (np.bincount(of, shares, len(at)) > 0)[of]
            score[row[is_any]] = shares[is_any]
            row, shares = row[is_any], shares[is_any]
            ordered = row[np.lexsort((-shares, rows.word[row]))]
            is_moved = row != ordered
            return rows._replace(score=score).moved(ordered[is_moved], row[is_moved])
        return rows._replace(score=score)

    def _rows(self, letters: _Letters, told: np.ndarray, word: np.ndarray, said: np.ndarray, way: int) -> Readings:
        """Return parses by forms; words with one that changes the start of the word become such that are not told."""
        paradigm = said >> _BITS & _HALF
        stop, suffix, tag = self._formed(letters, told, word, said)
        self.tags.meet(tag)
        return Readings(
            told,
            word,
            stop,
            suffix,
            *self._lemmatised(letters, word, stop, suffix),
            tag,
            self.tags.same[tag] << _BITS | paradigm,
            np.ones(len(word)),
            np.full(len(word), way, np.uint8),
        )

    def _formed(
        self, letters: _Letters, told: np.ndarray, word: np.ndarray, said: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what lemmas are made of, letters of words and suffixes; and the tags of words."""
        numbers, suffixes = self._paradigms, self._suffixes
        if looking.by_loops():
            from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- see looking

            made = stop, suffix, tag = _columns(len(word))
            loops.formed(
                word,
                said,
                numbers,
                self._starts,
                self._forms,
                suffixes.lengths,
                letters.lengths,
                stop,
                suffix,
                tag,
                told.view(np.uint8),
            )
            return made
        paradigm, form = said >> _BITS & _HALF, said & _HALF
        start, forms = self._starts[paradigm], self._forms[paradigm]
        told[word[(numbers[start + 2 * forms + form] != 0) | (numbers[start + 2 * forms] != 0)]] = False
        stop = np.maximum(letters.lengths[word] - suffixes.lengths[numbers[start + form]], 0)
        return stop, numbers[start], numbers[start + forms + form]

    def _lemmatised(
        self, letters: _Letters, word: np.ndarray, stop: np.ndarray, suffix: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the hashes of lemmas, their lengths and their last two letters."""
        suffixes = self._suffixes
        if looking.by_loops():
            from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- likewise

            lengths, ends, hashes = *_columns(len(word))[:2], np.empty(len(word), np.uint64)
            loops.lemmatised(
                word,
                stop,
                suffix,
                suffixes.lengths,
                suffixes.ends,
                suffixes.hashes,
                letters.starts,
                letters.codes,
                letters.sums,
                _POWERS,
                _BASE,
                hashes,
                lengths,
                ends,
            )
            return hashes, lengths, ends
        return (
            letters.hashes(word, stop) + suffixes.hashes[suffix] * _POWERS[stop],
            stop + suffixes.lengths[suffix],
            self._ends(letters, word, stop, suffix),
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
    ) -> list[Readings]:
        """Return the parses of words that the dictionary does not have; have those told that they are of."""
        lengths = letters.lengths[unknown]
        is_long = lengths >= guesses.least_for_ending
        is_short = ~is_long & (lengths - guesses.cuts[0] < guesses.least_tail)
        if self._prefixes is None:
            self._prefixes = _Prefixes(guesses.known_prefixes, self._lexicon.prefixes, guesses.least_behind_prefix)
        of, which = self._prefixes.of(words, letters, unknown)
        is_known = which < self._prefixes.known
        prefixed = of[is_known]
        is_long[prefixed] = is_short[prefixed] = False
        short = unknown[is_short]
        of_forms = ~is_known & is_long[of]
        for prefix in sorted({*which[of_forms].tolist()}):
            # Nearly always such endings say nothing: «по» of «покасать» is no prefix of a form.
            at = of[of_forms & (which == prefix)]
            some = unknown[at]
            ways = self._lexicon.ways_of_endings(
                joined([words[at] for at in some.tolist()]), prefix - self._prefixes.known
            )
            is_long[at[ways.of]] = False
        found = [self._by_forms(words, letters, told, unknown[is_long], guesses)]
        if short.size:
            found.append(self._unknown(letters, told, short))
        if prefixed.size:
            sizes = self._prefixes.lengths[which[is_known]]
            found.append(self._by_prefix(words, letters, told, unknown[prefixed], sizes, guesses))
        return found

    def _by_prefix(  # noqa: PLR0917 -- columns
        self,
        words: Sequence[bytes],
        letters: _Letters,
        told: np.ndarray,
        word: np.ndarray,
        cut: np.ndarray,
        guesses: Guesses,
    ) -> Readings:
        """Return parses by what is left of words without their known prefixes, which have so many letters."""
        own = word
        bytes_ = (cut * _LETTER).tolist()
        rows = self.readings(
            [words[at][size:] for at, size in zip(word.tolist(), bytes_, strict=True)], lambda: guesses
        )
        told[word] = True
        told[word[~rows.told]] = False
        # What is known is told by one spelling, whichever it is.
        told[word[rows.word[rows.same >> _SPELLING > 0]]] = False
        self.tags.judge(rows.tag, guesses)
        rows = rows.of(self.tags.is_productive[rows.tag])
        stop = rows.before + cut[rows.word]
        word = word[rows.word]
        rows = rows._replace(
            told=told,
            word=word,
            before=stop,
            lemma=letters.hashes(word, stop) + self._suffixes.hashes[rows.after] * _POWERS[stop],
            length=rows.length + cut[rows.word],
            end=self._ends(letters, word, stop, rows.after),
            score=rows.score * guesses.of_prefix,
            way=np.full(len(word), BY_PREFIX, np.uint8),
        )
        # By two prefixes a word may be read alike, but for a ё that the dictionary has behind the shorter one alone.
        first = _first(rows)
        is_again = np.ones(len(rows.word), np.bool_)
        is_again[first] = False
        told[rows.word[is_again]] = False
        rows = rows.of(first)
        _tell_only(told, rows, own)
        return rows

    def _by_forms(
        self, words: Sequence[bytes], letters: _Letters, told: np.ndarray, asked: np.ndarray, guesses: Guesses
    ) -> Readings:
        """Return parses by tails and endings."""
        some = [words[at] for at in asked.tolist()]
        told[asked] = True
        text = joined(some)
        ways = self._lexicon.ways_of_tails(text, guesses.cuts, guesses.least_tail)
        word = asked[ways.of // len(guesses.cuts)]
        tails = self._spelt(letters, told, word, ways, BY_TAIL)
        self.tags.judge(tails.tag, guesses)
        tails = tails.of(self.tags.is_productive[tails.tag])
        tails = tails._replace(score=tails.score * guesses.of_tail)
        ended = self._ended(letters, told, asked, self._lexicon.ways_of_endings(text), guesses)
        found = _joined([tails, ended])
        found = found.of(_first(found))
        _tell_only(told, found, asked)
        is_spelt = np.zeros(len(told), np.bool_)
        is_spelt[found.word[found.same >> _SPELLING > 0]] = True
        self._leave_weighed(words, told, is_spelt.nonzero()[0])
        return found

    def _spelt(self, letters: _Letters, told: np.ndarray, word: np.ndarray, ways: Ways, way: int) -> Readings:
        """Return parses by these words, their tails or endings, each way to write them with its forms."""
        told[word[ways.nodes == AMBIGUOUS]] = False
        at = (ways.nodes >= 0).nonzero()[0]
        said_of = self._lexicon.said_of_endings if way == BY_ENDING else self._lexicon.said_of_words
        of, said = said_of(ways.nodes[at])
        rows = self._rows(letters, told, word[at[of]], said, way)
        score = rows.score if way != BY_ENDING else (said >> 2 * _BITS).astype(np.float64)
        return rows._replace(same=ways.spelling[at[of]] << _SPELLING | rows.same, score=score)

    def _ended(self, letters: _Letters, told: np.ndarray, asked: np.ndarray, ways: Ways, guesses: Guesses) -> Readings:
        """Return parses by known endings, the longest of each word."""
        own = asked[ways.of]
        found = self._spelt(letters, told, own, ways, BY_ENDING)
        self.tags.judge(found.tag, guesses)
        found = found.of(self.tags.is_productive[found.tag])
        total = 1 + np.bincount(found.word, found.score, len(told))  # as pymorphy3 smooths
        # Of an ending by which no new word is made a shorter one would be asked.
        told[own[total[own] == 1]] = False
        found = found.of(_first(found))
        score = found.score / total[found.word] * guesses.of_ending
        found = found._replace(score=score)
        return found.of(np.lexsort((-score, found.word)))


def _columns(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows, np.int64)


def _joined(parts: Sequence[Readings]) -> Readings:
    """Return the rows of all, word by word."""
    if len(parts) == 1:
        return parts[0]
    every = _behind_one_another(parts)
    return every.of(np.argsort(every.word, kind="stable"))


def _joined_if_told(parts: Sequence[Readings]) -> Readings:
    """Return the rows of the words that are told, word by word."""
    if len(parts) == 1:
        return parts[0].left()
    every = _behind_one_another(parts)
    at = every.told[every.word].nonzero()[0]
    return every.of(at[np.argsort(every.word[at], kind="stable")])


def _behind_one_another(parts: Sequence[Readings]) -> Readings:
    return Readings(parts[0].told, *map(np.concatenate, zip(*(part[1:] for part in parts), strict=True)))


def _with_one_lemma(rows: Readings) -> np.ndarray:
    """Return the words all of whose rows have one lemma."""
    first = np.flatnonzero(np.diff(rows.word, prepend=-1))
    if not first.size:
        return first
    count = np.diff(first, append=len(rows.word))
    one: np.ndarray = rows.word[first[np.logical_and.reduceat(rows.lemma == rows.lemma[first].repeat(count), first)]]
    return one


def _tell_only(told: np.ndarray, rows: Readings, asked: np.ndarray | None = None) -> None:
    """Have those of some words not told that have no rows."""
    is_found = np.zeros(len(told), np.bool_)
    is_found[rows.word] = True
    if asked is None:
        told &= is_found
    else:
        told[asked] &= is_found[asked]


def _first(rows: Readings) -> np.ndarray:
    """Return where each parse of a word stands first, in order."""
    if looking.by_loops():
        from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- see looking

        first = np.empty(len(rows.word), np.int64)
        return first[: loops.first(rows.word, rows.same, first)]
    # Told apart by a hash, as lemmas are: word, spelling, tag and paradigm have too many bits.
    keys = rows.word.astype(np.uint64) * _POWERS[1] + rows.same.astype(np.uint64) * _POWERS[2]
    _, first = np.unique(keys, return_index=True)
    first.sort()
    return first
