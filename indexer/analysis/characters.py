"""What rules of tokens and of sentence ends ask of a character, as bits, from one table.

`bulk` looks at them by array operations, `loops` one by one; what they mean is told here alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from razdel.segmenters.punct import DASHES, ENDINGS, GENERIC_QUOTES, OPEN_QUOTES
from razdel.segmenters.sentenize import DELIMITERS

from indexer.analysis.tokenize import GLUE as GLUES
from indexer.analysis.tokenize import HYPHENS

if TYPE_CHECKING:
    from collections.abc import Callable

ALNUM, DIGIT, GLUE, HYPHEN, SPACE, ALPHA, LOWER, UPPER = (1 << bit for bit in range(8))
DELIMITER, ENDING, MARK, DASH, OPENS, SMALL, JOINS_NUMBERS, AFTER_LETTER = (1 << bit for bit in range(8, 16))
_TESTS: dict[int, Callable[[str], bool]] = {
    ALNUM: str.isalnum,
    DIGIT: str.isdecimal,
    SPACE: str.isspace,
    ALPHA: str.isalpha,
    LOWER: str.islower,
    UPPER: str.isupper,
}
_CHARACTERS = {
    GLUE: GLUES,
    HYPHEN: HYPHENS,
    DELIMITER: DELIMITERS,
    ENDING: ENDINGS,
    MARK: ENDINGS + ";",
    DASH: DASHES,
    OPENS: OPEN_QUOTES + GENERIC_QUOTES + "([{*@" + DASHES,  # what a sentence may begin with but capitals and digits
    SMALL: "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюяё",  # razdel ends no sentence before them
    JOINS_NUMBERS: ".,\u0020\u00a0\u2009\u202f",
    AFTER_LETTER: ".+#",  # what makes of a letter an initial, or a language
}
EIGHT = 8  # characters that are hashed at once
POINT = 21  # bits of a code point
PLANE = 0x10000  # code points that have a table; the others are asked for one by one
APART = 0xFFFF_FB80  # bits that no point of ASCII and from U+0400 to U+047F has: each of these has a code of its own


@cache
def table() -> np.ndarray:
    """Return the bits of the code points of the first plane, uint16."""
    characters = list(map(chr, range(PLANE)))
    bits = np.zeros(PLANE, np.uint16)
    for bit, test in _TESTS.items():
        bits[np.fromiter(map(test, characters), np.bool_, PLANE)] |= bit
    for bit, those in _CHARACTERS.items():
        bits[list(map(ord, those))] |= bit
    return bits


@cache
def kind_of(point: int) -> int:
    """Return the bits of a code point beyond the first plane: no rule names one."""
    return sum(bit for bit, test in _TESTS.items() if test(chr(point)))


def codes_of(points: np.ndarray) -> np.ndarray:
    """Return a byte for each code point, uint8: its lower seven bits, and one more for those from U+0400 on."""
    low = points.astype(np.uint16)
    block = low >> np.uint16(3)
    block &= np.uint16(0x80)
    low &= np.uint16(0x7F)
    codes = np.empty(len(points), np.uint8)
    np.bitwise_or(low, block, out=codes, casting="unsafe")
    return codes
