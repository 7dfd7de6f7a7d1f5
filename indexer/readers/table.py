"""CSV and TSV: a header that names the columns, then a document a record."""

from __future__ import annotations

import csv
import re
from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeAlias

from indexer.errors import Unreadable
from indexer.readers.fields import document_of, field_of
from indexer.readers.files import CorpusFile, Unique
from indexer.readers.lines import encoding_of, lines
from indexer.readers.reading import Reading, reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer import settings
    from indexer.readers.encoding import Encoding
    from indexer.readers.fields import Row
    from indexer.types import Document

_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1000  # lines that tell how a file is written
_SHOWN = 12  # columns that an error names
_Quoting: TypeAlias = Literal[0, 3]  # csv.QUOTE_MINIMAL, csv.QUOTE_NONE
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


def read(file: CorpusFile, settings: settings.Reading) -> Reading:
    """Give a document for each record; raises Unreadable if no column is a title or a text."""
    encoding = encoding_of(file)
    # The limit holds for the whole process, so it is only ever raised; 131,072 characters are too few for a book.
    csv.field_size_limit(max(csv.field_size_limit(), settings.largest_file))
    beginning = _Physical(file, encoding, settings.largest_file)
    head = list(islice(beginning, _HEAD))
    if beginning.end and not head:
        raise Unreadable(path=file.name, reason=beginning.end.values["reason"])
    delimiter, columns = _header(head, file.path.suffix.lower())
    if not {"title", "text"} & set(map(field_of, columns)):
        raise Unreadable(path=file.name, reason=_no_text(columns))
    physical = _Physical(file, encoding, settings.largest_file)
    return reading(encoding, _documents(file.name, physical, delimiter, _quoting(head, delimiter)))


class _Physical:
    """The lines of a file for csv.reader, up to the first one that cannot be read; `end` is then why."""

    def __init__(self, file: CorpusFile, encoding: Encoding, longest: int) -> None:
        self._lines = lines(file, encoding, longest=longest)
        self.end: Unreadable | None = None

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if isinstance(line, Unreadable):
                self.end = line
            elif line.find("\r", 0, -2) < 0:
                yield line
            else:  # of an old Mac; csv.reader refuses a line end inside a line
                yield from _LINE.findall(line)
            if self.end:
                return


def _header(head: list[str], suffix: str) -> tuple[str, list[str]]:
    """Give the delimiter, and the columns that it makes of the first line.

    It is the one that makes most names we know. csv.Sniffer lost: it looks at the texts, too, and takes the commas in
    them for delimiters. Of 720 tables made of real paragraphs it told 475, and 2 of 240 with a single column.
    """
    order = sorted(_DELIMITERS, key=lambda delimiter: suffix == ".tsv" and delimiter != "\t")
    headers = {delimiter: _first_record(head, delimiter) for delimiter in order}
    best = max(
        order, key=lambda delimiter: (sum(map(bool, map(field_of, headers[delimiter]))), len(headers[delimiter]))
    )
    return best, headers[best]


def _first_record(head: Iterable[str], delimiter: str) -> list[str]:
    try:
        return next((record for record in csv.reader(head, delimiter=delimiter) if record), [])
    except csv.Error:
        return []


def _quoting(head: list[str], delimiter: str) -> _Quoting:
    """Tell whether quotation marks enclose fields; in many a TSV they are just quotation marks.

    Taken for the former, a field that begins with one would swallow all records up to the next.
    """
    if delimiter != "\t":
        return csv.QUOTE_MINIMAL
    records = csv.reader(head, delimiter=delimiter, strict=True)
    try:
        for _ in records:
            pass
    except csv.Error:
        cut_short = len(head) == _HEAD and records.line_num >= _HEAD  # the closing mark may come later
        return csv.QUOTE_MINIMAL if cut_short else csv.QUOTE_NONE
    return csv.QUOTE_MINIMAL


def _no_text(columns: list[str]) -> str:
    shown = ", ".join(name.strip() or "(no name)" for name in columns[:_SHOWN]) + (", …" if columns[_SHOWN:] else "")
    return f"none of its columns is called title or text; it has: {shown}. Name one so in its first line"


def _documents(file: str, physical: _Physical, delimiter: str, quoting: _Quoting) -> Iterator[Document | Unreadable]:
    given = Unique()
    columns: list[str] = []
    for number, record in _numbered(physical, delimiter, quoting):
        if isinstance(record, csv.Error):
            yield Unreadable(path=f"{file}:{number}", reason=f"it is no CSV: {record}; mend the record")
        elif not columns:
            columns = record
        else:
            try:
                yield document_of(_row(columns, record, delimiter), file, number, given)
            except Unreadable as bad:
                yield bad
    if physical.end:
        yield physical.end


def _numbered(physical: _Physical, delimiter: str, quoting: _Quoting) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Give the records that are not blank, with the number of the line on which each begins."""
    records = csv.reader(physical, delimiter=delimiter, quoting=quoting)
    while True:
        number = records.line_num + 1
        try:
            record = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, error
        else:
            if any(map(str.strip, record)):
                yield number, record


def _row(columns: list[str], record: list[str], delimiter: str) -> Row:
    """Name the cells; when there are too many and the text comes last, it had delimiters without quotation marks."""
    if len(record) > len(columns) and field_of(columns[-1]) == "text":
        last = len(columns) - 1
        record = [*record[:last], delimiter.join(record[last:])]
    return dict(zip(columns, record, strict=False))
