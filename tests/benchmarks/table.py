"""Results as Markdown for people and as JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from statistics import fmean
from typing import TYPE_CHECKING, Any

from tests.benchmarks import measure
from tests.benchmarks.peers.ours import PLAIN_ASKER, WHOLE_ASKER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.benchmarks.measure import Latency, Times
    from tests.benchmarks.suite import Results

NOTHING = "–"
PEER = "tantivy, lemmas, counting"  # the one whose answers should be nearly those of our plain BM25
_DECIMALS = ((100, 0), (10, 1), (1, 2))  # from which size a number has how many


def markdown(results: Results) -> str:
    """Return all tables of one corpus, a chapter of a document."""
    facts = results.facts
    parts = [
        f"## {facts.paragraphs:,} paragraphs, {facts.words:,} words, {facts.bytes / 1e6:.1f} MB of text",
        *(f"Left out: {reason}." for reason in results.left_out),
        *(f"**Doubtful: {doubt}.**" for doubt in results.doubts),
        "### Ratios",
        *_ratios(results),
        "### Build",
        _built(results),
        "### Our index, by what its arrays are for",
        _groups(results),
        "### First answer of a process",
        _first(results),
        "### Throughput",
        _throughput(results),
        "### Latency",
        *_latencies(results),
    ]
    return "\n\n".join(parts) + "\n"


def as_json(results: Results) -> dict[str, Any]:
    """Return the same as plain values, with percentiles in the place of times."""
    return {
        **{name: getattr(results, name) for name in ("first", "throughput", "versions", "left_out", "doubts")},
        "facts": asdict(results.facts),
        "built": {name: asdict(built) for name, built in results.built.items()},
        "groups": dict(results.groups),
        **{level: _percentiles(getattr(results, level)) for level in ("search", "text")},
    }


def _percentiles(times: Times) -> dict[str, Any]:
    return {
        name: {kind: asdict(measure.latency(taken)) for kind, taken in kinds.items()} for name, kinds in times.items()
    }


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; all columns but the first are aligned to the right.

    >>> print(table(["a", "b"], [["x", "1"]]))
    | a | b |
    |---|--:|
    | x | 1 |
    """
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(
        "|".join(("", *line, "")) if at == 1 else f"| {' | '.join(line)} |" for at, line in enumerate(lines)
    )


def number(value: float) -> str:
    """Return a number with three digits or so.

    >>> number(1234.5), number(12.34), number(1.234), number(0.1234)
    ('1,234', '12.3', '1.23', '0.123')
    """
    return f"{value:,.{next((decimals for least, decimals in _DECIMALS if value >= least), 3)}f}"


def _kinds(results: Results) -> list[str]:
    return list(next(iter(results.search.values())))


# --- ratios -----------------------------------------------------------------------------------------------------------


def _ratios(results: Results) -> Iterator[str]:
    """Give how many times as long others take as ours does over the same corpus, by both formulas."""
    if PEER in results.found:
        peer, plain = results.found[PEER], results.found[PLAIN_ASKER]
        scored = [kind for kind in _kinds(results) if kind != "mask"]  # whose rows it scores all alike
        share = fmean(measure.overlap(peer[kind], plain[kind]) for kind in scored)
        yield f"Of the ten best rows of our plain BM25, {share:.2f} are also among those of “{PEER}”, masks left out."
    for level, ours, what in (
        ("search", PLAIN_ASKER, "a search, against plain BM25 of ours"),
        ("search", WHOLE_ASKER, "a search, against the whole formula of ours"),
        ("text", WHOLE_ASKER, "from text to hits, against text to marked snippets by the whole formula of ours"),
    ):
        times: Times = getattr(results, level)
        yield f"How many times as long as ours, median / 95th percentile: {what}. Above 1, ours is faster."
        rows = []
        for name, kinds in times.items():
            base = times[results.base_of[name].replace(PLAIN_ASKER, ours)]
            if not name.startswith(ours):
                cells = [_ratio(kinds.get(kind), base[kind]) for kind in _kinds(results)]
                rows.append([name, *cells])
        yield table(["", *_kinds(results)], rows)


def _ratio(theirs: Sequence[float] | None, ours: Sequence[float]) -> str:
    if not theirs or not ours:
        return NOTHING
    one, other = measure.latency(theirs), measure.latency(ours)
    return f"{number(one.p50 / other.p50)} / {number(one.p95 / other.p95)}"


# --- what is not latency ----------------------------------------------------------------------------------------------


def _built(results: Results) -> str:
    head = ["", "paragraphs/s", "words/s", "seconds", "of processors", "as long as ours", "peak MiB"]
    head += ["bytes per byte of text", "without stored text"]
    rows = []
    for name, built in results.built.items():
        facts = results.facts_of[name]
        base = next(title for title, of in results.facts_of.items() if of == facts and title.startswith("abzats"))
        rows.append(
            [
                name,
                number(facts.paragraphs / built.seconds),
                number(facts.words / built.seconds),
                number(built.seconds),
                number(built.processor),
                number(built.seconds / results.built[base].seconds),
                number(built.peak),
                NOTHING if built.stored_text is None else number(built.bytes / facts.bytes),
                number((built.bytes - (built.stored_text or 0)) / facts.bytes),
            ]
        )
    return table(head, rows)


def _groups(results: Results) -> str:
    whole = results.groups.total()
    rows = [
        [name, number(size / 1e6), f"{size / whole:.1%}", number(size / results.facts.bytes)]
        for name, size in results.groups.most_common()
    ]
    rows.append(["all", number(whole / 1e6), "100.0%", number(whole / results.facts.bytes)])
    return table(["", "MB", "share", "per byte of text"], rows)


def _first(results: Results) -> str:
    return table(["", "ms"], [[name, number(seconds * 1000)] for name, seconds in results.first.items()])


def _throughput(results: Results) -> str:
    rows = [
        [name, *(number(rates[count]) for count in (1, 2)), number(rates[2] / rates[1])]
        for name, rates in results.throughput.items()
    ]
    return table(["real questions a second, from text", "1 process", "2 processes", "ratio"], rows)


# --- latency ----------------------------------------------------------------------------------------------------------


def _latencies(results: Results) -> Iterator[str]:
    """Give for each kind of question a table of all askers."""
    yield (
        "Milliseconds. “Search” is from a query made before to the ten best rows, “text” from what is typed to hits, "
        "of ours to snippets with marks. “Found” is the share of questions with an answer, “in common” that of the "
        "ten best rows that are also those of our plain BM25."
    )
    head = ["search p50", "p95", "p99", "text p50", "p95", "p99", "found", "in common"]
    for kind in _kinds(results):
        rows = []
        for name, kinds in results.search.items():
            if kind in kinds:
                found, base = results.found[name][kind], results.found[results.base_of[name]][kind]
                shares = [f"{found.non_empty:.2f}", f"{measure.overlap(found, base):.2f}"]
                times = [measure.latency(kinds[kind]), measure.latency(results.text[name][kind])]
                rows.append([name, *(cell for latency in times for cell in _cells(latency)), *shares])
        yield f"#### {kind}"
        yield table(["", *head], rows)


def _cells(latency: Latency) -> list[str]:
    return [number(value) for value in (latency.p50, latency.p95, latency.p99)]
