"""Vocabularies of a few texts, made as an index makes them."""

from __future__ import annotations

from collections import Counter

import numpy as np

from indexer.analysis import russian
from indexer.analysis.fold import fold
from indexer.settings import Analysis
from indexer.vocabulary import Lexicon, Vocabulary

ANALYZER = russian(Analysis())


def of(*texts: str) -> Vocabulary:
    """Return what the texts have of words, a text a lexicon."""
    terms = [ANALYZER.terms(text) for text in texts]
    lemmas = Counter(lemma.text for of_text in terms for term in of_text for lemma in term.lemmas)
    lexicons = [_lexicon(Counter(fold(term.form) for term in of_text)) for of_text in terms]
    return Vocabulary(lexicons, lambda lemma: lemmas[lemma])


def _lexicon(counts: Counter[str]) -> Lexicon:
    forms = sorted(counts)
    return Lexicon(forms, np.array([counts[form] for form in forms], dtype=np.int64))
