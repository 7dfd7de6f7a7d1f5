"""Every row of the query language, over a few paragraphs, in both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer import Document
from tests.backends.engines import ENGINES, search

if TYPE_CHECKING:
    from indexer.backends.base import Engine
    from indexer.search import Search

DOCUMENTS = [
    Document("pets/1.txt", "Кошка спит и видит сон о дворе."),
    Document("pets/2.txt", "Кошка и хвост."),
    Document("pets/3.txt", "Во дворе видели серую кошку."),
    Document("pets/4.txt", "Собака не спит."),
    Document("pets/5.txt", "Одна кошка, одна собака, обе серые."),
    Document("birds/6.txt", "Город Орёл стоит на Оке."),
    Document("birds/7.txt", "Над полем парил орёл."),
    Document("tech/8.txt", "Новый домен куплен."),
    Document(
        "news/9.txt",
        "Министр обороны заявил об учениях.",
        source="ТАСС",
        author="Сергей Иванов",
        date=datetime(2023, 3, 5, 10, tzinfo=UTC),
    ),
    Document(
        "news/10.txt",
        "Говорили без министра обороны. Мост открыли.\n\nМинистр открыл мост через реку.",
        title="Новый мост",
        date=datetime(2023, 5, 20, tzinfo=UTC),
    ),
    Document("sport/11.txt", "Дом спорта построен.", source="Тасс", date=datetime(2024, 1, 1, tzinfo=UTC)),
    Document(
        "law/12.txt", "Новое законодательство.", author="Анна Петрова", date=datetime(2023, 8, 31, 23, tzinfo=UTC)
    ),
    Document("asia/13.txt", "В Казахстане тепло.", date=datetime(2020, 12, 31, tzinfo=UTC)),
    Document("asia/14.txt", "Казахстанско-китайская граница, казахстанский мёд."),
    Document("shop/15.txt", "Решили купить лодку."),
    Document("shop/16.txt", "Стали покупать лодки."),
]
TEXTS = [text for document in DOCUMENTS for text in document.text.split("\n\n")]
TABLE = [
    tuple(part.strip() for part in line.rpartition(" |")[::2])
    for line in (Path(__file__).parents[1] / "golden" / "language.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture(scope="module", params=ENGINES)
def asked(request: pytest.FixtureRequest) -> Search:
    make = ENGINES[request.param]
    engine: Engine = make(DOCUMENTS)
    return search(engine)


@pytest.mark.parametrize(("query", "expected"), TABLE)
def test_row(asked: Search, query: str, expected: str) -> None:
    found = [TEXTS.index(result.paragraph.text) + 1 for result in asked.search(query, limit=None, rescue=False)]
    for tied in expected.split():
        numbers = sorted(map(int, tied.split("/")))
        assert sorted(found[: len(numbers)]) == numbers
        found = found[len(numbers) :]
    assert not found
