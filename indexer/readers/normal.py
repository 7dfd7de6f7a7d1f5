"""The one place where characters change: whatever a reader takes from a file passes here before it is a Document."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from indexer.errors import Unreadable
from indexer.types import Document

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_LINE_ENDS = "\v\f\x85\u2028\u2029"  # a page break parts words as a line end does; dropped, it would glue them
_SURROGATES = range(0xD800, 0xE000)
_REPAIRS = {  # and what is not among them goes
    **dict.fromkeys(map(ord, _LINE_ENDS), "\n"),
    **dict.fromkeys(_SURROGATES, "\N{REPLACEMENT CHARACTER}"),
}
_TO_REPAIR = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
# Characters that are as they should be, whatever of them is beside them: nearly every text has no others, and to see
# that takes 0.2 s of 67 million characters, where all that follows takes 0.8. Letters, signs, pictures; no marks.
SOUND = (
    "\t\n -~\xa0-\u02ff\u0400-\u0482\u048a-\u052f\u2002-\u2027\u202a-\u20cf\u2100-\u2125\u2190-\u2328\u232b-\u2adb"
    "\u2add-\u2bff\ufe00-\ufe0f\U0001f000-\U0001faff"
)
_IN_DOUBT = re.compile(f"[^{SOUND}]")
_SPACES = re.compile(r"[ \t\n]+")  # not the no-break ones: «10 000» is one number


def normalise(text: str) -> str:
    r"""Text in NFC, with \n for every line end and without control characters; stress marks and soft hyphens stay.

    >>> normalise("и\u0306\r\nза\u0301мок\x00\u2028\ud800")
    'й\nза́мок\n�'
    """
    if not _IN_DOUBT.search(text):
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _TO_REPAIR.sub(_repair, text)  # translate() looks at every character: 500 ms against 60 for 9 M of them
    return text if text.isascii() else "\n".join(map(_compose, text.split("\n")))


def _repair(character: re.Match[str]) -> str:
    return _REPAIRS.get(ord(character[0]), "")


def _compose(line: str) -> str:
    """Compose a line by itself: one stress mark would make the whole of a long text go the slow way, 400 ms for 55."""
    return line if unicodedata.is_normalized("NFC", line) else unicodedata.normalize("NFC", line)


def collapse(text: str) -> str:
    r"""Text with one space for every run of spaces, tabs and line ends, and none at its ends.

    >>> collapse(" Новый\n  завод\t ")
    'Новый завод'
    """
    return _SPACES.sub(" ", text).strip()


def line(text: str) -> str:
    """Normalised text on a single line: a title, a name, a path."""
    return collapse(normalise(text)) if text else ""


def document(
    path: str,
    text: str,
    *,
    title: str = "",
    date: datetime | None = None,
    source: str = "",
    author: str = "",
    url: str = "",
    own: Callable[[], str] | None = None,
) -> Document:
    """Make a document with every field normalised; one without a text has its title for one, so that it can be found.

    Raises Unreadable, with `path`, when it has neither. A document that has its `own` name is asked for it only then.

    >>> document("завод.md", " ", title="Новый  завод").text
    'Новый завод'
    """
    title = line(title)
    text = normalise(text).strip() or title
    if not text:
        raise Unreadable(path=path, reason="no text: neither a text nor a title is in it; add one or leave it out")
    return Document(own() if own else path, text, title, date, line(source), line(author), line(url))
