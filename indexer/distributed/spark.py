"""A build on Spark: the driver lists the corpus and deals it out, the workers read it and write it to the cluster.

    driver   files ─shares of some megabytes─▶            ─▶ words and files, summed ─▶ commit: the alias is switched
    workers            mapPartitions: worker.work ─▶ cluster   └ reduceByKey ┘

What it takes of Spark is what a lost worker makes necessary: its share is given to another one, and what both have
brought is counted once.
"""

from __future__ import annotations

import json
import operator
import re
import signal
import socket
import sys
import threading
from base64 import b64decode, b64encode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache, partial
from itertools import chain
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from uuid import uuid4

from indexer import errors, readers
from indexer.addresses import is_address
from indexer.analysis import dictionary
from indexer.backends.opensearch.encoding import WordKey
from indexer.distributed.worker import Outcome, Task, spooled, work
from indexer.errors import CorpusMissing, EngineRefused, IndexerError, SparkFailure, SparkMissing
from indexer.readers.files import printable
from indexer.types import Progress

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from indexer.backends.opensearch.writing import Target
    from indexer.errors import Unreadable
    from indexer.readers import CorpusFile
    from indexer.settings import Settings

_ENGINE = "spark"
_MASTER = re.compile(r"local(\[(\*|[1-9][0-9]*)\])?|spark://[^\s/,]+:[0-9]+(,[^\s/,]+:[0-9]+)*")
_SHARE = 8_000_000  # bytes of corpus in a share, at most: so many seconds' work is done again when a worker is lost
_SHARES = 4  # for each core, at least: so that the last ones do not wait long for each other
_LEAST = 250_000  # bytes of a share all the same
_LOOKS = 0.5  # seconds between two looks at how far it is
_PATIENCE = 60.0  # seconds without a worker after which a build gives up
_ANSWER = 5.0  # seconds that a master may take to answer
_LOG = Path(__file__).with_name("log4j2.properties")
_TOLD = re.compile(r"abzats failure ([A-Za-z0-9+/=]+)\.")

# What stands in Spark's own words of a failure, and what there is to say of it; of several, the first. Then the same of
# an address that it cannot read.
KNOWN = (
    ("No module named 'indexer'", "its workers' Python has no abzats; install it there, or name one in PYSPARK_PYTHON"),
    ("No module named", "its workers' Python lacks a library; install abzats[opensearch] there"),
    ("PYTHON_VERSION_MISMATCH", "its workers have another Python; name one like this in PYSPARK_PYTHON"),
    ("Cannot run program", "its workers have no such Python; name one that they have in PYSPARK_PYTHON"),
    ("Python worker exited unexpectedly", "a worker's process was killed, probably for want of memory"),
    ("ExecutorLostFailure", "its workers were lost again and again, probably for want of memory"),
    ("All masters are unresponsive", "no master answers there"),
    ("SparkContext was shut down", "its master has gone"),
    ("SparkContext has been shutdown", "its master has gone"),
)
UNREAD = (
    ("PATH_NOT_FOUND", "there is no such folder or file"),
    ("No FileSystem for scheme", "Spark has no library that reads from such an address"),
    ("ClassNotFoundException", "Spark has no library that reads from such an address"),
    ("Permission denied", "Permission denied"),
    ("AccessDenied", "Permission denied"),
    ("UnknownHost", "Name or service not known"),
    ("Connection refused", "Connection refused"),
)


def master(engine: str, processes: int | None = None) -> str:
    """Return the master that an engine names, or this machine with so many processes; EngineRefused if it is none.

    >>> master("spark"), master("spark", 2), master("spark=spark://one:7077")
    ('local[*]', 'local[2]', 'spark://one:7077')
    """
    name, _, named = engine.partition("=")
    if name != _ENGINE:
        raise EngineRefused(engine=engine, reason="there is no such engine, but spark")
    if "=" not in engine:
        return f"local[{processes or '*'}]"
    if not _MASTER.fullmatch(named):
        raise EngineRefused(engine=engine, reason="a master is local[*], local[2] or spark://host:port")
    return named


@contextmanager
def opened(corpus: str | os.PathLike[str], where: str) -> Iterator[SparkCorpus]:
    """Give a corpus as the Spark with this master reads it: a folder that all workers see, or an address.

    CorpusMissing, SparkMissing or SparkFailure if it cannot be done.
    """
    shared = None if is_address(corpus) else _Shared(Path(corpus))  # what is missing is told before Spark starts
    with _session(where) as session:
        yield SparkCorpus(session, shared or _Stored(str(corpus), session))


class SparkCorpus:
    """A corpus that the workers of a Spark read."""

    def __init__(self, session: Any, listed: _Listed) -> None:  # noqa: ANN401 -- pyspark's, which may be missing
        self._session = session
        self._context = session.sparkContext
        self._listed = listed
        self.name = listed.name
        self.size = listed.size
        self.ignored = listed.ignored
        self.problems = listed.problems
        if not listed.size:
            raise CorpusMissing(path=listed.name, reason="no file in it can be read")

    def outcome(
        self, target: Target, settings: Settings, known: Mapping[str, str], progress: Callable[[Progress], None]
    ) -> Outcome:
        """Return what the workers have read, once the cluster has it; SparkFailure if they have given up.

        `known` has the digest of each file that an earlier build has read.
        """
        task = Task(target, settings, known, dictionary.version(), self._listed.folder)
        each = max(min(_SHARE, self.size // (_SHARES * self._context.defaultParallelism)), _LEAST)
        pairs = self._listed.pairs(self._session, task, each)
        sums = pairs.reduceByKey(operator.add, min(pairs.getNumPartitions(), 2 * self._context.defaultParallelism))
        group = uuid4().hex
        with ThreadPoolExecutor(1) as beside:
            job = beside.submit(self._run, sums, group)
            try:
                self._wait(job, group, progress)
                return job.result()
            except _of_spark() as wrong:
                raise _failure(wrong, self._context.master) from wrong
            except BaseException:
                self._context.cancelJobGroup(group)
                raise

    def _run(self, sums: Any, group: str) -> Outcome:  # noqa: ANN401 -- pyspark's
        self._context.setJobGroup(group, "abzats build", interruptOnCancel=True)
        # Not collect(): the words of all partitions at once need not be in the memory of Java as well.
        return _outcome(sums.toLocalIterator())

    def _wait(self, job: Any, group: str, progress: Callable[[Progress], None]) -> None:  # noqa: ANN401 -- of any result
        tracker, idle_since = self._context.statusTracker(), monotonic()
        while not wait([job], _LOOKS).done:
            stage = _first_stage(tracker, group)
            if stage is None or _is_at_work(tracker):  # before there is a stage, files are listed
                idle_since = monotonic()
            if stage is not None:
                progress(Progress("read", self.size * stage.numCompletedTasks // stage.numTasks, self.size))
            if monotonic() - idle_since > _PATIENCE:
                reason = f"no worker has taken anything for {_PATIENCE:.0f} s"
                raise SparkFailure(master=self._context.master, reason=reason)


def _first_stage(tracker: Any, group: str) -> Any:  # noqa: ANN401 -- pyspark's
    """Return how far the stage is that reads; None if it has not begun."""
    jobs = [job for number in tracker.getJobIdsForGroup(group) if (job := tracker.getJobInfo(number))]
    stages = [stage for job in jobs for stage in job.stageIds]
    return tracker.getStageInfo(min(stages)) if stages else None


def _is_at_work(tracker: Any) -> bool:  # noqa: ANN401 -- pyspark's
    stages = map(tracker.getStageInfo, tracker.getActiveStageIds())
    return any(stage is not None and stage.numActiveTasks for stage in stages)


# --- what workers give back -------------------------------------------------------------------------------------------

Key = tuple[str, ...]
_WORD, _NEW, _SAME = "word", "new", "same"


def _pairs(files: Iterable[CorpusFile], task: Task) -> Iterator[tuple[Key, Any]]:
    """Give what a share has brought as pairs whose values are added up."""
    try:
        outcome = work(files, task)
    except IndexerError as failure:
        raise _Told(_encoded(failure)) from failure
    for (field, word), places in outcome.words.items():
        yield (_WORD, field, word.form, "^" if word.opens else ""), places
    for name, tally in outcome.survey.tallies.items():
        yield (_NEW, name), tally
    for name in outcome.survey.unchanged:
        yield (_SAME, name), 1


def _outcome(pairs: Iterable[tuple[Key, Any]]) -> Outcome:
    """Put together what all shares have brought."""
    words: Counter[tuple[str, WordKey]] = Counter()
    outcome = Outcome(words=words)
    for key, value in pairs:
        match key:
            case (kind, field, form, opens) if kind == _WORD:
                words[field, WordKey(form, bool(opens))] = value
            case (kind, name) if kind == _NEW:
                outcome.survey.tallies[name] = value
            case (_, name):
                outcome.survey.unchanged.add(name)
    return outcome


class _Told(Exception):
    """A failure of ours, in the one thing that Spark hands on of an exception: its text."""


def _encoded(failure: IndexerError) -> str:
    told = json.dumps([type(failure).__name__, failure.values], default=str)
    return f"abzats failure {b64encode(told.encode()).decode()}."


def _failure(wrong: Exception, where: str) -> IndexerError:
    """Return what to say of an exception of Spark's."""
    text = str(wrong)
    if told := _TOLD.search(text):
        name, values = json.loads(b64decode(told[1]))
        kind: type[IndexerError] = getattr(errors, name)
        return kind(**values)
    return SparkFailure(master=where, reason=_reason(text, KNOWN))


def _reason(text: str, known: tuple[tuple[str, str], ...]) -> str:
    """Return what is known of Spark's words, or else the shortest part of them that tells something."""
    for sign, reason in known:
        if sign in text:
            return reason
    lines = [line.strip().removeprefix(": ") for line in text.splitlines()]
    telling = [line for line in lines if line and not line.startswith(("at ", "An error occurred", "Traceback"))]
    return telling[0][:300] if telling else "it does not say why"


# --- what is in a corpus ----------------------------------------------------------------------------------------------


class _Listed(Protocol):
    """The files of a corpus, as the driver sees them."""

    name: str
    size: int  # bytes
    ignored: dict[str, int]

    @property
    def folder(self) -> Path | None:
        """Return what the workers must see themselves."""
        ...

    @property
    def problems(self) -> tuple[Unreadable, ...]:
        """Return what could not be looked into."""
        ...

    def pairs(self, session: Any, task: Task, each: int) -> Any:  # noqa: ANN401 -- pyspark's
        """Return an RDD of what the workers make of the files, in shares of so many bytes."""
        ...


class _Shared:
    """A folder, or a file, that is at the same place for all workers."""

    def __init__(self, corpus: Path) -> None:
        found = readers.find(corpus.absolute())
        self.name = str(corpus)
        self.folder = corpus.absolute()
        self.size = sum(file.size for file in found.files)
        self.ignored = found.ignored
        self.problems = found.problems
        self._files = found.files

    def pairs(self, session: Any, task: Task, each: int) -> Any:  # noqa: ANN401 -- pyspark's
        """See _Listed."""
        dealt = shares(self._files, each)
        return session.sparkContext.parallelize(dealt, len(dealt)).mapPartitions(partial(_pairs_of_files, task=task))


def shares(files: Iterable[CorpusFile], each: int) -> list[list[CorpusFile]]:
    """Return files in lists of so many bytes, or of one file that has more."""
    dealt: list[list[CorpusFile]] = []
    room = 0
    for file in files:
        if not dealt or file.size > room:
            dealt.append([])
            room = each
        dealt[-1].append(file)
        room -= file.size
    return dealt


def _pairs_of_files(dealt: Iterable[list[CorpusFile]], task: Task) -> Iterator[tuple[Key, Any]]:
    return _pairs(chain.from_iterable(dealt), task)


class _Stored:
    """What Spark finds at an address and hands to the workers, each file whole."""

    folder: ClassVar[Path | None] = None
    problems: ClassVar[tuple[Unreadable, ...]] = ()

    def __init__(self, address: str, session: Any) -> None:  # noqa: ANN401 -- pyspark's
        self.name = address
        self.ignored: dict[str, int] = {}
        self.size = 0
        for path, size in self._listed(session):
            suffix = PurePosixPath(path).suffix.lower()
            if suffix in readers.READERS:
                self.size += size
            else:
                self.ignored[printable(suffix)] = self.ignored.get(printable(suffix), 0) + 1

    def _listed(self, session: Any) -> list[tuple[str, int]]:  # noqa: ANN401 -- pyspark's
        try:
            return [(row.path, row.length) for row in self._rows(session, "*").select("path", "length").collect()]
        except _of_spark() as wrong:
            raise CorpusMissing(path=self.name, reason=_reason(str(wrong), UNREAD)) from wrong

    def _rows(self, session: Any, names: str) -> Any:  # noqa: ANN401 -- pyspark's
        files = session.read.format("binaryFile").option("recursiveFileLookup", "true")
        return files.option("pathGlobFilter", names).load(self.name)

    def pairs(self, session: Any, task: Task, each: int) -> Any:  # noqa: ANN401 -- pyspark's
        """See _Listed."""
        session.conf.set("spark.sql.files.maxPartitionBytes", str(each))
        session.conf.set("spark.sql.files.openCostInBytes", "4096")
        contents = self._rows(session, _glob(readers.READERS)).select("path", "content")
        return contents.rdd.mapPartitions(partial(_pairs_of_contents, root=self.name, task=task))


def _glob(suffixes: Iterable[str]) -> str:
    """Return a pattern for names with these suffixes, in letters of either case.

    >>> _glob([".md", ".txt"])
    '*{.[mM][dD],.[tT][xX][tT]}'
    """
    either = ("".join(f"[{sign}{sign.upper()}]" if sign.isalpha() else sign for sign in one) for one in suffixes)
    return f"*{{{','.join(either)}}}"


def _pairs_of_contents(rows: Iterable[tuple[str, bytes]], root: str, task: Task) -> Iterator[tuple[Key, Any]]:
    return _pairs(spooled((name_within(root, path), content) for path, content in rows), task)


def name_within(root: str, path: str) -> str:
    """Return the name in the index of a file that Spark has found below an address, or that is the address.

    >>> name_within("s3a://news/2023/", "s3a://news/2023/may/steel.md"), name_within("file:///a/b.md", "file:/a/b.md")
    ('may/steel.md', 'b.md')
    """
    folder, full = (re.sub("^[^:]+:(//[^/]*)?", "", address).rstrip("/") for address in (root, path))
    within = full.removeprefix(f"{folder}/") if full != folder else full.rpartition("/")[2]
    return printable(within)


# --- Spark itself -----------------------------------------------------------------------------------------------------


@contextmanager
def _session(where: str) -> Iterator[Any]:
    """Give the session that is open already, else a new one with this master, which is closed at the end."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 -- an extra
    except ImportError as missing:
        raise SparkMissing(reason="there is no pyspark") from missing
    if (active := SparkSession.getActiveSession()) is not None:
        yield active
        return
    context = _context(where)
    try:
        yield SparkSession(context)
    finally:
        context.stop()


def _context(where: str) -> Any:  # noqa: ANN401 -- pyspark's
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 -- an extra

    is_here = where.startswith("local")
    if not is_here:
        _look_for(where)
    conf = SparkConf(loadDefaults=False).setMaster(where).setAppName("abzats build")
    if is_here:  # what the machine is called in the network may lead nowhere
        conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
    gateway = _java()
    interrupted = signal.getsignal(signal.SIGINT)
    try:
        context = SparkContext(conf=conf, gateway=gateway)
    except _of_spark() as wrong:
        raise SparkFailure(master=where, reason=_reason(str(wrong), KNOWN)) from wrong
    if threading.current_thread() is threading.main_thread():  # Spark's handler would outlive it, and then fail
        signal.signal(signal.SIGINT, interrupted)
    if is_here:
        context.pythonExec = sys.executable
    return context


def _look_for(where: str) -> None:
    """SparkFailure if no master answers; Spark itself would try for a minute."""
    for address in where.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=_ANSWER).close()
        except (OSError, OverflowError):
            continue
        return
    raise SparkFailure(master=where, reason="no master answers there")


@cache
def _java() -> Any:  # noqa: ANN401 -- pyspark's
    """Return the way to the Java machine of Spark's driver, which ends with this process."""
    from pyspark import SparkConf  # noqa: PLC0415 -- an extra
    from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415 -- likewise
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 -- likewise

    conf = SparkConf(loadDefaults=False).set("spark.ui.enabled", "false").set("spark.ui.showConsoleProgress", "false")
    # What it logs, with the traces of what is tried again, is told by the failure.
    conf.set("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={_LOG.as_uri()}")
    launch: Callable[..., Any] = launch_gateway  # without types, where there is one at all
    with TemporaryFile() as output:  # Java has a hold of its own on it
        try:
            return launch(conf, {"stdout": output, "stderr": output})
        except (PySparkRuntimeError, OSError) as missing:
            output.seek(0)
            said = output.read().decode(errors="replace").strip().splitlines() or [str(missing)]
            raise SparkMissing(
                reason=f"Java does not start ({said[0].rpartition(': line ')[2] or said[0]})"
            ) from missing


def _of_spark() -> tuple[type[Exception], ...]:
    """Return what Spark raises."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 -- an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415 -- likewise

    return (Py4JError, PySparkException)
