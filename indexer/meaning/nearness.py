"""What a paragraph deserves for its meaning beside what its words gave it.

Two measures, both in [0, 1], of the beginning of a paragraph:

- of missing words: how near the nearest word of the paragraph comes to each word of the query that it does not have, in
  any form or by a relative, on average over all words of the query (Kusner and others, "From Word Embeddings To
  Document Distances", 2015, its relaxed bound, from the side of the query); for others the formula has given already;
- of the whole: the cosine between the mean vectors of the two. What stands first in a paragraph counts more.

In both, a common word counts less than a rare one, by its share of all running words (Arora, Liang and Ma, "A Simple
but Tough-to-Beat Baseline for Sentence Embeddings", 2017). Words without a vector count nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.fold import fold, written
from indexer.analysis.tokenize import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from indexer.meaning.vectors import Vectors
    from indexer.settings import Meaning

    Floats = npt.NDArray[np.float32]
    Indices = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

_LEAST = np.float32(1e-9)  # length of a mean that is none


class Asked(NamedTuple):
    """A word of a query."""

    names: tuple[str, ...]  # as typed, then what stands for it where that has no vector: its lemmas
    forms: frozenset[str]  # folded; a paragraph with any of them has the word


class Question(NamedTuple):
    """The words of a query that have a vector."""

    vectors: Floats  # word × dimension, each of length one
    weights: Floats  # of each; the commoner, the less
    forms: tuple[frozenset[str], ...]  # of each


class Nearness(NamedTuple):
    """Of each paragraph, in [0, 1]."""

    missing: Floats
    whole: Floats


def question(asked: Iterable[Asked], vectors: Vectors, settings: Meaning) -> Question | None:
    """Return what a query means, or None if nothing is known of its words."""
    forms: dict[int, frozenset[str]] = {}
    for word in asked:
        row = next((row for name in word.names if (row := vectors.row(name)) is not None), None)
        if row is not None:
            forms.setdefault(row, word.forms)
    rows = list(forms)
    return Question(vectors.unit(rows), _weights(rows, vectors, settings), tuple(forms.values())) if rows else None


def points(asked: Question, texts: Sequence[str], vectors: Vectors, settings: Meaning) -> npt.NDArray[np.float64]:
    """Return the points of each text for its meaning, as a part of the best score of the query."""
    near = nearness(asked, texts, vectors, settings)
    return (settings.of_missing * near.missing + settings.of_whole * near.whole).astype(np.float64)


def nearness(asked: Question, texts: Sequence[str], vectors: Vectors, settings: Meaning) -> Nearness:
    """Return how near each text is to a query."""
    known: dict[str, int | None] = {}
    has = np.array([_has(asked, text) for text in texts], np.bool_).T
    firsts = [_firsts(text[: settings.characters], vectors, known) for text in texts]
    rows = sorted(set().union(*firsts))
    column = {row: at for at, row in enumerate(rows, 1)}
    # Column 0 is a word of no length and no weight, which every text begins with: an empty one would have no slice.
    columns = np.array([at for found in firsts for at in (0, *map(column.__getitem__, found))], np.int64)
    places = np.array([place for found in firsts for place in (0, *found.values())], np.float32)
    starts = np.cumsum([0, *(len(found) + 1 for found in firsts)])[:-1]
    if not rows:
        return Nearness(*np.zeros((2, len(texts)), np.float32))
    units = np.concatenate([np.zeros_like(asked.vectors[:1]), vectors.unit(rows)])
    weights = np.concatenate([np.zeros(1, np.float32), _weights(rows, vectors, settings)])
    fading = weights[columns] / (1 + places / np.float32(settings.fading))
    means = np.add.reduceat(units[columns] * fading[:, None], starts)
    nearest = np.maximum.reduceat(_alike(asked, units, settings)[:, columns], starts, axis=1)
    return Nearness(_of_missing(asked, ~has, nearest), _of_whole(asked, means))


def _has(asked: Question, text: str) -> list[bool]:
    """Return which words of a query a text has."""
    there = {fold(written(word)) for word in words(text)}
    return [not forms.isdisjoint(there) for forms in asked.forms]


def _firsts(text: str, vectors: Vectors, known: dict[str, int | None]) -> dict[int, int]:
    """Return where each word of a text that has a vector first stands; `known` words are not looked up again."""
    firsts: dict[int, int] = {}
    for place, word in enumerate(words(text)):
        if word not in known:
            known[word] = vectors.row(written(word))
        row = known[word]
        if row is not None and row not in firsts:
            firsts[row] = place
    return firsts


def _alike(asked: Question, units: Floats, settings: Meaning) -> Floats:
    """Return how near each word of a query is to other words, in [0, 1]."""
    cosines = asked.vectors @ units.T
    return np.asarray(np.clip((cosines - settings.unlike) / (1 - settings.unlike), 0, 1), np.float32)


def _of_missing(asked: Question, missing: Mask, nearest: Floats) -> Floats:
    return np.asarray(asked.weights @ (nearest * missing) / max(asked.weights.sum(), _LEAST), np.float32)


def _of_whole(asked: Question, means: Floats) -> Floats:
    wanted = asked.weights @ asked.vectors
    lengths = np.linalg.norm(means, axis=1) * np.linalg.norm(wanted)
    return np.asarray(np.clip(means @ wanted / np.maximum(lengths, _LEAST), 0, 1), np.float32)


def _weights(rows: Sequence[int], vectors: Vectors, settings: Meaning) -> Floats:
    return np.asarray(settings.common / np.maximum(settings.common + vectors.shares(rows), _LEAST), np.float32)
