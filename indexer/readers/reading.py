"""What a reader gives back, and the frame of those whose file is one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from indexer.errors import Unreadable
from indexer.readers.encoding import Encoding, recognise
from indexer.readers.files import CorpusFile, contents
from indexer.readers.normal import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer import settings
    from indexer.types import Document


class Reading(NamedTuple):
    """The documents of a file."""

    encoding: str  # as Python calls it: "utf-8", "cp1251" …
    doubtful: bool  # the encoding is a guess that may be wrong
    documents: Iterator[Document | Unreadable]  # made as they are asked for; an Unreadable is one bad row of a table


def of_one_document(
    file: CorpusFile,
    settings: settings.Reading,
    document: Callable[[str, str], Document],
    *,
    declared: Callable[[bytes], str] = lambda _: "",
) -> Reading:
    """Read a file whole and make one document of its path and its text in normal form.

    `declared` finds the encoding that a format lets its files name. Raises Unreadable.
    """
    data = contents(file, largest=settings.largest_file)
    encoding = recognise(data, file.name, declared=declared(data))
    text = normalise(encoding.decode(data))
    refuse_blank(text, file.name)
    return reading(encoding, iter((document(file.name, text),)))


def reading(encoding: Encoding, documents: Iterator[Document | Unreadable]) -> Reading:
    """Documents, with what is known of the encoding they came in."""
    return Reading(encoding.codec, encoding.doubtful, documents)


def refuse_blank(text: str, path: str) -> None:
    """Raise Unreadable if nothing is written there."""
    if not text or text.isspace():
        raise Unreadable(path=path, reason="there is nothing in it but white space; write something or leave it out")
