from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.readers.dates import instant

MORNING = datetime(2019, 11, 6, 4, 21, tzinfo=UTC)
MIDNIGHT = datetime(2019, 11, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2019-11-06T04:21:00+00:00",
        "2019-11-06T04:21:00Z",
        "2019-11-06t04:21:00z",
        "2019-11-06 04:21:00",
        "2019-11-06 04:21",
        "2019-11-06 4:21",
        "2019-11-06T04:21:00.000Z",
        "20191106T042100Z",
        "2019-11-06T07:21:00+0300",
        "2019-11-06 07:21:00 +03:00",
        "2019-11-06 04:21:00 UTC",
        "06.11.2019 04:21",
        "6.11.2019 4:21",
        "6.11.2019, 4:21:00",
        "06.11.2019 в 04:21",
        "Wed, 06 Nov 2019 04:21:00 GMT",
        "Wed, 6 Nov 2019 07:21:00 +0300",
        "6 Nov 2019 04:21:00 -0000",
        " 2019-11-06T04:21:00Z\n",
        "1573014060",
        "1573014060.0",
        1573014060,
        1573014060.0,
    ],
)
def test_one_moment_is_written_in_many_ways(written: object) -> None:
    assert instant(written) == MORNING


@pytest.mark.parametrize("written", ["2019-11-06", "20191106", "6.11.2019", "06.11.2019", "2019-11-06Z", "2019-W45-3"])
def test_a_day_is_its_midnight(written: str) -> None:
    assert instant(written) == MIDNIGHT


def test_a_day_with_a_zone_is_midnight_there() -> None:
    assert instant("2019-11-06+03:00") == datetime(2019, 11, 6, tzinfo=timezone(timedelta(hours=3)))


def test_the_zone_that_was_written_is_kept() -> None:
    moment = instant("2019-11-06T07:21:00+03:00")
    assert moment is not None
    assert moment.utcoffset() == timedelta(hours=3)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "вчера",
        "2019",
        "1612121512000",  # milliseconds; not the year 1612
        "31.02.2019",
        "2019-13-01",
        "10000-01-01",
        "0000-01-01",
        "0001-01-01T00:00:00+03:00",
        "9999-12-31T23:59:59-03:00",
        "9" * 5000,
        10**400,
        -(10**18),
        float("nan"),
        float("inf"),
        1573014060000,
        True,
        None,
        ["2019-11-06"],
        {"date": "2019-11-06"},
        "\ud800",
        "２０１９-１１-０６",
    ],
)
def test_what_is_no_date_is_undated(written: object) -> None:
    assert instant(written) is None


anything = st.one_of(
    st.text(max_size=80),
    st.text("0123456789-:.TZ+ W,", max_size=40),
    st.integers(),
    st.floats(),
    st.datetimes().map(str),
    st.datetimes(timezones=st.timezones()).map(datetime.isoformat),
)


@given(anything)
def test_a_date_has_a_zone_and_can_be_said_in_utc(written: object) -> None:
    moment = instant(written)
    assert moment is None or moment.astimezone(UTC).tzinfo is UTC


@given(st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 -- Hypothesis wants them naive
def test_iso_dates_come_back(moment: datetime) -> None:
    assert instant(moment.isoformat()) == moment
    assert instant(moment.strftime("%d.%m.%Y %H:%M:%S")) == moment.replace(microsecond=0)
