"""Questions of words that are answered at once by compiled loops find and rank what array operations do."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from indexer import Document, build_index, ranking
from indexer.backends.whoosh import best, loops, quick
from indexer.backends.whoosh.search import WhooshEngine, open_engine
from indexer.settings import Ranking, Settings
from indexer.types import Filters, Lemma, Phrase, Together, Word
from tests.backends.engines import COMPILED, SETTINGS, search

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.types import Hits, Query

pytestmark = COMPILED
WORDS = (
    "сталь стали стальной закалка закалить печь печной вода водный мыло мыльный дело деловой был чем что не и".split()
)
RARE = "якорь кедр ёлка"
FIELDS = ("text", "title")
ASKED = (
    "{}",
    "{} {}",
    "{} {} {}",
    "{} {} {} {} {} {}",
    "{} И {}",
    "{} ИЛИ {}",
    "{} -{}",
    "{} {} -{}",
    "({} ИЛИ {}) -{}",
    "{} «{} {}»",
    "«{} {}» {} -{}",
    "{} ~{}",
    "якорь",
    "якорь {}",
    "{} И кедр",
    "кедр -{}",
    "ёлка нетакогослова",
    "нетакогослова",
)


class Engines(NamedTuple):
    """The same index, opened twice."""

    by_arrays: WhooshEngine
    by_loops: WhooshEngine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of two segments, with deleted rows in the first."""
    chance = random.Random(11)  # noqa: S311 -- texts, not secrets

    def text() -> str:
        words = chance.choices(WORDS, range(1, len(WORDS) + 1), k=chance.choice([1, 4, 9, 40]))
        if chance.random() < 0.02:
            words.insert(chance.randrange(len(words)), chance.choice(RARE.split()))
        return " ".join(words)

    documents = [
        Document(
            f"{number}.txt",
            "\n\n".join(text() for _ in range(chance.randint(1, 9))),
            title=" ".join(chance.choices(WORDS, k=chance.randint(0, 4))),
        )
        for number in range(400)
    ]
    made = tmp_path_factory.mktemp("index")
    for some in (documents[:300], documents[40:]):
        build_index(some, made, settings=SETTINGS, processes=1)
    return made


@pytest.fixture
def engines(folder: Path, steps: None) -> Engines:  # noqa: ARG001 -- set before
    made = Engines(*(open_engine(folder, SETTINGS, by_loops=by_loops)[0] for by_loops in (False, True)))
    assert len(made.by_loops._parts) > 1  # noqa: SLF001 -- what the test is of
    assert made.by_loops._texts.live is not None  # noqa: SLF001 -- likewise
    return made


@pytest.fixture(params=[(64, 4096, 1 << 14), (1, 1, 3), (3, 100, 50)])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    few, cheap, window = request.param
    monkeypatch.setattr(quick, "_FEW", few)
    monkeypatch.setattr(quick, "_CHEAP", cheap)
    monkeypatch.setattr(loops, "WINDOW", window)


def page(engine: WhooshEngine, query: Query, limit: int, offset: int = 0) -> Hits:
    return engine.search(query, Filters(), limit=limit, offset=offset, sort="relevance", per_document=False)


@pytest.mark.parametrize("asked", ASKED)
def test_they_are_found_and_scored_the_same(engines: Engines, asked: str) -> None:
    chance = random.Random(asked)  # noqa: S311 -- queries, not secrets
    found = 0
    understood = search(engines.by_arrays).understand
    for number in range(12):
        query = understood(asked.format(*chance.sample(WORDS, 6))).query
        limit, offset = [(10, 0), (1, 0), (3, 5), (900, 0)][number % 4]
        expected = page(engines.by_arrays, query, limit, offset)
        assert page(engines.by_loops, query, limit, offset) == expected
        found += expected.total
    assert found or asked == "нетакогослова"


def test_they_are_answered_at_once(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the test above would be of what it is not."""
    monkeypatch.setattr(best, "best", None)
    understood = search(engines.by_arrays).understand
    for text in ("сталь", "сталь печь", "сталь И печь", "сталь ИЛИ печь", "сталь -печь", "якорь"):
        assert page(engines.by_loops, understood(text).query, 10).total


@pytest.mark.parametrize("settings", [Ranking(b=0.1), Ranking(title=0.0), Ranking(light=0.0), Ranking(all_first=9)])
def test_other_settings_are_asked_with(folder: Path, settings: Ranking) -> None:
    ours, theirs = (open_engine(folder, Settings(ranking=settings), by_loops=by)[0] for by in (True, False))
    understood = search(theirs).understand
    for text in ("сталь", "что", "сталь печь", "что не и", "сталь ИЛИ что", "закалка вода мыло дело"):
        query = understood(text).query
        assert page(ours, query, 5) == page(theirs, query, 5)


def test_a_row_with_a_word_and_all_its_relatives_is_not_lost(tmp_path: Path) -> None:
    """What each may give is more, added up, than the word itself: it once was more than there was room for."""
    kin = WORDS[:14]
    texts = [" ".join(kin[: 1 + number % len(kin)] * (1 + number % 3)) for number in range(300)]
    build_index([Document("а", "\n\n".join(texts), title=" ".join(kin))], tmp_path, processes=1)
    settings = Settings(ranking=Ranking(b=0.2))  # with another b than the lists were made for, all codes say “any”
    ours, theirs = (open_engine(tmp_path, settings, by_loops=by)[0] for by in (True, False))
    lemmas = sorted({found.text for word in kin for found in theirs.found(word, False).lemmas})  # type: ignore[union-attr] # noqa: FBT003
    assert len(lemmas) > 9
    for own in lemmas:
        relatives = tuple(Lemma(other, 0.9) for other in lemmas if other != own)
        query = Word((Lemma(own, 1.0),), relatives=relatives)
        assert page(ours, query, 10) == page(theirs, query, 10)


@pytest.mark.parametrize("settings", [Ranking(), Ranking(title=0.0), Ranking(adjacency=0.0), Ranking(all_first=2)])
@pytest.mark.parametrize("clauses", [1, 2, 3, 4])
def test_what_all_can_give_is_what_the_formula_says(clauses: int, settings: Ranking) -> None:
    words = tuple(Word((Lemma(text, 1.0),), light=text == "что") for text in WORDS[-5 : clauses - 5])
    query = Together(words)

    def idf_in(field: str) -> ranking.Idf:
        return lambda word, *, alone=False: len(word.lemmas[0].text) / (7 if field == "title" else 3) + alone / 9

    leaves: list[Word | Phrase] = [*words, *ranking.pairs(query, settings)]
    weights, in_titles = ([ranking.weight(leaf, idf_in(field), settings) for leaf in leaves] for field in FIELDS)
    expected = ranking.bonus(query, "text", idf_in, settings)
    assert (expected > 0) == (clauses <= settings.all_first)
    assert ranking.bonus_of(weights, in_titles, [0.0] * len(leaves), clauses, settings) == expected


def test_too_many_rows_are_asked_for_otherwise(engines: Engines) -> None:
    query = search(engines.by_arrays).understand("что не").query
    assert page(engines.by_loops, query, 5000) == page(engines.by_arrays, query, 5000)
