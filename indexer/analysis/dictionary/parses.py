"""Parses of a word of the dictionary, and how likely each of several is."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.dictionary.lexicon import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indexer.analysis.dictionary.lexicon import Entry, Lexicon, Tag

DICTIONARY = "DictionaryAnalyzer"
_ALIKE = {"V-oy": "V-ey", "gen1": "gent", "loc1": "loct"}  # when the forms of two parts are compared
_PARTICLE = "HyphenSeparatedParticleAnalyzer"


class Parse(NamedTuple):
    """One thing that a word may be: what MorphAnalyzer.parse says of it."""

    word: str  # with its ё
    tag: Tag
    lemma: str  # likewise
    score: float
    way: str  # to find it, the last of them: pymorphy3's name of the analyser
    # What it goes by: a form of the dictionary; or the last part of a compound, behind the first if that changes too.
    by: Form | tuple[Parse, ...] | None = None


# Parse(…) of one tuple, in half of the time.
parse_of: Callable[[tuple[str, Tag, str, float, str, Form | tuple[Parse, ...] | None]], Parse] = partial(
    tuple.__new__, Parse
)


def known(found: Iterable[tuple[str, Entry]]) -> list[Parse]:
    """Return the parses of what was found in the dictionary, not yet weighed."""
    return [
        parse_of((one, form.tag, form.lemma(one), 1.0, DICTIONARY, form))
        for one, entry in found
        for form in entry.forms
    ]


def weighed(word: str, parses: list[Parse], lexicon: Lexicon) -> list[Parse]:
    """Return the parses of a word in the order of their probabilities, which become their scores.

    Those of a word with one lemma are left as they are: estimating them too took a quarter of the time.
    """
    if len({lemma for _, _, lemma, _, _, _ in parses}) == 1:
        return parses
    probabilities = lexicon.probabilities(word, (parse.tag for parse in parses))
    if probabilities is None:
        factor = 1.0 / sum([score for _, _, _, score, _, _ in parses])
        return [parse_of((one, tag, lemma, score * factor, way, by)) for one, tag, lemma, score, way, by in parses]
    likely = [
        parse_of((one, tag, lemma, probability, way, by))
        for (one, tag, lemma, _, way, by), probability in zip(parses, probabilities, strict=True)
    ]
    likely.sort(key=attrgetter("score"), reverse=True)
    return likely


def nominative(parse: Parse, lexicon: Lexicon) -> str:
    """Return what inflect({"sing", "nomn"}) makes of a parsed word; the word itself if it has no such form."""
    word, by = parse.word, parse.by
    if parse.way == _PARTICLE:
        word, hyphen, particle = word.rpartition("-")
        return nominative(parse._replace(word=word, way=""), lexicon) + hyphen + particle
    if by is None:
        return word
    if isinstance(by, Form):
        change = lexicon.nominative(by)
        return change.lemma(word) if change else word
    *before, last = by
    if not before:
        return word.removesuffix(last.word) + nominative(last, lexicon)
    forms = _compounds(before[0], last, lexicon)
    at = lexicon.most_like_nominative(parse.tag, [tag for _, tag in forms])
    prefix = word.removesuffix(f"{before[0].word}-{last.word}")
    return word if at is None else prefix + forms[at][0]


def _compounds(left: Parse, right: Parse, lexicon: Lexicon) -> list[tuple[str, Tag]]:
    """Return the forms of a compound whose parts both change: each of the right part with the likest of the left."""
    lefts, rights = _forms(left, lexicon), _forms(right, lexicon)
    compounds = []
    for word, tag in rights:
        grammemes = _alike(tag)
        likest, its_tag = min(lefts, key=lambda one: len(_alike(one[1]) ^ grammemes))
        compounds.append((f"{likest}-{word}", its_tag))
    return compounds


def _forms(parse: Parse, lexicon: Lexicon) -> list[tuple[str, Tag]]:
    if not isinstance(parse.by, Form):
        return [(parse.word, parse.tag)]
    return [(change.lemma(parse.word), tag) for tag, change in lexicon.changes(parse.by)]


def _alike(tag: Tag) -> set[str]:
    return {_ALIKE.get(grammeme, grammeme) for grammeme in tag.grammemes}
