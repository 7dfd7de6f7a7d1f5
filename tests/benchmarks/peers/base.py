"""What every system that is measured can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.benchmarks.asked import Question
    from tests.benchmarks.prepared import Prepared

Ready: TypeAlias = "Callable[[], object]"  # a search of which all is known: gives what the system gives for it

BEST = 10  # hits that are asked for
K1, B = 1.2, 0.75  # of BM25, wherever they can be set: what tantivy has


class Asker(Protocol):
    """An open index that is asked in one way."""

    def prepare(self, question: Question) -> Ready | None:
        """Return what will search for the ten best rows; None if the system has no such question."""
        ...

    def ask(self, question: Question) -> object:
        """Search from text to hits, with all that is needed on the way."""
        ...

    def rows(self, found: object) -> list[int]:
        """Return the numbers of the rows found, the best first."""
        ...

    def close(self) -> None:
        """Let go of the index."""
        ...


class System(Protocol):
    """A way to make an index of a corpus, and the ways to ask it."""

    @property
    def name(self) -> str: ...  # its module, and after a slash how texts are analysed, if there are several ways

    @property
    def title(self) -> str: ...  # what the tables call it

    @property
    def askers(self) -> Sequence[str]: ...  # what the tables call them; at least one

    @property
    def bears(self) -> int | None: ...  # paragraphs; a larger corpus would take it an hour

    @property
    def distribution(self) -> str: ...  # whose version is told

    def build(self, corpus: Prepared, index: Path) -> None:
        """Make an index in a folder that is not there yet; all is on the disk when it returns."""
        ...

    def open(self, asker: str, index: Path, corpus: Prepared) -> Asker:
        """Open an index to be asked in the way of this name."""
        ...

    def stored_text(self, index: Path) -> int | None:
        """Return how many bytes of an index hold nothing but the text; None if the text is not in it."""
        ...
