"""How the parts of an understood query are named: what applies to a word, how often it occurs, which days are meant."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.wording.messages import _, calendar_day, decimal, message, ngettext, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.types import Dated

MOMENT = timedelta(microseconds=1)

SIGNS = {
    "-": message("left out"),
    "+": message("must be there"),
    '"': message("in quotation marks"),
    "!": message("in this form only"),
    "~": message("with words of the same root"),
    "*": message("a mask"),
    "title:": message("in the title"),
    "source:": message("in the source"),
    "author:": message("in the author"),
}
NUMBERED = re.compile(r"(?P<sign>[!~]?)~(?P<edits>\d+)")  # what a word of its own may have before and behind


def in_words(signs: tuple[str, ...]) -> Iterator[str]:
    """Say what the signs of a word mean, the outermost first.

    >>> list(in_words(("-", "~~1", "^0.5")))
    ['left out', 'with words of the same root', 'misspelt by 1 letter', 'weight 0.50']
    """
    for sign in signs:
        numbered = NUMBERED.fullmatch(sign)
        if sign.startswith("^"):
            yield weighing(float(sign[1:]))
        elif numbered:
            if numbered["sign"]:
                yield _(SIGNS[numbered["sign"]])
            edits = int(numbered["edits"])
            yield ngettext("misspelt by {count} letter", "misspelt by {count} letters", edits).format(count=edits)
        else:
            yield _(SIGNS[sign])


def occurrences(places: int) -> str:
    """Say how often something occurs."""
    return ngettext("{count} time", "{count} times", places).format(count=number(places))


def weighing(weight: float) -> str:
    """Say how much something weighs."""
    return _("weight {weight}").format(weight=decimal(weight))


def in_days(dated: Dated) -> str:
    """Say which days a range has."""
    first = calendar_day(dated.since) if dated.since else ""
    last = calendar_day(dated.until - MOMENT) if dated.until else ""
    if first and last:
        return first if first == last else f"{first} – {last}"
    return _("since {day}").format(day=first) if first else _("up to {day}").format(day=last)
