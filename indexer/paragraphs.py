"""Document → Paragraphs, by whichever sign the document itself uses.

Lines are looked at one by one rather than by regular expressions over the text: a megabyte on one line, or of blanks,
must cost no more than any other megabyte.
"""

from __future__ import annotations

import re
from itertools import accumulate, compress, count, pairwise
from operator import add
from typing import TYPE_CHECKING

from indexer.types import Paragraph, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.settings import Reading
    from indexer.types import Document

_WRAPPED = 120  # characters; a line broken by an editor or a mail program is shorter, a paragraph on one line longer
_INDENTS = ("  ", "\t", "\u00a0\u00a0", "\u3000")
_WORD = re.compile(r"[^\W_]")


def split(document: Document, settings: Reading) -> Iterator[Paragraph]:
    r"""Give the passages of a document in order, numbered from 1.

    document.text[span.start:span.stop] is the paragraph's text; what lies between two spans is white space and lines
    without a letter or a digit. A document without one has no paragraphs.

    >>> from indexer.settings import Reading
    >>> from indexer.types import Document
    >>> [p.text for p in split(Document("a.txt", "Первый абзац.\n\nВторой\nабзац."), Reading())]
    ['Первый абзац.', 'Второй\nабзац.']
    """
    for number, (start, text) in enumerate(passages(document.text, settings), 1):
        yield Paragraph(document.path, number, Span(start, start + len(text)), text)


def passages(text: str, settings: Reading) -> list[tuple[int, str]]:
    """Return the passages of a text in order, each with the place where it starts."""
    found: list[tuple[int, str]] = []
    longest = settings.longest_paragraph
    for start, piece in _pieces(text):
        # Most begin with a letter and are short enough: here and now, for a call takes a third of all that is done.
        if piece[:1].isalnum() and len(piece) <= longest:
            found.append((start, piece.rstrip()))
        elif passage := _stripped(start, piece):
            if len(passage[1]) <= longest:
                found.append(passage)
            else:
                found += _cut(*passage, longest)
    return found


def _pieces(text: str) -> Iterable[tuple[int, str]]:
    if "\n" not in text:
        return [(0, text)]
    lines = text.split("\n")
    if len(lines) % 2 and not any(lines[1::2]):  # most often: what is between blank lines is one line
        lines = lines[::2]
        return zip(_starts(lines, 2), lines, strict=False)
    starts = _starts(lines, 1)
    if all(openings := _openings(lines)):
        return zip(starts, lines, strict=False)
    return ((start, text[start:stop]) for start, stop in pairwise([0, *compress(starts, openings), len(text)]))


def _starts(lines: list[str], between: int) -> Iterator[int]:
    """Give where lines start, so many characters apart; and once more behind the last."""
    return map(add, accumulate(map(len, lines), initial=0), count(0, between))


def _openings(lines: list[str]) -> list[bool]:
    """Tell for each line whether it opens a paragraph: after a blank line, by an indent, or just as a line."""
    blank = [not line or line.isspace() for line in lines]
    after_blank = [True, *blank[:-1]]
    # Lines that follow another at once: whole paragraphs if those are long, broken by a margin if they are short.
    followed = [len(line) for line, here, next_ in zip(lines, blank, blank[1:], strict=False) if not here and not next_]
    if 2 * sum(length > _WRAPPED for length in followed) > len(followed):
        return [True] * len(lines)
    filled = [at for at, is_blank in enumerate(blank) if not is_blank]
    if filled and any(blank[filled[0] : filled[-1]]):
        return after_blank
    # Books of the typewriter's heirs: lines broken at the margin, a paragraph opened by an indent.
    indented = [line.startswith(_INDENTS) for line in lines]
    if len({indented[at] for at in filled}) > 1:
        return indented
    return [True] * len(lines)


def _stripped(start: int, piece: str) -> tuple[int, str] | None:
    """Return a piece without white space at its ends, and where it starts then, if there is a word in it."""
    piece = piece.rstrip()
    # Most begin with a letter: to see that takes a third of the time of looking for one.
    if piece[:1].isalnum():
        return start, piece
    if not _WORD.search(piece):
        return None
    kept = piece.lstrip()
    return start + len(piece) - len(kept), kept


def _cut(first: int, text: str, longest: int) -> Iterator[tuple[int, str]]:
    """Cut a paragraph over the limit into as few whole-sentence pieces as reading on allows."""
    for start, stop in pairwise([0, *_cuts(text, longest), len(text)]):
        if passage := _stripped(first + start, text[start:stop]):
            yield passage


def _cuts(text: str, longest: int) -> Iterator[int]:
    """Give the places where a paragraph is cut."""
    from indexer.sentences import has_smile, last_end  # noqa: PLC0415 -- few paragraphs are so long

    start = 0
    stop = None if has_smile(text) else last_end(text, start, longest)
    while stop is not None and len(text) - start > longest:
        # A sentence that is longer than a paragraph is cut itself, and a part of it may belong to what is before it.
        following = len(text) if len(text) - stop <= longest else last_end(text, stop, stop + longest)
        if following is None:
            break
        yield stop
        start, stop = stop, following
    if len(text) - start > longest:
        yield from _cuts_of_any(text, start, longest)


def _cuts_of_any(text: str, start: int, longest: int) -> Iterator[int]:
    """Give the same behind `start`, where a sentence begins, whatever the text is."""
    stop = start
    for end in _ends(text, start, longest):
        if end - start > longest:
            yield stop
            start = stop
        stop = end


def _ends(text: str, start: int, longest: int) -> Iterator[int]:
    """Give places where the paragraph may be cut, no two of them further apart than `longest`, the last its end."""
    from indexer.sentences import ends  # noqa: PLC0415 -- few paragraphs are so long

    last = start
    for end in (*ends(text, start), len(text)):
        while end - last > longest:  # no sentence but a list, a table, a blob: at a space, or anywhere
            space = text.rfind(" ", last + 1, last + longest)
            last = space if space > last else last + longest
            yield last
        last = end
        yield end
