"""The OpenAPI document: made of the table that the routes are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.web import problems
from indexer.web.api.schemas import SCHEMAS, ref
from indexer.web.caching import version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.web.api.operations import Operation
    from indexer.web.asked import Parameter
    from indexer.web.problems import Kind

PATH = "/api/openapi.json"
# Whatever is asked for, and however.
_ALWAYS = (problems.PARAMETER, problems.TOO_LONG, problems.HOST, problems.NO_INDEX, problems.BUSY)


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Abzats",
            "version": version(),
            "summary": "Full-text search for Russian: paragraphs found by every form of their words.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {operation.path: {"get": _operation(operation)} for operation in operations},
        "components": {"schemas": SCHEMAS},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "operationId": operation.name,
        "summary": operation.about,
        "parameters": [*map(_parameter, operation.parameters), _CONDITION],
        "responses": {
            "200": {
                "description": "What was asked for.",
                "headers": {"ETag": {"description": "Of the build and the day.", "schema": {"type": "string"}}},
                "content": {"application/json": {"schema": ref(operation.reply)}},
            },
            "304": {"description": "What has this ETag is still so."},
            **_problems((*_ALWAYS, *operation.problems)),
        },
    }


_CONDITION = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of a reply that is there already.",
    "schema": {"type": "string"},
}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = parameter.schema
    if parameter.many:
        schema = {"type": "array", "items": schema, "maxItems": parameter.many}
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        "required": parameter.is_required,
        "schema": schema,
        **({"style": "form", "explode": True} if parameter.many else {}),
        **({"example": [parameter.example] if parameter.many else parameter.example} if parameter.example else {}),
    }


def _problems(kinds: Iterable[Kind]) -> dict[str, Any]:
    """Return the replies that problems are, one for each status."""
    by_status: dict[int, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status.value, []).append(f"{kind.title} ({kind.name}).")
    return {
        str(status): {
            "description": " ".join(titles),
            "content": {problems.MEDIA_TYPE: {"schema": ref("Problem")}},
        }
        for status, titles in sorted(by_status.items())
    }
