"""The systems: ours and its peers, a module for each library."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.peers.base import System

# In the order of the tables.
MODULES = ("ours", "tantivy", "fts5", "bm25s", "xapian", "stock_whoosh")


class NotInstalled(Exception):
    """A module's library is not there; its text says which."""


def systems(module: str, *, beside: bool = False) -> tuple[System, ...]:
    """Return the systems of a module, those beside the tables too if asked; NotInstalled if its library is missing."""
    try:
        there = import_module(f"tests.benchmarks.peers.{module}")
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith(("tests", "indexer")):
            raise
        message = f"{missing.name} is not installed"
        raise NotInstalled(message) from missing
    found: tuple[System, ...] = there.SYSTEMS
    return (*found, *getattr(there, "BESIDE", ())) if beside else found


def find(name: str) -> System:
    """Return a system by its name."""
    return next(system for system in systems(name.partition("/")[0], beside=True) if system.name == name)


def find_to_ask_once(name: str) -> System:
    """Return a system as one would open it for a single question."""
    system = find(name)
    if hasattr(system, "compiled"):
        system.compiled = False
    return system
