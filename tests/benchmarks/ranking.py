"""What the ranking costs: the whole formula and plain BM25, python -m tests.benchmarks.ranking 100000.

Real questions, asked of both in turns, each pair in one order and then in the other; ratios of the times of a question
from text to ten paragraphs without marks, which are the same work for both.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from indexer import build_index, open_index
from indexer.compiled import is_there
from tests.benchmarks.corpus import documents, questions, say
from tests.benchmarks.peers.ours import PLAIN

if TYPE_CHECKING:
    from indexer import Searcher


def milliseconds(searcher: Searcher, question: str) -> float:
    """Return how long a question takes."""
    began = time.perf_counter()
    searcher.search(question, marks=False, rescue=False)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paragraphs", type=int)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        # An index for each: bounds made for one formula are of no use to another.
        folders = Path(folder, "whole"), Path(folder, "plain")
        build_index(documents(arguments.paragraphs), folders[0])
        build_index(documents(arguments.paragraphs), folders[1], settings=PLAIN)
        asked = questions(arguments.questions)
        with (
            open_index(folders[0], compiled=is_there()) as whole,
            open_index(folders[1], settings=PLAIN, compiled=is_there()) as plain,
        ):
            for round_ in range(arguments.rounds):
                times: list[tuple[float, float]] = []
                for number, question in enumerate(asked):
                    if number % 2:
                        times.append((milliseconds(whole, question), milliseconds(plain, question)))
                    else:
                        times.append((milliseconds(plain, question), milliseconds(whole, question))[::-1])
                cuts = [statistics.quantiles(column, n=100) for column in zip(*times, strict=True)]
                say(
                    f"round {round_ + 1}: whole p50 {cuts[0][49]:.2f} ms, p95 {cuts[0][94]:.2f}; "
                    f"plain p50 {cuts[1][49]:.2f} ms, p95 {cuts[1][94]:.2f}; "
                    f"ratio of the medians {cuts[0][49] / cuts[1][49]:.2f}, "
                    f"median of the ratios {statistics.median(one / other for one, other in times):.2f}"
                )


if __name__ == "__main__":
    main()
