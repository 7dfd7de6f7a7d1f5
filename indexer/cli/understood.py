"""How an understood query is written: its words, their lemmas, and the forms of each that are in the index."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from indexer import records
from indexer.cli import screen
from indexer.wording import remarks
from indexer.wording.messages import _, number, shortened
from indexer.wording.understood import in_days, in_words, occurrences, weighing

if TYPE_CHECKING:
    from indexer.cli.screen import Screen
    from indexer.types import Understanding, WordRead

FORMS_SHOWN = 12


def as_text(understanding: Understanding, shown: Screen) -> None:
    """Write the query as it was read, then a block for each word, then what was mended."""
    shown.text(_("Understood as: {query}").format(query=understanding.printed))
    for days in map(in_days, records.dates(understanding.query)):
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
        (shortened(lemma.text), occurrences(lemma.places), weighing(lemma.weight), _list(lemma.forms))
        for lemma in word.lemmas
    ]
    # Forms that are looked for beside the lemmas, or in their place.
    forms = [(_("forms"), occurrences(sum(word.forms.values())), "", _list(word.forms))]
    rows = lemmas + (forms if word.forms or not lemmas else [])
    if word.relatives:
        rows.append((_("same root"), "", "", ", ".join(word.relatives[:FORMS_SHOWN])))
    width = max(len(times) for _lemma, times, _weight, _forms in rows)
    shown.table([(lemma, times.rjust(width), *rest) for lemma, times, *rest in rows], is_folded=True)


def _list(forms: dict[str, int]) -> str:
    shown = [f"{form} {number(places)}" for form, places in islice(forms.items(), FORMS_SHOWN)]
    more = [_("and {count} more").format(count=number(len(forms) - FORMS_SHOWN))] if len(forms) > FORMS_SHOWN else []
    return ", ".join(shown + more)
