"""Every value that crosses a module boundary, in the order in which the data flows.

Document → Paragraph → Token → Term, on the way into the index;
Query → Hit → Snippet → Result, on the way out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class Span(NamedTuple):
    """A half-open range of characters: text[start:stop]."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Heading:
    """What is known of a document beside its text; empty where the document does not say."""

    path: str  # unique in an index; relative to the corpus, with forward slashes
    title: str = ""
    date: datetime | None = None  # with a time zone
    source: str = ""  # who published it
    author: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
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

    @property
    def heading(self) -> Heading:
        """The document without its text."""
        return Heading(self.path, self.title, self.date, self.source, self.author, self.url)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Word:
    """A place where any of these lemmas stands; it counts as one word in ranking."""

    lemmas: tuple[Lemma, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words at adjacent positions, in this order."""

    words: tuple[Word, ...]  # two or more


@dataclass(frozen=True, slots=True)
class Together:
    """What a space means: a paragraph with any of the clauses, those with all of them first."""

    clauses: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """OR: a paragraph with any of the clauses."""

    clauses: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """A paragraph that `query` finds and none of `excluded` does."""

    query: Query
    excluded: tuple[Query, ...]


Query: TypeAlias = Word | Phrase | Together | Either | Without


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be found at all; an undated one is never within a range of dates."""

    sources: tuple[str, ...] = ()  # any of them, compared without case; empty means all
    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive


# --- the answer -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that an engine found."""

    paragraph: Paragraph
    heading: Heading
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of the ranking, and how long the whole of it is."""

    hits: tuple[Hit, ...]
    total: int  # paragraphs found
    complete: int  # of those, the ones with every word asked for

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A paragraph's text with the words that were asked for."""

    text: str
    marks: tuple[Span, ...]  # into text; in order, apart from each other


@dataclass(frozen=True, slots=True)
class Result:
    """A paragraph found, as a person or a program wants to see it."""

    paragraph: Paragraph
    document: Heading
    score: float  # comparable within one answer only
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of results, and how long the whole list is."""

    results: tuple[Result, ...]
    total: int  # paragraphs found
    complete: int  # of those, the ones with every word asked for

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


# --- the index --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a build remembers of a file of the corpus."""

    path: str  # relative to the corpus, with forward slashes
    digest: str  # BLAKE2b of the bytes; empty if they could not be read
    encoding: str = ""  # empty where the format fixes it
    doubtful: bool = False  # the encoding is a guess that may be wrong
    documents: int = 0
    paragraphs: int = 0
    problem: str = ""  # why it could not be read; empty if it was


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build has come."""

    stage: Literal["look", "read", "write"]  # finding changed files; reading and analysing them; writing the index
    done: int  # bytes of the corpus; of "write": 0 or 1
    total: int | None  # likewise; None where it cannot be known


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
