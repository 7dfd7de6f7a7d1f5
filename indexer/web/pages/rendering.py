"""A template and its values → a page in the language of who asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from indexer.web import caching
from indexer.web.pages import addresses, language
from indexer.wording.messages import _, calendar_day, ngettext, number, speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from http import HTTPStatus

    from starlette.requests import Request

    from indexer.web.limits import Limits

HEADERS = {"vary": "Accept-Language", "cache-control": caching.KEPT}


def _day(moment: datetime) -> str:
    """Write a day that no line ends within."""
    return calendar_day(moment).replace(" ", "\u00a0")


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,  # whatever a template is called
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(_=_, ngettext=ngettext, number=number, day=_day, addresses=addresses)


def wanted_language(request: Request) -> str:
    """Return the language that a browser asks for."""
    return language.chosen(request.headers.get("accept-language", ""))


def rendered(template: str, spoken: str, limits: Limits, values: Callable[[], dict[str, Any]]) -> str:
    """Return the text of a page; its values may be texts in the language spoken as well."""
    with speaking(spoken):
        return _ENVIRONMENT.get_template(template).render(values(), language=spoken, longest=limits.characters)


def response(
    text: str, spoken: str, status: int | HTTPStatus = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Return a page as a reply."""
    return HTMLResponse(text, int(status), headers={**HEADERS, "content-language": spoken, **(headers or {})})


def unchanged(etag: str) -> Response:
    """Return that the page is as whoever asks has it."""
    return Response(status_code=304, headers={**HEADERS, "etag": etag})
