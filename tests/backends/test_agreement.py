"""Every engine finds and ranks what the reference engine does."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from indexer.backends.base import Sort
from indexer.types import Document, Either, Filters, Lemma, Phrase, Together, Without, Word
from tests.backends.engines import memory, whoosh

if TYPE_CHECKING:
    from indexer.backends.base import Engine
    from indexer.types import Hits, Query

# Homonyms, compounds, names, ё, numbers and abbreviations; few, so that paragraphs share them.
WORDS = (
    "стали сталь вина вино Песков песка мыла мыло замок за́мок ёжик Ежик вице-министр министр Ростов-на-Дону дон "
    "5 см не и Linux нашли все весь 1990-е А. Кузнецов кузнецы"
).split()
EXAMPLES = int(os.environ.get("ABZATS_AGREEMENT_EXAMPLES", "300"))

words = st.sampled_from(WORDS)
paragraphs = st.lists(words, min_size=1, max_size=12).map(" ".join)
dates = st.sampled_from([None, *(datetime(2020, month, 1, tzinfo=UTC) for month in (1, 5, 9))])
documents = st.lists(
    st.builds(
        Document,
        st.just(""),
        st.lists(paragraphs, min_size=1, max_size=4).map("\n\n".join),
        title=paragraphs,
        date=dates,
        source=st.sampled_from(["", "ТАСС", "Тасс", "Абзац"]),
    ),
    min_size=1,
    max_size=7,
).map(lambda found: [replace(document, path=f"{at}.txt") for at, document in enumerate(found)])

lemmas = st.sampled_from(
    "стать сталь вина вино песок песков мыло мыть замок ежик вице-министр министр ростов-на-дону ростов дон 5 см "
    "сантиметр не и linux найти наслать все весь 1990 а. а кузнецов кузнец нету".split()
)
weighed = st.builds(Lemma, lemmas, st.sampled_from([1.0, 0.73, 0.5, 0.004]))
word = st.builds(Word, st.lists(weighed, min_size=1, max_size=3, unique_by=lambda lemma: lemma.text).map(tuple))
phrase = st.builds(Phrase, st.lists(word, min_size=2, max_size=3).map(tuple))
queries = st.recursive(
    word | phrase,
    lambda inner: (
        st.builds(Together, st.lists(inner, min_size=2, max_size=5).map(tuple))
        | st.builds(Either, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Without, inner, st.lists(inner, min_size=1, max_size=2).map(tuple))
    ),
    max_leaves=8,
)
moments = st.none() | st.sampled_from([datetime(2020, month, 1, tzinfo=UTC) for month in (1, 2, 5, 12)])
filters = st.builds(Filters, st.sampled_from([(), ("тасс",), ("Абзац", "нет такого")]), moments, moments)


def everything(engine: Engine, query: Query, chosen: Filters, sort: Sort, *, per_document: bool) -> Hits:
    return engine.search(query, chosen, limit=None, offset=0, sort=sort, per_document=per_document)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=documents,
    corpus=documents,
    query=queries,
    chosen=filters,
    sort=st.sampled_from(get_args(Sort)),
    per_document=st.booleans(),
    offset=st.integers(0, 5),
    limit=st.integers(0, 5),
)
def test_the_embedded_engine_is_the_reference_engine(
    before: list[Document],
    corpus: list[Document],
    query: Query,
    chosen: Filters,
    sort: Sort,
    per_document: bool,  # noqa: FBT001 -- Hypothesis passes by name
    offset: int,
    limit: int,
) -> None:
    """Scores to the last bit, order, counts; an update gives what a build from nothing gives; limit only truncates."""
    expected = everything(memory(corpus), query, chosen, sort, per_document=per_document)
    engine = whoosh(before, corpus)
    assert everything(engine, query, chosen, sort, per_document=per_document) == expected
    page = engine.search(query, chosen, limit=limit, offset=offset, sort=sort, per_document=per_document)
    assert page.hits == expected.hits[offset : offset + limit]
    assert (page.total, page.complete) == (expected.total, expected.complete)
