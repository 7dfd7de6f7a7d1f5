"""A query as typed: what the signs mean, not yet what the words mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Plain:
    """Words with nothing around them."""

    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words in quotation marks."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """What a minus stands before."""

    operand: Plain | Quoted


@dataclass(frozen=True, slots=True)
class Sequence:
    """What stands side by side, with spaces between."""

    parts: tuple[Plain | Quoted | Not, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What OR stands between."""

    alternatives: tuple[Sequence, ...]  # two or more


Expression: TypeAlias = Sequence | Or
