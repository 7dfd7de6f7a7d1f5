"""What takes the folder of an index takes the address of one on a cluster."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from indexer import Document, build_index, open_index
from indexer.web.app import create_app
from tests.opensearch.running import new_index, remove

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer import Cluster

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def index() -> Iterator[Cluster]:
    where = new_index()
    assert abzats("build", str(CORPUS), where).startswith("The index is ready in ")
    yield where
    remove(where)


def abzats(command: str, argument: str, index: Cluster) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "indexer.cli", *command.split(), argument, "--index", str(index)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    build_index(CORPUS, folder, processes=1)
    return folder


@pytest.mark.parametrize(
    ("command", "argument"),
    [
        ("search --json -n 5", "закалка стали"),
        ("search --explain", "путь из варяг в греки"),
        ("search --count", "автор:пушкин | медведь"),
        ("search -l", "в"),
        ("search --sort date", "река"),
        ("search --parse", "стали -вино*"),
        ("show --json", "industry/steel.md"),
        ("forms", "сталь"),
        ("quote", "Закалка стали основана на том, что её кристаллы умеют"),
    ],
)
def test_the_commands_say_the_same(index: Cluster, folder: Path, command: str, argument: str) -> None:
    here = subprocess.run(
        [sys.executable, "-m", "indexer.cli", *command.split(), argument, "--index", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert abzats(command, argument, index) == here.stdout


def test_status_says_the_same_of_the_texts(index: Cluster, folder: Path) -> None:
    there = json.loads(abzats("status", "--json", index))
    with open_index(folder) as searcher:
        here = searcher.status()
    for name in ("documents", "paragraphs", "words", "lemmas", "sources", "corpus"):
        assert there[name] == getattr(here, name), name


def test_the_server_searches_a_cluster_and_notices_a_new_build(index: Cluster) -> None:
    del index
    where = new_index()
    build_index([Document("1", "Закалка стали.")], where, processes=1)
    with TestClient(create_app(where), base_url="http://127.0.0.1") as client:

        def found(query: str) -> int:
            return int(client.get("/api/v1/search", params={"q": query, "rescue": "false"}).json()["total"])

        assert found("сталь") == 1
        assert client.get("/", params={"q": "сталь"}).status_code == 200
        build_index([Document("1", "Вино."), Document("2", "Вина.")], where, processes=1)
        for _ in range(100):
            if found("вино") == 2:
                break
        assert (found("вино"), found("сталь")) == (2, 0)
    remove(where)
