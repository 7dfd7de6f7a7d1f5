"""All that is measured of one corpus, in order: builds, first answers, latencies, throughput."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks import measure, peers, processes
from tests.benchmarks.peers.ours import PLAIN_ASKER, SYSTEMS, group_bytes
from tests.benchmarks.processes import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from tests.benchmarks.asked import Question
    from tests.benchmarks.measure import Found, Times
    from tests.benchmarks.peers.base import System
    from tests.benchmarks.prepared import Facts, Prepared
    from tests.benchmarks.processes import Built

_OURS = SYSTEMS
INTERPRETER = "Python and this program alone"


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured."""

    rounds: int = 2  # in which every question is asked, after one that warms
    builds: int = 1  # of each index, in turns
    starts: int = 5  # of processes, for the first answer
    seconds: float = 3.0  # of throughput


@dataclass(slots=True)
class Results:
    """What was measured; askers and systems by what the tables call them."""

    facts: Facts
    facts_of: dict[str, Facts] = field(default_factory=dict)  # of the corpus of each system
    base_of: dict[str, str] = field(default_factory=dict)  # asker → ours over the same corpus, with the same formula
    built: dict[str, Built] = field(default_factory=dict)
    groups: Counter[str] = field(default_factory=Counter)  # bytes of our index
    first: dict[str, float] = field(default_factory=dict)  # seconds
    search: Times = field(default_factory=dict)
    text: Times = field(default_factory=dict)
    found: Found = field(default_factory=dict)
    throughput: dict[str, dict[int, float]] = field(default_factory=dict)  # asker → processes → questions a second
    versions: dict[str, str] = field(default_factory=dict)  # system → library and version
    left_out: list[str] = field(default_factory=list)  # systems, with the reason
    doubts: list[str] = field(default_factory=list)


def installed(modules: Sequence[str]) -> tuple[list[System], list[str]]:
    """Return the systems of modules, and of what is left out the reason."""
    found: list[System] = []
    left_out = []
    for module in modules:
        try:
            found += peers.systems(module)
        except peers.NotInstalled as missing:
            left_out.append(f"{module}: {missing}")
    return found, left_out


def cases(systems: Iterable[System], prepared: Callable[[int], Prepared], paragraphs: int, folder: Path) -> list[Case]:
    """Return the cases; systems that do not bear the corpus get its first paragraphs, and ours gets these as well."""
    found: list[Case] = []
    for system in systems:
        if system.bears is None or system.bears >= paragraphs:
            found.append(Case(system, prepared(paragraphs), folder / f"index-{len(found)}"))
            continue
        sign = f" (first {system.bears:,})"
        corpus = prepared(system.bears)
        if not any(case.system in _OURS and case.sign == sign for case in found):
            found += [
                Case(ours, corpus, folder / f"index-{at}", sign) for at, ours in enumerate(_OURS, start=len(found))
            ]
        found.append(Case(system, corpus, folder / f"index-{len(found)}", sign))
    return found


def run(of: Sequence[Case], questions: Sequence[Question], options: Options, say: Callable[[str], None]) -> Results:
    """Measure everything."""
    results = Results(of[0].corpus.facts)
    for case in of:
        results.facts_of[case.title] = case.corpus.facts
        for asker in case.askers:
            results.base_of[asker] = f"{PLAIN_ASKER}{case.sign}"
    _build(of, options, results, say)
    results.groups = group_bytes(of[0].index)
    asked = [question.words for question in questions if question.kind == "question"]
    _first_answers(of, asked, options, results, say)
    _latencies(of, questions, options, results, say)
    _throughput(of, asked, options, results, say)
    results.doubts = list(measure.doubts(results.found))
    return results


def _build(of: Sequence[Case], options: Options, results: Results, say: Callable[[str], None]) -> None:
    built: dict[str, list[Built]] = defaultdict(list)
    for turn in range(options.builds):
        for case in _rotated(of, turn):
            shutil.rmtree(case.index, ignore_errors=True)
            built[case.title].append(processes.build(case))
            say(f"built {case.title}: {built[case.title][-1].seconds:.1f} s")
    for case in of:
        times = built[case.title]
        results.built[case.title] = replace(
            times[-1],
            seconds=median(one.seconds for one in times),
            processor=median(one.processor for one in times),
            peak=max(one.peak for one in times),
        )


def _first_answers(
    of: Sequence[Case], asked: list[tuple[str, ...]], options: Options, results: Results, say: Callable[[str], None]
) -> None:
    taken: dict[str, list[float]] = defaultdict(list)
    for turn in range(options.starts):
        question = asked[turn % len(asked)]
        taken[INTERPRETER].append(processes.interpreter())
        for case in _rotated(of, turn):
            for name, asker in case.askers.items():
                taken[name].append(processes.first_answer(case, asker, question))
    order = [INTERPRETER, *(name for case in of for name in case.askers)]
    results.first = {name: median(taken[name]) for name in order}
    say("first answers measured")


def _latencies(
    of: Sequence[Case], questions: Sequence[Question], options: Options, results: Results, say: Callable[[str], None]
) -> None:
    with ExitStack() as stack:
        askers = {
            name: stack.enter_context(closing(case.open(asker))) for case in of for name, asker in case.askers.items()
        }
        results.found = measure.answers(askers, questions)
        say("all asked once")
        results.search = measure.times(askers, questions, options.rounds, "search")
        say("searches measured")
        results.text = measure.times(askers, questions, options.rounds, "text")
        say("answers from text measured")


def _throughput(
    of: Sequence[Case], asked: list[tuple[str, ...]], options: Options, results: Results, say: Callable[[str], None]
) -> None:
    results.throughput = {name: {} for case in of for name in case.askers}
    for count in (1, 2):
        for case in _rotated(of, count):
            for name, asker in case.askers.items():
                rate = processes.throughput(case, asker, asked, count, options.seconds)
                results.throughput[name][count] = rate
    say("throughput measured")


def _rotated(of: Sequence[Case], by: int) -> list[Case]:
    start = by % len(of)
    return [*of[start:], *of[:start]]
