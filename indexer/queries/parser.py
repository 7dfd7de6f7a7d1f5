"""Text → Expression. Every text has one: a sign that means nothing where it stands is part of the words."""

from __future__ import annotations

import re

from indexer.queries.syntax import Expression, Not, Or, Plain, Quoted, Sequence

_QUOTE = '["„“”«»]'
_PIECE = re.compile(
    rf"""
    (?P<minus>(?<!\S)[-–—−](?=[^\s\-–—−]))?             # only before a word and after a space: not in «кое-где»
    (?:{_QUOTE}(?P<quoted>[^"„“”«»]*)(?:{_QUOTE}|\Z)    # a quotation left open ends with the query
      |(?P<bar>(?<!\S)\|\|?(?!\S))
      |(?P<word>[^\s"„“”«»]+)
    )""",
    re.VERBOSE,
)
_OR = frozenset({"OR", "ИЛИ"})


def parse(text: str) -> Expression:
    """Return what the signs of a query mean.

    >>> parse("кошка -собака")
    Sequence(parts=(Plain(text='кошка'), Not(operand=Plain(text='собака'))))
    >>> parse("кошка OR «серый волк»")
    Or(alternatives=(Sequence(parts=(Plain(text='кошка'),)), Sequence(parts=(Quoted(text='серый волк'),))))
    """
    # Who types all in capitals means no operator by them.
    has_operators = any(letter.islower() for letter in text)
    alternatives: list[list[Plain | Quoted | Not]] = [[]]
    pieces = list(_PIECE.finditer(text))
    for at, piece in enumerate(pieces):
        between = 0 < at < len(pieces) - 1
        if between and (piece["bar"] or (has_operators and piece["word"] in _OR and not piece["minus"])):
            alternatives.append([])
        elif not piece["bar"]:
            _append(alternatives[-1], piece)
    sequences = tuple(Sequence(tuple(parts)) for parts in alternatives if parts)
    return Or(sequences) if len(sequences) > 1 else next(iter(sequences), Sequence(()))


def _append(parts: list[Plain | Quoted | Not], piece: re.Match[str]) -> None:
    operand = Quoted(piece["quoted"]) if piece["quoted"] is not None else Plain(piece["word"])
    if piece["minus"]:
        parts.append(Not(operand))
    elif isinstance(operand, Plain) and parts and isinstance(parts[-1], Plain):
        # Plain words stay together: «А. С.», «10 000» and «т. е.» are for the tokeniser to see whole.
        parts[-1] = Plain(f"{parts[-1].text} {operand.text}")
    else:
        parts.append(operand)
