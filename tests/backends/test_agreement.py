"""Every engine finds and ranks what the reference engine does."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar, get_args

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from indexer.analysis.fold import fold
from indexer.backends.base import Sort
from indexer.backends.whoosh import best, loops, quick
from indexer.compiled import is_there
from indexer.types import (
    AtPath,
    Boosted,
    Dated,
    Document,
    Either,
    Filters,
    Form,
    In,
    InDocument,
    Lemma,
    Near,
    Only,
    Phrase,
    Run,
    TextField,
    Together,
    Window,
    Word,
)
from tests.backends.engines import memory, opensearch, whoosh, whoosh_both_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indexer.backends.base import Engine
    from indexer.types import Facets, Hits, Query

Value = TypeVar("Value")

# Homonyms, compounds, names, ё, numbers and abbreviations; few, so that paragraphs share them.
WORDS = (
    "стали сталь вина вино Песков песка мыла мыло замок за́мок ёжик Ежик вице-министр министр Ростов-на-Дону дон "
    "5 см не и Linux нашли все весь 1990-е А. Кузнецов кузнецы "
    "в о этого Красной новой армии"  # what tells of the word beside it
).split()
QUERIES = 10  # of a corpus
EXAMPLES = int(os.environ.get("ABZATS_AGREEMENT_EXAMPLES", "300"))


def one_of(values: Sequence[Value]) -> st.SearchStrategy[Value]:
    """Return one of these; unlike sampled_from, it does not print them all wherever it is a part of something."""
    return st.integers(0, len(values) - 1).map(lambda at: values[at])


words = one_of(WORDS)
# Some sentences, for what must stand in one.
paragraphs = st.lists(st.tuples(words, st.sampled_from([" ", " ", " ", ". "])), min_size=1, max_size=12).map(
    lambda pieces: "".join(word + space for word, space in pieces).strip()
)
dates = st.sampled_from([None, *(datetime(2020, month, 1, tzinfo=UTC) for month in (1, 5, 9))])
documents = st.lists(
    st.builds(
        Document,
        st.just(""),
        st.lists(paragraphs, min_size=1, max_size=4).map("\n\n".join),
        title=paragraphs,
        date=dates,
        source=st.sampled_from(["", "ТАСС", "Тасс", "Абзац", "Вина и сталь"]),
        author=st.sampled_from(["", "Песков", "А. Кузнецов", "Ёжик Дон"]),
    ),
    min_size=1,
    max_size=7,
).map(lambda found: [replace(document, path=f"{at}.txt") for at, document in enumerate(found)])

lemmas = one_of(
    "стать сталь вина вино песок песков мыло мыть замок ежик вице-министр министр ростов-на-дону ростов дон 5 см "
    "сантиметр не и linux найти наслать все весь 1990 а. а кузнецов кузнец нету".split()
)
KIN = ((), (), (Lemma("сталь", 0.7),), (Lemma("мыть", 0.7), Lemma("вино", 0.35)), (Lemma("нету", 0.7),))
weighed = st.builds(Lemma, lemmas, st.sampled_from([1.0, 0.73, 0.5, 0.004]))
weights = st.sampled_from([1.0, 0.5, 0.25])
as_written = one_of([*WORDS, "Сталь", "СТАЛЬ", "ежик", "Ёжик", "замок", "нету"])
forms = (
    st.builds(Form, as_written.map(fold), st.just("folded"), weights)
    | st.builds(Form, as_written.map(str.lower), st.just("letters"), weights)
    | st.builds(Form, as_written, st.just("written"), weights)
)
word = st.builds(
    Word,
    st.lists(weighed, max_size=3, unique_by=lambda lemma: lemma.text).map(tuple),
    st.lists(forms, max_size=1).map(tuple),
    one_of(KIN),
    st.booleans(),
) | st.builds(Word, st.just(()), st.lists(forms, max_size=4).map(tuple))
phrase = st.lists(word, min_size=1, max_size=3).map(lambda words: Phrase(tuple(words))) | st.lists(
    st.tuples(word, word), min_size=1, max_size=3
).map(lambda pairs: Phrase(tuple(word for word, _ in pairs), tuple(typed for _, typed in pairs)))
near = st.lists(st.tuples(word | phrase, st.none() | st.integers(1, 5)), min_size=2, max_size=3).map(
    lambda chain: Near(tuple(leaf for leaf, _ in chain), tuple(link for _, link in chain[1:]))
)
window = (
    st.lists(word, min_size=2, max_size=3)
    .map(tuple)
    .flatmap(
        # A word twice, now and then: it wants two places.
        lambda words: st.builds(Window, st.sampled_from([words, (words[0], *words)]), st.integers(1, 6))
    )
)


run = st.lists(word, min_size=1, max_size=5).flatmap(
    # A word may come twice: it is then two of the words in a row.
    lambda words: st.builds(Run, st.sampled_from([tuple(words), (*words, words[0])]), st.integers(1, len(words)))
)


def combined(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return (
        st.builds(Together, st.lists(inner, min_size=2, max_size=5).map(tuple))
        | st.builds(Either, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Only, inner, st.lists(inner, max_size=2).map(tuple), st.lists(inner, max_size=2).map(tuple))
        | st.builds(Boosted, inner, st.sampled_from([0.1, 2.0, 7.3]))
        | st.builds(InDocument, inner)
    )


in_text = st.recursive(word | phrase | near | window | run, combined, max_leaves=6)
moments = st.none() | st.sampled_from([datetime(2020, month, 1, tzinfo=UTC) for month in (1, 2, 5, 12)])
conditions = (
    st.builds(In, st.sampled_from(get_args(TextField)), in_text)
    | st.builds(Dated, moments, moments)
    | st.builds(AtPath, st.sampled_from(["1", ".txt", "*.txt", "?.txt", "нет", "2*", "[1]*"]))
)
queries = st.recursive(word | phrase | near | window | run | conditions, combined, max_leaves=8)
filters = st.builds(Filters, st.sampled_from([(), ("тасс",), ("Абзац", "нет такого")]), moments, moments)


def everything(engine: Engine, query: Query, chosen: Filters, sort: Sort, *, per_document: bool) -> Hits:
    return engine.search(query, chosen, limit=None, offset=0, sort=sort, per_document=per_document)


def facets(engine: Engine, query: Query, chosen: Filters, *, per_document: bool) -> Facets:
    """Return facets with sources folded: which document's spelling is taken is the engine's affair."""
    found = engine.facets(query, chosen, per_document=per_document)
    assert list(found.sources.values()) == sorted(found.sources.values(), reverse=True)
    assert list(found.months) == sorted(found.months)
    return replace(found, sources={source.casefold(): count for source, count in found.sources.items()})


@pytest.fixture(autouse=True, scope="module")
def _small_steps() -> Iterator[None]:
    """Let the embedded engine leave out rows of so small a corpus, as it does with those of a large one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(best, "_SCORED", 1)
        patch.setattr(best, "_READ", 1)
        patch.setattr(quick, "_CHEAP", 1)
        patch.setattr(quick, "_FEW", 1)
        patch.setattr(loops, "WINDOW", 3)
        yield


@dataclass
class Asked:
    """A query, and how it is asked."""

    query: Query
    chosen: Filters
    sort: Sort
    per_document: bool
    offset: int
    limit: int


asked = st.builds(
    Asked, queries, filters, st.sampled_from(get_args(Sort)), st.booleans(), st.integers(0, 5), st.integers(0, 5)
)


def agrees(engine: Engine, reference: Engine, asked: Asked) -> None:
    """See that scores are equal to the last bit, order and counts too; limit only truncates."""
    query, chosen, sort, per_document = asked.query, asked.chosen, asked.sort, asked.per_document
    expected = everything(reference, query, chosen, sort, per_document=per_document)
    assert everything(engine, query, chosen, sort, per_document=per_document) == expected
    assert facets(engine, query, chosen, per_document=per_document) == facets(
        reference, query, chosen, per_document=per_document
    )
    offset, limit = asked.offset, asked.limit
    page = engine.search(query, chosen, limit=limit, offset=offset, sort=sort, per_document=per_document)
    assert page.hits == expected.hits[offset : offset + limit]
    assert (page.total, page.complete) == (expected.total, expected.complete)
    for hit in expected.hits[:1]:
        ours = engine.scorer(hit.paragraph.document, hit.paragraph.number)
        theirs = reference.scorer(hit.paragraph.document, hit.paragraph.number)
        for part in (query, *parts_of(query)):
            assert ours(part) == theirs(part)


# Some queries of each corpus: to build it takes longer than to ask it.
CORPORA = settings(max_examples=max(EXAMPLES // QUERIES, 10), deadline=None, suppress_health_check=list(HealthCheck))
several = st.lists(asked, min_size=QUERIES, max_size=QUERIES)


@CORPORA
@given(before=documents, corpus=documents, queries=several)
def test_the_embedded_engine_is_the_reference_engine(
    before: list[Document], corpus: list[Document], queries: list[Asked]
) -> None:
    """By array operations and by loops; an update gives what a build from nothing gives."""
    reference = memory(corpus)
    by_arrays, by_loops = whoosh_both_ways(before, corpus)
    for query in queries:
        agrees(by_arrays, reference, query)
    # Loops that are not compiled do the same, a hundred times as slowly.
    for query in queries if is_there() else queries[:1]:
        agrees(by_loops, reference, query)


@CORPORA
@given(before=documents, corpus=documents, queries=several)
def test_the_engine_of_a_cluster_is_the_reference_engine(
    before: list[Document], corpus: list[Document], queries: list[Asked]
) -> None:
    engine, reference = opensearch(before, corpus), memory(corpus)
    for query in queries:
        agrees(engine, reference, query)


SENTENCES = [
    "все весь. Дом мир.",
    "Дом мир. Все весь.",
    "Дом. Все весь. Дом.",
    "Все мир. Весь мир.",
    "Все. Весь.",
    "Дом. Все. Весь. Дом.",
    "Все. Весь. Все весь дом. Все.",
    "Мир все дом весь мир. Дом.",
]


@pytest.mark.parametrize("engine", [whoosh, opensearch])
def test_what_is_in_one_sentence_may_begin_and_end_it(engine: Callable[..., Engine]) -> None:
    """Also beside sentences of one word."""
    corpus = [Document(f"{at}.txt", text) for at, text in enumerate(SENTENCES)]
    one, other = (Word((), (Form(form, "folded", 1.0),)) for form in ("все", "весь"))
    asked = engine(corpus)
    for pair in ((one, other), (other, one)):
        hits = everything(asked, Near(pair, (None,)), Filters(), "relevance", per_document=False).hits
        assert sorted(hit.paragraph.document for hit in hits) == ["0.txt", "1.txt", "2.txt", "6.txt", "7.txt"]


@settings(max_examples=max(EXAMPLES // 10, 30), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=documents, corpus=documents, lemma=lemmas, form=forms, prefix=st.sampled_from(["с", "ве", "ми", "5", "х"])
)
def test_the_embedded_engine_has_the_words_of_the_reference_engine(
    before: list[Document], corpus: list[Document], lemma: str, form: Form, prefix: str
) -> None:
    ours, theirs = whoosh(before, corpus), memory(corpus)
    for field in ("text", *get_args(TextField)):
        our_words, their_words = ours.vocabulary(field), theirs.vocabulary(field)
        assert ours.lemma_places(field, lemma) == theirs.lemma_places(field, lemma)
        assert ours.known(field, [lemma, "вино", "нету"]) == theirs.known(field, [lemma, "вино", "нету"])
        assert our_words.starting(prefix, 9) == their_words.starting(prefix, 9)
        assert our_words.like(f"{prefix}*") == their_words.like(f"{prefix}*")
        assert our_words.near("сталь", 2) == their_words.near("сталь", 2)
        assert ours.form_places(field, form) == theirs.form_places(field, form)
    assert ours.spellings(fold(form.text)) == theirs.spellings(fold(form.text))
    # After an update the index may remember a reading that only deleted paragraphs had.
    assert whoosh(corpus).forms_of(lemma) == theirs.forms_of(lemma)


def parts_of(query: Query) -> list[Query]:
    match query:
        case Together(clauses) | Either(clauses):
            return list(clauses)
        case Only(wanted) | Boosted(wanted):
            return [wanted]
        case _:
            return []
