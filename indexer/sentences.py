"""Where sentences end: by razdel's rules, asked only where the answer is not plain.

razdel knows the Russian abbreviations and initials that a dot does not end a sentence after. It asks eleven rules at
every dot, quotation mark and bracket; here a delimiter counts only where white space follows it and no word in lower
case, for else razdel never ends a sentence, and a dot between a word and a capital ends one unless the word is one of
its abbreviations. What is left razdel decides. The ends are the same (tests/backends/test_arrays.py,
tests/analysis/test_bulk.py), and found 3.7 times as fast.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from razdel.segmenters.punct import ENDINGS, GENERIC_QUOTES, OPEN_QUOTES, SMILES
from razdel.segmenters.sentenize import BULLET_SIZE, DELIMITERS, SentSplit, sentenize
from razdel.segmenters.sokr import INITIALS, PAIR_SOKRS, SOKRS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WINDOW = sentenize.split.window  # characters that razdel looks at on either side
NO_ENDS = {*SOKRS, *INITIALS, *(word for pair in PAIR_SOKRS for word in pair)}
# One character, so that it is sought as one; of what no white space follows, or a word in lower case, razdel says that
# it is no end.
_DELIMITER = re.compile(rf"[{re.escape(DELIMITERS)}](?=\s)(?!\s+[a-zа-яё]+(?![^\W\d]))")
# What a sentence may begin with besides capitals and digits. A dash is none of these: a sentence may go on behind it.
_OPENING = frozenset(OPEN_QUOTES + GENERIC_QUOTES + "([{")
_SMILE = re.compile(SMILES)
_NEAR = 300  # characters before a limit, in which nearly always a sentence ends


def ends(text: str, start: int = 0) -> Iterator[int]:
    """Give the offset after each sentence but the last; behind `start`, where one begins.

    >>> text = "Он живёт в г. Омске. Там т. н. зима (с. 5)... А. С. Пушкин там не был!"
    >>> [text[start:].strip() for start in ends(text)]
    ['Там т. н. зима (с. 5)... А. С. Пушкин там не был!', 'А. С. Пушкин там не был!']
    """
    if has_smile(text):
        yield from (sentence.stop for sentence in list(sentenize(text))[:-1] if sentence.stop > start)
    else:
        yield from _ends_at(text, start, map(re.Match.start, _DELIMITER.finditer(text, start)))


def has_smile(text: str) -> bool:
    """Whether a text has delimiters of more than one character."""
    return _SMILE.search(text) is not None


def last_end(text: str, start: int, limit: int) -> int | None:
    """Return the last of the ends behind `start`, where a sentence begins, that is not behind `limit`.

    It is looked for backwards: most delimiters end a sentence whatever is before it. Not for texts that have a smile.
    """
    for begin in (max(start, limit - _NEAR), start):
        delimiters = list(takewhile(limit.__gt__, map(re.Match.start, _DELIMITER.finditer(text, begin))))
        for number, at in reversed([*enumerate(delimiters)]):
            if _is_plain(text, at, at):
                return [at + 1, *_ends_at(text, at + 1, delimiters[number + 1 :])][-1]
    return [None, *_ends_at(text, start, delimiters)][-1]


def _ends_at(text: str, last: int, delimiters: Iterable[int]) -> Iterator[int]:
    """Give the ends that some of the delimiters behind `last`, where a sentence begins, are in front of."""
    for at in delimiters:
        if _is_plain(text, last, at) or not joins(text, last, at):
            last = at + 1
            yield last


def _is_plain(text: str, last: int, at: int) -> bool:
    """Whether a delimiter ends a sentence that began at `last`: for sure, between what ends one and what opens one.

    If the sentence may have begun anywhere, `last` is the delimiter's own place.
    """
    delimiter, before, after = text[at], text[at - 1 : at], text[at + 2 : at + 3]
    if delimiter not in ENDINGS or not (after.isupper() or after.isdecimal() or after in _OPENING):
        return False
    if not before or before.isspace():
        return False
    if delimiter != ".":
        return True
    if before.isalpha():
        window = max(0, at - WINDOW)
        word = text[max(window, text.rfind(" ", window, at) + 1) : at]
        return len(word) > 1 and word.isalpha() and before.islower() and word.lower() not in NO_ENDS
    # Behind a number or a sign it does unless these number an item.
    return at - last > BULLET_SIZE and (before.isdecimal() or not (before.isalnum() or before == "_"))


def joins(text: str, last: int, at: int) -> bool:
    """Whether razdel joins what is on both sides of a delimiter, in a sentence that began at `last`."""
    split = SentSplit(text[max(0, at - WINDOW) : at], text[at], text[at + 1 : at + 1 + WINDOW])
    split.buffer = text[last:at]
    return bool(sentenize.join(split))
