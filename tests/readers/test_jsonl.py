from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Unreadable
from indexer.readers.fields import NAMES, document_of
from indexer.readers.files import Unique

if TYPE_CHECKING:
    from tests.readers.conftest import Opener, Reader, Rows


def made(**row: object) -> Any:  # noqa: ANN401 -- a Document, or what is compared with one
    return document_of(row, "а.jsonl", 7, Unique())


def test_a_line_is_a_document(documents: Reader) -> None:
    row = {"id": 5, "title": "О мёде", "text": "Собран.", "date": "2019-11-06", "source": "Вести", "author": "Анна"}
    (news,) = documents("а.jsonl", json.dumps(row | {"url": "http://a.ru"}) + "\n")
    assert (news.path, news.title, news.text) == ("а.jsonl/5", "О мёде", "Собран.")
    assert (news.date, news.source) == (datetime(2019, 11, 6, tzinfo=UTC), "Вести")
    assert (news.author, news.url) == ("Анна", "http://a.ru")


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in NAMES.items() for name in names])
def test_fields_go_by_many_names(field: str, name: str) -> None:
    value = "2019-11-06" if field == "date" else "1"
    row = {"text": "Текст.", name.upper().replace("_", "-"): value}
    found = made(**row)
    if field == "id":
        assert found.path == "а.jsonl/1"
    elif field == "date":
        assert found.date == datetime(2019, 11, 6, tzinfo=UTC)
    elif field != "text":
        assert getattr(found, field) == "1"


def test_of_several_names_the_first_that_is_not_empty_counts() -> None:
    assert made(text="", body="Тело.", content="Содержание.").text == "Тело."


def test_what_is_empty_is_told_of_each_row(documents: Reader) -> None:
    rows = [{"text": "раз", "body": "тело"}, {"text": "", "body": "тело"}, {"body": "тело", "text": None}]
    assert [found.text for found in documents("а.jsonl", "\n".join(map(json.dumps, rows)))] == ["раз", "тело", "тело"]


@pytest.mark.parametrize(
    "line", [' {"text": "раз"}', '{"text": "раз"} \t', '{"text": "раз"}\u2029', '\t{"text": "раз"}\r']
)
def test_white_space_around_an_object_is_nothing(documents: Reader, line: str) -> None:
    assert [document.text for document in documents("а.jsonl", f'{line}\n{{"text": "два"}}')] == ["раз", "два"]


def test_without_an_id_the_line_is_the_name(documents: Reader) -> None:
    found = documents("а.jsonl", '{"text": "раз"}\n\n{"id": "", "text": "два"}\n{"id": null, "text": "три"}')
    assert [document.path for document in found] == ["а.jsonl:1", "а.jsonl:3", "а.jsonl:4"]


def test_an_id_given_twice_is_numbered(documents: Reader) -> None:
    ids = ["а", "а~2", "а", 1, "1", "а"]
    found = documents("а.jsonl", "\n".join(json.dumps({"id": name, "text": "т"}) for name in ids))
    assert [document.path.removeprefix("а.jsonl/") for document in found] == ["а", "а~2", "а~3", "1", "1~2", "а~4"]


def test_an_id_is_composed_on_one_line_and_without_a_sharp() -> None:
    assert made(id=" и\u0306\n#1\x00 ", text="т").path == "а.jsonl/й %231"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"text": 5}, "5"),
        ({"text": 1.5}, "1.5"),
        ({"text": True}, "true"),
        ({"text": ["раз", "два"]}, "раз\n\nдва"),
        ({"text": None, "title": "О мёде"}, "О мёде"),
        ({"text": "\ud83d кот\r\n"}, "� кот"),
    ],
)
def test_values_become_text(row: dict[str, object], text: str) -> None:
    assert made(**row).text == text


def test_authors_are_joined() -> None:
    assert made(text="т", authors=["Анна Ким", "Олег Пак"]).author == "Анна Ким, Олег Пак"
    assert made(text="т", author={"name": "Анна Ким"}).author == "Анна Ким"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "", "text": " "}', "no text"),
        ('{"other": 1}', "no text"),
        ('{"text": {"a": 1}}', "its text is an object"),
        ('{"text": [["a"]]}', "its text is an object"),
        ('["text"]', "it is no JSON object"),
        ("null", "it is no JSON object"),
        ('{"text": "а"', "it is no JSON: expecting ',' delimiter at column 13"),
        ('{"text": ' + "9" * 5000 + "}", "a number that is too long"),
        ('{"text": ' + "[" * 100_000 + "}", "nested too deeply"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(rows: Rows, line: str, reason: str) -> None:
    first, bad, last = rows("а.jsonl", '{"text": "раз"}\n' + line + '\n{"text": "три"}')
    assert isinstance(bad, Unreadable)
    assert not isinstance(first, Unreadable)
    assert not isinstance(last, Unreadable)
    assert bad.values["path"] == "а.jsonl:2"
    assert reason in str(bad)
    assert (first.text, last.text) == ("раз", "три")


def test_line_separators_inside_a_string_part_no_lines(documents: Reader) -> None:
    assert documents("а.jsonl", '{"text": "раз\u2028два"}\r\n{"text": "т"}')[0].text == "раз\nдва"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1251", "koi8-r"])
def test_tables_come_in_every_encoding(documents: Reader, codec: str) -> None:
    texts = [f"Пасечник Юрий Щеглов собрал {number} бочек мёда" for number in range(50)]
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\r\n" for text in texts)
    assert [document.text for document in documents("а.jsonl", lines.encode(codec))] == texts


def test_broken_utf8_far_down_costs_its_line_only(rows: Rows) -> None:
    good = '{"text": "Мёд."}\n'.encode()
    content = good * 60_000 + '{"text": "М'.encode() + b'\xff"}\n' + good
    *_, before, bad, after = rows("а.jsonl", content)
    assert isinstance(bad, Unreadable)
    assert not isinstance(before, Unreadable)
    assert not isinstance(after, Unreadable)
    assert str(bad) == "а.jsonl:60001: it has bytes that are no UTF-8; save it anew as UTF-8"


def test_a_line_over_the_limit_is_skipped(rows: Rows) -> None:
    content = '{"text": "раз"}\n{"text": "' + "а" * 3000 + '"}\n{"text": "три"}\n'
    first, bad, last = rows("а.jsonl", content, largest=1000)
    assert isinstance(bad, Unreadable)
    assert "а.jsonl:2: the line has more than 1,000 bytes" in str(bad)
    assert not isinstance(first, Unreadable)
    assert not isinstance(last, Unreadable)
    assert last.path == "а.jsonl:3"


def test_a_table_has_no_limit_of_size(documents: Reader) -> None:
    assert len(documents("а.jsonl", '{"text": "раз"}\n' * 100, largest=100)) == 100


@pytest.mark.parametrize("name", ["а.jsonl", "а.csv"])
def test_a_table_is_not_held_in_memory(opened: Opener, name: str) -> None:
    line = '{"text": "%s"}\n' if name == "а.jsonl" else '"%s"\n'
    content = (line % ("мёд " * 500)) * 4000
    reading = opened(name, content if name == "а.jsonl" else "text\n" + content)
    tracemalloc.start()
    try:
        assert sum(not isinstance(document, Unreadable) for document in reading.documents) == 4000
        assert tracemalloc.get_traced_memory()[1] < len(content) / 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_table_is_unreadable(opened: Opener, content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"empty|white space"):
        opened("а.jsonl", content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from([*NAMES, "body", "Заголовок", "Дата"]), VALUES))
def test_any_object_is_a_document_or_a_bad_row(row: dict[str, object]) -> None:
    try:
        found = document_of(json.loads(json.dumps(row)), "а.jsonl", 7, Unique())
    except Unreadable:
        return
    assert found.text
    assert found.date is None or found.date.tzinfo
    assert found.path == "а.jsonl:7" or (found.path.startswith("а.jsonl/") and "#" not in found.path)
