"""What a query means in an index: `abzats search --parse` and `abzats forms`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from indexer import Document, build_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Abzats, Run, Terminal

LEAVES = "лист листа листу листом листе листы листов листам листами листах листья листьев листьям листьями"


@pytest.fixture(scope="module")
def soap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of a text about soap."""
    texts = ["Кусок мыла. Мыло и вода.", "Мама мыла раму, папа моет пол.", "Казахстанский мёд.", LEAVES]
    folder = tmp_path_factory.mktemp("soap")
    build_index([Document(f"{number}.txt", text, title="О мыле") for number, text in enumerate(texts)], folder)
    return folder


@pytest.fixture
def ask(abzats: Abzats, soap: Path) -> Abzats:
    def run(*arguments: Any, **extra: Any) -> Run:  # noqa: ANN401 -- those of Abzats
        return abzats(*arguments, "--index", soap, **extra)

    return run


@pytest.fixture
def parse(ask: Abzats) -> Abzats:
    def run(*arguments: Any, **extra: Any) -> Run:  # noqa: ANN401 -- those of Abzats
        return ask("search", "--parse", *arguments, **extra)

    return run


def records(run: Run) -> Iterator[dict[str, Any]]:
    assert run.err == ""
    return map(json.loads, run.out.splitlines())


# --- search --parse ---------------------------------------------------------------------------------------------------


def test_a_form_of_two_words_is_understood_as_both(parse: Abzats) -> None:
    run = parse("мыла")
    assert run.code == 0
    assert run.err == ""
    assert run.out.splitlines() == [
        "Understood as: мыла",
        "",
        "мыла",
        "  мыло  3 times  weight 1.00  мыла 2, Мыло 1",
        "  мыть  4 times  weight 0.75  мыла 2, Мыло 1, моет 1",
    ]


def test_it_is_said_in_russian(parse: Abzats) -> None:
    assert parse("мыла", language="ru").out.splitlines() == [
        "Понято как: мыла",
        "",
        "мыла",
        "  мыло  3 раза  вес 1,00  мыла 2, Мыло 1",
        "  мыть  4 раза  вес 0,75  мыла 2, Мыло 1, моет 1",
    ]


@pytest.mark.parametrize(
    ("query", "line", "russian"),
    [
        ("вода -мыла", "мыла · left out", "мыла · исключено"),
        ("+мыла", "мыла · must be there", "мыла · обязательно"),
        ('"кусок мыла"', "мыла · in quotation marks", "мыла · в кавычках"),
        ("=Мыло", "Мыло · in this form only", "Мыло · только эта форма"),
        ("~казахстан", "казахстан · with words of the same root", "казахстан · с однокоренными"),
        ("мыл*", "мыл* · a mask", "мыл* · маска"),
        ("мыло~", "мыло · misspelt by 1 letter", "мыло · с опечаткой в 1 букве"),
        (
            "~мыло~2^0.5",
            "мыло · weight 0.50 · with words of the same root · misspelt by 2 letters",
            "мыло · вес 0,50 · с однокоренными · с опечатками в 2 буквах",
        ),
        ("вода -заголовок:мыло", "мыло · left out · in the title", "мыло · исключено · в заголовке"),
        ("вода автор:Петров", "Петров · in the author", "Петров · в авторе"),
    ],
)
def test_signs_are_said_in_words(parse: Abzats, query: str, line: str, russian: str) -> None:
    assert line in parse("--", query).out.splitlines() if query.startswith("-") else parse(query).out.splitlines()
    assert russian in parse(query, language="ru").out.splitlines()


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("=Мыло", "  forms  1 time    Мыло 1"),
        ("мыл*", "  forms  3 times    мыла 2, мыло 1"),
        ("~казахстан", "  казахстанский   1 time  weight 0.70  Казахстанский 1"),
        ("носорог", "  носорог  0 times  weight 1.00"),
        ("носоро*", "  forms  0 times"),
        ("заголовок:мыло", "  мыло  4 times  weight 1.00"),
    ],
)
def test_what_a_word_is_looked_for_by_is_a_row(parse: Abzats, query: str, row: str) -> None:
    assert row in parse(query).out.splitlines()


@pytest.mark.parametrize(("language", "more"), [("en", ", and 2 more"), ("ru", ", и ещё 2")])
def test_a_long_list_of_forms_is_cut(parse: Abzats, language: str, more: str) -> None:
    listed = parse("лист*", language=language).out.splitlines()[-1]
    assert listed.endswith(more)
    assert len(re.findall("лист", listed)) == 12
    [everything] = records(parse("лист*", "--json"))
    assert len(everything["words"][0]["forms"]) == len(LEAVES.split()) == 14


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("дата:5.05.2023", "5 мая 2023"),
        ("дата:2023-05", "1 мая 2023 – 31 мая 2023"),
        ("мыло дата:..2023", "по 31 декабря 2023"),
        ("мыло дата:>2023", "с 1 января 2024"),
        ("дата:9999", "1 января 9999 – 31 декабря 9999"),
    ],
)
def test_dates_are_said_as_days(parse: Abzats, query: str, days: str) -> None:
    assert f"Даты: {days}" in parse(query, language="ru").out.splitlines()


def test_what_was_mended_comes_last(parse: Abzats) -> None:
    run = parse("(мыло", "цвет:вода")
    assert run.err == ""
    assert run.out.splitlines()[0] == "Understood as: (мыло цвет:вода)"
    assert run.out.splitlines()[-3:] == [
        "",
        "Character 1, “(”: the bracket is not closed; closed at the end",
        (
            "Character 7, “цвет:вода”: there is no such field; read as words;"
            " the fields are title:, source:, author:, path:, date:"
        ),
    ]


def test_json_is_one_object_with_all_that_is_understood(parse: Abzats) -> None:
    [understood] = records(parse('вода -"мыла" дата:2023..', "(", "--json"))
    assert list(understood) == ["text", "printed", "words", "dates", "mendings"]
    assert understood["text"] == 'вода -"мыла" дата:2023.. ('
    assert understood["printed"] == 'вода -"мыла" дата:2023..'
    assert understood["dates"] == [{"since": "2023-01-01T00:00:00+00:00", "until": None}]
    assert understood["mendings"] == [{"kind": "open bracket", "span": [25, 26], "text": "("}]
    water, soap = understood["words"]
    assert list(water) == ["text", "span", "signs", "lemmas", "forms", "relatives", "without", "without_forms"]
    assert understood["text"][slice(*soap["span"])] == soap["text"] == "мыла"
    assert soap["signs"] == ["-", '"']
    assert soap["forms"] == {}
    assert soap["lemmas"][0] == {"text": "мыло", "weight": 1.0, "places": 3, "forms": {"мыла": 2, "Мыло": 1}}


def test_format_json_is_the_same(parse: Abzats) -> None:
    assert parse("мыла", "--format", "json") == parse("мыла", "--json")


def test_a_terminal_folds_long_lists(terminal: Terminal, soap: Path) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal("search", "--parse", "лист*", "--index", soap, columns=60))
    rows = shown.splitlines()[3:]
    assert len(rows) > 2
    assert max(map(len, rows)) <= 60
    assert len({len(row) - len(row.lstrip()) for row in rows[1:]}) == 1


# --- forms ------------------------------------------------------------------------------------------------------------


def test_forms_of_each_word_are_a_block(ask: Abzats) -> None:
    run = ask("forms", "мыла", "носорог")
    assert run.code == 0
    assert run.out.splitlines() == [
        "мыла",
        "  мыло  3 times  weight 1.00  мыла 2, Мыло 1",
        "  мыть  4 times  weight 0.75  мыла 2, Мыло 1, моет 1",
        "",
        "носорог",
        "  носорог  0 times  weight 1.00",
    ]


def test_forms_takes_signs(ask: Abzats) -> None:
    assert "  forms  3 times    мыла 2, мыло 1" in ask("forms", "мыл*").out.splitlines()
    assert "казахстанский" in ask("forms", "~казахстан").out


def test_forms_in_json_are_a_line_a_word(ask: Abzats) -> None:
    soap, giraffe = records(ask("forms", "мыла", "носорог", "--json"))
    assert list(soap) == ["text", "span", "signs", "lemmas", "forms", "relatives", "without", "without_forms"]
    assert [lemma["text"] for lemma in soap["lemmas"]] == ["мыло", "мыть"]
    assert [lemma["places"] for lemma in giraffe["lemmas"]] == [0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["носорог"], 1),
        (["носорог", "зебра"], 1),
        (["носорог", "мыло"], 0),
        (["=Мыло"], 0),
        (["=МЫЛО"], 1),
        (["ыыы*"], 1),
    ],
)
def test_the_exit_code_tells_whether_any_is_in_the_index(ask: Abzats, words: list[str], code: int) -> None:
    run = ask("forms", *words)
    assert run.code == code
    assert run.err == ""


def test_forms_reads_words_from_standard_input(ask: Abzats) -> None:
    assert ask("forms", "-", stdin="мыла\nносорог\n") == ask("forms", "мыла", "носорог")


@pytest.mark.parametrize(
    ("word", "said"),
    [("-мыла", "only leaves words out"), ("!", "There is no word"), ("м*", "would find nearly everything")],
)
def test_what_is_no_word_is_an_error(ask: Abzats, word: str, said: str) -> None:
    run = ask("forms", word)
    assert run.code == 2
    assert run.out == ""
    assert said in run.err


def test_what_forms_mends_is_told_beside(ask: Abzats) -> None:
    run = ask("forms", "(мыла")
    assert run.code == 0
    assert run.err == "abzats: Character 1, “(”: the bracket is not closed; closed at the end\n"
