"""What a word may become when it is typed further."""

from __future__ import annotations

import pytest

from indexer.suggest import complete
from indexer.types import Completion
from tests.suggest.vocabularies import of

VOCABULARY = of("Сталь и сталевар, сталь; Стали. Ёлка", "сталевар, стали, стали, где-то, сталь")


def test_the_most_frequent_first_and_equal_ones_by_text() -> None:
    expected = [Completion("стали", 3), Completion("сталь", 3), Completion("сталевар", 2)]
    assert complete("закалка Ста", VOCABULARY, 5) == expected
    assert complete("закалка Ста", VOCABULARY, 1) == expected[:1]


@pytest.mark.parametrize("text", ["ёл", "ЕЛ", "«ёл", "-ёл", "заголовок:ел", "(ёл", "е́л"])
def test_the_last_word_is_folded_and_free_of_signs(text: str) -> None:
    assert complete(text, VOCABULARY, 5) == [Completion("елка", 1)]


def test_a_hyphen_is_part_of_a_word() -> None:
    assert complete("где-", VOCABULARY, 5) == [Completion("где-то", 1)]


@pytest.mark.parametrize(
    "text", ["", " ", "сталь ", "сталь.", "«", "с" * 100_000, "\ud800", "🙂", "ста\u202e", "сталя"]
)
def test_nothing_to_complete(text: str) -> None:
    assert complete(text, VOCABULARY, 5) == []
