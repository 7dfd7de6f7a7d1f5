"""What cannot be answered is said as problem details (RFC 9457): each kind, and nothing of what is inside."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from indexer.web import Limits, create_app, problems
from indexer.web.generations import Generations
from indexer.web.problems import KINDS, Problem
from indexer.web.security import HEADERS

from .conftest import HOSTILE, asking

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

REFUSED = [
    ("search", "", "parameter"),
    ("search", "q=сталь&q=мёд", "parameter"),
    ("search", "q=сталь&limit=101", "parameter"),
    ("search", "q=сталь&limit=-1", "parameter"),
    ("search", "q=сталь&limit=²", "parameter"),
    ("search", "q=сталь&limit=1e1", "parameter"),
    ("search", "q=сталь&offset=10001", "parameter"),
    ("search", "q=сталь&sort=random", "parameter"),
    ("search", "q=сталь&facets=yes", "parameter"),
    ("search", "q=сталь&since=", "parameter"),
    ("search", "q=сталь&colour=red", "parameter"),
    ("search", f"q={'я' * 1001}", "parameter"),
    ("search", "q=сталь" + "&source=а" * 51, "parameter"),
    ("search", "q=", "query-empty"),
    ("search", "q=-сталь", "query-empty"),
    ("search", "q=%00", "query-empty"),
    ("search", f"q={'сталь ' * 51}", "query-too-long"),
    ("search", "q=с*", "query-too-wide"),
    ("search", f"q={'стал* ' * 7}", "query-too-wide"),
    ("search", "q=сталь )&strict=true", "query-not-read"),
    ("search", "q=сталь&since=когда-нибудь", "no-date"),
    ("search", "q=сталь&until=2023-13", "no-date"),
    ("search", "q=сталь&since=2024&until=2023", "no-time-between"),
    ("suggest", "", "parameter"),
    ("suggest", "q=с&limit=0", "parameter"),
    ("forms", "q=", "query-empty"),
    ("understand", "q=", "query-empty"),
    ("understand", "q=сталь )&strict=true", "query-not-read"),
    ("document", "", "parameter"),
    ("document", "path=нет", "not-in-the-index"),
    ("document", "path=steel.md&q=", "query-empty"),
    ("document", "path=steel.md&first=0", "parameter"),
    ("paragraph", "", "parameter"),
    ("paragraph", "id=steel.md", "not-in-the-index"),
    ("paragraph", "id=steel.md%23¶99", "not-in-the-index"),
    ("paragraph", "id=steel.md%23¶1&around=51", "parameter"),
    ("status", "files=true", "parameter"),
    ("nothing", "", "no-such-page"),
    ("search/", "q=сталь", "no-such-page"),
]
OF_OTHER_TESTS = {"query-too-slow", "method", "host", "address-too-long", "busy", "index", "bug"}


@pytest.mark.parametrize(("operation", "given", "kind"), REFUSED)
def test_each_problem_is_said(client: TestClient, operation: str, given: str, kind: str) -> None:
    response = client.get(f"/api/v1/{operation}?{quote(given, safe='=&%')}")
    is_problem(response, kind)


def is_problem(response: Any, kind: str) -> dict[str, Any]:  # noqa: ANN401 -- of whichever client
    """Check that a reply is a problem of a kind; return what it says."""
    (expected,) = (one for one in KINDS if one.name == kind)
    assert response.status_code == expected.status.value, response.text
    assert response.headers["content-type"] == problems.MEDIA_TYPE
    assert HEADERS.items() <= response.headers.items()
    body: dict[str, Any] = response.json()
    assert body["type"] == f"/api/v1/problems#{kind}"
    assert (body["title"], body["status"]) == (expected.title, expected.status.value)
    assert body["detail"]
    assert "Traceback" not in response.text
    assert "abzats " not in body["detail"], "advice for the command line"
    return body


def test_no_kind_is_left_out() -> None:
    assert {kind.name for kind in KINDS} == {kind for _, _, kind in REFUSED} | OF_OTHER_TESTS


def test_the_list_of_problems_is_served(client: TestClient) -> None:
    listed = client.get("/api/v1/problems").json()["problems"]
    assert {problem["type"] for problem in listed} == {kind.type for kind in KINDS}


def test_a_parameter_is_named(client: TestClient) -> None:
    assert client.get("/api/v1/search?q=я&limit=x").json()["parameter"] == "limit"
    assert client.get("/api/v1/search?q=я&since=x").json()["parameter"] == "since"


def test_what_was_typed_comes_back_as_json_only(client: TestClient) -> None:
    response = client.get("/api/v1/paragraph", params={"id": HOSTILE})
    assert HOSTILE in is_problem(response, "not-in-the-index")["detail"]


def test_a_slow_query_is_stopped(index: Path) -> None:
    hurried = asking(create_app(index, limits=Limits(seconds=-1)))
    for given in ("q=сталь", "q=сталь&facets=true&limit=0"):
        is_problem(hurried.get(f"/api/v1/search?{given}"), "query-too-slow")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_only_get_and_head_are_answered(client: TestClient, method: str) -> None:
    response = client.request(method, "/api/v1/search?q=сталь")
    is_problem(response, "method")
    assert response.headers["allow"] == "GET, HEAD"


def test_a_long_address_is_refused(client: TestClient) -> None:
    is_problem(client.get("/api/v1/search?q=сталь&source=" + "a" * 20_000), "address-too-long")
    is_problem(client.get("/api/" + "a" * 20_000), "address-too-long")


def test_who_comes_when_too_many_wait_is_asked_to_come_again(index: Path) -> None:
    async def ask() -> list[str]:
        generations = Generations(index, Limits(threads=1, waiting=2))
        asked = [generations.ask(lambda current: str(current.generation)) for _ in range(3)]
        return [str(reply) for reply in await asyncio.gather(*asked, return_exceptions=True)]

    with ThreadPoolExecutor(1) as thread:  # in this one the loop of a browser may be running, if its tests came before
        *answered, refused = thread.submit(asyncio.run, ask()).result()
    assert answered == ["0", "0"]
    assert "busy" in refused
    response = problems.response(Problem(problems.BUSY, headers={"Retry-After": "1"}))
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")


def test_an_index_that_breaks_is_said_without_its_place(index: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(index, folder)
    broken = asking(create_app(folder))
    for file in folder.glob("*.files"):
        file.write_bytes(b"{")
    body = is_problem(broken.get("/api/v1/status"), "index")
    assert str(tmp_path) not in str(body)
    assert broken.get("/api/v1/search?q=сталь").status_code == 200


def test_a_bug_is_said_without_what_is_inside(
    index: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    inside = "ключ от квартиры"

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(inside)

    monkeypatch.setattr("indexer.search.Search.search", breaks)
    with caplog.at_level(logging.ERROR):
        response = asking(create_app(index)).get("/api/v1/search?q=сталь")
    is_problem(response, "bug")
    assert inside not in response.text
    assert not re.search(r"\.py|line \d+|Error", response.text)
