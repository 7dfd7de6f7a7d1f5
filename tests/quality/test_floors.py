"""How good the answers are: floors that a change must not fall through."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from indexer.evaluation import OURS, evaluate, read_set

if TYPE_CHECKING:
    from pathlib import Path

# set → hash of its files, floor of nDCG@10; today's formula gives 0.9616 and 0.9680
FLOORS = {
    "xquad_ru": ("f0cbf9c8b416f89a", 0.961),
    "wikinews_headlines_ru": ("9953c0ceb2b63c26", 0.967),
}


def fingerprint(folder: Path) -> str:
    """Return what tells these data from others."""
    content = b"".join((folder / name).read_bytes() for name in ("corpus.jsonl.gz", "queries.jsonl.gz", "qrels.tsv"))
    return hashlib.sha256(content).hexdigest()[:16]


@pytest.mark.parametrize("name", FLOORS)
def test_floor(shared_data: Path, name: str) -> None:
    folder = shared_data / "relevance" / name
    digest, floor = FLOORS[name]
    assert fingerprint(folder) == digest, "other data than the floor was measured on"
    assert evaluate([read_set(folder)], [OURS]).estimate("nDCG@10", OURS.name).mean >= floor
