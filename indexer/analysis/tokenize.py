"""Text → Tokens: an ordered list of small rules, the first that fits wins."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from indexer.analysis.abbreviations import DOTTED
from indexer.types import Span, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LETTER = r"[^\W\d_]"
_MARK = "[\u00ad\u0300-\u036f\u200b-\u200f\u2060]"  # inside a word, seen by nobody; fold.written drops them
_HYPHEN = "[-\u2010\u2011]"
_SPACE = "[ \u00a0\u2009\u202f]"
_WORD = rf"{_LETTER}(?:[^\W_]|{_MARK}|['’ʼ`](?={_LETTER}))*"
_ENDING = "(?:[еёийоуыюяхм]|[аоуеыияью][еяюйхм]|[гм][оу]|[оы]?ми|ого|ому|его|ему|ти|та|тью|ю)"


def _dotted(abbreviation: str) -> str:
    letters = abbreviation.rstrip(".").split(".")
    return rf"\.{_SPACE}?".join(letters) + r"\."


RULES = {
    # before the initials: «т. е.» is one thing, and its letters are not initials
    "dotted abbreviation": rf"(?<![^\W_])(?i:{'|'.join(_dotted(name) for name in DOTTED)})",
    # before the words: the dot is what tells the initial «А.» from the conjunction «а»
    "initial": rf"(?<![^\W_])(?<!{_HYPHEN})[А-ЯЁA-Z]\.(?![^\W\d_]{{2}}\.)",
    "language": r"(?<!\w)[A-Za-z](?:\+\+|#)(?!\w)",
    # before the compounds: «1990-е» is the number, not a compound
    "ordinal": rf"(?<![\w.,])\d+{_HYPHEN}{_ENDING}(?!{_HYPHEN}?[^\W_])",
    "digits and Latin": r"\d+[A-Za-z][A-Za-z\d]*(?![^\W_])",
    "compound or word": rf"(?:\d+{_HYPHEN}(?={_LETTER}))?{_WORD}(?:{_HYPHEN}(?:{_WORD}|\d[^\W_]*))*",
    # before the plain numbers: 10 000 with any space is one number
    "thousands": rf"(?<![\d.,])[1-9]\d{{0,2}}(?:{_SPACE}\d{{3}})+(?!{_SPACE}?\d)(?:[.,]\d+(?![.,]?\d))?",
    # not inside a date: 6.11.2019 is three numbers
    "decimal": r"(?<!\d[.,])\d+[.,]\d+(?![.,]?\d)",
    "number": r"\d+",
}
_TOKEN = re.compile("|".join(RULES.values()))


def tokenize(text: str) -> Iterator[Token]:
    """Give the words and numbers of a text in order, apart from each other.

    >>> [token.text for token in tokenize("А.С. Пушкин, т. е. поэт, в Ростове-на-Дону с 1990-х: 10 000 руб., 7,5 %.")]
    ['А.', 'С.', 'Пушкин', 'т. е.', 'поэт', 'в', 'Ростове-на-Дону', 'с', '1990-х', '10 000', 'руб', '7,5']
    """
    starts = sentence_starts(text)
    upcoming = next(starts, len(text))
    for match in _TOKEN.finditer(text):
        start = match.start()
        opens = start >= upcoming
        while start >= upcoming:
            upcoming = next(starts, len(text) + 1)
        yield Token(match.group(), Span(start, match.end()), opens)


def words(text: str) -> list[str]:
    """Return only the tokens' texts, for counting.

    >>> words("Дон, 5 см")
    ['Дон', '5', 'см']
    """
    return _TOKEN.findall(text)


def sentence_starts(text: str) -> Iterator[int]:
    """Give the offset of each sentence's first character."""
    return (sentence.start for sentence in _sentenize()(text))


@cache
def _sentenize() -> Callable[[str], Iterable[Any]]:
    # razdel knows the Russian abbreviations and initials that a dot does not end a sentence after. Imported when first
    # needed: a search for one word never gets here with a text to split.
    from razdel import sentenize  # noqa: PLC0415 -- lazily, see above

    return sentenize  # type: ignore[no-any-return]
