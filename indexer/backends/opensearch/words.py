"""The words of an index on a cluster: which form may have which lemma, and how often each stands in which field.

They are documents of the index of their own, one a word, so what is asked of words costs by the vocabulary and not by
the texts. A build counts them as it writes paragraphs, and writes the sums when it ends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from indexer.analysis import russian
from indexer.analysis.fold import NORMAL, fold
from indexer.backends.base import Written
from indexer.backends.opensearch.encoding import WordKey, digest
from indexer.backends.opensearch.index import portions
from indexer.backends.opensearch.schema import HEADINGS, plain, token
from indexer.backends.opensearch.writing import Action, bulk
from indexer.vocabulary import Lexicon, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from indexer.backends.opensearch.index import Index
    from indexer.settings import Settings
    from indexer.types import Form

_AT_ONCE = 3000  # words that are asked for, looked up or listed at once
_MOST_KNOWN = 20_000  # answers of a kind that are remembered, of a few dozen to a few hundred bytes
FIELDS = ("text", *HEADINGS)


class Counts(NamedTuple):
    """A word of the index."""

    key: WordKey
    lemmas: list[str]  # as tokens
    places: dict[str, int]  # field → how often it stands there


class Words:
    """What an index knows of words."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._vocabularies: dict[str, Vocabulary] = {}
        self.lemma_places = lru_cache(_MOST_KNOWN)(self._lemma_places)
        self._having: dict[str, list[WordKey]] = {}
        self._known: dict[tuple[str, str], bool] = {}
        self._variants: dict[str, list[Counts]] = {}

    # --- lemmas ---

    def _lemma_places(self, field: str, lemma: str) -> int:
        answer = self._index.search(
            {
                "size": 0,
                "query": {"term": {"word_lemmas": token(lemma)}},
                "aggs": {"places": {"sum": {"field": f"in_{field}"}}},
            }
        )
        return int(answer["aggregations"]["places"]["value"])

    def known(self, field: str, lemmas: Collection[str]) -> set[str]:
        """Return those of some lemmas that stand in a field."""
        remembered = self._known
        if len(remembered) > _MOST_KNOWN * 10:
            remembered = self._known = {}  # threads that are at it keep theirs
        new = [lemma for lemma in lemmas if (field, lemma) not in remembered]
        for some in portions(new, _AT_ONCE):
            tokens = {token(lemma): lemma for lemma in some}
            answer = self._index.search(
                {
                    "size": 0,
                    "query": _standing(field, {"terms": {"word_lemmas": list(tokens)}}),
                    "aggs": {"known": {"terms": {"field": "word_lemmas", "include": list(tokens), "size": len(some)}}},
                }
            )
            known = {bucket["key"] for bucket in answer["aggregations"]["known"]["buckets"]}
            remembered.update({(field, lemma): named in known for named, lemma in tokens.items()})
        return {lemma for lemma in lemmas if remembered[field, lemma]}

    def having(self, lemmas: Iterable[str]) -> dict[str, list[WordKey]]:
        """Return the words in the texts that may have each of some lemmas, and remember them and all their spellings.

        Who will ask for one lemma after another may so ask for all at once, before.
        """
        remembered = self._having
        if len(remembered) > _MOST_KNOWN:
            remembered = self._having = {}
        asked = {token(lemma): lemma for lemma in lemmas}
        for some in portions([named for named, lemma in asked.items() if lemma not in remembered], _AT_ONCE):
            found: dict[str, list[WordKey]] = {named: [] for named in some}
            for word in self._list(_standing("text", {"terms": {"word_lemmas": some}})):
                for named in word.lemmas:
                    if named in found:
                        found[named].append(word.key)
            self._variants_of({fold(word.form) for words in found.values() for word in words})
            remembered.update({asked[named]: words for named, words in found.items()})
        return {lemma: remembered[lemma] for lemma in asked.values()}

    def forms_of(self, lemma: str) -> dict[str, int]:
        """See Engine.forms_of."""
        forms = {word.form for word in self.having([lemma])[lemma]}
        counts: Counter[str] = Counter()
        for word in self._of_folded({fold(form) for form in forms}):
            if word.key.form in forms and (places := word.places.get("text", 0)):
                counts[word.key.form] += places
        return dict(counts)

    def written(self, lemmas: Collection[str]) -> Written:
        """See Engine.written."""
        having = set(chain.from_iterable(self.having(lemmas).values()))
        forms = {word.form for word in having}
        lacking = {
            word.key.form
            for word in self._of_folded({fold(form) for form in forms})
            if word.key.form in forms and word.key not in having
        }
        return Written(frozenset(forms - lacking), frozenset(lacking))

    def different_lemmas(self) -> int:
        """Return how many lemmas the texts have."""
        words = _standing("text", {"exists": {"field": "word_lemmas"}})
        return sum(1 for _ in self._index.different(words, "word_lemmas"))

    # --- forms ---

    def spellings(self, folded: str) -> dict[str, int]:
        """See Engine.spellings."""
        counts: Counter[str] = Counter()
        for word in self._of_folded({folded}):
            if places := word.places.get("text", 0):
                counts[word.key.form] += places
        return dict(counts)

    def form_places(self, field: str, form: Form) -> int:
        """See Engine.form_places."""
        normal = NORMAL[form.exactness]
        words = self._of_folded({fold(form.text)})
        return sum(word.places.get(field, 0) for word in words if normal(word.key.form) == form.text)

    def spelt(self, forms: Iterable[Form]) -> dict[Form, list[str]]:
        """Return how each of some forms is written in the index, wherever."""
        asked = list(forms)
        words = self._variants_of({fold(form.text) for form in asked})
        return {
            form: sorted(
                {word.key.form for word in words[fold(form.text)] if NORMAL[form.exactness](word.key.form) == form.text}
            )
            for form in asked
        }

    def _of_folded(self, folded: set[str]) -> Iterator[Counts]:
        return chain.from_iterable(self._variants_of(folded).values())

    def _variants_of(self, folded: set[str]) -> dict[str, list[Counts]]:
        """Return the words that are written so."""
        remembered = self._variants
        if len(remembered) > _MOST_KNOWN * 5:
            remembered = self._variants = {}
        new = [one for one in folded if one not in remembered]
        for some in portions(new, _AT_ONCE):
            found: dict[str, list[Counts]] = {one: [] for one in some}
            for word in self._list({"terms": {"folded": [token(one) for one in some]}}):
                found[fold(word.key.form)].append(word)
            remembered.update(found)
        return {one: remembered[one] for one in folded}

    def vocabulary(self, field: str) -> Vocabulary:
        """See Engine.vocabulary."""
        if field not in self._vocabularies:
            forms: Counter[str] = Counter()
            for word in self._list(_standing(field, {"exists": {"field": "word"}})):
                forms[fold(word.key.form)] += word.places[field]
            ordered = sorted(forms)
            lexicon = Lexicon(ordered, np.array([forms[form] for form in ordered], np.int64))
            self._vocabularies[field] = Vocabulary([lexicon], partial(self.lemma_places, field))
        return self._vocabularies[field]

    def _list(self, query: dict[str, Any]) -> Iterator[Counts]:
        wanted = ["form", "opens", "word_lemmas", *(f"in_{field}" for field in FIELDS)]
        for fields in self._index.all(query, "word", wanted):
            places = {field: fields[f"in_{field}"] for field in FIELDS if fields.get(f"in_{field}")}
            yield Counts(WordKey(plain(fields["form"]), fields["opens"]), fields["word_lemmas"], places)


def _standing(field: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return a query for words with a condition: that they stand in a field."""
    return {"bool": {"filter": [query, {"range": {f"in_{field}": {"gt": 0}}}]}}


# --- writing ----------------------------------------------------------------------------------------------------------


def count(
    index: Index, more: Mapping[tuple[str, WordKey], int], fewer: Mapping[tuple[str, WordKey], int], settings: Settings
) -> None:
    """Write how often words stand where, after so many places have come and gone; other words stay as they are."""
    changes: dict[WordKey, Counter[str]] = defaultdict(Counter)
    for (field, word), places in more.items():
        changes[word][field] += places
    for (field, word), places in fewer.items():
        changes[word][field] -= places
    bulk(index.connection, index.name, _actions(index, changes, settings, known=bool(fewer) or not index.is_new))


def _actions(
    index: Index, changes: Mapping[WordKey, Counter[str]], settings: Settings, *, known: bool
) -> Iterator[Action]:
    analyzer = russian(settings.analysis)
    for some in portions(changes, _AT_ONCE):
        before = _before(index, some) if known else {}
        for word, found in zip(some, analyzer.look_up_all(some), strict=True):
            there = before.get(_id(word), {})
            places = {field: there.get(f"in_{field}", 0) + changes[word][field] for field in FIELDS}
            yield Action(
                _id(word),
                {
                    "word": _name(word),
                    "form": token(word.form),
                    "opens": word.opens,
                    "folded": token(fold(word.form)),
                    "word_lemmas": sorted({token(lemma.text) for lemma in (*found.lemmas, *found.parts)}),
                    **{f"in_{field}": count for field, count in places.items() if count > 0},
                },
            )


def _before(index: Index, words: Iterable[WordKey]) -> dict[str, dict[str, Any]]:
    answer = index.connection.ask("POST", f"/{index.name}/_mget", {"ids": [_id(word) for word in words]})
    return {one["_id"]: one["_source"] for one in answer["docs"] if one.get("found")}


def _id(word: WordKey) -> str:
    return f"w-{_name(word)}"


def _name(word: WordKey) -> str:
    return digest(f"{word.form}\0{word.opens}")
