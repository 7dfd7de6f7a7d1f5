"""`abzats search`: the paragraphs that a query finds."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import click

import indexer
from indexer.cli import formats, options, screen
from indexer.cli.formats import Entry, Neighbour
from indexer.cli.messages import _, ngettext, number
from indexer.types import Filters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from indexer import Searcher
    from indexer.cli.screen import Screen
    from indexer.types import Answer

FOUND, NOTHING = 0, 1
TEN = 10
ALL = -1  # of --limit
GUARD = "\0"  # cannot occur in an argument, so it marks one without doubt
QUOTES = set('"„“”«»')


class _Search(click.Command):
    """A command whose arguments may begin with a minus, as -закалка does; its options have letters of ASCII only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        wants_value = {
            name
            for parameter in self.params
            if isinstance(parameter, click.Option) and not parameter.is_flag
            for name in parameter.opts
        }
        before = ["", *args]
        guarded = [
            GUARD + arg if arg[:1] == "-" and not arg[1:2].isascii() and previous not in wants_value else arg
            for previous, arg in zip(before, args, strict=False)
        ]
        return super().parse_args(ctx, guarded)


def command() -> click.Command:
    """`abzats search`, in the language chosen."""
    return _Search(
        "search",
        callback=_search,
        short_help=_("Find paragraphs by words in any form."),
        help=options.described(
            _("Find paragraphs by words in any form."),
            ("abzats search 'закалка стали'", _("any form: закалки, сталью")),
            ("abzats search '\"министр обороны\"'", _("side by side, in any form")),
            ("abzats search 'стали -закалка'", _("without a word")),
            ("abzats search 'рожь OR пшеница'", _("either of them")),
            ("abzats search -n 3 --since 2023 мёд", _("three, not older than 2023")),
            ("abzats search -l мёд | xargs …", _("only the paths of documents")),
        ),
        epilog=_("Exit codes: 0 something is found, 1 nothing is, 2 an error."),
        options_metavar=_("[OPTIONS]"),
        params=_parameters(),
    )


def _parameters() -> list[click.Parameter]:
    return [
        click.Argument(["query"], nargs=-1, required=True, metavar=_("QUERY..."), callback=_query),
        click.Option(
            ["-n", "--limit"],
            metavar="N",
            callback=options.checked(_limit),
            help=_("A number, or all.  [default: 10; all with -l]"),
        ),
        click.Option(
            ["--offset"],
            callback=options.checked(options.count),
            default="0",
            metavar="N",
            help=_("How many to pass over."),
        ),
        click.Option(
            ["-C", "--context"],
            callback=options.checked(options.count),
            default="0",
            metavar="N",
            help=_("Show N paragraphs around each."),
        ),
        click.Option(["-l", "--paths"], is_flag=True, help=_("The paths of documents, the best first.")),
        click.Option(["-c", "--count"], is_flag=True, help=_("Only how many there are.")),
        click.Option(
            ["--sort"],
            type=click.Choice(["relevance", "date"]),
            default="relevance",
            help=_("The best first, or the newest."),
        ),
        click.Option(
            ["--source"], multiple=True, metavar=_("NAME"), help=_("Only from this source; may be given again.")
        ),
        click.Option(
            ["--since"],
            metavar=_("DATE"),
            callback=options.checked(options.since),
            help=_("From then on: 2023, 2023-05, 2023-05-12, 12.05.2023."),
        ),
        click.Option(
            ["--until"], metavar=_("DATE"), callback=options.checked(options.until), help=_("Up to then, inclusive.")
        ),
        click.Option(
            ["layout", "--format"],
            type=click.Choice(list(formats.FORMATS)),
            default="text",
            help=_("How to write what is found."),
        ),
        options.as_json(_("The same as --format json: an object a line.")),
        options.color(),
        options.index(),
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything typed."""

    query: tuple[str, ...]
    index: Path
    limit: int | None  # None if not said
    offset: int
    context: int
    paths: bool
    count: bool
    sort: Literal["relevance", "date"]
    source: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    layout: str
    as_json: bool
    color: str

    @property
    def text(self) -> str:
        """The query; it may have come in several arguments."""
        return " ".join(self.query)

    @property
    def page(self) -> int | None:
        """How many to show."""
        if self.count:
            return 0
        if self.limit is None:
            return None if self.paths else TEN  # a list of paths is for a program, which wants them all
        return None if self.limit == ALL else self.limit


def _search(**typed: Any) -> int:  # noqa: ANN401 -- whatever the options above give
    asked = Asked(**typed)
    if asked.since and asked.until and asked.since >= asked.until:
        raise click.UsageError(_("--since is later than --until: nothing can be between them."))
    shown = screen.output(asked.color)
    with indexer.open_index(asked.index) as searcher:
        answer = searcher.search(
            asked.text,
            limit=asked.page,
            offset=asked.offset,
            filters=Filters(asked.source, asked.since, asked.until),
            sort=asked.sort,
            per_document=asked.paths,
        )
        _show(asked, answer, searcher, shown)
    if remark := _remark(asked, answer):
        screen.errors().text(remark)
    return FOUND if answer.total else NOTHING


def _show(asked: Asked, answer: Answer, searcher: Searcher, shown: Screen) -> None:
    layout = "json" if asked.as_json else asked.layout
    if asked.count:
        shown.text(str(answer.total))
    elif asked.paths and layout == "text":
        for result in answer:
            shown.text(result.document.path)
    else:
        formats.FORMATS[layout](_entries(asked, answer, searcher), shown)
        if layout == "text" and shown.width and answer.total:
            shown.text()
            shown.text(_page(asked, answer), screen.DIM)


def _entries(asked: Asked, answer: Answer, searcher: Searcher) -> Iterator[Entry]:
    for result in answer:
        if asked.context:
            around = searcher.paragraphs(result.paragraph.id, around=asked.context)
            neighbours = [Neighbour(paragraph, searcher.highlight(asked.text, paragraph)) for paragraph in around]
            number = result.paragraph.number
            yield Entry(
                result,
                before=tuple(beside for beside in neighbours if beside.paragraph.number < number),
                after=tuple(beside for beside in neighbours if beside.paragraph.number > number),
            )
        else:
            yield Entry(result)


def _page(asked: Asked, answer: Answer) -> str:
    """Say which part of the whole list this is."""
    if not len(answer):
        return ngettext("{total} paragraph found", "{total} paragraphs found", answer.total).format(
            total=number(answer.total)
        )
    page = ngettext("{first}–{last} of {total} paragraph", "{first}–{last} of {total} paragraphs", answer.total).format(
        first=number(asked.offset + 1), last=number(asked.offset + len(answer)), total=number(answer.total)
    )
    if answer.complete == answer.total:
        return page
    return _("{page}, {complete} with all the words").format(page=page, complete=number(answer.complete))


def _remark(asked: Asked, answer: Answer) -> str:
    """Say why nothing is shown, and the likeliest way out."""
    if len(answer) or asked.count or (answer.total and asked.page == 0):
        return ""
    if answer.total:
        return _("Only {total} found: --offset {offset} is past the end.").format(
            total=number(answer.total), offset=number(asked.offset)
        )
    if asked.source or asked.since or asked.until:
        hint = _("Try without --source, --since and --until.")
    elif QUOTES & set(asked.text):
        hint = _("Try without the quotes: a phrase is only found where its words stand side by side.")
    else:
        hint = _("Check the spelling, or try another word; all its forms are looked for anyway.")
    return _("Nothing found for “{query}”. {hint}").format(query=asked.text, hint=hint)


# --- what is typed ----------------------------------------------------------------------------------------------------


def _limit(text: str) -> int:
    if text == "all":
        return ALL
    return options.count(text)


def _query(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
    if words == ("-",):
        return tuple(sys.stdin.read().split())
    # An argument that is not in the encoding of the terminal comes with lone surrogates.
    return tuple(word.removeprefix(GUARD).encode(errors="replace").decode() for word in words)
