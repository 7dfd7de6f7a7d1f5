"""Sets of relevance judgements in the BEIR layout, and how well an index answers them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from typing import TYPE_CHECKING

import ir_measures

from indexer import Document, QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer import Searcher


def rows(path: Path) -> list[dict[str, str]]:
    """Return the objects of a compressed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def documents(folder: Path, corpus: str = "corpus", whole: str = "_id") -> Iterator[Document]:
    """Give the documents that are judged, one paragraph a row; rows with the same `whole` make up a document."""
    texts: dict[str, list[str]] = {}
    for row in rows(folder / f"{corpus}.jsonl.gz"):
        texts.setdefault(row[whole], []).append(row["text"].replace("\n", " "))
    return (Document(path, "\n\n".join(paragraphs)) for path, paragraphs in texts.items())


def ndcg(folder: Path, searcher: Searcher) -> float:
    """Return nDCG@10, averaged over the set's queries; a document counts by its best paragraph."""
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines, delimiter="\t")
        judgements = [ir_measures.Qrel(row["query-id"], row["corpus-id"], int(row["score"])) for row in table]
    run = [
        ir_measures.ScoredDoc(row["_id"], path, score)
        for row in rows(folder / "queries.jsonl.gz")
        for path, score in _found(searcher, row["text"])
    ]
    measure = ir_measures.nDCG @ 10
    return float(ir_measures.calc_aggregate([measure], judgements, run)[measure])


def _found(searcher: Searcher, query: str) -> list[tuple[str, float]]:
    try:
        answer = searcher.search(query, per_document=True)
    except QueryError:
        return []
    return [(result.document.path, result.score) for result in answer]


def fingerprint(folder: Path) -> str:
    """Return what tells these data from others."""
    content = b"".join((folder / name).read_bytes() for name in ("corpus.jsonl.gz", "queries.jsonl.gz", "qrels.tsv"))
    return hashlib.sha256(content).hexdigest()[:16]
