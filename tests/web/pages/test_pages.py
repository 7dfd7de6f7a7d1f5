"""What the server says of a page, without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args
from urllib.request import urlopen

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from indexer import Document, build_index
from indexer.backends.base import Sort
from indexer.web import create_app, problems
from indexer.web.asked import Asked
from indexer.web.pages import addresses, errors, static
from indexer.web.pages.language import chosen
from indexer.web.pages.search import SORTS
from tests.web.pages.conftest import served
from tests.web.pages.html import attribute, read, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def client(page_index: Path) -> Iterator[TestClient]:
    with TestClient(create_app(page_index), base_url=BASE) as client:
        yield client


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru"),
        ("en-US,en;q=0.9,ru;q=0.8", "en"),
        ("kk;q=1.0, ru;q=0.5", "ru"),
        ("RU", "ru"),
        ("fr", "en"),
        ("ru;q=0", "en"),
        ("*", "en"),
        ("", "en"),
        ("ru;q=much, ;;,=,ru;;q=1", "en"),
        ("q" * 100_000, "en"),
    ],
)
def test_the_language_is_that_of_the_browser(client: TestClient, accepted: str, language: str) -> None:
    assert chosen(accepted) == language
    reply = client.get("/?q=сталь", headers={"Accept-Language": accepted})
    assert reply.headers["content-language"] == language
    assert "Accept-Language" in reply.headers["vary"]
    html = LexborHTMLParser(reply.text)
    assert attribute(html, "html", "lang") == language
    assert text(html, "#understood") == {"ru": "Понято как", "en": "Understood as"}[language]
    assert {node.attributes["lang"] for node in html.css("article")} == {"ru"}  # of the texts, whatever is spoken


def test_replies_in_two_languages_at_once_do_not_mix(client: TestClient) -> None:
    for language in ("ru", "en") * 3:
        assert attribute(read(client, "/nothing", language), "html", "lang") == language


def test_a_page_that_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/?q=сталь", headers={"Accept-Language": "ru"})
    again = client.get("/?q=сталь", headers={"Accept-Language": "ru", "If-None-Match": first.headers["etag"]})
    other = client.get("/?q=сталь", headers={"Accept-Language": "en", "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_static_files_are_those_of_the_folder_and_no_others(client: TestClient) -> None:
    for path in static.FOLDER.iterdir():
        reply = client.get(f"/static/{path.name}")
        assert reply.content == path.read_bytes()
        assert reply.headers["content-type"].partition(";")[0] == static.TYPES[path.suffix]
        assert client.get(f"/static/{path.name}", headers={"If-None-Match": reply.headers["etag"]}).status_code == 304
    for name in ("", "../__init__.py", "..%2f__init__.py", "page.js/..", "no.css"):
        assert client.get(f"/static/{name}").status_code == 404


def test_scripts_and_styles_are_files_of_ours_alone(client: TestClient) -> None:
    html = client.get("/?q=сталь").text
    assert "style=" not in html
    assert "<style" not in html
    for path in static.FOLDER.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in text.replace("// ", "") or path.suffix == ".js", f"{path.name} names another place"
        assert "http" not in text
        assert "innerHTML" not in text


@pytest.mark.parametrize("kind", problems.KINDS, ids=lambda kind: kind.name)
def test_every_problem_has_words_for_a_person(kind: problems.Kind) -> None:
    title, _advice = errors.SAID[kind.name]
    assert title
    assert errors.values(problems.Problem(kind))["status"] == kind.status


def test_only_problems_have_words() -> None:
    assert set(errors.SAID) == {kind.name for kind in problems.KINDS}


def test_every_order_has_its_word() -> None:
    assert set(SORTS) == set(get_args(Sort))


def test_head_is_answered_like_get(client: TestClient) -> None:
    for path in ("/", "/?q=сталь", "/help", "/document/works/steel.md", "/static/page.js"):
        reply = client.head(path)
        assert (reply.status_code, reply.content) == (200, b"")


def test_what_is_typed_stays_in_the_field_when_it_cannot_be_answered(client: TestClient) -> None:
    for path in ("/?q=сталь&since=никогда", "/document/no.md?q=сталь", "/nothing?q=сталь"):
        assert attribute(read(client, path), "#q", "value") == "сталь"


def test_a_query_longer_than_its_field_is_refused_on_a_page(client: TestClient) -> None:
    reply = client.get("/?q=" + "слово+" * 300)
    assert reply.status_code == 400
    assert reply.headers["content-type"].startswith("text/html")


PATHS = ("../../etc/passwd", "a//b", "./c", "/d", "e/.", "нет ли? #¶1", "%2e%2e", "%25", "a\\b", "x:y", "+ &amp;")


def test_every_path_has_an_address(tmp_path: Path) -> None:
    build_index([Document(path, "Сталь.\nЕщё сталь.") for path in PATHS], tmp_path)
    # On a socket: the test client decodes a path twice.
    with served(tmp_path) as address:
        results = fetched(f"{address}/?q=%D1%81%D1%82%D0%B0%D0%BB%D1%8C&limit=50&per_document=true")
        links = [node.attributes["href"] for node in results.css(".found h2 a")]
        pages = [fetched(f"{address}{link}") for link in links]
    assert {text(page, ".path") for page in pages} == set(PATHS)
    assert {len(page.css("mark")) for page in pages} == {2}


def fetched(address: str) -> LexborHTMLParser:
    with urlopen(address) as reply:  # noqa: S310 -- our own server
        return LexborHTMLParser(reply.read().decode())


def test_a_long_document_comes_in_parts(tmp_path: Path) -> None:
    build_index([Document("long.md", "\n".join(f"Абзац {number}." for number in range(1, 1002)))], tmp_path)
    with TestClient(create_app(tmp_path), base_url=BASE) as client:
        assert (
            addresses.of_document("long.md", Asked(query="x"), number=1001) == "/document/long.md?q=x&from=1001#p1001"
        )
        first = read(client, "/document/long.md")
        assert len(first.css(".passage")) == addresses.AT_ONCE
        assert not first.css('[rel="prev"]')
        middle = read(client, attribute(first, '[rel="next"]', "href"))
        last = read(client, attribute(middle, '[rel="next"]', "href"))
        assert [node.attributes["id"] for node in last.css(".passage")] == ["p1001"]
        assert not last.css('[rel="next"]')
        before = read(client, attribute(last, '[rel="prev"]', "href"))
        assert attribute(before, ".passage", "id") == attribute(middle, ".passage", "id") == "p501"


def test_an_index_without_titles_dates_and_words(tmp_path: Path) -> None:
    build_index([Document("numbers.md", "12, 13 и 14.")], tmp_path)
    with TestClient(create_app(tmp_path), base_url=BASE) as client:
        for path in ("/", "/help", "/?q=13", "/document/numbers.md"):
            assert client.get(path).status_code == 200
        assert text(read(client, "/?q=13"), ".found h2") == "numbers.md"
        assert read(client, "/?q=13").css(".facets svg") == []
