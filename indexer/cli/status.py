"""`abzats status`: what is in an index."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

import indexer
from indexer import records
from indexer.cli import options, screen
from indexer.cli.formats import json_line
from indexer.wording.failures import phrase
from indexer.wording.messages import _, calendar_day, number, size

if TYPE_CHECKING:
    from indexer.addresses import Place
    from indexer.cli.screen import Screen
    from indexer.types import FileRecord, IndexStatus

DONE = 0
SOURCES_SHOWN = 20


def command() -> click.Command:
    """`abzats status`, in the language chosen."""
    return click.Command(
        "status",
        callback=_status,
        short_help=_("Tell what is in the index."),
        help=options.described(
            _("Tell what is in the index."),
            ("abzats status", ""),
            ("abzats status --files", _("every file, and what is wrong with it")),
            ("abzats status --verify", _("is it what was written?")),
            ("abzats status --json | jq .documents", _("for programs")),
        ),
        options_metavar=_("[OPTIONS]"),
        params=[
            click.Option(["--files"], is_flag=True, help=_("Every file as well.")),
            click.Option(["--verify"], is_flag=True, help=_("Compare all of the index with its checksums.")),
            options.as_json(_("One JSON object.")),
            options.index(),
        ],
    )


def _status(*, index: Place, files: bool, verify: bool, as_json: bool) -> int:
    with indexer.open_index(index) as searcher:
        status = searcher.status()
        verified = searcher.verify() if verify else None
    shown = screen.output("never")
    if as_json:
        shown.line(json_line(records.of_status(status, files=files, verified=verified)))
        return DONE
    shown.table([*_facts(status), *_verified(verified)])
    if status.sources:
        _show_sources(status, shown)
    listed = status.files if files else tuple(file for file in status.files if file.problem)
    if listed:
        shown.text()
        shown.text(_("Files:") if files else _("Could not be read:"))
        shown.table(
            [_file(file) for file in listed] if files else [(file.path, phrase(file.problem)) for file in listed]
        )
    return DONE


def _facts(status: IndexStatus) -> list[tuple[str, str]]:
    first, last = (calendar_day(day) if day else "" for day in (status.first, status.last))
    built = status.built.astimezone()  # by the clock of whoever asks
    facts = [
        (_("Documents"), number(status.documents)),
        (_("Paragraphs"), number(status.paragraphs)),
        (_("Words"), number(status.words)),
        (_("Lemmas"), number(status.lemmas)),
        (_("Size"), size(status.bytes)),
        (_("Built"), f"{calendar_day(built)}, {built:%H:%M}"),
        (_("From"), status.corpus),
        (_("Dates"), first if first == last else f"{first} – {last}"),
    ]
    return [(label, fact) for label, fact in facts if fact]


def _verified(read: int | None) -> list[tuple[str, str]]:
    """Return a fact of what was read; there is damage to tell of in no case, for that ends the command."""
    if read is None:
        return []
    as_written = _("{size} read, as it was written").format(size=size(read))
    return [(_("Verified"), as_written if read else _("left to the cluster, which looks at its checksums itself"))]


def _show_sources(status: IndexStatus, shown: Screen) -> None:
    shown.text()
    shown.text(_("Sources:"))
    rows = [(number(count), source or _("not said")) for source, count in islice(status.sources.items(), SOURCES_SHOWN)]
    width = max(len(count) for count, _source in rows)
    shown.table([(count.rjust(width), source) for count, source in rows])
    if more := len(status.sources) - len(rows):
        shown.text("  " + _("… and {more} more; --json lists all").format(more=number(more)))


def _file(file: FileRecord) -> tuple[str, str, str, str]:
    encoding = f"{file.encoding}?" if file.doubtful else file.encoding
    return file.path, number(file.paragraphs), encoding, phrase(file.problem)
