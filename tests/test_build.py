"""A build by compiled loops makes the same index, and is chosen only where it pays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer import CompilerMissing, Document, build, build_index
from indexer.backends.whoosh import cores

if TYPE_CHECKING:
    from indexer.backends.whoosh.inversion import Scan
    from indexer.settings import Settings

CORPUS = Path(__file__).parents[1] / "corpus" / "cities"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list of whether loops were asked for, batch by batch; whether Numba is there is as if it was."""
    found: list[bool] = []
    scan = cores.scan

    def noted(batch: list[tuple[str, Document]], build: str, settings: Settings, *, by_loops: bool = False) -> Scan:
        found.append(by_loops)
        return scan(batch, build, settings, by_loops=by_loops)

    monkeypatch.setattr(cores, "scan", noted)
    monkeypatch.setattr(build, "is_there", lambda: True)
    return found


def segments(index: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in index.glob("*.abzats"))


def test_the_index_is_the_same(tmp_path: Path, asked: list[bool]) -> None:
    for name, compiled in (("arrays", False), ("loops", True)):
        build_index(CORPUS, tmp_path / name, processes=1, compiled=compiled)
    assert asked == [False, True]
    assert segments(tmp_path / "arrays") == segments(tmp_path / "loops") != []


def test_loops_are_chosen_where_so_much_is_read_that_they_pay(
    tmp_path: Path, asked: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(CORPUS, tmp_path / "little", processes=1, compiled=None)
    monkeypatch.setattr(build, "_WORTH_LOOPS", 1000)
    build_index(CORPUS, tmp_path / "much", processes=1, compiled=None)
    assert asked == [False, True]
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("a.txt", "b.txt"):
        (corpus / name).write_text("Сталь. " * 200, encoding="utf-8")
        build_index(corpus, tmp_path / "grown", processes=1, compiled=None)  # the second time little is new
    build_index(corpus, tmp_path / "grown", processes=1, compiled=None, rebuild=True)
    build_index([Document("a", "Сталь. " * 1000)], tmp_path / "given", processes=1, compiled=None)  # who knows how many
    assert asked[2:] == [True, False, True, False]


def test_who_asks_for_loops_without_numba_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "is_there", lambda: False)
    with pytest.raises(CompilerMissing, match="pip install 'abzats\\[fast\\]'"):
        build_index(CORPUS, tmp_path, compiled=True)
    build_index(CORPUS, tmp_path, compiled=None)
