"""Characters that look alike."""

from __future__ import annotations

import pytest

from indexer.suggest.characters import changes
from indexer.suggest.words import Known, rewritten
from tests.suggest.vocabularies import ANALYZER, of

KNOWN = Known(of("Совет, Москва, молоко, запад, что, быть: 2023 год, РНР и PHP. А. С. Пушкин. CEO в 2030"), ANALYZER)


def read(query: str) -> str:
    return rewritten(query, changes(query, KNOWN))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("COBET", "СОВЕТ"),
        ("M0CKBA", "МОСКВА"),
        ("м0локо", "молоко"),
        ("«м0локо» -м0локо", "«молоко» -м0локо"),
        ("3апад", "запад"),
        ("4то", "что"),
        ("6ыть", "быть"),
        ("2О23 2o23", "2023 2023"),
        ("2О3О", "2030"),
        ("СЕО", "CEO"),
        ("м о л о к о", "молоко"),
        ("м.о.л.о.к.о и 4то", "молоко и что"),
        ("(м о л о к о)", "(молоко)"),
    ],
)
def test_what_looks_like_a_known_word(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    "query", ["А. С. Пушкин", "А С П", "COBETCKAЯ", "2О24", "м0л0т0к", "PHP", "HTTP", "к о т о", ""]
)
def test_what_stays(query: str) -> None:
    assert read(query) == query
