"""Documents → an index on a cluster, by any process: what it needs is pickled, and nothing is shared.

What a paragraph is called depends on its document's path and its number alone. So a batch that is written twice, by
whoever is not sure that it was taken, is there once.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.analysis import russian
from indexer.backends.opensearch.connection import FULL, Connection, is_full, json_of
from indexer.backends.opensearch.encoding import WordKey, encoded
from indexer.errors import ClusterUnwell, IndexNotWritten
from indexer.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.addresses import Cluster
    from indexer.settings import Settings
    from indexer.types import Document

_REQUEST = 2_000_000  # characters of one bulk request, some three megabytes
_PATIENCE = 180.0  # seconds that a rejected request is tried again for; a lost node comes back or is made up for
_LONGEST_PAUSE = 10.0
_BUSY = frozenset({408, 429, 500, 502, 503, 504})


@frozen
class Target:
    """Where a build writes to; it crosses process borders."""

    cluster: Cluster
    index: str  # the new one's own name, not the alias
    generation: int


@dataclass(slots=True)
class Written:
    """What a batch has brought; sums of it are what the words of an index are told by."""

    by_file: dict[str, tuple[int, int]] = field(default_factory=dict)  # file → documents and paragraphs
    words: Counter[tuple[str, WordKey]] = field(default_factory=Counter)  # field and word → places

    def add(self, other: Written) -> None:
        """Take what another batch has brought as well."""
        for name, (documents, paragraphs) in other.by_file.items():
            before = self.by_file.get(name, (0, 0))
            self.by_file[name] = (before[0] + documents, before[1] + paragraphs)
        self.words.update(other.words)


class Writer:
    """Analyses documents and writes them; each process makes one of its own."""

    def __init__(self, target: Target, settings: Settings) -> None:
        self._target = target
        self._settings = settings
        self._analyzer = russian(settings.analysis)
        self._connection = Connection(target.cluster)

    def write(self, documents: Iterable[tuple[str, Document]]) -> Written:
        """Write documents, each with the name of the file it is of; return when the cluster has them all.

        Of a large corpus, give some hundred thousand characters at a time. A document without a word is left out.
        IndexNotWritten if the cluster does not take them.
        """
        written = Written()
        bulk(self._connection, self._target.index, self._actions(documents, written))
        return written

    def close(self) -> None:
        """Let go of the sockets."""
        self._connection.close()

    def _actions(self, documents: Iterable[tuple[str, Document]], written: Written) -> Iterator[Action]:
        generation, reading = self._target.generation, self._settings.reading
        for file, made in encoded(documents, generation, self._analyzer, reading):
            written.words.update(made.words)
            before = written.by_file.get(file, (0, 0))
            written.by_file[file] = (before[0] + 1, before[1] + len(made.paragraphs))
            for name, fields in made.paragraphs:
                yield Action(name, fields)


@frozen
class Action:
    """A document of the index, as it shall be."""

    name: str
    fields: dict[str, Any]

    def lines(self) -> str:
        """Return it as the bulk API takes it."""
        return f'{{"index":{{"_id":"{self.name}"}}}}\n{json_of(self.fields)}'


@frozen
class Deletion:
    """A document that shall not be there."""

    name: str

    def lines(self) -> str:
        """See Action.lines."""
        return f'{{"delete":{{"_id":"{self.name}"}}}}'


def door(index: str) -> str:
    """Return the alias by which alone a new index is written to.

    A cluster makes an index for whoever writes to a name that it does not know. A late task of a build that was given
    up, whose index is deleted by then, would make another; where it asks for an alias and there is none, it is refused.
    """
    return f"{index}.writing"


def bulk(connection: Connection, index: str, actions: Iterable[Action | Deletion]) -> None:
    """Have the cluster take documents, in requests of a size that it can take; IndexNotWritten if it does not."""
    waiting: list[str] = []
    size = 0
    for action in actions:
        lines = action.lines()
        waiting.append(lines)
        size += len(lines)
        if size >= _REQUEST:
            _send(connection, index, waiting)
            waiting, size = [], 0
    if waiting:
        _send(connection, index, waiting)


def _send(connection: Connection, index: str, waiting: list[str]) -> None:
    """Send actions until all are taken: those that are rejected again, after longer and longer pauses, in halves."""
    started, pause, at_once = time.monotonic(), 0.2, len(waiting)
    where = str(connection.cluster)
    while waiting:
        now, later = waiting[:at_once], waiting[at_once:]
        try:
            # The cluster waits less for a lost part than we for the cluster, so that it is it who says what is wrong.
            told = {"timeout": "20s", "require_alias": "true"}
            answer = connection.ask("POST", f"/{door(index)}/_bulk", parameters=told, lines=now, patience=_PATIENCE)
        except ClusterUnwell as unwell:
            raise IndexNotWritten(path=where, reason=str(unwell.values["reason"])) from unwell
        rejected, reason = _rejected(now, answer, where)
        waiting = rejected + later
        if not rejected:
            continue
        if time.monotonic() - started > _PATIENCE:
            raise IndexNotWritten(path=where, reason=f"it rejects what is sent ({reason})")
        at_once = max(at_once // 2, 1)
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 -- so that many who wait do not come back at once
        pause = min(2 * pause, _LONGEST_PAUSE)


def _rejected(sent: list[str], answer: dict[str, Any], where: str) -> tuple[list[str], str]:
    """Return what of a request is to be sent again, and why; IndexNotWritten if that would not help."""
    if not answer.get("errors"):
        return [], ""
    again, why = [], ""
    for lines, item in zip(sent, answer["items"], strict=True):
        (told,) = item.values()
        if "error" not in told:
            continue
        reason = str(told["error"].get("reason", "")) if isinstance(told["error"], dict) else str(told["error"])
        if is_full(reason):
            raise IndexNotWritten(path=where, reason=FULL)
        if told.get("status") not in _BUSY:
            raise IndexNotWritten(path=where, reason=f"it refuses a document ({reason})")
        again.append(lines)
        why = reason
    return again, why
