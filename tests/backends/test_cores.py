"""What goes to another process and back."""

from __future__ import annotations

import pickle
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.whoosh.cores import Batch
from indexer.types import Document

# Halves of pairs too, which other programs' strings may have, and which are beside each other when texts are joined.
_text = st.text(st.one_of(st.characters(), st.sampled_from("\ud83d\ude00аё")), max_size=20)
_document = st.builds(Document, _text, _text, _text, st.none() | st.datetimes(timezones=st.just(UTC)), _text)


@given(st.lists(st.tuples(_text, _document), max_size=4))
def test_documents_arrive_as_they_were_sent(documents: list[tuple[str, Document]]) -> None:
    arrived = pickle.loads(pickle.dumps(Batch(documents)))  # noqa: S301 -- our own
    assert arrived == documents


def test_halves_of_a_pair_stay_apart_at_the_edge_of_two_texts() -> None:
    documents = [("a", Document("a", "x\ud83d")), ("b", Document("b", "\ude00x"))]
    arrived = pickle.loads(pickle.dumps(Batch(documents)))  # noqa: S301 -- our own
    assert arrived == documents
