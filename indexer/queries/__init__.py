"""QUERIES: what was typed → what is looked for."""

from indexer.queries.parser import parse
from indexer.queries.resolve import Meant, Understood, masks, understand
from indexer.queries.syntax import printed

__all__ = ["Meant", "Understood", "masks", "parse", "printed", "understand"]
