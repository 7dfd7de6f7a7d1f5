"""The language that a browser asks for, of those that there are."""

from __future__ import annotations

import re

from indexer.wording.messages import LANGUAGES

_LONGEST = 1000  # characters of the header; browsers send some 30
_RANGE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z0-9-]*)?(?:\s*;\s*q=(?P<weight>[01](?:\.\d{0,3})?))?", re.IGNORECASE
)


def chosen(accepted: str) -> str:
    """Return the one of LANGUAGES that an Accept-Language header wants most; the first one if it wants none.

    >>> chosen("ru-RU,ru;q=0.9,en;q=0.8"), chosen("de,en;q=0.5,ru;q=0.7"), chosen("ru;q=0"), chosen("")
    ('ru', 'ru', 'en', 'en')
    """
    wanted: dict[str, float] = {}
    for one in accepted[:_LONGEST].split(","):
        if match := _RANGE.fullmatch(one.strip()):
            language, weight = match["language"].lower(), float(match["weight"] or 1)
            if weight and language in LANGUAGES:
                wanted.setdefault(language, weight)
    return max(wanted, key=lambda language: wanted[language], default=LANGUAGES[0])
