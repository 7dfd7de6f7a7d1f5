"""Who may ask, and what every reply says to browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.web import create_app
from indexer.web.security import HEADERS, LOOPBACK
from indexer.web.serving import hosts_of, is_loopback

from .conftest import asking
from .test_problems import is_problem

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

ASK = "/api/v1/suggest?q=ст"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:9", "[::1]", "[::1]:8000"])
def test_this_machine_may_ask(client: TestClient, host: str) -> None:
    assert client.get(ASK, headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.1:8000:9000",
        "127.0.0.1:port",
        "127.0.0.1, evil.example",
        "localhost.",
        "0.0.0.0",  # noqa: S104 -- to be refused
        "192.168.1.5",
        "[::2]",
        "[::1",
        "",
        " ",
        "2130706433",
    ],
)
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    """A page from elsewhere that had its name lead to this machine would ask by that name."""
    is_problem(client.get(ASK, headers={"host": host}), "host")


def test_two_host_headers_are_refused(client: TestClient) -> None:
    response = client.get(ASK, headers=[("host", "127.0.0.1"), ("host", "evil.example")])
    is_problem(response, "host")


def test_a_name_can_be_allowed(index: Path) -> None:
    client = asking(create_app(index, hosts=(*LOOPBACK, "Archive.lan")))
    assert client.get(ASK, headers={"host": "archive.lan:8000"}).status_code == 200
    is_problem(client.get(ASK, headers={"host": "evil.example"}), "host")


def test_who_listens_everywhere_is_known_by_any_address_and_no_strange_name(index: Path) -> None:
    client = asking(create_app(index, hosts=hosts_of("0.0.0.0")))  # noqa: S104 -- as somebody may ask for
    for host in ("192.168.1.5:8000", "[fe80::1]", "localhost"):
        assert client.get(ASK, headers={"host": host}).status_code == 200
    for host in ("evil.example", "999.1.1.1", "*"):
        is_problem(client.get(ASK, headers={"host": host}), "host")


def test_who_listens_at_an_address_is_known_by_it() -> None:
    assert hosts_of("192.168.1.5") == (*LOOPBACK, "192.168.1.5")
    assert hosts_of("::1") == LOOPBACK
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.8.8.8", "0.0.0.0", "archive.lan")] == [  # noqa: S104
        *[True] * 4,
        *[False] * 2,
    ]


@pytest.mark.parametrize("path", [ASK, "/api/openapi.json", "/", "/nothing", "/static/nothing"])
def test_every_reply_has_the_headers(client: TestClient, path: str) -> None:
    assert HEADERS.items() <= client.get(path).headers.items()


def test_no_script_and_no_style_may_stand_in_a_page() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) == {"'self'", "'none'"}


def test_no_other_site_may_read(client: TestClient) -> None:
    headers = client.get(ASK, headers={"origin": "https://evil.example"}).headers
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/static/../../../etc/passwd",
        "/static/..%2f..%2f..%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/api/v1/../../etc/passwd",
        "/etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/%00",
        "/static/..%5c..%5cetc",
    ],
)
def test_no_file_is_read_by_its_name(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "root:" not in response.text


def test_head_is_get_without_a_body(client: TestClient) -> None:
    got, head = client.get(ASK), client.head(ASK)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["etag"] == got.headers["etag"]
