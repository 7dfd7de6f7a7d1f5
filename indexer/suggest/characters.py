"""Characters that look alike: what is left of them after analysis.fold, which mends a word of mixed script.

A word wholly of the other script, digits for letters and the reverse, a space or a dot after every letter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.suggest.words import Change, cased_as, open_to_change, unknown
from indexer.types import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.suggest.words import Known

_LATIN = "AaBCcEeHKkMOoPpTXxYy"
_CYRILLIC = "АаВСсЕеНКкМОоРрТХхУу"
# In the order of likelihood; a word is read as the first of them that makes it known.
_LETTERS = (
    str.maketrans(_LATIN, _CYRILLIC),  # COBET
    str.maketrans(_CYRILLIC, _LATIN),  # РНР
)
_LETTERS_AND_DIGITS = (
    str.maketrans(_LATIN + "0346", _CYRILLIC + "озчб"),  # м0локо, 3апад, 4то, 6ыть
    str.maketrans("ОоOoЗзlI", "00003311"),  # 2О23
)
_HAS_DIGIT = re.compile(r"\d")
_LETTER = r"[^\W\d_]"
_SPACED_OUT = re.compile(rf"(?<![\w.]){_LETTER}(?:(?: {_LETTER}){{3,}}|(?:\.{_LETTER}){{3,}})(?!\w)")


def changes(query: str, known: Known) -> Iterator[Change]:
    """Give the words that the index knows in other characters that look so."""
    spaced_out = list(_written_together(query, known))
    yield from spaced_out
    for span in unknown(query, known):
        word = query[span.start : span.stop]
        read = next((other for other in _others(word) if known.places(other)), None)
        if read and not any(change.span.start <= span.start < change.span.stop for change in spaced_out):
            yield Change(span, cased_as(word, read))


def _others(word: str) -> Iterator[str]:
    """Give what else the word may be.

    >>> list(_others("COBET")), list(_others("2О23"))
    (['СОВЕТ'], ['2О2з', '2023', '2O23'])
    """
    tables = _LETTERS_AND_DIGITS + _LETTERS if _HAS_DIGIT.search(word) else _LETTERS
    return (reading for table in tables if (reading := word.translate(table)) != word)


def _written_together(query: str, known: Known) -> Iterator[Change]:
    """Give what is spaced out: м о л о к о, м.о.л.о.к.о."""
    for match in _SPACED_OUT.finditer(open_to_change(query)):
        word = match[0][::2]
        if known.places(word):
            yield Change(Span(*match.span()), word)
