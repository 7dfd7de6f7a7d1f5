"""Expression → Query: words become lemmas, by the analysis that made the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.errors import QueryEmpty, QueryTooLong
from indexer.queries.parser import parse
from indexer.queries.syntax import Not, Or, Plain, Quoted, Sequence
from indexer.types import Either, Phrase, Together, Without, Word

if TYPE_CHECKING:
    from indexer.analysis import Analyzer
    from indexer.settings import Asking
    from indexer.types import Query

_SENTENCE = 4  # words; in a longer plain query the first capital may only open the question


def understand(text: str, analyzer: Analyzer, settings: Asking) -> Query:
    """Return the query that a text means.

    QueryEmpty if there is no word to look for, QueryTooLong if there are more than a search takes.

    >>> from indexer.analysis import russian
    >>> from indexer.settings import Analysis, Asking
    >>> understand("лестницу", russian(Analysis()), Asking())
    Word(lemmas=(Lemma(text='лестница', weight=1.0),))
    """
    expression = parse(text)
    alternatives = expression.alternatives if isinstance(expression, Or) else (expression,)
    queries = [query for part in alternatives if (query := _sequence(part, analyzer)) is not None]
    if not queries:
        raise QueryEmpty(query=text)
    query = queries[0] if len(queries) == 1 else Either(tuple(queries))
    if (count := _count(query)) > settings.most_words:
        raise QueryTooLong(words=count, most=settings.most_words)
    return query


def _sequence(sequence: Sequence, analyzer: Analyzer) -> Query | None:
    wanted: list[Query] = []
    excluded: list[Query] = []
    for part in sequence.parts:
        match part:
            case Plain(text):
                wanted.extend(_words(text, analyzer))
            case Quoted(text):
                wanted.extend(_phrase(text, analyzer))
            case Not(operand):
                # A minus before «вице премьер» in quotes or before «2,5-3» concerns the whole, hence a phrase.
                excluded.extend(_phrase(operand.text, analyzer))
    if not wanted:
        return None
    query = wanted[0] if len(wanted) == 1 else Together(tuple(wanted))
    return Without(query, tuple(excluded)) if excluded else query


def _phrase(text: str, analyzer: Analyzer) -> list[Query]:
    words = _words(text, analyzer)
    return [Phrase(tuple(words))] if len(words) > 1 else list(words)


def _words(text: str, analyzer: Analyzer) -> list[Word]:
    tokens = [term.token for term in analyzer.terms(text)]
    asks_in_a_sentence = len(tokens) > _SENTENCE
    return [
        # Parts of a compound are not searched: «Ростов-на-Дону» must not find every «на».
        Word(analyzer.found_by(*analyzer.key(token.text, token.opens_sentence and asks_in_a_sentence))[0])
        for token in tokens
    ]


def _count(query: Query) -> int:
    match query:
        case Word():
            return 1
        case Phrase(words):
            return len(words)
        case Together(clauses) | Either(clauses):
            return sum(map(_count, clauses))
        case Without(wanted, excluded):
            return _count(wanted) + sum(map(_count, excluded))
