"""/api: what the library can be asked, over HTTP, and the document that tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from indexer import records
from indexer.deadline import Deadline
from indexer.web import asked, caching
from indexer.web.api import openapi
from indexer.web.api.operations import operations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from indexer.web.api.operations import Operation
    from indexer.web.generations import Current, Generations
    from indexer.web.limits import Limits

JSON = "application/json"


def routes(generations: Generations, limits: Limits) -> list[BaseRoute]:
    """Return the routes of the API."""
    known = operations(limits)
    told = records.json_text(openapi.document(known))

    def tell(_: Request) -> Response:
        return Response(told, media_type=JSON)

    return [
        *(
            Route(operation.path, _endpoint(operation, generations, limits), methods=["GET"], name=operation.name)
            for operation in known
        ),
        Route(openapi.PATH, tell, methods=["GET"], name="openapi"),
    ]


def _endpoint(
    operation: Operation, generations: Generations, limits: Limits
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        given = asked.read(operation.parameters, request.query_params.multi_items())

        def work(current: Current) -> Response:
            etag = caching.tag(current)
            headers = {"ETag": etag, "Cache-Control": caching.KEPT}
            if caching.is_known(etag, request.headers):
                return Response(status_code=304, headers=headers)
            reply = {
                "generation": current.generation,
                **operation.work(current, given, Deadline(limits.seconds)),
            }
            return Response(records.json_text(reply), headers=headers, media_type=JSON)

        return await generations.ask(work)

    return answer
