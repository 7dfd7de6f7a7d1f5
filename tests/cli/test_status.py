from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Abzats


def test_status_tells_what_is_in_the_index(abzats: Abzats, index: Path, corpus: Path) -> None:
    run = abzats("status", "--index", index)
    assert run.code == 0
    facts = dict(re.findall(r"^  (\S.*?)  +(\S.*)$", run.out, re.MULTILINE))
    assert facts["Documents"] == "3"
    assert facts["Paragraphs"] == "8"
    assert facts["From"] == str(corpus)
    assert facts["Dates"] == "6 November 2019 – 12 May 2023"
    assert "\n  1  Заводская газета\n" in run.out
    assert "\n  1  not said\n" in run.out
    assert run.out.endswith("Could not be read:\n  empty.txt  the file is empty\n")


def test_status_is_russian_for_russians(abzats: Abzats, index: Path) -> None:
    out = abzats("status", "--index", index, language="ru").out
    assert "  Документов  3\n" in out
    assert "6 ноября 2019 – 12 мая 2023" in out
    assert "не указан" in out
    assert "Не удалось прочесть:" in out


def test_files_lists_every_file(abzats: Abzats, index: Path) -> None:
    lines = abzats("status", "--files", "--index", index).out.partition("Files:\n")[2].splitlines()
    rows = [line.split() for line in lines]
    assert [row[0] for row in rows] == ["empty.txt", "honey.md", "note.txt", "works/steel.md"]
    assert rows[1][1:] == ["3", "utf-8"]
    assert rows[3][1:] == ["4", "utf-8"]


def test_json_is_for_programs(abzats: Abzats, index: Path) -> None:
    status = json.loads(abzats("status", "--json", "--index", index).out)
    assert status["documents"] == 3
    assert status["sources"]["Пасека сегодня"] == 1
    assert [file["path"] for file in status["unreadable"]] == ["empty.txt"]
    assert datetime.fromisoformat(status["built"]).tzinfo
    assert "files" not in status


def test_json_has_files_on_demand(abzats: Abzats, index: Path) -> None:
    assert len(json.loads(abzats("status", "--json", "--files", "--index", index).out)["files"]) == 4


def test_verify_reads_all_of_the_index(abzats: Abzats, index: Path) -> None:
    (path,) = index.glob("MAIN_*.abzats")
    run = abzats("status", "--verify", "--index", index)
    assert run.code == 0
    assert re.search(r"^  Verified +\S+ KB read, as it was written$", run.out, re.MULTILINE)
    assert json.loads(abzats("status", "--verify", "--json", "--index", index).out)["verified"] == path.stat().st_size
    assert "verified" not in json.loads(abzats("status", "--json", "--index", index).out)


def test_verify_tells_damage_that_no_search_would_meet(abzats: Abzats, index: Path, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(index, tmp_path / "damaged"))
    (path,) = damaged.glob("MAIN_*.abzats")
    content = bytearray(path.read_bytes())
    content[content.index("Заводская газета".encode())] ^= 1
    path.write_bytes(content)
    assert abzats("status", "--index", damaged).code == 0
    run = abzats("status", "--verify", "--index", damaged)
    assert run.code == 2
    assert not run.out
    assert f"{path.name} is not what was written: " in run.err
