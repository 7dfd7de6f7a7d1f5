"""What every engine promises."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from indexer.deadline import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from indexer.analysis import Found
    from indexer.deadline import Deadline
    from indexer.types import Facets, Filters, Form, Heading, Hits, IndexStatus, Paragraph, Query
    from indexer.vocabulary import Vocabulary

Sort: TypeAlias = Literal["relevance", "date"]


class Written(NamedTuple):
    """Forms in the texts, as written; those of deleted paragraphs may be among them."""

    always: Collection[str]  # that may have a lemma wherever they stand; one may come more than once
    sometimes: frozenset[str]  # that may have it only where they open a sentence, or only where they do not


class Engine(Protocol):
    """Finds, ranks and keeps paragraphs.

    Two engines with the same documents give the same paragraphs, with equal scores, in the same order: by score (or by
    date, the newest first, undated last, then by score), then by path and number.
    """

    def search(
        self,
        query: Query,
        filters: Filters,
        *,
        limit: int | None,
        offset: int,
        sort: Sort,
        per_document: bool,
        deadline: Deadline = NEVER,
    ) -> Hits:
        """Return a page of the ranking: `limit` hits (None: all) after the first `offset`.

        With `per_document`, a document counts once, by its best paragraph. QueryTooSlow after the deadline.
        """
        ...

    def facets(self, query: Query, filters: Filters, *, per_document: bool, deadline: Deadline = NEVER) -> Facets:
        """Return how many paragraphs, or documents, of what a query finds each source and each month has.

        QueryTooSlow after the deadline.
        """
        ...

    def scorer(self, path: str, number: int) -> Callable[[Query], float]:
        """Return what tells the score of a paragraph that is there.

        By a query that does not find it, it is what the query gives where another one finds it: relatives, the title.
        """
        ...

    def vocabulary(self, field: str) -> Vocabulary:
        """Return the forms of the texts or of a TextField; to read them takes a while."""
        ...

    def lemma_places(self, field: str, lemma: str) -> int:
        """Return how often a lemma stands in the texts or in a TextField."""
        ...

    def known(self, field: str, lemmas: Collection[str]) -> set[str]:
        """Return those of some lemmas that stand in the texts or in a TextField."""
        ...

    def found(self, form: str, opens_sentence: bool) -> Found | None:  # noqa: FBT001 -- a key, as Analyzer.found_by has it
        """Return what the analyzer found a word to be when it was indexed, or None if the engine does not know.

        Lemmas of the parts of a compound may be missing where the compound itself has them.
        """
        ...

    def written(self, lemmas: Collection[str]) -> Written:
        """Return how words in the texts that may have any of these lemmas are written."""
        ...

    def forms_of(self, lemma: str) -> dict[str, int]:
        """Return the forms in the texts that may have the lemma, as written, and how often each stands there at all."""
        ...

    def spellings(self, form: str) -> dict[str, int]:
        """Return the ways in which a folded form is written in the texts, and how often each stands there."""
        ...

    def form_places(self, field: str, form: Form) -> int:
        """Return how often a form stands in the texts or in a TextField."""
        ...

    def heading(self, path: str) -> Heading | None:
        """Return what is known of a document, or None if it is not there."""
        ...

    def paragraphs(self, path: str, first: int, last: int) -> tuple[Paragraph, ...]:
        """Return the paragraphs of a document with these numbers, in order; those that are not there are left out."""
        ...

    def length(self, path: str) -> int:
        """Return how many paragraphs a document has; 0 if it is not there."""
        ...

    def close(self) -> None:
        """Let go of files; the engine is not used after it."""
        ...


class Opened(Protocol):
    """A build of an index, opened, and what is told of it beside what it finds."""

    @property
    def engine(self) -> Engine:
        """What searches it."""
        ...

    @property
    def generation(self) -> int:
        """Which build it is; the number grows with every build that changed something."""
        ...

    @property
    def built(self) -> datetime:
        """When that was."""
        ...

    @property
    def expected(self) -> tuple[str, ...]:
        """Lemmas that many questions will ask for, if many are expected; () if only a few are."""
        ...

    def is_newest(self) -> bool:
        """Whether no other build has been committed since; so too if the index is gone."""
        ...

    def look_for_damage(self, wrong: Exception) -> None:
        """Look, since something went wrong, whether what is stored is what was written; IndexDamaged if it is not."""
        ...

    def verify(self) -> int:
        """Read all that is stored, return its bytes; IndexDamaged if it is not what was written.

        0 where nothing was read, for what stores it looks at its checksums by itself.
        """
        ...

    def status(self) -> IndexStatus:
        """Return what is in it."""
        ...


def at_path(pattern: str) -> Callable[[str], bool]:
    """Return whether a folded path is what AtPath asks for.

    >>> [at_path(pattern)("news/2023/steel.md") for pattern in ("2023", "news/*", "*.md", "n?ws", "[n]ews")]
    [True, True, True, False, False]
    """
    if "*" in pattern or "?" in pattern:
        # fnmatch's expressions take no exponential time; a bracket is a bracket here.
        whole = re.compile(translate(pattern.replace("[", "[[]")))
        return lambda path: whole.match(path) is not None
    return lambda path: pattern in path
