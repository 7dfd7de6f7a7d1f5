"""The folder that the embedded engine writes: what it is, what it refuses, what it never runs."""

from __future__ import annotations

import pickle
import re
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import whoosh.index
from hypothesis import given
from hypothesis import strategies as st
from whoosh.query import Term

from indexer import Document, IndexDamaged, IndexIncompatible, IndexMissing, build_index, open_index
from indexer.backends.whoosh import arrays
from indexer.backends.whoosh.codec import ArrayCodec, ArraySegment
from indexer.backends.whoosh.storage import Storage, read_segments
from indexer.settings import Analysis, Settings
from tests.backends.engines import COMPILED

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS = [
    Document("a.txt", "Сельское хозяйство.\n\nЛесное хозяйство.", title="О земле"),
    Document("b.txt", "Кошка спит.", source="Абзац"),
]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build_index(DOCUMENTS, tmp_path / "index")
    return tmp_path / "index"


def test_whooshs_own_searcher_finds_the_same(index: Path) -> None:
    with whoosh.index.open_dir(str(index)).searcher() as searcher:
        found = [(hit["path"], hit["number"]) for hit in searcher.search(Term("text", "хозяйство"))]
        assert sorted(found) == [("a.txt", "1"), ("a.txt", "2")]
        assert [hit["path"] for hit in searcher.search(Term("title", "земля"))] == ["a.txt", "a.txt"]
        assert [hit["path"] for hit in searcher.search(Term("source", "абзац"))] == ["b.txt"]
        assert searcher.doc_count() == 3


def test_whooshs_own_searcher_does_not_find_what_is_deleted(index: Path) -> None:
    build_index([*DOCUMENTS, Document("c.txt", "\n\n".join("Много абзацев." for _ in range(9)))], index)
    build_index(DOCUMENTS[1:], index)
    with whoosh.index.open_dir(str(index)).searcher() as searcher:
        assert not searcher.search(Term("text", "хозяйство"))


@given(st.integers(1, 40), st.lists(st.tuples(st.integers(0, 39), st.booleans(), st.booleans())))
def test_deletions_are_a_set_of_bits(paragraphs: int, steps: list[tuple[int, bool, bool]]) -> None:
    segment = ArraySegment(ArrayCodec(), "MAIN")
    segment.set_doc_count(paragraphs)
    deleted: set[int] = set()
    for number, is_deleted, is_stored in steps:
        row = number % paragraphs
        segment.delete_document(row, is_deleted)
        (deleted.add if is_deleted else deleted.discard)(row)
        if is_stored:
            segment = copy(segment)  # by the state that a pickle has
    assert list(segment.deleted_docs()) == sorted(deleted)
    assert [segment.is_deleted(row) for row in range(paragraphs)] == [row in deleted for row in range(paragraphs)]
    assert (segment.deleted_count(), segment.has_deletions()) == (len(deleted), bool(deleted))


def test_deletions_of_another_segment_are_refused(index: Path) -> None:
    storage = Storage(str(index))
    toc = whoosh.index.TOC.read(storage, "MAIN")
    toc.segments[0]._deleted = bytes(9)  # noqa: SLF001 -- what a damaged list would lead to
    next(index.glob("*.toc")).unlink()
    toc.write(storage, "MAIN")
    with pytest.raises(IndexDamaged, match="lists something else than segments"):
        open_index(index)


class Villain:
    """Pickled, it writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.write_text, (self.target, "run")


def test_opening_a_strangers_index_runs_nothing(index: Path, tmp_path: Path) -> None:
    """Both pickles of Whoosh's table of contents are replaced: the schema and the list of segments."""
    victim = tmp_path / "victim"
    toc = next(index.glob("*.toc"))
    content = toc.read_bytes()
    villain = pickle.dumps(Villain(victim), 2)
    segments = content.rindex(b"\x80\x04") if b"\x80\x04" in content else content.rindex(b"\x80\x05")
    toc.write_bytes(content[:segments] + villain)
    with pytest.raises(IndexDamaged, match="has no business in an index"):
        open_index(index)
    assert not victim.exists()


def test_the_list_of_segments_cannot_lead_out_of_the_folder(index: Path) -> None:
    storage = Storage(str(index))
    toc = whoosh.index.TOC.read(storage, "MAIN")
    toc.segments[0].segid = "x/../../../etc/passwd"
    next(index.glob("*.toc")).unlink()
    toc.write(storage, "MAIN")
    with pytest.raises(IndexDamaged, match="lists something else than segments"):
        open_index(index)


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        open_index(tmp_path / "nowhere")
    with pytest.raises(IndexMissing):
        open_index(tmp_path)


@pytest.mark.parametrize("name", ["MAIN_*.abzats", "_MAIN_*.toc", "abzats_*.json"])
@pytest.mark.parametrize("keep", [0, 1, 7, 100, 0.5, 0.99])
def test_a_file_cut_short_is_damage(index: Path, name: str, keep: float) -> None:
    path = next(index.glob(name))
    content = path.read_bytes()
    path.write_bytes(content[: int(keep if keep >= 1 else keep * len(content))])
    with pytest.raises(IndexDamaged, match=re.escape(str(index))):
        open_index(index)
    with pytest.raises(IndexDamaged):
        build_index(DOCUMENTS, index)
    build_index(DOCUMENTS, index, rebuild=True)
    assert open_index(index).search("кошка").total == 1


@pytest.mark.parametrize("name", ["MAIN_*.abzats", "_MAIN_*.toc", "abzats_*.json", "abzats_*.files"])
def test_foreign_content_is_damage(index: Path, name: str) -> None:
    next(index.glob(name)).write_bytes(b"\xff\xfe something else \x00" * 99)
    with pytest.raises(IndexDamaged):
        build_index(DOCUMENTS, index)


@pytest.mark.parametrize("name", ["MAIN_*.abzats", "abzats_*.json", "abzats_*.files"])
def test_a_missing_file_is_damage(index: Path, name: str) -> None:
    path = next(index.glob(name))
    path.unlink()
    with pytest.raises(IndexDamaged, match=path.name):
        build_index(DOCUMENTS, index)


def test_foreign_files_in_the_folder_are_left_alone(index: Path) -> None:
    (index / "notes.txt").write_text("mine", encoding="utf-8")
    build_index(DOCUMENTS[:1], index)
    assert (index / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_other_settings_are_refused(index: Path) -> None:
    with pytest.raises(IndexIncompatible, match="other settings"):
        open_index(index, settings=Settings(analysis=Analysis(most_lemmas=2)))


def test_a_flipped_bit_is_found_by_the_checksums(index: Path) -> None:
    path = next(index.glob("MAIN_*.abzats"))
    assert arrays.damaged(path) == []
    content = bytearray(path.read_bytes())
    content[content.index("О земле".encode())] ^= 1
    path.write_bytes(content)
    assert arrays.damaged(path) == ["headings"]


def flipped(index: Path, bit: int) -> None:
    path = next(index.glob("MAIN_*.abzats"))
    content = bytearray(path.read_bytes())
    content[bit // 8 % len(content)] ^= 1 << bit % 8
    path.write_bytes(content)


def test_a_flipped_bit_of_the_header_is_found_when_it_is_opened(index: Path) -> None:
    path = next(index.glob("MAIN_*.abzats"))
    sound = path.read_bytes()
    until = sound.index(b"}") + 2  # and the first of the bytes that fill it up
    for bit in range(8 * until):
        if bit // 8 < 40 or bit % 61 == 0:  # magic, checksum and lengths, and of names and numbers some
            flipped(index, bit)
            with pytest.raises(IndexDamaged):
                open_index(index)
            path.write_bytes(sound)
    assert open_index(index).search("кошка").total == 1


def test_whoever_asks_has_every_byte_verified(index: Path) -> None:
    path = next(index.glob("MAIN_*.abzats"))
    with open_index(index) as searcher:
        assert searcher.verify() == path.stat().st_size
        flipped(index, 8 * path.read_bytes().index("О земле".encode()))
        with pytest.raises(IndexDamaged, match="is not what was written: headings"):
            searcher.verify()


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=COMPILED)])
@pytest.mark.parametrize("name", ["blocks", "headings", "form_terms", "lemma_terms"])
def test_a_search_that_fails_for_a_flipped_bit_says_so(tmp_path: Path, name: str, *, compiled: bool) -> None:
    every = [Document(f"{at}.txt", f"Закалка стали. Мёд и вино, слово{at}.", title="О стали") for at in range(99)]
    build_index(every, tmp_path, processes=1)
    path = next(tmp_path.glob("MAIN_*.abzats"))
    sound, array = path.read_bytes(), arrays.read(path)[name].tobytes()
    start, damaged = 8 * sound.index(array), 0
    for bit in range(0, 8 * len(array), len(array) // 3):
        flipped(tmp_path, start + bit)
        try:
            with open_index(tmp_path, compiled=compiled) as searcher:
                for query in ("закалка стали", "«мёд и вино»", "слов*", "слово77"):
                    searcher.search(query)
                searcher.paragraphs("7.txt")
        except IndexDamaged:  # and nothing else
            damaged += 1
        path.write_bytes(sound)
    assert damaged


def test_what_is_damaged_is_not_merged(index: Path) -> None:
    path = next(index.glob("MAIN_*.abzats"))
    flipped(index, 8 * path.read_bytes().index("О земле".encode()))
    before = {path.name: path.read_bytes() for path in index.iterdir() if path.suffix != ".lock"}
    with pytest.raises(IndexDamaged, match=f"{path.name} is not what was written: headings"):
        build_index([*DOCUMENTS, Document("c.txt", "\n\n".join("Много абзацев." for _ in range(9)))], index)
    left = {path.name: path.read_bytes() for path in index.iterdir()}
    assert {name: left[name] for name in before if "LOCK" not in name} == {
        name: content for name, content in before.items() if "LOCK" not in name
    }


def test_a_failure_of_our_own_is_not_taken_for_damage(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index(index) as searcher:
        monkeypatch.setattr(searcher._engine, "search", lambda *_, **__: ()[len(DOCUMENTS)])  # noqa: SLF001 -- a fault in it
        with pytest.raises(IndexError):
            searcher.search("кошка")


def test_an_unchanged_corpus_makes_no_new_generation(index: Path) -> None:
    before = sorted(path.name for path in index.iterdir())
    report = build_index(DOCUMENTS, index)
    assert (report.unchanged, report.added, report.changed, report.removed) == (2, 0, 0, 0)
    assert sorted(path.name for path in index.iterdir()) == before


def test_many_small_builds_leave_few_segments(tmp_path: Path) -> None:
    documents = [Document(f"{number}.txt", f"Абзац номер {number}.") for number in range(40)]
    for count in range(1, 41):
        build_index(documents[:count], tmp_path)
    storage = Storage(str(tmp_path))
    assert len(read_segments(storage, 39)) <= 6
    assert open_index(tmp_path).search("абзац", limit=None).total == 40
