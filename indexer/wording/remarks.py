"""What is told beside the results: how a query was mended, what was searched in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.wording.failures import phrase
from indexer.wording.messages import _, message, number, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.types import Mending, Rescue

MENDINGS_SHOWN = 5

READINGS = {
    "open quotation": message("closed at the end"),
    "open bracket": message("closed at the end"),
    "stray bracket": message("passed over"),
    "deep bracket": message("passed over"),
    "stray sign": message("passed over"),
    "no number": message("the nearest one is taken, if there is any"),
    "no date": message("read as words"),
    "not near": message("read as AND"),
    "nothing wanted": message("passed over"),
    "bare mask": message("passed over"),
    "unknown field": message("read as words; the fields are title:, source:, author:, path:, date:"),
}  # what was made of it
RUNGS = {
    "characters": message("letters that look alike"),
    "layout": message("the other keyboard layout"),
    "transliteration": message("transliteration"),
    "spelling": message("spelling"),
    "relatives": message("words of the same root"),
}


def of_mendings(query: str, mendings: Sequence[Mending]) -> Iterator[str]:
    """Say of each place where the query was not read as it stands, a line each, what was made of it."""
    for mending in mendings[:MENDINGS_SHOWN]:
        yield _("Character {at}, “{what}”: {reason}; {reading}").format(
            at=number(mending.span.start + 1),
            what=shortened(mending.text or query[slice(*mending.span)]),
            reason=_reason(mending),
            reading=_(READINGS[mending.kind]),
        )
    if more := mendings[MENDINGS_SHOWN:]:
        yield _("and {count} more").format(count=number(len(more)))


def _reason(mending: Mending) -> str:
    from indexer.queries.resolve import MENDED  # noqa: PLC0415 -- it brings the dictionary, which --help can do without

    return phrase(MENDED[mending.kind])


def of_rescue(query: str, rescue: Rescue) -> str:
    """Say what was searched instead, and why."""
    return _("Nothing found for “{query}”; this is found for “{read}” ({rung}).").format(
        query=shortened(query), read=shortened(rescue.query), rung=_(RUNGS[rescue.rung])
    )
