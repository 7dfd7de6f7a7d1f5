from __future__ import annotations

import json
from typing import TYPE_CHECKING, get_args

import pytest

from indexer.cli import quote
from indexer.types import DifferenceKind, QuotationKind

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Abzats

VERBATIM = "Закалка стали требует точности"


def test_a_verbatim_quotation_is_shown_where_it_stands(abzats: Abzats, index: Path) -> None:
    run = abzats("quote", VERBATIM, "--index", index)
    assert run.code == 0
    assert run.out.splitlines() == [
        "Verbatim: the texts have these words in this order.",
        "",
        "Как закаляют сталь",
        "Заводская газета · 6 November 2019 · works/steel.md#¶2",
        "    Закалка стали требует точности: минута промедления портит клинок.",
    ]


def test_what_is_changed_is_listed(abzats: Abzats, index: Path) -> None:
    run = abzats("quote", "закалка стали требует терпения: минута промедления портит клинок", "--index", index)
    assert run.code == 1
    assert run.out.startswith("In part: ")
    assert run.out.splitlines()[-2:] == [
        "    capital letter  закалка → Закалка",
        "    other words     терпения → точности",
    ]


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (VERBATIM, 0, "Дословно: "),
        ("закалки сталей требуют точности", 1, "В других формах: "),
        ("минута промедления губит и портит", 1, "Частью: "),
        ("ничего подобного здесь нет и не было", 1, "Нет: "),
    ],
)
def test_the_verdict_is_said_in_russian_and_by_the_exit_code(
    abzats: Abzats, index: Path, typed: str, code: int, said: str
) -> None:
    run = abzats("quote", typed, "--index", index, language="ru")
    assert (run.code, run.err) == (code, "")
    assert run.out.startswith(said)


def test_marks_show_the_words_quoted(abzats: Abzats, index: Path) -> None:
    out = abzats("quote", "стали требует", "--index", index, "--color", "always").out
    assert "Закалка \x1b[1;31mстали требует\x1b[0m точности" in out


def test_more_places_than_are_shown_are_counted(abzats: Abzats, index: Path) -> None:
    out = abzats("quote", "сельское хозяйство", "-n", "1", "--index", index).out
    assert out.splitlines()[-1] == "… and 1 place more"


def test_json_is_one_object(abzats: Abzats, index: Path) -> None:
    run = abzats("quote", f"«{VERBATIM.upper()}»", "--json", "--index", index)
    told = json.loads(run.out)
    assert (told["kind"], told["total"], told["longest"]) == ("verbatim", 1, [1, 31])
    [place] = told["places"]
    assert (place["path"], place["title"], place["kind"]) == ("works/steel.md", "Как закаляют сталь", "verbatim")
    [passage] = place["passages"]
    assert passage["id"] == "works/steel.md#¶2"
    assert passage["text"][slice(*passage["span"])] == VERBATIM
    assert told["text"][slice(*passage["quoted"])] == VERBATIM.upper()
    assert {one["kind"] for one in place["differences"]} == {"case"}


def test_standard_input_is_read_for_a_minus(abzats: Abzats, index: Path) -> None:
    assert abzats("quote", "-", "--index", index, stdin="Закалка стали […] портит клинок").code == 0


def test_signs_are_no_query(abzats: Abzats, index: Path) -> None:
    assert abzats("quote", "-закалка стали* (требует)", "--index", index).code == 0


def test_a_quotation_without_a_word_is_an_error(abzats: Abzats, index: Path) -> None:
    run = abzats("quote", "«…»", "--index", index)
    assert run.code == 2
    assert run.err.startswith("abzats: There is no word to look for")


def test_every_kind_has_its_words() -> None:
    assert set(quote.KINDS) == set(get_args(QuotationKind))
    assert set(quote.DIFFERENCES) == set(get_args(DifferenceKind))
