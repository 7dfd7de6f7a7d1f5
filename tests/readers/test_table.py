from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import readers
from indexer.errors import Unreadable
from indexer.readers.normal import normalise
from indexer.settings import Reading as Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.readers.conftest import Opener, Reader, Rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(documents: Reader, delimiter: str) -> None:
    content = "id,Заголовок,Текст\n1,О мёде,Собран; продан".replace(",", delimiter)
    (news,) = documents("а.csv", content)
    assert (news.path, news.title, news.text) == ("а.csv/1", "О мёде", "Собран; продан")


def test_a_single_column_is_a_table(documents: Reader) -> None:
    found = documents("а.csv", "text\nРаз, два; три | четыре\nПять,\n")
    assert [document.text for document in found] == ["Раз, два; три | четыре", "Пять,"]


def test_records_go_over_several_lines_and_know_where_they_begin(documents: Reader) -> None:
    found = documents("а.csv", 'title,text\r\nа,"раз\r\nдва ""три"""\r\n\r\nб,четыре\r\n')
    assert [(document.path, document.text) for document in found] == [
        ("а.csv:2", 'раз\nдва "три"'),
        ("а.csv:5", "четыре"),
    ]


def test_line_ends_of_old_macs_end_records(documents: Reader) -> None:
    assert [document.text for document in documents("а.csv", "title,text\rа,раз\rб,два")] == ["раз", "два"]


def test_the_mark_and_quotes_around_a_header_are_no_part_of_it(documents: Reader) -> None:
    (news,) = documents("а.csv", '\ufeff"Title","Text"\n"О мёде","Собран"\n')
    assert (news.title, news.text) == ("О мёде", "Собран")


def test_a_table_as_excel_saves_it_is_read(documents: Reader) -> None:
    (news,) = documents("а.csv", "title\ttext\r\nО мёде\tСобран\r\n".encode("utf-16"))
    assert (news.title, news.text) == ("О мёде", "Собран")
    (news,) = documents("б.csv", "Заголовок;Текст\r\nО мёде;Собран в июле на старой пасеке\r\n".encode("cp1251"))
    assert (news.title, news.text) == ("О мёде", "Собран в июле на старой пасеке")


def test_missing_cells_are_empty(documents: Reader) -> None:
    (news,) = documents("а.csv", "id,title,text,author\n1,О мёде\n")
    assert (news.path, news.text, news.author) == ("а.csv/1", "О мёде", "")


def test_cells_beyond_the_header_belong_to_a_text_that_comes_last(documents: Reader) -> None:
    assert documents("а.csv", "id,text\n1,Собран, продан")[0].text == "Собран, продан"
    assert documents("а.csv", "text,id\nСобран,1,лишнее")[0].path == "а.csv/1"


def test_rows_without_anything_are_passed_over(documents: Reader) -> None:
    assert len(documents("а.csv", "id,text\n,\n \n1,раз\n,,\n")) == 1


def test_a_row_without_text_is_named(rows: Rows) -> None:
    first, bad = rows("а.csv", "id,text\n1,раз\n2,\n")
    assert not isinstance(first, Unreadable)
    assert isinstance(bad, Unreadable)
    assert str(bad).startswith("а.csv:3: no text")


def test_a_table_without_a_text_names_its_columns(opened: Opener) -> None:
    with pytest.raises(Unreadable, match=r"title or text; it has: a, b, c\. Name one so in its first line"):
        opened("а.csv", "a,b,c\n1,2,3\n")
    with pytest.raises(Unreadable, match=r"a0, .*, a11, …\. Name"):
        opened("а.csv", ",".join(f"a{number}" for number in range(50)))


def test_a_header_alone_has_no_documents(rows: Rows) -> None:
    assert rows("а.csv", "title,text\n") == []


def test_long_cells_are_read(documents: Reader) -> None:
    assert len(documents("а.csv", "text\n" + "а" * 1_000_000)[0].text) == 1_000_000


def test_quotation_marks_in_a_tsv_may_be_just_that(documents: Reader) -> None:
    found = documents("а.tsv", 'id\ttext\n1\t"Мёд" собран\n2\t"Воск продан\n3\tПасека закрыта\n')
    assert [document.text for document in found] == ['"Мёд" собран', '"Воск продан', "Пасека закрыта"]


def test_quotation_marks_in_a_tsv_may_enclose_cells(documents: Reader) -> None:
    found = documents("а.tsv", 'id\ttext\n1\t"Мёд\tи\nвоск"\n2\t"Он сказал: ""да"""\n')
    assert [document.text for document in found] == ["Мёд\tи\nвоск", 'Он сказал: "да"']


def test_broken_utf8_far_down_ends_a_table(rows: Rows) -> None:
    content = b"text\n" + "Мёд.\n".encode() * 150_000 + b"\xff\n" + "Воск.\n".encode()
    *good, bad = rows("а.csv", content)
    assert len(good) == 150_000
    assert isinstance(bad, Unreadable)
    assert str(bad) == "а.csv:150002: it has bytes that are no UTF-8; save it anew as UTF-8"


def test_a_first_line_over_the_limit_makes_a_table_unreadable(opened: Opener) -> None:
    with pytest.raises(Unreadable, match=r"а\.csv: the line has more than 10 bytes"):
        opened("а.csv", "text" * 10, largest=10)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.text("абв,;|\t\"'\n.", min_size=1).filter(str.strip), min_size=1, max_size=5),
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_was_written_as_csv_comes_back(tmp_path: Path, texts: list[str], delimiter: str, quoting: int) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]  # one of its constants
    writer.writerows([("id", "text"), *enumerate(texts)])
    path = tmp_path / "а.csv"
    path.write_bytes(written.getvalue().encode())
    found = readers.read(readers.CorpusFile(path, "а.csv", 0), Settings()).documents
    assert [document.text for document in found if not isinstance(document, Unreadable)] == [
        normalise(text).strip() for text in texts
    ]
