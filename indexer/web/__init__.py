"""Search over HTTP, for whoever has a browser and for programs: doors to the library, with no search in them."""

from indexer.web.app import create_app
from indexer.web.limits import Limits

__all__ = ["Limits", "create_app"]
