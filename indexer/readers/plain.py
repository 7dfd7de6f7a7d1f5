"""Plain text: a short first line that stands alone is the title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.readers.normal import document
from indexer.readers.reading import Reading, of_one_document

if TYPE_CHECKING:
    from indexer import settings
    from indexer.readers.files import CorpusFile
    from indexer.types import Document

_LONGEST_TITLE = 120  # characters; longer lines are paragraphs
_TITLE = re.compile(rf"\s*(\S[^\n]{{0,{_LONGEST_TITLE - 1}}})\n[^\S\n]*(?:\n|\Z)")
_SENTENCE_ENDS = ".!?…;:,"


def read(file: CorpusFile, settings: settings.Reading) -> Reading:
    """Give the one document that a text file is."""
    return of_one_document(file, settings, parse)


def parse(path: str, text: str) -> Document:
    r"""Make a document of a text.

    >>> note = parse("мёд.txt", "О мёде\n\nСобран в июле.")
    >>> note.title, note.text
    ('О мёде', 'Собран в июле.')
    """
    heading = _TITLE.match(text)
    if heading and not heading[1].rstrip().endswith(tuple(_SENTENCE_ENDS)):
        return document(path, text[heading.end() :], title=heading[1])
    return document(path, text)
