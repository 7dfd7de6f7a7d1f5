"""Every number that changes results, with its unit and its reason.

An index remembers the settings it was built with. Those of `Reading` and `Analysis` are baked into it, so a search or a
build with others is refused; the others only concern the search and may be changed at any time.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents become paragraphs."""

    longest_paragraph: int = 2000  # characters; a longer one is cut at sentence ends, for a passage must fit a screen
    largest_file: int = 512 * 2**20  # bytes, of a format whose file is one document: it is held in memory several times


@dataclass(frozen=True, slots=True)
class Analysis:
    """How words become lemmas."""

    version: int = 1  # raise it when the same text gives other terms than before
    most_lemmas: int = 6  # a word; unknown words have a long tail of guesses
    # Weight of a lemma that is never meant, against 1 for the likeliest. nDCG@10 averaged over xquad_ru, its sentences
    # and wikinews_headlines_ru (tests/quality/sweep.py): 0.9164 at 0.3, 0.9166 at 0.5, 0.9164 at 1. Small as it is, it
    # decides whether people or the homonymous things come first.
    rare_lemma: float = 0.5
    part_of_compound: float = 0.5  # weight of «министр» in «вице-министр», against 1 for the word alone
    longest_word: int = 64  # characters; what is longer is no word but a blob, and is cut


@dataclass(frozen=True, slots=True)
class Ranking:
    """How paragraphs are ordered."""

    k1: float = 1.2  # saturation of term frequency; Robertson's and Lucene's
    b: float = 0.75  # normalisation by length; likewise
    # Weight of two neighbouring words of the query that stand so in the paragraph. On the same three sets: 0.9148 at 0,
    # 0.9160 at 0.1, 0.9166 at 0.2, 0.9158 at 0.3, 0.9120 at 0.5.
    adjacency: float = 0.2
    # Words of a query, up to which paragraphs with all of them come first whatever else the others have. It is what a
    # person who types two words expects; averaged over five sets nDCG@10 is 0.8109 without, 0.8096 at 3, 0.8065 at 6
    # and 0.8034 without a limit, for it hurts where a heading of eight words is searched.
    all_first: int = 3


@dataclass(frozen=True, slots=True)
class Asking:
    """What a query may be."""

    most_words: int = 400  # above it, no person asks, and the answer would take seconds


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them."""

    reading: Reading = field(default_factory=Reading)
    analysis: Analysis = field(default_factory=Analysis)
    ranking: Ranking = field(default_factory=Ranking)
    asking: Asking = field(default_factory=Asking)

    def baked(self) -> dict[str, Any]:
        """Those that an index cannot change after it was built.

        >>> sorted(Settings().baked())
        ['analysis', 'reading']
        """
        return {"reading": asdict(self.reading), "analysis": asdict(self.analysis)}
