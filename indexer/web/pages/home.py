"""What an index has, for who has not asked yet."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from indexer.web.pages import addresses
from indexer.web.pages.search import Choice
from indexer.wording.messages import number

if TYPE_CHECKING:
    from indexer.types import IndexStatus

SOURCES_SHOWN = 12


def values(status: IndexStatus) -> dict[str, Any]:
    """Return what the template shows."""
    named = {source: count for source, count in status.sources.items() if source}
    sources = [
        Choice(source, addresses.of_query(f'источник:"{source}"'), is_on=False, count=number(count))
        for source, count in islice(named.items(), SOURCES_SHOWN)
        if '"' not in source  # it would end the quotation; the rest of its name would be other words
    ]
    return {"status": status, "sources": sources, "more_sources": len(named) - len(sources)}
