"""The options that commands share, and what is typed into them."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from indexer.addresses import place
from indexer.errors import ClusterMisnamed
from indexer.wording.messages import _, shortened

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from indexer import Encoder
    from indexer.addresses import Cluster, Place
    from indexer.queries.dates import Days

Value = TypeVar("Value")

INDEX = Path("index")
ON_CLUSTER = "ABZATS_OPENSEARCH_"  # what names of the environment begin with that tell who asks a cluster
GUARD = "\0"  # cannot occur in an argument, so it marks one without doubt
OPTION = re.compile(r"--?|--[a-z].*|-[A-Za-z][^:]*", re.DOTALL)  # what else begins with a minus is a word to leave out


class Asking(click.Command):
    """A command whose arguments may begin with a minus, as -закалка, -"два слова" and -title:сталь do."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Mark the arguments that click would take for options."""
        wants_value = {
            name
            for parameter in self.params
            if isinstance(parameter, click.Option) and not parameter.is_flag
            for name in parameter.opts
        }
        before = ["", *args]
        guarded = [
            GUARD + arg if arg[:1] == "-" and not OPTION.fullmatch(arg) and previous not in wants_value else arg
            for previous, arg in zip(before, args, strict=False)
        ]
        return super().parse_args(ctx, guarded)


def query(name: str, metavar: str) -> click.Argument:
    """Make the argument of such a command: all that is typed, in NFC; a lone minus reads standard input."""
    return click.Argument([name], nargs=-1, required=True, metavar=metavar, callback=_typed)


def _typed(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
    if words == ("-",):
        words = tuple(sys.stdin.read().split())
    # An argument that is not in the encoding of the terminal comes with lone surrogates.
    encodable = (word.removeprefix(GUARD).encode(errors="replace").decode() for word in words)
    return tuple(unicodedata.normalize("NFC", word) for word in encodable)


def semantic() -> click.Option:
    """Make the option to search by meaning as well."""
    return click.Option(["--semantic"], is_flag=True, help=_("Order by meaning too (see the README)."))


def encoder() -> Encoder:
    """Open the encoder that is installed."""
    from indexer import open_encoder  # noqa: PLC0415 -- with NumPy; a search without it need not wait

    return open_encoder()


def index() -> click.Option:
    """--index, known to every command."""
    return click.Option(
        ["--index"],
        type=_Place(),
        default=INDEX,
        show_default=True,
        envvar="ABZATS_INDEX",
        show_envvar=True,
        metavar=_("FOLDER"),
        help=_("Where the index is; on a cluster, opensearch+https://host:9200/name."),
    )


class _Place(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4 alone
    """A folder, or an index on a cluster, with what the environment says of who asks."""

    name = "place"

    def convert(self, value: str | Path | Cluster, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        certificates = os.environ.get(f"{ON_CLUSTER}CA")
        try:
            return place(
                value,
                user=os.environ.get(f"{ON_CLUSTER}USER", ""),
                password=os.environ.get(f"{ON_CLUSTER}PASSWORD", ""),
                token=os.environ.get(f"{ON_CLUSTER}TOKEN", ""),
                certificates=Path(certificates) if certificates else None,
            )
        except ClusterMisnamed as wrong:
            from indexer.wording.failures import sentence  # noqa: PLC0415 -- mostly there is nothing to say

            self.fail(sentence(wrong), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return click.Path().shell_complete(ctx, param, incomplete)


def color() -> click.Option:
    """--color."""
    return click.Option(
        ["--color"],
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help=_("Colours; auto means on a terminal, unless NO_COLOR is set."),
    )


def as_json(help_text: str) -> click.Option:
    """--json."""
    return click.Option(["as_json", "--json"], is_flag=True, help=help_text)


def described(summary: str, *examples: tuple[str, str]) -> str:
    r"""Write a help text: what the command does, then examples with remarks, which click must not fold (\b)."""
    width = max(len(command) for command, _remark in examples)
    lines = [f"{command:<{width}}  {remark}".rstrip() for command, remark in examples]
    return "\n".join([summary, "", "\b", *lines])


def checked(read: Callable[[str], Value]) -> Callable[[click.Context, click.Parameter, str | None], Value | None]:
    """Make a callback of click, which reads the text if there is any; a ValueError is a usage error."""

    def callback(context: click.Context, parameter: click.Parameter, value: str | None) -> Value | None:
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            raise click.BadParameter(str(error), context, parameter) from error

    return callback


def count(text: str) -> int:
    """Read a number of things."""
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError(_("{value!r} is not a whole number.").format(value=text))
    return int(text)


def today() -> date:
    """Return the day it is, as the library counts days."""
    return datetime.now(UTC).date()


def since(text: str, today: date) -> datetime:
    """Find the beginning of a year, a month, a day, or whatever else `дата:` takes.

    >>> since("2023-05", date(2026, 1, 31)).isoformat()
    '2023-05-01T00:00:00+00:00'
    """
    moment = _days(text, today).since
    if moment is None:
        raise ValueError(_("{date!r} has no beginning.").format(date=shortened(text)))
    return moment


def until(text: str, today: date) -> datetime:
    """Find the moment after its end.

    >>> until("вчера", date(2026, 1, 31)).isoformat()
    '2026-01-31T00:00:00+00:00'
    """
    moment = _days(text, today).until
    if moment is None:
        raise ValueError(_("{date!r} has no end.").format(date=shortened(text)))
    return moment


def _days(text: str, today: date) -> Days:
    from indexer.queries import dates  # noqa: PLC0415 -- its tables take as long as --help, which has no dates

    days = dates.read(text, today)
    if days is None:
        template = _("{date!r} is no date. Type it as 2023, 2023-05, 12.05.2023, май 2023 or вчера")
        raise ValueError(template.format(date=shortened(text)))
    return days
