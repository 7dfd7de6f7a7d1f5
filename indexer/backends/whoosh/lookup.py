"""Keys of words → Entries: what the words of a build are found by, many at once.

Words of Cyrillic letters, and compounds of two, are told by arrays, English words and numbers without a dictionary;
what is left, one in 50, is looked up one by one.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer import ranking
from indexer.analysis.context import NO_TIES
from indexer.analysis.lemmatize import Elsewhere, is_capitalised
from indexer.analysis.many import CAPITALISED, LOWER, Forms, Halves, with_parts
from indexer.backends.whoosh import arrays
from indexer.backends.whoosh.words import OPENS, Entries, Kind, form_of, key_of, opens, term_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.analysis import Analyzer, Found
    from indexer.analysis.context import Ties
    from indexer.analysis.many import Told
    from indexer.types import Lemma

_OPENS, _SPELT = 4, 8  # whether a form opens a sentence; whether it is told by more than its folded text
_SHORTEST = len("аб".encode())
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_FIRST_OF_MANY = 0xC0  # the first byte of a character of several; what follows it is below
_HYPHEN, _ASCII, _CYRILLIC, _OTHER = 1, 2, 4, 8  # what a character is, told by its first byte
_FIRST = "ЀѠҀӿ".encode()[::2]  # bytes of Cyrillic letters
_MADE_OF = bytes(
    _HYPHEN
    if byte == ord("-")
    else _ASCII
    if bytes((byte,)).isascii()
    else _CYRILLIC
    if byte in _FIRST
    else _OTHER * (byte >= _FIRST_OF_MANY)
    for byte in range(256)
)
_COMPOUND = re.compile(f"[{_RUSSIAN}]+-[{_RUSSIAN}]+")
_CERTAIN = bytes((ranking.steps(1.0),))  # the weights of a word with one lemma


def look_up(keys: Sequence[bytes], analyzer: Analyzer) -> Entries:
    """Return what each word is found by."""
    found = _Entries(len(keys))
    words, case = _words(keys)
    plain, compounds, of_ascii = _sorts(words)
    found.take(plain, analyzer.look_up_words(_forms(words, case, plain)))
    halves = _halves(keys, case, compounds)
    found.take(compounds, analyzer.look_up_compounds(_forms(words, case, compounds), halves))
    _without_dictionary(found, words, of_ascii, analyzer)
    left = found.left()
    others = [(form_of(term_of(keys[at])), opens(keys[at])) for at in left.tolist()]
    for at, one in zip(left.tolist(), analyzer.look_up_all(others), strict=True):
        found.put(at, *_kind_of(one))
    return found.all()


def _without_dictionary(found: _Entries, words: Sequence[bytes], of_ascii: np.ndarray, analyzer: Analyzer) -> None:
    """Take what is told of numbers and English words."""
    lemmas = [analyzer.without_dictionary(words[at].decode()) for at in of_ascii.tolist()]
    is_told = np.array([lemma is not None for lemma in lemmas], np.bool_)
    found.take_certain(of_ascii[is_told], [lemma.encode() for lemma in lemmas if lemma is not None])
    of_part = bytes((ranking.steps(analyzer.weight_of_part),))
    for at in of_ascii[~is_told].tolist():
        compound = analyzer.latin_compound(words[at].decode())
        if compound is not None:
            parts = len(compound) - 1
            kind = (b"\1" * parts + bytes(1), of_part * parts + _CERTAIN, NO_TIES)
            found.put(at, kind, [lemma.encode() for lemma in compound])


class _Entries:
    """What is found of words, in whatever order."""

    def __init__(self, words: int) -> None:
        self._kinds: dict[tuple[bytes, bytes, Ties], int] = {}
        self._kind = np.full(words, -1, np.int64)  # of each word
        self._number: dict[bytes, int] = {}  # of lemmas
        # Words, each as often as it has lemmas, and the numbers of these.
        self._words: list[np.ndarray] = []
        self._lemmas: list[np.ndarray] = []
        self._one_by_one: list[tuple[int, list[int]]] = []

    def left(self) -> np.ndarray:
        """Return the words that nothing is told of yet."""
        left: np.ndarray = (self._kind < 0).nonzero()[0]
        return left

    def put(self, at: int, kind: tuple[bytes, bytes, Ties], lemmas: Sequence[bytes]) -> None:
        """Take what a word is found by."""
        self._kind[at] = self._kinds.setdefault(kind, len(self._kinds))
        self._one_by_one.append((at, self._numbers(lemmas)))

    def take(self, words: np.ndarray, told: Told) -> None:
        """Take what is told of words."""
        # Of a word that is not told, the last number is -1.
        kinds = [self._kinds.setdefault(kind, len(self._kinds)) for kind in told.kinds]
        self._kind[words] = np.array([*kinds, -1], np.int64)[told.kind]
        self._words.append(words.repeat(told.counts))
        self._lemmas.append(np.array(self._numbers(told.texts), np.intp)[told.lemma])

    def take_certain(self, words: np.ndarray, lemmas: Sequence[bytes]) -> None:
        """Take words with one lemma that tell the words beside them nothing."""
        self._kind[words] = self._kinds.setdefault((bytes(1), _CERTAIN, NO_TIES), len(self._kinds))
        self._words.append(words)
        self._lemmas.append(np.array(self._numbers(lemmas), np.intp))

    def _numbers(self, lemmas: Iterable[bytes]) -> list[int]:
        number = self._number
        return [number.setdefault(lemma, len(number)) for lemma in lemmas]

    def all(self) -> Entries:
        """Return what all words are found by."""
        used, first, kind = np.unique(self._kind, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty(len(order), np.uint32)
        rank[order] = np.arange(len(order))
        every = list(self._kinds)
        kinds = [Kind(*every[number]) for number in used[order].tolist()]
        words = np.array([at for at, lemmas in self._one_by_one for _ in lemmas], np.intp)
        lemmas = np.array([*chain.from_iterable([lemmas for _, lemmas in self._one_by_one])], np.intp)
        order = np.argsort(np.concatenate([*self._words, words]), kind="stable")
        return Entries(
            kinds, rank[kind], list(self._number), np.concatenate([*self._lemmas, lemmas])[order].astype(np.uint32)
        )


def _words(keys: Sequence[bytes]) -> tuple[list[bytes], np.ndarray]:
    """Return words in lower case, and how they are written: LOWER, CAPITALISED or neither, _OPENS, _SPELT."""
    words = list(keys)
    case = np.full(len(words), LOWER, np.uint8)
    text, ends = arrays.pack(words)
    zeros = (text == OPENS[0]).nonzero()[0]
    of = ends.searchsorted(zeros, "right")
    is_first = np.diff(of, prepend=-1) > 0
    at, zeros = of[is_first], zeros[is_first]
    for number, stop in zip(at.tolist(), (zeros - (ends[at] - _lengths(ends)[at])).tolist(), strict=True):
        words[number] = words[number][:stop]
    # What stands behind the folded form: nothing, a byte that tells how the form differs, a zero too, or the form.
    behind = ends[at] - zeros - 1
    at, zeros, behind = at[behind > 0], zeros[behind > 0], behind[behind > 0]
    opens_ = text[ends[at] - 1] == OPENS[0]
    case[at] = np.where(behind - opens_ == 1, _CASES[text[zeros + 1]], _SPELT) | opens_ * np.uint8(_OPENS)
    for number in at[case[at] & _SPELT != 0].tolist():
        form = term_of(keys[number]).partition(OPENS)[2].decode("utf-8", "surrogatepass")
        words[number] = form.lower().encode("utf-8", "surrogatepass")
        case[number] |= _case(form)
    return words, case


def _lengths(ends: np.ndarray) -> np.ndarray:
    return np.diff(ends, prepend=0)


def _case(form: str) -> int:
    return LOWER * form.islower() | CAPITALISED * is_capitalised(form)


# By the byte behind the zero; any other one is the beginning of the form itself.
_CASES = np.full(256, _SPELT, np.uint8)
for _form in ("Аб", "АБ"):
    _CASES[key_of(_form, False)[-1]] = _case(_form)  # noqa: FBT003 -- a form and whether it opens a sentence


class _Sorts(NamedTuple):
    """Words by what they are made of."""

    plain: np.ndarray  # two Cyrillic letters or more
    compounds: np.ndarray  # two parts of Russian letters, with a hyphen between them
    ascii: np.ndarray


def _sorts(words: Sequence[bytes]) -> _Sorts:
    text = b"".join(words)
    lengths = np.fromiter(map(len, words), np.intp, len(words))
    made_of = np.zeros(len(words), np.uint8)
    some = lengths.nonzero()[0]
    if some.size:
        bits = np.frombuffer(text.translate(_MADE_OF), np.uint8)
        made_of[some] = np.bitwise_or.reduceat(bits, (np.cumsum(lengths) - lengths)[some])
    matches = _COMPOUND.fullmatch
    hyphened = (made_of == _CYRILLIC | _HYPHEN).nonzero()[0]
    are_two = [matches(words[at].decode("utf-8", "surrogatepass")) is not None for at in hyphened.tolist()]
    return _Sorts(
        ((made_of == _CYRILLIC) & (lengths >= _SHORTEST)).nonzero()[0],
        hyphened[np.array(are_two, np.bool_)],
        (made_of & (_CYRILLIC | _OTHER) == 0).nonzero()[0],
    )


def _forms(words: Sequence[bytes], case: np.ndarray, some: np.ndarray) -> Forms:
    case = case[some]
    return Forms([words[at] for at in some.tolist()], case & LOWER != 0, case & (CAPITALISED | _OPENS) == CAPITALISED)


def _halves(keys: Sequence[bytes], case: np.ndarray, compounds: np.ndarray) -> Halves:
    """Return how the parts of compounds are written."""
    left = case[compounds] & (LOWER | CAPITALISED)
    right = np.where(left == CAPITALISED, np.uint8(LOWER), left)
    for at in (case[compounds] & _SPELT != 0).nonzero()[0].tolist():
        first, _, last = form_of(term_of(keys[compounds[at]])).partition("-")
        left[at], right[at] = _case(first), _case(last)
    return Halves(left, right)


def _kind_of(found: Found) -> tuple[tuple[bytes, bytes, Ties], list[bytes]]:
    """Return the kind of a word, and its lemmas."""
    own = [lemma.text for lemma in found.lemmas]
    if found.parts and isinstance(found.elsewhere, Elsewhere) and not {lemma.text for lemma in found.parts} & {*own}:
        of_parts = bytes([ranking.steps(weight) for _, weight in found.parts])
        kind = with_parts(of_parts, (bytes(len(own)), found.elsewhere.weighed.packed, found.ties))
        return kind, [text.encode("utf-8", "surrogatepass") for text in (*[part.text for part in found.parts], *own)]
    if found.parts:
        # A lemma that a compound shares with one of its parts counts by the compound.
        steps = _steps(found.parts) | _steps(found.lemmas)
        parts = bytes([text not in own for text in steps])
        weighting = _weighting_of_compound(found, steps)
        own = list(steps)
    else:
        parts, weighting = bytes(len(own)), _weighting(found)
    return (parts, weighting, found.ties), [text.encode("utf-8", "surrogatepass") for text in own]


def _weighting(found: Found) -> bytes:
    """Return the weights of a word's lemmas: those alone, then a place and the weights there for each other place."""
    if isinstance(found.elsewhere, Elsewhere):
        return found.elsewhere.weighed.packed
    return bytes([ranking.steps(weight) for _, weight in found.lemmas])


def _weighting_of_compound(found: Found, steps: dict[str, int]) -> bytes:
    """Return the same of a word whose parts have lemmas too; these weigh the same everywhere."""
    made = [bytes(steps.values())]
    for place, lemmas in found.elsewhere.items():
        made.append(bytes((place,)) + bytes((steps | _steps(lemmas)).values()))
    return b"".join(made)


def _steps(lemmas: Iterable[Lemma]) -> dict[str, int]:
    return {text: ranking.steps(weight) for text, weight in lemmas}
