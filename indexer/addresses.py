"""Where an index is: a folder, or a name on a cluster."""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from indexer.errors import ClusterMisnamed
from indexer.frozen import frozen

SCHEME = "opensearch+"
PORT = 9200
# What OpenSearch takes for a name, and room for what is put behind it; 255 bytes are its limit.
_NAME = re.compile(r"[a-z0-9а-яё][a-z0-9а-яё_-]{0,99}")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\s:\[\]/?#@]+)(?::[0-9]{1,5})?")


@frozen
class Cluster:
    """An index on an OpenSearch cluster, and who asks for it. It is printed without what is secret."""

    nodes: tuple[str, ...]  # as http://host:9200; one or more of the cluster's
    name: str
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)  # sent as a bearer's, instead of user and password
    certificates: Path | None = None  # of those who sign the cluster's; None: whom the system trusts

    def __str__(self) -> str:
        scheme = urlsplit(self.nodes[0]).scheme
        hosts = ",".join(urlsplit(node).netloc for node in self.nodes)
        return f"{SCHEME}{scheme}://{hosts}/{self.name}"


Place: TypeAlias = Path | Cluster


def place(
    address: str | Path | Cluster,
    *,
    user: str = "",
    password: str = "",
    token: str = "",
    certificates: Path | None = None,
) -> Place:
    """Return what an address stands for; a folder needs nothing of the rest. ClusterMisnamed if it is half of one.

    >>> place("index")
    PosixPath('index')
    >>> str(place("opensearch+https://me:secret@one,two:9201/news"))
    'opensearch+https://one:9200,two:9201/news'
    """
    if isinstance(address, Cluster):
        return address
    if isinstance(address, Path) or not address.startswith(SCHEME):
        return Path(address)
    scheme, _, rest = address.removeprefix(SCHEME).partition("://")
    authority, _, name = rest.partition("/")
    who, _, hosts = authority.rpartition("@")
    typed_user, _, typed_password = who.partition(":")
    shown = f"{SCHEME}{scheme}://{hosts}/{name}"
    if scheme not in {"http", "https"}:
        raise ClusterMisnamed(path=shown, reason="neither http nor https stands in it")
    if not all(_HOST.fullmatch(host) for host in hosts.split(",")):
        raise ClusterMisnamed(path=shown, reason="no host stands in it")
    if not _NAME.fullmatch(name.removesuffix("/")):
        raise ClusterMisnamed(path=shown, reason="a name is made of small letters, digits, - and _")
    return Cluster(
        tuple(f"{scheme}://{host if _has_port(host) else f'{host}:{PORT}'}" for host in hosts.split(",")),
        name.removesuffix("/"),
        unquote(typed_user) or user,
        unquote(typed_password) or password,
        token,
        certificates,
    )


def is_address(corpus: object) -> bool:
    """Whether a corpus is no path of this system but an address, such as s3a://bucket/news.

    >>> is_address("s3a://bucket/news"), is_address("news/2023"), is_address(Path("news"))
    (True, False, False)
    """
    return isinstance(corpus, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", corpus) is not None


def _has_port(host: str) -> bool:
    return re.search(r":[0-9]+\Z", host) is not None
