"""Misspellings: the forms of the index that are near a word, the likeliest first.

The first correction is right for 0.867 of RUSpellRU's misspellings, one of five for 0.944; in the order of edits, then
of frequency, 0.823 and 0.937. This and the figures below: python -m tests.benchmarks.spelling 100000.
"""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.fold import fold
from indexer.settings import Mistyping
from indexer.suggest.layout import flipped
from indexer.suggest.transliteration import is_latin, plainly
from indexer.suggest.words import Change, cased_as, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.analysis import Analyzer
    from indexer.suggest.words import Known
    from indexer.vocabulary import Vocabulary

DEFAULT = Mistyping()

# Letters that are written for each other: vowels without stress, consonants voiced and not, hissing ones.
_VOWELS = ("оа", "еи", "еэ", "ия", "ея", "ыи", "юу", "яа", "ео", "ей", "ий", "уо")
_CONSONANTS = ("бп", "вф", "гкх", "дт", "жш", "зс", "шщч", "цс", "вг", "жз")
_PAIRS = frozenset(
    pair for letters in _VOWELS + _CONSONANTS for one in combinations(letters, 2) for pair in (one, one[::-1])
)
_SIGNS = frozenset("ьъ")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_ONE_LETTER_WORDS = frozenset("авикосуя")


class Correction(NamedTuple):
    """A form of the index that a word may be a misspelling of."""

    text: str  # folded
    distance: int  # edits: optimal string alignment; letters drawn out (ооочень) count as one
    places: int  # of the form alone; with the other forms of its lemma, 0.857 of the first are right and not 0.867


def corrections(
    word: str, vocabulary: Vocabulary, analyzer: Analyzer, *, limit: int = 5, settings: Mistyping = DEFAULT
) -> list[Correction]:
    """Return what the word may be a misspelling of, the likeliest first; never the word itself.

    The order is by the distance, in which a slip counts less, and by the frequency of the form.
    """
    form = fold(analyzer.form(word))
    found = _near(form, vocabulary, settings) if form else []
    found.sort(key=lambda one: (_unlikelihood(slips(form, one.text, settings), one.places, settings), one.text))
    return found[:limit]


def changes(query: str, known: Known) -> Iterator[Change]:
    """Give the unknown words as the likeliest form of the index, or as two if a space is missing."""
    for span in unknown(query, known):
        typed = query[span.start : span.stop]
        if len(typed) >= known.settings.shortest and (read := _mended(typed, known)):
            yield Change(span, cased_as(typed, read))


def slips(typed: str, meant: str, settings: Mistyping = DEFAULT) -> float:
    """Return the optimal string alignment distance, in which a slip counts less.

    >>> slips("карова", "корова"), slips("град", "корова"), slips("расса", "раса"), slips("учиться", "учится")
    (0.6, 4.2, 0.6, 0.6)
    """
    two_above: list[float] = []
    slip = settings.slip
    above = _running(_left_out(meant, slip))
    for row, letter in enumerate(typed):
        line = [above[0] + _weight(typed, row, slip)]
        for column, other in enumerate(meant):
            steps = [
                above[column + 1] + _weight(typed, row, slip),
                line[column] + _weight(meant, column, slip),
                above[column] + _substitution(letter, other, slip),
            ]
            if row and column and letter == meant[column - 1] and other == typed[row - 1]:
                steps.append(two_above[column - 1] + 1)
            line.append(min(steps))
        two_above, above = above, line
    return above[-1]


def split(word: str, vocabulary: Vocabulary, settings: Mistyping = DEFAULT) -> tuple[str, int]:
    """Return the word as two of the index with a space between, and the count of the rarer; nothing and 0 if not.

    Of several ways, it is the one whose rarer word is most frequent.
    """
    pairs = [(word[:at], word[at:]) for at in range(1, len(word)) if _are_words(word[:at], word[at:])]
    found = [(min(map(vocabulary.count, pair)), " ".join(pair)) for pair in pairs]
    places, text = max(found, default=(0, ""))
    return (text, places) if places >= settings.least_places else ("", 0)


def _mended(typed: str, known: Known) -> str:
    """Return what a word becomes in a query; empty if nothing is near it."""
    found = [*_not_far(typed, known), *_with_a_space(typed, known)]
    if is_latin(typed):
        foreign = (word for word in (plainly(typed), flipped(typed)) if len(word) >= known.settings.shortest_foreign)
        found += [one for word in foreign for one in _not_far(word, known)]
    return min(found, default=(0.0, ""))[1]


def _not_far(word: str, known: Known) -> Iterator[tuple[float, str]]:
    """Give the corrections that are not too far, each with its unlikelihood."""
    form = fold(known.analyzer.form(word))
    for one in corrections(word, known.vocabulary, known.analyzer, settings=known.settings):
        if (edits := slips(form, one.text, known.settings)) <= known.settings.most_edits:
            yield _unlikelihood(edits, one.places, known.settings), one.text


def _with_a_space(word: str, known: Known) -> Iterator[tuple[float, str]]:
    text, places = split(fold(known.analyzer.form(word)), known.vocabulary, known.settings)
    if text:
        yield _unlikelihood(known.settings.missing_space, places, known.settings), text


def _unlikelihood(edits: float, places: int, settings: Mistyping) -> float:
    return settings.powers_of_ten * edits - math.log10(places + 1)


def _near(form: str, vocabulary: Vocabulary, settings: Mistyping) -> list[Correction]:
    edits = 1 if len(form) <= settings.short else 2
    found = dict(vocabulary.near(form, edits))
    drawn_in = _LONG_RUN.sub(r"\1", form)
    if drawn_in != form:
        found = {
            near: (distance + 1, places) for near, (distance, places) in vocabulary.near(drawn_in, 1).items()
        } | found
    return [Correction(near, *of_near) for near, of_near in found.items() if near != form]


def _are_words(one: str, other: str) -> bool:
    return all(len(word) > 1 or word in _ONE_LETTER_WORDS for word in (one, other))


def _weight(word: str, at: int, slip: float) -> float:
    """Return what it counts to write the letter or to leave it out: less for one of a double, and for ь and ъ."""
    letter = word[at]
    return slip if letter in _SIGNS or letter in {word[at - 1 : at], word[at + 1 : at + 2]} else 1.0


def _left_out(word: str, slip: float) -> Iterable[float]:
    return (_weight(word, at, slip) for at in range(len(word)))


def _running(weights: Iterable[float]) -> list[float]:
    sums = [0.0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    return sums


def _substitution(letter: str, other: str, slip: float) -> float:
    if letter == other:
        return 0.0
    return slip if (letter, other) in _PAIRS else 1.0
