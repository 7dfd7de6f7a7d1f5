"""Phrases by compiled loops find and rank what array operations do, also what a small corpus does not have."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from indexer import Document, build_index
from indexer.backends.whoosh import adjacency, codes, loops, phrases
from indexer.backends.whoosh.arrays import frozen
from indexer.backends.whoosh.evaluation import Evaluation
from indexer.backends.whoosh.search import WhooshEngine, open_engine
from indexer.types import Filters, Form, Lemma, Phrase, Word
from tests.backends.engines import COMPILED, SETTINGS, search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.types import Hits, Query

FREQUENT = "сталь стали стать закалка печь печи вода Вода мыло мыла мыть дело дела был была чем что не и".split()
RARE = [str(number) for number in range(100_000, 170_000)]  # more different words than two bytes tell apart
pytestmark = COMPILED
ROWS = 40_000  # more than are marked at once


class Engines(NamedTuple):
    """The same index, opened twice."""

    by_arrays: WhooshEngine
    by_loops: WhooshEngine


def opened(states: Sequence[Sequence[Document]]) -> Engines:
    with TemporaryDirectory() as folder:
        for documents in states:
            build_index(documents, Path(folder), settings=SETTINGS, processes=1)
        return Engines(*(open_engine(Path(folder), SETTINGS, by_loops=by_loops)[0] for by_loops in (False, True)))


@pytest.fixture(scope="module")
def engines() -> Engines:
    """Return an index of several segments with deleted rows, long rows, and rare words."""
    chance = random.Random(7)  # noqa: S311 -- texts, not secrets

    def text() -> str:
        words = chance.choices(FREQUENT, k=chance.choice([2, 9, 40, 300]))
        if chance.random() < 0.5:
            words[chance.randrange(len(words)) :] = [*chance.choices(RARE[:50], k=2), chance.choice(FREQUENT)]
        return " ".join(words)

    documents = [
        Document(f"{number}.txt", "\n\n".join(text() for _ in range(4)), title=" ".join(chance.choices(FREQUENT, k=5)))
        for number in range(250)
    ]
    many = [Document(f"числа {at}", " ".join(RARE[at : at + 500])) for at in range(0, len(RARE), 500)]
    # More neighbours than there is room for at once, the last of them words that are rare.
    often = Document(
        "часто", "\n\n".join([*["вода мыла " * 300] * 40, " ".join(map(str, range(200_000, 200_050))), "водами мылами"])
    )
    made = opened([[*documents[:150], *many, often], [*documents[10:], *many, often]])
    assert len(made.by_loops._parts) > 1  # noqa: SLF001 -- what the test is of
    assert made.by_loops._texts.live is not None  # noqa: SLF001 -- likewise
    return made


def page(engine: WhooshEngine, query: Query, limit: int | None = None) -> Hits:
    return engine.search(query, Filters(), limit=limit, offset=0, sort="relevance", per_document=False)


def assert_same(engines: Engines, query: Query) -> int:
    """Return how many are found."""
    every = page(engines.by_arrays, query)
    assert page(engines.by_loops, query) == every
    assert page(engines.by_loops, query, 10) == page(engines.by_arrays, query, 10)
    return every.total


def understood(engines: Engines, text: str) -> Query:
    return search(engines.by_arrays).understand(text).query


ASKED = (
    "«{} {}»",
    "«{} {} {}»",
    "«{0} {0}»",
    "«{0} {1} {0}»",
    "«=сталь {}»",
    "«{} =Вода»",
    "«ста* {}»",
    "«мыл* дел*»",
    "заголовок:«{} {}»",
    "«{} {}» -печь",
    "«{} {}» {}",
)


@pytest.mark.parametrize("asked", ASKED)
def test_they_are_found_and_scored_the_same(engines: Engines, asked: str) -> None:
    chance = random.Random(asked)  # noqa: S311 -- queries, not secrets
    found = 0
    for _ in range(25):
        found += assert_same(engines, understood(engines, asked.format(*chance.choices(FREQUENT, k=3))))
    assert found


@pytest.mark.parametrize("asked", ["«{} {}»", "«{} {} сталь»", "«{} {} {}»"])
def test_rare_words_are_told_from_each_other(engines: Engines, asked: str) -> None:
    """Their numbers do not fit where those of other words stand."""
    words = engines.by_loops._parts[0].segment.words  # noqa: SLF001 -- what the test is of
    assert words.count > 0xFFFF
    found = 0
    for at in range(len(RARE) - 60, len(RARE) - 3):
        found += assert_same(engines, understood(engines, asked.format(*RARE[at : at + 3])))
    for first in RARE[:50:7]:
        for second in RARE[:50:7]:
            found += assert_same(engines, understood(engines, asked.format(first, second, "что")))
        found += assert_same(engines, understood(engines, f"«{first} сталь»"))
    assert found


@pytest.mark.parametrize("length", [62, 63, 100])
def test_a_phrase_may_be_long(engines: Engines, length: int) -> None:
    text = next(
        paragraph.text
        for at in range(10, 250)
        for paragraph in engines.by_arrays.paragraphs(f"{at}.txt", 1, 4)
        if len(paragraph.text.split()) > length
    )
    assert assert_same(engines, understood(engines, f"«{' '.join(text.split()[:length])}»"))


def test_they_are_looked_for_a_part_at_a_time(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adjacency, "_AT_ONCE", 7)
    assert assert_same(engines, understood(engines, "«сталь печь»")) > 7


def test_rare_words_are_found_after_many_neighbours(engines: Engines) -> None:
    assert assert_same(engines, understood(engines, "«вода мыло»")) > 40


def test_words_of_many_lists_are_left_to_arrays(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adjacency, "_MOST_LISTS", 1)
    for text in ("«стали мыла»", "«мыл* дел*»", "«печь мыл*»"):
        assert assert_same(engines, understood(engines, text))


def test_what_is_typed_may_stand_where_the_lemmas_do_not() -> None:
    """The words of a form may have other lemmas than were asked for: the phrase is found here, its forms there."""
    engines = opened([[Document("а", "вода мыла. Потом стали сталь, огонь, стали мыло")]])
    by_lemma = Word((Lemma("вода", 1.0),)), Word((Lemma("мыть", 1.0), Lemma("мыло", 0.5)))
    typed = Word((), (Form("стали", "folded", 1.0),)), Word((), (Form("мыло", "folded", 1.0),))
    for typed_second in typed[1], Word((Lemma("мыло", 1.0),)):
        phrase = Phrase(by_lemma, (typed[0], typed_second))
        for engine in engines:
            evaluation = Evaluation(engine._texts, SETTINGS.ranking)  # noqa: SLF001 -- as the engine asks
            assert evaluation.typed(phrase).rows().tolist() == [0]
        assert_same(engines, phrase)


def test_nothing_is_found_where_there_is_nothing() -> None:
    engines = opened([[Document("а", "сталь печь")], []])
    assert not engines.by_loops._parts  # noqa: SLF001 -- what the test is of
    assert not assert_same(engines, Phrase((Word((Lemma("сталь", 1.0),)), Word((Lemma("печь", 1.0),)))))


def test_many_rows_are_marked_window_by_window() -> None:
    chance = random.Random(3)  # noqa: S311 -- texts, not secrets
    texts = [" ".join(chance.choices(FREQUENT[:6], k=3)) for _ in range(ROWS)]
    engines = opened([[Document("а", "\n\n".join(texts))]])
    for first in FREQUENT[:6]:
        for second in FREQUENT[:6:2]:
            query = understood(engines, f"«{first} {second}»")
            theirs, ours = (
                engine.rank(query, Filters(), limit=None, offset=0, sort="relevance", per_document=False)
                for engine in engines
            )
            assert theirs.total == ours.total > 0
            assert (theirs.rows == ours.rows).all()
            assert (theirs.scores == ours.scores).all()


def test_no_code_is_taken_for_a_place_after_the_first() -> None:
    first = np.arange(5000)
    written = codes.write(np.ones(5000), first, codes.per_word(np.full(5000, 9000), 0.85, 30.0))
    assert (np.floor(codes.earliest()[written]) <= first).all()


# --- an index may be a stranger's -------------------------------------------------------------------------------------


def damaged(engine: WhooshEngine, change: Callable[[list[object]], None]) -> phrases.Stretches:
    """Look for a phrase in what is left of a segment after a change of what loops are given."""
    postings = engine._texts  # noqa: SLF001 -- what is given to loops
    phrase = Phrase((Word((Lemma("сталь", 1.0),)), Word((Lemma("печь", 1.0),))))
    numbers = [postings.entries([word.lemmas[0].text])[0].lists[0] for word in phrase.words]
    entries = np.array([(at, phrases.LEMMA, listed.lemma, 100) for at, listed in enumerate(numbers)])
    lists = np.array([(at, listed.number, phrases.ABSENT) for at, listed in enumerate(numbers)])
    segment = postings.segment(0)
    # Read-only, as loops have them that are told where they are: of another type all is compiled once more.
    asked = phrases.Asked(2, entries, lists, frozen(codes.earliest().astype(np.int64)), 0)
    given: list[object] = [
        asked,
        loops.Stored._make(postings.stored_for_loops(0)),
        frozen(postings.live_in(0)),
        phrases.Lemmas._make(segment.words.lemmas_for_loops),
        segment.tokens.for_loops,
        segment.words.for_loops,
    ]
    change(given)
    no_sets = np.zeros((0, 2), np.int64)
    found, _, _ = phrases.stretches(*given, no_sets, 0, 1 << 40, phrases.nothing_sought(), 0, 20_000)  # type: ignore[arg-type, call-arg]
    return found


def _cut(at: int, *names: str) -> Callable[[list[object]], None]:
    """Leave three of each of some arrays."""

    def change(given: list[object]) -> None:
        of = given[at]
        given[at] = of._replace(**{name: getattr(of, name)[:3] for name in names})  # type: ignore[attr-defined]

    return change


def _filled(at: int, name: str, value: int) -> Callable[[list[object]], None]:
    """Let all numbers of an array be one."""

    def change(given: list[object]) -> None:
        of = given[at]
        given[at] = of._replace(**{name: frozen(np.full_like(getattr(of, name), value))})  # type: ignore[attr-defined]

    return change


@pytest.mark.parametrize(
    "change",
    [
        _cut(1, "gap1", "gap2", "gap4"),
        _cut(1, "code1", "code2", "code4"),
        _cut(1, "kind"),
        _filled(1, "size", 10**6),
        _filled(1, "start", 10**6),
        _filled(1, "start", -5),
        _filled(1, "gap1", 255),
        _cut(3, "until"),
        _cut(3, "words"),
        _cut(3, "numbers"),
        _cut(4, "low"),
        _cut(4, "rows"),
        _filled(4, "rows", -10),
        _filled(4, "rows", 10**9),
        _cut(5, "weighting"),
        _cut(5, "start"),
        _cut(5, "steps"),
        _filled(5, "start", 10**9),
    ],
)
def test_what_is_not_there_is_not_read(engines: Engines, change: Callable[[list[object]], None]) -> None:
    assert len(damaged(engines.by_loops, lambda _: None).rows)
    with pytest.raises(IndexError):
        damaged(engines.by_loops, change)


def test_numbers_wider_than_a_place_are_not_taken_for_words(engines: Engines) -> None:
    """A place that is told by four bytes may have any number; none is looked up beyond the words."""

    def change(given: list[object]) -> None:
        texts = given[4]
        low = texts.low.astype(np.uint32) + 0x70000  # type: ignore[attr-defined]
        given[4] = texts._replace(low=low)  # type: ignore[attr-defined]

    damaged(engines.by_loops, change)
