"""What is said to people, in their language.

The sources are English. A module says `_("…")`, `ngettext("…", "…", n)`, or `message("…")` where a table is filled
before the language is known. A command speaks one language, that of gettext's domain of the process, because click
translates its words by it too: so one catalogue, `locale/ru/LC_MESSAGES/abzats.po`, holds ours and those of click.
(Passing a translation from hand to hand would have left "Usage:" English.) For the same reason every command is built
by a function, after `choose` has been called. A server answers many people at once, each within `speaking`.

After a change of the catalogue:  python -c "import polib; polib.pofile('abzats.po').save_as_mofile('abzats.mo')"
"""

from __future__ import annotations

import gettext as catalogues
import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

__all__ = [
    "LANGUAGES",
    "_",
    "calendar_day",
    "calendar_month",
    "choose",
    "decimal",
    "duration",
    "message",
    "ngettext",
    "number",
    "shortened",
    "size",
    "speaking",
]

DOMAIN = "abzats"
LOCALE = Path(__file__).parent / "locale"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in the order in which gettext asks them
SOURCE = {"en", "C", "POSIX"}  # languages that need no catalogue
LONGEST = 60  # characters of what was typed that are said again
THIN_SPACE = "\u202f"  # narrow and unbreakable, between thousands
LANGUAGES = ("en", "ru")  # that there are; the first is that of the sources

_spoken: ContextVar[catalogues.NullTranslations | None] = ContextVar("_spoken", default=None)


def _(text: str) -> str:
    """Return a text in the language chosen."""
    spoken = _spoken.get()
    return catalogues.gettext(text) if spoken is None else spoken.gettext(text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the text that agrees with a number, in the language chosen."""
    spoken = _spoken.get()
    if spoken is None:
        return catalogues.ngettext(singular, plural, count)
    return spoken.ngettext(singular, plural, count)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything meanwhile, in this thread or task alone, in one of LANGUAGES.

    >>> with speaking("ru"):
    ...     _("May")
    'мая'
    """
    before = _spoken.set(_catalogue(language))
    try:
        yield
    finally:
        _spoken.reset(before)


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    if language == LANGUAGES[0]:
        return catalogues.NullTranslations()
    return catalogues.translation(DOMAIN, LOCALE, [language])


def message(text: str) -> str:
    """Give back the text itself, to be translated where it is shown."""
    return text


def shortened(text: str) -> str:
    """Write on one line, in not too many characters, what somebody typed.

    >>> shortened("слово " * 50)
    'слово слово слово слово слово слово слово слово слово слово…'
    """
    line = " ".join(text[: LONGEST * 2].split())
    return line if len(line) <= LONGEST and len(text) <= LONGEST * 2 else f"{line[:LONGEST].rstrip()}…"


def choose(environ: Mapping[str, str]) -> None:
    """Say everything from now on in the first language wanted that there is."""
    catalogues.bindtextdomain(DOMAIN, str(LOCALE))
    catalogues.textdomain(DOMAIN if _wants_catalogue(environ) else "messages")


def _wants_catalogue(environ: Mapping[str, str]) -> bool:
    # gettext alone would answer LANGUAGE=en:ru in Russian: English has no catalogue, so it goes on to the next.
    languages = next((environ[name].split(":") for name in VARIABLES if environ.get(name)), [])
    for language in languages:
        if re.split("[_.@]", language)[0] in SOURCE:
            return False
        if catalogues.find(DOMAIN, LOCALE, [language]):
            return True
    return False


# --- numbers and dates ------------------------------------------------------------------------------------------------

MONTHS = (
    message("January"),
    message("February"),
    message("March"),
    message("April"),
    message("May"),
    message("June"),
    message("July"),
    message("August"),
    message("September"),
    message("October"),
    message("November"),
    message("December"),
)
OF_YEAR = (
    message("January {year}"),
    message("February {year}"),
    message("March {year}"),
    message("April {year}"),
    message("May {year}"),
    message("June {year}"),
    message("July {year}"),
    message("August {year}"),
    message("September {year}"),
    message("October {year}"),
    message("November {year}"),
    message("December {year}"),
)  # a whole month, whose name is not that of its days in Russian
# The decimal mark is a part of the message, for it differs between languages.
UNITS = (
    message("{whole}.{tenths} KB"),
    message("{whole}.{tenths} MB"),
    message("{whole}.{tenths} GB"),
    message("{whole}.{tenths} TB"),
)
STEP = 1024  # bytes in a KB, as ls and du count


def calendar_day(moment: datetime) -> str:
    """Write the day as people do, by the moment's own time zone: 6 November 2019."""
    return _("{day} {month} {year}").format(day=moment.day, month=_(MONTHS[moment.month - 1]), year=moment.year)


def calendar_month(year: int, month: int) -> str:
    """Write a month as people do.

    >>> with speaking("ru"):
    ...     calendar_month(2019, 5)
    'май 2019'
    """
    return _(OF_YEAR[month - 1]).format(year=year)


def number(count: int) -> str:
    """Write digits in groups of three.

    >>> number(1234567).split(THIN_SPACE)
    ['1', '234', '567']
    """
    return f"{count:,}".replace(",", THIN_SPACE)


def decimal(value: float, places: int = 2) -> str:
    """Write with so many decimals.

    >>> decimal(0.0125, 3)
    '0.012'
    """
    whole, rest = divmod(round(value * 10**places), 10**places)
    return _("{whole}.{hundredths}").format(whole=number(whole), hundredths=f"{rest:0{places}}")


def size(count: int) -> str:
    """Write bytes in the unit that suits them."""
    if count < STEP:
        return ngettext("{count} byte", "{count} bytes", count).format(count=count)
    tenths, unit = _tenths(count / STEP), 0
    while tenths >= STEP * 10 and unit + 1 < len(UNITS):
        tenths, unit = _tenths(tenths / 10 / STEP), unit + 1
    return _(UNITS[unit]).format(whole=number(tenths // 10), tenths=tenths % 10)


def duration(seconds: float) -> str:
    """Write seconds with one decimal."""
    tenths = _tenths(seconds)
    return _("{whole}.{tenths} s").format(whole=number(tenths // 10), tenths=tenths % 10)


def _tenths(value: float) -> int:
    return round(value * 10)
