"""The one place where characters change: whatever a reader takes from a file passes here before it is a Document."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from indexer.errors import Unreadable
from indexer.types import Document

if TYPE_CHECKING:
    from datetime import datetime

_LINE_ENDS = "\v\f\x85\u2028\u2029"  # a page break parts words as a line end does; dropped, it would glue them
_CONTROLS = [*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xFEFF]
_SURROGATES = range(0xD800, 0xE000)
_REPAIRS: dict[int, str | None] = {
    **dict.fromkeys(_CONTROLS),
    **dict.fromkeys(map(ord, _LINE_ENDS), "\n"),
    **dict.fromkeys(_SURROGATES, "\N{REPLACEMENT CHARACTER}"),
}
_TO_REPAIR = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_SPACES = re.compile(r"[ \t\n]+")  # not the no-break ones: «10 000» is one number


def normalise(text: str) -> str:
    r"""Text in NFC, with \n for every line end and without control characters; stress marks and soft hyphens stay.

    >>> normalise("и\u0306\r\nза\u0301мок\x00\u2028\ud800")
    'й\nза́мок\n�'
    """
    # Each repair is a pass over the text that almost no text needs; the checks before them are several times as fast.
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _TO_REPAIR.search(text):
        text = text.translate(_REPAIRS)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def collapse(text: str) -> str:
    r"""Text with one space for every run of spaces, tabs and line ends, and none at its ends.

    >>> collapse(" Новый\n  завод\t ")
    'Новый завод'
    """
    return _SPACES.sub(" ", text).strip()


def line(text: str) -> str:
    """Normalised text on a single line: a title, a name, a path."""
    return collapse(normalise(text))


def document(
    path: str,
    text: str,
    *,
    title: str = "",
    date: datetime | None = None,
    source: str = "",
    author: str = "",
    url: str = "",
) -> Document:
    """Make a document with every field normalised; one without a text has its title for one, so that it can be found.

    Raises Unreadable when it has neither.

    >>> document("завод.md", " ", title="Новый  завод").text
    'Новый завод'
    """
    title = line(title)
    text = normalise(text).strip() or title
    if not text:
        raise Unreadable(path=path, reason="no text: neither a text nor a title is in it; add one or leave it out")
    return Document(path, text, title, date, line(source), line(author), line(url))
