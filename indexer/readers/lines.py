"""A file line by line, in memory that does not grow with it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from indexer.errors import Unreadable
from indexer.readers.encoding import SAMPLE, Encoding, recognise
from indexer.readers.files import CorpusFile, in_words, opened
from indexer.readers.reading import refuse_blank

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_WIDE = ("utf-16", "utf-32")  # where a byte 10 need not be a line end
_GULP = 2**20  # bytes or characters


def encoding_of(file: CorpusFile) -> Encoding:
    """Tell the encoding of a file by its beginning; raises Unreadable if that is no text or there is none."""
    with opened(file.path, file.name) as binary:
        try:
            head = binary.read(SAMPLE + 1)  # one more than looked at: whether there is more
        except OSError as error:
            raise Unreadable(path=file.name, reason=in_words(error)) from error
    if not head:
        raise Unreadable(path=file.name, reason="the file is empty")
    whole = len(head) <= SAMPLE
    encoding = recognise(head[:SAMPLE], file.name, whole=whole)
    if whole:
        refuse_blank(encoding.decode(head), file.name)
    return encoding


def lines(file: CorpusFile, encoding: Encoding, *, longest: int) -> Iterator[str | Unreadable]:
    r"""Give the lines of a file with their ends, an Unreadable for each that cannot be read.

    Only \n ends a line. A line over `longest` bytes (characters, in UTF-16 and UTF-32) cannot be read. What is wrong
    with the file itself comes last.
    """
    number = 0
    try:
        with opened(file.path, file.name) as binary:
            stream = _stream(binary, encoding)
            while line := stream.readline(longest + 1):
                number += 1
                if len(line) > longest:
                    _skip_rest(stream, line)
                    reason = (
                        f"the line has more than {longest:,} bytes; split it, or raise settings.reading.largest_file"
                    )
                    yield Unreadable(path=f"{file.name}:{number}", reason=reason)
                else:
                    text = line if isinstance(line, str) else _decoded(line, encoding)
                    yield _undecodable(encoding, f"{file.name}:{number}") if text is None else text
    except OSError as error:
        yield Unreadable(path=f"{file.name}:{number + 1}", reason=in_words(error))
    except UnicodeDecodeError:  # in UTF-16 nobody knows where to go on
        yield _undecodable(encoding, f"{file.name}:{number + 1}")
    except Unreadable as vanished:
        yield vanished


def _stream(binary: BinaryIO, encoding: Encoding) -> BinaryIO | io.TextIOWrapper:
    if encoding.codec.startswith(_WIDE):
        return io.TextIOWrapper(binary, encoding.codec, encoding.errors, newline="\n")
    return binary


def _skip_rest(stream: BinaryIO | io.TextIOWrapper, line: bytes | str) -> None:
    while line and line[-1:] not in ("\n", b"\n"):
        line = stream.readline(_GULP)


def _decoded(line: bytes, encoding: Encoding) -> str | None:
    try:
        return line.decode(encoding.codec, encoding.errors)
    except UnicodeDecodeError:
        return None


def _undecodable(encoding: Encoding, path: str) -> Unreadable:
    return Unreadable(path=path, reason=f"it has bytes that are no {encoding.codec.upper()}; save it anew as UTF-8")
