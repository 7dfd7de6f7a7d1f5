"""The reference engine: slow, obvious, the executable specification. Nothing here is clever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer import ranking
from indexer.paragraphs import split
from indexer.types import Either, Hit, Hits, Phrase, Together, Without, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indexer.analysis import Analyzer
    from indexer.backends.base import Sort
    from indexer.settings import Settings
    from indexer.types import Document, Filters, Heading, Paragraph, Query


@dataclass(frozen=True, slots=True)
class Entry:
    """A paragraph as the reference engine holds it."""

    paragraph: Paragraph
    heading: Heading
    places: tuple[dict[str, int], ...]  # at each position: lemma → weight in steps


class MemoryEngine:
    """Holds everything in lists and looks at all of it for every query."""

    def __init__(self, documents: Iterable[Document], analyzer: Analyzer, settings: Settings) -> None:
        self._settings = settings.ranking
        self._headings: dict[str, Heading] = {}
        self._entries: list[Entry] = []
        for document in documents:
            self._headings[document.path] = document.heading
            for paragraph in split(document, settings.reading):
                self._entries.append(Entry(paragraph, document.heading, _places(paragraph, analyzer)))
        words = sum(len(entry.places) for entry in self._entries)
        self._collection = ranking.Collection(len(self._entries), words)

    def search(
        self, query: Query, filters: Filters, *, limit: int | None, offset: int, sort: Sort, per_document: bool
    ) -> Hits:
        """See Engine.search."""
        score = self._scorer(query)
        found = [
            (entry, score(entry)) for entry in self._entries if _finds(query, entry) and _passes(filters, entry.heading)
        ]
        found.sort(key=lambda pair: _order(*pair, sort=sort))
        if per_document:
            best: dict[str, tuple[Entry, float]] = {}
            for entry, points in found:
                best.setdefault(entry.heading.path, (entry, points))
            found = list(best.values())
        stop = None if limit is None else offset + limit
        return Hits(
            tuple(Hit(entry.paragraph, entry.heading, points) for entry, points in found[offset:stop]),
            total=len(found),
            complete=sum(_has_all(query, entry) for entry, _ in found),
        )

    def heading(self, path: str) -> Heading | None:
        """See Engine.heading."""
        return self._headings.get(path)

    def paragraphs(self, path: str, first: int, last: int) -> tuple[Paragraph, ...]:
        """See Engine.paragraphs."""
        ours = (entry.paragraph for entry in self._entries if entry.heading.path == path)
        return tuple(paragraph for paragraph in ours if first <= paragraph.number <= last)

    def close(self) -> None:
        """Nothing to let go of."""

    # --- the score of one paragraph, clause by clause ---

    def _scorer(self, query: Query) -> Callable[[Entry], float]:
        match query:
            case Word() | Phrase():
                return self._leaf_scorer(query, ranking.weight(query, self._idf))
            case Together(clauses):
                scorers = [self._scorer(clause) for clause in clauses]
                scorers += [
                    self._leaf_scorer(pair, ranking.pair_weight(pair, self._idf, self._settings))
                    for pair in ranking.pairs(query)
                ]
                bonus = ranking.bonus(query, self._idf, self._settings)
                return lambda entry: ranking.add_up(score(entry) for score in scorers) + bonus * _has_all(query, entry)
            case Either(clauses):
                scorers = [self._scorer(clause) for clause in clauses]
                return lambda entry: ranking.add_up(score(entry) for score in scorers)
            case Without(wanted):
                score = self._scorer(wanted)
                return lambda entry: score(entry) if _finds(query, entry) else 0.0

    def _leaf_scorer(self, leaf: Word | Phrase, weight: float) -> Callable[[Entry], float]:
        def score(entry: Entry) -> float:
            agreement = sum(_rows(leaf, entry).values())
            return ranking.bm25(float(agreement), float(len(entry.places)), weight, self._collection, self._settings)

        return score

    def _idf(self, word: Word) -> float:
        return ranking.idf(sum(_finds(word, entry) for entry in self._entries), self._collection)


def _places(paragraph: Paragraph, analyzer: Analyzer) -> tuple[dict[str, int], ...]:
    return tuple(
        # A lemma that a compound shares with one of its parts counts by the compound.
        {lemma.text: ranking.steps(lemma.weight) for lemma in (*term.parts, *term.lemmas)}
        for term in analyzer.terms(paragraph.text)
    )


def _rows(leaf: Word | Phrase, entry: Entry) -> dict[int, int]:
    """Return the positions where the leaf's words stand in a row, each with the agreement of the worst of them."""
    words = leaf.words if isinstance(leaf, Phrase) else (leaf,)
    rows = {}
    for start in range(len(entry.places) - len(words) + 1):
        agreement = min(_agreement(word, entry.places[start + at]) for at, word in enumerate(words))
        if agreement:
            rows[start] = agreement
    return rows


def _agreement(word: Word, place: dict[str, int]) -> int:
    """Return how well a word agrees with a place by the best of its lemmas; 0 if by none."""
    return max((ranking.steps(lemma.weight) * place.get(lemma.text, 0) for lemma in word.lemmas), default=0)


def _finds(query: Query, entry: Entry) -> bool:
    match query:
        case Word() | Phrase():
            return bool(_rows(query, entry))
        case Together(clauses) | Either(clauses):
            return any(_finds(clause, entry) for clause in clauses)
        case Without(wanted, excluded):
            return _finds(wanted, entry) and not any(_finds(clause, entry) for clause in excluded)


def _has_all(query: Query, entry: Entry) -> bool:
    match query:
        case Word() | Phrase():
            return _finds(query, entry)
        case Together(clauses):
            return all(_has_all(clause, entry) for clause in clauses)
        case Either(clauses):
            return any(_has_all(clause, entry) for clause in clauses)
        case Without(wanted):
            return _finds(query, entry) and _has_all(wanted, entry)


def _passes(filters: Filters, heading: Heading) -> bool:
    if filters.sources and heading.source.casefold() not in {source.casefold() for source in filters.sources}:
        return False
    if filters.since is not None and (heading.date is None or heading.date < filters.since):
        return False
    return filters.until is None or (heading.date is not None and heading.date < filters.until)


def _order(entry: Entry, score: float, *, sort: Sort) -> tuple[float, float, str, int]:
    newest_first = 0.0
    if sort == "date":
        newest_first = -entry.heading.date.timestamp() if entry.heading.date else float("inf")
    return (newest_first, -score, entry.heading.path, entry.paragraph.number)
