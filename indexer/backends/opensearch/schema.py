"""What an index on a cluster is made of: its fields, and how their tokens are told.

A generation is one index, and holds three kinds of documents with no field in common, so none is found by what asks for
another: paragraphs, with what is known of their document beside them; the words of all paragraphs, with what they may
be and how often each stands where (`vocabulary.py`); the files of the corpus.

A text comes analysed. Places are parted by spaces, what may stand at one place by `|`, the weight of a lemma stands
behind a colon where it is not 100: `стать|сталь:45 ∅ дом`. The cluster parts them again, and weighs nothing by what
stands behind the colon; we do, of what is given back. ∅ is a place with nothing, of which only the room is kept.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from indexer.ranking import WEIGHT_STEPS, saturation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.settings import Ranking

FORMAT = 1  # raise it when an index of today could not be read by the program of yesterday

HEADINGS = ("title", "source", "author")
NOTHING = "∅"
OPENS, CLOSES = "^", "$"  # stand with the first and the last form of a sentence
_TAKEN = re.compile(r"[\s|:∅^$_\x00-\x1f\x7f\ud800-\udfff]")  # what tells tokens apart, and what is in no encoding
_SURROGATE = re.compile("[\ud800-\udfff]")
_PATTERN = "([^|:]+)(?::[0-9]+)?"
_LONGEST = 100_000  # characters that one place may take; six lemmas of 64 are far from it


def prefix(field: str) -> str:
    """Return what the names of a field's parts begin with: those of the texts have nothing before them."""
    return "" if field == "text" else f"{field}_"


@lru_cache(100_000)
def token(text: str) -> str:
    """Return a lemma or a form as it is one token, whatever signs are in it; two have never the same.

    >>> token("закалка"), token("10 000"), token("a_b")
    ('закалка', '10_20_000', 'a_5f_b')
    """
    return _TAKEN.sub(lambda sign: f"_{ord(sign[0]):x}_", text)


def plain(token_: str) -> str:
    """Return what a token stands for.

    >>> plain("10_20_000")
    '10 000'
    """
    return re.sub("_([0-9a-f]+)_", lambda sign: chr(int(sign[1], 16)), token_) if "_" in token_ else token_


def stored(text: str) -> str:
    """Return a text as it can be given back: the cluster loses lone surrogates, which a text of a program may have."""
    return f"\0{json.dumps(text)}" if text.startswith("\0") or _SURROGATE.search(text) else text


def restored(text: str) -> str:
    r"""Return a text as it was.

    >>> restored(stored("\ud800")) == "\ud800", restored(stored("дом"))
    (True, 'дом')
    """
    return str(json.loads(text[1:])) if text.startswith("\0") else text


def reading(lemma: str, steps: int) -> str:
    """Return a lemma with its weight."""
    return token(lemma) if steps == WEIGHT_STEPS else f"{token(lemma)}:{steps}"


def readings(place: str) -> Iterable[tuple[str, int]]:
    """Give the tokens of the lemmas at a place, with their weights in steps.

    >>> list(readings("стать|сталь:45")), list(readings("∅"))
    ([('стать', 100), ('сталь', 45)], [])
    """
    for alternative in place.split("|"):
        lemma, _, steps = alternative.partition(":")
        if lemma != NOTHING:
            yield lemma, int(steps) if steps else WEIGHT_STEPS


def body(settings: Ranking, *, shards: int, replicas: int) -> dict[str, Any]:
    """Return what an index is made with."""
    similarities = {}
    for field in ("text", "title"):
        k1, b = saturation(field, settings)
        similarities[field] = {"type": "BM25", "k1": k1, "b": b}
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "codec": "best_compression",
            "refresh_interval": "-1",  # what a build writes is seen when all of it is
            "store.stats_refresh_interval": "100ms",  # a build tells its size when it has ended
            "similarity": similarities,
            "analysis": {
                "tokenizer": {"places": {"type": "whitespace", "max_token_length": _LONGEST}},
                "filter": {
                    "alternatives": {"type": "pattern_capture", "preserve_original": False, "patterns": [_PATTERN]},
                    "gaps": {"type": "stop", "stopwords": [NOTHING]},
                },
                "analyzer": {
                    "places": {"type": "custom", "tokenizer": "places", "filter": ["alternatives", "gaps"]},
                },
            },
        },
        "mappings": {"dynamic": False, "properties": _fields()},
    }


def _fields() -> dict[str, Any]:
    keyword, whole = {"type": "keyword"}, {"type": "integer"}
    of_texts: dict[str, Any] = {}
    for field in ("text", *HEADINGS):
        similarity = "text" if field == "text" else "title"
        analysed = {"type": "text", "analyzer": "places", "search_analyzer": "keyword"}
        of_texts[f"{prefix(field)}lemmas"] = {**analysed, "similarity": similarity}
        of_texts[f"{prefix(field)}forms"] = {**analysed, "norms": False}
        of_texts[f"{prefix(field)}length"] = whole
        of_texts[f"in_{field}"] = {"type": "long"}  # of a word: how often it stands there
    return {
        **of_texts,
        # of a paragraph
        "path": keyword,
        "number": whole,
        "file": keyword,
        "folded_path": keyword,
        "source_name": keyword,  # without case
        "source": keyword,
        "moment": {"type": "double"},  # of the document's date, seconds
        "month": keyword,
        "heads": {"type": "boolean"},  # whether it stands for its document where documents are counted
        "generation": {"type": "long"},  # of the build that wrote it
        # of a word
        "word": keyword,
        "folded": keyword,
        "word_lemmas": keyword,
        # of a file
        "record": keyword,
    }
