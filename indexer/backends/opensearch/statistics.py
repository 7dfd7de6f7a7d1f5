"""What scores depend on beside a paragraph: counts over the whole index, exact, asked of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer import ranking
from indexer.backends.opensearch.clauses import NONE, terms
from indexer.backends.opensearch.index import portions
from indexer.backends.opensearch.schema import HEADINGS, prefix, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indexer.backends.opensearch.clauses import Clause
    from indexer.backends.opensearch.index import Index
    from indexer.types import Form

_AT_ONCE = 1000  # counts that are asked for
_MOST_COUNTED = 200_000  # counts that are remembered
_PARAGRAPHS: Clause = {"exists": {"field": "path"}}


class Counts:
    """See backends.memory.Statistics: asked of the cluster, and remembered; nothing in a generation changes."""

    def __init__(self, index: Index, spelt: Callable[[Form], list[str]]) -> None:
        self._index = index
        self._spelt = spelt
        self._collections: dict[str, ranking.Collection] = {}
        self._lemmas: dict[tuple[str, str], int] = {}
        self._forms: dict[tuple[str, tuple[Form, ...]], int] = {}

    def collection(self, field: str) -> ranking.Collection:
        """See Statistics.collection."""
        if field not in self._collections:
            sums = {name: {"sum": {"field": f"{prefix(name)}length"}} for name in ("text", *HEADINGS)}
            heads = {"filter": {"term": {"heads": True}}, "aggs": {name: sums[name] for name in HEADINGS}}
            answer = self._index.search(
                {
                    "size": 0,
                    "track_total_hits": True,
                    "query": _PARAGRAPHS,
                    "aggs": {"text": sums["text"], "heads": heads},
                }
            )
            total, found = answer["hits"]["total"]["value"], answer["aggregations"]
            self._collections["text"] = ranking.Collection(total, int(found["text"]["value"]))
            for name in HEADINGS:
                documents = found["heads"]["doc_count"]
                self._collections[name] = ranking.Collection(documents, int(found["heads"][name]["value"]))
        return self._collections[field]

    def found(self, field: str, lemma: str) -> int:
        """See Statistics.found."""
        known = self._lemmas.get((field, lemma))
        return self.ask_for([(field, lemma)])[field, lemma] if known is None else known

    def found_by_forms(self, field: str, forms: tuple[Form, ...]) -> int:
        """See Statistics.found_by_forms."""
        if not forms:
            return 0
        known = self._forms.get((field, forms))
        if known is None:
            if len(self._forms) > _MOST_COUNTED:
                self._forms = {}
            written = dict.fromkeys(token(one) for form in forms for one in self._spelt(form))
            clause = terms(f"{prefix(field)}forms", list(written)) if written else NONE
            (count,) = self._index.counts([rows_of(field, clause)])
            self._forms[field, forms] = count
            return count
        return known

    def ask_for(self, lemmas: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return how many rows have each of some lemmas, which come with their fields; they are remembered."""
        remembered = self._lemmas
        if len(remembered) > _MOST_COUNTED:
            remembered = self._lemmas = {}  # threads that are at it keep theirs
        asked = list(dict.fromkeys(lemmas))
        for some in portions([pair for pair in asked if pair not in remembered], _AT_ONCE):
            queries = [rows_of(field, {"term": {f"{prefix(field)}lemmas": token(lemma)}}) for field, lemma in some]
            remembered.update(zip(some, self._index.counts(queries), strict=True))
        return {pair: remembered[pair] for pair in asked}


def rows_of(field: str, clause: Clause) -> Clause:
    """Return a clause for rows of a field: a title is that of as many paragraphs as its document has."""
    return clause if field == "text" else {"bool": {"filter": [clause, {"term": {"heads": True}}]}}
