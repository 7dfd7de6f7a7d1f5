"""A build is picked up while searches go on: none fails, and each is of one generation."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, TypeVar
from urllib.request import urlopen

import pytest

from indexer import Document, build_index
from indexer.web import Limits, create_app
from indexer.web.generations import Generations

from .conftest import asking, served

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.testclient import TestClient

Value = TypeVar("Value")

CLIENTS = 4
PATIENCE = 20.0  # seconds; what takes longer is a failure


def until(ask: Callable[[], Value], is_enough: Callable[[Value], bool]) -> Value:
    """Ask again and again until the answer is as it shall be."""
    end = time.monotonic() + PATIENCE
    while not is_enough(answer := ask()):
        assert time.monotonic() < end, answer
        time.sleep(0.02)
    return answer


def corpus(number: int) -> list[Document]:
    """Return documents that all tell the number of their build: some stay, some change, some go."""
    return [
        Document("always.txt", "Сталь была всегда."),
        *(Document(f"{at}.txt", f"Сталь сборки сб{number}." * 3, title=f"сб{number}") for at in range(number % 5 + 2)),
    ]


def total(number: int) -> int:
    return len(corpus(number))


@pytest.mark.parametrize(("commits", "build"), [(20, "here"), (3, "in another process")])
def test_searches_go_on_while_a_build_commits(tmp_path: Path, commits: int, build: str) -> None:
    folder = tmp_path / "index"
    build_index(corpus(0), folder, processes=1)
    texts = tmp_path / "corpus"
    wrong: list[str] = []
    seen: Counter[int] = Counter()
    done = threading.Event()

    with served(create_app(folder)) as address:

        def ask() -> None:
            while not done.is_set():
                with urlopen(f"{address}/api/v1/search?q=%D1%81%D1%82%D0%B0%D0%BB%D1%8C&limit=50&facets=true") as reply:  # noqa: S310
                    body = json.load(reply)
                builds = {result["title"] for result in body["results"]} - {""}
                counted = sum(source["count"] for source in body["facets"]["sources"])
                numbers = {int(build.removeprefix("сб")) for build in builds}
                if len(numbers) != 1 or body["total"] != total(*numbers) or counted != body["total"]:
                    wrong.append(str(body))
                seen[body["generation"]] += 1

        clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            for number in range(1, commits + 1):
                commit(number, folder, texts, build)
                if number % 2 or number == commits:  # others are replaced while they are opened
                    until(lambda: max(seen, default=-1), number.__le__)
        finally:
            done.set()
            for client in clients:
                client.join()
    assert wrong == []
    assert max(seen) == commits
    assert len(seen) > commits // 2


def commit(number: int, folder: Path, texts: Path, build: str) -> None:
    if build == "here":
        build_index(corpus(number), folder, processes=1)
        return
    shutil.rmtree(texts, ignore_errors=True)
    texts.mkdir()
    for document in corpus(number):
        (texts / document.path).with_suffix(".md").write_text(
            f"# {document.title}\n\n{document.text}\n" if document.title else document.text, encoding="utf-8"
        )
    command = [sys.executable, "-m", "indexer.cli", "build", str(texts), "--index", str(folder), "--quiet"]
    subprocess.run(command, check=True, capture_output=True)


def test_a_request_keeps_its_generation_and_the_old_one_is_closed_after_it(tmp_path: Path) -> None:
    build_index(corpus(1), tmp_path, processes=1)
    generations = Generations(tmp_path, Limits())
    closed: list[int] = []
    with generations.current() as old:
        old.searcher.close = lambda: closed.append(old.generation)  # type: ignore[method-assign]
        build_index(corpus(2), tmp_path, processes=1)
        new = until(lambda: newest(generations), lambda generation: generation > old.generation)
        assert old.searcher.search("сталь").total == total(1)
        assert closed == []
    assert closed == [old.generation]
    assert newest(generations) == new


def found(client: TestClient) -> int:
    reply: dict[str, int] = client.get("/api/v1/search?q=сталь").json()
    return reply["total"]


def newest(generations: Generations) -> int:
    with generations.current() as current:
        return current.generation


def test_an_index_that_is_gone_is_searched_on_and_a_new_one_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    build_index(corpus(1), folder, processes=1)
    client = asking(create_app(folder))

    def ask() -> int:
        return found(client)

    assert ask() == total(1)
    shutil.rmtree(folder)
    time.sleep(0.6)  # two looks
    assert ask() == total(1)
    # The same number of generation, and yet another index.
    build_index(corpus(3), folder, processes=1)
    assert until(ask, lambda found: found == total(3))


def test_a_damaged_build_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("indexer.web.generations.AGAIN", 0.1)
    build_index(corpus(1), tmp_path, processes=1)
    client = asking(create_app(tmp_path))

    def ask() -> int:
        return found(client)

    assert ask() == total(1)
    (tmp_path / "_MAIN_99.toc").write_bytes(b"nothing")

    def ask_and_look() -> str:
        ask()
        return caplog.text

    until(ask_and_look, lambda logged: "damaged" in logged)
    assert ask() == total(1)
    (tmp_path / "_MAIN_99.toc").unlink()
    build_index(corpus(2), tmp_path, processes=1)
    assert until(ask, lambda found: found == total(2))
