"""How well questions are answered: sets of judgements → runs of several systems → measures with their uncertainty.

>>> from indexer import Document
>>> from indexer.evaluation import BASELINES, JudgedSet, evaluate
>>> documents = Document("a", "Закалка стали"), Document("b", "Сталь")
>>> steel = JudgedSet("steel", documents, {"q": "закалки"}, {"q": {"a": 1}})
>>> found = evaluate([steel], BASELINES)
>>> [found.estimate("MRR@10", system.name).mean for system in BASELINES]
[0.0, 1.0, 1.0]
"""

from __future__ import annotations

from indexer.evaluation.comparison import Comparison, Swing, changed, compare, swings
from indexer.evaluation.judgements import JudgedSet, read_set, read_sets
from indexer.evaluation.metrics import MEASURES, Estimate
from indexer.evaluation.run import Evaluation, Outcome, SetOutcome, Step, evaluate, trec_lines
from indexer.evaluation.systems import BASELINES, OURS, WHOLE, Bag, Ours, System

__all__ = [
    "BASELINES",
    "MEASURES",
    "OURS",
    "WHOLE",
    "Bag",
    "Comparison",
    "Estimate",
    "Evaluation",
    "JudgedSet",
    "Ours",
    "Outcome",
    "SetOutcome",
    "Step",
    "Swing",
    "System",
    "changed",
    "compare",
    "evaluate",
    "read_set",
    "read_sets",
    "swings",
    "trec_lines",
]
