"""/api/v1: what the library can be asked, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from indexer import records
from indexer.web.asked import Asked

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from indexer.web.generations import Current, Generations
    from indexer.web.limits import Limits


def routes(generations: Generations, limits: Limits) -> list[BaseRoute]:
    """Return the routes of the API."""

    async def search(request: Request) -> Response:
        asked = Asked.read(request.query_params.multi_items(), limits)
        return JSONResponse(await generations.ask(lambda current: _search(current, asked)))

    return [Route("/api/v1/search", search, methods=["GET"])]


def _search(current: Current, asked: Asked) -> dict[str, Any]:
    answer = current.searcher.search(
        asked.query,
        limit=asked.limit,
        offset=asked.offset,
        filters=asked.filters,
        sort=asked.sort,
        per_document=asked.per_document,
        rescue=asked.rescue,
        strict=asked.strict,
    )
    return {
        "generation": current.generation,
        "total": answer.total,
        "complete": answer.complete,
        "mendings": [records.of_mending(mending) for mending in answer.mendings],
        "rescue": answer.rescue and records.of_rescue(answer.rescue),
        "results": [records.of_result(result) for result in answer],
    }
