"""The answer to a query, as the template of the results wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from indexer.deadline import Deadline
from indexer.frozen import frozen
from indexer.types import Filters, Without
from indexer.web.pages import addresses
from indexer.web.pages.histogram import histogram
from indexer.web.pages.histogram import in_words as period_in_words
from indexer.web.pages.marks import pieces
from indexer.wording import remarks
from indexer.wording.messages import _, calendar_day, message, ngettext, number
from indexer.wording.understood import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.search import Search
    from indexer.types import Answer, Heading, WordRead
    from indexer.web.asked import Asked
    from indexer.web.limits import Limits
    from indexer.web.pages.marks import Piece

SOURCES_SHOWN = 8
FORMS_SHOWN = 24
PAGES_BESIDE = 2  # numbers of pages on each side of the one shown
SORTS = {"relevance": message("best"), "date": message("newest")}


@frozen
class Choice:
    """A link that switches something, and how it is now."""

    text: str
    address: str
    is_on: bool
    count: str = ""


@frozen
class Lemma:
    """A lemma of a word and its forms, each to be switched off."""

    choice: Choice
    forms: tuple[Choice, ...]
    more: int  # forms not shown


@frozen
class Word:
    """A word of the query as it was understood."""

    text: str
    signs: tuple[str, ...]
    lemmas: tuple[Lemma, ...]
    forms: tuple[Choice, ...]  # that it is looked for by beside its lemmas
    relatives: tuple[str, ...]

    @property
    def forms_are_off(self) -> bool:
        """Whether some form is switched off, which is not to be overlooked."""
        every = (*self.forms, *(form for lemma in self.lemmas for form in lemma.forms))
        return not all(form.is_on for form in every)


@frozen
class Found:
    """A result."""

    title: str
    origin: tuple[str, ...]  # source and day
    path: str
    number: int
    pieces: list[Piece]
    address: str  # of the document, at the paragraph
    is_same: bool  # as the document of the result before


def values(searcher: Search, asked: Asked, limits: Limits) -> dict[str, Any]:
    """Return what the template shows; the failures are those of a search."""
    deadline = Deadline(limits.seconds)
    # Nothing is mistyped where something was switched off.
    answer = replace(asked, rescue=asked.rescue and not asked.without).answer(searcher, deadline)
    read = replace(asked, query=answer.rescue.query) if answer.rescue else asked
    facets = searcher.facets(
        read.query, filters=read.filters, per_document=read.per_document, without=read.without, deadline=deadline
    )
    # All that the words may mean: what is switched off stays where it was, to be switched on again.
    understanding = searcher.understand(read.query)
    return {
        "asked": asked,
        "answer": answer,
        "found": list(_found(answer, read)),
        "summary": _summary(asked, answer),
        "hint": _hint(asked, answer),
        "remarks": list(remarks.of_mendings(asked.query, answer.mendings)),
        "rescue": remarks.of_rescue(asked.query, answer.rescue) if answer.rescue else "",
        "words": [_word(word, read) for word in understanding.words],
        "all_on": _with(asked, without=Without()) if asked.without else "",
        "sorts": _sorts(asked),
        "grouping": _grouping(asked),
        "chosen": list(_chosen(asked)),
        "kept": replace(addresses.first_page(asked), since="", until="").pairs(),
        "sources": _sources(facets.sources, read),
        "sources_shown": SOURCES_SHOWN,
        "unnamed": facets.sources.get("", 0),
        "histogram": histogram(facets.months, read),
        "undated": facets.undated,
        "pages": _Pages.of(asked, answer, limits),
        "first_page": _with(asked),
    }


# --- results ----------------------------------------------------------------------------------------------------------


def _found(answer: Answer, asked: Asked) -> Iterator[Found]:
    before = ""
    for result in answer:
        path, number = result.document.path, result.paragraph.number
        yield Found(
            title=result.document.title or path,
            origin=origin(result.document),
            path=path,
            number=number,
            pieces=pieces(result.snippet),
            address=addresses.of_document(path, asked, number=number),
            is_same=path == before,
        )
        before = path


def origin(heading: Heading) -> tuple[str, ...]:
    """Return who published a document and on which day, as far as it says so."""
    day = calendar_day(heading.date) if heading.date else ""
    return tuple(part for part in (heading.source, day) if part)


def _summary(asked: Asked, answer: Answer) -> str:
    if not len(answer):
        return ""
    first, last, total = asked.offset + 1, asked.offset + len(answer), answer.total
    shown = {"first": number(first), "last": number(last), "total": number(total)}
    if len(answer) == total and asked.per_document:
        page = ngettext("{total} document found", "{total} documents found", total)
    elif len(answer) == total:
        page = ngettext("{total} paragraph found", "{total} paragraphs found", total)
    elif asked.per_document:
        page = ngettext("{first}–{last} of {total} document", "{first}–{last} of {total} documents", total)
    else:
        page = ngettext("{first}–{last} of {total} paragraph", "{first}–{last} of {total} paragraphs", total)
    if answer.complete in {0, total}:
        return page.format(**shown)
    return _("{page}, {complete} with all the words").format(
        page=page.format(**shown), complete=number(answer.complete)
    )


def _hint(asked: Asked, answer: Answer) -> str:
    if answer.total:
        return ""
    if asked.filters != Filters():
        return _("Nothing matches within what is chosen. Remove some of it:")
    if asked.without:
        return _("Some words or forms are switched off. Switch them on again.")
    if set('"„“”«»') & set(asked.query):
        return _("Try without the quotes: a phrase is only found where its words stand side by side.")
    return _("Check the spelling, or try another word; all its forms are looked for anyway.")


# --- what can be switched ---------------------------------------------------------------------------------------------


def _word(word: WordRead, asked: Asked) -> Word:
    lemmas = []
    for lemma in word.lemmas:
        choice = _switch(lemma.text, lemma.places, asked, "lemmas")
        forms = [_switch(form, places, asked, "forms") for form, places in lemma.forms.items()]
        lemmas.append(Lemma(choice, tuple(forms[:FORMS_SHOWN]), len(forms[FORMS_SHOWN:])))
    forms = [_switch(form, places, asked, "forms") for form, places in word.forms.items()]
    return Word(word.text, tuple(in_words(word.signs)), tuple(lemmas), tuple(forms[:FORMS_SHOWN]), word.relatives)


def _switch(text: str, places: int, asked: Asked, kind: Literal["lemmas", "forms"]) -> Choice:
    """Return the link that switches a lemma or a form off, or on again."""
    off: tuple[str, ...] = getattr(asked.without, kind)
    others = _toggled(off, text)
    address = _with(asked, without=replace(asked.without, **{kind: others}))
    return Choice(text, address, is_on=len(others) > len(off), count=number(places))


def _sources(counts: dict[str, int], asked: Asked) -> list[Choice]:
    """Return the sources of what is found, the chosen ones first, then the most frequent."""
    named = {source: count for source, count in counts.items() if source}
    chosen = {source.casefold() for source in asked.sources}
    choices = [
        Choice(
            source, _with(asked, sources=_toggled(asked.sources, source)), source.casefold() in chosen, number(count)
        )
        for source, count in sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return sorted(choices, key=lambda choice: not choice.is_on)


def _chosen(asked: Asked) -> Iterator[Choice]:
    """Give what narrows the search, each to be let go."""
    for source in asked.sources:
        yield Choice(source, _with(asked, sources=_toggled(asked.sources, source)), is_on=True)
    if asked.since or asked.until:
        yield Choice(_time(asked), _with(asked, since="", until=""), is_on=True)


def _time(asked: Asked) -> str:
    if asked.since == asked.until:
        return _as_period(asked.since)
    return f"{_as_period(asked.since) or '…'} – {_as_period(asked.until) or '…'}"


def _as_period(typed: str) -> str:
    """Name a month as a bar of the histogram is named; whatever else was typed stays as it is."""
    year, dash, month = typed.partition("-")
    is_month = dash and len(year) == 4 and year.isdecimal() and month in {f"{one:02}" for one in range(1, 13)}  # noqa: PLR2004 -- digits of a year
    return period_in_words(typed) if is_month else typed


def _sorts(asked: Asked) -> list[Choice]:
    return [Choice(_(text), _with(asked, sort=sort), asked.sort == sort) for sort, text in SORTS.items()]


def _grouping(asked: Asked) -> Choice:
    return Choice(_("one per document"), _with(asked, per_document=not asked.per_document), asked.per_document)


def _with(asked: Asked, **changes: Any) -> str:  # noqa: ANN401 -- what Asked has
    return addresses.of_search(replace(addresses.first_page(asked), **changes))


def _toggled(some: Iterable[str], one: str) -> tuple[str, ...]:
    """Return some texts without one of them, or with it if it is none of them; case does not matter."""
    rest = tuple(other for other in some if other.casefold() != one.casefold())
    return rest if len(rest) < len(tuple(some)) else (*rest, one)


# --- paging -----------------------------------------------------------------------------------------------------------


@frozen
class _Pages:
    """Links to the other pages of a list; an empty address leads nowhere."""

    before: str
    after: str
    numbered: tuple[Choice | None, ...]  # None stands for those that are left out

    @classmethod
    def of(cls, asked: Asked, answer: Answer, limits: Limits) -> _Pages:
        size = max(asked.limit, 1)
        here = asked.offset // size
        last = (min(answer.total, limits.deepest + size) - 1) // size
        near = range(max(here - PAGES_BESIDE, 0), min(here + PAGES_BESIDE, last) + 1)
        wanted = sorted({0, *near, last}) if last > 0 else []
        numbered: list[Choice | None] = []
        for before, page in zip([-1, *wanted], wanted, strict=False):
            numbered += [None] if page > before + 1 else []
            numbered.append(Choice(number(page + 1), cls._address(asked, page * size), page == here))
        return cls(
            before=cls._address(asked, max(here - 1, 0) * size) if here and answer.total else "",
            after=cls._address(asked, (here + 1) * size) if here < last else "",
            numbered=tuple(numbered),
        )

    @staticmethod
    def _address(asked: Asked, offset: int) -> str:
        return addresses.of_search(replace(asked, offset=offset))
