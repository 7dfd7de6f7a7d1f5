"""The cluster that tests ask."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from functools import cache
from uuid import uuid4

import pytest

from indexer.addresses import Cluster, place
from indexer.backends.opensearch.connection import Connection
from tests.opensearch import cluster

NAMED = "ABZATS_TEST_OPENSEARCH"
START = "start"


@cache
def _address() -> str | None:
    named = os.environ.get(NAMED, "")
    if named != START:
        return f"opensearch+{named.rstrip('/')}" if named else None
    with ExitStack() as stack:
        hosts = stack.enter_context(cluster.used())
        atexit.register(stack.pop_all().close)
    return f"opensearch+http://{','.join(hosts)}"


def new_index() -> Cluster:
    """Return an index that is not there yet; skip the test if there is no cluster to have it on."""
    try:
        address = _address()
    except cluster.NoCluster as reason:
        pytest.skip(f"no cluster: {reason}")
    if address is None:
        pytest.skip(f"no cluster: {NAMED} names none, as http://host:9200, nor is it “{START}”, to start one here")
    where = place(f"{address}/abzats-test-{uuid4().hex[:12]}")
    assert isinstance(where, Cluster)
    return where


def remove(index: Cluster) -> None:
    """Remove all that builds have made of an index."""
    connection = Connection(index)
    for name in (*connection.ask("GET", f"/{index.name}.g*", absent=(404,)), f"{index.name}.lock"):
        connection.ask("DELETE", f"/{name}", absent=(404,))
    connection.close()
