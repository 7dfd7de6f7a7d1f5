"""One spelling for what readers take for one letter.

Every step maps a character to a character or drops it, so nothing here needs offsets: a token keeps its span.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.types import Exactness

# Combining marks (the stress of за́мок), soft hyphens and zero-width characters: seen by nobody who types a query.
# й and ё survive because the readers compose them (NFC) first.
_UNSEEN = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]+")
_HYPHENS_AND_APOSTROPHES = str.maketrans({"\u2010": "-", "\u2011": "-", "’": "'", "ʼ": "'", "`": "'"})

_PLAIN = re.compile(r"[А-Яа-яЁё]+\Z")  # nearly every word: nothing to mend

_CHANGES = "\u00ad\u0300-\u036f\u200b-\u200f\u2010\u2011\u2060\ufeff’ʼ`"
# One set first, which is sought quickly; then what of the Latin letters stand beside something that is none of them.
_MAY_CHANGE = re.compile(
    rf"[A-Za-z{_CHANGES}](?:(?<=[{_CHANGES}])|(?<=[^\WA-Za-z].)|(?=[^\WA-Za-z])|(?<='.)|(?='))", re.DOTALL
)

_LATIN = "AaBCcEeHKkMOoPpTXxy"
_CYRILLIC = "АаВСсЕеНКкМОоРрТХху"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_IS_LATIN = re.compile("[A-Za-z]")
_IS_CYRILLIC = re.compile("[А-Яа-яЁё]")


def written(token: str) -> str:
    """Return the form of a token: what its writer meant to be seen, case and ё kept.

    >>> written("за́мок"), written("Mосква"), written("XIХ"), written("Ёлка")
    ('замок', 'Москва', 'XIX', 'Ёлка')
    """
    if token.isascii() or _PLAIN.match(token):
        return token
    form = _UNSEEN.sub("", token).translate(_HYPHENS_AND_APOSTROPHES)
    return _one_script(form) if _IS_LATIN.search(form) else form


def are_written(text: str) -> bool:
    """Whether the form of each token of a text is surely the token itself.

    >>> [are_written(text) for text in ("Ёлка, XI век", "за́мок", "Mосква", "I’m")]
    [True, False, False, False]
    """
    return not _MAY_CHANGE.search(text)


def fold(form: str) -> str:
    """Return the class of forms that search does not tell apart: without case, ё as е.

    >>> fold("Ёлка"), fold("ЗАЙКА")
    ('елка', 'зайка')
    """
    return form.lower().replace("ё", "е")


NORMAL: dict[Exactness, Callable[[str], str]] = {
    "folded": fold,
    "letters": str.lower,
    "written": str,
}  # forms that are equal after it are taken for one


def plain_latin(form: str) -> str:
    """Return a Latin word without case and diacritics.

    >>> plain_latin("Café")
    'cafe'
    """
    if form.isascii():
        return form.lower()
    return _UNSEEN.sub("", unicodedata.normalize("NFKD", form)).lower()


def _one_script(form: str) -> str:
    """Repair a word that mixes scripts, part by part: «С-300» and «IT-отдел» mix them rightly."""
    return "-".join(_one_script_part(part) for part in form.split("-"))


def _one_script_part(part: str) -> str:
    if not (_IS_LATIN.search(part) and _IS_CYRILLIC.search(part)):
        return part
    # Cyrillic first: in a Russian text a stray Latin letter is likelier than a stray Cyrillic one.
    cyrillic = part.translate(_TO_CYRILLIC)
    if not _IS_LATIN.search(cyrillic):
        return cyrillic
    latin = part.translate(_TO_LATIN)
    return part if _IS_CYRILLIC.search(latin) else latin
