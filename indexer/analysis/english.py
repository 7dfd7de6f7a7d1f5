"""An English word → its stem: the English stemmer of Snowball 3.1, as its package snowballstemmer has it.

That package takes a C version of another age if one is installed, and its own changes with its releases: an index must
depend on neither. By slices of the word it takes a sixth of the time that the package takes in Python.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_VOWELS = frozenset("aeiouy")  # a y that is a consonant is written Y meanwhile
_NOT_SHORT = _VOWELS | frozenset("Ywx")  # what no short syllable ends in
_BEFORE_LI = frozenset("cdeghkmnrt")
_BEFORE_ION = frozenset("st")
_DOUBLE = frozenset({"bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"})
_WANT_E = frozenset({"at", "bl", "iz"})
_ODD = {
    "andes": "andes",
    "atlas": "atlas",
    "bias": "bias",
    "cosmos": "cosmos",
    "early": "earli",
    "gently": "gentl",
    "howe": "howe",
    "idly": "idl",
    "news": "news",
    "only": "onli",
    "singly": "singl",
    "skies": "sky",
    "skis": "ski",
    "sky": "sky",
    "ugly": "ugli",
}
_SHORTEST = 3  # letters of a word that anything is taken from
_IS_CONSONANT = re.compile(r"(?:\A|[aeiouy])y")
_STARTS = re.compile("arsen|commun|emerg|gener|inter|later|organ|past|univers")
_REGION = re.compile("[^aeiouy]*[aeiouy]+[^aeiouy]")
_HAS_VOWEL = re.compile("[aeiouy]")
_WITH_EED = frozenset({"succ", "proc", "exc"})
_WITH_ING = frozenset({"even", "cann", "inn", "earr", "herr", "out"})
_OF_EED = ("eed", "eedly")
_VERBAL = ("ingly", "eedly", "edly", "eed", "ing", "ed")  # the longest first of those that have one end
_SECOND = {
    "anci": "ance",
    "enci": "ence",
    "abli": "able",
    "alli": "al",
    "fulli": "ful",
    "lessli": "less",
    "ousli": "ous",
    "entli": "ent",
    "aliti": "al",
    "biliti": "ble",
    "bli": "ble",
    "iviti": "ive",
    "tional": "tion",
    "ational": "ate",
    "alism": "al",
    "ation": "ate",
    "ization": "ize",
    "izer": "ize",
    "ator": "ate",
    "iveness": "ive",
    "fulness": "ful",
    "ousness": "ous",
    "ogist": "og",
    "ogi": "og",
    "li": "",
}
_THIRD = {
    "icate": "ic",
    "ative": "",
    "alize": "al",
    "iciti": "ic",
    "ical": "ic",
    "tional": "tion",
    "ational": "ate",
    "ful": "",
    "ness": "",
}
_FOURTH = frozenset(
    {"ic", "al", "er", "ism", "ion", "ous", "ant", "ent", "iti", "ate", "ive", "ize", "ance", "ence", "able", "ible"}
    | {"ment", "ement"}
)


def stem(word: str) -> str:
    """Return the stem of a word in lower case.

    >>> [stem(word) for word in ("universities", "university", "news", "hoping", "saying", "don't")]
    ['universiti', 'universiti', 'news', 'hope', 'say', "don't"]
    """
    if word in _ODD or len(word) < _SHORTEST:
        return _ODD.get(word, word)
    text = word.removeprefix("'")
    are_marked = _IS_CONSONANT.search(text) is not None
    if are_marked:
        text = _with_consonants(text)
    first, second = _regions(text)
    text = _with_i(_without_verbal_ending(_without_plural(text), first))
    text = _fourth(_third(_second(text, first), first, second), second)
    text = _without_last(text, first, second)
    return text.replace("Y", "y") if are_marked else text


def _with_consonants(text: str) -> str:
    """Return a word with Y for y where it is a consonant: at the beginning, and behind a vowel."""
    letters = list(text)
    for at, letter in enumerate(letters):
        if letter == "y" and (at == 0 or letters[at - 1] in _VOWELS):
            letters[at] = "Y"
    return "".join(letters)


def _regions(text: str) -> tuple[int, int]:
    """Return where the regions of a word begin: behind the first consonant after a vowel, and behind the next one."""
    found = _STARTS.match(text) or _REGION.match(text)
    if not found:
        return len(text), len(text)
    first = found.end()
    found = _REGION.match(text, first)
    return first, found.end() if found else len(text)


def _without_plural(text: str) -> str:
    for possessive in ("'s'", "'s", "'"):
        if text.endswith(possessive):
            text = text[: -len(possessive)]
            break
    if text.endswith("sses"):
        return text[:-2]
    if text.endswith(("ies", "ied")):
        return text[:-2] if len(text) > len("dies") else text[:-1]
    if text.endswith("s") and not text.endswith(("ss", "us")) and _HAS_VOWEL.search(text[:-2]):
        return text[:-1]
    return text


def _without_verbal_ending(text: str, first: int) -> str:
    for ending in _VERBAL:
        if text.endswith(ending):
            break
    else:
        return text
    left = text[: -len(ending)]
    if ending in _OF_EED:
        return left + "ee" if len(left) >= first and left not in _WITH_EED else text
    if ending == "ing":
        if left in _WITH_ING:
            return text
        if len(left) == len("dy") and left[1] == "y" and left[0] not in _VOWELS:
            return left[0] + "ie"
    return _mended(left, first) if _HAS_VOWEL.search(left) else text


def _mended(left: str, first: int) -> str:
    """Return what a verbal ending was put behind: hop(p), hop(e)."""
    last = left[-2:]
    if last in _WANT_E:
        return left + "e"
    if last in _DOUBLE:
        return left if len(left) == len("add") and left[0] in "aeo" else left[:-1]
    return left + "e" if len(left) == first and _is_short(left) else left


def _is_short(text: str) -> bool:
    """Whether a text ends in a short syllable."""
    if len(text) > 2 and text[-1] not in _NOT_SHORT and text[-2] in _VOWELS and text[-3] not in _VOWELS:  # noqa: PLR2004
        return True
    return (len(text) == len("at") and text[1] not in _VOWELS and text[0] in _VOWELS) or text.endswith("past")


def _with_i(text: str) -> str:
    return text[:-1] + "i" if len(text) > len("by") and text[-1] in "yY" and text[-2] not in _VOWELS else text


class _Endings:
    """Endings of words, told by their last two letters: most words have none of them."""

    def __init__(self, endings: Iterable[str]) -> None:
        self._by_last: dict[str, list[str]] = {}
        for ending in sorted(endings, key=len, reverse=True):
            self._by_last.setdefault(ending[-2:], []).append(ending)

    def of(self, text: str) -> str:
        """Return the longest ending of a text, or none."""
        for ending in self._by_last.get(text[-2:], ()):
            if text.endswith(ending):
                return ending
        return ""


_SECOND_ENDINGS, _THIRD_ENDINGS, _FOURTH_ENDINGS = map(_Endings, (_SECOND, _THIRD, _FOURTH))


def _second(text: str, first: int) -> str:
    ending = _SECOND_ENDINGS.of(text)
    left = text.removesuffix(ending)
    if not ending or len(left) < first:
        return text
    if (ending == "li" and left[-1:] not in _BEFORE_LI) or (ending == "ogi" and left[-1:] != "l"):
        return text
    return left + _SECOND[ending]


def _third(text: str, first: int, second: int) -> str:
    ending = _THIRD_ENDINGS.of(text)
    left = text.removesuffix(ending)
    if not ending or len(left) < (second if ending == "ative" else first):
        return text
    return left + _THIRD[ending]


def _fourth(text: str, second: int) -> str:
    ending = _FOURTH_ENDINGS.of(text)
    left = text.removesuffix(ending)
    if not ending or len(left) < second or (ending == "ion" and left[-1:] not in _BEFORE_ION):
        return text
    return left


def _without_last(text: str, first: int, second: int) -> str:
    left = text[:-1]
    if text.endswith("e"):
        return left if len(left) >= second or (len(left) >= first and not _is_short(left)) else text
    return left if text.endswith("ll") and len(left) >= second else text
