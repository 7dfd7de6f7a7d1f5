"""From files to answers, through the public library."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path

import pytest

from indexer import (
    CorpusMissing,
    Document,
    Filters,
    IndexNotWritten,
    ParagraphMissing,
    QueryEmpty,
    QueryTooLong,
    Searcher,
    build_index,
    open_index,
)
from indexer.settings import Building, Settings

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """Return a searcher over the project's own corpus."""
    folder = tmp_path_factory.mktemp("index")
    build_index(CORPUS, folder)
    return open_index(folder)


def test_the_seed_article(shared_data: Path, tmp_path: Path) -> None:
    shutil.copy(shared_data / "seed" / "article.md", tmp_path)
    build_index(tmp_path, tmp_path / "index")
    with open_index(tmp_path / "index") as searcher:
        first = searcher.search("сельское хозяйство").results[0]
        assert "Я вижу несколько векторов развития" in first.paragraph.text
        assert [first.snippet.text[slice(*mark)] for mark in first.snippet.marks] == ["сельское", "хозяйство"]
        assert first.document.date == datetime(2019, 11, 6, 4, 21, tzinfo=UTC)
        assert first.document.source == "Interfax-Russia.ru"
        assert first.document.title.startswith("XVI Межрегиональный форум")
        assert first.document.author == ""
        expected = {
            "аграрный": "аграрного",
            "нефтехимией": "нефтехимия",
            "вузы": "вузами",
            "кадры": "кадрах",
            "Торебаева": "Торебаева",
            "Казахстане": "Казахстана",
        }
        for query, form in expected.items():
            assert form in searcher.search(query).results[0].paragraph.text


def test_the_form_asked_for_does_not_change_the_answer(ours: Searcher) -> None:
    answer = ours.search("сельское хозяйство", limit=None)
    assert answer.complete >= 10
    for query in ("сельского хозяйства", "СЕЛЬСКОЕ ХОЗЯЙСТВО", "сельскому хозяйству"):
        assert ours.search(query, limit=None) == answer


def test_the_phrase_ranks_above_the_words_apart(ours: Searcher) -> None:
    answer = ours.search("сельское хозяйство", limit=None)
    phrase = {result.paragraph.id for result in ours.search('"сельское хозяйство"', limit=None)}
    assert {result.paragraph.id for result in answer.results[:5]} <= phrase


def test_people_and_bears_are_kept_apart(ours: Searcher) -> None:
    people = {r.paragraph.id for r in ours.search("Медведев", limit=None)}
    bears = {r.paragraph.id for r in ours.search("медведь", limit=None)}
    assert people
    assert bears
    assert not any("медвед" in r.paragraph.text and r.paragraph.id in people - bears for r in ours.search("медведь"))


def test_limit_and_offset_only_truncate(ours: Searcher) -> None:
    whole = ours.search("вода", limit=None)
    for offset in range(0, whole.total + 3, 7):
        page = ours.search("вода", limit=7, offset=offset)
        assert page.results == whole.results[offset : offset + 7]
        assert page.total == whole.total


def test_newest_first_and_the_undated_last(ours: Searcher) -> None:
    dates = [result.document.date for result in ours.search("год", limit=None, sort="date")]
    dated = [date for date in dates if date]
    assert dates == sorted(dated, reverse=True) + [None] * (len(dates) - len(dated))
    assert None in dates


def test_filters_narrow(ours: Searcher) -> None:
    chosen = Filters(
        sources=("абзац. наука",), since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2024, 1, 1, tzinfo=UTC)
    )
    whole = ours.search("год", limit=None)
    narrow = ours.search("год", limit=None, filters=chosen)
    assert list(narrow) == [
        result
        for result in whole
        if result.document.source == "Абзац. Наука"
        and result.document.date
        and 2020 <= result.document.date.year < 2024
    ]
    assert narrow.total > 0


def test_a_document_once(ours: Searcher) -> None:
    paths = [result.document.path for result in ours.search("человек", limit=None, per_document=True)]
    assert len(paths) == len(set(paths)) > 5


def test_paragraphs_and_their_surroundings(ours: Searcher) -> None:
    middle = ours.search("закалка стали").results[0].paragraph
    around = ours.paragraphs(middle.id, around=2)
    assert [p.number for p in around] == list(range(max(middle.number - 2, 1), middle.number + 3))
    assert middle in around
    assert ours.paragraphs(middle.document) == ours.paragraphs(middle.id.replace("¶", ""), around=1000)
    for missing in ("нет.md", "нет.md#¶1", f"{middle.document}#¶999", "", "#¶1"):
        with pytest.raises(ParagraphMissing):
            ours.paragraphs(missing)


@pytest.mark.parametrize("query", ["", " ", "!?…", "«»", '"', "-слово", "—", "\x00", "\ud800"])
def test_a_query_without_a_word_says_so(ours: Searcher, query: str) -> None:
    with pytest.raises(QueryEmpty):
        ours.search(query)


def test_a_query_of_a_book_is_refused(ours: Searcher) -> None:
    with pytest.raises(QueryTooLong):
        ours.search("слово " * 20_000)


@pytest.mark.parametrize("query", ["а" * 100_000, '"' * 999 + "вода", "(((вода", "- -вода вода", "вода OR", "OR вода"])
def test_any_other_query_has_an_answer(ours: Searcher, query: str) -> None:
    ours.search(query)


def test_threads_share_a_searcher(ours: Searcher) -> None:
    queries = ["закалка стали", "вода", "Медведев", '"сельское хозяйство"', "год -вода", "неслыханное слово"] * 20
    alone = [ours.search(query) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ours.search, queries)) == alone


def test_status_counts_what_is_there(ours: Searcher) -> None:
    status = ours.status()
    assert status.documents == len(status.files) == sum(status.sources.values()) == len(list(CORPUS.rglob("*.md")))
    assert status.paragraphs == sum(file.paragraphs for file in status.files) >= 400
    assert status.corpus == str(CORPUS)
    assert status.first is not None
    assert status.last is not None
    assert status.first < status.last


def answers(index: Path) -> list[object]:
    with open_index(index) as searcher:
        return [searcher.search(query, limit=None) for query in ("сельское хозяйство", "год", '"закалка стали"', "не")]


def test_building_twice_gives_the_same_answers(tmp_path: Path) -> None:
    build_index(CORPUS, tmp_path / "first")
    build_index(CORPUS, tmp_path / "second", processes=1)
    assert answers(tmp_path / "first") == answers(tmp_path / "second")


def test_an_update_reads_only_what_changed_and_equals_a_build(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(CORPUS, corpus)
    build_index(corpus, tmp_path / "updated")
    files = sorted(corpus.rglob("*.md"))
    files[0].write_text("# Новое\n\nЗакалка стали и сельское хозяйство.\n", encoding="utf-8")
    files[1].unlink()
    (corpus / "new.txt").write_text("Год прошёл не зря.", encoding="utf-8")
    files[2].touch()
    report = build_index(corpus, tmp_path / "updated")
    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, len(files) - 2)
    build_index(corpus, tmp_path / "anew")
    assert answers(tmp_path / "updated") == answers(tmp_path / "anew")


def test_one_bad_file_neither_stops_a_build_nor_vanishes(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "good.txt").write_text("Добрый день.", encoding="utf-8")
    (corpus / "empty.txt").write_bytes(b"")
    (corpus / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (corpus / "signs.txt").write_text("*** --- ***", encoding="utf-8")
    (corpus / "picture.jpg").write_bytes(b"\xff\xd8\xff")
    (corpus / "rows.jsonl").write_text('{"text": "Первая строка."}\nмусор\n{"text": "Вторая."}\n', encoding="utf-8")
    (corpus / "loop").symlink_to(corpus)
    report = build_index(corpus, tmp_path / "index")
    assert report.documents == 3
    assert {file.path for file in report.unreadable} == {"empty.txt", "binary.txt", "signs.txt", "rows.jsonl"}
    assert all(file.problem for file in report.unreadable)
    assert report.ignored == {".jpg": 1}
    again = build_index(corpus, tmp_path / "index")
    assert again.unreadable == report.unreadable
    assert (again.unchanged, again.changed) == (5, 0)


def test_an_index_inside_its_corpus_is_not_read_as_documents(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Слово.", encoding="utf-8")
    for _ in range(2):
        report = build_index(tmp_path, tmp_path / "index")
        assert (report.documents, report.unreadable, report.ignored) == (1, (), {})


def test_an_empty_corpus_does_not_empty_an_index(tmp_path: Path) -> None:
    build_index([Document("a.txt", "Слово.")], tmp_path / "index")
    (tmp_path / "corpus").mkdir()
    for corpus in (tmp_path / "corpus", tmp_path / "nowhere"):
        with pytest.raises(CorpusMissing):
            build_index(corpus, tmp_path / "index")
    assert open_index(tmp_path / "index").search("слово").total == 1


def test_records_of_a_program_are_made_sound(tmp_path: Path) -> None:
    naive = datetime(2020, 5, 1)  # noqa: DTZ001 -- what is tested
    decomposed = "Мой\u0306 еж, пои\u0306ман."
    build_index([Document("a", decomposed, date=naive), Document("a", "Тот же путь.")], tmp_path)
    with open_index(tmp_path) as searcher:
        assert searcher.search("поймать").results[0].document.date == naive.replace(tzinfo=UTC)
        assert searcher.search("путь").results[0].document.path == "a~2"


def test_a_segment_that_cannot_be_written_meanwhile_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("indexer.backends.whoosh.arrays.Writer.add", full)
    documents = (Document(f"{at}", f"Сталь закаляют, рожь жнут, а слово{at % 999} говорят.") for at in range(60_000))
    with pytest.raises(IndexNotWritten, match="No space left"):
        build_index(documents, tmp_path, settings=Settings(building=Building(memory=2**20)), processes=2)
    assert [path.name for path in tmp_path.iterdir() if path.suffix in {".abzats", ".toc"}] == []


def test_a_build_with_little_memory_makes_several_segments_that_answer_alike(tmp_path: Path) -> None:
    words = "сталь рожь горн мука Орёл Пётр казахстанский закалка 1990-х вице-министр".split(" ")
    texts = [" ".join(words[(at * step) % len(words)] for step in range(1, 3 + at % 7)) for at in range(60_000)]
    documents = [Document(f"{at}", f"{text}. {text}.") for at, text in enumerate(texts)]
    build_index(iter(documents), tmp_path / "one", processes=1)
    little = Settings(building=Building(memory=2**20))
    build_index(iter(documents), tmp_path / "several", settings=little, processes=1)
    build_index(iter(documents), tmp_path / "beside", settings=little, processes=2)  # segments are written meanwhile
    assert len(list((tmp_path / "one").glob("*.abzats"))) == 1
    with open_index(tmp_path / "one") as one:
        for name in ("several", "beside"):
            assert len(list((tmp_path / name).glob("*.abzats"))) > 1
            with open_index(tmp_path / name) as several:
                for query in ("сталь рожь", "=Орёл", "министр", '"горн мука"'):
                    first, second = one.search(query, limit=20), several.search(query, limit=20)
                    assert first.total == second.total > 0
                    assert [(r.paragraph.id, r.score) for r in first] == [(r.paragraph.id, r.score) for r in second]
    build_index(iter([*documents, Document("new", "сталь")]), tmp_path / "several", settings=little, processes=1)
    assert len(list((tmp_path / "several").glob("*.abzats"))) > 1
