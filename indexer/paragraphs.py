"""Document → Paragraphs, by whichever sign the document itself uses.

Lines are looked at one by one rather than by regular expressions over the text: a megabyte on one line, or of blanks,
must cost no more than any other megabyte.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.types import Paragraph, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    number = 0
    for span in _spans(document.text):
        for start, stop in _cut(document.text, span, settings.longest_paragraph):
            number += 1
            yield Paragraph(document.path, number, Span(start, stop), document.text[start:stop])


def _spans(text: str) -> Iterator[Span]:
    lines = _lines(text)
    opens = _openings([text[start:stop] for start, stop in lines])
    start = 0
    for line, opens_paragraph in zip(lines, opens, strict=True):
        if opens_paragraph:
            yield from _stripped(text, start, line.start)
            start = line.start
    yield from _stripped(text, start, len(text))


def _lines(text: str) -> list[Span]:
    lines = []
    start = 0
    while (stop := text.find("\n", start)) >= 0:
        lines.append(Span(start, stop))
        start = stop + 1
    return [*lines, Span(start, len(text))]


def _openings(lines: list[str]) -> list[bool]:
    """Tell for each line whether it opens a paragraph: after a blank line, by an indent, or just as a line."""
    blank = [not line.strip() for line in lines]
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


def _stripped(text: str, start: int, stop: int) -> Iterator[Span]:
    """Give the range without white space at its ends, if there is a word in it."""
    piece = text[start:stop]
    if _WORD.search(piece):
        yield _strip(piece, start)


def _strip(piece: str, start: int) -> Span:
    return Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))


def _cut(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Cut a paragraph over the limit into as few whole-sentence pieces as reading on allows."""
    if span.stop - span.start <= longest:
        yield span
        return
    start = stop = span.start
    for end in _ends(text, span, longest):
        if end - start > longest:
            yield from _stripped(text, start, stop)
            start = stop
        stop = end
    yield from _stripped(text, start, span.stop)


def _ends(text: str, span: Span, longest: int) -> Iterator[int]:
    """Give places where the paragraph may be cut, no two of them further apart than `longest`, the last its end."""
    from razdel import sentenize  # noqa: PLC0415 -- few paragraphs are so long

    last = span.start
    for sentence in sentenize(text[span.start : span.stop]):
        end = span.start + sentence.stop
        while end - last > longest:  # no sentence but a list, a table, a blob: at a space, or anywhere
            space = text.rfind(" ", last + 1, last + longest)
            last = space if space > last else last + longest
            yield last
        last = end
        yield end
