"""What is typed for a date → days: a period, or a range whose ends are periods.

Two ordered tables of patterns, PERIODS and RANGES; the first reading that is a date wins. Inside, a day is its number
(date.toordinal) and a period is half-open, so that the day after the last one Python can say needs no special case.

Rules of our own rather than dateparser: it gives a moment where a search wants a period («май» is not one day of it),
and takes a bare «5» for a date.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import MAXYEAR, UTC, date, datetime, time
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, TypeVar

from indexer.analysis.fold import fold, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Value = TypeVar("Value")

LAST_MOMENT = datetime.max.replace(tzinfo=UTC)  # for the midnight after the last day, which is in no year Python knows

_LONGEST = 80  # characters, every space counted once; what is longer is no date
_LONGEST_TYPED = 1000  # characters as typed; before anything looks at all of them
_AFTER_ALL = date.max.toordinal() + 1
_YEAR = 12  # months
_ONE_SIGN = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"…": "..", "≥": ">=", "≤": "<="})


class Days(NamedTuple):
    """Whole days, from midnight to midnight in UTC; None where the range has no end."""

    since: datetime | None  # inclusive
    until: datetime | None  # exclusive


class _Period(NamedTuple):
    first: int  # day
    stop: int  # the day after its last


class _Bounds(NamedTuple):
    since: int | None  # day
    until: int | None  # the day after the last


class _When(NamedTuple):
    today: date
    by: date  # a period without a year is the latest one that has begun by then


class _Unit(NamedTuple):
    length: int
    of: Literal["days", "months"]


_Given: TypeAlias = dict[str, str]  # group of a pattern → what is typed for it
_Reading: TypeAlias = "Callable[[_Given, _When], Value | None]"  # None: fits, but is no date


def _by_word(table: dict[str, Value]) -> dict[str, Value]:
    return {word: value for words, value in table.items() for word in words.split()}


# --- names, folded: small letters, е for ё ----------------------------------------------------------------------------

ENGLISH_MONTHS = _by_word(
    {
        "january jan": 1,
        "february feb": 2,
        "march mar": 3,
        "april apr": 4,
        "may": 5,
        "june jun": 6,
        "july jul": 7,
        "august aug": 8,
        "september sept sep": 9,
        "october oct": 10,
        "november nov": 11,
        "december dec": 12,
    }
)
MONTHS = ENGLISH_MONTHS | _by_word(
    {
        "январь января январе янв": 1,
        "февраль февраля феврале февр фев": 2,
        "март марта марте мар": 3,
        "апрель апреля апреле апр": 4,
        "май мая мае": 5,
        "июнь июня июне июн": 6,
        "июль июля июле июл": 7,
        "август августа августе авг": 8,
        "сентябрь сентября сентябре сент сен": 9,
        "октябрь октября октябре окт": 10,
        "ноябрь ноября ноябре нояб ноя": 11,
        "декабрь декабря декабре дек": 12,
    }
)
WINTER = "зима зимы зиме зиму зимой winter"
SEASONS = _by_word(
    {  # months from January to the first of the season
        WINTER: -1,  # of the year that most of it is in: the winter of 2022 begins in December 2021
        "весна весны весне весну весной spring": 2,
        "лето лета лете летом summer": 5,
        "осень осени осенью autumn fall": 8,
    }
)
PARTS_OF_YEAR = _by_word({"квартал квартала квартале кв quarter": 3, "полугодие полугодия полугодии": 6})  # months
UNITS = _by_word(
    {
        "день дня дней дни сутки суток day days": _Unit(1, "days"),
        "неделя недели недель неделю неделе week weeks": _Unit(7, "days"),
        "месяц месяца месяцев месяцы месяце month months": _Unit(1, "months"),
        "квартал квартала кварталов кварталы квартале quarter quarters": _Unit(3, "months"),
        "полугодие полугодия полугодии полгода": _Unit(6, "months"),
        "год года году годы лет year years": _Unit(12, "months"),
    }
)
NUMBERS = _by_word(
    {
        "один одна одну одно one": 1,
        "два две двух two": 2,
        "три трех three": 3,
        "четыре четырех four": 4,
        "пять пяти five": 5,
        "шесть шести six": 6,
        "семь семи seven": 7,
        "восемь восьми eight": 8,
        "девять девяти nine": 9,
        "десять десяти ten": 10,
    }
)
ORDINALS = _by_word(
    {  # stems: in Russian they agree with what is numbered
        "i перв first": 1,
        "ii втор second": 2,
        "iii трет third": 3,
        "iv четверт fourth": 4,
        "v пят": 5,
        "vi": 6,
        "vii": 7,
        "viii": 8,
        "ix": 9,
        "x х": 10,  # the Cyrillic letter is the one at hand; beside an «I» it is mended already
        "xi": 11,
        "xii": 12,
        "xiii": 13,
        "xiv": 14,
        "xv": 15,
        "xvi": 16,
        "xvii": 17,
        "xviii восемнадцат": 18,
        "xix девятнадцат": 19,
        "xx хх двадцат": 20,
        "xxi": 21,
    }
)
DAYS_BACK = _by_word(
    {"сегодня today": 0, "вчера yesterday": 1, "позавчера": 2, "завтра tomorrow": -1, "послезавтра": -2}
)
UNITS_BACK = _by_word(
    {  # stems: in Russian they agree with the unit
        "эт текущ нынешн this current": 0,
        "прошл предыдущ last previous": 1,
        "позапрошл": 2,
        "следующ будущ next": -1,
    }
)
BOUNDS: dict[str, Callable[[_Period], _Bounds]] = {
    ">": lambda period: _Bounds(period.stop, None),
    ">=": lambda period: _Bounds(period.first, None),
    "<": lambda period: _Bounds(None, period.first),
    "<=": lambda period: _Bounds(None, period.stop),
}
SIGNS = {
    "после": ">",
    "позже": ">",
    "позднее": ">",
    "after": ">",
    "с": ">=",
    "со": ">=",
    "от": ">=",
    "начиная с": ">=",
    "с начала": ">=",
    "from": ">=",
    "since": ">=",
    "до": "<",
    "до начала": "<",
    "раньше": "<",
    "ранее": "<",
    "before": "<",
    "по": "<=",
    "до конца": "<=",
    "until": "<=",
    "till": "<=",
}


# --- what is typed ----------------------------------------------------------------------------------------------------


def read(text: str, today: date) -> Days | None:
    """Return the days that a text means, None if it means none.

    Without a year, a day, month, quarter or season is the latest one that has begun. «до» and «после» leave the period
    out, «с» and «по» take it in. A week, month or year alone is the time until today inclusive, as long as that.

    >>> [str(moment.date()) for moment in read("с мая по 5 августа 2023 г.", date(2026, 11, 22))]
    ['2023-05-01', '2023-08-06']
    >>> [str(moment.date()) for moment in read("на прошлой неделе", date(2026, 11, 22))]
    ['2026-11-09', '2026-11-16']
    >>> read("30.02.2023", date(2026, 11, 22))
    """
    folded = _folded(text)
    when = _When(today, today)
    if not folded:
        return None
    if period := _period(folded, when):
        return _days(_Bounds(*period))
    bounds = _range(folded, when)
    return _days(bounds) if bounds else None


def _days(bounds: _Bounds) -> Days:
    return Days(*(None if day is None else _midnight(day) for day in bounds))


def _midnight(day: int) -> datetime:
    return LAST_MOMENT if day >= _AFTER_ALL else datetime.combine(date.fromordinal(day), time(), UTC)


def _folded(text: str) -> str:
    """Return what is typed in one spelling; nothing if it is too long for a date.

    >>> _folded("  5\u00a0МАЯ — 7 июня ")
    '5 мая - 7 июня'
    """
    if len(text) > _LONGEST_TYPED:
        return ""
    composed = unicodedata.normalize("NFC", text.translate(_ONE_SIGN))
    words = (fold(written(word)) for word in composed.split())
    folded = " ".join(word for word in words if word)
    return folded if len(folded) <= _LONGEST else ""


# --- ranges -----------------------------------------------------------------------------------------------------------


def _range(text: str, when: _When) -> _Bounds | None:
    # «с начала года» and «до конца года» are of this year; a bare «год» is as long, but ends today
    exact = re.sub(rf"\b(начала|конца) (?={_UNIT}(?: |\Z))", r"\1 этого ", text)
    return next(_readings(RANGES, exact, when), None)


def _from_to(given: _Given, when: _When) -> _Bounds | None:
    ends = _ends(given["first"], given["last"], when)
    return ends and _Bounds(ends[0].first, ends[1].stop)


def _from_before(given: _Given, when: _When) -> _Bounds | None:
    ends = _ends(given["first"], given["last"], when)
    # «с мая до мая» is the month itself: no one asks for nothing
    return ends and _Bounds(ends[0].first, ends[1].first if ends[0].first < ends[1].first else ends[1].stop)


def _ends(first: str, last: str, when: _When) -> tuple[_Period, _Period] | None:
    """Return the two ends in the order of time, in whichever they are typed; they may overlap: «2023..май 2023»."""
    end = _period(last, when)
    start = end and _start(first, end, when)
    if not (start and end):
        return None
    return (end, start) if end.stop <= start.first else (start, end)


def _start(text: str, end: _Period, when: _When) -> _Period | None:
    """Return the first end of a range; what it leaves out is as in the last one: «5–10 мая», «с мая по август 2023»."""
    last_day = date.fromordinal(end.stop - 1)
    if re.fullmatch("[0-9]{1,2}", text):
        return _in_year(last_day.year, last_day.month, int(text)) if end.stop - end.first == 1 else None
    return _period(text, when._replace(by=last_day))


def _half_open(given: _Given, when: _When) -> _Bounds | None:
    period = _period(given["period"], when)
    sign = given["sign"]
    return period and BOUNDS[SIGNS.get(sign, sign)](period)


def _dotted_from(given: _Given, when: _When) -> _Bounds | None:
    return _half_open({**given, "sign": ">="}, when)


def _dotted_to(given: _Given, when: _When) -> _Bounds | None:
    return _half_open({**given, "sign": "<="}, when)


def _dashed(given: _Given, when: _When) -> _Bounds | None:
    # Dates have dashes inside: each may be the one between two ends.
    text = given["dashed"]
    pairs = ((text[: dash.start()], text[dash.end() :]) for dash in re.finditer(" ?- ?", text))
    return next((bounds for first, last in pairs if (bounds := _from_to({"first": first, "last": last}, when))), None)


# --- periods ----------------------------------------------------------------------------------------------------------


def _period(text: str, when: _When) -> _Period | None:
    """Return the period that a folded text names: «май 2023», «в мае», «2 недели»."""
    bare = re.sub(_PREPOSITION, "", text)
    return next((period for period in _readings(PERIODS, bare, when) if period.first < period.stop), None)


def _date(given: _Given, when: _When) -> _Period | None:
    month = _number(given["month"], MONTHS) if "month" in given else None
    day = int(given["day"]) if "day" in given else None
    return _in_its_year(given, when, lambda year: _in_year(year, month, day))


def _short_date(given: _Given, when: _When) -> _Period | None:
    # the turn is where POSIX has it, and Python's %y
    century = 2000 if int(given["short"]) <= 68 else 1900  # noqa: PLR2004 -- see above
    return _date({**given, "year": str(century + int(given["short"]))}, when)


def _season(given: _Given, when: _When) -> _Period | None:
    return _in_its_year(given, when, lambda year: _months_of(year, SEASONS[given["season"]], 3))


def _winter(given: _Given, when: _When) -> _Period | None:
    year = int(given["before"]) + 1
    return _season({**given, "year": str(year)}, when) if str(year).endswith(given["after"]) else None


def _part_of_year(given: _Given, when: _When) -> _Period | None:
    length = PARTS_OF_YEAR[given.get("part", "кв")]
    number = _number(given["ordinal"], ORDINALS)
    if not 1 <= number <= _YEAR // length:
        return None
    return _in_its_year(given, when, lambda year: _months_of(year, (number - 1) * length, length))


def _decade(given: _Given, when: _When) -> _Period | None:
    start = int(given["decade"])
    if len(given["decade"]) == 2:  # noqa: PLR2004 -- digits; the latest such decade
        start = when.by.year - (when.by.year - start) % 100
    return _months_of(start, 0, 10 * _YEAR)


def _century(given: _Given, _when: _When) -> _Period | None:
    # As historians count: the twentieth is 1901 to 2000.
    return _months_of(100 * _number(given["ordinal"], ORDINALS) - 99, 0, 100 * _YEAR)


def _day_back(given: _Given, when: _When) -> _Period:
    return _whole(_Unit(1, "days"), DAYS_BACK[given["day_back"]], when)


def _unit_back(given: _Given, when: _When) -> _Period:
    return _whole(UNITS[given["unit"]], UNITS_BACK[given["back"]], when)


def _ago(given: _Given, when: _When) -> _Period:
    return _whole(UNITS[given["unit"]], _number(given.get("number", "1"), NUMBERS), when)


def _lately(given: _Given, when: _When) -> _Period:
    return _until_today(UNITS[given["unit"]], _number(given.get("number", "1"), NUMBERS), when.today)


def _in_its_year(given: _Given, when: _When, reading: Callable[[int], _Period | None]) -> _Period | None:
    if "year" in given:
        return reading(int(given["year"]))
    if "back" in given:
        return reading(when.today.year - UNITS_BACK[given["back"]])
    # From the next year, whose winter may have begun, to nine years back: from 1896 to 1904 no February had 29 days.
    periods = map(reading, range(when.by.year + 1, when.by.year - 10, -1))
    return next((period for period in periods if period and period.first <= when.by.toordinal()), None)


def _in_year(year: int, month: int | None, day: int | None) -> _Period | None:
    if month is None:
        return _months_of(year, 0, _YEAR)
    try:
        first = date(year, month, 1 if day is None else day).toordinal()
    except ValueError:  # the thirtieth of February
        return None
    return _months_of(year, month - 1, 1) if day is None else _Period(first, first + 1)


def _months_of(year: int, start: int, count: int) -> _Period | None:
    """Return so many months, from so many after January of that year on."""
    month = (year - 1) * _YEAR + start
    return _Period(_month_start(month), _month_start(month + count)) if 1 <= year <= MAXYEAR else None


def _whole(unit: _Unit, back: int, when: _When) -> _Period:
    """Return the unit of the calendar that today is in, or one before it: weeks begin on Monday."""
    # Both counts begin at 1 January of the year 1, which is a Monday: whole units are multiples of their length.
    months = (when.today.year - 1) * _YEAR + when.today.month - 1
    now, starts = (when.today.toordinal() - 1, _day_start) if unit.of == "days" else (months, _month_start)
    start = (now // unit.length - back) * unit.length
    return _Period(starts(start), starts(start + unit.length))


def _until_today(unit: _Unit, count: int, today: date) -> _Period:
    """Return so many units, today as the last day: a month on 12 May begins on 13 April, on 31 March on 1 March."""
    stop = today.toordinal() + 1
    if unit.of == "days":
        return _Period(max(1, stop - count * unit.length), stop)
    month = (today.year - 1) * _YEAR + today.month - 1 - count * unit.length
    return _Period(min(_month_start(month) + today.day, _month_start(month + 1)), stop)


def _day_start(number: int) -> int:
    return min(max(number + 1, 1), _AFTER_ALL)


def _month_start(number: int) -> int:
    """Return the first day of a month, counted from 0, which is January of the year 1."""
    if number < 0:
        return 1
    return date(number // _YEAR + 1, number % _YEAR + 1, 1).toordinal() if number < MAXYEAR * _YEAR else _AFTER_ALL


def _number(text: str, names: dict[str, int]) -> int:
    return names[text] if text in names else int(text)


# --- the tables -------------------------------------------------------------------------------------------------------


def _any(names: Iterable[str]) -> str:
    # Longest first: «хх» is not «х» with an ending, nor «до конца» a «до».
    return f"(?:{'|'.join(sorted(names, key=len, reverse=True))})"


_PREPOSITION = r"\A(?:(?:в течение|в|во|на|за|in|on|for|during|within) )?(?:the )?"
_FROM = _any(["с", "со", "от", "начиная с", "с начала", "from", "since", "between", "между"])
_BETWEEN = "(?:[.,] ?|[ /-]| of )?"  # never two dots: «май..2023» is a range
_DD = "(?P<day>[0-9]{1,2})"
_DAY = f"{_DD}(?:-?(?:го|е|ое|st|nd|rd|th))?"
_MM = "(?P<month>[0-9]{1,2})"
_MONTH = f"(?P<month>{_any(MONTHS)})"
_YYYY = "(?P<year>[0-9]{4})"
_BACK = f"(?P<back>{_any(UNITS_BACK)})[а-я]{{0,4}}"
_YEAR_NAMED = rf"(?:{_YYYY}(?: ?(?:г|гг|год|года|году|годы|годов|годах)\.?)?|{_BACK} (?:год|года|году|year))"
_UNIT = f"(?P<unit>{_any(UNITS)})"
_NUMBER = f"(?P<number>[0-9]{{1,3}}|{_any(NUMBERS)})"
_SEASON = f"(?P<season>{_any(SEASONS)})"
_ORDINAL = f"(?P<ordinal>[0-9]{{1,2}}|{_any(ORDINALS)})(?:-?(?:[а-я]{{1,4}}|st|nd|rd|th))?"

# Where two fit, the first that is a date: 2023-05 is a month before it is a year and a day.
PERIODS: dict[str, _Reading[_Period]] = {
    _YEAR_NAMED: _date,
    f"{_YYYY}[-./]{_MM}": _date,
    f"{_YYYY}(?P<dash>[-./]?){_MM}(?P=dash){_DD}": _date,
    f"{_DD}(?P<dash>[-./]){_MM}(?P=dash){_YEAR_NAMED}": _date,
    rf"{_DD}\.{_MM}\.(?P<short>[0-9]{{2}})": _short_date,
    f"{_MM}[-./]{_YEAR_NAMED}": _date,
    rf"{_DD}\.{_MM}\.?": _date,
    rf"{_MONTH}(?:{_BETWEEN}{_YEAR_NAMED}|\.)?": _date,
    rf"{_DAY}{_BETWEEN}{_MONTH}(?:{_BETWEEN}{_YEAR_NAMED}|\.)?": _date,
    rf"(?P<month>{_any(ENGLISH_MONTHS)})\.? {_DAY}(?:,? {_YYYY})?": _date,
    f"{_YYYY}[ -]{_MONTH}": _date,
    f"{_SEASON}(?:{_BETWEEN}{_YEAR_NAMED})?": _season,
    f"(?P<season>{_any(WINTER.split())}) (?P<before>[0-9]{{4}}) ?[-/] ?(?P<after>[0-9]{{2}}|[0-9]{{4}})": _winter,
    f"{_ORDINAL} (?P<part>{_any(PARTS_OF_YEAR)}){_BETWEEN}{_YEAR_NAMED}": _part_of_year,
    # before the lengths: «2 квартал» is one, «2 квартала» are two
    rf"{_ORDINAL} (?P<part>квартал|квартале|кв|полугодие|полугодии|quarter)\.?": _part_of_year,
    f"q(?P<ordinal>[1-4])(?:{_BETWEEN}{_YYYY})?": _part_of_year,
    f"{_YYYY}[ -]?q(?P<ordinal>[1-4])": _part_of_year,
    r"'?(?P<decade>(?:[0-9]{2})?[0-9]0)(?:-?(?:е|х|ые|ых)|-?s)(?: (?:гг?\.?|годы|годов|годах))?": _decade,
    f"{_ORDINAL} (?:век|века|веке|в\\.?|столетие|столетии|century)": _century,
    f"(?P<day_back>{_any(DAYS_BACK)})": _day_back,
    f"{_BACK} {_UNIT}": _unit_back,
    f"(?:{_NUMBER} ?)?{_UNIT} (?:назад|ago)": _ago,
    f"(?:(?:последн|прошедш|прошл|past|last)[а-я]{{0,4}} )?(?:{_NUMBER} ?)?{_UNIT}": _lately,
}
RANGES: dict[str, _Reading[_Bounds]] = {
    r"(?P<first>.+?) ?\.\.+ ?(?P<last>.+)": _from_to,
    r"(?P<period>.+?) ?\.\.+": _dotted_from,
    r"\.\.+ ?(?P<period>.+)": _dotted_to,
    "(?P<sign>[<>]=?) ?(?P<period>.+)": _half_open,
    f"{_FROM} (?P<first>.+) (?:до начала|до|before) (?P<last>.+)": _from_before,
    # before the words alone: «с мая по август» is not «с» something
    f"{_FROM} (?P<first>.+) (?:по|до конца|to|until|till|through|и|and) (?P<last>.+)": _from_to,
    f"(?P<sign>{_any(SIGNS)}) (?P<period>.+)": _half_open,
    "(?P<dashed>.+-.+)": _dashed,
}


def _readings(table: dict[str, _Reading[Value]], text: str, when: _When) -> Iterator[Value]:
    for pattern, reading in table.items():
        if match := re.fullmatch(pattern, text):
            given = {group: typed for group, typed in match.groupdict().items() if typed}
            if (value := reading(given, when)) is not None:
                yield value
