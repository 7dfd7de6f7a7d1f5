"""What is left out of a ranking would not have been in it: the best rows are those that scoring every row gives."""

from __future__ import annotations

import gzip
import os
import random
from itertools import groupby, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

import pytest

from indexer import Document, QueryError, open_index
from indexer.backends.base import Sort
from indexer.backends.memory import MemoryEngine
from indexer.backends.whoosh import best, loops, quick
from indexer.backends.whoosh.search import WhooshEngine, open_engine
from indexer.readers.normal import normalise
from indexer.settings import Ranking, Settings
from indexer.types import Filters
from tests.backends.engines import ANALYZER, COMPILED, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer import Searcher
    from indexer.types import Query

CORPUS = Path(__file__).parents[2] / "corpus"
SHARES = 10  # of real questions: so that it is told early if some are answered otherwise
PAGES = [(10, 0), (3, 7), (1, 0)]  # limit, offset
SIGNS = ["{}", "{}", "«{}»", "+{}", "{} -и", "({}) ИЛИ мир", "{} заголовок:город", "{} дата:2020", "~{}", "{}^3 год"]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    from indexer import build_index  # noqa: PLC0415 -- for this alone

    folder = tmp_path_factory.mktemp("index")
    build_index(CORPUS, folder)
    with open_index(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def queries(searcher: Searcher) -> list[Query]:
    """Return queries of neighbouring words of the corpus, with and without signs."""
    chance = random.Random(5)  # noqa: S311 -- queries, not secrets
    texts = [path.read_text(encoding="utf-8").split() for path in sorted(CORPUS.rglob("*.md"))]
    made = []
    for _ in range(400):
        words = chance.choice(texts)
        length = chance.randint(1, 7)
        start = chance.randrange(max(len(words) - length, 1))
        text = chance.choice(SIGNS).format(" ".join(words[start : start + length]))
        try:
            made.append(searcher.understand(text).query)
        except QueryError:
            continue
    return made


@pytest.mark.parametrize("by_loops", [False, pytest.param(True, marks=COMPILED)])
@pytest.mark.parametrize("settings", [Ranking(), Ranking(b=0.3, k1=2.0, all_first=0, light=0.0), Ranking(title=0.0)])
def test_nothing_is_missing_that_scoring_all_rows_gives(
    searcher: Searcher,
    queries: list[Query],
    settings: Ranking,
    by_loops: bool,  # noqa: FBT001 -- a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also with other settings than the lists were made for."""
    opened = searcher._engine  # noqa: SLF001 -- as it is
    assert isinstance(opened, WhooshEngine)
    segments = [part.segment for part in opened._parts]  # noqa: SLF001 -- likewise
    engine = WhooshEngine(segments, Settings(ranking=settings))
    cases = list(product(PAGES, get_args(Sort), (False, True)))

    def answers() -> list[object]:
        return [
            engine.search(query, Filters(), limit=limit, offset=offset, sort=sort, per_document=per_document)
            for number, query in enumerate(queries)
            for (limit, offset), sort, per_document in [cases[number % len(cases)]]
        ]

    monkeypatch.setattr(best, "_SCORED", 10**9)
    expected = answers()
    for scored, read in ((64, 8000), (1, 1), (5, 50)):
        monkeypatch.setattr(best, "_SCORED", scored)
        monkeypatch.setattr(best, "_READ", read)
        monkeypatch.setattr(quick, "_CHEAP", read)
        monkeypatch.setattr(quick, "_FEW", scored)
        monkeypatch.setattr(loops, "WINDOW", max(read, 3))
        engine = WhooshEngine(segments, Settings(ranking=settings), by_loops=by_loops)
        assert answers() == expected


class Real(NamedTuple):
    """Real paragraphs, as each engine has them."""

    searcher: Searcher
    by_loops: WhooshEngine
    reference: MemoryEngine


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """Give as many as ABZATS_PARAGRAPHS."""
    import json  # noqa: PLC0415 -- for this alone
    import lzma  # noqa: PLC0415 -- likewise

    from indexer import build_index  # noqa: PLC0415 -- likewise

    paragraphs = int(os.environ.get("ABZATS_PARAGRAPHS", "20000"))
    folder = tmp_path_factory.mktemp("real")
    with lzma.open(shared_data / "scale" / "paragraphs.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, paragraphs)]
    documents = []
    for path, group in groupby(rows, key=lambda row: row["doc"]):
        of_document = list(group)
        # As a build reads it; the reference engine takes what it is given.
        text = normalise("\n\n".join(row["text"] for row in of_document))
        documents.append(Document(path, text, title=normalise(of_document[0]["title"])))
    build_index(documents, folder, settings=SETTINGS)
    with open_index(folder) as searcher:
        by_loops = open_engine(folder, SETTINGS, by_loops=True)[0]
        yield Real(searcher, by_loops, MemoryEngine(documents, ANALYZER, Settings()))


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("share", range(SHARES))
def test_real_questions_over_real_paragraphs(shared_data: Path, real: Real, share: int) -> None:
    """As many as ABZATS_QUESTIONS, a tenth in each share: the reference engine reads each paragraph for each."""
    count = int(os.environ.get("ABZATS_QUESTIONS", "1000"))
    with gzip.open(shared_data / "queries" / "mrtydi_ru_train.tsv.gz", "rt", encoding="utf-8") as lines:
        asked = [line.rstrip("\n").split("\t")[-1] for line in islice(lines, count)]
    for question in asked[share::SHARES]:
        query = real.searcher.understand(question).query
        pages = [
            engine.search(query, Filters(), limit=10, offset=0, sort="relevance", per_document=False)
            for engine in (real.searcher._engine, real.by_loops, real.reference)  # noqa: SLF001 -- they are compared
        ]
        assert pages[0] == pages[1] == pages[2], question
