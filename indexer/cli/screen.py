"""The only way to the terminal: everything is cleaned, then painted, then written.

Indexed text comes from anywhere. Escape sequences in it could recolour, retitle or rewrite the terminal of whoever
reads it, and bidirectional overrides could show another text than the one that is there; so no line takes a bare
string, only what `paint` has cleaned.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from typing import TYPE_CHECKING, NewType, TextIO
from unicodedata import category, east_asian_width

import click

from indexer.frozen import frozen
from indexer.types import Span
from indexer.wording.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indexer.types import Snippet

Painted = NewType("Painted", str)  # harmless for a terminal, but for our own colours

NAME = "abzats"  # of the program
PLAIN, BOLD, DIM, MARK = "", "1", "2", "1;31"  # SGR codes; the mark is that of grep
INDENT = 4  # columns
WIDEST = 100  # columns; longer lines are hard to read
NARROWEST = 24  # columns; below it a word a line would be worse than what the terminal does by itself

LINE_ENDS = "\t\n\v\f\r\x85\u2028\u2029"
HARMFUL = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
CLEAN = dict.fromkeys(HARMFUL, "\N{REPLACEMENT CHARACTER}") | dict.fromkeys(map(ord, LINE_ENDS), " ")
NO_WIDTH = {"Mn", "Me", "Cf"}  # stress marks, soft hyphens

# What a terminal in KOI8-R or CP1251 shows for the signs that we add to the text; `show` takes an id without ¶.
LIKENESS = {
    "\u202f": " ",
    "\u00a0": " ",
    "¶": "",
    "·": "|",
    "–": "-",
    "—": "-",
    "…": "...",
    "«": '"',
    "»": '"',
}


class ReaderGone(Exception):
    """Nobody reads our output any more."""


def clean(text: str) -> str:
    r"""Replace whatever a terminal might obey; the text stays as long as it was, so that marks still fit.

    >>> clean("\x1b[31mкрасный\x1b[0m")
    '�[31mкрасный�[0m'
    """
    return text.translate(CLEAN)


@frozen
class Screen:
    """Where the output of a command goes."""

    stream: TextIO
    color: bool
    width: int | None  # columns to fold paragraphs to; None leaves them a line each, for grep and the like

    def paint(self, text: str, style: str = PLAIN) -> Painted:
        """Clean the text and give it the style."""
        harmless = clean(text)
        return Painted(f"\x1b[{style}m{harmless}\x1b[0m" if self.color and style and harmless.strip() else harmless)

    def line(self, *parts: Painted) -> None:
        """Write one line."""
        with_end = "".join((*parts, "\n"))
        try:
            self.stream.write(with_end)
        except OSError as error:
            raise _not_written(error) from error

    def text(self, text: str = "", style: str = PLAIN) -> None:
        """Write one line of one style."""
        self.line(self.paint(text, style))

    def paragraph(self, snippet: Snippet, *, gutter: str = "", style: str = PLAIN) -> None:
        """Write a paragraph, indented, with its marks; the gutter stands before the first line."""
        text = clean(snippet.text)
        gutter = gutter.ljust(INDENT - 1) + " "
        for line in self._lines(text, len(gutter)):
            self.line(self.paint(gutter, DIM), *self._marked(text, line, snippet.marks, style))
            gutter = " " * len(gutter)

    def _lines(self, text: str, indent: int) -> Iterator[Span]:
        if self.width is None:
            return iter([Span(0, len(text))])
        return fold(text, max(self.width - indent, NARROWEST))

    def _marked(self, text: str, line: Span, marks: Sequence[Span], style: str) -> Iterator[Painted]:
        at = line.start
        for mark in marks:
            start, stop = max(mark.start, at), min(mark.stop, line.stop)
            if start < stop:
                yield self.paint(text[at:start], style)
                yield self.paint(text[start:stop], MARK)
                at = stop
        yield self.paint(text[at : line.stop], style)

    def table(
        self, rows: Sequence[Sequence[str]], *, indent: int = 2, style: str = PLAIN, is_folded: bool = False
    ) -> None:
        """Write rows in columns, each as wide as its widest cell; the last one is as long as it likes, or folded."""
        widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)][:-1]
        start = indent + sum(widths) + 2 * len(widths)
        for *cells, last in rows:
            padded = (cell + " " * (width - columns(cell) + 2) for cell, width in zip(cells, widths, strict=True))
            lead = " " * indent + "".join(padded)
            for line in list(self._lines(last, start) if is_folded else ()) or [Span(0, len(last))]:
                self.text((lead + last[slice(*line)]).rstrip(), style)
                lead = " " * start


def fold(text: str, width: int) -> Iterator[Span]:
    """Find the lines of a text folded at spaces; a longer word is cut.

    >>> ["ab cd ef"[slice(*line)] for line in fold("ab cd ef", 5)]
    ['ab cd', 'ef']
    """
    start = stop = 0
    for word in re.finditer(f"[^ ]{{1,{width}}}", text):
        if start == stop:
            start = word.start()
        elif columns(text[start : word.end()]) > width:
            yield Span(start, stop)
            start = word.start()
        stop = word.end()
    if start < stop:
        yield Span(start, stop)


def columns(text: str) -> int:
    """Count the columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if category(sign) in NO_WIDTH else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


# --- streams ----------------------------------------------------------------------------------------------------------


def output(choice: str = "auto") -> Screen:
    """Open standard output; `choice` is that of --color."""
    return _screen(sys.stdout, choice, os.environ)


def errors() -> Screen:
    """Open standard error."""
    return Screen(sys.stderr, color=False, width=None)


def complain(*lines: str) -> None:
    """Write to standard error, with the name of the program before the first line."""
    for place, line in enumerate(lines):
        errors().text(f"{NAME}: {line}" if place == 0 else line)


def _screen(stream: TextIO, choice: str, environ: Mapping[str, str]) -> Screen:
    terminal = stream.isatty()
    return Screen(stream, wants_color(choice, environ, terminal=terminal), _width() if terminal else None)


def _width() -> int:
    from shutil import get_terminal_size  # noqa: PLC0415 -- 3 ms, for it imports what unpacks archives

    return min(get_terminal_size().columns, WIDEST)


def wants_color(choice: str, environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Decide on colours: the option has the first word, then no-color.org, then bixense.com/clicolors.

    >>> wants_color("auto", {"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, terminal=True)
    False
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR") or environ.get("CLICOLOR") == "0":
        return False
    if environ.get("CLICOLOR_FORCE", "0") not in {"", "0"}:
        return True
    return terminal and environ.get("TERM") != "dumb"


def prepare() -> None:
    """Make the standard streams take anything: no output may raise for the sake of a character."""
    codecs.register_error("abzats", _like)
    for name, mode, handler in (("stdin", "r", "replace"), ("stdout", "w", "abzats"), ("stderr", "w", "abzats")):
        if getattr(sys, name) is None:  # closed by the shell: `>&-`
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 -- as long as the process
        if isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            stream.reconfigure(errors=handler)


def _like(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(LIKENESS.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def flush() -> None:
    """Send what is still held back, while a failure can be told."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            raise _not_written(error) from error


def give_up() -> None:
    """Drop what could not be written: Python would try once more at exit, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _not_written(error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return ReaderGone()
    from indexer.wording.failures import phrase  # noqa: PLC0415 -- all that can go wrong, if something does

    reason = phrase(error.strerror or str(error))
    return click.ClickException(_("The output could not be written: {reason}").format(reason=reason))
