"""What is measured from outside: builds, the first answer of a process, answers a second of one process and of two."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from tests.benchmarks.corpus import ROOT
from tests.benchmarks.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.benchmarks.peers.base import Asker, System


@dataclass(frozen=True, slots=True)
class Case:
    """A system, the corpus that it gets, and where its index is or will be."""

    system: System
    corpus: Prepared
    index: Path
    sign: str = ""  # told with its names where its corpus is not the whole one

    @property
    def title(self) -> str:
        """What the tables call it."""
        return f"{self.system.title}{self.sign}"

    @property
    def askers(self) -> dict[str, str]:
        """Its askers, by what the tables call them."""
        return {f"{asker}{self.sign}": asker for asker in self.system.askers}

    def open(self, asker: str) -> Asker:
        """Open its index here."""
        return self.system.open(asker, self.index, self.corpus)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build took, and what it left."""

    seconds: float
    processor: float  # seconds of all cores together
    peak: float  # MiB
    bytes: int  # on the disk
    stored_text: int | None  # of these; None if the text is not in the index


def prepared(folder: Path, paragraphs: int, *, with_lemmas: bool = True) -> Prepared:
    """Return the first paragraphs of the scale corpus, prepared in a folder that is not there yet."""
    _run("prepare", str(folder), str(paragraphs), "lemmas" if with_lemmas else "")
    return Prepared(folder)


def build(case: Case) -> Built:
    """Build the index of a case."""
    told = json.loads(_run("build", case.system.name, str(case.corpus.folder), str(case.index)))
    size = sum(path.stat().st_size for path in case.index.rglob("*") if path.is_file())
    return Built(**told, bytes=size, stored_text=case.system.stored_text(case.index))


def first_answer(case: Case, asker: str, question: Sequence[str]) -> float:
    """Return the seconds from the start of a process to its first answer."""
    began = time.perf_counter()
    with _started("first", *_asked(case, asker)) as process:
        _say(process, json.dumps([question]))
        _hear(process)
        return time.perf_counter() - began


def interpreter() -> float:
    """Return the seconds from the start of Python to its first word, the least that a first answer takes here."""
    began = time.perf_counter()
    with _started("nothing") as process:
        _hear(process)
        return time.perf_counter() - began


def throughput(case: Case, asker: str, questions: Sequence[Sequence[str]], processes: int, seconds: float) -> float:
    """Return how many questions a second as many processes answer, all at once."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(_started("throughput", *_asked(case, asker), str(seconds))) for _ in range(processes)
        ]
        for process in started:
            _say(process, json.dumps(questions))
        for process in started:
            _hear(process)
        for process in started:
            _say(process, "go")
        return sum(float(_hear(process)) for process in started)


def _asked(case: Case, asker: str) -> tuple[str, ...]:
    return case.system.name, asker, str(case.corpus.folder), str(case.index)


def _started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks.child", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _run(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.child", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def _say(process: subprocess.Popen[str], line: str) -> None:
    _pipe(process.stdin).write(line + "\n")
    _pipe(process.stdin).flush()


def _hear(process: subprocess.Popen[str]) -> str:
    line = _pipe(process.stdout).readline()
    assert line, f"{process.args!r} has failed"
    return line


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None, "it was asked for"
    return pipe
