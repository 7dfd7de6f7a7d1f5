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
_REMEMBERED = 20_000  # lemmas, words and typed words of which it is known what is looked for
_FEW = 8  # lemmas, and forms, of a word that is remembered: a mask may have thousands
_EARLIEST = codes.earliest().astype(np.int64)
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
    dense: tuple[Entry, ...]  # itself, if bits of its rows are given


class _OfWord(NamedTuple):
    """What phrases ask of the lemmas of a word of the query."""

    lemmas: tuple[_OfLemma, ...]
    plans: tuple[bytes, ...]  # of each segment: what of it is looked for
    are_few: bool  # so that their lists are gone through
    idf: float  # of the most frequent of them, as evaluation.idf tells where there are no forms beside them
    idf_in_titles: float
    dense: tuple[Entry, ...]


class Phrases:
    """What any phrase asks of a field, and what is known of lemmas and forms that were asked for."""

    def __init__(self, postings: FieldPostings, settings: Ranking) -> None:
        self.settings = settings
        self._postings = postings
        self._has_scores = postings.field_name == "text"
        self._titles = postings.field("title") if self._has_scores and settings.title else None
        self._segments = [phrases.held(_segment(postings, part, settings)) for part in range(len(postings.parts))]
        self._lemmas: dict[Lemma, _OfLemma] = {}
        self._words: dict[tuple[Lemma, ...], _OfWord] = {}
        # What is looked for in each segment where a typed word stands, by what tells that one.
        self._typed: dict[tuple[tuple[Form, ...], tuple[Lemma, ...]], tuple[bytes, ...]] = {}

    def found(self, phrase: Phrase, evaluation: Evaluation) -> Found | None:
        """Return the rows that have a phrase; None if arrays are to be asked.

        These are asked for one word, and for masks alone: to go through the lists of so many lemmas takes longer.
        """
        words = phrase.words
        if len(words) == 1:
            return None
        known = self._words
        of_words = [known.get(word.lemmas) or self._look_up_all(word.lemmas) for word in words]
        plans, has_scores = self._plans(phrase, of_words)
        if not plans:
            return None
        # All that a text scores by is found out at once: to call a loop takes longer than to look for most phrases.
        weight, in_title, typed = self._weights(phrase, of_words, evaluation) if has_scores else _NO_WEIGHTS
        dense = [entry for of in of_words if of.dense for entry in of.dense]
        # Sets are kept as long as loops run.
        sets = self._postings.dense_sets(dense) if dense else []
        given = np.frombuffer(b"".join([of.told for of in sets]), np.int64) if sets else _NONE_GIVEN
        parts: list[phrases.Scored] = []
        for plan, segment in zip(plans, self._segments, strict=True):
            begun, numbers = 0, np.frombuffer(plan, np.int64)
            while begun >= 0:
                evaluation.deadline.check()
                scored, begun = phrases.scored(
                    numbers, segment.table, len(words), weight, in_title, typed, given, begun, _AT_ONCE
                )
                parts.append(scored)
        if len(parts) == 1:
            return Found(parts[0], has_scores)
        return Found(phrases.Scored._make(map(np.concatenate, zip(*parts, strict=True))), has_scores)

    def _look_up_all(self, lemmas: tuple[Lemma, ...]) -> _OfWord:
        """Find out what phrases ask of the lemmas of a word."""
        each = tuple(self._lemma(lemma) for lemma in lemmas)
        of = _OfWord(
            each,
            tuple(b"".join([one.plans[part] for one in each]) for part in range(len(self._segments))),
            are_few=0 < len(each) <= _MOST_LISTS,
            # Of those that are as frequent, the first.
            idf=max(each, key=lambda one: one.rows).idf if each else 0.0,
            idf_in_titles=max(each, key=lambda one: one.titles).idf_in_titles if each else 0.0,
            dense=tuple(entry for one in each for entry in one.dense),
        )
        if len(lemmas) <= _FEW:
            if len(self._words) >= _REMEMBERED:
                self._words = {}  # another one, for threads may share it
            self._words[lemmas] = of
        return of

    def _lemma(self, lemma: Lemma) -> _OfLemma:
        of = self._lemmas.get(lemma)
        if of is None:
            if len(self._lemmas) >= _REMEMBERED:
                self._lemmas = {}  # likewise
            of = self._lemmas[lemma] = self._look_up(lemma)
        return of

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
            (entry,) if is_dense else (),
        )

    def _plans(self, phrase: Phrase, of_words: list[_OfWord]) -> tuple[list[bytes], bool]:
        """Return what is looked for in each segment, and whether scores are told; nothing if no lists are few."""
        plans: list[bytes] = []
        has_scores = self._has_scores
        have_forms = False
        for of, word in zip(of_words, phrase.words, strict=True):
            if word.forms or not of.are_few:
                have_forms = True
        known = self._typed
        typed = [known.get((word.forms, word.lemmas)) or self._look_up_typed(word) for word in phrase.typed]
        for part in range(len(self._segments)):
            if have_forms:
                plan, tells_scores = self._with_forms(phrase.words, of_words, part)
                if not plan:
                    return [], False
                has_scores = has_scores and tells_scores
            else:
                plan = _NEXT.join([of.plans[part] for of in of_words])
            plans.append(plan + _AGAIN + _NEXT.join([of[part] for of in typed]) if typed else plan)
        return plans, has_scores

    def _weights(self, phrase: Phrase, of_words: list[_OfWord], evaluation: Evaluation) -> tuple[float, float, float]:
        """Return what a phrase weighs in texts, and in titles; and what is added where the very forms typed stand.

        As evaluation.weight tells, which is asked where there is more to it than lemmas.
        """
        weight = in_title = 0.0
        for of, word in zip(of_words, phrase.words, strict=True):
            if word.forms or not of.lemmas:
                weight, in_title = evaluation.weight(phrase), evaluation.within("title").weight(phrase)
                break
            weight += of.idf
            in_title += of.idf_in_titles
        return weight, in_title, ranking.most_of(weight, in_title, self.settings) if phrase.typed else 0.0

    def _with_forms(self, words: tuple[Word, ...], of_words: list[_OfWord], part: int) -> tuple[bytes, bool]:
        """Return what of a segment is looked for by words, some of which have forms, and whether scores are told."""
        pieces: list[bytes] = []
        is_settled = is_settled_in_titles = False  # there is a word whose lists are gone through, or that has none
        for of, word in zip(of_words, words, strict=True):
            if word.forms or len(of.lemmas) > _MOST_LISTS:
                rows = self._rows(word, of, part)
                is_settled |= bool((rows[:, LIST] != NOT_ASKED).all())
                is_settled_in_titles |= bool((rows[:, LIST_OF_TITLES] != NOT_ASKED).all())
                pieces.append(rows.tobytes())
            else:
                is_settled = is_settled_in_titles = True
                pieces.append(of.plans[part])
        return _NEXT.join(pieces) if is_settled else b"", is_settled_in_titles

    def _rows(self, word: Word, of: _OfWord, part: int) -> np.ndarray:
        """Return what of a segment a word is looked for by, one below the other."""
        rows = [_row(of_lemma.plans[part]) for of_lemma in of.lemmas]
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

    def _look_up_typed(self, word: Word) -> tuple[bytes, ...]:
        """Find out what is looked for in each segment where the very forms of a word stand."""
        of_lemmas = [self._lemma(lemma).typed for lemma in word.lemmas]
        every = []
        for part in range(len(self._segments)):
            written_as = self._postings.segment(part).words.written_as
            numbers = [number for form in word.forms for number in written_as(form)]
            pieces = [_packed(phrases.TYPED, number, 0, ABSENT, ABSENT, 0) for number in numbers]
            every.append(b"".join([*pieces, *[of[part] for of in of_lemmas]]))
        found = tuple(every)
        if len(word.forms) + len(word.lemmas) <= _FEW:
            if len(self._typed) >= _REMEMBERED:
                self._typed = {}  # likewise
            self._typed[word.forms, word.lemmas] = found
        return found


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
