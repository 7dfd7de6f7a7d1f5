"""Something between the library and a cluster that answers wrongly when it is told to."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from indexer.addresses import Cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    body: bytes


class Fault(NamedTuple):
    """What is answered in the place of the cluster."""

    status: int = 200
    body: bytes = b""
    announced: int | None = None  # bytes; more than there are: the reply is cut off
    sent: bool = False  # whether the cluster has had the request all the same
    seconds: float = 0.0  # before the answer


class Proxy:
    """Passes requests on, but for those that a fault is for."""

    def __init__(self, node: str) -> None:
        self.node = urlsplit(node)
        self.asked: list[Asked] = []
        self._faults: list[tuple[Callable[[Asked], bool], Fault | Callable[[Asked], Fault], int]] = []
        self._lock = Lock()

    def answer(self, fault: Fault | Callable[[Asked], Fault], *, to: Callable[[Asked], bool], times: int = 1) -> None:
        """Answer so to the next requests of a kind."""
        with self._lock:
            self._faults.append((to, fault, times))

    def fault(self, asked: Asked) -> Fault | None:
        """Return what is wrong about the answer to a request."""
        with self._lock:
            self.asked.append(asked)
            for at, (to, fault, times) in enumerate(self._faults):
                if to(asked):
                    if times > 1:
                        self._faults[at] = (to, fault, times - 1)
                    else:
                        del self._faults[at]
                    return fault if isinstance(fault, Fault) else fault(asked)
        return None

    @property
    def is_done(self) -> bool:
        """Whether all faults have been met."""
        return not self._faults


def bulk(asked: Asked) -> bool:
    """Whether a request writes."""
    return asked.path.split("?")[0].endswith("/_bulk")


def writing_paragraphs(asked: Asked) -> bool:
    """Whether a request writes paragraphs."""
    return bulk(asked) and b'"lemmas"' in asked.body


def ranking(asked: Asked) -> bool:
    """Whether a request asks for the best."""
    return "dfs_query_then_fetch" in asked.path


def searching(asked: Asked) -> bool:
    """Whether a request searches."""
    return "/_search" in asked.path


def rejected(asked: Asked) -> Fault:
    """Return the answer of a cluster that has no room in its queue for any document of a bulk request."""
    items = [
        {"index": {"status": 429, "error": {"type": "opensearch_rejected_execution_exception", "reason": "queue full"}}}
        for line in asked.body.splitlines()
        if line.startswith(b'{"index":{"_id"')
    ]
    return Fault(200, json.dumps({"errors": True, "items": items}).encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy
    user: str

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.user and self.headers.get("authorization") != _basic(self.user):
            self._reply(401, b'{"error": "Unauthorized"}')
            return
        asked = Asked(self.command, self.path, body)
        fault = self.proxy.fault(asked)
        if fault is None or fault.sent:
            status, text = self._pass_on(asked)
            if fault is None:
                self._reply(status, text)
                return
        time.sleep(fault.seconds)
        self._reply(fault.status, fault.body, fault.announced)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 -- the standard library's names

    def _pass_on(self, asked: Asked) -> tuple[int, bytes]:
        there = HTTPConnection(self.proxy.node.hostname or "", self.proxy.node.port or 9200)
        try:
            headers = {"content-type": self.headers.get("content-type", "application/json")}
            there.request(asked.method, asked.path, asked.body or None, headers)
            reply = there.getresponse()
            return reply.status, reply.read()
        finally:
            there.close()

    def _reply(self, status: int, body: bytes, announced: int | None = None) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body) if announced is None else announced))
        self.end_headers()
        self.wfile.write(body)
        if announced is not None:
            self.close_connection = True


def _basic(user: str) -> str:
    return f"Basic {base64.b64encode(user.encode()).decode()}"


@contextmanager
def between(index: Cluster, *, user: str = "", certificate: Path | None = None) -> Iterator[tuple[Proxy, Cluster]]:
    """Give a proxy before a node of a cluster, and the index as it is reached through it.

    `user` is a name and a password that it wants to be told; `certificate` a file with a key, to speak TLS with.
    """
    proxy = Proxy(index.nodes[0])
    handler = type("Handler", (_Handler,), {"proxy": proxy, "user": user})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy, Cluster((f"{scheme}://localhost:{server.server_port}",), index.name)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(folder: Path) -> Path:
    """Return a file with a key and its certificate for localhost, which nobody but itself has signed."""
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
