"""The one request of OpenSearch that a worker makes, answered on a socket: what was sent is kept."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from indexer.addresses import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

Documents = dict[str, dict[str, Any]]  # by their ids, as the last request has them


@contextmanager
def taking() -> Iterator[tuple[Cluster, Documents]]:
    """Give a cluster that takes whatever is written to it, and what it has taken."""
    taken: Documents = {}

    class Bulk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            lines = self.rfile.read(int(self.headers["content-length"])).splitlines()
            names = [json.loads(action)["index"]["_id"] for action in lines[::2]]
            taken.update(zip(names, map(json.loads, lines[1::2]), strict=True))
            reply = json.dumps({"errors": False, "items": []}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Bulk) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Cluster((f"http://127.0.0.1:{server.server_port}",), "news"), taken
        finally:
            server.shutdown()
            thread.join()
