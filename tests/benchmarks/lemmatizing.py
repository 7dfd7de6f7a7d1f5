"""Look up the different words of the first N paragraphs of the scale corpus, beside pymorphy3.

python -m tests.benchmarks.lemmatizing [300000]

Prints how many words a second MorphAnalyzer.parse, our dictionary and the whole lemmatiser look up, the latter word by
word and many at once, and how many times as many as MorphAnalyzer.parse. They take turns, ten thousand words each, in
the order of a build. In the first round our dictionary has just been opened; in the others it knows the paradigms and
endings it has met, but no word. Then how long opening takes, and how much memory (on Linux).
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import subprocess
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING

from pymorphy3 import MorphAnalyzer

from indexer.analysis import dictionary, lemmatize, russian
from indexer.analysis.fold import fold, written
from indexer.analysis.tokenize import words
from indexer.backends.whoosh.lookup import look_up
from indexer.backends.whoosh.words import key_of
from indexer.settings import Analysis
from tests.benchmarks.corpus import DATA, say

if TYPE_CHECKING:
    from collections.abc import Callable

TURN = 10_000  # words
CYRILLIC = re.compile("[Ѐ-ӿ]")
OPENED = """
import time, indexer.analysis.lemmatize
from pathlib import Path
pages = lambda: int(Path("/proc/self/statm").read_text().split()[1])
before = pages()
began = time.perf_counter()
{}
taken = time.perf_counter() - began
print(f"{{1000 * taken:.0f}} ms, {{(pages() - before) * 4 / 1024:.0f}} MiB")
"""
OPENINGS = {
    "MorphAnalyzer": "from pymorphy3 import MorphAnalyzer; MorphAnalyzer().parse('стали')",
    "ours, for a word it has": "from indexer.analysis.dictionary import parses; parses('стали')",
    "ours, for a guess": "from indexer.analysis.dictionary import parses; parses('бутявка')",
}


def forms(paragraphs: int) -> list[str]:
    """Return the different folded forms that have a Cyrillic letter: what the dictionary is asked for."""
    with lzma.open(DATA / "scale" / "paragraphs.jsonl.xz", "rt", encoding="utf-8") as lines:
        tokens = {word for line in islice(lines, paragraphs) for word in words(json.loads(line)["text"])}
    return sorted({fold(written(token)) for token in tokens if CYRILLIC.search(token)})


def seconds(call: Callable[[list[str]], object], asked: list[str]) -> float:
    """Return how much of the processor a call takes for all of the words."""
    began = time.process_time()
    call(asked)
    return time.process_time() - began


def one_by_one(call: Callable[[str], object]) -> Callable[[list[str]], object]:
    """Return a call for many words of a call for one; what it returns is not kept."""

    def every(asked: list[str]) -> None:
        for word in asked:
            call(word)

    return every


def at_once(asked: list[str]) -> None:
    """Have many words looked up as a build does."""
    look_up([key_of(word, opens_sentence=False) for word in asked], russian(Analysis()))


def forget_words() -> None:
    """Have no word remembered that was looked up."""
    lemmatize._read.cache_clear()  # noqa: SLF001 -- what a benchmark may know
    lemmatize._known_parts.clear()  # noqa: SLF001 -- likewise
    known = dictionary._dictionary()  # noqa: SLF001 -- likewise
    known.parses.cache_clear()
    known.lexicon._words.ahead = {}  # noqa: SLF001 -- likewise
    known.lexicon._probabilities.ahead = {}  # noqa: SLF001 -- likewise


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paragraphs", type=int, nargs="?", default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    asked = forms(arguments.paragraphs)
    say(f"{len(asked):,} different forms of {arguments.paragraphs:,} paragraphs")
    calls: dict[str, Callable[[list[str]], object]] = {
        "MorphAnalyzer.parse": one_by_one(MorphAnalyzer().parse),
        "dictionary.parses": one_by_one(dictionary.parses),
        "Lemmatizer.found": one_by_one(lemmatize.Lemmatizer(Analysis()).found),
        "lookup.look_up": at_once,
    }
    dictionary._dictionary.cache_clear()  # noqa: SLF001 -- opened anew
    for number in range(1, arguments.rounds + 1):
        taken = dict.fromkeys(calls, 0.0)
        for start in range(0, len(asked), TURN):
            for name, call in calls.items():
                forget_words()
                taken[name] += seconds(call, asked[start : start + TURN])
        rates = {name: len(asked) / spent for name, spent in taken.items()}
        say(
            f"round {number}: "
            + "; ".join(
                f"{name} {rate:,.0f} words/s, {rate / rates['MorphAnalyzer.parse']:.2f} times"
                for name, rate in rates.items()
            )
        )
    for name, code in OPENINGS.items():
        runs = [
            subprocess.run([sys.executable, "-c", OPENED.format(code)], check=True, capture_output=True, text=True)
            for _ in range(3)
        ]
        say(f"opening, {name}: {', '.join(run.stdout.strip() for run in runs)}")


if __name__ == "__main__":
    main()
