"""Where a phrase stands, and its best rows, by compiled loops (phrases): what evaluation and best tell by arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import codes, phrases
from indexer.types import Only, Phrase, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.backends.whoosh.evaluation import Evaluation
    from indexer.types import Query

_MOST_LISTS = 64  # of one word, that are gone through for its rows
_AT_ONCE = 20_000  # rows whose texts are looked through by one call
_EARLIEST = codes.earliest().astype(np.int64)
_NO_ROWS = np.zeros(0, np.int64)
_NOTHING = phrases.Stretches(_NO_ROWS, np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.bool_))


def stretches(phrase: Phrase, evaluation: Evaluation) -> phrases.Stretches | None:
    """Return the rows that have a phrase; None if arrays are to be asked.

    These are asked for one word, and for masks alone: to go through the lists of so many lemmas takes longer.
    """
    postings = evaluation.postings
    if len(phrase.words) == 1:
        return None
    found: list[phrases.Stretches] = []
    for part in range(len(postings.parts)):
        asked = _asked(phrase, part, evaluation)
        if asked is None:
            return None
        if asked.entries:
            found += _in_part(asked, part, evaluation)
    if len(found) == 1:
        return found[0]
    return phrases.Stretches._make(map(np.concatenate, zip(*found, strict=True))) if found else _NOTHING


class _Asked(NamedTuple):
    """What of a segment is looked for: see phrases.Asked."""

    length: int
    entries: list[tuple[int, int, int, int]]
    lists: list[tuple[int, int]]


def _asked(phrase: Phrase, part: int, evaluation: Evaluation) -> _Asked | None:
    """Return what of a segment is looked for, nothing if it lacks a word; None if no lists are short enough."""
    entries: list[tuple[int, int, int, int]] = []
    lists: list[tuple[int, int]] = []
    for at, word in enumerate(phrase.words):
        of_word, of_lists = _of_word(word, part, evaluation)
        if not of_lists:
            return _Asked(0, [], [])
        entries += [(at, *entry) for entry in of_word]
        if len(of_lists) <= _MOST_LISTS:
            lists += [(at, number) for number in of_lists]
    words = evaluation.postings.segment(part).words
    for at, word in enumerate(phrase.typed):
        entries += [(at, phrases.TYPED, number, 0) for form in word.forms for number in words.written_as(form)]
        if word.lemmas:
            of_typed, _ = _of_word(Word(word.lemmas), part, evaluation)
            entries += [(at, phrases.TYPED_LEMMA, number, 0) for _, number, _ in of_typed]
    return _Asked(len(phrase.words), entries, lists) if lists else None


def _of_word(word: Word, part: int, evaluation: Evaluation) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Return what a word is looked for by, and the lists that have its rows."""
    entries: list[tuple[int, int, int]] = []
    lists: list[int] = []
    for lemma, entry in zip(word.lemmas, evaluation.known(word).own, strict=True):
        for listed in entry.lists:
            if listed.part == part:
                entries.append((phrases.LEMMA, listed.lemma, ranking.steps(lemma.weight)))
                lists.append(listed.number)
    if word.forms:
        postings = evaluation.postings
        words = postings.segment(part).words
        there = [
            (phrases.FORM, number, ranking.steps(form.weight) * ranking.WEIGHT_STEPS)
            for form in word.forms
            for number in words.written_as(form)
        ]
        entries += there
        lists += postings.lists_of_words(part, [number for _, number, _ in there])
    return entries, lists


def _in_part(asked: _Asked, part: int, evaluation: Evaluation) -> Iterator[phrases.Stretches]:
    postings = evaluation.postings
    segment, base = postings.segment(part), postings.base(part)
    of = phrases.Asked(
        asked.length,
        np.array(asked.entries, np.int64),
        np.array(asked.lists, np.int64),
        _EARLIEST,
        postings.first_row(part),
    )
    lists = postings.lists_for_loops(part, evaluation.settings)
    lemmas = phrases.Lemmas._make(segment.words.lemmas_for_loops)
    begun = 0
    while begun >= 0:
        evaluation.deadline.check()
        found, begun = phrases.stretches(
            of,
            lists,
            postings.live_in(part),
            lemmas,
            segment.tokens.for_loops,
            segment.words.for_loops,
            begun,
            _AT_ONCE,
        )
        yield found._replace(rows=found.rows + base) if base else found


def scores(query: Query, evaluation: Evaluation) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the rows of texts that have a phrase, and the score of each; None if more than one phrase is asked for.

    Whatever only narrows what is found may be beside it.
    """
    while isinstance(query, Only):
        query = query.query
    if not isinstance(query, Phrase):
        return None
    found, titles = evaluation.stretches(query), _in_titles(query, evaluation)
    if found is None or titles is None:
        return None
    return found.rows, phrases.scores(
        found,
        evaluation.postings.all_documents.of_paragraphs,
        titles,
        _formula(query, evaluation),
    )


def _in_titles(phrase: Phrase, evaluation: Evaluation) -> phrases.Stretches | None:
    if not evaluation.settings.title:
        return _NOTHING
    return evaluation.within("title").stretches(Phrase(phrase.words) if phrase.typed else phrase)


def _formula(phrase: Phrase, evaluation: Evaluation) -> phrases.Formula:
    settings = evaluation.settings
    titles = evaluation.within("title")
    of_text, of_title = (ranking.saturation(field, settings) for field in ("text", "title"))
    weight, in_title = evaluation.weight(phrase), titles.weight(ranking.in_title(phrase))
    return phrases.Formula(
        weight=weight,
        average=evaluation.postings.collection.average,
        k1=float(of_text.k1),
        b=float(of_text.b),
        lead=float(settings.lead),
        lead_words=float(settings.lead_words),
        typed=ranking.most_of(weight, in_title, settings) if phrase.typed else 0.0,
        title=float(settings.title),
        title_weight=in_title,
        title_average=titles.postings.collection.average,
        title_k1=float(of_title.k1),
        title_b=float(of_title.b),
    )
