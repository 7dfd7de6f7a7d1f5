"""What is done in a process of its own, so that its memory and its first moment are its own: see processes.py.

python -m tests.benchmarks.child prepare FOLDER PARAGRAPHS LEMMAS
python -m tests.benchmarks.child build SYSTEM CORPUS INDEX
python -m tests.benchmarks.child first SYSTEM ASKER CORPUS INDEX, and then questions
python -m tests.benchmarks.child nothing
python -m tests.benchmarks.child throughput SYSTEM ASKER CORPUS INDEX SECONDS, and then questions
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.asked import Question

# All else is imported by those who need it: what a process takes to start is measured too.


def prepare(folder: str, paragraphs: str, lemmas: str) -> None:
    """Prepare the first paragraphs of the scale corpus, and have the loops of our builds compiled."""
    from indexer.analysis import looking  # noqa: PLC0415 -- see above
    from indexer.backends.whoosh import inversion  # noqa: PLC0415 -- see above
    from indexer.compiled import kept  # noqa: PLC0415 -- see above
    from tests.benchmarks import corpus, prepared  # noqa: PLC0415 -- see above

    kept.are_ready((*inversion.LOOPS, *looking.loops()), make=True)
    prepared.prepare(corpus.documents(int(paragraphs)), Path(folder), with_lemmas=lemmas == "lemmas")


def build(system: str, corpus: str, index: str) -> None:
    """Build an index, and tell what it took."""
    from tests.benchmarks import peers  # noqa: PLC0415 -- see above
    from tests.benchmarks.memory import Peak  # noqa: PLC0415 -- see above
    from tests.benchmarks.prepared import Prepared  # noqa: PLC0415 -- see above

    builder, of = peers.find(system), Prepared(Path(corpus))
    began, worked = time.perf_counter(), processor_seconds()
    with Peak() as peak:
        builder.build(of, Path(index))
    told = {
        "seconds": time.perf_counter() - began,
        "processor": processor_seconds() - worked,
        "peak": peak.mebibytes,
    }
    tell(json.dumps(told))


def first(system: str, asker: str, corpus: str, index: str) -> None:
    """Answer a question."""
    from tests.benchmarks import peers  # noqa: PLC0415 -- see above
    from tests.benchmarks.prepared import Prepared  # noqa: PLC0415 -- see above

    opened = peers.find_to_ask_once(system).open(asker, Path(index), Prepared(Path(corpus)))
    [question] = questions()
    opened.ask(question)
    tell("answered")


def nothing() -> None:
    """Import what every system here needs."""
    from tests.benchmarks import asked, peers, prepared  # noqa: F401, PLC0415 -- that is all

    tell("answered")


def throughput(system: str, asker: str, corpus: str, index: str, seconds: str) -> None:
    """Answer questions one after another, from when it is told to, and tell how many a second."""
    from tests.benchmarks import peers  # noqa: PLC0415 -- see above
    from tests.benchmarks.prepared import Prepared  # noqa: PLC0415 -- see above

    opened = peers.find(system).open(asker, Path(index), Prepared(Path(corpus)))
    asked = questions()
    for question in asked:  # so that what is remembered is remembered
        opened.ask(question)
    tell("ready")
    sys.stdin.readline()
    began, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < float(seconds):
        opened.ask(asked[count % len(asked)])
        count += 1
    tell(json.dumps(count / elapsed))


def questions() -> list[Question]:
    """Read questions of words alone from the standard input, a list of them in JSON on a line."""
    from tests.benchmarks.asked import Question  # noqa: PLC0415 -- see above

    return [Question("question", "any", tuple(words)) for words in json.loads(sys.stdin.readline())]


def processor_seconds() -> float:
    """Return what this process and its ended children have used."""
    of = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in of)


def tell(line: str) -> None:
    """Tell the parent something at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


WORK: dict[str, Callable[..., None]] = {
    "prepare": prepare,
    "build": build,
    "first": first,
    "nothing": nothing,
    "throughput": throughput,
}

if __name__ == "__main__":
    WORK[sys.argv[1]](*sys.argv[2:])
