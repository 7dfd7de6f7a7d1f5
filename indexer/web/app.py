"""The application: what is in the way of every request, and where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request

from indexer.errors import IndexerError
from indexer.web import api, pages, problems
from indexer.web.generations import Generations
from indexer.web.limits import Limits
from indexer.web.problems import BUG, NO_PAGE, Problem
from indexer.web.security import HEADERS, LOOPBACK, Guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from indexer.addresses import Place


def create_app(index: Place, *, limits: Limits | None = None, hosts: Sequence[str] = LOOPBACK) -> Starlette:
    """Return the application over the index at a folder, for requests to these hosts.

    IndexMissing, IndexIncompatible or IndexDamaged if it cannot be used.
    """
    limits = limits or Limits()
    generations = Generations(index, limits)
    app = Starlette(
        routes=[*api.routes(generations, limits), *pages.routes(generations, limits)],
        middleware=[Middleware(Guard, hosts=hosts, limits=limits, refuse=_refuse)],
        exception_handlers={
            Problem: _of_problem,
            IndexerError: _of_error,
            HTTPException: _of_status,
            Exception: _of_bug,
        },
    )
    app.router.redirect_slashes = False  # an address is right or wrong
    return app


async def _refuse(scope: Scope, receive: Receive, send: Send, problem: Problem) -> None:
    await _said(Request(scope, receive), problem)(scope, receive, send)


def _said(request: Request, problem: Problem) -> Response:
    """Say what is wrong to a program or to a person."""
    return problems.response(problem) if request.url.path.startswith("/api/") else pages.problem(request, problem)


async def _of_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 -- Starlette's promise
    return _said(request, problem)


async def _of_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, IndexerError)  # noqa: S101 -- Starlette's promise
    return _said(request, Problem.of_error(error))


async def _of_status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- Starlette's promise
    return _said(request, Problem(NO_PAGE))


async def _of_bug(request: Request, _: Exception) -> Response:
    # Starlette raises it again once this is sent, so the server's log has the trace, and nobody else. It is sent from
    # outside of all middleware.
    response = _said(request, Problem(BUG))
    response.headers.update(HEADERS)
    return response
