"""Pieces of a text put together again are the text, whatever is marked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from indexer.types import Snippet, Span
from indexer.web.pages.marks import pieces

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn


@st.composite
def snippets(draw: DrawFn) -> Snippet:
    text = draw(st.text(alphabet="аб <>&\n", min_size=1, max_size=200))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    spans = [Span(start, stop) for start, stop in pairwise(cuts)]
    return Snippet(text, tuple(spans[::2]))


@given(snippets())
def test_pieces_are_the_text_and_its_marks(snippet: Snippet) -> None:
    found = pieces(snippet)
    assert "".join(piece.text for piece in found) == snippet.text
    assert [piece.text for piece in found if piece.is_marked] == [snippet.text[slice(*mark)] for mark in snippet.marks]
