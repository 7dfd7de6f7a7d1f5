"""`abzats quote`: whether a quotation is in the texts, and what of it is not."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

import indexer
from indexer import records
from indexer.cli import options, screen
from indexer.cli.formats import json_line, origin
from indexer.types import Snippet
from indexer.wording.messages import _, message, ngettext, number

if TYPE_CHECKING:
    from indexer.addresses import Place
    from indexer.cli.screen import Screen
    from indexer.types import Difference, Occurrence, Quotation

VERBATIM, CHANGED = 0, 1

KINDS = {
    "verbatim": message("Verbatim: the texts have these words in this order."),
    "inflected": message("In other forms: the texts have these words in this order, but not in these forms."),
    "partial": message("In part: the texts have only some of these words in a row."),
    "absent": message("Absent: the texts do not have these words in a row."),
}
DIFFERENCES = {
    "case": message("capital letter"),
    "ё": message("е or ё"),
    "letters": message("signs in letters"),
    "punctuation": message("punctuation"),
    "form": message("another form"),
    "words": message("other words"),
}


def command() -> click.Command:
    """`abzats quote`, in the language chosen."""
    return options.Asking(
        "quote",
        callback=_quote,
        short_help=_("Check whether a quotation is in the texts."),
        help=options.described(
            _("Check whether a quotation is in the texts: verbatim, in other forms, in part, or not at all."),
            ("abzats quote 'закалка стали основана на том'", _("where, and what is different")),
            ("abzats quote 'Закалка стали […] очень хрупкая'", _("with something left out")),
            ("abzats quote - < quotation.txt", _("from standard input")),
        ),
        epilog="\n\n".join(
            [
                _("Case, ё, punctuation, kinds of quotation marks and dashes are forgiven; what differs is listed."),
                _("Exit codes: 0 it is there verbatim, 1 it is not, 2 an error."),
            ]
        ),
        options_metavar=_("[OPTIONS]"),
        params=[
            options.query("words", _("TEXT...")),
            click.Option(
                ["-n", "--limit"],
                metavar="N",
                callback=options.checked(options.count),
                default="3",
                show_default=True,
                help=_("How many places to show."),
            ),
            options.as_json(_("One JSON object.")),
            options.color(),
            options.index(),
        ],
    )


def _quote(*, words: tuple[str, ...], limit: int, as_json: bool, color: str, index: Place) -> int:
    with indexer.open_index(index) as searcher:
        quotation = searcher.check(" ".join(words), limit=limit)
    shown = screen.output(color)
    if as_json:
        shown.line(json_line(records.of_quotation(quotation)))
    else:
        _as_text(quotation, shown)
    return VERBATIM if quotation.kind == "verbatim" else CHANGED


def _as_text(quotation: Quotation, shown: Screen) -> None:
    shown.text(_(KINDS[quotation.kind]))
    for place in quotation.places:
        shown.text()
        _place(place, shown)
    if (more := quotation.total - len(quotation.places)) > 0 and quotation.places:
        shown.text()
        shown.text(
            ngettext("… and {count} place more", "… and {count} places more", more).format(count=number(more)),
            screen.DIM,
        )


def _place(place: Occurrence, shown: Screen) -> None:
    shown.text(place.document.title or place.document.path, screen.BOLD)
    for paragraph, passages in groupby(place.passages, key=lambda passage: passage.paragraph):
        shown.text(origin(place.document, paragraph.id), screen.DIM)
        shown.paragraph(Snippet(paragraph.text, tuple(passage.span for passage in passages)))
    rows = [(_(DIFFERENCES[one.kind]), _changed(one)) for one in place.differences]
    if rows:
        shown.table(rows, indent=screen.INDENT, style=screen.DIM, is_folded=True)


def _changed(difference: Difference) -> str:
    """Say what the quotation has and what the text has; an empty side is told by a sign for nothing."""
    quoted, found = (" ".join(side.split()) or "∅" for side in (difference.quoted, difference.found))
    return f"{quoted} → {found}"
