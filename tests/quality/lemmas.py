"""Lemmas against gold data: python -m tests.quality.lemmas, for all files once.

With --disagreements, what differs in the dev files, by kind; with --rules, what each rule adds there to all the others.

A word counts if it has a Cyrillic letter and is no PUNCT or SYM: of words in other scripts we take stems, and gold data
the word. Each sentence is analysed from its text, and a gold word is compared with our token of the same span; what we
cut otherwise («т. е.», «г.», «#Вьетнам», words that gold data split in two) is left out and counted. Lemmas are
compared folded, for search does not tell ё from е, nor capitals, and without the dot of an initial.

first: pymorphy3's likeliest parse of the form alone. ours: the lemma with the highest weight, the first of those that
tie. ceiling: any of the lemmas that the word is indexed by. apart: of two sentences that are found by a lemma, one
where it is meant and one where another lemma of its form is, how often the first weighs more, ties counting half: what
who asks for «сталь» alone has of it.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from collections import Counter
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from indexer.analysis import context, lemmatize, russian, weights
from indexer.analysis.abbreviations import STANDS_FOR
from indexer.analysis.fold import fold, written
from indexer.analysis.lemmatize import first_lemma, grammemes
from indexer.settings import Analysis
from indexer.types import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

    from indexer.analysis import Analyzer

MORPHOLOGY = Path(__file__).parents[3] / "shared" / "data" / "morphology"
DEV = ("gsd-ud-dev", "taiga-ud-dev")  # errors are looked for in these alone
FILES = (*DEV, "gsd-ud-test", "taiga-ud-test", "pud-ud-test")

_INFINITIVE = ("ть", "ти", "чь", "ться", "тись", "чься")
_CYRILLIC = re.compile("[А-Яа-яЁё]")


class Gold(NamedTuple):
    """A word of the gold data."""

    span: Span  # into the sentence
    lemma: str  # folded
    tag: str  # part of speech
    features: str


class Sentence(NamedTuple):
    """A sentence of the gold data."""

    text: str
    words: tuple[Gold, ...]  # that count
    split: int  # words that count and are parts of one that is written together


class Compared(NamedTuple):
    """A gold word beside our token of the same span."""

    form: str
    gold: Gold
    first: str
    lemmas: tuple[str, ...]  # ours, the heaviest first
    weights: tuple[float, ...]
    is_known: bool  # to the dictionary


class Score(NamedTuple):
    """What a file comes to; shares are of the words that align."""

    words: int  # that align
    left_out: int
    first: float
    ours: float
    ceiling: float
    apart: float


def path_of(name: str, folder: Path = MORPHOLOGY) -> Path:
    """Return the file of a part of the gold data."""
    return folder / f"ru_{name}.conllu.gz"


def sentences(path: Path) -> Iterator[Sentence]:
    """Give the sentences of a CoNLL-U file."""
    text, rows = "", list[list[str]]()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in chain(lines, ["\n"]):
            if line.startswith("# text = "):
                text = line.removeprefix("# text = ").rstrip("\n")
            elif line[:1].isdigit():
                rows.append(line.rstrip("\n").split("\t"))
            elif not line.strip() and rows:
                yield sentence(text, rows)
                rows = []


def sentence(text: str, rows: list[list[str]]) -> Sentence:
    """Return a sentence with its words placed by looking for each after the one before."""
    found = list[Gold]()
    at = split = inside = 0  # inside: the last word of one that is written together
    for number, form, lemma, tag, _, features, *_ in rows:
        if "." in number:
            continue  # an empty node: nothing is written there
        if "-" in number:
            inside = int(number.partition("-")[2])
            at = text.index(form, at) + len(form)
            continue
        counts = tag not in {"PUNCT", "SYM"} and bool(_CYRILLIC.search(form))
        if int(number) <= inside:
            split += counts
            continue
        start = text.index(form, at)
        at = start + len(form)
        if counts:
            found.append(Gold(Span(start, at), _undotted(fold(written(lemma))), tag, features))
    return Sentence(text, tuple(found), split)


def compared(sentence: Sentence, analyzer: Analyzer) -> Iterator[Compared]:
    """Give the words whose span one of our tokens has."""
    at = {term.token.span: term for term in analyzer.terms(sentence.text)}
    for gold in sentence.words:
        if term := at.get(gold.span):
            lemmas = tuple(_undotted(lemma.text) for lemma in term.lemmas)
            first = _undotted(first_lemma(term.form))
            weights = tuple(lemma.weight for lemma in term.lemmas)
            yield Compared(term.form, gold, first, lemmas, weights, bool(grammemes(lemmas[0])))


def _undotted(lemma: str) -> str:
    return lemma.rstrip(".") or lemma


def score(path: Path, analyzer: Analyzer) -> Score:
    """Return how often the lemmas of a file are right."""
    total = 0
    by_sentence = list[list[Compared]]()
    for one in sentences(path):
        total += len(one.words) + one.split
        by_sentence.append(list(compared(one, analyzer)))
    words = list(chain.from_iterable(by_sentence))
    first, ours, ceiling = (
        sum(map(is_right, words)) / len(words)
        for is_right in (
            lambda word: word.first == word.gold.lemma,
            lambda word: word.lemmas[0] == word.gold.lemma,
            lambda word: word.gold.lemma in word.lemmas,
        )
    )
    return Score(len(words), total - len(words), first, ours, ceiling, told_apart(by_sentence))


def told_apart(by_sentence: Iterable[Iterable[Compared]]) -> float:
    """Return the share of pairs of sentences in which the one where the lemma is meant weighs more."""
    right: dict[str, list[float]] = {}
    wrong: dict[str, list[float]] = {}
    for words in by_sentence:
        weights: dict[str, float] = {}
        meant = set()
        for word in words:
            meant.add(word.gold.lemma)
            for lemma, weight in zip(word.lemmas, word.weights, strict=True):
                weights[lemma] = max(weight, weights.get(lemma, 0.0))
        for lemma, weight in weights.items():
            (right if lemma in meant else wrong).setdefault(lemma, []).append(weight)
    told = [
        (one > other) + 0.5 * (one == other)
        for lemma in right.keys() & wrong.keys()
        for one, other in product(right[lemma], wrong[lemma])
    ]
    return sum(told) / len(told)


# What differs, by kind; the first that fits.
KINDS: dict[str, Callable[[Compared], bool]] = {
    "variants of prepositions: во, со, об": lambda word: word.gold.tag == "ADP",
    "comparatives and superlatives": lambda word: (
        "Degree=Cmp" in word.gold.features or "Degree=Sup" in word.gold.features or word.gold.lemma.startswith("лучш")
    ),
    "numbers with endings": lambda word: word.form[0].isdigit(),
    "abbreviations": lambda word: fold(word.form) in STANDS_FOR or "Abbr=Yes" in word.gold.features,
    "pronouns and determiners": lambda word: word.gold.tag in {"PRON", "DET"},
    "participles": lambda word: "VerbForm=Part" in word.gold.features or _of_participle(word),
    "verbs in -ся": lambda word: word.gold.tag == "VERB" and _is_reflexive(word.gold.lemma, word.lemmas[0]),
    "aspects and other verbs": lambda word: word.gold.tag == "VERB" and word.lemmas[0].endswith(_INFINITIVE),
    "short adjectives in -о": lambda word: word.gold.tag == "ADJ" and "Variant=Short" in word.gold.features,
    "adverbs and nouns: зимой, дома": lambda word: word.gold.tag == "ADV" or word.lemmas[0] == fold(word.form),
    "surnames and patronymics of women": lambda word: (
        word.gold.tag == "PROPN" and word.gold.lemma.startswith(word.lemmas[0]) and "Fem" in word.gold.features
    ),
    "other names": lambda word: word.gold.tag == "PROPN",
    "unknown words": lambda word: not word.is_known,
    "adjectives and nouns": lambda word: word.gold.tag == "ADJ" or word.lemmas[0].endswith(("ый", "ий", "ой")),
    "other nouns": lambda word: word.gold.tag == "NOUN",
    "other": lambda _: True,
}


def _of_participle(word: Compared) -> bool:
    return word.gold.tag == "ADJ" and word.lemmas[0].endswith(_INFINITIVE)


def _is_reflexive(one: str, other: str) -> bool:
    return one.removesuffix("ся") == other.removesuffix("ся")


def kind(word: Compared) -> str:
    """Return of which kind a disagreement is."""
    return next(name for name, is_one in KINDS.items() if is_one(word))


def disagreements(words: Iterable[Compared]) -> Iterator[str]:
    """Give a line for each kind of disagreement: its share of the words, and how many of them have the gold lemma."""
    total = 0
    found: dict[str, list[Compared]] = {}
    for word in words:
        total += 1
        if word.lemmas[0] != word.gold.lemma:
            found.setdefault(kind(word), []).append(word)
    for name, wrong in sorted(found.items(), key=lambda entry: -len(entry[1])):
        indexed = sum(word.gold.lemma in word.lemmas for word in wrong)
        examples = Counter(f"{fold(word.form)}: {word.gold.lemma}, ours {word.lemmas[0]}" for word in wrong)
        shown = "; ".join(example for example, _ in examples.most_common(3))
        yield f"{100 * len(wrong) / total:5.2f}  {len(wrong):4}  {indexed:4}  {name}  ({shown})"


# What a rule adds is what is lost without it: the number that it multiplies by is made 1.
RULES: dict[str, tuple[ModuleType, dict[str, Any]]] = {
    "tags": (lemmatize, {"_RARE_TAG": 1.0}),
    "rare lemmas": (lemmatize, {"_RARE_LEMMAS": {}}),
    "nouns like adjectives": (lemmatize, {"_NOUN_LIKE_ADJECTIVE": 1.0}),
    "indeclinable": (lemmatize, {"_INDECLINABLE": 1.0}),
    "guessed plurals": (lemmatize, {"_GUESSED_PLURAL": 1.0}),
    "guessed by tail": (lemmatize, {"_GUESSED_BY_TAIL": 1.0}),
    "prepositions": (context, {"_WRONG_CASE": 1.0, "_NO_NOUN": 1.0}),
    "agreement": (context, {"_NO_AGREEMENT": 1.0, "_VERB": 1.0}),
    "pronouns": (context, {"_NO_ADJECTIVE": 1.0, "_ADJECTIVE_ALONE": 1.0}),
    "adjectives beside names": (context, {"_ADJECTIVE_BESIDE_NAMES": 0.0}),
}
for _module in (lemmatize, context):
    _neutral = [neutral for module, neutral in RULES.values() if module is _module]
    RULES[f"all of {_module.__name__}"] = (_module, dict(chain.from_iterable(one.items() for one in _neutral)))


def earned() -> Iterator[str]:
    """Give what each rule adds on the dev files, in points."""
    whole = _points()
    for name, (module, neutral) in RULES.items():
        with patch.multiple(module, **neutral):
            yield "  ".join(f"{all_ - less:+.2f}" for all_, less in zip(whole, _points(), strict=True)) + f"  {name}"
    _forget()


def _points() -> list[float]:
    _forget()
    return [100 * score(path_of(name), russian(Analysis())).ours for name in DEV]


def _forget() -> None:
    lemmatize._read.cache_clear()  # noqa: SLF001 -- what was read by other rules
    lemmatize._kind.cache_clear()  # noqa: SLF001 -- likewise
    context.factors.cache_clear()
    weights._ways.cache_clear()  # noqa: SLF001 -- likewise


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", nargs="+", choices=FILES, default=list(FILES))
    parser.add_argument("--disagreements", action="store_true")
    parser.add_argument("--rules", action="store_true")
    arguments = parser.parse_args()
    analyzer = russian(Analysis())
    lines: Iterable[str]
    if arguments.rules:
        lines = earned()
    elif arguments.disagreements:
        words = (word for name in DEV for one in sentences(path_of(name)) for word in compared(one, analyzer))
        lines = chain(["share  words  indexed  kind"], disagreements(words))
    else:
        lines = chain(["file             words  left out  first   ours    ceiling  apart"], map(_row, arguments.files))
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _row(name: str) -> str:
    found = score(path_of(name), russian(Analysis()))
    shares = "  ".join(f"{share:.4f}" for share in (found.first, found.ours, found.ceiling))
    shares += f"   {found.apart:.4f}"
    return f"{name:15}  {found.words:5}  {found.left_out:8}  {shares}"


if __name__ == "__main__":
    main()
