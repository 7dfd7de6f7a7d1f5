"""SUGGEST: what to ask instead when a query finds nothing, and what a word may become when it is typed further.

A rung takes a query and gives changes of it, each a place and what to read there. It changes only words that the index
does not know, into words that it knows, and leaves alone what the asker has fixed by a sign (`words.open_to_change`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from indexer.suggest import characters, layout, spelling, transliteration
from indexer.suggest.completion import complete
from indexer.suggest.spelling import DEFAULT, Correction, corrections
from indexer.suggest.words import Known, rewritten, unknown
from indexer.types import Rescue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from indexer.analysis import Analyzer
    from indexer.settings import Mistyping
    from indexer.suggest.words import Change
    from indexer.types import Rung
    from indexer.vocabulary import Vocabulary

__all__ = ["Correction", "complete", "corrections", "rungs"]

# The surest first: a letter that looks the same is hardly a matter of opinion, a misspelling is.
RUNGS: Mapping[Rung, Callable[[str, Known], Iterable[Change]]] = MappingProxyType(
    {
        "characters": characters.changes,
        "layout": layout.changes,
        "transliteration": transliteration.changes,
        "spelling": spelling.changes,
    }
)


def rungs(text: str, vocabulary: Vocabulary, analyzer: Analyzer, settings: Mistyping = DEFAULT) -> Iterator[Rescue]:
    """Give what to ask instead, the surest rung first; what is not changed stays verbatim.

    A rung goes on from what those before it have made of the query, for a word typed in the wrong layout may be
    misspelt as well. One that leaves words unknown is given only if no later rung changes more.
    """
    known = Known(vocabulary, analyzer, settings)
    query, words = text, dict[str, str]()
    unfinished = None
    for rung, changes_of in RUNGS.items():
        changes = list(changes_of(query, known))
        if changes:
            words = _read(words, {query[change.span.start : change.span.stop]: change.text for change in changes})
            query = rewritten(query, changes)
            unfinished = Rescue(rung, query, tuple(words.items()))
        if unfinished and not unknown(query, known):
            yield unfinished
            return
    if unfinished:
        yield unfinished


def _read(before: dict[str, str], changed: dict[str, str]) -> dict[str, str]:
    """Return what the words as typed have become.

    >>> _read({"ntksdbpjh": "тилевизор", "COBET": "СОВЕТ"}, {"тилевизор": "телевизор"})
    {'ntksdbpjh': 'телевизор', 'COBET': 'СОВЕТ'}
    """
    again = {typed: changed.get(read, read) for typed, read in before.items()}
    return again | {typed: read for typed, read in changed.items() if typed not in before.values()}
