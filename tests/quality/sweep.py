"""Try values of the ranking's numbers on the sets of judgements: python -m tests.quality.sweep adjacency 0 0.2 0.5.

The numbers beside settings.py's come from here. Searching as `tests.quality.test_floors` does, on all sets, without
titles; the judgements of ru_codes_law are asked of its paragraphs.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer import Settings, build_index, open_index
from indexer.settings import Analysis, Ranking, Reading
from tests.quality import judged

RELEVANCE = Path(__file__).parents[3] / "shared" / "data" / "relevance"
SETS = {  # set → file of its paragraphs, name of the document in it
    "xquad_ru": ("corpus", "_id"),
    "xquad_r_ru_sentences": ("corpus", "_id"),
    "wikinews_headlines_ru": ("corpus", "_id"),
    "ru_codes_law": ("corpus_paragraphs", "article"),
    "ru_law_headings": ("corpus", "_id"),
}
RANKING = {field.name for field in fields(Ranking)}


def settings_with(name: str, value: float) -> Settings:
    """Return the settings with one number of the ranking or of the analysis changed."""
    whole = Settings(reading=Reading(longest_paragraph=1_000_000))
    if name in RANKING:
        return replace(whole, ranking=replace(Ranking(), **{name: value}))  # type: ignore[arg-type]
    return replace(whole, analysis=replace(Analysis(), **{name: value}))  # type: ignore[arg-type]


def main() -> None:
    """Print a row for each value: the sets, then their average."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(RANKING | {"rare_lemma", "part_of_compound"}))
    parser.add_argument("values", type=float, nargs="+")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    arguments = parser.parse_args()
    sys.stdout.write(f"{arguments.name:>12}  {'  '.join(arguments.sets)}  average\n")
    with TemporaryDirectory() as folder:
        for value in arguments.values:
            settings = settings_with(arguments.name, value)
            reached = []
            for name in arguments.sets:
                index = Path(folder, name)
                corpus, whole = SETS[name]
                # The index does not depend on the numbers of the ranking, so it is built once for all values of one.
                rebuild = arguments.name not in RANKING
                if rebuild or not index.exists():
                    build_index(
                        judged.documents(RELEVANCE / name, corpus, whole), index, settings=settings, rebuild=rebuild
                    )
                with open_index(index, settings=settings) as searcher:
                    reached.append(judged.ndcg(RELEVANCE / name, searcher))
            row = "  ".join(f"{score:.4f}" for score in [*reached, sum(reached) / len(reached)])
            sys.stdout.write(f"{value:>12}  {row}\n")


if __name__ == "__main__":
    main()
