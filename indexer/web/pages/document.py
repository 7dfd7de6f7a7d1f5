"""A document with what was asked for marked, as its template wants it."""

from __future__ import annotations

from itertools import count, pairwise
from typing import TYPE_CHECKING

from indexer.frozen import frozen
from indexer.web.pages import addresses
from indexer.web.pages.marks import pieces
from indexer.web.pages.search import origin
from indexer.wording.messages import _, ngettext, number

if TYPE_CHECKING:
    from typing import Any

    from indexer.search import Search
    from indexer.types import Snippet
    from indexer.web.asked import Asked
    from indexer.web.pages.marks import Piece

WEB = ("https://", "http://")  # where a link of a document may lead; «javascript:» is no place


@frozen
class Passage:
    """A paragraph, and the way from it to the others with marks."""

    number: int
    pieces: list[tuple[Piece, int]]  # each with the number of its mark, from 1; 0 for none
    before: int | None  # numbers of paragraphs with marks; None where there is none, or where it has none itself
    after: int | None

    @property
    def is_marked(self) -> bool:
        """Whether something of it is marked."""
        return any(mark for _piece, mark in self.pieces)


def values(searcher: Search, path: str, asked: Asked, first: int) -> dict[str, Any]:
    """Return what the template shows; ParagraphMissing if there is no such document, and the failures of a search."""
    heading = searcher.document(path)
    shown = searcher.passage(path, first, first + addresses.AT_ONCE - 1)
    snippets = searcher.marked(asked.query.strip() or None, shown, without=asked.without)
    passages = _passages([(one.number, snippet) for one, snippet in zip(shown, snippets, strict=True)])
    marks = sum(bool(mark) for passage in passages for _piece, mark in passage.pieces)
    marked = [passage.number for passage in passages if passage.is_marked]
    before, after = max(first - addresses.AT_ONCE, 1), first + addresses.AT_ONCE
    return {
        "asked": asked,
        "heading": heading,
        "title": heading.title or heading.path,
        "origin": (*((heading.author,) if heading.author else ()), *origin(heading)),
        "url": heading.url if heading.url.lower().startswith(WEB) else "",
        "passages": passages,
        "marks": marks,
        "first_marked": marked[0] if marked else None,
        "summary": _summary(marks, len(marked)) if asked.query.strip() else "",
        "back": addresses.of_search(asked) if asked.query.strip() else "",
        "before": addresses.of_document(path, asked, first=before) if first > 1 else "",
        "after": addresses.of_document(path, asked, first=after) if searcher.length(path) >= after else "",
    }


def _passages(paragraphs: list[tuple[int, Snippet]]) -> list[Passage]:
    marked = [number for number, snippet in paragraphs if snippet.marks]
    after = dict(pairwise(marked))
    before = {later: earlier for earlier, later in after.items()}
    numbers = count(1)
    return [
        Passage(
            number,
            [(piece, next(numbers) if piece.is_marked else 0) for piece in pieces(snippet)],
            before.get(number),
            after.get(number),
        )
        for number, snippet in paragraphs
    ]


def _summary(marks: int, paragraphs: int) -> str:
    if not marks:
        return _("Nothing is marked here.")
    places = ngettext("{count} place", "{count} places", marks).format(count=number(marks))
    return ngettext("{places} in {count} paragraph", "{places} in {count} paragraphs", paragraphs).format(
        places=places, count=number(paragraphs)
    )
