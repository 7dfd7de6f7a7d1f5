"""The server: an application on a socket."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import uvicorn

from indexer.errors import AddressRefused
from indexer.web.app import create_app
from indexer.web.limits import Limits
from indexer.web.security import ANY_ADDRESS, LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.addresses import Place

PATIENCE = 5  # seconds in which the last requests may end
BACKLOG = 2048


def serve(
    index: Place,
    host: str,
    port: int,
    *,
    names: Sequence[str] = (),
    limits: Limits | None = None,
    started: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve an index until Ctrl-C; `started` is told the address once there is one. Port 0 is any that is free.

    IndexMissing, IndexIncompatible or IndexDamaged if the index cannot be used, AddressRefused if the address cannot.
    """
    limits = limits or Limits()
    app = create_app(index, limits=limits, hosts=(*hosts_of(host), *names))
    with _listening(host, port) as opened:
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,  # what people look for is nobody's business
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=PATIENCE,
            h11_max_incomplete_event_size=4 * limits.url,  # of all headers; beyond it the server itself says no
        )
        started(_address(host, opened.getsockname()[1]))
        with suppress(KeyboardInterrupt):  # uvicorn raises it again when all is done
            uvicorn.Server(config).run(sockets=[opened])


def hosts_of(host: str) -> tuple[str, ...]:
    """Return the names and addresses that requests to a server at this host may be for.

    >>> hosts_of("127.0.0.1"), hosts_of("192.168.1.5")[-1]
    (('localhost', '127.0.0.1', '::1'), '192.168.1.5')
    """
    if host in LOOPBACK:
        return LOOPBACK
    with suppress(ValueError):
        if ip_address(host).is_unspecified:
            return (*LOOPBACK, socket.gethostname(), ANY_ADDRESS)
    return (*LOOPBACK, host)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server at this host."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host in LOOPBACK


def listening(family: socket.AddressFamily, address: Any) -> socket.socket:  # noqa: ANN401 -- of whichever family
    """Return a socket that listens at an address; OSError if it cannot."""
    # That it is of TCP must be said, else asyncio does not turn off Nagle's algorithm, and each reply takes 40 ms.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else the port is taken for a minute after
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return listening(family, address)
    except socket.gaierror as unknown:
        raise AddressRefused(host=host, port=port, reason=unknown.strerror) from unknown
    except UnicodeError as wrong:  # of the encoding of international names
        raise AddressRefused(host=host, port=port, reason="this is no name of a host") from wrong
    except OSError as wrong:
        # Its own text goes on with the address.
        raise AddressRefused(host=host, port=port, reason=os.strerror(wrong.errno or 0)) from wrong


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
