"""pymorphy3's dictionary and guesses: word for word what its MorphAnalyzer.parse gives, several times as fast.

The only place that knows pymorphy3. Its files are read as they are; what a word does not need is not put together.
"""

from __future__ import annotations

from functools import cache, cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from indexer.analysis.dictionary.lexicon import Entry, Form, Lexicon, Tag
from indexer.analysis.dictionary.parses import DICTIONARY, Parse, known, weighed
from indexer.analysis.dictionary.parses import nominative as nominative_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from indexer.analysis.dictionary.guesses import Guesses
    from indexer.analysis.dictionary.many import Bulk, Compounds, Readings

__all__ = [
    "DICTIONARY",
    "Entry",
    "Form",
    "Parse",
    "Tag",
    "bulk",
    "compounds",
    "entry",
    "known_tags",
    "look_ahead",
    "nominative",
    "parses",
    "readings",
    "version",
]

_MOST_REMEMBERED = 2000  # words: parts of compounds, «северо-», «-летний», come with many; compounds are asked twice


def parses(word: str) -> Sequence[Parse]:
    """Return all that a word in lower case may be, as MorphAnalyzer.parse orders it; at least one parse.

    Scores differ from its in that those of a word with one lemma are not made probabilities.

    >>> [(parse.lemma, parse.tag.text) for parse in parses("стали")][:2]
    [('стать', 'VERB,perf,intr plur,past,indc'), ('сталь', 'NOUN,inan,femn sing,gent')]
    """
    return _dictionary().parses(word)


def entry(word: str) -> Entry | None:
    """Return what a word of the dictionary may be; None for a word that it has not, or has with е and with ё.

    What each parse of a word with one lemma says of it is there, the scores, which are 1, left out.

    >>> [found and bool(found.one) for found in map(entry, ("стали", "кошками", "бутявка"))]
    [False, True, None]
    """
    return _dictionary().lexicon.entry(word)


def look_ahead(words: Iterable[str]) -> None:
    """Have the dictionary look up words in lower case at once that it will be asked for one by one."""
    _dictionary().look_ahead(words)


def bulk() -> Bulk:
    """Return what knows the dictionary's words many at once."""
    return _dictionary().bulk


def readings(words: Sequence[bytes], nodes: np.ndarray | None = None) -> tuple[Readings, Bulk]:
    """Return what many words of two Russian letters or more may be, in lower case and UTF-8; and what knows the rest.

    A word with a ё may be among them, and one with an е where the dictionary has a ё. Of the nodes of words, if they
    are known, see Bulk.nodes.
    """
    return _dictionary().readings(words, nodes)


def compounds(words: Sequence[bytes]) -> tuple[Compounds, Bulk]:
    """Return the same of words of two such parts with a hyphen between them."""
    return _dictionary().compounds(words)


def known_tags(word: str) -> list[tuple[str, Tag]]:
    """Return the lemma and the tag of each parse of a word in lower case that the dictionary has; none if it has not.

    >>> [(lemma, tag.text) for lemma, tag in known_tags("сталь")][0], known_tags("бутявка")
    (('сталь', 'NOUN,inan,femn sing,nomn'), [])
    """
    return _dictionary().known_tags(word)


def nominative(parse: Parse) -> str:
    """Return a parsed word in the nominative singular, of its own gender; as it is if it has no such form.

    >>> [nominative(parse) for parse in parses("алексеевне") if "femn" in parse.tag.grammemes]
    ['алексеевна', 'алексеевна']
    """
    return _dictionary().nominative(parse)


def version() -> str:
    """Return the revision of the dictionary: another one may give other lemmas."""
    from pymorphy3_dicts_ru import __version__ as revision  # noqa: PLC0415 -- lazily, with the rest

    return str(revision)


class _Dictionary:
    """The installed dictionary. Threads may share it."""

    def __init__(self) -> None:
        from pymorphy3_dicts_ru import get_path  # noqa: PLC0415 -- lazily, with the rest

        self.lexicon = Lexicon(Path(get_path()))
        self.parses = lru_cache(_MOST_REMEMBERED)(self._find)
        self._lock = Lock()

    def look_ahead(self, words: Iterable[str]) -> None:
        pieces = {piece for word in words for piece in (word, *word.split("-"))}
        while pieces:
            unknown = self.lexicon.look_ahead(pieces)
            self.lexicon.look_ahead_for_probabilities(pieces)
            pieces = set(self._guesses.look_ahead(unknown)) if unknown else set()

    def readings(self, words: Sequence[bytes], nodes: np.ndarray | None) -> tuple[Readings, Bulk]:
        with self._lock:
            return self.bulk.readings(words, lambda: self._guesses, nodes), self.bulk

    def compounds(self, words: Sequence[bytes]) -> tuple[Compounds, Bulk]:
        with self._lock:
            return self.bulk.compounds(words, self._guesses), self.bulk

    @cached_property
    def bulk(self) -> Bulk:
        from indexer.analysis.dictionary.many import Bulk  # noqa: PLC0415 -- 20 ms that a query need not spend

        return Bulk(self.lexicon)

    def known_tags(self, word: str) -> list[tuple[str, Tag]]:
        return [(form.lemma(one), form.tag) for one, entry in self.lexicon.find(word) for form in entry.forms]

    def nominative(self, parse: Parse) -> str:
        return nominative_of(parse, self.lexicon)

    def _find(self, word: str) -> list[Parse]:
        return weighed(word, known(self.lexicon.find(word)) or self._guesses(word), self.lexicon)

    @cached_property
    def _guesses(self) -> Guesses:
        from indexer.analysis.dictionary.guesses import Guesses  # noqa: PLC0415 -- 50 ms for a word it does not have

        return Guesses(self.lexicon, self.parses)


@cache
def _dictionary() -> _Dictionary:
    return _Dictionary()
