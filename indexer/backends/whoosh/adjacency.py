"""Where a phrase stands, and its best rows, by compiled loops (phrases): what evaluation and best tell by arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import codes, phrases
from indexer.types import Only, Phrase, Word

if TYPE_CHECKING:
    from indexer.backends.whoosh.evaluation import Evaluation
    from indexer.backends.whoosh.postings import FieldPostings
    from indexer.settings import Ranking
    from indexer.types import Query

_MOST_LISTS = 64  # of one word, that are gone through for its rows
_AT_ONCE = 20_000  # rows whose texts are looked through by one call
_EARLIEST = codes.earliest().astype(np.int64)
_NOTHING = phrases.Scored(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_))
_NO_WEIGHTS = phrases.Weights(0.0, 0.0, 0.0)


class Found(NamedTuple):
    """The rows that have a phrase."""

    scored: phrases.Scored
    has_scores: bool  # or these tell nothing


def found(phrase: Phrase, evaluation: Evaluation) -> Found | None:
    """Return the rows that have a phrase; None if arrays are to be asked.

    These are asked for one word, and for masks alone: to go through the lists of so many lemmas takes longer.
    """
    if len(phrase.words) == 1:
        return None
    # All that a text scores by is found out at once: to call a loop takes longer than to look for most phrases.
    titles = evaluation.within("title") if evaluation.field == "text" and evaluation.settings.title else None
    weights = _weights(phrase, evaluation) if evaluation.field == "text" else _NO_WEIGHTS
    parts: list[phrases.Scored] = []
    has_scores = evaluation.field == "text"
    for part in range(len(evaluation.postings.parts)):
        asked = _asked(phrase, part, evaluation, phrase.typed)
        if asked is None:
            return None
        if asked.lists:
            in_titles = _asked(phrase, part, titles) if titles else _Asked([], [])
            has_scores = has_scores and in_titles is not None
            parts += _in_part(phrase, part, evaluation, (asked, in_titles or _Asked([], [])), weights)
    if len(parts) == 1:
        return Found(parts[0], has_scores)
    every = phrases.Scored._make(map(np.concatenate, zip(*parts, strict=True))) if parts else _NOTHING
    return Found(every, has_scores)


class _Asked(NamedTuple):
    """What of a segment is looked for: the rows of phrases.Asked, one after another."""

    entries: list[int]
    lists: list[int]


def _asked(phrase: Phrase, part: int, evaluation: Evaluation, typed: tuple[Word, ...] = ()) -> _Asked | None:
    """Return what of a segment is looked for, nothing if it lacks a word; None if no lists are short enough."""
    entries: list[int] = []
    lists: list[int] = []
    for at, word in enumerate(phrase.words):
        of_word = _add_word(entries, at, word, part, evaluation)
        if not of_word:
            return _Asked([], [])
        if len(of_word) <= _MOST_LISTS:
            for number in of_word:
                lists += (at, number)
    for at, word in enumerate(typed):
        _add_typed(entries, at, word, part, evaluation)
    return _Asked(entries, lists) if lists else None


def _add_word(entries: list[int], at: int, word: Word, part: int, evaluation: Evaluation) -> list[int]:
    """Add what a word of the phrase is looked for by; return the lists that have its rows."""
    lists: list[int] = []
    for lemma, entry in zip(word.lemmas, evaluation.known(word).own, strict=True):
        for of, number, listed in entry.lists:
            if of == part:
                entries += (at, phrases.LEMMA, number, ranking.steps(lemma.weight))
                lists.append(listed)
    if word.forms:
        postings = evaluation.postings
        words = postings.segment(part).words
        there: list[int] = []
        for form in word.forms:
            for number in words.written_as(form):
                entries += (at, phrases.FORM, number, ranking.steps(form.weight) * ranking.WEIGHT_STEPS)
                there.append(number)
        lists += postings.lists_of_words(part, there)
    return lists


def _add_typed(entries: list[int], at: int, word: Word, part: int, evaluation: Evaluation) -> None:
    """Add what a word of the phrase is told by where the very forms stand."""
    words = evaluation.postings.segment(part).words
    for form in word.forms:
        for number in words.written_as(form):
            entries += (at, phrases.TYPED, number, 0)
    if word.lemmas:
        for entry in evaluation.known(Word(word.lemmas)).own:
            entries += (
                one
                for listed in entry.lists
                if listed.part == part
                for one in (at, phrases.TYPED_LEMMA, listed.lemma, 0)
            )


def _in_part(
    phrase: Phrase, part: int, evaluation: Evaluation, asked: tuple[_Asked, _Asked], weights: phrases.Weights
) -> list[phrases.Scored]:
    """Return what is in a segment; it is asked of its rows, and of its titles."""
    postings = evaluation.postings
    of, first_rows = postings.prepared(part, evaluation.settings, _prepared)
    plan = [postings.base(part), postings.parts[part].documents]
    for first_row, (entries, lists) in zip(first_rows, asked, strict=True):
        plan += (len(phrase.words), first_row, len(entries) // 4, len(lists) // 2)
        plan += entries
        plan += lists
    numbers = np.array(plan, np.int64)
    parts = []
    begun = 0
    while begun >= 0:
        evaluation.deadline.check()
        scored, begun = phrases.scored(numbers, of, weights, begun, _AT_ONCE)
        parts.append(scored)
    return parts


def _prepared(postings: FieldPostings, part: int, settings: Ranking) -> tuple[phrases.Segment, tuple[int, int]]:
    """Return what of a segment is read for any phrase, and the first rows of the field and of titles."""
    segment = postings.segment(part)
    titles = postings.field("title") if postings.field_name == "text" else postings
    of_text, of_title = (ranking.saturation(field, settings) for field in ("text", "title"))
    formula = phrases.Formula(
        average=postings.collection.average,
        k1=float(of_text.k1),
        b=float(of_text.b),
        lead=float(settings.lead),
        lead_words=float(settings.lead_words),
        title=float(settings.title),
        title_average=titles.collection.average,
        title_k1=float(of_title.k1),
        title_b=float(of_title.b),
    )
    return phrases.Segment(
        lists=phrases.Lists._make(postings.stored_for_loops(part)),
        title_lists=phrases.Lists._make(titles.stored_for_loops(part)),
        live=postings.live_in(part),
        lemmas=phrases.Lemmas._make(segment.words.lemmas_for_loops),
        texts=segment.tokens.for_loops,
        known=segment.words.for_loops,
        documents=postings.all_documents.of_paragraphs,
        earliest=_EARLIEST,
        formula=formula,
    ), (postings.first_row(part), titles.first_row(part))


def _weights(phrase: Phrase, evaluation: Evaluation) -> phrases.Weights:
    weight, in_title = evaluation.weight(phrase), evaluation.within("title").weight(phrase)
    typed = ranking.most_of(weight, in_title, evaluation.settings) if phrase.typed else 0.0
    return phrases.Weights(weight, in_title, typed)


def scores(query: Query, evaluation: Evaluation) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the rows of texts that have a phrase, and the score of each; None if more than one phrase is asked for.

    Whatever only narrows what is found may be beside it.
    """
    while isinstance(query, Only):
        query = query.query
    if not isinstance(query, Phrase):
        return None
    known = evaluation.by_loops(query)
    return (known.scored.rows, known.scored.scores) if known and known.has_scores else None
