"""How long it takes from the text of a query to marked snippets, and what of it is not the engine's.

    python -m tests.benchmarks.asking INDEX QUESTIONS [--start]

QUESTIONS is a text with a question at the end of each line, after a tab if there is one; it may be compressed. Only
questions count of which no word has been asked before, but for words that ask or join. Each figure is the median and
the 95th percentile, in milliseconds of the processor, for a machine does other things as well. With --start, processes
are started instead: `abzats search` and its like beside an empty one and one that only imports NumPy, in turns; these
are milliseconds of the clock.
"""

from __future__ import annotations

import argparse
import gzip
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from indexer import open_index
from indexer.analysis.fold import fold
from indexer.analysis.light import is_light
from indexer.analysis.tokenize import words
from indexer.backends.whoosh.search import WhooshEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from indexer import Searcher

RUNS = 12  # of each process
PYTHON = [sys.executable, "-c"]
ABZATS = [str(Path(sys.executable).with_name("abzats"))]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("index", type=Path)
    asked.add_argument("questions", type=Path)
    asked.add_argument("--start", action="store_true")
    typed = asked.parse_args()
    if typed.start:
        tell_starts(typed.index)
    else:
        tell_questions(typed.index, list(of_new_words(questions(typed.questions))))


def questions(path: Path) -> list[str]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return [line.rpartition("\t")[2] for line in text.splitlines()]


def of_new_words(asked: Iterable[str]) -> Iterator[str]:
    """Give the questions none of whose words is a word of an earlier one; light words do not count."""
    met: set[str] = set()
    for question in asked:
        own = {form for form in map(fold, words(question)) if not is_light(form)}
        if met.isdisjoint(own):
            yield question
        met |= own


def tell_questions(index: Path, asked: list[str]) -> None:
    first, *new = asked
    with open_index(index) as searcher:
        searcher.search(first)  # tables and the dictionary are opened
        sys.stdout.write(f"{len(new)} questions of {sum(len(words(one)) for one in new) / len(new):.1f} words\n")
        tell("understand, new words", searcher.understand, new)
        tell("understand, again", searcher.understand, new)
    with open_index(index) as searcher:
        searcher.search(first)
        tell("search, new words", searcher.search, new)
        tell("search, again", searcher.search, new)
        tell("the same without marks", partial(searcher.search, marks=False), new)
    for name, times in parts(index, asked).items():
        tell_times(f"of a search for new words: {name}", times)


def parts(index: Path, asked: list[str]) -> dict[str, list[float]]:
    """Return how long each question takes in the engine's ranking and in everything else."""
    with open_index(index) as searcher:
        ranking = Timed(searcher)
        times: dict[str, list[float]] = {"ranking": [], "all the rest": []}
        for question in asked:
            ranking.spent = 0.0
            whole = timed(searcher.search, question)
            times["ranking"].append(ranking.spent)
            times["all the rest"].append(whole - ranking.spent)
    return {name: some[1:] for name, some in times.items()}


class Timed:
    """Sums up what the engine of a searcher takes to rank."""

    def __init__(self, searcher: Searcher) -> None:
        self.spent = 0.0
        engine = searcher._engine  # noqa: SLF001 -- what is measured is no part of what is promised
        assert isinstance(engine, WhooshEngine)
        self._rank = engine.rank
        engine.rank = self.rank  # type: ignore[method-assign, assignment]

    def rank(self, *arguments: object, **options: object) -> object:
        start = thread_time()
        try:
            return self._rank(*arguments, **options)  # type: ignore[arg-type]
        finally:
            self.spent += (thread_time() - start) * 1000


def tell(name: str, ask: Callable[[str], object], asked: list[str]) -> None:
    tell_times(name, [timed(ask, question) for question in asked])


def tell_times(name: str, times: list[float]) -> None:
    sys.stdout.write(f"{name:<45} {median(times):7.2f} {quantiles(times, n=20)[-1]:7.2f}\n")


def timed(ask: Callable[[str], object], question: str) -> float:
    start = thread_time()
    ask(question)
    return (thread_time() - start) * 1000


def tell_starts(index: Path) -> None:
    of_index = ["--index", str(index)]
    commands = {
        "an empty process": [*PYTHON, "pass"],
        "import numpy": [*PYTHON, "import numpy"],
        "abzats search": [*ABZATS, "search", "сельское хозяйство", *of_index],
        "abzats status": [*ABZATS, "status", *of_index],
        "abzats --help": [*ABZATS, "--help"],
        "abzats --version": [*ABZATS, "--version"],
    }
    # Modules are compiled when they are installed; those of a folder that is worked in are by the first run.
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS + 1):
        for name, command in commands.items():
            start = perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=compiled)
            times[name].append((perf_counter() - start) * 1000)
    for name, some in times.items():
        tell_times(name, some[1:])  # the first run warms the file cache


if __name__ == "__main__":
    main()
