"""QUERIES: what was typed → what is looked for."""

from indexer.queries.resolve import understand

__all__ = ["understand"]
