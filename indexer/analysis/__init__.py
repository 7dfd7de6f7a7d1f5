"""ANALYSIS: the one chain that makes terms of a text, for documents and for queries alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.analysis.context import NO_TIES, place
from indexer.analysis.fold import written
from indexer.analysis.lemmatize import Found, Lemmatizer, is_capitalised
from indexer.analysis.tokenize import tokenize
from indexer.types import Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from indexer.analysis.many import Forms, Halves, Told
    from indexer.settings import Analysis
    from indexer.types import Token

__all__ = ["Analyzer", "Found", "russian"]

_MOST_KNOWN = 400_000  # words remembered; some 300 MB
_MOST_ASKED = 20_000  # words of queries; of made-up ones, each takes 3 kB, and a server is asked for any number of them


class Analyzer:
    """tokenize → written → lemmatize, then by the words beside it. Each different word is looked up once.

    Threads may share an analyzer.
    """

    def __init__(self, settings: Analysis, indexed: Callable[[str, bool], Found | None] | None = None) -> None:
        """Take what gives the words of an index, which are read faster than they are looked up; None for others."""
        self.settings = settings
        self._indexed = indexed
        self._lemmatizer = Lemmatizer(settings)
        self._most = _MOST_KNOWN if indexed is None else _MOST_ASKED
        self._known: dict[tuple[str, bool], Found] = {}

    def terms(self, text: str) -> list[Term]:
        """Return what the text is found by, one term a token, in order.

        >>> from indexer.settings import Analysis
        >>> [[lemma.text for lemma in term.lemmas] for term in russian(Analysis()).terms("закалку в Казахстане")]
        [['закалка'], ['в'], ['казахстан']]
        """
        return self.terms_of(list(tokenize(text)))

    def terms_of(self, tokens: list[Token]) -> list[Term]:
        """Return what the tokens of a text are found by; a neighbour counts within the sentence.

        >>> from indexer.settings import Analysis
        >>> analyzer = russian(Analysis())
        >>> [analyzer.terms(text)[-1].lemmas[0].text for text in ("мы стали", "о стали")]
        ['стать', 'сталь']
        """
        found = [self.found_by(*self.key(token.text, token.opens_sentence)) for token in tokens]
        # Beside a word that opens a sentence stands nothing before it, and after the last word of one nothing.
        after = [NO_TIES if token.opens_sentence else one.ties for token, one in zip(tokens, found, strict=True)]
        before = [NO_TIES if token.opens_sentence else one.ties for token, one in zip(tokens[1:], found, strict=False)]
        return [
            Term(token, position, self.form(token.text), one.at(place(left, one.ties.asks, right)), one.parts)
            for position, (token, one, left, right) in enumerate(
                zip(tokens, found, [NO_TIES, *before], [*after[1:], NO_TIES], strict=False)
            )
        ]

    def form(self, text: str) -> str:
        """Return the form of a token with this text, cut where it is no word but a blob."""
        return written(text[: self.settings.longest_word])

    def key(self, text: str, opens_sentence: bool) -> tuple[str, bool]:  # noqa: FBT001 -- a pair in, a pair out
        """Return the form of a token and whether its place in the sentence matters: the arguments of found_by."""
        form = self.form(text)
        return form, opens_sentence and is_capitalised(form)

    def found_by(self, form: str, opens_sentence: bool) -> Found:  # noqa: FBT001 -- likewise
        """Return the lemmas of a form, alone and beside other words, and those of its parts if it is a compound."""
        key = (form, opens_sentence)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            indexed = self._indexed(form, opens_sentence) if self._indexed else None
            known = self._known[key] = indexed or self.look_up(form, opens_sentence)
        return known

    def learn(self, words: Iterable[tuple[str, bool]]) -> None:
        """Look up those of many words that are not known yet, the arguments of found_by in pairs, and remember them."""
        new = [word for word in words if word not in self._known]
        if len(self._known) + len(new) > self._most:
            self._known.clear()
        self._known.update(zip(new, self.look_up_all(new), strict=True))

    def look_up(self, form: str, opens_sentence: bool) -> Found:  # noqa: FBT001 -- likewise
        """Return the same without remembering it: for words that are asked for once."""
        return self._lemmatizer.found(form, opens_sentence=opens_sentence)

    def look_up_all(self, words: Sequence[tuple[str, bool]]) -> list[Found]:
        """Return the same for many words, the arguments of look_up in pairs: at once they take less."""
        return self._lemmatizer.found_all(words)

    def look_up_words(self, forms: Forms) -> Told:
        """Return the same for forms of Russian letters, but for those that must be looked up one by one."""
        from indexer.analysis import many  # noqa: PLC0415 -- 20 ms that a query need not spend

        return many.found(forms, self.settings)

    def look_up_compounds(self, forms: Forms, halves: Halves) -> Told:
        """Return the same for two such forms with a hyphen between them."""
        from indexer.analysis import many  # noqa: PLC0415 -- likewise

        return many.found_compounds(forms, halves, self.settings)

    def without_dictionary(self, word: str) -> str | None:
        """Return the lemma of a number or an English word, ASCII in lower case, if nothing else can be made of it."""
        return self._lemmatizer.without_dictionary(word)

    def latin_compound(self, word: str) -> tuple[str, ...] | None:
        """Return the lemmas of the parts of one with hyphens, then its own, if nothing else can be made of it."""
        return self._lemmatizer.latin_compound(word)

    @property
    def weight_of_part(self) -> float:
        """The weight of each of these lemmas of parts."""
        return self._lemmatizer.weight_of_part()


def russian(settings: Analysis, indexed: Callable[[str, bool], Found | None] | None = None) -> Analyzer:
    """Return the chain for Russian texts with English words in them.

    For queries it is given what an index says of its words: see Engine.found.
    """
    return Analyzer(settings, indexed)
