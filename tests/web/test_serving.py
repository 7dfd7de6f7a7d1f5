"""`abzats serve`, as somebody would start it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

from indexer.cli import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVE = [sys.executable, "-m", "indexer.cli", "serve"]
QUERIES = [
    "сталь",
    "закалка стали",
    "мёд | мыла",
    "стал*",
    "cnfkm",
    "чудовище -стали",
    '"сельское хозяйство"',
    "нет",
    "",
]
WARM, MANY = 300, 1500  # requests
GROWTH = 1.5  # MB; a reply that was kept of each request would be more


def environment(language: str = "en") -> dict[str, str]:
    return {**os.environ, "LANGUAGE": language, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


@contextmanager
def serving(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the command; give its process and the address that it prints."""
    command = [*SERVE, "--port", "0", *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        try:
            yield process, line.split()[2]
        finally:
            process.kill()


def failing(*arguments: str | Path, language: str = "en") -> str:
    """Run the command, which cannot serve; return what it says."""
    ran = subprocess.run(
        [*SERVE, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(language),
        timeout=60,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1
    return ran.stderr


def test_the_address_is_printed_and_answers(index: Path) -> None:
    with serving("--index", index) as (process, address):
        connection = HTTPConnection(urlsplit(address).netloc)
        connection.request("GET", "/api/v1/search?q=" + quote("сталь"))
        reply = connection.getresponse()
        body = json.load(reply)
        assert (reply.status, body["total"]) == (200, 4)
        assert reply.getheader("server") is None
        connection.close()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == ("", "")
        assert process.returncode == 0


def test_only_loopback_is_listened_at_unless_asked(index: Path) -> None:
    with serving("--index", index) as (_, address):
        assert urlsplit(address).hostname == "127.0.0.1"
        port = urlsplit(address).port
        with socket.socket() as other:
            assert other.connect_ex(("127.0.0.2", port or 0)) != 0  # as any other address of this machine


def test_who_listens_for_others_is_told(index: Path) -> None:
    with serving("--index", index, "--host", "0.0.0.0", "--name", "archive.lan") as (process, address):  # noqa: S104
        connection = HTTPConnection("127.0.0.1", urlsplit(address).port)
        for host, status in (("archive.lan", 200), ("evil.example", 421)):
            connection.request("GET", "/api/v1/suggest?q=x", headers={"Host": host})
            reply = connection.getresponse()
            reply.read()
            assert reply.status == status
        connection.close()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20)[1] == "Whoever reaches this machine can read all that is in the index.\n"


def test_what_is_in_the_way_is_said_in_a_sentence(index: Path, tmp_path: Path) -> None:
    assert "No index at" in failing("--index", tmp_path / "none")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = failing("--index", index, "--port", str(port))
        assert said.startswith(f"abzats: Nothing can be served at 127.0.0.1, port {port}: Address already in use. ")
        assert "адрес занят" in failing("--index", index, "--port", str(port), language="ru")
    assert "this is no name of a host" in failing("--index", index, "--host", "x" * 70 + ".example")
    ran = subprocess.run([*SERVE, "--port", "65536"], capture_output=True, text=True, check=False, env=environment())
    assert (ran.returncode, "the last is 65535" in ran.stderr) == (2, True)


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch, index: Path) -> None:
    from indexer.cli import main  # noqa: PLC0415
    from indexer.errors import ServerMissing  # noqa: PLC0415

    for name in [name for name in sys.modules if name.startswith(("indexer.web", "uvicorn"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ServerMissing, match="pip install 'abzats\\[web\\]'"):
        serve.command().main(["--index", str(index)], standalone_mode=False)
    with pytest.raises(SystemExit) as left:
        main(["serve", "--index", str(index)])
    assert left.value.code == 2


def test_what_takes_long_is_told(
    monkeypatch: pytest.MonkeyPatch, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once: to compile what ranks takes half a minute, and nobody should think that nothing goes on."""
    from indexer.web import serving as server  # noqa: PLC0415

    def slowly(*_: object, started: Callable[[str], None], **__: object) -> None:
        time.sleep(0.5)
        started("http://127.0.0.1:1/")

    monkeypatch.setattr(server, "serve", slowly)
    monkeypatch.setattr(serve, "SILENT", 0.1)
    serve.command().main(["--index", str(index)], standalone_mode=False)
    assert capsys.readouterr().err.startswith("Opening the index; the first time, ")
    monkeypatch.setattr(serve, "SILENT", 60.0)
    serve.command().main(["--index", str(index)], standalone_mode=False)
    assert not capsys.readouterr().err


def memory(process: subprocess.Popen[str]) -> float:
    """Return how many MB a process takes of the memory."""
    [line] = [
        line for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines() if "VmRSS" in line
    ]
    return int(line.split()[1]) / 1000


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="how much memory a process takes is read in /proc")
def test_requests_leave_nothing_behind(index: Path) -> None:
    with serving("--index", index) as (process, address):
        connection = HTTPConnection(urlsplit(address).netloc)

        def ask(number: int) -> None:
            query = quote(QUERIES[number % len(QUERIES)])
            connection.request("GET", f"/api/v1/search?q={query}&facets=true&limit={number % 7}&offset={number % 3}")
            connection.getresponse().read()

        for number in range(WARM):
            ask(number)
        before = memory(process)
        for number in range(MANY):
            ask(number)
        connection.close()
        assert memory(process) - before < GROWTH
