"""Runs → measures of each query, by ir-measures; and how sure their means are."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from indexer.errors import MeasuresMissing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indexer.evaluation.systems import Found

MEASURES = {"nDCG@10": ("nDCG", 10), "MRR@10": ("RR", 10), "R@100": ("R", 100)}  # as printed → as ir-measures has it

CONFIDENCE = 0.95
RESAMPLES = 2000  # of the bootstrap: with other seeds, bounds move by a fortieth of the interval (tests/evaluation)
FLIPS = 10_000  # of the paired test: the least p that it can tell is 0.0001
_ROOM = 4_000_000  # numbers drawn at once; 32 MB
_SAME = 1e-9  # differences of a measure below it are rounding

Values: TypeAlias = "dict[str, dict[str, float]]"  # measure → query → value in [0, 1]


class Estimate(NamedTuple):
    """A mean over the queries that were asked, and where that over other queries of the same kind would be."""

    mean: float
    low: float  # of the interval of 95 %
    high: float


def measure(grades: Mapping[str, Mapping[str, int]], run: Mapping[str, Found]) -> Values:
    """Return every measure of every query that is judged; one without an answer has 0.

    MeasuresMissing if ir-measures is not installed.
    """
    library = measures_library()
    # Not parse_measure, which Python 3.12 warns of: it takes what 3.14 does not have.
    wanted = {getattr(library, name) @ cut: shown for shown, (name, cut) in MEASURES.items()}
    judged = {query: dict(documents) for query, documents in grades.items()}
    answers = {query: dict(apart(found)) for query, found in run.items()}
    values: Values = {shown: dict.fromkeys(grades, 0.0) for shown in MEASURES}
    for metric in library.iter_calc(list(wanted), judged, answers):
        values[wanted[metric.measure]][metric.query_id] = float(metric.value)
    return values


def measures_library() -> Any:  # noqa: ANN401 -- ir-measures is not there for every type checker
    """Return the module ir_measures, or raise MeasuresMissing."""
    try:
        import ir_measures  # noqa: PLC0415 -- an extra: nothing but measuring needs it
    except ImportError as missing:
        raise MeasuresMissing from missing
    return ir_measures


def apart(found: Iterable[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """Give an answer with scores that fall strictly, each lowered as little as a float of 32 bits can be.

    What ties is judged in the order in which it is shown. trec_eval, whose scores have 32 bits, parts ties by id, the
    highest first, and the RR@10 of ir-measures the other way.

    >>> [round(score, 5) for _path, score in apart([("a", 2.0), ("b", 2.0), ("c", 1.0)])]
    [2.0, 2.0, 1.0]
    >>> all(one > next for (_, one), (_, next) in pairwise(apart([("a", 2.0), ("b", 2.0), ("c", 1.0)])))
    True
    """
    least = np.float32(np.inf)
    for path, score in found:
        least = min(np.float32(score), np.nextafter(least, np.float32(-np.inf)))
        yield path, float(least)


# --- how sure ---------------------------------------------------------------------------------------------------------


def estimate(sets: Sequence[np.ndarray]) -> Estimate:
    """Return the mean over sets of the means over their queries, with its interval by the bootstrap.

    Queries are drawn anew within each set (the percentile bootstrap; Sakai, "Evaluating Evaluation Metrics Based on the
    Bootstrap", 2006). The same numbers give the same interval every time.
    """
    chance = np.random.default_rng(0)
    means = np.mean([resampled_means(values, chance) for values in sets], axis=0)
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(means, (tail, 100 - tail))
    return Estimate(float(np.mean([values.mean() for values in sets])), float(low), float(high))


def resampled_means(values: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Return the means of samples of as many values, drawn from them with putting back."""
    size = len(values)
    return np.concatenate(
        [values[chance.integers(0, size, (rows, size))].mean(axis=1) for rows in _portions(RESAMPLES, size)]
    )


def p_value(differences: Sequence[np.ndarray]) -> float:
    """Return how often chance alone would part two systems as far: each query's two values change places at random.

    The two-sided paired randomisation test (Smucker, Allan and Carterette, "A Comparison of Statistical Significance
    Tests for Information Retrieval Evaluation", 2007), of the mean over sets of the means over their queries.
    """
    weighed = np.concatenate([values / len(values) for values in differences])
    weighed = weighed[np.abs(weighed) > 0]
    chance = np.random.default_rng(0)
    reached = abs(weighed.sum()) - _SAME
    as_far = 0
    for rows in _portions(FLIPS, len(weighed)):
        signs = chance.integers(0, 2, (rows, len(weighed))) * 2 - 1
        as_far += int((np.abs(signs @ weighed) >= reached).sum())
    return (as_far + 1) / (FLIPS + 1)


def _portions(rows: int, size: int) -> list[int]:
    """Part rows of this size so that a portion has room in memory.

    >>> _portions(2000, 3000)
    [1333, 667]
    """
    step = max(1, _ROOM // max(1, size))
    return [stop - start for start, stop in pairwise([*range(0, rows, step), rows])]
