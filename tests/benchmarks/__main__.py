"""Ours beside its peers over the same corpus: python -m tests.benchmarks 20000 [PARAGRAPHS …] [--write].

Builds and questions are taken in turns, so that whatever else the machine does hits all alike. What is not installed is
left out, and told. With --write the tables are kept in results/ under today's date.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.benchmarks import machine, processes, suite, table
from tests.benchmarks.asked import draw
from tests.benchmarks.corpus import DATA, MOST, questions, say, tell
from tests.benchmarks.peers import MODULES

if TYPE_CHECKING:
    from tests.benchmarks.suite import Results

RESULTS = Path(__file__).parent / "results"
NOTES = """\
- All systems get the same paragraphs, as our own reading parts them, with a source and a date each. “Stems” and “words”
  are texts as the system analyses them itself; “lemmas” are our likeliest lemma of each word, made before the build,
  whose time is not part of it. A query from text pays for its lemmas.
- Ours indexes every lemma of a form, the forms as written, sentence starts, titles, sources and authors, and stores the
  text; the others index lemmas or stems, and only “tantivy, stems and text” stores the text. Ours always counts what
  it finds, and its search includes reading the ten paragraphs, as that of “tantivy, stems and text” does; of the others
  only “tantivy, counting” counts.
- Where Numba is installed, ours has its rankings compiled, but for the first answer of a process.
- Ours builds on all cores, tantivy with two threads and a heap of 1 GB, the others with one thread, Whoosh with the
  128 MB that it comes with. Peak memory is that of all processes of a build together (PSS), by looking five times a
  second.
- A mask is over forms with ours and with “words”, over stems or lemmas with the others. tantivy and Whoosh score all
  rows of a mask alike.
- Latencies are of one process and one thread, everything warm, all systems asked twenty questions in a row, in turns.
- FTS5 is merged and Xapian compacted at the end of a build; tantivy is committed, its merges are waited for.
"""


def main() -> int:
    """Measure, print and perhaps write; 1 if a figure is doubtful."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("paragraphs", type=int, nargs="*", default=[20_000], help=f"sizes of the corpus, to {MOST:,}")
    parser.add_argument(
        "--systems", nargs="+", choices=MODULES, default=list(MODULES), help="default: all; ours always"
    )
    parser.add_argument("--questions", type=int, default=200, help="of each kind")
    parser.add_argument("--rounds", type=int, default=2, help="in which each is asked, after one that warms")
    parser.add_argument("--builds", type=int, default=1, help="of each index")
    parser.add_argument("--starts", type=int, default=5, help="of processes, for the first answer")
    parser.add_argument("--seconds", type=float, default=3.0, help="of throughput")
    parser.add_argument("--write", action="store_true", help="keep the tables in results/")
    arguments = parser.parse_args()
    if not DATA.is_dir():
        parser.error(f"measuring data is not at {DATA}")
    chapters = [measured(paragraphs, arguments) for paragraphs in arguments.paragraphs]
    document = head(chapters) + "\n" + "\n".join(map(table.markdown, chapters))
    say(document)
    if arguments.write:
        RESULTS.mkdir(exist_ok=True)
        today = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}"
        today.with_suffix(".md").write_text(document, encoding="utf-8")
        told = {"machine": machine.machine(), "commit": machine.commit(), "corpora": [*map(table.as_json, chapters)]}
        today.with_suffix(".json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return int(any(results.doubts for results in chapters))


def measured(paragraphs: int, arguments: argparse.Namespace) -> Results:
    """Measure over one size of the corpus."""
    modules = ["ours", *(module for module in arguments.systems if module != "ours")]
    systems, left_out = suite.installed(modules)
    for reason in left_out:
        tell(f"left out: {reason}")
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepared = cache(lambda size: processes.prepared(folder / f"corpus-{size}", size))
        of = suite.cases(systems, prepared, paragraphs, folder)
        tell("the corpus is prepared")
        # Phrases and masks come from the smallest corpus, so that all have them.
        smallest = min((case.corpus for case in of), key=lambda corpus: corpus.facts.paragraphs)
        real = questions() + questions(name="mrtydi_ru_train")
        asked = draw(smallest, real, arguments.questions)
        options = suite.Options(arguments.rounds, arguments.builds, arguments.starts, arguments.seconds)
        results = suite.run(of, asked, options, tell)
    results.left_out = left_out
    distributions = {system.title: system.distribution for system in systems}
    results.versions = {title: f"{name} {machine.version_of(name)}" for title, name in distributions.items()}
    return results


def head(chapters: list[Results]) -> str:
    """Return what a reader must know before the tables."""
    versions = sorted({version for results in chapters for version in results.versions.values()})
    return (
        f"# Ours and its peers, {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"{machine.machine()}; {', '.join(versions)}; commit {machine.commit()}.\n"
        f"`python -m tests.benchmarks {' '.join(sys.argv[1:])}`\n\n{NOTES}"
    )


if __name__ == "__main__":
    sys.exit(main())
