"""`abzats show`: a paragraph with its surroundings, or a whole document."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import click

import indexer
from indexer import records
from indexer.cli import options, screen
from indexer.cli.formats import json_line, origin
from indexer.types import Snippet
from indexer.wording.messages import _

if TYPE_CHECKING:
    from indexer.addresses import Place
    from indexer.cli.screen import Screen
    from indexer.types import Heading, Paragraph

DONE = 0


def command() -> click.Command:
    """`abzats show`, in the language chosen."""
    return click.Command(
        "show",
        callback=_show,
        short_help=_("Print a paragraph with its surroundings."),
        help=options.described(
            _("Print a paragraph with its surroundings, or a whole document."),
            ("abzats show 'news/steel.md#¶5'", _("an id as abzats search prints it")),
            ("abzats show 'news/steel.md#5' -C 0", _("nothing around it")),
            ("abzats show news/steel.md", _("the whole document")),
        ),
        options_metavar=_("[OPTIONS]"),
        params=[
            click.Argument(["wanted"], metavar=_("PATH[#¶N]"), callback=_wanted),
            click.Option(
                ["-C", "--context"],
                callback=options.checked(options.count),
                default="2",
                show_default=True,
                metavar="N",
                help=_("How many paragraphs around it."),
            ),
            click.Option(
                ["layout", "--format"], type=click.Choice(["text", "json"]), default="text", help=_("How to write it.")
            ),
            options.as_json(_("The same as --format json: one object.")),
            options.color(),
            options.index(),
        ],
    )


def _wanted(_context: click.Context, _parameter: click.Parameter, typed: str) -> str:
    """Give the id as the index has it: in NFC, without lone surrogates."""
    return unicodedata.normalize("NFC", typed.encode(errors="replace").decode())


def _show(*, wanted: str, context: int, layout: str, as_json: bool, color: str, index: Place) -> int:
    with indexer.open_index(index) as searcher:
        paragraphs = searcher.paragraphs(wanted, around=context)
        heading = searcher.document(paragraphs[0].document)
    write = _as_json if as_json or layout == "json" else _as_text
    asked = None if wanted == heading.path else int(wanted.rpartition("#")[2].removeprefix("¶"))
    write(heading, paragraphs, asked, screen.output(color))
    return DONE


def _as_text(heading: Heading, paragraphs: tuple[Paragraph, ...], asked: int | None, shown: Screen) -> None:
    shown.text(heading.title or heading.path, screen.BOLD)
    shown.text(origin(heading, heading.author, heading.path), screen.DIM)
    if heading.url:
        shown.text(heading.url, screen.DIM)
    for paragraph in paragraphs:
        style = screen.PLAIN if asked in {None, paragraph.number} else screen.DIM
        shown.text()
        shown.paragraph(Snippet(paragraph.text, ()), gutter=f"¶{paragraph.number}", style=style)


def _as_json(heading: Heading, paragraphs: tuple[Paragraph, ...], asked: int | None, shown: Screen) -> None:
    record = {
        "path": heading.path,
        **records.of_heading(heading),
        "number": asked,  # null for the whole document
        "paragraphs": [records.of_paragraph(beside) for beside in paragraphs],
    }
    shown.line(json_line(record))
