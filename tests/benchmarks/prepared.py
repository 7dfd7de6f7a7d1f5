"""A corpus on disk in the two shapes in which systems take it: documents for ours, rows for the others.

All read lines of a thousand records in JSON, and the reading is part of every build. A row is a paragraph as our own
reading parts it, so all systems have the same units. Sources and dates are made up, for the corpus has none: the name
of the channel or of the collection, and a day out of twenty-five years.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from indexer import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from indexer.analysis import Analyzer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY, _DAYS = 10_957, 9_131  # 2000 to 2024
_TOGETHER = 1000  # records in a line
_NO_WORD = re.compile(r"\W")


class Row(NamedTuple):
    """A paragraph as the other systems get it."""

    number: int  # in the corpus, from 0
    text: str
    lemmas: str  # the likeliest of each word, with spaces between; empty if the corpus was prepared without
    source: str
    day: int  # since 1970


@dataclass(frozen=True, slots=True)
class Facts:
    """How large a corpus is."""

    paragraphs: int
    words: int  # tokens, as we count them; 0 if it was prepared without lemmas
    bytes: int  # of the text in UTF-8


class Prepared:
    """A corpus in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def facts(self) -> Facts:
        """How large it is."""
        return Facts(**json.loads((self.folder / "facts.json").read_text(encoding="utf-8")))

    def documents(self) -> Iterator[Document]:
        """Give the documents."""
        for path, text, title, source, day in _records(self.folder / "documents.jsonl"):
            yield Document(path, text, title=title, source=source, date=date(day))

    def rows(self) -> Iterator[Row]:
        """Give the paragraphs."""
        for record in _records(self.folder / "rows.jsonl"):
            yield Row(*record[1:])

    def first_rows(self) -> dict[str, int]:
        """Return the number of the first paragraph of each document, by its path."""
        found: dict[str, int] = json.loads((self.folder / "first_rows.json").read_text(encoding="utf-8"))
        return found


def date(day: int) -> datetime:
    """Return the midnight at which a day begins.

    >>> date(10_957).isoformat()
    '2000-01-01T00:00:00+00:00'
    """
    return EPOCH + timedelta(days=day)


def lemmas(text: str) -> list[str]:
    """Return the likeliest lemma of each word; «т.е.» becomes «т_е_», so that nobody's tokeniser parts it again.

    >>> lemmas("в Казахстане, т.е.")
    ['в', 'казахстан', 'т_е_']
    """
    return [_NO_WORD.sub("_", term.lemmas[0].text) for term in _analyzer().terms(text)]


@cache
def _analyzer() -> Analyzer:
    # Those who need no lemmas must not pay for the dictionary with memory, nor with their first answer.
    from indexer.analysis import russian  # noqa: PLC0415 -- see above
    from indexer.settings import Settings  # noqa: PLC0415 -- see above

    return russian(Settings().analysis)


def prepare(documents: Iterable[Document], folder: Path, *, with_lemmas: bool = True) -> Prepared:
    """Write a corpus into a folder."""
    folder.mkdir(parents=True)
    corpus = Prepared(folder)
    _write(folder / "documents.jsonl", map(_record, documents))
    _write(folder / "rows.jsonl", _rows(corpus, with_lemmas=with_lemmas))
    first_rows: dict[str, int] = {}
    facts = Facts(0, 0, 0)
    for path, number, text, of_words, _, _ in _records(folder / "rows.jsonl"):
        first_rows.setdefault(path, number)
        facts = Facts(number + 1, facts.words + len(of_words.split()), facts.bytes + len(text.encode()))
    (folder / "first_rows.json").write_text(json.dumps(first_rows, ensure_ascii=False), encoding="utf-8")
    (folder / "facts.json").write_text(json.dumps(asdict(facts)), encoding="utf-8")
    return corpus


def _record(document: Document) -> tuple[Any, ...]:
    collection = document.path.partition(":")[0]
    source = document.title if collection == "tg" else collection
    day = _FIRST_DAY + crc32(document.path.encode()) % _DAYS
    return document.path, document.text, document.title, source, day


def _rows(corpus: Prepared, *, with_lemmas: bool) -> Iterator[tuple[Any, ...]]:
    from indexer.paragraphs import split  # noqa: PLC0415 -- those who only read a corpus need not know how it is made
    from indexer.settings import Settings  # noqa: PLC0415 -- likewise

    reading = Settings().reading
    number = 0
    for path, text, _, source, day in _records(corpus.folder / "documents.jsonl"):
        for paragraph in split(Document(path, text), reading):
            of_words = lemmas(paragraph.text) if with_lemmas else []
            yield path, number, paragraph.text, " ".join(of_words), source, day
            number += 1


def _write(path: Path, records: Iterable[tuple[Any, ...]]) -> None:
    left = iter(records)
    with path.open("w", encoding="utf-8") as file:
        while together := list(islice(left, _TOGETHER)):
            file.write(json.dumps(together, ensure_ascii=False) + "\n")


def _records(path: Path) -> Iterator[list[Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield from json.loads(line)
