"""What every engine promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from indexer.types import Filters, Heading, Hits, Paragraph, Query

Sort: TypeAlias = Literal["relevance", "date"]


class Engine(Protocol):
    """Finds, ranks and keeps paragraphs.

    Two engines with the same documents give the same paragraphs, with equal scores, in the same order: by score (or by
    date, the newest first, undated last, then by score), then by path and number.
    """

    def search(
        self, query: Query, filters: Filters, *, limit: int | None, offset: int, sort: Sort, per_document: bool
    ) -> Hits:
        """Return a page of the ranking: `limit` hits (None: all) after the first `offset`.

        With `per_document`, a document counts once, by its best paragraph.
        """
        ...

    def heading(self, path: str) -> Heading | None:
        """Return what is known of a document, or None if it is not there."""
        ...

    def paragraphs(self, path: str, first: int, last: int) -> tuple[Paragraph, ...]:
        """Return the paragraphs of a document with these numbers, in order; those that are not there are left out."""
        ...

    def close(self) -> None:
        """Let go of files; the engine is not used after it."""
        ...
