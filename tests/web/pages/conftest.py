"""A page on a socket, and a browser before it."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

import pytest
import uvicorn

from indexer import build_index
from indexer.web import create_app
from tests.web.pages.corpus import documents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


class Size(TypedDict):
    """Of a window, in pixels."""

    width: int
    height: int


WIDE, NARROW = Size(width=1280, height=900), Size(width=390, height=844)


@contextmanager
def served(index: Path) -> Iterator[str]:
    """Serve an index on a port that is free, and give its address."""
    config = uvicorn.Config(create_app(index), port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    started = threading.Event()
    thread = threading.Thread(target=_run, args=(server, started), daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive(), "the server did not start"
    [listening] = server.servers
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _run(server: uvicorn.Server, started: threading.Event) -> None:
    started.set()
    server.run()


@pytest.fixture(scope="session")
def page_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page") / "index"
    build_index(documents(), folder)
    return folder


@pytest.fixture(scope="session")
def address(page_index: Path) -> Iterator[str]:
    with served(page_index) as address:
        yield address


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the chromium of the machine; skip with the reason where there is none."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install '.[browser]'"
    )
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("no chromium on the PATH: apt-get install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def expected() -> list[str]:
    """Return how what the console may say begins; a test that provokes something adds to it."""
    return []


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def has_scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(browser: Browser, address: str, has_scripts: bool, expected: list[str]) -> Iterator[Page]:  # noqa: FBT001 -- a fixture
    """Return a page in Russian, with scripts or without; nothing may be wrong with it in the end."""
    context = browser.new_context(
        base_url=address, locale="ru-RU", viewport={**WIDE}, java_script_enabled=has_scripts, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    yield page
    context.close()
    assert [what for what in wrong if not what.startswith(tuple(expected))] == []
