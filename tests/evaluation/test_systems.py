from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import log
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Document, Settings, open_index
from indexer.evaluation import BASELINES, OURS, WHOLE, Bag, JudgedSet, Ours, changed, evaluate, read_set
from indexer.evaluation.systems import Bags, Bench, stem, tokens
from indexer.settings import Ranking

from .conftest import GRADES, TEXTS

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Ranking(k1=1.2, b=0.75, title=0.0, light=1.0, lead=0.0, adjacency=0.0, all_first=0)
WORDS = "cat dog sun map pen cup hat fox".split()  # that every analysis leaves as they are
LINES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(", ".join)


def by_hand(texts: list[str], query: str) -> list[float]:
    """Return BM25 as Robertson and Zaragoza print it, with Lucene's idf and without the factor k1 + 1."""
    bags = [Counter(text.split(", ")) for text in texts]
    average = sum(bag.total() for bag in bags) / len(bags)
    total = [0.0] * len(bags)
    for word in query.split(", "):
        found = sum(word in bag for bag in bags)
        idf = log(1 + (len(bags) - found + 0.5) / (found + 0.5))
        for place, bag in enumerate(bags):
            total[place] += idf * bag[word] / (bag[word] + 1.2 * (1 - 0.75 + 0.75 * bag.total() / average))
    return total


@given(st.lists(LINES, min_size=1, max_size=12), LINES)
def test_bags_score_by_the_formula(texts: list[str], query: str) -> None:
    bags = Bags(tokens(Document(str(place), text) for place, text in enumerate(texts)), str.lower)
    assert list(bags.scores(query)) == pytest.approx(by_hand(texts, query))


def test_bags_and_our_engine_agree_where_words_have_one_form(tmp_path: Path) -> None:
    texts = [", ".join(WORDS[(place * step) % 8] for step in range(1, 2 + place % 5)) for place in range(40)]
    queries = {str(place): f"{WORDS[place % 8]}, {WORDS[place * 3 % 8]}" for place in range(1, 8)}
    documents = tuple(Document(f"{place:02}", text) for place, text in enumerate(texts))
    bench = Bench(JudgedSet("numbers", documents, queries, {}), tmp_path)
    plain = Ours(settings=replace(WHOLE, ranking=PLAIN))
    ours, bags = dict(plain.answers(bench)), dict(BASELINES[0].answers(bench))
    for query in queries:
        assert dict(ours[query]) == pytest.approx(dict(bags[query]))


def test_a_document_counts_by_its_best_paragraph(tmp_path: Path) -> None:
    documents = (Document("one", "cat\n\ndog, sun, map"), Document("two", "cat, cat, dog"))
    bench = Bench(JudgedSet("two", documents, {"q": "cat"}, {}), tmp_path)
    [(_query, found)] = Bag("words", str.lower).answers(bench)
    assert dict(found)["one"] == pytest.approx(max(by_hand(["cat", "dog, sun, map", "cat, cat, dog"], "cat")[:2]))


@pytest.mark.parametrize(
    ("system", "finds"), [("words", set()), ("stems", {"steel", "bridge"}), ("lemmas", {"bridge"})]
)
def test_each_baseline_knows_its_units(works: Path, tmp_path: Path, system: str, finds: set[str]) -> None:
    judged = replace(read_set(works), queries={"q": "сталью" if system != "lemmas" else "мостами"})
    [baseline] = [baseline for baseline in BASELINES if baseline.name == system]
    [(_query, found)] = baseline.answers(Bench(judged, tmp_path))
    assert {path for path, _score in found} == finds


def test_an_index_is_built_anew_only_for_what_is_baked_into_it(works: Path, tmp_path: Path) -> None:
    bench = Bench(read_set(works), tmp_path)
    made = bench.index(WHOLE)
    assert bench.index(changed(WHOLE, "ranking.adjacency=0")) == made
    assert bench.index(changed(WHOLE, "analysis.rare_lemma=1")) != made


def test_ours_finds_what_the_library_finds(works: Path) -> None:
    found = evaluate([read_set(works)], [OURS]).sets[0].outcomes["abzats"]
    assert [path for path, _score in found.run["q4"]][:2] == ["bridge", "steel"]
    assert set(found.run) == set(GRADES)


@pytest.mark.parametrize("text", ["", "???", "(((", "\ud800", "-мёд", "сл*", "\u202eмёд", "😀", "слово " * 5000])
def test_any_query_has_an_answer(tmp_path: Path, text: str) -> None:
    documents = tuple(Document(path, text) for path, text in TEXTS.items())
    judged = JudgedSet("any", documents, {"q": text}, {"q": {"honey": 1}})
    bench = Bench(judged, tmp_path)
    for system in (*BASELINES, OURS):
        assert list(dict(system.answers(bench))) == ["q"]


def test_a_search_without_marks_finds_the_same(works: Path, tmp_path: Path) -> None:
    bench = Bench(read_set(works), tmp_path)
    with open_index(bench.index(WHOLE), settings=WHOLE) as searcher:
        marked, bare = (searcher.search("мост из стали", marks=marks) for marks in (True, False))
    assert [(one.paragraph, one.score) for one in bare] == [(one.paragraph, one.score) for one in marked]
    assert all(one.snippet.marks for one in marked)
    assert [one.snippet for one in bare] == [replace(one.snippet, marks=()) for one in marked]


@pytest.mark.parametrize("form", ["_", "²", "ǆ", "İ", "ʼ", "١٢", "слово" * 20_000, "а" * 100_000, "ё"])
def test_baselines_take_any_form(form: str) -> None:
    for baseline in BASELINES:
        assert isinstance(baseline, Bag)
        assert isinstance(baseline.unit(form), str)


@pytest.mark.parametrize("text", ["", "!", "\ud800"])
def test_texts_without_words_are_not_found(text: str) -> None:
    judged = JudgedSet("empty", (Document("a", text),), {"q": "мёд"}, {"q": {"a": 1}})
    found = evaluate([judged], (*BASELINES, OURS))
    assert [found.estimate("R@100", system).mean for system in found.systems] == [0, 0, 0, 0]


def test_stems_are_those_of_snowball_with_yo_as_ye() -> None:
    assert stem("Медведева") == "медведев"
    assert stem("Пчёлы") == stem("пчелы")


def test_what_is_judged_is_not_cut() -> None:
    assert WHOLE.reading.longest_paragraph > Settings().reading.longest_paragraph
