"""How found paragraphs are written: for people, for programs, for tables, for notes."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from indexer import records
from indexer.cli.screen import BOLD, DIM, INDENT, Painted, Screen, clean
from indexer.frozen import frozen
from indexer.wording.messages import _, calendar_day, decimal, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indexer.types import Heading, Paragraph, Rescue, Result, ScorePart, Snippet


@frozen
class Neighbour:
    """A paragraph beside a found one, with the words of the query in it."""

    paragraph: Paragraph
    snippet: Snippet


@frozen
class Entry:
    """A result with what else there is to show; None where nobody asked for it."""

    result: Result
    before: tuple[Neighbour, ...] | None = None
    after: tuple[Neighbour, ...] | None = None
    parts: tuple[ScorePart, ...] | None = None  # of the score
    rescue: Rescue | None = None  # that found it; None: the query as typed did


# --- for people -------------------------------------------------------------------------------------------------------


def as_text(entries: Iterable[Entry], screen: Screen) -> None:
    """Write title, origin and paragraph; a blank line between the results."""
    for place, entry in enumerate(entries):
        if place:
            screen.text()
        heading, paragraph = entry.result.document, entry.result.paragraph
        screen.text(heading.title or heading.path, BOLD)
        screen.text(origin(heading, paragraph.id), DIM)
        _neighbours(entry.before, screen)
        # Beside others, a paragraph wears its number; alone, its id has just been said.
        gutter = "" if entry.before is None else f"¶{paragraph.number}"
        screen.paragraph(entry.result.snippet, gutter=gutter)
        _neighbours(entry.after, screen)
        if entry.parts is not None:
            _explain(entry.result.score, entry.parts, screen)


PARTS = {
    "word": message("word"),
    "relative": message("a word of the same root"),
    "phrase": message("phrase"),
    "typed": message("in the very forms typed"),
    "pair": message("side by side"),
    "complete": message("all the words"),
    "title": message("in the title"),
    "source": message("in the source"),
    "author": message("in the author"),
    "meaning": message("for its meaning"),
}


def _explain(score: float, parts: tuple[ScorePart, ...], screen: Screen) -> None:
    rows = [(decimal(score), _("score"), "")]
    rows += [(decimal(part.score), _(PARTS[part.of]), part.text.replace("|", " | ")) for part in parts]
    width = max(len(points) for points, _of, _text in rows)
    table = [(points.rjust(width), of, text) for points, of, text in rows]
    screen.table(table, indent=INDENT, style=DIM, is_folded=True)


def _neighbours(neighbours: tuple[Neighbour, ...] | None, screen: Screen) -> None:
    for neighbour in neighbours or ():
        screen.paragraph(neighbour.snippet, gutter=f"¶{neighbour.paragraph.number}", style=DIM)


def origin(heading: Heading, *more: str) -> str:
    """Join source, day, and what else there is to say."""
    day = calendar_day(heading.date) if heading.date else ""
    return " · ".join(part for part in (heading.source, day, *more) if part)


# --- for programs -----------------------------------------------------------------------------------------------------


def as_json(entries: Iterable[Entry], screen: Screen) -> None:
    """Write one object a line."""
    for entry in entries:
        screen.line(json_line(_record(entry)))


def json_line(value: object) -> Painted:
    """Write a value as JSON."""
    return Painted(records.json_text(value))


def _record(entry: Entry) -> dict[str, Any]:
    record = {**records.of_result(entry.result), "rescue": entry.rescue and records.of_rescue(entry.rescue)}
    if entry.parts is not None:
        record["parts"] = [records.of_part(part) for part in entry.parts]
    for name, neighbours in (("before", entry.before), ("after", entry.after)):
        if neighbours is not None:
            record[name] = [records.of_paragraph(one.paragraph, one.snippet) for one in neighbours]
    return record


# --- for tables -------------------------------------------------------------------------------------------------------

COLUMNS = ("id", "path", "number", "title", "date", "source", "author", "url", "text", "marks", "span", "score")


def as_csv(entries: Iterable[Entry], screen: Screen) -> None:
    """Write a header and a row for each result; marks and spans as start-stop."""
    screen.line(_csv_row(COLUMNS))
    for entry in entries:
        record = _record(entry)
        ranges = {"marks": record["marks"], "span": [record["span"]]}
        record |= {name: " ".join(f"{start}-{stop}" for start, stop in spans) for name, spans in ranges.items()}
        screen.line(_csv_row("" if record[name] is None else str(record[name]) for name in COLUMNS))


def _csv_row(cells: Iterable[str]) -> Painted:
    import csv  # noqa: PLC0415 -- one format of four

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(map(clean, cells))
    return Painted(buffer.getvalue())


# --- for notes --------------------------------------------------------------------------------------------------------


def as_markdown(entries: Iterable[Entry], screen: Screen) -> None:
    """Write a heading, a line of origin, and the paragraph with its marks in bold."""
    for place, entry in enumerate(entries):
        heading = entry.result.document
        blocks = [
            f"### {_link(heading)}",
            f"*{_escaped(origin(heading, entry.result.paragraph.id))}*",
            *(_emphasised(neighbour.snippet) for neighbour in entry.before or ()),
            _emphasised(entry.result.snippet),
            *(_emphasised(neighbour.snippet) for neighbour in entry.after or ()),
        ]
        for block_place, block in enumerate(blocks):
            if place or block_place:
                screen.text()
            screen.text(block)


def _link(heading: Heading) -> str:
    title = _escaped(heading.title or heading.path)
    # Any other scheme in a note could run something when clicked.
    return f"[{title}](<{heading.url}>)" if re.fullmatch(r"https?://[^\s<>\\]+", heading.url) else title


def _emphasised(snippet: Snippet) -> str:
    parts, at = [], 0
    for start, stop in snippet.marks:
        parts += [_escaped(snippet.text[at:start], opens=at == 0), "**", _escaped(snippet.text[start:stop]), "**"]
        at = stop
    return "".join((*parts, _escaped(snippet.text[at:], opens=at == 0)))


def _escaped(text: str, *, opens: bool = False) -> str:
    """Make the signs of Markdown plain; one that opens a line must not become a list or a rule."""
    text = re.sub(r"[\\`*_\[\]<>|~&#]", r"\\\g<0>", text)
    return re.sub(r"^\s*(\d*)([-+=.)])", r"\1\\\2", text) if opens else text


FORMATS: dict[str, Callable[[Iterable[Entry], Screen], None]] = {
    "text": as_text,
    "json": as_json,
    "csv": as_csv,
    "md": as_markdown,
}
