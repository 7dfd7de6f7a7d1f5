"""What the word that is being typed may become."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.analysis.fold import fold, written
from indexer.types import Completion

if TYPE_CHECKING:
    from indexer.vocabulary import Vocabulary

_LONGEST = 64  # characters; nobody types more of a word
_LAST_WORD = re.compile(r"[^\W_][\w\u0301'’ʼ`‐‑-]*\Z")


def complete(text: str, vocabulary: Vocabulary, limit: int) -> list[Completion]:
    """Return the most frequent forms that begin as the last word of the text; none if it ends between words.

    They are folded as the vocabulary is, lower case and ё as е; the words before are no part of them.
    """
    match = _LAST_WORD.search(text[-_LONGEST - 1 :])
    if not match or len(match[0]) > _LONGEST:
        return []
    return [Completion(form, places) for form, places in vocabulary.starting(fold(written(match[0])), limit)]
