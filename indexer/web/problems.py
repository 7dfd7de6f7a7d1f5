"""What goes wrong, as problem details (RFC 9457): one table of all that can."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.responses import JSONResponse

from indexer import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.errors import IndexerError


class Kind(NamedTuple):
    """What all problems of a kind have in common."""

    status: HTTPStatus
    title: str


KINDS = {
    "parameter": Kind(HTTPStatus.BAD_REQUEST, "A parameter is missing, unknown, or has a value that it cannot have"),
    "query-empty": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "There is no word to look for in the query"),
    "query-too-long": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The query has too many words"),
    "query-too-wide": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The query opens too much of the vocabulary"),
    "query-not-read": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The query is to be read strictly, and cannot be"),
    "query-too-slow": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The query takes longer than a request may"),
    "no-date": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "What should be a date is none"),
    "no-time-between": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "No time lies between the two dates"),
    "not-in-the-index": Kind(HTTPStatus.NOT_FOUND, "The index has no such document or paragraph"),
    "no-such-page": Kind(HTTPStatus.NOT_FOUND, "There is nothing at this address"),
    "method": Kind(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are answered"),
    "host": Kind(HTTPStatus.MISDIRECTED_REQUEST, "The server is not known by this name"),
    "address-too-long": Kind(HTTPStatus.REQUEST_URI_TOO_LONG, "The address is too long"),
    "busy": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Too many requests are waiting"),
    "index": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "The index cannot be read"),
    "bug": Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong that should not"),
}

# The first that fits.
_OF_ERRORS: tuple[tuple[type[IndexerError], str], ...] = (
    (errors.QueryEmpty, "query-empty"),
    (errors.QueryTooLong, "query-too-long"),
    (errors.QueryTooWide, "query-too-wide"),
    (errors.QuerySyntaxError, "query-not-read"),
    (errors.ParagraphMissing, "not-in-the-index"),
    (errors.IndexFailure, "index"),
)

MEDIA_TYPE = "application/problem+json"
TYPES = "/api/v1/problems"  # where the table above is


class Problem(Exception):
    """A request that cannot be answered, and why."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        error: IndexerError | None = None,
    ) -> None:
        super().__init__(kind, detail)
        self.kind = kind  # of KINDS
        self.status, self.title = KINDS[kind]
        self.detail = detail or f"{self.title}."  # a sentence about this request
        self.more = dict(more or {})  # what else a program may want to know
        self.headers = dict(headers or {})
        self.error = error  # what the library said; its template can be said in another language

    @classmethod
    def of_error(cls, error: IndexerError) -> Problem:
        """Return the problem that a failure of the library is."""
        kind = next(kind for failure, kind in _OF_ERRORS if isinstance(error, failure))
        # Where the index is, is nobody's business but the one's who serves it.
        return cls(kind, "" if kind == "index" else str(error), error=error)


def response(problem: Problem) -> JSONResponse:
    """Return the problem as a program wants it."""
    body = {
        "type": f"{TYPES}#{problem.kind}",
        "title": problem.title,
        "status": problem.status.value,
        "detail": problem.detail,
        **problem.more,
    }
    return JSONResponse(body, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)
