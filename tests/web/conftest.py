"""An index that holds a hostile document, the application over it, and a server on a real socket."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("starlette", reason="the extra web is not installed: pip install 'abzats[web]'")

import uvicorn
from starlette.testclient import TestClient

from indexer import Document, build_index
from indexer.web import create_app
from indexer.web.serving import listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.applications import Starlette

HOSTILE = '<script>alert(1)</script> "onmouseover=alert(1) {{7*7}} ${7*7} <img src=x onerror=alert(1)>'
HOSTILE_PATH = '"><script>alert(2)</script>/{{7*7}}?a=b&c#¶1'

DOCUMENTS = [
    Document(
        "steel.md",
        "Закалка стали требует точности.\n\nКузнец нагрел сталь.\n\nСтали отпускают в масле.\n\nКлинок остыл.",
        title="Как закаляют сталь",
        source="Заводская газета",
        author="Пётр Кузнецов",
        url="https://example.org/steel",
        date=datetime(2019, 11, 6, 9, 30, tzinfo=UTC),
    ),
    Document(
        "honey.md",
        "Пчёлы собирают мёд.\n\nСельское хозяйство без пчёл.",
        title="Мёд",
        source="Пасека",
        date=datetime(2023, 5, 12, tzinfo=UTC),
    ),
    Document("note.txt", "Мы стали старше. Мыла раму."),
    Document(
        HOSTILE_PATH,
        f"Чудовище {HOSTILE} стоит.\n\nЕщё чудовище.",
        title=HOSTILE,
        source=HOSTILE,
        author=HOSTILE,
        url="javascript:alert(1)",
        date=datetime(2023, 6, 1, tzinfo=UTC),
    ),
    Document("../../../../etc/passwd", "Путь наружу."),
]
BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web") / "index"
    build_index(DOCUMENTS, folder, processes=1)
    return folder


@pytest.fixture(scope="session")
def client(index: Path) -> TestClient:
    return asking(create_app(index))


def asking(app: Starlette) -> TestClient:
    """Return a client as a program on this machine would be one; what goes wrong inside comes as a reply."""
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve an application on a socket from a thread; give its address."""
    with listening(socket.AF_INET, ("127.0.0.1", 0)) as opened:
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{opened.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
