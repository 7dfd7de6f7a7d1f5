"""Build and search the first N paragraphs of the scale corpus: python -m tests.benchmarks.scale 100000.

Prints what a note about size and speed needs: seconds, words a second, peak memory, bytes, and how long real questions
take from text to ten results with marks.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import resource
import statistics
import sys
import time
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from indexer import Document, QueryError, Searcher, build_index, open_index

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parents[3] / "shared" / "data"


def documents(paragraphs: int) -> Iterator[Document]:
    """Give the documents that the first paragraphs of the corpus belong to."""
    with lzma.open(DATA / "scale" / "paragraphs.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows: Iterator[dict[str, Any]] = map(json.loads, islice(lines, paragraphs))
        for path, group in groupby(rows, key=lambda row: row["doc"]):
            of_document = list(group)
            text = "\n\n".join(row["text"] for row in of_document)
            yield Document(path, text, title=of_document[0]["title"])


def questions(count: int) -> list[str]:
    """Return real questions."""
    with gzip.open(DATA / "queries" / "miracl_ru_dev.tsv.gz", "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t")[-1] for line in islice(lines, count)]


def latencies(searcher: Searcher, asked: list[str]) -> list[float]:
    """Return how many milliseconds each question took."""
    taken = []
    for question in asked:
        began = time.perf_counter()
        try:
            searcher.search(question)
        except QueryError:
            continue
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paragraphs", type=int)
    parser.add_argument("--processes", type=int)
    parser.add_argument("--questions", type=int, default=500)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        report = build_index(documents(arguments.paragraphs), Path(folder), processes=arguments.processes)
        usage = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        say(f"{report.documents:,} documents, {report.paragraphs:,} paragraphs, {report.words:,} words")
        say(f"{report.seconds:.1f} s, {report.words / report.seconds:,.0f} words/s, index {report.bytes / 1e6:.1f} MB")
        say(f"peak memory: {usage[0]:.0f} MiB, and {usage[1]:.0f} MiB the largest worker")
        with open_index(Path(folder)) as searcher:
            asked = questions(arguments.questions)
            for time_of_asking in ("first", "second"):
                cuts = statistics.quantiles(latencies(searcher, asked), n=100)
                say(f"asked the {time_of_asking} time: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms")


def say(line: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
