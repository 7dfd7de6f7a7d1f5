"""How many requests a second a server answers, and whether it grows: python -m tests.benchmarks.serving 300000.

A server is started as `abzats serve` starts it, on loopback, and asked real questions by so many clients at once, each
of which asks the next when it has the reply. Then its memory is looked at over many requests; then it is asked on while
another process commits builds. A number is that of paragraphs of the scale corpus, of which an index is built; or an
index is named.
"""

from __future__ import annotations

import argparse
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from indexer import Document, build_index
from tests.benchmarks import machine
from tests.benchmarks.corpus import documents, questions, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ASKED = {
    "search": "/api/v1/search?q={}",
    "facets": "/api/v1/search?facets=true&q={}",
    "suggest": "/api/v1/suggest?q={}",
    "page": "/?q={}",
}
DONE = {200, 422}  # a question may have no word that is looked for
LOOKS = 20  # at the memory, over all requests
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass
class Measured:
    """What clients saw."""

    seconds: float = 0.0
    taken: list[float] = field(default_factory=list)  # milliseconds, of each request
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0  # connections

    @property
    def wrong(self) -> int:
        """How many requests were not answered as they should be."""
        return self.broken + sum(times for status, times in self.statuses.items() if status not in DONE)

    def line(self) -> str:
        """Return what a table says."""
        if len(self.taken) < 2:
            return f"{len(self.taken)} requests, {self.wrong} wrong"
        cuts = statistics.quantiles(self.taken, n=100, method="inclusive")
        return (
            f"{len(self.taken) / self.seconds:,.0f} requests/s, p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, "
            f"p99 {cuts[98]:.1f} ms, {len(self.taken):,} requests, {self.wrong} wrong"
        )


class Client:
    """A connection that is kept: as little as can be of HTTP, so that the server is what is measured."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> int:
        """Ask; return the status once all of the reply is there."""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode("ascii"))
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        length = _LENGTH.search(got, 0, end)
        assert length, got[:end]
        left = int(length[1]) - (len(got) - end - 4)
        while left > 0:
            left -= len(self._more())
        return int(got[9:12])

    def _more(self) -> bytes:
        if more := self._socket.recv(1 << 16):
            return more
        raise ConnectionResetError

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def ask(port: int, paths: Sequence[str], clients: int, go_on: Callable[[int], bool]) -> Measured:
    """Ask with so many clients at once, as long as `go_on` says of the number of the request."""
    every, numbers = Measured(), count()

    def client() -> Measured:
        mine, connection = Measured(), Client(port)
        while go_on(number := next(numbers)):
            began = time.perf_counter()
            try:
                mine.statuses[connection.get(paths[number % len(paths)])] += 1
            except OSError:
                mine.broken += 1
                connection = Client(port)
            mine.taken.append((time.perf_counter() - began) * 1000)
        connection.close()
        return mine

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        for future in [threads.submit(client) for _ in range(clients)]:
            one = future.result()
            every.taken += one.taken
            every.statuses += one.statuses
            every.broken += one.broken
    every.seconds = time.perf_counter() - began
    return every


def for_seconds(seconds: float) -> Callable[[int], bool]:
    """Return what says to go on for some time."""
    end = time.monotonic() + seconds
    return lambda _: time.monotonic() < end


@contextmanager
def served(index: Path) -> Iterator[tuple[int, int]]:
    """Start a server; give its process and its port."""
    command = [sys.executable, "-m", "indexer.cli", "serve", "--port", "0", "--index", str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = urlsplit(process.stdout.readline().split()[2]).port
        assert port, "an address is printed"
        try:
            yield process.pid, port
        finally:
            process.terminate()


def memory(process: int) -> float:
    """Return how many MB a process takes of the memory, mapped files left out: those are the index."""
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    [own] = re.findall(r"^RssAnon:\s+(\d+) kB", told, re.MULTILINE)
    return int(own) / 1000


# --- the three measurements -------------------------------------------------------------------------------------------


def speed(index: Path, kinds: Sequence[str], asked: Sequence[str], clients: Sequence[int], seconds: float) -> int:
    """Print how fast each kind of request is; return how many went wrong."""
    wrong = 0
    with served(index) as (_, port):
        for kind in kinds:
            paths = [ASKED[kind].format(quote(question)) for question in asked]
            ask(port, paths, 1, lambda number: number < len(asked))  # all is warm then
            for many in clients:
                found = ask(port, paths, many, for_seconds(seconds))
                say(f"{kind}, {many} client{'s' * (many > 1)}: {found.line()}")
                wrong += found.wrong
    return wrong


def growth(index: Path, asked: Sequence[str], requests: int) -> int:
    """Print how the memory of a server grows; return how many requests went wrong."""
    paths = [path.format(quote(question)) for question in asked for path in (ASKED["search"], ASKED["facets"])]
    wrong, sizes = 0, []
    with served(index) as (process, port):
        for at in range(LOOKS):
            first = at * requests // LOOKS
            turned = [*paths[first % len(paths) :], *paths[: first % len(paths)]]
            found = ask(port, turned, 8, lambda number: number < requests // LOOKS)
            wrong += found.wrong
            sizes.append(memory(process))
    say(f"memory over {requests:,} requests, MB: " + " ".join(f"{size:.0f}" for size in sizes))
    half = sizes[LOOKS // 2 :]
    say(f"second half: from {half[0]:.1f} to {half[-1]:.1f} MB, {wrong} wrong")
    return wrong


def commits(index: Path, paragraphs: int, asked: Sequence[str], times: int) -> int:
    """Print how requests fare while builds commit; return how many went wrong."""
    paths = [ASKED["facets"].format(quote(question)) for question in asked]
    with served(index) as (_, port):
        done = threading.Event()
        command = [sys.executable, "-m", __spec__.name, "--commit", str(index), str(paragraphs), str(times)]
        with subprocess.Popen(command) as building:

            def wait() -> None:
                building.wait()
                done.set()

            watch = threading.Thread(target=wait)
            watch.start()
            found = ask(port, paths, 4, lambda _: not done.is_set())
            watch.join()
        say(f"while {times} builds committed in {found.seconds:.0f} s, 4 clients: {found.line()}")
        return found.wrong + int(building.returncode != 0)


def commit(index: Path, paragraphs: int, times: int) -> None:
    """Build so many times, each with another document beside those of the corpus."""
    for number in range(1, times + 1):
        more = [Document(f"more:{number}", f"Ещё одна сборка, номер {number}.")]
        build_index(chain(documents(paragraphs), more), index)


def main() -> int:
    """Measure and print; 1 if a request went wrong."""
    if sys.argv[1:2] == ["--commit"]:
        commit(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving", description=__doc__)
    parser.add_argument("paragraphs", type=int, help="of the scale corpus")
    parser.add_argument(
        "--index", type=Path, help="of so many, if there is one; builds are committed to none that is named"
    )
    parser.add_argument("--kinds", nargs="+", choices=ASKED, default=["search", "facets", "page"])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each")
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--requests", type=int, default=100_000, help="over which memory is looked at; 0: none")
    parser.add_argument("--commits", type=int, default=20, help="while which it is asked on; 0: none")
    arguments = parser.parse_args()
    say(f"{machine.machine()}, commit {machine.commit()}")
    asked = questions(arguments.questions)
    with TemporaryDirectory() as folder:
        index = arguments.index
        if index is None:
            index = Path(folder) / "index"
            report = build_index(documents(arguments.paragraphs), index)
            say(f"{report.paragraphs:,} paragraphs, built in {report.seconds:.0f} s")
        wrong = speed(index, arguments.kinds, asked, arguments.clients, arguments.seconds)
        if arguments.requests:
            wrong += growth(index, asked, arguments.requests)
        if arguments.commits and arguments.index is None:
            wrong += commits(index, arguments.paragraphs, asked, arguments.commits)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
