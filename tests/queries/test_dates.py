from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.queries.dates import LAST_MOMENT, MONTHS, SIGNS, UNITS, UNITS_BACK, Days, read

GOLDEN = [
    tuple(part.strip(" ") for part in line.split("|"))
    for line in (Path(__file__).parents[1] / "golden" / "dates.txt").read_text(encoding="utf-8").split("\n")
    if line and not line.startswith("#")
]
TODAY = date(2026, 11, 22)
SINGLE = [text for text, _, *ends in GOLDEN if len(ends) == 2 and read(f">{text}", TODAY)]  # no ranges


def day(text: str) -> datetime | None:
    return None if text == "open" else datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("text", "today", "expected"), [(text, today, ends) for text, today, *ends in GOLDEN])
def test_golden(text: str, today: str, expected: list[str]) -> None:
    days = None if expected == ["none"] else Days(*map(day, expected))
    assert read(text, date.fromisoformat(today)) == days


@pytest.mark.parametrize("dash", "-‐‑‒–—―−")
@pytest.mark.parametrize("space", ["", " ", "\u00a0", "\u202f", "\u2009", " \t "])
def test_every_dash_and_space_is_one(dash: str, space: str) -> None:
    assert read(f"{space}2020{space}{dash}{space}2022{space}", TODAY) == read("2020..2022", TODAY)


@pytest.mark.parametrize(
    "text", ["9999", "9999-12", "9999-12-31", "2020..9999", "по 9999", "9990-е", "зима 9999..9999"]
)
def test_the_end_of_time_is_the_last_moment(text: str) -> None:
    days = read(text, TODAY)
    assert days is not None
    assert days.until == LAST_MOMENT


@pytest.mark.parametrize("today", [date.min, date.max])
@pytest.mark.parametrize("text", [text for text, *_ in GOLDEN])
def test_the_first_and_the_last_day_are_days_too(text: str, today: date) -> None:
    assert_in_order(read(text, today))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " " * 100_000,
        "1" * 100_000,
        "-" * 100_000,
        "2023-" * 20_000,
        "с 2020 по " * 10_000,
        "2023" + " " * 2000,
        "2020" + "." * 100 + "2021",
        "\ud800",
        "май \udfff",
        "\x00\x1b\x85",
        "📅 2023",
        "\u202e2023\u202c",
        "２０２３",
        "٢٠٢٣",
        "²⁰²³",
        "2023\n2024",
        "(?P<year>",
        "\\",
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_what_is_no_date_means_none(text: str) -> None:
    assert read(text, TODAY) is None


PIECES = sorted(
    {piece for text, *_ in GOLDEN for piece in text.replace("-", " - ").split()}
    | {*MONTHS, *UNITS, *UNITS_BACK, *SIGNS, "..", "-", ">", "<=", "0", "00", "31", "0001", "9999", "i", "хх", "'90s"}
)
phrases = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).flatmap(
    lambda pieces: st.sampled_from(["", " ", "-", "."]).map(lambda between: between.join(pieces))
)
days_of_all_time = st.dates()
ordinary_days = st.dates(date(1000, 1, 1), date(2999, 12, 31))


def assert_in_order(days: Days | None) -> None:
    if days is not None:
        assert days != (None, None)
        assert days.since is None or days.until is None or days.since < days.until


@given(st.one_of(st.text(), phrases, st.text("0123456789.-/ <>", max_size=20)), days_of_all_time)
def test_any_text_is_read_and_its_ends_are_in_order(text: str, today: date) -> None:
    assert_in_order(read(text, today))


@given(days_of_all_time, days_of_all_time)
def test_a_day_is_read_as_that_day_however_it_is_written(written: date, today: date) -> None:
    midnight = datetime(written.year, written.month, written.day, tzinfo=UTC)
    after = LAST_MOMENT if written == date.max else midnight + timedelta(days=1)
    year, month, day_of_month = f"{written.year:04}", written.month, written.day
    genitive = [word for word, number in MONTHS.items() if number == month and word.endswith(("я", "а"))]
    assert genitive
    for text in (
        written.isoformat(),
        f"{day_of_month}.{month:02}.{year}",
        f"{day_of_month:02}/{month}/{year}",
        *(f"{day_of_month} {word} {year} г." for word in genitive),
    ):
        assert read(text, today) == Days(midnight, after)


@given(ordinary_days, st.sampled_from([word for word in MONTHS if word.endswith(("я", "а"))]), st.integers(1, 31))
def test_without_a_year_it_is_the_latest_that_is_not_in_the_future(today: date, month: str, number: int) -> None:
    days = read(f"{number} {month}", today)
    # The oracle goes back day by day; the 29th of February is at most eight years away.
    back = (today - timedelta(days=days) for days in range(8 * 366))
    latest = next((past for past in back if (past.month, past.day) == (MONTHS[month], number)), None)
    assert (days and days.since and days.since.date()) == latest


@given(ordinary_days, ordinary_days)
def test_swapped_ends_are_read_the_right_way_round(one: date, other: date) -> None:
    assert read(f"{one}..{other}", TODAY) == read(f"{other}..{one}", TODAY)
    assert read(f"{one.year}-{other.year}", TODAY) == read(f"{other.year}-{one.year}", TODAY)


@given(st.sampled_from(SINGLE), ordinary_days)
def test_before_and_from_on_meet_without_a_gap(text: str, today: date) -> None:
    days = read(text, today)
    assert days is not None
    assert read(f"<{text}", today) == (None, days.since)
    assert read(f">={text}", today) == (days.since, None)
    assert read(f"<={text}", today) == (None, days.until)
    assert read(f">{text}", today) == (days.until, None)


@given(ordinary_days, st.sampled_from(["день", "неделя", "месяц", "квартал", "полгода", "год", "3 дня", "10 лет"]))
def test_a_length_ends_today_and_moves_on_with_it(today: date, length: str) -> None:
    days, next_days = read(length, today), read(length, today + timedelta(days=1))
    assert days is not None
    assert next_days is not None
    assert days.since is not None
    assert next_days.since is not None
    assert days.until == datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=1)
    # Standing still at the end of a short month is right; going back is not.
    assert days.since <= next_days.since


@given(
    ordinary_days,
    st.sampled_from([("неделя", "эта", "прошлая"), ("месяц", "этот", "прошлый"), ("год", "этот", "прошлый")]),
)
def test_the_last_unit_ends_where_this_one_begins(today: date, names: tuple[str, str, str]) -> None:
    unit, this, last = names
    now, before = read(f"{this} {unit}", today), read(f"{last} {unit}", today)
    assert now is not None
    assert before is not None
    assert now.since is not None
    assert now.until is not None
    assert before.until == now.since
    assert now.since <= datetime(today.year, today.month, today.day, tzinfo=UTC) < now.until
