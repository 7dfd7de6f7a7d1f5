"""A Spark of a master and two workers on loopback, for tests.

    python -m tests.spark.cluster start    and it stays until it is stopped
    python -m tests.spark.cluster stop

Spark's own standalone mode, of the pyspark that is installed; it needs Java 17. A worker has one core, and an executor
takes 512 MB at most. Its processes are this Python, with the project on its path.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PORT = 17077  # not Spark's own 7077, where somebody's may be
MASTER = f"spark://{HOST}:{PORT}"
WORKERS = ("worker-1", "worker-2")
LONGEST = 90  # seconds to wait for a master and its workers; it takes 9 on two idle cores
# Of the driver as well: what a build on this Spark is to be started with.
ENVIRONMENT = {
    "PYSPARK_PYTHON": sys.executable,
    "PYSPARK_SUBMIT_ARGS": f"--conf spark.executor.memory=512m --conf spark.driver.host={HOST} pyspark-shell",
    "SPARK_LOCAL_IP": HOST,
}


class NoSpark(Exception):
    """A Spark is not to be had here; its text says why."""


def check() -> None:
    """NoSpark unless pyspark and Java are there."""
    if find_spec("pyspark") is None:
        reason = "pyspark is not installed: pip install 'abzats[spark]'"
        raise NoSpark(reason)
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        reason = "there is no java on this machine"
        raise NoSpark(reason)


def folder() -> Path:
    """Return where the numbers of the processes and their logs are."""
    return Path(tempfile.gettempdir(), "abzats-tests-spark")


def start() -> str:
    """Start the master and the workers that do not run yet; return the master's address once all are there."""
    check()
    if not _is_running("master"):
        _start("master", "org.apache.spark.deploy.master.Master", "--host", HOST, "--port", str(PORT))
        _wait("master", "I have been elected leader")
    for worker in WORKERS:
        start_worker(worker)
    for worker in WORKERS:
        _wait(worker, "Successfully registered with master")
    return MASTER


def start_worker(name: str) -> None:
    """Start a worker, unless it runs."""
    if not _is_running(name):
        limits = ("--host", HOST, "--cores", "1", "--memory", "512m", "--work-dir", str(folder() / name))
        _start(name, "org.apache.spark.deploy.worker.Worker", *limits, MASTER)


def kill(name: str) -> None:
    """Kill the master or a worker, with all that it has started, as a power cut would."""
    os.killpg(_pid(name), signal.SIGKILL)


def stop() -> None:
    """Stop whatever runs."""
    running = [name for name in (*WORKERS, "master") if _is_running(name)]
    for name in running:
        os.killpg(_pid(name), signal.SIGTERM)
    end = time.monotonic() + 20
    while any(map(_is_running, running)) and time.monotonic() < end:
        time.sleep(0.2)
    for name in filter(_is_running, running):
        kill(name)
    shutil.rmtree(folder(), ignore_errors=True)


class Used(NamedTuple):
    """What the workers, and what they have started, use."""

    processor: float  # seconds, as far as it runs
    memory: int  # bytes that one process of Python has of its own, at most


def in_use() -> Used:
    """Return what the workers use."""
    sessions = {_pid(name) for name in WORKERS}
    ticks, pages = 0, 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (process / "stat").read_text().rpartition(")")
            _, resident, shared, *_ = map(int, (process / "statm").read_text().split())
        except OSError:  # it has ended meanwhile
            continue
        fields = rest.split()
        if int(fields[3]) in sessions:
            ticks += sum(map(int, fields[11:15]))  # its own, and of those that it has waited for
            pages = max(pages, resident - shared if "python" in name else 0)
    return Used(ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"))


@contextmanager
def used() -> Iterator[str]:
    """Give the address of a running master; what was started for it is stopped at the end."""
    ours = not _is_running("master")
    try:
        yield start()
    finally:
        if ours:
            stop()


def _start(name: str, program: str, *arguments: str) -> None:
    import pyspark  # noqa: PLC0415 -- an extra; `check` has looked for it

    home = Path(pyspark.__file__).parent
    folder().mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        **ENVIRONMENT,
        "SPARK_HOME": str(home),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "PYTHONPATH": str(ROOT),
    }
    with (folder() / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # it outlives this process, so nobody waits for it
            [home / "bin" / "spark-class", program, "--webui-port", "0", *arguments],
            env=environment,
            cwd=folder(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (folder() / f"{name}.pid").write_text(str(process.pid), encoding="utf-8")
    process.returncode = 0  # else Python warns that nobody waited


def _wait(name: str, sign: str) -> None:
    """Return when a process has said that it is ready."""
    end = time.monotonic() + LONGEST
    log = folder() / f"{name}.log"
    while sign not in log.read_text(encoding="utf-8", errors="replace"):
        if not _is_running(name) or time.monotonic() > end:
            reason = f"the {name} has not started: {log.read_text(encoding='utf-8', errors='replace')[-500:]}"
            raise NoSpark(reason)
        time.sleep(0.2)


def _pid(name: str) -> int:
    return int((folder() / f"{name}.pid").read_text(encoding="utf-8"))


def _is_running(name: str) -> bool:
    """Whether it runs: a process with its number may be another, after a restart of the machine."""
    try:
        process = Path("/proc", str(_pid(name)))
        has_ended = (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return not has_ended and b"spark" in (process / "cmdline").read_bytes()
    except (OSError, ValueError):
        return False


def main() -> None:
    """Start or stop it."""
    match sys.argv[1:]:
        case ["start"]:
            sys.stdout.write(f"started: {start()}\n")
            for name, value in ENVIRONMENT.items():
                sys.stdout.write(f"export {name}='{value}'\n")
        case ["stop"]:
            stop()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except NoSpark as problem:
        sys.exit(f"There is no Spark for tests: {problem}")
