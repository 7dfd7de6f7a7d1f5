"""The server: an application on a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from indexer.web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path


def serve(index: Path, host: str, port: int) -> None:
    """Serve an index until Ctrl-C."""
    uvicorn.run(create_app(index), host=host, port=port, log_level="warning")
