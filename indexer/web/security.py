"""What every request and every reply must be, whoever answers it."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from indexer.web.problems import HOST, METHOD, TOO_LONG, Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from indexer.web.limits import Limits

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Among hosts, where no name has a space: whatever is an address and no name, which no name server can turn elsewhere.
ANY_ADDRESS = "any address"
METHODS = ("GET", "HEAD")

_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]/@\s]+))(?::[0-9]{1,5})?")

# Nothing but files of ours: a text that got into the page as markup could not run, and a style could not call home.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "content-security-policy": "; ".join(f"{what} {whence}" for what, whence in _POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # A query may be private: whoever follows a link out of a text must not tell what was looked for.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Lets GET and HEAD through that know whom they ask and are of a sensible length, and puts headers on replies."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        limits: Limits,
        refuse: Callable[[Scope, Receive, Send, Problem], Awaitable[None]],
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._limits = limits
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http":  # the lifespan; of websockets, no route knows
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        problem = self._problem(scope)
        if problem is None:
            await self._app(scope, receive, guarded)
        else:
            await self._refuse(scope, receive, guarded, problem)

    def _problem(self, scope: Scope) -> Problem | None:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return Problem(HOST)
        if scope["method"] not in METHODS:
            return Problem(METHOD, headers={"Allow": ", ".join(METHODS)})
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._limits.url:
            return Problem(TOO_LONG, f"The address is longer than {self._limits.url} bytes.")
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether we are known by this name, so that no page from elsewhere got its own name to lead here."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = (match["six"] or match["name"]).lower()
        return name in self._hosts or (ANY_ADDRESS in self._hosts and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
