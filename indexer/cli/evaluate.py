"""`abzats evaluate`: how well questions are answered, by sets of judgements."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.cli import options, screen
from indexer.cli.formats import json_line
from indexer.cli.screen import BOLD, DIM
from indexer.wording.failures import phrase
from indexer.wording.messages import _, decimal, message, ngettext, number, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indexer import Encoder
    from indexer.cli.screen import Screen
    from indexer.evaluation import Comparison, Estimate, Evaluation, JudgedSet, SetOutcome, Step, Swing, System

DONE = 0
INTERVAL = "95 %"
PLACES = 3  # decimals of a measure
SWINGS_SHOWN = 10
MAIN = "nDCG@10"  # that two settings are compared by
SEMANTIC = "abzats+semantic"  # name of the system that searches by meaning
OTHER = "changed"  # name of the system with other settings
NAMES = {
    "words": message("words as written"),
    "stems": message("Snowball's stems"),
    "lemmas": message("first lemmas"),
    "abzats": message("Abzats"),
    SEMANTIC: message("Abzats, by meaning too"),
    OTHER: message("Abzats, changed"),
}


def command() -> click.Command:
    """`abzats evaluate`, in the language chosen."""
    return click.Command(
        "evaluate",
        callback=_evaluate,
        short_help=_("Measure how well questions are answered."),
        help=options.described(
            _("Measure how well questions are answered: Abzats beside BM25 over words, stems and first lemmas."),
            ("abzats evaluate ~/sets/xquad_ru", "nDCG@10, MRR@10, R@100"),
            ("abzats evaluate ~/sets/* --json", _("for programs")),
            ("abzats evaluate ~/sets/* --compare ranking.b=0.5", _("another setting")),
        ),
        epilog=_(
            "A set is a folder: corpus.jsonl, queries.jsonl and qrels.tsv (BEIR), or topics.txt and qrels.txt (TREC). "
            "Each may be compressed (.gz). ir-measures is needed: pip install 'abzats[evaluate]'"
        ),
        options_metavar=_("[OPTIONS]"),
        params=[
            click.Argument(["folders"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar=_("SET...")),
            click.Option(
                ["--compare"],
                multiple=True,
                metavar=_("NAME=VALUE"),
                help=_("Compare with another setting; may be given again."),
            ),
            click.Option(["--whole"], is_flag=True, help=_("Take documents whole where their paragraphs are there.")),
            click.Option(
                ["--runs"],
                type=click.Path(path_type=Path, file_okay=False),
                metavar=_("FOLDER"),
                help=_("Write the answers there, as trec_eval reads them."),
            ),
            click.Option(["-q", "--quiet"], is_flag=True, help=_("Do not show how far it has come.")),
            options.semantic(),
            options.as_json(_("One JSON object.")),
        ],
    )


def _evaluate(
    *,
    folders: tuple[Path, ...],
    compare: tuple[str, ...],
    whole: bool,
    runs: Path | None,
    quiet: bool,
    as_json: bool,
    semantic: bool,
) -> int:
    from indexer import evaluation  # noqa: PLC0415 -- with NumPy and Whoosh; --help need not wait for them

    systems = _systems(compare, options.encoder() if semantic else None)
    sets = evaluation.read_sets(folders, whole=whole)
    for judged in sets:
        _tell_unknown(judged, screen.errors())
    with _progress(shown=not quiet and sys.stderr.isatty()) as progress:
        found = evaluation.evaluate(sets, systems, progress=progress)
    if runs:
        _write_runs(found, runs)
    shown = screen.output("auto")
    if as_json:
        shown.line(json_line(_record(found)))
    else:
        _as_text(found, shown)
    return DONE


def _systems(assignments: tuple[str, ...], encoder: Encoder | None) -> tuple[System, ...]:
    """Return what is to be measured: with other settings, these and the usual ones; else what there is."""
    from indexer.evaluation import BASELINES, OURS, WHOLE, Ours, changed  # noqa: PLC0415 -- see above

    settings = WHOLE
    for assignment in assignments:
        settings = changed(settings, assignment)
    if assignments:
        return (Ours(encoder=encoder), Ours(OTHER, settings, encoder))
    return (*BASELINES, OURS, *([Ours(SEMANTIC, settings, encoder)] if encoder else []))


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[Step], None]]:
    """Give what draws a bar on standard error, if it is to be drawn."""
    if not shown:
        yield lambda _step: None
        return
    from rich.console import Console  # noqa: PLC0415 -- only this needs it
    from rich.progress import Progress as Bars  # noqa: PLC0415 -- likewise

    with Bars(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def draw(step: Step) -> None:
            name = f"{shortened(screen.clean(step.set))} · {_(NAMES[step.system])}"
            bars.update(task, description=name.replace("[", r"\["), completed=step.done, total=step.total)

        yield draw


def _tell_unknown(judged: JudgedSet, shown: Screen) -> None:
    if count := judged.unknown_documents:
        shown.text(
            ngettext(
                "{set}: {count} judgement is of a document that is not there, and can only be missed",
                "{set}: {count} judgements are of documents that are not there, and can only be missed",
                count,
            ).format(set=judged.name, count=number(count))
        )
    if count := judged.unknown_queries:
        shown.text(
            ngettext(
                "{set}: {count} judgement is of a query that is not there, and is left out",
                "{set}: {count} judgements are of queries that are not there, and are left out",
                count,
            ).format(set=judged.name, count=number(count))
        )


# --- for people -------------------------------------------------------------------------------------------------------


def _as_text(found: Evaluation, shown: Screen) -> None:
    from indexer.evaluation import MEASURES  # noqa: PLC0415 -- see above

    first, *others = MEASURES
    rows = [("", "", first, INTERVAL, *others)]
    for outcome in found.sets:
        rows += _rows(outcome.judged.name, outcome, found.systems)
    if len(found.sets) > 1:
        rows += _rows(_("average"), found, found.systems)
    shown.table(rows, indent=0)
    shown.text()
    for outcome in found.sets:
        shown.text(f"{outcome.judged.name}: {_size(outcome.judged)}", DIM)
    if OTHER in found.systems:
        _comparison_as_text(found, shown)


def _rows(name: str, found: SetOutcome | Evaluation, systems: Sequence[str]) -> Iterator[tuple[str, ...]]:
    from indexer.evaluation import MEASURES  # noqa: PLC0415 -- see above

    for system in systems:
        first, *others = (found.estimate(measure, system) for measure in MEASURES)
        means = (decimal(other.mean, PLACES) for other in others)
        yield (name, _(NAMES[system]), decimal(first.mean, PLACES), _interval(first), *means)
        name = ""


def _size(judged: JudgedSet) -> str:
    queries, documents = len(judged.queries), len(judged.documents)
    asked = ngettext("{count} query", "{count} queries", queries).format(count=number(queries))
    texts = ngettext("{count} document", "{count} documents", documents).format(count=number(documents))
    return f"{asked}, {texts}"


def _interval(estimate: Estimate) -> str:
    return f"{decimal(estimate.low, PLACES)}–{decimal(estimate.high, PLACES)}"


def _comparison_as_text(found: Evaluation, shown: Screen) -> None:
    shown.text()
    header = (MAIN, _("now"), _("changed"), _("difference"), INTERVAL, "p", _("won"), _("same"), _("lost"))
    shown.table([header, *map(_compared, _comparisons(found, MAIN))], indent=0)
    swings = _swings(found)
    lost = [swing for swing in swings if swing.difference < 0][:SWINGS_SHOWN]
    won = [swing for swing in reversed(swings) if swing.difference > 0][:SWINGS_SHOWN]
    for title, some in ((_("Lost most:"), lost), (_("Won most:"), won)):
        if some:
            shown.text()
            shown.text(title, BOLD)
            shown.table([_swing(swing) for swing in some], is_folded=True)


def _compared(one: Comparison) -> tuple[str, ...]:
    return (
        one.set or _("average"),
        decimal(one.before, PLACES),
        decimal(one.after, PLACES),
        _signed(one.difference.mean),
        f"{_signed(one.difference.low)} … {_signed(one.difference.high)}",
        decimal(one.p, PLACES + 1),
        *map(number, (one.wins, one.ties, one.losses)),
    )


def _signed(difference: float) -> str:
    """Write with a sign, four decimals: settings differ by little.

    >>> _signed(-0.00123), _signed(0.5)
    ('−0.0012', '+0.5000')
    """
    return f"{'−' if difference < 0 else '+'}{decimal(abs(difference), PLACES + 1)}"


def _swing(swing: Swing) -> tuple[str, ...]:
    before, after = (number(rank) if rank else _("none") for rank in (swing.rank_before, swing.rank_after))
    where = f"{swing.set} {swing.query}"
    # From which rank to which the first relevant document went.
    return (_signed(swing.difference), f"{before} → {after}", shortened(where), shortened(swing.document), swing.text)


def _comparisons(found: Evaluation, measure: str) -> list[Comparison]:
    from indexer.evaluation import compare  # noqa: PLC0415 -- see above

    return list(compare(found, "abzats", OTHER, measure))


def _swings(found: Evaluation) -> list[Swing]:
    from indexer.evaluation import swings  # noqa: PLC0415 -- see above

    return swings(found, "abzats", OTHER, MAIN)


# --- for programs -----------------------------------------------------------------------------------------------------


def _record(found: Evaluation) -> dict[str, Any]:
    """Say everything: measures in [0, 1], their bounds at 95 %; a comparison whose set is null is of the averages."""
    record: dict[str, Any] = {
        "sets": [
            {
                "name": outcome.judged.name,
                "queries": len(outcome.judged.queries),
                "documents": len(outcome.judged.documents),
                "unknown_documents": outcome.judged.unknown_documents,
                "unknown_queries": outcome.judged.unknown_queries,
                "systems": _estimates(outcome, found.systems),
            }
            for outcome in found.sets
        ],
        "average": _estimates(found, found.systems),
    }
    if OTHER in found.systems:
        record["comparison"] = [
            asdict(one) | {"set": one.set or None, "difference": one.difference._asdict()}
            for measure in _measures()
            for one in _comparisons(found, measure)
        ]
        record["swings"] = [asdict(swing) for swing in _swings(found)]
    return record


def _estimates(found: SetOutcome | Evaluation, systems: Sequence[str]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        system: {measure: found.estimate(measure, system)._asdict() for measure in _measures()} for system in systems
    }


def _measures() -> tuple[str, ...]:
    from indexer.evaluation import MEASURES  # noqa: PLC0415 -- see above

    return tuple(MEASURES)


def _write_runs(found: Evaluation, folder: Path) -> None:
    """Write a file for each set and system."""
    from indexer.evaluation import trec_lines  # noqa: PLC0415 -- see above

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for outcome in found.sets:
            for system, answered in outcome.outcomes.items():
                lines = (f"{line}\n" for line in trec_lines(answered.run, system))
                (folder / f"{outcome.judged.name}.{system}.run").write_text("".join(lines), encoding="utf-8")
    except OSError as wrong:
        reason = phrase(wrong.strerror or str(wrong))
        raise click.ClickException(_("The output could not be written: {reason}").format(reason=reason)) from wrong
