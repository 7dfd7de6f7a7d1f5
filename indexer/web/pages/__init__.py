"""The page: the library's answers as HTML, whole without scripts.

A handler reads what is asked, a function in a thread makes values of the answer, a template makes text of the values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from starlette.routing import Route

from indexer.web import caching
from indexer.web.asked import Asked, count, read
from indexer.web.limits import Limits
from indexer.web.pages import addresses, document, errors, home, search, static
from indexer.web.pages.help import Help
from indexer.web.pages.rendering import rendered, response, unchanged, wanted_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from indexer.web.generations import Current, Generations
    from indexer.web.problems import Problem

_FROM = count("from", "The number of the first paragraph.", least=1, most=10**9, usual=1)


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
    spoken, limits = wanted_language(request), Limits()
    asked = Asked(query=request.query_params.get("q", "")[: limits.characters])

    def values() -> dict[str, Any]:
        return {"asked": asked, **errors.values(problem)}

    return response(rendered("error.html", spoken, limits, values), spoken, problem.kind.status, problem.headers)


class _Pages:
    """The handlers."""

    def __init__(self, generations: Generations, limits: Limits) -> None:
        self._generations = generations
        self._limits = limits
        self._help = Help()

    async def search(self, request: Request) -> Response:
        asked = self._asked(request)
        if not asked.query.strip():
            return await self._page(request, "home.html", lambda current: self._home(current, asked))
        return await self._page(
            request, "results.html", lambda current: search.values(current.searcher, asked, self._limits)
        )

    async def document(self, request: Request) -> Response:
        asked, pairs = self._asked(request), request.query_params
        path = normalize("NFC", request.path_params["path"] or pairs.get("path", ""))
        first = read((_FROM,), [("from", pairs["from"])] if "from" in pairs else [])["from"]
        return await self._page(
            request, "document.html", lambda current: document.values(current.searcher, path, asked, first)
        )

    async def help(self, request: Request) -> Response:
        return await self._page(request, "help.html", lambda current: {"asked": Asked(), **self._help.values(current)})

    def _home(self, current: Current, asked: Asked) -> dict[str, Any]:
        return {"asked": asked, "examples": self._help.first(current), **home.values(current.status)}

    def _asked(self, request: Request) -> Asked:
        # What is asked first counts, so that an address without a query is that of an empty one.
        pairs = request.query_params.multi_items()
        return Asked.of_form(pairs if "q" in request.query_params else [("q", ""), *pairs], self._limits)

    async def _page(self, request: Request, template: str, values: Callable[[Current], dict[str, Any]]) -> Response:
        spoken = wanted_language(request)

        def made(current: Current) -> Response:
            etag = caching.tag(current, spoken)
            if caching.is_known(etag, request.headers):
                return unchanged(etag)
            text = rendered(template, spoken, self._limits, lambda: values(current))
            return response(text, spoken, headers={"etag": etag})

        return await self._generations.ask(made)
