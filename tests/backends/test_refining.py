"""What a search can be narrowed by, over a few paragraphs, in both engines: facets, readings switched off, and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from indexer import Deadline, Document, Facets, Filters, ParagraphMissing, QueryTooSlow, Without
from tests.backends.engines import ENGINES, search

if TYPE_CHECKING:
    from indexer.search import Search

MOSCOW = timezone(timedelta(hours=3))
DOCUMENTS = [
    Document("1", "Закалка стали.\n\nО стали и дубе.", source="ТАСС", date=datetime(2023, 5, 20, tzinfo=UTC)),
    Document("2", "Мы стали дома. Сталь.", source="тасс", date=datetime(2023, 6, 1, 1, tzinfo=MOSCOW)),
    Document("3", "Прочная сталью рама.", source="Абзац", date=datetime(2021, 1, 1, tzinfo=UTC)),
    Document("4", "Стану ковать сталь."),
    Document("5", "Мыла раму. Мыло.", source="Абзац", date=datetime(2021, 1, 9, tzinfo=UTC)),
    Document("7", "Нож закалить."),
    Document("6", "Все устали. Всё кончено."),
]


@pytest.fixture(scope="module", params=ENGINES)
def asked(request: pytest.FixtureRequest) -> Search:
    return search(ENGINES[request.param](DOCUMENTS))


def found(asked: Search, query: str, without: Without) -> set[str]:
    return {result.document.path for result in asked.search(query, without=without, rescue=False)}


def test_facets_count_paragraphs_or_documents(asked: Search) -> None:
    assert asked.facets("сталь") == Facets({"ТАСС": 3, "": 1, "Абзац": 1}, {"2021-01": 1, "2023-05": 3}, 1)
    assert asked.facets("сталь", per_document=True) == Facets(
        {"ТАСС": 2, "": 1, "Абзац": 1}, {"2021-01": 1, "2023-05": 2}, 1
    )


def test_a_month_is_what_a_search_of_that_month_finds(asked: Search) -> None:
    """01:00 of the first of June in Moscow is still May by UTC, as it is for the filter."""
    facets = asked.facets("сталь | рама")
    for month, count in facets.months.items():
        assert asked.search(f"(сталь | рама) дата:{month}").total == count


def test_a_filter_does_not_narrow_its_own_facet(asked: Search) -> None:
    facets = asked.facets("сталь", filters=Filters(sources=("Абзац",)))
    assert (facets.sources, facets.months, facets.undated) == ({"ТАСС": 3, "": 1, "Абзац": 1}, {"2021-01": 1}, 0)
    facets = asked.facets("сталь", filters=Filters(since=datetime(2022, 1, 1, tzinfo=UTC)))
    assert (facets.sources, list(facets.months), facets.undated) == ({"ТАСС": 3}, ["2021-01", "2023-05"], 1)


def test_what_finds_nothing_has_no_facets(asked: Search) -> None:
    assert asked.facets("телескоп") == Facets({}, {}, 0)


def test_a_lemma_switched_off_finds_nothing(asked: Search) -> None:
    assert found(asked, "стали", Without()) == {"1", "2", "3", "4"}
    assert found(asked, "мыла", Without(("мыть",))) == {"5"}
    assert found(asked, "стану", Without(("стать", "стан"))) == set()
    assert asked.facets("стану", without=Without(("стать", "стан"))).sources == {}


def test_a_word_with_nothing_left_leaves_the_others(asked: Search) -> None:
    assert found(asked, "мыла сталью", Without(("сталь",))) == {"5"}
    assert found(asked, '"мыла раму"', Without(("мыло",))) == {"5"}
    assert found(asked, '"мыла раму"', Without(("мыло", "мыть"))) == set()


def test_a_form_switched_off_is_not_found_and_the_others_are(asked: Search) -> None:
    assert found(asked, "сталь", Without(forms=("сталью",))) == {"1", "2", "4"}
    assert found(asked, "сталь", Without(forms=("сталью", "СТАЛЬ"))) == {"1", "2"}
    assert found(asked, "стал*", Without(forms=("сталь", "стали"))) == {"3"}
    assert found(asked, "закалка", Without(forms=("сталью",))) == {"1"}


def test_a_form_with_yo_is_another_than_that_with_e(asked: Search) -> None:
    (marked,) = asked.search("все", without=Without(forms=("всё",))).results
    assert [marked.snippet.text[slice(*mark)] for mark in marked.snippet.marks] == ["Все"]


def test_what_is_switched_off_is_not_marked(asked: Search) -> None:
    (result,) = asked.search("рама", without=Without(forms=("рама",))).results
    assert [result.snippet.text[slice(*mark)] for mark in result.snippet.marks] == ["раму"]


def test_understanding_tells_what_is_switched_off(asked: Search) -> None:
    (word,) = asked.understand("стали", without=Without(("стать",), ("стали",))).words
    assert [lemma.text for lemma in word.lemmas] == ["сталь"]
    assert set(word.lemmas[0].forms) == {"Сталь", "сталью"}
    assert [lemma.text for lemma in word.without] == ["стать"]
    assert word.without_forms == {"стали": 3}


def test_the_relatives_of_a_lemma_go_with_it(asked: Search) -> None:
    (word,) = asked.understand("закалка").words
    assert word.relatives == ("закалить",)
    (less,) = asked.understand("закалка", without=Without(("закалка",))).words
    assert (less.lemmas, less.relatives) == ((), ())


def test_a_rescued_query_is_not_looked_for_by_it_either(asked: Search) -> None:
    assert asked.search("зокалка").rescue is not None
    assert asked.search("зокалка", without=Without(("закалка",))).total == 0


def test_marks_are_those_of_the_search(asked: Search) -> None:
    without = Without(("стать",))
    answer = asked.search("стали рама", without=without)
    paragraphs = [result.paragraph for result in answer]
    assert asked.marked("стали рама", paragraphs, without=without) == tuple(result.snippet for result in answer)


@pytest.mark.parametrize("query", ["сталь", "стали стану", '"закалка стали"', "закалка РЯДОМ/3 сталь", "ненайдённое"])
def test_a_search_ends_at_its_deadline(asked: Search, query: str) -> None:
    passed = Deadline(seconds=-1)
    with pytest.raises(QueryTooSlow, match="longer than -1 s"):
        asked.search(query, deadline=passed)
    with pytest.raises(QueryTooSlow):
        asked.facets(query, deadline=passed)


def test_a_document_is_read_by_the_numbers_of_its_paragraphs(asked: Search) -> None:
    assert [paragraph.number for paragraph in asked.passage("1", 1, 9)] == [1, 2]
    assert [paragraph.text for paragraph in asked.passage("1", 2, 2)] == ["О стали и дубе."]
    assert asked.passage("1", 3, 9) == ()
    assert (asked.length("1"), asked.length("2")) == (2, 1)
    for ask in (lambda: asked.passage("нет", 1, 1), lambda: asked.length("нет")):
        with pytest.raises(ParagraphMissing):
            ask()
