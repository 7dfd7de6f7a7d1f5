"""Try values of one setting on the sets of judgements: python -m tests.quality.sweep ranking.adjacency 0 0.2 0.5.

The numbers beside settings.py's come from here: nDCG@10 on all sets, without titles; the judgements of ru_codes_law are
asked of its paragraphs. For the doubt in two settings, and the queries they differ on: abzats evaluate --compare.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from indexer.evaluation import WHOLE, Ours, changed, evaluate, read_sets

RELEVANCE = Path(__file__).parents[3] / "shared" / "data" / "relevance"
SETS = ("xquad_ru", "xquad_r_ru_sentences", "wikinews_headlines_ru", "ru_codes_law", "ru_law_headings")


def main() -> None:
    """Print a row for each value: the sets, then their average."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("values", nargs="+")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    arguments = parser.parse_args()
    systems = [Ours(value, changed(WHOLE, f"{arguments.name}={value}")) for value in arguments.values]
    found = evaluate(read_sets(RELEVANCE / name for name in arguments.sets), systems)
    sys.stdout.write(f"{arguments.name:>20}  {'  '.join(arguments.sets)}  average\n")
    for system in systems:
        reached = [outcome.values("nDCG@10", system.name).mean() for outcome in found.sets]
        row = "  ".join(f"{score:.4f}" for score in [*reached, sum(reached) / len(reached)])
        sys.stdout.write(f"{system.name:>20}  {row}\n")


if __name__ == "__main__":
    main()
