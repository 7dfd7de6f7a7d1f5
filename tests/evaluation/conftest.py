"""A tiny set of our own: a dozen texts, questions to them, and which text answers which."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "steel": "Закалка стали требует точности: минута промедления портит клинок.",
    "glass": "Стекло варят из песка, соды и извести.",
    "honey": "Пчёлы собирают мёд с гречихи, клевера и иван-чая.",
    "rye": "Рожь сеют осенью, и она зимует под снегом.",
    "mill": "Мельница на реке молола рожь и овёс.",
    "bridge": "Через реку построили мост из стали.",
    "bread": "Ржаной хлеб пекут на закваске.",
    "well": "Колодец выкопали во дворе школы.",
    "school": "В сельской школе учатся сорок детей.",
    "smith": "Кузнец куёт подковы и ножи.",
    "river": "Весной река выходит из берегов.",
    "train": "Поезд опоздал на два часа из-за снега.",
}
QUERIES = {
    "q1": "закалить сталь",
    "q2": "медом пчёл",
    "q3": "мельницы на реках",
    "q4": "мост из стали",
    "q5": "дети школы",
    "q6": "Кузнецу — нож!",
}
GRADES = {
    "q1": {"steel": 2, "bridge": 1},
    "q2": {"honey": 1},
    "q3": {"mill": 1},
    "q4": {"bridge": 1},
    "q5": {"school": 1, "well": 0},
    "q6": {"smith": 1},
}


def json_lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


def beir(folder: Path) -> Path:
    """Write the set as BEIR lays it out."""
    folder.mkdir()
    json_lines(folder / "corpus.jsonl", [{"_id": id_, "title": "", "text": text} for id_, text in TEXTS.items()])
    json_lines(folder / "queries.jsonl", [{"_id": id_, "text": text} for id_, text in QUERIES.items()])
    rows = [f"{query}\t{path}\t{grade}\n" for query, grades in GRADES.items() for path, grade in grades.items()]
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(rows), encoding="utf-8")
    return folder


@pytest.fixture
def works(tmp_path: Path) -> Path:
    return beir(tmp_path / "works")
