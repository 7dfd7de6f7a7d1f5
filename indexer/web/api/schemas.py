"""The values of replies, as JSON Schema: what records.py makes, told to programs. A test holds the two together."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """Return a reference to one of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(about: str, **properties: Schema) -> Schema:
    """Return an object that has all of these and nothing else."""
    return {
        "type": "object",
        "description": about,
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _list(items: Schema, about: str = "") -> Schema:
    return {"type": "array", "items": items, **({"description": about} if about else {})}


def _counts(about: str) -> Schema:
    return {"type": "object", "description": about, "additionalProperties": {"type": "integer", "minimum": 0}}


def _text(about: str = "", **more: Any) -> Schema:  # noqa: ANN401 -- whatever JSON Schema has
    return {"type": "string", **({"description": about} if about else {}), **more}


def _number(about: str = "", least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least, **({"description": about} if about else {})}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_MOMENT = _or_null(_text(format="date-time"))
_HEADING = {
    "title": _text(),
    "date": _MOMENT,
    "source": _text("Who published it."),
    "author": _text(),
    "url": _text("As the document has it: follow nothing but http and https."),
}
_PARAGRAPH = {
    "id": _text("path#¶number, to be cited and asked for."),
    "number": _number("In the document.", least=1),
    "span": ref("Span"),
    "text": _text(),
    "marks": _list(ref("Span"), "Into the text: where the words of the query stand; in order, apart from each other."),
}
_READ = {
    "text": _text("As typed, without signs."),
    "span": ref("Span"),
    "signs": _list(_text(), "What applies to it, the outermost first."),
    "lemmas": _list(ref("Lemma"), "That it is looked for by."),
    "forms": _counts("That it is looked for by beside them, and how often each stands in the texts."),
    "relatives": _list(_text(), "Lemmas that only help what other words find."),
    "without": _list(ref("Lemma"), "Lemmas that it is not looked for by, because they were switched off."),
    "without_forms": _counts("Likewise, forms of the lemmas that it is looked for by."),
}
_GENERATION = _number("Of the index; it grows with every build that changed something.")

SCHEMAS: dict[str, Schema] = {
    "Span": {
        "type": "array",
        "description": "A half-open range of characters (code points): start and stop.",
        "items": _number(),
        "minItems": 2,
        "maxItems": 2,
    },
    "Result": _object(
        "A paragraph that was found.",
        id=_PARAGRAPH["id"],
        path=_text("Of the document."),
        number=_PARAGRAPH["number"],
        **_HEADING,
        text=_PARAGRAPH["text"],
        marks=_PARAGRAPH["marks"],
        span=ref("Span"),
        score={"type": "number", "description": "Comparable within one answer only."},
    ),
    "Mending": _object(
        "A part of a query that was not read as it stands there.",
        kind=_text(),
        span=ref("Span"),
        text=_text(),
    ),
    "Rescue": _object(
        "The query that was searched instead of one that found nothing.",
        rung=_text(enum=["characters", "layout", "transliteration", "spelling", "relatives"]),
        query=_text(),
    ),
    "Facets": _object(
        "How what was found is spread; of each, the filter that chooses among the same is left out.",
        sources=_list(_object("", source=_text("Empty for documents without."), count=_number(least=1)), "Most first."),
        months=_list(
            _object("", month=_text("By UTC.", pattern="^[0-9]{4}-[0-9]{2}$"), count=_number(least=1)), "In order."
        ),
        undated=_number(),
    ),
    "Answer": _object(
        "A page of results, and how long the whole list is.",
        generation=_GENERATION,
        total=_number("Paragraphs found; documents with per_document."),
        complete=_number("Of those, the ones with every word asked for."),
        mendings=_list(ref("Mending")),
        rescue=_or_null(ref("Rescue")),
        facets=_or_null(ref("Facets")),
        results=_list(ref("Result")),
    ),
    "Suggestions": _object(
        "What the last word of a query may become when it is typed further.",
        generation=_GENERATION,
        completions=_list(
            _object("", text=_text("As it is written most often."), places=_number("In the texts.")),
            "The most frequent first.",
        ),
    ),
    "Lemma": _object(
        "A lemma that a word may have, and what of it is in the index.",
        text=_text(),
        weight={"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        places=_number("In the texts."),
        forms=_counts("As they are written, and how often each stands there."),
    ),
    "Word": _object("A word of a query as it was understood.", **_READ),
    "Forms": _object("The words of a query.", generation=_GENERATION, words=_list(ref("Word"))),
    "Understanding": _object(
        "What a query means in this index.",
        generation=_GENERATION,
        text=_text("As typed."),
        printed=_text("The same in signs, without what was left out."),
        words=_list(ref("Word")),
        dates=_list(_object("From `since` to before `until`.", since=_MOMENT, until=_MOMENT)),
        mendings=_list(ref("Mending")),
    ),
    "Paragraph": _object("A paragraph of a document.", **_PARAGRAPH),
    "Document": _object(
        "A document, or as much of it as was asked for.",
        generation=_GENERATION,
        path=_text(),
        **_HEADING,
        length=_number("Paragraphs of the document."),
        paragraphs=_list(ref("Paragraph"), "In order."),
    ),
    "Surroundings": _object(
        "A paragraph with its neighbours.",
        generation=_GENERATION,
        path=_text(),
        **_HEADING,
        number=_number("Of the paragraph that was asked for.", least=1),
        paragraphs=_list(ref("Paragraph"), "In order."),
    ),
    "Status": _object(
        "What is in the index.",
        generation=_GENERATION,
        documents=_number(),
        paragraphs=_number(),
        words=_number(),
        lemmas=_number("Different ones."),
        bytes=_number("On the disk."),
        built=_text(format="date-time"),
        sources=_counts("Documents of each; the empty one is that of documents without."),
        first={**_MOMENT, "description": "The earliest date of a document."},
        last={**_MOMENT, "description": "The latest."},
        unreadable=_number("Files of the corpus that could not be read."),
    ),
    "Problems": _object(
        "What may go wrong.",
        generation=_GENERATION,
        problems=_list(_object("", type=_text(format="uri-reference"), title=_text(), status=_number(least=400))),
    ),
    "Problem": {
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": _text("One of those that /api/v1/problems lists.", format="uri-reference"),
            "title": _text("What all of this type have in common."),
            "status": _number(least=400),
            "detail": _text("What is wrong with this request, in a sentence."),
            "parameter": _text("The name of the parameter that is meant."),
            "at": _number("The character of the query where it cannot be read, from 1.", least=1),
        },
    },
}
