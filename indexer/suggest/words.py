"""Which words of a query may be read otherwise, and which of them the index knows."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.fold import fold
from indexer.frozen import frozen
from indexer.queries import masks, parse
from indexer.queries.syntax import (
    And,
    Expression,
    Field,
    Group,
    Marked,
    Must,
    Near,
    Or,
    Plain,
    Quoted,
    Sequence,
    Weighted,
)
from indexer.settings import Asking, Mistyping
from indexer.types import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.analysis import Analyzer
    from indexer.vocabulary import Vocabulary


_MARK = "\u00ad\u0300-\u036f\u200b-\u200f\u2060"  # seen by nobody; analysis.fold drops them
_APOSTROPHE = "'’ʼ`′ʹ"
_LETTER = r"[^\W\d_]"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARK}]|[{_APOSTROPHE}\-‐‑](?=[^\W_])|(?<=[A-Za-zÀ-ɏ])[{_APOSTROPHE}])*")
_HAS_LETTER = re.compile(_LETTER)


class Change(NamedTuple):
    """Another reading of a part of a query."""

    span: Span  # into the query
    text: str


@frozen
class Known:
    """What an index knows of words."""

    vocabulary: Vocabulary
    analyzer: Analyzer
    settings: Mistyping = field(default_factory=Mistyping)

    def places(self, word: str) -> int:
        """Return how often the word stands in the index in any of its forms, or as its lemmas could be read."""
        form, opens_sentence = self.analyzer.key(word, opens_sentence=True)
        lemmas = self.analyzer.found_by(form, opens_sentence).lemmas
        return max(self.vocabulary.count(fold(form)), *(self.vocabulary.lemma_places(lemma.text) for lemma in lemmas))

    def all_of(self, text: str) -> bool:
        """Whether the text has words, and the index knows each."""
        found = _WORD.findall(text)
        return bool(found) and all(map(self.places, found))


@lru_cache(16)  # each rung asks
def open_to_change(query: str) -> str:
    """Return the query with a space for each character that is not to be read otherwise.

    Those are signs, operators and names of fields, and what an asker has fixed: masks, words with ! or =, paths and
    dates; and what is excluded, for another reading of it would hide results.

    >>> open_to_change("заголовок:сталь И (стл -брнза слв*)")
    '          сталь    стл             '
    """
    left = [" "] * len(query)
    for span in _open(parse(query, Asking()).expression):
        if query.startswith(":", span.stop):
            continue  # the name of a field with nothing after it that it takes
        left[slice(*span)] = query[slice(*span)]
        for mask in masks(query[slice(*span)]):
            left[span.start + mask.start : span.start + mask.stop] = " " * (mask.stop - mask.start)
    return "".join(left)


def _open(expression: Expression) -> Iterator[Span]:
    match expression:
        case Plain(_, at):
            yield from at
        case Quoted(at=at, exact=False) | Marked(at=at, mark="" | "~"):
            yield at
        case Group(operand) | Weighted(operand) | Must(operand) | Field("title" | "source" | "author", operand):
            yield from _open(operand)
        case Near(parts) | And(parts) | Sequence(parts) | Or(parts):
            for part in parts:
                yield from _open(part)
        case _:
            return


def words(query: str) -> Iterator[Span]:
    """Give where the words are that may be read otherwise; not more of them than a query may have."""
    found = (Span(*match.span()) for match in _WORD.finditer(open_to_change(query)) if _HAS_LETTER.search(match[0]))
    return islice(found, Asking().most_words)


def unknown(query: str, known: Known) -> list[Span]:
    """Return where the words are that the index does not know, and that are not too long for words."""
    longest = known.analyzer.settings.longest_word
    unseen = (span for span in words(query) if span.stop - span.start <= longest and not known.places(_at(query, span)))
    return list(islice(unseen, known.settings.most_unknown))


def rewritten(query: str, changes: Iterable[Change]) -> str:
    """Return the query with its changes, which are apart from each other.

    >>> rewritten("«м0локо»", [Change(Span(1, 7), "молоко")])
    '«молоко»'
    """
    for change in sorted(changes, reverse=True):
        query = query[: change.span.start] + change.text + query[change.span.stop :]
    return query


def cased_as(typed: str, word: str) -> str:
    """Return the word in capitals or with a capital if it was typed so: a capital may tell a name.

    >>> cased_as("Москав", "москва"), cased_as("МОСКАВ", "москва"), cased_as("Я", "я"), cased_as("iPad", "айпад")
    ('Москва', 'МОСКВА', 'Я', 'айпад')
    """
    if typed.isupper() and (len(typed) > 1 or len(word) == 1):
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word


def _at(query: str, span: Span) -> str:
    return query[span.start : span.stop]
