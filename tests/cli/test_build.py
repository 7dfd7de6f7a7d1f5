from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Abzats, Shell, Terminal


def facts(out: str) -> dict[str, str]:
    """Give the table of a summary by its labels."""
    return dict(re.findall(r"^  (\S.*?)  +(\S.*)$", out, re.MULTILINE))


def test_the_summary_tells_what_is_in_the_index(abzats: Abzats, corpus: Path, tmp_path: Path) -> None:
    run = abzats("build", corpus, "--index", tmp_path / "index")
    assert run.code == 0
    assert re.match(r"The index is ready in \d+\.\d s: ", run.out)
    summary = facts(run.out)
    assert summary["Documents"] == "3"
    assert summary["Paragraphs"] == "8"
    assert int(summary["Words"]) > int(summary["Lemmas"]) > 20
    assert re.fullmatch(r"\d+\.\d KB", summary["Size"])
    assert summary["Files"].startswith(("3 added", "4 added"))
    assert summary["Passed over"] == ".jpg × 1"


def test_the_summary_is_russian_for_russians(abzats: Abzats, corpus: Path, tmp_path: Path) -> None:
    run = abzats("build", corpus, "--index", tmp_path / "index", language="ru")
    assert re.match(r"Индекс готов за \d+,\d с: ", run.out)
    assert facts(run.out)["Документов"] == "3"
    assert run.err.startswith("Не удалось прочесть 1 файл:\n  empty.txt: ")


def test_what_could_not_be_read_is_said_with_its_reason(abzats: Abzats, corpus: Path, tmp_path: Path) -> None:
    run = abzats("build", corpus, "--index", tmp_path / "index")
    assert run.err.splitlines() == ["1 file could not be read:", "  empty.txt: the file is empty"]


def test_of_many_unreadable_files_the_first_twenty_are_named(abzats: Abzats, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "good.txt").write_text("Читаемый текст.\n", encoding="utf-8")
    for number in range(25):
        (corpus / f"{number:02}.txt").touch()
    run = abzats("build", corpus, "--index", tmp_path / "index")
    assert run.code == 0
    lines = run.err.splitlines()
    assert lines[0] == "25 files could not be read:"
    assert len(lines) == 22
    assert lines[-1] == "  … and 5 more; abzats status --files lists all"


def test_a_guessed_encoding_is_said(abzats: Abzats, tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_bytes("Ёж и уж.".encode("koi8-r"))
    run = abzats("build", tmp_path, "--index", tmp_path / "index")
    assert run.code == 0
    assert run.err.startswith("1 file is in an encoding that was guessed")
    assert "  short.txt: " in run.err


def test_a_second_build_tells_what_has_changed(abzats: Abzats, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("stays", "changes", "goes"):
        (corpus / f"{name}.txt").write_text(f"Файл {name} рассказывает о мёде.\n", encoding="utf-8")
    build = ("build", corpus, "--index", tmp_path / "index")
    assert facts(abzats(*build).out)["Files"] == "3 added"
    assert facts(abzats(*build).out)["Files"] == "3 unchanged"
    (corpus / "changes.txt").write_text("Теперь о стали.\n", encoding="utf-8")
    (corpus / "goes.txt").unlink()
    assert facts(abzats(*build).out)["Files"] == "1 changed, 1 removed, 1 unchanged"
    assert "unchanged" not in facts(abzats(*build, "--rebuild").out)["Files"]


def test_quiet_says_only_what_could_not_be_read(abzats: Abzats, corpus: Path, tmp_path: Path) -> None:
    run = abzats("build", "-q", corpus, "--index", tmp_path / "index")
    assert run.out == ""
    assert "empty.txt" in run.err


def test_corpus_and_index_have_defaults(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Мёд и воск.\n", encoding="utf-8")
    assert shell("build").code == 0
    assert (tmp_path / "index").is_dir()
    assert shell("search", "воска").code == 0


def test_the_environment_names_the_index(abzats: Abzats, corpus: Path, tmp_path: Path) -> None:
    env = {"ABZATS_INDEX": str(tmp_path / "elsewhere")}
    assert abzats("build", corpus, env=env).code == 0
    assert abzats("search", "мёд", env=env).code == 0
    assert abzats("search", "мёд", "--index", tmp_path / "nowhere", env=env).code == 2


@pytest.mark.parametrize("option", [("--processes", "2"), ("--wait", "0.5"), ("--wait", "0,5"), ("--processes=1",)])
def test_options_with_numbers_are_taken(abzats: Abzats, corpus: Path, tmp_path: Path, option: tuple[str, ...]) -> None:
    assert abzats("build", corpus, "--index", tmp_path / "index", *option).code == 0


@pytest.mark.parametrize("option", [("--processes", "0"), ("--processes", "many"), ("--wait", "-1"), ("--wait", "x")])
def test_nonsense_in_numbers_is_refused(abzats: Abzats, corpus: Path, option: tuple[str, ...]) -> None:
    run = abzats("build", corpus, *option)
    assert run.code == 2
    assert run.err.startswith(f"abzats: Invalid value for '{option[0]}'")


def test_no_corpus_is_an_error_that_says_what_to_do(abzats: Abzats, tmp_path: Path) -> None:
    run = abzats("build", tmp_path / "none", "--index", tmp_path / "index")
    assert run.code == 2
    assert run.err.startswith(f"abzats: No documents at {tmp_path / 'none'}: ")
    assert len(run.err.splitlines()) == 1


def test_an_engine_that_is_none_is_an_error(abzats: Abzats, corpus: Path) -> None:
    run = abzats("build", corpus, "--engine", "ray")
    assert run.code == 2
    assert run.err.startswith("abzats: 'ray' cannot build it: there is no such engine, but spark. ")


def test_an_engine_that_cannot_build_this_says_so_in_russian(abzats: Abzats, corpus: Path) -> None:
    run = abzats("build", corpus, "--engine", "spark", language="ru")
    assert run.code == 2
    assert run.err.startswith(
        "abzats: 'spark' этого не построит: его исполнители пишут на кластер, а индекс — в папке. "
    )


def test_an_address_stays_as_it_was_typed(abzats: Abzats) -> None:
    run = abzats("build", "s3a://bucket/news")
    assert run.code == 2
    assert run.err.startswith("abzats: No documents at s3a://bucket/news: Spark alone reads from an address;")


def test_a_terminal_sees_progress_and_a_hint(terminal: Terminal, corpus: Path, tmp_path: Path) -> None:
    shown = terminal("build", corpus, "--index", tmp_path / "my index")
    assert "━" in shown
    assert "Writing the index" in shown
    assert f"Now search: abzats search --index '{tmp_path}/my index' 'сельское хозяйство'" in shown


def test_elsewhere_there_is_neither(shell: Shell, corpus: Path, tmp_path: Path) -> None:
    run = shell("build", corpus, "--index", tmp_path / "index")
    assert "━" not in run.err
    assert "Now search" not in run.out
    assert "\x1b" not in run.out + run.err
