"""Text → Terms."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.fold import are_written, fold, written
from indexer.analysis.tokenize import matches, tokenize
from indexer.settings import Settings

if TYPE_CHECKING:
    from indexer.analysis import Analyzer

GOLDEN = [
    tuple(part.strip(" \t") for part in line.split("|"))
    for line in (Path(__file__).parents[1] / "golden" / "tokens.txt").read_text(encoding="utf-8").split("\n")
    if line and not line.startswith("#х") and not line.startswith("# ")
] + [("#хэштег @имя", "хэштег  имя")]


@pytest.mark.parametrize(("text", "tokens"), GOLDEN)
def test_tokens(text: str, tokens: str) -> None:
    assert [token.text for token in tokenize(text)] == tokens.split("  ")


@given(st.text())
def test_tokens_are_slices_in_order(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert token.text == text[slice(*token.span)]
        assert token.span.start >= end
        end = token.span.stop


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1))
def test_every_letter_and_digit_is_in_a_token(text: str) -> None:
    kept = "".join(token.text for token in tokenize(text))
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]


@given(st.text() | st.text("аЁбabé9²іі.-‐’'`ʼ_+# \u0301\u00ad\u200d\ufeff\n", max_size=12))
@settings(max_examples=3000)
def test_tokens_that_are_taken_for_their_forms_are_their_forms(text: str) -> None:
    if are_written(text):
        tokens = [match[0] for match in matches(text)]
        assert list(map(written, tokens)) == tokens


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(written(text))
    assert fold(written(once)) == once or any(unicodedata.combining(c) or not c.islower() for c in once)


@given(st.text())
def test_any_text_has_terms(analyzer: Analyzer, text: str) -> None:
    for position, term in enumerate(analyzer.terms(text)):
        assert term.position == position
        assert term.lemmas
        assert term.lemmas[0].weight == max(lemma.weight for lemma in term.lemmas) == 1
        assert all(0 < lemma.weight <= 1 for lemma in (*term.lemmas, *term.parts))
        assert len(term.lemmas) <= Settings().analysis.most_lemmas


def lemmas(analyzer: Analyzer, text: str) -> list[list[str]]:
    return [[lemma.text for lemma in term.lemmas] for term in analyzer.terms(text)]


def test_a_capital_inside_a_sentence_prefers_the_name(analyzer: Analyzer) -> None:
    (_, inside), (opening, *_) = analyzer.terms("Василий Песков"), analyzer.terms("Песков много")
    assert inside.lemmas[0].text == "песков"
    assert opening.lemmas[0].text == "песок"


def test_both_homonyms_are_kept(analyzer: Analyzer) -> None:
    assert lemmas(analyzer, "нашли") == [["найти", "наслать"]]


def test_stress_and_soft_hyphens_are_not_seen(analyzer: Analyzer) -> None:
    assert lemmas(analyzer, "за́мок го\u00adрод") == lemmas(analyzer, "замок город")


def test_a_unit_is_found_by_its_word(analyzer: Analyzer) -> None:
    assert lemmas(analyzer, "5 см") == [["5"], ["см", "сантиметр"]]


def test_a_compound_has_parts_and_a_word_with_a_hyphen_has_none(analyzer: Analyzer) -> None:
    compound, word = analyzer.terms("вице-министр где-то")
    assert [part.text for part in compound.parts][-1] == "министр"
    assert word.parts == ()


@pytest.mark.parametrize("form", ["А", "Я", "в", "т", "е", "ъ"])
def test_a_letter_is_itself(analyzer: Analyzer, form: str) -> None:
    assert lemmas(analyzer, form) == [[form.lower()]]


def likeliest(analyzer: Analyzer, text: str) -> list[str]:
    return [term.lemmas[0].text for term in analyzer.terms(text)]


@pytest.mark.parametrize(
    ("text", "lemma"),
    [
        # a preposition governs cases
        ("мы стали", "стать"),
        ("о стали", "сталь"),
        ("на суда", "судно"),
        ("с ним", "он"),
        # an adjective agrees with its noun
        ("административному округу", "округ"),
        ("киево-печерской лавре", "лавра"),
        # what the dictionary overrates
        ("здесь есть", "быть"),
        ("речь Алексеевны", "алексеевна"),
    ],
)
def test_the_last_word_is_read_by_the_one_before(analyzer: Analyzer, text: str, lemma: str) -> None:
    assert likeliest(analyzer, text)[-1] == lemma


@pytest.mark.parametrize(
    ("text", "lemma"),
    [
        ("этого вида", "этот"),
        ("этого мало", "это"),
        ("его дом", "его"),
        ("его видели", "он"),
        ("все люди", "весь"),
        ("все ушли", "все"),
    ],
)
def test_a_pronoun_is_read_by_the_word_after(analyzer: Analyzer, text: str, lemma: str) -> None:
    assert likeliest(analyzer, text)[0] == lemma


def test_a_place_changes_weights_but_not_what_a_form_is_found_by(analyzer: Analyzer) -> None:
    for form in ("стали", "парке", "суда", "этого", "есть", "Красной", "мыла"):
        alone = {lemma.text for lemma in analyzer.terms(form)[0].lemmas}
        for around in ("в {} армии", "новой {} реки", "за {} бежать", "не {} и"):
            assert {lemma.text for lemma in analyzer.terms(around.format(form))[1].lemmas} == alone


def test_neighbours_are_of_one_sentence(analyzer: Analyzer) -> None:
    assert likeliest(analyzer, "Смотри на. Стали брать.")[2] == likeliest(analyzer, "Стали брать.")[0] == "стать"


def test_a_mans_patronymic_is_still_a_lemma_of_a_womans(analyzer: Analyzer) -> None:
    (term,) = analyzer.terms("Алексеевны")
    assert "алексеевич" in {lemma.text for lemma in term.lemmas}
