"""Russian in Latin letters, in every habit there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.suggest import rungs
from indexer.suggest.transliteration import RARE, USUAL, plainly, russian
from indexer.suggest.words import Known
from tests.suggest.vocabularies import ANALYZER, of

LINES = Path(__file__).with_name("transliteration.txt").read_text(encoding="utf-8").splitlines()
PAIRS = [tuple(line.split(" | ")) for line in LINES if line and not line.startswith("#")]
# Words that are spelled alike, or nearly; frequencies as in life where they decide.
ANGLERS = "мат тем луг хор щи " + "русский " * 9 + "русски новый новы ехать эхать били были бил"
VOCABULARY = of(" ".join(russian for _, russian in PAIRS), ANGLERS)
KNOWN = Known(VOCABULARY, ANALYZER)
FORMS = sorted({form for lexicon in VOCABULARY.lexicons for form in lexicon.forms})


@pytest.mark.parametrize(("latin", "expected"), PAIRS)
def test_golden(latin: str, expected: str) -> None:
    [rescue] = rungs(latin, VOCABULARY, ANALYZER)
    assert rescue.rung == "transliteration"
    assert rescue.query.replace("ё", "е") == expected.replace("ё", "е")


@given(st.sampled_from(FORMS), st.data())
@settings(max_examples=300)
def test_every_spelling_of_the_table_is_read(form: str, data: st.DataObject) -> None:
    spelled = [data.draw(st.sampled_from(USUAL[letter].split())) for letter in form if letter not in "ьъ"]
    found = russian("".join(spelled), KNOWN)
    assert found
    assert plainly(found) == found  # wholly Russian


def test_a_rare_spelling_gives_way_to_a_usual_one() -> None:
    assert russian("bil", KNOWN) == "бил"
    assert russian("tom", KNOWN) == "том"


def test_a_form_that_is_much_more_frequent_makes_up_for_a_rare_spelling() -> None:
    texts = "били " + "были " * 300
    assert russian("bili", Known(of("били были"), ANALYZER)) == "били"
    assert russian("bili", Known(of(texts), ANALYZER)) == "были"


def test_a_form_that_is_not_in_the_index_is_read_if_its_lemma_is() -> None:
    assert russian("zavodami", Known(of("завод"), ANALYZER)) == "заводами"
    assert russian("zavodami", Known(of("школа"), ANALYZER)) == ""


def test_words_known_in_latin_letters_stay() -> None:
    [rescue] = rungs("linux selskoe", of("linux сельское линукс"), ANALYZER)
    assert rescue.query == "linux сельское"


def test_a_neighbour_known_in_both_is_read_as_the_more_frequent() -> None:
    text = "война и мир и мир и мир; Nikolai I mir"
    [rescue] = rungs("voina i mir", of(text), ANALYZER)
    assert rescue.query == "война и мир"


def test_the_table_has_each_letter_and_no_spelling_twice() -> None:
    assert set("абвгдежзийклмнопрстуфхцчшщъыьэюя") <= set(USUAL)
    for letter, spellings in USUAL.items():
        both = spellings.split() + RARE.get(letter, "").split()
        assert len(both) == len(set(both)), letter


@pytest.mark.parametrize("word", ["y" * 64, "shch" * 16, "ieieieieieieieieieieieieieieieie", "'" * 60 + "a", "a-" * 30])
def test_no_word_takes_long(word: str) -> None:
    # A tree in which every way leads on.
    forms = {letters * count for letters in ("й", "ы", "и", "щ", "шч", "ие", "йы", "еи") for count in range(1, 30)}
    assert russian(word, Known(of(" ".join(sorted(forms))), ANALYZER)) in forms | {"", plainly(word)}
