"""What is asked of a cluster goes through here: retries where one helps, and a sentence where none does."""

from __future__ import annotations

import json
import logging
import random
import re
import ssl
import time
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn

from indexer.deadline import NEVER
from indexer.errors import ClientMissing, ClusterRefused, ClusterSilent, ClusterUnwell, IndexMissing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from indexer.addresses import Cluster
    from indexer.deadline import Deadline

_ANSWER = 60.0  # seconds that one request may take
_PATIENCE = 20.0  # seconds that a request is tried again for: a lost node's shards are elsewhere within a few
_UNHEARD = 3.0  # likewise, when no node answers at all
_ALONE = 600.0  # seconds that a lost node is not asked again, unless no other answers
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_BUSY = frozenset({429, 502, 503, 504})  # what may be otherwise in a moment
_FULL = ("flood-stage", "read-only-allow-delete", "disk usage exceeded")
_GONE = "index_not_found_exception"  # two builds have been committed since it was opened
_LOST = frozenset({"search_phase_execution_exception", "no_shard_available_action_exception"})

FULL = "its disks are nearly full, so it takes nothing more (flood stage)"
RED = "a part of the index is on no node that runs (red)"


class Connection:
    """Requests to a cluster. Threads may share it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.repeated = 0  # requests that had to be sent again
        self._lock = Lock()
        self._client = _client(cluster)

    def close(self) -> None:
        """Let go of the sockets."""
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        parameters: Mapping[str, Any] | None = None,
        lines: Collection[object] = (),
        absent: Collection[int] = (),
        deadline: Deadline = NEVER,
        patience: float | None = None,
    ) -> dict[str, Any]:
        """Return what the cluster answers, as JSON; `lines` are a body of a JSON value a line.

        A status among `absent` gives an empty answer; `patience` is for how many seconds it is tried again if the
        cluster is busy, or a node is lost. QueryTooSlow after the deadline; IndexMissing if the index is gone;
        ClusterSilent, ClusterRefused or ClusterUnwell if it cannot be done.
        """
        text = _text(body, lines)
        started, pause, asked = time.monotonic(), _FIRST_PAUSE, 0
        while True:
            deadline.check()
            try:
                return self._once(method, path, text, parameters=parameters or {}, absent=absent, deadline=deadline)
            except _Again as again:
                asked += 1
                silent = isinstance(again.final, ClusterSilent)
                usual = _UNHEARD if silent else _PATIENCE
                others = silent and asked < len(self.cluster.nodes)  # that may answer, and at once
                if not others and time.monotonic() - started > (usual if patience is None else patience):
                    raise again.final from again
            with self._lock:
                self.repeated += 1
            if not others:
                time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 -- lest many who wait come back at once
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _once(
        self,
        method: str,
        path: str,
        text: str | None,
        *,
        parameters: Mapping[str, Any],
        absent: Collection[int],
        deadline: Deadline,
    ) -> dict[str, Any]:
        from opensearchpy import exceptions  # noqa: PLC0415 -- an extra

        where = str(self.cluster)
        try:
            answer = self._client.transport.perform_request(
                method,
                path,
                params={**parameters, "request_timeout": max(min(_ANSWER, deadline.left), 0.05)},
                body=text,
                headers={"content-type": "application/x-ndjson" if path.endswith(("_bulk", "_msearch")) else _JSON},
            )
        except exceptions.ConnectionTimeout as slow:
            deadline.check()
            raise _Again(ClusterSilent(path=where, reason=f"no answer within {_ANSWER:g} s")) from slow
        except exceptions.ConnectionError as silent:
            if "certificate" in str(silent.info).lower():
                reason = f"its certificate cannot be trusted ({_short(silent)})"
                raise ClusterRefused(path=where, reason=reason) from silent
            if isinstance(silent, exceptions.SSLError):
                raise ClusterSilent(path=where, reason="it does not speak TLS there; it may be http") from silent
            if "NameResolution" in type(silent.info).__name__ or "Name or service" in str(silent.info):
                raise ClusterSilent(path=where, reason="Name or service not known") from silent
            raise _Again(ClusterSilent(path=where, reason=_short(silent))) from silent
        except exceptions.SerializationError as cut:
            raise _Again(ClusterUnwell(path=where, reason="its answer was cut off")) from cut
        except exceptions.TransportError as refused:
            if refused.status_code in absent:
                return {}
            self._refused(refused)
        if isinstance(answer, str):  # it should be JSON, and is not: a proxy's page, or a part
            raise _Again(ClusterUnwell(path=where, reason="its answer is none of OpenSearch's"))
        return _whole(answer or {}, where)

    def _refused(self, refused: Any) -> NoReturn:  # noqa: ANN401 -- the library's, which may be missing
        where, status = str(self.cluster), refused.status_code
        kind, reason = _cause(refused.info)
        if is_full(reason):
            raise ClusterUnwell(path=where, reason=FULL) from refused
        if status == 401:  # noqa: PLR2004 -- HTTP's number
            raise ClusterRefused(path=where, reason="the user, the password or the token is wrong") from refused
        if status == 403:  # noqa: PLR2004 -- HTTP's number
            raise ClusterRefused(path=where, reason=f"the user has no right to do it ({reason})") from refused
        if kind in _LOST or "all shards failed" in reason or status == 408:  # noqa: PLR2004 -- it has waited for health
            raise _Again(ClusterUnwell(path=where, reason=RED)) from refused
        if status in _BUSY:
            raise _Again(ClusterUnwell(path=where, reason=reason or "it is too busy")) from refused
        if kind == _GONE:
            raise IndexMissing(path=where) from refused
        raise ClusterUnwell(path=where, reason=reason or f"it answers with status {status}") from refused


class _Again(Exception):
    """It may be otherwise in a moment."""

    def __init__(self, final: Exception) -> None:
        super().__init__(final)
        self.final = final  # if it is not


_JSON = "application/json"


def _client(cluster: Cluster) -> Any:  # noqa: ANN401 -- the library's, which may be missing
    try:
        from opensearchpy import OpenSearch  # noqa: PLC0415 -- an extra
    except ImportError as missing:
        raise ClientMissing from missing

    # What it logs, with a traceback, is told by the failure.
    logging.getLogger("opensearch").addHandler(logging.NullHandler())
    # Not compressed: gzip, at the level that the library takes, cost a build as much as all of its analysis.
    options: dict[str, Any] = {
        "pool_maxsize": 8,
        "timeout": _ANSWER,
        "max_retries": 0,  # `ask` does it, and counts
        "dead_timeout": _ALONE,
        "retry_on_status": (),  # a node that says what the cluster cannot do is not dead itself
    }
    if cluster.token:
        options["headers"] = {"authorization": f"Bearer {cluster.token}"}
    elif cluster.user:
        options["http_auth"] = (cluster.user, cluster.password)
    if cluster.nodes[0].startswith("https:"):
        options["use_ssl"] = True
        try:
            options["ssl_context"] = ssl.create_default_context(cafile=cluster.certificates)
        except OSError as wrong:
            reason = f"no certificates can be read at {cluster.certificates} ({wrong.strerror or wrong})"
            raise ClusterRefused(path=str(cluster), reason=reason) from wrong
    return OpenSearch(list(cluster.nodes), **options)


def is_full(reason: str) -> bool:
    """Whether a request is refused since a disk is all but full."""
    return any(sign in reason for sign in _FULL)


def _text(body: object, lines: Collection[object]) -> str | None:
    if lines:
        return "\n".join([*(line if isinstance(line, str) else json_of(line) for line in lines), ""])
    return None if body is None else json_of(body)


def json_of(value: object) -> str:
    """Return a value as JSON that can be encoded: lone surrogates, which a text of a program may have, cannot."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _cause(info: object) -> tuple[str, str]:
    """Return the kind and the reason of a failure, those of the innermost cause."""
    error = info.get("error", "") if isinstance(info, dict) else str(info)
    if not isinstance(error, dict):
        return "", str(error)
    causes = error.get("root_cause") or [error]
    reasons = [str(one.get("reason", "")) for one in (*causes, error)]
    return str(error.get("type", "")), "; ".join(dict.fromkeys(filter(None, reasons)))


def _whole(answer: dict[str, Any], where: str) -> dict[str, Any]:
    """Return an answer in which no shard is missing; else it is asked for again."""
    for one in answer.get("responses", [answer]):
        failed = one.get("_shards", {}).get("failed") if isinstance(one.get("_shards"), dict) else 0
        if failed or one.get("timed_out"):
            raise _Again(ClusterUnwell(path=where, reason=RED))
        if "responses" in answer and "error" in one:
            kind, reason = _cause(one)
            if kind in _LOST or one.get("status") in _BUSY:
                raise _Again(ClusterUnwell(path=where, reason=RED))
            raise IndexMissing(path=where) if kind == _GONE else ClusterUnwell(path=where, reason=reason)
    return answer


def _short(wrong: Any) -> str:  # noqa: ANN401 -- the library's
    """Return the last and plainest part of what a socket says."""
    text = str(wrong.info)
    return re.sub(r"\[Errno -?[0-9]+\] ", "", text.rpartition(": ")[2]).strip(" ')\"(") or type(wrong.info).__name__
