"""The embedded engine: segments as one list of paragraphs, and the page of the ranking that is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from itertools import chain, compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.lemmatize import is_capitalised
from indexer.backends.base import Written
from indexer.backends.whoosh import state
from indexer.backends.whoosh.arrays import distinct, firsts
from indexer.backends.whoosh.best import Best, answer, best, best_of, scores_of_phrase
from indexer.backends.whoosh.contents import check, latest_generation, listed, reading
from indexer.backends.whoosh.evaluation import Evaluation, Found
from indexer.backends.whoosh.postings import Documents, FieldPostings, Part
from indexer.backends.whoosh.rowset import RowSet
from indexer.deadline import NEVER
from indexer.errors import IndexMissing
from indexer.types import Boosted, Dated, Facets, Filters, Hit, Hits, Lemma, Phrase, Together, Word
from indexer.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime
    from pathlib import Path

    from indexer import ranking
    from indexer.analysis import Found as FoundWord
    from indexer.backends.base import Sort
    from indexer.backends.whoosh.segment import Segment
    from indexer.backends.whoosh.words import Words
    from indexer.deadline import Deadline
    from indexer.settings import Settings
    from indexer.types import Form, Heading, Paragraph, Query
    from indexer.vocabulary import Lexicon


_NO_FORMS: frozenset[str] = frozenset()
_REMEMBERED = 5000  # lemmas whose forms are known, of a kilobyte or two
_WARMING = 4  # of the most frequent words, which nearly every paragraph has


class Ranked(NamedTuple):
    """The rows that may be on a page, in no order, and what the page is of."""

    rows: np.ndarray
    scores: np.ndarray
    newest: np.ndarray  # what comes before the score in their order
    offset: int
    stop: int
    total: int
    complete: int


class WhooshEngine:
    """See Engine. All it holds is read-only, so threads may share it."""

    def __init__(self, segments: list[Segment], settings: Settings, *, by_loops: bool = False) -> None:
        self._settings = settings.ranking
        self._most_lemmas = settings.analysis.most_lemmas
        self._parts: list[Part] = []
        paragraphs = documents = 0
        for segment in segments:
            self._parts.append(Part(segment, paragraphs, documents))
            paragraphs += segment.paragraphs
            documents += segment.documents
        self._starts = [part.paragraphs for part in self._parts]
        self._documents = Documents(self._parts)
        self._texts = FieldPostings(self._parts, self._documents, by_loops=by_loops)
        self._lexicons: dict[str, list[Lexicon]] = {}
        self._written_of = lru_cache(_REMEMBERED)(self._forms)

    def warm_up(self) -> None:
        """Have at hand what many questions need: what is loaded, compiled or unpacked for it is there before the first.

        Words are unpacked, and a few that texts have are ranked.
        """
        for part in self._parts:
            part.segment.words.keep()
        lemmas = self.frequent(_WARMING)[:_WARMING]
        words = [Word((Lemma(lemma, 1.0), Lemma("", 0.5)), (), ()) for lemma in lemmas]
        if len(words) < 2:  # noqa: PLR2004 -- what two words make
            return
        together, phrase = Together(tuple(words)), Phrase(tuple(words[:2]))
        # Words alone, words with anything beside them, and phrases are looked at by loops of their own.
        for query in (together, Boosted(together, 1.0)):
            self.rank(query, Filters(), limit=1, offset=0, sort="relevance", per_document=False)
        evaluation = Evaluation(self._texts, self._settings)
        best(phrase, evaluation, evaluation.rows(phrase), 1)  # also if it stands nowhere

    def frequent(self, most: int) -> tuple[str, ...]:
        """Return the lemmas that so many of the most frequent words are likeliest to have, each once."""
        found: dict[bytes, None] = {}
        for part in self._parts:
            words = part.segment.words  # numbered by how often they are there, in the segment
            numbers = {words.lemmas_of(word)[0]: None for word in range(min(most, words.count))}
            found.update(dict.fromkeys(map(words.lemma, numbers)))
        return tuple([lemma.decode("utf-8", "surrogatepass") for lemma in found])

    # --- what is there ---

    @property
    def collection(self) -> ranking.Collection:
        """Return the size of what can be found."""
        return self._texts.collection

    @cached_property
    def different_lemmas(self) -> int:
        """Return how many different lemmas the texts have."""
        if len(self._parts) == 1 and self._documents.live is None:
            return len(self._parts[0].segment.fields["text"].lemmas)
        return len(set().union(*(_live_lemmas(part.segment) for part in self._parts)))

    def sources(self) -> Counter[str]:
        """Return how many documents each source has; the empty one is that of those without."""
        counts: Counter[str] = Counter()
        for part in self._parts:
            rows, live = part.segment.headings(), part.segment.live_documents
            counts.update(row[3] for row in (rows if live is None else compress(rows, live.tolist())))
        return counts

    def dated(self) -> tuple[datetime, datetime] | None:
        """Return the earliest and the latest date of a document, or None if none has a date."""
        dates = self._documents.dates
        if self._documents.live is not None:
            dates = np.where(self._documents.live, dates, np.nan)
        if np.isnan(dates).all():
            return None
        first, last = (self._date(int(at)) for at in (np.nanargmin(dates), np.nanargmax(dates)))
        return first, last

    def _date(self, document: int) -> datetime:
        """Return the date of one of all documents, in its own time zone."""
        date = self._documents.heading(document).date
        assert date is not None, "a document with a date"  # noqa: S101 -- the caller's promise
        return date

    # --- Engine ---

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
        ranked = self.rank(
            query, filters, limit=limit, offset=offset, sort=sort, per_document=per_document, deadline=deadline
        )
        return Hits(self._page(ranked), total=ranked.total, complete=ranked.complete)

    def rank(
        self,
        query: Query,
        filters: Filters,
        *,
        limit: int | None,
        offset: int,
        sort: Sort,
        per_document: bool,
        deadline: Deadline = NEVER,
    ) -> Ranked:
        """Return which rows may be on a page, and how many rows there are; nothing stored is read."""
        evaluation = Evaluation(self._texts, self._settings, deadline)
        allowed = self._allowed(filters)
        if sort == "relevance" and allowed is None and not per_document:
            # What most people ask takes less time so than to go the way of any query, which ends at the same.
            at_once = _at_once(query, evaluation, limit, offset)
            if at_once:
                return at_once
        found = evaluation.found(query)
        if allowed is not None:
            found = Found(*(rows & allowed for rows in found))
        count = self._count_documents if per_document else _count
        total, complete = count(found.rows), count(found.complete)
        stop = total if limit is None else min(offset + limit, total)
        if stop <= offset:
            return Ranked(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), offset, stop, total, complete)

        def the_best(among: RowSet, most: int) -> Best:
            return best(query, evaluation, among, most)

        if sort == "date":
            top = self._newest(found.rows, stop, the_best, per_document=per_document)
        elif per_document:
            top = self._best_documents(found.rows, stop, the_best)
        else:
            top = the_best(found.rows, stop)
        newest = self._newest_first(top.rows) if sort == "date" else np.zeros(len(top.rows))
        return Ranked(top.rows, top.scores, newest, offset, stop, total, complete)

    def facets(self, query: Query, filters: Filters, *, per_document: bool, deadline: Deadline = NEVER) -> Facets:
        """See Engine.facets."""
        found = Evaluation(self._texts, self._settings, deadline).found(query).rows
        documents = self._documents.of(found.rows())
        if per_document:
            documents = documents[firsts(documents)]
        names, of_source = self._documents.sources
        sources = np.bincount(of_source[self._allowed_of(documents, replace(filters, sources=()))])
        months = self._documents.months[self._allowed_of(documents, replace(filters, since=None, until=None))]
        undated, *dated = np.bincount(months + 1, minlength=1).tolist()
        counted = {names[at]: count for at, count in enumerate(sources.tolist()) if count}
        return Facets(
            dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))),
            {f"{at // 12:04}-{at % 12 + 1:02}": count for at, count in enumerate(dated) if count},
            undated,
        )

    def _allowed_of(self, documents: np.ndarray, filters: Filters) -> np.ndarray:
        """Return those of some documents that filters let be found."""
        allowed = self._allowed_documents(filters)
        return documents if allowed is None else documents[allowed[documents]]

    def scorer(self, path: str, number: int) -> Callable[[Query], float]:
        """See Engine.scorer."""
        place = self._document(path)
        assert place is not None, "a paragraph that is there"  # noqa: S101 -- the caller's promise
        segment, document = place
        base = next(part.paragraphs for part in self._parts if part.segment is segment)
        row = base + segment.paragraphs_of(document)[number - 1]
        evaluation = Evaluation(self._texts, self._settings)
        return lambda query: float(evaluation.scoring(query).scores(np.array([row]))[0])

    def vocabulary(self, field: str) -> Vocabulary:
        """See Engine.vocabulary."""
        if field not in self._lexicons:
            self._lexicons[field] = [part.segment.lexicon(field) for part in self._parts]
        return Vocabulary(self._lexicons[field], partial(self.lemma_places, field))

    def lemma_places(self, field: str, lemma: str) -> int:
        """See Engine.lemma_places."""
        return sum(segment.lemma_count(field, number) for segment, number in self._numbers(lemma))

    def known(self, field: str, lemmas: Collection[str]) -> set[str]:
        """See Engine.known."""
        # Encoded at once; no lemma of a text has a line end.
        asked = [lemma for lemma in lemmas if "\n" not in lemma]
        texts = "\n".join(asked).encode("utf-8", "surrogatepass").split(b"\n") if asked else []
        known: set[str] = set()
        for part in self._parts:
            known.update(asked[at] for at in part.segment.known(field, texts))
        if self._documents.live is None:
            return known
        return {lemma for lemma in known if self._postings(field).found(lemma)}

    def found(self, form: str, opens_sentence: bool) -> FoundWord | None:  # noqa: FBT001 -- the protocol's
        """See Engine.found."""
        for part in self._parts:
            words = part.segment.words
            word = words.word(form, opens_sentence=opens_sentence)
            if word is not None:
                return words.found(word)
        return None

    def written(self, lemmas: Collection[str]) -> Written:
        """See Engine.written."""
        found = list(map(self._written_of, lemmas))
        if len(found) == 1:
            return found[0]
        always = tuple(chain.from_iterable([of_lemma.always for of_lemma in found]))
        sometimes = _NO_FORMS.union(*[of_lemma.sometimes for of_lemma in found])
        return Written(always, sometimes.difference(always) if sometimes else _NO_FORMS)

    def _forms(self, lemma: str) -> Written:
        """Return the forms that one lemma has in any segment; one may have it always here and sometimes there."""
        always: set[str] = set()
        sometimes: set[str] = set()
        for segment, number in self._numbers(lemma):
            words = segment.words
            # A form has the same lemmas everywhere, but where it has more than are kept, and a capital tells for some.
            texts, doubtful = words.written_with(number, self._most_lemmas)
            lacking = {text for text, word in doubtful if self._may_lack(text, word, words, number)}
            if not lacking and len(self._parts) == 1:
                return Written(tuple(texts), _NO_FORMS)
            always.update(lacking.symmetric_difference(texts))
            sometimes |= lacking
        return Written(tuple(always), frozenset(sometimes - always))

    def _may_lack(self, form: str, word: int, words: Words, lemma: int) -> bool:
        """Whether a form, of which one word has a lemma, lacks it as the other: before or after a sentence's begin."""
        if not is_capitalised(form) or len(words.lemmas_of(word)) < self._most_lemmas:
            return False
        text = words.lemma(lemma).decode("utf-8", "surrogatepass")
        found = [self.found(form, opens) for opens in (False, True)]
        return any(one is not None and all(own.text != text for own in (*one.lemmas, *one.parts)) for one in found)

    def forms_of(self, lemma: str) -> dict[str, int]:
        """See Engine.forms_of."""
        counts: Counter[str] = Counter()
        for segment, number in self._numbers(lemma):
            counts.update(segment.forms_of(number))
        return dict(counts)

    def _numbers(self, lemma: str) -> Iterator[tuple[Segment, int]]:
        """Give the segments that have a lemma, and its number there."""
        text = lemma.encode("utf-8", "surrogatepass")
        for part in self._parts:
            number = part.segment.words.number(text)
            if number is not None:
                yield part.segment, number

    def spellings(self, form: str) -> dict[str, int]:
        """See Engine.spellings."""
        counts: Counter[str] = Counter()
        for part in self._parts:
            counts.update(part.segment.written(np.array(part.segment.words.variants(form), np.int64)))
        return dict(counts)

    def form_places(self, field: str, form: Form) -> int:
        """See Engine.form_places."""
        return self._postings(field).form_places(form)

    def _postings(self, field: str) -> FieldPostings:
        return self._texts.field(field)

    def heading(self, path: str) -> Heading | None:
        """See Engine.heading."""
        place = self._document(path)
        return place[0].heading(place[1]) if place else None

    def paragraphs(self, path: str, first: int, last: int) -> tuple[Paragraph, ...]:
        """See Engine.paragraphs."""
        place = self._document(path)
        if place is None:
            return ()
        segment, document = place
        rows = segment.paragraphs_of(document)
        return tuple(segment.paragraph(row)[0] for row in rows[max(first - 1, 0) : max(last, 0)])

    def length(self, path: str) -> int:
        """See Engine.length."""
        place = self._document(path)
        return len(place[0].paragraphs_of(place[1])) if place else 0

    def close(self) -> None:
        """Let go of the segments; the system unmaps them when nobody uses them any more."""
        self._parts = []

    def _document(self, path: str) -> tuple[Segment, int] | None:
        for part in self._parts:
            for document in part.segment.documents_with("path", path.encode("utf-8", "surrogatepass")).tolist():
                if part.segment.is_live(part.segment.paragraphs_of(document).start):
                    return part.segment, document
        return None

    # --- the page ---

    def _allowed(self, filters: Filters) -> RowSet | None:
        """Return the rows that filters let be found; None if all."""
        here = self._allowed_documents(filters)
        if here is None:
            return None
        rows, _ = self._texts.spread(np.flatnonzero(here))
        return RowSet.all_of(rows, self._texts.size)

    def _allowed_documents(self, filters: Filters) -> np.ndarray | None:
        """Return the mask of the documents that filters let be found, deleted ones perhaps among them; None if all."""
        if not filters.sources and filters.since is None and filters.until is None:
            return None
        here = np.ones(self._documents.count, np.bool_)
        if filters.sources:
            here = self._documents.from_sources(filters.sources)
        if filters.since is not None or filters.until is not None:
            within = np.zeros(len(here), np.bool_)
            within[self._documents.which(Dated(filters.since, filters.until))] = True
            here &= within
        return here

    def _count_documents(self, rows: RowSet) -> int:
        return len(firsts(self._documents.of(rows.rows())))

    def _best_documents(self, rows: RowSet, most: int, the_best: Callable[[RowSet, int], Best]) -> Best:
        """Return the best paragraph of each document; more are looked at until there are enough documents."""
        wanted = most
        while True:
            wanted *= 4
            top = the_best(rows, wanted)
            chosen = self._one_a_document(top)
            # Those that tie with the last one may be the best of their documents, and all of these are here.
            if len(top.rows) >= rows.count or (
                len(chosen.rows) >= most and _kth(chosen.scores, most) >= top.scores.min()
            ):
                return chosen

    def _one_a_document(self, top: Best) -> Best:
        """Keep the first paragraph of each document by score, then by number."""
        document = self._documents.of(top.rows)
        order = np.lexsort((top.rows, -top.scores, document))
        kept = np.sort(order[firsts(document[order])])
        return Best(top.rows[kept], top.scores[kept])

    def _newest(self, found: RowSet, stop: int, the_best: Callable[[RowSet, int], Best], *, per_document: bool) -> Best:
        """Return the rows of the newest documents, as many as may be on a page that ends at `stop`."""
        rows = found.rows()
        newest = self._newest_first(rows)
        if per_document:
            once = firsts(self._documents.of(rows))
            last = np.partition(newest[once], stop - 1)[stop - 1]
        else:
            last = np.partition(newest, stop - 1)[stop - 1]
        chosen = RowSet.of_rows(rows[newest <= last], self._texts.size)
        top = the_best(chosen, chosen.count)
        return self._one_a_document(top) if per_document else top

    def _newest_first(self, rows: np.ndarray) -> np.ndarray:
        """Return what puts rows in the order of their dates, the newest first and the undated last."""
        dates = self._documents.dates[self._documents.of(rows)]
        return np.where(np.isnan(dates), np.inf, -dates)

    def _page(self, ranked: Ranked) -> tuple[Hit, ...]:
        """Return the hits from offset to stop: only those that may be on the page are looked at."""
        rows, scores, newest, offset, stop, _, _ = ranked
        if not len(rows):
            return ()
        order = np.lexsort((-scores, newest))
        # Ties at either end of the page are broken by path, so all who tie are looked at.
        head = _tie_start(order, scores, newest, offset)
        tail = _tie_stop(order, scores, newest, stop)
        page = []
        for at in order[head:tail].tolist():
            paragraph, heading = self._stored(int(rows[at]))
            score = float(scores[at])
            key = (float(newest[at]), -score, heading.path, paragraph.number)
            page.append((key, Hit(paragraph, heading, score)))
        page.sort(key=lambda pair: pair[0])
        return tuple(hit for _, hit in page[offset - head : stop - head])

    def _stored(self, row: int) -> tuple[Paragraph, Heading]:
        part = self._parts[bisect_right(self._starts, row) - 1]
        return part.segment.paragraph(row - part.paragraphs)


def _at_once(query: Query, evaluation: Evaluation, limit: int | None, offset: int) -> Ranked | None:
    """Return what some words, or a phrase, find and their best rows, where compiled loops tell both together."""
    if isinstance(query, Phrase):
        of_phrase = scores_of_phrase(query, evaluation)
        total = complete = len(of_phrase[0]) if of_phrase else 0
        stop = total if limit is None else min(offset + limit, total)
        top = best_of(*of_phrase, stop) if of_phrase and stop > offset else None
    elif limit and (answered := answer(query, evaluation, offset + limit)):
        total, complete = answered.found, answered.complete
        stop = min(offset + limit, total)
        top = Best(answered.rows, answered.scores) if stop > offset else None
    else:
        return None
    return Ranked(top.rows, top.scores, np.zeros(len(top.rows)), offset, stop, total, complete) if top else None


def _count(rows: RowSet) -> int:
    return rows.count


def _kth(scores: np.ndarray, most: int) -> float:
    """Return the score that the best so many have at least."""
    return float(np.partition(scores, len(scores) - most)[len(scores) - most])


def _tie_start(order: np.ndarray, scores: np.ndarray, newest: np.ndarray, at: int) -> int:
    while 0 < at < len(order) and _ties(order, scores, newest, at):
        at -= 1
    return at


def _tie_stop(order: np.ndarray, scores: np.ndarray, newest: np.ndarray, at: int) -> int:
    while 0 < at < len(order) and _ties(order, scores, newest, at):
        at += 1
    return at


def _ties(order: np.ndarray, scores: np.ndarray, newest: np.ndarray, at: int) -> bool:
    here, before = order[at], order[at - 1]
    return bool(scores[here] == scores[before] and newest[here] == newest[before])


def _live_lemmas(segment: Segment) -> set[bytes]:
    field = segment.fields["text"]
    read = field.read(np.arange(len(field.lemmas)))
    of = read.of if segment.live is None else read.of[segment.live[read.rows]]
    return {segment.words.lemma(int(lemma)) for lemma in field.lemmas[distinct(of)]}


def open_engine(folder: Path, settings: Settings, *, by_loops: bool = False) -> tuple[WhooshEngine, state.State, int]:
    """Return the engine over a folder, how the index was made, and its generation.

    With `by_loops`, rankings are found by compiled loops (indexer.compiled), and are the same.

    IndexMissing, IndexIncompatible or IndexDamaged if it cannot be used.
    """
    if not folder.is_dir():
        raise IndexMissing(path=folder)
    with reading(folder):
        while True:
            generation = latest_generation(folder)
            if generation < 0:
                raise IndexMissing(path=folder)
            try:
                made = state.read(folder, generation)
                check(made, settings, folder)
                segments = [segment.open(folder) for segment in listed(folder, generation)]
            except FileNotFoundError:
                # A build has committed and cleaned up between two of our looks; if not, a file is missing.
                if latest_generation(folder) == generation:
                    raise
            else:
                return WhooshEngine(segments, settings, by_loops=by_loops), made, generation
