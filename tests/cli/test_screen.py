from __future__ import annotations

import io
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cli.formats import json_line
from indexer.cli.options import since, until
from indexer.cli.screen import Screen, clean, fold
from indexer.types import Snippet, Span
from indexer.wording.messages import LONGEST, THIN_SPACE, decimal, duration, number, shortened, size

HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COLORS = re.compile(r"\x1b\[[0-9;]+m")
TODAY = date(2026, 1, 31)
ANY_TEXT = st.text(st.characters(codec=None))
MEAN_TEXT = st.text(st.sampled_from("аб \x1b\x9b\n\t\u202e\u2066́c「界\xad\ud800"), max_size=60)


@st.composite
def snippets(draw: st.DrawFn) -> Snippet:
    text = draw(MEAN_TEXT)
    ends = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    return Snippet(text, tuple(Span(*pair) for pair in zip(ends[::2], ends[1::2], strict=False)))


@given(ANY_TEXT | MEAN_TEXT)
def test_clean_text_is_harmless_and_as_long(text: str) -> None:
    assert len(clean(text)) == len(text)
    assert not HARMFUL.search(clean(text))


@given(MEAN_TEXT, st.integers(2, 30))
def test_folding_loses_nothing_but_spaces(text: str, width: int) -> None:
    text = clean(text)
    lines = [text[slice(*line)] for line in fold(text, width)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(line.strip(" ") == line != "" for line in lines)
    assert all(len(line.replace("\xad", "").replace("\u0301", "")) <= width * 2 for line in lines)


@given(snippets(), st.booleans(), st.none() | st.integers(10, 80))
def test_a_painted_paragraph_has_no_escapes_but_ours(snippet: Snippet, color: bool, width: int | None) -> None:  # noqa: FBT001 -- Hypothesis calls it so
    stream = io.StringIO()
    Screen(stream, color=color, width=width).paragraph(snippet)
    plain = COLORS.sub("", stream.getvalue())
    assert not HARMFUL.search(plain.replace("\n", ""))
    assert re.sub(r"\s", "", plain) == re.sub(r"\s", "", clean(snippet.text))


@given(snippets())
def test_marks_are_what_is_coloured(snippet: Snippet) -> None:
    stream = io.StringIO()
    Screen(stream, color=True, width=None).paragraph(snippet)
    coloured = "".join(re.findall(r"\x1b\[1;31m(.*?)\x1b\[0m", stream.getvalue()))
    expected = "".join(clean(snippet.text[slice(*mark)]) for mark in snippet.marks)
    assert coloured.replace(" ", "") == expected.replace(" ", "")


@given(ANY_TEXT | MEAN_TEXT)
def test_json_is_harmless_and_can_be_encoded(text: str) -> None:
    line = json_line({"text": text})
    assert not HARMFUL.search(line)
    assert line.encode()


def test_wide_and_combining_signs_are_measured_as_they_look() -> None:
    assert [(line.start, line.stop) for line in fold("за́мок за́мок", 11)] == [(0, 13)]
    assert len(list(fold("界界 界界", 8))) == 2


def test_a_table_is_as_narrow_as_it_can_be() -> None:
    stream = io.StringIO()
    Screen(stream, color=False, width=None).table([("a", "bb", "c"), ("aaa", "b", "")])
    assert stream.getvalue() == "  a    bb  c\n  aaa  b\n"


def test_the_last_cells_of_a_table_are_folded_on_demand() -> None:
    stream = io.StringIO()
    Screen(stream, color=False, width=30).table([("a", "мыло " * 6), ("bb", "")], indent=0, is_folded=True)
    assert stream.getvalue() == "a   мыло мыло мыло мыло мыло\n    мыло\nbb\n"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023", "2023-01-01", "2024-01-01"),
        ("2023-05", "2023-05-01", "2023-06-01"),
        ("2023-12", "2023-12-01", "2024-01-01"),
        ("2024-2-29", "2024-02-29", "2024-03-01"),
        ("31.12.2023", "2023-12-31", "2024-01-01"),
        ("1.2.2023", "2023-02-01", "2023-02-02"),
        ("май 2023", "2023-05-01", "2023-06-01"),
        ("вчера", "2026-01-30", "2026-01-31"),
        ("May 5, 2023", "2023-05-05", "2023-05-06"),
        ("2019..2021", "2019-01-01", "2022-01-01"),
    ],
)
def test_dates_are_periods(text: str, start: str, end: str) -> None:
    assert since(text, TODAY).isoformat() == f"{start}T00:00:00+00:00"
    assert until(text, TODAY).isoformat() == f"{end}T00:00:00+00:00"


def test_the_end_that_is_needed_must_be_there() -> None:
    assert until("..2020", TODAY).isoformat() == "2021-01-01T00:00:00+00:00"
    with pytest.raises(ValueError, match="no beginning"):
        since("..2020", TODAY)
    assert since(">2020", TODAY).isoformat() == "2021-01-01T00:00:00+00:00"
    with pytest.raises(ValueError, match="no end"):
        until(">2020", TODAY)


@pytest.mark.parametrize("text", ["9999", "9999-12", "9999-12-31"])
def test_the_last_period_has_an_end(text: str) -> None:
    assert until(text, TODAY) > since(text, TODAY)


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{1,4}[-.][0-9]{1,2}([-.][0-9]{1,4})?", fullmatch=True))
def test_a_date_is_read_or_refused(text: str) -> None:
    try:
        assert since(text, TODAY) < until(text, TODAY)
    except ValueError as refusal:
        assert re.search("is no date|has no (beginning|end)", str(refusal))  # noqa: PT017 -- most texts raise nothing


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KB"),
        (1536, "1.5 KB"),
        (1024**2 - 1, "1.0 MB"),
        (5 * 1024**3, "5.0 GB"),
        (3000 * 1024**4, f"3{THIN_SPACE}000.0 TB"),
    ],
)
def test_sizes_are_in_the_unit_that_suits_them(count: int, expected: str) -> None:
    assert size(count) == expected


def test_numbers_are_grouped() -> None:
    assert number(1234567) == f"1{THIN_SPACE}234{THIN_SPACE}567"
    assert duration(0.04) == "0.0 s"
    assert duration(1234.56) == f"1{THIN_SPACE}234.6 s"


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0.00"), (0.996, "1.00"), (12.344, "12.34"), (1234.5, f"1{THIN_SPACE}234.50")]
)
def test_scores_have_two_decimals(value: float, expected: str) -> None:
    assert decimal(value) == expected


@given(ANY_TEXT | MEAN_TEXT | st.text(st.sampled_from("а \n\x1c\u2028"), max_size=200))
def test_what_was_typed_is_said_again_on_one_short_line(text: str) -> None:
    said = shortened(text)
    assert len(said) <= LONGEST + 1
    assert len(said.splitlines()) <= 1
    if said == text[:LONGEST]:
        assert "…" in text or text == said
