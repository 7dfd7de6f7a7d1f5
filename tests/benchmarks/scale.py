"""Build and search the first N paragraphs of the scale corpus: python -m tests.benchmarks.scale 100000.

Prints what a note about size and speed needs: seconds, words a second, peak memory of all processes together, bytes,
and how long real questions take from text to ten results with marks.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer import QueryError, Searcher, build_index, open_index
from tests.benchmarks.child import processor_seconds
from tests.benchmarks.corpus import documents, questions, say
from tests.benchmarks.memory import Peak


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
        with Peak() as peak:
            report = build_index(documents(arguments.paragraphs), Path(folder), processes=arguments.processes)
        say(f"{report.documents:,} documents, {report.paragraphs:,} paragraphs, {report.words:,} words")
        say(f"{report.seconds:.1f} s, {report.words / report.seconds:,.0f} words/s, index {report.bytes / 1e6:.1f} MB")
        say(f"{processor_seconds():.1f} s of processors; all processes together took {peak.mebibytes:.0f} MiB at most")
        with open_index(Path(folder)) as searcher:
            asked = questions(arguments.questions)
            for time_of_asking in ("first", "second"):
                cuts = statistics.quantiles(latencies(searcher, asked), n=100)
                say(f"asked the {time_of_asking} time: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms")


if __name__ == "__main__":
    main()
