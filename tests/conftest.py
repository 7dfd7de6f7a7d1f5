"""What many tests need."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from indexer import compiled
from indexer.analysis import Analyzer, dictionary, looking, many, russian, weights
from indexer.compiled import kept
from indexer.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a test is about is said in it; how long an example takes depends on what else the machine does.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, and say so, unless it is asked for."""
    if "long" not in config.getoption("markexpr"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="takes minutes: run with -m long"))


@pytest.fixture
def among_traps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand in a folder with files that are named like modules; fails if one of them was run."""
    folder = tmp_path / "traps"
    folder.mkdir()
    told = folder / "told"
    for name in {*sys.stdlib_module_names, "indexer", "llvmlite", "numba", "numpy", "razdel"}:
        (folder / f"{name}.py").write_text(f"open({str(told)!r}, 'a').write({name!r} + ' ')", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    monkeypatch.chdir(folder)
    yield
    assert not told.exists(), f"run: {told.read_text(encoding='utf-8')}"


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return russian(Settings().analysis)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of measuring data, which is no part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"measuring data is not at {folder}")
    return folder


@pytest.fixture(scope="module", params=["arrays", "loops"])
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have words looked up by arrays, and again by loops; nothing is remembered of the other way."""
    if request.param == "loops" and not compiled.is_there():
        pytest.skip("Numba is not installed: pip install 'abzats[fast]'")
    for known in (dictionary._dictionary, many._patterns, weights._known):  # noqa: SLF001 -- what is remembered
        known.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "_are_loops_there", Event())
        if request.param == "loops":
            assert kept.are_ready(looking.loops(), make=True)
            looking._are_loops_there.set()  # noqa: SLF001 -- which takes many words otherwise
        yield
