"""Ours beside Whoosh as it comes, at sizes that the tables spare it: python -m tests.benchmarks.stock [PARAGRAPHS …].

Builds are in turns, ours before, between and behind the others; each ratio is of one turn. Whoosh is measured twice:
with the memory that its writer comes with, 128 MB, and with four times as much, which is worth it at such sizes. Then
all are asked the words of real questions that stand side by side: Whoosh leaves stop words out, so of many a pair it
looks for one word alone. The least that any pair takes is told as well, when it is asked again and again.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections import defaultdict
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.benchmarks import machine, measure, processes, table
from tests.benchmarks.asked import draw
from tests.benchmarks.corpus import DATA, MOST, questions, say, tell
from tests.benchmarks.peers import find
from tests.benchmarks.processes import Case

if TYPE_CHECKING:
    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Asker
    from tests.benchmarks.prepared import Prepared

OURS, STOCK, ROOMY, TANTIVY = "ours/whole", "stock_whoosh/stems", "stock_whoosh/512 MB", "tantivy/stems"
TURN = (OURS, STOCK, OURS, TANTIVY, ROOMY, OURS)
ASKED = (OURS, "ours/plain", TANTIVY, STOCK)
PAIR, KEPT = "2 words", "2 words, neither a stop word"
KINDS = ("1 word", PAIR, KEPT)
_AGAIN = 30


def builds(corpus: Prepared, folder: Path, turns: int) -> list[list[str]]:
    """Return a row for each turn: the seconds of each build, and how many times those of ours Whoosh took."""
    rows: list[list[str]] = []
    for _ in range(turns):
        taken: defaultdict[str, list[float]] = defaultdict(list)
        for name in TURN:
            case = Case(find(name), corpus, folder / "built")
            taken[name].append(processes.build(case).seconds)
            shutil.rmtree(case.index)
            tell(f"{case.title}: {taken[name][-1]:.2f} s")
        ours = median(taken[OURS])
        times = [", ".join(table.number(one) for one in taken[name]) for name in dict.fromkeys(TURN)]
        rows.append([*times, *(f"×{taken[name][0] / ours:.1f}" for name in (STOCK, ROOMY))])
    return rows


def latencies(corpus: Prepared, folder: Path, count: int, rounds: int) -> list[list[str]]:
    """Return a row for each asker: the median milliseconds of a search of each kind, and the least of a pair's."""
    asked = [one for one in draw(corpus, questions(), count) if one.kind in KINDS]
    kept = [replace(one, kind=KEPT) for one in asked if one.kind == PAIR and both_are_kept(one)]
    asked += kept
    with ExitStack() as stack:
        askers: dict[str, Asker] = {}
        for name in ASKED:
            case = Case(find(name), corpus, folder / name.replace("/", "-"))
            processes.build(case)
            askers |= {title: stack.enter_context(closing(case.open(one))) for title, one in case.askers.items()}
        measure.answers(askers, asked)  # warms
        times = measure.times(askers, asked, rounds, "search")
        least = {name: min(again(asker, one) for one in kept) for name, asker in askers.items()}
    medians = {name: [measure.latency(of[kind]).p50 for kind in KINDS] for name, of in times.items()}
    return [[name, *map(table.number, [*medians[name], least[name]])] for name in askers]


def both_are_kept(pair: Question) -> bool:
    """Return whether Whoosh looks for both words of a pair."""
    from whoosh.analysis import LanguageAnalyzer  # noqa: PLC0415 -- to be told how to measure it need not be there

    return len([*LanguageAnalyzer("ru")(pair.text)]) == len(pair.words)


def again(asker: Asker, pair: Question) -> float:
    """Return the milliseconds that a search takes at least, when it is repeated."""
    ready = asker.prepare(pair)
    assert ready is not None, "all have such questions"
    least = float("inf")
    for _ in range(_AGAIN):
        began = time.perf_counter()
        ready()
        least = min(least, time.perf_counter() - began)
    return 1000 * least


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stock", description=__doc__)
    parser.add_argument("paragraphs", type=int, nargs="*", default=[100_000], help=f"sizes of the corpus, to {MOST:,}")
    parser.add_argument("--turns", type=int, default=3, help="of builds")
    parser.add_argument("--questions", type=int, default=200, help="of each kind; 0: builds alone")
    parser.add_argument("--rounds", type=int, default=3, help="in which each is asked, after one that warms")
    of = parser.parse_args()
    if not DATA.is_dir():
        parser.error(f"measuring data is not at {DATA}")
    if beyond := [size for size in of.paragraphs if size > MOST]:
        parser.error(f"the corpus ends at {MOST:,} paragraphs, before {beyond[0]:,}")
    say(f"{machine.machine()}; commit {machine.commit()}.")
    for size in of.paragraphs:
        with TemporaryDirectory() as temporary:
            folder = Path(temporary)
            corpus = processes.prepared(folder / "corpus", size, with_lemmas=False)
            head = [
                *(f"{find(name).title}: s" for name in dict.fromkeys(TURN)),
                *(f"{find(name).title} / ours" for name in (STOCK, ROOMY)),
            ]
            say(f"\n{size:,} paragraphs\n\n{table.table(head, builds(corpus, folder, of.turns))}")
            if of.questions:
                head = ["p50, ms", *KINDS, "of these the least"]
                say(f"\n{table.table(head, latencies(corpus, folder, of.questions, of.rounds))}")


if __name__ == "__main__":
    main()
