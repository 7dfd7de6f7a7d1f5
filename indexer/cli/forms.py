"""`abzats forms`: the lemmas of a word, and the forms of each that are in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import indexer
from indexer import records
from indexer.cli import options, remarks, screen, understood
from indexer.cli.formats import json_line
from indexer.wording.messages import _

if TYPE_CHECKING:
    import click

    from indexer.addresses import Place
    from indexer.types import WordRead

FOUND, NOTHING = 0, 1


def command() -> click.Command:
    """`abzats forms`, in the language chosen."""
    return options.Asking(
        "forms",
        callback=_forms,
        short_help=_("Tell which forms of a word are in the index."),
        help=options.described(
            _("Tell which lemmas a word may have, and which forms of each are in the index."),
            ("abzats forms мыла", _("of мыло and of мыть")),
            ("abzats forms 'закал*' '~казахстан'", _("with the signs of abzats search")),
        ),
        epilog=_("Exit codes: 0 something is found, 1 nothing is, 2 an error."),
        options_metavar=_("[OPTIONS]"),
        params=[
            options.query("words", _("WORD...")),
            options.as_json(_("An object a line, one for each word.")),
            options.color(),
            options.index(),
        ],
    )


def _forms(*, words: tuple[str, ...], as_json: bool, color: str, index: Place) -> int:
    with indexer.open_index(index) as searcher:
        understandings = [searcher.understand(typed) for typed in words]
    for understanding in understandings:
        remarks.tell_mendings(understanding.text, understanding.mendings)
    shown = screen.output(color)
    read = [word for understanding in understandings for word in understanding.words]
    for place, word in enumerate(read):
        if as_json:
            shown.line(json_line(records.of_word(word)))
        else:
            if place:
                shown.text()
            understood.word_as_text(word, shown)
    return FOUND if any(map(_occurs, read)) else NOTHING


def _occurs(word: WordRead) -> bool:
    return any(lemma.places for lemma in word.lemmas) or any(word.forms.values())
