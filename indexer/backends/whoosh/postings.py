"""The segments as one: rows are numbered across them, and lists of rows are read from all of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from struct import Struct
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from indexer import ranking
from indexer.analysis.fold import fold
from indexer.backends.base import at_path
from indexer.backends.whoosh import codes
from indexer.backends.whoosh.arrays import distinct, firsts
from indexer.backends.whoosh.lists import ranges
from indexer.backends.whoosh.rowset import RowSet, union
from indexer.backends.whoosh.tokens import Among
from indexer.types import Dated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.backends.whoosh import loops
    from indexer.backends.whoosh.adjacency import Phrases
    from indexer.backends.whoosh.quick import Questions
    from indexer.backends.whoosh.segment import Segment
    from indexer.settings import Ranking
    from indexer.types import AtPath, Form, Heading, Word

POSITION_BITS = 20  # of a key; a paragraph is a few hundred words long, and the settings' limit keeps it far below 2^20
POSITION = (1 << POSITION_BITS) - 1
_DENSE = 64  # rows to one of a list, up to which its bits are kept once read
_KEPT = 64 * 2**20  # bytes of such bits
_MONTHS_TO_1970 = 1970 * 12
_REMEMBERED = 50_000  # lemmas whose lists are known
_FEW = 256  # paragraphs: to look for the documents of as many takes a part of what a table of all does, once
_told = Struct("=2q").pack


@dataclass(frozen=True)
class Part:
    """A segment and where its rows begin among all."""

    segment: Segment
    paragraphs: int  # number of its first paragraph
    documents: int  # number of its first document


class Listed(NamedTuple):
    """The list of a lemma in a segment."""

    part: int
    lemma: int  # its number there
    number: int  # of the list


class Entry(NamedTuple):
    """What the segments have of a lemma."""

    lemma: str
    numbers: tuple[tuple[int, int], ...]  # of the parts that know it, and of the lemma there
    lists: tuple[Listed, ...]
    found: int  # deleted rows left out


class Dense(NamedTuple):
    """The rows of a lemma that many have."""

    rows: RowSet
    bits: np.ndarray  # uint8: whole numbers of 64 bits
    told: bytes  # where they are, and how many such numbers, as a table has it (indexer.compiled.Held)


class _Table(NamedTuple):
    """What each code is taken for, for one weight of a lemma."""

    frequency: np.ndarray
    lead: np.ndarray
    points: np.ndarray


class Sources(NamedTuple):
    """Where documents come from."""

    names: list[str]  # of each source, as its first document writes it
    of: np.ndarray  # of each document: index into names


class Places(NamedTuple):
    """Where a word or a phrase stands, in order."""

    keys: np.ndarray  # row << POSITION_BITS | position of the first word
    agreement: np.ndarray  # at each, in steps squared


class Documents:
    """What is known of all documents, deleted ones too."""

    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts

    @cached_property
    def count(self) -> int:
        """Return how many there are."""
        return sum(part.segment.documents for part in self._parts)

    @cached_property
    def live(self) -> np.ndarray | None:
        """Return the mask of those that are not deleted, or None if none is."""
        if all(part.segment.live is None for part in self._parts):
            return None
        masks = [part.segment.live_documents for part in self._parts]
        return join(
            [
                np.ones(part.segment.documents, np.bool_) if mask is None else mask
                for part, mask in zip(self._parts, masks, strict=True)
            ]
        )

    @cached_property
    def dates(self) -> np.ndarray:
        """Return their dates, in seconds since 1970; NaN for none."""
        return join([part.segment.of["dates"] for part in self._parts])

    @cached_property
    def months(self) -> np.ndarray:
        """Return the month of each, by UTC, counted from January of the year 0; -1 for the undated."""
        dated = np.flatnonzero(~np.isnan(self.dates))
        months = np.full(len(self.dates), -1)
        seconds = np.floor(self.dates[dated]).astype("datetime64[s]")
        months[dated] = seconds.astype("datetime64[M]").astype(np.int64) + _MONTHS_TO_1970
        return months

    @cached_property
    def sources(self) -> Sources:
        """Return the source of each; names that differ in case are one."""
        numbers: dict[bytes, int] = {}
        of = join(
            [
                np.array([numbers.setdefault(term, len(numbers)) for term in segment.terms("source_name")], np.int64)[
                    segment.term_of("source_name")
                ]
                for segment in (part.segment for part in self._parts)
            ]
        )
        live = np.arange(len(of)) if self.live is None else np.flatnonzero(self.live)
        names = [""] * len(numbers)
        source, first = np.unique(of[live], return_index=True)
        for number, document in zip(source.tolist(), live[first].tolist(), strict=True):
            names[number] = self.heading(document).source
        return Sources(names, of)

    def heading(self, document: int) -> Heading:
        """Return what is stored of one."""
        part = next(part for part in reversed(self._parts) if part.documents <= document)
        return part.segment.heading(document - part.documents)

    @cached_property
    def starts(self) -> np.ndarray:
        """Return the first paragraph of each, and after the last of them the number of paragraphs."""
        ends = [part.segment.of["paragraph_ends"].astype(np.int64) + part.paragraphs for part in self._parts]
        return join([np.zeros(1, np.int64), *ends])

    def of(self, paragraphs: np.ndarray) -> np.ndarray:
        """Return the document of each paragraph."""
        if len(paragraphs) <= _FEW and "of_paragraphs" not in self.__dict__:
            return self.starts.searchsorted(paragraphs, "right") - 1
        documents: np.ndarray = self.of_paragraphs[paragraphs]
        return documents

    @cached_property
    def of_paragraphs(self) -> np.ndarray:
        """Return the document of each of all paragraphs."""
        return np.repeat(np.arange(self.count), np.diff(self.starts))

    @cached_property
    def _paths(self) -> list[tuple[str, int]]:
        """Return each path, folded, with the number of its document."""
        return [
            (fold(term.decode("utf-8", "surrogatepass")), part.documents + row)
            for part in self._parts
            for term, row in zip(part.segment.terms("path"), part.segment.of["path.row"].tolist(), strict=True)
        ]

    def which(self, condition: AtPath | Dated) -> np.ndarray:
        """Return the numbers of those that are as the condition says, deleted ones left out."""
        here = self._within(condition) if isinstance(condition, Dated) else self._at(condition)
        if self.live is not None:
            here &= self.live
        return np.flatnonzero(here)

    def from_sources(self, sources: Iterable[str]) -> np.ndarray:
        """Return the mask of those that come from one of these sources."""
        here = np.zeros(self.count, np.bool_)
        for part in self._parts:
            for source in sources:
                name = source.casefold().encode("utf-8", "surrogatepass")
                here[part.segment.documents_with("source_name", name) + part.documents] = True
        return here

    def _within(self, dated: Dated) -> np.ndarray:
        here = np.ones(len(self.dates), np.bool_)
        # Never true of NaN, the date of the undated.
        if dated.since is not None:
            here &= self.dates >= dated.since.timestamp()
        if dated.until is not None:
            here &= self.dates < dated.until.timestamp()
        return here

    def _at(self, condition: AtPath) -> np.ndarray:
        here = np.zeros(len(self.dates), np.bool_)
        is_there = at_path(condition.pattern)
        here[[document for path, document in self._paths if is_there(path)]] = True
        return here


class FieldPostings:
    """The texts, whose rows are paragraphs, or a field of the headings, whose rows are documents.

    Threads may share it.
    """

    def __init__(
        self,
        parts: list[Part],
        documents: Documents,
        field: str = "text",
        *,
        texts: FieldPostings | None = None,
        by_loops: bool = False,
    ) -> None:
        """Take the segments; for a field of the headings also the texts, which know the lemmas' numbers."""
        self.field_name = field
        self._texts = texts
        self.by_loops = by_loops  # whether what takes most of the time is done by compiled loops
        self._parts = parts
        self._of = [part.segment.fields[field] for part in parts]
        self._bases = [part.paragraphs if field == "text" else part.documents for part in parts]
        self._documents = documents
        self._headings: dict[str, FieldPostings] = {}
        self._entries: dict[str, Entry] = {}
        self._dense: dict[str, Dense] = {}
        self._lock = Lock()
        self._scratch: dict[type[np.generic], list[np.ndarray]] = {
            kind: [] for kind in (np.float64, np.uint32, np.int32)
        }
        self._tables: dict[tuple[float, ...], _Table] = {}
        self._for_loops: dict[tuple[float, ...], loops.Lists] = {}
        self._windows: list[loops.Scratch] = []
        self._questions: Questions | None = None
        self._phrases: Phrases | None = None

    @cached_property
    def size(self) -> int:
        """Return how many rows there are, deleted ones too."""
        return sum(of.rows for of in self._of)

    @cached_property
    def _lengths(self) -> np.ndarray:
        return join([of.narrow_lengths() for of in self._of])

    @cached_property
    def live(self) -> np.ndarray | None:
        """Return the mask of rows that are not deleted, or None if none is."""
        live = self._documents.live
        if live is None or self.field_name != "text":
            return live
        return np.repeat(live, np.diff(self._documents.starts))

    @cached_property
    def collection(self) -> ranking.Collection:
        """Return the size of what can be found."""
        if self.live is None:
            return ranking.Collection(self.size, sum(of.places for of in self._of))
        lengths = self._lengths[self.live]
        return ranking.Collection(len(lengths), int(lengths.sum()))

    def field(self, name: str) -> FieldPostings:
        """Return a field of the headings, or the texts."""
        if name == self.field_name:
            return self
        if name not in self._headings:
            self._headings[name] = FieldPostings(
                self._parts, self._documents, name, texts=self._texts or self, by_loops=self.by_loops
            )
        return self._headings[name]

    def take_scratch(self, kind: type[np.generic]) -> np.ndarray:
        """Return an array of zeros, one for each row; to be given back so."""
        # New ones are paged in by the system: 8,000 of 300,000 rows take 0.05 ms so, and 0.03 in a kept one.
        try:
            return self._scratch[kind].pop()
        except IndexError:
            return np.zeros(self.size, kind)

    def give_back(self, scratch: np.ndarray) -> None:
        """Take zeros back."""
        self._scratch[scratch.dtype.type].append(scratch)

    @contextmanager
    def window(self) -> Iterator[loops.Scratch]:
        """Give what compiled loops need while they look at some rows."""
        try:
            scratch = self._windows.pop()
        except IndexError:
            from indexer.backends.whoosh.loops import RARE, WINDOW, Scratch  # noqa: PLC0415 -- compiles

            kinds = (np.int64, np.int32, np.float64, np.float64, np.int32)
            scratch = Scratch._make([*(np.zeros(WINDOW, kind) for kind in kinds), np.empty(RARE, np.int32)])
        yield scratch
        self._windows.append(scratch)  # after a failure it may not be zeros, and is let go

    # --- lists ---

    def entries(self, lemmas: Sequence[str]) -> list[Entry]:
        """Return where the lists of lemmas are."""
        known = self._entries
        found = [known.get(lemma) for lemma in lemmas]
        if all(found):
            return cast("list[Entry]", found)
        if len(known) > _REMEMBERED:
            known = self._entries = {}
        for lemma in lemmas:
            if lemma not in known:
                known[lemma] = self._look_up(lemma)
        return [known[lemma] for lemma in lemmas]

    def _look_up(self, lemma: str) -> Entry:
        numbers = self._numbers(lemma)
        lists = []
        found = 0
        for part, number in numbers:
            of = self._of[part]
            listed = of.list_of(number)
            if listed is not None:
                lists.append(Listed(part, number, listed))
                found += of.found_in(listed)
        entry = Entry(lemma, numbers, tuple(lists), found)
        return entry if self.live is None else entry._replace(found=len(self._rows_of([entry])))

    def _numbers(self, lemma: str) -> tuple[tuple[int, int], ...]:
        """Return the parts that know a lemma in any field, and its number there."""
        if self._texts is not None:
            return self._texts.entries([lemma])[0].numbers
        text = lemma.encode("utf-8", "surrogatepass")
        found = [part.segment.words.number(text) for part in self._parts]
        return tuple([(part, number) for part, number in enumerate(found) if number is not None])

    def by_part(self, rows: np.ndarray) -> Iterator[tuple[int, int, np.ndarray]]:
        """Give the parts that have some of these rows: the number of each, how many rows come before, and its own."""
        if len(self._parts) == 1:
            yield 0, 0, rows
            return
        edges = np.searchsorted(rows, [*self._bases, self.size]).tolist()
        for part, base in enumerate(self._bases):
            if edges[part] < edges[part + 1]:
                yield part, edges[part], rows[edges[part] : edges[part + 1]] - base

    @property
    def parts(self) -> list[Part]:
        """Return the segments."""
        return self._parts

    @property
    def all_documents(self) -> Documents:
        """Return what is known of documents."""
        return self._documents

    def lists_for_loops(self, part: int, settings: Ranking) -> loops.Lists:
        """Return what compiled loops read of the lists of a segment."""
        key = part, settings.b, settings.title_b, settings.lead, settings.lead_words, settings.k1, settings.title_k1
        if key not in self._for_loops:
            from indexer.backends.whoosh.loops import Lists  # noqa: PLC0415 -- compiles

            saturation = ranking.saturation(self.field_name, settings)
            table = codes.read(self._of[part].bounds, saturation.b, self.collection.average)
            lead = codes.lead(table, settings) if self.field_name == "text" else np.zeros(len(table.frequency))
            self._for_loops[key] = Lists._make([*self.stored_for_loops(part), table.frequency, lead, saturation.k1])
        return self._for_loops[key]

    def numbers_for_loops(self, titles: FieldPostings, settings: Ranking) -> loops.Numbers:
        """Return the numbers of the formula that compiled loops read."""
        from indexer.backends.whoosh.loops import Numbers  # noqa: PLC0415 -- compiles

        here, there = (ranking.saturation(field, settings) for field in ("text", "title"))
        return Numbers(
            average=self.collection.average,
            k1=float(here.k1),
            b=float(here.b),
            lead=float(settings.lead),
            lead_words=float(settings.lead_words),
            title=float(settings.title),
            title_average=titles.collection.average,
            title_k1=float(there.k1),
            title_b=float(there.b),
            adjacency=float(settings.adjacency),
        )

    def stored_for_loops(self, part: int) -> tuple[np.ndarray, ...]:
        """Return the same without what codes are taken for."""
        return self._of[part].lists_for_loops

    def phrases(self, settings: Ranking) -> Phrases:
        """Return what finds phrases by compiled loops; it is made anew if other settings came between."""
        known = self._phrases
        if known is None or known.settings is not settings:
            from indexer.backends.whoosh.adjacency import Phrases  # noqa: PLC0415 -- compiles

            known = self._phrases = Phrases(self, settings)
        return known

    def questions(self, settings: Ranking) -> Questions:
        """Return what answers questions of words, likewise."""
        known = self._questions
        if known is None or known.settings is not settings:
            from indexer.backends.whoosh.quick import Questions  # noqa: PLC0415 -- compiles

            known = self._questions = Questions(self, settings)
        return known

    def first_row(self, part: int) -> int:
        """Return the number of the field's first row among all rows of a segment."""
        return int(self._of[part].all.start)

    def rows_in(self, part: int) -> int:
        """Return how many rows a segment has, deleted ones too."""
        of = self._parts[part].segment
        return of.paragraphs if self.field_name == "text" else of.documents

    def base(self, part: int) -> int:
        """Return the first row of a segment."""
        return self._bases[part]

    def live_in(self, part: int) -> np.ndarray:
        """Return the mask of a segment's rows that are not deleted; an empty one if none is."""
        segment = self._parts[part].segment
        live = segment.live if self.field_name == "text" else segment.live_documents
        return np.zeros(0, np.bool_) if live is None else live

    def segment(self, part: int) -> Segment:
        """Return the segment of a part."""
        return self._parts[part].segment

    def _live(self, rows: np.ndarray) -> np.ndarray:
        return rows if self.live is None else rows[self.live[rows]]

    def found(self, lemma: str) -> int:
        """Return how many rows have a lemma."""
        return self.entries([lemma])[0].found

    def rows_of(self, entries: Sequence[Entry]) -> RowSet:
        """Return the rows that have any of some lemmas."""
        sets: list[RowSet] = []
        sparse: list[Entry] = []
        for entry in entries:
            if self.is_dense(entry):
                sets.append(self.dense_rows(entry))
            elif entry.found:
                sparse.append(entry)
        if sparse:
            rows = self._rows_of(sparse)
            sets.append(RowSet.of_rows(rows, self.size) if len(sparse) == 1 else RowSet.all_of(rows, self.size))
        return union(sets, self.size) if sets else RowSet.of_rows(np.zeros(0, np.int64), self.size)

    def rows_of_each(self, groups: Sequence[Sequence[Entry]]) -> tuple[list[RowSet], RowSet, RowSet]:
        """Return the rows of each of some groups of lemmas, those of any, and those of all: by compiled loops."""
        from indexer.backends.whoosh import loops  # noqa: PLC0415 -- compiles

        # Of whole numbers of 64 bits, which are added up many at once.
        sets = np.zeros((len(groups), -(-self.size // 64)), np.uint64)
        as_bytes, width = sets.view(np.uint8), -(-self.size // 8)
        asked: list[list[tuple[int, int]]] = [[] for _ in self._parts]
        for at, entries in enumerate(groups):
            for entry in entries:
                if self.is_dense(entry):
                    as_bytes[at, :width] |= self.dense_rows(entry).bits()
                else:
                    for listed in entry.lists:
                        asked[listed.part].append((listed.number, at))
        for part, (pairs, base) in enumerate(zip(asked, self._bases, strict=True)):
            if pairs:
                loops.mark(
                    loops.Stored._make(self._of[part].lists_for_loops), np.array(pairs, np.int64), base, as_bytes
                )
        if self.live is not None:
            as_bytes[:, :width] &= self.live_bits
        both, *counts = loops.any_and_all(sets)
        found, every = (
            RowSet(self.size, None, bits, count)
            for bits, count in zip(both.view(np.uint8)[:, :width], counts, strict=True)
        )
        return [RowSet(self.size, None, bits) for bits in as_bytes[:, :width]], found, every

    @cached_property
    def live_bits(self) -> np.ndarray:
        """Return a bit for each row, whether it is not deleted; none if none is."""
        return np.zeros(0, np.uint8) if self.live is None else RowSet.of_mask(self.live).bits()

    def _rows_of(self, entries: list[Entry]) -> np.ndarray:
        """Return the rows of lists; those of one lemma in order."""
        read = [self._read(listed)[0] for entry in entries for listed in entry.lists]
        return self._live(join(read))

    def _read(self, listed: Listed) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of a list, and their codes."""
        rows, coded = self._of[listed.part].place(listed.number).read()
        base = self._bases[listed.part]
        return rows + base if base else rows, coded

    def is_dense(self, entry: Entry) -> bool:
        """Whether so many rows have a lemma that bits of these are kept."""
        return entry.found * _DENSE > self.size

    def dense_rows(self, entry: Entry) -> RowSet:
        """Return the rows of a lemma that many have."""
        return self._dense_of(entry).rows

    def dense_sets(self, entries: Iterable[Entry]) -> list[Dense]:
        """Return the rows of such lemmas as loops are given them."""
        return [self._dense_of(entry) for entry in entries]

    def _dense_of(self, entry: Entry) -> Dense:
        found = self._dense.get(entry.lemma)
        if found is None:
            mask = np.zeros(-(-self.size // 64) * 64, np.bool_)
            mask[self._rows_of([entry])] = True
            bits = np.packbits(mask, bitorder="little")
            rows = RowSet(self.size, None, bits[: -(-self.size // 8)])
            found = Dense(rows, bits, _told(bits.ctypes.data, len(bits) // 8))
            with self._lock:
                # The oldest goes first; which are asked for again tells the next time.
                while len(self._dense) >= max(1, _KEPT * 8 // max(self.size, 1)):
                    del self._dense[next(iter(self._dense))]
                self._dense[entry.lemma] = found
        return found

    def points(self, entry: Entry, weight: float, settings: Ranking) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of a lemma with this weight, and how much it gives there at most for an idf of 1."""
        rows, points = [], []
        for listed in entry.lists:
            of_list, coded = self._read(listed)
            rows.append(of_list)
            points.append(self._table(listed.part, settings, weight).points[coded])
        of_rows, of_points = self._live_of(join(rows), join(points))
        return of_rows, of_points

    def frequencies(
        self, entries: Sequence[Entry], weights: Sequence[float], settings: Ranking
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the rows of some lemmas, each once, their frequencies there added up, and the points of the first.

        Frequencies are normalised by the row's length, and times the lemma's weight; both are at most so much.
        """
        rows, frequency, lead = [], [], []
        for entry, weight in zip(entries, weights, strict=True):
            for listed in entry.lists:
                table = self._table(listed.part, settings, weight)
                of_list, coded = self._read(listed)
                rows.append(of_list)
                frequency.append(table.frequency[coded])
                lead.append(table.lead[coded])
        every = join(rows)
        # Added up in place: to sort the rows would take ten times as long.
        total, highest = self.take_scratch(np.float64), self.take_scratch(np.float64)
        np.add.at(total, every, join(frequency))
        np.maximum.at(highest, every, join(lead))
        once = self._each_once(every)
        of_rows, frequencies, leads = self._live_of(once, total[once], highest[once])
        total[every] = highest[every] = 0.0
        self.give_back(total)
        self.give_back(highest)
        return of_rows, frequencies, leads

    def _each_once(self, rows: np.ndarray) -> np.ndarray:
        """Return rows that come more than once only once."""
        last = self.take_scratch(np.int32)
        number = np.arange(len(rows), dtype=np.int32)
        last[rows] = number  # the last to write its number wins
        once: np.ndarray = rows[last[rows] == number]
        self.give_back(last)
        return once

    def _live_of(self, rows: np.ndarray, *values: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return rows that are not deleted, with their values."""
        if self.live is None:
            return rows, *values
        here = self.live[rows]
        return rows[here], *(array[here] for array in values)

    def _table(self, part: int, settings: Ranking, weight: float) -> _Table:
        key = part, weight, settings.b, settings.title_b, settings.lead, settings.lead_words, settings.k1
        if key not in self._tables:
            saturation = ranking.saturation(self.field_name, settings)
            table = codes.read(self._of[part].bounds, saturation.b, self.collection.average)
            frequency = table.frequency * weight
            lead = codes.lead(table, settings) if self.field_name == "text" else np.zeros(len(frequency))
            self._tables[key] = _Table(frequency, lead, codes.bm25(frequency, saturation) + lead)
        return self._tables[key]

    def with_forms(self, forms: tuple[Form, ...]) -> np.ndarray:
        """Return the rows that have any of the forms, in order: looked for where their lemmas are."""
        found = []
        for number, (part, of, base) in enumerate(zip(self._parts, self._of, self._bases, strict=True)):
            words = part.segment.words
            numbers = np.array(sorted({one for form in forms for one in words.forms(form)}), np.int64)
            having, _ = words.with_forms(numbers)
            if not len(having):
                continue
            having = distinct(having)
            rows = self._of_words(number, having)
            _, row, _, _ = part.segment.standing(rows + of.all.start, Among(having))
            found.append(self._live(rows[row[firsts(row)]] + base))
        return join(found)

    def _of_words(self, part: int, words: np.ndarray) -> np.ndarray:
        """Return rows of a segment among which are all that have one of these words."""
        of = self._of[part]
        rows = of.read(np.array(self.lists_of_words(part, words), np.int64)).rows
        mask = np.zeros(of.rows, np.bool_)
        mask[rows] = True
        return np.flatnonzero(mask)

    def lists_of_words(self, part: int, words: Sequence[int] | np.ndarray) -> list[int]:
        """Return lists of a segment that have all rows with one of these words."""
        lemmas = self._parts[part].segment.words.first_lemmas(np.asarray(words, np.int64))
        lists: list[int] = self._of[part].lists_of(distinct(lemmas)).tolist()
        return [number for number in lists if number >= 0]

    def in_a_row(self, words: Sequence[Word], rows: np.ndarray) -> np.ndarray:
        """Return those of some rows, in order, where words stand side by side."""
        found = []
        for part, _, here in self.by_part(rows):
            wanted = [Among(self._words_of(part, word)) for word in words]
            at = self._parts[part].segment.tokens.in_a_row(here + self.first_row(part), wanted)
            found.append(here[at] + self._bases[part])
        return join(found)

    def _words_of(self, part: int, word: Word) -> np.ndarray:
        """Return what stands in the texts of a segment for a word of a query, in order."""
        words = self._parts[part].segment.words
        entries = self.entries([lemma.text for lemma in word.lemmas])
        lemmas = [number for entry in entries for at, number in entry.numbers if at == part]
        of_lemmas, _ = words.words_of(np.array(lemmas, np.int64))
        of_forms, _ = words.with_forms(np.array([one for form in word.forms for one in words.forms(form)], np.int64))
        return distinct(np.concatenate([of_lemmas, of_forms]))

    def form_places(self, form: Form) -> int:
        """Return how often a form stands there."""
        return sum(
            int(part.segment.form_counts(self.field_name, np.array(part.segment.words.forms(form), np.int64)).sum())
            for part in self._parts
        )

    def sentences(self, rows: np.ndarray) -> np.ndarray:
        """Return where sentences begin in these rows, as keys, in order; empty if each row is one."""
        if self.field_name != "text":
            return np.zeros(0, np.int64)
        found = []
        for part, _, here in self.by_part(rows):
            texts = self._parts[part].segment.tokens
            starts = texts.starts(here)
            row, places = ranges(starts, texts.ends(here) - starts)
            starts = starts[row]
            opens = texts.opens(places) | (places == starts)
            keys = ((here[row] + self._bases[part]) << POSITION_BITS) | (places - starts)
            found.append(keys[opens])
        return join(found)

    # --- rows ---

    def lengths(self, rows: np.ndarray) -> np.ndarray:
        """Return the number of words of rows, as floats."""
        lengths: np.ndarray = self._lengths[rows].astype(np.float64)
        return lengths

    def of_documents(self, condition: AtPath | Dated) -> np.ndarray:
        """Return the rows of the documents that are as the condition says."""
        documents = self._documents.which(condition)
        return self.spread(documents)[0] if self.field_name == "text" else documents

    def documents(self, rows: np.ndarray) -> np.ndarray:
        """Return the document of each row."""
        return self._documents.of(rows) if self.field_name == "text" else rows

    def spread(self, documents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of documents, and for each row which of these documents it is of."""
        if self.field_name != "text":
            return documents, np.arange(len(documents))
        start = self._documents.starts[documents]
        of, rows = ranges(start, self._documents.starts[documents + 1] - start)
        return rows, of


def join(parts: list[np.ndarray]) -> np.ndarray:
    """Return arrays as one; a single one is not copied."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
