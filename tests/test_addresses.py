from __future__ import annotations

from pathlib import Path

import pytest

from indexer import Cluster, ClusterMisnamed, open_index
from indexer.addresses import place


def test_a_folder_is_a_folder_whatever_its_name() -> None:
    for name in ("index", "http:", "opensearch", "a/b+c", "с пробелом"):
        assert place(name) == Path(name)
        assert place(Path(name), user="me") == Path(name)


def test_an_address_tells_nodes_and_name() -> None:
    assert place("opensearch+http://host/news") == Cluster(("http://host:9200",), "news")
    assert place("opensearch+https://a:1,b,[::1]/новости-2/") == Cluster(
        ("https://a:1", "https://b:9200", "https://[::1]:9200"), "новости-2"
    )


def test_who_asks_is_told_in_the_address_or_beside_it_and_never_shown() -> None:
    beside = place("opensearch+http://host/news", user="me", password="se:cret", token="tok")  # noqa: S106 -- a test's
    within = place("opensearch+http://me:se%3Acret@host/news")
    assert isinstance(beside, Cluster)
    assert isinstance(within, Cluster)
    assert (within.user, within.password) == (beside.user, beside.password) == ("me", "se:cret")
    for shown in (str(beside), repr(beside), str(within), repr(within)):
        assert "cret" not in shown
        assert "tok" not in shown


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("opensearch+ftp://host/news", "neither http nor https"),
        ("opensearch+host/news", "neither http nor https"),
        ("opensearch+http:///news", "no host"),
        ("opensearch+http://a b/news", "no host"),
        ("opensearch+http://host:port/news", "no host"),
        ("opensearch+http://host,/news", "no host"),
        ("opensearch+http://host", "small letters"),
        ("opensearch+http://host/", "small letters"),
        ("opensearch+http://host/News", "small letters"),
        ("opensearch+http://host/_all", "small letters"),
        ("opensearch+http://host/a/b", "small letters"),
        ("opensearch+http://host/a.b", "small letters"),
        ("opensearch+http://host/a*", "small letters"),
    ],
)
def test_half_an_address_is_refused(address: str, reason: str) -> None:
    with pytest.raises(ClusterMisnamed, match=reason):
        place(address)
    with pytest.raises(ClusterMisnamed, match="Write it so: opensearch"):
        open_index(address)


def test_what_is_secret_is_not_in_the_sentence() -> None:
    with pytest.raises(ClusterMisnamed) as refused:
        place("opensearch+http://me:secret@host/NEWS")
    assert "secret" not in str(refused.value)
