"""What a build has done on every core: who does it imports this and `workers`, and nothing else of a build."""

from __future__ import annotations

from dataclasses import fields
from functools import cache, lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.analysis import russian
from indexer.backends.whoosh import lookup
from indexer.backends.whoosh.inversion import Scan, Scanner
from indexer.types import Document, Heading

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.backends.whoosh.words import Entries
    from indexer.pieces import Share, Survey
    from indexer.settings import Settings

_HEADING = attrgetter(*(one.name for one in fields(Heading)))


class Batch(list["tuple[str, Document]"]):
    """Documents, each with the name of its file; they go to another process as columns, in half of the time."""

    def __reduce__(self) -> tuple[Callable[[_Columns], list[tuple[str, Document]]], tuple[_Columns]]:
        """By the columns, which become rows in a list of no special kind."""
        texts = [document.text for _, document in self]
        headings = list(zip(*(_HEADING(document) for _, document in self), strict=True))
        text, encoding = _encoded("".join(texts))
        return _rows, (_Columns([file for file, _ in self], headings, list(map(len, texts)), text, encoding),)


class _Columns(NamedTuple):
    """Documents as few large objects."""

    files: list[str]
    headings: list[tuple[Any, ...]]  # a column for each field of a heading
    lengths: list[int]  # of the texts, in characters
    text: bytes  # all texts, one after another
    encoding: str


def _encoded(text: str) -> tuple[bytes, str]:
    """Return a text as bytes, and how they tell it: as strings are in memory, which takes a third of UTF-8's time."""
    try:
        return text.encode("utf-16-le"), "utf-16-le"
    except UnicodeEncodeError:  # half of a pair, which might become a whole one with its neighbour
        return text.encode("utf-32-le", "surrogatepass"), "utf-32-le"


def _rows(of: _Columns) -> list[tuple[str, Document]]:
    text = of.text.decode(of.encoding, "surrogatepass")
    ends = accumulate(of.lengths)
    texts = [text[end - length : end] for end, length in zip(ends, of.lengths, strict=True)]
    paths, *others = of.headings or [()]
    return list(zip(of.files, map(Document, paths, texts, *others), strict=True))


def scan(share: Share, build: str, settings: Settings) -> tuple[Survey | None, Scan]:
    """Return documents as numbers of the words that this process has met, and of files what was seen of them."""
    survey, documents = (None, share) if isinstance(share, list) else share.read(settings)
    return survey, _scanner(build, settings).scan(documents)


@lru_cache(1)
def _scanner(build: str, settings: Settings) -> Scanner:  # noqa: ARG001 -- each build has its own
    return Scanner(_analyzer(settings.analysis), settings.reading)


def look_up(keys: list[bytes], settings: Settings) -> Entries:
    """Return what words are found by."""
    return lookup.look_up(keys, _analyzer(settings.analysis))


# One for each process.
_analyzer = cache(russian)
