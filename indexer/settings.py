"""Every number that changes results, with its unit and its reason.

An index remembers the settings it was built with. Those of `Reading` and `Analysis` are baked into it, so a search or a
build with others is refused; the others only concern the search and may be changed at any time.
"""

from __future__ import annotations

from dataclasses import asdict, field, fields
from math import inf
from typing import Any, cast

from indexer.errors import SettingRefused
from indexer.frozen import frozen

# The values that a number may have, where that is not everything from 0: others make no results, or no sense.
_SENSIBLE: dict[str, tuple[int, float]] = {
    **dict.fromkeys(("reading.longest_paragraph", "analysis.most_lemmas", "analysis.longest_word"), (1, inf)),
    **dict.fromkeys(("analysis.rare_lemma", "analysis.part_of_compound", "asking.per_edit", "asking.relative"), (0, 1)),
    **dict.fromkeys(("ranking.b", "ranking.title_b"), (0, 1)),
    "meaning.unlike": (0, 0.99),
    "building.memory": (2**20, inf),
    **dict.fromkeys(("clustering.shards", "clustering.candidates"), (1, inf)),
    "asking.deepest": (0, 50),  # brackets are read by recursion
}


class _Numbers:
    """Settings that refuse what they cannot be."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for number in fields(self):  # type: ignore[arg-type]  # its subclasses are dataclasses
            name = f"{type(self).__name__.lower()}.{number.name}"
            value, usual = getattr(self, number.name), cast("float", number.default)
            least, most = _SENSIBLE.get(name, (0, inf))
            kind = int if isinstance(usual, int) else (int, float)
            if not isinstance(value, kind) or not least <= value <= most or value == inf:
                shown = f"{value:g}" if isinstance(value, float) else value
                raise SettingRefused(assignment=f"{name}={shown}", reason=wanted(name, usual))


def wanted(name: str, usual: float) -> str:
    """Say which values a number may have, by its dotted name and a value of its kind."""
    least, most = _SENSIBLE.get(name, (0, inf))
    if most < inf:
        return f"a number from {least} to {most} is wanted"
    return f"a {'whole number' if isinstance(usual, int) else 'number'} is wanted, at least {least}"


@frozen
class Reading(_Numbers):
    """How documents become paragraphs."""

    longest_paragraph: int = 2000  # characters; a longer one is cut at sentence ends, for a passage must fit a screen
    largest_file: int = 512 * 2**20  # bytes, of a format whose file is one document: it is held in memory several times


@frozen
class Analysis(_Numbers):
    """How words become lemmas."""

    # Raise it when the same text gives other terms than before. 3: weights are whole hundredths, so that a query may
    # ask the index what its words are instead of the dictionary, and get the same.
    version: int = 3
    most_lemmas: int = 6  # a word; unknown words have a long tail of guesses
    # Weight of a lemma that is never meant, against 1 for the likeliest. nDCG@10 averaged over xquad_ru, its sentences
    # and wikinews_headlines_ru (tests/quality/sweep.py): 0.9164 at 0.3, 0.9166 at 0.5, 0.9164 at 1. Small as it is, it
    # decides whether people or the homonymous things come first.
    rare_lemma: float = 0.5
    part_of_compound: float = 0.5  # weight of «министр» in «вице-министр», against 1 for the word alone
    longest_word: int = 64  # characters; what is longer is no word but a blob, and is cut


@frozen
class Ranking(_Numbers):
    """How paragraphs are ordered.

    Figures are nDCG@10 averaged over the five sets of tests/quality/sweep.py, which prints such rows. As it stands, the
    formula reaches 0.8708; numbers chosen on four of the sets reach 0.8707 on those left out
    (tests/quality/crossvalidation.py). What stands beside a number was measured with this one alone changed and an
    adjacency of 0.3, where it is 0.8689.
    """

    # Saturation of word counts, and how much a paragraph's length matters. 0.8637 at Robertson's k1 of 1.2, 0.8688 at
    # his b of 0.75: in a paragraph of sixty words, that a word is there says nearly all.
    k1: float = 0.5
    b: float = 0.85
    # Weight of a word in the title, against 1 in the text: 0.8489 at 0, 0.8669 at 0.5, 0.8670 at 1.5. All of it is on
    # ru_codes_law, the only set with titles that can match: 0.644 without, 0.744 with them.
    title: float = 1.0
    title_k1: float = 1.2  # Robertson's, for titles, sources and authors: these are too few to choose others
    title_b: float = 0.75
    light: float = 0.3  # weight of words that ask or join, against 1 for others: 0.8683 at 0, 0.8637 at 1
    # Weight of the first place of a word, against 1 for all its places together, and the word by which half of it is
    # left: 0.8597 without, 0.8684 at 0.3, 0.8683 at 0.7; 0.8676 at 8 words, 0.8694 at 30.
    lead: float = 0.5
    lead_words: int = 15
    # Weight of two neighbouring words of the query that stand so in the paragraph: 0.8659 at 0, 0.8689 at 0.3, 0.8671
    # at 0.4.
    adjacency: float = 0.2
    # Words of a query, up to which paragraphs with all of them come first whatever else the others have. It is what a
    # person who types two words expects, though it costs: 0.8711 without, 0.8613 at 6.
    all_first: int = 3


@frozen
class Asking(_Numbers):
    """What a query may be."""

    most_words: int = 400  # above it, no person asks, and the answer would take seconds
    deepest: int = 50  # brackets in brackets; deeper ones are left out
    farthest: int = 1000  # words, that words may be apart and still near each other
    most_edits: int = 2  # of a misspelling; three turn a word into any other
    least_letters: int = 3  # of a mask, without the stars: fewer would open most of the vocabulary
    most_forms: int = 5000  # that masks and misspellings may stand for in all; each costs some five microseconds
    most_open: int = 30  # masks and misspellings; one that begins with a star takes up to 90 ms in 375,000 forms
    # Weights against 1 for the word as typed.
    per_edit: float = 0.5  # of a form for each edit that parts it from the word
    # Of a word of the same root: searched if asked for, else a help in ranking. nDCG@10 as in `Ranking`, where it is
    # 0.8689: 0.8506 at 0, which is without them, 0.8675 at 0.3.
    relative: float = 0.7
    # Words in a row by which a quotation is partly there, or half of its words if these are fewer. Of 150 sentences
    # that 300,000 paragraphs do not have, 0.78 have three words in a row there, 0.25 four, 0.01 five and none six
    # (tests/benchmarks/quoting.py).
    quoted_run: int = 5


@frozen
class Mistyping(_Numbers):
    """How a query that finds nothing is read otherwise; the figures are of tests/benchmarks/spelling.py."""

    slip: float = 0.6  # of an edit: what a slip counts that nobody hears, or that everybody makes
    powers_of_ten: float = 4.0  # by which a form must be more frequent to make up for an edit
    # Edits to a correction that is searched. To 1.2, 0.824 of the misspellings are read right, and 0.333 of right words
    # that the index does not have are read as others; to 2, 0.867 and 0.751.
    most_edits: float = 1.2
    short: int = 4  # letters, up to which a word may have one edit; a longer one may have two
    shortest: int = 4  # letters, of a word that is read otherwise: of three, an edit makes anything
    shortest_foreign: int = 6  # letters, of a Latin word in Russian letters that is misspelt as well
    missing_space: float = 1.5  # edits; at 1, «неудачнеги» becomes «неудач неги» and «давнооо» «давно оо»
    least_places: int = 10  # of both words that one is split into; of rarer ones anything can be put together
    most_unknown: int = 16  # words that other readings are sought for; who has more has pasted something foreign


@frozen
class Meaning(_Numbers):
    """How paragraphs that words found are put in order by an encoder, where that is asked for."""

    # Paragraphs or documents that are looked at; the others follow as they are. Each takes a tenth of a second. nDCG@10
    # averaged over XQuAD, its sentences and laws, all without titles, is higher by 0.0145 with 10, 0.0188 with 20,
    # 0.0194 with 30 and 50.
    depth: int = 20
    characters: int = 500  # of a paragraph that are looked at, its first, with the title before it
    # Points of what means the same as the query, as a part of the best score. nDCG@10 averaged over five sets
    # (tests/quality/meaning.py --most 300): 0.8749 without, 0.8959 as they stand, 0.8920 with both numbers chosen on
    # the other four sets; from 1.0 to 2.0 it is within 0.003 of the best.
    weight: float = 1.8
    unlike: float = 0.7  # cosine up to which there are none


@frozen
class Building(_Numbers):
    """How an index is built; results do not depend on it."""

    # Bytes that the processes of a build may take, beside 300 MB that the one which writes and two others take to be
    # there at all: what waits for a segment is written before it takes more. Each further process takes some 250 MB.
    memory: int = 2**30


@frozen
class Clustering(_Numbers):
    """How an index is spread over a cluster, and asked there."""

    shards: int = 3  # parts of an index; each is searched by one core at a time
    replicas: int = 1  # of each part on other nodes; fewer if there are fewer nodes
    # Paragraphs that the cluster's own ranking gives to be put in order by the formula; twice as many as are asked for
    # if that is more.
    candidates: int = 300


@frozen
class Settings:
    """All of them."""

    reading: Reading = field(default_factory=Reading)
    analysis: Analysis = field(default_factory=Analysis)
    ranking: Ranking = field(default_factory=Ranking)
    asking: Asking = field(default_factory=Asking)
    mistyping: Mistyping = field(default_factory=Mistyping)
    meaning: Meaning = field(default_factory=Meaning)
    building: Building = field(default_factory=Building)
    clustering: Clustering = field(default_factory=Clustering)

    def baked(self) -> dict[str, Any]:
        """Those that an index cannot change after it was built.

        >>> sorted(Settings().baked())
        ['analysis', 'reading']
        """
        return {"reading": asdict(self.reading), "analysis": asdict(self.analysis)}
