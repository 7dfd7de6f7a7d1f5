from __future__ import annotations

import os
import subprocess
import sys

import pytest

# As where the extra is not installed.
WITHOUT = "import sys; sys.modules['mcp'] = None; from indexer.cli import main; main(['mcp'])"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "abzats: To serve a language model, the package mcp is needed"),
        ("ru", "abzats: Чтобы служить языковой модели, нужен пакет mcp"),
    ],
)
def test_without_the_extra_one_is_told_what_to_install(language: str, told: str) -> None:
    environment = {**os.environ, "LANGUAGE": language, "LC_ALL": "C.UTF-8"}
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        capture_output=True,
        text=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(told)
    assert "pip install 'abzats[mcp]'" in run.stderr
    assert run.stderr.count("\n") == 1
