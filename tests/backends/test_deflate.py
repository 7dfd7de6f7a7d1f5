"""Compressed bytes are zlib's, whoever made them."""

from __future__ import annotations

import importlib
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.whoosh import deflate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

TEXT = "Закалка стали требует точности. ".encode() * 500


@pytest.fixture(params=["as installed", "without isal"])
def module(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "without isal":
            patch.setitem(sys.modules, "isal", None)
        yield importlib.reload(deflate)
    importlib.reload(deflate)


@given(st.binary() | st.text().map(str.encode))
def test_zlib_reads_it_and_the_other_way_round(data: bytes) -> None:
    assert zlib.decompress(deflate.fast(data)) == zlib.decompress(deflate.small(data)) == data
    assert deflate.unpacked(zlib.compress(data)) == data


def test_it_becomes_smaller_and_is_the_same_again(module: ModuleType) -> None:
    for compressed in (module.fast(TEXT), module.small(TEXT)):
        assert len(compressed) < len(TEXT) / 20
        assert module.unpacked(compressed) == TEXT


def test_damaged_bytes_are_refused(module: ModuleType) -> None:
    compressed = module.fast(TEXT)
    for damaged in (b"", b"no stream", compressed[:-1], compressed[:-1] + b"?"):
        with pytest.raises(module.NotDeflated):
            module.unpacked(damaged)
