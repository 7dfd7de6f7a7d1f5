"""Correct and complete words by the vocabulary of the first N paragraphs of the scale corpus.

python -m tests.benchmarks.spelling 300000

Prints the size of the vocabulary; how many misspellings of RUSpellRU are corrected as a person did, with what the order
of the corrections takes into account left out bit by bit; and how long corrections and completions take.

Of the pairs those count that are a misspelling (three edits at most), whose correction is in the vocabulary, and whose
misspelling is not: a word that the index knows is never corrected.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import re
import statistics
import time
from collections import Counter
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.analysis import russian
from indexer.analysis.fold import fold
from indexer.analysis.tokenize import tokenize
from indexer.settings import Analysis
from indexer.suggest import complete, corrections
from indexer.suggest.spelling import DEFAULT, slips
from indexer.suggest.words import Known
from indexer.vocabulary import Lexicon, Vocabulary
from tests.benchmarks.corpus import DATA, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.analysis import Analyzer
    from indexer.suggest import Correction

ALL = 1000  # corrections: more than there ever are
FOLLOWING = 50_000  # paragraphs
RUSSIAN = re.compile("[А-Яа-яЁё]{5,}")
MASKS = ("слов*", "*ость", "*ост*", "сл?во", "*а*о*ия", "*а*а*а*а*а*")


class Pair(NamedTuple):
    """A misspelling and what a person made of it, folded."""

    typed: str
    meant: str


def keys(start: int, stop: int, analyzer: Analyzer) -> Counter[tuple[str, bool]]:
    """Count the words of these paragraphs."""
    with lzma.open(DATA / "scale" / "paragraphs.jsonl.xz", "rt", encoding="utf-8") as lines:
        tokens = (token for line in islice(lines, start, stop) for token in tokenize(json.loads(line)["text"]))
        return Counter(analyzer.key(token.text, token.opens_sentence) for token in tokens)


def strangers(paragraphs: int, known: Known) -> list[str]:
    """Return words of the paragraphs that follow which are frequent there, so no misspellings, and not known."""
    following = keys(paragraphs, paragraphs + FOLLOWING, known.analyzer)
    frequent = {fold(form) for (form, _), places in following.items() if places >= 3 and RUSSIAN.fullmatch(form)}
    return sorted(form for form in frequent if not known.places(form))


def vocabulary(paragraphs: int, analyzer: Analyzer) -> Vocabulary:
    """Return the forms of the first paragraphs."""
    forms: Counter[str] = Counter()
    lemmas: Counter[str] = Counter()
    for (form, opens_sentence), places in keys(0, paragraphs, analyzer).items():
        forms[fold(form)] += places
        for lemma in analyzer.found_by(form, opens_sentence)[0]:
            lemmas[lemma.text] += places
    in_order = sorted(forms)
    counts = np.array([forms[form] for form in in_order], dtype=np.int64)
    return Vocabulary([Lexicon(in_order, counts)], lambda lemma: lemmas[lemma])


def pairs(known: Vocabulary) -> list[Pair]:
    """Return the pairs that count."""
    with (DATA / "lexical" / "typo_pairs.tsv").open(encoding="utf-8") as lines:
        every = [Pair(*map(fold, line.split("\t")[:2])) for line in lines]
    say(f"{len(every):,} pairs of words")
    near = [pair for pair in every if 0 < OSA.distance(*pair) <= 3]
    return [pair for pair in near if known.count(pair.meant) and not known.count(pair.typed)]


def accuracy(name: str, right: list[list[bool]]) -> None:
    """Print how often the first correction is right, and how often one of the first five."""
    first, five = (sum(any(row[:most]) for row in right) / len(right) for most in (1, 5))
    say(f"{name}: first {first:.3f}, among five {five:.3f}")


def in_other_orders(known: Vocabulary, analyzer: Analyzer, asked: list[Pair]) -> None:
    """Print how good the corrections would be without what decides their order."""
    found = {pair: corrections(pair.typed, known, analyzer, limit=ALL) for pair in asked}

    def lemmas(one: Correction) -> int:
        """Return how often the form stands in the index in any form of its lemmas."""
        of_form = analyzer.found_by(one.text, True)[0]  # noqa: FBT003 -- its own signature
        return max(one.places, *(known.lemma_places(lemma.text) for lemma in of_form))

    orders: dict[str, Callable[[Pair, Correction], tuple[float, float]]] = {
        "as they are": lambda pair, one: (
            DEFAULT.powers_of_ten * slips(pair.typed, one.text) - math.log10(one.places + 1),
            0,
        ),
        "slips, then frequency": lambda pair, one: (slips(pair.typed, one.text), -one.places),
        "edits, then frequency": lambda _, one: (one.distance, -one.places),
        "edits, then frequency of the lemma": lambda _, one: (one.distance, -lemmas(one)),
        "frequency of the lemma instead": lambda pair, one: (
            DEFAULT.powers_of_ten * slips(pair.typed, one.text) - math.log10(lemmas(one) + 1),
            0,
        ),
    }
    for name, order in orders.items():
        for half, part in ("", asked), (", every other pair", asked[::2]), (", the others", asked[1::2]):
            in_order = {pair: sorted(found[pair], key=partial(order, pair)) for pair in part}
            accuracy(f"{name}{half}", [[one.text == pair.meant for one in in_order[pair]] for pair in part])


def by_rung(known: Known, asked: list[Pair], paragraphs: int) -> None:
    """Print what the rung does to the misspellings, and to words that are none."""
    strange = strangers(paragraphs, known)
    for most in (1.0, DEFAULT.most_edits, 1.6, 2.0):
        read = {word: within(most, word, known) for word in [*strange, *(pair.typed for pair in asked)]}
        right = sum(read[pair.typed] == pair.meant for pair in asked) / len(asked)
        falsely = sum(bool(read[word]) for word in strange) / len(strange)
        say(f"slips to {most}: {right:.3f} of the misspellings right, {falsely:.3f} of {len(strange):,} words misread")


def within(most: float, word: str, known: Known) -> str:
    """Return the likeliest correction that is no further away; empty if there is none."""
    found = corrections(word, known.vocabulary, known.analyzer)
    return next((one.text for one in found if slips(word, one.text) <= most), "")


def milliseconds(call: Callable[[str], object], asked: list[str]) -> str:
    """Return how long a call takes for each of the words, the second time they are asked."""
    taken = []
    for word in asked * 2:
        began = time.perf_counter()
        call(word)
        taken.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(taken[len(asked) :], n=100)
    return (
        f"p50 {cuts[49]:.2f} ms, p95 {cuts[94]:.2f} ms, most {max(taken[len(asked) :]):.2f} ms; first {taken[0]:.0f} ms"
    )


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paragraphs", type=int)
    paragraphs = parser.parse_args().paragraphs
    analyzer = russian(Analysis())
    known = vocabulary(paragraphs, analyzer)
    forms = known.lexicons[0].forms
    say(f"{len(forms):,} forms, {sum(map(len, forms)) / 1e6:.1f} M characters")
    asked = pairs(known)
    say(f"{len(asked)} of them count")
    in_other_orders(known, analyzer, asked)
    by_rung(Known(known, analyzer), asked, paragraphs)
    typed = [pair.typed for pair in asked]
    begun = [pair.meant[:length] for pair in asked for length in (1, 2, 3, 5)]
    fresh = Vocabulary([Lexicon(known.lexicons[0].forms, known.lexicons[0].counts)], known.lemma_places)
    say(f"near, two edits: {milliseconds(lambda word: fresh.near(word, 2), typed)}")
    every = milliseconds(lambda word: process.extract(word, forms, scorer=OSA.distance, score_cutoff=2), typed[:40])
    say(f"the same by aligning every form: {every}")
    say(f"corrections: {milliseconds(lambda word: corrections(word, known, analyzer), typed)}")
    say(f"completions: {milliseconds(lambda text: complete(text, known, 10), begun)}")
    say(f"masks: {milliseconds(known.like, list(MASKS) * 5)}")


if __name__ == "__main__":
    main()
