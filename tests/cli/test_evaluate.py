from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import ir_measures
import pytest

from indexer.cli import evaluate
from indexer.evaluation import BASELINES, OURS

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Abzats, Terminal

TEXTS = {
    "steel": "Закалка стали требует точности.",
    "bridge": "Через реку построили мост из стали, и сталь не ржавеет.",
    "honey": "Пчёлы собирают мёд с гречихи.",
    "glass": "Стекло варят из песка.",
}
QUERIES = {"q1": "закалить сталь", "q2": "меда пчёл", "q3": "песок в стекле"}
QRELS = "query-id\tcorpus-id\tscore\nq1\tsteel\t1\nq2\thoney\t1\nq3\tglass\t1\nq3\tsand\t1\nq7\tglass\t1\n"


@pytest.fixture
def works(tmp_path: Path) -> Path:
    folder = tmp_path / "works"
    folder.mkdir()
    for name, rows in (("corpus", TEXTS), ("queries", QUERIES)):
        lines = [json.dumps({"_id": id_, "text": text}) for id_, text in rows.items()]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return folder


def test_a_table_has_a_row_for_each_system(abzats: Abzats, works: Path) -> None:
    run = abzats("evaluate", works)
    assert run.code == 0
    header, *rows = run.out.partition("\n\n")[0].splitlines()
    assert re.split(r"  +", header.strip()) == ["nDCG@10", "95 %", "MRR@10", "R@100"]
    assert [re.split(r"  +", row.strip())[-5] for row in rows] == [
        "words as written",
        "Snowball's stems",
        "first lemmas",
        "Abzats",
    ]
    assert re.fullmatch(r" +Abzats +0\.871 +0\.613–1\.000 +1\.000 +0\.833", rows[-1])
    assert run.out.endswith("\nworks: 3 queries, 4 documents\n")


def test_what_is_not_there_is_said(abzats: Abzats, works: Path) -> None:
    assert abzats("evaluate", works).err.splitlines() == [
        "works: 1 judgement is of a document that is not there, and can only be missed",
        "works: 1 judgement is of a query that is not there, and is left out",
    ]


def test_several_sets_have_an_average(abzats: Abzats, works: Path) -> None:
    rows = abzats("evaluate", works, works).out.splitlines()
    names = [row.split()[0] for row in rows[1:13] if not row.startswith(" ")]
    assert names == ["works", "works~2", "average"]


def test_json_has_every_number(abzats: Abzats, works: Path) -> None:
    record = json.loads(abzats("evaluate", works, "--json").out)
    [one] = record["sets"]
    assert (one["name"], one["queries"], one["documents"]) == ("works", 3, 4)
    assert (one["unknown_documents"], one["unknown_queries"]) == (1, 1)
    assert list(one["systems"]) == ["words", "stems", "lemmas", "abzats"]
    estimate = record["average"]["abzats"]["nDCG@10"]
    assert estimate == one["systems"]["abzats"]["nDCG@10"]
    assert estimate["low"] <= estimate["mean"] <= estimate["high"]
    assert "comparison" not in record


def scored(run: Path) -> dict[str, dict[str, float]]:
    """Return a run as trec_eval reads it: it goes by the scores alone."""
    found: dict[str, dict[str, float]] = {}
    for line in run.read_text(encoding="utf-8").splitlines():
        query, _q0, path, _rank, score, _system = line.split(" ")
        found.setdefault(query, {})[path] = float(score)
    return found


def test_runs_are_measured_the_same_by_other_programs(abzats: Abzats, works: Path, tmp_path: Path) -> None:
    record = json.loads(abzats("evaluate", works, "--json", "--runs", tmp_path / "runs" / "new").out)
    judged = {"q1": {"steel": 1}, "q2": {"honey": 1}, "q3": {"glass": 1, "sand": 1}}
    ndcg = ir_measures.nDCG @ 10
    for system in ("words", "stems", "lemmas", "abzats"):
        run = scored(tmp_path / "runs" / "new" / f"works.{system}.run")
        found = ir_measures.calc_aggregate([ndcg], judged, run)[ndcg]
        assert found == pytest.approx(record["sets"][0]["systems"][system]["nDCG@10"]["mean"])


def test_two_settings_are_compared(abzats: Abzats, works: Path) -> None:
    # So few words are searched that none is left.
    run = abzats("evaluate", works, "--compare", "asking.most_words=2")
    assert run.code == 0
    row = next(line for line in run.out.splitlines() if line.startswith("works  ") and "…" in line)
    assert re.split(r"  +", row)[-3:] == ["0", "2", "1"]
    assert "Lost most:\n  −0.6131  1 → none  works q3  glass  песок в стекле\n" in run.out
    assert "Won most:" not in run.out


def test_a_comparison_is_for_programs_too(abzats: Abzats, works: Path) -> None:
    record = json.loads(abzats("evaluate", works, "--compare", "asking.most_words=2", "--json").out)
    assert [one["measure"] for one in record["comparison"]] == ["nDCG@10", "MRR@10", "R@100"]
    found = record["comparison"][1]
    assert (found["set"], found["wins"], found["ties"], found["losses"]) == ("works", 0, 2, 1)
    assert found["difference"]["mean"] == pytest.approx(-1 / 3)
    [swing] = record["swings"]
    assert (swing["query"], swing["rank_before"], swing["rank_after"]) == ("q3", 1, None)


def test_changes_add_up(abzats: Abzats, works: Path) -> None:
    both = ("--compare", "asking.most_words=2", "--compare", "asking.most_words=400")
    record = json.loads(abzats("evaluate", works, *both, "--json").out)
    assert record["swings"] == []


def test_russian_is_spoken_to_russians(abzats: Abzats, works: Path) -> None:
    run = abzats("evaluate", works, "--compare", "ranking.b=0", language="ru")
    assert "Абзац с изменением" in run.out
    assert "0,871" in run.out
    assert "works: 3 запроса, 4 документа" in run.out
    assert "1 оценка относится к документу, которого нет" in run.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "abzats: nowhere: there is no such folder. A set is a folder with"),
        (
            ["{works}", "--compare", "ranking.b=2"],
            "abzats: 'ranking.b=2' cannot be set: a number from 0 to 1 is wanted",
        ),
        (
            ["{works}", "--compare", "speed=2"],
            "abzats: 'speed=2' cannot be set: there is no such setting, but reading.",
        ),
        (["{works}", "--runs", "{works}/qrels.tsv/x"], "abzats: The output could not be written: Not a directory"),
        ([], "abzats: Missing argument 'SET...'."),
    ],
)
def test_what_is_wrong_is_said_in_a_line(abzats: Abzats, works: Path, arguments: list[str], said: str) -> None:
    run = abzats("evaluate", *(argument.format(works=works) for argument in arguments))
    assert run.code == 2
    assert said in run.err
    assert run.out == ""


def test_without_the_extra_it_says_what_to_install(
    abzats: Abzats, works: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    run = abzats("evaluate", works)
    assert run.code == 2
    assert run.err.endswith("abzats: To measure, ir-measures is needed. Install it: pip install 'abzats[evaluate]'\n")


def test_a_terminal_sees_how_far_it_has_come(terminal: Terminal, works: Path) -> None:
    shown = terminal("evaluate", works)
    assert "works · Abzats" in shown
    assert "100%" in shown
    assert "works · Abzats" not in terminal("evaluate", works, "--quiet")


def test_every_system_has_its_words() -> None:
    assert set(evaluate.NAMES) == {system.name for system in (*BASELINES, OURS)} | {evaluate.OTHER, evaluate.SEMANTIC}
