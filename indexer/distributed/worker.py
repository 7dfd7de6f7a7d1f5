"""What one worker of a distributed build does: it reads its share of the files and writes them to the cluster.

It knows nothing of what runs it. A share that is worked on twice, since a worker was lost or is slow, is there once:
paragraphs have the same names whenever they are written, and only what one of both has given back is counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from indexer.analysis import dictionary
from indexer.backends.opensearch import cores
from indexer.errors import CorpusMissing, IndexNotWritten
from indexer.frozen import frozen
from indexer.pieces import Survey, batches, of_file
from indexer.readers import CorpusFile
from indexer.settings import Analysis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indexer.backends.opensearch.encoding import WordKey
    from indexer.backends.opensearch.writing import Target
    from indexer.settings import Settings


@frozen
class Task:
    """What all workers of a build have to know; it crosses process borders."""

    target: Target
    settings: Settings
    known: Mapping[str, str]  # file → its digest when an earlier build has read it
    dictionary: str  # its revision, where the build was started
    folder: Path | None = None  # that all of them must see; None where the files are handed to them


@dataclass(slots=True)
class Outcome:
    """What a share of the corpus has brought."""

    survey: Survey = field(default_factory=Survey)
    words: Counter[tuple[str, WordKey]] = field(default_factory=Counter)  # field and word → places


def work(files: Iterable[CorpusFile], task: Task) -> Outcome:
    """Read what is new of some files, write it to the cluster, and return what it was once the cluster has it.

    CorpusMissing if this machine does not see the folder; IndexNotWritten or another ClusterFailure if the cluster does
    not take it. A file that cannot be read is told in the outcome.
    """
    # Else every file of it would be one that was deleted.
    if task.folder is not None and not task.folder.exists():
        reason = "a worker does not see it; put it where all of them do: a shared folder, or a store with an address"
        raise CorpusMissing(path=task.folder, reason=reason)
    _check(task)
    outcome = Outcome()
    pieces = (of_file(file, task.settings) for file in files)
    for batch in batches(outcome.survey.documents(pieces, task.known)):
        _, written = cores.write(batch, task.target, task.settings)
        outcome.survey.count(written.by_file)
        outcome.words.update(written.words)
    return outcome


def _check(task: Task) -> None:
    """IndexNotWritten if texts are analysed otherwise here than where the build was started, and queries will be."""
    if (dictionary.version(), Analysis().version) != (task.dictionary, task.settings.analysis.version):
        reason = "a worker has another version of abzats, or of its dictionary; install the same on all machines"
        raise IndexNotWritten(path=task.target.cluster, reason=reason)


def spooled(contents: Iterable[tuple[str, bytes]]) -> Iterator[CorpusFile]:
    """Give contents, each with its name, as files for the readers; each is there until the next is asked for."""
    for name, content in contents:
        with TemporaryDirectory(prefix="abzats-") as folder:
            path = Path(folder, "content").with_suffix(PurePosixPath(name).suffix)
            path.write_bytes(content)
            yield CorpusFile(path, name, len(content))
