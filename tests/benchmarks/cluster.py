"""The same answers on a cluster.

    python -m tests.benchmarks.cluster 100000 opensearch+http://127.0.0.1/scale FOLDER

Builds the first N paragraphs of the scale corpus in a folder and on the cluster, unless they are there, and asks both
the same real questions. Prints how long each build and each answer took, how large each index is, how much of the ten
best is the same, for how many questions the first is, and for how many the counts are.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from indexer import IndexMissing, QueryError, build_index, open_index
from tests.benchmarks.corpus import documents, questions, say

if TYPE_CHECKING:
    from indexer import Answer, Searcher

BEST = 10


def build(paragraphs: int, index: Path | str, processes: int | None) -> None:
    """Build an index, unless it has documents of some number of paragraphs already."""
    try:
        with open_index(index) as searcher:
            if searcher.status().paragraphs >= paragraphs:
                return
    except IndexMissing:
        pass
    made = list(documents(paragraphs))
    began = time.perf_counter()
    report = build_index(made, index, processes=processes)
    taken = time.perf_counter() - began
    say(f"{index}: {report.paragraphs} paragraphs, {report.words} words, {report.lemmas} lemmas")
    say(f"  built in {taken:.1f} s, {report.words / taken:.0f} words/s; {report.bytes / 2**20:.1f} MiB")


def ids(answer: Answer) -> list[str]:
    """Return the paragraphs of an answer."""
    return [result.paragraph.id for result in answer]


def quantile(taken: list[float], share: float) -> float:
    """Return how many milliseconds a share of the answers took at most."""
    return sorted(taken)[min(int(share * len(taken)), len(taken) - 1)] * 1000


def compare(here: Searcher, there: Searcher, asked: list[str]) -> None:
    """Ask both and print how alike their answers are."""
    overlaps, firsts, orders, counts, differing = [], 0, 0, 0, []
    times: tuple[list[float], list[float]] = ([], [])
    for question in asked:
        answers = []
        try:
            for searcher, taken in zip((here, there), times, strict=True):
                began = time.perf_counter()
                answers.append(searcher.search(question, limit=BEST, rescue=False))
                taken.append(time.perf_counter() - began)
        except QueryError:
            continue
        ours, theirs = map(ids, answers)
        overlap = len({*ours} & {*theirs}) / len(ours) if ours else 1.0
        overlaps.append(overlap)
        firsts += ours[:1] == theirs[:1]
        orders += ours == theirs
        counts += answers[0].total == answers[1].total and answers[0].complete == answers[1].complete
        if overlap < 1.0:
            differing.append(f"  {overlap:.1f}  {question}")
    many = len(overlaps)
    say(f"{many} questions: overlap of the ten best {statistics.mean(overlaps):.4f}, the first equal for {firsts}")
    say(f"  all ten in the same order for {orders}, counts equal for {counts}")
    for name, taken in zip(("in the folder", "on the cluster"), times, strict=True):
        say(f"  {name}: median {quantile(taken, 0.5):.1f} ms, 95th percentile {quantile(taken, 0.95):.1f} ms")
    for line in differing[:20]:
        say(line)


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paragraphs", type=int)
    parser.add_argument("cluster")
    parser.add_argument("folder", type=Path, help="of the embedded engine's index")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--questions", type=int, default=500)
    arguments = parser.parse_args()
    build(arguments.paragraphs, arguments.folder, arguments.processes)
    build(arguments.paragraphs, arguments.cluster, arguments.processes)
    with open_index(arguments.folder) as here, open_index(arguments.cluster) as there:
        compare(here, there, questions(arguments.questions))


if __name__ == "__main__":
    main()
