"""`abzats search`: the paragraphs that a query finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

import indexer
from indexer import records
from indexer.cli import formats, options, screen
from indexer.cli.formats import Entry, Neighbour, json_line
from indexer.frozen import frozen
from indexer.types import Filters
from indexer.wording.messages import _, ngettext, number, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from indexer import Searcher
    from indexer.addresses import Place
    from indexer.cli.screen import Screen
    from indexer.types import Answer, Result

FOUND, NOTHING = 0, 1
TEN = 10
ALL = -1  # of --limit
QUOTES = set('"„“”«»')


def command() -> click.Command:
    """`abzats search`, in the language chosen."""
    return options.Asking(
        "search",
        callback=_search,
        short_help=_("Find paragraphs by words in any form."),
        help=options.described(
            _("Find paragraphs by words in any form."),
            ("abzats search 'закалка стали'", _("any form: закалки, сталью")),
            ("abzats search '=стали !Орёл'", _("this form only, also its capital")),
            ("abzats search '\"министр обороны\"'", _("side by side, in any form")),
            ("abzats search '\"закалка стали\"~5'", _("within five words, in any order")),
            ("abzats search 'кузнец РЯДОМ/5 сталь'", _("near; РЯДОМ/предл: in one sentence")),
            ("abzats search 'рожь И (овёс ИЛИ ячмень)'", _("also AND, OR, |")),
            ("abzats search 'сталь НЕ закалка'", _("without a word; also -закалка")),
            ("abzats search '+мёд пчела'", _("мёд must be there")),
            ("abzats search 'закал* сталл~ ~казахстан'", _("a mask, a misspelling, one root")),
            ("abzats search 'заголовок:сталь дата:2019'", _("in a title, of a year")),
            ("abzats search --parse 'мыла'", _("how a query is understood")),
            ("abzats search -n 3 --since 2023 мёд", _("three, not older than 2023")),
            ("abzats search -l мёд | xargs …", _("only the paths of documents")),
        ),
        epilog="\n\n".join(
            [
                _("All signs are in the README, “Search”."),
                _("Exit codes: 0 something is found, 1 nothing is, 2 an error."),
            ]
        ),
        options_metavar=_("[OPTIONS]"),
        params=_parameters(),
    )


def _parameters() -> list[click.Parameter]:
    return [
        options.query("query", _("QUERY...")),
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
            callback=options.checked(lambda text: options.since(text, options.today())),
            help=_("From then on: 2023, 2023-05, 12.05.2023, вчера."),
        ),
        click.Option(
            ["--until"],
            metavar=_("DATE"),
            callback=options.checked(lambda text: options.until(text, options.today())),
            help=_("Up to then, inclusive."),
        ),
        click.Option(
            ["layout", "--format"],
            type=click.Choice(list(formats.FORMATS)),
            default="text",
            help=_("How to write what is found."),
        ),
        options.as_json(_("The same as --format json: an object a line.")),
        click.Option(["--parse"], is_flag=True, help=_("How the query is understood; no results.")),
        click.Option(["--explain"], is_flag=True, help=_("What each score is made of (text and JSON).")),
        click.Option(["--strict"], is_flag=True, help=_("Refuse a query with stray signs instead of mending it.")),
        click.Option(["--no-rescue"], is_flag=True, help=_("If nothing is found, leave it at that.")),
        options.semantic(),
        options.color(),
        options.index(),
    ]


@frozen
class Asked:
    """Everything typed."""

    query: tuple[str, ...]
    index: Place
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
    parse: bool
    explain: bool
    strict: bool
    no_rescue: bool
    semantic: bool
    color: str

    @property
    def text(self) -> str:
        """The query; it may have come in several arguments."""
        return " ".join(self.query)

    @property
    def form(self) -> str:
        """The format."""
        return "json" if self.as_json else self.layout

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
        return _tell(asked, searcher, shown) if asked.parse else _find(asked, searcher, shown)


def _tell(asked: Asked, searcher: Searcher, shown: Screen) -> int:
    understanding = searcher.understand(asked.text, strict=asked.strict)
    if asked.form == "json":
        shown.line(json_line(records.of_understanding(understanding)))
    else:
        from indexer.cli import understood  # noqa: PLC0415 -- for --parse alone

        understood.as_text(understanding, shown)
    return FOUND


def _find(asked: Asked, searcher: Searcher, shown: Screen) -> int:
    answer = searcher.search(
        asked.text,
        limit=asked.page,
        offset=asked.offset,
        filters=Filters(asked.source, asked.since, asked.until),
        sort=asked.sort,
        per_document=asked.paths,
        rescue=not asked.no_rescue,
        strict=asked.strict,
        semantic=options.encoder() if asked.semantic else None,
    )
    if answer.mendings or answer.rescue:
        _tell_remarks(asked.text, answer)
    _show(asked, answer, searcher, shown)
    if remark := _remark(asked, answer):
        screen.errors().text(remark)
    return FOUND if answer.total else NOTHING


def _tell_remarks(query: str, answer: Answer) -> None:
    from indexer.cli import remarks  # noqa: PLC0415 -- with all that may be said of failures; mostly there is nothing
    from indexer.wording.remarks import of_rescue  # noqa: PLC0415 -- likewise

    remarks.tell_mendings(query, answer.mendings)
    if answer.rescue:
        screen.errors().text(of_rescue(query, answer.rescue))


def _show(asked: Asked, answer: Answer, searcher: Searcher, shown: Screen) -> None:
    if asked.count:
        shown.text(str(answer.total))
    elif asked.paths and asked.form == "text":
        for result in answer:
            shown.text(result.document.path)
    else:
        formats.FORMATS[asked.form](_entries(asked, answer, searcher), shown)
        if asked.form == "text" and shown.width and answer.total:
            shown.text()
            shown.text(_page(asked, answer), screen.DIM)


def _entries(asked: Asked, answer: Answer, searcher: Searcher) -> Iterator[Entry]:
    query = answer.rescue.query if answer.rescue else asked.text
    for result in answer:
        beside = tuple(_around(query, result, asked.context, searcher)) if asked.context else None
        number = result.paragraph.number
        yield Entry(
            result,
            before=None if beside is None else tuple(one for one in beside if one.paragraph.number < number),
            after=None if beside is None else tuple(one for one in beside if one.paragraph.number > number),
            parts=searcher.explain(query, result.paragraph, meaning=result.meaning) if asked.explain else None,
            rescue=answer.rescue,
        )


def _around(query: str, result: Result, context: int, searcher: Searcher) -> Iterator[Neighbour]:
    for paragraph in searcher.paragraphs(result.paragraph.id, around=context):
        yield Neighbour(paragraph, searcher.highlight(query, paragraph))


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
    return _("Nothing found for “{query}”. {hint}").format(query=shortened(asked.text), hint=hint)


# --- what is typed ----------------------------------------------------------------------------------------------------


def _limit(text: str) -> int:
    if text == "all":
        return ALL
    return options.count(text)
