"""Frozen data classes that are quick to define."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

_Class = TypeVar("_Class")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[_Class]) -> type[_Class]:
    """Make a class what `dataclass(frozen=True, slots=True)` makes of it.

    `dataclass` compiles source text of every method of every class. A command defines some eighty before it begins, and
    of the time that it took, two fifths went to comparing and hashing, which need no text.

    >>> @frozen
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(1, 0), Point(1) == (1, 0), len({Point(1), Point(1), Point(2)})
    (Point(x=1, y=0), True, False, 2)
    """
    made = dataclass(frozen=True, slots=True, eq=False)(cls)
    names = [one.name for one in fields(made) if one.compare]  # type: ignore[arg-type]  # it is a data class now
    values: Callable[[_Class], object] = attrgetter(*names) if names else type

    def __eq__(self: _Class, other: object) -> bool:  # noqa: N807 -- it becomes a method
        return values(self) == values(other) if other.__class__ is made else NotImplemented

    def __hash__(self: _Class) -> int:  # noqa: N807 -- likewise
        return hash(values(self))

    made.__eq__, made.__hash__ = __eq__, __hash__  # type: ignore[assignment, method-assign]
    return made
