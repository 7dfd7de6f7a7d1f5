"""A page as its readers have it, without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode
    from starlette.testclient import TestClient


def read(client: TestClient, path: str, language: str = "ru") -> LexborHTMLParser:
    """Return the page at an address."""
    return LexborHTMLParser(client.get(path, headers={"Accept-Language": language}).text)


def one(tree: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    """Return what the selector finds first; it must be there."""
    found = tree.css_first(selector)
    assert found is not None, selector
    return found


def text(tree: LexborHTMLParser | LexborNode, selector: str) -> str:
    """Return the text of what the selector finds first."""
    return one(tree, selector).text()


def attribute(tree: LexborHTMLParser | LexborNode, selector: str, name: str) -> str:
    """Return an attribute of what the selector finds first."""
    value = one(tree, selector).attributes[name]
    assert value is not None, f"{selector} has an empty {name}"
    return value
