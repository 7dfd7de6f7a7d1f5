"""Query → clauses for the cluster: what is found, exactly; and how it is ranked at first, about.

Terms are given as they are, never to be analysed. Where words stand is asked by intervals, which take the lemmas and
the forms of a field as one. A chain of three, and three words or more within a stretch, are no intervals: these are
minimal, and leave out the very places that another part of the chain needs. Such a condition is asked for by less, and
what that finds is looked through by the reference engine's own code; so is what has more alternatives than a cluster
takes in one query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from indexer import ranking
from indexer.backends.memory import Scores
from indexer.backends.opensearch.schema import CLOSES, HEADINGS, OPENS, prefix, token
from indexer.types import (
    AtPath,
    Boosted,
    Dated,
    Either,
    In,
    InDocument,
    Near,
    Only,
    Phrase,
    Run,
    Together,
    Window,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.backends.memory import Statistics
    from indexer.settings import Ranking
    from indexer.types import Filters, Form, Query

Clause: TypeAlias = dict[str, Any]

NONE: Clause = {"match_none": {}}
_MOST_ALTERNATIVES = 300  # of words that must stand somewhere: with 1,024 clauses of any kind a cluster gives up
_MOST_SCORED = 500  # clauses that only rank; beyond them what ranks least is left out
_MOST_TERMS = 60_000  # of one clause
# What words give, as a part of their weight, where the cluster cannot tell how often or how early they stand: about the
# average of BM25 and lead for one place.
_ONE_PLACE = 0.8
_IN_TITLE = 0.45
# What ranking by the cluster leaves out of a long query, so that it takes it.
_ALL, _NO_PAIRS, _NO_TITLES, _WORDS_ONLY = 3, 2, 1, 0


class Resolver(Protocol):
    """What clauses are made with beside the query."""

    def written(self, form: Form) -> list[str]:
        """Return how a form is written in the index."""
        ...

    def looked_through(self, condition: Near | Window | Run | Phrase, field: str, superset: Clause) -> Clause:
        """Return a clause for those of what another clause finds that a condition finds."""
        ...

    def beside(self, found: Clause) -> Clause:
        """Return a clause for all paragraphs of the documents that have what another one finds."""
        ...


class Finding:
    """What a query finds, as clauses that count nothing."""

    def __init__(self, resolver: Resolver, *, exactly: bool = True) -> None:
        """Take whether nothing else shall be found; if it may be, nothing needs to be looked through."""
        self._resolver = resolver
        self._exactly = exactly

    def found(self, query: Query, field: str = "text") -> Clause:  # noqa: C901 -- a case for each kind
        """Return a clause for what a query finds."""
        match query:
            case Word():
                return self.word(query, field)
            case Phrase(words):
                return self._in_a_row(query, words, field)
            case Near():
                return self._near(query, field)
            case Window():
                return self._window(query, field)
            case Run():
                return self._run(query, field)
            case Together(clauses) | Either(clauses):
                return any_of([self.found(clause, field) for clause in clauses])
            case Only(wanted, required, excluded):
                return self._only(self.found(wanted, field), required, excluded, field)
            case Boosted(wanted):
                return self.found(wanted, field)
            case In(name, wanted):
                return self.found(wanted, name)
            case InDocument(wanted):
                there = self.found(wanted, field)
                return self._resolver.beside(there) if field == "text" else there
            case AtPath() | Dated():
                return condition(query)

    def complete(self, query: Query, field: str = "text") -> Clause:
        """Return a clause for what has every word of a query."""
        match query:
            case Together(clauses):
                return all_of([self.complete(clause, field) for clause in clauses])
            case Either(clauses):
                return any_of([self.complete(clause, field) for clause in clauses])
            case Only(wanted):
                return all_of([self.found(query, field), self.complete(wanted, field)])
            case Boosted(wanted):
                return self.complete(wanted, field)
            case In(name, wanted):
                return self.complete(wanted, name)
            case Word() | Phrase() | Near() | Window() | Run() | InDocument() | AtPath() | Dated():
                return self.found(query, field)

    def _only(self, found: Clause, required: tuple[Query, ...], excluded: tuple[Query, ...], field: str) -> Clause:
        needed = all_of([found, *(self.found(clause, field) for clause in required)])
        without = [clause for one in excluded if (clause := self.found(one, field)) != NONE]
        if not without or needed == NONE:
            return needed
        return {"bool": {"filter": [needed], "must_not": without}}

    # --- words and where they stand ---

    def word(self, word: Word, field: str) -> Clause:
        """Return a clause for a word."""
        lemmas, forms = self._tokens(word)
        return any_of(
            [
                terms(f"{prefix(field)}{part}", tokens)
                for part, tokens in (("lemmas", lemmas), ("forms", forms))
                if tokens
            ]
        )

    def _tokens(self, word: Word) -> tuple[list[str], list[str]]:
        lemmas = [token(lemma.text) for lemma in word.lemmas]
        forms = dict.fromkeys(token(form) for asked in word.forms for form in self._resolver.written(asked))
        return lemmas, list(forms)

    def at_a_place(self, word: Word, field: str) -> Clause | None:
        """Return the intervals of a word; None if it stands nowhere."""
        lemmas, forms = self._tokens(word)
        return _either(
            [
                *({"match": {"query": lemma}} for lemma in lemmas),
                *({"match": {"query": form, "use_field": f"{prefix(field)}forms"}} for form in forms),
            ]
        )

    def _alternatives(self, words: Iterable[Word]) -> int:
        return sum(len(tokens) for word in words for tokens in self._tokens(word))

    def intervals(self, words: Sequence[Word], field: str) -> Clause | None:
        """Return the intervals of words in a row; None if one of them stands nowhere."""
        places = [self.at_a_place(word, field) for word in words]
        if len(places) == 1 or None in places:
            return places[0] if None not in places else None
        return {"all_of": {"mode": "ordered", "max_gaps": 0, "intervals": places}}

    def _in_a_row(self, looked_for: Phrase | Run, words: Sequence[Word], field: str) -> Clause:
        if len(words) == 1:
            return self.word(words[0], field)
        if self._alternatives(words) > _MOST_ALTERNATIVES:
            every = all_of([self.word(word, field) for word in words])
            asked = looked_for if isinstance(looked_for, Phrase) else Phrase(tuple(words))
            return self._looked_through(asked, field, every)
        return _standing(self.intervals(words, field), field)

    def _near(self, near: Near, field: str) -> Clause:
        words = [word for leaf in near.leaves for word in _words(leaf)]
        every = all_of([self._in_a_row(Phrase(_words(leaf)), _words(leaf), field) for leaf in near.leaves])
        by_sentence = None in near.links and not all(len(_words(leaf)) == 1 for leaf in near.leaves)
        if len(near.leaves) > 2 or by_sentence or self._alternatives(words) > _MOST_ALTERNATIVES:  # noqa: PLR2004 -- a pair
            return self._looked_through(near, field, every)
        first, second = (self.intervals(_words(leaf), field) for leaf in near.leaves)
        return _standing(_close(first, second, near.links[0], field), field)

    def _window(self, window: Window, field: str) -> Clause:
        every = all_of([self.word(word, field) for word in dict.fromkeys(window.words)])
        if len(window.words) > 2 or self._alternatives(window.words) > _MOST_ALTERNATIVES:  # noqa: PLR2004 -- a pair
            return self._looked_through(window, field, every)
        first, second = (self.at_a_place(word, field) for word in window.words)
        return _standing(_close(first, second, window.distance, field), field)

    def _run(self, run: Run, field: str) -> Clause:
        stretches = [run.words[at : at + run.least] for at in range(len(run.words) - run.least + 1)]
        if sum(map(self._alternatives, stretches)) > _MOST_ALTERNATIVES:
            return self._looked_through(run, field, self._enough(run, field))
        return any_of([self._in_a_row(run, stretch, field) for stretch in stretches])

    def _enough(self, run: Run, field: str) -> Clause:
        clauses = [clause for word in run.words if (clause := self.word(word, field)) != NONE]
        if len(clauses) < run.least:
            return NONE
        return {"bool": {"should": clauses, "minimum_should_match": run.least}}

    def _looked_through(self, asked: Near | Window | Run | Phrase, field: str, superset: Clause) -> Clause:
        if superset == NONE or not self._exactly:
            return superset
        return self._resolver.looked_through(asked, field, superset)


class Scoring:
    """How what a query finds is ranked by the cluster: near enough for the best few hundred to have the best ten."""

    def __init__(self, resolver: Resolver, statistics: Statistics, settings: Ranking) -> None:
        self._finding = Finding(resolver, exactly=False)
        self._statistics = statistics
        self._settings = settings
        self._scores = Scores("text", dict.fromkeys(("text", *HEADINGS), ()), settings, statistics)

    def clauses(self, query: Query) -> list[Clause]:
        """Return what adds up to a rank: as much of the formula as a cluster takes."""
        for detail in (_ALL, _NO_PAIRS, _NO_TITLES):
            clauses = self._of(query, "text", detail)
            if _count(clauses) <= _MOST_SCORED:
                return clauses
        return self._of(query, "text", _WORDS_ONLY)

    def _of(self, query: Query, field: str, detail: int) -> list[Clause]:
        match query:
            case Word() | Phrase():
                return self._leaf(query, field, detail)
            case Together(clauses):
                return self._together(query, clauses, field, detail)
            case Either(clauses):
                return [part for clause in clauses for part in self._of(clause, field, detail)]
            case Only(wanted):
                return [_where(self._finding.found(query, field), self._of(wanted, field, detail))]
            case Boosted(wanted, factor):
                return [{"bool": {"should": self._of(wanted, field, detail), "boost": factor}}]
            case In(name, wanted):
                return self._of(wanted, name, detail)
            case Near() | Window() | Run() | InDocument() | AtPath() | Dated():
                return []

    def _together(self, query: Together, clauses: tuple[Query, ...], field: str, detail: int) -> list[Clause]:
        parts = [part for clause in clauses for part in self._of(clause, field, detail)]
        if detail >= _ALL:
            for pair in ranking.pairs(query, self._settings):
                parts += self._rows(pair, field, self._settings.adjacency)
        if bonus := ranking.bonus(query, field, self._scores.idf_in, self._settings):
            parts.append(_worth(self._finding.complete(query, field), bonus))
        return parts

    def _leaf(self, leaf: Word | Phrase, field: str, detail: int) -> list[Clause]:
        parts = self._rows(leaf, field, 1.0) if isinstance(leaf, Phrase) else self._word(leaf, field, detail)
        if field == "text" and detail >= _NO_PAIRS and self._settings.title:
            there = ranking.in_title(leaf)
            parts.append(
                _worth(
                    self._finding.found(there, "title"),
                    self._settings.title * _IN_TITLE * self._weight(there, "title"),
                )
            )
        bonus = ranking.typed_bonus(leaf, field, self._scores.idf_in, self._settings)
        if bonus and isinstance(leaf, Phrase):
            both = [self._finding.found(leaf, field), self._finding.found(Phrase(leaf.typed), field)]
            parts.append(_worth(all_of(both), bonus))
        return [part for part in parts if part != NONE]

    def _rows(self, phrase: Phrase, field: str, factor: float) -> list[Clause]:
        plain = Phrase(phrase.words)
        return [_worth(self._finding.found(plain, field), factor * _ONE_PLACE * self._weight(plain, field))]

    def _word(self, word: Word, field: str, detail: int) -> list[Clause]:
        weight = self._weight(word, field)
        if detail <= _WORDS_ONLY or field != "text":
            return [_worth(self._finding.word(word, field), weight * (_ONE_PLACE if field == "text" else _IN_TITLE))]
        collection, k1 = self._statistics.collection(field), self._settings.k1
        choices: list[Clause] = []
        for lemma in (*word.lemmas, *word.relatives):
            if found := self._statistics.found(field, lemma.text):
                # What Lucene multiplies by, its idf and k1 + 1, is taken out.
                of_lucene = ranking.idf(found, collection) * (k1 + 1)
                value = {"value": token(lemma.text), "boost": lemma.weight * weight / of_lucene}
                choices.append({"term": {f"{prefix(field)}lemmas": value}})
        if word.forms:
            best = max(form.weight for form in word.forms)
            choices.append(_worth(self._finding.word(Word((), word.forms), field), best * _ONE_PLACE * weight))
        choices = [choice for choice in choices if choice != NONE]
        return choices if len(choices) <= 1 else [{"dis_max": {"queries": choices}}]

    def _weight(self, leaf: Word | Phrase, field: str) -> float:
        return ranking.weight(leaf, self._scores.idf_in(field), self._settings)


def _count(clauses: object) -> int:
    """Return how many queries without others in them there are."""
    if isinstance(clauses, list):
        return sum(map(_count, clauses))
    if isinstance(clauses, dict):
        return sum(
            1 if name in {"term", "terms", "match", "wildcard", "range", "exists", "ids"} else _count(inner)
            for name, inner in clauses.items()
        )
    return 0


def _worth(found: Clause, points: float) -> Clause:
    """Return a clause that gives points to what another one finds."""
    return NONE if found == NONE or points <= 0 else {"constant_score": {"filter": found, "boost": points}}


def _where(found: Clause, parts: list[Clause]) -> Clause:
    """Return a clause that ranks by parts what another one finds, and nothing else."""
    return {"bool": {"filter": [found], "should": parts}} if parts else {"bool": {"filter": [found]}}


# --- clauses ----------------------------------------------------------------------------------------------------------


def any_of(clauses: Iterable[Clause]) -> Clause:
    """Return a clause for what any of these finds."""
    kept = _flat((clause for clause in clauses if clause != NONE), "should")
    if not kept:
        return NONE
    return kept[0] if len(kept) == 1 else {"bool": {"should": kept, "minimum_should_match": 1}}


def all_of(clauses: Iterable[Clause]) -> Clause:
    """Return a clause for what all of these find."""
    kept = _flat(clauses, "filter")
    if NONE in kept:
        return NONE
    return kept[0] if len(kept) == 1 else {"bool": {"filter": kept}}


def _flat(clauses: Iterable[Clause], of: str) -> list[Clause]:
    """Return clauses, those of a clause of the same kind in its place: a cluster does not take them nested deeply."""
    flat: list[Clause] = []
    for clause in clauses:
        inner = clause.get("bool", {})
        alike = set(inner) == ({"should", "minimum_should_match"} if of == "should" else {"filter"})
        if alike and inner.get("minimum_should_match", 1) == 1:
            flat += inner[of]
        else:
            flat.append(clause)
    return flat


def terms(field: str, values: Sequence[str]) -> Clause:
    """Return a clause for any of these values."""
    if len(values) <= _MOST_TERMS:
        return {"terms": {field: list(values)}}
    return any_of(
        {"terms": {field: list(values[start : start + _MOST_TERMS])}} for start in range(0, len(values), _MOST_TERMS)
    )


def condition(asked: AtPath | Dated) -> Clause:
    """Return a clause for what a document must be."""
    match asked:
        case AtPath(pattern):
            spelt = pattern.encode("utf-8", "replace").decode().replace("\\", "\\\\")
            whole = spelt if "*" in pattern or "?" in pattern else f"*{spelt}*"
            return {"wildcard": {"folded_path": {"value": whole}}}
        case Dated(since, until):
            limits = {name: at.timestamp() for name, at in (("gte", since), ("lt", until)) if at is not None}
            return {"range": {"moment": limits}} if limits else {"exists": {"field": "path"}}


def allowed(filters: Filters) -> list[Clause]:
    """Return clauses for what filters let be found."""
    clauses = []
    if filters.sources:
        clauses.append(terms("source_name", [token(source.casefold()) for source in filters.sources]))
    if filters.since is not None or filters.until is not None:
        clauses.append(condition(Dated(filters.since, filters.until)))
    return clauses


def _standing(intervals: Clause | None, field: str) -> Clause:
    return NONE if intervals is None else {"intervals": {f"{prefix(field)}lemmas": intervals}}


def _either(intervals: list[Clause]) -> Clause | None:
    if len(intervals) <= 1:
        return intervals[0] if intervals else None
    return {"any_of": {"intervals": intervals}}


def _close(first: Clause | None, second: Clause | None, link: int | None, field: str) -> Clause | None:
    """Return the intervals from one to the other, in either order, that a link allows."""
    if first is None or second is None:
        return None
    both: list[Clause] = []
    for pair in ([first, second], [second, first]):
        ordered: dict[str, Any] = {"mode": "ordered", "intervals": pair}
        if link is not None:
            ordered["max_gaps"] = link - 1
        elif field == "text":  # a title is one sentence
            ordered["filter"] = {"contained_by": _sentence(field)}
        both.append({"all_of": ordered})
    return _either(both)


def _sentence(field: str) -> Clause:
    """Return the intervals of sentences of two words or more.

    An interval is the shortest of those that end there, so from a sentence of one word one goes on to the end of the
    next only if that is of one word too. (What is in no one sentence is not told by what it contains: for Lucene's
    `not_containing` it is enough that one interval ends where the other begins.)
    """
    opens, closes = ({"match": {"query": sign, "use_field": f"{prefix(field)}forms"}} for sign in (OPENS, CLOSES))
    next_one = {"all_of": {"mode": "ordered", "max_gaps": 0, "intervals": [closes, opens]}}
    return {"all_of": {"mode": "ordered", "intervals": [opens, closes], "filter": {"not_contained_by": next_one}}}


def _words(leaf: Word | Phrase) -> tuple[Word, ...]:
    return (leaf,) if isinstance(leaf, Word) else leaf.words


def words_of(query: Query, field: str = "text") -> Iterator[tuple[str, Word]]:  # noqa: C901 -- likewise
    """Give the words of a query, each with the field that it is looked for in."""
    match query:
        case Word():
            yield field, query
        case Phrase(words, typed):
            yield from ((field, word) for word in (*words, *typed))
        case Near(leaves):
            for leaf in leaves:
                yield from words_of(leaf, field)
        case Window(words) | Run(words):
            yield from ((field, word) for word in words)
        case Together(clauses) | Either(clauses):
            for clause in clauses:
                yield from words_of(clause, field)
        case Only(wanted, required, excluded):
            for clause in (wanted, *required, *excluded):
                yield from words_of(clause, field)
        case Boosted(wanted) | InDocument(wanted):
            yield from words_of(wanted, field)
        case In(name, wanted):
            yield from words_of(wanted, name)
        case AtPath() | Dated():
            return


def has_in_document(query: Query) -> bool:
    """Whether a query asks what else a document has."""
    match query:
        case InDocument():
            return True
        case Together(clauses) | Either(clauses):
            return any(map(has_in_document, clauses))
        case Only(wanted, required, excluded):
            return any(map(has_in_document, (wanted, *required, *excluded)))
        case Boosted(wanted) | In(_, wanted):
            return has_in_document(wanted)
        case Word() | Phrase() | Near() | Window() | Run() | AtPath() | Dated():
            return False
