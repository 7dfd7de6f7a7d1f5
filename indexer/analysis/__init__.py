"""ANALYSIS: the one chain that makes terms of a text, for documents and for queries alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.analysis.fold import written
from indexer.analysis.lemmatize import Lemmatizer, is_capitalised
from indexer.analysis.tokenize import tokenize
from indexer.types import Term

if TYPE_CHECKING:
    from indexer.settings import Analysis
    from indexer.types import Lemma, Token

__all__ = ["Analyzer", "russian"]

_MOST_KNOWN = 400_000  # words remembered; some 300 MB


class Analyzer:
    """tokenize → written → lemmatize. Each different word is looked up once; threads may share an analyzer."""

    def __init__(self, settings: Analysis) -> None:
        self.settings = settings
        self._lemmatizer = Lemmatizer(settings)
        self._known: dict[tuple[str, bool], tuple[tuple[Lemma, ...], tuple[Lemma, ...]]] = {}

    def terms(self, text: str) -> list[Term]:
        """Return what the text is found by, one term a token, in order.

        >>> from indexer.settings import Analysis
        >>> [[lemma.text for lemma in term.lemmas] for term in russian(Analysis()).terms("закалку в Казахстане")]
        [['закалка'], ['в'], ['казахстан']]
        """
        return [self._term(position, token) for position, token in enumerate(tokenize(text))]

    def form(self, text: str) -> str:
        """Return the form of a token with this text, cut where it is no word but a blob."""
        return written(text[: self.settings.longest_word])

    def key(self, text: str, opens_sentence: bool) -> tuple[str, bool]:  # noqa: FBT001 -- a pair in, a pair out
        """Return the form of a token and whether its place in the sentence matters: the arguments of found_by."""
        form = self.form(text)
        return form, opens_sentence and is_capitalised(form)

    def found_by(
        self,
        form: str,
        opens_sentence: bool,  # noqa: FBT001 -- likewise
    ) -> tuple[tuple[Lemma, ...], tuple[Lemma, ...]]:
        """Return the lemmas of a form, and those of its parts if it is a compound."""
        key = (form, opens_sentence)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            lemmas = self._lemmatizer.lemmas(form, opens_sentence=opens_sentence)
            known = self._known[key] = (lemmas, self._lemmatizer.parts(form) if "-" in form else ())
        return known

    def _term(self, position: int, token: Token) -> Term:
        form = self.form(token.text)
        lemmas, parts = self.found_by(*self.key(token.text, token.opens_sentence))
        return Term(token, position, form, lemmas, parts)


def russian(settings: Analysis) -> Analyzer:
    """Return the chain for Russian texts with English words in them."""
    return Analyzer(settings)
