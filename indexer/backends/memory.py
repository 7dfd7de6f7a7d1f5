"""The reference engine: slow, obvious, the executable specification. Nothing here is clever."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cached_property, partial
from itertools import accumulate, chain
from typing import TYPE_CHECKING, NamedTuple, Protocol, get_args

import numpy as np

from indexer import ranking
from indexer.analysis.fold import NORMAL, fold
from indexer.backends.base import Written, at_path
from indexer.deadline import NEVER
from indexer.paragraphs import split
from indexer.types import (
    AtPath,
    Boosted,
    Dated,
    Either,
    Facets,
    Hit,
    Hits,
    In,
    InDocument,
    Near,
    Only,
    Phrase,
    Run,
    Span,
    TextField,
    Together,
    Window,
    Word,
)
from indexer.vocabulary import Lexicon, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from indexer.analysis import Analyzer, Found
    from indexer.backends.base import Sort
    from indexer.deadline import Deadline
    from indexer.settings import Ranking, Settings
    from indexer.types import Document, Filters, Form, Heading, Paragraph, Query


class Place(NamedTuple):
    """A word of a text as scores are told by it."""

    lemmas: dict[str, int]  # → weight in steps
    form: str


class Row(Protocol):
    """A paragraph, or a title, a source or an author."""

    @property
    def heading(self) -> Heading:
        """What is known of its document."""
        ...

    @property
    def document(self) -> int:
        """The number of its document among those at hand."""
        ...

    @property
    def length(self) -> int:
        """How many words it has."""
        ...

    @property
    def places(self) -> tuple[Place, ...]:
        """Its words."""
        ...

    @property
    def sentences(self) -> tuple[int, ...]:
        """The number of each place's."""
        ...

    def standing(self, word: Word) -> dict[int, int]:
        """Return where a word stands, in positions, each with its agreement."""
        ...


@dataclass(frozen=True)
class HeldRow:
    """A row of the reference engine."""

    heading: Heading
    document: int
    places: tuple[Place, ...]
    sentences: tuple[int, ...]

    @property
    def length(self) -> int:
        """See Row.length."""
        return len(self.places)

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """All that any place of it may be."""
        return frozenset(chain.from_iterable(place.lemmas for place in self.places))

    def standing(self, word: Word) -> dict[int, int]:
        """See Row.standing."""
        # Most rows have nothing of a word: to look at each of their places took most of the time.
        if not word.forms and self.lemmas.isdisjoint(lemma.text for lemma in word.lemmas):
            return {}
        agreements = {at: _agreement(word, place) for at, place in enumerate(self.places)}
        return {at: agreement for at, agreement in agreements.items() if agreement}


class Statistics(Protocol):
    """What scores depend on beside the rows at hand: counts over all rows of a field."""

    def collection(self, field: str) -> ranking.Collection:
        """Return how large a field is."""
        ...

    def found(self, field: str, lemma: str) -> int:
        """Return how many rows have a lemma."""
        ...

    def found_by_forms(self, field: str, forms: tuple[Form, ...]) -> int:
        """Return how many rows have any of these forms."""
        ...


class Counted:
    """See Statistics: of rows that are all at hand."""

    def __init__(self, fields: Mapping[str, Sequence[HeldRow]]) -> None:
        self._fields = fields
        self._collections = {
            field: ranking.Collection(len(rows), sum(row.length for row in rows)) for field, rows in fields.items()
        }
        self._found: dict[str, Counter[str]] = {}

    def collection(self, field: str) -> ranking.Collection:
        """See Statistics.collection."""
        return self._collections[field]

    def found(self, field: str, lemma: str) -> int:
        """See Statistics.found."""
        if field not in self._found:
            self._found[field] = Counter(chain.from_iterable(row.lemmas for row in self._fields[field]))
        return self._found[field][lemma]

    def found_by_forms(self, field: str, forms: tuple[Form, ...]) -> int:
        """See Statistics.found_by_forms."""
        return sum(bool(row.standing(Word((), forms))) for row in self._fields[field]) if forms else 0


class MemoryEngine:
    """Holds everything in lists and looks at all of it for every query."""

    def __init__(self, documents: Iterable[Document], analyzer: Analyzer, settings: Settings) -> None:
        self._headings: dict[str, Heading] = {}
        self._paragraphs: list[Paragraph] = []
        texts: list[HeldRow] = []
        headings: dict[str, list[HeldRow]] = {field: [] for field in get_args(TextField)}
        for number, document in enumerate(documents):
            self._headings[document.path] = document.heading
            for paragraph in split(document, settings.reading):
                self._paragraphs.append(paragraph)
                texts.append(_row(paragraph.text, document.heading, number, analyzer))
            for field, rows in headings.items():
                row = _row(getattr(document, field), document.heading, number, analyzer)
                rows.append(replace(row, sentences=(0,) * len(row.places)))  # a title is one sentence
        self._fields = {"text": texts, **headings}
        self._texts = Scores("text", self._fields, settings.ranking, Counted(self._fields))

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
        """See Engine.search."""
        score = self._texts.scorer(query)
        found = [
            (paragraph, row, score(row))
            for paragraph, row in zip(self._paragraphs, _in_time(self._fields["text"], deadline), strict=True)
            if self._texts.finds(query, row) and _passes(filters, row.heading)
        ]
        found.sort(key=lambda triple: _order(*triple, sort=sort))
        complete = [row for _, row, _ in found if self._texts.has_all(query, row)]
        if per_document:
            best: dict[str, tuple[Paragraph, Row, float]] = {}
            for paragraph, row, points in found:
                best.setdefault(row.heading.path, (paragraph, row, points))
            found = list(best.values())
        stop = None if limit is None else offset + limit
        return Hits(
            tuple(Hit(paragraph, row.heading, points) for paragraph, row, points in found[offset:stop]),
            total=len(found),
            complete=len({row.document for row in complete}) if per_document else len(complete),
        )

    def facets(self, query: Query, filters: Filters, *, per_document: bool, deadline: Deadline = NEVER) -> Facets:
        """See Engine.facets."""
        found = [row.heading for row in _in_time(self._fields["text"], deadline) if self._texts.finds(query, row)]
        headings = list({heading.path: heading for heading in found}.values()) if per_document else found
        of_source = [heading for heading in headings if _passes(replace(filters, sources=()), heading)]
        of_month = [heading for heading in headings if _passes(replace(filters, since=None, until=None), heading)]
        spelt = {heading.source.casefold(): heading.source for heading in reversed(self._headings.values())}
        sources = Counter(spelt[heading.source.casefold()] for heading in of_source)
        dates = [heading.date.astimezone(UTC) for heading in of_month if heading.date]
        months = Counter(f"{date.year:04}-{date.month:02}" for date in dates)
        return Facets(
            dict(sorted(sources.items(), key=lambda pair: (-pair[1], pair[0]))),
            dict(sorted(months.items())),
            len(of_month) - len(dates),
        )

    def scorer(self, path: str, number: int) -> Callable[[Query], float]:
        """See Engine.scorer."""
        (row,) = (
            row
            for paragraph, row in zip(self._paragraphs, self._fields["text"], strict=True)
            if (paragraph.document, paragraph.number) == (path, number)
        )
        return lambda query: self._texts.scorer(query)(row)

    def heading(self, path: str) -> Heading | None:
        """See Engine.heading."""
        return self._headings.get(path)

    def paragraphs(self, path: str, first: int, last: int) -> tuple[Paragraph, ...]:
        """See Engine.paragraphs."""
        ours = (paragraph for paragraph in self._paragraphs if paragraph.document == path)
        return tuple(paragraph for paragraph in ours if first <= paragraph.number <= last)

    def length(self, path: str) -> int:
        """See Engine.length."""
        return sum(paragraph.document == path for paragraph in self._paragraphs)

    def vocabulary(self, field: str) -> Vocabulary:
        """See Engine.vocabulary."""
        forms = Counter(fold(place.form) for row in self._fields[field] for place in row.places)
        ordered = sorted(forms)
        lexicon = Lexicon(ordered, np.array([forms[form] for form in ordered], np.int64))
        return Vocabulary([lexicon], partial(self.lemma_places, field))

    def lemma_places(self, field: str, lemma: str) -> int:
        """See Engine.lemma_places."""
        return sum(lemma in place.lemmas for row in self._fields[field] for place in row.places)

    def known(self, field: str, lemmas: Collection[str]) -> set[str]:
        """See Engine.known."""
        return {lemma for lemma in lemmas if self.lemma_places(field, lemma)}

    def found(self, form: str, opens_sentence: bool) -> Found | None:  # noqa: ARG002, FBT001 -- the protocol's
        """See Engine.found: the dictionary shall decide."""
        return None

    def written(self, lemmas: Collection[str]) -> Written:
        """See Engine.written."""
        having: dict[bool, set[str]] = {True: set(), False: set()}
        for row in self._fields["text"]:
            for place in row.places:
                having[any(lemma in place.lemmas for lemma in lemmas)].add(place.form)
        return Written(frozenset(having[True] - having[False]), frozenset(having[True] & having[False]))

    def forms_of(self, lemma: str) -> dict[str, int]:
        """See Engine.forms_of."""
        places = [place for row in self._fields["text"] for place in row.places]
        forms = {place.form for place in places if lemma in place.lemmas}
        return dict(Counter(place.form for place in places if place.form in forms))

    def spellings(self, form: str) -> dict[str, int]:
        """See Engine.spellings."""
        forms = (place.form for row in self._fields["text"] for place in row.places)
        return dict(Counter(written for written in forms if fold(written) == form))

    def form_places(self, field: str, form: Form) -> int:
        """See Engine.form_places."""
        places = (place for row in self._fields[field] for place in row.places)
        return sum(NORMAL[form.exactness](place.form) == form.text for place in places)

    def close(self) -> None:
        """Nothing to let go of."""


class Scores:
    """What queries find in the rows of a field, and how they score there; of a document, all its rows are here."""

    def __init__(
        self, field: str, fields: Mapping[str, Sequence[Row]], settings: Ranking, statistics: Statistics
    ) -> None:
        """Take rows, and what is counted over all there are; it may be more than these."""
        self._field = field
        self._fields = fields
        self._rows = fields[field]
        self._settings = settings
        self._saturation = ranking.saturation(field, settings)
        self._statistics = statistics
        self._collection = self._statistics.collection(field)

    # --- whether ---

    def finds(self, query: Query, row: Row) -> bool:  # noqa: C901 -- a case for each kind
        """Whether a query finds a row at all."""
        match query:
            case Word() | Phrase():
                return bool(_rows(query, row))
            case Near():
                return _near(query, row)
            case Window():
                return _window(query, row)
            case Run():
                return _run(query, row)
            case Together(clauses) | Either(clauses):
                return any(self.finds(clause, row) for clause in clauses)
            case Only(wanted, required, excluded):
                return (
                    self.finds(wanted, row)
                    and all(self.finds(clause, row) for clause in required)
                    and not any(self.finds(clause, row) for clause in excluded)
                )
            case Boosted(wanted):
                return self.finds(wanted, row)
            case In(field, wanted):
                return self._in(field).finds(wanted, self._fields[field][row.document])
            case InDocument(wanted):
                return any(self.finds(wanted, other) for other in self._rows if other.document == row.document)
            case AtPath(pattern):
                return at_path(pattern)(fold(row.heading.path))
            case Dated(since, until):
                return _within(row.heading, since, until)

    def has_all(self, query: Query, row: Row) -> bool:
        """Whether a row that a query finds, or does not, has every word of it."""
        match query:
            case Together(clauses):
                return all(self.has_all(clause, row) for clause in clauses)
            case Either(clauses):
                return any(self.has_all(clause, row) for clause in clauses)
            case Only(wanted):
                return self.finds(query, row) and self.has_all(wanted, row)
            case Boosted(wanted):
                return self.has_all(wanted, row)
            case In(field, wanted):
                return self._in(field).has_all(wanted, self._fields[field][row.document])
            case Word() | Phrase() | Near() | Window() | Run() | InDocument() | AtPath() | Dated():
                return self.finds(query, row)

    # --- how much, clause by clause ---

    def scorer(self, query: Query) -> Callable[[Row], float]:
        """Return what gives the score of a row that the query finds.

        Of others it may give something too, by relatives and by the title: a part of a query that does not find a row
        counts for one that another part finds.
        """
        match query:
            case Word() | Phrase():
                return self._leaf_scorer(query)
            case Together():
                return self._together_scorer(query)
            case Either(clauses):
                scorers = [self.scorer(clause) for clause in clauses]
                return lambda row: ranking.add_up(score(row) for score in scorers)
            case Only(wanted):
                score = self.scorer(wanted)
                return lambda row: score(row) if self.finds(query, row) else 0.0
            case Boosted(wanted, factor):
                score = self.scorer(wanted)
                return lambda row: factor * score(row)
            case In(field, wanted):
                score = self._in(field).scorer(wanted)
                return lambda row: score(self._fields[field][row.document])
            case Near() | Window() | Run() | InDocument() | AtPath() | Dated():
                return lambda _: 0.0

    def _leaf_scorer(self, leaf: Word | Phrase) -> Callable[[Row], float]:
        here = self._places_scorer(leaf)
        bonus = ranking.typed_bonus(leaf, self._field, self.idf_in, self._settings)
        titles, rows = self._in("title"), self._fields["title"]
        in_title = titles.scorer(ranking.in_title(leaf)) if self._field == "text" else None

        def score(row: Row) -> float:
            points = here(row)
            if in_title:
                points += self._settings.title * in_title(rows[row.document])
            return points + bonus if _has_typed(leaf, row) else points

        return score

    def _together_scorer(self, query: Together) -> Callable[[Row], float]:
        clauses = [self.scorer(clause) for clause in query.clauses]
        pairs = [self.scorer(pair) for pair in ranking.pairs(query, self._settings)]
        bonus = ranking.bonus(query, self._field, self.idf_in, self._settings)

        def score(row: Row) -> float:
            points = [clause(row) for clause in clauses] + [self._settings.adjacency * pair(row) for pair in pairs]
            return ranking.add_up(points) + bonus * self.has_all(query, row)

        return score

    def _places_scorer(self, leaf: Word | Phrase) -> Callable[[Row], float]:
        weight = ranking.weight(leaf, self._idf, self._settings)

        def score(row: Row) -> float:
            places = _weighed(leaf, row)
            if not places:
                return 0.0
            agreement, length = float(sum(places.values())), float(row.length)
            points = ranking.bm25(agreement, length, weight, self._collection, self._saturation)
            return (
                points + ranking.lead(float(min(places)), weight, self._settings) if self._field == "text" else points
            )

        return score

    def _idf(self, word: Word, *, alone: bool = False) -> float:
        word = ranking.without_relatives(word) if alone else word
        counts = [self._statistics.found(self._field, lemma.text) for lemma in (*word.lemmas, *word.relatives)]
        counts.append(self._statistics.found_by_forms(self._field, word.forms))
        return ranking.idf(max(counts), self._collection)

    def idf_in(self, field: str) -> ranking.Idf:
        """Return the idf of words in a field."""
        return self._in(field)._idf  # noqa: SLF001 -- its own class

    def _in(self, field: str) -> Scores:
        return Scores(field, self._fields, self._settings, self._statistics)


def _in_time(rows: Iterable[Row], deadline: Deadline) -> Iterator[Row]:
    for row in rows:
        deadline.check()
        yield row


# --- places -----------------------------------------------------------------------------------------------------------


def _row(text: str, heading: Heading, document: int, analyzer: Analyzer) -> HeldRow:
    terms = analyzer.terms(text)
    places = tuple(
        # A lemma that a compound shares with one of its parts counts by the compound.
        Place({lemma.text: ranking.steps(lemma.weight) for lemma in (*term.parts, *term.lemmas)}, term.form)
        for term in terms
    )
    return HeldRow(heading, document, places, tuple(accumulate(term.token.opens_sentence for term in terms)))


def _rows(leaf: Word | Phrase, row: Row) -> dict[int, int]:
    """Return the positions where the leaf's words stand in a row, each with the agreement of the worst of them."""
    words = leaf.words if isinstance(leaf, Phrase) else (leaf,)
    standing = [row.standing(word) for word in words]
    return {
        start: min(places[start + at] for at, places in enumerate(standing))
        for start in standing[0]
        if all(start + at in places for at, places in enumerate(standing))
    }


def _weighed(leaf: Word | Phrase, row: Row) -> dict[int, int]:
    """Return the positions that count in the score of a leaf: of a word, those of its relatives too."""
    if isinstance(leaf, Phrase):
        return _rows(leaf, row)
    return _rows(Word((*leaf.lemmas, *leaf.relatives), leaf.forms), row)


def _has_typed(leaf: Word | Phrase, row: Row) -> bool:
    """Whether a phrase stands in a row, and somewhere in the very forms typed."""
    return isinstance(leaf, Phrase) and bool(leaf.typed and _rows(leaf, row) and _rows(Phrase(leaf.typed), row))


def _agreement(word: Word, place: Place) -> int:
    """Return how well a word agrees with a place by the best of its lemmas and forms; 0 if by none."""
    by_lemma = [ranking.steps(lemma.weight) * place.lemmas.get(lemma.text, 0) for lemma in word.lemmas]
    by_form = [
        ranking.steps(form.weight) * ranking.WEIGHT_STEPS
        for form in word.forms
        if NORMAL[form.exactness](place.form) == form.text
    ]
    return max([*by_lemma, *by_form], default=0)


def _near(near: Near, row: Row) -> bool:
    reached = _spans(near.leaves[0], row)
    for leaf, link in zip(near.leaves[1:], near.links, strict=True):
        reached = [there for there in _spans(leaf, row) if any(_linked(here, there, link, row) for here in reached)]
    return bool(reached)


def _linked(here: Span, there: Span, link: int | None, row: Row) -> bool:
    between = max(here.start - there.stop, there.start - here.stop)  # words; below zero if they overlap
    if link is None:
        return between >= 0 and row.sentences[here.start] == row.sentences[there.start]
    return 0 <= between < link


def _spans(leaf: Word | Phrase, row: Row) -> list[Span]:
    """Return where a leaf stands, in positions."""
    length = len(leaf.words) if isinstance(leaf, Phrase) else 1
    return [Span(start, start + length) for start in _rows(leaf, row)]


def _window(window: Window, row: Row) -> bool:
    width = len(window.words) + window.distance - 1
    return any(_holds(window.words, row.places[start : start + width]) for start in range(len(row.places)))


def _run(run: Run, row: Row) -> bool:
    firsts = range(len(run.words) - run.least + 1)
    return any(_rows(Phrase(run.words[first : first + run.least]), row) for first in firsts)


def _holds(words: tuple[Word, ...], places: Sequence[Place]) -> bool:
    """Whether each word stands at as many places as it is asked for, and all of them at as many as there are words."""
    agreeing = {word: {at for at, place in enumerate(places) if _agreement(word, place)} for word in words}
    all_places = set().union(*agreeing.values())
    return len(all_places) >= len(words) and all(len(agreeing[word]) >= times for word, times in Counter(words).items())


# --- what a document must be ------------------------------------------------------------------------------------------


def _passes(filters: Filters, heading: Heading) -> bool:
    if filters.sources and heading.source.casefold() not in {source.casefold() for source in filters.sources}:
        return False
    return _within(heading, filters.since, filters.until)


def _within(heading: Heading, since: datetime | None, until: datetime | None) -> bool:
    if since is not None and (heading.date is None or heading.date < since):
        return False
    return until is None or (heading.date is not None and heading.date < until)


def _order(paragraph: Paragraph, row: Row, score: float, *, sort: Sort) -> tuple[float, float, str, int]:
    newest_first = 0.0
    if sort == "date":
        newest_first = -row.heading.date.timestamp() if row.heading.date else float("inf")
    return (newest_first, -score, paragraph.document, paragraph.number)
