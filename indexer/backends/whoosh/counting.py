"""Where the words of a query stand in some rows, by compiled loops: what standing.Standing.tables tells, no more."""

from __future__ import annotations

from itertools import accumulate, chain
from typing import TYPE_CHECKING

import numpy as np

from indexer.backends.whoosh import loops
from indexer.backends.whoosh.standing import Sought, by_segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.backends.whoosh.postings import FieldPostings
    from indexer.backends.whoosh.segment import Segment
    from indexer.types import Word


class Counting:
    """Leaves that are counted in rows, and the words that are looked for there."""

    def __init__(self, postings: FieldPostings, sought: Sought, leaves: Sequence[Sequence[tuple[Word, bool]]]) -> None:
        numbers = sought.numbers(leaves)
        # Whole lists at once: of few numbers, each call of NumPy takes longer than all else.
        ends = list(accumulate(map(len, numbers), initial=0))
        self.leaves = loops.Leaves(
            np.array(ends, np.int64),
            np.array(list(chain.from_iterable(numbers)), np.int64),
            max(map(len, numbers), default=1),
            len(sought),
        )
        self._postings = postings
        self._sought = sought
        self._wanted: dict[int, loops.Wanted] = {}

    def wanted(self, part: int) -> loops.Wanted:
        """Return what is looked for in a segment."""
        if part not in self._wanted:
            self._wanted[part] = _wanted(self._sought, part, self._postings.segment(part))
        return self._wanted[part]

    def tables(self, *asked: tuple[FieldPostings, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return for each leaf and each row of fields the agreement of all places, and the first of these."""
        shape = len(self.leaves.starts) - 1, sum(len(rows) for _, rows in asked)
        agreement, first = np.zeros(shape), np.zeros(shape)
        for part, rows, columns in by_segment(asked):
            segment = self._postings.segment(part)
            texts, known = segment.tokens.for_loops, segment.words.for_loops
            loops.count(rows, columns, texts, known, self.wanted(part), self.leaves, agreement, first)
        return agreement, first


def _wanted(sought: Sought, part: int, segment: Segment) -> loops.Wanted:
    lemmas, forms = sought.lemmas_in(part), sought.forms_in(part)
    return loops.prepare(*segment.words.lemmas_for_loops, lemmas, forms, np.empty(loops.RARE, np.int32))
