"""SQLite's FTS5 by the standard library: words as its unicode61 parts them, which knows no Russian, and our lemmas."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING, cast

from tests.benchmarks.peers.base import BEST
from tests.benchmarks.prepared import lemmas

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.asked import Question
    from tests.benchmarks.peers.base import Ready
    from tests.benchmarks.prepared import Prepared

_FILE = "rows.sqlite"
_SEARCH = f"SELECT rowid, rank FROM rows WHERE rows MATCH ? ORDER BY rank LIMIT {BEST}"  # noqa: S608 -- a number
_NARROWED = (
    "SELECT rows.rowid, rank FROM rows JOIN heading ON heading.row = rows.rowid "  # noqa: S608 -- a number
    f"WHERE rows MATCH ? AND {{condition}} ORDER BY rank LIMIT {BEST}"
)


class Fts5Asker:
    """An open file. The number of all rows found would be another search, and is not asked for."""

    def __init__(self, index: Path, *, of_lemmas: bool) -> None:
        self._of_lemmas = of_lemmas
        self._connection = sqlite3.connect(index / _FILE)

    def prepare(self, question: Question) -> Ready | None:
        """Write the statement."""
        return partial(self._search, *self._statement(question))

    def ask(self, question: Question) -> object:
        """Search from text to the numbers of rows."""
        return self._search(*self._statement(question))

    def rows(self, found: object) -> list[int]:
        """Return the numbers of the rows found."""
        return [row for row, _ in cast("list[tuple[int, float]]", found)]

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def _search(self, statement: str, values: tuple[object, ...]) -> list[tuple[int, float]]:
        return self._connection.execute(statement, values).fetchall()

    def _statement(self, question: Question) -> tuple[str, tuple[object, ...]]:
        match = self._match(question)
        if question.source:
            return _NARROWED.format(condition="heading.source = ?"), (match, question.source)
        if question.days:
            return _NARROWED.format(condition="heading.day >= ? AND heading.day < ?"), (match, *question.days)
        return _SEARCH, (match,)

    def _match(self, question: Question) -> str:
        """Return what a person would type for a question, each word in quotation marks, so that it is no operator."""
        if question.shape == "mask":
            return f'"{question.text}"*'
        words = lemmas(question.text) if self._of_lemmas else question.words
        match question.shape:
            case "phrase":
                return f'"{" ".join(words)}"'
            case "all":
                return " AND ".join(f'"{word}"' for word in words)
            case "without":
                return " NOT ".join(f'"{word}"' for word in words)
            case "any" | "either":
                return " OR ".join(f'"{word}"' for word in words)


class Fts5:
    """A table with positions, and without the text; sources and days are in a table of their own."""

    bears = None
    distribution = "sqlite"

    def __init__(self, kind: str, *, of_lemmas: bool) -> None:
        self.name = f"fts5/{kind}"
        self.title = f"SQLite FTS5, {kind}"
        self.askers = (self.title,)
        self._of_lemmas = of_lemmas

    def build(self, corpus: Prepared, index: Path) -> None:
        """Build in one transaction, by one thread, which is all it can; then merge the table into one tree."""
        index.mkdir()
        with sqlite3.connect(index / _FILE) as connection:
            tokenizer = "unicode61 tokenchars '_'" if self._of_lemmas else "unicode61"
            connection.execute(f"CREATE VIRTUAL TABLE rows USING fts5(text, content='', tokenize=\"{tokenizer}\")")
            connection.execute("CREATE TABLE heading (row INTEGER PRIMARY KEY, source TEXT, day INTEGER)")
            for row in corpus.rows():
                text = row.lemmas if self._of_lemmas else row.text
                connection.execute("INSERT INTO rows (rowid, text) VALUES (?, ?)", (row.number, text))
                connection.execute("INSERT INTO heading VALUES (?, ?, ?)", (row.number, row.source, row.day))
            connection.execute("INSERT INTO rows (rows) VALUES ('optimize')")
        connection.close()

    def open(self, asker: str, index: Path, corpus: Prepared) -> Fts5Asker:  # noqa: ARG002 -- not needed here
        """Open the file."""
        return Fts5Asker(index, of_lemmas=self._of_lemmas)

    def stored_text(self, index: Path) -> None:  # noqa: ARG002 -- the text is not in it
        """Return None."""
        return


SYSTEMS = (Fts5("words", of_lemmas=False), Fts5("lemmas", of_lemmas=True))
