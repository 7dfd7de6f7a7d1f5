"""What the documents say is so: their commands are run, their output compared, their twins alike."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from Stemmer import Stemmer

from indexer import open_index, readers
from indexer.analysis import russian
from indexer.settings import Settings

if TYPE_CHECKING:
    from indexer.types import Term

ROOT = Path(__file__).parents[1]
READMES = {"en": ROOT / "README.md", "ru": ROOT / "README.ru.md"}


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def sessions(path: Path) -> list[tuple[str, str]]:
    """Return the commands of console blocks, each with what it prints."""
    return [
        (command.strip(), output)
        for block in blocks(path, "console")
        for command, output in re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", block, re.MULTILINE)
    ]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the corpus and an index of it, and an `abzats` to call."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    program = folder / "bin" / "abzats"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m indexer.cli "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    run("abzats build", folder, "en")
    return folder


def run(command: str, folder: Path, language: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "LANGUAGE": language,
        "LC_ALL": "C.UTF-8",
    }
    # As on a terminal: what is told beside the results stands before them.
    ran = subprocess.run(
        ["bash", "-c", f"{command} 2>&1"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return ran.stdout


@pytest.mark.parametrize("language", READMES)
def test_sample_sessions_are_real(checkout: Path, language: str) -> None:
    for command, output in sessions(READMES[language]):
        assert run(command, checkout, language) == output, command


def signs(path: Path) -> list[str]:
    """Return what the table of the query language says that one can type, in order."""
    [table] = re.findall(
        r"^## (?:Search|Поиск)\n.*?\n\n(\|.*?)\n\n", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    cells = [re.split(r"(?<!\\)\|", row)[1] for row in table.splitlines()[2:]]
    return [typed.replace("\\|", "|") for cell in cells for typed in re.findall("`(.+?)`", cell)]


def test_all_that_the_table_says_can_be_typed_means_something(checkout: Path) -> None:
    assert signs(READMES["en"]) == signs(READMES["ru"])
    with open_index(checkout / "index") as searcher:
        for typed in signs(READMES["en"]):
            is_operator = re.fullmatch(r"[A-Z&|]+|\w+/\w+", typed)
            query = f"рожь {typed} овёс" if is_operator else f"{typed}2023" if typed.endswith(":") else typed
            understood = searcher.understand(query, strict=True)
            assert understood.mendings == (), query
            if is_operator:
                assert [word.text for word in understood.words] == ["рожь", "овёс"], query


@pytest.mark.parametrize("language", READMES)
def test_the_library_example_runs(checkout: Path, language: str) -> None:
    for block in blocks(READMES[language], "python"):
        (checkout / "example.py").write_text(block, encoding="utf-8")
        printed = run(f'"{sys.executable}" example.py', checkout, language)
        assert "industry/steel.md#¶4 Закалка стали: почему горячий нож бросают в масло" in printed


def test_the_twins_have_the_same_commands_and_numbers() -> None:
    english, russian_twin = (path.read_text(encoding="utf-8") for path in READMES.values())
    for language in ("sh", "python"):
        assert blocks(READMES["en"], language) == blocks(READMES["ru"], language)
    assert [command for command, _ in sessions(READMES["en"])] == [command for command, _ in sessions(READMES["ru"])]
    assert len(re.findall(r"^#+ ", english, re.MULTILINE)) == len(re.findall(r"^#+ ", russian_twin, re.MULTILINE))
    assert numbers(english) == numbers(russian_twin)


def numbers(text: str) -> list[str]:
    """Return the figures of a text in order of size, however a language groups and points them."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return sorted(re.sub(r"[,\s]", "", n).replace(".", "") for n in re.findall(r"\d+(?:[.,  ]\d+)*", prose))


def test_there_are_two_set_up_commands_of_one_line() -> None:
    commands = blocks(READMES["en"], "sh")
    assert len(commands) == 2
    assert all(command.count("\n") == 1 and command.startswith("python3 -m venv") for command in commands)


def test_continuous_integration_runs_the_set_up_commands_of_the_readme() -> None:
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", READMES)
def test_formats_are_those_that_readers_take(language: str) -> None:
    rows = re.findall(r"^\| (`\.\w.*?) \|", READMES[language].read_text(encoding="utf-8"), re.MULTILINE)
    assert {suffix for row in rows for suffix in re.findall(r"`(\.\w+)`", row)} == set(readers.READERS)


def test_the_corpus_is_as_large_as_said() -> None:
    assert len(list((ROOT / "corpus").rglob("*.md"))) == 72
    assert "72" in READMES["en"].read_text(encoding="utf-8")


def test_the_comparison_with_stems_is_true() -> None:
    analyzer, stem = russian(Settings().analysis), Stemmer("russian").stemWord
    table = re.findall(
        r"^\| (\w+) — (?:в )?(\w+) \| (\w+), (\w+): .* \| (.*) \|$",
        READMES["en"].read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(table) == 5
    for first, second, first_stem, second_stem, ours in table:
        assert (stem(first.lower()), stem(second.lower())) == (first_stem, second_stem)
        found = set(lemmas(analyzer.terms(first))) & set(lemmas(analyzer.terms(second)))
        assert bool(found) == (ours == "found")


def lemmas(terms: list[Term]) -> list[str]:
    return [lemma.text for term in terms for lemma in term.lemmas]


def test_every_folder_of_the_package_is_on_the_map() -> None:
    map_ = (ROOT / "indexer" / "README.md").read_text(encoding="utf-8")
    modules = [path.relative_to(ROOT / "indexer") for path in (ROOT / "indexer").rglob("*.py")]
    for module in modules:
        if module.name not in {"__init__.py", "__main__.py"}:
            assert f"{module.stem}.py" in map_ or f"`{module.stem}`" in map_, module
