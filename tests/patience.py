"""How long anything may take that a stranger could give: what grows with the square of it would take minutes."""

from __future__ import annotations

from contextlib import contextmanager
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Seconds; the slowest takes one on an idle machine, and more than three on one that has much else to do.
PATIENCE = 15


@contextmanager
def within_patience() -> Iterator[None]:
    began = process_time()  # not the clock: the machine may have other work
    yield
    assert process_time() - began < PATIENCE
