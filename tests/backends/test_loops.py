"""Rankings by compiled loops; that they are the same is shown in test_best and test_agreement."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer import CompilerMissing, Document, build_index, open_index, ranking, search
from indexer.backends.whoosh import loops, phrases, plans
from indexer.backends.whoosh.search import WhooshEngine
from indexer.settings import Ranking

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.backends.whoosh.postings import FieldPostings


@pytest.fixture
def index(tmp_path: Path) -> Path:
    texts = [f"Сталь {number} стали в печи, а печь стоит в цехе номер {number}." for number in range(200)]
    build_index([Document("печь.txt", "\n\n".join(texts), title="О стали")], tmp_path, processes=1)
    return tmp_path


def test_who_asks_for_them_without_numba_is_told_what_to_install(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "is_there", lambda: False)
    with pytest.raises(CompilerMissing, match="pip install 'abzats\\[fast\\]'"):
        open_index(index, compiled=True)


def test_an_opened_index_has_them_loaded(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All loops were called, with the same kinds of arrays as later: nothing is left to compile."""
    monkeypatch.setattr(search, "is_there", lambda: True)
    with open_index(index, compiled=True):
        pass  # where nothing is compiled yet, a loop is compiled with those that it calls, and not with what notes them
    called: list[tuple[object, ...]] = []
    names = {"answer": plans, "count": loops, "prepare": loops, "scored": phrases}
    for name, module in names.items():
        loop = getattr(module, name)

        def noted(*given: object, name: str = name, loop: object = loop) -> object:
            called.append((name, *map(_kind, given)))
            return loop(*given)  # type: ignore[operator]

        monkeypatch.setattr(module, name, noted)
    with open_index(index, compiled=True) as searcher:
        warmed = set(called)
        assert {name for name, *_ in warmed} == set(names)
        called.clear()
        for text in (
            "сталь",
            "печь в цехе",
            "«стоит в цехе»",
            "«номер 5»",
            "=Сталь печи",
            "~печь",
            "стал* в",
            "О стали -цех",
        ):
            searcher.search(text)
        assert set(called) <= warmed


def _kind(given: object) -> object:
    """Return what a loop is compiled for: the types of arrays, whether they are written to, how they lie in memory."""
    if isinstance(given, np.ndarray):
        return given.dtype.str, given.ndim, given.flags.writeable, given.flags.c_contiguous
    return tuple(map(_kind, given)) if isinstance(given, tuple) else type(given)


def test_the_formula_is_the_one_that_is_told() -> None:
    """What is compiled is kept on the disk, and must not outlive what it was made of."""
    chance = np.random.default_rng(3)
    for agreement, length, weight, average in chance.uniform(1, 300, (200, 4)).tolist():
        numbers = (agreement, length, weight, average, Ranking().k1, Ranking().b)
        assert loops._bm25(*numbers) == ranking.bm25_of(*numbers)  # noqa: SLF001 -- compiled
        lead = (length, weight, Ranking().lead, float(Ranking().lead_words))
        assert loops._lead(*lead) == ranking.lead_of(*lead)  # noqa: SLF001 -- compiled


def test_what_a_failure_leaves_is_not_used_again(index: Path) -> None:
    with open_index(index) as searcher:
        engine = searcher._engine  # noqa: SLF001 -- what is kept between searches
        assert isinstance(engine, WhooshEngine)
        postings: FieldPostings = engine._texts  # noqa: SLF001 -- likewise
        with suppress(RuntimeError), postings.window() as scratch:
            scratch.known[0] = 1
            raise RuntimeError
        with postings.window() as again:
            assert not again.known.any()
