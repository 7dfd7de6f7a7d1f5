"""The query language with examples of the words that an index has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from indexer.errors import QueryError
from indexer.web.pages import addresses
from indexer.wording.messages import _, message, number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from indexer.search import Searcher
    from indexer.types import Examples
    from indexer.web.generations import Current

WORDS = 8  # of the index, to make examples of
OURS = ("сталь", "закалка", "масло")  # to show the signs with, where the index has too few words: they may find nothing
OUR_PAIR = "горячий металл"


class Example(NamedTuple):
    """A query that can be tried, and what it does."""

    query: str
    about: str
    found: str  # how many paragraphs; empty if it finds none
    address: str


# Templates of queries; {year} and {source} are left out where the index has none.
SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        message("Single words"),
        (
            ("{a} {b}", message("any form of the words; paragraphs with all of them come first")),
            ("={a}", message("this form only")),
            ("!{A}", message("this form, with its capital letter and its ё")),
            ("~{a}", message("words of the same root as well")),
            ("{mask}*", message("a mask over the forms in texts, of 3 letters at least")),
            ("{misspelt}~", message("misspellings within 1 or 2 letters")),
            ("{a}^2 {b}", message("it counts twice")),
        ),
    ),
    (
        message("Side by side"),
        (
            ("«{pair}»", message("side by side, in any form; the very forms typed come first")),
            ('="{pair}"', message("word for word")),
            ('"{a} {b}"~5', message("close together in any order, with fewer than 5 other words among them")),
            ("{a} РЯДОМ/5 {b}", message("at most 5 words apart; also NEAR/5")),
            ("{a} РЯДОМ/предл {b}", message("in one sentence; also NEAR/s")),
        ),
    ),
    (
        message("Both, either, without"),
        (
            ("{a} И {b}", message("both; also AND, &&")),
            ("{a} ИЛИ {b}", message("either; also OR, |")),
            ("{a} -{b}", message("without it: a word, a phrase, a field, a bracket; also НЕ, NOT")),
            ("{a} +{b}", message("it must be there")),
            ("({a} ИЛИ {b}) -{c}", message("brackets, as in arithmetic")),
        ),
    ),
    (
        message("Where and when"),
        (
            ("заголовок:{titled}", message("in the title; also title:")),
            ('источник:"{source}" {a}', message("of this source; also source:")),
            ("дата:{year} {a}", message("of this year; also date:")),
            ("дата:{year}-01..{year}-06 {a}", message("from January to June; also >2023-05, ..2020, вчера")),
        ),
    ),
)
FIRST = ("{a} {b}", "«{pair}»", "{a} ИЛИ {b}", "{mask}*")  # to try before anything has been asked


class Help:
    """Examples of an index, made when they are first wanted and as long as its generation lasts."""

    def __init__(self) -> None:
        self._made: tuple[Current | None, dict[str, Example]] = (None, {})

    def values(self, current: Current) -> dict[str, Any]:
        """Return what the template of the help shows."""
        examples = self._of(current)
        return {
            "sections": [
                (_(title), [self._said(examples[query], about) for query, about in rows if query in examples])
                for title, rows in SECTIONS
            ]
        }

    def first(self, current: Current) -> list[Example]:
        """Return a few that find something."""
        examples = self._of(current)
        return [examples[query] for query in FIRST if query in examples and examples[query].found]

    def _said(self, example: Example, about: str) -> Example:
        return example._replace(about=_(about))

    def _of(self, current: Current) -> dict[str, Example]:
        # One value, so that no request sees the examples of one index with the name of another; made twice at worst.
        of, examples = self._made
        if of is not current:
            examples = dict(_examples(current))
            self._made = (current, examples)
        return examples


def _examples(current: Current) -> Iterator[tuple[str, Example]]:
    searcher, words = current.searcher, _words(current)
    for _title, rows in SECTIONS:
        for template, about in rows:
            if all(words[name] for name in words if f"{{{name}}}" in template):
                query = template.format(**words)
                total = _total(searcher, query)
                yield template, Example(query, about, number(total) if total else "", addresses.of_query(query))


def _words(current: Current) -> dict[str, str]:
    """Return what fills the templates, by name."""
    searcher, status = current.searcher, current.status
    examples = searcher.examples(limit=WORDS)
    a, b, c = _three(searcher, examples)
    source = next((name for name in status.sources if name and '"' not in name), "")
    return {
        "a": a,
        "b": b,
        "c": c,
        "A": a.capitalize(),
        "mask": a[: max(3, len(a) - 2)],
        "misspelt": _misspelt(a),
        "pair": examples.pair or OUR_PAIR,
        "titled": _titled(searcher, examples) or a,
        "source": source,
        "year": str(status.last.year) if status.last else "",
    }


def _three(searcher: Searcher, examples: Examples) -> tuple[str, str, str]:
    """Return words of which the first two stand in one paragraph, if any do."""
    words = [*examples.words, *OURS]
    first = words[0]
    second = max(words[1:], key=lambda word: _total(searcher, f"{first} И {word}"))
    third = next(word for word in [*words[1:], *OURS] if word not in {first, second})
    return first, second, third


def _titled(searcher: Searcher, examples: Examples) -> str:
    return next((word for word in examples.words if _total(searcher, f"заголовок:{word}")), "")


def _misspelt(word: str) -> str:
    """Return a word with its last two letters the wrong way round."""
    return word[:-2] + word[-1] + word[-2]


def _total(searcher: Searcher, query: str) -> int:
    try:
        return searcher.search(query, limit=0, rescue=False, marks=False).total
    except QueryError:
        return 0  # a word of the index may be one that operators are made of
