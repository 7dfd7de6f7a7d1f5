"""Corpus → index: reads what is new, analyses it on all cores, and commits it at once.

This is the door, which imports little: where a corpus is large, other processes are started before this one, as they
do, imports what they all need.
"""

from __future__ import annotations

import gc
import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from indexer import workers
from indexer.addresses import Cluster, is_address, place
from indexer.build.sources import Folder, Records
from indexer.errors import CorpusMissing, EngineRefused
from indexer.settings import Settings
from indexer.types import BuildReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from indexer.addresses import Place
    from indexer.build.run import Source
    from indexer.distributed.spark import SparkCorpus
    from indexer.types import Document, Progress

_WORK = "indexer.backends.whoosh.cores"  # where the work of other processes is


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave out the collection of cycles, of which there are none: looking for them took a sixth of a build.

    Who is called so has let go of what it knew when cycles are looked for again, in all that is left.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_undisturbed()
def build_index(
    corpus: Path | str | Iterable[Document],
    index: Path | Cluster | str,
    *,
    settings: Settings | None = None,
    rebuild: bool = False,
    processes: int | None = None,
    wait: float = 0.0,
    progress: Callable[[Progress], None] | None = None,
    engine: str = "",
) -> BuildReport:
    """Make the index at `index` hold exactly the documents of a corpus: a folder, a file, or documents of a program.

    An index is a folder, or a name on a cluster: opensearch+https://host:9200/name.

    What did not change since the last build is not read again; with `rebuild` everything is. Until the end, searches
    see the index as it was before; if the build fails, they go on doing so. A file that cannot be read is listed in the
    report and does not stop the build. `processes` is the number of cores to use (default: all), `wait` how many
    seconds to wait for another build to end, `progress` is told now and then how far the build has come.

    With an `engine` "spark" or "spark=MASTER" (local[*] if none is named), the machines of a Spark read the corpus and
    write to the cluster that the index is on; the corpus is then a folder that all of them see, or an address that
    Spark can read: s3a://bucket/news.

    CorpusMissing, IndexIncompatible, IndexDamaged, IndexBusy, IndexNotWritten, ClusterFailure or EngineError if it
    cannot be done.
    """
    started = perf_counter()
    where = place(index)
    settings = settings or Settings()
    cores = processes or os.cpu_count() or 1
    with ExitStack() as stack:
        if engine:
            source: Source = stack.enter_context(_on_spark(corpus, where, engine, processes))
        else:
            source = _here(corpus, where, settings)
        pool = None
        # Where nothing was built before, all is new; else it is seen when it is read whether much is.
        is_new = isinstance(where, Path) and (rebuild or not _is_anything_in(where))
        if is_new and cores > 1 and isinstance(source, Folder | Records) and source.is_large:
            pool = stack.enter_context(workers.processes(cores - 1, where, imports=_WORK))
        from indexer.build.run import Run  # noqa: PLC0415 -- while the other processes import the same

        run = Run(where, settings, cores, progress or (lambda _: None))
        into = stack.enter_context(run.opened(rebuild=rebuild, wait=wait))
        counts = run.bring_up_to_date(into, source, pool)
        files = tuple(into.files[path] for path in sorted(into.files))
        size = into.commit(source.name)
    return BuildReport(
        documents=sum(file.documents for file in files),
        paragraphs=size.paragraphs,
        words=size.words,
        lemmas=size.lemmas,
        bytes=size.bytes,
        seconds=perf_counter() - started,
        added=counts.added,
        changed=counts.changed,
        removed=counts.removed,
        unchanged=counts.unchanged,
        unreadable=tuple(file for file in files if file.problem),
        doubtful=tuple(file for file in files if file.doubtful),
        ignored=source.ignored,
    )


def _here(corpus: Path | str | Iterable[Document], index: Place, settings: Settings) -> Folder | Records:
    """Return a corpus that this process reads."""
    if not isinstance(corpus, str | os.PathLike):
        return Records(corpus)
    if is_address(corpus):
        raise CorpusMissing(path=corpus, reason="Spark alone reads from an address; add --engine spark")
    return Folder(Path(corpus), index if isinstance(index, Path) else None, settings)


def _on_spark(
    corpus: Path | str | Iterable[Document], index: Place, engine: str, processes: int | None
) -> AbstractContextManager[SparkCorpus]:
    """Return a corpus that the workers of a Spark read; EngineRefused if they cannot write to this index."""
    from indexer.distributed import spark  # noqa: PLC0415 -- an extra

    master = spark.master(engine, processes)
    if not isinstance(index, Cluster):
        reason = "its workers write to a cluster, and the index is in a folder"
        raise EngineRefused(engine=engine, reason=reason)
    if not isinstance(corpus, str | os.PathLike):
        reason = "its workers read a folder or an address, not the documents of a program"
        raise EngineRefused(engine=engine, reason=reason)
    return spark.opened(corpus, master)


def _is_anything_in(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:  # there is none; or it is no folder, or nobody may look into it, which is told when it is opened
        return False
