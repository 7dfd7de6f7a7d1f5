"""QUERIES: what was typed → what is looked for."""

from indexer.queries.parser import parse
from indexer.queries.resolve import Known, Meant, Understood, masks, understand
from indexer.queries.syntax import printed

__all__ = ["Known", "Meant", "Understood", "masks", "parse", "printed", "understand"]
