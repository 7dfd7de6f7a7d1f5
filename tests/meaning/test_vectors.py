from __future__ import annotations

import gzip
import json
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import VectorsMissing, VectorsUnreadable
from indexer.meaning.vectors import open_vectors

from . import models

if TYPE_CHECKING:
    from pathlib import Path


def test_vectors_are_put_together_from_their_pieces(tmp_path: Path) -> None:
    vectors = open_vectors(models.write(tmp_path / "tiny.tar", models.parts()))
    assert len(vectors) == len(models.WORDS)
    rows = [vectors.row(word) for word in ("сталь", "Мёд", "ковать")]
    found = vectors.unit([row for row in rows if row is not None])
    assert np.allclose(found * 2**0.5, [[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]])
    assert vectors.row("самовар") is None
    assert vectors.shares([7])[0] == pytest.approx(10_000 / 10_007)


def test_a_word_is_looked_for_with_its_yo_then_without(tmp_path: Path) -> None:
    vectors = open_vectors(models.write(tmp_path / "tiny.tar", models.parts()))
    assert vectors.row("мёд") == 4
    assert vectors.row("мед") is None  # ё cannot be guessed
    assert vectors.row("жёлезо") == vectors.row("железо")


BROKEN: dict[str, dict[str, bytes | None]] = {
    "a member is missing": {"pq.bin": None},
    "another protocol": {"meta.json": json.dumps({"protocol": 2}).encode()},
    "no object": {"meta.json": b"[]"},
    "no JSON": {"meta.json": b"{"},
    "deep JSON": {"meta.json": b"[" * 60_000},
    "no gzip": {"vocab.bin": b"words"},
    "no number of words": {"vocab.bin": gzip.compress(b"")},
    "too few counts": {"vocab.bin": gzip.compress(b"\xff\xff\xff\xff")},
    "too few words": {"vocab.bin": gzip.compress(np.array([8, *range(8)], "<u4").tobytes() + "сталь".encode())},
    "no UTF-8": {"vocab.bin": gzip.compress(np.array([1, 1], "<u4").tobytes() + b"\xff")},
    "no header": {"pq.bin": b""},
    "cut short": {"pq.bin": models.parts()["pq.bin"][:-1]},
    "no pieces": {"pq.bin": np.zeros(4, "<u4").tobytes()},
    "a piece that is not there": {"pq.bin": models.parts()["pq.bin"][:16] + b"\x03" + models.parts()["pq.bin"][17:]},
    "no number": {"pq.bin": models.parts()["pq.bin"][:-4] + np.array([np.nan], "<f4").tobytes()},
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path: Path, fault: str) -> None:
    members = {name: content for name, content in {**models.parts(), **BROKEN[fault]}.items() if content is not None}
    with pytest.raises(VectorsUnreadable) as refused:
        open_vectors(models.write(tmp_path / "tiny.tar", members))
    assert "\n" not in str(refused.value)


@settings(deadline=None)
@given(at=st.integers(0, 10_239), byte=st.binary(min_size=1, max_size=1))
def test_any_byte_may_be_wrong(tmp_path_factory: pytest.TempPathFactory, at: int, byte: bytes) -> None:
    path = models.write(tmp_path_factory.mktemp("vectors") / "tiny.tar", models.parts())
    content = path.read_bytes()
    path.write_bytes(content[:at] + byte + content[at + 1 :])
    try:
        vectors = open_vectors(path)
    except VectorsUnreadable:
        return
    assert np.isfinite(vectors.unit(range(len(vectors)))).all()


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(VectorsMissing, match="there is no file"):
        open_vectors(tmp_path / "none.tar")
    with pytest.raises(VectorsMissing):
        open_vectors(tmp_path)
    (tmp_path / "empty.tar").touch()
    with pytest.raises(VectorsUnreadable):
        open_vectors(tmp_path / "empty.tar")


@pytest.mark.skipif(find_spec("natasha") is None, reason="the extra semantic is not installed")
def test_the_news_model_knows_what_is_alike() -> None:
    vectors = open_vectors()
    assert len(vectors) == 250_002

    def cosine(one: str, other: str) -> float:
        first, second = vectors.row(one), vectors.row(other)
        assert first is not None
        assert second is not None
        near = vectors.unit([first, second])
        return float(near[0] @ near[1])

    assert cosine("умер", "скончался") == pytest.approx(0.846, abs=0.001)  # as the package navec has it
    assert cosine("умер", "скончался") > cosine("умер", "самолет")


def test_nothing_of_it_is_imported_unless_it_is_asked_for() -> None:
    program = "import sys, indexer.search, indexer.cli; print('indexer.meaning.vectors' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
