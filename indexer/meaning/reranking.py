"""The best of a ranking in a new order: every score only grows, so what was not looked at can stay behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.types import Hit


class Reranked(NamedTuple):
    """A hit with what its meaning added."""

    hit: Hit  # its score has it in it
    added: float  # 0 or more


def reranked(hits: Sequence[Hit], points: Sequence[float], first: int) -> list[Reranked]:
    """Return the best hits of a query, the best first, with their points added; ties stay as they are.

    The `first` ones stay before the others: they have every word, and those of a short query come first whatever else
    the others have. Where points would change that, all of the first get what is missing.
    """
    grown = [Reranked(replace(hit, score=hit.score + more), more) for hit, more in zip(hits, points, strict=True)]
    ahead, behind = grown[:first], grown[first:]
    if ahead and behind:
        lead = max(one.hit.score for one in behind) - min(one.hit.score for one in ahead)
        ahead = [_lifted(one, lead) for one in ahead] if lead > 0 else ahead
    return [*_in_order(ahead), *_in_order(behind)]


def _lifted(one: Reranked, more: float) -> Reranked:
    return Reranked(replace(one.hit, score=one.hit.score + more), one.added + more)


def _in_order(some: list[Reranked]) -> list[Reranked]:
    return sorted(some, key=lambda one: -one.hit.score)
