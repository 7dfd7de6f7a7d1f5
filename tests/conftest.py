"""What many tests need."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from indexer.analysis import Analyzer, russian
from indexer.settings import Settings

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
