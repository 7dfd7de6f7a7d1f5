"""Take the pictures in screenshots/, for a person to compare: python -m tests.web.pages.pictures.

They are of the project's own corpus, in Russian, in the typeface that the machine has first of those in style.css: the
ones kept were taken with PT Serif (Debian's fonts-paratype).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from indexer import build_index
from tests.web.pages.conftest import NARROW, WIDE, chromium, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[3]
FOLDER = Path(__file__).parent / "screenshots"
PAGES = {
    "results": "/?q=закалка+стали",
    "document": "/document/industry/steel.md?q=закалка+стали#p4",
}
COLOURS = 256
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take(browser: Browser, address: str, folder: Path) -> None:
    """Save a picture of each page, in each width and scheme."""
    from PIL import Image  # noqa: PLC0415 -- of the extra browser, which only those who take pictures need

    for size in (WIDE, NARROW):
        for scheme in SCHEMES:
            context = browser.new_context(
                base_url=address, viewport={**size}, color_scheme=scheme, locale="ru-RU", reduced_motion="reduce"
            )
            page = context.new_page()
            for name, path in PAGES.items():
                page.goto(path, wait_until="networkidle")
                taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
                # Half of the bytes: a page has few colours.
                few = taken.quantize(COLOURS, Image.Quantize.MAXCOVERAGE)
                few.save(folder / f"{name}-{size['width']}-{scheme}.png", optimize=True)
            context.close()


def main() -> None:
    """Build the index, serve it, and look at it."""
    with TemporaryDirectory() as folder:
        build_index(ROOT / "corpus", Path(folder))
        with served(Path(folder)) as address, chromium() as browser:
            take(browser, address, FOLDER)


if __name__ == "__main__":
    main()
