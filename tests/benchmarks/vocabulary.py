"""How many different words a corpus has, the longer it gets.

    python -m tests.benchmarks.vocabulary 1000000

Counts what an index on a cluster has documents of its own for, words of texts and titles, over the first paragraphs of
the scale corpus. Prints a line whenever there are twice as many paragraphs, with the exponent of the growth since the
line before: twice as many words of text bring 2^exponent times as many different ones (Heaps' law).
"""

from __future__ import annotations

import sys
from itertools import chain
from math import log

from indexer.analysis.lemmatize import is_capitalised
from indexer.analysis.tokenize import tokenize
from tests.benchmarks.corpus import documents, say

FIRST = 25_000  # paragraphs


def main() -> None:
    """Count once and print."""
    met: set[tuple[str, bool]] = set()
    paragraphs = words = 0
    shown, before = FIRST, (0, 0)
    for document in documents(int(sys.argv[1])):
        texts = document.text.split("\n\n")
        for token in chain.from_iterable(map(tokenize, (document.title, *texts))):
            met.add((token.text, token.opens_sentence and is_capitalised(token.text)))
            words += 1
        paragraphs += len(texts)
        if paragraphs >= shown:
            exponent = log(len(met) / before[1]) / log(words / before[0]) if all(before) else 0.0
            say(f"{paragraphs} paragraphs, {words} words, {len(met)} different; exponent {exponent:.3f}")
            shown, before = 2 * shown, (words, len(met))


if __name__ == "__main__":
    main()
