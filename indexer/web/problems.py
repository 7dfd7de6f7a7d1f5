"""What goes wrong, as problem details (RFC 9457): one table of all that can."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.responses import Response

from indexer import errors, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.errors import IndexerError


class Kind(NamedTuple):
    """What all problems of a kind have in common."""

    name: str
    status: HTTPStatus
    title: str

    @property
    def type(self) -> str:
        """Return its address, where the kinds are listed."""
        return f"{LISTED}#{self.name}"


LISTED = "/api/v1/problems"

PARAMETER = Kind("parameter", HTTPStatus.BAD_REQUEST, "A parameter is missing, unknown, or what it cannot be")
QUERY_EMPTY = Kind("query-empty", HTTPStatus.UNPROCESSABLE_ENTITY, "There is no word to look for in the query")
QUERY_TOO_LONG = Kind("query-too-long", HTTPStatus.UNPROCESSABLE_ENTITY, "The query has too many words")
QUERY_TOO_WIDE = Kind("query-too-wide", HTTPStatus.UNPROCESSABLE_ENTITY, "The query opens too much of the vocabulary")
QUERY_TOO_SLOW = Kind("query-too-slow", HTTPStatus.UNPROCESSABLE_ENTITY, "The query takes longer than a request may")
NOT_READ = Kind("query-not-read", HTTPStatus.UNPROCESSABLE_ENTITY, "Read strictly, the query makes no sense")
NO_DATE = Kind("no-date", HTTPStatus.UNPROCESSABLE_ENTITY, "What should be a date is none")
NO_TIME = Kind("no-time-between", HTTPStatus.UNPROCESSABLE_ENTITY, "No time lies between the two dates")
NOT_THERE = Kind("not-in-the-index", HTTPStatus.NOT_FOUND, "The index has no such document or paragraph")
NO_PAGE = Kind("no-such-page", HTTPStatus.NOT_FOUND, "There is nothing at this address")
METHOD = Kind("method", HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are answered")
HOST = Kind("host", HTTPStatus.MISDIRECTED_REQUEST, "The server is not known by this name")
TOO_LONG = Kind("address-too-long", HTTPStatus.REQUEST_URI_TOO_LONG, "The address is too long")
BUSY = Kind("busy", HTTPStatus.SERVICE_UNAVAILABLE, "Too many requests are waiting")
NO_INDEX = Kind("index", HTTPStatus.SERVICE_UNAVAILABLE, "The index cannot be read")
BUG = Kind("bug", HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong that should not")

KINDS = (
    *(PARAMETER, QUERY_EMPTY, QUERY_TOO_LONG, QUERY_TOO_WIDE, QUERY_TOO_SLOW, NOT_READ, NO_DATE, NO_TIME),
    *(NOT_THERE, NO_PAGE, METHOD, HOST, TOO_LONG, BUSY, NO_INDEX, BUG),
)

# The first that fits.
_OF_ERRORS: tuple[tuple[type[IndexerError], Kind], ...] = (
    (errors.QueryEmpty, QUERY_EMPTY),
    (errors.QueryTooLong, QUERY_TOO_LONG),
    (errors.QueryTooWide, QUERY_TOO_WIDE),
    (errors.QueryTooSlow, QUERY_TOO_SLOW),
    (errors.QuerySyntaxError, NOT_READ),
    (errors.ParagraphMissing, NOT_THERE),
    (errors.IndexFailure, NO_INDEX),
)

# What the library says to somebody at a command line, or of folders that are nobody's business.
_SAID: dict[type[IndexerError], str] = {
    errors.QueryEmpty: "There is no word to look for in {query!r}.",
    errors.QueryOnlyExcludes: "{query!r} only leaves words out. Say what to look for beside it.",
    errors.ParagraphMissing: "There is no {id!r} in the index.",
    errors.IndexMissing: "",
    errors.IndexDamaged: "",
    errors.IndexIncompatible: "",
}

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be answered, and why."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        error: IndexerError | None = None,
    ) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail or f"{kind.title}."  # a sentence about this request
        self.more = dict(more or {})  # what else a program may want to know
        self.headers = dict(headers or {})
        self.error = error  # what the library said; its template can be said in another language

    @classmethod
    def of_error(cls, error: IndexerError) -> Problem:
        """Return the problem that a failure of the library is."""
        kind = next((kind for failure, kind in _OF_ERRORS if isinstance(error, failure)), BUG)
        if kind is BUG:
            return cls(kind, error=error)
        said = _SAID.get(type(error), error.template).format(**error.values)
        more = {"at": error.values["at"]} if isinstance(error, errors.QuerySyntaxError) else None
        return cls(kind, said, more=more, error=error)


def response(problem: Problem) -> Response:
    """Return the problem as a program wants it."""
    kind = problem.kind
    body = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status.value,
        "detail": problem.detail,
        **problem.more,
    }
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(records.json_text(body), kind.status, headers, MEDIA_TYPE)
