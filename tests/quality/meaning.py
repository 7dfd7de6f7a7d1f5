"""What re-ranking by meaning is worth: python -m tests.quality.meaning [--most N].

nDCG@10 on all sets by words alone, then with the numbers of `settings.Meaning` chosen on the other four sets and
reported on the one left out, then with those of the settings, then with the best for the very queries of the set: more
is not to be had by this measure. With --most, each set is asked no more than N of its queries, taken evenly. What takes
long is to encode the paragraphs, a tenth of a second each on one core.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.errors import QueryError
from indexer.evaluation import WHOLE, read_sets
from indexer.evaluation.systems import Bench
from indexer.meaning.encoder import entitled, open_encoder, points
from indexer.search import _asked, _is_short, open_index

from .sweep import RELEVANCE, SETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer import Encoder, Searcher
    from indexer.evaluation import JudgedSet
    from indexer.settings import Meaning

WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 4.0, 6.0)
UNLIKE = (0.7, 0.75, 0.8)
CUT = 10
DISCOUNTS = 1 / np.log2(np.arange(2, CUT + 2))


class Remembering:
    """An encoder that is asked about each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._queries: dict[str, np.ndarray] = {}
        self._passages: dict[str, np.ndarray] = {}
        self.seconds = 0.0  # that paragraphs took

    def query(self, texts: list[str]) -> np.ndarray:
        """See Encoder.query."""
        return _remembered(texts, self._queries, self._encoder.query)

    def passage(self, texts: list[str]) -> np.ndarray:
        """See Encoder.passage."""
        begun = perf_counter()
        found = _remembered(texts, self._passages, self._encoder.passage)
        self.seconds += perf_counter() - begun
        return found

    def each(self) -> float:
        """Return the seconds that a paragraph takes."""
        return self.seconds / len(self._passages)


def _remembered(
    texts: list[str], known: dict[str, np.ndarray], encode: Callable[[list[str]], np.ndarray]
) -> np.ndarray:
    new = [text for text in dict.fromkeys(texts) if text not in known]
    known.update(zip(new, encode(new), strict=True))
    return np.array([known[text] for text in texts])


class Asked(NamedTuple):
    """A query with what it found: an entry for each of the best documents."""

    scores: np.ndarray
    near: dict[float, np.ndarray]  # points at weight one, by the cosine that is worth none
    behind: np.ndarray  # whether it stays behind those that have every word
    grades: np.ndarray
    ideal: float

    def ndcg(self, weight: float, unlike: float) -> float:
        """Return nDCG@10 with these numbers."""
        if not self.ideal or not len(self.scores):
            return 0.0
        grown = self.scores + self.scores[0] * weight * self.near[unlike]
        return gain(self.grades[np.lexsort((-grown, self.behind))]) / self.ideal


def gain(grades: np.ndarray) -> float:
    """Return the discounted gain of the first ten."""
    best = grades[:CUT]
    return float((best * DISCOUNTS[: len(best)]).sum())


def asked(judged: JudgedSet, encoder: Encoder, most: int) -> Iterator[Asked]:
    """Give the queries of a set, no more than `most`."""
    step = -(-len(judged.queries) // most)
    with TemporaryDirectory() as folder, open_index(Bench(judged, Path(folder)).index(WHOLE), settings=WHOLE) as index:
        for query, text in list(judged.queries.items())[::step]:
            grades = judged.grades.get(query, {})
            ideal = gain(np.array(sorted(grades.values(), reverse=True), float))
            paths, texts, scores, first = found(index, text)
            words = _asked(index._understood(text))  # noqa: SLF001 -- what a search does with it
            near = {unlike: points(words, texts, encoder, at(1.0, unlike)) for unlike in UNLIKE} if texts else {}
            judged_as = np.array([grades.get(path, 0) for path in paths], float)
            yield Asked(scores, near, np.arange(len(paths)) >= first, judged_as, ideal)


def at(weight: float, unlike: float) -> Meaning:
    """Return the settings with these numbers."""
    return replace(WHOLE.meaning, weight=weight, unlike=unlike)


def found(index: Searcher, text: str) -> tuple[list[str], list[str], np.ndarray, int]:
    """Return the paths, texts and scores of the best documents, and how many stay before the others."""
    try:
        answer = index.search(text, per_document=True, limit=WHOLE.meaning.depth, marks=False)
    except QueryError:
        return [], [], np.zeros(0), 0
    results = list(answer)
    return (
        [result.document.path for result in results],
        [entitled(result.document.title, result.paragraph.text) for result in results],
        np.array([result.score for result in results]),
        answer.complete if _is_short(index._understood(text).query, WHOLE.ranking) else 0,  # noqa: SLF001 -- likewise
    )


def main() -> None:
    """Print a row for each set, then the average."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=sys.maxsize, metavar="N")
    arguments = parser.parse_args()
    encoder = Remembering(open_encoder())
    sets = {
        judged.name: list(asked(judged, encoder, arguments.most))
        for judged in read_sets(RELEVANCE / name for name in SETS)
    }
    numbers = [(weight, unlike) for weight in WEIGHTS for unlike in UNLIKE]
    reached = {
        name: np.array([np.mean([query.ndcg(*pair) for query in queries]) for pair in numbers])
        for name, queries in sets.items()
    }
    sys.stdout.write("set  words alone  chosen on the others  with the settings  at best  chosen\n")
    now = numbers.index((WHOLE.meaning.weight, WHOLE.meaning.unlike))
    rows = []
    for name, values in reached.items():
        chosen = int(np.argmax(sum(other for left, other in reached.items() if left != name)))
        rows.append((values[0], values[chosen], values[now], values.max()))
        sys.stdout.write(f"{name:24}  {'  '.join(f'{value:.4f}' for value in rows[-1])}  {numbers[chosen]}\n")
    sys.stdout.write(f"{'average':24}  {'  '.join(f'{value:.4f}' for value in np.mean(rows, axis=0))}\n")
    best = int(np.argmax(sum(reached.values())))
    sys.stdout.write(f"best on all: {numbers[best]}, {np.mean([values[best] for values in reached.values()]):.4f}\n")
    sys.stdout.write(f"a paragraph takes {1000 * encoder.each():.0f} ms\n")
    for pair, value in zip(numbers, np.mean(list(reached.values()), axis=0), strict=True):
        sys.stdout.write(f"  {pair}: {value:.4f}\n" if pair[1] == numbers[best][1] else "")


if __name__ == "__main__":
    main()
