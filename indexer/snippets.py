"""Paragraph + Query → the paragraph's text with the ranges that were asked for: data, never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.analysis.fold import NORMAL, are_written
from indexer.analysis.tokenize import goes_on, matches, may_go_on, tokenize
from indexer.types import (
    AtPath,
    Boosted,
    Dated,
    Either,
    In,
    InDocument,
    Near,
    Only,
    Phrase,
    Run,
    Snippet,
    Together,
    Window,
    Word,
    span_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.analysis import Analyzer
    from indexer.backends.base import Engine
    from indexer.types import Exactness, Query, Term

_NOWHERE: set[int] = set()
_UNSURE = -1


class Marker:
    """What a query asks for, ready to be marked in texts of an index.

    The engine says how the words are written: so a text is cut into words, and nothing is asked of the dictionary.
    """

    def __init__(self, query: Query, engine: Engine, analyzer: Analyzer) -> None:
        self._query = query
        self._analyzer = analyzer
        self._written: dict[str, int] = {}  # a form → the words that it is, as bits
        self._folded: dict[Exactness, dict[str, int]] = {}  # the same of forms that the query itself has
        self._rows: list[list[int]] = []  # the bits of the words of a phrase
        self._single = 0  # bits of words that stand alone
        unsure: frozenset[str] = frozenset()
        bit = 1
        for leaf in leaves(query):
            words = leaf.words if isinstance(leaf, Phrase) else (leaf,)
            row = []
            for word in words:
                unsure |= self._add(word, bit, engine)
                row.append(bit)
                bit <<= 1
            if len(row) > 1:
                self._rows.append(row)
            else:
                self._single |= row[0]
        self._written.update(dict.fromkeys(unsure, _UNSURE))
        self._is_unsure = bool(unsure)
        self._known: dict[str, int] = {}  # the text of a token → the words that it is
        # Whether nothing is what a word must be cut for, or what is told by other than how it is written.
        longest = max(map(len, self._written), default=0)
        self._is_plain = not self._folded and longest < analyzer.settings.longest_word

    def _add(self, word: Word, bit: int, engine: Engine) -> frozenset[str]:
        """Add the forms of a word; return those of which only the place tells whether they are it."""
        always, sometimes = engine.written([lemma.text for lemma in word.lemmas])
        written = self._written
        if written.keys().isdisjoint(always):
            written.update(dict.fromkeys(always, bit))
        else:
            written.update({form: written.get(form, 0) | bit for form in always})
        for text, exactness, _ in word.forms:
            forms = self._folded.setdefault(exactness, {})
            forms[text] = forms.get(text, 0) | bit
        return sometimes

    def __call__(self, text: str) -> Snippet:
        """Return a text of the index with a mark at each word that the query asks for: what `highlight` gives."""
        matched = list(matches(text))
        if may_go_on(text) and any(goes_on(match[0]) for match in matched):
            return self._by_sentences(text)
        if self._is_plain and are_written(text):
            # Nearly every text: to know what is none of the forms, nothing need be made of it.
            of_form = self._written.get
            found = [of_form(match[0], 0) for match in matched]
        else:
            found = [self._of_token(match[0]) for match in matched]
        if self._is_unsure and _UNSURE in found:
            return highlight(text, self._query, self._analyzer)
        return Snippet(text, tuple([span_of(matched[at].span()) for at in self._marked(found)]))

    def _by_sentences(self, text: str) -> Snippet:
        """Return the same where it matters where sentences end."""
        tokens = list(tokenize(text))
        found = [self._bits(self._analyzer.form(token.text)) for token in tokens]
        if _UNSURE in found:
            return highlight(text, self._query, self._analyzer)
        return Snippet(text, tuple([tokens[at].span for at in self._marked(found)]))

    def _marked(self, found: list[int]) -> list[int]:
        """Return which tokens are marked, in order, by the words that each is."""
        single = self._single
        alone = [at for at, bits in enumerate(found) if bits & single]
        if not self._rows:
            return alone
        marked = set(alone)
        for row in self._rows:
            for start in range(len(found) - len(row) + 1):
                if all(found[start + shift] & bit for shift, bit in enumerate(row)):
                    marked.update(range(start, start + len(row)))
        return sorted(marked)

    def _of_token(self, token: str) -> int:
        """Return the words that a token is, as bits, by its text."""
        bits = self._known.get(token)
        if bits is None:
            bits = self._known[token] = self._bits(self._analyzer.form(token))
        return bits

    def _bits(self, form: str) -> int:
        bits = self._written.get(form, 0)
        if bits != _UNSURE:
            for exactness, forms in self._folded.items():
                bits |= forms.get(NORMAL[exactness](form), 0)
        return bits


def highlight(text: str, query: Query, analyzer: Analyzer) -> Snippet:
    """Return any text with a mark at each word that the query asks for, in whatever form it stands.

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
        case Near() | Window() | Run() | In() | InDocument() | AtPath() | Dated():
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
