from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Abzats, Shell

COMMANDS = ["", "build", "search", "forms", "show", "quote", "status", "serve", "evaluate", "mcp"]
ENGLISH = re.compile(
    r"\b(usage|options?|commands?|arguments?|show this|the|and|of|is|are|not|missing|try|error|invalid|default: all"
    r"|env var|folder|paragraphs?|words?|find|print|how|where|only)\b",
    re.IGNORECASE,
)
# What stays English in any language: names of commands and options, and what is typed after them.
NAMES = re.compile(
    r"abzats \w+|--?[a-z]+|\[[a-z|]+\]|corpus|index|quotation|archive-index|Model Context Protocol"
    r"|news/\S+|steel\.md|jq \S+|xargs|AND|OR"
)
HEAVY = ("numpy", "whoosh", "pymorphy3", "rich")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_command_has_help_in_both_languages(abzats: Abzats, command: str, option: str, language: str) -> None:
    run = abzats(*command.split(), option, language=language)
    assert run.code == 0
    assert run.err == ""
    assert run.out.startswith({"en": "Usage: abzats", "ru": "Как вызвать: abzats"}[language])
    assert f"abzats {command}".strip() in run.out


@pytest.mark.parametrize("command", COMMANDS)
def test_no_english_is_left_in_russian_help(abzats: Abzats, command: str) -> None:
    russian = abzats(*command.split(), "--help", language="ru").out
    assert ENGLISH.findall(NAMES.sub("", russian)) == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_help_fits_eighty_columns(abzats: Abzats, command: str, language: str) -> None:
    lines = abzats(*command.split(), "--help", language=language).out.splitlines()
    assert [line for line in lines if len(line) > 80] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_show_queries_in_single_quotes(abzats: Abzats, command: str) -> None:
    examples = [line for line in abzats(*command.split(), "-h").out.splitlines() if line.startswith("  abzats ")]
    assert examples
    assert [line for line in examples if re.match(r"  abzats \w+ \"", line)] == []


def test_the_bare_command_is_friendly(abzats: Abzats) -> None:
    run = abzats()
    assert run.code == 0
    assert run.out.count("\n  abzats ") == 3


def test_version_is_said(abzats: Abzats) -> None:
    run = abzats("--version")
    assert run.code == 0
    assert run.out.startswith("abzats ")


@pytest.mark.parametrize("language", ["ru", "ru_RU.UTF-8", "ru_RU:en", "fr:ru"])
def test_russian_is_spoken_to_who_wants_it(abzats: Abzats, language: str) -> None:
    assert abzats("-h", language=language).out.startswith("Как вызвать")


@pytest.mark.parametrize("language", ["en", "en_GB:ru", "C", "fr", "en_US.UTF-8:ru_RU"])
def test_english_is_spoken_to_everyone_else(abzats: Abzats, language: str) -> None:
    assert abzats("-h", language=language).out.startswith("Usage")


@pytest.mark.parametrize("variable", ["LC_ALL", "LC_MESSAGES", "LANG"])
def test_the_locale_is_heeded_where_no_language_is_named(abzats: Abzats, variable: str) -> None:
    run = abzats("-h", language="", env={"LANG": None, variable: "ru_RU.UTF-8"})
    assert run.out.startswith("Как вызвать")


@pytest.mark.parametrize("start", ["import indexer.cli", "from indexer.cli import main; main(['search', '--help'])"])
def test_help_imports_nothing_heavy(start: str) -> None:
    listing = f"import atexit, sys; atexit.register(lambda: print([m for m in {HEAVY} if m in sys.modules]))\n{start}"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_a_search_does_not_import_rich(index: Path) -> None:
    arguments = ["search", "сталь", "--index", str(index)]
    listing = (
        f"from indexer.cli import main\ntry: main({arguments})\nfinally:\n import sys; assert 'rich' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("arguments", "collects"), [(["search", "сталь", "-n", "1"], False), (["mcp", "-h"], True)])
def test_only_what_takes_long_collects_garbage(index: Path, arguments: list[str], *, collects: bool) -> None:
    told = (
        "import atexit, gc, sys; atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 10_000))\n"
        "from indexer.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", told, *arguments, *([] if collects else ["--index", str(index)])],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith(f"\n{collects} True\n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system tells no threads of a process")
def test_a_search_starts_no_threads(index: Path) -> None:
    told = "import atexit, os; atexit.register(lambda: print(len(os.listdir('/proc/self/task'))))\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{told}from indexer.cli import main; main()", "search", "сталь", "--index", str(index)],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"},
    )
    assert done.stdout.endswith("\n1\n")


def test_module_and_script_are_the_same(shell: Shell, abzats: Abzats) -> None:
    assert shell("search", "--help").out == abzats("search", "--help").out
