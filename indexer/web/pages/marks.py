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
    """Return the whole text in stretches; marks side by side stay apart.

    >>> from indexer.types import Snippet, Span
    >>> [piece.text for piece in pieces(Snippet("a <b> c", (Span(2, 5),)))]
    ['a ', '<b>', ' c']
    """
    return list(_pieces(snippet.text, snippet.marks))


def _pieces(text: str, marks: tuple[Span, ...]) -> Iterator[Piece]:
    at = 0
    for start, stop in marks:
        if at < start:
            yield Piece(text[at:start], is_marked=False)
        yield Piece(text[start:stop], is_marked=True)
        at = stop
    if at < len(text):
        yield Piece(text[at:], is_marked=False)
