"""What holds for every file under every suffix."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import readers
from indexer.errors import Unreadable
from indexer.settings import Reading as Settings
from indexer.types import Document

FRAGMENTS = st.sampled_from(
    [
        *(
            b"# T\n",
            b"Author: **x**\n",
            b"<p>",
            b"<h1>",
            b"</table>",
            b'{"text": "',
            b'"}\n',
            b"title,text\n",
            b'"',
            b",",
        ),
        *(
            b"\r\n",
            b"\n\n",
            b"\x00",
            b"\xff",
            b"\xfe",
            b"\xef\xbb\xbf",
            b"\\ud800",
            b"---\n",
            b"```",
            b"\xcc\x86",
            b"\t",
        ),
        *(word.encode(codec) for word in ("мёд и\u0306", "Ёж") for codec in ("utf-8", "utf-16-le")),
        *("пасека Юрия Щеглова".encode(codec) for codec in ("cp1251", "koi8-r", "cp866", "mac-cyrillic")),
    ]
)
CONTENT = st.one_of(st.binary(max_size=200), st.lists(FRAGMENTS, max_size=30).map(b"".join))


@pytest.mark.parametrize("suffix", readers.READERS)
@settings(deadline=None)
@given(content=CONTENT)
def test_any_bytes_are_documents_or_unreadable(suffix: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"а{suffix}").write_bytes(content)
        (file,) = readers.find(Path(folder)).files
        try:
            reading = readers.read(file, Settings())
        except Unreadable:
            return
        found = list(reading.documents)
    paths = [document.path for document in found if isinstance(document, Document)]
    assert len(paths) == len(set(paths))
    for document in found:
        if isinstance(document, Unreadable):
            assert str(document.values["path"]).startswith(f"{file.name}:")
        else:
            _is_sound(document)


def _is_sound(document: Document) -> None:
    assert document.text.strip()
    assert document.date is None or document.date.utcoffset() is not None
    for text in (document.path, document.text, document.title, document.source, document.author, document.url):
        assert unicodedata.is_normalized("NFC", text)
        assert "\r" not in text
        assert "\x00" not in text
        text.encode()
    for text in (document.path, document.title, document.source, document.author, document.url):
        assert "\n" not in text
