"""The options that commands share, and what is typed into them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from indexer.cli.messages import _

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")

INDEX = Path("index")
COLUMN = 38  # where the remarks of examples begin
LAST_MOMENT = datetime.max.replace(tzinfo=UTC)

DATES = (
    r"(?P<year>[0-9]{4})",
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})",
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})",
    r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})",
)


def index() -> click.Option:
    """--index, known to every command."""
    return click.Option(
        ["--index"],
        type=click.Path(path_type=Path),
        default=INDEX,
        show_default=True,
        envvar="ABZATS_INDEX",
        show_envvar=True,
        metavar=_("FOLDER"),
        help=_("Where the index is."),
    )


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
    lines = [f"{command:<{COLUMN}}  {remark}".rstrip() for command, remark in examples]
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


def since(text: str) -> datetime:
    """Find the beginning of a year, month or day.

    >>> since("2023-05").isoformat()
    '2023-05-01T00:00:00+00:00'
    """
    return _period(text)[0]


def until(text: str) -> datetime:
    """Find the moment after the end of a year, month or day.

    >>> until("2023-12").isoformat()
    '2024-01-01T00:00:00+00:00'
    """
    return _period(text)[1]


def _period(text: str) -> tuple[datetime, datetime]:
    for pattern in DATES:
        if match := re.fullmatch(pattern, text.strip()):
            given = {name: int(digits) for name, digits in match.groupdict().items()}
            try:
                start = datetime(**{"month": 1, "day": 1, **given}, tzinfo=UTC)
            except ValueError:  # the thirtieth of February
                break
            return start, _end(start, len(given))
    raise ValueError(_("{date!r} is no date. Type it as 2023, 2023-05, 2023-05-12 or 12.05.2023").format(date=text))


def _end(start: datetime, parts: int) -> datetime:
    try:
        if parts == 1:
            return start.replace(year=start.year + 1)
        # 32 days after its first day is always in the next month.
        return start + timedelta(days=1) if parts == 3 else (start + timedelta(days=32)).replace(day=1)  # noqa: PLR2004 -- year, month and day
    except (OverflowError, ValueError):  # in the year 9999
        return LAST_MOMENT
