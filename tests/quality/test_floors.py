"""How good the answers are: floors that a change must not fall through."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from typing import TYPE_CHECKING

import ir_measures
import pytest

from indexer import Document, Settings, build_index, open_index
from indexer.settings import Reading

if TYPE_CHECKING:
    from pathlib import Path

# set → hash of its files, floor of nDCG@10; what the formula gives today is 0.0005 above at the most
FLOORS = {
    "xquad_ru": ("f0cbf9c8b416f89a", 0.961),
    "wikinews_headlines_ru": ("9953c0ceb2b63c26", 0.967),
}
WHOLE = Settings(reading=Reading(longest_paragraph=1_000_000))  # what is judged is the document, not a piece of it


@pytest.mark.parametrize("name", FLOORS)
def test_floor(shared_data: Path, tmp_path: Path, name: str) -> None:
    folder = shared_data / "relevance" / name
    digest, floor = FLOORS[name]
    assert fingerprint(folder) == digest, "other data than the floor was measured on"
    documents = [Document(row["_id"], row["text"].replace("\n", " ")) for row in rows(folder / "corpus.jsonl.gz")]
    build_index(documents, tmp_path, settings=WHOLE)
    with open_index(tmp_path, settings=WHOLE) as searcher:
        run = [
            ir_measures.ScoredDoc(row["_id"], result.document.path, result.score)
            for row in rows(folder / "queries.jsonl.gz")
            for result in searcher.search(row["text"])
        ]
    reached = ir_measures.calc_aggregate([ir_measures.nDCG @ 10], judgements(folder), run)[ir_measures.nDCG @ 10]
    assert reached >= floor


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def judgements(folder: Path) -> list[ir_measures.Qrel]:
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines, delimiter="\t")
        return [ir_measures.Qrel(row["query-id"], row["corpus-id"], int(row["score"])) for row in table]


def fingerprint(folder: Path) -> str:
    content = b"".join((folder / name).read_bytes() for name in ("corpus.jsonl.gz", "queries.jsonl.gz", "qrels.tsv"))
    return hashlib.sha256(content).hexdigest()[:16]
