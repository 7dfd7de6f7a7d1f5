"""Text → Expression. Every text has one: what means nothing where it stands is mended, and the mending is told.

    or    = and { ("ИЛИ" | "OR" | "|") and }
    and   = unary { ["И" | "AND" | "&&"] unary }
    unary = { "-" | "+" | "НЕ" | "NOT" } near
    near  = prim { ("РЯДОМ" | "NEAR") "/" (number | "предл" | "абз" | "s" | "p") prim }
    prim  = [ field ":" ] [ "!" | "=" | "~" ] ( "(" or ")" | quotation | word ) [ "~" number ] [ "^" number ]

The design has the unary signs inside `near`. By its own order of precedence they are outside, for nothing can be near
to what is not there; and И binds tighter than a space, so that «a b И c» asks for b and c and prefers a.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from indexer.queries import dates
from indexer.queries.lexemes import SIGNS, has_operator_words, lexemes
from indexer.queries.syntax import (
    FIELDS,
    And,
    Date,
    Expression,
    Field,
    Group,
    Link,
    Marked,
    Must,
    Name,
    Near,
    Not,
    Or,
    Plain,
    Quoted,
    Sequence,
    Weighted,
    printed,
)
from indexer.types import Mending, Span, span_of

if TYPE_CHECKING:
    from indexer.queries.lexemes import Kind, Lexeme
    from indexer.settings import Asking
    from indexer.types import MendingKind

_AND = frozenset({"И", "AND"})
_OR = frozenset({"ИЛИ", "OR"})
_NOT = frozenset({"НЕ", "NOT"})
_OPERATORS = _AND | _OR | _NOT
# Words with what may stand inside or behind them, stress marks too: what a sign is made of is not among it.
_NO_SIGNS = re.compile(r"\s*+(?:[\w\u0300-\u036f]++(?:[-.,'’][\w\u0300-\u036f]++)*+[.,;?…]*+(?:\s++|\Z))++\Z")
_CHUNK = re.compile(r"\S+")
_LINKS: dict[str, Link] = {"предл": "sentence", "s": "sentence", "абз": "paragraph", "p": "paragraph"}
_NAMES: dict[str, Name] = {name: field for field, russian in FIELDS.items() for name in (field, russian)}
_SUFFIX = re.compile(r"(?:~(?P<edits>\d{0,4}))?(?:\^(?P<weight>(?:\d{1,6}(?:[.,]\d{1,6})?)?))?\Z")
_LONGEST_SUFFIX = 24  # characters
_PUNCTUATION = ".,;:!?…"
_SENTENCE_ENDS = frozenset(".?!…")
_FIELD_LIKE = re.compile(r"([^\W\d_]{2,}):(?!/)")
_LIGHTEST, _HEAVIEST = 0.01, 1000.0
_LONGEST_DATE = 5  # words: «с мая 2020 по 2022»
_SOME_DAY = date(2000, 1, 1)  # whether a text is a date does not depend on the day


class Parsed(NamedTuple):
    """An expression, and what had to be mended for it."""

    expression: Expression
    mendings: tuple[Mending, ...]  # in order of their places


def parse(query: str, settings: Asking) -> Parsed:
    """Return what the signs of a query mean.

    >>> from indexer.settings import Asking
    >>> from indexer.queries.syntax import printed
    >>> printed(parse("кошка ИЛИ «серый волк", Asking()).expression)
    'кошка | "серый волк"'
    """
    plain = _without_signs(query)
    return Parsed(plain, ()) if plain else _with_signs(query, settings)


def _without_signs(query: str) -> Plain | None:
    """Return a query that has nothing of what may be a sign, as most are; None for another."""
    if not _NO_SIGNS.match(query):
        return None
    chunks = list(_CHUNK.finditer(query))
    texts = [chunk[0] for chunk in chunks]
    if not _OPERATORS.isdisjoint(texts):
        return None
    return Plain(" ".join(texts), tuple([span_of(chunk.span()) for chunk in chunks]))


def _with_signs(query: str, settings: Asking) -> Parsed:
    """Return what the signs of a query mean, if it has any."""
    found, mendings = lexemes(query, deepest=settings.deepest)
    parser = _Parser(found, mendings, settings, has_words=has_operator_words(query))
    expression = parser.whole() or Sequence(())
    return Parsed(expression, tuple(sorted(mendings, key=lambda mending: mending.span)))


class _Parser:
    """A cursor over lexemes whose brackets match and hold something."""

    def __init__(self, found: list[Lexeme], mendings: list[Mending], settings: Asking, *, has_words: bool) -> None:
        self._lexemes = found
        self._mendings = mendings
        self._settings = settings
        self._has_words = has_words
        self._at = 0
        self._field: Name | None = None  # that we are inside the brackets of

    # --- the cursor ---

    def _kind(self, ahead: int = 0) -> Kind | None:
        at = self._at + ahead
        return self._lexemes[at].kind if at < len(self._lexemes) else None

    def _next(self) -> Lexeme:
        self._at += 1
        return self._lexemes[self._at - 1]

    def _is_operand(self, ahead: int = 0) -> bool:
        """Whether something to look for begins there."""
        return self._kind(ahead) not in {None, "close", "or", "and"}

    def _is_word(self, words: frozenset[str], ahead: int = 0) -> bool:
        """Whether one of the operator words stands there, and something to look for after it."""
        return (
            self._has_words
            and self._kind(ahead) == "chunk"
            and self._lexemes[self._at + ahead].text in words
            and self._is_operand(ahead + 1)
        )

    def _mend(self, kind: MendingKind, lexeme: Lexeme) -> None:
        self._mendings.append(Mending(kind, lexeme.span, lexeme.text.strip()))

    # --- the levels ---

    def whole(self) -> Expression | None:
        """Return what stands up to the closing bracket or the end; None for nothing."""
        alternatives: list[Expression] = []
        while True:
            part = self._and(is_first=not alternatives)
            if part is not None:
                alternatives.append(part)
            if self._kind() == "or":
                bar = self._next()
                if part is None or not self._is_operand():
                    self._mend("stray sign", bar)
            elif part is not None and self._is_word(_OR) and not _ends_sentence(part):
                self._next()
            else:
                return _one(Or, alternatives)

    def _and(self, *, is_first: bool) -> Expression | None:
        runs: list[list[Expression]] = []  # of parts that И joins
        is_joined = False  # by И to what stands before
        while self._kind() not in {None, "close", "or"}:
            if self._kind() == "and":
                sign = self._next()
                is_joined = bool(runs) and self._is_operand()
                if not is_joined:
                    self._mend("stray sign", sign)
            elif runs and not is_joined and self._is_word(_OR) and not _ends_sentence(runs[-1][-1]):
                break
            elif runs and not is_joined and self._is_word(_AND) and not _ends_sentence(runs[-1][-1]):
                self._next()
                is_joined = True
            else:
                may_negate = not _ends_sentence(runs[-1][-1]) if runs else not is_first
                part = self._unary(may_negate=may_negate or is_joined)
                if part is not None and is_joined:
                    runs[-1].append(part)
                elif part is not None:
                    runs.append([part])
                is_joined = False
        joined = [part for run in runs if (part := _one(And, run)) is not None]
        return _one(Sequence, _merged(joined))

    def _unary(self, *, may_negate: bool) -> Expression | None:
        is_negated = is_must = False
        while may_negate and self._is_word(_NOT):
            self._next()
            is_negated = not is_negated
        while self._kind() == "sign":
            sign = self._next()
            if not self._is_operand():  # what it stood before was left out
                self._mend("stray sign", sign)
                return None
            is_must, is_negated = is_must or sign.text == "+", is_negated ^ (sign.text != "+")
        operand = self._near()
        if operand is None:
            return None
        if (is_negated or is_must) and printed(operand)[0] in SIGNS:
            return operand  # no word, but a row of dashes
        return Not(operand) if is_negated else Must(operand) if is_must else operand

    def _near(self) -> Expression | None:
        first = self._prim()
        parts, links = [first], []
        while first is not None and self._kind() == "near" and self._is_operand(1):
            if self._kind(1) == "sign" or self._is_word(_NOT, 1):
                # Nothing is near to what is not there, but both can be asked for.
                self._mend("not near", self._lexemes[self._at])
                self._lexemes[self._at] = self._lexemes[self._at]._replace(kind="and")
                break
            link = self._link(self._next())
            part = self._prim()
            if part is not None:
                parts.append(part)
                links.append(link)
        return Near(tuple(part for part in parts if part is not None), tuple(links)) if links else first

    def _link(self, lexeme: Lexeme) -> Link:
        unit = lexeme.text.rpartition("/")[2].lower()
        return _LINKS.get(unit) or self._number(unit, lexeme, self._settings.farthest)

    def _number(self, digits: str, lexeme: Lexeme, most: int) -> int:
        """Return a number from 1 up to the most there may be; the nearest if it is none of them."""
        given = int(digits[:9] or 0)
        number = min(max(given, 1), most)
        if number != given:
            self._mend("no number", lexeme)
        return number

    # --- what is looked for ---

    def _prim(self) -> Expression | None:
        match self._kind():
            case "field":
                return self._fielded(self._next())
            case "mark":
                return self._marked(self._next())
            case "quoted":
                return self._quoted(self._next(), "")
            case "open":
                self._next()
                inner = self.whole()
                close = self._next()
                return None if inner is None else self._weighted(Group(inner), close.weight, close)
            case _:
                return self._term(self._next(), "")

    def _fielded(self, lexeme: Lexeme) -> Expression | None:
        text = lexeme.text.rstrip().rstrip(":")
        name = _NAMES[text.lower()]
        words = Plain(text, (Span(lexeme.span.start, lexeme.span.start + len(text)),))
        if self._field or self._kind() not in {"chunk", "quoted", "open", "mark"}:
            self._mend("stray sign", lexeme)
            return words if self._field != "date" else None
        if name == "date" and self._kind() != "open":
            found = self._date_here(_LONGEST_DATE)
            if found is None:
                self._mend("no date", self._lexemes[self._at])
                return words
            return Field("date", found)
        self._field = name
        operand = self._prim()
        self._field = None
        return words if operand is None else Field(name, operand)

    def _date_here(self, longest: int) -> Date | None:
        """Return the longest date that the next words make, or None."""
        if self._kind() == "mark":  # дата:=2023
            self._at += 1
            found = self._date_here(longest)
            self._at -= found is None
            return found
        for length in range(longest, 0, -1):
            here = self._lexemes[self._at : self._at + length]
            is_run = [lexeme.kind for lexeme in here] in (["chunk"] * length, ["quoted"])
            text = " ".join(" ".join(lexeme.text for lexeme in here).split()).rstrip(",;:!? ")
            if is_run and dates.read(text, _SOME_DAY) is not None:
                self._at += length
                return Date(text)
        return None

    def _marked(self, sign: Lexeme) -> Expression | None:
        mark: Literal["!", "~"] = "~" if sign.text == "~" else "!"
        if self._kind() == "quoted":
            if mark == "~":
                self._mend("stray sign", sign)
            return self._quoted(self._next(), mark)
        if self._kind() == "field":
            self._mend("stray sign", sign)
            return self._prim()
        return self._term(self._next(), mark)

    def _quoted(self, lexeme: Lexeme, mark: Literal["", "!", "~"]) -> Expression | None:
        if self._field == "date":
            self._at -= 1
            return self._date_or_nothing()
        within = None
        if lexeme.within is not None:
            within = self._number(lexeme.within, lexeme, self._settings.farthest)
        quoted = Quoted(lexeme.text, mark == "!", within, lexeme.span)
        return self._weighted(quoted, lexeme.weight, lexeme)

    def _date_or_nothing(self) -> Date | None:
        found = self._date_here(1)
        if found is None:
            self._mend("no date", self._next())
        return found

    def _term(self, lexeme: Lexeme, mark: Literal["", "!", "~"]) -> Expression | None:
        if self._field == "date":
            self._at -= 1
            return self._date_or_nothing()
        if _FIELD_LIKE.match(lexeme.text):
            self._mend("unknown field", lexeme)
        text, edits, weight = _suffix(lexeme.text) if self._field != "path" else (lexeme.text, None, None)
        term: Expression
        if mark or edits is not None:
            most = self._settings.most_edits
            number = 0 if edits is None else 1 if not edits else self._number(edits, lexeme, most)
            term = Marked(text, mark, number, Span(lexeme.span.start, lexeme.span.start + len(text)))
        else:
            term = Plain(text, (Span(lexeme.span.start, lexeme.span.start + len(text)),))
        return self._weighted(term, weight, lexeme)

    def _weighted(self, operand: Expression, weight: str | None, lexeme: Lexeme) -> Expression:
        if weight is None:
            return operand
        given = float(weight.replace(",", ".") or 0)
        factor = round(min(max(given, _LIGHTEST), _HEAVIEST), 3)
        if factor != given:
            self._mend("no number", lexeme)
        return Weighted(operand, factor) if weight else operand


def _ends_sentence(expression: Expression) -> bool:
    """Whether what follows begins a sentence, where a capital makes no operator: «Кто это? И зачем он здесь?»."""
    return printed(expression)[-1:] in _SENTENCE_ENDS


def _suffix(chunk: str) -> tuple[str, str | None, str | None]:
    """Return a word without the signs behind it, then what stands after ~ and after ^; None where there is no sign.

    >>> _suffix("слово~2^0.5,"), _suffix("А."), _suffix("^_^")
    (('слово', '2', '0.5'), ('А.', None, None), ('^_^', None, None))
    """
    body = chunk.rstrip(_PUNCTUATION)
    tail = _SUFFIX.search(body, max(len(body) - _LONGEST_SUFFIX, 0))
    word = body[: tail.start()] if tail else body
    if tail is None or not tail[0] or not any(letter.isalnum() for letter in word):
        return chunk, None, None
    if tail["edits"] is None and not tail["weight"]:
        return chunk, None, None  # a sign without a number, and nothing else
    return word, tail["edits"], tail["weight"]


_Join: TypeAlias = "type[Or | And | Sequence]"


def _one(join: _Join, parts: list[Expression]) -> Expression | None:
    """Return several parts joined, one as it is, none as None."""
    return join(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def _merged(parts: list[Expression]) -> list[Expression]:
    """Let plain words stay together: «А. С.», «10 000» and «т. е.» are for the tokeniser to see whole."""
    merged: list[Expression] = []
    for is_plain, run in groupby(parts, lambda part: isinstance(part, Plain)):
        if is_plain:
            plain = [part for part in run if isinstance(part, Plain)]
            merged.append(Plain(" ".join(part.text for part in plain), tuple(at for part in plain for at in part.at)))
        else:
            merged.extend(run)
    return merged
