"""The page: the library's answers as HTML, whole without scripts.

A handler reads what is asked, a function in a thread makes values of the answer, a template makes text of the values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from indexer.web.asked import Asked, of_search, read, text
from indexer.web.asked import count as number_parameter
from indexer.web.pages import addresses, document, errors, home, search, static
from indexer.web.pages.help import Help
from indexer.web.pages.rendering import rendered, response, wanted_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from indexer.search import Searcher
    from indexer.web.generations import Current, Generations
    from indexer.web.limits import Limits
    from indexer.web.problems import Problem

LONGEST_PATH = 4096  # characters
MOST_PARAGRAPHS = 10**9  # of a document; what is past its end is empty


def routes(generations: Generations, limits: Limits) -> list[BaseRoute]:
    """Return the routes of the page."""
    pages = _Pages(generations, limits)
    return [
        Route(addresses.HOME, pages.search, methods=["GET"]),
        Route(addresses.HELP, pages.help, methods=["GET"]),
        Route(addresses.DOCUMENT + "{path:path}", pages.document, methods=["GET"]),
        *static.routes(),
    ]


def problem(request: Request, problem: Problem) -> Response:
    """Return a page that says what is wrong."""
    spoken = wanted_language(request)
    asked = Asked(query=request.query_params.get("q", "")[:1000])

    def values() -> dict[str, Any]:
        return {"asked": asked, **errors.values(problem)}

    return response(rendered("error.html", spoken, values), spoken, problem.kind.status, problem.headers)


class _Pages:
    """The handlers."""

    def __init__(self, generations: Generations, limits: Limits) -> None:
        self._generations = generations
        self._limits = limits
        self._help = Help()

    async def search(self, request: Request) -> Response:
        asked = self._asked(request)
        if not asked.query.strip():
            return await self._page(request, "home.html", lambda searcher: self._home(searcher, asked))
        return await self._page(request, "results.html", lambda searcher: search.values(searcher, asked, self._limits))

    async def document(self, request: Request) -> Response:
        path = text("path", "", most=LONGEST_PATH)
        first = number_parameter("from", "", least=1, most=MOST_PARAGRAPHS, usual=1)
        given = read((path, first, *self._optional()), _given(request))
        wanted, asked = request.path_params["path"] or given.get("path", ""), Asked.of(given)
        return await self._page(
            request,
            "document.html",
            lambda searcher: document.values(searcher, wanted, asked, given.get("from", 1)),
        )

    async def help(self, request: Request) -> Response:
        read((), _given(request))
        return await self._page(
            request, "help.html", lambda searcher: {"asked": Asked(), **self._help.values(searcher)}
        )

    def _home(self, searcher: Searcher, asked: Asked) -> dict[str, Any]:
        return {"asked": asked, "examples": self._help.first(searcher), **home.values(searcher.status())}

    def _asked(self, request: Request) -> Asked:
        return Asked.of(read(self._optional(), _given(request)))

    def _optional(self) -> tuple[Any, ...]:
        """Return the parameters of a search, of which a page needs none."""
        return tuple(replace(parameter, is_required=False) for parameter in of_search(self._limits))

    async def _page(self, request: Request, template: str, values: Callable[[Searcher], dict[str, Any]]) -> Response:
        spoken = wanted_language(request)

        def made(current: Current) -> str:
            return rendered(template, spoken, lambda: values(current.searcher))

        return response(await self._generations.ask(made), spoken)


def _given(request: Request) -> list[tuple[str, str]]:
    """Return the parameters that have a value: a form sends its empty fields too."""
    return [(name, value) for name, value in request.query_params.multi_items() if value]
