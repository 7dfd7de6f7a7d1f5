"""The order of words and meaning together, as a search gives it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Document, Settings, build_index, open_index
from indexer.meaning.reranking import reranked
from indexer.settings import Meaning
from indexer.types import Heading, Hit, Paragraph, Span

from .encoders import Tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np

    from indexer import Searcher

DEPTH = 5
FEW = replace(Settings(), meaning=replace(Meaning(), depth=DEPTH))
TEXTS = [
    "Кузнец и самовар. Далее сказано о том, что пчела строит улей.",
    "Кузнец и самовар. Далее сказано о том, что железо это металл.",
    *(f"Кузнец ходил номер {number}, мёд ел." for number in range(9)),
    "Пчела и улей.",
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("index")
    build_index([Document(f"{at:02}.txt", text) for at, text in enumerate(TEXTS)], folder, processes=1)
    with open_index(folder, settings=FEW) as found:
        yield found


def test_a_paragraph_about_the_missing_word_comes_first(searcher: Searcher) -> None:
    query = "кузнец самовар далее сталь"
    assert [one.document.path for one in searcher.search(query, limit=2)] == ["00.txt", "01.txt"]
    by_meaning = searcher.search(query, limit=2, semantic=Tiny())
    assert [one.document.path for one in by_meaning] == ["01.txt", "00.txt"]
    assert by_meaning.results[0].meaning > by_meaning.results[1].meaning >= 0


@pytest.mark.parametrize("query", ["кузнец", "кузнец мёд", "кузнец сталь пчела металл", "-самовар кузнец улей сталь"])
@pytest.mark.parametrize("per_document", [False, True])
def test_pages_are_parts_of_one_list(searcher: Searcher, query: str, per_document: bool) -> None:  # noqa: FBT001 -- pytest's
    def search(limit: int | None, offset: int = 0) -> list[tuple[str, float]]:
        page = searcher.search(query, limit=limit, offset=offset, per_document=per_document, semantic=Tiny())
        return [(one.paragraph.id, one.score) for one in page]

    plain, whole = searcher.search(query, limit=None), search(None)
    assert sorted(id_ for id_, _ in whole) == sorted(one.paragraph.id for one in plain)
    assert [score for _, score in whole] == sorted((score for _, score in whole), reverse=True)
    assert [id_ for id_, _ in whole][DEPTH:] == [one.paragraph.id for one in plain][DEPTH:]
    for limit in (1, 2, 3, 4, 7, 20):
        assert [one for offset in range(0, 20, limit) for one in search(limit, offset)] == whole


def test_counts_and_the_order_by_date_stay(searcher: Searcher) -> None:
    plain, by_meaning = searcher.search("кузнец сталь"), searcher.search("кузнец сталь", semantic=Tiny())
    assert (plain.total, plain.complete) == (by_meaning.total, by_meaning.complete)
    assert searcher.search("кузнец", limit=0, semantic=Tiny()) == searcher.search("кузнец", limit=0)
    assert searcher.search("кузнец", sort="date", semantic=Tiny()) == searcher.search("кузнец", sort="date")


def test_of_a_short_query_those_with_every_word_stay_first(searcher: Searcher) -> None:
    found = list(searcher.search("пчела кузнец", limit=None, semantic=Tiny()))
    assert found[0].document.path == "00.txt"
    assert found[0].score >= found[1].score


def test_a_title_tells_what_a_paragraph_is_about(tmp_path: Path) -> None:
    texts = [Document(f"{title}.txt", "Кузнец ходил.", title=title) for title in ("Пчела", "Металл")]
    build_index(texts, tmp_path, processes=1)
    with open_index(tmp_path) as titled:
        found = [one.document.title for one in titled.search("кузнец сталь железо ковать", semantic=Tiny())]
    assert found == ["Металл", "Пчела"]


def test_only_what_is_asked_of_texts_is_compared(searcher: Searcher) -> None:
    asked: list[str] = []

    class Listening(Tiny):
        def query(self, texts: list[str]) -> np.ndarray:
            asked.extend(texts)
            return super().query(texts)

        def passage(self, texts: list[str]) -> np.ndarray:
            return super().query(texts)

    list(searcher.search('+кузнец "Мёд ел" -самовар путь:txt', semantic=Listening()))
    assert asked == ["кузнец Мёд ел"]


def test_a_score_is_the_sum_of_its_parts(searcher: Searcher) -> None:
    query = "кузнец мёд пчела сталь"
    for one in searcher.search(query, semantic=Tiny()):
        told = searcher.explain(query, one.paragraph, meaning=one.meaning)
        assert sum(part.score for part in told) == pytest.approx(one.score)
        assert [part.of for part in told].count("meaning") == (1 if one.meaning else 0)


@given(scores=st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=20), first=st.integers(0, 20))
def test_those_first_stay_first_and_scores_fall(scores: list[tuple[float, float]], first: int) -> None:
    in_order = sorted((score for score, _ in scores), reverse=True)
    hits = [Hit(Paragraph(str(at), 1, Span(0, 0), ""), Heading(str(at)), score) for at, score in enumerate(in_order)]
    found = reranked(hits, [more for _, more in scores], first)
    shown = [one.hit.score for one in found]
    assert all(one >= other - 1e-9 for one, other in itertools.pairwise(shown))
    assert {one.hit.paragraph.document for one in found[:first]} == {str(at) for at in range(min(first, len(hits)))}
    assert all(one.added >= 0 for one in found)
