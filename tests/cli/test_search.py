from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from indexer import Document, build_index

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Abzats, Run, Shell, Terminal

STEEL = "Закалка стали требует точности: минута промедления портит клинок."
COLORS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def search(abzats: Abzats, index: Path) -> Abzats:
    def run(*arguments: Any, **extra: Any) -> Run:  # noqa: ANN401 -- those of Abzats
        return abzats("search", *arguments, "--index", index, **extra)

    return run


def records(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def paths(out: str) -> list[str]:
    return [record["path"] for record in records(out)]


# --- text -------------------------------------------------------------------------------------------------------------


def test_a_hit_is_its_title_its_origin_and_its_paragraph(search: Abzats) -> None:
    run = search("закалка стали", "-n", 1)
    assert run.code == 0
    assert run.out.splitlines() == [
        "Как закаляют сталь",
        "Заводская газета · 6 November 2019 · works/steel.md#¶2",
        f"    {STEEL}",
    ]
    assert run.err == ""


def test_dates_are_russian_for_russians(search: Abzats) -> None:
    assert "Заводская газета · 6 ноября 2019 · works/steel.md#¶2" in search("закалка", language="ru").out


def test_a_document_without_heading_shows_what_there_is(search: Abzats) -> None:
    assert search("ржаветь").out.splitlines()[:2] == ["note.txt", "note.txt#¶1"]


def test_hits_are_parted_by_a_blank_line(search: Abzats) -> None:
    hits = search("стекло").out.split("\n\n")
    assert len(hits) == 3
    assert all(len(hit.splitlines()) == 3 for hit in hits)


def test_arguments_are_words_of_one_query(search: Abzats) -> None:
    assert search("закалка", "стали").out == search("закалка стали").out


@pytest.mark.parametrize("arguments", [("сталь", "-закалка"), ("-закалка", "сталь"), ("сталь -закалка",)])
def test_a_word_with_a_minus_is_no_option(search: Abzats, arguments: tuple[str, ...]) -> None:
    run = search(*arguments)
    assert run.code == 0
    assert "сталь" in run.out
    assert "Закалка" not in run.out


@pytest.mark.parametrize(
    "argument",
    [
        '-"закалка стали"',
        "-«закалка стали»",
        "-(закалка ИЛИ промедление)",
        "-автор:Петров -закалка",
        "-title:мёд -закалка",
        "-=Закалка",
        "-закал*",
        "+точность",
    ],
)
def test_signs_after_a_minus_are_no_options(search: Abzats, argument: str) -> None:
    together = search(f"сталь {argument}", "--json")
    assert together.code == 0
    assert search("сталь", argument, "--json") == together != search("сталь", "--json")


def test_a_number_after_a_minus_is_no_option(search: Abzats) -> None:
    assert search("сталь", "-2019") == search("сталь")


def test_an_option_may_have_a_value_with_a_minus(search: Abzats) -> None:
    assert search("сталь", "--source", "-Газета").code == 1


def test_a_lone_minus_reads_the_query(search: Abzats) -> None:
    assert search("-", stdin="закалка\nстали\n").out == search("закалка стали").out


def test_ten_are_shown_by_default(abzats: Abzats, tmp_path: Path) -> None:
    build_index([Document(f"{number}.txt", "Мёд как мёд.") for number in range(25)], tmp_path)
    search = ("search", "--index", tmp_path, "мёд")
    assert len(abzats(*search, "--json").out.splitlines()) == 10
    assert len(abzats(*search, "--json", "-n", "3").out.splitlines()) == 3
    assert len(abzats(*search, "--json", "-n", "all").out.splitlines()) == 25
    assert len(abzats(*search, "--json", "--offset", "20").out.splitlines()) == 5
    assert len(abzats(*search, "-l").out.splitlines()) == 25
    assert len(abzats(*search, "-l", "-n", "4").out.splitlines()) == 4


def test_of_none_only_the_exit_code_is_left(search: Abzats) -> None:
    assert search("стекло", "-n", 0) == (0, "", "")
    assert search("жираф", "-n", 0).code == 1


def test_offset_goes_on_where_the_page_ended(search: Abzats) -> None:
    whole = search("стекло", "--json").out.splitlines()
    assert search("стекло", "--json", "-n", 1, "--offset", 1).out.splitlines() == whole[1:2]


def test_past_the_end_nothing_is_shown(search: Abzats) -> None:
    run = search("стекло", "--offset", 100)
    assert run == (0, "", "Only 3 found: --offset 100 is past the end.\n")


# --- counts and paths -------------------------------------------------------------------------------------------------


def test_count_is_a_number(search: Abzats) -> None:
    assert search("-c", "стекло") == (0, "3\n", "")


def test_count_of_nothing_is_zero_and_says_so_by_its_exit_code(search: Abzats) -> None:
    assert search("-c", "жираф") == (1, "0\n", "")


def test_paths_name_each_document_once(search: Abzats) -> None:
    run = search("-l", "сталь")
    assert run.code == 0
    assert sorted(run.out.splitlines()) == ["note.txt", "works/steel.md"]


def test_paths_in_another_format_are_the_best_paragraphs(search: Abzats) -> None:
    assert sorted(paths(search("-l", "--json", "сталь").out)) == ["note.txt", "works/steel.md"]


# --- formats ----------------------------------------------------------------------------------------------------------


def test_json_has_all_that_is_known(search: Abzats) -> None:
    [record] = records(search("--json", "закалка стали", "-n", 1).out)
    assert list(record) == [
        "id",
        "path",
        "number",
        "title",
        "date",
        "source",
        "author",
        "url",
        "text",
        "marks",
        "span",
        "score",
        "rescue",
    ]
    assert record["id"] == "works/steel.md#¶2"
    assert record["path"] == "works/steel.md"
    assert record["number"] == 2
    assert record["title"] == "Как закаляют сталь"
    assert record["date"] == "2019-11-06T09:30:00+00:00"
    assert record["source"] == "Заводская газета"
    assert record["author"] == "Пётр Кузнецов"
    assert record["url"] == "https://example.org/steel"
    assert record["text"] == STEEL
    assert record["span"][1] - record["span"][0] == len(STEEL)
    assert record["score"] > 0
    assert record["rescue"] is None


def test_marks_of_json_slice_the_text_to_the_words_found(search: Abzats) -> None:
    for record in records(search("--json", "стекло").out):
        marked = [record["text"][start:stop].lower() for start, stop in record["marks"]]
        assert marked
        assert set(marked) <= {"стекло", "стекла"}


def test_what_is_not_known_is_null_or_empty_in_json(search: Abzats) -> None:
    [record] = records(search("--json", "ржаветь").out)
    assert record["date"] is None
    assert record["title"] == record["source"] == record["author"] == record["url"] == ""


def test_json_and_format_json_are_the_same(search: Abzats) -> None:
    assert search("--json", "стекло").out == search("--format", "json", "стекло").out


def test_csv_has_a_header_and_the_same_values_as_json(search: Abzats) -> None:
    rows = list(csv.DictReader(io.StringIO(search("--format", "csv", "стекло").out)))
    for row, record in zip(rows, records(search("--json", "стекло").out), strict=True):
        for name in ("id", "path", "title", "source", "author", "url", "text"):
            assert row[name] == record[name]
        assert row["date"] == (record["date"] or "")
        assert row["marks"] == " ".join(f"{start}-{stop}" for start, stop in record["marks"])
        assert float(row["score"]) == record["score"]


def test_markdown_has_marks_in_bold(search: Abzats) -> None:
    assert search("--format", "md", "закалка стали", "-n", 1).out.splitlines() == [
        "### [Как закаляют сталь](<https://example.org/steel>)",
        "",
        "*Заводская газета · 6 November 2019 · works/steel.md\\#¶2*",
        "",
        "**Закалка** **стали** требует точности: минута промедления портит клинок.",
    ]


def test_signs_of_markdown_in_the_text_stay_signs(abzats: Abzats, tmp_path: Path) -> None:
    text = "- Цена*мёда [выросла](javascript:run) на `5` <b>рублей</b> в_селе."
    build_index([Document("a.txt", text, title="# Мёд", url="javascript:run")], tmp_path)
    out = abzats("search", "--index", tmp_path, "--format", "md", "мёд").out
    assert out.splitlines()[0] == "### \\# Мёд"
    assert out.splitlines()[-1] == (
        "\\- Цена\\***мёда** \\[выросла\\](javascript:run) на \\`5\\` \\<b\\>рублей\\</b\\> в\\_селе."
    )


# --- surroundings -----------------------------------------------------------------------------------------------------


def test_context_shows_the_paragraphs_around(search: Abzats) -> None:
    lines = search("точность", "-C", 1).out.splitlines()
    assert [line[:4] for line in lines[2:]] == ["¶1  ", "¶2  ", "¶3  "]
    assert lines[3] == f"¶2  {STEEL}"


def test_context_in_json_is_before_and_after(search: Abzats) -> None:
    [record] = records(search("--json", "точность", "сталь", "-n", 1, "-C", 5).out)
    assert [beside["number"] for beside in record["before"]] == [1]
    assert [beside["number"] for beside in record["after"]] == [3, 4]
    assert record["after"][0]["id"] == "works/steel.md#¶3"
    marks = [record["after"][0]["text"][start:stop] for start, stop in record["after"][0]["marks"]]
    assert marks == ["сталь"]


def test_context_in_markdown_is_plain_paragraphs(search: Abzats) -> None:
    blocks = search("--format", "md", "точность", "-C", 1).out.strip().split("\n\n")
    assert len(blocks) == 5
    assert blocks[3].startswith("Закалка")


# --- order and filters ------------------------------------------------------------------------------------------------


def test_the_newest_come_first_by_date(search: Abzats) -> None:
    dates = [record["date"] for record in records(search("--json", "--sort", "date", "стекло").out)]
    assert dates[:2] == ["2023-05-12T08:00:00+00:00", "2019-11-06T09:30:00+00:00"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--source", "Заводская газета"], ["works/steel.md"]),
        (["--source", "заводская газета", "--source", "Пасека сегодня"], ["honey.md", "works/steel.md"]),
        (["--since", "2023"], ["honey.md"]),
        (["--since", "2019-11-06"], ["honey.md", "works/steel.md"]),
        (["--since", "7.11.2019"], ["honey.md"]),
        (["--since", "апрель 2023"], ["honey.md"]),
        (["--until", "вчера"], ["honey.md", "works/steel.md"]),
        (["--until", "2019"], ["works/steel.md"]),
        (["--until", "2019-11"], ["works/steel.md"]),
        (["--until", "06.11.2019"], ["works/steel.md"]),
        (["--until", "2019-11-05"], []),
        (["--since", "2019-11-06", "--until", "2023-05-12"], ["honey.md", "works/steel.md"]),
    ],
)
def test_filters_choose_documents(search: Abzats, options: list[str], expected: list[str]) -> None:
    run = search("-l", "стекло", *options)
    assert sorted(run.out.splitlines()) == expected
    assert run.code == (0 if expected else 1)


def test_since_after_until_is_a_mistake(search: Abzats) -> None:
    run = search("стекло", "--since", "2024", "--until", "2023")
    assert run.code == 2
    assert "--since is later than --until" in run.err


@pytest.mark.parametrize("date", ["жираф", "2023-13", "30.2.2023", "0000", "2023-", ""])
def test_what_is_no_date_is_refused(search: Abzats, date: str) -> None:
    run = search("стекло", "--since", date)
    assert run.code == 2
    assert "is no date" in run.err


@pytest.mark.parametrize(("option", "date"), [("--since", "..2020"), ("--until", ">2020")])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_range_without_the_end_that_is_needed_is_refused(
    search: Abzats, option: str, date: str, language: str
) -> None:
    run = search("стекло", option, date, language=language)
    assert run.code == 2
    assert re.search("has no|нет (начала|конца)", run.err)


# --- nothing ----------------------------------------------------------------------------------------------------------


def test_nothing_found_is_said_with_a_hint(search: Abzats) -> None:
    said = "Nothing found for “жираф”. Check the spelling, or try another word; all its forms are looked for anyway.\n"
    assert search("жираф") == (1, "", said)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["стекло", "--until", "1999"], "Попробуйте без --source, --since и --until."),
        (["«стекло точности»"], "Попробуйте без кавычек"),
        (["жираф"], "Проверьте, нет ли опечатки"),
    ],
)
def test_the_hint_fits_the_query(search: Abzats, arguments: list[str], hint: str) -> None:
    run = search(*arguments, language="ru")
    assert run.code == 1
    assert "ничего не нашлось" in run.err
    assert hint in run.err


# --- colours ----------------------------------------------------------------------------------------------------------


def test_marks_are_coloured_on_demand(search: Abzats) -> None:
    out = search("закалка стали", "-n", 1, "--color", "always").out
    assert "\x1b[1mКак закаляют сталь\x1b[0m" in out
    assert "\x1b[1;31mЗакалка\x1b[0m \x1b[1;31mстали\x1b[0m требует" in out
    assert COLORS.sub("", out) == search("закалка стали", "-n", 1).out


def test_a_terminal_gets_colours_folded_lines_and_a_page(terminal: Terminal, index: Path) -> None:
    shown = terminal("search", "--index", index, "закалка стали", "-n", "1", columns=50)
    assert "\x1b[1;31mЗакалка\x1b[0m" in shown
    lines = COLORS.sub("", shown).splitlines()
    assert lines[2:4] == ["    Закалка стали требует точности: минута", "    промедления портит клинок."]
    assert lines[-2:] == ["", "1–1 of 3 paragraphs, 1 with all the words"]


def test_lines_of_a_wide_terminal_stay_readable(terminal: Terminal, tmp_path: Path) -> None:
    build_index([Document("a.txt", "мёд " * 300)], tmp_path / "index")
    shown = COLORS.sub("", terminal("search", "мёд", columns=250))
    assert max(map(len, shown.splitlines())) in range(95, 101)


@pytest.mark.parametrize(
    ("env", "options", "coloured"),
    [
        ({"NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": ""}, [], True),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({}, ["--color=never"], False),
        ({"TERM": "dumb"}, [], False),
        ({"CLICOLOR": "0"}, [], False),
    ],
)
def test_the_terminal_may_be_asked_for_no_colours(
    terminal: Terminal, index: Path, env: dict[str, str], options: list[str], *, coloured: bool
) -> None:
    assert ("\x1b[" in terminal("search", "--index", index, "сталь", *options, env=env)) == coloured


@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, False),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR_FORCE": "0"}, False),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_a_pipe_may_be_asked_for_colours(search: Abzats, env: dict[str, str], *, coloured: bool) -> None:
    assert ("\x1b[" in search("сталь", env=env).out) == coloured


# --- hostile text -----------------------------------------------------------------------------------------------------

HOSTILE = "Мёд \x1b[2J\x1b]0;взлом\x07 \x9b31m \u202eдем\u202c \u2066x\u2069 \x7f конец."
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("layout", ["text", "md", "csv", "json"])
def test_escape_sequences_never_reach_the_terminal(abzats: Abzats, tmp_path: Path, layout: str) -> None:
    document = Document(
        "a\u202e.txt", HOSTILE, title="За\u202eголовок \x9b", source="Ис\x9bточник", url="http://x/\u202e"
    )
    build_index([document], tmp_path)
    out = abzats("search", "--index", tmp_path, "мёд", "--format", layout).out
    assert "конец" in out
    assert HARMFUL.findall(out) == []


def test_json_escapes_what_others_replace(abzats: Abzats, tmp_path: Path) -> None:
    build_index([Document("a.txt", HOSTILE)], tmp_path)
    out = abzats("search", "--index", tmp_path, "мёд", "--json").out
    assert "\\u202e" in out
    assert "\u202e" in json.loads(out)["text"]


def test_a_hostile_query_is_not_echoed_raw(shell: Shell, index: Path) -> None:
    run = shell("search", "--index", index, "\x1b[31mжираф\u202e")
    assert run.code == 1
    assert HARMFUL.findall(run.err) == []
