"""The pairs that Russian search stands or falls by, in both engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer.types import Document
from tests.backends.engines import ENGINES, search

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.backends.base import Engine

PAIRS = [
    tuple(part.strip(" \t") for part in line.split("|"))
    for line in (Path(__file__).parents[1] / "golden" / "pairs.txt").read_text(encoding="utf-8").split("\n")
    if line and not line.startswith("#")
]
ALL = [Document(f"{number}.txt", text.removeprefix("! ")) for number, (_, text) in enumerate(PAIRS)]


def ranking(engine: Engine, query: str, *, rescue: bool = True) -> list[str]:
    return [result.paragraph.text for result in search(engine).search(query, limit=None, rescue=rescue)]


@pytest.fixture(scope="module", params=ENGINES)
def make(request: pytest.FixtureRequest) -> Callable[[list[Document]], Engine]:
    make: Callable[[list[Document]], Engine] = ENGINES[request.param]
    return make


@pytest.fixture(scope="module")
def engine(make: Callable[[list[Document]], Engine]) -> Engine:
    return make(ALL)


@pytest.mark.parametrize(("query", "paragraph"), PAIRS)
def test_pair(engine: Engine, query: str, paragraph: str) -> None:
    if paragraph.startswith("! "):
        # What is read otherwise because nothing is found is another query.
        assert paragraph.removeprefix("! ") not in ranking(engine, query, rescue=False)
    else:
        assert paragraph in ranking(engine, query)


def test_a_hit_is_marked_in_whatever_form_it_stands(engine: Engine) -> None:
    (result,) = search(engine).search("лестница")
    assert [result.snippet.text[slice(*mark)] for mark in result.snippet.marks] == ["лестницу"]


@pytest.mark.parametrize(
    ("query", "first", "second"),
    [
        ("Кузнецов", "Спросили у Кузнецова дорогу.", "Спросили у кузнеца дорогу."),
        ("Песков", "Вчера говорил Песков об этом.", "Вчера говорили песок об этом."),
        ("сельское хозяйство", "Доход даёт сельское хозяйство края.", "Сельская школа и лесное хозяйство."),
        ("сельскому хозяйству", "Доход даёт сельское хозяйство края.", "Сельская школа и лесное хозяйство."),
        ("кошка хвост", "Кошка и её хвост.", "Хвост, хвост, хвост, хвост."),
        # words of the same root, of paragraphs that another word finds
        ("закалить мост", "Мост требует закалки.", "Мост требует окраски."),
        # the beginning of a paragraph, against its end
        ("сталь", "Сталь упомянута здесь раньше всего прочего.", "Раньше всего прочего здесь упомянута сталь."),
        # what tells, against what asks
        ("какой завод", "Завод стоит у реки.", "Какой сегодня день?"),
        # the word that is meant, against another of the same form
        ("сталь", "Спор шёл о стали.", "Все они стали."),
    ],
)
def test_first_ranks_above_second(
    make: Callable[[list[Document]], Engine], query: str, first: str, second: str
) -> None:
    # Padding, so that no word is in most paragraphs and idf has something to say.
    padding = [Document(f"z{number}.txt", f"Посторонний абзац номер {number}.") for number in range(8)]
    engine = make([Document("a.txt", second), Document("b.txt", first), *padding])
    assert ranking(engine, query)[:2] == [first, second]


def test_what_the_title_says_comes_first(make: Callable[[list[Document]], Engine]) -> None:
    texts = ["Завод стоит у реки.", "У реки завод стоит."]  # the second would be second
    engine = make([Document("a.txt", texts[0], title="Берег"), Document("b.txt", texts[1], title="Заводы")])
    assert ranking(engine, "завод") == texts[::-1]
    assert ranking(engine, "берег") == []  # a title finds nothing by itself


def test_relatives_find_nothing_by_themselves(make: Callable[[list[Document]], Engine]) -> None:
    engine = make([Document("a.txt", "Мост требует закалки."), Document("b.txt", "Закалить мост.")])
    assert ranking(engine, "закалить") == ["Закалить мост."]


@pytest.mark.parametrize("query", ["сельского хозяйства", "СЕЛЬСКОЕ ХОЗЯЙСТВО", "сельским хозяйством"])
def test_the_form_asked_for_does_not_change_the_ranking(engine: Engine, query: str) -> None:
    assert ranking(engine, query) == ranking(engine, "сельское хозяйство")


def test_minus_leaves_out(make: Callable[[list[Document]], Engine]) -> None:
    engine = make([Document("a.txt", "Кошка спит."), Document("b.txt", "Кошка и собака играют.")])
    assert ranking(engine, "кошка -собаки") == ["Кошка спит."]


def test_a_phrase_is_found_in_any_forms_but_only_in_a_row(make: Callable[[list[Document]], Engine]) -> None:
    apart = "Министр говорил об обороне."
    together = "Речь министра обороны."
    engine = make([Document("a.txt", apart), Document("b.txt", together)])
    for quoted in ('"министр обороны"', "«министр обороны»", "„министр обороны“", '"министр обороны'):
        assert ranking(engine, quoted) == [together]


def test_or_finds_either(make: Callable[[list[Document]], Engine]) -> None:
    engine = make([Document("a.txt", "Кошка спит."), Document("b.txt", "Собака играет."), Document("c.txt", "Ёж.")])
    for query in ("кошка OR собака", "кошка ИЛИ собака", "кошка | собака"):
        assert sorted(ranking(engine, query)) == ["Кошка спит.", "Собака играет."]
