"""How an understood query is written: its words, their lemmas, and the forms of each that are in the index."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from indexer import records
from indexer.cli import remarks, screen
from indexer.cli.messages import _, calendar_day, decimal, message, ngettext, number, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.cli.screen import Screen
    from indexer.types import Dated, Understanding, WordRead

FORMS_SHOWN = 12
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


def as_text(understanding: Understanding, shown: Screen) -> None:
    """Write the query as it was read, then a block for each word, then what was mended."""
    shown.text(_("Understood as: {query}").format(query=understanding.printed))
    for days in map(_days, records.dates(understanding.query)):
        shown.text(f"{_('Dates')}: {days}")
    for word in understanding.words:
        shown.text()
        word_as_text(word, shown)
    if understanding.mendings:
        shown.text()
        for remark in remarks.of_mendings(understanding.text, understanding.mendings):
            shown.text(remark)


def word_as_text(word: WordRead, shown: Screen) -> None:
    """Write a word and what applies to it, then a row for each lemma: how often it occurs, its weight and its forms."""
    shown.text(" · ".join([shortened(word.text), *in_words(word.signs)]), screen.BOLD)
    lemmas = [
        (shortened(lemma.text), _times(lemma.places), _weight(lemma.weight), _list(lemma.forms))
        for lemma in word.lemmas
    ]
    # Forms that are looked for beside the lemmas, or in their place.
    forms = [(_("forms"), _times(sum(word.forms.values())), "", _list(word.forms))]
    rows = lemmas + (forms if word.forms or not lemmas else [])
    if word.relatives:
        rows.append((_("same root"), "", "", ", ".join(word.relatives[:FORMS_SHOWN])))
    width = max(len(times) for _lemma, times, _weight, _forms in rows)
    shown.table([(lemma, times.rjust(width), *rest) for lemma, times, *rest in rows], is_folded=True)


def in_words(signs: tuple[str, ...]) -> Iterator[str]:
    """Say what the signs of a word mean, the outermost first.

    >>> list(in_words(("-", "~~1", "^0.5")))
    ['left out', 'with words of the same root', 'misspelt by 1 letter', 'weight 0.50']
    """
    for sign in signs:
        numbered = NUMBERED.fullmatch(sign)
        if sign.startswith("^"):
            yield _weight(float(sign[1:]))
        elif numbered:
            if numbered["sign"]:
                yield _(SIGNS[numbered["sign"]])
            edits = int(numbered["edits"])
            yield ngettext("misspelt by {count} letter", "misspelt by {count} letters", edits).format(count=edits)
        else:
            yield _(SIGNS[sign])


def _times(places: int) -> str:
    return ngettext("{count} time", "{count} times", places).format(count=number(places))


def _weight(weight: float) -> str:
    return _("weight {weight}").format(weight=decimal(weight))


def _list(forms: dict[str, int]) -> str:
    shown = [f"{form} {number(places)}" for form, places in islice(forms.items(), FORMS_SHOWN)]
    more = [_("and {count} more").format(count=number(len(forms) - FORMS_SHOWN))] if len(forms) > FORMS_SHOWN else []
    return ", ".join(shown + more)


def _days(dated: Dated) -> str:
    first = calendar_day(dated.since) if dated.since else ""
    last = calendar_day(dated.until - MOMENT) if dated.until else ""
    if first and last:
        return first if first == last else f"{first} – {last}"
    return _("since {day}").format(day=first) if first else _("up to {day}").format(day=last)
