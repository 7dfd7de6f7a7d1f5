"""The suite runs from the corpus to the tables, with ours and the one peer that every Python has."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

import pytest

from indexer import Document, build_index
from tests.benchmarks import corpus, peers, serving, stock, suite, table
from tests.benchmarks.asked import draw
from tests.benchmarks.memory import Peak
from tests.benchmarks.peers.ours import PLAIN_ASKER, WHOLE_ASKER, typed
from tests.benchmarks.prepared import Prepared, prepare

if TYPE_CHECKING:
    from pathlib import Path

SENTENCES = (
    "Закалка стали требует точности, а терпения требует ещё больше.",
    "Кузнец опускает раскалённую заготовку в холодное масло.",
    "Сельское хозяйство Казахстана кормит соседние страны.",
    "Урожай пшеницы собирают поздней осенью до первых морозов.",
    "Старинный рояль настраивают перед каждым концертом.",
)
QUESTIONS = ("Почему сталь закаляют в масле осенью?", "Кто настраивает рояль перед концертом в Казахстане?")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    documents = (
        Document(f"tg:{at}", f"{SENTENCES[at % 5]}\n\n{SENTENCES[at * 3 % 5]} Часть {at}.", title=f"Канал {at % 3}")
        for at in range(40)
    )
    return prepare(documents, tmp_path_factory.mktemp("suite") / "corpus")


def test_everything_is_measured_and_told(tiny: Prepared, tmp_path: Path) -> None:
    systems, left_out = suite.installed(["ours", "fts5"])
    assert not left_out
    cases = suite.cases(systems, lambda _: tiny, tiny.facts.paragraphs, tmp_path)
    options = suite.Options(rounds=1, builds=1, starts=1, seconds=0.05)
    results = suite.run(cases, draw(tiny, QUESTIONS, 2), options, lambda _: None)
    assert results.doubts == []
    told = table.markdown(results)
    for name in (WHOLE_ASKER, PLAIN_ASKER, "SQLite FTS5, words", "SQLite FTS5, lemmas"):
        assert told.count(f"| {name} |") >= 10, name
        assert {"1 word", "5 words", "phrase", "mask", "and", "not", "source", "date"} < set(results.search[name])
    assert json.loads(json.dumps(table.as_json(results)))["facts"]["paragraphs"] == 80
    assert results.groups.total() == results.built[WHOLE_ASKER].bytes
    assert 0 < (results.built[WHOLE_ASKER].stored_text or 0) < results.built[WHOLE_ASKER].bytes


def test_both_shapes_of_a_corpus_are_the_same_paragraphs(tiny: Prepared) -> None:
    rows = list(tiny.rows())
    texts = [text for document in tiny.documents() for text in document.text.split("\n\n")]
    assert [row.text for row in rows] == texts
    assert rows[1].lemmas.split()[-2:] == ["часть", "0"]
    assert tiny.first_rows()["tg:1"] == 2


def test_the_same_questions_are_drawn_each_time(tiny: Prepared) -> None:
    asked = draw(tiny, QUESTIONS, 3)
    assert asked == draw(tiny, QUESTIONS, 3)
    assert {typed(question)[-1] for question in asked if question.kind == "mask"} == {"*"}


def test_what_is_too_large_for_a_system_is_cut_for_it_and_for_ours(tiny: Prepared, tmp_path: Path) -> None:
    systems, _ = suite.installed(["ours", "stock_whoosh"])
    cases = suite.cases(systems, lambda _: tiny, 1_000_000, tmp_path)
    assert [case.title for case in cases] == [
        WHOLE_ASKER,
        PLAIN_ASKER,
        f"{WHOLE_ASKER} (first 20,000)",
        f"{PLAIN_ASKER} (first 20,000)",
        "Whoosh, stems (first 20,000)",
        "Whoosh, lemmas (first 20,000)",
    ]
    assert len({case.index for case in cases}) == 6


def test_a_system_beside_the_tables_is_found_by_its_name() -> None:
    assert peers.find(stock.ROOMY).title == "Whoosh, 512 MB"
    assert stock.ROOMY not in {system.name for system in peers.systems("stock_whoosh")}


def test_a_peer_that_is_not_installed_is_left_out_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=name.rpartition(".")[2])

    monkeypatch.setattr(peers, "import_module", missing)
    assert suite.installed(["tantivy"]) == ([], ["tantivy: tantivy is not installed"])


def test_a_server_is_measured_and_searched_while_builds_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("starlette", reason="the extra web is not installed: pip install 'abzats[web]'")
    build_index([Document(f"{at}", text) for at, text in enumerate(SENTENCES)], tmp_path, processes=1)
    assert serving.speed(tmp_path, ["search", "suggest"], QUESTIONS, [1, 4], 0.2) == 0
    assert serving.growth(tmp_path, QUESTIONS, serving.LOOKS) == 0
    # Of no document of the scale corpus, which need not be there.
    monkeypatch.setattr(serving, "documents", lambda _: iter(()))
    serving.commit(tmp_path, 0, 2)
    told = capsys.readouterr().out
    assert told.count("requests/s") == 4
    assert "second half" in told


def test_a_reply_that_is_none_is_counted() -> None:
    measured = serving.Measured(1.0, [1.0, 2.0], Counter({200: 1, 500: 1, 422: 1}), broken=1)
    assert (measured.wrong, measured.line().endswith("2 wrong")) == (2, True)


def test_the_scale_corpus_and_the_questions_are_read(shared_data: Path) -> None:
    assert shared_data == corpus.DATA
    assert sum(document.text.count("\n\n") + 1 for document in corpus.documents(100)) == 100
    assert len(corpus.questions(3)) == 3


def test_memory_of_other_processes_counts_and_what_they_share_counts_once() -> None:
    code = "import sys; held = b'x' * 100 * 2**20; print(len(held), flush=True); sys.stdin.read()"
    with Peak() as alone:
        pass
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        # Not before it runs: until then a new process may be in the memory of the one that starts it, as vfork has it.
        with Peak() as peak:
            time.sleep(0.5)
        assert child.stdin
        child.stdin.close()
    assert 100 < peak.mebibytes - alone.mebibytes < 125


def test_a_process_that_ends_while_it_is_looked_at_ends_no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_: Path, _pattern: str) -> NoReturn:
        raise FileNotFoundError

    monkeypatch.setattr("pathlib.Path.glob", ended)
    with Peak() as peak:
        pass
    assert peak.mebibytes > 1
