"""Expression → Query: words become lemmas and forms, by the analysis that made the index and the words it holds."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from functools import cache, partial
from itertools import accumulate, pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.fold import NORMAL, fold
from indexer.analysis.light import is_light
from indexer.analysis.relatives import relatives_of
from indexer.analysis.tokenize import tokenize, words
from indexer.errors import (
    QueryEmpty,
    QueryOnlyExcludes,
    QueryOpensTooMuch,
    QuerySyntaxError,
    QueryTooLong,
    QueryTooOpen,
    QueryTooWide,
)
from indexer.frozen import frozen
from indexer.queries import dates
from indexer.queries.parser import parse
from indexer.queries.syntax import (
    And,
    Date,
    Expression,
    Field,
    Group,
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
    leaves,
)
from indexer.types import (
    AtPath,
    Boosted,
    Dated,
    Either,
    Form,
    In,
    Lemma,
    Mending,
    Only,
    Phrase,
    Span,
    Together,
    Token,
    Window,
    Without,
    Word,
    span_of,
)
from indexer.types import Near as IsNear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from indexer.analysis import Analyzer
    from indexer.backends.base import Engine
    from indexer.queries.syntax import Link
    from indexer.settings import Asking
    from indexer.types import Query, Term

_MOST_RELATIVES = 50_000  # lemmas whose relatives are remembered
_AT_ONCE = 250  # lemmas whose relatives are looked for together ahead, of some fifty guesses each
_SENTENCE = 4  # words; in a longer plain query the first capital may only open the question
_PIECE = re.compile(r"[\w'’*?-]+")
_BARE = re.compile(r"(?<!\S)\*+(?!\S)")
NOTHING = Without()
HINTS = frozenset({"unknown field"})  # mendings that a strict reading takes too


class Meant(NamedTuple):
    """A word of the query and what it is looked for by."""

    text: str  # as typed, without signs
    span: Span  # into the query
    signs: tuple[str, ...]  # the outermost first
    field: str  # "text", or the one it is looked for in
    word: Word  # with all that it may mean
    left: Word  # what it is looked for by


@frozen
class Understood:
    """What a text means."""

    query: Query
    expression: Expression
    mendings: tuple[Mending, ...]
    words: tuple[Meant, ...]  # in order
    without: Without = NOTHING


class Known:
    """What an index knows of words: the vocabularies of its fields, and which relatives of a lemma it has."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.vocabulary = cache(engine.vocabulary)
        # To find them may take longer than to search.
        self._relatives: dict[tuple[str, str], tuple[str, ...]] = {}

    def forms_of(self, lemma: str) -> set[str]:
        """Return the forms in the texts that may have a lemma, without case."""
        return set(map(NORMAL["letters"], self._engine.forms_of(lemma)))

    def look_ahead(self, field: str, lemmas: tuple[str, ...]) -> None:
        """Have at hand the relatives of lemmas that will be asked for."""
        wanted = [lemma for lemma in lemmas if not is_light(lemma)]  # who are not asked for by any relatives
        for start in range(0, len(wanted), _AT_ONCE):
            self.relatives(field, wanted[start : start + _AT_ONCE])

    def relatives(self, field: str, lemmas: Iterable[str]) -> list[tuple[str, ...]]:
        """Return the relatives of lemmas that a field has, the surest first."""
        known = self._relatives
        asked = [(field, lemma) for lemma in lemmas]
        try:
            return [known[key] for key in asked]
        except KeyError:
            pass
        new = [key for key in dict.fromkeys(asked) if key not in known]
        if len(known) + len(new) > _MOST_RELATIVES:
            # Another one, for threads may share it.
            known = self._relatives = {key: known[key] for key in asked if key in known}
        known.update(
            zip(new, relatives_of([lemma for _, lemma in new], partial(self._engine.known, field)), strict=True)
        )
        return [known[key] for key in asked]


def understand(
    text: str,
    analyzer: Analyzer,
    settings: Asking,
    known: Known,
    today: date,
    *,
    strict: bool = False,
    without: Without = NOTHING,
) -> Understood:
    """Return what a text, in NFC, asks of an index that knows these words, which are not looked for by some of it.

    QueryEmpty if there is no word to look for, QueryTooLong if there are more than a search takes, QueryTooWide if a
    mask opens too many; QuerySyntaxError if anything had to be mended and the reading is strict.
    """
    # Counted before anything is looked up: whoever pastes a book must not wait for it.
    if (count := len(words(text))) > settings.most_words:
        raise QueryTooLong(words=count, most=settings.most_words)
    expression, mendings = parse(text, settings)
    if (count := sum(map(_looks_through, leaves(expression)))) > settings.most_open:
        raise QueryTooOpen(count=count, most=settings.most_open)
    resolver = _Resolver(analyzer, settings, known, today, without)
    query = resolver.query(expression)
    resolved = [replace(mending, text=text[slice(*mending.span)]) for mending in resolver.mendings]
    found = tuple(sorted((*mendings, *resolved), key=lambda mending: mending.span))
    if strict and (wrong := next((mending for mending in found if mending.kind not in HINTS), None)):
        raise QuerySyntaxError(query=text, at=wrong.span.start + 1, what=wrong.text, reason=MENDED[wrong.kind])
    if query is None:
        if resolver.bare:
            raise QueryTooWide(mask=resolver.bare, least=settings.least_letters)
        raise (QueryOnlyExcludes if resolver.words else QueryEmpty)(query=text)
    return Understood(query, expression, found, tuple(sorted(resolver.words, key=lambda word: word.span)), without)


MENDED = {
    "open quotation": "the quotation is not closed",
    "open bracket": "the bracket is not closed",
    "stray bracket": "the bracket has no pair, or nothing in it",
    "deep bracket": "there are too many brackets in brackets",
    "stray sign": "the sign has nothing to apply to",
    "no number": "the sign takes another number",
    "no date": "this is no date",
    "not near": "what is left out, and a field, can be near nothing",
    "nothing wanted": "there must be a word to look for, beside what is left out",
    "bare mask": "a mask must have letters",
    "unknown field": "there is no such field",
}  # what a mending says to whoever reads strictly


@frozen
class _Parts:
    """What an expression asks for, as a space joins it with what stands beside it."""

    wanted: tuple[Query, ...] = ()  # these score
    required: tuple[Query, ...] = ()
    excluded: tuple[Query, ...] = ()

    def and_(self, other: _Parts) -> _Parts:
        return _Parts(self.wanted + other.wanted, self.required + other.required, self.excluded + other.excluded)

    def query(self) -> Query | None:
        """Return all as one; None if nothing is asked for, only left out."""
        # What only narrows is what is found where nothing else is asked for.
        wanted, required = (self.wanted, self.required) if self.wanted else (self.required[:1], self.required[1:])
        if not wanted:
            return None
        query = wanted[0] if len(wanted) == 1 else Together(tuple(map(_without_forms, wanted)))
        required = tuple(clause for clause in dict.fromkeys(required) if clause != query)
        return Only(query, required, self.excluded) if required or self.excluded else query


class _Resolver:
    """One query's way from signs to what engines evaluate; it collects the words and what had to be mended."""

    def __init__(self, analyzer: Analyzer, settings: Asking, known: Known, today: date, without: Without) -> None:
        self._analyzer = analyzer
        self._settings = settings
        self._known = known
        self._today = today
        self._without_lemmas = frozenset(without.lemmas)
        self._without_forms = frozenset(map(NORMAL["letters"], without.forms))
        self._field = "text"
        self._signs: tuple[str, ...] = ()
        self.words: list[Meant] = []
        self.mendings: list[Mending] = []
        self._opened: list[int] = []  # forms, by each mask and misspelling
        self.bare = ""  # a mask without a letter

    def query(self, expression: Expression) -> Query | None:
        """Return what an expression asks for; None if for nothing."""
        return self._parts(expression).query()

    def _parts(self, expression: Expression) -> _Parts:  # noqa: C901 -- a case for each kind
        match expression:
            case Plain() | Marked() | Quoted():
                return self._leaves(expression)
            case Group(operand):
                return self._grouped(operand)
            case Weighted(operand, factor):
                query = self._signed(f"^{factor:g}", operand)
                return _Parts() if query is None else _Parts((Boosted(query, factor),))
            case Not(operand):
                query = self._signed("-", operand)
                return _Parts() if query is None else _Parts(excluded=(query,))
            case Must(operand):
                query = self._signed("+", operand)
                return _Parts() if query is None else _Parts((query,), (query,))
            case And(parts):
                return self._all(parts)
            case Near(parts, links):
                return self._near(parts, links)
            case Sequence(parts):
                return _joined(map(self._parts, parts))
            case Or(parts):
                return self._any(parts)
            case Field(name, operand):
                return self._fielded(name, operand)
            case Date(text):
                found = dates.read(text, self._today)
                return _Parts() if found is None else _Parts(required=(Dated(*found),))

    def _signed(self, sign: str, operand: Expression) -> Query | None:
        """Return the operand of a sign as one query: «вице/премьер» after a minus is two words and means both."""
        before, self._signs = self._signs, (*self._signs, sign)
        parts = self._parts(operand)
        self._signs = before
        if isinstance(operand, Plain) and len(parts.wanted) > 1:
            return Phrase(tuple(word for word in parts.wanted if isinstance(word, Word)))
        return parts.query()

    def _grouped(self, operand: Expression) -> _Parts:
        parts = self._parts(operand)
        if not parts.required and not parts.excluded:
            return parts
        query = parts.query()
        if query is None:
            return parts  # «кошка (-собака)»
        return _Parts((query,)) if parts.wanted else _Parts(required=(query,))

    def _all(self, parts: tuple[Expression, ...]) -> _Parts:
        found = [self._parts(part) for part in parts]
        return _joined(
            part if isinstance(operand, Not) else part.and_(_Parts(required=_one(part.query())))
            for operand, part in zip(parts, found, strict=True)
        )

    def _any(self, parts: tuple[Expression, ...]) -> _Parts:
        found = [self._parts(part) for part in parts]
        queries = [part.query() for part in found]
        for part, query in zip(found, queries, strict=True):
            if query is None and part.excluded:
                self.mendings.append(Mending("nothing wanted", self._last_span(), ""))
        wanted = tuple(query for query in queries if query is not None)
        if len(wanted) < 2:  # noqa: PLR2004 -- one alternative is none
            return _Parts(wanted)
        # Alternatives that only narrow narrow together.
        is_condition = all(not part.wanted for part in found)
        return _Parts(required=(Either(wanted),)) if is_condition else _Parts((Either(wanted),))

    def _last_span(self) -> Span:
        return self.words[-1].span if self.words else Span(0, 0)

    # --- fields ---

    def _fielded(self, name: Name, operand: Expression) -> _Parts:
        if name == "path":
            pattern = fold(" ".join(_texts(operand)))
            return _Parts(required=(AtPath(pattern),)) if pattern else _Parts()
        if name == "date":
            if isinstance(operand, Group):
                query = self._dates(operand.operand)
                return _Parts(required=_one(query))
            return self._parts(operand)
        self._field = name
        query = self._signed(f"{name}:", operand)
        self._field = "text"
        if query is None:
            return _Parts()
        found = In(name, query)
        # A title tells what a text is about; who wrote it or where it stood only narrows.
        return _Parts((found,), (found,)) if name == "title" else _Parts(required=(found,))

    def _dates(self, operand: Expression) -> Query | None:
        """Return any of the dates in brackets, however they are joined: a text has but one."""
        match operand:
            case Sequence(parts) | Or(parts) | And(parts):
                found = tuple(query for part in parts if (query := self._dates(part)) is not None)
                return Either(found) if len(found) > 1 else next(iter(found), None)
            case Group(inner):
                return self._dates(inner)
            case _:
                return self.query(operand)

    # --- nearness ---

    def _near(self, parts: tuple[Expression, ...], links: tuple[Link, ...]) -> _Parts:
        start = len(self.words)
        found = [self._parts(part) for part in parts]
        choices = [_alternatives(part, got) for part, got in zip(parts, found, strict=True)]
        everything = _joined(part.and_(_Parts(required=_one(part.query()))) for part in found)
        if not all(choices):
            if any(link != "paragraph" for link in links):
                at = Span(self.words[start].span.start, self.words[-1].span.stop) if self.words[start:] else Span(0, 0)
                self.mendings.append(Mending("not near", at, ""))
            return everything
        conditions = []
        for first, last in _chains(links):
            conditions.append(self._chain(choices[first : last + 1], links[first:last]))
        return everything.and_(_Parts(required=tuple(conditions)))

    def _chain(self, choices: list[list[Word | Phrase]], links: tuple[Link, ...]) -> Query:
        ways = 1
        for choice in choices:
            ways *= len(choice)
        if ways > self._settings.most_words:
            raise QueryOpensTooMuch(part="РЯДОМ", count=ways, most=self._settings.most_words)
        apart = tuple(link if isinstance(link, int) else None for link in links)
        near = tuple(IsNear(leaves, apart) for leaves in product(*choices))
        return near[0] if len(near) == 1 else Either(near)

    # --- words ---

    def _leaves(self, expression: Plain | Marked | Quoted) -> _Parts:
        match expression:
            case Plain(text, at):
                return _Parts(tuple(self._words(text, _Places(at))))
            case Marked(text, mark, edits, at):
                found = self._words(text, _Places((at,)), mark=mark, edits=edits)
                return _Parts(tuple(found) if len(found) < 2 else (Phrase(tuple(found)),))  # noqa: PLR2004 -- «2,5/3»
            case Quoted(text, exact, within, at):
                return self._quoted(text, at, exact=exact, within=within)

    def _quoted(self, text: str, at: Span, *, exact: bool, within: int | None) -> _Parts:
        first = len(self.words)
        before, self._signs = self._signs, (*self._signs, '"')
        found = self._words(text, _Places((at,)), mark="!" if exact else "")
        self._signs = before
        if not found:
            return _Parts()
        if within is not None and len(found) > 1:
            return _Parts(tuple(found), (Window(tuple(found), within),))
        if exact:
            return _Parts((found[0] if len(found) == 1 else Phrase(tuple(found)),))
        typed = tuple(
            meant.word if not meant.word.lemmas else Word((), (Form(fold(self._analyzer.form(meant.text)), "folded"),))
            for meant in self.words[first:]
        )
        return _Parts((Phrase(tuple(found), typed),))

    def _words(self, text: str, places: _Places, *, mark: str = "", edits: int = 0) -> list[Word]:
        """Return what each word of a text is looked for by; masks are cut out of it first."""
        if bare := _BARE.search(text):
            self.bare = bare[0]
            if words(text):
                self.mendings.append(Mending("bare mask", places.of(*bare.span()), bare[0]))
        found: list[Word] = []
        start = 0
        for mask in masks(text):
            found += self._tokens(text, start, mask.start, places, mark=mark, edits=edits)
            typed = text[slice(*mask)]
            if typed.strip("*'’-"):
                found.append(self._meant(typed, places.of(*mask), "*", self._masked(typed)))
            start = mask.stop
        return found + self._tokens(text, start, len(text), places, mark=mark, edits=edits)

    def _tokens(self, text: str, start: int, stop: int, places: _Places, *, mark: str, edits: int) -> list[Word]:
        tokens = list(tokenize(text[start:stop]))
        if len(tokens) <= _SENTENCE:
            tokens = [Token(text, span, opens_sentence=False) for text, span, _ in tokens]
        read = [(term, self._lemmas(term)) for term in self._analyzer.terms_of(tokens)]
        if self._settings.relative and not (mark or edits or self._signs):
            # Asked for together, they are found in less time; each word is given its own.
            words = (lemmas for _, lemmas in read if not is_light(lemmas[0].text))
            self._known.relatives(self._field, [lemma.text for lemmas in words for lemma in lemmas])
        sign = mark + (f"~{edits}" if edits else "")
        found = []
        for term, lemmas in read:
            typed, (first, last), _ = term.token
            span = places.of(start + first, start + last)
            found.append(self._meant(typed, span, sign, self._word(term, lemmas, mark, edits)))
        return found

    def _meant(self, text: str, span: Span, sign: str, word: Word) -> Word:
        signs = (*self._signs, sign) if sign else self._signs
        left = self._left(word) if self._without_lemmas or self._without_forms else word
        self.words.append(Meant(text, span, signs, self._field, word, left))
        return left

    def _left(self, word: Word) -> Word:
        """Return a word without what it shall not be looked for by; it may find nothing then."""
        lemmas = self._allowed(word.lemmas)
        # Those of a lemma go with it.
        relatives = self._allowed(self._relatives(lemmas)) if word.relatives else ()
        forms = tuple(form for form in word.forms if form.text not in map(NORMAL[form.exactness], self._without_forms))
        written = {lemma: self._known.forms_of(lemma.text) for lemma in lemmas if self._field == "text"}
        if any(self._without_forms & of_lemma for of_lemma in written.values()):
            # Engines know nothing of a lemma but for a form: so it is all the other forms.
            lemmas = ()
            forms += tuple(
                Form(form, "letters", lemma.weight)
                for lemma, of_lemma in written.items()
                for form in sorted(of_lemma - self._without_forms)
            )
        return replace(word, lemmas=lemmas, relatives=relatives, forms=forms)

    def _allowed(self, lemmas: tuple[Lemma, ...]) -> tuple[Lemma, ...]:
        return tuple(lemma for lemma in lemmas if lemma.text not in self._without_lemmas)

    def _word(self, term: Term, lemmas: tuple[Lemma, ...], mark: str, edits: int) -> Word:
        form = term.form
        if mark == "!":
            # With a capital letter, «!Орёл» is the name and not the bird.
            is_written = any(letter.isupper() for letter in form)
            return Word((), (Form(form, "written" if is_written else "letters"),))
        # Parts of a compound are not searched: «Ростов-на-Дону» must not find every «на».
        if mark == "~":
            lemmas += self._relatives(lemmas)
        misspelt = self._misspelt(fold(form), edits) if edits else ()
        if self._signs or mark or edits:  # who has put a sign to a word has said how it is meant
            return Word(lemmas, misspelt)
        light = is_light(lemmas[0].text)
        return Word(lemmas, (), () if light else self._relatives(lemmas), light)

    def _lemmas(self, term: Term) -> tuple[Lemma, ...]:
        """Return the lemmas of a word, each with the better of its weights alone and beside the words of the query.

        Texts often do not tell what a query does: «мост из стали» must not rank «закалка стали» below «из берегов».
        """
        if len(term.lemmas) == 1:  # it weighs 1 everywhere
            return term.lemmas
        alone = self._analyzer.found_by(*self._analyzer.key(term.token.text, term.token.opens_sentence)).lemmas
        weights = {lemma.text: lemma.weight for lemma in alone}
        better = [Lemma(lemma.text, max(lemma.weight, weights[lemma.text])) for lemma in term.lemmas]
        return tuple(sorted(better, key=lambda lemma: (-lemma.weight, lemma.text)))

    def _open(self, part: str, forms: int) -> None:
        """Count what the query opens of the vocabulary; whoever asks for too much is told before it is searched."""
        self._opened.append(forms)
        if sum(self._opened) > self._settings.most_forms:
            raise QueryOpensTooMuch(part=part, count=sum(self._opened), most=self._settings.most_forms)

    def _relatives(self, lemmas: tuple[Lemma, ...]) -> tuple[Lemma, ...]:
        if not self._settings.relative:
            return ()
        weights: dict[str, float] = {}
        found = self._known.relatives(self._field, [text for text, _ in lemmas])
        for (_, weight), of_lemma in zip(lemmas, found, strict=True):
            for relative in of_lemma:
                weights.setdefault(relative, weight * self._settings.relative)
        if not weights:
            return ()
        for text, _ in lemmas:
            weights.pop(text, None)
        return tuple([Lemma(text, weight) for text, weight in weights.items()])

    def _misspelt(self, form: str, edits: int) -> tuple[Form, ...]:
        near = self._known.vocabulary(self._field).near(form, edits)
        self._open(form, len(near))
        per_edit = self._settings.per_edit
        ordered = sorted(near.items(), key=lambda entry: (entry[1][0], -entry[1][1], entry[0]))
        return tuple(Form(text, "folded", per_edit**distance) for text, (distance, _) in ordered)

    def _masked(self, mask: str) -> Word:
        folded = fold(self._analyzer.form(mask))
        if sum(letter.isalnum() for letter in folded) < self._settings.least_letters:
            raise QueryTooWide(mask=mask, least=self._settings.least_letters)
        forms = self._known.vocabulary(self._field).like(folded)
        self._open(mask, len(forms))
        return Word((), tuple(Form(form, "folded") for form in sorted(forms)))


class _Places:
    """Where the characters of an expression's text stand in the query."""

    def __init__(self, chunks: tuple[Span, ...]) -> None:
        self._chunks = chunks  # with a space between in the text
        lengths = [stop - start + 1 for start, stop in chunks]
        self._ends = list(accumulate(lengths))  # in the text: where the next one begins

    def of(self, first: int, last: int) -> Span:
        """Return where the characters from one to another, which is left out, stand."""
        return span_of((self._of(first), self._of(last - 1) + 1))

    def _of(self, at: int) -> int:
        # The space before a chunk counts as its own.
        number = bisect_left(self._ends, at + 2)
        if number == len(self._chunks):
            return self._chunks[-1].stop if self._chunks else 0
        return self._chunks[number].stop + 1 + at - self._ends[number]


def _looks_through(leaf: Plain | Marked | Quoted) -> int:
    """Return how often a leaf has the whole vocabulary looked through."""
    return (isinstance(leaf, Marked) and leaf.edits > 0) + sum(1 for _ in masks(leaf.text))


def masks(text: str) -> Iterator[Span]:
    """Give where masks are: words with a star anywhere, or a question mark inside.

    >>> ["Кто сл?вил б*б*ра?"[slice(*mask)] for mask in masks("Кто сл?вил б*б*ра?")]
    ['сл?вил', 'б*б*ра']
    """
    if "*" not in text and "?" not in text.rstrip(" ?"):  # nearly every text
        return
    for piece in _PIECE.finditer(text):
        word = piece[0].strip("?")
        if "*" in word or "?" in word:
            start = piece.start() + piece[0].index(word)
            yield Span(start, start + len(word))


def _without_forms(query: Query) -> Query:
    """Return a phrase among other words without the very forms typed.

    They decide between paragraphs with nothing but the phrase. In a headline with a quotation they are in the way:
    nDCG@10 on wikinews_headlines_ru is 0.9680 without them, 0.9664 with.
    """
    if not isinstance(query, Phrase):
        return query
    return query.words[0] if len(query.words) == 1 else Phrase(query.words)


def _joined(parts: Iterable[_Parts]) -> _Parts:
    joined = _Parts()
    for part in parts:
        joined = joined.and_(part)
    return joined


def _one(query: Query | None) -> tuple[Query, ...]:
    return () if query is None else (query,)


def _alternatives(expression: Expression, parts: _Parts) -> list[Word | Phrase]:
    """Return what may stand near something; none if the expression is not of that kind."""
    if parts.required or parts.excluded:
        return []
    if isinstance(expression, Plain) and len(parts.wanted) > 1:
        return [Phrase(tuple(word for word in parts.wanted if isinstance(word, Word)))]
    found = list(_leaves(parts.wanted))
    return [leaf for leaf in found if leaf is not None] if all(found) else []


def _leaves(queries: tuple[Query, ...]) -> Iterator[Word | Phrase | None]:
    for query in queries:
        match query:
            case Word() | Phrase():
                yield query
            case Either(clauses) | Together(clauses):
                yield from _leaves(clauses)
            case Boosted(wanted):
                yield from _leaves((wanted,))
            case _:
                yield None


def _chains(links: tuple[Link, ...]) -> Iterator[tuple[int, int]]:
    """Give the first and the last of the parts that stand nearer to each other than in one paragraph."""
    ends = [-1, *(at for at, link in enumerate(links) if link == "paragraph"), len(links)]
    for before, after in pairwise(ends):
        if after - before > 1:
            yield before + 1, after


def _texts(operand: Expression) -> Iterator[str]:
    match operand:
        case Plain(text) | Quoted(text) | Marked(text):
            yield text
        case Group(inner) | Weighted(inner):
            yield from _texts(inner)
        case Sequence(parts):
            for part in parts:
                yield from _texts(part)
        case _:
            return
