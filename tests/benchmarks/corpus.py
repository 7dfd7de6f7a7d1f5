"""What is measured with: the scale corpus, real questions, and where it is told what came of it and how far it is."""

from __future__ import annotations

import gzip
import json
import lzma
import sys
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
MOST = 1_000_000  # paragraphs that the scale corpus has


def documents(paragraphs: int) -> Iterator[Document]:
    """Give the documents that the first paragraphs of the corpus belong to."""
    with lzma.open(DATA / "scale" / "paragraphs.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows: Iterator[dict[str, Any]] = map(json.loads, islice(lines, paragraphs))
        for path, group in groupby(rows, key=lambda row: row["doc"]):
            of_document = list(group)
            text = "\n\n".join(row["text"] for row in of_document)
            yield Document(path, text, title=of_document[0]["title"])


def questions(count: int | None = None, *, name: str = "miracl_ru_dev") -> list[str]:
    """Return real questions."""
    with gzip.open(DATA / "queries" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t")[-1] for line in islice(lines, count)]


def say(line: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def tell(line: str) -> None:
    """Print how far it has come, beside the result."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
