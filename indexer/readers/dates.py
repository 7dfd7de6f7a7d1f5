"""Dates as people and programs write them → an instant with a time zone."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 64  # characters; what is longer is no date, and int() refuses very long numbers
_UNIX = re.compile(r"-?[0-9]{9,11}(?:\.[0-9]+)?")  # seconds, from 1973 on
_DIGITS = re.compile(
    r"[0-9]{1,7}|[0-9]{9,}"
)  # eight of them are a day, 20191106; fromisoformat sees days in others too
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:(?:\s*,\s*|\s+(?:в\s+)?|T)([0-9].*))?")
_CLOCK = re.compile(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt\s]+([0-9]{1,2})(:.*)$")
_DAY_IN_ZONE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([+-][0-9]{2}:?[0-9]{2})")
_ZONE = re.compile(r"\s*(?:Z|UTC|GMT|\s([+-][0-9:]+))$", re.IGNORECASE)


def instant(value: object) -> datetime | None:
    """Give the instant that an ISO 8601, D.M.YYYY or RFC 2822 date or a Unix time means; None if it means none.

    A time without a zone is UTC, and a day without a time its midnight.

    >>> instant("6.11.2019 4:21").isoformat()
    '2019-11-06T04:21:00+00:00'
    >>> instant("Wed, 06 Nov 2019 07:21:00 +0300").isoformat()
    '2019-11-06T07:21:00+03:00'
    >>> instant(1573014060).isoformat()
    '2019-11-06T04:21:00+00:00'
    >>> instant("позавчера")
    """
    match value:
        case bool():
            return None
        case int() | float():
            return _unix(value)
        case str() if len(value) <= _LONGEST:
            return _written(value.strip())
        case _:
            return None


def _unix(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if math.isfinite(seconds) else None
    except (ValueError, OverflowError, OSError):  # each on some platform, for a year that is not in 1..9999
        return None


def _written(text: str) -> datetime | None:
    if _UNIX.fullmatch(text):
        return _unix(float(text))
    if _DIGITS.fullmatch(text):
        return None
    return _zoned(_iso(_plain_iso(text)) or _rfc(text))


def _plain_iso(text: str) -> str:
    """Rewrite what datetime.fromisoformat is too strict for: a dotted day, a short hour, a zone after a space."""
    if dotted := _DOTTED.fullmatch(text):
        day, month, year, clock = dotted.groups()
        text = f"{year}-{month:0>2}-{day:0>2}" + (f"T{clock}" if clock else "")
    text = _ZONE.sub(lambda zone: zone[1] or "+00:00", text)
    if zoned_day := _DAY_IN_ZONE.fullmatch(text):  # fromisoformat takes the zone for a time
        return f"{zoned_day[1]}T00:00{zoned_day[2]}"
    return _CLOCK.sub(lambda parts: f"{parts[1]}T{parts[2]:0>2}{parts[3]}", text)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):  # the parser of email.utils is known for each of them
        return None


def _zoned(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        moment.astimezone(UTC)  # the first of January of year 1 in Moscow is before all that UTC can say
    except OverflowError:
        return None
    return moment
