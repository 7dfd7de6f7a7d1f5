"""Each operation of the API gives what the library gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from indexer import Without, open_index, records
from indexer.web.asked import Asked
from indexer.web.limits import Limits

from .conftest import DOCUMENTS, HOSTILE, HOSTILE_PATH

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient


def get(client: TestClient, operation: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 -- parameters
    response = client.get(f"/api/v1/{operation}", params=given)
    assert response.status_code == 200, response.text
    reply: dict[str, Any] = response.json()
    return reply


def as_json(records_: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return records as they come back: spans as lists."""
    return [
        {name: [list(span) for span in value] if name == "marks" else value for name, value in record.items()}
        | ({"span": list(record["span"])} if "span" in record else {})
        for record in records_
    ]


def test_search_gives_what_the_library_finds(client: TestClient, index: Path) -> None:
    reply = get(client, "search", q="сталь")
    with open_index(index) as searcher:
        answer = searcher.search("сталь")
    assert reply["results"] == as_json([records.of_result(result) for result in answer])
    assert (reply["total"], reply["complete"], reply["rescue"], reply["facets"]) == (4, 4, None, None)


def test_search_takes_pages_filters_and_order(client: TestClient) -> None:
    def ids(**given: Any) -> list[str]:  # noqa: ANN401 -- parameters
        return [result["id"] for result in get(client, "search", **given)["results"]]

    every = ids(q="сталь мёд", sort="date")
    assert every[0] == "honey.md#¶1"
    assert ids(q="сталь мёд", sort="date", limit=2, offset=1) == every[1:3]
    assert ids(q="сталь мёд", source="пасека") == ["honey.md#¶1"]
    assert set(ids(q="сталь мёд", source=["пасека", "нет такого", "ЗАВОДСКАЯ ГАЗЕТА"])) == set(every) - {"note.txt#¶1"}
    assert ids(q="сталь мёд", since="2020") == ["honey.md#¶1"]
    assert ids(q="сталь мёд", since="2019-11", until="2019-11", limit=1, per_document="true", sort="date") == [
        next(one for one in ids(q="сталь мёд", source="Заводская газета"))
    ]
    assert ids(q="сталь", limit=0) == []


def test_search_counts_sources_and_months(client: TestClient) -> None:
    facets = get(client, "search", q="сталь | мёд", facets="true", source="Пасека")["facets"]
    assert facets == {
        "sources": [
            {"source": "Заводская газета", "count": 3},
            {"source": "", "count": 1},
            {"source": "Пасека", "count": 1},
        ],
        "months": [{"month": "2023-05", "count": 1}],
        "undated": 0,
    }


def test_facets_are_of_the_query_that_was_rescued(client: TestClient) -> None:
    reply = get(client, "search", q="cnfkm", facets="true")
    assert reply["rescue"] == {"rung": "layout", "query": "сталь"}
    assert sum(source["count"] for source in reply["facets"]["sources"]) == reply["total"] == 4


def test_a_lemma_and_a_form_can_be_switched_off(client: TestClient) -> None:
    paths = {result["path"] for result in get(client, "search", q="стали", without="сталь")["results"]}
    assert paths == {"steel.md", "note.txt"}
    reply = get(client, "search", q="сталь", without_form=["стали", "сталью"])
    assert [result["id"] for result in reply["results"]] == ["steel.md#¶2"]


def test_mendings_and_strictness(client: TestClient) -> None:
    assert get(client, "search", q="сталь )")["mendings"] == [{"kind": "stray bracket", "span": [6, 7], "text": ")"}]
    refused = client.get("/api/v1/search", params={"q": "сталь )", "strict": "true"})
    assert refused.status_code == 422
    assert refused.json()["at"] == 7


def test_suggest_completes(client: TestClient) -> None:
    assert get(client, "suggest", q="мы ста", limit=9)["completions"] == [
        {"text": "стали", "places": 3},
        {"text": "сталь", "places": 1},
        {"text": "старше", "places": 1},
    ]


def test_forms_and_understand_tell_of_words(client: TestClient, index: Path) -> None:
    (word,) = get(client, "forms", q="мыла")["words"]
    assert {lemma["text"] for lemma in word["lemmas"]} == {"мыло", "мыть"}
    reply = get(client, "understand", q="стали дата:2023", without="стать", without_form="сталь")
    with open_index(index) as searcher:
        understanding = searcher.understand("стали дата:2023", without=Without(("стать",), ("сталь",)))
    assert reply["printed"] == understanding.printed
    assert reply["dates"] == [{"since": "2023-01-01T00:00:00+00:00", "until": "2024-01-01T00:00:00+00:00"}]
    assert [lemma["text"] for lemma in reply["words"][0]["lemmas"]] == ["сталь"]
    assert [lemma["text"] for lemma in reply["words"][0]["without"]] == ["стать"]
    assert list(reply["words"][0]["without_forms"]) == ["сталь"]


def test_a_document_is_read_in_parts_with_marks(client: TestClient) -> None:
    reply = get(client, "document", path="steel.md", first=2, limit=2, q="сталь")
    assert (reply["length"], reply["title"], reply["date"]) == (4, "Как закаляют сталь", "2019-11-06T09:30:00+00:00")
    assert [paragraph["number"] for paragraph in reply["paragraphs"]] == [2, 3]
    assert [
        [paragraph["text"][start:stop] for start, stop in paragraph["marks"]] for paragraph in reply["paragraphs"]
    ] == [["сталь"], ["Стали"]]
    for first in (9, 10**9):
        assert get(client, "document", path="steel.md", first=first)["paragraphs"] == []


def test_a_paragraph_has_its_surroundings(client: TestClient) -> None:
    reply = get(client, "paragraph", id="steel.md#¶2", around=1)
    assert reply["number"] == 2
    assert [paragraph["id"] for paragraph in reply["paragraphs"]] == [f"steel.md#¶{number}" for number in (1, 2, 3)]
    assert {tuple(paragraph["marks"]) for paragraph in reply["paragraphs"]} == {()}
    assert get(client, "paragraph", id="steel.md#2", around=0)["paragraphs"][0]["number"] == 2


def test_status_tells_what_there_is_but_not_where(client: TestClient, index: Path) -> None:
    response = client.get("/api/v1/status")
    assert response.json()["documents"] == len(DOCUMENTS)
    assert response.json()["sources"]["Пасека"] == 1
    assert str(index) not in response.text
    assert str(index.parent) not in response.text


def test_hostile_texts_come_as_they_are_and_as_json(client: TestClient) -> None:
    response = client.get("/api/v1/search", params={"q": "чудовище", "limit": 1})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    (result,) = response.json()["results"]
    assert (result["title"], result["source"], result["author"]) == (HOSTILE, HOSTILE, HOSTILE)
    assert HOSTILE in get(client, "document", path=HOSTILE_PATH)["paragraphs"][0]["text"]
    assert get(client, "paragraph", id=f"{HOSTILE_PATH}#¶2", around=0)["paragraphs"][0]["text"] == "Ещё чудовище."


@pytest.mark.parametrize("operation", ["document", "paragraph"])
@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "index/../../etc/passwd", "\0"]
)
def test_what_is_no_path_of_the_index_is_not_there(client: TestClient, operation: str, name: str) -> None:
    given = {"path": name} if operation == "document" else {"id": f"{name}#¶1"}
    response = client.get(f"/api/v1/{operation}", params=given)
    assert response.status_code == 404
    assert response.json()["type"].endswith("#not-in-the-index")


def test_a_path_that_leads_outside_is_only_a_name(client: TestClient) -> None:
    (paragraph,) = get(client, "document", path="../../../../etc/passwd")["paragraphs"]
    assert paragraph["text"] == "Путь наружу."


def test_a_decomposed_path_is_composed(client: TestClient) -> None:
    assert client.get("/api/v1/document", params={"path": "steel.md"}).status_code == 200
    response = client.get("/api/v1/paragraph", params={"id": "Ещё".replace("ё", "е\u0308")})
    assert "Ещё" in response.json()["detail"]


# --- reading what is asked --------------------------------------------------------------------------------------------


def test_what_is_asked_can_be_written_down_and_read_again() -> None:
    limits = Limits()
    pairs = [
        ("q", "сталь & <мёд>"),
        ("source", "ТАСС"),
        ("source", "Пасека"),
        ("since", "2023"),
        ("until", "май 2024"),
        ("sort", "date"),
        ("per_document", "true"),
        ("limit", "5"),
        ("offset", "20"),
        ("without", "стать"),
        ("without_form", "стали"),
        ("rescue", "false"),
    ]
    asked = Asked.read(pairs, limits)
    assert Asked.read(asked.pairs(), limits) == asked
    assert sorted(asked.pairs()) == sorted(pairs)
    assert Asked.read([("q", "")], limits).pairs() == [("q", "")]


def test_a_form_may_have_empty_fields_and_strange_ones() -> None:
    asked = Asked.of_form([("q", "сталь"), ("since", ""), ("source", ""), ("utm_source", "x")], Limits())
    assert asked == Asked(query="сталь")
