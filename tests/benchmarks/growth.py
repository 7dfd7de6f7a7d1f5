"""What a larger corpus costs ours and tantivy: python -m tests.benchmarks.growth [PARAGRAPHS …] [--write].

Each size is the first so many paragraphs of the scale corpus, which has a million; it is not repeated beyond, for the
same words again would make no new postings lists. With --write the plot is kept beside the map, and the figures in
results/.
"""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.benchmarks import machine, measure, processes, table
from tests.benchmarks.__main__ import RESULTS
from tests.benchmarks.asked import Question, words
from tests.benchmarks.corpus import DATA, MOST, ROOT, questions, say, tell
from tests.benchmarks.peers import find
from tests.benchmarks.processes import Case

if TYPE_CHECKING:
    from tests.benchmarks.measure import Latency
    from tests.benchmarks.processes import Built

SIZES = (10_000, 30_000, 100_000, 300_000, MOST)
SYSTEMS = ("ours/whole", "ours/plain", "tantivy/stems")
PLOT = ROOT / "indexer" / "growth.png"


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured of one size."""

    paragraphs: int
    bytes: int  # of the text
    built: dict[str, Built]  # by system
    search: dict[str, Latency]  # of real questions, by asker


def point(size: int, asked: list[Question], rounds: int) -> Point:
    """Build and ask over the first so many paragraphs."""
    with TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        corpus = processes.prepared(folder / "corpus", size, with_lemmas=False)
        cases = [Case(find(name), corpus, folder / name.replace("/", "-")) for name in SYSTEMS]
        built = {case.title: processes.build(case) for case in cases}
        askers = {
            name: stack.enter_context(closing(case.open(asker)))
            for case in cases
            for name, asker in case.askers.items()
        }
        measure.answers(askers, asked)  # warms
        times = measure.times(askers, asked, rounds, "search")
        search = {name: measure.latency(kinds["question"]) for name, kinds in times.items()}
        return Point(corpus.facts.paragraphs, corpus.facts.bytes, built, search)


def markdown(points: list[Point]) -> str:
    """Return a table of all sizes."""
    systems, askers = list(points[0].built), list(points[0].search)
    head = ["paragraphs", *(f"{name}: s" for name in systems), *(f"{name}: p50 / p95 ms" for name in askers)]
    rows = [
        [
            f"{one.paragraphs:,}",
            *(table.number(one.built[name].seconds) for name in systems),
            *(f"{table.number(one.search[name].p50)} / {table.number(one.search[name].p95)}" for name in askers),
        ]
        for one in points
    ]
    return (
        f"# Cost and size of the corpus, {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"{machine.machine()}; commit {machine.commit()}. "
        f"Seconds of a build; milliseconds of a search for real questions.\n\n{table.table(head, rows)}\n"
    )


def plot(points: list[Point], path: Path) -> None:
    """Draw builds on the left, searches on the right."""
    from matplotlib.figure import Figure  # noqa: PLC0415 -- the figures can be had without it

    figure = Figure(figsize=(12, 5.5), layout="constrained")
    builds, searches = figure.subplots(1, 2)
    sizes = [one.paragraphs for one in points]
    for name in points[0].built:
        builds.plot(sizes, [one.built[name].seconds for one in points], marker="o", label=name)
    for name in points[0].search:
        [line] = searches.plot(sizes, [one.search[name].p50 for one in points], marker="o", label=f"{name}, median")
        slow = [one.search[name].p95 for one in points]
        searches.plot(sizes, slow, ":", marker=".", color=line.get_color(), label=f"{name}, 95th percentile")
    for axes, unit in ((builds, "build, s"), (searches, "search for a real question, ms")):
        axes.set(xscale="log", yscale="log", xlabel="paragraphs", ylabel=unit)
        axes.grid(visible=True, which="major", alpha=0.3)
        # Below the axes: wherever it stands within, it hides one of eight lines.
        axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2)
    figure.suptitle(f"{machine.machine()}; {datetime.now(UTC):%Y-%m-%d}", fontsize="small")
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure, print and perhaps draw."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__)
    parser.add_argument("paragraphs", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if not DATA.is_dir():
        parser.error(f"measuring data is not at {DATA}")
    if beyond := [size for size in arguments.paragraphs if size > MOST]:
        parser.error(f"the corpus ends at {MOST:,} paragraphs, before {beyond[0]:,}")
    real = Random(1).sample(questions(), arguments.questions)  # noqa: S311 -- no secret
    asked = [Question("question", "any", tuple(found)) for text in real if (found := words(text))]
    points = []
    for size in arguments.paragraphs:
        points.append(point(size, asked, arguments.rounds))
        tell(f"{size:,} paragraphs measured")
    document = markdown(points)
    say(document)
    if arguments.write:
        plot(points, PLOT)
        RESULTS.mkdir(exist_ok=True)
        today = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-growth"
        today.with_suffix(".md").write_text(document, encoding="utf-8")
        today.with_suffix(".json").write_text(json.dumps([*map(asdict, points)], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
