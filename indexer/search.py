"""Query → results: composes the parts between a question and its answer."""

from __future__ import annotations

import re
from collections import ChainMap, Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial, wraps
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar
from unicodedata import normalize

from indexer.addresses import Cluster, place
from indexer.analysis import russian
from indexer.backends.whoosh import state
from indexer.backends.whoosh.arrays import NotArrays
from indexer.backends.whoosh.contents import committed, folder_size, latest_generation, listed, reading, verify
from indexer.backends.whoosh.search import open_engine
from indexer.compiled import is_there
from indexer.deadline import NEVER
from indexer.errors import CompilerMissing, IndexerError, ParagraphMissing, QueryError
from indexer.meaning.reranking import Reranked, reranked
from indexer.queries import Known, printed, understand
from indexer.ranking import parts
from indexer.settings import Settings
from indexer.snippets import Marker, highlight
from indexer.types import (
    Answer,
    Completion,
    Examples,
    Filters,
    IndexStatus,
    LemmaRead,
    Only,
    Rescue,
    Result,
    ScorePart,
    Snippet,
    Together,
    Understanding,
    Without,
    WordRead,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from indexer.backends.base import Engine, Opened, Sort
    from indexer.deadline import Deadline
    from indexer.meaning.encoder import Encoder
    from indexer.queries import Meant, Understood
    from indexer.settings import Ranking
    from indexer.types import Facets, Heading, Hits, Paragraph, Query, Quotation

P = ParamSpec("P")
S = TypeVar("S", bound="Search")
T = TypeVar("T")

_EVERYTHING = Filters()
_NOTHING = Without()
_MOST_TITLED = 200  # nouns of titles, and of texts, of which examples are chosen
_PARAGRAPH = re.compile(r"(?P<path>.*)#¶?(?P<number>[0-9]{1,9})", re.DOTALL)
# Words of texts, the most frequent ones, whose relatives are looked for when an index is opened for many questions: two
# in five of those that real questions ask for. Of 2,000 lemmas that takes 0.15 s.
_EXPECTED = 4000
_MOST_COUNTED = 2000  # lemmas whose forms are remembered, of a few dozen bytes each


def open_index(index: Path | Cluster | str, *, settings: Settings | None = None, compiled: bool = False) -> Searcher:
    """Open the index at a folder, or that of a name on a cluster, for searching.

    If it is `compiled`, rankings are the same and take a part of the time, by loops that Numba compiles (the extra
    `fast`). To load them takes longer than some searches, and to compile them, at their first use after they were
    installed, a quarter of a minute. The rankings of a cluster are not compiled.

    CompilerMissing if there is nothing to compile them with.

    IndexMissing, IndexIncompatible, IndexDamaged or ClusterFailure if it cannot be used.
    """
    where, chosen = place(index), settings or Settings()
    if isinstance(where, Cluster):
        from indexer.backends.opensearch.search import OnCluster  # noqa: PLC0415 -- an extra

        return Searcher(OnCluster(where, chosen), chosen)
    return Searcher(_InFolder(where, chosen, compiled=compiled), chosen)


def _telling_damage(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Have a question that fails for damage of the index end with IndexDamaged.

    To look for damage takes all of the index to be read, so it is done when something has failed that should not.
    """

    @wraps(method)
    def asked(self: S, /, *arguments: P.args, **options: P.kwargs) -> T:
        try:
            return method(self, *arguments, **options)
        except IndexerError:
            raise
        except Exception as wrong:
            self._look_for_damage(wrong)
            raise

    return asked


class Search:
    """Questions to an engine, whichever it is."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._analyzer = russian(settings.analysis, engine.found)
        self._known = Known(engine)
        self._counted = lru_cache(_MOST_COUNTED)(self._count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index; the searcher is not used after it."""
        self._engine.close()

    def _look_for_damage(self, wrong: Exception) -> None:
        """Tell of damage that may be why something went wrong; an engine of which nothing is stored has none."""

    @_telling_damage
    def search(
        self,
        text: str,
        *,
        limit: int | None = 10,
        offset: int = 0,
        filters: Filters = _EVERYTHING,
        sort: Sort = "relevance",
        per_document: bool = False,
        rescue: bool = True,
        strict: bool = False,
        marks: bool = True,
        without: Without = _NOTHING,
        semantic: Encoder | None = None,
        deadline: Deadline = NEVER,
    ) -> Answer:
        """Return a page of the paragraphs that a query finds, the best or the newest first.

        `limit` is the length of the page (None: all, 0: only counts), `offset` how many results come before it. With
        `per_document` each document comes once, by its best paragraph, and the counts are of documents.

        With `rescue`, a query that finds nothing is read as if it were mistyped, and Answer.rescue tells how. A query
        with stray signs is mended, and Answer.mendings tell where; with `strict`, that is a QuerySyntaxError.

        `without` are lemmas and forms that words are not looked for by, however the query is read.

        Without `marks`, snippets have none: to find the marks of a hundred results takes longer than the search.

        With `semantic`, the best by relevance are put in order by their meaning as well (open_encoder);
        what is found and counted stays the same.

        QueryEmpty, QueryTooLong or QueryTooWide if the query cannot be searched; QueryTooSlow after the deadline.
        """

        def hits(query: Query, limit: int | None = limit, offset: int = offset) -> Hits:
            return self._engine.search(
                query,
                filters,
                limit=limit,
                offset=offset,
                sort=sort,
                per_document=per_document,
                deadline=deadline,
            )

        deep = semantic is not None and sort == "relevance" and limit != 0
        understood = meant = self._understood(text, strict=strict, without=without)
        first = partial(hits, limit=self._best(limit), offset=0) if deep else hits
        found, taken = first(understood.query), None
        if rescue and not found.total:
            for rung, other in self._rungs(text, understood, deadline):
                rescued = first(other.query)
                if rescued.total:
                    meant, found, taken = other, rescued, rung
                    break
        if deep and semantic is not None:
            page = self._page(self._by_meaning(meant, found, semantic), partial(hits, meant.query), limit, offset)
        else:
            page = [Reranked(hit, 0.0) for hit in found]
        marked = Marker(meant.query, self._engine, self._analyzer) if marks and page else _unmarked
        results = tuple(
            Result(hit.paragraph, hit.heading, hit.score, marked(hit.paragraph.text), added) for hit, added in page
        )
        return Answer(results, found.total, found.complete, understood.mendings, taken)

    def _best(self, limit: int | None) -> int | None:
        """Return how many hits to ask for if their order will depend on their meaning."""
        return None if limit is None else self._settings.meaning.depth

    def _by_meaning(self, meant: Understood, found: Hits, encoder: Encoder) -> list[Reranked]:
        """Return hits, the best ones of a ranking, with those that are looked at in the order of words and meaning."""
        from indexer.meaning.encoder import entitled, points  # noqa: PLC0415 -- few searches ask for it

        settings = self._settings.meaning
        best, rest = found.hits[: settings.depth], found.hits[settings.depth :]
        asked = _asked(meant)
        if not asked or not best:
            return [Reranked(hit, 0.0) for hit in found]
        near = points(asked, [entitled(hit.heading.title, hit.paragraph.text) for hit in best], encoder, settings)
        more = [float(one) * best[0].score for one in near]
        first = found.complete if _is_short(meant.query, self._settings.ranking) else 0
        return [*reranked(best, more, first), *(Reranked(hit, 0.0) for hit in rest)]

    def _page(
        self, best: list[Reranked], hits: Callable[[int | None, int], Hits], limit: int | None, offset: int
    ) -> list[Reranked]:
        """Return a page of what begins with the best ones and goes on with the hits after them."""
        page = best[offset:][:limit]
        if limit is None or len(page) == limit or len(best) < self._settings.meaning.depth:
            return page
        after = hits(limit - len(page), max(offset, len(best)))
        return [*page, *(Reranked(hit, 0.0) for hit in after)]

    @_telling_damage
    def facets(
        self,
        text: str,
        *,
        filters: Filters = _EVERYTHING,
        per_document: bool = False,
        without: Without = _NOTHING,
        deadline: Deadline = NEVER,
    ) -> Facets:
        """Return how what a query finds is spread over sources and months; it is read as it is typed, without rescue.

        The counts are of paragraphs, with `per_document` of documents. The failures are those of search.
        """
        query = self._understood(text, without=without).query
        return self._engine.facets(query, filters, per_document=per_document, deadline=deadline)

    @_telling_damage
    def marked(
        self, text: str | None, paragraphs: Sequence[Paragraph], *, without: Without = _NOTHING
    ) -> tuple[Snippet, ...]:
        """Return paragraphs of this index with the words of a query marked; none if there is no query."""
        if text is None:
            return tuple(_unmarked(paragraph.text) for paragraph in paragraphs)
        marker = Marker(self._understood(text, without=without).query, self._engine, self._analyzer)
        return tuple(marker(paragraph.text) for paragraph in paragraphs)

    @_telling_damage
    def highlight(self, text: str, paragraph: Paragraph) -> Snippet:
        """Return any paragraph with the words of a query marked."""
        return highlight(paragraph.text, self._understood(text).query, self._analyzer)

    @_telling_damage
    def understand(self, text: str, *, strict: bool = False, without: Without = _NOTHING) -> Understanding:
        """Return what a query means in this index: the lemmas and forms of its words, and what was mended.

        What it is not looked for by because of `without` is told apart. The failures are those of search.
        """
        understood = self._understood(text, strict=strict, without=without)
        words = tuple(self._read(meant, without) for meant in understood.words)
        return Understanding(
            _composed(text), printed(understood.expression), words, understood.mendings, understood.query
        )

    @_telling_damage
    def explain(self, text: str, paragraph: Paragraph, *, meaning: float = 0.0) -> tuple[ScorePart, ...]:
        """Return what the score of a paragraph by a query is made of; empty if the query does not find it.

        `meaning` is Result.meaning: it depends on the best result, so it is told, not found out.

        ParagraphMissing if the index has no such paragraph; the failures of search.
        """
        if not self._engine.paragraphs(paragraph.document, paragraph.number, paragraph.number):
            raise ParagraphMissing(id=paragraph.id)
        score = self._engine.scorer(paragraph.document, paragraph.number)
        query = self._understood(text).query
        of_words = tuple(parts(query, score, self._settings.ranking)) if score(Only(query)) else ()
        return (*of_words, ScorePart("meaning", "", meaning)) if meaning and of_words else of_words

    @_telling_damage
    def check(self, quotation: str, *, limit: int = 10, deadline: Deadline = NEVER) -> Quotation:
        """Return whether the texts have a quotation: verbatim, inflected, in part or not; and at most `limit` places.

        Its text is no query: signs mean nothing in it but [...] and …, which stand for what is left out.

        QueryEmpty if there is no word in it, QueryTooLong if there are more than a search takes; QueryTooSlow after the
        deadline.
        """
        from indexer.quotations import check  # noqa: PLC0415 -- searches need not wait for it

        return check(
            _composed(quotation), self._engine, self._analyzer, self._settings.asking, limit=limit, deadline=deadline
        )

    @_telling_damage
    def suggest(self, text: str, *, limit: int = 10) -> tuple[Completion, ...]:
        """Return what the last word of a query may become when it is typed further, the most frequent first."""
        from indexer.suggest import complete  # noqa: PLC0415 -- 10 ms, with the tables of all rungs

        found = complete(_composed(text), self._known.vocabulary("text"), limit)
        return tuple(Completion(self._spelling(completion.text), completion.places) for completion in found)

    @_telling_damage
    def examples(self, *, limit: int = 10) -> Examples:
        """Return words of the texts that queries can be shown with; it takes a while, as the first completion does."""
        from indexer.suggest.examples import most_frequent_pair, nouns  # noqa: PLC0415 -- few ask for it

        texts = self._known.vocabulary("text")
        # Titles tell what texts are about; but the most frequent of their nouns are «человек» and «год» as everywhere.
        titled = nouns(self._known.vocabulary("title"), self._analyzer, _MOST_TITLED)
        telling = sorted(filter(texts.count, titled), key=texts.count, reverse=True)[len(titled) // 10 :]
        spelt = map(self._spelling, dict.fromkeys([*telling, *nouns(texts, self._analyzer, _MOST_TITLED)]))
        words = list(islice((word for word in spelt if word.islower()), limit))  # no names
        found = chain.from_iterable(self.search(word, marks=False) for word in words)
        pair = most_frequent_pair((result.paragraph.text for result in found), self._analyzer)
        return Examples(tuple(words), pair)

    def _spelling(self, form: str) -> str:
        """Return how a folded form is written most often."""
        spellings = self._engine.spellings(form)
        return min(spellings, key=lambda written: (-spellings[written], written), default=form)

    def _understood(self, text: str, *, strict: bool = False, without: Without = _NOTHING) -> Understood:
        return understand(
            _composed(text),
            self._analyzer,
            self._settings.asking,
            self._known,
            datetime.now(UTC).date(),
            strict=strict,
            without=without,
        )

    def _rungs(self, text: str, understood: Understood, deadline: Deadline) -> Iterator[tuple[Rescue, Understood]]:
        """Give what may have been meant by a query that found nothing, the surest first."""
        from indexer.suggest import rungs  # noqa: PLC0415 -- 10 ms that a query which finds something need not spend

        mistyped = rungs(_composed(text), self._known.vocabulary("text"), self._analyzer, self._settings.mistyping)
        for rung in chain(mistyped, _with_relatives(_composed(text), understood)):
            # What is read instead may be no query at all; then the next one is tried.
            deadline.check()
            with suppress(QueryError):
                yield rung, self._understood(rung.query, without=understood.without)

    def _read(self, meant: Meant, without: Without) -> WordRead:
        every = [
            LemmaRead(lemma.text, lemma.weight, places, dict(forms))
            for lemma in meant.word.lemmas
            for places, forms in (self._counted(meant.field, lemma.text),)
        ]
        forms = Counter({form.text: self._engine.form_places(meant.field, form) for form in meant.word.forms})
        read = WordRead(
            meant.text,
            meant.span,
            meant.signs,
            tuple(lemma for lemma in every if lemma.text not in without.lemmas),
            dict(forms.most_common()),
            tuple(lemma.text for lemma in meant.left.relatives),
            tuple(lemma for lemma in every if lemma.text in without.lemmas),
        )
        return _without_forms(read, {form.lower() for form in without.forms}) if without.forms else read

    def _count(self, field: str, lemma: str) -> tuple[int, dict[str, int]]:
        """Return how often a lemma stands in a field, and in which forms."""
        forms = _as_written(self._engine.forms_of(lemma)) if field == "text" else {}
        return self._engine.lemma_places(field, lemma), forms

    @_telling_damage
    def document(self, path: str) -> Heading:
        """Return what is known of a document; ParagraphMissing if it is not in the index."""
        heading = self._engine.heading(path)
        if heading is None:
            raise ParagraphMissing(id=path)
        return heading

    @_telling_damage
    def paragraphs(self, id: str, *, around: int = 0) -> tuple[Paragraph, ...]:  # noqa: A002 -- what it is called
        """Return the paragraph `path#¶number` with as many as `around` neighbours on each side, in order.

        A path alone stands for the whole document. ParagraphMissing if there is no such paragraph.
        """
        with suppress(ParagraphMissing):
            middle = self.paragraph(id)
            return self.passage(middle.document, middle.number - around, middle.number + around)
        found = self._engine.paragraphs(id, 1, 2**31)
        if not found:
            raise ParagraphMissing(id=id)
        return found

    @_telling_damage
    def paragraph(self, id: str) -> Paragraph:  # noqa: A002 -- what it is called
        """Return the paragraph `path#¶number`, or `path#number`; ParagraphMissing if there is none."""
        if (parts := _PARAGRAPH.fullmatch(id)) and (
            found := self._engine.paragraphs(parts["path"], int(parts["number"]), int(parts["number"]))
        ):
            return found[0]
        raise ParagraphMissing(id=id)

    @_telling_damage
    def passage(self, path: str, first: int, last: int) -> tuple[Paragraph, ...]:
        """Return the paragraphs of a document with these numbers, in order; those that are not there are left out.

        ParagraphMissing if there is no such document.
        """
        self.document(path)
        return self._engine.paragraphs(path, first, last)

    @_telling_damage
    def length(self, path: str) -> int:
        """Return how many paragraphs a document has; ParagraphMissing if it is not in the index."""
        self.document(path)
        return self._engine.length(path)


class Searcher(Search):
    """An index as it was when it was opened; later builds do not disturb it. Threads may share a searcher."""

    def __init__(self, opened: Opened, settings: Settings) -> None:
        super().__init__(opened.engine, settings)
        self._opened = opened
        self._look_ahead()

    @property
    def generation(self) -> int:
        """Return which build it searches; the number grows with every build that changed something."""
        return self._opened.generation

    @property
    def built(self) -> datetime:
        """Return when that build was."""
        return self._opened.built

    @_telling_damage
    def _look_ahead(self) -> None:
        if self._settings.asking.relative:
            self._known.look_ahead("text", self._opened.expected)

    def _look_for_damage(self, wrong: Exception) -> None:
        self._opened.look_for_damage(wrong)

    def is_newest(self) -> bool:
        """Whether no other build has been committed since it was opened; so too if the index is gone."""
        return self._opened.is_newest()

    def verify(self) -> int:
        """Read all of the index, compare it with the checksums of when it was written, and return its bytes.

        IndexDamaged if it is not what was written. Searches read no checksums: they would have to read all. 0 if the
        index is on a cluster, which looks at its checksums by itself.
        """
        return self._opened.verify()

    @_telling_damage
    def status(self) -> IndexStatus:
        """Return what is in the index."""
        return self._opened.status()


class _InFolder:
    """See Opened: in a folder."""

    def __init__(self, folder: Path, settings: Settings, *, compiled: bool) -> None:
        if compiled and not is_there():
            raise CompilerMissing
        self._folder = folder
        try:
            self.engine, self._made, self.generation = open_engine(folder, settings, by_loops=compiled)
            if compiled:
                self.engine.warm_up()
            self.expected = self.engine.frequent(_EXPECTED) if compiled else ()
        except IndexerError:
            raise
        except Exception as wrong:
            self.generation = latest_generation(folder)
            self.look_for_damage(wrong)
            raise
        self._committed = committed(folder, self.generation)
        self.built = self._made.built

    def is_newest(self) -> bool:
        try:
            latest = latest_generation(self._folder)
        except OSError:
            return True
        return latest < 0 or committed(self._folder, latest) == self._committed

    def verify(self) -> int:
        with reading(self._folder):
            return verify(self._folder, [segment.name for segment in listed(self._folder, self.generation)])

    def look_for_damage(self, wrong: Exception) -> None:
        with reading(self._folder), suppress(FileNotFoundError):
            self.verify()
            if isinstance(wrong, NotArrays):  # a stranger's, whose checksums are right
                raise wrong

    def status(self) -> IndexStatus:
        with reading(self._folder):
            files = state.read_files(self._folder, self.generation)
        sources, dated = self.engine.sources(), self.engine.dated()
        return IndexStatus(
            documents=sources.total(),
            paragraphs=self.engine.collection.paragraphs,
            words=self.engine.collection.words,
            lemmas=self.engine.different_lemmas,
            bytes=folder_size(self._folder),
            generation=self.generation,
            built=self._made.built,
            corpus=self._made.corpus,
            sources=dict(sources.most_common()),
            first=dated[0] if dated else None,
            last=dated[1] if dated else None,
            files=tuple(files),
        )


def _unmarked(text: str) -> Snippet:
    return Snippet(text, ())


def _composed(text: str) -> str:
    """Return a query in NFC, as the readers give texts."""
    return normalize("NFC", text)


def _asked(meant: Understood) -> str:
    """Return the words that a query looks for in texts, as typed; signs that only narrow it may stand."""
    return " ".join(one.text for one in meant.words if one.field == "text" and "-" not in one.signs)


def _is_short(query: Query, settings: Ranking) -> bool:
    """Whether paragraphs with all of a query come first, whatever else the others have."""
    while isinstance(query, Only):
        query = query.query
    return isinstance(query, Together) and len(query.clauses) <= settings.all_first


def _with_relatives(query: str, understood: Understood) -> Iterator[Rescue]:
    """Give the query with a sign for relatives before each word that has no sign yet."""
    words = []
    for meant in reversed(understood.words):
        if not meant.signs and meant.word.lemmas:
            query = f"{query[: meant.span.start]}~{query[meant.span.start :]}"
            words.append((meant.text, f"~{meant.text}"))
    if words:
        yield Rescue("relatives", query, tuple(reversed(words)))


def _without_forms(read: WordRead, forms: AbstractSet[str]) -> WordRead:
    """Return a word with forms told apart, which are without case."""

    def kept(among: dict[str, int]) -> dict[str, int]:
        return {form: places for form, places in among.items() if form.lower() not in forms}

    every = ChainMap(read.forms, *(lemma.forms for lemma in read.lemmas))
    return replace(
        read,
        lemmas=tuple(replace(lemma, forms=kept(lemma.forms)) for lemma in read.lemmas),
        forms=kept(read.forms),
        without_forms={form: places for form, places in every.items() if form.lower() in forms},
    )


def _as_written(forms: dict[str, int]) -> dict[str, int]:
    """Return forms without regard to capitals, each as it is written most often, the most frequent first."""
    total: dict[str, int] = {}
    shown: dict[str, str] = {}
    for places, form in sorted([(-places, form) for form, places in forms.items()]):
        one = shown.setdefault(form.lower(), form)
        total[one] = total.get(one, 0) - places
    return dict(sorted(total.items(), key=itemgetter(1), reverse=True))
