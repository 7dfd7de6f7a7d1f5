"""Text → Lexemes: signs and what stands between them, with brackets that match."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from indexer.queries.syntax import FIELDS
from indexer.types import Mending, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind: TypeAlias = Literal["sign", "field", "near", "mark", "quoted", "open", "close", "or", "and", "chunk"]

_QUOTE = '"„“”«»'
_DASH = r"\-‐‑–—−"
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"  # zero-width and direction marks between words
_CONTROL = r"\x00-\x1f\x7f-\x9f\ud800-\udfff"
_NUMBER = r"\d{1,6}(?:[.,]\d{1,6})?"
_NAMES = "|".join([*FIELDS, *FIELDS.values()])
_WORD_OPERATORS = rf"""
    (?P<near>(?:(?:РЯДОМ|NEAR)/(?:\d+|(?i:предл|абз|s|p))|/[sp])(?=[\s()|{_QUOTE}{_CONTROL}]|&&|\Z))
   |(?P<field>(?i:{_NAMES}):[^\S\n]*)|"""
_SIGNS = rf"""
    (?P<mark>[!=~](?=[\w*{_QUOTE}]))
   |(?P<quoted>[{_QUOTE}](?P<inside>[^{_QUOTE}]*)(?P<end>[{_QUOTE}]|\Z)(?:~(?P<within>\d*))?(?:\^(?P<weight>(?:{_NUMBER})?))?)
   |(?P<open>\()
   |(?P<close>\)(?:\^(?P<close_weight>(?:{_NUMBER})?))?)
   |(?P<or>\|\|?)
   |(?P<and>&&)
   |(?P<chunk>(?:(?!&&)[^\s()|{_QUOTE}{_CONTROL}])+)"""
_SPACE = rf"""
    (?P<space>[\s{_UNSEEN}{_CONTROL}]+)
    # Only where something begins: not in «кое-где», and not for a dash between words.
   |(?P<sign>(?<![^\s(:{_UNSEEN}{_CONTROL}|&])[+{_DASH}](?=[^\s+{_DASH}|){_UNSEEN}{_CONTROL}])(?!&&))
   |"""
SIGNS = "+-‐‑–—−"
_SIGNS_BEHIND = re.compile(rf"[+!=~{_DASH}]*")


@cache
def _lexeme(operators: str) -> re.Pattern[str]:
    # Made when it is asked for: it takes 5 ms, and few queries are all in capitals.
    return re.compile(_SPACE + operators + _SIGNS, re.VERBOSE)


class Lexeme(NamedTuple):
    """A sign, or what stands between signs."""

    kind: Kind
    text: str
    span: Span  # into the query
    weight: str | None = None  # after ^ of a quotation or a bracket; empty: ^ alone; None: no ^
    within: str | None = None  # likewise after ~ of a quotation


def has_operator_words(query: str) -> bool:
    """Whether words in capitals may be operators: who types everything in capitals means none by them."""
    return any(letter.islower() for letter in query)


def lexemes(query: str, *, deepest: int) -> tuple[list[Lexeme], list[Mending]]:
    """Return the lexemes of a query, and what had to be mended so that each bracket has its pair.

    >>> [lexeme.text for lexeme in lexemes("a -(b", deepest=9)[0]]
    ['a', '-', '(', 'b', ')']
    """
    mendings: list[Mending] = []
    return _balanced(list(_scan(query, mendings)), mendings, deepest, len(query)), mendings


def _scan(query: str, mendings: list[Mending]) -> Iterator[Lexeme]:
    pattern = _lexeme(_WORD_OPERATORS if has_operator_words(query) else "")
    at = 0
    while match := pattern.match(query, at):
        at = match.end()
        if match.lastgroup == "space":
            continue
        kind: Kind = match.lastgroup  # type: ignore[assignment]  # the outer groups are the kinds
        if kind == "quoted":
            if not match["end"]:
                mendings.append(Mending("open quotation", Span(*match.span()), match[0]))
            yield Lexeme(kind, match["inside"], Span(*match.span("inside")), match["weight"], match["within"])
        elif kind == "close":
            yield Lexeme(kind, ")", Span(*match.span()), match["close_weight"])
        else:
            yield Lexeme(kind, match[0], Span(*match.span()))
        if kind in {"quoted", "close"}:
            # A minus right after a quotation is no operator, and must not become one when it is printed apart.
            at = _SIGNS_BEHIND.match(query, at).end()  # type: ignore[union-attr]  # it may be empty, but there is one


def _balanced(raw: list[Lexeme], mendings: list[Mending], deepest: int, end: int) -> list[Lexeme]:
    """Leave out brackets without a pair, without content, or too deep; close those that are open at the end."""
    kept: list[Lexeme] = []
    opened: list[int] = []  # where in `kept` the open brackets are
    skipped = 0  # open brackets that are too deep
    ends = [Lexeme("close", ")", Span(end, end))] * sum(lexeme.kind == "open" for lexeme in raw)
    for lexeme in (*raw, *ends):
        is_typed = lexeme.span.start < end
        if lexeme.kind == "open" and len(opened) == deepest:
            skipped += 1
            mendings.append(Mending("deep bracket", lexeme.span, lexeme.text))
        elif lexeme.kind == "open":
            opened.append(len(kept))
            kept.append(lexeme)
        elif lexeme.kind != "close":
            kept.append(lexeme)
        elif skipped:
            skipped -= 1
        elif opened:
            _close(kept, opened.pop(), lexeme, mendings, is_typed=is_typed)
        elif is_typed:
            mendings.append(Mending("stray bracket", lexeme.span, lexeme.text))
    return kept


def _close(kept: list[Lexeme], at: int, close: Lexeme, mendings: list[Mending], *, is_typed: bool) -> None:
    """Close the bracket that is open at a place, or leave out both if there is nothing to look for in them."""
    if not is_typed:
        mendings.append(Mending("open bracket", kept[at].span, "("))
    if any(lexeme.kind not in {"or", "and"} for lexeme in kept[at + 1 :]):
        kept.append(close)
        return
    if is_typed:
        mendings.append(Mending("stray bracket", Span(kept[at].span.start, close.span.stop), "()"))
    # What applies to the brackets must not apply to what comes after them.
    while at and kept[at - 1].kind in {"sign", "field", "mark"} and kept[at - 1].span.stop == kept[at].span.start:
        at -= 1
    del kept[at:]
