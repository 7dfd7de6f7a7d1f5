from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import JudgementsUnreadable
from indexer.evaluation import read_set, read_sets

from .conftest import GRADES, QUERIES, TEXTS, json_lines

if TYPE_CHECKING:
    from pathlib import Path


def test_beir_is_read(works: Path) -> None:
    judged = read_set(works)
    assert judged.name == "works"
    assert {document.path: document.text for document in judged.documents} == TEXTS
    assert judged.queries == QUERIES
    assert judged.grades == GRADES
    assert (judged.unknown_documents, judged.unknown_queries) == (0, 0)


def test_compressed_files_read_the_same(works: Path) -> None:
    plain = read_set(works)
    for file in list(works.iterdir()):
        (works / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert read_set(works) == plain


def test_judgements_may_be_in_a_folder(works: Path) -> None:
    plain = read_set(works)
    (works / "qrels").mkdir()
    (works / "qrels.tsv").rename(works / "qrels" / "test.tsv")
    assert read_set(works) == plain


SGML = "<top>\n<num> Number: {id}\n<title> {text}\n<desc> Description:\nЧто угодно.\n</top>\n"
XML = '<topic number="{id}" type="single"><query>{text}</query></topic>\n'


@pytest.mark.parametrize(
    ("name", "topic", "around"),
    [
        ("topics.txt", SGML, "{}"),
        ("topics.xml", XML, "<topics>\n{}</topics>\n"),
        ("topics.tsv", "{id}\t{text}\n", "{}"),
    ],
)
def test_topics_and_judgements_of_trec_read_the_same(works: Path, name: str, topic: str, around: str) -> None:
    plain = read_set(works)
    (works / "queries.jsonl").unlink()
    topics = "".join(topic.format(id=id_, text=text) for id_, text in QUERIES.items())
    (works / name).write_text(around.format(topics), encoding="utf-8")
    (works / "qrels.tsv").unlink()
    rows = [f"{query} 0 {path} {grade}\n" for query, grades in GRADES.items() for path, grade in grades.items()]
    (works / "qrels.txt").write_text("".join(rows), encoding="utf-8")
    assert read_set(works) == plain


def test_paragraphs_make_up_their_documents(works: Path) -> None:
    rows: list[dict[str, object]] = [
        {"_id": f"{path}§{number}", "article": path, "text": text}
        for path in TEXTS
        for number, text in enumerate(("Первый абзац,\nв две строки.", "Второй."))
    ]
    json_lines(works / "corpus_paragraphs.jsonl", rows)
    judged = read_set(works)
    assert [document.path for document in judged.documents] == list(TEXTS)
    assert {document.text for document in judged.documents} == {"Первый абзац, в две строки.\n\nВторой."}
    assert [document.text for document in read_set(works, whole=True).documents] == list(TEXTS.values())


def test_what_is_not_there_is_counted(works: Path) -> None:
    plain = read_set(works)
    with (works / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write("q1\tgone\t1\nq2\tgone\t1\nq99\tsteel\t1\n")
    judged = read_set(works)
    assert (judged.unknown_documents, judged.unknown_queries) == (2, 1)
    grades = GRADES | {query: GRADES[query] | {"gone": 1} for query in ("q1", "q2")}
    assert judged == replace(plain, grades=grades, unknown_documents=2, unknown_queries=1)


def test_queries_that_nobody_judged_are_not_asked(works: Path) -> None:
    (works / "qrels.tsv").write_text("q3\tmill\t1\n", encoding="utf-8")
    assert list(read_set(works).queries) == ["q3"]


def test_sets_of_one_name_are_told_apart(works: Path) -> None:
    assert [judged.name for judged in read_sets([works, works])] == ["works", "works~2"]


BROKEN = [
    ("corpus.jsonl", "", "there is no document in it"),
    ("corpus.jsonl", '{"text": "Без номера"}\n', "the row has no _id"),
    ("corpus.jsonl", '{"_id": "a"}\n', "the row has no text"),
    ("corpus.jsonl", '\n["a"]\n', "the row is no JSON object"),
    ("queries.jsonl", "{", "the row is no JSON"),
    ("queries.jsonl", "[" * 100_000, "the row is no JSON"),
    ("qrels.tsv", "q1 a\n", "the row has neither three columns nor four"),
    ("qrels.tsv", "q1 a 1\nq1 b высокая\n", "the grade is no whole number"),
    ("qrels.tsv", "x y 1\n", "none of its judgements is of a query that it has"),
]


@pytest.mark.parametrize(("name", "content", "reason"), BROKEN)
def test_what_makes_no_sense_is_told(works: Path, name: str, content: str, reason: str) -> None:
    (works / name).write_text(content, encoding="utf-8")
    with pytest.raises(JudgementsUnreadable) as told:
        read_set(works)
    assert told.value.values["reason"] == reason
    assert str(works) in str(told.value)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_file_that_is_missing_is_named(works: Path, name: str) -> None:
    (works / name).unlink()
    with pytest.raises(JudgementsUnreadable, match=name):
        read_set(works)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(JudgementsUnreadable, match="there is no such folder"):
        read_set(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_another_encoding_is_told(works: Path, name: str) -> None:
    (works / name).write_bytes("слово".encode("cp1251"))
    with pytest.raises(JudgementsUnreadable, match="UTF-8"):
        read_set(works)


@pytest.mark.parametrize(
    ("name", "replaced"),
    [
        ("topics.txt", "queries.jsonl"),
        ("topics.xml", "queries.jsonl"),
        ("topics.tsv", "queries.jsonl"),
        ("queries.jsonl.gz", "queries.jsonl"),
        ("corpus.jsonl", "corpus.jsonl"),
        ("qrels.tsv", "qrels.tsv"),
    ],
)
@given(content=st.binary(max_size=200) | st.text("<top ic>num0:title/\"'=\t\nф", max_size=200).map(str.encode))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(works: Path, name: str, replaced: str, content: bytes) -> None:
    (works / replaced).unlink(missing_ok=True)
    (works / name).write_bytes(content)
    try:
        judged = read_set(works)
    except JudgementsUnreadable as told:
        assert str(works) in str(told)  # noqa: PT017 -- reading it is as right
    else:
        assert judged.queries
        assert judged.documents


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["<top>", "<num>", "<num> ", "<title>", "<top><num>1<title>x", " ", "\t"])
def test_long_topics_take_no_time(works: Path, piece: str) -> None:
    (works / "queries.jsonl").unlink()
    (works / "topics.txt").write_text(piece * 100_000, encoding="utf-8")
    with pytest.raises(JudgementsUnreadable):
        read_set(works)
