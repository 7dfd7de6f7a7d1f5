"""How good the answers are: floors that a change must not fall through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer import Settings, build_index, open_index
from indexer.settings import Reading
from tests.quality import judged

if TYPE_CHECKING:
    from pathlib import Path

# set → hash of its files, floor of nDCG@10; today's formula gives 0.9616 and 0.9680
FLOORS = {
    "xquad_ru": ("f0cbf9c8b416f89a", 0.961),
    "wikinews_headlines_ru": ("9953c0ceb2b63c26", 0.967),
}
WHOLE = Settings(reading=Reading(longest_paragraph=1_000_000))  # what is judged is not cut into pieces


@pytest.mark.parametrize("name", FLOORS)
def test_floor(shared_data: Path, tmp_path: Path, name: str) -> None:
    folder = shared_data / "relevance" / name
    digest, floor = FLOORS[name]
    assert judged.fingerprint(folder) == digest, "other data than the floor was measured on"
    build_index(judged.documents(folder), tmp_path, settings=WHOLE)
    with open_index(tmp_path, settings=WHOLE) as searcher:
        assert judged.ndcg(folder, searcher) >= floor
