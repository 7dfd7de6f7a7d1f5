"""The wrong keyboard layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.suggest.layout import changes, flipped
from indexer.suggest.words import Known, rewritten
from tests.suggest.vocabularies import ANALYZER, of

TEXT = """
Сельское хозяйство. Привет, мир! Хлеб и любовь, ложь, объём, жюри, эхо, юбилей, бы, ещё, ёлка и ель: война и мир.
Наполеон Бонапарт. Москва, Санкт-Петербург. И, и, и.
The linux kernel, hello world; the letter b, and TV: j or B, p or rf."""
KNOWN = Known(of(TEXT), ANALYZER)


def read(query: str) -> str:
    return rewritten(query, changes(query, KNOWN))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ctkmcrjt [jpzqcndj", "сельское хозяйство"),
        ("ghbdtn", "привет"),
        ("Ghbdtn? vbh!", "Привет? мир!"),
        ("дштгч", "linux"),
        ("руддщ цщкдв", "hello world"),
        ("[kt,", "хлеб"),
        ("[kt,,", "хлеб,"),
        ("k.,jdm b kj;m", "любовь и ложь"),
        ("j,]tv", "объем"),
        ("'[j", "эхо"),
        ("'[j ;.hb .,bktq", "эхо жюри юбилей"),
        ("to`", "ещё"),
        ("tot", "еще"),
        ('"Ctkmcrjt [jpzqcndj"', '"Сельское хозяйство"'),
        ("«ghbdtn vbh»~3", "«привет мир»~3"),
        ("+ghbdtn ~vbh vbh~2 ghbdtn^2", "+привет ~мир мир~2 привет^2"),
        ("(ghbdtn | vbh) && djqyf", "(привет | мир) && война"),
        ("title:ghbdtn источник:vjcrdf", "title:привет источник:москва"),
        ("cfyrn-gtnth,ehu", "санкт-петербург"),
        ("ghbdtn, vbh.", "привет, мир."),
        ("djqyf b vbh", "война и мир"),
        ("djqyf OR vbh", "война OR мир"),
        ("vjcrdjq", "москвой"),  # the index has another form of it
    ],
)
def test_what_was_typed_in_the_other_layout(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    "query",
    [
        "hello world",
        "привет мир",
        "b",
        "TV",
        "-ghbdtn привет",
        "!ghbdtn =ghbdtn",
        'мир НЕ ghbdtn -"ghbdtn vbh" -(ghbdtn vbh) привет',
        "путь:ghbdtn path:vbh дата:2023",
        "ghbd*",
        "зюзюка",
        "qwerty",
        "ghbdtnпривет",
        "1917",
        "",
    ],
)
def test_what_stays(query: str) -> None:
    assert read(query) == query


def test_one_edit_of_a_key_stays_for_the_spelling() -> None:
    assert read("ctkmcrjtt") == "ctkmcrjtt"


@given(st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", min_size=2).filter(str.isalpha))
def test_flipping_twice_gives_the_same(word: str) -> None:
    english = flipped(word)
    assert not any("а" <= letter.lower() <= "я" or letter in "ёЁ" for letter in english)
    if any(letter.isascii() and letter.isalpha() for letter in english):
        assert flipped(english) == word
