r"""Files → Documents: finds what is in a corpus and reads each file by the format that its suffix names.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from indexer.settings import Reading as Settings
>>> with TemporaryDirectory() as folder:
...     _ = Path(folder, "мёд.md").write_text("# О мёде\n\nСобран в июле.", encoding="utf-8")
...     for file in find(Path(folder)).files:
...         print(file.name, [document.text for document in read(file, Settings()).documents])
мёд.md ['Собран в июле.']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from indexer.errors import Unreadable
from indexer.readers.files import CorpusFile, Found, digest, printable, walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indexer import settings
    from indexer.readers.reading import Reading

__all__ = ["READERS", "CorpusFile", "Found", "digest", "find", "read"]

_Reader: TypeAlias = "Callable[[CorpusFile, settings.Reading], Reading]"

# The module that reads files of a suffix, imported for the first of them: a corpus is mostly of one format, and before
# a build knows how large it is, it does not start the processes that could help it.
READERS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".text": "plain",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "table",
    ".tsv": "table",
}


def find(corpus: Path, *, apart_from: Path | None = None) -> Found:
    """Find the files of a corpus that a reader takes; `corpus` is a folder, with those below it, or one file.

    The folder `apart_from` is passed over. CorpusMissing if there is no such folder or file.
    """
    return walk(corpus, READERS.keys(), apart_from=apart_from)


def read(file: CorpusFile, settings: settings.Reading) -> Reading:
    """Read a file by its suffix.

    Raises Unreadable if nothing of it can be read; a bad row of a table is an Unreadable among the documents.
    """
    suffix = file.path.suffix.lower()
    if suffix not in READERS:
        reason = f"no reader takes {printable(suffix) or 'a name without a suffix'}; use one of {', '.join(READERS)}"
        raise Unreadable(path=file.name, reason=reason)
    reader: _Reader = import_module(f"{__name__}.{READERS[suffix]}").read
    return reader(file, settings)
