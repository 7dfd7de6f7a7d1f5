"""Paragraph + Query → the paragraph's text with the ranges that were asked for: data, never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.analysis.fold import NORMAL
from indexer.types import AtPath, Boosted, Dated, Either, In, Near, Only, Phrase, Snippet, Together, Window, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.analysis import Analyzer
    from indexer.types import Exactness, Query, Term

_NOWHERE: set[int] = set()


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
    places = _Places(terms)
    marked = {at for leaf in leaves(query) for at in places.of(leaf)}
    return Snippet(text, tuple(term.token.span for term in terms if term.position in marked))


def leaves(query: Query) -> Iterator[Word | Phrase]:
    """Give what a query looks for in texts, in its order."""
    match query:
        case Word() | Phrase():
            yield query
        case Together(clauses) | Either(clauses):
            for clause in clauses:
                yield from leaves(clause)
        case Only(wanted) | Boosted(wanted):
            yield from leaves(wanted)
        case Near() | Window() | In() | AtPath() | Dated():
            return


class _Places:
    """The paragraph as an index of itself: where each lemma and each form stands."""

    def __init__(self, terms: list[Term]) -> None:
        self._terms = terms
        self._lemmas: dict[str, set[int]] = {}
        self._forms: dict[Exactness, dict[str, set[int]]] = {}
        for term in terms:
            for lemma in (*term.lemmas, *term.parts):
                self._lemmas.setdefault(lemma.text, set()).add(term.position)

    def of(self, leaf: Word | Phrase) -> set[int]:
        """Return the positions where the words of a leaf stand, those of a phrase only where all are in a row."""
        words = leaf.words if isinstance(leaf, Phrase) else (leaf,)
        starts = set.intersection(*({at - shift for at in self._of(word)} for shift, word in enumerate(words)))
        return {start + shift for start in starts for shift in range(len(words))}

    def _of(self, word: Word) -> set[int]:
        found = [self._lemmas.get(lemma.text, _NOWHERE) for lemma in word.lemmas]
        found += [self._written(form.exactness).get(form.text, _NOWHERE) for form in word.forms]
        return _NOWHERE.union(*found)

    def _written(self, exactness: Exactness) -> dict[str, set[int]]:
        if exactness not in self._forms:
            forms = self._forms[exactness] = {}
            for term in self._terms:
                forms.setdefault(NORMAL[exactness](term.form), set()).add(term.position)
        return self._forms[exactness]
