"""What is told of many texts at once is what a search in each tells."""

from __future__ import annotations

import re

import hypothesis.strategies as st
from hypothesis import example, given

from indexer.readers.normal import SOUND, normalise
from indexer.readers.sound import are_sound

_IN_DOUBT = re.compile(f"[^{SOUND}]")
TEXTS = st.lists(
    st.text(st.characters(exclude_categories=()) | st.sampled_from("аЯё \n\t~\x7f\x80\xa0й\u0306\u0301—\ud83d\ude00"))
)


@given(TEXTS)
@example(["", "и", "\u0306", "\ud83d", "\ude00", "\U0001f600", "\r", "\n\n", ""])
def test_a_text_is_sound_if_no_character_is_in_doubt(texts: list[str]) -> None:
    found = are_sound([text.encode("utf-8", "surrogatepass") for text in texts])
    assert found == [not _IN_DOUBT.search(text) for text in texts]
    assert all(normalise(text) == text for text, is_sound in zip(texts, found, strict=True) if is_sound)


def test_every_character_is_sound_or_in_doubt_by_itself() -> None:
    every = list(map(chr, range(0x110000)))
    found = are_sound([character.encode("utf-8", "surrogatepass") for character in every])
    assert found == [not _IN_DOUBT.match(character) for character in every]
