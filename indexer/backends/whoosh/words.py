"""What a segment knows of words: forms, lemmas, and which form may have which lemma with which weight at which place.

A word is a form and, where a capital letter depends on it, whether it opens a sentence. Words are numbered by
frequency, the most frequent first, so that most places of a text take two bytes; forms and lemmas are numbered in the
order of their bytes. A word's weights are kept once for all words weighed alike (a weighting): lists of steps one after
another, the first that of the word alone, and for each kind of place that analysis.context tells apart which it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from zlib import crc32

import numpy as np

from indexer.analysis import Found
from indexer.analysis.context import PLACES, Ties
from indexer.analysis.fold import NORMAL, fold
from indexer.analysis.lemmatize import NOWHERE
from indexer.backends.whoosh import arrays, terms
from indexer.backends.whoosh.lists import ranges, spread
from indexer.backends.whoosh.terms import Terms
from indexer.ranking import WEIGHT_STEPS
from indexer.types import Lemma

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indexer.backends.whoosh import loops
    from indexer.backends.whoosh.arrays import Arrays
    from indexer.types import Form

PARTS = (
    *(f"{of}_{part}" for of in ("form", "lemma") for part in terms.PARTS),
    "form_words",  # numbers of words in order of their forms
    *("lemma_hashes", "lemma_of_hash", "lemma_until", "lemma_words"),
    *("word_form", "word_lemmas", "word_lemma", "word_weighting", "word_ties"),
    *("tie_expects", "tie_offers", "tie_asks", "weighting_at", "weighting_start", "weighting_plain", "steps"),
)
# Parts of the numbers of Packed: bits to the right of where lemmas start, and of a lemma's number; and what is there.
START, LEMMA = 9, 8
BESIDE = 0x100  # whether a word weighs otherwise beside some words
COUNT = STEPS = 0xFF
_Number = TypeVar("_Number", int, "int | None")
OPENS = b"\0"
_REMEMBERED = 20_000  # lemmas whose numbers are known: for what is looked for, what is marked and how often it is
_NOT_MET = np.uint32(11)  # bits of a hash that are not looked at first: so of 200,000 lemmas a tenth is left
_FORMS_REMEMBERED = 10_000  # whose words are known
_CAPITALISED, _CAPITALS = "1", "2"  # how a form differs from its folded text; anything else is spelt out


def form_term(form: str) -> bytes:
    r"""Return the term of a form as written: the folded text, then, where it differs, a zero byte and the difference.

    So all ways to write a word are neighbours in the order of bytes, and so are all words with a prefix.

    >>> form_term("еж"), form_term("Дон"), form_term("ДОН") == "дон\x002".encode()
    (b'\xd0\xb5\xd0\xb6', b'\xd0\xb4\xd0\xbe\xd0\xbd\x001', True)
    >>> form_term("Ёж") == "еж\0Ёж".encode()
    True
    """
    folded = fold(form)
    if folded == form:
        return folded.encode("utf-8", "surrogatepass")
    if form == folded.capitalize():
        form = _CAPITALISED
    elif form == folded.upper():
        form = _CAPITALS
    return f"{folded}\0{form}".encode("utf-8", "surrogatepass")


def form_of(term: bytes) -> str:
    """Return the form as written that a term stands for."""
    return _form_of(term.decode("utf-8", "surrogatepass"))


def _form_of(term: str) -> str:
    if "\0" not in term:
        return term
    folded, _, written = term.partition("\0")
    if written == _CAPITALISED:
        return folded.capitalize()
    return folded.upper() if written == _CAPITALS else written or folded


def key_of(form: str, opens_sentence: bool) -> bytes:  # noqa: FBT001 -- the pair that Analyzer.key returns
    """Return the key of a word: the term of its form, and a zero byte after it where it opens a sentence."""
    return form_term(form) + OPENS if opens_sentence else form_term(form)


def term_of(key: bytes) -> bytes:
    """Return the term of a word's form."""
    return key.removesuffix(OPENS)


def opens(key: bytes) -> bool:
    """Whether a word opens a sentence with a capital."""
    return key.endswith(OPENS)


class Kind(NamedTuple):
    """What words may have in common that have different lemmas."""

    parts: bytes  # of each lemma: 1 if it is one of a part of a compound, else 0
    weighting: bytes  # the steps of the lemmas alone, then a place and the steps there for each other place
    ties: Ties


class Entries(NamedTuple):
    """What words are found by, in their order."""

    kinds: list[Kind]  # in the order in which the words bring them
    kind: np.ndarray  # of each word, index into the kinds
    lemmas: list[bytes]
    lemma: np.ndarray  # of all words, one after another, index into the lemmas


class Neighbours(NamedTuple):
    """What is beside the words of a text; numbers of words, or -1 where a sentence or the text ends."""

    before: np.ndarray
    after: np.ndarray


class Readings(NamedTuple):
    """Places and the lemmas that the words there may have: arrays of one length."""

    place: np.ndarray  # index of a word in what was asked
    lemma: np.ndarray
    steps: np.ndarray  # the lemma's weight there


class Packed(NamedTuple):
    """What places are looked through by where there are millions of them: one number each, of 32 bits if they do."""

    words: np.ndarray  # of each: where its lemmas start · BESIDE · how many these are
    lemmas: np.ndarray  # of all words, one after another: the number of each · its steps alone


class _Elsewhere(Mapping[int, "tuple[Lemma, ...]"]):
    """Place → the lemmas of a word, where they weigh otherwise than alone; of many places, one or two are asked for."""

    __slots__ = ("_at", "_ways")

    def __init__(self, ways: memoryview, at: Callable[[int], tuple[Lemma, ...]]) -> None:
        """Take the way of each place, 0 as alone, and what gives the lemmas of a way."""
        self._ways = ways
        self._at = at

    def __getitem__(self, place: int) -> tuple[Lemma, ...]:
        way = self._ways[place]
        if not way:
            raise KeyError(place)
        return self._at(way)

    def __iter__(self) -> Iterator[int]:
        return (place for place, way in enumerate(self._ways) if way)

    def __len__(self) -> int:
        return sum(map(bool, self._ways))


def _by_weight_and_text(lemma: Lemma) -> tuple[float, str]:
    return -lemma.weight, lemma.text


class _Views(NamedTuple):
    """Arrays that single numbers are taken from."""

    form_words: memoryview
    lemma_hashes: memoryview
    lemma_of_hash: memoryview
    lemma_until: memoryview
    lemma_words: memoryview
    word_form: memoryview
    word_lemmas: memoryview
    word_lemma: memoryview
    word_weighting: memoryview
    word_ties: memoryview
    tie_expects: memoryview
    tie_offers: memoryview
    tie_asks: memoryview
    weighting_at: memoryview
    weighting_start: memoryview
    steps: memoryview


class Words:
    """See above."""

    def __init__(self, of: Arrays) -> None:
        self._of = of
        self.count = len(of["word_form"])
        self._forms, self._lemmas = Terms(of, "form_"), Terms(of, "lemma_")
        self._plain = int(of["weighting_plain"][0])
        self._in_order: memoryview | None = None  # the forms of the words in order of their forms
        self._met: np.ndarray | None = None  # whether any lemma's hash begins so
        self._numbers: dict[bytes, int | None] = {}  # of lemmas, None of one that is not there
        self.written_as = lru_cache(_FORMS_REMEMBERED)(self._written_as)  # the words that are taken for a form

    def keep(self) -> None:
        """Have what is looked up word by word at hand: 75 ms and 19 MB for the words of 300,000 paragraphs."""
        self._forms.keep()
        self._lemmas.keep()
        self._in_order = self._plain_forms
        self._met = np.zeros(1 << 32 - _NOT_MET, np.bool_)
        self._met[self._of["lemma_hashes"] >> _NOT_MET] = True

    @cached_property
    def _until(self) -> np.ndarray:
        """Return how many lemmas the words to each one have, in 32 bits: 1 ms for 450,000 words."""
        return arrays.added_up(self._of["word_lemmas"], np.uint32)

    # --- lemmas ---

    def known(self, texts: Sequence[bytes]) -> dict[int, int]:
        """Return the numbers of those of many lemmas that are there, by their indices; most of them are not."""
        hashes = self._of["lemma_hashes"]
        asked = np.fromiter(map(crc32, texts), np.uint32, len(texts))
        may_be = np.arange(len(texts)) if self._met is None else self._met[asked >> _NOT_MET].nonzero()[0]
        asked = asked[may_be]
        at = hashes.searchsorted(asked)
        there = (hashes[np.minimum(at, len(hashes) - 1)] == asked).nonzero()[0] if len(hashes) else np.zeros(0, np.intp)
        found = {}
        of_hash = self._views.lemma_of_hash
        for index, place in zip(may_be[there].tolist(), at[there].tolist(), strict=True):
            text = texts[index]
            # Two lemmas may have one hash.
            number = of_hash[place] if self.lemma(of_hash[place]) == text else self._number(text)
            if number is not None:
                found[index] = self._remember(text, number)
        return found

    def number(self, lemma: bytes) -> int | None:
        """Return the number of a lemma, or None if it is not there."""
        try:
            return self._numbers[lemma]
        except KeyError:
            return self._remember(lemma, self._number(lemma))

    def _remember(self, lemma: bytes, number: _Number) -> _Number:
        if len(self._numbers) >= _REMEMBERED:
            self._numbers = {}  # another one, for threads may share it
        self._numbers[lemma] = number
        return number

    def _number(self, lemma: bytes) -> int | None:
        view, hashed = self._views, crc32(lemma)
        at = bisect_left(view.lemma_hashes, hashed)
        # Nearly always the first is the one; two lemmas may have one hash.
        while at < len(view.lemma_hashes) and view.lemma_hashes[at] == hashed:
            number: int = view.lemma_of_hash[at]
            if self.lemma(number) == lemma:
                return number
            at += 1
        return None

    def lemma(self, number: int) -> bytes:
        """Return the text of a lemma."""
        return self._lemmas[number]

    @property
    def lemma_count(self) -> int:
        """How many lemmas there are."""
        return len(self._lemmas)

    def all_lemmas(self) -> list[bytes]:
        """Return the texts of all lemmas, in order."""
        return self._lemmas.all()

    def words_of(self, lemmas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the words that may have these lemmas, lemma by lemma; and for each which of them it is."""
        until = self._of["lemma_until"]
        starts = until[lemmas - 1].astype(np.int64)
        starts[lemmas == 0] = 0
        of, at = ranges(starts, until[lemmas] - starts)
        return self._of["lemma_words"][at].astype(np.int64), of

    def first_lemmas(self, words: np.ndarray) -> np.ndarray:
        """Return one of the lemmas of each word."""
        until = self._until
        lemmas: np.ndarray = self._of["word_lemma"][np.where(words > 0, until[words - 1], 0)].astype(np.int64) >> 1
        return lemmas

    # --- forms ---

    def form(self, number: int) -> str:
        """Return a form as written."""
        return form_of(self.form_term(number))

    def form_term(self, number: int) -> bytes:
        """Return the term of a form."""
        return self._forms[number]

    def form_lines(self) -> bytes:
        """Return the terms of all forms with a line end after each."""
        return self._forms.lines()

    def forms(self, form: Form) -> list[int]:
        """Return the numbers of the forms that are taken for this one."""
        variants = self.variants(fold(form.text))
        if form.exactness == "folded":
            return list(variants)
        normal = NORMAL[form.exactness]
        return [number for number in variants if normal(self.form(number)) == form.text]

    def variants(self, folded: str) -> range:
        """Return the numbers of all forms with this folded text."""
        text = folded.encode("utf-8", "surrogatepass")
        return range(self._forms.first(text), self._forms.first(text + b"\1"))

    def forms_of(self, words: np.ndarray) -> np.ndarray:
        """Return the number of the form of each word."""
        forms: np.ndarray = self._of["word_form"][words].astype(np.int64) >> 1
        return forms

    def with_forms(self, forms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the words that have these forms; and for each which of them it is."""
        asked = forms.astype(self._forms_in_order.dtype)
        first, last = (self._forms_in_order.searchsorted(asked, side=side) for side in ("left", "right"))
        of, at = ranges(first, last - first)
        return self._of["form_words"][at].astype(np.int64), of

    def _written_as(self, form: Form) -> tuple[int, ...]:
        words, forms = self._views.form_words, self._plain_forms
        return tuple(
            word
            for number in self.forms(form)
            for word in words[bisect_left(forms, number) : bisect_right(forms, number)].tolist()
        )

    @cached_property
    def _plain_forms(self) -> memoryview:
        return arrays.plain(self._forms_in_order)

    @cached_property
    def _forms_in_order(self) -> np.ndarray:
        """Return the forms of the words in order of their forms."""
        forms: np.ndarray = self._of["word_form"][self._of["form_words"]] >> 1
        return forms

    # --- words ---

    def word(self, form: str, *, opens_sentence: bool) -> int | None:
        """Return the number of a word, or None if no text has it."""
        term = form_term(form)
        number = self._forms.number(term)
        if number is None:
            return None
        if (in_order := self._in_order) is None:
            (words,) = self.variants_of([number])
        else:
            at = bisect_left(in_order, number)
            words = self._views.form_words[at : at + 2].tolist()
        asked = number << 1 | opens_sentence
        return next((word for word in words if self._views.word_form[word] == asked), None)

    def found(self, word: int) -> Found:
        """Return what a word may be, as analysis.lemmatize found it when the text was indexed."""
        view = self._views
        pairs = self._pairs_of(word)
        lemmas = [self.lemma(pair >> 1) for pair in pairs]
        for lemma, pair in zip(lemmas, pairs, strict=True):
            self._remember(lemma, pair >> 1)  # it is what the word will be looked for by
        texts = [lemma.decode("utf-8", "surrogatepass") for lemma in lemmas]
        weighting = view.word_weighting[word]
        alone = view.weighting_start[weighting]
        if len(pairs) == 1 and weighting < self._plain and not pairs[0] & 1:  # most words
            return Found((Lemma(texts[0], view.steps[alone] / WEIGHT_STEPS),), (), self.ties(word))
        own = [at for at, pair in enumerate(pairs) if not pair & 1]

        def weighed(way: int, lemmas: list[int]) -> list[Lemma]:
            start = alone + way * len(pairs)
            return [Lemma(texts[at], view.steps[start + at] / WEIGHT_STEPS) for at in lemmas]

        elsewhere: Mapping[int, tuple[Lemma, ...]] = NOWHERE
        if weighting >= self._plain:
            ways = view.weighting_at[weighting * PLACES : (weighting + 1) * PLACES]
            elsewhere = _Elsewhere(ways, lambda way: tuple(sorted(weighed(way, own), key=_by_weight_and_text)))
        return Found(
            # Pairs are kept in the order in which the lemmas were found.
            tuple(sorted(weighed(0, own), key=lambda lemma: -lemma.weight)),
            tuple(weighed(0, [at for at, pair in enumerate(pairs) if pair & 1])) if len(own) < len(pairs) else (),
            self.ties(word),
            elsewhere,
        )

    def with_lemma(self, lemma: int) -> dict[int, list[int]]:
        """Return the forms that may have a lemma, in order, each with the words of this form that have it."""
        forms: dict[int, list[int]] = {}
        of_word = self._views.word_form
        for form, word in sorted([(of_word[word] >> 1, word) for word in self._having(lemma)]):
            forms.setdefault(form, []).append(word)
        return forms

    def written_with(self, lemma: int, most: int) -> tuple[list[str], list[tuple[str, int]]]:
        """Return how words that may have a lemma are written, each form once.

        Forms come once more with their word, where it alone of those with this form has the lemma, and it has as many
        as `most` lemmas, those of parts counted.
        """
        words, of_word, lemmas = self._having(lemma), self._views.word_form, self._views.word_lemmas
        forms = [of_word[word] >> 1 for word in words]
        long = [(word, form) for word, form in zip(words, forms, strict=True) if lemmas[word] >= most]
        alone = [(self.form(form), word) for word, form in long if forms.count(form) == 1]
        return self.texts_of(sorted(set(forms))), alone

    def _having(self, lemma: int) -> list[int]:
        """Return the words that may have a lemma."""
        view = self._views
        words: list[int] = view.lemma_words[
            view.lemma_until[lemma - 1] if lemma else 0 : view.lemma_until[lemma]
        ].tolist()
        return words

    def variants_of(self, forms: Iterable[int]) -> Iterator[list[int]]:
        """Give the words of each of these forms, which are in order: one, or one for either place in a sentence."""
        view = self._views
        at = last = 0
        for form in forms:
            # The forms that a lemma has are near each other, and between them each has one word or two.
            at = bisect_left(
                view.form_words,
                form,
                at + form - last,
                min(at + 2 * (form - last), len(view.form_words)),
                key=lambda word: view.word_form[word] >> 1,
            )
            last = form
            words = view.form_words[at : at + 2].tolist()
            yield [word for word in words if view.word_form[word] >> 1 == form]

    def texts_of(self, forms: Iterable[int]) -> list[str]:
        """Return forms as written."""
        terms_ = self._forms.several(forms)
        # Decoded at once; no form has a line end.
        texts = b"\n".join(terms_).decode("utf-8", "surrogatepass").split("\n") if terms_ else []
        return [_form_of(text) if "\0" in text else text for text in texts]

    def lemmas_of(self, word: int) -> list[int]:
        """Return the lemmas of a word but for those of its parts."""
        return [pair >> 1 for pair in self._pairs_of(word) if not pair & 1]

    def _pairs_of(self, word: int) -> list[int]:
        until = self._plain_until
        pairs: list[int] = self._views.word_lemma[until[word - 1] if word else 0 : until[word]].tolist()
        return pairs

    @cached_property
    def _plain_until(self) -> memoryview:
        return arrays.plain(self._until)

    @cached_property
    def _views(self) -> _Views:
        return _Views(*(arrays.plain(self._of[name]) for name in _Views._fields))

    def keys(self, words: np.ndarray) -> list[bytes]:
        """Return the keys of words."""
        terms_ = self._forms.all()
        of = self._of["word_form"][words].astype(np.int64).tolist()
        return [terms_[form >> 1] + OPENS if form & 1 else terms_[form >> 1] for form in of]

    def pairs_of(self, words: np.ndarray) -> np.ndarray:
        """Return the lemmas of words, word by word: twice the number, and one more for that of a part."""
        counts = self._of["word_lemmas"][words].astype(np.int64)
        _, at = ranges(self._until[words] - counts, counts)
        pairs: np.ndarray = self._of["word_lemma"][at].astype(np.int64)
        return pairs

    def entries(self, words: np.ndarray) -> Entries:
        """Return what words are found by, as a build has it."""
        of = self._of
        counts = of["word_lemmas"][words].tolist()
        pairs = self.pairs_of(words)
        every = self.all_lemmas()
        lemmas, lemma = np.unique(pairs >> 1, return_inverse=True)
        parts = (pairs & 1).astype(np.uint8).tobytes()
        kinds: dict[tuple[bytes, int, int], int] = {}
        kind = []
        start = 0
        for count, weighting, tie in zip(
            counts, of["word_weighting"][words].tolist(), of["word_ties"][words].tolist(), strict=True
        ):
            kind.append(kinds.setdefault((parts[start : start + count], weighting, tie), len(kinds)))
            start += count
        return Entries(
            [Kind(own, self._packed(weighting, len(own)), self._ties(tie)) for own, weighting, tie in kinds],
            np.array(kind, np.uint32),
            [every[number] for number in lemmas.tolist()],
            lemma.astype(np.uint32),
        )

    def _packed(self, weighting: int, count: int) -> bytes:
        """Return the steps of so many lemmas alone, then each other place and the steps there: Kind.weighting."""
        view = self._views
        alone = view.weighting_start[weighting]
        ways = view.weighting_at[weighting * PLACES : (weighting + 1) * PLACES].tolist()
        row = [(place, alone + way * count) for place, way in enumerate(ways) if way]
        others = [bytes((place, *view.steps[at : at + count])) for place, at in row]
        return bytes(view.steps[alone : alone + count]) + b"".join(others)

    def ties(self, word: int) -> Ties:
        """Return what a word tells the words beside it."""
        return self._ties(self._views.word_ties[word])

    def _ties(self, at: int) -> Ties:
        view = self._views
        return Ties(view.tie_expects[at], view.tie_offers[at], view.tie_asks[at])

    def readings(self, words: np.ndarray, neighbours: Callable[[np.ndarray], Neighbours]) -> Readings:
        """Return the lemmas of words with their weights; `neighbours` tells what is beside those with these indices."""
        counts = self._of["word_lemmas"][words].astype(np.int64)
        starts = self._until[words] - counts
        place, pairs = ranges(starts, counts)
        lemma = self._of["word_lemma"][pairs] >> np.uint32(1)
        # What weighs alike everywhere need not know what is beside it.
        depends = (self._of["word_weighting"][words] >= self._plain).nonzero()[0]
        first = self._alone(words)
        if depends.size:
            first[depends] += self._apart(words[depends], neighbours(depends))
        first -= starts
        return Readings(place, lemma, self._of["steps"][first[place] + pairs])

    def _alone(self, words: np.ndarray) -> np.ndarray:
        """Return where among the steps those of each word alone start."""
        starts: np.ndarray = self._of["weighting_start"][self._of["word_weighting"][words]].astype(np.int64)
        return starts

    def _apart(self, words: np.ndarray, neighbours: Neighbours) -> np.ndarray:
        """Return how far from the steps of each word alone those are that it has beside others."""
        at = self._of["word_weighting"][words].astype(np.int64) * PLACES + self._places(words, neighbours)
        apart: np.ndarray = self._of["weighting_at"][at] * self._of["word_lemmas"][words].astype(np.int64)
        return apart

    @cached_property
    def packed(self) -> Packed:
        """Return words and lemmas packed: 13 ms for 450,000 words."""
        of = self._of
        depends = of["word_weighting"] >= self._plain
        words = (self._until.astype(np.int64) - of["word_lemmas"]) << START | depends * BESIDE | of["word_lemmas"]
        alone = spread(self._alone(np.arange(self.count)), of["word_lemmas"])
        lemmas = of["word_lemma"].astype(np.int64) >> 1 << LEMMA | of["steps"][alone]
        return Packed(
            *(part.astype(np.uint32 if part.max(initial=0) < 1 << 32 else np.int64) for part in (words, lemmas))
        )

    def weigh_beside(self, words: np.ndarray, neighbours: Neighbours) -> tuple[np.ndarray, np.ndarray]:
        """Return which of these words weigh otherwise beside others than alone, and their steps, word by word."""
        apart = self._apart(words, neighbours)
        which = apart.nonzero()[0]
        words = words[which]
        return which, self._of["steps"][spread(self._alone(words) + apart[which], self._of["word_lemmas"][words])]

    @cached_property
    def for_loops(self) -> loops.Known:
        """Return what compiled loops read."""
        from indexer.backends.whoosh.loops import Known  # noqa: PLC0415 -- compiles

        of, frozen = self._of, arrays.frozen
        return Known(
            until=frozen(self._until.astype(np.int64)),
            weighting=frozen(of["word_weighting"].astype(np.uint32)),
            ties=frozen(of["word_ties"]),
            expects=frozen(of["tie_expects"]),
            offers=frozen(of["tie_offers"]),
            asks=frozen(of["tie_asks"]),
            way=frozen(of["weighting_at"]),
            start=frozen(of["weighting_start"]),
            steps=frozen(of["steps"]),
            plain=self._plain,
        )

    @cached_property
    def lemmas_for_loops(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what compiled loops read of lemmas: until where each has words, these, and its number in each.

        Raises IndexError if that is damaged.
        """
        of = self._of
        until = of["lemma_until"]
        # Loops make room for as many words as are told here, and damage could tell of more than there is memory for.
        if (until[1:] < until[:-1]).any() or int(until[-1:].sum()) != len(of["lemma_words"]):
            message = "lemmas have other words than there are"
            raise IndexError(message)
        counts = of["word_lemmas"].astype(np.int64)
        numbers = (np.arange(len(of["word_lemma"])) - np.repeat(self._until - counts, counts)).astype(np.uint8)
        numbers = numbers[arrays.stable_order(of["word_lemma"] >> 1)]  # as lemma_words are
        return arrays.frozen(until), arrays.frozen(of["lemma_words"]), arrays.frozen(numbers)

    def _places(self, words: np.ndarray, neighbours: Neighbours) -> np.ndarray:
        """Return the number of each word's place: see analysis.context.place."""
        of = self._of
        tie = of["word_ties"]
        expects = np.where(neighbours.before < 0, 0, of["tie_expects"][tie[neighbours.before]]).astype(np.int64)
        offers = np.where(neighbours.after < 0, 0, of["tie_offers"][tie[neighbours.after]])
        numbers: np.ndarray = 2 * expects + ((of["tie_asks"][tie[words]] & offers) != 0)
        return numbers
