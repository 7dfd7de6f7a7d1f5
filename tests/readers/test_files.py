from __future__ import annotations

import hashlib
import os
import socket
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer import readers
from indexer.errors import CorpusMissing, Unreadable
from indexer.settings import Reading as Settings
from indexer.types import Document

if TYPE_CHECKING:
    from collections.abc import Iterator


def names(corpus: Path) -> list[str]:
    return [file.name for file in readers.find(corpus).files]


def write(path: Path, text: str = "Текст.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_is_searched_to_the_bottom(tmp_path: Path) -> None:
    write(tmp_path / "б.md")
    write(tmp_path / "а/в/г.txt")
    write(tmp_path / "а-б/д.html")
    assert names(tmp_path) == ["а-б/д.html", "а/в/г.txt", "б.md"]


def test_a_single_file_is_a_corpus(tmp_path: Path) -> None:
    path = write(tmp_path / "а.md")
    assert readers.find(path).files == (readers.CorpusFile(path, "а.md", 11),)


@pytest.mark.parametrize("suffix", readers.READERS)
def test_suffixes_are_compared_without_case(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / f"а{suffix.upper()}")
    assert names(tmp_path) == [f"а{suffix.upper()}"]


def test_files_that_no_reader_takes_are_counted(tmp_path: Path) -> None:
    for name in ("а.pdf", "б.PDF", "README", "в.tar.gz"):
        write(tmp_path / name)
    assert readers.find(tmp_path).ignored == {"": 1, ".gz": 1, ".pdf": 2}


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / ".черновик.md")
    write(tmp_path / ".git/а.md")
    assert readers.find(tmp_path) == readers.Found((), {}, ())


def test_a_hidden_folder_that_is_asked_for_is_searched(tmp_path: Path) -> None:
    write(tmp_path / ".заметки/а.md")
    assert names(tmp_path / ".заметки") == ["а.md"]


def test_a_folder_with_the_name_of_a_file_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "x.txt/а.md")
    assert names(tmp_path) == ["x.txt/а.md"]


@pytest.fixture
def abyss(tmp_path: Path) -> Iterator[Path]:
    """Make a file below 1,500 folders, and take them away: pytest cleans up by recursion."""
    folders = [tmp_path]
    for _ in range(1500):
        folders.append(folders[-1] / "a")
        folders[-1].mkdir()
    file = write(folders[-1] / "а.md")
    yield tmp_path
    file.unlink()
    for folder in reversed(folders[1:]):
        folder.rmdir()


def test_folders_nest_deeper_than_python_recurses(abyss: Path) -> None:
    assert names(abyss) == ["a/" * 1500 + "а.md"]


def test_links_to_folders_are_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/а.md")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/link").symlink_to(tmp_path / "elsewhere")
    assert names(tmp_path / "corpus") == ["link/а.md"]


def test_links_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    write(tmp_path / "а.md")
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "б").mkdir()
    (tmp_path / "б/up").symlink_to(tmp_path)
    assert names(tmp_path) == ["а.md"]


def test_a_file_reached_twice_is_read_once_under_its_first_name(tmp_path: Path) -> None:
    write(tmp_path / "в.md")
    (tmp_path / "а.md").symlink_to(tmp_path / "в.md")
    write(tmp_path / "я/г.md")
    (tmp_path / "б").symlink_to(tmp_path / "я")
    assert names(tmp_path) == ["а.md", "б/г.md"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [("nowhere.md", "the link leads to nothing; mend or delete it"), ("link.md", "circle; mend or delete them")],
)
def test_a_link_that_leads_nowhere_is_a_problem(tmp_path: Path, target: str, reason: str) -> None:
    write(tmp_path / "а.md")
    (tmp_path / "link.md").symlink_to(target)
    found = readers.find(tmp_path)
    assert [file.name for file in found.files] == ["а.md"]
    assert [problem.values["path"] for problem in found.problems] == ["link.md"]
    assert reason in str(found.problems[0])


def test_a_pipe_is_a_problem_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "а.md")
    assert str(readers.find(tmp_path).problems[0]) == "а.md: it is a pipe, not a file; nothing can be read from it"
    with pytest.raises(Unreadable, match="a pipe"):
        readers.read(readers.CorpusFile(tmp_path / "а.md", "а.md", 0), Settings())
    with pytest.raises(Unreadable, match="a pipe"):
        readers.digest(tmp_path / "а.md")


def test_a_socket_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("а.md")
        assert "a socket" in str(readers.find(tmp_path).problems[0])


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Make a folder that everybody may enter; those of pytest are its owner's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Work without the rights of root, which no file can be closed to."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def closed_to_us(shared_folder: Path) -> Path:
    write(shared_folder / "closed/а.md")
    write(shared_folder / "б.md").chmod(0)
    write(shared_folder / "в.md")
    (shared_folder / "closed").chmod(0)
    return shared_folder


@pytest.mark.usefixtures("nobody")
def test_a_folder_without_rights_is_a_problem_and_the_rest_is_found(closed_to_us: Path) -> None:
    found = readers.find(closed_to_us)
    assert [file.name for file in found.files] == ["б.md", "в.md"]
    assert [str(problem) for problem in found.problems] == [
        "closed: permission denied; give yourself the right to read it"
    ]


@pytest.mark.usefixtures("nobody")
def test_a_file_without_rights_is_unreadable(closed_to_us: Path) -> None:
    file = readers.find(closed_to_us).files[0]
    with pytest.raises(Unreadable, match=r"б\.md: permission denied; give yourself the right"):
        readers.read(file, Settings())
    with pytest.raises(Unreadable, match="permission denied"):
        readers.digest(file)


@pytest.mark.parametrize("suffix", readers.READERS)
def test_a_file_that_vanished_since_is_unreadable(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"а{suffix}", "title,text\nа,б")
    (file,) = readers.find(tmp_path).files
    path.unlink()
    with pytest.raises(Unreadable, match="no such file or directory; it was moved or deleted"):
        readers.read(file, Settings())


def test_a_table_that_vanished_while_it_was_read_ends_in_an_unreadable(tmp_path: Path) -> None:
    path = write(tmp_path / "а.jsonl", '{"text": "раз"}\n')
    reading = readers.read(readers.find(tmp_path).files[0], Settings())
    path.unlink()
    (gone,) = reading.documents
    assert "moved or deleted" in str(gone)


def test_a_folder_in_place_of_a_file_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "а.md").mkdir()
    with pytest.raises(Unreadable, match="it is a folder, not a file"):
        readers.read(readers.CorpusFile(tmp_path / "а.md", "а.md", 0), Settings())


def test_bytes_that_are_no_text_in_a_name_are_shown_as_escapes(tmp_path: Path) -> None:
    write(tmp_path / os.fsdecode(b"\xcf\xeb\xe0\xed.md"))
    write(tmp_path / "план\n.md")
    found = readers.find(tmp_path).files
    assert [file.name for file in found] == ["\\xcf\\xeb\\xe0\\xed.md", "план\\n.md"]
    assert all(file.name.isprintable() and file.path.exists() for file in found)
    for file in found:
        (document,) = readers.read(file, Settings()).documents
        assert isinstance(document, Document)
        assert document.path == file.name


def test_names_are_composed_and_still_unique(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        write(tmp_path / unicodedata.normalize(form, "йод.md"))
    write(tmp_path / os.fsdecode(b"\xff.md"))
    write(tmp_path / "\\xff.md")
    assert sorted(names(tmp_path)) == ["\\xff.md", "\\xff.md~2", "йод.md", "йод.md~2"]


@pytest.mark.parametrize("path", ["nowhere", "а.md/б", "nul\x00", "x" * 300])
def test_a_corpus_that_is_not_there_is_missing(tmp_path: Path, path: str) -> None:
    write(tmp_path / "а.md")
    with pytest.raises(CorpusMissing):
        readers.find(tmp_path / path)


def test_a_pipe_is_no_corpus(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CorpusMissing, match="it is a pipe, neither a folder nor a file"):
        readers.find(tmp_path / "pipe")


def test_a_suffix_that_no_reader_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"no reader takes \.pdf; use one of \.md"):
        readers.read(readers.CorpusFile(write(tmp_path / "а.pdf"), "а.pdf", 1), Settings())


def test_the_digest_is_blake2b_of_the_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "а.md", "мёд" * 100_000)
    expected = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    assert readers.digest(path) == expected
    assert readers.digest(readers.find(path).files[0]) == expected
