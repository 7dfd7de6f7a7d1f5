"""Text → Tokens: an ordered list of small rules, the first that fits wins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.analysis.abbreviations import DOTTED
from indexer.types import Token, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTER = r"[^\W\d_]"
_MARK = "[\u00ad\u0300-\u036f\u200b-\u200f\u2060]"  # inside a word, seen by nobody; fold.written drops them
HYPHENS = "-\u2010\u2011"
_HYPHEN = f"[{HYPHENS}]"
# What may stand between the letters of a word.
GLUE = f"_'’ʼ`{HYPHENS}\u00ad\u2060" + "".join(map(chr, (*range(0x300, 0x370), *range(0x200B, 0x2010))))
_SPACE = "[ \u00a0\u2009\u202f]"
_WORD = rf"{_LETTER}(?:[^\W_]|{_MARK}|['’ʼ`](?={_LETTER}))*"
_ENDING = "(?:[еёийоуыюяхм]|[аоуеыияью][еяюйхм]|[гм][оу]|[оы]?ми|ого|ому|его|ему|ти|та|тью|ю)"


def _dotted(abbreviation: str) -> str:
    letters = abbreviation.rstrip(".").split(".")
    return rf"\.{_SPACE}?".join(letters) + r"\."


RULES = {
    # nearly every word: no rule after it would take it for anything else, for it goes on with nothing of a word's
    "plain word": rf"[А-Яа-яЁё]{{2,}}(?!{_MARK}|{_HYPHEN}|[\w'’ʼ`])",
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
# No sentence ends but after one of razdel's delimiters, which are none of these, and before white space.
_MAY_END = re.compile(r"[^\w\s,:—–-]\s")
# Tokens that go on behind where a sentence may end: «т. е.». The dot comes first, which is sought quickly.
goes_on = re.compile(r"\.\s").search
may_go_on = re.compile(r"\.(?=\s)(?<=[^\W_]\.)(?<![^\W_]{2}\.)").search  # of a text: all their parts have one letter
# A token begins with a letter or a digit: said first, it saves trying every rule at every space.
TOKEN = re.compile(f"(?=[^\\W_])(?:{'|'.join(RULES.values())})")


def tokenize(text: str) -> Iterator[Token]:
    """Give the words and numbers of a text in order, apart from each other.

    >>> [token.text for token in tokenize("А.С. Пушкин, т. е. поэт, в Ростове-на-Дону с 1990-х: 10 000 руб., 7,5 %.")]
    ['А.', 'С.', 'Пушкин', 'т. е.', 'поэт', 'в', 'Ростове-на-Дону', 'с', '1990-х', '10 000', 'руб', '7,5']
    """
    for start, stop in sentences(text):
        opens = True
        for match in TOKEN.finditer(text, start, stop):
            yield Token(match.group(), span_of(match.span()), opens)
            opens = False


def matches(text: str) -> Iterator[re.Match[str]]:
    """Give the tokens without regard to sentences: «т. е.», with its space, may be two tokens in `tokenize`."""
    return TOKEN.finditer(text)


def words(text: str) -> list[str]:
    """Return only the tokens' texts, for counting.

    >>> words("Дон, 5 см")
    ['Дон', '5', 'см']
    """
    return TOKEN.findall(text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Give where the sentences of a text are, as razdel tells them, with the white space between."""
    if not _MAY_END.search(text):
        yield 0, len(text)
        return
    from indexer.sentences import ends  # noqa: PLC0415 -- 10 ms; most queries have no sentence to end

    start = 0
    for end in ends(text):
        yield start, end
        start = end
    yield start, len(text)
