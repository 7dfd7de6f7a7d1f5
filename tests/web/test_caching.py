"""A reply is asked about by its ETag, which is that of the build."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from indexer import Document, build_index
from indexer.web import caching, create_app

from .conftest import DOCUMENTS, asking
from .test_generations import until

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

ASK = "/api/v1/search?q=сталь"


@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_what_is_known_is_not_sent_again(client: TestClient, known: str) -> None:
    got = client.get(ASK)
    again = client.get(ASK, headers={"if-none-match": known.format(tag=got.headers["etag"])})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == got.headers["etag"]
    assert again.headers["cache-control"] == got.headers["cache-control"] == "private, no-cache"


def test_another_tag_is_answered(client: TestClient) -> None:
    assert client.get(ASK, headers={"if-none-match": '"1-2"'}).status_code == 200


def test_a_problem_has_no_tag_and_is_not_kept(client: TestClient) -> None:
    response = client.get("/api/v1/search?q=")
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    assert client.get("/api/v1/search?q=&x=1", headers={"if-none-match": "*"}).status_code == 400


def test_a_build_changes_the_tag(tmp_path: Path) -> None:
    build_index(DOCUMENTS, tmp_path, processes=1)
    client = asking(create_app(tmp_path))
    before = client.get(ASK)
    build_index([*DOCUMENTS, Document("new.md", "Сталь.")], tmp_path, processes=1)
    known = {"if-none-match": before.headers["etag"]}
    after = until(lambda: client.get(ASK, headers=known), lambda response: response.status_code == 200)
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["generation"] > before.json()["generation"]


def test_what_else_a_reply_depends_on_changes_the_tag(client: TestClient, index: Path) -> None:
    from indexer.web.generations import Generations  # noqa: PLC0415
    from indexer.web.limits import Limits  # noqa: PLC0415

    with Generations(index, Limits()).current() as current:
        assert caching.tag(current, "ru") != caching.tag(current, "en") != caching.tag(current)
        assert caching.tag(current) == client.get(ASK).headers["etag"]


def test_tomorrow_the_tag_is_another(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """«дата:вчера» finds another day then."""
    before = client.get(ASK).headers["etag"]
    clock = SimpleNamespace(now=lambda zone: __import__("datetime").datetime(2099, 1, 1, tzinfo=zone))
    monkeypatch.setattr(caching, "datetime", clock)
    assert client.get(ASK, headers={"if-none-match": before}).status_code == 200
