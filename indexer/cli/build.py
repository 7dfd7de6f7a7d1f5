"""`abzats build`: documents become an index."""

from __future__ import annotations

import os
import re
import shlex
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

import indexer
from indexer.addresses import is_address
from indexer.cli import options, screen
from indexer.wording.failures import phrase
from indexer.wording.messages import _, duration, message, ngettext, number, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.addresses import Place
    from indexer.cli.screen import Screen
    from indexer.types import BuildReport, FileRecord, Progress

DONE = 0
CORPUS = Path("corpus")
FILES_SHOWN = 20
STAGES = {
    "look": message("Looking for changes"),
    "read": message("Reading"),
    "write": message("Writing the index"),
}


def command() -> click.Command:
    """`abzats build`, in the language chosen."""
    return click.Command(
        "build",
        callback=_build,
        short_help=_("Make an index of a folder of documents, or bring it up to date."),
        help=options.described(
            _("Make an index of a folder of documents, or bring it up to date: only what has changed is read."),
            ("abzats build", _("corpus/ into index/")),
            ("abzats build ~/news --index ~/news.index", ""),
            ("abzats build --rebuild", _("read everything anew")),
            ("abzats build s3a://bucket/news --engine spark", _("on many machines")),
        ),
        options_metavar=_("[OPTIONS]"),
        params=[
            click.Argument(["corpus"], type=_Corpus(path_type=Path), default=CORPUS, metavar=_("[CORPUS]")),
            click.Option(["--rebuild"], is_flag=True, help=_("Start over, whatever has changed.")),
            click.Option(
                ["--processes"],
                metavar="N",
                callback=options.checked(_processes),
                help=_("How many to run.  [default: all cores]"),
            ),
            click.Option(
                ["--wait"],
                callback=options.checked(_seconds),
                default="0",
                metavar=_("SECONDS"),
                help=_("How long to wait for another build of the same index to end."),
            ),
            click.Option(
                ["--engine"],
                default="",
                metavar="spark[=MASTER]",
                help=_("Who builds an index on a cluster: Spark, on local[*] or spark://host:port.  [default: we do]"),
            ),
            click.Option(["-q", "--quiet"], is_flag=True, help=_("Print nothing but what could not be read.")),
            options.index(),
        ],
    )


class _Corpus(click.Path):
    """A path, or an address that Spark reads."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | Path:
        return str(value) if is_address(value) else Path(os.fsdecode(super().convert(value, param, ctx)))


def _processes(text: str) -> int:
    if (processes := options.count(text)) == 0:
        raise ValueError(_("At least one is needed."))
    return processes


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}([.,][0-9]*)?", text):
        raise ValueError(_("{value!r} is not a number of seconds.").format(value=text))
    return float(text.replace(",", "."))


def _build(
    *, corpus: Path | str, index: Place, rebuild: bool, processes: int | None, wait: float, engine: str, quiet: bool
) -> int:
    with _progress(shown=not quiet and sys.stderr.isatty()) as progress:
        report = indexer.build_index(
            corpus, index, rebuild=rebuild, processes=processes, wait=wait, progress=progress, engine=engine
        )
    _show_problems(report, screen.errors())
    if not quiet:
        _show_summary(report, index, screen.output("never"))
    return DONE


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Give what draws a bar on standard error, if it is to be drawn."""
    if not shown:
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 -- only this needs it, and it takes as long as a search
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415 -- likewise
    from rich.progress import Progress as Bars  # noqa: PLC0415 -- likewise

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {stage: bars.add_task(_(name), total=None, visible=False) for stage, name in STAGES.items()}

        def draw(step: Progress) -> None:
            for stage, task in tasks.items():
                bars.update(task, visible=stage == step.stage)
            bars.update(tasks[step.stage], completed=step.done, total=step.total)

        yield draw


def _show_summary(report: BuildReport, index: Place, shown: Screen) -> None:
    shown.text(_("The index is ready in {time}: {index}").format(time=duration(report.seconds), index=index))
    shown.table(_facts(report))
    if shown.width and report.paragraphs:
        where = "" if index == options.INDEX else f" --index {shlex.quote(str(index))}"
        shown.text()
        shown.text(_("Now search: {command}").format(command=f"abzats search{where} 'сельское хозяйство'"))


def _facts(report: BuildReport) -> list[tuple[str, str]]:
    facts = [
        (_("Documents"), number(report.documents)),
        (_("Paragraphs"), number(report.paragraphs)),
        (_("Words"), number(report.words)),
        (_("Lemmas"), number(report.lemmas)),
        (_("Size"), size(report.bytes)),
        (_("Files"), _changes(report)),
        (_("Passed over"), _ignored(report.ignored)),
    ]
    return [(label, fact) for label, fact in facts if fact]


def _changes(report: BuildReport) -> str:
    changes = (
        (report.added, _("{count} added")),
        (report.changed, _("{count} changed")),
        (report.removed, _("{count} removed")),
        (report.unchanged, _("{count} unchanged")),
    )
    return ", ".join(change.format(count=number(count)) for count, change in changes if count)


def _ignored(ignored: dict[str, int]) -> str:
    return ", ".join(f"{suffix or _('no suffix')} × {number(count)}" for suffix, count in sorted(ignored.items()))


def _show_problems(report: BuildReport, shown: Screen) -> None:
    if unreadable := report.unreadable:
        count = number(len(unreadable))
        shown.text(
            ngettext("{count} file could not be read:", "{count} files could not be read:", len(unreadable)).format(
                count=count
            )
        )
        _list(unreadable, [phrase(file.problem) for file in unreadable], shown)
    if doubtful := report.doubtful:
        count = number(len(doubtful))
        shown.text(
            ngettext(
                "{count} file is in an encoding that was guessed; see whether it reads well:",
                "{count} files are in an encoding that was guessed; see whether they read well:",
                len(doubtful),
            ).format(count=count)
        )
        _list(doubtful, [file.encoding for file in doubtful], shown)


def _list(files: tuple[FileRecord, ...], remarks: list[str], shown: Screen) -> None:
    for file, remark in list(zip(files, remarks, strict=True))[:FILES_SHOWN]:
        shown.text(f"  {file.path}: {remark}")
    if (more := len(files) - FILES_SHOWN) > 0:
        shown.text("  " + _("… and {more} more; abzats status --files lists all").format(more=number(more)))
