"""A query as typed: what the signs mean, not yet what the words mean.

Places in the query are kept beside, and do not count when expressions are compared.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from indexer.frozen import frozen
from indexer.types import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

Name: TypeAlias = Literal["title", "source", "author", "path", "date"]
Link: TypeAlias = int | Literal["sentence", "paragraph"]

_NOWHERE = Span(0, 0)


@frozen
class Plain:
    """Words with nothing around them, parted by single spaces."""

    text: str
    at: tuple[Span, ...] = field(default=(), compare=False)  # of what stood between spaces


@frozen
class Marked:
    """A word with a sign of its own."""

    text: str
    mark: Literal["", "!", "~"]  # the very form; with relatives
    edits: int = 0  # misspellings within so many
    at: Span = field(default=_NOWHERE, compare=False)


@frozen
class Quoted:
    """Words in quotation marks."""

    text: str
    exact: bool = False  # verbatim
    within: int | None = None  # so many words, in any order
    at: Span = field(default=_NOWHERE, compare=False)  # of the text


@frozen
class Date:
    """What is typed for a date or a range of them; dates.read understands it."""

    text: str


@frozen
class Group:
    """What stands in brackets."""

    operand: Expression


@frozen
class Weighted:
    """What ^ stands after."""

    operand: Expression
    factor: float


@frozen
class Field:
    """What the name of a field stands before."""

    name: Name
    operand: Expression


@frozen
class Near:
    """What РЯДОМ stands between."""

    parts: tuple[Expression, ...]  # two or more
    links: tuple[Link, ...]  # one less


@frozen
class Not:
    """What a minus or НЕ stands before."""

    operand: Expression


@frozen
class Must:
    """What a plus stands before."""

    operand: Expression


@frozen
class And:
    """What И stands between."""

    parts: tuple[Expression, ...]  # two or more


@frozen
class Sequence:
    """What stands side by side, with spaces between."""

    parts: tuple[Expression, ...]  # none, for a query without anything, or two and more


@frozen
class Or:
    """What ИЛИ stands between."""

    parts: tuple[Expression, ...]  # two or more


Expression: TypeAlias = (
    Plain | Marked | Quoted | Date | Group | Weighted | Field | Near | Not | Must | And | Sequence | Or
)

FIELDS: dict[Name, str] = {
    "title": "заголовок",
    "source": "источник",
    "author": "автор",
    "path": "путь",
    "date": "дата",
}  # either name is understood
_BARE_DATE = re.compile(r"[\w.,/<>=\-‐‑–—−]+")
_LINKS = {"sentence": "предл", "paragraph": "абз"}


def leaves(expression: Expression) -> Iterator[Plain | Marked | Quoted]:
    """Give the words of an expression, in order."""
    match expression:
        case Plain() | Marked() | Quoted():
            yield expression
        case Group(operand) | Weighted(operand) | Field(_, operand) | Not(operand) | Must(operand):
            yield from leaves(operand)
        case Near(parts) | And(parts) | Sequence(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Date():
            return


def printed(expression: Expression) -> str:  # noqa: C901, PLR0912 -- a case for each kind
    """Return an expression in signs; parsed, it is the same again.

    Signs, not words, for a query in capitals has no operator words.

    >>> printed(Or((Plain("рожь"), Not(Quoted("яровая пшеница")))))
    'рожь | -"яровая пшеница"'
    """
    match expression:
        case Plain(text):
            return text
        case Marked(text, mark, edits):
            return f"{mark}{text}" + (f"~{edits}" if edits else "")
        case Quoted(text, exact, within):
            return ("!" if exact else "") + f'"{text}"' + (f"~{within}" if within else "")
        case Date(text):
            return text if _BARE_DATE.fullmatch(text) else f'"{text}"'
        case Group(operand):
            return f"({printed(operand)})"
        case Weighted(operand, factor):
            return f"{printed(operand)}^{factor:g}"
        case Field(name, operand):
            return f"{FIELDS[name]}:{printed(operand)}"
        case Near(parts, links):
            rest = (
                f" РЯДОМ/{_LINKS.get(str(link), link)} {printed(part)}"
                for part, link in zip(parts[1:], links, strict=True)
            )
            return printed(parts[0]) + "".join(rest)
        case Not(operand):
            return f"-{printed(operand)}"
        case Must(operand):
            return f"+{printed(operand)}"
        case And(parts):
            return " && ".join(map(printed, parts))
        case Sequence(parts):
            return " ".join(map(printed, parts))
        case Or(parts):
            return " | ".join(map(printed, parts))
