"""Russian in Latin letters: passports, GOST, ISO 9, BGN and whatever people make up, all at once.

A letter has several spellings, and a spelling several letters, so no table turns one word into the other. The word is
walked through letter by letter in every way that a form of the index begins with: the forms are a tree of prefixes, and
few ways lead on in it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from indexer.suggest.words import Change, cased_as, unknown, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.suggest.words import Known
    from indexer.types import Span

# What stands for a letter or an ending; ё is е in the index. The first spelling serves where one is wanted.
USUAL = {
    "а": "a", "б": "b", "в": "v w", "г": "g", "д": "d", "е": "e ye je yo jo ë", "ж": "zh j ž", "з": "z", "и": "i",
    "й": "y j i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "kh h x", "ц": "ts c", "ч": "ch 4 č", "ш": "sh 6 š", "щ": "shch sch shh šč ŝ", "ъ": "'",
    "ы": "y y'", "ь": "'", "э": "e eh è e'", "ю": "yu ju iu û", "я": "ya ja ia â", "кс": "x",
    "ий": "y i", "ый": "y",
}  # fmt: skip
# What is used less often: lublu, bili, russki, Chaikovskii, Tchaikovsky.
RARE = {
    "е": "io o ie", "и": "y ee j", "й": "jj", "ий": "ii", "ый": "i", "к": "c q ck", "с": "c ss", "т": "tt",
    "у": "oo ou", "ф": "ph ff", "х": "ch hh", "ц": "tz cz", "ч": "tch c tsch", "ш": "sch", "щ": "sh w", "ъ": "ie y j",
    "ы": "i ui", "ь": "y j", "э": "ye je", "ю": "u ou", "я": "a", "ж": "g z", "г": "h", "в": "ff",
}  # fmt: skip
SILENT = "ьъ"  # left out more often than not

_MOST_RARE = 3  # spellings of a word
_MOST_STEPS = 3000  # of a walk, some 30 ms; a word takes a few hundred
_LATIN = re.compile(r"[A-Za-zÀ-ɏ'’ʼ`′ʹ46-]*[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’ʼ`′ʹ46-]*\Z")
_APOSTROPHES = str.maketrans("’ʼ`′ʹ", "'" * 5)


class Spelling(NamedTuple):
    """What some Latin letters may stand for."""

    russian: str
    rare: int  # 0 or 1


class Step(NamedTuple):
    """How far a word was read."""

    position: int  # in the Latin word
    russian: str
    rare: int  # spellings so far


def _spellings() -> dict[str, list[Spelling]]:
    table: dict[str, list[Spelling]] = {"-": [Spelling("-", 0)]}
    for rare, letters in enumerate((USUAL, RARE)):
        for russian, spellings in letters.items():
            for latin in spellings.split():
                table.setdefault(latin, []).append(Spelling(russian, rare))
    return table


_SPELLINGS = _spellings()
_LONGEST = max(map(len, _SPELLINGS))
_FIRST = {latin: letters[0].russian for latin, letters in _SPELLINGS.items()} | {
    "y": "ы",
    "j": "й",
    "x": "кс",
    "h": "х",
}
_ANY_SPELLING = re.compile("|".join(re.escape(latin) for latin in sorted(_FIRST, key=len, reverse=True)))
_SHORT_I = re.compile("(?<=[аеиоуыэюя])ы")


def changes(query: str, known: Known) -> Iterator[Change]:
    """Give the Latin words that are forms of the index in Russian letters.

    One may be known in both, as `i` and «и»: it goes with its neighbours if it is more frequent so.
    """
    found = [change for span in unknown(query, known) for change in _change(query, span, known)]
    yield from found
    changed = {change.span for change in found}
    if found:
        others = islice((span for span in words(query) if span not in changed), known.settings.most_unknown)
        yield from (change for span in others for change in _neighbour(query, span, known))


def is_latin(word: str) -> bool:
    """Whether a word may be Russian in Latin letters."""
    return bool(_LATIN.match(word))


def russian(word: str, known: Known) -> str:
    """Return the likeliest form of the index that the Latin word spells; empty if there is none."""
    latin = unicodedata.normalize("NFC", word).lower().translate(_APOSTROPHES)
    if read := _walked(latin, known):
        # A form must be a hundred times as frequent to make up for a rare spelling.
        frequency = {form: math.log10(known.vocabulary.count(form)) for form in read}
        return min(read, key=lambda form: (2 * read[form] - frequency[form], form))
    plain = plainly(word)
    return plain if known.places(plain) else ""  # of a known lemma a form that the index does not have


def plainly(word: str) -> str:
    """Return the Latin word with one Russian letter for each spelling, whether there is such a word or not.

    >>> plainly("shchuka"), plainly("Dostoyevskiy"), plainly("hazyaistvo")
    ('щука', 'достоевский', 'хазяиство')
    """
    latin = unicodedata.normalize("NFC", word).lower().translate(_APOSTROPHES)
    return _SHORT_I.sub("й", _ANY_SPELLING.sub(lambda match: _FIRST[match[0]], latin))


def _change(query: str, span: Span, known: Known) -> Iterator[Change]:
    typed = query[span.start : span.stop]
    if is_latin(typed) and (read := russian(typed, known)):
        yield Change(span, cased_as(typed, read))


def _neighbour(query: str, span: Span, known: Known) -> Iterator[Change]:
    own = known.places(query[span.start : span.stop])
    return (change for change in _change(query, span, known) if known.places(change.text) > own)


def _walked(latin: str, known: Known) -> dict[str, int]:
    """Return the forms of the index that the word spells, each with the least number of rare spellings."""
    begun: dict[tuple[int, str], int] = {}
    todo = [Step(0, "", 0)]
    while todo and len(begun) < _MOST_STEPS:
        step = todo.pop()
        at = (step.position, step.russian)
        if step.rare < begun.get(at, _MOST_RARE + 1):
            begun[at] = step.rare
            todo.extend(next_step for next_step in _steps(step, latin) if known.vocabulary.begins(next_step.russian))
    whole = {form: rare for (position, form), rare in begun.items() if position == len(latin)}
    return {form: rare for form, rare in whole.items() if known.vocabulary.count(form)}


def _steps(step: Step, latin: str) -> Iterator[Step]:
    """Give the ways to read on from a step, whether they lead to a form or not."""
    position, read, rare = step
    for stop in range(position + 1, min(position + _LONGEST, len(latin)) + 1):
        for spelling in _SPELLINGS.get(latin[position:stop], ()):
            yield Step(stop, read + spelling.russian, rare + spelling.rare)
    if read and read[-1] not in SILENT:
        yield from (Step(position, read + letter, rare) for letter in SILENT)
