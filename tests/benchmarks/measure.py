"""Questions asked of all systems in turns, and what the times say."""

from __future__ import annotations

import gc
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Asker, Ready

Level: TypeAlias = Literal["search", "text"]  # a query made before → ten hits; what is typed → hits, snippets

_IN_A_ROW = 20  # questions
NON_EMPTY = 0.9  # of the answers to questions that were taken from the corpus; a stem may have lost its word


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(slots=True)
class Answers:
    """What a system found for questions of one kind."""

    rows: dict[int, list[int]] = field(default_factory=dict)  # by the number of the question
    found: list[bool] = field(default_factory=list)  # of those that have an answer: whether it was not empty

    @property
    def non_empty(self) -> float:
        """The share of questions with rows found."""
        return statistics.fmean(bool(rows) for rows in self.rows.values())


Times: TypeAlias = "dict[str, dict[str, list[float]]]"  # asker → kind → milliseconds
Found: TypeAlias = "dict[str, dict[str, Answers]]"  # likewise


def answers(askers: Mapping[str, Asker], questions: Sequence[Question]) -> Found:
    """Return what each asker finds; it is also the warming of whatever is warm in the measured rounds."""
    found: Found = {name: defaultdict(Answers) for name in askers}
    for number, question in enumerate(questions):
        for name, asker in askers.items():
            ready = asker.prepare(question)
            if ready:
                rows = asker.rows(ready())
                of_kind = found[name][question.kind]
                of_kind.rows[number] = rows
                if question.found:
                    of_kind.found.append(bool(rows))
                asker.ask(question)
    return found


def times(askers: Mapping[str, Asker], questions: Sequence[Question], rounds: int, level: Level) -> Times:
    """Return how long each question took each asker; in turns all are asked some questions, in an order drawn anew.

    Some and not one: no program has another engine search between two questions, so that each finds the processor's
    caches full of the other's code. Of 300,000 paragraphs that took ours by plain BM25 1.25 of the time, and tantivy
    1.04. A mere rotation would leave everybody behind the same neighbour: “ten best only” would always find its
    postings in the cache, where “counting”, which reads the same file, has just brought them.
    """
    random = Random(1)  # noqa: S311 -- no secret
    calls = {name: [_call(asker, question, level) for question in questions] for name, asker in askers.items()}
    taken: Times = {name: defaultdict(list) for name in askers}
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for start in range(0, len(questions), _IN_A_ROW):
            some = slice(start, start + _IN_A_ROW)
            for name in random.sample(list(askers), len(askers)):
                for question, call in zip(questions[some], calls[name][some], strict=True):
                    if call is None:
                        continue
                    began = time.perf_counter()
                    call()
                    taken[name][question.kind].append((time.perf_counter() - began) * 1000)
    gc.unfreeze()
    return taken


def _call(asker: Asker, question: Question, level: Level) -> Ready | None:
    ready = asker.prepare(question)
    return _asking(asker, question) if ready and level == "text" else ready


def _asking(asker: Asker, question: Question) -> Callable[[], object]:
    return lambda: asker.ask(question)


def latency(taken: Sequence[float]) -> Latency:
    """Return the percentiles of times.

    >>> latency([1.0, 2.0, 3.0])
    Latency(p50=2.0, p95=2.9, p99=2.98)
    """
    cuts = statistics.quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else list(taken) * 99
    return Latency(*(round(cuts[at - 1], 6) for at in (50, 95, 99)))


def overlap(some: Answers, others: Answers) -> float:
    """Return the mean share of the ten best rows that two systems have in common, where either found any."""
    pairs = [(set(some.rows[number]), set(others.rows[number])) for number in some.rows.keys() & others.rows.keys()]
    return statistics.fmean(
        [len(one & other) / max(len(one), len(other)) for one, other in pairs if one or other] or [1]
    )


def doubts(found: Found) -> Iterable[str]:
    """Give what makes a system's figures worthless: that it finds too little of what is there."""
    for name, of_kinds in found.items():
        for kind, of_kind in of_kinds.items():
            share = statistics.fmean(of_kind.found) if of_kind.found else 1.0
            if share < NON_EMPTY:
                yield f"{name} finds nothing for {1 - share:.0%} of the questions of kind “{kind}” that have an answer"
