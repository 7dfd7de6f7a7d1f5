"""What is asked: words of real questions, words and phrases of the corpus, the questions themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.prepared import Prepared, Row

Shape: TypeAlias = Literal["any", "phrase", "mask", "all", "either", "without"]

_STRESS = "\u0301"
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"(?<![\w-])[а-яё]{4,}(?![\w-])", re.IGNORECASE)
_SIDE_BY_SIDE = re.compile(r"(?<![\w-])([а-яё]{3,}) ([а-яё]{3,})(?![\w-])", re.IGNORECASE)
_YEAR = 365
_BEGINNING = 5  # letters of a mask
_MASKED = 8  # letters at least of a word that it is taken from, so that its stem begins so too
_SPARE = 5  # paragraphs looked at for a question, for not every one has two words side by side


@dataclass(frozen=True, slots=True)
class Question:
    """What every system is asked, in a form that each puts into its own language."""

    kind: str  # what the tables call it
    shape: Shape
    words: tuple[str, ...]  # as typed; of a mask, its beginning
    source: str = ""  # empty: any
    days: tuple[int, int] | None = None  # since 1970, half-open
    found: bool = False  # it was taken from the corpus, so that there is an answer

    @property
    def text(self) -> str:
        """The words with a space between."""
        return " ".join(self.words)


def words(text: str) -> list[str]:
    """Return the words of a text as all systems are given them.

    >>> words("Когда начался Кари\u0301бский кризис?")
    ['Когда', 'начался', 'Карибский', 'кризис']
    """
    return _WORD.findall(text.replace(_STRESS, ""))


def draw(corpus: Prepared, asked: Sequence[str], count: int, *, seed: int = 1) -> list[Question]:
    """Return `count` questions of each kind, always the same ones; of a small corpus some kinds have fewer."""
    random = Random(seed)  # noqa: S311 -- no secret
    real = [found for text in asked if (found := words(text))]
    rows = _sample(corpus, count * _SPARE, random)
    of_rows = (_phrase, _mask, _both, _either, _without, _of_source, _of_year)
    return [
        *(question for length in range(1, 6) for question in _runs(real, length, count, random)),
        *(question for of_row in of_rows for question in _some(of_row, rows, count, random)),
        *(Question("question", "any", tuple(one)) for one in random.sample(real, min(count, len(real)))),
    ]


def _some(
    of_row: Callable[[Row, Random], Question | None], rows: list[Row], count: int, random: Random
) -> Iterator[Question]:
    return islice((question for row in rows if (question := of_row(row, random))), count)


def _sample(corpus: Prepared, count: int, random: Random) -> list[Row]:
    paragraphs = corpus.facts.paragraphs
    chosen = set(random.sample(range(paragraphs), min(count, paragraphs)))
    rows = [row for row in corpus.rows() if row.number in chosen]
    random.shuffle(rows)
    return rows


def _runs(real: list[list[str]], length: int, count: int, random: Random) -> list[Question]:
    """Return words that stand side by side in questions; one alone is of four letters at least."""
    runs = [tuple(one[at : at + length]) for one in real for at in range(len(one) - length + 1)]
    fit = [run for run in runs if length > 1 or _LETTERS.fullmatch(run[0])]
    name = f"{length} word{'s' if length > 1 else ''}"
    return [Question(name, "any", run) for run in random.sample(fit, min(count, len(fit)))]


def _phrase(row: Row, random: Random) -> Question | None:
    pairs = _SIDE_BY_SIDE.findall(row.text)
    return Question("phrase", "phrase", random.choice(pairs), found=True) if pairs else None


def _mask(row: Row, random: Random) -> Question | None:
    found = [word for word in _pick(row, 1, random) if len(word) >= _MASKED]
    return Question("mask", "mask", (found[0][:_BEGINNING],), found=True) if found else None


def _both(row: Row, random: Random) -> Question | None:
    found = _pick(row, 2, random)
    return Question("and", "all", found, found=True) if found else None


def _either(row: Row, random: Random) -> Question | None:
    found = _pick(row, 2, random)
    return Question("or", "either", found, found=True) if found else None


def _without(row: Row, random: Random) -> Question | None:
    found = _pick(row, 2, random)
    return Question("not", "without", found) if found else None


def _of_source(row: Row, random: Random) -> Question | None:
    found = _pick(row, 2, random)
    return Question("source", "any", found, source=row.source, found=True) if found else None


def _of_year(row: Row, random: Random) -> Question | None:
    found = _pick(row, 2, random)
    days = (row.day - _YEAR // 2, row.day + _YEAR // 2)
    return Question("date", "any", found, days=days, found=True) if found else None


def _pick(row: Row, count: int, random: Random) -> tuple[str, ...]:
    """Return some of the words of a paragraph, in lower case, or none if there are not as many."""
    found = sorted({word.lower() for word in _LETTERS.findall(row.text)})
    return tuple(random.sample(found, count)) if len(found) >= count else ()
