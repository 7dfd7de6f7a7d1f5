"""What can be asked under /api/v1: a row for each, with its parameters, its reply, and the call of the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from indexer import records
from indexer.frozen import frozen
from indexer.web import problems
from indexer.web.asked import (
    TEN,
    Asked,
    Parameter,
    count,
    flag,
    identifier,
    of_search,
    query,
    strict,
    switched_off,
    without,
)

if TYPE_CHECKING:
    from indexer.deadline import Deadline
    from indexer.search import Searcher
    from indexer.types import Paragraph
    from indexer.web.generations import Current
    from indexer.web.limits import Limits
    from indexer.web.problems import Kind

Given: TypeAlias = Mapping[str, Any]  # the values of the parameters, by attribute
Reply: TypeAlias = dict[str, Any]

NEIGHBOURS = 2  # on each side of a paragraph, unless another number is asked for: as many as `abzats show` prints
HUNDRED = 100  # paragraphs of a document, likewise

_OF_QUERIES = (
    problems.QUERY_EMPTY,
    problems.QUERY_TOO_LONG,
    problems.QUERY_TOO_WIDE,
    problems.QUERY_TOO_SLOW,
    problems.NOT_READ,
)


@frozen
class Operation:
    """Something that can be asked."""

    name: str  # the last part of its address
    about: str
    parameters: tuple[Parameter, ...]
    reply: str  # of SCHEMAS
    work: Callable[[Current, Given, Deadline], Reply]
    problems: tuple[Kind, ...] = ()  # beside those that any request may have

    @property
    def path(self) -> str:
        """Return its address."""
        return f"/api/v1/{self.name}"


def operations(limits: Limits) -> tuple[Operation, ...]:
    """Return all of them."""
    marked = query(limits, "Whose words are marked; none are without.")
    return (
        Operation(
            "search",
            "Find paragraphs by words in any form.",
            (*of_search(limits), flag("facets", "Whether sources and months are counted.", usual=False)),
            "Answer",
            _search,
            (*_OF_QUERIES, problems.NO_DATE, problems.NO_TIME),
        ),
        Operation(
            "suggest",
            "Complete the last word of a query.",
            (
                query(limits, "What was typed so far.", is_required=True, example="закал"),
                count("limit", "Completions at most.", least=1, most=limits.page, usual=TEN),
            ),
            "Suggestions",
            _suggest,
        ),
        Operation(
            "forms",
            "Tell which lemmas words may have, and which forms of each are in the index.",
            (query(limits, "One word or several, with their signs.", is_required=True, example="мыла"),),
            "Forms",
            _forms,
            _OF_QUERIES,
        ),
        Operation(
            "understand",
            "Tell how a query is understood.",
            (query(limits, is_required=True), *switched_off(limits), strict()),
            "Understanding",
            _understand,
            _OF_QUERIES,
        ),
        Operation(
            "document",
            "Read a document, with the words of a query marked.",
            (
                identifier("path", "The path of the document, as results have it.", example="industry/steel.md"),
                count("first", "The number of the first paragraph.", least=1, most=10**9, usual=1),
                count("limit", "Paragraphs at most.", least=1, most=limits.paragraphs, usual=HUNDRED),
                marked,
                *switched_off(limits),
            ),
            "Document",
            _document,
            (*_OF_QUERIES, problems.NOT_THERE),
        ),
        Operation(
            "paragraph",
            "Read a paragraph with its neighbours, with the words of a query marked.",
            (
                identifier("id", "The id of the paragraph, as results have it.", example="industry/steel.md#¶4"),
                count("around", "Paragraphs on each side.", most=limits.around, usual=NEIGHBOURS),
                marked,
                *switched_off(limits),
            ),
            "Surroundings",
            _paragraph,
            (*_OF_QUERIES, problems.NOT_THERE),
        ),
        Operation("status", "Tell what is in the index.", (), "Status", _status),
        Operation("problems", "Tell what may go wrong.", (), "Problems", _problems),
    )


def _search(current: Current, given: Given, deadline: Deadline) -> Reply:
    asked, searcher = Asked.of(given), current.searcher
    answer = asked.answer(searcher, deadline)
    facets = None
    if given["facets"]:
        facets = searcher.facets(
            answer.rescue.query if answer.rescue else asked.query,
            filters=asked.filters,
            per_document=asked.per_document,
            without=asked.without,
            deadline=deadline,
        )
    return {
        "total": answer.total,
        "complete": answer.complete,
        "mendings": [records.of_mending(mending) for mending in answer.mendings],
        "rescue": answer.rescue and records.of_rescue(answer.rescue),
        "facets": facets and records.of_facets(facets),
        "results": [records.of_result(result) for result in answer],
    }


def _suggest(current: Current, given: Given, _: Deadline) -> Reply:
    completions = current.searcher.suggest(given["query"], limit=given["limit"])
    return {"completions": [records.of_completion(completion) for completion in completions]}


def _forms(current: Current, given: Given, _: Deadline) -> Reply:
    return {"words": [records.of_word(word) for word in current.searcher.understand(given["query"]).words]}


def _understand(current: Current, given: Given, _: Deadline) -> Reply:
    understanding = current.searcher.understand(given["query"], strict=given["strict"], without=without(given))
    return records.of_understanding(understanding)


def _document(current: Current, given: Given, _: Deadline) -> Reply:
    searcher, path, first = current.searcher, given["path"], given["first"]
    return {
        "path": path,
        **records.of_heading(searcher.document(path)),
        "length": searcher.length(path),
        "paragraphs": _marked(searcher, searcher.passage(path, first, first + given["limit"] - 1), given),
    }


def _paragraph(current: Current, given: Given, _: Deadline) -> Reply:
    searcher, asked, around = current.searcher, current.searcher.paragraph(given["id"]), given["around"]
    beside = searcher.passage(asked.document, asked.number - around, asked.number + around)
    return {
        "path": asked.document,
        **records.of_heading(searcher.document(asked.document)),
        "number": asked.number,
        "paragraphs": _marked(searcher, beside, given),
    }


def _marked(searcher: Searcher, paragraphs: tuple[Paragraph, ...], given: Given) -> list[dict[str, Any]]:
    snippets = searcher.marked(given["query"], paragraphs, without=without(given))
    return [records.of_paragraph(paragraph, snippet) for paragraph, snippet in zip(paragraphs, snippets, strict=True)]


def _status(current: Current, _given: Given, _deadline: Deadline) -> Reply:
    record = records.of_status(current.status, files=False)
    # Where the documents lie on the disk is nobody's business but the one's who serves them.
    del record["corpus"]
    return {**record, "unreadable": len(record["unreadable"])}


def _problems(_current: Current, _given: Given, _deadline: Deadline) -> Reply:
    return {
        "problems": [{"type": kind.type, "title": kind.title, "status": kind.status.value} for kind in problems.KINDS]
    }
