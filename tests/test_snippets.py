"""Marks."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from indexer import build_index
from indexer.analysis import russian
from indexer.analysis.abbreviations import DOTTED
from indexer.analysis.tokenize import goes_on, matches, may_go_on
from indexer.backends.memory import MemoryEngine
from indexer.backends.whoosh.search import open_engine
from indexer.settings import Analysis, Settings
from indexer.snippets import Marker, highlight
from indexer.types import Document, Lemma, Word
from tests.backends.test_agreement import documents, one_of, queries

if TYPE_CHECKING:
    from indexer.backends.base import Engine
    from indexer.types import Query

EXAMPLES = int(os.environ.get("ABZATS_AGREEMENT_EXAMPLES", "300"))
USUAL = Settings()
# With one lemma for each form it depends on the place in the sentence which one that is.
NARROW = Settings(analysis=Analysis(most_lemmas=1))
PIECES = "т. е. Т. Ч. т.д. А. С. 10 000 Песков песков . ... ? ! ; » ) н. э. Н. Э. 7,5 с. Ш. и. О. :) стали Все".split()
odd = st.lists(one_of([*PIECES, "т. е.", "Н. Э.", "10\u00a0000", "т.\u00a0е."]), min_size=1, max_size=14).map(" ".join)
odd_documents = st.lists(odd, min_size=1, max_size=4).map(
    lambda texts: [Document(f"{at}.txt", text) for at, text in enumerate(texts)]
)
words = st.lists(
    one_of("т.е. т.ч. н.э. с.ш. и.о. т е а с а. с. 10000 песок песков сталь стать весь все э ш о".split()),
    min_size=1,
    max_size=3,
    unique=True,
).map(lambda texts: Word(tuple(Lemma(text, 1.0) for text in texts)))


def engines(documents: list[Document], chosen: Settings) -> list[Engine]:
    with TemporaryDirectory() as folder:
        for state in (documents[:1], documents):
            build_index(state, Path(folder), settings=chosen, processes=1)
        return [
            MemoryEngine(documents, russian(chosen.analysis), chosen),
            open_engine(Path(folder), chosen)[0],
        ]


def marks_agree(documents: list[Document], query: Query, chosen: Settings) -> None:
    analyzer = russian(chosen.analysis)
    for engine in engines(documents, chosen):
        marked = Marker(query, engine, analyzer)
        for document in documents:
            for paragraph in engine.paragraphs(document.path, 1, 2**31):
                assert marked(paragraph.text) == highlight(paragraph.text, query, analyzer)


@settings(max_examples=max(EXAMPLES // 5, 30), deadline=None, suppress_health_check=list(HealthCheck))
@given(documents, queries, st.sampled_from([USUAL, NARROW]))
def test_marks_by_written_forms_are_marks_by_analysis(corpus: list[Document], query: Query, chosen: Settings) -> None:
    marks_agree(corpus, query, chosen)


@settings(max_examples=max(EXAMPLES // 5, 30), deadline=None, suppress_health_check=list(HealthCheck))
@given(odd_documents, words, st.sampled_from([USUAL, NARROW]))
def test_the_ends_of_sentences_are_no_obstacle(corpus: list[Document], query: Query, chosen: Settings) -> None:
    marks_agree(corpus, query, chosen)


@pytest.mark.parametrize("lemma", ["песок", "песков"])
def test_a_form_whose_lemma_depends_on_its_place_is_marked_where_it_has_it(lemma: str) -> None:
    text = "Песков нет. Там Песков, и там Песков."
    corpus = [replace(Document("a.txt", text))]
    for engine in engines(corpus, NARROW):
        query = Word((Lemma(lemma, 1.0),))
        found = Marker(query, engine, russian(NARROW.analysis))(text)
        assert found == highlight(text, query, russian(NARROW.analysis))
        assert 0 < len(found.marks) < 3


@pytest.mark.parametrize("name", DOTTED)
def test_a_token_that_goes_on_behind_a_dot_is_foreseen(name: str) -> None:
    text = f"Это {'. '.join(name.rstrip('.').split('.'))}. Он"
    assert may_go_on(text)
    assert any(goes_on(match[0]) for match in matches(text))
