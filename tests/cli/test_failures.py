"""Whatever goes wrong is a line on standard error and an exit code, never a traceback."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer import errors
from indexer.errors import IndexerError
from indexer.wording import failures, messages

if TYPE_CHECKING:
    from .conftest import Abzats, Shell

FULL = Path("/dev/full")
VALUES = {
    "path": "индекс",
    "reason": "No space left on device",
    "holder": "process 17 on столе since 2023",
    "query": "!",
    "engine": "ray",
    "master": "spark://здесь:7077",
    "words": 2000,
    "most": 1000,
    "mask": "*",
    "assignment": "ranking.b=2",
    "part": "ста*",
    "count": 6000,
    "seconds": 10.0,
    "host": "здесь",
    "port": 8000,
    "least": 3,
    "at": 5,
    "what": "(",
    "id": "а.md#¶1",
}
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, IndexerError)]


@pytest.mark.parametrize("command", [("search", "сталь"), ("show", "а.md"), ("status",)])
def test_no_index_is_said_with_what_to_do(abzats: Abzats, tmp_path: Path, command: tuple[str, ...]) -> None:
    where = tmp_path / "none"
    run = abzats(*command, "--index", where)
    assert run == (2, "", f"abzats: No index at {where}. Build one: abzats build CORPUS --index {where}\n")


def test_no_index_is_said_in_russian(shell: Shell) -> None:
    run = shell("search", "сталь", language="ru")
    assert run == (2, "", "abzats: Индекса нет: index. Постройте его: abzats build ТЕКСТЫ --index index\n")


def test_a_query_without_words_is_an_error(abzats: Abzats, index: Path) -> None:
    run = abzats("search", "!", "--index", index)
    assert run.code == 2
    assert run.err.startswith("abzats: There is no word to look for in '!'.")


def test_a_damaged_index_is_an_error(shell: Shell, index: Path, tmp_path: Path) -> None:
    for number, file in enumerate(sorted(index.iterdir())):
        if file.stat().st_size == 0 or file.name.endswith("LOCK"):
            continue
        damaged = tmp_path / str(number)
        shutil.copytree(index, damaged)
        (damaged / file.name).write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        run = shell("search", "сталь", "--index", damaged)
        assert run.code in {0, 2}, file.name
        if run.code == 2:
            assert run.err.startswith("abzats: "), file.name
            assert len(run.err.splitlines()) == 1, run.err


@pytest.mark.parametrize("kind", KINDS)
def test_every_failure_can_be_said_in_russian(kind: type[IndexerError], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "ru")
    messages.choose(os.environ)
    said = failures.sentence(kind(**VALUES))
    assert "{" not in said
    assert "No space" not in said
    assert "process" not in said


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Permission denied", "нет прав доступа"),
        ("_main_7.toc: Permission denied", "_main_7.toc: нет прав доступа"),
        ("terms.bin is cut short", "файл terms.bin обрезан"),
        ("news.jsonl:17: the file is empty; and 5 more", "news.jsonl:17: файл пуст; и ещё 5"),
        ("permission denied; give yourself the right to read it", "нет прав доступа; откройте себе доступ к нему"),
        (
            "the link leads to nothing; mend or delete it; no words in it",
            "ссылка никуда не ведёт; исправьте или удалите её; в нём нет слов",
        ),
        ("it is a PDF, not text; export it as text", "это PDF, а не текст; сохраните его как текст"),
        (
            "n.jsonl:2: it is no JSON: extra data at column 2; mend the line; n.jsonl:3: the file is empty",
            "n.jsonl:2: это не JSON: лишнее в столбце 2; исправьте строку; n.jsonl:3: файл пуст",
        ),
        ("something never heard of", "something never heard of"),
        ("", ""),
    ],
)
def test_reasons_are_translated_as_far_as_they_are_known(
    reason: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "ru")
    messages.choose(os.environ)
    assert failures.phrase(reason) == expected


@pytest.mark.parametrize("endless", ["a: " * 50_000, "a; " * 50_000, "it is a; " * 50_000, "it is no JSON: " * 50_000])
def test_no_reason_is_too_long(endless: str) -> None:
    assert failures.phrase(endless) == endless


def test_what_the_user_typed_is_not_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "ru")
    messages.choose(os.environ)
    assert "«binary data»" in failures.sentence(errors.QueryEmpty(query="binary data"))


# --- usage ------------------------------------------------------------------------------------------------------------

MISUSES = [
    ("search",),
    ("search", "--jsno", "x"),
    ("search", "x", "--format", "xml"),
    ("search", "x", "-n"),
    ("search", "x", "-n", "-1"),
    ("search", "x", "-n", "many"),
    ("search", "x", "--offset", "1.5"),
    ("show",),
    ("show", "a", "b"),
    ("status", "--files=1"),
    ("status", "x"),
    ("serach", "x"),
    ("--nothing",),
]


@pytest.mark.parametrize("arguments", MISUSES)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_misuse_is_two_lines_and_exit_two(abzats: Abzats, arguments: tuple[str, ...], language: str) -> None:
    run = abzats(*arguments, language=language)
    assert run.code == 2
    assert run.out == ""
    lines = run.err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("abzats: ")
    assert lines[1].endswith(" --help" if language == "ru" else " --help' for help.")


@pytest.mark.parametrize("arguments", MISUSES)
def test_misuse_is_said_in_russian(abzats: Abzats, arguments: tuple[str, ...]) -> None:
    first = abzats(*arguments, language="ru").err.splitlines()[0].removeprefix("abzats: ")
    said = " ".join(word for word in first.split() if word[:1] not in "-'«")
    assert any("а" <= letter <= "я" for letter in said)
    assert not {"is", "not", "No", "such", "Missing", "requires", "value", "Got", "Did"} & set(said.split())


def test_who_forgets_the_command_is_helped(abzats: Abzats) -> None:
    assert "To search: abzats search 'сельское хозяйство'" in abzats("сельское хозяйство").err


# --- the surroundings of the process ----------------------------------------------------------------------------------


class _Raising(io.BytesIO):
    """An input that raises when read; a read of nothing is only click's look whether it is binary."""

    def __init__(self, failure: type[BaseException]) -> None:
        super().__init__()
        self._failure = failure

    def read(self, size: int | None = -1, /) -> bytes:
        if size == 0:
            return b""
        raise self._failure

    read1 = read


def test_control_c_is_quiet(abzats: Abzats) -> None:
    run = abzats("search", "-", stdin=_Raising(KeyboardInterrupt))
    assert run.code == 130
    assert run.out + run.err.strip() == ""


def test_a_bug_is_not_hidden(abzats: Abzats) -> None:
    with pytest.raises(Exception, match=r"^$") as bug:
        abzats("search", "-", stdin=_Raising(EOFError))
    assert isinstance(bug.value.__cause__, EOFError)


@pytest.mark.parametrize("command", [("search", "сталь", "--json"), ("show", "note.txt"), ("status",), ()])
def test_a_closed_pipe_is_quiet(shell: Shell, index: Path, command: tuple[str, ...]) -> None:
    theirs, ours = os.pipe()
    os.close(theirs)
    with os.fdopen(ours, "wb") as pipe:
        run = shell(*command, stdout=pipe, env={"ABZATS_INDEX": str(index)})
    assert run.err == ""
    assert run.code == 0


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_an_error(shell: Shell, index: Path) -> None:
    with FULL.open("wb") as full:
        run = shell("search", "сталь", "--index", index, stdout=full)
    assert run == (2, "", "abzats: The output could not be written: No space left on device\n")


def test_output_may_be_closed_altogether(index: Path) -> None:
    command = [sys.executable, "-m", "indexer.cli", "search", "сталь", "--index", str(index)]
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_arguments_need_not_be_text(shell: Shell, index: Path, tmp_path: Path) -> None:
    found = shell("search", "сталь".encode() + b" \xff", "--index", index)
    assert found.code == 0, found.err
    nowhere = shell("search", "сталь", "--index", os.fsencode(tmp_path) + b"/\xff")
    assert nowhere.code == 2
    assert nowhere.err.startswith("abzats: No index at ")
    assert shell("show", b"\xff.md", "--index", index).err.startswith("abzats: There is no ")


def test_an_index_need_not_have_a_name_in_utf8(shell: Shell, corpus: Path, tmp_path: Path) -> None:
    index = os.fsencode(tmp_path) + b"/\xff"
    assert shell("build", corpus, "--index", index).code == 0
    assert shell("search", "сталь", "--index", index).code == 0
    assert shell("status", "--index", index).code == 0


@pytest.mark.parametrize(("encoding", "origin"), [("koi8-r", "Заводская газета"), ("cp1251", "Заводская газета")])
def test_an_old_terminal_gets_what_it_can_show(
    shell: Shell, index: Path, encoding: str, origin: str, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("wb") as out:
        run = shell(
            "search", "закалка", "--index", index, stdout=out, env={"PYTHONIOENCODING": encoding}, language="ru"
        )
    assert run.code == 0
    shown = (tmp_path / "out").read_bytes().decode(encoding)
    assert origin in shown
    assert "works/steel.md#" in shown


def test_a_terminal_of_ascii_does_not_raise(shell: Shell, index: Path) -> None:
    run = shell("search", "закалка", "--index", index, env={"PYTHONIOENCODING": "ascii"})
    assert run.code == 0
    assert "works/steel.md#2" in run.out
