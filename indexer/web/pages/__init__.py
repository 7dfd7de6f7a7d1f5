"""The page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from indexer.web.generations import Generations
    from indexer.web.limits import Limits
    from indexer.web.problems import Problem


def routes(generations: Generations, limits: Limits) -> list[BaseRoute]:  # noqa: ARG001 -- the seam
    """Return the routes of the page."""
    return []


def problem(_request: Request, problem: Problem) -> Response:
    """Return a page that says what is wrong."""
    return PlainTextResponse(f"{problem.kind.title}: {problem.detail}", problem.kind.status, headers=problem.headers)
