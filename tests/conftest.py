"""What many tests need."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.analysis import Analyzer, russian
from indexer.settings import Settings

ROOT = Path(__file__).parents[1]


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
