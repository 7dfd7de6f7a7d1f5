"""A form → the lemmas it may have, each with a weight."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from itertools import chain
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.analysis.abbreviations import STANDS_FOR
from indexer.analysis.context import ALONE, NO_TIES, PREPOSITIONS, Ties, asks, places, preposition, tells
from indexer.analysis.dictionary import DICTIONARY, entry, known_tags, look_ahead, nominative, parses
from indexer.analysis.fold import fold, plain_latin
from indexer.analysis.weights import FEW, Weighing, hundredths, shortened, weighed, weights_at
from indexer.frozen import frozen
from indexer.types import Lemma

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indexer.analysis.context import Shape
    from indexer.analysis.dictionary import Entry, Form, Parse, Tag
    from indexer.analysis.weights import Weighed
    from indexer.settings import Analysis

_GUESSED_NEVER = "INFN"  # a verb that is only guessed is nearly always a form of a noun: «мосбирже» → «мосбиржать»
_NO_GRAMMEMES: frozenset[str] = frozenset()
_NO_WORDS = frozenset({"Surn", "Name", "Patr", "Abbr", "Init"})
# «где-то», «кто-либо», «по-русски», «из-за»: one word with a hyphen, not a compound of two.
INDIVISIBLE = frozenset({"ADVB", "NPRO", "Apro", "CONJ", "PREP", "PRCL", "INTJ", "Prnt"})
_RUSSIAN = re.compile(r"[а-я]{2,}\Z")  # most folded forms: nothing but the dictionary tells what they are
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_NUMBER = re.compile(r"\d[\d.,\s\u00a0\u2009\u202f]*\Z")
_DIGITS = re.compile(r"\d+\Z", re.ASCII)
_ORDINAL = re.compile(r"(\d+)-[а-яё]{1,3}\Z")
# Endings that one of Snowball's English rules changes: half of the Latin words in Russian texts have none of them.
_MAY_CHANGE = re.compile("(?:[esy']|ed|ing|[lgct]i|[auil]l|[eo]r|ion|ism|[ae]nt|ist|ic)\\Z|'")
_STEMMING = Lock()  # a stemmer keeps the word it is at in itself, and searches go on in threads
_SPACES = re.compile(r"\s+")
NOT_PLAIN = frozenset(word.encode() for word in (*STANDS_FOR, *" ".join(PREPOSITIONS.values()).split()))


# What the dictionary overrates, and what its probability is multiplied by. The figures are points of lemma accuracy, on
# the dev files of GSD and of Taiga, that one adds to all others (tests/quality/lemmas.py --rules); together +0.43,
# +0.30. Left out: imperatives (0.00), gerunds and participles (0.00, -0.02), names in lower case (+0.01, +0.02, but
# queries are typed so), guessed adjectives (-0.01, -0.01), adjectives like «паховой» (-0.07, -0.09).
RARE_TAG = 0.3  # +0.02, +0.02: «суть» is no «быть»
RARE_LEMMAS = {"больший": 0.2, "есть": 0.05}  # +0.02, +0.15: «большую» is «большой», «есть» is rarely «съесть»
NOUN_LIKE_ADJECTIVE = 0.3  # -0.02, +0.05: «кривых» is no «кривая»
ENDS_LIKE_ADJECTIVE = ("ая", "яя", "ое", "ее", "ые")
# +0.01, +0.03: a word that is never declined has a reading for each case, and they add up: «вели» is no name.
INDECLINABLE = 0.1
GUESSED_PLURAL = 0.1  # +0.15, +0.02: «Ауесхан» is no form of «Ауесхана»
GUESSED_BY_TAIL = 0.3  # +0.25, +0.03: a known word at the end says less than a known ending: «липосаркома» is no «арк»
_BY_TAIL = "UnknownPrefixAnalyzer"  # pymorphy3's name
_MANY = 50  # parts of compounds: by arrays they take less than one by one
_MOST_PARTS = 50_000  # of compounds that are remembered
_known_parts: dict[Analysis, dict[str, tuple[Lemma, ...]]] = {}

_lemma_of: Callable[[tuple[str, float]], Lemma] = partial(tuple.__new__, Lemma)  # in half of the time of Lemma(…)
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


# Found(…) of one tuple, in a quarter of the time; it is done for every word of a corpus.
_found_as: Callable[[tuple[tuple[Lemma, ...], tuple[Lemma, ...], Ties, Mapping[int, tuple[Lemma, ...]]]], Found] = (
    partial(tuple.__new__, Found)
)


@frozen
class Lemmatizer:
    """Lemmas of single words. Nothing is kept between calls, so threads may share it."""

    settings: Analysis

    def lemmas(self, form: str, *, opens_sentence: bool = False) -> tuple[Lemma, ...]:
        """Return all that the form may be, the likeliest first with weight 1, each lemma once.

        >>> from indexer.settings import Analysis
        >>> [lemma.text for lemma in Lemmatizer(Analysis()).lemmas("стали")]
        ['стать', 'сталь']
        """
        return self._weighed([self._outline(form, opens_sentence=opens_sentence)])[0].lemmas

    def found(self, form: str, *, opens_sentence: bool = False) -> Found:
        """Return all that the form may be, alone and beside other words."""
        found = self._weighed([self._outline(form, opens_sentence=opens_sentence)])[0]
        own = self._pieces(form) if "-" in form else ()
        if not own:
            return found
        parts = self._parts(dict.fromkeys(own))
        return found._replace(parts=_together_in(form, [parts[piece] for piece in own]))

    def found_all(self, words: Sequence[tuple[str, bool]]) -> list[Found]:
        """Return the same for many forms, each with whether it opens a sentence: weighed at once, they take less."""
        look_ahead([form.lower() for form, _ in words if _CYRILLIC.search(form)])
        outlines = [self._outline(form, opens_sentence=opens) for form, opens in words]
        pieces = [self._pieces(form) if "-" in form else () for form, _ in words]
        parts = self._parts(dict.fromkeys(chain.from_iterable(pieces)))
        found = self._weighed(outlines)
        for at, own in enumerate(pieces):
            if own:
                found[at] = found[at]._replace(parts=_together_in(words[at][0], [parts[piece] for piece in own]))
        return found

    def parts(self, form: str) -> tuple[Lemma, ...]:
        """Return the lemmas of a compound's parts, lighter than the compound; none for a word that only has a hyphen.

        >>> from indexer.settings import Analysis
        >>> [lemma.text for lemma in Lemmatizer(Analysis()).parts("Ростове-на-Дону")]
        ['ростов', 'на', 'дон']
        >>> Lemmatizer(Analysis()).parts("где-то")
        ()
        """
        return self.found(form).parts

    def without_dictionary(self, word: str) -> str | None:
        """Return the lemma of a number or an English word, ASCII in lower case, if nothing else can be made of it."""
        if word.isalpha():
            return _english(word)
        key = _SPACES.sub("", word)
        if "-" in key or key.endswith(".") or key in STANDS_FOR:
            return None
        return key.replace(",", ".") if _NUMBER.match(key) else _english(word)

    def latin_compound(self, word: str) -> tuple[str, ...] | None:
        """Return the lemmas of the parts of one with hyphens, then its own, if nothing else can be made of it.

        >>> from indexer.settings import Analysis
        >>> Lemmatizer(Analysis()).latin_compound("user-agents-2")
        ('user', 'agent', '2', 'user-agents-2')
        """
        pieces = word.split("-")
        if word in STANDS_FOR or not all(piece.isalnum() and piece not in STANDS_FOR for piece in pieces):
            return None
        lemmas = [piece if piece.isdigit() else _english(piece) for piece in reversed(pieces)]
        return (*reversed(dict.fromkeys(lemmas)), _english(word))

    def weight_of_part(self) -> float:
        """Return the weight of the lemma of a part with one."""
        return self._of_part(1.0)

    def of_parts(self, pieces: Sequence[str]) -> list[tuple[Lemma, ...]]:
        """Return the lemmas of parts of compounds, as light as they are there."""
        parts = self._parts(dict.fromkeys(pieces))
        return [parts[piece] for piece in pieces]

    def _pieces(self, form: str) -> Sequence[str]:
        """Return the parts of a compound as they are written."""
        pieces = form.split("-")
        key = fold(form)
        if len(pieces) == 1 or _ORDINAL.match(key) or key in STANDS_FOR or not all(pieces):
            return ()
        if _CYRILLIC.search(form) and not _LATIN.search(form) and _tags(form.lower()) & INDIVISIBLE:
            return ()
        return pieces

    def _parts(self, pieces: Iterable[str]) -> dict[str, tuple[Lemma, ...]]:
        """Return the lemmas of parts of compounds."""
        known = _known_parts.get(self.settings, {})
        found = {piece: known.get(piece, ()) for piece in pieces}
        new = [piece for piece, lemmas in found.items() if not lemmas]
        own = _found_parts(new, self.settings)
        left = [piece for piece in new if piece not in own]
        for piece, one in zip(left, self._weighed([self._outline(piece) for piece in left]), strict=True):
            own[piece] = _lemmas_of_part(piece, one.lemmas)
        for piece, lemmas in own.items():
            found[piece] = tuple([_lemma_of((text, self._of_part(weight))) for text, weight in lemmas])
        if len(known) + len(new) > _MOST_PARTS:
            known = {}
        known.update(found)
        _known_parts[self.settings] = known
        return found

    def _of_part(self, weight: float) -> float:
        return hundredths(weight * self.settings.part_of_compound) / 100

    def _outline(self, form: str, *, opens_sentence: bool = False) -> Found | _Outline:
        """Return all that the form may be, but for its parts, and but for weights if there is anything to weigh."""
        word = form.lower()
        key = word.replace("ё", "е")  # as `fold` does
        # before the dictionary: «см» must not become «смотреть», nor «т» «так», nor «коп.» «копа»
        if key in STANDS_FOR or not _RUSSIAN.match(key):
            key = _SPACES.sub("", key)
            if known := self._without_dictionary(key, form):
                expected = preposition(key)
                return _found_as((known, (), Ties(expected) if expected else NO_TIES, NOWHERE))
        read = _read(word)
        if isinstance(read, _OneLemma):
            return _certain(read.lemma, read.kind.ties(key))
        ties = read.ties(key)
        if len(read.lemmas) == 1:
            return _certain(read.lemmas[0], ties)
        names_only = read.has_name and is_capitalised(form) and not opens_sentence
        asked = asks(read.shapes, names_only=names_only)
        shares = read.declined if form.islower() else read.shares
        weighing = Weighing(read.lemmas, shares, read.shapes, bool(asked), names_only)
        return _Outline(weighing, ties._replace(asks=asked) if asked else ties)

    def _weighed(self, outlines: Sequence[Found | _Outline]) -> list[Found]:
        """Return all that forms may be, but for their parts."""
        weighings = [outline.weighing for outline in outlines if isinstance(outline, _Outline)]
        if len(weighings) <= FEW:
            return [self._as_asked(outline) if isinstance(outline, _Outline) else outline for outline in outlines]
        every = iter(weighed(weighings, rare=self.settings.rare_lemma, most=self.settings.most_lemmas))
        return [
            _found_of(next(every), outline.ties) if isinstance(outline, _Outline) else outline for outline in outlines
        ]

    def _as_asked(self, outline: _Outline) -> Found:
        """Return all that a form may be, but for its parts; what it is elsewhere when it is asked."""
        rare = self.settings.rare_lemma
        word = shortened(outline.weighing, rare=rare, most=self.settings.most_lemmas)
        alone = weights_at(word, ALONE, rare=rare)
        lemmas = _in_order(word.lemmas, [weight / 100 for weight in alone])
        return _found_as((lemmas, (), outline.ties, _AsAsked(word, alone, rare)))

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
        elif key.isascii() or not _CYRILLIC.search(key):
            found = (_english(plain_latin(form)),)
        elif len(key) == 1 or _LATIN.search(key):  # «IT-отдел»: pymorphy3 takes it for a Latin word
            found = (key,)
        return _equal(*found)

    def _dotted(self, key: str) -> tuple[Lemma, ...]:
        """Return an initial, which may also be a word at the end of a sentence: «витамин С.»."""
        letters = key.rstrip(".")
        if len(letters) > 1:
            return _equal(key)
        return _in_order((key, letters), (1.0, hundredths(self.settings.rare_lemma) / 100))


class _Outline(NamedTuple):
    """What a form with several lemmas may be, before they are weighed."""

    weighing: Weighing
    ties: Ties


class Elsewhere(Mapping[int, tuple[Lemma, ...]]):
    """Place → the lemmas of a form, where they weigh otherwise than alone; put together when it is asked."""

    __slots__ = ("_made", "weighed")

    def __init__(self, weighed: Weighed[str]) -> None:
        self.weighed = weighed
        self._made: dict[int, tuple[Lemma, ...]] | None = None

    def __getitem__(self, place: int) -> tuple[Lemma, ...]:
        return self._places()[place]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places())

    def __len__(self) -> int:
        return len(self._places())

    def _places(self) -> dict[int, tuple[Lemma, ...]]:
        if self._made is None:
            texts, packed = self.weighed
            self._made = {
                packed[at]: _in_order(texts, [weight / 100 for weight in packed[at + 1 : at + 1 + len(texts)]])
                for at in range(len(texts), len(packed), 1 + len(texts))
            }
        return self._made


class _AsAsked(Elsewhere):
    """The same of one word, for one place or two: to weigh it at all of them may take a millisecond."""

    __slots__ = ("_alone", "_at", "_rare", "_word")

    def __init__(self, word: Weighing, alone: list[int], rare: float) -> None:
        """Take a word with the lemmas that are kept, and what they weigh alone."""
        self._made = None
        self._word, self._alone, self._rare = word, alone, rare
        self._at: dict[int, tuple[Lemma, ...] | None] = {}  # nothing where they weigh as alone

    @property
    def weighed(self) -> Weighed[str]:  # type: ignore[override]  # what is kept there is made here
        """Return what it weighs everywhere."""
        return weighed([self._word], rare=self._rare, most=len(self._word.lemmas))[0]

    def __getitem__(self, place: int) -> tuple[Lemma, ...]:
        if place not in self._at:
            self._at[place] = self._found_at(place)
        found = self._at[place]
        if found is None:
            raise KeyError(place)
        return found

    def _found_at(self, place: int) -> tuple[Lemma, ...] | None:
        if place not in places(asks=self._word.asks):
            return None
        weights = weights_at(self._word, place, rare=self._rare)
        return None if weights == self._alone else _in_order(self._word.lemmas, [weight / 100 for weight in weights])


def _found_of(weighed: Weighed[str], ties: Ties) -> Found:
    texts, packed = weighed
    lemmas = tuple([_lemma_of((text, weight / 100)) for text, weight in zip(texts, packed, strict=False)])
    return _found_as((lemmas, (), ties, Elsewhere(weighed)))


def _certain(lemma: str, ties: Ties) -> Found:
    """Return what a form may be that has one lemma."""
    return _found_as(((_lemma_of((lemma, 1.0)),), (), ties, NOWHERE))


def _found_parts(pieces: Sequence[str], settings: Analysis) -> dict[str, tuple[Lemma, ...]]:
    """Return the lemmas of those of many parts of compounds that can be found at once."""
    if len(pieces) < _MANY:
        return {}
    from indexer.analysis.many import found_parts  # noqa: PLC0415 -- it goes by what is here

    return found_parts(pieces, settings)


def _lemmas_of_part(piece: str, lemmas: tuple[Lemma, ...]) -> tuple[Lemma, ...]:
    if not is_capitalised(piece) or not _CYRILLIC.search(piece):
        return lemmas
    # «Ростов» of Ростов-на-Дону is no «рост»: a name inside a compound is nothing but a name.
    names = _names(piece.lower())
    return tuple(lemma for lemma in lemmas if lemma.text in names) or lemmas


def _together_in(form: str, pieces: Sequence[tuple[Lemma, ...]]) -> tuple[Lemma, ...]:
    """Return the lemmas of a form's parts, each once."""
    found = {lemma.text: lemma for piece in reversed(pieces) for lemma in reversed(piece)}
    found.pop(fold(form), None)
    return tuple(reversed(found.values()))


def _in_order(texts: Sequence[str], weights: Sequence[float]) -> tuple[Lemma, ...]:
    """Return lemmas, the one with the highest weight first; of equal ones, by text."""
    return tuple([Lemma(text, -weight) for weight, text in sorted(zip([-one for one in weights], texts, strict=True))])


@lru_cache(20_000)
def grammemes(lemma: str) -> frozenset[str]:
    """Return OpenCorpora's grammemes of all that a folded lemma may be; none for a person's name or an abbreviation.

    >>> sorted({"NOUN", "INFN", "anim"} & grammemes("печь")), sorted(grammemes("петрович"))
    (['INFN', 'NOUN'], [])
    """
    known = known_grammemes(lemma)
    if known is not None:
        return known
    own = [parse for parse in parses(lemma) if fold(parse.lemma) == lemma]
    return _together([parse.tag for parse in own if _GUESSED_NEVER not in parse.tag.grammemes])


@lru_cache(20_000)
def known_grammemes(lemma: str) -> frozenset[str] | None:
    """Return the same of a lemma in the dictionary, and None for others: to guess takes ten times as long.

    >>> known_grammemes("бутявка") is None
    True
    """
    tags = known_tags(lemma)
    return _together([tag for own, tag in tags if own == lemma or fold(own) == lemma]) if tags else None


def is_of(lemma: str, wanted: frozenset[str]) -> bool:
    """Whether all of these are among the grammemes of a folded lemma; it is guessed only where that may tell.

    >>> is_of("сталь", frozenset({"NOUN"})), is_of("бутявка", frozenset({"NOUN"}))
    (True, True)
    >>> is_of("бутявить", frozenset({"INFN"}))
    False
    """
    known = known_grammemes(lemma)
    if known is not None:
        return wanted <= known
    return _GUESSED_NEVER not in wanted and wanted <= grammemes(lemma)


def _together(tags: Iterable[Tag]) -> frozenset[str]:
    every = [tag.grammemes for tag in tags if _NO_WORDS.isdisjoint(tag.grammemes)]
    return every[0] if len(every) == 1 else _NO_GRAMMEMES.union(*every)


def first_lemma(form: str) -> str:
    """Return the lemma that the dictionary alone thinks likeliest: what others do who lemmatise, and our yardstick.

    >>> first_lemma("Песков")
    'песок'
    """
    return fold(parses(form.lower())[0].lemma)


def _equal(*lemmas: str) -> tuple[Lemma, ...]:
    return tuple([_lemma_of((lemma, 1.0)) for lemma in lemmas])


def is_capitalised(form: str) -> bool:
    """Whether a form is written like a name: Песков, Нью-Йорк; not ПЕСКОВ, where capitals say nothing."""
    return form[:1].isupper() and any(letter.islower() for letter in form)


class _Kind(NamedTuple):
    """What the words of the dictionary with the same tags, and with one lemma, have in common."""

    weights: tuple[tuple[float, Shape], ...]  # of the readings: their probabilities
    own: Ties  # but for what a preposition expects

    def ties(self, key: str) -> Ties:
        """Return what a folded form of this kind tells the words beside it."""
        expected = preposition(key)
        return self.own._replace(expects=expected) if expected else self.own


class _OneLemma(NamedTuple):
    """What a word with one lemma may be: most words, so nothing is made anew for them but their lemma."""

    lemma: str  # folded
    kind: _Kind


class _Read(NamedTuple):
    """What a word may be."""

    lemmas: tuple[str, ...]  # folded
    shares: tuple[tuple[int, float], ...]  # of its readings, as the dictionary orders them: Weighing.shares
    declined: tuple[tuple[int, float], ...]  # the same of a form in lower case
    shapes: tuple[Shape, ...]  # of its readings
    has_name: bool
    own: Ties  # but for what a preposition expects, and for what is asked

    def ties(self, key: str) -> Ties:
        """Return what a folded form of this word tells the words beside it."""
        expected = preposition(key)
        return self.own._replace(expects=expected) if expected else self.own


def _names(word: str) -> set[str]:
    """Return the lemmas of a word in lower case that are names."""
    read = _read(word)
    if isinstance(read, _OneLemma):
        return {read.lemma} if any(one.is_name for _, one in read.kind.weights) else set()
    return {read.lemmas[at] for (at, _), one in zip(read.shares, read.shapes, strict=True) if one.is_name}


@lru_cache(2000)  # a word comes with and without a capital, at the start of a sentence and inside
def _read(word: str) -> _OneLemma | _Read:
    of = entry(word)
    plain = _plain(word, of, of.one) if of is not None and of.one is not None else None
    return _OneLemma(*plain) if plain else _read_of(parses(word))


def _read_of(parses: Sequence[Parse]) -> _Read:
    """Return what parses say, their probabilities mended."""
    lemmas: dict[str, int] = {}
    shares, shapes = [], []
    for parse in parses:
        word, tag, lemma, score, way, _ = parse
        lemma, one = fold(lemma), tag.shape
        if way == DICTIONARY:
            factor = _overrated(lemma, one)
        else:
            # A guess.
            factor = GUESSED_PLURAL if len(lemma) > len(word) and "plur" in tag.grammemes else 1.0
            if way == _BY_TAIL:
                factor *= GUESSED_BY_TAIL
        if one.is_womans_patronymic:
            # The dictionary makes «Алексеевна» a form of «Алексеевич».
            shares.append((lemmas.setdefault(fold(nominative(parse)), len(lemmas)), score * factor))
            shapes.append(one)
            factor = 0.0
        shares.append((lemmas.setdefault(lemma, len(lemmas)), score * factor))
        shapes.append(one)
    declined = shares
    if any(one.is_indeclinable for one in shapes):
        declined = [
            (lemma, probability * INDECLINABLE if one.is_indeclinable else probability)
            for (lemma, probability), one in zip(shares, shapes, strict=True)
        ]
    has_name = any(one.is_name for one in shapes)
    told = tells("", zip([probability for _, probability in shares], shapes, strict=True))
    return _Read(tuple(lemmas), tuple(shares), tuple(declined), tuple(shapes), has_name, Ties(*told))


def _plain(word: str, entry: Entry, one: Form) -> tuple[str, _Kind] | None:
    """Return the folded lemma of a word that the dictionary has under one, and its kind, if nothing is to be mended."""
    # The word may have a ё where it is not written; what comes of it is folded.
    lemma = one.lemma(word).replace("ё", "е")
    kind = _kinds(entry)[lemma.endswith(ENDS_LIKE_ADJECTIVE)]
    return (lemma, kind) if kind and lemma not in RARE_LEMMAS else None


@lru_cache(100_000)
def _kinds(entry: Entry) -> tuple[_Kind | None, _Kind | None]:
    """Return the kinds of its words whose lemma does not end like an adjective's, and of those whose lemma does."""
    return _kind(entry.tags, like_adjective=False), _kind(entry.tags, like_adjective=True)


@lru_cache(20_000)
def _kind(tags: tuple[Tag, ...], *, like_adjective: bool) -> _Kind | None:
    """Return what words with these tags have in common; nothing if one is a woman's patronymic, with two lemmas."""
    shapes = [tag.shape for tag in tags]
    if any(one.is_womans_patronymic for one in shapes):
        return None
    lemma = ENDS_LIKE_ADJECTIVE[0] if like_adjective else ""  # as far as it matters
    weights = tuple((_overrated(lemma, one), one) for one in shapes)
    return _Kind(weights, Ties(*tells("", weights)))


def _overrated(lemma: str, one: Shape) -> float:
    """Return what the probability of a reading in the dictionary is multiplied by."""
    if one.is_rare:
        return RARE_TAG
    if one.is_declined_noun and lemma.endswith(ENDS_LIKE_ADJECTIVE):
        return NOUN_LIKE_ADJECTIVE
    return RARE_LEMMAS.get(lemma, 1.0)


def _tags(word: str) -> frozenset[str]:
    return parses(word)[0].tag.grammemes


@lru_cache(2000)  # a word comes with and without a capital
def _english(word: str) -> str:
    if not _MAY_CHANGE.search(word):
        return word
    with _STEMMING:
        return _snowball().stemWord(word)  # type: ignore[no-any-return]


@cache
def _snowball() -> Any:  # noqa: ANN401 -- PyStemmer has no types
    from Stemmer import Stemmer  # noqa: PLC0415 -- lazily

    return Stemmer("english", 0)  # what is asked again is remembered here
