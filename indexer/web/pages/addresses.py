"""Where the links of the page lead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from indexer.web.asked import Asked

HOME = "/"
HELP = "/help"
DOCUMENT = "/document/"
AT_ONCE = 500  # paragraphs of a document on a page

_MOVED = frozenset({"", ".", ".."})  # parts of a path that a browser would take for its own


def of_search(asked: Asked) -> str:
    """Return the address of the answer to what is asked."""
    return f"{HOME}?{asked.query_string() or urlencode({'q': ''})}"


def of_query(query: str) -> str:
    """Return the address of the answer to a query alone."""
    return f"{HOME}?{urlencode({'q': query})}"


def first_page(asked: Asked) -> Asked:
    """Return the same from its first result on: so begins what is asked in another way."""
    return replace(asked, offset=0)


def of_document(path: str, asked: Asked, *, number: int | None = None, first: int | None = None) -> str:
    """Return the address of a document with what was asked marked, at one of its paragraphs.

    `first` is the paragraph that the page begins with; unless it is given, it follows from the number.
    """
    begins = first or (1 if number is None else (number - 1) // AT_ONCE * AT_ONCE + 1)
    pairs = asked.pairs() + ([("from", str(begins))] if begins > 1 else [])
    if _MOVED.isdisjoint(path.split("/")):
        address = DOCUMENT + quote(path)
    else:
        address, pairs = DOCUMENT, [("path", path), *pairs]
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{address}{query}{'' if number is None else f'#p{number}'}"
