"""JSON Lines: every line an object, every object a document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from indexer.errors import Unreadable
from indexer.readers.fields import Row, document_of
from indexer.readers.files import CorpusFile, Unique
from indexer.readers.lines import encoding_of, lines
from indexer.readers.reading import Reading, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer import settings
    from indexer.readers.encoding import Encoding
    from indexer.types import Document

_DECODER = json.JSONDecoder()
_ENDS = ("\n", "\r\n", "")


def read(file: CorpusFile, settings: settings.Reading) -> Reading:
    """Give a document for each line, an Unreadable for each that is none."""
    encoding = encoding_of(file)
    return reading(encoding, _documents(file, encoding, settings.largest_file))


def _documents(file: CorpusFile, encoding: Encoding, longest: int) -> Iterator[Document | Unreadable]:
    given = Unique()
    for number, line in enumerate(lines(file, encoding, longest=longest), 1):
        if isinstance(line, Unreadable):
            yield line
        elif not line.isspace():
            try:
                yield document_of(_row(line, file.name, number), file.name, number, given)
            except Unreadable as bad:
                yield bad


def _row(line: str, file: str, number: int) -> Row:
    try:
        row = _value(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable(path=f"{file}:{number}", reason=_why(error)) from error
    if not isinstance(row, dict):
        reason = 'it is no JSON object; write a document as {"title": …, "text": …}'
        raise Unreadable(path=f"{file}:{number}", reason=reason)
    return row


def _value(line: str) -> object:
    """Give the value of a line: by json.loads, which takes half its time to look for white space, only if it is odd."""
    try:
        value, end = _DECODER.raw_decode(line)
    except ValueError:
        return json.loads(line.rstrip())
    return value if line[end:] in _ENDS else json.loads(line.rstrip())


def _why(error: ValueError | RecursionError) -> str:
    match error:
        case json.JSONDecodeError():
            return f"it is no JSON: {error.msg[:1].lower()}{error.msg[1:]} at column {error.colno}; mend the line"
        case RecursionError():
            return "its values are nested too deeply; write the text as a string"
        case _:  # of int(), which guards against numbers of thousands of digits
            return "it has a number that is too long; write it as a string"
