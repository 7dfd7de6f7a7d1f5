"""Every value that crosses a module boundary, in the order in which the data flows.

Document → Paragraph → Token → Term, on the way into the index;
Query → Hit → Snippet → Result, on the way out.
"""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from indexer.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


class Span(NamedTuple):
    """A half-open range of characters: text[start:stop]."""

    start: int
    stop: int


# Span(…) of one pair, in half of the time; every word of a question and every mark has one.
span_of: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)


@frozen
class Heading:
    """What is known of a document beside its text; empty where the document does not say."""

    path: str  # unique in an index; relative to the corpus, with forward slashes
    title: str = ""
    date: datetime | None = None  # with a time zone
    source: str = ""  # who published it
    author: str = ""
    url: str = ""


@frozen
class Document:
    r"""A text with its heading, as the readers give it: in NFC, line ends as \n.

    >>> Document("note.txt", "Абзац.", title="Заметка").heading.title
    'Заметка'
    """

    path: str
    text: str
    title: str = ""
    date: datetime | None = None
    source: str = ""
    author: str = ""
    url: str = ""

    def __reduce__(self) -> tuple[type[Document], tuple[str | datetime | None, ...]]:
        """By its fields: to send a document to another process takes 0.65 of the time."""
        return Document, (self.path, self.text, self.title, self.date, self.source, self.author, self.url)

    @property
    def heading(self) -> Heading:
        """The document without its text."""
        return Heading(self.path, self.title, self.date, self.source, self.author, self.url)


@frozen
class Paragraph:
    """A passage of a document: what is found, ranked and shown."""

    document: str  # path of the document
    number: int  # in the document, from 1
    span: Span  # into the document's text
    text: str

    @property
    def id(self) -> str:
        """The name of the paragraph in every output: path#¶number."""
        return f"{self.document}#¶{self.number}"


class Token(NamedTuple):
    """A word or number as written."""

    text: str
    span: Span  # into the paragraph's text
    opens_sentence: bool  # a capital letter then says nothing of names


class Lemma(NamedTuple):
    """One of the dictionary forms that a word may have."""

    text: str
    weight: float  # in (0, 1]; 1 for the likeliest one


class Term(NamedTuple):
    """A token as indexed: the one position it takes, and all that it may be found by."""

    token: Token
    position: int  # in the paragraph, from 0
    form: str  # as written, without stress marks: case and ё are kept
    lemmas: tuple[Lemma, ...]  # in order of weight
    parts: tuple[Lemma, ...]  # of a compound: found by them, but does not search by them


# --- the question -----------------------------------------------------------------------------------------------------

Exactness: TypeAlias = Literal["folded", "letters", "written"]  # case and ё are one; ё is told from е; case is as well
TextField: TypeAlias = Literal["title", "source", "author"]  # what is analysed of a document beside its paragraphs


class Form(NamedTuple):
    """A word as it is written in texts, whatever its lemma."""

    text: str  # as the exactness has it
    exactness: Exactness
    weight: float = 1.0  # in (0, 1], as of a lemma


@frozen
class Word:
    """A place where any of these lemmas or forms stands; it counts as one word in ranking."""

    lemmas: tuple[Lemma, ...]
    forms: tuple[Form, ...] = ()
    relatives: tuple[Lemma, ...] = ()  # they find nothing, but count in the score of what others find; not in phrases
    light: bool = False  # asks or joins rather than tells: «какой», «из»; it finds as others do, and scores less

    def __hash__(self) -> int:
        """By the first of everything: words are looked up very often, and few begin alike."""
        return hash((self.lemmas[:1], self.forms[:1], len(self.relatives)))


@frozen
class Phrase:
    """These words at adjacent positions, in this order."""

    words: tuple[Word, ...]  # one or more
    typed: tuple[Word, ...] = ()  # the very forms, as many; paragraphs with them in a row come first; empty: all alike


@frozen
class Near:
    """A condition: each of these stands near the next, in any order, and no two at one place.

    A number is how far two single words may be apart: 1 is side by side. Of phrases, it is one more than the number of
    words between them. None is the same sentence, which is that of the first word.
    """

    leaves: tuple[Word | Phrase, ...]  # two or more
    links: tuple[int | None, ...]  # one less


@frozen
class Window:
    """A condition: all of these words within a stretch of text, in any order.

    The stretch has fewer than `distance` words beside them, and as many places for them as there are words.
    """

    words: tuple[Word, ...]  # two or more; equal ones want as many places
    distance: int


@frozen
class Run:
    """A condition: at least so many of these words at adjacent positions, in their order; whichever of them."""

    words: tuple[Word, ...]  # one or more
    least: int  # from 1 up to their number


@frozen
class Together:
    """What a space means: a paragraph with any of the clauses, those with all of them first."""

    clauses: tuple[Query, ...]


@frozen
class Either:
    """OR: a paragraph with any of the clauses."""

    clauses: tuple[Query, ...]


@frozen
class Only:
    """A paragraph that `query` finds, and each of `required`, and none of `excluded`; it scores by `query` alone."""

    query: Query
    required: tuple[Query, ...] = ()
    excluded: tuple[Query, ...] = ()


@frozen
class Boosted:
    """A query whose score is multiplied."""

    query: Query
    factor: float  # above zero


@frozen
class In:
    """A paragraph of a document whose title, source or author the query finds."""

    field: TextField
    query: Query


@frozen
class AtPath:
    """A condition: the document's path, without case, holds this text; with * or ? the whole path is as the pattern."""

    pattern: str  # folded


@frozen
class InDocument:
    """A condition: the query finds some paragraph of the same document."""

    query: Query


@frozen
class Dated:
    """A condition: the document has a date, and it is in this range."""

    since: datetime | None  # inclusive
    until: datetime | None  # exclusive


Query: TypeAlias = (
    Word | Phrase | Near | Window | Run | Together | Either | Only | Boosted | In | InDocument | AtPath | Dated
)


@frozen
class Filters:
    """Which documents may be found at all; an undated one is never within a range of dates."""

    sources: tuple[str, ...] = ()  # any of them, compared without case; empty means all
    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive


@frozen
class Without:
    """What the words of a query shall not be looked for by, though it is among what they may mean."""

    lemmas: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()  # of texts, compared without case; ё is told from е

    def __bool__(self) -> bool:
        return bool(self.lemmas or self.forms)


MendingKind: TypeAlias = Literal[
    "open quotation",  # it ends with the query
    "open bracket",  # likewise
    "stray bracket",  # left out
    "deep bracket",  # nested deeper than a search takes: left out
    "stray sign",  # an operator with nothing to apply to: left out
    "no number",  # of an operator that wants another number: the nearest that will do, or none
    "no date",  # read as words
    "not near",  # what cannot be near something, as НЕ or a field: И instead of РЯДОМ
    "nothing wanted",  # an alternative that only excludes: left out
    "bare mask",  # a star alone among words: left out
    "unknown field",  # a word with a colon, read as a word; only a hint, for that is what it often is
]


@frozen
class Mending:
    """A part of a query that was not read as it stands there."""

    kind: MendingKind
    span: Span  # into the query
    text: str  # what stands there


@frozen
class LemmaRead:
    """A lemma that a word of the query may have, and what of it is in the index."""

    text: str
    weight: float  # in (0, 1]
    places: int  # in the paragraphs of the index
    forms: dict[str, int]  # as they are written → places, the most frequent first


@frozen
class WordRead:
    """A word of the query as it was understood."""

    text: str  # as typed, without signs
    span: Span  # into the query
    signs: tuple[str, ...]  # what applies to it, the outermost first: "-", "title:", "~", "^2"
    lemmas: tuple[LemmaRead, ...]  # that it is looked for by; relatives are among them
    forms: dict[str, int]  # that it is looked for by beside them: the exact one, those of a mask, near misspellings
    relatives: tuple[str, ...] = ()  # lemmas that it is not looked for by, but that help what other words find
    without: tuple[LemmaRead, ...] = ()  # lemmas that it may have and is not looked for by, because of Without
    without_forms: dict[str, int] = field(default_factory=dict)  # likewise, of the lemmas that it is looked for by


@frozen
class Understanding:
    """What a query means in an index."""

    text: str  # as typed
    printed: str  # the same in signs, without what was left out
    words: tuple[WordRead, ...]  # in order
    mendings: tuple[Mending, ...]  # in order
    query: Query


Rung: TypeAlias = Literal["characters", "layout", "transliteration", "spelling", "relatives"]


@frozen
class Rescue:
    """A query that was searched in the place of one that found nothing."""

    rung: Rung
    query: str
    words: tuple[tuple[str, str], ...]  # as typed → as read instead


@frozen
class Completion:
    """What a word may become when it is typed further."""

    text: str  # as it is written most often
    places: int  # in the paragraphs of the index, however written


@frozen
class Examples:
    """Words of an index that its queries can be shown with."""

    words: tuple[str, ...]  # nouns, those of titles before others, the most frequent first
    pair: str  # an adjective and its noun, as they stand in a text; empty if there is none


# --- the answer -------------------------------------------------------------------------------------------------------


@frozen
class Hit:
    """A paragraph that an engine found."""

    paragraph: Paragraph
    heading: Heading
    score: float


@frozen
class Hits:
    """A page of the ranking, and how long the whole of it is."""

    hits: tuple[Hit, ...]
    total: int  # paragraphs found
    complete: int  # of those, the ones with every word asked for

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)


@frozen
class Snippet:
    """A paragraph's text with the words that were asked for."""

    text: str
    marks: tuple[Span, ...]  # into text; in order, apart from each other


@frozen
class ScorePart:
    """One of the numbers that add up to a score."""

    of: Literal["word", "relative", "phrase", "typed", "pair", "complete", "title", "source", "author", "meaning"]
    text: str  # the lemmas or forms it counts; empty for "complete" and "meaning"
    score: float


@frozen
class Result:
    """A paragraph found, as a person or a program wants to see it."""

    paragraph: Paragraph
    document: Heading
    score: float  # comparable within one answer only
    snippet: Snippet
    meaning: float = 0.0  # what of the score is for its meaning; none unless it was asked for


@frozen
class Answer:
    """A page of results, and how long the whole list is."""

    results: tuple[Result, ...]
    total: int  # paragraphs found
    complete: int  # of those, the ones with every word asked for
    mendings: tuple[Mending, ...] = ()  # what of the query was not read as typed
    rescue: Rescue | None = None  # what was searched instead, where the query itself found nothing

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


@frozen
class Facets:
    """How what a query finds is spread over sources and months: paragraphs, or documents.

    Of each the filter that chooses among the same is left out: so one sees what there is beside what was chosen.
    """

    sources: dict[str, int]  # as some document of it writes it; "" for documents without; most first, then by name
    months: dict[str, int]  # as 2023-05, by UTC; in order, those without any left out
    undated: int


QuotationKind: TypeAlias = Literal["verbatim", "inflected", "partial", "absent"]
DifferenceKind: TypeAlias = Literal[
    "case",  # a letter is a capital in one and not in the other
    "ё",  # е in one and ё in the other
    "letters",  # stress marks, soft hyphens, letters of the other alphabet that look alike, kinds of hyphens
    "punctuation",  # between two words; kinds of quotation marks, dashes and spaces are not told apart
    "form",  # another form of the word
    "words",  # others, more of them or fewer
]


@frozen
class Difference:
    """What is not the same in a quotation and in the text it is found in."""

    kind: DifferenceKind
    quoted: str  # as the quotation has it; empty for what it leaves out without a sign
    found: str  # as the text has it; empty for what it does not have
    span: Span  # of `quoted` in the quotation; empty where it leaves something out


@frozen
class Passage:
    """Words of a quotation that stand in a row in a paragraph."""

    paragraph: Paragraph
    span: Span  # into the paragraph's text
    quoted: Span  # into the quotation


@frozen
class Occurrence:
    """Where a quotation stands in a document, or as much of it as stands there."""

    document: Heading
    kind: QuotationKind  # never "absent"
    passages: tuple[Passage, ...]  # in order; more than one: over several paragraphs, with gaps, or partial
    differences: tuple[Difference, ...]  # in order; those of a verbatim one are forgiven


@frozen
class Quotation:
    """Whether the texts have a quotation.

    Verbatim: these words in this order; case, ё, punctuation and letters that only look otherwise are forgiven.
    Inflected: the same lemmas in this order. Partial: some of its words in a row. What [...] or … stands for may be any
    text; what stands on both sides must follow in one document.
    """

    text: str  # in NFC
    kind: QuotationKind
    places: tuple[Occurrence, ...]  # the nearest to the quotation first
    total: int  # paragraphs with all of it, or with as much as any has; of one with gaps, documents
    longest: Span  # into the quotation: the most of it that stands in a row in one place; empty if absent


# --- the index --------------------------------------------------------------------------------------------------------


@frozen
class FileRecord:
    """What a build remembers of a file of the corpus."""

    path: str  # relative to the corpus, with forward slashes
    digest: str  # BLAKE2b of the bytes; empty if they could not be read
    encoding: str = ""  # empty where the format fixes it
    doubtful: bool = False  # the encoding is a guess that may be wrong
    documents: int = 0
    paragraphs: int = 0
    problem: str = ""  # why it could not be read; empty if it was


@frozen
class Progress:
    """How far a build has come."""

    stage: Literal["look", "read", "write"]  # finding changed files; reading and analysing them; writing the index
    done: int  # bytes of the corpus; of "write": 0 or 1
    total: int | None  # likewise; None where it cannot be known


@frozen
class BuildReport:
    """What a build did, and what the index holds after it."""

    documents: int
    paragraphs: int
    words: int  # tokens in the index
    lemmas: int  # different ones
    bytes: int  # the index on disk
    seconds: float
    added: int  # files
    changed: int  # files
    removed: int  # files
    unchanged: int  # files
    unreadable: tuple[FileRecord, ...] = ()
    doubtful: tuple[FileRecord, ...] = ()  # read, in an encoding that was guessed and may be wrong
    ignored: dict[str, int] = field(default_factory=dict)  # suffix that no reader takes → files


@frozen
class IndexStatus:
    """What is in an index."""

    documents: int
    paragraphs: int
    words: int
    lemmas: int
    bytes: int
    generation: int  # grows with every build that changed something
    built: datetime
    corpus: str  # where the documents were read from; empty if a program gave them
    sources: dict[str, int]  # source → documents, most first
    first: datetime | None  # the earliest and the latest date of a document
    last: datetime | None
    files: tuple[FileRecord, ...]
