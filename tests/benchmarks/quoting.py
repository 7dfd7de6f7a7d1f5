"""How long it takes to check a quotation, and how much of what nobody quoted is found by chance.

    python -m tests.benchmarks.quoting INDEX SENTENCES

SENTENCES is a collection in BEIR's layout (corpus.jsonl, maybe compressed) of texts that the index does not have. What
is quoted is cut out of the paragraphs that the index finds for them. Each figure is the median, the 95th percentile and
the most, in milliseconds of the processor; then what the quotations were found to be.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import process_time
from typing import TYPE_CHECKING

from indexer import open_index
from indexer.analysis.tokenize import tokenize, words
from indexer.settings import Asking, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer import Searcher

SENTENCES = 150
LENGTHS = (4, 8, 15, 30)  # words of a quotation
FOREIGN = "абырвалг"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("index", type=Path)
    asked.add_argument("sentences", type=Path)
    typed = asked.parse_args()
    others = list(sentences(typed.sentences))
    with open_index(typed.index) as searcher:
        found = [searcher.search(other, limit=1, marks=False).results for other in others]
        texts = [results[0].paragraph.text for results in found if results]
        for length in LENGTHS:
            quoted = list(cut(texts, length))
            tell(f"{length} words", searcher, quoted)
            tell(f"{length} words, one replaced", searcher, map(replaced, quoted))
            tell(f"{length} words, shuffled", searcher, map(shuffled, quoted))
        tell("sentences of others", searcher, others)
    any_two = Settings(asking=Asking(quoted_run=2))
    with open_index(typed.index, settings=any_two) as searcher:
        longest = Counter(most_in_a_row(searcher, other) for other in others)
    for run in range(3, 7):
        share = sum(count for length, count in longest.items() if length >= run) / len(others)
        sys.stdout.write(f"sentences of others with {run} words in a row: {share:.2f}\n")


def sentences(folder: Path) -> Iterator[str]:
    """Give some of the texts, always the same ones, none of them very short or long."""
    [path] = folder.glob("corpus.jsonl*")
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).decode().splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    fitting = [text for text in texts if 10 <= len(words(text)) <= 40]
    yield from Random(1).sample(fitting, min(SENTENCES, len(fitting)))  # noqa: S311 -- no secret


def cut(texts: Iterable[str], length: int) -> Iterator[str]:
    """Give so many words from the middle of each text that has them."""
    for text in texts:
        spans = [token.span for token in tokenize(text)]
        first = (len(spans) - length) // 2
        if first >= 0:
            yield text[spans[first].start : spans[first + length - 1].stop]


def replaced(text: str) -> str:
    """Return a text with another word in its middle."""
    spans = [token.span for token in tokenize(text)]
    start, stop = spans[len(spans) // 2]
    return f"{text[:start]}{FOREIGN}{text[stop:]}"


def shuffled(text: str) -> str:
    """Return the words of a text in another order."""
    return " ".join(Random(1).sample(words(text), len(words(text))))  # noqa: S311 -- no secret


def most_in_a_row(searcher: Searcher, text: str) -> int:
    quotation = searcher.check(text, limit=1)
    return len(words(quotation.text[slice(*quotation.longest)]))


def tell(name: str, searcher: Searcher, quoted: Iterable[str]) -> None:
    times, kinds = [], Counter[str]()
    for text in quoted:
        start = process_time()
        kinds[searcher.check(text).kind] += 1
        times.append((process_time() - start) * 1000)
    most = f"{median(times):.1f} {quantiles(times, n=20)[-1]:.1f} {max(times):.1f}"
    sys.stdout.write(f"{name}: {most} ms; {dict(kinds.most_common())}\n")


if __name__ == "__main__":
    main()
