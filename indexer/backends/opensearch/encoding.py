"""Documents → what a cluster keeps of them, and back: rows that scores are told by, paragraphs and headings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.analysis.fold import NORMAL, fold
from indexer.analysis.lemmatize import is_capitalised
from indexer.analysis.tokenize import tokenize
from indexer.backends.memory import Place
from indexer.backends.opensearch.schema import (
    CLOSES,
    HEADINGS,
    NOTHING,
    OPENS,
    plain,
    prefix,
    reading,
    readings,
    restored,
    stored,
    token,
)
from indexer.paragraphs import split
from indexer.ranking import WEIGHT_STEPS, steps
from indexer.types import Heading, Paragraph, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.analysis import Analyzer
    from indexer.settings import Reading
    from indexer.types import Document, Form, Term, Token, Word


class WordKey(NamedTuple):
    """What tells a word: its form, and whether it opens a sentence if a capital letter makes that matter."""

    form: str
    opens: bool


class Analysed(NamedTuple):
    """A text as the cluster keeps it."""

    lemmas: str
    forms: str
    length: int
    words: list[WordKey]  # one a place


def analysed(tokens: list[Token], analyzer: Analyzer) -> Analysed:
    """Return what the tokens of a text are kept as.

    >>> from indexer.analysis import russian
    >>> from indexer.settings import Analysis
    >>> analysed(list(tokenize("Мы стали. Дом.")), russian(Analysis()))[:3]
    ('мы стать|сталь:51 дом', 'Мы|^ стали|$ Дом|^|$', 3)
    """
    terms = analyzer.terms_of(tokens)
    forms = [token(term.form) for term in terms]
    for at, term in enumerate(terms):
        if term.token.opens_sentence:
            forms[at] += f"|{OPENS}"
            if at:
                forms[at - 1] += f"|{CLOSES}"
    if forms:
        forms[-1] += f"|{CLOSES}"
    words = [WordKey(term.form, term.token.opens_sentence and is_capitalised(term.form)) for term in terms]
    return Analysed(" ".join(map(_place, terms)), " ".join(forms), len(terms), words)


def _place(term: Term) -> str:
    # A lemma that a compound shares with one of its parts counts by the compound.
    lemmas = {lemma.text: steps(lemma.weight) for lemma in (*term.parts, *term.lemmas)}
    return "|".join(reading(*lemma) for lemma in lemmas.items()) or NOTHING


def row_id(path: str, number: int) -> str:
    """Return the name of a paragraph in the index: writing it again writes it in the same place."""
    return f"p-{digest(path)}-{number}"


def digest(text: str) -> str:
    """Return a short name for a text of any length."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Encoded(NamedTuple):
    """A document as a cluster keeps it."""

    paragraphs: list[tuple[str, dict[str, Any]]]  # the id of each, and its fields
    words: Counter[tuple[str, WordKey]]  # field and word → places


class _Taken(NamedTuple):
    """A document cut into words."""

    file: str
    document: Document
    paragraphs: list[tuple[Paragraph, list[Token]]]
    headings: dict[str, list[Token]]


def encoded(
    documents: Iterable[tuple[str, Document]], generation: int, analyzer: Analyzer, settings: Reading
) -> Iterator[tuple[str, Encoded]]:
    """Give documents as they are kept, each with the name of its file; one without a word in it is left out.

    Their words are looked up at once, which takes less: so it should be some hundred thousand characters.
    """
    taken = [_taken(file, document, settings) for file, document in documents]
    texts = (tokens for one in taken for tokens in (*(tokens for _, tokens in one.paragraphs), *one.headings.values()))
    analyzer.learn({analyzer.key(token_.text, token_.opens_sentence) for tokens in texts for token_ in tokens})
    for one in taken:
        if one.paragraphs:
            yield one.file, _encoded(one, generation, analyzer)


def _taken(file: str, document: Document, settings: Reading) -> _Taken:
    paragraphs = [(paragraph, list(tokenize(paragraph.text))) for paragraph in split(document, settings)]
    return _Taken(file, document, paragraphs, {field: list(tokenize(getattr(document, field))) for field in HEADINGS})


def _encoded(taken: _Taken, generation: int, analyzer: Analyzer) -> Encoded:
    words: Counter[tuple[str, WordKey]] = Counter()
    about = {**_about(taken.document), "file": token(taken.file), "generation": generation}
    for field, tokens in taken.headings.items():
        found = analysed(tokens, analyzer)
        about.update(_fields(field, found))
        words.update([(field, word) for word in found.words])
    paragraphs: list[tuple[str, dict[str, Any]]] = []
    for paragraph, tokens in taken.paragraphs:
        found = analysed(tokens, analyzer)
        words.update([("text", word) for word in found.words])
        fields = {
            **about,
            **_fields("text", found),
            "number": paragraph.number,
            "start": paragraph.span.start,
            "text": stored(paragraph.text),
            "heads": not paragraphs,
        }
        paragraphs.append((row_id(taken.document.path, paragraph.number), fields))
    return Encoded(paragraphs, words)


def _fields(field: str, found: Analysed) -> dict[str, Any]:
    return {
        f"{prefix(field)}lemmas": found.lemmas,
        f"{prefix(field)}forms": found.forms,
        f"{prefix(field)}length": found.length,
    }


def _about(document: Document) -> dict[str, Any]:
    date = document.date
    utc = date.astimezone(UTC) if date else None
    return {
        "path": token(document.path),
        "folded_path": token(fold(document.path)),
        "source_name": token(document.source.casefold()),
        "source": token(document.source),
        "heading": [*map(stored, (document.title, document.author, document.url)), date.isoformat() if date else None],
        **({"moment": date.timestamp(), "month": f"{utc.year:04}-{utc.month:02}"} if date and utc else {}),
    }


# --- back -------------------------------------------------------------------------------------------------------------


def heading(fields: dict[str, Any]) -> Heading:
    """Return what is known of a paragraph's document."""
    *texts, date = fields["heading"]
    title, author, url = map(restored, texts)
    moment = datetime.fromisoformat(date) if date else None
    return Heading(plain(fields["path"]), title, moment, plain(fields["source"]), author, url)


def paragraph(fields: dict[str, Any]) -> Paragraph:
    """Return a paragraph."""
    text = restored(fields["text"])
    return Paragraph(plain(fields["path"]), fields["number"], Span(fields["start"], fields["start"] + len(text)), text)


@dataclass(frozen=True, eq=False)
class StoredRow:
    """See backends.memory.Row: of what a cluster has kept; it is taken apart when something is asked of it."""

    heading: Heading
    document: int
    length: int
    lemmas: str
    forms: str
    one_sentence: bool  # a title is

    def standing(self, word: Word) -> dict[int, int]:
        """See Row.standing."""
        found: dict[int, int] = {}
        for lemma in word.lemmas:
            here = self._by_lemma.get(token(lemma.text))
            if here:
                weight = steps(lemma.weight)
                for at, of_place in here.items():
                    found[at] = max(found.get(at, 0), weight * of_place)
        for form in word.forms:
            weight = steps(form.weight) * WEIGHT_STEPS
            for at in self._where(form):
                found[at] = max(found.get(at, 0), weight)
        return dict(sorted(found.items()))

    def _where(self, form: Form) -> list[int]:
        normal = NORMAL[form.exactness]
        return [at for at, written in enumerate(self.written) if normal(written) == form.text]

    @cached_property
    def written(self) -> list[str]:
        """Return the form at each place."""
        return [plain(place.partition("|")[0]) for place in self.forms.split(" ")] if self.forms else []

    @cached_property
    def _by_lemma(self) -> dict[str, dict[int, int]]:
        found: dict[str, dict[int, int]] = {}
        for at, place in enumerate(self.lemmas.split(" ") if self.lemmas else ()):
            if "|" in place or ":" in place or place == NOTHING:
                for lemma, weight in readings(place):
                    found.setdefault(lemma, {})[at] = weight
            else:
                found.setdefault(place, {})[at] = WEIGHT_STEPS
        return found

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """See Row.places."""
        of_lemmas = self.lemmas.split(" ") if self.lemmas else []
        return tuple(
            Place({plain(lemma): weight for lemma, weight in readings(place)}, form)
            for place, form in zip(of_lemmas, self.written, strict=True)
        )

    @cached_property
    def sentences(self) -> tuple[int, ...]:
        """See Row.sentences."""
        if self.one_sentence:
            return (0,) * self.length
        number, numbers = 0, []
        for place in self.forms.split(" ") if self.forms else ():
            number += OPENS in place.split("|")[1:]
            numbers.append(number)
        return tuple(numbers)

    def words(self) -> Iterator[WordKey]:
        """Give the words at the places, as they were counted when it was written."""
        for place, form in zip(self.forms.split(" ") if self.forms else (), self.written, strict=True):
            yield WordKey(form, OPENS in place.split("|")[1:] and is_capitalised(form))


def row(fields: dict[str, Any], field: str, document: int) -> StoredRow:
    """Return the row of a paragraph, or of its title, source or author."""
    lemmas, forms, length = (fields[f"{prefix(field)}{part}"] for part in ("lemmas", "forms", "length"))
    return StoredRow(heading(fields), document, length, lemmas, forms, one_sentence=field != "text")
