"""The pictures kept for a person are those that the script takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.pages import pictures

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


def test_pictures_are_kept_of_each_page(browser: Browser, address: str, tmp_path: Path) -> None:
    pytest.importorskip("PIL", reason="Pillow is not installed: pip install '.[browser]'")
    pictures.take(browser, address, tmp_path)
    taken = {path.name for path in tmp_path.iterdir()}
    assert taken == {path.name for path in pictures.FOLDER.glob("*.png")}
    assert len(taken) == len(pictures.PAGES) * 4
