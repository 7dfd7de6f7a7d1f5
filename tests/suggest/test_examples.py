"""What queries are shown with stands in the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer import Document, build_index, open_index
from indexer.suggest.examples import most_frequent_pair, nouns, pairs
from tests.suggest import vocabularies

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.analysis import Analyzer


def test_only_nouns_as_a_dictionary_has_them(analyzer: Analyzer) -> None:
    vocabulary = vocabularies.of("который который который стали стали сталь сталь горячий горячий мёд мёд город бежит")
    assert nouns(vocabulary, analyzer, 10) == ["сталь", "город"]


def test_the_most_frequent_first_and_no_more_than_wanted(analyzer: Analyzer) -> None:
    vocabulary = vocabularies.of("металл молоко птица", "молоко птица", "молоко")
    assert nouns(vocabulary, analyzer, 2) == ["молоко", "птица"]


def test_a_pair_is_an_adjective_and_the_noun_it_agrees_with(analyzer: Analyzer) -> None:
    text = "Кузнец взял горячий металл. Холодный! Металл остыл, а большая красивая птица улетела."
    found = [(first.token.text, second.token.text) for first, second in pairs([text], analyzer)]
    assert found == [("горячий", "металл"), ("красивая", "птица")]


def test_the_pair_that_stands_most_often_in_any_form(analyzer: Analyzer) -> None:
    texts = ["Красивая птица.", "Горячий металл остыл.", "Кузнец у горячего металла."]
    assert most_frequent_pair(texts, analyzer) == "горячий металл"
    assert not most_frequent_pair(["Металл."], analyzer)


def test_examples_of_an_index_find_something(tmp_path: Path) -> None:
    texts = ["Эту сталь закаляют: горячий металл бросают в воду.", "В Орёл едет сталь, а Орёл спит.", "Там сталь."]
    build_index([Document(f"{number}.md", text) for number, text in enumerate(texts)], tmp_path)
    with open_index(tmp_path) as searcher:
        examples = searcher.examples()
        assert examples.words[0] == "сталь"
        assert "Орёл" not in examples.words  # a name
        assert examples.pair == "горячий металл"
        assert all(searcher.search(text, rescue=False).total for text in (*examples.words, f'"{examples.pair}"'))


def test_words_of_titles_come_first(tmp_path: Path) -> None:
    build_index([Document("one.md", "Есть время и место, время и клинок.", title="Клинок")], tmp_path)
    with open_index(tmp_path) as searcher:
        assert searcher.examples(limit=3).words == ("клинок", "время", "место")


def test_an_index_without_words_has_no_examples(tmp_path: Path) -> None:
    build_index([Document("one.md", "12, 13 и 14.")], tmp_path)
    with open_index(tmp_path) as searcher:
        assert searcher.examples().words == ()
        assert not searcher.examples().pair
