"""Paragraph + Query → the paragraph's text with the ranges that were asked for: data, never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.types import Either, Phrase, Snippet, Together, Without, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.analysis import Analyzer
    from indexer.types import Query


def highlight(text: str, query: Query, analyzer: Analyzer) -> Snippet:
    """Return the text with a mark at each word that the query asks for, in whatever form it stands.

    A phrase marks its words only where they stand together.

    >>> from indexer.analysis import russian
    >>> from indexer.settings import Analysis
    >>> from indexer.types import Lemma
    >>> highlight("На лестнице", Word((Lemma("лестница", 1.0),)), russian(Analysis())).marks
    (Span(start=3, stop=11),)
    """
    terms = analyzer.terms(text)
    places = [frozenset(lemma.text for lemma in (*term.lemmas, *term.parts)) for term in terms]
    leaves = list(_leaves(query))
    words = frozenset(lemma.text for leaf in leaves if isinstance(leaf, Word) for lemma in leaf.lemmas)
    marked = {position for position, place in enumerate(places) if not words.isdisjoint(place)}
    marked.update(*(_rows(leaf, places) for leaf in leaves if isinstance(leaf, Phrase)))
    return Snippet(text, tuple(term.token.span for term in terms if term.position in marked))


def _leaves(query: Query) -> Iterator[Word | Phrase]:
    match query:
        case Word() | Phrase():
            yield query
        case Together(clauses) | Either(clauses):
            for clause in clauses:
                yield from _leaves(clause)
        case Without(wanted):
            yield from _leaves(wanted)


def _rows(phrase: Phrase, places: list[frozenset[str]]) -> Iterator[int]:
    """Give the positions where the words of a phrase stand in a row."""
    wanted = [frozenset(lemma.text for lemma in word.lemmas) for word in phrase.words]
    for start in range(len(places) - len(wanted) + 1):
        if all(lemmas & places[start + at] for at, lemmas in enumerate(wanted)):
            yield from range(start, start + len(wanted))
