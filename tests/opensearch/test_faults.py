"""What goes wrong on the way to a cluster and back: tried again where that helps, else told in a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from indexer import (
    ClusterRefused,
    ClusterSilent,
    ClusterUnwell,
    Deadline,
    Document,
    IndexIncompatible,
    IndexMissing,
    IndexNotWritten,
    QueryTooSlow,
    Settings,
    build_index,
    open_index,
)
from indexer.addresses import place
from indexer.backends.opensearch import connection, writing
from indexer.backends.opensearch.connection import Connection
from indexer.backends.opensearch.search import OpenSearchEngine
from indexer.settings import Analysis
from tests.opensearch.proxy import Fault, between, bulk, ranking, rejected, searching, self_signed, writing_paragraphs
from tests.opensearch.running import new_index, remove

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer import Cluster

DOCUMENTS = [Document(f"{number}.txt", f"Документ номер {number}. Закалка стали.") for number in range(50)]
CUT_OFF = Fault(200, b'{"took": 5, "errors"', announced=5000)
BUSY = Fault(429, b'{"error": {"type": "circuit_breaking_exception", "reason": "Data too large"}, "status": 429}')
NO_SHARD = Fault(503, b'{"error": {"type": "search_phase_execution_exception", "reason": "all shards failed"}}')
FULL = Fault(
    403,
    b'{"error": {"type": "cluster_block_exception", "reason": "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage '
    b'exceeded flood-stage watermark, index has read-only-allow-delete block];"}, "status": 403}',
)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr(connection, "_PATIENCE", 1.5)
    monkeypatch.setattr(connection, "_UNHEARD", 0.3)
    monkeypatch.setattr(writing, "_PATIENCE", 1.5)
    where = new_index()
    yield where
    remove(where)


def everything(index: Cluster) -> list[str]:
    with open_index(index) as searcher:
        assert searcher.status().paragraphs == len(DOCUMENTS)
        found = searcher.search("закалка стали", limit=None)
        assert found.total == found.complete == len(DOCUMENTS)
        return [result.paragraph.id for result in found]


@pytest.mark.parametrize(
    "fault",
    [
        CUT_OFF,
        BUSY,
        Fault(503, b"", sent=True),  # taken, though the answer says that it was not
        Fault(200, CUT_OFF.body, CUT_OFF.announced, sent=True),
        Fault(200, b"<html>a page of somebody else's</html>"),
    ],
)
def test_a_bulk_request_that_fails_is_sent_again_and_nothing_is_there_twice(index: Cluster, fault: Fault) -> None:
    with between(index) as (proxy, through):
        proxy.answer(fault, to=bulk, times=2)
        build_index(DOCUMENTS, through, processes=1)
        assert proxy.is_done
    assert len(set(everything(index))) == len(DOCUMENTS)


def test_the_lock_is_ours_though_the_answer_was_lost(index: Cluster) -> None:
    with between(index) as (proxy, through):
        lost = Fault(200, CUT_OFF.body, CUT_OFF.announced, sent=True)
        proxy.answer(lost, to=lambda asked: "_create/build" in asked.path)
        build_index(DOCUMENTS, through, processes=1)
        assert proxy.is_done
    everything(index)


def test_each_node_is_asked_before_a_cluster_is_called_silent(index: Cluster) -> None:
    """Also where nothing is to be waited for."""
    build_index(DOCUMENTS, index, processes=1)
    nodes = ("http://127.0.0.9:9", "http://127.0.0.9:9", *index.nodes)
    with open_index(replace(index, nodes=nodes)) as searcher:
        engine = searcher._engine  # noqa: SLF001 -- it counts what it asks for again
        assert isinstance(engine, OpenSearchEngine)
        assert engine.repeated <= 2
        for _ in range(5):
            assert searcher.search("сталь").total == len(DOCUMENTS)
        assert 1 <= engine.repeated <= 2


def test_documents_that_are_rejected_are_sent_again_in_smaller_requests(index: Cluster) -> None:
    with between(index) as (proxy, through):
        proxy.answer(rejected, to=writing_paragraphs, times=2)
        build_index(DOCUMENTS, through, processes=1)
        sizes = [one.body.count(b'{"index":{"_id"') for one in proxy.asked if writing_paragraphs(one)]
    assert sizes[:4] == [50, 25, 12, 12]
    assert sum(sizes[2:]) == len(DOCUMENTS)
    assert len(set(everything(index))) == len(DOCUMENTS)


def test_a_cluster_that_goes_on_rejecting_ends_the_build(index: Cluster) -> None:
    build_index(DOCUMENTS, index, processes=1)
    with between(index) as (proxy, through):
        proxy.answer(BUSY, to=bulk, times=1000)
        with pytest.raises(IndexNotWritten, match="Data too large"):
            build_index(DOCUMENTS[:10], through, processes=1, rebuild=True)
    everything(index)


def test_full_disks_end_a_build_at_once(index: Cluster) -> None:
    build_index(DOCUMENTS, index, processes=1)
    setting = Connection(index)
    # What a node sets when its disk is all but full.
    block = {"index_patterns": [f"{index.name}.g*"], "settings": {"index.blocks.read_only_allow_delete": True}}
    setting.ask("PUT", f"/_template/{index.name}", block)
    try:
        with pytest.raises(IndexNotWritten, match="disks are nearly full"):
            build_index(DOCUMENTS[:10], index, processes=1, rebuild=True)
    finally:
        setting.ask("DELETE", f"/_template/{index.name}")
        setting.close()
    everything(index)
    with between(index) as (proxy, through):
        proxy.answer(FULL, to=bulk)
        with pytest.raises(IndexNotWritten, match="disks are nearly full"):
            build_index(DOCUMENTS[:10], through, processes=1)
    assert len(build_index(DOCUMENTS, index, processes=1).unreadable) == 0
    everything(index)


@pytest.mark.parametrize("fault", [CUT_OFF, BUSY, NO_SHARD, Fault(502, b"Bad Gateway")])
def test_a_search_is_asked_again(index: Cluster, fault: Fault) -> None:
    build_index(DOCUMENTS, index, processes=1)
    expected = everything(index)
    with between(index) as (proxy, through), open_index(through) as searcher:
        proxy.answer(fault, to=searching)
        assert [result.paragraph.id for result in searcher.search("закалка стали", limit=None)] == expected
        assert proxy.is_done


def test_an_answer_that_lacks_a_shard_is_none(index: Cluster) -> None:
    build_index(DOCUMENTS, index, processes=1)
    half = {"took": 1, "timed_out": False, "_shards": {"total": 3, "failed": 1}, "hits": {"total": {"value": 1}}}
    with between(index) as (proxy, through), open_index(through) as searcher:
        proxy.answer(Fault(200, json.dumps(half).encode()), to=searching)
        assert searcher.search("закалка").total == len(DOCUMENTS)
        proxy.answer(Fault(200, json.dumps(half).encode()), to=searching, times=1000)
        with pytest.raises(ClusterUnwell, match="on no node that runs"):
            searcher.search("сталь")


def test_a_cluster_in_red_is_told(index: Cluster) -> None:
    build_index(DOCUMENTS, index, processes=1)
    with between(index) as (proxy, through), open_index(through) as searcher:
        proxy.answer(NO_SHARD, to=searching, times=1000)
        with pytest.raises(ClusterUnwell, match=r"at opensearch.*: a part of the index .* \(red\)"):
            searcher.search("сталь")


def test_a_search_ends_at_its_deadline_though_the_cluster_does_not_answer(index: Cluster) -> None:
    build_index(DOCUMENTS, index, processes=1)
    with between(index) as (proxy, through), open_index(through) as searcher:
        proxy.answer(Fault(sent=True, seconds=3), to=ranking)
        with pytest.raises(QueryTooSlow):
            searcher.search("сталь", deadline=Deadline(seconds=0.5))


def test_a_wrong_password_is_told_and_the_right_one_is_not_shown(index: Cluster) -> None:
    build_index(DOCUMENTS, index, processes=1)
    with between(index, user="me:secret") as (_, through):
        for who in (through, replace(through, user="me", password="wrong")):  # noqa: S106 -- of this test
            with pytest.raises(ClusterRefused, match="the user, the password or the token is wrong") as refused:
                open_index(who)
            assert "wrong" not in str(refused.value).replace("is wrong", "")
        with open_index(replace(through, user="me", password="secret")) as searcher:  # noqa: S106 -- likewise
            assert searcher.search("сталь").total == len(DOCUMENTS)


@pytest.mark.parametrize(("password", "code"), [("secret", 0), ("wrong", 2)])
def test_the_environment_tells_who_asks(index: Cluster, password: str, code: int) -> None:
    build_index(DOCUMENTS, index, processes=1)
    with between(index, user="me:secret") as (_, through):
        run = subprocess.run(
            [sys.executable, "-m", "indexer.cli", "search", "--count", "сталь", "--index", str(through)],
            capture_output=True,
            text=True,
            env={**os.environ, "ABZATS_OPENSEARCH_USER": "me", "ABZATS_OPENSEARCH_PASSWORD": password},
            check=False,
        )
    assert run.returncode == code
    assert run.stdout == ("" if code else f"{len(DOCUMENTS)}\n")
    assert password not in run.stderr.replace("is wrong", "")


def test_a_user_without_the_right_is_told(index: Cluster) -> None:
    denied = Fault(403, b'{"error": {"type": "security_exception", "reason": "no permissions for [write]"}}')
    with between(index) as (proxy, through):
        proxy.answer(denied, to=bulk)
        with pytest.raises(ClusterRefused, match=r"no right to do it \(no permissions for \[write\]\)"):
            build_index(DOCUMENTS, through, processes=1)


def test_a_certificate_is_trusted_if_who_signed_it_is_named(index: Cluster, tmp_path: Path) -> None:
    build_index(DOCUMENTS, index, processes=1)
    certificate = self_signed(tmp_path)
    with between(index, certificate=certificate) as (_, through):
        with pytest.raises(ClusterRefused, match="its certificate cannot be trusted"):
            open_index(through)
        with pytest.raises(ClusterRefused, match="no certificates can be read"):
            open_index(replace(through, certificates=tmp_path / "none"))
        with open_index(replace(through, certificates=tmp_path / "certificate.pem")) as searcher:
            assert searcher.search("сталь").total == len(DOCUMENTS)


def test_no_cluster_is_told(index: Cluster) -> None:
    with pytest.raises(ClusterSilent, match="Connection refused"):
        open_index("opensearch+http://127.0.0.9:9/x")
    with pytest.raises(ClusterSilent, match="may be http"):
        open_index(str(index).replace("http", "https"))
    with pytest.raises(IndexMissing):
        open_index(index)


def test_an_index_of_other_settings_is_told(index: Cluster) -> None:
    build_index(DOCUMENTS, index, processes=1)
    others = Settings(analysis=Analysis(most_lemmas=2))
    with pytest.raises(IndexIncompatible, match="other settings"):
        open_index(index, settings=others)
    with pytest.raises(IndexIncompatible, match="other settings"):
        build_index(DOCUMENTS, index, settings=others, processes=1)
    build_index(DOCUMENTS, index, settings=others, processes=1, rebuild=True)
    with open_index(index, settings=others) as searcher:
        assert searcher.search("сталь").total == len(DOCUMENTS)


def test_each_command_ends_with_two_and_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("Абзац.", encoding="utf-8")
    where = str(place("opensearch+http://127.0.0.9:9/x"))
    commands = ["search", "сталь"], ["build", "."], ["status"], ["show", "1.txt"]
    # At once, for each waits some seconds for the cluster.
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "indexer.cli", *command, "--index", where],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        for command in commands
    ]
    told = [run.communicate()[1] for run in runs]
    for run, line, command in zip(runs, told, commands, strict=True):
        assert run.returncode == 2, command
        assert line.startswith("abzats: The cluster does not answer at opensearch+http://127.0.0.9:9/x: Connection")
        assert line.count("\n") == 1
