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
    for number, (start, stop) in enumerate(spans(document.text, settings), 1):
        yield Paragraph(document.path, number, Span(start, stop), document.text[start:stop])


def spans(text: str, settings: Reading) -> list[tuple[int, int]]:
    """Return where the passages of a text are, in order."""
    longest = settings.longest_paragraph
    found = []
    for first, last in _pieces(text):
        if span := _stripped(text, first, last):
            if span[1] - span[0] <= longest:
                found.append(span)
            else:
                found += _cut(text, *span, longest)
    return found


def _pieces(text: str) -> Iterable[tuple[int, int]]:
    if "\n" not in text:
        return [(0, len(text))]
    lines = text.split("\n")
    starts = map(add, accumulate(map(len, lines), initial=0), count())
    return pairwise([0, *compress(starts, _openings(lines)), len(text)])


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


def _stripped(text: str, start: int, stop: int) -> tuple[int, int] | None:
    """Return the range without white space at its ends, if there is a word in it."""
    piece = text[start:stop].rstrip()
    # Most begin with a letter: to see that takes a third of the time of looking for one.
    if piece[:1].isalnum():
        return start, start + len(piece)
    if not _WORD.search(piece):
        return None
    stop = start + len(piece)
    return stop - len(piece.lstrip()), stop


def _cut(text: str, first: int, last: int, longest: int) -> Iterator[tuple[int, int]]:
    """Cut a paragraph over the limit into as few whole-sentence pieces as reading on allows."""
    start = stop = first
    for end in _ends(text, first, last, longest):
        if end - start > longest:
            if span := _stripped(text, start, stop):
                yield span
            start = stop
        stop = end
    if span := _stripped(text, start, last):
        yield span


def _ends(text: str, start: int, stop: int, longest: int) -> Iterator[int]:
    """Give places where the paragraph may be cut, no two of them further apart than `longest`, the last its end."""
    from indexer.sentences import ends  # noqa: PLC0415 -- few paragraphs are so long

    last = start
    for offset in (*ends(text[start:stop]), stop - start):
        end = start + offset
        while end - last > longest:  # no sentence but a list, a table, a blob: at a space, or anywhere
            space = text.rfind(" ", last + 1, last + longest)
            last = space if space > last else last + longest
            yield last
        last = end
        yield end
