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
# By Python's tables of characters, which NumPy asks too, in a fifth of the time.
_TESTS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    ALNUM: np.strings.isalnum,
    DIGIT: np.strings.isdecimal,
    SPACE: np.strings.isspace,
    ALPHA: np.strings.isalpha,
    LOWER: np.strings.islower,
    UPPER: np.strings.isupper,
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
    bits = _told_by_tests(np.arange(PLANE, dtype=np.uint32))
    for bit, those in _CHARACTERS.items():
        bits[list(map(ord, those))] |= bit
    return bits


@cache
def kind_of(point: int) -> int:
    """Return the bits of a code point beyond the first plane: no rule names one."""
    return int(_told_by_tests(np.array([point], np.uint32))[0])


def _told_by_tests(points: np.ndarray) -> np.ndarray:
    characters, bits = points.view("U1"), np.zeros(len(points), np.uint16)
    for bit, test in _TESTS.items():
        bits[test(characters)] |= bit
    return bits


def codes_of(points: np.ndarray) -> np.ndarray:
    """Return a byte for each code point, uint8: its lower seven bits, and one more for those from U+0400 on."""
    low = points.astype(np.uint16)
    block = low >> np.uint16(3)
    block &= np.uint16(0x80)
    low &= np.uint16(0x7F)
    codes = np.empty(len(points), np.uint8)
    np.bitwise_or(low, block, out=codes, casting="unsafe")
    return codes
