"""A form → the lemmas it may have, each with a weight; the only module that knows pymorphy3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.analysis.abbreviations import STANDS_FOR
from indexer.analysis.fold import fold, plain_latin
from indexer.types import Lemma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.settings import Analysis

_NAMES = frozenset({"Surn", "Name", "Patr", "Geox", "Orgn"})  # OpenCorpora's tags of proper names
_NO_WORDS = frozenset({"Surn", "Name", "Patr", "Abbr", "Init"})
# «где-то», «кто-либо», «по-русски», «из-за»: one word with a hyphen, not a compound of two.
_INDIVISIBLE = frozenset({"ADVB", "NPRO", "Apro", "CONJ", "PREP", "PRCL", "INTJ", "Prnt"})
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_NUMBER = re.compile(r"\d[\d.,\s\u00a0\u2009\u202f]*\Z")
_ORDINAL = re.compile(r"(\d+)-[а-яё]{1,3}\Z")
_SPACES = re.compile(r"\s+")


class Reading(NamedTuple):
    """One thing a form may be."""

    lemma: str  # folded
    probability: float
    is_name: bool


@dataclass(frozen=True, slots=True)
class Lemmatizer:
    """Lemmas of single words. Nothing is kept between calls, so threads may share it."""

    settings: Analysis

    def lemmas(self, form: str, *, opens_sentence: bool = False) -> tuple[Lemma, ...]:
        """Return all that the form may be, the likeliest first with weight 1, each lemma once.

        >>> from indexer.settings import Analysis
        >>> [lemma.text for lemma in Lemmatizer(Analysis()).lemmas("стали")]
        ['стать', 'сталь']
        """
        key = _SPACES.sub("", fold(form))
        # before the dictionary: «см» must not become «смотреть», nor «т» «так», nor «коп.» «копа»
        if known := self._without_dictionary(key, form):
            return known
        return self._weighed(_readings(form.lower()), prefer_names=is_capitalised(form) and not opens_sentence)

    def parts(self, form: str) -> tuple[Lemma, ...]:
        """Return the lemmas of a compound's parts, lighter than the compound; none for a word that only has a hyphen.

        >>> from indexer.settings import Analysis
        >>> [lemma.text for lemma in Lemmatizer(Analysis()).parts("Ростове-на-Дону")]
        ['ростов', 'на', 'дон']
        >>> Lemmatizer(Analysis()).parts("где-то")
        ()
        """
        pieces = form.split("-")
        if len(pieces) == 1 or _ORDINAL.match(fold(form)) or fold(form) in STANDS_FOR or not all(pieces):
            return ()
        if _CYRILLIC.search(form) and not _LATIN.search(form) and _tags(form.lower()) & _INDIVISIBLE:
            return ()
        found = {
            lemma.text: Lemma(lemma.text, lemma.weight * self.settings.part_of_compound)
            for piece in reversed(pieces)
            for lemma in reversed(self._part(piece))
        }
        found.pop(fold(form), None)
        return tuple(reversed(found.values()))

    def _without_dictionary(self, key: str, form: str) -> tuple[Lemma, ...]:
        """Return the lemmas of what is no Russian word, or none."""
        found: tuple[str, ...] = ()
        if key.endswith("."):
            return self._dotted(key)
        if key in STANDS_FOR:
            found = (key, *STANDS_FOR[key])
        elif _NUMBER.match(key):
            found = (key.replace(",", "."),)
        elif ordinal := _ORDINAL.match(key):
            found = (ordinal[1],)
        elif not _CYRILLIC.search(key):
            found = (_english(plain_latin(form)),)
        elif len(key) == 1 or _LATIN.search(key):  # «IT-отдел»: pymorphy3 takes it for a Latin word
            found = (key,)
        return _equal(*found)

    def _part(self, piece: str) -> tuple[Lemma, ...]:
        lemmas = self.lemmas(piece)
        if not is_capitalised(piece) or not _CYRILLIC.search(piece):
            return lemmas
        # «Ростов» of Ростов-на-Дону is no «рост»: a name inside a compound is nothing but a name.
        names = {reading.lemma for reading in _readings(piece.lower()) if reading.is_name}
        return tuple(lemma for lemma in lemmas if lemma.text in names) or lemmas

    def _dotted(self, key: str) -> tuple[Lemma, ...]:
        """Return an initial, which may also be a word at the end of a sentence: «витамин С.»."""
        letters = key.rstrip(".")
        if len(letters) > 1:
            return _equal(key)
        return (Lemma(key, 1.0), Lemma(letters, self.settings.rare_lemma))

    def _weighed(self, readings: Sequence[Reading], *, prefer_names: bool) -> tuple[Lemma, ...]:
        probabilities: dict[str, float] = {}
        names_only = prefer_names and any(reading.is_name for reading in readings)
        for reading in readings:
            share = 0.0 if names_only and not reading.is_name else reading.probability
            probabilities[reading.lemma] = probabilities.get(reading.lemma, 0.0) + share
        highest = max(probabilities.values())
        rare = self.settings.rare_lemma
        weighed = [
            Lemma(lemma, rare + (1 - rare) * probability / highest) for lemma, probability in probabilities.items()
        ]
        weighed.sort(key=lambda lemma: (-lemma.weight, lemma.text))
        return tuple(weighed[: self.settings.most_lemmas])


def dictionary_version() -> str:
    """Return the revision of the dictionary: another one may give other lemmas."""
    from importlib.metadata import version  # noqa: PLC0415 -- 20 ms that a search need not spend

    return version("pymorphy3-dicts-ru")


@lru_cache(20_000)
def grammemes(lemma: str) -> frozenset[str]:
    """Return OpenCorpora's grammemes of all that a folded lemma may be; none for a person's name or an abbreviation.

    >>> sorted({"NOUN", "INFN", "anim"} & grammemes("печь")), sorted(grammemes("петрович"))
    (['INFN', 'NOUN'], [])
    """
    own = [parse for parse in _morph().parse(lemma) if fold(parse.normal_form) == lemma]
    # A verb that is only guessed is nearly always a form of a noun: «мосбирже» → «мосбиржать».
    sure = [parse for parse in own if parse.is_known] or [parse for parse in own if "INFN" not in parse.tag]
    return frozenset[str]().union(*(parse.tag.grammemes for parse in sure if not _NO_WORDS & parse.tag.grammemes))


def first_lemma(form: str) -> str:
    """Return the lemma that the dictionary alone thinks likeliest: what others do who lemmatise, and our yardstick.

    >>> first_lemma("Песков")
    'песок'
    """
    return _readings(form.lower())[0].lemma


def _equal(*lemmas: str) -> tuple[Lemma, ...]:
    return tuple(Lemma(lemma, 1.0) for lemma in lemmas)


def is_capitalised(form: str) -> bool:
    """Whether a form is written like a name: Песков, Нью-Йорк; not ПЕСКОВ, where capitals say nothing."""
    return form[:1].isupper() and any(letter.islower() for letter in form)


@lru_cache(200_000)
def _readings(word: str) -> tuple[Reading, ...]:
    # Kept, for a word comes with and without a capital, at the start of a sentence and inside.
    return tuple(Reading(fold(p.normal_form), p.score, bool(_NAMES & p.tag.grammemes)) for p in _morph().parse(word))


def _tags(word: str) -> frozenset[str]:
    return frozenset().union(*(p.tag.grammemes for p in _morph().parse(word)[:1]))


def _english(word: str) -> str:
    return _snowball().stemWord(word)  # type: ignore[no-any-return]


@cache
def _morph() -> Any:  # noqa: ANN401 -- pymorphy3 has no types
    # 0.2 s: only for a word that is looked up.
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 -- lazily, see above

    return MorphAnalyzer()


@cache
def _snowball() -> Any:  # noqa: ANN401 -- snowballstemmer has no types
    from snowballstemmer import stemmer  # noqa: PLC0415 -- lazily

    return stemmer("english")
