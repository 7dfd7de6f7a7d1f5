"""Tell what the tables of `abzats evaluate` depend on: python -m tests.quality.baselines.

nDCG@10 of the baselines with words as others part them and as our tokeniser does; and of our search with ties judged in
the order shown and by id, as trec_eval parts them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from unittest.mock import patch

import ir_measures
import numpy as np

from indexer.analysis.fold import written
from indexer.analysis.tokenize import words
from indexer.evaluation import BASELINES, OURS, evaluate, read_sets, systems
from tests.quality.sweep import RELEVANCE, SETS

if TYPE_CHECKING:
    from indexer.evaluation import SetOutcome

NDCG = ir_measures.nDCG @ 10


def ours(text: str) -> list[str]:
    """Return the words of a text as our tokeniser parts them."""
    return [written(word) for word in words(text)]


def by_id(outcome: SetOutcome) -> float:
    """Return what our search reaches if trec_eval parts ties."""
    run = {query: dict(found) for query, found in outcome.outcomes[OURS.name].run.items()}
    judged = {query: dict(grades) for query, grades in outcome.judged.grades.items()}
    return float(ir_measures.calc_aggregate([NDCG], judged, run)[NDCG])


def main() -> None:
    """Print a block a set."""
    sets = read_sets(RELEVANCE / name for name in SETS)
    usual = evaluate(sets, (*BASELINES, OURS))
    with patch.object(systems, "forms", ours):
        other = evaluate(sets, BASELINES)
    for outcome, tokenised in zip(usual.sets, other.sets, strict=True):
        sys.stdout.write(f"{outcome.judged.name}\n")
        for system in other.systems:
            usual_mean, other_mean = (np.mean(one.values("nDCG@10", system)) for one in (outcome, tokenised))
            sys.stdout.write(f"  {system:<8}{usual_mean:.4f}, by our tokeniser {other_mean:.4f}\n")
        shown = np.mean(outcome.values("nDCG@10", OURS.name))
        sys.stdout.write(f"  {OURS.name:<8}{shown:.4f}, ties by id {by_id(outcome):.4f}\n")


if __name__ == "__main__":
    main()
