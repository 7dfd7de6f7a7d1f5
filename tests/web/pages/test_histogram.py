"""The bars of a histogram, and what they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.web.asked import Asked
from indexer.web.limits import Limits
from indexer.web.pages.histogram import HEIGHT, LEAST, MOST_MONTHS, Histogram, histogram

if TYPE_CHECKING:
    from indexer.web.pages.histogram import Bar


def asked(**of: str) -> Asked:
    return Asked.of_form([("q", "сталь"), *of.items()], Limits())


def made(months: dict[str, int], **of: str) -> Histogram:
    found = histogram(months, asked(**of))
    assert found
    return found


def wanted(bar: Bar) -> tuple[str | None, str | None]:
    query = parse_qs(urlsplit(bar.address).query)
    return query.get("since", [None])[0], query.get("until", [None])[0]


def test_months_where_they_are_few_with_the_empty_ones_between() -> None:
    bars = made({"2019-11": 4, "2020-02": 1}).bars
    assert [bar.period for bar in bars] == ["2019-11", "2019-12", "2020-01", "2020-02"]
    assert [bar.height for bar in bars] == [HEIGHT, 0, 0, HEIGHT // 4]
    assert [bool(bar.address) for bar in bars] == [True, False, False, True]
    assert wanted(bars[0]) == ("2019-11", "2019-11")


def test_years_where_months_are_many() -> None:
    bars = made({"2012-05": 1, "2012-06": 1, "2019-11": 400}).bars
    assert [bar.period for bar in bars] == [str(year) for year in range(2012, 2020)]
    assert wanted(bars[-1]) == ("2019", "2019")
    assert bars[0].height == LEAST  # 1/200 would not be seen


def test_a_year_that_is_chosen_shows_its_months() -> None:
    found = made({"2012-05": 1, "2019-03": 2, "2019-11": 4}, since="2019", until="2019")
    assert [bar.period for bar in found.bars] == [f"2019-{month:02}" for month in range(1, 13)]
    assert all(bar.is_chosen for bar in found.bars)
    assert wanted(found.bars[2]) == ("2019-03", "2019-03")
    assert "since" not in found.everything


def test_a_month_that_is_chosen_leads_back_to_its_year() -> None:
    bars = made({"2012-05": 1, "2019-03": 2, "2019-11": 4}, since="2019-03", until="2019-03").bars
    assert [bar.period for bar in bars if bar.is_chosen] == ["2019-03"]
    assert [wanted(bar) for bar in bars if bar.address] == [("2019", "2019"), ("2019-11", "2019-11")]


def test_a_time_without_results_shows_what_there_is_beside_it() -> None:
    bars = made({"2019-03": 2}, since="2031").bars
    assert [bar.period for bar in bars] == ["2019-03"]
    assert not bars[0].is_chosen


def test_no_dates_no_bars() -> None:
    assert histogram({}, asked()) is None


@pytest.mark.parametrize("since", ["9999-12", "0001-01"])
def test_the_ends_of_time(since: str) -> None:
    bars = made({"0001-01": 1, "9999-12": 1}, since=since, until=since).bars
    assert [bar.period for bar in bars if bar.is_chosen] == [since]


@given(
    st.dictionaries(
        st.builds("{:04}-{:02}".format, st.integers(1990, 2030), st.integers(1, 12)), st.integers(1, 10**6), min_size=1
    ),
    st.sampled_from(["", "2000", "2001-02", "2010-05-07"]),
    st.sampled_from(["", "2011", "2012-03", "2020-05-07"]),
)
def test_bars_are_few_apart_and_within_the_picture(months: dict[str, int], since: str, until: str) -> None:
    found = made(months, since=since, until=until)
    periods = [bar.period for bar in found.bars]
    assert periods == sorted(set(periods))
    assert len(periods) <= max(MOST_MONTHS, 41)
    assert all(0 <= bar.height <= HEIGHT for bar in found.bars)
    assert all(bool(bar.address) == bool(bar.height) for bar in found.bars)
    assert found.bars[-1].x < found.width
