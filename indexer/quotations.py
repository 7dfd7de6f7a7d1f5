"""Whether the texts have a quotation: verbatim, in other forms, in part; where, and what is different.

An engine says which paragraphs may have it, by phrases of lemmas and by runs of them; these few are then compared with
the quotation word by word. A quotation may go on in the next paragraph, and what it leaves out with [...] or … may be
any text of the document.

Typography is not compared at all, for it is the printer's: kinds of quotation marks and dashes, spaces, line breaks,
what stands before the first word and after the last. Case, ё, stress marks, letters of the other alphabet that look
alike and punctuation do not make other words of it, so what differs in these alone is verbatim; but who quotes may
want to know, so they are told. Parts of a compound are not forgiven, although a search finds by them: «министр» is not
«вице-министр».
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.fold import fold
from indexer.analysis.tokenize import words
from indexer.deadline import NEVER
from indexer.errors import QueryEmpty, QueryTooLong
from indexer.types import (
    Difference,
    Either,
    Filters,
    Form,
    InDocument,
    Lemma,
    Occurrence,
    Only,
    Passage,
    Phrase,
    Quotation,
    Run,
    Span,
    Together,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indexer.analysis import Analyzer
    from indexer.backends.base import Engine
    from indexer.deadline import Deadline
    from indexer.settings import Asking
    from indexer.types import DifferenceKind, Hit, Hits, Paragraph, Query, QuotationKind, Term

_LEFT_OUT = re.compile(r"…|\.{3,}|[\[(<]\s*\.\.\s*[\])>]")
_MOST_LOOKED_AT = 200  # paragraphs, of a quotation in parts; more have only parts that stand everywhere
_MOST_READ = 2000  # paragraphs, with those beside them
_MOST_GAPS = 30  # with more, it is a list of words
_FARTHEST = 64  # paragraphs on each side of one that are read, if so much of the quotation is not in it
_SHORTEST = 2  # words in a row that are told apart from words which stand near by chance
_ROOM = 10  # words more than twice as many as are missing, among which they are looked for
_TYPOGRAPHY = str.maketrans({**dict.fromkeys("«»„“”‟‘’‚‹›\"'`", '"'), **dict.fromkeys("‐‑‒–—―−-", "-"), "…": "..."})
_SPACE = re.compile(r"\s+")
_ORDER: tuple[QuotationKind, ...] = ("verbatim", "inflected", "partial", "absent")


def check(
    text: str, engine: Engine, analyzer: Analyzer, settings: Asking, *, limit: int, deadline: Deadline = NEVER
) -> Quotation:
    """Return whether the texts of an engine have a quotation, in NFC, and at most `limit` places.

    QueryEmpty if there is no word in it, QueryTooLong if there are more than a search takes; QueryTooSlow after the
    deadline.
    """
    if (count := len(words(text))) > settings.most_words:
        raise QueryTooLong(words=count, most=settings.most_words)
    if not count:
        raise QueryEmpty(query=text)
    return _Check(_Quoted(text, engine, analyzer), engine, analyzer, settings, limit=limit, deadline=deadline).answer()


class _Quoted:
    """A quotation as words, and where it is broken."""

    def __init__(self, text: str, engine: Engine, analyzer: Analyzer) -> None:
        self.text = text
        self.terms = analyzer.terms(text)
        self.forms = [_form(term) for term in self.terms]
        known: dict[str, Word] = {}
        for term in self.terms:
            if fold(term.form) not in known:
                known[fold(term.form)] = _word(term, engine, analyzer)
        self.words = [known[fold(term.form)] for term in self.terms]
        self._by_form: dict[str, list[int]] = {}
        self._by_lemma: dict[str, list[int]] = {}
        for at, (form, word) in enumerate(zip(self.forms, self.words, strict=True)):
            self._by_form.setdefault(form, []).append(at)
            for lemma in word.lemmas:
                self._by_lemma.setdefault(lemma.text, []).append(at)

    @property
    def count(self) -> int:
        """How many words there are."""
        return len(self.terms)

    @cached_property
    def segments(self) -> list[range]:
        """Return the words between what is left out."""
        return self._parts(lambda gap: _LEFT_OUT.search(gap) is not None)

    @cached_property
    def pieces(self) -> list[range]:
        """Return the words between what is left out and line ends, where a paragraph may end."""
        return self._parts(lambda gap: "\n" in gap or _LEFT_OUT.search(gap) is not None)

    def _parts(self, is_break: Callable[[str], bool]) -> list[range]:
        edges = [0, *(at for at in range(1, self.count) if is_break(self.between(at - 1, at))), self.count]
        return [range(*edge) for edge in pairwise(edges)]

    def between(self, first: int, second: int) -> str:
        """Return what stands between two words."""
        return self.text[self.terms[first].token.span.stop : self.terms[second].token.span.start]

    def span(self, first: int, last: int) -> Span:
        """Return where some words stand, the last included."""
        return Span(self.terms[first].token.span.start, self.terms[last].token.span.stop)

    def phrase(self, part: range) -> Phrase:
        """Return what finds some of the words in any form, the very forms first."""
        typed = tuple(Word((), (Form(fold(self.terms[at].form), "folded"),)) for at in part)
        return Phrase(tuple(self.words[at] for at in part), typed)

    def agreeing(self, term: Term) -> set[int]:
        """Return which of the words a word of a text may be."""
        found = set(self._by_form.get(_form(term), ()))
        for lemma in term.lemmas:
            found.update(self._by_lemma.get(lemma.text, ()))
        return found


class _Region:
    """Neighbouring paragraphs as one row of words, compared with a quotation."""

    def __init__(self, paragraphs: Sequence[Paragraph], quoted: _Quoted, analyzer: Analyzer) -> None:
        self.paragraphs = paragraphs
        self._quoted = quoted
        terms = [analyzer.terms(paragraph.text) for paragraph in paragraphs]
        self.terms = list(chain.from_iterable(terms))
        self.of = [at for at, found in enumerate(terms) for _ in found]  # the paragraph of each word
        self.starts = [0, *accumulate(map(len, terms))]
        self.agreeing = [quoted.agreeing(term) for term in self.terms]

    def all_of(self, part: range) -> Iterator[_Stretch]:
        """Give where some words of the quotation stand in a row."""
        for start in range(len(self.terms) - len(part) + 1):
            if all(word in self.agreeing[start + at] for at, word in enumerate(part)):
                yield _Stretch(part.start, start, len(part))

    def longest(self, quoted: range, here: range) -> _Stretch:
        """Return the most of some words of the quotation that stands in a row among some words here; maybe none."""
        best = _Stretch(quoted.start, here.start, 0)
        ending: dict[int, int] = {}  # a word of the quotation → how many in a row end with it
        for at in here:
            ended, ending = ending, {}
            for word in self.agreeing[at]:
                if word in quoted:
                    length = ending[word] = ended.get(word - 1, 0) + 1
                    if length > best.length:
                        best = _Stretch(word - length + 1, at - length + 1, length)
        return best

    def aligned(self, quoted: range, here: range) -> list[_Stretch]:
        """Return the words in a row that both have in the same order, beginning with the most: as difflib does."""
        best = self.longest(quoted, here)
        if best.length < _SHORTEST:
            return []
        before, after = range(quoted.start, best.quoted), range(best.quoted + best.length, quoted.stop)
        end = best.here + best.length
        return [
            *self.aligned(before, range(max(here.start, best.here - self._room(before)), best.here)),
            best,
            *self.aligned(after, range(end, min(here.stop, end + self._room(after)))),
        ]

    def _room(self, quoted: range) -> int:
        """Return how many words beside a stretch may stand for these; after a gap they may be anywhere."""
        return 2 * len(quoted) + _ROOM if len(self._quoted.segments) == 1 else len(self.terms)

    def other_forms(self, stretch: _Stretch) -> int:
        """Return how many words stand there in another form."""
        return sum(
            self._quoted.forms[stretch.quoted + at] != _form(self.terms[stretch.here + at])
            for at in range(stretch.length)
        )

    def passages(self, stretch: _Stretch) -> Iterator[Passage]:
        """Give the same as passages, one for each paragraph."""
        first, stop = stretch.here, stretch.here + stretch.length
        while first < stop:
            number = self.of[first]
            last = min(stop, self.starts[number + 1]) - 1
            at = stretch.quoted - stretch.here
            span = Span(self.terms[first].token.span.start, self.terms[last].token.span.stop)
            yield Passage(self.paragraphs[number], span, self._quoted.span(first + at, last + at))
            first = last + 1

    def text(self, first: int, stop: int) -> str:
        """Return some words with what stands between them; empty if there are none."""
        if first >= stop:
            return ""
        return self._from_to(first, self.terms[first].token.span.start, stop - 1, self.terms[stop - 1].token.span.stop)

    def between(self, first: int, second: int) -> str:
        """Return what stands between two words."""
        return self._from_to(first, self.terms[first].token.span.stop, second, self.terms[second].token.span.start)

    def _from_to(self, first: int, start: int, last: int, stop: int) -> str:
        """Return the text from a place in one word's paragraph to a place in another's, a line for each paragraph."""
        one, other = self.of[first], self.of[last]
        if one == other:
            return self.paragraphs[one].text[start:stop]
        whole = (paragraph.text for paragraph in self.paragraphs[one + 1 : other])
        return "\n".join([self.paragraphs[one].text[start:], *whole, self.paragraphs[other].text[:stop]])


class _Stretch(NamedTuple):
    """Words of a quotation that stand in a row in a region."""

    quoted: int  # the first of them
    here: int  # where in the region it stands
    length: int


class _Standing(NamedTuple):
    """A stretch that is all of a part of the quotation, in its document."""

    region: _Region
    stretch: _Stretch
    start: tuple[int, int]  # number of the paragraph, and of the word in it
    stop: tuple[int, int]  # after the last word
    other_forms: int


class _Chain(NamedTuple):
    """Parts of the quotation that follow in order in a document."""

    cost: tuple[int, int]  # words in other forms, paragraphs between the parts
    last: _Standing
    before: _Chain | None = None

    def parts(self) -> list[_Standing]:
        """Return the parts in order."""
        return [*(self.before.parts() if self.before else ()), self.last]


class _Check:
    """One quotation's way through an engine."""

    def __init__(
        self, quoted: _Quoted, engine: Engine, analyzer: Analyzer, settings: Asking, *, limit: int, deadline: Deadline
    ) -> None:
        self._quoted = quoted
        self._engine = engine
        self._analyzer = analyzer
        self._settings = settings
        self._limit = limit
        self._deadline = deadline
        self._whole = range(quoted.count)

    def answer(self) -> Quotation:
        """Return what there is of it, by the first way that finds it verbatim, or all of it, or the most of it."""
        whole: Quotation | None = None
        for found in (self._in_a_row, self._over_paragraphs, self._with_gaps):
            places, total = found()
            if places:
                made = self._made(places, total)
                if made.kind == "verbatim":
                    return made
                whole = whole or made
        return whole or self._made(*self._in_part())

    def _made(self, places: list[tuple[Occurrence, Span]], total: int) -> Quotation:
        places = list({place[0].passages: place for place in places}.values())
        places.sort(key=lambda place: _ORDER.index(place[0].kind))
        kind: QuotationKind = places[0][0].kind if places else "absent"
        longest = max((span for _, span in places), key=lambda span: span.stop - span.start, default=Span(0, 0))
        return Quotation(self._quoted.text, kind, tuple(place for place, _ in places[: self._limit]), total, longest)

    def _search(self, query: Query, limit: int) -> Hits:
        return self._engine.search(
            query, Filters(), limit=limit, offset=0, sort="relevance", per_document=False, deadline=self._deadline
        )

    # --- all of it ---

    def _in_a_row(self) -> tuple[list[tuple[Occurrence, Span]], int]:
        """Look for all of it in one paragraph, whatever its breaks mean."""
        hits = self._search(self._quoted.phrase(self._whole), self._limit)
        return self._all_in([(hit, self._region(hit, 0)) for hit in hits]), hits.total

    def _over_paragraphs(self) -> tuple[list[tuple[Occurrence, Span]], int]:
        """Look for all of it where its lines end as paragraphs do."""
        pieces = self._quoted.pieces
        if len(pieces) == 1 or len(self._quoted.segments) > 1:
            return [], 0
        hits = self._search(self._beside(max(pieces, key=len)), _most_hits(len(pieces)))
        found = self._all_in([(hit, self._region(hit, len(pieces))) for hit in hits])
        return found, len(found)

    def _beside(self, piece: range) -> Query:
        """Return what finds a piece in documents that have all others."""
        others = [other for other in self._quoted.pieces if other != piece]
        return Only(self._quoted.phrase(piece), tuple(InDocument(self._loose(other)) for other in others))

    def _loose(self, part: range) -> Phrase:
        return Phrase(self._quoted.phrase(part).words)

    def _all_in(self, regions: Iterable[tuple[Hit, _Region]]) -> list[tuple[Occurrence, Span]]:
        """Return the places where all of it stands in a row."""
        places = []
        for hit, region in regions:
            stretches = sorted(region.all_of(self._whole), key=region.other_forms)
            if stretches:
                places.append(self._occurrence(hit, [(region, stretches[0])]))
        return places

    def _with_gaps(self) -> tuple[list[tuple[Occurrence, Span]], int]:
        """Look for documents that have what stands between the gaps, in order."""
        segments = self._quoted.segments
        if not 1 < len(segments) <= _MOST_GAPS + 1:
            return [], 0
        anchors = [max(_within(self._quoted.pieces, segment), key=len) for segment in segments]
        wanted = Either(tuple(map(self._loose, anchors)))
        required = tuple(InDocument(self._loose(piece)) for piece in self._quoted.pieces)
        hits = self._search(Only(wanted, required), _most_hits(self._line_ends))
        of_document: dict[str, list[Hit]] = {}
        for hit in hits:
            of_document.setdefault(hit.heading.path, []).append(hit)
        places = []
        for found in of_document.values():
            chained = self._chained(found)
            if chained is not None:
                parts = [(part.region, part.stretch) for part in chained.parts()]
                places.append(self._occurrence(found[0], parts))
        return places, len(places)

    def _chained(self, hits: list[Hit]) -> _Chain | None:
        """Return the best way to have all segments in order in one document; None if there is none."""
        regions = [self._region(hit, self._line_ends) for hit in hits]
        first, *others = [
            list({one.start: one for region in regions for one in _standing(region, segment)}.values())
            for segment in self._quoted.segments
        ]
        chains = [_Chain((one.other_forms, 0), one) for one in first]
        for standing in others:
            chains = list(_longer(chains, standing))
        return min(chains, key=lambda chain_: chain_.cost, default=None)

    @property
    def _line_ends(self) -> int:
        """How often a line ends within what stands between gaps."""
        return len(self._quoted.pieces) - len(self._quoted.segments)

    # --- a part of it ---

    def _in_part(self) -> tuple[list[tuple[Occurrence, Span]], int]:
        """Look for the most of it that stands in a row anywhere."""
        least = max(_SHORTEST, min(self._settings.quoted_run, self._quoted.count // 2))
        most = self._most_in_a_row(least)
        everything = Together(tuple(self._quoted.words)) if self._quoted.count > 1 else self._quoted.words[0]
        while most >= least:
            hits = self._search(Only(everything, (Run(tuple(self._quoted.words), most),)), self._limit)
            places = [self._partly(hit) for hit in hits]
            enough = [place for place in places if place is not None and place[2] >= most]
            if enough:
                enough.sort(key=lambda place: -place[1])
                return [(place, span) for place, _, _, span in enough], hits.total
            most -= 1  # the engine took a part of a compound for the word
        return [], 0

    def _most_in_a_row(self, least: int) -> int:
        """Return how many words of it stand in a row anywhere; 0 if fewer than these."""
        # Three dots may be the text's own, so a run may go on over them.
        longest = self._quoted.count

        def stands(length: int) -> bool:
            return self._search(Run(tuple(self._quoted.words), length), 0).total > 0

        # From above: the more words, the fewer paragraphs are looked at.
        lower, upper = longest, longest + 1
        while lower > least and not stands(lower):
            lower, upper = max(lower // 2, least), lower
        if lower < least or (lower == least and not stands(lower)):
            return 0
        while upper - lower > 1:
            middle = (lower + upper) // 2
            lower, upper = (middle, upper) if stands(middle) else (lower, middle)
        return lower

    def _partly(self, hit: Hit) -> tuple[Occurrence, int, int, Span] | None:
        """Return what of it stands around a paragraph, how many words, how many in a row, and which these are."""
        wide = 1
        while True:
            region = self._region(hit, wide)
            stretches = region.aligned(self._whole, range(len(region.terms)))
            if not stretches or wide >= _FARTHEST or not self._may_go_on(region, stretches):
                break
            wide *= 2
        if not stretches:
            return None
        longest = max(stretches, key=lambda stretch: stretch.length)
        occurrence, span = self._occurrence(hit, [(region, stretch) for stretch in stretches])
        return occurrence, sum(stretch.length for stretch in stretches), longest.length, span

    def _may_go_on(self, region: _Region, stretches: list[_Stretch]) -> bool:
        """Whether there is more of it to look for in paragraphs before or after."""
        first, last = stretches[0], stretches[-1]
        is_first, is_last = (region.paragraphs[at].number for at in (0, -1))
        document = region.paragraphs[0].document
        before = first.here == 0 and first.quoted > 0 and is_first > 1
        after = last.here + last.length == len(region.terms) and last.quoted + last.length < self._quoted.count
        return before or (after and bool(self._engine.paragraphs(document, is_last + 1, is_last + 1)))

    # --- how it is told ---

    def _region(self, hit: Hit, wide: int) -> _Region:
        """Return a paragraph with so many on each side."""
        self._deadline.check()
        paragraph = hit.paragraph
        beside = (
            self._engine.paragraphs(paragraph.document, paragraph.number - wide, paragraph.number + wide)
            if wide
            else (paragraph,)
        )
        return _Region(beside, self._quoted, self._analyzer)

    def _occurrence(self, hit: Hit, parts: list[tuple[_Region, _Stretch]]) -> tuple[Occurrence, Span]:
        """Return a place, and the most of the quotation that stands there in a row."""
        covered = sum(stretch.length for _, stretch in parts)
        kind: QuotationKind = "partial"
        if covered == self._quoted.count and self._is_unbroken(parts):
            kind = "inflected" if any(region.other_forms(stretch) for region, stretch in parts) else "verbatim"
        passages = tuple(chain.from_iterable(region.passages(stretch) for region, stretch in parts))
        _, longest = max(parts, key=lambda part: part[1].length)
        span = self._quoted.span(longest.quoted, longest.quoted + longest.length - 1)
        return Occurrence(hit.heading, kind, passages, tuple(self._differences(parts))), span

    def _is_unbroken(self, parts: list[tuple[_Region, _Stretch]]) -> bool:
        """Whether there is a sign of something left out between any two of the parts."""
        return all(
            _LEFT_OUT.search(self._quoted.between(stretch.quoted - 1, stretch.quoted)) for _, stretch in parts[1:]
        )

    def _differences(self, parts: list[tuple[_Region, _Stretch]]) -> Iterator[Difference]:
        if start := parts[0][1].quoted:
            yield self._missing(0, start)
        for at, (region, stretch) in enumerate(parts):
            if at:
                yield from self._gap(*parts[at - 1], region, stretch)
            yield from self._in_stretch(region, stretch)
        _, last = parts[-1]
        if last.quoted + last.length < self._quoted.count:
            yield self._missing(last.quoted + last.length, self._quoted.count)

    def _missing(self, first: int, stop: int) -> Difference:
        span = self._quoted.span(first, stop - 1)
        return Difference("words", self._quoted.text[slice(*span)], "", span)

    def _gap(self, before: _Region, one: _Stretch, region: _Region, other: _Stretch) -> Iterator[Difference]:
        """Tell what stands between two parts of a quotation, if no sign tells that something is left out."""
        first, stop = one.quoted + one.length, other.quoted
        if first == stop and _LEFT_OUT.search(self._quoted.between(first - 1, stop)):
            return
        at = self._quoted.span(first - 1, first - 1).stop
        span = self._quoted.span(first, stop - 1) if first < stop else Span(at, at)
        found = region.text(one.here + one.length, other.here) if before is region else ""
        yield Difference("words", self._quoted.text[slice(*span)], found, span)

    def _in_stretch(self, region: _Region, stretch: _Stretch) -> Iterator[Difference]:
        """Tell what is different in words that stand in a row, and between them."""
        for at in range(stretch.length):
            here, there = stretch.quoted + at, stretch.here + at
            if at:
                span = Span(self._quoted.span(here - 1, here - 1).stop, self._quoted.span(here, here).start)
                quoted, found = self._quoted.between(here - 1, here), region.between(there - 1, there)
                if _plain(quoted) != _plain(found):
                    yield Difference("punctuation", quoted, found, span)
            term, other = self._quoted.terms[here], region.terms[there]
            kind = _difference(term, other)
            if kind is not None:
                yield Difference(kind, term.token.text, other.token.text, term.token.span)


def _word(term: Term, engine: Engine, analyzer: Analyzer) -> Word:
    """Return what finds a word in whatever form: the lemmas that it has however it is written in the texts."""
    lemmas: dict[str, float] = {}
    found = [term.lemmas]
    for form in (term.form, *engine.spellings(fold(term.form))):
        found += [analyzer.found_by(*analyzer.key(form, opens)).lemmas for opens in (False, True)]
    for lemma in chain.from_iterable(found):
        lemmas[lemma.text] = max(lemma.weight, lemmas.get(lemma.text, 0.0))
    return Word(tuple(Lemma(text, weight) for text, weight in lemmas.items()))


def _form(term: Term) -> str:
    """Return what two words must have in common to be the same: case, ё and spaces inside (10 000) are not in it."""
    return _SPACE.sub("", fold(term.form))


def _difference(one: Term, other: Term) -> DifferenceKind | None:
    """Return what is different in two words; None for nothing but spaces."""
    if _form(one) != _form(other):
        return "form"
    here, there = (_SPACE.sub("", term.form) for term in (one, other))
    if here.lower() != there.lower():
        return "ё"
    if here != there:
        return "case"
    return "letters" if _plain(one.token.text) != _plain(other.token.text) else None


def _plain(gap: str) -> str:
    """Return a text without what is the printer's."""
    return _SPACE.sub("", gap).translate(_TYPOGRAPHY)


def _within(pieces: list[range], segment: range) -> list[range]:
    return [piece for piece in pieces if piece.start in segment]


def _standing(region: _Region, segment: range) -> Iterator[_Standing]:
    """Give where a segment stands in a region, by places that are the same in every region of the document."""
    for stretch in region.all_of(segment):
        last = stretch.here + stretch.length - 1
        first_number, last_number = region.of[stretch.here], region.of[last]
        yield _Standing(
            region,
            stretch,
            (region.paragraphs[first_number].number, stretch.here - region.starts[first_number]),
            (region.paragraphs[last_number].number, last + 1 - region.starts[last_number]),
            region.other_forms(stretch),
        )


def _longer(chains: list[_Chain], standing: list[_Standing]) -> Iterator[_Chain]:
    """Give for each place of the next part the best of the chains that end before it, with it."""
    ended = sorted(chains, key=lambda chain_: chain_.last.stop)
    at, best, least = 0, None, (0, 0)
    for one in sorted(standing, key=lambda one: one.start):
        while at < len(ended) and ended[at].last.stop <= one.start:
            forms, between = ended[at].cost
            # Of chains that end before the same place, how far from it they end decides.
            cost = forms, between - ended[at].last.stop[0]
            if best is None or cost < least:
                best, least = ended[at], cost
            at += 1
        if best is not None:
            forms, between = best.cost
            yield _Chain((forms + one.other_forms, between + one.start[0] - best.last.stop[0]), one, best)


def _most_hits(wide: int) -> int:
    """Return how many paragraphs to look at with so many on each side."""
    return min(_MOST_LOOKED_AT, max(1, _MOST_READ // (2 * wide + 1)))
