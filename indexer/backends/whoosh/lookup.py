"""Keys of words → Entries: what the words of a build are found by, many at once.

Words of Russian letters, and compounds of two, are told by arrays; what is left, one in nine, is looked up one by one.
"""

from __future__ import annotations

import re
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np

from indexer import ranking
from indexer.analysis.context import NO_TIES
from indexer.analysis.lemmatize import Elsewhere, is_capitalised
from indexer.analysis.many import Forms
from indexer.backends.whoosh import arrays
from indexer.backends.whoosh.words import Entries, Kind, form_of, key_of, opens, term_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.analysis import Analyzer, Found
    from indexer.analysis.context import Ties
    from indexer.analysis.many import Told
    from indexer.types import Lemma

_LOWER, _NAME = 1, 2  # whether a form is in lower case; whether it may be a name
_SHORTEST = len("аб".encode())
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_IS_OTHER = np.ones(256, np.bool_)  # bytes that no Russian letter in lower case has
_IS_OTHER[list(_RUSSIAN.encode())] = False
_COMPOUND = re.compile(f"[{_RUSSIAN}]+-[{_RUSSIAN}]+")
_OWN = bytes(1)  # the parts of a word with one lemma
_CERTAIN = bytes((ranking.steps(1.0),))  # its weights


def look_up(keys: Sequence[bytes], analyzer: Analyzer) -> Entries:
    """Return what each word is found by."""
    found = _Entries(len(keys))
    words, case = _words(keys)
    plain = _of_letters(words)
    found.take(plain, analyzer.look_up_words(_forms(words, case, plain)))
    compounds = _compounds(words, plain)
    told, is_divided = analyzer.look_up_compounds(_forms(words, case, compounds))
    of_parts = np.union1d(told.plain, told.others)
    of_parts = of_parts[is_divided[of_parts]]
    forms = [form_of(term_of(keys[at])) for at in compounds[of_parts].tolist()]
    parts = dict(zip(of_parts.tolist(), analyzer.parts(forms), strict=True))
    found.take_compounds(compounds, told, parts)
    for at in (found.kind < 0).nonzero()[0].tolist():
        lemma = analyzer.without_dictionary(words[at].decode("utf-8", "surrogatepass"))
        if lemma is not None:
            found.put(at, (_OWN, _CERTAIN, NO_TIES), (lemma.encode(),))
    left = (found.kind < 0).nonzero()[0].tolist()
    others = [(form_of(term_of(keys[at])), opens(keys[at])) for at in left]
    for at, one in zip(left, analyzer.look_up_all(others), strict=True):
        found.put(at, *_kind_of(one))
    return found.all()


class _Entries:
    """What is found of words, in whatever order."""

    def __init__(self, words: int) -> None:
        self._kinds: dict[tuple[bytes, bytes, Ties], int] = {}
        self.kind = np.full(words, -1, np.int64)  # of each word
        self._lemmas: list[Sequence[bytes]] = [()] * words

    def put(self, at: int, kind: tuple[bytes, bytes, Ties], lemmas: Sequence[bytes]) -> None:
        """Take what a word is found by."""
        self.kind[at] = self._kinds.setdefault(kind, len(self._kinds))
        self._lemmas[at] = lemmas

    def take(self, words: np.ndarray, told: Told) -> None:
        """Take what is told of words."""
        kinds = [self._kinds.setdefault((_OWN, _CERTAIN, ties), len(self._kinds)) for ties in told.ties]
        at = words[told.plain]
        self.kind[at] = np.array(kinds, np.int64)[told.tie[told.plain]]
        for number, lemma in zip(at.tolist(), told.lemmas, strict=True):
            self._lemmas[number] = (lemma,)
        ties = told.tie[told.others].tolist()
        for number, tie, weighed in zip(words[told.others].tolist(), ties, told.weighed, strict=True):
            self.put(number, (bytes(len(weighed.lemmas)), weighed.packed, told.ties[tie]), weighed.lemmas)

    def take_compounds(self, words: np.ndarray, told: Told, parts: dict[int, tuple[Lemma, ...]]) -> None:
        """Take what is told of compounds; `parts` are the lemmas of the parts of some."""
        own = chain(
            zip(told.plain.tolist(), [((lemma,), _CERTAIN) for lemma in told.lemmas], strict=True),
            zip(told.others.tolist(), told.weighed, strict=True),
        )
        for at, (lemmas, packed) in own:
            ties = told.ties[told.tie[at]]
            self.put(int(words[at]), *_with_parts(lemmas, packed, parts.get(at, ()), ties))

    def all(self) -> Entries:
        """Return what all words are found by."""
        used, first, kind = np.unique(self.kind, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty(len(order), np.uint32)
        rank[order] = np.arange(len(order))
        every = list(self._kinds)
        kinds = [Kind(*every[number]) for number in used[order].tolist()]
        return Entries(kinds, rank[kind], list(chain.from_iterable(self._lemmas)))


def _words(keys: Sequence[bytes]) -> tuple[list[bytes], np.ndarray]:
    """Return words in lower case, and what their case tells."""
    folded, _, how = zip(*[key.partition(b"\0") for key in keys], strict=True) if keys else ((), (), ())
    words = list(folded)
    case = np.fromiter(map(_CASES.get, how, repeat(-1)), np.int8, len(words))
    for at in (case < 0).nonzero()[0].tolist():
        form = form_of(term_of(keys[at]))
        words[at] = form.lower().encode("utf-8", "surrogatepass")
        case[at] = _case(form, opens(keys[at]))
    return words, case


def _case(form: str, opens_sentence: bool) -> int:  # noqa: FBT001 -- the pair that makes a key
    return _LOWER * form.islower() | _NAME * (is_capitalised(form) and not opens_sentence)


# By what stands behind the folded form in the keys of words that differ from it in case alone.
_CASES = {
    key_of(form, opens_sentence).partition(b"\0")[2]: _case(form, opens_sentence)
    for form in ("аб", "Аб", "АБ")
    for opens_sentence in (False, True)
}


def _of_letters(words: Sequence[bytes]) -> np.ndarray:
    """Return which words are of Russian letters, two or more."""
    text, ends = arrays.pack(list(words))
    starts = np.append(0, ends)
    others = np.append(0, np.cumsum(_IS_OTHER[text]))
    found: np.ndarray = ((others[starts[1:]] == others[starts[:-1]]) & (np.diff(starts) >= _SHORTEST)).nonzero()[0]
    return found


def _compounds(words: Sequence[bytes], plain: np.ndarray) -> np.ndarray:
    """Return which words, none of the plain ones, are two parts of Russian letters, with a hyphen between them."""
    some = np.ones(len(words), np.bool_)
    some[plain] = False
    matches = _COMPOUND.fullmatch
    hyphened = [at for at in some.nonzero()[0].tolist() if b"-" in words[at]]
    return np.array([at for at in hyphened if matches(words[at].decode("utf-8", "surrogatepass"))], np.intp)


def _forms(words: Sequence[bytes], case: np.ndarray, some: np.ndarray) -> Forms:
    case = case[some]
    return Forms([words[at] for at in some.tolist()], case & _LOWER != 0, case & _NAME != 0)


def _with_parts(
    lemmas: Sequence[bytes], packed: bytes, parts: tuple[Lemma, ...], ties: Ties
) -> tuple[tuple[bytes, bytes, Ties], Sequence[bytes]]:
    """Return the kind of a word whose parts have lemmas too, which weigh the same everywhere; and all the lemmas."""
    steps = {text.encode("utf-8", "surrogatepass"): ranking.steps(weight) for text, weight in parts}
    count = len(lemmas)
    if steps.keys().isdisjoint(lemmas):
        of_parts = bytes(steps.values())
        made = [of_parts, packed[:count]]
        for at in range(count, len(packed), 1 + count):
            made += [packed[at : at + 1], of_parts, packed[at + 1 : at + 1 + count]]
        return (b"\1" * len(steps) + bytes(count), b"".join(made), ties), (*steps, *lemmas)
    # A lemma that a compound shares with one of its parts counts by the compound.
    every = list(dict.fromkeys((*steps, *lemmas)))

    def together(start: int) -> bytes:
        return bytes((steps | dict(zip(lemmas, packed[start : start + count], strict=True))).values())

    others = [packed[at : at + 1] + together(at + 1) for at in range(count, len(packed), 1 + count)]
    return (bytes([text not in lemmas for text in every]), together(0) + b"".join(others), ties), every


def _kind_of(found: Found) -> tuple[tuple[bytes, bytes, Ties], list[bytes]]:
    """Return the kind of a word, and its lemmas."""
    own = [lemma.text for lemma in found.lemmas]
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
