from __future__ import annotations

from itertools import product
from math import log2

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.evaluation.metrics import RESAMPLES, estimate, measure, p_value, resampled_means


def test_measures_are_those_of_the_books() -> None:
    values = measure({"q": {"a": 2, "b": 1, "c": 0}}, {"q": (("x", 9.0), ("a", 8.0), ("c", 7.0))})
    assert values["nDCG@10"]["q"] == pytest.approx((2 / log2(3)) / (2 + 1 / log2(3)))
    assert values["MRR@10"]["q"] == 0.5
    assert values["R@100"]["q"] == 0.5


def test_a_query_without_an_answer_has_nothing() -> None:
    values = measure({"q": {"a": 1}, "r": {"b": 1}}, {"q": (("a", 1.0),), "r": ()})
    assert {name: found["r"] for name, found in values.items()} == {"nDCG@10": 0, "MRR@10": 0, "R@100": 0}


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
@pytest.mark.parametrize("score", [1e-9, 1.0, 1e6])
def test_ties_are_judged_in_the_order_shown(order: tuple[str, ...], score: float) -> None:
    values = measure({"q": {"b": 1}}, {"q": tuple((path, score) for path in order)})
    rank = order.index("b") + 1
    assert values["MRR@10"]["q"] == pytest.approx(1 / rank)
    assert values["nDCG@10"]["q"] == pytest.approx(1 / log2(rank + 1))


def test_measures_would_part_ties_in_different_ways() -> None:
    tied = {"q": {"a": 1.0, "b": 1.0}}
    ndcg, rr = ir_measures.nDCG @ 10, ir_measures.RR @ 10
    found = ir_measures.calc_aggregate([ndcg, rr], {"q": {"a": 1}}, tied)
    assert found[rr] == 1
    assert found[ndcg] == pytest.approx(1 / log2(3))


# --- how sure ---------------------------------------------------------------------------------------------------------


def graded(size: int, seed: int = 5) -> np.ndarray:
    """Return values as nDCG has them: many right, the others anywhere."""
    chance = np.random.default_rng(seed)
    return np.where(chance.random(size) < 0.6, 1.0, chance.random(size) * 0.7)


@pytest.mark.parametrize("size", [250, 1200])
def test_the_interval_is_that_of_the_normal_law_for_many_queries(size: int) -> None:
    values = graded(size)
    found = estimate([values])
    margin = 1.96 * values.std() / size**0.5
    assert found.mean == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - margin, abs=margin / 10)
    assert found.high == pytest.approx(values.mean() + margin, abs=margin / 10)


def test_sets_count_alike_and_their_doubts_add_up() -> None:
    large, small = graded(2000), graded(100, seed=6)
    found = estimate([large, small])
    assert found.mean == pytest.approx((large.mean() + small.mean()) / 2)
    margin = 1.96 * (large.var() / 2000 + small.var() / 100) ** 0.5 / 2
    assert (found.high - found.low) / 2 == pytest.approx(margin, rel=0.1)


def test_bounds_hardly_depend_on_the_seed() -> None:
    values = graded(250)
    bounds = np.array(
        [np.percentile(resampled_means(values, np.random.default_rng(seed)), (2.5, 97.5)) for seed in range(20)]
    )
    assert bounds.std(axis=0).max() < np.diff(bounds).mean() / 40
    assert len(resampled_means(values, np.random.default_rng(0))) == RESAMPLES


def test_one_query_has_an_interval() -> None:
    assert estimate([np.array([0.5])]) == (0.5, 0.5, 0.5)


@given(st.lists(st.sampled_from([-1.0, -0.37, 0.0, 0.25, 1.0]), min_size=1, max_size=8))
@settings(max_examples=30)
def test_p_is_the_share_of_all_ways_to_change_places(differences: list[float]) -> None:
    reached = abs(sum(differences))
    ways = [
        abs(sum(sign * one for sign, one in zip(signs, differences, strict=True))) >= reached - 1e-9
        for signs in product((-1, 1), repeat=len(differences))
    ]
    # 10,000 draws: four standard deviations are 0.02.
    assert p_value([np.array(differences)]) == pytest.approx(sum(ways) / len(ways), abs=0.02)


def test_equal_systems_differ_by_chance_alone() -> None:
    assert p_value([np.zeros(50)]) == 1
    assert estimate([np.zeros(50)]) == (0, 0, 0)


def test_a_clear_difference_is_no_chance() -> None:
    assert p_value([np.full(30, 0.1)]) == pytest.approx(1 / 10_001)


def test_p_of_pure_chance_is_anything() -> None:
    chance = np.random.default_rng(1)
    found = [p_value([chance.normal(size=40)]) for _ in range(100)]
    assert 0.4 < float(np.mean(found)) < 0.6
    assert sum(p < 0.05 for p in found) <= 12
