"""How good the ranking is on a set that it was not tuned on: python -m tests.quality.crossvalidation [--jobs 2].

Each number of the formula is chosen by coordinate ascent on four of the five sets, and what comes out is measured on
the one left out; then on all five, which is what settings.py has. Some hundred queries of a set choose, evenly spaced,
and all of them measure, by the same search as ever. It takes some twenty minutes on two cores.

Only ru_codes_law has titles that could match (those of xquad_ru are English). Where it is left out nothing can choose
their weight, and it stays where it starts, at 1: a title as good as a text.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from indexer import open_index
from indexer.errors import QueryError
from indexer.evaluation import WHOLE, JudgedSet, changed, read_set
from indexer.evaluation.metrics import measure
from indexer.evaluation.systems import Bench
from tests.quality.sweep import RELEVANCE, SETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indexer.settings import Settings

Chosen: TypeAlias = "tuple[float, ...]"  # a value for each number, in the order of TRIED

DEPTH = 10  # documents of an answer: nDCG@10 looks no farther
ROUNDS = 2  # of the ascent
CHOOSING = 300  # queries of a set, at least
START: Chosen = (1.2, 0.75, 0.2, 0.5, 1.0, 0.2, 0.5)
TRIED = {
    "ranking.k1": (0.3, 0.5, 0.7, 0.9, 1.2),
    "ranking.b": (0.65, 0.75, 0.85, 0.95),
    "ranking.adjacency": (0.1, 0.15, 0.2, 0.25, 0.3),
    "ranking.light": (0.0, 0.2, 0.3, 0.5, 1.0),
    "ranking.title": (0.7, 1.0, 1.4),
    "ranking.lead": (0.0, 0.2, 0.35, 0.5, 0.7),
    "asking.relative": (0.3, 0.5, 0.7, 0.85),
}


class Reached(NamedTuple):
    """What one choice of numbers reaches on one set."""

    set: str
    chosen: Chosen
    score: float


class Measured:
    """Measures choices on sets, each once, on several cores."""

    def __init__(self, indexes: dict[str, Path], jobs: ProcessPoolExecutor) -> None:
        self._indexes = indexes
        self._jobs = jobs
        self._known: dict[tuple[str, Chosen], float] = {}

    def average(self, sets: Iterable[str], choices: Iterable[Chosen]) -> dict[Chosen, float]:
        """Return the mean over sets for each choice."""
        sets, choices = tuple(sets), tuple(dict.fromkeys(choices))
        wanted = [pair for pair in product(sets, choices) if pair not in self._known]
        tasks = [(name, chosen, str(self._indexes[name]), CHOOSING) for name, chosen in wanted]
        for reached in self._jobs.map(reach, *zip(*tasks, strict=True)) if tasks else ():
            self._known[reached.set, reached.chosen] = reached.score
        return {chosen: float(np.mean([self._known[name, chosen] for name in sets])) for chosen in choices}

    def on_all_queries(self, name: str, chosen: Chosen) -> float:
        """Return what a choice reaches on a set."""
        return self._jobs.submit(reach, name, chosen, str(self._indexes[name]), None).result().score


@cache
def judged(name: str) -> JudgedSet:
    """Return a set; each process reads it once."""
    return read_set(RELEVANCE / name)


def settings_of(chosen: Chosen) -> Settings:
    """Return the settings with these numbers."""
    settings = WHOLE
    for name, value in zip(TRIED, chosen, strict=True):
        settings = changed(settings, f"{name}={value}")
    return settings


def reach(name: str, chosen: Chosen, index: str, queries: int | None) -> Reached:
    """Measure one choice on one set, by as many of its queries at least or by all."""
    settings = settings_of(chosen)
    every = max(1, len(judged(name).queries) // queries) if queries else 1
    asked = dict(list(judged(name).queries.items())[::every])
    run = {}
    with open_index(Path(index), settings=settings) as searcher:
        for query, text in asked.items():
            try:
                answer = searcher.search(text, per_document=True, limit=DEPTH, marks=False)
            except QueryError:
                continue
            run[query] = tuple((result.document.path, float(result.score)) for result in answer)
    values = measure(judged(name).grades, run)["nDCG@10"]
    return Reached(name, chosen, float(np.mean([values[query] for query in asked])))


def ascend(average: Callable[[Iterable[Chosen]], dict[Chosen, float]]) -> Chosen:
    """Return the best choice that is reached by changing one number after another."""
    best = START
    for _ in range(ROUNDS):
        before = best
        for place, values in enumerate(TRIED.values()):
            choices = [(*best[:place], value, *best[place + 1 :]) for value in values]
            reached = average([best, *choices])
            best = max(reached, key=lambda chosen: round(reached[chosen], 5))  # of equal ones, the one it has
        if best == before:
            break
    return best


def main() -> None:
    """Print a row for each set left out: the numbers chosen without it, and what they reach on it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="abzats-") as folder, ProcessPoolExecutor(arguments.jobs) as jobs:
        indexes = {name: Bench(judged(name), Path(folder) / name).index(WHOLE) for name in SETS}
        measured = Measured(indexes, jobs)
        sys.stdout.write(f"{'left out':>22}  {'  '.join(TRIED)}  nDCG@10\n")
        scores = []
        for left in ("", *SETS):
            others = [name for name in SETS if name != left]
            best = ascend(lambda choices, others=others: measured.average(others, choices))  # type: ignore[misc]
            score = float(np.mean([measured.on_all_queries(name, best) for name in ([left] if left else SETS)]))
            scores += [score] if left else []
            row = "  ".join(f"{value:>{len(name)}g}" for name, value in zip(TRIED, best, strict=True))
            sys.stdout.write(f"{left or 'none':>22}  {row}  {score:.4f}\n")
            sys.stdout.flush()
        sys.stdout.write(f"average of those left out: {np.mean(scores):.4f}\n")


if __name__ == "__main__":
    main()
