"""Counts by month → the bars of a histogram, and what each asks for when it is clicked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.frozen import frozen
from indexer.web.pages import addresses
from indexer.wording.messages import calendar_month, ngettext, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.types import Filters
    from indexer.web.asked import Asked

YEAR = 12  # months
MOST_MONTHS = 30  # bars that can be told apart, and clicked, in the width of a telephone
HEIGHT = 100  # of the highest bar, whatever the picture is scaled to
LEAST = 3  # of the lowest one: a month with one result is not to be overlooked
WIDTH, GAP = 10, 2  # of a bar with the gap after it, and of the gap
MOMENT = timedelta(microseconds=1)


@frozen
class Bar:
    """A month or a year with the results in it."""

    period: str  # 2019-05 or 2019
    name: str
    found: str  # how many, in words
    x: int
    height: int
    is_chosen: bool
    address: str  # the results of this time; of all time again if it is this that is chosen; empty if there are none


@frozen
class Histogram:
    """All bars, empty months among them."""

    bars: tuple[Bar, ...]
    everything: str  # the address with all the time there is; empty if none is chosen

    @property
    def width(self) -> int:
        """Of the picture."""
        return len(self.bars) * WIDTH - GAP


def histogram(months: Mapping[str, int], asked: Asked) -> Histogram | None:
    """Return the bars of results, months if they are few, else years; None if no result has a date.

    `months` are 2019-05 → results of all time. If a time is chosen, the years that it touches are shown.
    """
    dated = {_number(month): count for month, count in months.items() if month}
    if not dated:
        return None
    chosen = _chosen(asked.filters)
    length, shown = _shown(sorted(dated), chosen)
    counts = Counter(dict.fromkeys((month // length for month in shown), 0))
    for month in shown:
        counts[month // length] += dated.get(month, 0)
    highest = max(*counts.values(), 1)
    bars = tuple(
        _bar(at, range(one * length, (one + 1) * length), count, highest=highest, asked=asked)
        for at, (one, count) in enumerate(sorted(counts.items()))
    )
    all_time = replace(addresses.first_page(asked), since="", until="")
    return Histogram(bars, "" if chosen is None else addresses.of_search(all_time))


def in_words(period: str) -> str:
    """Name a month or a year.

    >>> in_words("2019-05"), in_words("2019")
    ('May 2019', '2019')
    """
    year, _dash, month = period.partition("-")
    return calendar_month(int(year), int(month)) if month else year


def _shown(dated: list[int], chosen: range | None) -> tuple[int, range]:
    """Return how many months a bar has, and all months that have one; `dated` are those with results, in order."""
    first, last = dated[0], dated[-1]
    if chosen is not None:
        first, last = max(first, chosen.start), min(last, chosen.stop - 1)
        if last - first < YEAR:  # its years: to go on to the month beside it
            first, last = first // YEAR * YEAR, last // YEAR * YEAR + YEAR - 1
    if first > last:
        first, last = dated[0], dated[-1]
    if last - first < MOST_MONTHS:
        return 1, range(first, last + 1)
    return YEAR, range(dated[0] // YEAR * YEAR, (dated[-1] // YEAR + 1) * YEAR)


def _bar(at: int, of: range, count: int, *, highest: int, asked: Asked) -> Bar:
    period, chosen = _period(of), _chosen(asked.filters)
    is_chosen = chosen is not None and of.start < chosen.stop and chosen.start < of.stop
    since = _wider(period) if chosen == of else period
    wanted = replace(addresses.first_page(asked), since=since, until=since)
    return Bar(
        period=period,
        name=in_words(period),
        found=ngettext("{count} result", "{count} results", count).format(count=number(count)),
        x=at * WIDTH,
        height=max(round(HEIGHT * count / highest), LEAST) if count else 0,
        is_chosen=is_chosen,
        address=addresses.of_search(wanted) if count else "",
    )


# --- months as numbers ------------------------------------------------------------------------------------------------


def _number(month: str) -> int:
    """Return how many months there were before 2019-05 and the like."""
    year, _dash, number = month.partition("-")
    return int(year) * YEAR + int(number) - 1


def _period(months: range) -> str:
    year, month = divmod(months.start, YEAR)
    return f"{year:04}-{month + 1:02}" if len(months) == 1 else f"{year:04}"


def _wider(period: str) -> str:
    """Return the year of a month; of a year, all time."""
    return period.rpartition("-")[0]


def _chosen(filters: Filters) -> range | None:
    """Return the months that the time chosen touches; None for all time."""
    if filters.since is None and filters.until is None:
        return None
    last = filters.until - MOMENT if filters.until else None
    start = filters.since.year * YEAR + filters.since.month - 1 if filters.since else 0
    return range(start, (last.year * YEAR + last.month if last else 10_000 * YEAR))
