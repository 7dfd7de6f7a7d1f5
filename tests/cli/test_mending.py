"""Stray signs are mended and told, or refused; a mistyped query is read as it was meant; scores are explained."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from indexer.wording.remarks import MENDINGS_SHOWN

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Abzats, Run, Shell

FARM = "сельское хозяйство"


@pytest.fixture
def search(abzats: Abzats, index: Path) -> Abzats:
    def run(*arguments: Any, **extra: Any) -> Run:  # noqa: ANN401 -- those of Abzats
        return abzats("search", *arguments, "--index", index, **extra)

    return run


# --- mending ----------------------------------------------------------------------------------------------------------

MENDED = [
    ('сталь "мёд', 'Character 7, “"мёд”: the quotation is not closed; closed at the end'),
    ("сталь (мёд", "Character 7, “(”: the bracket is not closed; closed at the end"),
    ("сталь мёд)", "Character 10, “)”: the bracket has no pair, or nothing in it; passed over"),
    ("сталь ||| мёд", "Character 7, “||”: the sign has nothing to apply to; passed over"),
    (
        "сталь РЯДОМ/0 мёд",
        "Character 7, “РЯДОМ/0”: the sign takes another number; the nearest one is taken, if there is any",
    ),
    ("сталь дата:жираф", "Character 12, “жираф”: this is no date; read as words"),
    ("сталь РЯДОМ/5 -мёд", "Character 7, “РЯДОМ/5”: what is left out, and a field, can be near nothing; read as AND"),
    ("сталь ИЛИ -мёд", "Character 12, “мёд”: there must be a word to look for, beside what is left out; passed over"),
    ("сталь * мёд", "Character 7, “*”: a mask must have letters; passed over"),
]


@pytest.mark.parametrize(("query", "said"), MENDED)
def test_a_mending_is_told_beside_the_results(search: Abzats, query: str, said: str) -> None:
    run = search(query, "--no-rescue")
    assert run.code in {0, 1}
    assert run.err.splitlines()[0] == f"abzats: {said}"
    assert "abzats:" not in run.out


@pytest.mark.parametrize(("query", "_said"), MENDED)
def test_a_mending_is_told_in_russian(search: Abzats, query: str, _said: str) -> None:
    first = search(query, language="ru").err.splitlines()[0]
    assert first.startswith("abzats: Знак ")
    assert not {"the", "is", "read", "passed", "has"} & set(first.split())


def test_results_are_those_of_the_mended_query(search: Abzats) -> None:
    assert search("(сталь").out == search("сталь").out != ""


def test_of_many_mendings_some_are_told(search: Abzats) -> None:
    lines = search("сталь" + ")" * 40).err.splitlines()
    assert len(lines) == MENDINGS_SHOWN + 1
    assert lines[-1] == "abzats: and 35 more"


def test_a_word_with_a_colon_is_a_word_and_a_hint(search: Abzats) -> None:
    run = search("Закалка: сталь")
    assert run.code == 0
    assert run.err == (
        "abzats: Character 1, “Закалка:”: there is no such field; read as words;"
        " the fields are title:, source:, author:, path:, date:\n"
    )
    russian = search("Закалка: сталь", language="ru").err
    assert "есть поля заголовок:, источник:, автор:, путь:, дата:" in russian


def test_a_clean_query_is_not_remarked_on(search: Abzats) -> None:
    assert search('"закалка стали" -стекло (мёд ИЛИ точность)').err == ""


# --- strictness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "said"), MENDED)
@pytest.mark.parametrize("parse", [(), ("--parse",)])
def test_a_strict_reading_refuses_what_it_would_mend(
    search: Abzats, query: str, said: str, parse: tuple[str, ...]
) -> None:
    run = search(query, "--strict", *parse)
    assert run.code == 2
    assert run.out == ""
    sentence, shown, caret = run.err.splitlines()
    place, reason = said.partition(",")[0].lower(), said.partition("”: ")[2].partition(";")[0]
    assert sentence.startswith(f"abzats: The query cannot be read at {place}, ")
    assert sentence.endswith(f": {reason}")
    assert shown == f"  {query}"
    assert caret == " " * (int(place.split()[1]) + 1) + "^"


@pytest.mark.parametrize(("query", "_said"), MENDED)
def test_it_refuses_in_russian(search: Abzats, query: str, _said: str) -> None:
    sentence, *_ = search(query, "--strict", language="ru").err.splitlines()
    assert sentence.startswith("abzats: Запрос не прочесть: знак ")
    assert not {"the", "is", "has", "must"} & set(sentence.split())


def test_a_hint_is_no_reason_to_refuse(search: Abzats) -> None:
    run = search("Закалка: сталь", "--strict")
    assert run.code == 0
    assert "there is no such field" in run.err


def test_the_caret_stays_below_its_place_in_a_long_query(search: Abzats) -> None:
    query = "мёд " * 50 + "界界 (" + " мёд" * 50
    _sentence, shown, caret = search(query, "--strict").err.splitlines()
    assert len(shown) < 80
    before = shown[: shown.index("(")]
    assert len(caret) == len(before) + 2 + 1  # each of the two signs is two columns wide


# --- rescue -----------------------------------------------------------------------------------------------------------


MISTYPED = [
    ("HET", "НЕТ", "characters", "letters that look alike", "похожие буквы"),
    ("ctkmcrjt [jpzqcndj", FARM, "layout", "the other keyboard layout", "другая раскладка клавиатуры"),
    ("selskoe hozyaystvo", FARM, "transliteration", "transliteration", "латиница вместо кириллицы"),
    ("сельскае хазяйство", FARM, "spelling", "spelling", "опечатка"),
    ("урожайный", "~урожайный", "relatives", "words of the same root", "однокоренные слова"),
]


@pytest.mark.parametrize(("query", "read", "_rung", "why", "russian"), MISTYPED)
def test_a_mistyped_query_finds_what_was_meant_and_says_why(
    search: Abzats, query: str, read: str, _rung: str, why: str, russian: str
) -> None:
    run = search(query)
    assert run.code == 0
    assert run.out == search(read).out != ""
    assert run.err == f"Nothing found for “{query}”; this is found for “{read}” ({why}).\n"
    said = f"По запросу «{query}» ничего не нашлось; вот что есть по запросу «{read}» ({russian}).\n"
    assert search(query, language="ru").err == said


@pytest.mark.parametrize(("query", "read", "rung", "_why", "_russian"), MISTYPED)
def test_json_tells_a_program_what_was_searched(
    search: Abzats, query: str, read: str, rung: str, _why: str, _russian: str
) -> None:
    for line in search(query, "--json").out.splitlines():
        assert json.loads(line)["rescue"] == {"rung": rung, "query": read}


def test_what_finds_something_needs_no_rescue(search: Abzats) -> None:
    assert json.loads(search("нет", "--json").out)["rescue"] is None


@pytest.mark.parametrize("query", [query for query, *_ in MISTYPED])
def test_the_rescue_can_be_declined(search: Abzats, query: str) -> None:
    run = search(query, "--no-rescue")
    assert run.code == 1
    assert run.out == ""
    assert run.err.startswith(f"Nothing found for “{query}”. ")


@pytest.mark.parametrize("option", ["-c", "-l", "--format=csv", "--format=md"])
def test_a_rescue_is_told_whatever_is_printed(search: Abzats, option: str) -> None:
    run = search("ctkmcrjt [jpzqcndj", option)
    assert run.code == 0
    assert run.out == search(FARM, option).out != ""
    assert run.err.startswith("Nothing found for “ctkmcrjt [jpzqcndj”; this is found for")


def test_surroundings_are_marked_by_what_was_searched(search: Abzats) -> None:
    marked = search("[jpzqcndj", "-C", 1, "--color", "always").out
    assert marked == search("хозяйство", "-C", 1, "--color", "always").out
    assert marked.count("\x1b[1;31mхозяйств") == 4  # twice found, and each beside the other


def test_what_nothing_rescues_is_not_found(search: Abzats) -> None:
    run = search("жираф")
    assert run.code == 1
    assert "this is found" not in run.err


# --- what a score is made of ------------------------------------------------------------------------------------------

QUERIES = ["закалка стали", '"закалка стали"', "заголовок:закалять сталь^2", "ctkmcrjt [jpzqcndj", "сталь ИЛИ стекло"]


@pytest.mark.parametrize("query", QUERIES)
def test_the_parts_of_a_score_add_up(search: Abzats, query: str) -> None:
    lines = search(query, "--explain", "--json").out.splitlines()
    assert lines
    for record in map(json.loads, lines):
        assert [list(part) for part in record["parts"]] == [["of", "text", "score"]] * len(record["parts"])
        assert sum(part["score"] for part in record["parts"]) == pytest.approx(record["score"])


def test_they_are_a_list_below_the_paragraph(search: Abzats) -> None:
    run = search("сельское хозяйство", "--explain", "-n", 1)
    [score, *parts] = [line.split(maxsplit=1) for line in run.out.splitlines()[3:]]
    assert score[1] == "score"
    assert [" ".join(of.split()) for _, of in parts] == [
        "word сельский",
        "word хозяйство",
        "side by side сельский хозяйство",
        "all the words",
    ]
    assert sum(float(points) for points, _ in parts) == pytest.approx(float(score[0]), abs=0.01 * len(parts))


def test_they_are_said_in_russian_and_dim(search: Abzats) -> None:
    russian = search("мёд", "--explain", language="ru", env={"CLICOLOR_FORCE": "1"}).out
    assert "\x1b[2m    " in russian
    assert re.search(r"\d,\d\d  оценка", russian)
    assert re.search(r"\d,\d\d  слово   мед", russian)


def test_a_condition_has_no_parts(search: Abzats) -> None:
    run = search("дата:2019", "--explain", "--json")
    assert [(record["score"], record["parts"]) for record in map(json.loads, run.out.splitlines())] == [(0, [])] * 4


def test_parts_are_only_for_who_asks(search: Abzats) -> None:
    assert "parts" not in json.loads(search("точность", "--json").out.splitlines()[0])


@pytest.mark.parametrize("layout", ["csv", "md"])
def test_tables_and_notes_stay_as_they_are(search: Abzats, layout: str) -> None:
    assert search("сталь", "--explain", "--format", layout) == search("сталь", "--format", layout)


# --- odd input --------------------------------------------------------------------------------------------------------

ODD = [
    "",
    " ",
    "\n",
    "-",
    "+",
    "!",
    "*",
    "?",
    "|",
    '"',
    "«",
    "'",
    '""',
    "()",
    "~",
    "^",
    "\\",
    "а",
    "НЕ",
    "И",
    "-а",
    '"' * 7,
    "(" * 200,
    "(" * 200 + "сталь" + ")" * 200,
    ")" * 200 + "(" * 200,
    '"(' * 100,
    "-" * 200 + "сталь",
    "заголовок:",
    "дата:",
    "дата:жираф",
    "заголовок:(" * 30,
    "сталь~99999999999 мёд^1e999 стекло РЯДОМ/99999999999 мёд",
    "\x00\x01\x02\x1b[31m\x07\x7f\x85\x9b",
    "сталь\x00\x1b\x9b",
    "\u202eсталь\u202c \u200fמילה\u200e \u2066мёд",
    "🎣 🏳️‍🌈 👩‍👩‍👧‍👦",
    "\ud800сталь\udfff",
    "\udcff",
    "м\u0301" * 300,
    "ы" * 100_000,
    "x" * 100_000,
    "сталь " * 16_667,
    "\u2028" * 100_000,
    "-" * 100_000,
    "(" * 100_000,
    '"' * 99_999,
    "*" * 100_000,
    "а-" * 50_000,
    "дата:" * 20_000,
    "\x1b" * 100_000,
]


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("option", [(), ("--parse",), ("--strict",)], ids=" ".join)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_odd_input_is_an_answer_or_a_line(search: Abzats, query: str, option: tuple[str, ...], language: str) -> None:
    run = search("-n", 1, *option, "--", query, language=language)
    assert run.code in {0, 1, 2}
    assert "Traceback" not in run.err
    lines = run.err.splitlines()
    assert len(lines) <= MENDINGS_SHOWN + 2
    assert all(len(line) < 300 for line in lines)
    if run.code == 2:
        assert run.out == ""
        assert len(lines) == 1 or (option == ("--strict",) and lines[2].strip() == "^")
    if run.code == 1:
        assert lines


@pytest.mark.parametrize("query", ODD[:-12])
def test_odd_words_have_forms_or_none(abzats: Abzats, index: Path, query: str) -> None:
    assert abzats("forms", "--index", index, "--", query).code in {0, 1, 2}


def test_an_argument_in_no_encoding_is_an_answer_or_a_line(shell: Shell, index: Path) -> None:
    for argument in (b"\xff", "сталь".encode() + b"\xff", b"-\xff", b'"\xff'):
        run = shell("search", argument, "--index", index)
        assert run.code in {0, 1, 2}
        assert "Traceback" not in run.err
