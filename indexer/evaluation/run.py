"""Sets × systems → an Evaluation."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.evaluation.metrics import apart, estimate, measure, measures_library
from indexer.evaluation.systems import Bench
from indexer.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indexer.evaluation.judgements import JudgedSet
    from indexer.evaluation.metrics import Estimate, Values
    from indexer.evaluation.systems import Found, System


class Step(NamedTuple):
    """How far an evaluation has come."""

    set: str
    system: str
    done: int  # queries answered
    total: int


@frozen
class Outcome:
    """What a system answered, and what that is worth."""

    run: dict[str, Found]  # id of a query → documents
    values: Values


@frozen
class SetOutcome:
    """What the systems made of a set."""

    judged: JudgedSet
    outcomes: dict[str, Outcome]  # by the name of the system

    def values(self, measure: str, system: str) -> np.ndarray:
        """Return what a system reached on each query, in the order of the set's queries."""
        values = self.outcomes[system].values[measure]
        return np.array([values[query] for query in self.judged.queries])

    def estimate(self, measure: str, system: str) -> Estimate:
        """Return the mean of a measure, with its interval."""
        return estimate([self.values(measure, system)])


@frozen
class Evaluation:
    """What the systems made of all sets."""

    systems: tuple[str, ...]
    sets: tuple[SetOutcome, ...]

    def estimate(self, measure: str, system: str) -> Estimate:
        """Return the mean of a measure averaged over the sets, which count alike, with its interval."""
        return estimate([outcome.values(measure, system) for outcome in self.sets])


def evaluate(
    sets: Iterable[JudgedSet],
    systems: Sequence[System],
    *,
    processes: int | None = None,
    progress: Callable[[Step], None] = lambda _step: None,
) -> Evaluation:
    """Have each system answer the queries of each set, and measure the answers.

    Indexes are built in a temporary folder, on `processes` cores (default: all). `progress` is told before each query.

    MeasuresMissing if ir-measures is not installed; the failures of build_index.
    """
    measures_library()  # before the work, not after it
    names = tuple(system.name for system in systems)
    outcomes = tuple(_outcome(judged, systems, processes, progress) for judged in sets)
    return Evaluation(names, outcomes)


def _outcome(
    judged: JudgedSet, systems: Sequence[System], processes: int | None, progress: Callable[[Step], None]
) -> SetOutcome:
    found = {}
    with TemporaryDirectory(prefix="abzats-") as folder:
        bench = Bench(judged, Path(folder), processes)
        for system in systems:
            run = dict(_counted(judged, system, bench, progress))
            found[system.name] = Outcome(run, measure(judged.grades, run))
    return SetOutcome(judged, found)


def _counted(
    judged: JudgedSet, system: System, bench: Bench, progress: Callable[[Step], None]
) -> Iterator[tuple[str, Found]]:
    progress(Step(judged.name, system.name, 0, len(judged.queries)))
    for done, answer in enumerate(system.answers(bench), 1):
        yield answer
        progress(Step(judged.name, system.name, done, len(judged.queries)))


def trec_lines(run: dict[str, Found], system: str) -> Iterator[str]:
    """Give the lines of a run as trec_eval reads it; its scores are those that were measured.

    >>> list(trec_lines({"q1": (("a b", 2.0), ("c", 1.5))}, "abzats"))
    ['q1 Q0 a_b 1 2.0 abzats', 'q1 Q0 c 2 1.5 abzats']
    """
    for query, found in run.items():
        for rank, (path, score) in enumerate(apart(found), 1):
            yield f"{_one_column(query)} Q0 {_one_column(path)} {rank} {score!r} {system}"


def _one_column(id_: str) -> str:
    return "_".join(id_.split()) or "_"
