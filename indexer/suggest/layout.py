"""What was typed on the wrong keyboard layout: ЙЦУКЕН for QWERTY, and the reverse.

A sign of one layout is a letter in the other, so what stands between spaces is read as a whole first: `[kt,` is «хлеб».
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.suggest.words import Change, open_to_change
from indexer.types import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.suggest.words import Known

_QWERTY = r"""`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?@#$^&|"""
_JCUKEN = r"""ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"№;:?/"""
_TO_RUSSIAN = str.maketrans(_QWERTY, _JCUKEN)
_TO_ENGLISH = str.maketrans(_JCUKEN, _QWERTY)
_ENGLISH = re.compile(r"[A-Za-z]")
_RUSSIAN = re.compile(r"[А-Яа-яЁё]")
_CHUNK = re.compile(r"\S+")
_EDGES = re.compile(r"([^\w\s]*)(.*?)([^\w\s]*)\Z", re.DOTALL)
# Signs that no word has there but that are letters in the other layout: `j,]tv` is «объем», whatever `j` and `tv` are.
_SIGN_FOR_LETTER = re.compile(r"[`',.;:\[\]<>{}]\w")
_WORDS = re.compile(r"\w(?:.*\w)?\Z", re.DOTALL)
# A letter alone between signs: «зюзюка» is p.p.rf on the other layout, and was not meant.
_SHATTERED = re.compile(r"(?<![^\W_])[^\W_](?=[`',.;:\[\]<>{}]\w)|(?<=\w[`',.;:\[\]<>{}])[^\W_](?![^\W_])")
_MOST_SIGNS = 4  # at an edge of a chunk, that may be signs and not letters
_MOST_CHUNKS = 400  # more than a query may have words


def flipped(text: str) -> str:
    """Return what the same keys give in the other layout; nothing for a text of both scripts or of none.

    >>> flipped("ctkmcrjt"), flipped("[jpzqcndj"), flipped("дштгч"), flipped("1917")
    ('сельское', 'хозяйство', 'linux', '')
    """
    english, russian = _ENGLISH.search(text), _RUSSIAN.search(text)
    if bool(english) == bool(russian):
        return ""
    return text.translate(_TO_RUSSIAN if english else _TO_ENGLISH)


def changes(query: str, known: Known) -> Iterator[Change]:
    """Give the chunks whose words the index knows only in the other layout.

    One may be known in both, as `b` and «и»: it goes with its neighbours if it is more frequent so.
    """
    chunks = [Span(*match.span()) for match in _CHUNK.finditer(open_to_change(query))][:_MOST_CHUNKS]
    found = [change for span in chunks for change in _core(query, span, known)]
    yield from found
    changed = {change.span for change in found}
    if found:
        yield from (change for span in chunks if span not in changed for change in _neighbour(query, span, known))


def _core(query: str, span: Span, known: Known) -> Iterator[Change]:
    """Give the longest part of a chunk, without signs at its edges, that flips into known words."""
    chunk = query[span.start : span.stop]
    if len(chunk) > known.analyzer.settings.longest_word:
        return
    needs_sign = known.all_of(chunk)
    for start, stop in _cuts(chunk):
        part = chunk[start:stop]
        read = flipped(part)
        if not _WORDS.match(read) or _SHATTERED.search(read):
            continue
        if known.all_of(read) and (not needs_sign or _SIGN_FOR_LETTER.search(part)):
            yield Change(Span(span.start + start, span.start + stop), read)
            return


def _cuts(chunk: str) -> list[Span]:
    """Return the ways to leave out signs at the edges, the fewest first.

    >>> [f'"[kt,"'[start:stop] for start, stop in _cuts('"[kt,"')][:4]
    ['"[kt,"', '"[kt,', '[kt,"', '"[kt']
    """
    match = _EDGES.match(chunk)
    if not match:
        return []
    before, after = len(match[1]), len(match[3])
    cuts = [
        Span(start, len(chunk) - end)
        for start in range(min(before, _MOST_SIGNS) + 1)
        for end in range(min(after, _MOST_SIGNS) + 1)
    ]
    return sorted(cuts, key=lambda cut: cut.start - cut.stop)


def _neighbour(query: str, span: Span, known: Known) -> Iterator[Change]:
    word = query[span.start : span.stop]
    read = flipped(word)
    if known.all_of(read) and known.places(read) > known.places(word):
        yield Change(span, read)
