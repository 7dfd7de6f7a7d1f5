"""Texts, titles, paths and queries by somebody who means no good are shown as they are, and do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from indexer.web import create_app
from tests.web.pages.corpus import HOSTILE, HOSTILE_PATH
from tests.web.pages.html import attribute, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

DOCUMENT = f"/document/{quote(HOSTILE_PATH)}"
QUERY = f'сталь "{HOSTILE}'
PAGES = {
    "results": "/?q=злонамеренная",
    "document": f"{DOCUMENT}?q=сталь",
    "query": "/?" + urlencode({"q": QUERY}),
    "query, nothing found": "/?" + urlencode({"q": HOSTILE, "since": "2031"}),
    "switched off": "/?" + urlencode({"q": "сталь", "without": HOSTILE, "without_form": HOSTILE, "source": HOSTILE}),
    "error": "/?" + urlencode({"q": "сталь", "since": HOSTILE}),
    "no such document": "/document/" + quote(HOSTILE, safe="") + "?" + urlencode({"q": HOSTILE}),
    "no such page": "/" + quote(HOSTILE, safe=""),
    "first page": "/",
    "help": "/help?" + urlencode({"q": HOSTILE}),
}


@pytest.fixture(scope="module")
def client(page_index: Path) -> Iterator[TestClient]:
    with TestClient(create_app(page_index), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_of_it_becomes_markup(client: TestClient, path: str, language: str) -> None:
    tree = LexborHTMLParser(client.get(path, headers={"Accept-Language": language}).text)
    assert [node.attributes for node in tree.css("script")] == [{"type": "module", "src": "/static/page.js"}]
    assert tree.css("img, b:not(.completions b), i, style, iframe, object, base") == []
    for node in tree.css("*"):
        assert not [name for name in node.attributes if name.startswith("on") or name == "style"], node.html
        for name in ("href", "src", "action"):
            assert (node.attributes.get(name) or "/").startswith(("/", "#", "https://example.org/")), node.html


def test_it_is_shown_as_it_is(client: TestClient) -> None:
    results = LexborHTMLParser(client.get(PAGES["results"]).text)
    assert text(results, ".found h2") == HOSTILE
    assert HOSTILE in text(results, ".text")
    # By a parameter: the test client decodes a path twice, and this one has a %.
    document = LexborHTMLParser(client.get("/document/?" + urlencode({"path": HOSTILE_PATH, "q": "сталь"})).text)
    assert text(document, "h1") == HOSTILE
    assert HOSTILE in text(document, ".passage p")
    assert text(document, ".path") == HOSTILE_PATH
    assert attribute(document, "#q", "value") == "сталь"
    asked = LexborHTMLParser(client.get(PAGES["query"]).text)
    assert attribute(asked, "#q", "value") == QUERY
    assert "49" not in text(asked, "main")


def test_a_browser_runs_nothing_of_it(page: Page, expected: list[str]) -> None:
    expected.append("Failed to load resource")  # the pages that tell of an error
    for path in PAGES.values():
        page.goto(path)
        page.wait_for_timeout(100)
        assert "hacked" not in page.title() or HOSTILE in page.title()
        assert page.locator("[onmouseover], [onerror], [onload]").count() == 0
        assert page.locator("main img, main svg:not(.histogram), main b").count() == 0


def test_one_gets_from_a_result_to_the_document(page: Page) -> None:
    page.goto(PAGES["results"])
    page.locator(".found h2 a").first.click()
    assert page.locator(".path").inner_text() == HOSTILE_PATH
    assert {text.lower() for text in page.locator(".passages mark").all_inner_texts()} == {"злонамеренная"}
