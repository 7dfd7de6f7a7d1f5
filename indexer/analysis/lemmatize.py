"""A form → the lemmas it may have, each with a weight; the only module that knows pymorphy3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.analysis.abbreviations import STANDS_FOR
from indexer.analysis.context import ALONE, NO_TIES, Reading, Ties, asks, fitting, shape, tells
from indexer.analysis.fold import fold, plain_latin
from indexer.types import Lemma

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from indexer.analysis.context import Ways
    from indexer.settings import Analysis

_NO_WORDS = frozenset({"Surn", "Name", "Patr", "Abbr", "Init"})
# «где-то», «кто-либо», «по-русски», «из-за»: one word with a hyphen, not a compound of two.
_INDIVISIBLE = frozenset({"ADVB", "NPRO", "Apro", "CONJ", "PREP", "PRCL", "INTJ", "Prnt"})
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_NUMBER = re.compile(r"\d[\d.,\s\u00a0\u2009\u202f]*\Z")
_ORDINAL = re.compile(r"(\d+)-[а-яё]{1,3}\Z")
_SPACES = re.compile(r"\s+")


# What the dictionary overrates, and what its probability is multiplied by. The figures are points of lemma accuracy, on
# the dev files of GSD and of Taiga, that one adds to all others (tests/quality/lemmas.py --rules); together +0.43,
# +0.30. Left out: imperatives (0.00), gerunds and participles (0.00, -0.02), names in lower case (+0.01, +0.02, but
# queries are typed so), guessed adjectives (-0.01, -0.01), adjectives like «паховой» (-0.07, -0.09).
_RARE_TAG = 0.3  # +0.02, +0.02: «суть» is no «быть»
_RARE_LEMMAS = {"больший": 0.2, "есть": 0.05}  # +0.02, +0.15: «большую» is «большой», «есть» is rarely «съесть»
_NOUN_LIKE_ADJECTIVE = 0.3  # -0.02, +0.05: «кривых» is no «кривая»
_ENDS_LIKE_ADJECTIVE = ("ая", "яя", "ое", "ее", "ые")
# +0.01, +0.03: a word that is never declined has a reading for each case, and they add up: «вели» is no name.
_INDECLINABLE = 0.1
_GUESSED_PLURAL = 0.1  # +0.15, +0.02: «Ауесхан» is no form of «Ауесхана»
_GUESSED_BY_TAIL = 0.3  # +0.25, +0.03: a known word at the end says less than a known ending: «липосаркома» is no «арк»
_BY_TAIL, _BY_DICTIONARY = "UnknownPrefixAnalyzer", "DictionaryAnalyzer"  # pymorphy3's names of its ways
_DIGITS = 6

NOWHERE: Mapping[int, tuple[Lemma, ...]] = MappingProxyType({})


class Found(NamedTuple):
    """What a form may be."""

    lemmas: tuple[Lemma, ...]  # standing alone; the likeliest first, with weight 1
    parts: tuple[Lemma, ...] = ()  # of a compound
    ties: Ties = NO_TIES
    elsewhere: Mapping[int, tuple[Lemma, ...]] = NOWHERE  # place → the same lemmas, where weights differ

    def at(self, place: int) -> tuple[Lemma, ...]:
        """Return the lemmas at a place, in order of weight."""
        return self.elsewhere.get(place, self.lemmas)


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
        return self.found(form, opens_sentence=opens_sentence).lemmas

    def found(self, form: str, *, opens_sentence: bool = False) -> Found:
        """Return all that the form may be, alone and beside other words."""
        key = _SPACES.sub("", fold(form))
        # before the dictionary: «см» must not become «смотреть», nor «т» «так», nor «коп.» «копа»
        if known := self._without_dictionary(key, form):
            return Found(known, self.parts(form), Ties(*tells(key, ())))
        readings = _readings(form.lower())
        told = tells(key, readings)
        first = readings[0].lemma
        if all(reading.lemma == first for reading in readings):
            return Found((Lemma(first, 1.0),), self.parts(form), Ties(*told))
        if form.islower():
            readings = tuple(map(_declined, readings))
        shapes = tuple(reading.shape for reading in readings)
        names_only = is_capitalised(form) and not opens_sentence and any(one.is_name for one in shapes)
        asked = asks(shapes, names_only=names_only)
        lemmas, elsewhere = self._everywhere(readings, fitting(shapes, asked, names_only=names_only))
        return Found(lemmas, self.parts(form), Ties(*told, asked), elsewhere)

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
        names = {reading.lemma for reading in _readings(piece.lower()) if reading.shape.is_name}
        return tuple(lemma for lemma in lemmas if lemma.text in names) or lemmas

    def _dotted(self, key: str) -> tuple[Lemma, ...]:
        """Return an initial, which may also be a word at the end of a sentence: «витамин С.»."""
        letters = key.rstrip(".")
        if len(letters) > 1:
            return _equal(key)
        return (Lemma(key, 1.0), Lemma(letters, self.settings.rare_lemma))

    def _everywhere(
        self, readings: Sequence[Reading], ways: Ways
    ) -> tuple[tuple[Lemma, ...], Mapping[int, tuple[Lemma, ...]]]:
        """Return the lemmas of readings standing alone, and at the places where they weigh otherwise."""
        alone = self._weighed(readings, ways[ALONE][0])
        kept = {lemma.text for lemma in alone}
        elsewhere = {}
        for fit, numbers in ways[1:]:
            # The same lemmas everywhere: what a form is found by does not depend on its place, only how well.
            weighed = self._weighed(readings, fit, kept)
            if weighed != alone:
                elsewhere.update(dict.fromkeys(numbers, weighed))
        return alone, elsewhere

    def _weighed(
        self, readings: Sequence[Reading], fit: Sequence[float], kept: Container[str] | None = None
    ) -> tuple[Lemma, ...]:
        shares: dict[str, float] = {}
        for reading, factor in zip(readings, fit, strict=True):
            if kept is None or reading.lemma in kept:
                shares[reading.lemma] = shares.get(reading.lemma, 0.0) + reading.probability * factor
        highest = max(shares.values())
        rare = self.settings.rare_lemma
        # Rounded, for what ties is put in order of the alphabet, and sums of tenths do not quite tie.
        weighed = [Lemma(lemma, round(rare + (1 - rare) * share / highest, _DIGITS)) for lemma, share in shares.items()]
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
    return fold(_morph().parse(form.lower())[0].normal_form)


def _equal(*lemmas: str) -> tuple[Lemma, ...]:
    return tuple(Lemma(lemma, 1.0) for lemma in lemmas)


def is_capitalised(form: str) -> bool:
    """Whether a form is written like a name: Песков, Нью-Йорк; not ПЕСКОВ, where capitals say nothing."""
    return form[:1].isupper() and any(letter.islower() for letter in form)


@lru_cache(200_000)
def _readings(word: str) -> tuple[Reading, ...]:
    # Kept, for a word comes with and without a capital, at the start of a sentence and inside.
    return tuple(reading for parse in _morph().parse(word) for reading in _read(parse))


def _read(parse: Any) -> tuple[Reading, ...]:  # noqa: ANN401 -- pymorphy3 has no types
    reading = _reading(parse)
    if not reading.shape.is_womans_patronymic:
        return (reading,)
    # The dictionary makes «Алексеевна» a form of «Алексеевич».
    own = parse.inflect({"sing", "nomn"}) or parse
    return reading._replace(lemma=fold(own.word)), reading._replace(probability=0.0)


def _reading(parse: Any) -> Reading:  # noqa: ANN401 -- likewise
    """Return what a parse says, its probability mended."""
    _, tag, normal_form, probability, methods = parse
    lemma = fold(normal_form)
    one = shape(tag.grammemes)
    # Not parse.is_known, which looks the word up once more.
    method = type(methods[-1][0]).__name__
    if method != _BY_DICTIONARY:
        factor = _guessed(parse, method)
    elif one.is_rare:
        factor = _RARE_TAG
    elif one.is_declined_noun and lemma.endswith(_ENDS_LIKE_ADJECTIVE):
        factor = _NOUN_LIKE_ADJECTIVE
    else:
        factor = _RARE_LEMMAS.get(lemma, 1.0)
    return Reading(lemma, probability * factor, one)


def _guessed(parse: Any, method: str) -> float:  # noqa: ANN401 -- likewise
    is_plural = "plur" in parse.tag.grammemes and len(parse.normal_form) > len(parse.word)
    factor = _GUESSED_PLURAL if is_plural else 1.0
    return factor * _GUESSED_BY_TAIL if method == _BY_TAIL else factor


def _declined(reading: Reading) -> Reading:
    factor = _INDECLINABLE if reading.shape.is_indeclinable else 1.0
    return reading._replace(probability=reading.probability * factor)


def _tags(word: str) -> frozenset[str]:
    return frozenset().union(*(p.tag.grammemes for p in _morph().parse(word)[:1]))


def _english(word: str) -> str:
    return _snowball().stemWord(word)  # type: ignore[no-any-return]


@cache
def _morph() -> Any:  # noqa: ANN401 -- pymorphy3 has no types
    # 0.2 s: only for a word that is looked up.
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 -- lazily, see above
    from pymorphy3.analyzer import ProbabilityEstimator  # noqa: PLC0415 -- likewise

    class WhereItMatters(ProbabilityEstimator):
        """Estimates the readings of words with several lemmas: of the others it took a quarter of the time."""

        def apply_to_parses(self, word: str, word_lower: str, parses: list[Any]) -> list[Any]:
            lemmas = {lemma for _, _, lemma, _, _ in parses}
            return super().apply_to_parses(word, word_lower, parses) if len(lemmas) > 1 else parses

    return MorphAnalyzer(probability_estimator_cls=WhereItMatters)


@cache
def _snowball() -> Any:  # noqa: ANN401 -- snowballstemmer has no types
    from snowballstemmer import stemmer  # noqa: PLC0415 -- lazily

    return stemmer("english")
