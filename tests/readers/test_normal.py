from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Unreadable
from indexer.readers.normal import SOUND, document, line, normalise

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_normal_text_is_composed(text: str) -> None:
    assert unicodedata.is_normalized("NFC", normalise(text))


@given(ANY_TEXT)
def test_normal_text_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANY_TEXT)
def test_normal_text_has_no_controls_and_no_surrogates(text: str) -> None:
    left = {unicodedata.category(character) for character in normalise(text) if character not in "\n\t"}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}


@given(ANY_TEXT)
def test_composing_line_by_line_is_composing_the_whole(text: str) -> None:
    printable = "".join(character for character in text if unicodedata.category(character) not in {"Cc", "Cs"})
    whole = unicodedata.normalize("NFC", printable.replace("\u2028", "\n").replace("\u2029", "\n"))
    assert normalise(printable) == whole.replace("\ufeff", "") or "\ufeff" in printable


def test_what_is_passed_over_would_not_change_beside_anything_like_it() -> None:
    every = list(map(chr, range(sys.maxunicode + 1)))
    sound = "".join(character for character in every if normalise(character) == character)
    passed = set(re.findall(f"[{SOUND}]", "".join(every)))
    canonical = [unicodedata.decomposition(character).split() for character in every]
    composed_with = {chr(int(parts[1], 16)) for parts in canonical if len(parts) == 2 and parts[0][0] != "<"}
    assert passed <= set(sound) - composed_with
    assert not any(unicodedata.combining(character) for character in passed)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\f", "\v"])
def test_every_line_end_is_a_newline(end: str) -> None:
    assert normalise(f"раз{end}два") == "раз\nдва"


def test_a_blank_line_of_windows_is_one_blank_line() -> None:
    assert normalise("раз\r\n\r\nдва") == "раз\n\nдва"


def test_stress_marks_and_soft_hyphens_stay() -> None:
    assert normalise("за\u0301мок ко\u00adрова") == "за\u0301мок ко\u00adрова"


def test_what_a_removed_character_held_apart_is_composed() -> None:
    assert normalise("и\ufeff\u0306") == "й"


def test_lone_surrogates_are_shown_as_unknown() -> None:
    assert normalise("кот \ud83d") == "кот �"


def test_a_number_with_a_no_break_space_stays_one_in_a_title() -> None:
    assert line(" 10\u00a0000 \n рублей ") == "10\u00a0000 рублей"


def test_a_title_does_for_a_text() -> None:
    assert document("а", "\ufeff \n", title=" О  мёде ").text == "О мёде"


def test_neither_text_nor_title_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="no text"):
        document("а", "\x00", title="\ufeff")
