from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.errors import Unreadable

if TYPE_CHECKING:
    from tests.readers.conftest import Opener, Reader


def test_a_short_first_line_that_stands_alone_is_the_title(documents: Reader) -> None:
    (note,) = documents("а.txt", "\n  О мёде \n\nСобран в июле.\nПродан в августе.\n")
    assert (note.path, note.title, note.text) == ("а.txt", "О мёде", "Собран в июле.\nПродан в августе.")


@pytest.mark.parametrize("end", ".!?…;:,")
def test_a_sentence_is_no_title(documents: Reader, end: str) -> None:
    (note,) = documents("а.txt", f"Собран в июле{end}\n\nПродан.")
    assert (note.title, note.text) == ("", f"Собран в июле{end}\n\nПродан.")


def test_a_line_with_text_right_below_is_no_title(documents: Reader) -> None:
    assert documents("а.txt", "О мёде\nСобран в июле.")[0].title == ""


def test_a_long_line_is_no_title(documents: Reader) -> None:
    assert documents("а.txt", "а" * 120 + "\n\nТекст.")[0].title == "а" * 120
    assert documents("а.txt", "а" * 121 + "\n\nТекст.")[0].title == ""


def test_a_title_alone_can_be_found(documents: Reader) -> None:
    (note,) = documents("а.txt", "О мёде\n\n")
    assert (note.title, note.text) == ("О мёде", "О мёде")


def test_a_single_line_is_a_text(documents: Reader) -> None:
    (note,) = documents("а.txt", "О мёде")
    assert (note.title, note.text) == ("", "О мёде")


def test_an_old_encoding_is_read_and_named(opened: Opener) -> None:
    text = "Этот файл набирали давным-давно, на машине под управлением старой системы."
    reading = opened("а.txt", text.encode("koi8-r"))
    assert (reading.encoding, reading.doubtful) == ("koi8-r", False)
    assert [document.text for document in reading.documents if not isinstance(document, Unreadable)] == [text]


def test_the_empty_file_is_unreadable(opened: Opener) -> None:
    with pytest.raises(Unreadable, match=r"а\.txt: the file is empty"):
        opened("а.txt", b"")


@pytest.mark.parametrize("content", [" \n\t\r\n", "\ufeff", "\ufeff\n", "\x00"])
def test_a_blank_file_is_unreadable(opened: Opener, content: str) -> None:
    with pytest.raises(Unreadable, match=r"nothing in it but white space|binary data"):
        opened("а.txt", content)


def test_a_file_over_the_limit_is_unreadable(opened: Opener) -> None:
    with pytest.raises(Unreadable, match=r"it has 1,001 bytes and the limit is 1,000; split it, or raise"):
        opened("а.txt", b"a" * 1001, largest=1000)
    assert opened("а.txt", b"a" * 1000, largest=1000).encoding == "utf-8"


def test_a_million_characters_on_a_line_are_read(documents: Reader) -> None:
    assert len(documents("а.txt", "слово " * 200_000)[0].text) == 1_200_000 - 1


def test_a_pdf_by_the_name_of_a_text_is_unreadable(opened: Opener) -> None:
    with pytest.raises(Unreadable, match=r"it is a PDF, not text; export it as text"):
        opened("а.txt", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
