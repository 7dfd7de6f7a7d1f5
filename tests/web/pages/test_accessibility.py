"""axe-core finds nothing against any page, in light and dark, wide and narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import pytest

from tests.web.pages.conftest import NARROW, WIDE, Size
from tests.web.pages.corpus import HOSTILE_PATH

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = {
    "first": "/",
    "results": "/?q=закалка+стали&source=Заводская+газета&since=2019",
    "months": "/?q=сталь&since=2019&until=2019&sort=date&per_document=true",
    "switched off": "/?q=стали&without=стать&without_form=сталь",
    "paged": "/?q=стекло&offset=10",
    "rescued": "/?q=cnfkm",
    "mended": "/?q=(сталь",
    "nothing": "/?q=абракадабра&since=2019",
    "hostile": "/?q=злонамеренная",
    "document": "/document/works/long.md?q=сталь#p3",
    "hostile document": f"/document/{quote(HOSTILE_PATH)}?q=сталь",
    "document alone": "/document/note.md",
    "help": "/help",
    "error": "/?q=!!!",
    "not found": "/nothing",
}
EVERYTHING = {"resultTypes": ["violations", "incomplete"], "rules": {"target-size": {"enabled": True}}}


@pytest.mark.parametrize(
    ("scheme", "viewport", "language"),
    [
        # Each of both once; a page takes a second, and the other two are left to the night.
        pytest.param("light", WIDE, "ru-RU", id="light, wide"),
        pytest.param("dark", NARROW, "en-GB", id="dark, narrow"),
        pytest.param("dark", WIDE, "ru-RU", id="dark, wide", marks=pytest.mark.long),
        pytest.param("light", NARROW, "en-GB", id="light, narrow", marks=pytest.mark.long),
    ],
)
def test_axe_finds_nothing(
    browser: Browser, address: str, scheme: Literal["light", "dark"], viewport: Size, language: str
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="no axe-core: pip install '.[browser]'"
    ).Axe()
    context = browser.new_context(
        base_url=address, color_scheme=scheme, viewport={**viewport}, locale=language, reduced_motion="reduce"
    )
    page = context.new_page()
    found = []
    for name, path in PAGES.items():
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        if name == "first":
            page.locator("#q").press_sequentially("стек")
            page.get_by_role("option").first.wait_for()
        if name == "document":
            page.keyboard.press("n")
        result = axe.run(page, options=EVERYTHING).response
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the window"
        found += [
            (name, violation["id"], node["html"][:200], node["failureSummary"])
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
    context.close()
    assert found == []
