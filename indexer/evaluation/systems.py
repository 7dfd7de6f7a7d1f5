"""What is compared: our search, and plain BM25 over words as written, over stems, over first lemmas."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np

from indexer.analysis.fold import fold
from indexer.analysis.lemmatize import first_lemma
from indexer.build import build_index
from indexer.errors import QueryError
from indexer.frozen import frozen
from indexer.paragraphs import split
from indexer.ranking import WEIGHT_STEPS, Collection, Saturation, bm25, idf
from indexer.search import open_index
from indexer.settings import Reading, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from Stemmer import Stemmer

    from indexer import Searcher
    from indexer.evaluation.judgements import JudgedSet
    from indexer.meaning.encoder import Encoder
    from indexer.types import Document

DEPTH = 100  # documents of an answer: R@100 looks no farther
WHOLE = Settings(reading=Reading(longest_paragraph=1_000_000))  # what is judged is not cut into pieces

PLAIN = Saturation(k1=1.2, b=0.75)  # Robertson's numbers and Lucene's

_WORD = re.compile(r"\w+")

Found: TypeAlias = tuple[tuple[str, float], ...]  # paths of documents with their scores, the best first


class System(Protocol):
    """Something that answers questions."""

    @property
    def name(self) -> str: ...  # noqa: D102 -- what the tables call it

    def answers(self, bench: Bench) -> Iterator[tuple[str, Found]]:
        """Give for each query of the bench's set, by its id, the best documents."""
        ...


class Bench:
    """A set, and what systems share of it: the tokens of its texts, and an index a way of reading and analysing."""

    def __init__(self, judged: JudgedSet, folder: Path, processes: int | None = None) -> None:
        self.judged = judged
        self._folder = folder
        self._processes = processes

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of all texts."""
        return tokens(self.judged.documents)

    def index(self, settings: Settings) -> Path:
        """Return where an index is that these settings can search; numbers of the ranking alone need no other one."""
        made = self._indexes.get(repr(settings.baked()))
        if made is None:
            made = self._indexes[repr(settings.baked())] = self._folder / str(len(self._indexes))
            build_index(self.judged.documents, made, settings=settings, processes=self._processes)
        return made

    @cached_property
    def _indexes(self) -> dict[str, Path]:
        return {}


# --- ours -------------------------------------------------------------------------------------------------------------


@frozen
class Ours:
    """Our search, by the same call that any program makes."""

    name: str = "abzats"
    settings: Settings = WHOLE
    encoder: Encoder | None = None  # to search by meaning with

    def answers(self, bench: Bench) -> Iterator[tuple[str, Found]]:
        """Give the documents of each query, by their best paragraphs."""
        with open_index(bench.index(self.settings), settings=self.settings) as searcher:
            for query, text in bench.judged.queries.items():
                yield query, _found(searcher, text, self.encoder)


def _found(searcher: Searcher, text: str, encoder: Encoder | None) -> Found:
    try:
        answer = searcher.search(text, per_document=True, limit=DEPTH, marks=False, semantic=encoder)
    except QueryError:
        return ()
    return tuple((result.document.path, float(result.score)) for result in answer)


# --- baselines --------------------------------------------------------------------------------------------------------


class Tokens(NamedTuple):
    """The tokens of a set: the parallel arrays `form` and `paragraph` have an entry for each."""

    forms: list[str]  # different ones
    form: np.ndarray  # its number in `forms`
    paragraph: np.ndarray  # its number
    document: np.ndarray  # of each paragraph


def tokens(documents: Iterable[Document]) -> Tokens:
    """Return the tokens of texts, parted into paragraphs as our own search parts them.

    Each has the title before it, as is done with BEIR's sets where an engine has one field: without it the baselines
    lose 0.12 of nDCG@10 on ru_codes_law.
    """
    numbers: dict[str, int] = {}
    form: list[int] = []
    lengths: list[int] = []
    owners: list[int] = []
    for owner, document in enumerate(documents):
        for paragraph in split(document, WHOLE.reading):
            found = [numbers.setdefault(text, len(numbers)) for text in forms(f"{document.title} {paragraph.text}")]
            form += found
            lengths.append(len(found))
            owners.append(owner)
    paragraph_of = np.repeat(np.arange(len(lengths)), np.array(lengths, np.int64))
    return Tokens(list(numbers), np.array(form, np.int64), paragraph_of, np.array(owners, np.int64))


def forms(text: str) -> list[str]:
    """Return the runs of letters and digits in a text, which is what others take for words.

    With our own tokeniser, which keeps «вице-министр» and «т. е.» whole, the baselines are weaker on news and questions
    (words on xquad_ru: nDCG@10 0.867, against 0.871 so and 0.8712 as published for bm25s), and stems are by 0.005
    stronger on ru_codes_law (tests/quality/baselines.py).

    >>> forms("Вице-министр, т. е. 1-й")
    ['Вице', 'министр', 'т', 'е', '1', 'й']
    """
    return _WORD.findall(text)


@cache
def _snowball() -> Stemmer:
    from Stemmer import Stemmer  # noqa: PLC0415 -- only one of the baselines needs it

    return Stemmer("russian")


def stem(form: str) -> str:
    """Return what Snowball's Russian stemmer leaves of a form.

    >>> stem("Казахстане")
    'казахстан'
    """
    return _snowball().stemWord(fold(form))  # type: ignore[no-any-return]


@frozen
class Bag:
    """BM25 over one unit a token; a text is the bag of its units, and so is a query: signs mean nothing."""

    name: str
    unit: Callable[[str], str]  # of a form

    def answers(self, bench: Bench) -> Iterator[tuple[str, Found]]:
        """Give the documents of each query, by their best paragraphs."""
        bags = Bags(bench.tokens, self.unit)
        paths = [document.path for document in bench.judged.documents]
        for query, text in bench.judged.queries.items():
            yield query, tuple((paths[row], score) for row, score in bags.search(text))


class Bags:
    """Paragraphs as bags of units; postings are slices of arrays that are in order of unit and paragraph."""

    def __init__(self, texts: Tokens, unit: Callable[[str], str]) -> None:
        self._unit = unit
        self._units: dict[str, int] = {}
        of_form = [self._units.setdefault(unit(form), len(self._units)) for form in texts.forms]
        paragraphs = len(texts.document)
        places = np.array(of_form, np.int64)[texts.form] * paragraphs + texts.paragraph
        postings, self._counts = np.unique(places, return_counts=True)
        self._paragraphs = postings % max(paragraphs, 1)
        self._starts = np.searchsorted(postings, np.arange(len(self._units) + 1) * paragraphs)
        self._lengths = np.bincount(texts.paragraph, minlength=paragraphs)
        self._owners = texts.document
        self._collection = Collection(paragraphs, len(texts.form))

    def scores(self, query: str) -> np.ndarray:
        """Return the score of each paragraph; a unit that a query has twice counts twice, as in Lucene."""
        total = np.zeros(self._collection.paragraphs)
        for form in forms(query):
            unit = self._units.get(self._unit(form))
            if unit is not None:
                at = slice(*self._starts[unit : unit + 2])
                found, agreement = self._paragraphs[at], self._counts[at] * WEIGHT_STEPS**2
                rarity = idf(len(found), self._collection)
                total[found] += bm25(agreement, self._lengths[found], rarity, self._collection, PLAIN)
        return total

    def search(self, query: str) -> list[tuple[int, float]]:
        """Return the numbers of the best documents with their scores, the best first."""
        best = np.zeros(self._owners.max(initial=-1) + 1)
        np.maximum.at(best, self._owners, self.scores(query))
        first = np.argsort(-best, kind="stable")[:DEPTH]
        return [(int(row), float(best[row])) for row in first if best[row] > 0]


BASELINES: tuple[System, ...] = (Bag("words", fold), Bag("stems", stem), Bag("lemmas", first_lemma))
OURS = Ours()
