"""What is told beside the results on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.cli import screen
from indexer.wording.remarks import of_mendings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.errors import QuerySyntaxError
    from indexer.types import Mending

BEFORE, AFTER = 40, 20  # characters of a query around the one that a caret points at


def tell_mendings(query: str, mendings: Sequence[Mending]) -> None:
    """Say so on standard error."""
    for remark in of_mendings(query, mendings):
        screen.complain(remark)


def pointer(error: QuerySyntaxError) -> tuple[str, str]:
    """Give the query, as far as it fits a line, and a caret below the place that the error is about."""
    query, at = screen.clean(str(error.values["query"])), int(str(error.values["at"])) - 1
    start, stop = max(at - BEFORE, 0), at + AFTER
    lead = "  …" if start else "  "
    line = lead + query[start:stop] + ("…" if stop < len(query) else "")
    return line, " " * screen.columns(lead + query[start:at]) + "^"
