"""What the language of queries can be shown with in an index: words and a pair of words that its texts have."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING

from indexer.analysis.fold import fold
from indexer.analysis.light import is_light

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.analysis import Analyzer
    from indexer.types import Term
    from indexer.vocabulary import Vocabulary

_LOOKED_AT = 2000  # of the most frequent forms; most of the first hundred only join the others
_SHORTEST = 5  # letters; a mask wants three, and should leave some out


def nouns(vocabulary: Vocabulary, analyzer: Analyzer, limit: int) -> list[str]:
    """Return the nouns that stand most often as a dictionary has them, folded, the most frequent first."""
    forms = (form for form, _ in vocabulary.starting("", _LOOKED_AT))
    return list(islice((form for form in forms if _is_noun(form, analyzer)), limit))


def most_frequent_pair(texts: Iterable[str], analyzer: Analyzer) -> str:
    """Return what stands most often in texts as an adjective and its noun, in whatever form; "" if nothing does."""
    found: dict[tuple[str, str], list[str]] = {}
    for first, second in pairs(texts, analyzer):
        lemmas = (first.lemmas[0].text, second.lemmas[0].text)
        found.setdefault(lemmas, []).append(f"{first.token.text} {second.token.text}".lower())
    return max(found.values(), key=len, default=[""])[0]


def pairs(texts: Iterable[str], analyzer: Analyzer) -> Iterator[tuple[Term, Term]]:
    """Give what stands side by side in texts as an adjective and the noun that it belongs to."""
    for text in texts:
        for first, second in pairwise(analyzer.terms(text)):
            if _tells(first) and _tells(second) and not second.token.opens_sentence:
                found = [analyzer.found_by(term.form, False).ties for term in (first, second)]  # noqa: FBT003 -- a key
                if found[0].expects and not found[1].expects and found[0].offers & found[1].offers:
                    yield first, second


def _is_noun(form: str, analyzer: Analyzer) -> bool:
    if len(form) < _SHORTEST or not form.isalpha() or is_light(form):
        return False
    found = analyzer.found_by(form, False)  # noqa: FBT003 -- a key, as Analyzer.found_by has it
    # A noun offers itself to the word before, and an adjective expects something of the next one as well.
    return fold(found.lemmas[0].text) == form and bool(found.ties.offers) and not found.ties.expects


def _tells(term: Term) -> bool:
    return len(term.form) >= _SHORTEST and term.form.isalpha() and not is_light(term.lemmas[0].text)
