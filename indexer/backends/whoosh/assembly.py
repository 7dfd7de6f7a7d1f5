"""Contents → the arrays of a segment: words by frequency, texts as their numbers, and the lists by one sort a chunk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import arrays, lists, terms, texts, tokens
from indexer.backends.whoosh.listing import Listing
from indexer.backends.whoosh.segment import ANALYSED_FIELDS, HEADING_FIELDS, WHOLE_FIELDS
from indexer.backends.whoosh.tokens import Tokens
from indexer.backends.whoosh.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from indexer.backends.whoosh.arrays import Arrays
    from indexer.backends.whoosh.listing import Chunk
    from indexer.backends.whoosh.numbering import Numbering
    from indexer.backends.whoosh.segment import Content, Whole
    from indexer.settings import Ranking

_AT_ONCE = 200_000  # places whose lemmas are sorted at once by a thread: within its caches, and not too many lists
_MOST_THREADS = 8  # more would sort ever fewer places each


class Outline(NamedTuple):
    """What a segment holds that is told before anything is known of its words but their numbers."""

    documents: Arrays
    used: np.ndarray  # the words that stand anywhere, in the order of the segment
    forms: Arrays  # of these
    texts: Arrays
    rows: list[int]  # of each field; of the first, the paragraphs


def outline(contents: Sequence[Content], numbering: Numbering) -> Outline:
    """Return what is told of documents whose words have these numbers, in their order."""
    paragraphs_of = _join([content.paragraphs_of for content in contents])
    headings, heading_ends = arrays.pack([heading for content in contents for heading in content.headings])
    made: Arrays = {
        "headings": headings,
        "heading_ends": heading_ends.astype(np.uint32),
        "dates": _join([content.dates for content in contents]).astype(np.float64),
        "paragraph_ends": np.cumsum(paragraphs_of).astype(np.uint32),
        "starts": _join([content.starts for content in contents]).astype(np.uint32),
        **texts.write(content.texts for content in contents),
    }
    for field in WHOLE_FIELDS:
        made |= _named(field, _whole([content.wholes[field] for content in contents]))
    used, rank = _by_frequency(contents, len(numbering.keys), made)
    parts = [content.fields[field] for field in ANALYSED_FIELDS for content in contents]
    written = tokens.write(
        (rank[part.words] for part in parts),
        _join([part.opens for part in parts]).astype(np.bool_),
        _join([part.lengths for part in parts]),
    )
    rows = [sum(len(content.fields[field].lengths) for content in contents) for field in ANALYSED_FIELDS]
    return Outline(made, used, numbering.forms(used), written, rows)


def assemble(of: Outline, numbering: Numbering, settings: Ranking, *, threads: int) -> Arrays:
    """Return the arrays of a segment, whose words are known by now."""
    rows = of.rows
    with ThreadPoolExecutor(min(threads, _MOST_THREADS)) as pool:
        made = of.documents | numbering.words(of.used, of.forms, pool) | of.texts
        made["field_rows"] = np.array(rows, np.uint32)
        words, texts_ = Words(made), Tokens(made)
        fields = {
            field: Listing(words, texts_, slice(last - count, last), ranking.saturation(field, settings).b)
            for field, last, count in zip(ANALYSED_FIELDS, np.cumsum(rows).tolist(), rows, strict=True)
        }
        # All at once: headings are so few that one thread would list them.
        begun = {field: pool.map(listing.chunk, listing.portions(_AT_ONCE)) for field, listing in fields.items()}
        for field, listing in fields.items():
            made |= _named(field, _lists(list(begun.pop(field)), words.lemma_count, listing.bounds, pool))
    return made


def _by_frequency(contents: Sequence[Content], words: int, made: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """Return the words that stand anywhere, those first that the texts have most often, and the place of each there."""
    counts = np.zeros(words, np.int64)
    is_there = np.zeros(words, np.bool_)
    for content in contents:
        met = np.bincount(content.fields["text"].words)  # up to the last that is there
        counts[: len(met)] += met
        for field in HEADING_FIELDS:
            is_there[content.fields[field].words] = True
    is_there |= counts > 0
    used = np.flatnonzero(is_there)
    used = used[np.argsort(-counts[used], kind="stable")]
    rank = np.zeros(words, np.uint32)
    rank[used] = np.arange(len(used))
    ordered = counts[used]
    last = np.flatnonzero(np.diff(ordered, append=-1))
    made["count_value"], made["count_until"] = ordered[last].astype(np.uint32), (last + 1).astype(np.uint32)
    return used, rank


def _lists(chunks: list[Chunk], lemma_count: int, bounds: np.ndarray, pool: Executor) -> Arrays:
    """Return for each lemma that stands in a field the rows that have it, of these chunks of all of its rows."""
    found = np.zeros(lemma_count, np.int64)
    for chunk in chunks:
        found[chunk.lemma] += chunk.found
    # Each chunk's part of a list is before those of the chunks behind it.
    free = np.cumsum(found)
    every_row = np.empty(int(found.sum()), np.uint32)
    coded = np.empty(len(every_row), np.uint8)

    def put(chunk: Chunk, starts: np.ndarray) -> None:
        to = lists.spread(starts, chunk.found)
        every_row[to], coded[to] = chunk.rows + np.uint32(chunk.first), chunk.codes

    placing = []
    while chunks:
        chunk = chunks.pop()  # so that what is taken over is free
        free[chunk.lemma] -= chunk.found
        placing.append(pool.submit(put, chunk, free[chunk.lemma]))
    for placed in placing:
        placed.result()
    lemmas = np.flatnonzero(found)
    return {
        "lemma": arrays.narrowest(np.diff(lemmas, prepend=0)),  # as many bytes each as the widest gap between two
        "bounds": bounds,
        **lists.write(every_row, coded, found[lemmas], pool=pool),
    }


def _whole(parts: list[Whole]) -> Arrays:
    """Return the values of a whole field in order of their bytes, and the documents with each."""
    vocabulary = sorted(set().union(*(part.terms for part in parts)))
    number = {term: at for at, term in enumerate(vocabulary)}
    renumbered = [np.fromiter((number[term] for term in part.terms), np.int64, len(part.terms)) for part in parts]
    term = _join([numbers[part.term] for part, numbers in zip(parts, renumbered, strict=True)])
    counts = np.bincount(term, minlength=len(vocabulary))
    used = np.flatnonzero(counts)  # a value that only deleted documents had is gone
    return {
        **terms.write(terms.Strings.of([vocabulary[at] for at in used.tolist()])),
        "until": np.cumsum(counts[used]).astype(np.uint32),
        "row": arrays.stable_order(term).astype(np.uint32),
    }


def _named(field: str, made: Arrays) -> Arrays:
    return {f"{field}.{part}": array for part, array in made.items()}


def _join(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
