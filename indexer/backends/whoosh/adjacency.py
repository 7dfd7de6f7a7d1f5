"""Where a phrase stands, and its best rows, by compiled loops (phrases): what evaluation and best tell by arrays.

To look for most phrases takes less time than Python takes to ask for it; so what is asked for is put together here from
what is known of each lemma, and by few calls.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer import ranking
from indexer.backends.whoosh import codes, phrases
from indexer.backends.whoosh.loops import Stored
from indexer.backends.whoosh.phrases import ABSENT, COLUMNS, LIST, LIST_OF_TITLES, NOT_ASKED

if TYPE_CHECKING:
    from indexer.backends.whoosh.evaluation import Evaluation
    from indexer.backends.whoosh.postings import Entry, FieldPostings
    from indexer.settings import Ranking
    from indexer.types import Form, Lemma, Phrase, Word

_MOST_LISTS = 64  # of one word, that are gone through for its rows
_AT_ONCE = 20_000  # rows whose texts are looked through by one call
_REMEMBERED = 20_000  # lemmas, and forms, of which it is known what is looked for
_EARLIEST = codes.earliest().astype(np.int64)
_NOTHING = phrases.Scored(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_))
_NO_WEIGHTS = 0.0, 0.0, 0.0
_NONE_GIVEN = np.frombuffer(b"", np.int64)
# A plan: see phrases.scored. Bytes that are joined, for to make an array of numbers takes six times as long.
_packed, _row = Struct(f"={COLUMNS}q").pack, Struct(f"={COLUMNS}q").unpack
_NEXT, _AGAIN = (_packed(kind, 0, 0, ABSENT, ABSENT, 0) for kind in (phrases.NEXT, phrases.AGAIN))


class Found(NamedTuple):
    """The rows that have a phrase."""

    scored: phrases.Scored
    has_scores: bool  # or these tell nothing


class _OfLemma(NamedTuple):
    """What phrases ask of a lemma of the query."""

    plans: tuple[bytes, ...]  # of each segment: what of it is looked for
    typed: tuple[bytes, ...]  # likewise, where its form must be one that was typed as well
    rows: int  # that have it
    idf: float
    titles: int  # likewise
    idf_in_titles: float
    entry: Entry
    is_dense: bool  # bits of its rows are given


class _Asked(NamedTuple):
    """What of a segment is looked for."""

    plan: bytes  # see phrases.scored
    has_scores: bool


class Phrases:
    """What any phrase asks of a field, and what is known of lemmas and forms that were asked for."""

    def __init__(self, postings: FieldPostings, settings: Ranking) -> None:
        self.settings = settings
        self._postings = postings
        self._has_scores = postings.field_name == "text"
        self._titles = postings.field("title") if self._has_scores and settings.title else None
        self._segments = [phrases.held(_segment(postings, part, settings)) for part in range(len(postings.parts))]
        self._lemmas: dict[Lemma, _OfLemma] = {}
        self._typed: dict[Form, tuple[bytes, ...]] = {}  # what is looked for in each segment

    def found(self, phrase: Phrase, evaluation: Evaluation) -> Found | None:
        """Return the rows that have a phrase; None if arrays are to be asked.

        These are asked for one word, and for masks alone: to go through the lists of so many lemmas takes longer.
        """
        words = phrase.words
        if len(words) == 1:
            return None
        lemmas = [self._lemmas_of(word) for word in words]
        # All that a text scores by is found out at once: to call a loop takes longer than to look for most phrases.
        weight, in_title, typed = _weights(phrase, lemmas, evaluation) if self._has_scores else _NO_WEIGHTS
        # Sets are kept as long as loops run.
        sets = self._postings.dense_sets([of.entry for of_word in lemmas for of in of_word if of.is_dense])
        given = np.frombuffer(b"".join([of.told for of in sets]), np.int64) if sets else _NONE_GIVEN
        parts: list[phrases.Scored] = []
        has_scores = self._has_scores
        for part, segment in enumerate(self._segments):
            asked = self._asked(phrase, lemmas, part)
            if asked is None:
                return None
            has_scores = has_scores and asked.has_scores
            plan = np.frombuffer(asked.plan, np.int64)
            begun = 0
            while begun >= 0:
                evaluation.deadline.check()
                scored, begun = phrases.scored(
                    plan, segment.table, len(words), weight, in_title, typed, given, begun, _AT_ONCE
                )
                parts.append(scored)
        if len(parts) == 1:
            return Found(parts[0], has_scores)
        every = phrases.Scored._make(map(np.concatenate, zip(*parts, strict=True))) if parts else _NOTHING
        return Found(every, has_scores)

    def _lemmas_of(self, word: Word) -> list[_OfLemma]:
        """Return what is known of the lemmas of a word."""
        known = self._lemmas
        found = []
        for lemma in word.lemmas:
            of = known.get(lemma)
            if of is None:
                if len(known) >= _REMEMBERED:
                    known = self._lemmas = {}  # another one, for threads may share it
                of = known[lemma] = self._look_up(lemma)
            found.append(of)
        return found

    def _look_up(self, lemma: Lemma) -> _OfLemma:
        (entry,) = self._postings.entries([lemma.text])
        in_titles = self._titles.entries([lemma.text])[0] if self._titles else None
        lists = {listed.part: listed.number for listed in entry.lists}
        of_titles = {listed.part: listed.number for listed in in_titles.lists} if in_titles else {}
        numbers, steps = dict(entry.numbers), ranking.steps(lemma.weight)
        parts = range(len(self._segments))
        is_dense = self._postings.is_dense(entry)
        return _OfLemma(
            tuple(
                _packed(
                    phrases.LEMMA,
                    numbers.get(part, 0),
                    steps,
                    lists.get(part, ABSENT),
                    of_titles.get(part, ABSENT),
                    is_dense,
                )
                for part in parts
            ),
            tuple(
                _packed(phrases.TYPED_LEMMA, numbers.get(part, 0), 0, ABSENT, ABSENT, 0) if part in lists else b""
                for part in parts
            ),
            entry.found,
            ranking.idf(entry.found, self._postings.collection),
            in_titles.found if in_titles else 0,
            ranking.idf(in_titles.found, self._titles.collection) if in_titles and self._titles else 0.0,
            entry,
            is_dense,
        )

    def _asked(self, phrase: Phrase, lemmas: list[list[_OfLemma]], part: int) -> _Asked | None:
        """Return what of a segment is looked for; None if no lists are short enough."""
        pieces: list[bytes] = []
        is_settled = is_settled_in_titles = False  # there is a word whose lists are gone through, or that has none
        for of_word, word in zip(lemmas, phrase.words, strict=True):
            if word.forms or len(of_word) > _MOST_LISTS:
                rows = self._with_forms(word, of_word, part)
                is_settled |= bool((rows[:, LIST] != NOT_ASKED).all())
                is_settled_in_titles |= bool((rows[:, LIST_OF_TITLES] != NOT_ASKED).all())
                pieces.append(rows.tobytes())
            else:
                is_settled = is_settled_in_titles = True
                pieces += [of.plans[part] for of in of_word]
            pieces.append(_NEXT)
        if not is_settled:
            return None
        if phrase.typed:
            pieces[-1] = _AGAIN
            self._add_typed(phrase.typed, part, pieces)
        return _Asked(b"".join(pieces), is_settled_in_titles)

    def _with_forms(self, word: Word, lemmas: list[_OfLemma], part: int) -> np.ndarray:
        """Return what of a segment a word is looked for by, one below the other."""
        rows = [_row(of.plans[part]) for of in lemmas]
        there: list[int] = []
        written_as = self._postings.segment(part).words.written_as
        for form in word.forms:
            steps = ranking.steps(form.weight) * ranking.WEIGHT_STEPS
            for number in written_as(form):
                rows.append((phrases.FORM, number, steps, ABSENT, ABSENT, 0))
                there.append(number)
        lists_of = self._postings.lists_of_words
        rows += [(phrases.LISTED, 0, 0, number, ABSENT, 0) for number in lists_of(part, there)]
        if self._titles:
            lists_of = self._titles.lists_of_words
            rows += [(phrases.LISTED, 0, 0, ABSENT, number, 0) for number in lists_of(part, there)]
        every = np.array(rows, np.int64).reshape(len(rows), COLUMNS)
        for column in (LIST, LIST_OF_TITLES):
            lists = every[:, column]
            if np.count_nonzero(lists >= 0) > _MOST_LISTS:
                lists[lists >= 0] = NOT_ASKED
        return every

    def _add_typed(self, typed: tuple[Word, ...], part: int, pieces: list[bytes]) -> None:
        """Add what words are told by where the very forms stand."""
        known = self._typed
        for word in typed:
            for form in word.forms:
                of = known.get(form)
                if of is None:
                    if len(known) >= _REMEMBERED:
                        known = self._typed = {}  # likewise
                    of = known[form] = self._written_as(form)
                pieces.append(of[part])
            pieces += [of.typed[part] for of in self._lemmas_of(word)]
            pieces.append(_NEXT)

    def _written_as(self, form: Form) -> tuple[bytes, ...]:
        every = [self._postings.segment(part).words.written_as(form) for part in range(len(self._segments))]
        return tuple(
            b"".join(_packed(phrases.TYPED, number, 0, ABSENT, ABSENT, 0) for number in numbers) for numbers in every
        )


def _segment(postings: FieldPostings, part: int, settings: Ranking) -> phrases.Segment:
    """Return what of a segment is read for any phrase."""
    segment = postings.segment(part)
    titles = postings.field("title") if postings.field_name == "text" else postings
    return phrases.Segment(
        lists=Stored._make(postings.stored_for_loops(part)),
        title_lists=Stored._make(titles.stored_for_loops(part)),
        live=postings.live_in(part),
        lemmas=phrases.Lemmas._make(segment.words.lemmas_for_loops),
        texts=segment.tokens.for_loops,
        known=segment.words.for_loops,
        documents=postings.all_documents.of_paragraphs,
        earliest=_EARLIEST,
        numbers=postings.numbers_for_loops(titles, settings),
        bases=phrases.Bases(
            row=postings.base(part),
            document=postings.parts[part].documents,
            first_row=postings.first_row(part),
            first_title=titles.first_row(part),
            count=postings.rows_in(part),
        ),
    )


def _weights(phrase: Phrase, lemmas: list[list[_OfLemma]], evaluation: Evaluation) -> tuple[float, float, float]:
    """Return what a phrase weighs in texts, and in titles; and what is added where the very forms typed stand.

    As evaluation.weight tells, which is asked where there is more to it than lemmas: the idf of a word is that of the
    most frequent of these.
    """
    settings = evaluation.settings
    if any(word.forms or not word.lemmas for word in phrase.words):
        weight, in_title = evaluation.weight(phrase), evaluation.within("title").weight(phrase)
    else:
        weight = in_title = 0.0
        for of_word in lemmas:
            _, _, most, idf, most_in_titles, idf_in_titles, _, _ = of_word[0]
            for _, _, rows, other, titles, other_in_titles, _, _ in of_word[1:]:
                if rows > most:
                    most, idf = rows, other
                if titles > most_in_titles:
                    most_in_titles, idf_in_titles = titles, other_in_titles
            weight += idf
            in_title += idf_in_titles
    return weight, in_title, ranking.most_of(weight, in_title, settings) if phrase.typed else 0.0
