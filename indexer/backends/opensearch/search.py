"""The engine over a cluster: the cluster finds, counts and ranks at first; the formula ranks the best of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.backends.memory import Scores
from indexer.backends.opensearch import encoding
from indexer.backends.opensearch.clauses import (
    NONE,
    Finding,
    Scoring,
    all_of,
    allowed,
    has_in_document,
    terms,
    words_of,
)
from indexer.backends.opensearch.connection import Connection
from indexer.backends.opensearch.index import current, opened, portions
from indexer.backends.opensearch.schema import HEADINGS, plain, prefix, token
from indexer.backends.opensearch.statistics import Counts, rows_of
from indexer.backends.opensearch.words import Words
from indexer.deadline import NEVER
from indexer.errors import ClusterFailure
from indexer.types import Facets, Filters, Hit, Hits, IndexStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from indexer import ranking
    from indexer.addresses import Cluster
    from indexer.analysis import Found
    from indexer.backends.base import Sort, Written
    from indexer.backends.opensearch.clauses import Clause
    from indexer.backends.opensearch.encoding import StoredRow
    from indexer.backends.opensearch.index import Index, Made
    from indexer.deadline import Deadline
    from indexer.settings import Settings
    from indexer.types import Form, Heading, Near, Paragraph, Phrase, Query, Run, Window
    from indexer.vocabulary import Vocabulary

_PAGE = 1000  # paragraphs that are fetched at once, of some three kilobytes each
_MOST_DOCUMENTS = 50_000  # that are counted one by one; of more, the cluster tells about how many there are
_MOST_SOURCES = 10_000
_SHOWN = ["path", "number", "start", "text", "heading", "source"]
_TEXT = ["lemmas", "forms", "length"]
_FIELDS = [f"{prefix(field)}{part}" for field in ("text", *HEADINGS) for part in _TEXT]


class _Candidate(NamedTuple):
    """A paragraph that may be on the page."""

    order: tuple[float, float, str, int]
    score: float
    fields: dict[str, Any]


class OpenSearchEngine:
    """See Engine. All it remembers is of one generation, which never changes; threads may share it."""

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self._words = Words(index)
        self._counts = Counts(index, self._spelt)

    @property
    def collection(self) -> ranking.Collection:
        """Return the size of what can be found."""
        return self._counts.collection("text")

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
        asked = _Asked(self, query, deadline)
        found = all_of([asked.found, *allowed(filters)])
        complete = all_of([found, asked.complete])
        if found == NONE:
            deadline.check()
            return Hits((), 0, 0)
        total, all_complete = self._totals(found, complete, deadline, per_document=per_document)
        stop = total if limit is None else min(offset + limit, total)
        if stop <= offset:
            return Hits((), total, all_complete)
        ranked = asked.ranked(found, stop, everything=limit is None, sort=sort, per_document=per_document)
        page = tuple(
            Hit(encoding.paragraph(one.fields), encoding.heading(one.fields), one.score) for one in ranked[offset:stop]
        )
        return Hits(page, total, all_complete)

    def _totals(self, found: Clause, complete: Clause, deadline: Deadline, *, per_document: bool) -> tuple[int, int]:
        if per_document:
            return self._documents(found, deadline), self._documents(complete, deadline)
        answer = self._index.search(
            {"size": 0, "track_total_hits": True, "query": found, "aggs": {"complete": {"filter": complete}}},
            deadline=deadline,
        )
        return answer["hits"]["total"]["value"], answer["aggregations"]["complete"]["doc_count"]

    def _documents(self, found: Clause, deadline: Deadline) -> int:
        """Return how many documents have what a clause finds."""
        if found == NONE:
            return 0
        many = {"cardinality": {"field": "path", "precision_threshold": 40_000}}
        answer = self._index.search({"size": 0, "query": found, "aggs": {"many": many}}, deadline=deadline)
        about = int(answer["aggregations"]["many"]["value"])
        if about > _MOST_DOCUMENTS:
            return about
        return sum(1 for _ in self._index.different(found, "path", deadline=deadline))

    def facets(self, query: Query, filters: Filters, *, per_document: bool, deadline: Deadline = NEVER) -> Facets:
        """See Engine.facets."""
        found = _Asked(self, query, deadline).found
        of_source = all_of([found, *allowed(replace(filters, sources=()))])
        of_month = all_of([found, *allowed(replace(filters, since=None, until=None))])
        sources = self._spread(of_source, "source_name", deadline, per_document=per_document)
        months = self._spread(of_month, "month", deadline, per_document=per_document)
        names = self._source_names(sources)
        undated = months.pop("", 0)
        return Facets(
            dict(
                sorted(
                    ((names[source], count) for source, count in sources.items()), key=lambda pair: (-pair[1], pair[0])
                )
            ),
            dict(sorted(months.items())),
            undated,
        )

    def _spread(self, found: Clause, field: str, deadline: Deadline, *, per_document: bool) -> Counter[str]:
        """Return how many of what a clause finds have each value of a field; "" stands for none."""
        counts: Counter[str] = Counter()
        if found == NONE:
            return counts
        of_document = [{"document": {"terms": {"field": "path"}}}] if per_document else []
        value = {"value": {"terms": {"field": field, "missing_bucket": True}}}
        after: dict[str, Any] = {}
        while True:
            pairs = {"composite": {"size": 10_000, "sources": [value, *of_document], **after}}
            answer = self._index.search({"size": 0, "query": found, "aggs": {"pairs": pairs}}, deadline=deadline)
            buckets = answer["aggregations"]["pairs"]["buckets"]
            for bucket in buckets:
                counts[plain(bucket["key"]["value"] or "")] += 1 if per_document else bucket["doc_count"]
            if len(buckets) < 10_000:  # noqa: PLR2004 -- as asked for
                return counts
            after = {"after": answer["aggregations"]["pairs"]["after_key"]}

    def _source_names(self, folded: Collection[str]) -> dict[str, str]:
        """Return how a document writes each source."""
        if not folded:
            return {}
        spelt = {"spelt": {"terms": {"field": "source", "size": 1, "order": {"_key": "asc"}}}}
        names: dict[str, str] = {}
        for some in portions(folded, _MOST_SOURCES):
            tokens = [token(source) for source in some]
            by_name = {"terms": {"field": "source_name", "include": tokens, "size": len(tokens)}, "aggs": spelt}
            answer = self._index.search(
                {"size": 0, "query": {"terms": {"source_name": tokens}}, "aggs": {"names": by_name}}
            )
            for bucket in answer["aggregations"]["names"]["buckets"]:
                names[plain(bucket["key"])] = plain(bucket["spelt"]["buckets"][0]["key"])
        return names

    def sources(self) -> Counter[str]:
        """Return how many documents each source has; the empty one is that of those without."""
        return self._spread({"term": {"heads": True}}, "source", NEVER, per_document=False)

    def dated(self) -> tuple[datetime, datetime] | None:
        """Return the earliest and the latest date of a document, or None if none has a date."""
        found = []
        for order in ("asc", "desc"):
            body = {
                "size": 1,
                "query": {"bool": {"filter": [{"exists": {"field": "moment"}}]}},
                "sort": [{"moment": order}, {"path": "asc"}],
                "_source": _SHOWN,
            }
            hits = self._index.search(body)["hits"]["hits"]
            if not hits:
                return None
            date = encoding.heading(hits[0]["_source"]).date
            assert date is not None  # noqa: S101 -- as was asked for
            found.append(date)
        return found[0], found[1]

    def scorer(self, path: str, number: int) -> Callable[[Query], float]:
        """See Engine.scorer."""
        fields = list(self._index.all({"term": {"path": token(path)}}, "path", [*_SHOWN, *_FIELDS]))
        (at,) = (at for at, one in enumerate(fields) if one["number"] == number)
        rows = _all_rows(fields)

        def score(query: Query) -> float:
            _Asked(self, query, NEVER).learn()
            return Scores("text", rows, self._settings.ranking, self._counts).scorer(query)(rows["text"][at])

        return score

    def vocabulary(self, field: str) -> Vocabulary:
        """See Engine.vocabulary."""
        return self._words.vocabulary(field)

    def lemma_places(self, field: str, lemma: str) -> int:
        """See Engine.lemma_places."""
        return self._words.lemma_places(field, lemma)

    def known(self, field: str, lemmas: Collection[str]) -> set[str]:
        """See Engine.known."""
        return self._words.known(field, lemmas)

    def found(self, form: str, opens_sentence: bool) -> Found | None:  # noqa: ARG002, FBT001 -- the protocol's
        """See Engine.found: the dictionary is nearer than the cluster."""
        return None

    def written(self, lemmas: Collection[str]) -> Written:
        """See Engine.written."""
        return self._words.written(lemmas)

    def forms_of(self, lemma: str) -> dict[str, int]:
        """See Engine.forms_of."""
        return self._words.forms_of(lemma)

    def spellings(self, form: str) -> dict[str, int]:
        """See Engine.spellings."""
        return self._words.spellings(form)

    def form_places(self, field: str, form: Form) -> int:
        """See Engine.form_places."""
        return self._words.form_places(field, form)

    def heading(self, path: str) -> Heading | None:
        """See Engine.heading."""
        found = self._index.search({"size": 1, "query": {"term": {"path": token(path)}}, "_source": _SHOWN})
        hits = found["hits"]["hits"]
        return encoding.heading(hits[0]["_source"]) if hits else None

    def paragraphs(self, path: str, first: int, last: int) -> tuple[Paragraph, ...]:
        """See Engine.paragraphs."""
        numbers = {"range": {"number": {"gte": first, "lte": min(last, 2**31 - 1)}}}
        there = {"bool": {"filter": [{"term": {"path": token(path)}}, numbers]}}
        return tuple(map(encoding.paragraph, self._index.all(there, "path", _SHOWN)))

    def length(self, path: str) -> int:
        """See Engine.length."""
        return self._index.counts([{"term": {"path": token(path)}}])[0]

    @property
    def repeated(self) -> int:
        """How many requests had to be sent again, for a node was lost or busy."""
        return self._index.connection.repeated

    def close(self) -> None:
        """Let go of the sockets."""
        self._index.connection.close()

    def _spelt(self, form: Form) -> list[str]:
        return self._words.spelt([form])[form]


class _Asked:
    """One query: its clauses, and the scores of what they find."""

    def __init__(self, engine: OpenSearchEngine, query: Query, deadline: Deadline) -> None:
        deadline.check()
        self._index = engine._index  # noqa: SLF001 -- a part of it
        self._settings = engine._settings  # noqa: SLF001 -- likewise
        self._words = engine._words  # noqa: SLF001 -- likewise
        self._counts = engine._counts  # noqa: SLF001 -- likewise
        self._query = query
        self._deadline = deadline
        forms = {form for _, word in words_of(query) for form in word.forms}
        self._spelt = self._words.spelt(forms) if forms else {}
        self._known: dict[tuple[str, str], Clause] = {}
        finding = Finding(self)
        self.found = finding.found(query)
        self.complete = finding.complete(query)

    def learn(self) -> None:
        """Have at once what will be asked of lemmas: the counts that scores depend on, and how they are written."""
        pairs = []
        marked: set[str] = set()
        for field, word in words_of(self._query):
            for name in {field, "title"} if field == "text" else {field}:
                pairs += [(name, lemma.text) for lemma in (*word.lemmas, *word.relatives)]
            if field == "text":
                marked.update(lemma.text for lemma in word.lemmas)
        self._counts.ask_for(pairs)
        self._words.having(marked)

    # --- Resolver ---

    def written(self, form: Form) -> list[str]:
        """See Resolver.written."""
        if form not in self._spelt:
            self._spelt[form] = self._words.spelt([form])[form]
        return self._spelt[form]

    def looked_through(self, condition: Near | Window | Run | Phrase, field: str, superset: Clause) -> Clause:
        """See Resolver.looked_through."""
        key = (repr(condition), field)
        if key not in self._known:
            self._known[key] = self._look_through(condition, field, superset)
        return self._known[key]

    def _look_through(self, condition: Near | Window | Run | Phrase, field: str, superset: Clause) -> Clause:
        self._deadline.check()
        names, paths = [], []
        fields = ["path", "number", "heading", "source", *(f"{prefix(field)}{part}" for part in _TEXT)]
        for one in self._index.all(rows_of(field, superset), "path", fields, deadline=self._deadline):
            row = encoding.row(one, field, 0)
            if Scores(field, {field: [row]}, self._settings.ranking, self._counts).finds(condition, row):
                names.append(encoding.row_id(plain(one["path"]), one["number"]))
                paths.append(one["path"])
        if not names:
            return NONE
        return {"ids": {"values": names}} if field == "text" else terms("path", paths)

    def beside(self, found: Clause) -> Clause:
        """See Resolver.beside."""
        if found == NONE:
            return NONE
        key = (repr(found), "beside")
        if key not in self._known:
            paths = list(self._index.different(found, "path", deadline=self._deadline))
            self._known[key] = terms("path", paths) if paths else NONE
        return self._known[key]

    # --- the ranking ---

    def ranked(self, found: Clause, stop: int, *, everything: bool, sort: Sort, per_document: bool) -> list[_Candidate]:
        """Return the best of what a clause finds in the order of the formula, as many as `stop` or some more."""
        self.learn()
        scoring = Scoring(self, self._counts, self._settings.ranking).clauses(self._query)
        newest = [{"moment": {"order": "desc", "missing": "_last"}}] if sort == "date" else []
        body: dict[str, Any] = {
            "query": {"bool": {"filter": [found], "should": scoring}},
            "sort": [*newest, {"_score": "desc"}, {"path": "asc"}, {"number": "asc"}],
            "_source": [*_SHOWN, *_FIELDS],
            "track_total_hits": False,
        }
        most = max(self._settings.clustering.candidates, 2 * stop)
        candidates: list[_Candidate] = []
        while True:
            wanted = most - len(candidates)
            size = _PAGE if everything else min(wanted, _PAGE)
            hits = self._index.search(
                {**body, "size": size}, parameters={"search_type": "dfs_query_then_fetch"}, deadline=self._deadline
            )["hits"]["hits"]
            candidates += self._scored([hit["_source"] for hit in hits], newest_first=bool(newest))
            has_all = len(hits) < size
            if not has_all:
                body["search_after"] = hits[-1]["sort"]
                if everything or len(candidates) < most:
                    continue
            best = sorted(candidates, key=lambda one: one.order)
            if per_document:
                best = list({one.order[2]: one for one in reversed(best)}.values())
                best.sort(key=lambda one: one.order)
                if len(best) < stop and not has_all:
                    most *= 4
                    continue
            return best

    def _scored(self, fields: Sequence[dict[str, Any]], *, newest_first: bool) -> list[_Candidate]:
        self._deadline.check()
        others = self._others(fields) if has_in_document(self._query) else []
        rows = _all_rows([*fields, *others])
        score = Scores("text", rows, self._settings.ranking, self._counts).scorer(self._query)
        found = []
        for one, row in zip(fields, rows["text"], strict=False):
            points = score(row)
            newest = 0.0
            if newest_first:
                newest = -row.heading.date.timestamp() if row.heading.date else float("inf")
            found.append(_Candidate((newest, -points, row.heading.path, one["number"]), points, one))
        return found

    def _others(self, fields: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the other paragraphs of the documents of some."""
        here = {(one["path"], one["number"]) for one in fields}
        paths = list(dict.fromkeys(one["path"] for one in fields))
        every = self._index.all(terms("path", paths), "path", [*_SHOWN, *_FIELDS], deadline=self._deadline)
        return [one for one in every if (one["path"], one["number"]) not in here]


def _all_rows(fields: Sequence[dict[str, Any]]) -> dict[str, list[StoredRow]]:
    """Return the rows of paragraphs, and those of their documents' titles, sources and authors."""
    numbers: dict[str, int] = {}
    rows: dict[str, list[StoredRow]] = {field: [] for field in ("text", *HEADINGS)}
    for one in fields:
        if one["path"] not in numbers:
            number = numbers[one["path"]] = len(numbers)
            for name in HEADINGS:
                rows[name].append(encoding.row(one, name, number))
        rows["text"].append(encoding.row(one, "text", numbers[one["path"]]))
    return rows


def open_engine(cluster: Cluster, settings: Settings) -> tuple[OpenSearchEngine, Made, Index]:
    """Return the engine over the newest generation, and how that was made.

    IndexMissing, IndexIncompatible or ClusterFailure if it cannot be used.
    """
    connection = Connection(cluster)
    try:
        index, made = opened(connection, settings)
    except BaseException:
        connection.close()
        raise
    return OpenSearchEngine(index, settings), made, index


class OnCluster:
    """See Opened: on a cluster."""

    def __init__(self, cluster: Cluster, settings: Settings) -> None:
        self.engine, self._made, self._index = open_engine(cluster, settings)
        self.generation = self._made.generation
        self.built = self._made.moment
        self.expected = ()

    def is_newest(self) -> bool:
        """See Opened.is_newest; so too while the cluster is out of reach."""
        try:
            newest = current(self._index.connection, patience=0)
        except ClusterFailure:
            return True
        return newest in {None, self._index.name}

    def look_for_damage(self, wrong: Exception) -> None:
        """See Opened.look_for_damage: a cluster looks at its checksums itself."""

    def verify(self) -> int:
        """See Opened.verify."""
        return 0

    def status(self) -> IndexStatus:
        """See Opened.status."""
        sources, dated = self.engine.sources(), self.engine.dated()
        return IndexStatus(
            documents=sources.total(),
            paragraphs=self.engine.collection.paragraphs,
            words=self.engine.collection.words,
            lemmas=self._made.lemmas,
            bytes=self._index.bytes(),
            generation=self.generation,
            built=self.built,
            corpus=self._made.corpus,
            sources=dict(sources.most_common()),
            first=dated[0] if dated else None,
            last=dated[1] if dated else None,
            files=tuple(self._index.files()),
        )
