"""What a build is told of its words is what the analyzer finds of each."""

from __future__ import annotations

from itertools import pairwise, product
from threading import Event
from typing import TYPE_CHECKING

import pytest

from indexer.analysis import looking
from indexer.backends.whoosh import cores
from indexer.backends.whoosh.lookup import look_up
from indexer.backends.whoosh.words import key_of
from indexer.compiled import kept
from indexer.ranking import steps
from indexer.settings import Settings
from tests.analysis.test_lemmatize import EVERY, ODD, cases, forget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.analysis import Analyzer, Found
    from indexer.backends.whoosh.words import Entries

pytestmark = pytest.mark.usefixtures("way")


def told(entries: Entries) -> Iterator[object]:
    """Give the lemmas, whether each is a part's, their weights by place, and the ties of each word."""
    start = 0
    for parts, packed, ties in [entries.kinds[kind] for kind in entries.kind.tolist()]:
        count = len(parts)
        stop = start + count
        texts = [entries.lemmas[at].decode("utf-8", "surrogatepass") for at in entries.lemma[start:stop].tolist()]
        elsewhere = {
            packed[at]: dict(zip(texts, packed[at + 1 : at + 1 + count], strict=True))
            for at in range(count, len(packed), 1 + count)
        }
        alone = dict(zip(texts, packed[:count], strict=True))
        yield (
            alone,
            {text for text, part in zip(texts, parts, strict=True) if part},
            elsewhere,
            ties,
        )
        start = stop
    assert start == len(entries.lemma)


def expected(found: Found) -> object:
    own = {lemma.text for lemma in found.lemmas}
    parts = {lemma.text: steps(lemma.weight) for lemma in found.parts if lemma.text not in own}
    weights = parts | {lemma.text: steps(lemma.weight) for lemma in found.lemmas}
    elsewhere = {
        place: parts | {lemma.text: steps(lemma.weight) for lemma in lemmas}
        for place, lemmas in found.elsewhere.items()
    }
    return weights, set(parts), elsewhere, found.ties


def compare(forms: Iterable[str], analyzer: Analyzer) -> None:
    """Fail if a form is found by anything else among others than alone, at either place in a sentence."""
    asked = list(product(dict.fromkeys(form for form in forms if form and "\0" not in form), (False, True)))
    forget()
    entries = look_up([key_of(*one) for one in asked], analyzer)
    forget()
    for (form, opens), one in zip(asked, told(entries), strict=True):
        assert one == expected(analyzer.look_up(form, opens)), (form, opens)


def test_words_are_looked_up_as_each_is(analyzer: Analyzer) -> None:
    compare((form for word in (*EVERY, *ODD) for form in cases(word)), analyzer)


def test_compounds_are_looked_up_as_each_is(analyzer: Analyzer) -> None:
    words = [word for word in EVERY if word.isalpha()]
    compounds = [f"{left}-{right}" for left, right in pairwise(words)]
    compare((form for word in compounds for form in (*cases(word), word.title())), analyzer)


def test_compounds_of_the_dictionary_are_looked_up_as_each_is(analyzer: Analyzer) -> None:
    words = "военно-промышленными царь-пушку генерал-губернаторе тёмно-синего темно-синего кто-то из-за северо-западное"
    compare((form for word in words.split() for form in (*cases(word), word.title())), analyzer)


def test_compounds_of_equal_parts_are_looked_up_as_each_is(analyzer: Analyzer) -> None:
    words = "чуть-чуть стали-сталь сталь-стали вели-вели царь-царя белый-белого Белый-белого еле-еле ёлка-елки"
    compare((form for word in words.split() for form in (*cases(word), word.title())), analyzer)


def test_words_of_no_russian_letters_are_looked_up_as_each_is(analyzer: Analyzer) -> None:
    words = (
        "user-agents user-agent-2 news-news universities-university 2-2 a-b -a a- a--b l'avoir's-x don't-stop a.-b "
        "12 12,5 1.2.3 т34 b2b c++ см-км km-см e.g. a. x y2k iv-й 17-я news running it-отдел go-разработчиками "
        "смѣшно видѣлъ ѳома ѵ україна їжак ґанок ђорђе ҂ѣ café naïve-cafés ß σ"
    )
    compare((form for word in [*words.split(), "10 000", "т. е."] for form in (*cases(word), word.title())), analyzer)


def test_a_process_that_looks_up_many_words_asks_for_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="without Numba nothing is compiled")
    assert kept.are_ready(looking.loops(), make=True)
    keys = [key_of(form, False) for form in ("кошка", "бутявка")]  # noqa: FBT003 -- whether it opens a sentence
    monkeypatch.setattr(kept, "_LOADING", 3.0)
    monkeypatch.setattr(looking, "_SAVED", 1.0)
    monkeypatch.setattr(looking, "_are_loops_there", Event())
    monkeypatch.setattr(looking, "_looked_up", [])
    for loop in looking.loops():
        monkeypatch.setattr(loop, "_code", None)
    first = cores.look_up(keys, Settings())
    assert not looking.by_loops()
    assert list(told(cores.look_up(keys, Settings()))) == list(told(first))
    assert looking.by_loops()
