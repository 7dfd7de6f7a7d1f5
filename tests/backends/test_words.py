"""What the embedded engine says of the words of its texts is what the dictionary says."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer import Document, IndexDamaged, build_index, open_index
from indexer.analysis import russian
from indexer.analysis.light import is_light
from indexer.analysis.tokenize import tokenize
from indexer.backends.whoosh.contents import EXTENSION, latest_generation, listed
from indexer.backends.whoosh.search import open_engine
from indexer.backends.whoosh.segment import ANALYSED_FIELDS
from indexer.backends.whoosh.storage import Storage, read_segments
from indexer.backends.whoosh.words import Words
from indexer.compiled import is_there
from indexer.queries.resolve import Known
from indexer.ranking import WEIGHT_STEPS
from indexer.settings import Analysis, Settings
from indexer.types import Lemma

if TYPE_CHECKING:
    from indexer.analysis import Analyzer, Found

ARTICLES = sorted((Path(__file__).parents[2] / "corpus").rglob("*.md"))[::2]
# Articles have few of these.
ODD = Document(
    "odd.txt",
    "Вице-министр из Ростова-на-Дону. ПЕСКОВ, Песков и песков; Mосква XIХ века, за́мок. 7,5 % — 10 000 руб. на 5 см, "
    "т. е. мало? А. С. Пушкин, IT-отдел, C++ и universities. Бутявка некузявая, Ауесхан, где-то по-русски, 1990-е. "
    "Ёжик вели.",
)


@pytest.fixture(scope="module", params=[Analysis(), Analysis(most_lemmas=2), Analysis(rare_lemma=0.0)])
def analysis(request: pytest.FixtureRequest) -> Analysis:
    """Return usual settings, some with which most forms have more lemmas than are kept, and weights down to nothing."""
    found: Analysis = request.param
    return found


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of two segments; of the first, one document is gone."""
    folder = tmp_path_factory.mktemp("words")
    texts = [Document(path.name, path.read_text(encoding="utf-8")) for path in ARTICLES]
    settings = Settings(analysis=analysis)
    build_index(texts, folder, settings=settings)
    build_index([*texts[1:], ODD], folder, settings=settings)
    return folder


@pytest.mark.parametrize("is_warm", [False, True])
def test_words_are_what_the_analyzer_found(folder: Path, analysis: Analysis, *, is_warm: bool) -> None:
    engine, _, _ = open_engine(folder, Settings(analysis=analysis))
    if is_warm:
        engine.warm_up()
    analyzer = russian(analysis)
    keys = {
        analyzer.key(token.text, token.opens_sentence)
        for path in (*(path.name for path in ARTICLES[1:]), ODD.path)
        for paragraph in engine.paragraphs(path, 1, 2**31)
        for token in tokenize(paragraph.text)
    }
    assert len(keys) > 5000
    for key in keys:
        assert engine.found(*key) == as_indexed(analyzer.found_by(*key)), key


def test_what_is_kept_at_hand_says_the_same(folder: Path, analysis: Analysis) -> None:
    cold, warm = (open_engine(folder, Settings(analysis=analysis))[0] for _ in range(2))
    warm.warm_up()
    segments = [part.segment for part in warm._parts]  # noqa: SLF001 -- what is kept is no part of the protocol
    every = {lemma.decode() for segment in segments for lemma in segment.words.all_lemmas()}
    asked = sorted(every | {lemma[::-1] for lemma in every})
    for field in ANALYSED_FIELDS:
        assert cold.known(field, asked) == warm.known(field, asked) < every
        for of, segment in ((segment.fields[field], segment) for segment in segments):
            numbers = np.arange(segment.words.lemma_count)
            listed = [-1 if at is None else at for at in map(of.list_of, numbers.tolist())]
            assert listed == of.lists_of(numbers).tolist()
    for lemma in asked[::9]:
        once, again = cold.written([lemma]), warm.written([lemma])
        assert (set(once.always), once.sometimes) == (set(again.always), again.sometimes)
    for segment in segments:
        assert [segment.words.number(lemma) for lemma in segment.words.all_lemmas()] == [
            *range(segment.words.lemma_count)
        ]


def as_indexed(found: Found) -> Found:
    """Return what an index keeps: a lemma that a compound shares with one of its parts counts by the compound."""
    own = {lemma.text for lemma in found.lemmas}
    return found._replace(parts=tuple(lemma for lemma in found.parts if lemma.text not in own))


@pytest.mark.parametrize("told", [0, 2**32 - 1])
def test_loops_are_not_told_of_more_words_than_there_are(folder: Path, analysis: Analysis, told: int) -> None:
    """They would make room for all of them."""
    engine, _, _ = open_engine(folder, Settings(analysis=analysis))
    words = max((part.segment.words for part in engine._parts), key=lambda words: words.count)  # noqa: SLF001 -- likewise
    until, having, numbers = words.lemmas_for_loops
    assert until[-1] == len(having) == len(numbers)
    for at in (len(until) // 2, len(until) - 1):
        damaged = until.copy()
        damaged[at] = told
        with pytest.raises(IndexError):
            _ = Words(words._of | {"lemma_until": damaged}).lemmas_for_loops  # noqa: SLF001 -- likewise


def test_an_unknown_word_is_left_to_the_dictionary(folder: Path, analysis: Analysis) -> None:
    engine, _, _ = open_engine(folder, Settings(analysis=analysis))
    assert engine.found("нетакогослова", False) is None  # noqa: FBT003 -- its own signature
    assert engine.found("Ауесхан", True) is None  # noqa: FBT003 -- it stands inside a sentence only


def test_the_dictionary_is_not_asked_for_words_of_the_index(
    folder: Path, analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, _, _ = open_engine(folder, Settings(analysis=analysis))
    asked: Analyzer = russian(analysis, engine.found)
    monkeypatch.setattr(asked, "look_up", lambda *_: pytest.fail("it was asked"))
    assert [lemma.text for lemma in asked.terms("песков")[0].lemmas][:1]


@pytest.mark.parametrize("form", ["стали", "Песков", "вели", "суть", "С.", "вице-министра", "кривых"])
@pytest.mark.parametrize("rare", [0.0, 0.3, 0.5, 1.0])
def test_weights_are_steps_and_only_the_likeliest_weighs_one(form: str, rare: float) -> None:
    found = russian(Analysis(rare_lemma=rare, part_of_compound=0.33)).found_by(form, False)  # noqa: FBT003 -- likewise
    for lemmas in (found.lemmas, *found.elsewhere.values()):
        assert lemmas == tuple(sorted(lemmas, key=lambda lemma: (-lemma.weight, lemma.text)))
        assert lemmas[0].weight == 1.0
    for lemma in (*found.lemmas, *found.parts):
        assert lemma == Lemma(lemma.text, round(lemma.weight * WEIGHT_STEPS) / WEIGHT_STEPS)
        assert lemma.weight > 0


def test_the_table_of_contents_is_read_as_whoosh_reads_it(folder: Path) -> None:
    generation = latest_generation(folder)
    theirs = read_segments(Storage(str(folder)), generation)
    ours = listed(folder, generation)
    assert [one.name for one in ours] == [segment.segment_id() for segment in theirs]
    gone = []
    for one, segment in zip(ours, theirs, strict=True):
        live = one.open(folder).live
        gone.append([] if live is None else np.flatnonzero(~live).tolist())
        assert gone[-1] == list(segment.deleted_docs())
    assert len(ours) > 1
    assert any(gone)


def test_frequent_lemmas_are_those_of_the_words_that_stand_there_most(folder: Path, analysis: Analysis) -> None:
    engine, _, _ = open_engine(folder, Settings(analysis=analysis))
    assert engine.frequent(0) == ()
    first, *others = engine.frequent(3)
    assert {"в", "и"} & {first, *others}
    every = engine.frequent(10**6)
    assert len(every) == len(set(every)) > 2000
    assert set(every) <= {lemma.decode() for part in engine._parts for lemma in part.segment.words.all_lemmas()}  # noqa: SLF001 -- likewise


def test_relatives_that_were_looked_up_ahead_are_the_same_and_not_looked_up_again(
    folder: Path, analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, _, _ = open_engine(folder, Settings(analysis=analysis))
    lemmas = [lemma for lemma in engine.frequent(600) if not is_light(lemma)]
    asked = Known(engine).relatives("text", lemmas)
    assert sum(map(bool, asked)) > 100
    ahead = Known(engine)
    ahead.look_ahead("text", engine.frequent(600))
    monkeypatch.setattr(engine, "known", None)
    assert ahead.relatives("text", lemmas) == asked


@pytest.mark.skipif(not is_there(), reason="Numba is not installed: pip install 'abzats[fast]'")
def test_who_opens_an_index_for_many_questions_has_relatives_at_hand(
    folder: Path, analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_index(folder, settings=Settings(analysis=analysis), compiled=True) as searcher:
        monkeypatch.setattr(searcher._engine, "known", None)  # noqa: SLF001 -- whether it is asked
        assert searcher.search("год").total


def test_damage_that_is_met_when_relatives_are_looked_up_ahead_is_told(
    folder: Path, analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copytree(folder, tmp_path / "index")
    path = max((tmp_path / "index").glob(f"*{EXTENSION}"), key=lambda path: path.stat().st_size)
    content = np.fromfile(path, np.uint8)
    content[len(content) // 2 :][:1000] ^= 1
    content.tofile(path)
    monkeypatch.setattr(Known, "look_ahead", failing)
    with pytest.raises(IndexDamaged, match="is not what was written"):
        open_index(tmp_path / "index", settings=Settings(analysis=analysis))


def failing(*_: object) -> None:
    raise IndexError
