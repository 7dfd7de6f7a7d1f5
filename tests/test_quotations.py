"""A quotation is told from what is not one: by examples, and by what must hold of any corpus, in both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, assume, given, settings

from indexer.analysis.fold import fold
from indexer.deadline import Deadline
from indexer.errors import QueryEmpty, QueryTooLong, QueryTooSlow
from indexer.types import Document, Span
from tests.backends.engines import ANALYZER, ENGINES, memory, search, whoosh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.search import Search
    from indexer.types import Occurrence, Paragraph, Quotation, Term

STEEL = Document(
    "steel.md",
    "Кузнец нагревает заготовку до вишнёвого цвета.\n\n"
    "Закалка стали требует точности: минута промедления портит клинок. Чёрный металл остывает в масле.\n\n"
    "Потом сталь отпускают, и она перестаёт быть хрупкой.\n\n"
    "Об этом рассказал вице-министр обороны Ростова.",
    title="Как закаляют сталь",
)
OTHERS = (
    Document("honey.md", "Мёд собирают летом. Потом мёд отстаивается, и он перестаёт быть жидким."),
    Document("again.md", "Говорят, что закалка стали требует точности."),
)


@pytest.fixture(scope="module", params=list(ENGINES))
def texts(request: pytest.FixtureRequest) -> Search:
    return search(ENGINES[request.param]([STEEL, *OTHERS]))


def found(quotation: Quotation, place: int = 0) -> list[tuple[str, str]]:
    """Return the ids of the passages of a place, each with its words as they stand there."""
    return [
        (passage.paragraph.id, passage.paragraph.text[slice(*passage.span)])
        for passage in quotation.places[place].passages
    ]


def differences(quotation: Quotation) -> list[tuple[str, str, str]]:
    return [(one.kind, one.quoted, one.found) for one in quotation.places[0].differences]


# --- examples ---------------------------------------------------------------------------------------------------------


def test_the_very_words_are_verbatim_with_their_place(texts: Search) -> None:
    quotation = texts.check("минута промедления портит клинок")
    assert (quotation.kind, quotation.total) == ("verbatim", 1)
    assert found(quotation) == [("steel.md#¶2", "минута промедления портит клинок")]
    assert quotation.places[0].document.title == "Как закаляют сталь"
    assert differences(quotation) == []
    assert quotation.longest == Span(0, len(quotation.text))


def test_every_paragraph_with_it_is_a_place(texts: Search) -> None:
    quotation = texts.check("закалка стали требует точности")
    assert {passage.paragraph.id for place in quotation.places for passage in place.passages} == {
        "steel.md#¶2",
        "again.md#¶1",
    }
    assert quotation.total == 2
    assert len(texts.check("закалка стали требует точности", limit=1).places) == 1


def test_what_is_forgiven_is_told(texts: Search) -> None:
    quotation = texts.check("ТРЕБУЕТ точности минута, промедления портит клинок. Черный мета\u0301лл")
    assert quotation.kind == "verbatim"
    assert differences(quotation) == [
        ("case", "ТРЕБУЕТ", "требует"),
        ("punctuation", " ", ": "),
        ("punctuation", ", ", " "),
        ("ё", "Черный", "Чёрный"),
        ("letters", "мета\u0301лл", "металл"),
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "„Потом сталь отпускают, и она“",
        '"Потом сталь отпускают, и она"…',
        "Потом\u00a0сталь   отпускают,и она —",
        "Потом сталь\nотпускают, и она",  # a line broken by a mail program
    ],
)
def test_typography_is_not_even_told(texts: Search, typed: str) -> None:
    quotation = texts.check(typed)
    assert quotation.kind == "verbatim"
    assert differences(quotation) == []


def test_another_form_is_inflected_and_told(texts: Search) -> None:
    quotation = texts.check("минуты промедления портят клинок")
    assert quotation.kind == "inflected"
    assert differences(quotation) == [("form", "минуты", "минута"), ("form", "портят", "портит")]


def test_the_place_with_the_very_forms_comes_first(texts: Search) -> None:
    quotation = texts.check("Потом сталь")
    assert found(quotation) == [("steel.md#¶3", "Потом сталь")]
    both = search(memory([Document("a.md", "Сталью и мёдом."), Document("b.md", "Сталь и мёд.")])).check("сталь и мёд")
    assert [place.kind for place in both.places] == ["verbatim", "inflected"]


def test_a_word_replaced_is_partial_and_what_stands_there_is_told(texts: Search) -> None:
    quotation = texts.check(
        "Потом сталь отпускают, и она становится совсем хрупкой".replace("становится совсем", "начинает быть")
    )
    assert quotation.kind == "partial"
    assert quotation.text[slice(*quotation.longest)] == "Потом сталь отпускают, и она"
    assert found(quotation) == [("steel.md#¶3", "Потом сталь отпускают, и она"), ("steel.md#¶3", "быть хрупкой")]
    assert differences(quotation) == [("words", "начинает", "перестаёт")]


def test_a_word_left_out_without_a_sign_is_partial(texts: Search) -> None:
    quotation = texts.check("Потом сталь отпускают, и она быть хрупкой")
    assert quotation.kind == "partial"
    assert differences(quotation) == [("words", "", "перестаёт")]


def test_words_put_in_are_told(texts: Search) -> None:
    quotation = texts.check("Потом сталь медленно отпускают, и она перестаёт быть хрупкой")
    assert quotation.kind == "partial"
    assert differences(quotation) == [("words", "медленно", "")]


def test_a_part_of_a_compound_is_another_word(texts: Search) -> None:
    assert texts.check("вице-министр обороны Ростова").kind == "verbatim"
    assert texts.check("министр обороны Ростова").kind == "partial"
    assert texts.check("министр").kind == "absent"


def test_what_is_not_there_is_absent(texts: Search) -> None:
    quotation = texts.check("Ничего подобного здесь никогда не говорили")
    assert (quotation.kind, quotation.places, quotation.total, quotation.longest) == ("absent", (), 0, Span(0, 0))


def test_words_in_another_order_are_not_a_quotation(texts: Search) -> None:
    assert texts.check("точности требует стали закалка").kind == "absent"


@pytest.mark.parametrize("sign", ["…", "...", "[…]", "[...]", "(…)", "<...>", "[..]"])
def test_what_is_left_out_with_a_sign_is_no_difference(texts: Search, sign: str) -> None:
    quotation = texts.check(f"Закалка стали {sign} портит клинок")
    assert quotation.kind == "verbatim"
    assert found(quotation) == [("steel.md#¶2", "Закалка стали"), ("steel.md#¶2", "портит клинок")]
    assert differences(quotation) == []


def test_parts_may_be_in_several_paragraphs_of_one_document(texts: Search) -> None:
    quotation = texts.check("нагревает заготовку […] Закалка стали […] перестаёт быть хрупкой")
    assert quotation.kind == "verbatim"
    assert [place for place, _ in found(quotation)] == ["steel.md#¶1", "steel.md#¶2", "steel.md#¶3"]


def test_a_gap_may_be_nearer_to_the_text_than_none() -> None:
    texts = search(memory([Document("a.md", "Сталь сталь сталь сталь стали вина.")]))
    assert texts.check("сталь сталь сталь […] вина").kind == "verbatim"


def test_parts_must_follow_in_order(texts: Search) -> None:
    assert texts.check("перестаёт быть хрупкой […] Закалка стали требует точности").kind == "partial"


def test_parts_of_two_documents_are_not_one_quotation(texts: Search) -> None:
    assert texts.check("Кузнец нагревает заготовку до вишнёвого цвета […] Мёд собирают летом").kind == "partial"


@pytest.mark.parametrize("end", ["\n\n", "\n", " "])
def test_a_quotation_goes_on_in_the_next_paragraph(texts: Search, end: str) -> None:
    quotation = texts.check(f"до вишнёвого цвета.{end}Закалка стали требует точности")
    assert quotation.kind == "verbatim"
    assert found(quotation) == [
        ("steel.md#¶1", "до вишнёвого цвета"),
        ("steel.md#¶2", "Закалка стали требует точности"),
    ]
    assert differences(quotation) == []


def test_it_goes_on_over_a_whole_paragraph(texts: Search) -> None:
    quotation = texts.check(STEEL.text.replace("\n\n", " "))
    assert quotation.kind == "verbatim"
    assert [place for place, _ in found(quotation)] == [f"steel.md#¶{number}" for number in (1, 2, 3, 4)]


def test_dots_of_the_text_itself_may_be_quoted() -> None:
    texts = search(memory([Document("a.md", "Ну… не знаю я ничего об этом.")]))
    assert texts.check("Ну… не знаю я ничего").kind == "verbatim"
    assert texts.check("Ну... не знаю фиолетовый ничего об этом").kind == "partial"


def test_signs_of_the_query_language_mean_nothing(texts: Search) -> None:
    assert texts.check("(закалка) =стали* +требует ~точности").kind == "verbatim"
    assert texts.check("закалка НЕ стали").kind == "absent"


def test_spaces_in_numbers_do_not_matter() -> None:
    texts = search(memory([Document("a.md", "Собрали 10 000 рублей.")]))
    assert texts.check("собрали 10000 рублей").kind == "verbatim"


def test_a_quotation_without_words_is_refused(texts: Search) -> None:
    with pytest.raises(QueryEmpty):
        texts.check("«…»")


def test_it_is_given_up_after_its_deadline(texts: Search) -> None:
    with pytest.raises(QueryTooSlow):
        texts.check("закалка стали", deadline=Deadline(-1))


def test_a_book_is_refused(texts: Search) -> None:
    with pytest.raises(QueryTooLong):
        texts.check("закалка стали " * 201)


# --- what must hold of any corpus -------------------------------------------------------------------------------------

WORDS = (
    "сталь стали вина вино мыла мыло замок замка за́мок министр министра вице-министр Ростов-на-Дону дон "
    "не и в о 1990-е Кузнецов кузнецы новая новой армии армия ёжик Ёжика Linux нашли"
).split()
INFLECTED = {
    "сталь": "сталью",
    "вино": "вином",
    "мыло": "мылом",
    "замок": "замками",
    "министр": "министров",
    "кузнецы": "кузнецам",
    "новая": "новую",
    "армия": "армией",
    "ёжик": "ёжики",
    "Linux": "Linux",
}  # forms that no text has
FOREIGN = "фиолетовый"

words = st.integers(0, len(WORDS) - 1).map(WORDS.__getitem__)
spaces = st.sampled_from([" ", " ", " ", ", ", ". ", " — ", "… "])
texts_of = st.lists(st.tuples(words, spaces), min_size=4, max_size=14).map(
    lambda pieces: "".join(word + space for word, space in pieces).strip()
)
documents = st.lists(st.lists(texts_of, min_size=1, max_size=3).map("\n\n".join), min_size=1, max_size=4).map(
    lambda found: [Document(f"{at}.txt", text) for at, text in enumerate(found)]
)
EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def forms(terms: Sequence[Term]) -> list[str]:
    return [fold(term.form) for term in terms]


def paragraphs(texts: Search, corpus: list[Document]) -> list[Paragraph]:
    return [paragraph for document in corpus for paragraph in texts.paragraphs(document.path)]


def a_run(data: st.DataObject, terms: Sequence[Term], least: int) -> tuple[int, int]:
    """Return where a run of words begins and ends."""
    start = data.draw(st.integers(0, len(terms) - least), "start")
    return start, data.draw(st.integers(start + least, len(terms)), "stop")


def cut(text: str, terms: Sequence[Term]) -> str:
    """Return the text of neighbouring words, if it is the same words by itself."""
    quoted = text[terms[0].token.span.start : terms[-1].token.span.stop]
    assume(forms(ANALYZER.terms(quoted)) == forms(terms))
    return quoted


def stands(wanted: list[str], corpus: list[Paragraph]) -> bool:
    """Whether forms stand in a row in a paragraph."""
    return any(
        wanted == had[start : start + len(wanted)]
        for paragraph in corpus
        for had in (forms(ANALYZER.terms(paragraph.text)),)
        for start in range(len(had) - len(wanted) + 1)
    )


def is_in(place: Occurrence, paragraph: Paragraph) -> bool:
    return any(passage.paragraph == paragraph for passage in place.passages)


def both(corpus: list[Document]) -> tuple[Search, Search]:
    return search(memory(corpus)), search(whoosh(corpus))


@EXAMPLES
@given(documents, st.data())
def test_any_words_in_a_row_are_found_verbatim_with_their_place(corpus: list[Document], data: st.DataObject) -> None:
    theirs, ours = both(corpus)
    paragraph = data.draw(st.sampled_from(paragraphs(theirs, corpus)))
    terms = ANALYZER.terms(paragraph.text)
    start, stop = a_run(data, terms, 1)
    text = cut(paragraph.text, terms[start:stop])
    quotation = ours.check(text, limit=1000)
    assert quotation == theirs.check(text, limit=1000)
    assert quotation.kind == "verbatim"
    [place] = [place for place in quotation.places if is_in(place, paragraph)]
    [passage] = place.passages
    assert forms(ANALYZER.terms(text)) == [
        fold(term.form) for term in terms if passage.span.start <= term.token.span.start < passage.span.stop
    ]
    assert not {"form", "words"} & {one.kind for one in place.differences}


@EXAMPLES
@given(documents, st.data())
def test_with_a_word_in_another_form_they_are_inflected(corpus: list[Document], data: st.DataObject) -> None:
    theirs, ours = both(corpus)
    paragraph = data.draw(st.sampled_from(paragraphs(theirs, corpus)))
    terms = ANALYZER.terms(paragraph.text)
    start, stop = a_run(data, terms, 2)
    run = terms[start:stop]
    can = [at for at, term in enumerate(run) if INFLECTED.get(term.token.text, term.token.text) != term.token.text]
    assume(can)
    at = data.draw(st.sampled_from(can))
    texts = [term.token.text for term in run]
    texts[at] = INFLECTED[texts[at]]
    assume(forms(ANALYZER.terms(" ".join(texts))) == [fold(ANALYZER.form(text)) for text in texts])
    quotation = ours.check(" ".join(texts), limit=1000)
    assert quotation == theirs.check(" ".join(texts), limit=1000)
    assert quotation.kind == "inflected"
    [place] = [place for place in quotation.places if is_in(place, paragraph)]
    assert "form" in {one.kind for one in place.differences}


@EXAMPLES
@given(documents, st.data())
def test_with_a_word_replaced_they_are_partial(corpus: list[Document], data: st.DataObject) -> None:
    theirs, ours = both(corpus)
    paragraph = data.draw(st.sampled_from(paragraphs(theirs, corpus)))
    terms = ANALYZER.terms(paragraph.text)
    start, stop = a_run(data, terms, 4)
    texts = [term.token.text for term in terms[start:stop]]
    texts[data.draw(st.integers(0, len(texts) - 1))] = FOREIGN
    written = " ".join(texts)
    assume(forms(ANALYZER.terms(written)) == [fold(ANALYZER.form(text)) for text in texts])
    quotation = ours.check(written, limit=1000)
    assert quotation == theirs.check(written, limit=1000)
    assert quotation.kind == "partial"
    longest = forms(ANALYZER.terms(quotation.text[slice(*quotation.longest)]))
    before, after = (side.split() for side in written.split(FOREIGN))
    assert len(longest) >= max(len(before), len(after))
    for place in quotation.places:
        assert any(one.kind == "words" and FOREIGN in one.quoted for one in place.differences)


@EXAMPLES
@given(documents, st.data(), st.sampled_from(["\n\n", "\n", " "]))
def test_words_over_the_end_of_a_paragraph_are_verbatim(corpus: list[Document], data: st.DataObject, end: str) -> None:
    theirs, ours = both(corpus)
    neighbours = [
        (one, other)
        for one, other in zip(paragraphs(theirs, corpus), paragraphs(theirs, corpus)[1:], strict=False)
        if one.document == other.document
    ]
    assume(neighbours)
    one, other = data.draw(st.sampled_from(neighbours))
    terms, more = ANALYZER.terms(one.text), ANALYZER.terms(other.text)
    first = data.draw(st.integers(0, len(terms) - 2))
    last = data.draw(st.integers(2, len(more)))
    text = one.text[terms[first].token.span.start :] + end + other.text[: more[last - 1].token.span.stop]
    assume(forms(ANALYZER.terms(text)) == forms([*terms[first:], *more[:last]]))
    quotation = ours.check(text, limit=1000)
    assert quotation == theirs.check(text, limit=1000)
    if end != " ":
        assert quotation.kind == "verbatim"
    else:  # where it ends is not told: a longer run elsewhere may be taken for the beginning
        assert quotation.kind in {"verbatim", "inflected", "partial"}


@EXAMPLES
@given(documents, st.data())
def test_parts_in_order_in_one_document_are_verbatim(corpus: list[Document], data: st.DataObject) -> None:
    theirs, ours = both(corpus)
    document = data.draw(st.sampled_from(corpus))
    texts = [(paragraph, ANALYZER.terms(paragraph.text)) for paragraph in theirs.paragraphs(document.path)]
    first = data.draw(st.integers(0, len(texts) - 1))
    second = data.draw(st.integers(first, len(texts) - 1))
    start, stop = a_run(data, texts[first][1], 1)
    other = range(stop if first == second else 0, len(texts[second][1]))
    assume(len(other))
    at = data.draw(st.sampled_from(other))
    parts = [cut(texts[first][0].text, texts[first][1][start:stop]), cut(texts[second][0].text, texts[second][1][at:])]
    quotation = ours.check(" […] ".join(parts), limit=1000)
    assert quotation == theirs.check(" […] ".join(parts), limit=1000)
    assert quotation.kind == "verbatim"
    # Where they stand in a row without a gap, in whatever document, gaps are not looked for.
    if not stands([form for part in parts for form in forms(ANALYZER.terms(part))], paragraphs(theirs, corpus)):
        assert document.path in {place.document.path for place in quotation.places if place.kind == "verbatim"}


@EXAMPLES
@given(documents, st.lists(st.tuples(words, spaces), min_size=1, max_size=8))
def test_what_is_said_to_be_verbatim_or_inflected_is_there(
    corpus: list[Document], pieces: list[tuple[str, str]]
) -> None:
    theirs, ours = both(corpus)
    text = "".join(word + space for word, space in pieces)
    assume("…" not in text)
    quotation = ours.check(text, limit=1000)
    assert quotation == theirs.check(text, limit=1000)
    in_one = [place for place in quotation.places if len(place.passages) == 1]
    for place in in_one:
        had = place.passages[0].paragraph.text[slice(*place.passages[0].span)]
        is_same = forms(ANALYZER.terms(had)) == forms(ANALYZER.terms(text))
        assert (place.kind == "verbatim") == is_same
    is_there = stands(forms(ANALYZER.terms(text)), paragraphs(theirs, corpus))
    assert is_there <= (quotation.kind == "verbatim")
