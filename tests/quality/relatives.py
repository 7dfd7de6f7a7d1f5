"""Measure the rules of relatives on real vocabularies: python -m tests.quality.relatives [report | sample].

A vocabulary is that of 50,000 paragraphs of the scale set: lemmas in two places or more. The rules, and the lists of
what they do wrong, were made by looking at the first 50,000; a sample `--elsewhere` is of others and has only pairs
that the first vocabulary lacks. Recall is against DerivBaseRu's pairs of two lemmas of the first vocabulary, except
those that it joins by a prefix; a hash parts them into halves, and what the rules miss was looked for in one only.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import lzma
import pickle
import random
import sys
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from statistics import mean, median
from tempfile import gettempdir
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis import russian
from indexer.analysis.relatives import candidates, relatives
from indexer.analysis.tokenize import tokenize
from indexer.settings import Analysis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DATA = Path(__file__).parents[3] / "shared" / "data"
GOLDEN = Path(__file__).parents[1] / "golden" / "relatives.txt"
PARAGRAPHS = 50_000
ELSEWHERE = 750_000  # paragraphs before those of the other vocabulary
BY_SUFFIX = {"SFX", "0SFX", "PTFX"}  # DerivBaseRu's names; PTFX is -ся


class Vocabulary(NamedTuple):
    """The lemmas of a corpus."""

    known: frozenset[str]  # in two places or more, whatever else their forms may be
    meant: Counter[str]  # likeliest lemma of a form → places


class Labelled(NamedTuple):
    """A pair of the golden file."""

    sample: str  # "first", "elsewhere" or "before"
    word: str
    relative: str
    wanted: bool  # by a reader who typed ~word


def vocabulary(skip: int = 0) -> Vocabulary:
    """Return the lemmas of a part of the scale set, kept in the folder for temporary files."""
    kept = Path(gettempdir(), f"abzats-relatives-{skip}.pickle")
    if not kept.exists():
        kept.write_bytes(pickle.dumps(tuple(read_vocabulary(DATA / "scale" / "paragraphs.jsonl.xz", skip))))
    return Vocabulary(*pickle.loads(kept.read_bytes()))  # noqa: S301 -- our own file


def read_vocabulary(path: Path, skip: int) -> Vocabulary:
    """Return the lemmas of the paragraphs of a file after the first ones."""
    analyzer = russian(Analysis())
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        texts = (json.loads(line)["text"] for line in islice(lines, skip, skip + PARAGRAPHS))
        forms = Counter(analyzer.key(token.text, token.opens_sentence) for text in texts for token in tokenize(text))
    known, meant = Counter[str](), Counter[str]()
    for key, places in forms.items():
        lemmas = [lemma.text for lemma in analyzer.found_by(*key)[0]]
        meant[lemmas[0]] += places
        known.update(dict.fromkeys(lemmas, places))
    return Vocabulary(frozenset(word for word, places in known.items() if places > 1 and word.isalpha()), meant)


def derived(known: frozenset[str]) -> set[frozenset[str]]:
    """Return DerivBaseRu's pairs within a vocabulary."""
    rows = (row for path in sorted((DATA / "lexical").glob("derivation_*.csv.gz")) for row in table(path))
    pairs = (
        frozenset((row["word_s"].replace("ё", "е"), row["word_d"].replace("ё", "е")))
        for row in rows
        if row["der_type"] in BY_SUFFIX
    )
    return {pair for pair in pairs if len(pair) > 1 and pair <= known}


def table(path: Path) -> Iterator[dict[str, str]]:
    """Give the rows of a compressed table."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t")


def was_seen(pair: Iterable[str]) -> bool:
    """Whether a pair is of the half in which misses were looked for."""
    return hashlib.sha256(" ".join(sorted(pair)).encode()).digest()[0] % 2 == 0


def sample(words: Vocabulary, seen: frozenset[str], *, seed: int, size: int) -> Iterator[tuple[str, str]]:
    """Give pairs to label: different words, drawn by frequency, and a relative of each; not both of them seen."""
    chance = random.Random(seed)  # noqa: S311 -- not cryptography
    # Efraimidis and Spirakis: drawing by weight without putting back is sorting by these keys.
    keys = {word: chance.random() ** (1 / words.meant[word]) for word in sorted(words.known) if words.meant[word]}
    left = size
    for word in sorted(keys, key=keys.__getitem__, reverse=True):
        found = relatives(word, words.known.intersection)
        eligible = sorted(other for other in found if not {word, other} <= seen)
        if eligible and left:
            left -= 1
            yield word, chance.choice(eligible)


def labelled(path: Path = GOLDEN) -> list[Labelled]:
    """Return the pairs of the golden file, whose samples begin with a line in brackets."""
    pairs: list[Labelled] = []
    name = ""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            word, other, wanted = line.split(" | ")
            pairs.append(Labelled(name, word, other, wanted == "yes"))
    return pairs


def is_made(pair: Labelled) -> bool:
    """Whether the rules give this pair."""
    return pair.relative in relatives(pair.word, {pair.relative}.intersection)


def differs_in_voice(pair: Iterable[str]) -> bool:
    """Whether one of two words is the other with -ся."""
    shorter, longer = sorted(pair, key=len)
    return longer in {shorter + "ся", shorter + "сь"}


def precision(pairs: Iterable[Labelled]) -> float:
    """Return the share of wanted pairs."""
    wanted = [pair.wanted for pair in pairs]
    return sum(wanted) / len(wanted)


def report(words: Vocabulary) -> Iterator[str]:
    """Give the figures, a line each."""
    start = time.perf_counter()
    found = {frozenset((word, other)) for word in words.known for other in relatives(word, words.known.intersection)}
    spent = (time.perf_counter() - start) / len(words.known) * 1000
    guesses = [len(candidates(word)) for word in words.known]
    yield f"words {len(words.known)}, with their relatives found in {spent:.2f} ms each"
    yield f"candidates a word: mean {mean(guesses):.0f}, median {median(guesses):.0f}, most {max(guesses)}"
    pairs = derived(words.known)
    yield f"pairs {len(found)}, {len(found & pairs) / len(found):.3f} of them DerivBaseRu's too"
    unseen = {pair for pair in pairs if not was_seen(pair)}
    yield f"recall {len(found & unseen) / len(unseen):.3f} of {len(unseen)} pairs not seen"
    apart = {pair for pair in found & unseen if not differs_in_voice(pair)}
    yield f"recall {len(apart) / len(unseen):.3f} without pairs that differ by -ся alone"
    for name in ("first", "elsewhere", "before"):
        yield from precisions([pair for pair in labelled() if pair.sample == name])


def precisions(pairs: list[Labelled]) -> Iterator[str]:
    """Give the figures of a sample."""
    made = [pair for pair in pairs if is_made(pair)]
    other = [pair for pair in made if not differs_in_voice((pair.word, pair.relative))]
    yield f"{pairs[0].sample}: precision {precision(pairs):.3f} of {len(pairs)} when labelled"
    yield f"    {precision(made):.3f} now, {precision(other):.3f} without pairs that differ by -ся alone"


def main() -> None:
    """Print the figures, or pairs to label."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=("report", "sample"), default="report")
    parser.add_argument("--elsewhere", action="store_true", help="only what the first vocabulary does not have")
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--size", type=int, default=200)
    arguments = parser.parse_args()
    words, seen = vocabulary(), frozenset[str]()
    if arguments.elsewhere:
        words, seen = vocabulary(ELSEWHERE), words.known
    if arguments.what == "report":
        lines = report(words)
    else:
        pairs = sample(words, seen, seed=arguments.seed, size=arguments.size)
        lines = (f"{word} | {other} | " for word, other in pairs)
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
