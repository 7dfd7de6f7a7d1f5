"""Forms looked up at once are what each is alone, and so are their weights."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import dictionary, lemmatize, many, weights
from indexer.analysis.context import NO_TIES, PLACES, shape
from indexer.analysis.fold import written
from indexer.analysis.lemmatize import Elsewhere, Lemmatizer, _Outline, is_capitalised
from indexer.analysis.many import Forms, Told
from indexer.analysis.tokenize import words
from indexer.analysis.weights import Weighing, weighed
from indexer.settings import Analysis
from tests.analysis.test_dictionary import CHOSEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.usefixtures("way")

RUSSIAN = re.compile("[А-Яа-яЁё]{2,}")
CORPUS = Path(__file__).parents[2] / "corpus"
EVERY = " ".join(CHOSEN.values()).split(" ")
ODD = [
    *(
        "",
        "-",
        "--",
        "а-",
        "-а",
        "а--б",
        "12",
        "7,5",
        "10 000",
        "12.",
        "5-й",
        "1990-е",
        "см",
        "г-н",
        "т.е.",
        "С.",
        "коп.",
    ),
    *(
        "pdf",
        "Universities",
        "Café",
        "д'Артаньян",
        "O'Hara's",
        "IT-отдел",
        "т-34",
        "Mосква",
        "за́мок",
        "е" * 64,
        "\ud800",
    ),
    *(
        "Ростове-на-Дону",
        "Мамин-Сибиряк",
        "туда-сюда",
        "жар-птицы-то",
        "ё",
        "Ё",
        "ЁЛКА",
        "ВСЁ",
        "все",
        "Всё-таки",
        "\x01",
    ),
]
SETTINGS = [Analysis(), Analysis(most_lemmas=2), Analysis(rare_lemma=0.0), Analysis(part_of_compound=1.0)]


def cases(word: str) -> Iterator[str]:
    """Give the ways to write a word that are told apart."""
    yield from (word, word.capitalize(), word.upper())


def forget() -> None:
    """Have nothing remembered that was looked up."""
    dictionary._dictionary.cache_clear()  # noqa: SLF001 -- it has what was looked up ahead
    lemmatize._read.cache_clear()  # noqa: SLF001 -- likewise
    lemmatize._known_parts.clear()  # noqa: SLF001 -- likewise


def compare(forms: Sequence[str], analysis: Analysis) -> None:
    """Fail if anything differs between forms looked up at once and one by one."""
    asked = list(product(dict.fromkeys(forms), (False, True)))
    lemmatizer = Lemmatizer(analysis)
    forget()
    at_once = lemmatizer.found_all(asked)
    forget()
    for (form, opens), one in zip(asked, at_once, strict=True):
        alone = lemmatizer.found(form, opens_sentence=opens)
        assert (one.lemmas, one.parts, one.ties) == (alone.lemmas, alone.parts, alone.ties), (form, opens)
        assert list(one.elsewhere.items()) == list(alone.elsewhere.items()), (form, opens)


def compare_told(forms: Sequence[str], analysis: Analysis) -> int:
    """Fail if anything differs between words told by arrays and each found alone; return how many are told."""
    asked = list(product([form for form in dict.fromkeys(forms) if RUSSIAN.fullmatch(form)], (False, True)))
    forget()
    of = Forms(
        [form.lower().encode() for form, _ in asked],
        np.array([form.islower() for form, _ in asked], np.bool_),
        np.array([is_capitalised(form) and not opens for form, opens in asked], np.bool_),
    )
    # The second time words of the dictionary are told by what others with their forms are told by.
    for told in [many.found(of, analysis) for _ in range(2)]:
        compare_with_found(told, asked, analysis)
    return int((told.kind >= 0).sum())


def compare_with_found(told: Told, asked: Sequence[tuple[str, bool]], analysis: Analysis) -> None:
    """Fail if what is told of forms is not what is found of each."""
    forget()
    lemmatizer = Lemmatizer(analysis)
    texts = (told.texts[number].decode() for number in told.lemma.tolist())
    for (form, opens), kind, count in zip(asked, told.kind.tolist(), told.counts.tolist(), strict=True):
        lemmas = list(islice(texts, count))
        if kind < 0:
            assert not lemmas
            continue
        alone = lemmatizer.found(form, opens_sentence=opens)
        weighed = alone.elsewhere.weighed if isinstance(alone.elsewhere, Elsewhere) else (lemmas, b"d")
        assert lemmas == [lemma.text for lemma in alone.lemmas], form
        assert (lemmas, told.kinds[kind]) == (weighed[0], (bytes(count), weighed[1], alone.ties)), form


@pytest.mark.parametrize("analysis", SETTINGS)
def test_hard_forms(analysis: Analysis) -> None:
    forms = [form for word in (*EVERY, *ODD) for form in cases(word)]
    compare(forms, analysis)
    assert compare_told(forms, analysis)


def test_forms_of_the_corpus() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.rglob("*.md"))[::3]]
    forms = list(dict.fromkeys(written(word) for text in texts for word in words(text)))
    assert len(forms) > 5000
    compare(forms, Analysis())
    assert compare_told(forms, Analysis()) > len(forms)  # nearly all, each at both places in a sentence


ANY = st.one_of(
    st.sampled_from(EVERY),
    st.sampled_from(ODD),
    st.text("абвгдеёжийклмнопрстуфхыьэюя-", max_size=12),
    st.text(st.characters(max_codepoint=0x2000), max_size=6),
    st.tuples(st.sampled_from(EVERY), st.sampled_from(EVERY)).map("-".join),
    st.tuples(st.text("абвекнопрст", max_size=5), st.sampled_from(EVERY)).map("".join),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(ANY, min_size=1, max_size=40))
def test_any_forms(forms: list[str]) -> None:
    every = [form for word in forms for form in cases(word)]
    compare(every, Analysis())
    compare_told(every, Analysis())


SHAPES = [
    shape(frozenset(tag.split()))
    for tag in (
        *("NOUN masc sing nomn", "NOUN femn plur gent", "NOUN Surn masc sing gent", "NOUN Fixd neut", "ADVB", "PREP"),
        *("ADJF masc sing datv", "ADJF Apro plur nomn", "VERB plur past", "PRTF femn sing loct", "NPRO masc accs"),
    )
]


@st.composite
def weighings(draw: st.DrawFn) -> Weighing:
    """Return something to weigh, one of whose readings is a name if names only shall count."""
    lemmas = draw(st.lists(st.text("абв", min_size=1, max_size=3), min_size=2, max_size=9, unique=True))
    probability = st.sampled_from([1.0, 0.5, 0.25, 0.3, 0.1, 1 / 3, 0.125]) | st.floats(1e-6, 1.0)
    readings = draw(st.lists(st.tuples(st.sampled_from(range(len(lemmas))), probability), max_size=12))
    shares = [*((at, draw(probability)) for at in range(len(lemmas))), *readings]
    shapes = [draw(st.sampled_from(SHAPES)) for _ in shares]
    names_only = draw(st.booleans()) and any(one.is_name for one in shapes)
    return Weighing(lemmas, shares, shapes, draw(st.booleans()), names_only)


@settings(deadline=None)
@given(weighings(), st.sampled_from([0.0, 0.5, 0.3]), st.integers(1, 9))
def test_weights_of_a_place_that_is_asked_are_those_of_all_places(word: Weighing, rare: float, most: int) -> None:
    lemmatizer = Lemmatizer(Analysis(rare_lemma=rare, most_lemmas=most))
    asked, again = (lemmatizer._weighed([_Outline(word, NO_TIES)])[0] for _ in range(2))  # noqa: SLF001 -- what is tested
    every = Elsewhere(weighed([word], rare=rare, most=most)[0])
    found = {place: lemmas for place in range(PLACES) if (lemmas := asked.elsewhere.get(place))}
    assert found == dict(every) == dict(again.elsewhere)
    assert [lemma.text for lemma in asked.lemmas] == every.weighed.lemmas
    assert bytes(round(100 * lemma.weight) for lemma in asked.lemmas) == every.weighed.packed[: len(asked.lemmas)]


@settings(deadline=None)
@given(st.lists(weighings(), min_size=1, max_size=20), st.sampled_from([0.0, 0.5, 0.3]), st.integers(1, 9))
def test_weights_by_arrays_are_those_place_by_place(words: list[Weighing], rare: float, most: int) -> None:
    many = words * (1 + weights.FEW)  # more than are weighed one by one
    assert weighed(many, rare=rare, most=most) == [
        one for word in many for one in weighed([word], rare=rare, most=most)
    ]


def test_many_weights_near_halves_are_rounded_as_each_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_SOME", 1)
    steel = shape(frozenset({"NOUN", "femn", "sing", "nomn"}))
    words = [
        Weighing(["а", "б"], [(0, 1.0), (1, millionths / 1_000_000)], [steel, steel], asks, names_only=False)
        for millionths in (123_456.5, 404_999.5, 985_000.5, 5_000.0)
        for asks in (False, True)
    ]
    assert weighed(words, rare=0.0, most=3) == [weighed([word], rare=0.0, most=3)[0] for word in words]


def test_english_words_may_be_stemmed_by_several_threads_at_once() -> None:
    stem = lemmatize._english.__wrapped__  # noqa: SLF001 -- what is remembered would not be stemmed again
    every = [f"{letter}{word}" for letter in "bcdfgh" for word in ("ationalities", "orizations", "esy", "olding")]
    alone = list(map(stem, every))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(stem, every * 50))
    finally:
        sys.setswitchinterval(interval)
    assert together == alone * 50
