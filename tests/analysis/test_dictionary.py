"""The dictionary gives word for word what pymorphy3 gives."""

from __future__ import annotations

import json
import lzma
import re
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymorphy3 import MorphAnalyzer
from pymorphy3.analyzer import ProbabilityEstimator
from pymorphy3.lang.ru import CHAR_SUBSTITUTES
from pymorphy3_dicts_ru import get_path

from indexer.analysis import dictionary
from indexer.analysis.dictionary import automaton, compounds, entry, look_ahead, nominative, parses, readings
from indexer.analysis.dictionary.automaton import Automaton
from indexer.analysis.dictionary.many import BY_ENDING, BY_PARTS, BY_PREFIX, BY_TAIL, KNOWN, UNKNOWN, ending, hash_of
from indexer.analysis.fold import fold
from indexer.analysis.tokenize import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.analysis.dictionary.many import Bulk, Readings

pytestmark = pytest.mark.usefixtures("way")

CORPUS = Path(__file__).parents[2] / "corpus"
RUSSIAN = re.compile("[а-яѐ-ҁҋ-ӿ]{2,}")  # and what other letters its neighbours have
COMPOUND = re.compile("[а-яё]+-[а-яё]+")
WAYS = {
    KNOWN: {dictionary.DICTIONARY},
    BY_TAIL: {"UnknownPrefixAnalyzer"},
    BY_ENDING: {"KnownSuffixAnalyzer"},
    BY_PREFIX: {"KnownPrefixAnalyzer"},
    BY_PARTS: {"HyphenatedWordsAnalyzer", "HyphenSeparatedParticleAnalyzer"},
    UNKNOWN: {"UnknAnalyzer"},
}
CYRILLIC = re.compile("[Ѐ-ӿ]")

CHOSEN = {
    "ё, written and not": "ёж еж все всё берез берёз елка ёлка небо нёбо осел осёл шел шёл чем чём узнаем ее теленок "
    "насчёт перелет перелёте черно-желтый желтенький ежевечерне переерошенная",
    "several lemmas": "стали мыла вина суда есть большую вели белка жгутов печь уже пять дуло моей",
    "hyphens": "где-то кто-либо по-русски по-хорошему по-мамбургски из-за скажи-ка все-таки ну-с ростов-на-дону "
    "человек-гора интернет-магазин вице-премьер северо-восточный воздушно-капельный бабай-агай-ка иван-царевич-то "
    "- -- -а а- а-б по- по-о по-моему-то -то то- кое-кто диван-кровать лоббист-бутявка ми-8 20-летний 5-то т-34 я-ты",
    "prefixes": "псевдокошка байткод сверхбутявка антиантиутопия небутявка наихудшая понаехавший поинтереснее "
    "наибутявейший побутявее недобутявить экс-президент экс-бутявка суперсупергерой авиаавто контр-бутявка за-я "
    "неемкий необъемистое недоскребывавшей дезадергиваемого необметочных неогиперобдернутого",
    "unknown": "бутявка бутявок мамбурах глокая куздра штеко будланула бокренка вкантакте ауесхана липосаркома "
    "мосбирже байденом зеленского шольцу хаски ыыы ъъъ ьь жгр вдв оон",
    "patronymics": "алексеевна алексеевне ильиничной мамедшаховны ивановне-петровне анне-ивановне ивановной-то "
    "суперпетровной суперпетровной-ильиничной ивановны никитишну фёдоровне",
    "no Russian": "україна їжак беларусь ўжо ґанок ђорђе ѣ ѵ ҂ а\u0301 д'артаньян pdf iv mcm i привет-pdf it-отдел "
    "веб-2 т34 b2b 12 12.5 -12 1e5 nan inf ٣ , ... !? ' 日本 ß i\u0307 \u1c80 \ud7ff",
    "letters": "а б в и о у я ё й ъ",
    "long": "достопримечательностями превысокомногорассмотрительствующий " + "пере" * 40 + "бег " + "е" * 60,
}


TAILS = st.sampled_from(
    "кошка кошки ёлка елка стали бутявка серый серая гора иван ивана звезды ю то мамы мама".split(" ")
)


class WhereItMatters(ProbabilityEstimator):
    """Our one departure from pymorphy3: the scores of a word with one lemma, whole or part, are not estimated."""

    def apply_to_parses(self, word: str, word_lower: str, parses: list[Any]) -> list[Any]:
        lemmas = {parse[2] for parse in parses}
        return list(super().apply_to_parses(word, word_lower, parses)) if len(lemmas) > 1 else parses


@cache
def morph() -> Any:  # noqa: ANN401 -- pymorphy3 has no types
    return MorphAnalyzer(probability_estimator_cls=WhereItMatters)


def compare(word: str) -> None:
    """Fail if anything that is said of a word is not what pymorphy3 says, to the last bit, and in its order."""
    expected, found = morph().parse(word), parses(word)
    assert [(p.word, p.tag.text, p.lemma, p.score, p.way) for p in found] == [
        (p.word, str(p.tag), p.normal_form, p.score, type(p.methods_stack[-1][0]).__name__) for p in expected
    ]
    assert [p.tag.grammemes for p in found] == [p.tag.grammemes for p in expected]
    for own, its in zip(found, expected, strict=True):
        if own.tag.shape.is_womans_patronymic:
            assert nominative(own) == (its.inflect({"sing", "nomn"}) or its).word
    brief = entry(word)
    if brief and brief.one:
        known = {(fold(p.lemma), p.score, p.way) for p in found}
        assert known == {(fold(brief.one.lemma(word)), 1.0, dictionary.DICTIONARY)}
        assert [p.tag for p in found] == list(brief.tags)


def compare_at_once(words: Iterable[str]) -> int:
    """Fail if what is said of many words at once is not what `parses` says of each; return of how many it is said."""
    asked = [word for word in dict.fromkeys(words) if RUSSIAN.fullmatch(word)]
    rows, bulk = readings([word.encode() for word in asked])
    made = bulk.lemmas([word.encode() for word in asked], rows.word, rows.before, rows.after)
    return compare_rows(asked, rows, made, bulk)


def compare_compounds_at_once(words: Iterable[str]) -> int:
    """Do the same of compounds."""
    asked = [word for word in dict.fromkeys(words) if COMPOUND.fullmatch(word)]
    found, bulk = compounds([word.encode() for word in asked])
    return compare_rows(asked, found.rows, found.lemmas(found.rows.before, found.rows.after), bulk)


def compare_rows(asked: list[str], rows: Readings, made: list[bytes], bulk: Bulk) -> int:
    """Fail if rows are not what `parses` gives; return of how many words there are any."""
    every = [lemma.decode() for lemma in made]
    at = 0
    for number, word in enumerate(asked):
        if not rows.told[number]:
            continue
        expected = parses(word)
        here = range(at, at := at + len(expected))
        assert set(rows.word[here]) == {number}, word
        lemmas = every[here.start : here.stop]
        tags = [bulk.tag(rows.tag[row]).text for row in here]
        scores = rows.score[here].tolist()
        if len(set(lemmas)) == 1 and len({parse.lemma for parse in expected}) > 1:
            # Told apart by a ё alone, which the lemmas here do not have: all count for the one, whatever their sum is.
            scores = [score * (1.0 / sum(scores)) for score in scores]
        found = list(zip(lemmas, tags, scores, strict=True))
        assert found == [(fold(parse.lemma), parse.tag.text, parse.score) for parse in expected], word
        assert all(parse.way in WAYS[way] for parse, way in zip(expected, rows.way[here].tolist(), strict=True)), word
        assert len(set(rows.lemma[here].tolist())) == len(set(lemmas)), word
        assert rows.length[here].tolist() == list(map(len, lemmas)), word
        if "-" not in word:
            assert rows.lemma[here].tolist() == list(map(hash_of, lemmas)), word
            assert all(rows.end[row] == ending(one) for row, one in zip(here, lemmas, strict=True) if one[1:]), word
    assert at == len(rows.word)
    return int(rows.told.sum())


def of_texts(texts: Iterable[str]) -> Iterator[str]:
    """Give the different words that the dictionary is asked for, in lower case."""
    seen: set[str] = set()
    for text in texts:
        new = {word.lower() for word in words(text) if CYRILLIC.search(word)} - seen
        seen |= new
        yield from sorted(new)


@pytest.mark.parametrize("kind", CHOSEN)
def test_hard_words(kind: str) -> None:
    for word in ["", *CHOSEN[kind].split(" ")]:
        compare(word)


def test_words_are_the_same_when_they_are_looked_up_at_once() -> None:
    every = [word for some in CHOSEN.values() for word in some.split(" ")]
    every += [word.replace("ё", "е") for word in every] + [word[:-1] for word in every]
    dictionary._dictionary.cache_clear()  # noqa: SLF001 -- one that remembers nothing
    apart = [list(parses(word)) for word in every]
    dictionary._dictionary.cache_clear()  # noqa: SLF001 -- likewise
    look_ahead(every)
    assert [[(p.word, p.tag.text, p.lemma, p.score) for p in one] for one in map(parses, every)] == [
        [(p.word, p.tag.text, p.lemma, p.score) for p in one] for one in apart
    ]


def test_words_of_the_corpus() -> None:
    words = list(of_texts(path.read_text(encoding="utf-8") for path in sorted(CORPUS.rglob("*.md"))))
    for word in words:
        compare(word)
    assert compare_at_once(words) > 0.9 * len(words)
    assert compare_compounds_at_once(words) > 0


def test_hard_words_at_once() -> None:
    every = [word for some in CHOSEN.values() for word in some.split(" ")]
    every += [word.replace("ё", "е") for word in every] + [word[:-1] for word in every]
    assert compare_at_once(every) > 0
    assert compare_compounds_at_once([*every, *(f"{left}-{right}" for left, right in pairwise(every))]) > 0


def test_words_that_begin_like_forms_are_told_at_once() -> None:
    """«по» and «наи» begin forms, but not these: only of endings that such forms have more must be asked."""
    assert compare_at_once(["покасать", "пообнимают", "потрепно", "наикасать"]) == 4
    assert compare_at_once(["побутявее", "поподтечее"]) == 0


def test_words_whose_tails_or_endings_may_have_a_yo_are_told_at_once() -> None:
    assert compare_at_once(["капабельна", "митричем", "шево", "нобльменов", "преодоленны", "камышева", "шёво"]) == 7


def test_a_word_with_two_lemmas_that_a_yo_tells_apart_is_weighed_as_one_by_one() -> None:
    assert compare_at_once(["вёдра"]) == 0
    assert compare_at_once(["вёдрами", "ёлки", "мёд"]) == 3


def test_what_is_left_of_a_lemma_behind_a_prefix_may_be_a_letter() -> None:
    assert compare_at_once(["телеными", "нетелеными"]) == 2


def test_compounds_of_the_dictionary_are_told_at_once() -> None:
    known = ["военно-промышленными", "царь-пушку", "генерал-губернаторе", "тёмно-синего", "темно-синего"]
    assert compare_compounds_at_once(known) == len(known)
    assert compare_compounds_at_once([*known, "бутявка-пушка", "по-новому", "ростов-город"]) >= len(known)


def test_compounds_behind_prefixes_are_told_at_once() -> None:
    told = ["транспортно-пересадочных", "немца-землемера", "интернет-магазину", "дочь-бутявка"]
    assert compare_compounds_at_once(told) == len(told)
    # More is compared of what begins with a hyphen then, and of what has a prefix again or may be spelt otherwise.
    assert compare_compounds_at_once(["экс-адвокату", "крипто-новостей", "ненедо-кошки", "незвезды-кошка"]) == 0


@given(st.lists(st.text("абвегийклмнопрстуеёьюя", min_size=2, max_size=12), max_size=20))
def test_any_letters_at_once(words: list[str]) -> None:
    compare_at_once(words)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_words_of_an_encyclopedia(shared_data: Path) -> None:
    with lzma.open(shared_data / "scale" / "paragraphs.jsonl.xz", "rt", encoding="utf-8") as lines:
        words = list(islice(of_texts(json.loads(line)["text"] for line in lines), 300_000))
    for word in words:
        compare(word)
    assert compare_at_once(words) > 0.8 * len(words)


@given(st.text("абвегийклмнопрстуеёьюя-", max_size=12))
def test_any_letters(word: str) -> None:
    compare(word)


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x2000), max_size=6).map(str.lower))
def test_any_characters(word: str) -> None:
    compare(word)


@given(st.lists(st.text("абвеклмноу", min_size=1, max_size=4), min_size=2, max_size=20))
def test_any_compounds_at_once(words: list[str]) -> None:
    compare_compounds_at_once(f"{left}-{right}" for left, right in pairwise(words))


@given(
    st.lists(
        st.tuples(st.sampled_from(["не", "до", "де", "пан", "супер", "ре", "трёх", "недо"]), TAILS, TAILS), max_size=9
    )
)
def test_any_compounds_behind_prefixes_at_once(words: list[tuple[str, str, str]]) -> None:
    compare_compounds_at_once(f"{prefix}{left}-{right}" for prefix, left, right in words)


@given(st.sampled_from(" ".join(CHOSEN.values()).split(" ")), st.sampled_from(" ".join(CHOSEN.values()).split(" ")))
def test_any_compounds(left: str, right: str) -> None:
    compare(f"{left}-{right}")
    compare(left + right)


def test_threads_share_a_dictionary() -> None:
    asked = " ".join(CHOSEN.values()).split(" ")
    expected = [parses(word) for word in asked]
    shared = dictionary._Dictionary()  # noqa: SLF001 -- one that has nothing remembered yet
    with ThreadPoolExecutor(8) as pool:
        rounds = [pool.submit(lambda: [shared.parses(word) for word in asked]) for _ in range(8)]
        for found in rounds:
            for one, other in zip(found.result(), expected, strict=True):
                assert [(p.word, p.tag.text, p.lemma, p.score) for p in one] == [
                    (p.word, p.tag.text, p.lemma, p.score) for p in other
                ]


def test_yo_is_all_that_is_substituted() -> None:
    assert CHAR_SUBSTITUTES == {"е": "ё"}


def test_pymorphy3_is_imported_for_guesses_only() -> None:
    code = "import sys; from indexer.analysis.dictionary import parses; parses({!r}); print('pymorphy3' in sys.modules)"
    said = [
        subprocess.run([sys.executable, "-c", code.format(word)], check=True, capture_output=True, text=True).stdout
        for word in ("стали", "бутявка")
    ]
    assert said == ["False\n", "True\n"]


def test_loops_that_have_too_little_room_are_called_again_with_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automaton, "_ROOM", 0)
    # With ё and without, and more forms than twice as many as there are words.
    assert compare_at_once(["все"]) == 1
    assert compare_at_once(["все", "ее", "звезды", "стали", "переерошенная"]) >= 4


def test_loops_are_not_called_for_units_that_lead_nowhere(tmp_path: Path) -> None:
    words = Path(get_path()) / "words.dawg"
    assert Automaton(words)._is_sound  # noqa: SLF001 -- what is tested
    data = bytearray(words.read_bytes())
    (count,) = struct.unpack_from("=I", data)
    far = (count - 1) ^ 0x1F_FFFF  # how far the last number of 21 bits, which an offset has, is from the last unit
    struct.pack_into("=I", data, 4 * count, far << 10)
    (tmp_path / "words.dawg").write_bytes(data)
    assert not Automaton(tmp_path / "words.dawg")._is_sound  # noqa: SLF001 -- likewise


def test_who_looks_up_few_words_reads_nothing_that_compiles() -> None:
    code = (
        "import sys; from indexer.analysis import russian; from indexer.settings import Settings;"
        "analyzer = russian(Settings().analysis);"
        "analyzer.look_up_all([(form, False) for form in 'стали бутявка северо-западный псевдокошка'.split()]);"
        "print(*{'llvmlite', 'numba', 'indexer.compiled.kept'} & set(sys.modules))"
    )
    assert not subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
