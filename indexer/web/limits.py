"""What one request may ask for, so that no request keeps the others waiting."""

from __future__ import annotations

from dataclasses import replace

from indexer.frozen import frozen
from indexer.settings import Settings


@frozen
class Limits:
    """How much a request may ask for; whoever asks for more is told what there is."""

    characters: int = 1000  # of a query; what is longer is a text
    words: int = 50  # of a query; the command line takes 400, and waits for the answer alone
    open: int = 6  # masks and misspellings of a query, each of which looks through all the words there are
    page: int = 100  # results on a page
    deepest: int = 10_000  # results before a page; none of them can be left out of the ranking
    around: int = 50  # paragraphs on each side of one
    paragraphs: int = 500  # of a document at a time
    chosen: int = 50  # sources, lemmas or forms named in a request, of each
    url: int = 16_384  # bytes of path and query string; %D0%B0 is one letter
    seconds: float = 10.0  # that a search may take
    # Searches at once. They take turns at the interpreter: 8 clients had 110 answers a second from one thread, 107 from
    # two and 64 from four. With one, a slow search would keep all others waiting.
    threads: int = 2
    waiting: int = 200  # requests that wait for a thread; the next one is asked to come again

    def settings(self) -> Settings:
        """Return the settings of a searcher that holds to these."""
        usual = Settings()
        return replace(usual, asking=replace(usual.asking, most_words=self.words, most_open=self.open))
