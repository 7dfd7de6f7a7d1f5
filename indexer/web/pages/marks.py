"""A text with marked ranges → pieces for a template, which escapes each: marks never pass through markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.types import Snippet, Span


class Piece(NamedTuple):
    """A stretch of a text."""

    text: str
    is_marked: bool


def pieces(snippet: Snippet) -> list[Piece]:
    """Return the whole text in stretches; marks with nothing but spaces between them stay apart.

    >>> from indexer.types import Snippet, Span
    >>> [piece.text for piece in pieces(Snippet("a <b> c", (Span(2, 5),)))]
    ['a ', '<b>', ' c']
    """
    return list(_pieces(snippet.text, snippet.marks, 0, len(snippet.text)))


def excerpt(snippet: Snippet, *, longest: int) -> tuple[list[Piece], bool, bool]:
    """Return as much around the first marks as fits, and whether something is left out before and after it.

    `longest` is in characters. It is cut between words, and a text that fits is not cut.
    """
    text, marks = snippet.text, snippet.marks
    if len(text) <= longest:
        return pieces(snippet), False, False
    first = marks[0].start if marks else 0
    start = 0 if first < longest // 2 else text.rfind(" ", 0, first - longest // 4) + 1
    stop = len(text) if start + longest >= len(text) else max(text.rfind(" ", start, start + longest), 0)
    stop = stop if stop > start else min(start + longest, len(text))  # one word longer than a page
    return list(_pieces(text, marks, start, stop)), start > 0, stop < len(text)


def _pieces(text: str, marks: tuple[Span, ...], at: int, end: int) -> Iterator[Piece]:
    for mark in marks:
        start, stop = max(mark.start, at), min(mark.stop, end)
        if start < stop:
            if at < start:
                yield Piece(text[at:start], is_marked=False)
            yield Piece(text[start:stop], is_marked=True)
            at = stop
    if at < end:
        yield Piece(text[at:end], is_marked=False)
