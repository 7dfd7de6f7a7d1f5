"""What a client may keep of a reply: as long as the index is the same."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.web.generations import Current

KEPT = "private, no-cache"  # kept by whoever asked, and asked about each time


def tag(current: Current, *more: str) -> str:
    """Return the ETag of all that is told of a generation; `more` is what else a reply depends on, as its language.

    The day belongs to it, for «дата:вчера» is another one tomorrow, and the version, for it decides what is told.
    """
    made = f"{current.searcher.built.timestamp():.6f}"
    return '"' + "-".join((str(current.generation), made, f"{datetime.now(UTC):%Y%m%d}", version(), *more)) + '"'


def is_known(etag: str, headers: Mapping[str, str]) -> bool:
    """Whether whoever asks has the reply with this ETag already."""
    known = headers.get("if-none-match", "")
    return known.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in known.split(",")}


@cache
def version() -> str:
    """Return the version of the program; 0 where it runs without being installed."""
    try:
        return metadata.version("abzats")
    except metadata.PackageNotFoundError:
        return "0"
