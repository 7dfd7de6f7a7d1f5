"""The written forms of an index, and how often each stands there.

A form is folded (`analysis.fold.fold`): lower case, ё as е. Those of a segment are one sorted text, a form a line: it
is read from a file at once, a regular expression seeks through it at once, and by bisection it is a tree of prefixes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    Counts: TypeAlias = npt.NDArray[np.int64]
    Letters: TypeAlias = npt.NDArray[np.uint64]

_LETTER_BITS = np.uint32(63)  # of a code point: the letters of Russian, without ё, differ in them


class Lexicon:
    r"""The forms of one segment of an index: distinct, folded, in order of code points.

    >>> lexicon = Lexicon(["сталь", "стиль", "стол"], np.array([5, 2, 9]))
    >>> lexicon.count("стол"), lexicon.like("ст?ль"), lexicon.near("сталб", 1)
    (9, [0, 1], [(0, 1)])
    """

    def __init__(self, forms: list[str], counts: Counts) -> None:
        """Keep the forms, and how often each stands in the segment."""
        self.forms = forms
        self.counts = counts

    def index(self, form: str) -> int | None:
        """Return where the form is among them, or None."""
        index = bisect_left(self.forms, form)
        return index if self.forms[index : index + 1] == [form] else None

    def count(self, form: str) -> int:
        """Return how often the form stands in the segment."""
        index = self.index(form)
        return 0 if index is None else int(self.counts[index])

    def starting(self, prefix: str) -> range:
        """Return where the forms with this prefix are."""
        start = bisect_left(self.forms, prefix)
        return range(start, bisect_left(self.forms, 1, lo=start, key=lambda form: not form.startswith(prefix)))

    def like(self, mask: str) -> list[int]:
        """Return which forms are as the mask: folded text with * for anything and ? for one character."""
        pieces = re.split(r"\*+", mask)
        if sum(map(len, pieces)) > self._lengths.max(initial=0) or "\n" in mask:
            return []
        fixed = pieces[0].partition("?")[0]
        within = self.starting(fixed)
        return list(within) if pieces == [fixed, ""] else self._matching(_expression(pieces), within)

    def near(self, word: str, edits: int) -> list[tuple[int, int]]:
        """Return which forms are within so many edits, and how many it takes (optimal string alignment).

        An edit changes the length by one at most and the set of letters by two, so few forms need to be aligned with
        the word: 1.7 ms for two edits among 375,000 forms, against 103 (tests/benchmarks/spelling.py 300000).
        """
        from rapidfuzz import process  # noqa: PLC0415 -- only a query that found nothing needs it
        from rapidfuzz.distance import OSA  # noqa: PLC0415 -- likewise

        alike = np.flatnonzero(abs(self._lengths - len(word)) <= edits)
        letters = _letters([word], np.array([len(word)]))
        indices: list[int] = alike[_at_most(2 * edits, self._letters[alike] ^ letters)].tolist()
        forms = [self.forms[index] for index in indices]
        found = process.extract(word, forms, scorer=OSA.distance, processor=None, score_cutoff=edits, limit=None)
        return sorted((indices[at], int(distance)) for _, distance, at in found)

    def frequent(self, within: range, limit: int) -> list[int]:
        """Return the most frequent of these forms, as many as the limit, in any order."""
        if len(within) <= limit:
            return list(within)
        counts = self.counts[within.start : within.stop]
        indices: list[int] = (within.start + np.argpartition(-counts, limit - 1)[:limit]).tolist()
        return indices

    def _matching(self, expression: str, within: range) -> list[int]:
        """Return which of these forms the expression matches: over their text, for it is no faster form by form."""
        if not within:
            return []
        text = "\n".join(["", *self.forms[within.start : within.stop], ""])
        places = [match.start() for match in re.finditer(rf"\n{expression}(?=\n)", text)]
        starts = np.cumsum(self._lengths[within.start : within.stop] + 1)
        indices: list[int] = (within.start + np.searchsorted(starts, places, side="right")).tolist()
        return indices

    @cached_property
    def _lengths(self) -> Counts:
        """How many characters the forms have."""
        return np.fromiter(map(len, self.forms), dtype=np.int64, count=len(self.forms))

    @cached_property
    def _letters(self) -> Letters:
        return _letters(self.forms, self._lengths)


class Vocabulary:
    r"""The lexicons of an index as one; counts are added up.

    >>> one, other = Lexicon(["сталь", "стол"], np.array([5, 9])), Lexicon(["стол"], np.array([1]))
    >>> both = Vocabulary([one, other], {"стол": 10}.get)
    >>> both.count("стол"), both.starting("ст", 1), both.near("стул", 1)
    (10, [('стол', 10)], {'стол': (1, 10)})
    """

    def __init__(self, lexicons: Sequence[Lexicon], lemma_places: Callable[[str], int]) -> None:
        """Take the lexicons, and what says how often a lemma stands in the index."""
        self.lexicons = tuple(lexicons)
        self._lemma_places = lemma_places

    def count(self, form: str) -> int:
        """Return how often the form stands in the index."""
        return sum(lexicon.count(form) for lexicon in self.lexicons)

    def like(self, mask: str) -> dict[str, int]:
        """Return the forms that are as the mask, each with its count."""
        return self._added_up(lexicon.like(mask) for lexicon in self.lexicons)

    def near(self, word: str, edits: int) -> dict[str, tuple[int, int]]:
        """Return the forms within so many edits, each with its distance and its count."""
        found: dict[str, tuple[int, int]] = {}
        for lexicon in self.lexicons:
            for index, distance in lexicon.near(word, edits):
                form = lexicon.forms[index]
                found[form] = (distance, found.get(form, (distance, 0))[1] + int(lexicon.counts[index]))
        return found

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return the most frequent forms with this prefix, each with its count; of equal ones, the first by text.

        The most frequent of each lexicon are enough when no form outside them can be as frequent as the last one given
        (Fagin's threshold); if they are not, twice as many of each are taken.
        """
        ranges = [lexicon.starting(prefix) for lexicon in self.lexicons]
        taken = max(2 * limit, 1)
        while True:
            frequent = [lexicon.frequent(within, taken) for lexicon, within in zip(self.lexicons, ranges, strict=True)]
            found = {form: self.count(form) for form in self._added_up(frequent)}
            best = nsmallest(limit, found.items(), key=lambda pair: (-pair[1], pair[0]))
            outside = self._most_outside(ranges, frequent)
            if not outside or (len(best) == limit and all(count > outside for _, count in best)):
                return best
            taken *= 2

    def begins(self, prefix: str) -> bool:
        """Whether any form has this prefix."""
        return any(lexicon.starting(prefix) for lexicon in self.lexicons)

    def lemma_places(self, lemma: str) -> int:
        """Return how often the lemma stands in the index."""
        return self._lemma_places(lemma)

    def _most_outside(self, ranges: Sequence[range], frequent: Sequence[Sequence[int]]) -> int:
        """Return what the count of a form cannot exceed that is in none of the selections."""
        return sum(
            int(lexicon.counts[indices].min())
            for lexicon, within, indices in zip(self.lexicons, ranges, frequent, strict=True)
            if len(indices) < len(within)
        )

    def _added_up(self, indices: Iterable[Iterable[int]]) -> dict[str, int]:
        found: Counter[str] = Counter()
        for lexicon, of_lexicon in zip(self.lexicons, indices, strict=True):
            for index in of_lexicon:
                found[lexicon.forms[index]] += int(lexicon.counts[index])
        return dict(found)


def _expression(pieces: Sequence[str]) -> str:
    """Return a regular expression for a mask cut at its stars, which tries no piece at a second place.

    A lookahead with a back reference keeps what it found: the leftmost place of a piece serves as well as any other,
    and without this a mask of many stars takes a time that is exponential in their number.
    """
    first, *rest = ["".join("." if letter == "?" else re.escape(letter) for letter in piece) for piece in pieces]
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?=(.*?{piece}))\\{number}" for number, piece in enumerate(middle, 1)) + f".*{last}"


def _letters(forms: Sequence[str], lengths: Counts) -> Letters:
    """Return the set of letters of each form, a bit a letter; rare letters share bits with others."""
    if not forms:
        return np.zeros(0, dtype=np.uint64)
    # The line ends stay in, for an empty form must have something to be reduced.
    text = "\n".join([*forms, ""])
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4") & _LETTER_BITS
    bits = np.left_shift(np.uint64(1), np.arange(64, dtype=np.uint64))
    letters: Letters = np.bitwise_or.reduceat(bits[codes], np.cumsum(lengths + 1) - (lengths + 1))
    return letters


def _at_most(most: int, sets: Letters) -> npt.NDArray[np.bool_]:
    """Return which of the sets have so many elements at most."""
    for _ in range(most):
        sets = sets & (sets - np.uint64(1))  # without the lowest bit; none has none
    small: npt.NDArray[np.bool_] = sets == 0
    return small
