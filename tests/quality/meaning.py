"""What re-ranking by meaning is worth: python -m tests.quality.meaning [--control] [--every N].

nDCG@10 on all sets by words alone, then with the weights of `settings.Meaning` chosen on the other four sets and
reported on the one left out, then with those of the settings, then with the best for the very queries of the set: more
is not to be had by these two measures. With --control, the vectors are dealt out to the words at
random: what is gained then is not for meaning, but for words and places that the formula weighs otherwise. With
--every, only each N-th query is asked.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.errors import QueryError
from indexer.evaluation import WHOLE, read_sets
from indexer.evaluation.systems import Bench
from indexer.meaning.nearness import nearness, question
from indexer.meaning.vectors import Vectors, open_vectors
from indexer.search import open_index

from .sweep import RELEVANCE, SETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer import Searcher
    from indexer.evaluation import JudgedSet

OF_MISSING = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
OF_WHOLE = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
CUT = 10
DISCOUNTS = 1 / np.log2(np.arange(2, CUT + 2))


class Asked(NamedTuple):
    """A query with what it found: an entry for each of the best documents."""

    scores: np.ndarray
    missing: np.ndarray
    whole: np.ndarray
    grades: np.ndarray
    ideal: float

    def ndcg(self, of_missing: float, of_whole: float) -> float:
        """Return nDCG@10 with these weights."""
        if not self.ideal or not len(self.scores):
            return 0.0
        points = self.scores + self.scores[0] * (of_missing * self.missing + of_whole * self.whole)
        return gain(self.grades[np.argsort(-points, kind="stable")]) / self.ideal


def gain(grades: np.ndarray) -> float:
    """Return the discounted gain of the first ten."""
    best = grades[:CUT]
    return float((best * DISCOUNTS[: len(best)]).sum())


def asked(judged: JudgedSet, vectors: Vectors, every: int) -> Iterator[Asked]:
    """Give the queries of a set; what they take is told in the end."""
    seconds: list[tuple[float, float]] = []
    with TemporaryDirectory() as folder, open_index(Bench(judged, Path(folder)).index(WHOLE), settings=WHOLE) as index:
        for query, text in list(judged.queries.items())[::every]:
            grades = judged.grades.get(query, {})
            begun = perf_counter()
            paths, texts, scores = found(index, text)
            middle = perf_counter()
            words = index._asked(index._understood(text))  # noqa: SLF001 -- what a search does with them
            meant = question(words, vectors, WHOLE.meaning)
            near = np.zeros((2, len(texts))) if meant is None else nearness(meant, texts, vectors, WHOLE.meaning)
            seconds.append((middle - begun, perf_counter() - middle))
            ideal = gain(np.array(sorted(grades.values(), reverse=True), float))
            judged_as = np.array([grades.get(path, 0) for path in paths], float)
            yield Asked(scores, np.asarray(near[0]), np.asarray(near[1]), judged_as, ideal)
    plain, more = (median(times) for times in zip(*seconds, strict=True))
    sys.stdout.write(f"{judged.name}: re-ranking takes {more / plain:.1f} times what 200 documents take to find\n")


def found(index: Searcher, text: str) -> tuple[list[str], list[str], np.ndarray]:
    """Return the paths, texts and scores of the best documents."""
    try:
        answer = index.search(text, per_document=True, limit=WHOLE.meaning.depth, marks=False, rescue=True)
    except QueryError:
        return [], [], np.zeros(0)
    results = list(answer)
    return (
        [result.document.path for result in results],
        [result.paragraph.text for result in results],
        np.array([result.score for result in results]),
    )


def dealt_out(vectors: Vectors) -> Vectors:
    """Return the same with the vector of another word for each."""
    typical, numbers = vectors._pieces  # noqa: SLF001 -- nobody else wants nonsense
    control = Vectors((), np.zeros(0), vectors._pieces)  # noqa: SLF001 -- likewise
    control.__dict__.update(vectors.__dict__)
    others = np.random.default_rng(0).permutation(len(numbers))
    control.__dict__["_pieces"] = type(vectors._pieces)(typical, np.asarray(numbers)[others])  # noqa: SLF001 -- likewise
    return control


def main() -> None:
    """Print a row for each set, then the average."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--control", action="store_true")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    arguments = parser.parse_args()
    vectors = open_vectors()
    vectors = dealt_out(vectors) if arguments.control else vectors
    sets = {
        judged.name: list(asked(judged, vectors, arguments.every))
        for judged in read_sets(RELEVANCE / name for name in SETS)
    }
    weights = [(of_missing, of_whole) for of_missing in OF_MISSING for of_whole in OF_WHOLE]
    reached = {
        name: np.array([np.mean([query.ndcg(*pair) for query in queries]) for pair in weights])
        for name, queries in sets.items()
    }
    sys.stdout.write("set  words alone  chosen on the others  with the settings  at best  weights\n")
    now = weights.index((WHOLE.meaning.of_missing, WHOLE.meaning.of_whole))
    rows = []
    for name, values in reached.items():
        chosen = int(np.argmax(sum(other for left, other in reached.items() if left != name)))
        rows.append((values[0], values[chosen], values[now], values.max()))
        sys.stdout.write(f"{name:24}  {'  '.join(f'{value:.4f}' for value in rows[-1])}  {weights[chosen]}\n")
    sys.stdout.write(f"{'average':24}  {'  '.join(f'{value:.4f}' for value in np.mean(rows, axis=0))}\n")
    best = int(np.argmax(sum(reached.values())))
    sys.stdout.write(f"best on all: {weights[best]}, {np.mean([values[best] for values in reached.values()]):.4f}\n")
    for pair, value in zip(weights, np.mean(list(reached.values()), axis=0), strict=True):
        if pair[0] == weights[best][0] or pair[1] == weights[best][1]:
            sys.stdout.write(f"  {pair}: {value:.4f}\n")


if __name__ == "__main__":
    main()
