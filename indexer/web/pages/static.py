"""The files that a page is made of beside its text: a fixed table, read once. No path is ever looked up."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from starlette.responses import Response
from starlette.routing import Route

from indexer.web import caching

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class _File(NamedTuple):
    body: bytes
    media_type: str
    tag: str  # entity tag


def routes() -> list[BaseRoute]:
    """Return a route for each file."""
    return [_route(path) for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES]


def _route(path: Path) -> BaseRoute:
    body = path.read_bytes()
    file = _File(body, TYPES[path.suffix], f'"{blake2b(body, digest_size=12).hexdigest()}"')

    async def reply(request: Request) -> Response:
        # Asked for each time, since a module names the others without a version; 304 is all that mostly travels.
        headers = {"etag": file.tag, "cache-control": "no-cache"}
        if caching.is_known(file.tag, request.headers):
            return Response(status_code=304, headers=headers)
        return Response(file.body, media_type=file.media_type, headers=headers)

    return Route(f"/static/{path.name}", reply, methods=["GET"])
