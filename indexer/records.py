"""What the library gives, as values that JSON knows: the same from the command line, the API and the tools."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from indexer.types import Boosted, Dated, Either, Only, Together

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from indexer.types import (
        Completion,
        Facets,
        Heading,
        IndexStatus,
        Mending,
        Paragraph,
        Query,
        Quotation,
        Rescue,
        Result,
        ScorePart,
        Snippet,
        Understanding,
        WordRead,
    )


# What json.dumps leaves as it is and a terminal may obey, or cannot be encoded.
_UNESCAPED = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def json_text(value: object) -> str:
    """Write JSON on one line, in which nothing can harm a terminal or fail to be encoded."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _UNESCAPED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def of_heading(heading: Heading) -> dict[str, Any]:
    """Say what is known of a document, but for its path; no date is null."""
    return {
        "title": heading.title,
        "date": _moment(heading.date),
        "source": heading.source,
        "author": heading.author,
        "url": heading.url,
    }


def of_result(result: Result) -> dict[str, Any]:
    """Say which paragraph was found; `marks` are into `text`, `span` is into the document's text."""
    return {
        "id": result.paragraph.id,
        "path": result.document.path,
        "number": result.paragraph.number,
        **of_heading(result.document),
        "text": result.snippet.text,
        "marks": result.snippet.marks,
        "span": result.paragraph.span,
        "score": float(result.score),
    }


def of_rescue(rescue: Rescue) -> dict[str, Any]:
    """Say which query was searched instead."""
    return {"rung": rescue.rung, "query": rescue.query}


def of_part(part: ScorePart) -> dict[str, Any]:
    """Say what a part of a score is for."""
    return asdict(part)


def of_mending(mending: Mending) -> dict[str, Any]:
    """Say what of a query was not read as it stands there."""
    return asdict(mending)


def of_paragraph(paragraph: Paragraph, snippet: Snippet | None = None) -> dict[str, Any]:
    """Say what stands in a paragraph, with marks if there is a query to mark it by."""
    record = {"id": paragraph.id, "number": paragraph.number, "span": paragraph.span, "text": paragraph.text}
    return record if snippet is None else {**record, "marks": snippet.marks}


def of_completion(completion: Completion) -> dict[str, Any]:
    """Say what a word may become."""
    return asdict(completion)


def of_word(word: WordRead) -> dict[str, Any]:
    """Say how a word of a query was understood."""
    return asdict(word)


def of_understanding(understanding: Understanding) -> dict[str, Any]:
    """Say how a query was understood: spans into `text`; dates from `since` to before `until`, null where open."""
    return {
        "text": understanding.text,
        "printed": understanding.printed,
        "words": [of_word(word) for word in understanding.words],
        "dates": [
            {"since": _moment(dated.since), "until": _moment(dated.until)} for dated in dates(understanding.query)
        ],
        "mendings": [of_mending(mending) for mending in understanding.mendings],
    }


def dates(query: Query) -> Iterator[Dated]:
    """Give the ranges of dates that a query asks for."""
    match query:
        case Dated():
            yield query
        case Together(clauses) | Either(clauses):
            for clause in clauses:
                yield from dates(clause)
        case Only(wanted, required):
            for clause in (wanted, *required):
                yield from dates(clause)
        case Boosted(wanted):
            yield from dates(wanted)


def of_quotation(quotation: Quotation) -> dict[str, Any]:
    """Say whether the texts have a quotation, and where; `longest` and `quoted` are into `text`."""
    return {
        "text": quotation.text,
        "kind": quotation.kind,
        "total": quotation.total,
        "longest": quotation.longest,
        "places": [
            {
                "path": place.document.path,
                **of_heading(place.document),
                "kind": place.kind,
                "passages": [
                    {
                        "id": passage.paragraph.id,
                        "number": passage.paragraph.number,
                        "text": passage.paragraph.text,
                        "span": passage.span,
                        "quoted": passage.quoted,
                    }
                    for passage in place.passages
                ],
                "differences": [asdict(difference) for difference in place.differences],
            }
            for place in quotation.places
        ],
    }


def of_facets(facets: Facets) -> dict[str, Any]:
    """Say how what was found is spread; pairs, for an order in which names of fields come is none."""
    return {
        "sources": [{"source": source, "count": count} for source, count in facets.sources.items()],
        "months": [{"month": month, "count": count} for month, count in facets.months.items()],
        "undated": facets.undated,
    }


def of_status(status: IndexStatus, *, files: bool, verified: int | None = None) -> dict[str, Any]:
    """Say what is in an index; every file, or only those that could not be read; how many bytes were verified."""
    record = asdict(status)
    if verified is not None:
        record["verified"] = verified
    for name in ("built", "first", "last"):
        record[name] = _moment(record[name])
    record["unreadable"] = [file for file in record["files"] if file["problem"]]
    if not files:
        del record["files"]
    return record


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
