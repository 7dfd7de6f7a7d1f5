from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from .conftest import Abzats


def test_without_the_extra_one_is_told_what_to_install(
    abzats: Abzats, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)  # as where it is not installed
    monkeypatch.delitem(sys.modules, "indexer.mcp.server", raising=False)
    run = abzats("mcp", "--index", index)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("abzats: To serve a language model, the package mcp is needed")
    assert "pip install 'abzats[mcp]'" in run.err


def test_the_same_is_told_in_russian(abzats: Abzats, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "indexer.mcp.server", raising=False)
    assert "нужен пакет mcp" in abzats("mcp", "--index", index, language="ru").err
