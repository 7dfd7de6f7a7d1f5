from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Abzats


@pytest.mark.parametrize("sign", ["#¶", "#"])
def test_a_paragraph_is_shown_with_its_surroundings(abzats: Abzats, index: Path, sign: str) -> None:
    run = abzats("show", f"works/steel.md{sign}2", "-C", "1", "--index", index)
    assert run.code == 0
    assert run.out.splitlines() == [
        "Как закаляют сталь",
        "Заводская газета · 6 November 2019 · Пётр Кузнецов · works/steel.md",
        "https://example.org/steel",
        "",
        "¶1  Кузнец нагревает заготовку до вишнёвого цвета и долго смотрит на неё.",
        "",
        "¶2  Закалка стали требует точности: минута промедления портит клинок.",
        "",
        "¶3  Потом сталь отпускают в масле, и она перестаёт быть хрупкой.",
    ]


def test_two_on_each_side_are_shown_by_default(abzats: Abzats, index: Path) -> None:
    out = abzats("show", "works/steel.md#1", "--index", index).out
    assert [line[:2] for line in out.splitlines() if line.startswith("¶")] == ["¶1", "¶2", "¶3"]


def test_surroundings_may_be_left_out(abzats: Abzats, index: Path) -> None:
    out = abzats("show", "works/steel.md#¶2", "-C", "0", "--index", index).out
    assert out.count("¶") == 1


def test_a_path_is_the_whole_document(abzats: Abzats, index: Path) -> None:
    out = abzats("show", "works/steel.md", "--index", index).out
    assert out.count("¶") == 4


def test_surroundings_are_dim(abzats: Abzats, index: Path) -> None:
    out = abzats("show", "works/steel.md#2", "-C", "1", "--index", index, "--color", "always").out
    assert "\x1b[2mКузнец" in out
    assert "\x1b[0mЗакалка" in out


@pytest.mark.parametrize("option", [("--json",), ("--format", "json")])
def test_json_is_one_object(abzats: Abzats, index: Path, option: tuple[str, ...]) -> None:
    shown = json.loads(abzats("show", "works/steel.md#¶2", "--index", index, *option).out)
    assert shown["path"] == "works/steel.md"
    assert shown["number"] == 2
    assert shown["title"] == "Как закаляют сталь"
    assert [paragraph["number"] for paragraph in shown["paragraphs"]] == [1, 2, 3, 4]
    assert shown["paragraphs"][0]["id"] == "works/steel.md#¶1"


def test_json_of_a_document_asks_for_no_paragraph(abzats: Abzats, index: Path) -> None:
    assert json.loads(abzats("show", "note.txt", "--json", "--index", index).out)["number"] is None


def test_a_name_may_be_typed_decomposed(abzats: Abzats, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "йод.txt").write_text("Йод лечит ссадины.\n", encoding="utf-8")
    abzats("build", corpus, "--index", tmp_path / "index")
    assert abzats("show", unicodedata.normalize("NFD", "йод.txt#1"), "--index", tmp_path / "index").code == 0


@pytest.mark.parametrize("wanted", ["works/steel.md#¶9", "works/none.md", "#", "works/steel.md#¶0"])
def test_what_is_not_there_is_an_error(abzats: Abzats, index: Path, wanted: str) -> None:
    run = abzats("show", wanted, "--index", index)
    assert run.code == 2
    assert run.out == ""
    assert run.err.startswith(f"abzats: There is no {wanted} in the index.")


def test_the_error_is_russian_for_russians(abzats: Abzats, index: Path) -> None:
    run = abzats("show", "нет.md#1", "--index", index, language="ru")
    assert run.err == "abzats: В индексе нет нет.md#1. Что в нём есть, покажет abzats search\n"
