"""Two systems side by side: by how much they differ, whether that is chance, and on which queries."""

from __future__ import annotations

from dataclasses import fields, replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import SettingRefused
from indexer.evaluation.metrics import estimate, p_value
from indexer.frozen import frozen
from indexer.settings import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.evaluation.metrics import Estimate
    from indexer.evaluation.run import Evaluation, SetOutcome
    from indexer.evaluation.systems import Found
    from indexer.settings import Settings

_SAME = 1e-9  # values of a measure nearer to each other are equal but for rounding


@frozen
class Comparison:
    """What changes when one system takes the place of another."""

    set: str  # "" for the average over sets
    measure: str
    before: float
    after: float
    difference: Estimate  # after - before
    p: float  # of the paired randomisation test, two-sided
    wins: int  # queries on which it is better after
    ties: int
    losses: int


@frozen
class Swing:
    """A query on which two systems differ."""

    set: str
    query: str  # its id
    text: str
    before: float
    after: float
    rank_before: int | None  # of the first relevant document, from 1; None: not among those found
    rank_after: int | None
    document: str  # path of the one that moved: that of the better rank

    @property
    def difference(self) -> float:
        """What the query won, or lost."""
        return self.after - self.before


def compare(found: Evaluation, before: str, after: str, measure: str) -> Iterator[Comparison]:
    """Give two systems by one measure: a set each, then, where there are several, their average."""
    for outcome in found.sets:
        yield _comparison(outcome.judged.name, [outcome], before, after, measure)
    if len(found.sets) > 1:
        yield _comparison("", found.sets, before, after, measure)


def _comparison(name: str, sets: Sequence[SetOutcome], before: str, after: str, measure: str) -> Comparison:
    old = [outcome.values(measure, before) for outcome in sets]
    new = [outcome.values(measure, after) for outcome in sets]
    differences = [later - earlier for earlier, later in zip(old, new, strict=True)]
    every = np.concatenate(differences)
    wins, losses = int((every > _SAME).sum()), int((every < -_SAME).sum())
    return Comparison(
        name,
        measure,
        float(np.mean([values.mean() for values in old])),
        float(np.mean([values.mean() for values in new])),
        estimate(differences),
        p_value(differences),
        wins,
        len(every) - wins - losses,
        losses,
    )


def swings(found: Evaluation, before: str, after: str, measure: str) -> list[Swing]:
    """Return the queries on which two systems differ, from the greatest loss to the greatest win."""
    changed_ones = [
        swing
        for outcome in found.sets
        for swing in _swings(outcome, before, after, measure)
        if abs(swing.difference) > _SAME
    ]
    return sorted(changed_ones, key=lambda swing: (swing.difference, swing.set, swing.query))


def _swings(outcome: SetOutcome, before: str, after: str, measure: str) -> Iterator[Swing]:
    old, new = outcome.outcomes[before], outcome.outcomes[after]
    for query, text in outcome.judged.queries.items():
        relevant = {path for path, grade in outcome.judged.grades[query].items() if grade > 0}
        first = _first(old.run.get(query, ()), relevant)
        second = _first(new.run.get(query, ()), relevant)
        ranks = [place for place in (first, second) if place]
        yield Swing(
            outcome.judged.name,
            query,
            text,
            old.values[measure][query],
            new.values[measure][query],
            first and first[0],
            second and second[0],
            min(ranks)[1] if ranks else "",
        )


def _first(found: Found, relevant: set[str]) -> tuple[int, str] | None:
    """Return rank and path of the first document that is relevant."""
    return next(((rank, path) for rank, (path, _score) in enumerate(found, 1) if path in relevant), None)


def changed(settings: Settings, assignment: str) -> Settings:
    """Return the settings with one number changed, by its dotted name.

    SettingRefused if there is no such number, or it cannot have this value.

    >>> from indexer import Settings
    >>> changed(Settings(), "ranking.adjacency = 0.5").ranking.adjacency
    0.5
    """
    name, _, typed = (part.strip() for part in assignment.partition("="))
    group, _, number = name.partition(".")
    values = {
        f"{group.name}.{number.name}": getattr(getattr(settings, group.name), number.name)
        for group in fields(settings)
        for number in fields(getattr(settings, group.name))
    }
    if name not in values:
        raise SettingRefused(assignment=assignment, reason=f"there is no such setting, but {', '.join(values)}")
    value = _number(type(values[name]), typed)
    if value is None:
        raise SettingRefused(assignment=assignment, reason=wanted(name, values[name]))
    return replace(settings, **{group: replace(getattr(settings, group), **{number: value})})


def _number(kind: type[float], typed: str) -> float | None:
    """Return a finite number of this kind, int or float, or None."""
    try:
        value = kind(typed.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < inf else None
