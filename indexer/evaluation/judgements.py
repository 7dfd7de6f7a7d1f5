"""Folders of relevance judgements → JudgedSets: the layout of BEIR, and TREC's topics and qrels."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any, TextIO

from indexer.errors import JudgementsUnreadable
from indexer.frozen import frozen
from indexer.readers.normal import line as one_line
from indexer.types import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

# File of the texts → where a row says which document it belongs to; the first that is there is read. Paragraphs come
# first: they are what is found, and a document counts by its best one.
PARAGRAPHS: dict[str, tuple[str, ...]] = {"corpus_paragraphs.jsonl": ("document", "article")}
WHOLE: dict[str, tuple[str, ...]] = {"corpus.jsonl": ("_id",)}
QRELS = ("qrels.tsv", "qrels/test.tsv", "qrels.txt", "qrels")

_TOPIC = re.compile(r"<top(?:ic)?\b", re.IGNORECASE)
_NUMBER = re.compile(r"<num>([^<]*)|\bnumber=[\"']([^\"'<]*)", re.IGNORECASE)
_TITLE = re.compile(r"<(?:title|query)>([^<]*)", re.IGNORECASE)
_LABEL = re.compile(r"(?:number|topic):", re.IGNORECASE)


@frozen
class JudgedSet:
    """Documents, questions, and which of the documents answer which question."""

    name: str
    documents: tuple[Document, ...]  # their paths are the ids of the judgements; blank lines part their paragraphs
    queries: dict[str, str]  # id → text; only those with a judgement
    grades: dict[str, dict[str, int]]  # id of a query → path → how relevant the document is; 0 is not
    unknown_documents: int = 0  # judgements of documents that are not there: these are never found
    unknown_queries: int = 0  # judgements of queries that are not there: left out


def read_sets(folders: Iterable[Path], *, whole: bool = False) -> tuple[JudgedSet, ...]:
    """Return the sets of several folders, their names apart.

    The failures are those of `read_set`.
    """
    seen: Counter[str] = Counter()
    found = []
    for folder in folders:
        judged = read_set(folder, whole=whole)
        seen[judged.name] += 1
        time = seen[judged.name]
        found.append(judged if time == 1 else replace(judged, name=f"{judged.name}~{time}"))
    return tuple(found)


def read_set(folder: Path, *, whole: bool = False) -> JudgedSet:
    """Return the set in a folder; each of its files may be compressed (.gz).

    Texts: corpus_paragraphs.jsonl (a paragraph a row, whose field `document` or `article` names the document) or, where
    there is none or with `whole`, corpus.jsonl ({"_id": …, "text": …}, a document a row); `title` may be beside it.
    Queries: queries.jsonl, TREC's topics.txt or topics.xml, or topics.tsv. Judgements: qrels.tsv, qrels/test.tsv or
    qrels.txt, of BEIR's three columns or TREC's four.

    JudgementsUnreadable if a file is missing, or a row of it makes no sense.
    """
    if not folder.is_dir():
        raise JudgementsUnreadable(path=folder, reason="there is no such folder")
    documents = _documents(folder, WHOLE if whole else PARAGRAPHS | WHOLE)
    path, name = _find(folder, QUERIES)
    queries = dict(QUERIES[name](path))
    judgements = list(_judgements(_find(folder, QRELS)[0]))
    paths = {document.path for document in documents}
    grades: dict[str, dict[str, int]] = {}
    for query, document, grade in judgements:
        if query in queries:
            grades.setdefault(query, {})[document] = grade
    if not grades:
        raise JudgementsUnreadable(path=folder, reason="none of its judgements is of a query that it has")
    return JudgedSet(
        folder.resolve().name,
        documents,
        {query: text for query, text in queries.items() if query in grades},
        grades,
        unknown_documents=sum(query in queries and document not in paths for query, document, _ in judgements),
        unknown_queries=sum(query not in queries for query, _, _ in judgements),
    )


def _documents(folder: Path, files: dict[str, tuple[str, ...]]) -> tuple[Document, ...]:
    path, name = _find(folder, files)
    titles: dict[str, str] = {}
    texts: dict[str, list[str]] = {}
    for place, row in _rows(path):
        whose = next((field for field in files[name] if field in row), files[name][0])
        document = _field(row, whose, place)
        titles.setdefault(document, _field(row, "title", place) if row.get("title") else "")
        texts.setdefault(document, []).append(_field(row, "text", place))
    if not texts:
        raise JudgementsUnreadable(path=path, reason="there is no document in it")
    return tuple(Document(path, "\n\n".join(texts[path]), title=titles[path]) for path in texts)


# --- queries ----------------------------------------------------------------------------------------------------------


def _json_queries(path: Path) -> Iterator[tuple[str, str]]:
    return ((_field(row, "_id", place), _field(row, "text", place)) for place, row in _rows(path))


def _tabbed_queries(path: Path) -> Iterator[tuple[str, str]]:
    for place, line in _lines(path):
        id_, tab, text = line.partition("\t")
        if not tab:
            raise JudgementsUnreadable(path=place, reason="the row has no tab between an id and a text")
        yield one_line(id_), one_line(text)


def _topics(path: Path) -> Iterator[tuple[str, str]]:
    text = "\n".join(line for _place, line in _lines(path))
    for topic in _TOPIC.split(text)[1:]:
        number, title = _NUMBER.search(topic), _TITLE.search(topic)
        if not number or not title:
            raise JudgementsUnreadable(path=path, reason="a topic has no number, or neither a title nor a query")
        yield _unlabelled(number[1] or number[2] or ""), _unlabelled(title[1])


def _unlabelled(text: str) -> str:
    r"""Return what an element of a topic says.

    >>> _unlabelled(" Number: 401 \n"), _unlabelled("Topic: шум &amp; гам")
    ('401', 'шум & гам')
    """
    return one_line(unescape(_LABEL.sub("", text, count=1)))


QUERIES: dict[str, Callable[[Path], Iterator[tuple[str, str]]]] = {
    "queries.jsonl": _json_queries,
    "topics.txt": _topics,
    "topics.xml": _topics,
    "topics.tsv": _tabbed_queries,
}


# --- judgements -------------------------------------------------------------------------------------------------------


def _judgements(path: Path) -> Iterator[tuple[str, str, int]]:
    """Give query, document and grade of each row; a header is one whose grade is no number."""
    for number, (place, line) in enumerate(_lines(path)):
        columns = [one_line(column) for column in (line.split("\t") if "\t" in line else line.split())]
        match columns:
            case [query, document, grade] | [query, _, document, grade]:
                if grade.lstrip("-").isdecimal() and len(grade) < 10:  # noqa: PLR2004 -- what trec_eval takes
                    yield query, document, int(grade)
                elif number:
                    raise JudgementsUnreadable(path=place, reason="the grade is no whole number")
            case _:
                raise JudgementsUnreadable(path=place, reason="the row has neither three columns nor four")


# --- files ------------------------------------------------------------------------------------------------------------


def _find(folder: Path, names: Iterable[str]) -> tuple[Path, str]:
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path, name
    raise JudgementsUnreadable(path=folder, reason=f"it has none of the files {', '.join(names)}")


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the objects of a JSON Lines file, each with its place."""
    for place, line in _lines(path):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as wrong:
            raise JudgementsUnreadable(path=place, reason="the row is no JSON") from wrong
        if not isinstance(row, dict):
            raise JudgementsUnreadable(path=place, reason="the row is no JSON object")
        yield place, row


def _field(row: dict[str, Any], name: str, place: str) -> str:
    """Return a field as one line: what is judged as one paragraph must not be parted."""
    value = row.get(name)
    if not isinstance(value, str | int):
        raise JudgementsUnreadable(path=place, reason=f"the row has no {name}")
    return one_line(str(value))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Give the lines of a file that are not blank, each with its place."""
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{path}:{number}", line
    except UnicodeDecodeError as wrong:
        raise JudgementsUnreadable(path=path, reason="it is not in UTF-8") from wrong
    except (EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        raise JudgementsUnreadable(path=path, reason="it is a damaged gzip archive") from wrong
    except OSError as wrong:
        raise JudgementsUnreadable(path=path, reason=wrong.strerror or str(wrong)) from wrong


def _opened(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig")
