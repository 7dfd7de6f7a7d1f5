"""A tiny corpus, its index, and two ways to run the command: in this process and in one of its own."""

from __future__ import annotations

import gettext
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest
from click.testing import CliRunner

from indexer.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import IO

ROOT = Path(__file__).parents[2]
PLAIN: dict[str, str | None] = dict.fromkeys(
    ("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "ABZATS_INDEX", "LC_ALL", "LC_MESSAGES", "COLUMNS", "PYTHONIOENCODING")
)

STEEL = """\
# Как закаляют сталь

Published at: **2019-11-06T09:30:00+00:00**

Author: **Пётр Кузнецов**

Original: [Заводская газета](https://example.org/steel)

Кузнец нагревает заготовку до вишнёвого цвета и долго смотрит на неё.
Закалка стали требует точности: минута промедления портит клинок.
Потом сталь отпускают в масле, и она перестаёт быть хрупкой.
Закаляли и стекло, но об этом другая история.
"""
HONEY = """\
# Мёд с дальнего луга

Published at: **2023-05-12T08:00:00+00:00**

Original: [Пасека сегодня](https://example.org/honey)

Пчёлы собирают мёд с гречихи, клевера и иван-чая.
Сельское хозяйство без пчёл осталось бы без половины урожая.
На выставке сельского хозяйства показали улей из стекла.
"""
NOTE = "Сталь ржавеет, а стекло нет; поэтому банки для мёда делают из стекла.\n"


class Run(NamedTuple):
    code: int
    out: str
    err: str


class Abzats(Protocol):
    def __call__(
        self,
        *arguments: str | Path | int,
        language: str = "en",
        stdin: str | bytes | IO[bytes] = "",
        env: Mapping[str, str | None] | None = None,
    ) -> Run: ...


class Shell(Protocol):
    def __call__(
        self,
        *arguments: str | bytes | Path,
        language: str = "en",
        env: Mapping[str, str] | None = None,
        stdout: int | IO[bytes] = subprocess.PIPE,
    ) -> Run: ...


class Terminal(Protocol):
    def __call__(self, *arguments: str | Path, columns: int = 80, env: Mapping[str, str] | None = None) -> str: ...


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Let no test leave its language to the next one."""
    yield
    gettext.textdomain("messages")


def in_process(
    arguments: Sequence[str | Path | int], language: str, stdin: str | bytes | IO[bytes], env: Mapping[str, str | None]
) -> Run:
    code = None
    with CliRunner(env={**PLAIN, "LANGUAGE": language, **env}).isolation(input=stdin) as (out, err, _both):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code
        sys.stdout.flush()
        sys.stderr.flush()
    assert isinstance(code, int)
    return Run(code, out.getvalue().decode(), err.getvalue().decode())


@pytest.fixture
def abzats() -> Abzats:
    """Run the command in this process."""

    def run(
        *arguments: str | Path | int,
        language: str = "en",
        stdin: str | bytes | IO[bytes] = "",
        env: Mapping[str, str | None] | None = None,
    ) -> Run:
        return in_process(arguments, language, stdin, env or {})

    return run


def environment(language: str, env: Mapping[str, str] | None) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in PLAIN}
    return {**inherited, "LANGUAGE": language, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **(env or {})}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Run the command in a process of its own, in an empty folder."""

    def run(
        *arguments: str | bytes | Path,
        language: str = "en",
        env: Mapping[str, str] | None = None,
        stdout: int | IO[bytes] = subprocess.PIPE,
    ) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "indexer.cli", *arguments],
            env=environment(language, env),
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
        return Run(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())

    return run


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Run the command on a terminal and give back all that it shows."""

    def run(*arguments: str | Path, columns: int = 80, env: Mapping[str, str] | None = None) -> str:
        try:
            ours, theirs = pty.openpty()
        except OSError as none:
            pytest.skip(f"no pseudo-terminal to be had: {none}")
        with subprocess.Popen(
            [sys.executable, "-m", "indexer.cli", *arguments],
            env=environment("en", {"COLUMNS": str(columns), "TERM": "xterm", **(env or {})}),
            cwd=tmp_path,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            shown = b"".join(iter(lambda: _read(ours), b""))
            os.close(ours)
            assert process.wait() == 0
        return shown.decode().replace("\r\n", "\n")

    return run


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other side is closed
        return b""


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "works").mkdir()
    (folder / "works" / "steel.md").write_text(STEEL, encoding="utf-8")
    (folder / "honey.md").write_text(HONEY, encoding="utf-8")
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    return folder


@pytest.fixture(scope="session")
def index(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "index"
    built = in_process(["build", corpus, "--index", folder, "-q"], "en", "", {})
    assert built.code == 0, built.err
    return folder
