"""Signs become an expression, whatever they are; printed and parsed again, it is the same."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from indexer.queries.parser import _with_signs, _without_signs, parse
from indexer.queries.syntax import (
    And,
    Date,
    Expression,
    Field,
    Group,
    Marked,
    Must,
    Near,
    Not,
    Or,
    Plain,
    Quoted,
    Sequence,
    Weighted,
    leaves,
    printed,
)
from indexer.settings import Asking

ASKING = Asking()
PIECES = (
    *'"«»()|-–+!=~^*?/:.,&<> \n\t',
    *("&&", "||", "? И ", "~2", "^2", "^0", "^0,5", "~5", "\u200e", "\x00", "\ud800", "и\u0306", "🐈", "\u202e"),
    *("И", "ИЛИ", "НЕ", "NOT", "AND", "OR", "РЯДОМ/5", "РЯДОМ/0", "NEAR/s", "/s", "/p", "РЯДОМ/абз"),
    *("автор:", "дата:", "date:2023", "заголовок:", "путь:", "мы:", "2023", "май", "вчера"),
    *("слово", "СЛОВО", "a", "А.", "10", "000", "сл*", "сл?во", " ", " ", " "),
)
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=30)


def read(text: str) -> Expression:
    return parse(text, ASKING).expression


def mended(text: str) -> list[tuple[str, str]]:
    return [(mending.kind, mending.text) for mending in parse(text, ASKING).mendings]


@settings(max_examples=1000, deadline=None)
@given(texts)
def test_what_is_printed_means_the_same(text: str) -> None:
    expression = read(text)
    assert read(printed(expression)) == expression


@settings(max_examples=1000, deadline=None)
@given(texts)
def test_mendings_are_in_the_query_and_in_order(text: str) -> None:
    found = parse(text, ASKING).mendings
    assert all(0 <= mending.span.start <= mending.span.stop <= len(text) for mending in found)
    assert list(found) == sorted(found, key=lambda mending: mending.span)


words = st.text("кЁz_1.,;?…-'’ \t\n", max_size=12) | st.sampled_from(["И", "НЕ", "ИЛИ", "кот"])


@settings(max_examples=1000, deadline=None)
@given(texts | st.lists(words, max_size=6).map(" ".join))
def test_a_query_without_signs_is_read_as_if_it_might_have_some(text: str) -> None:
    expected = _with_signs(text, ASKING)
    assert parse(text, ASKING) == expected
    for one, other in zip(leaves(read(text)), leaves(expected.expression), strict=True):
        assert one.at == other.at


def test_most_queries_are_without_signs() -> None:
    assert all(map(_without_signs, ["Кто написал роман Мы?", "Ростов-на-Дону, 1990 г.", "  т.е. кот ", "О'Генри"]))
    assert not any(map(_without_signs, ["", " ", "кот -пёс", "кот И пёс", "-", "к*т", "кот: пёс", "кот!"]))


A, B, C = Plain("кот"), Plain("пёс"), Plain("ёж")


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("", Sequence(())),
        ("кот  пёс", Plain("кот пёс")),
        ("кот -пёс", Sequence((A, Not(B)))),
        ("кот – пёс", Plain("кот – пёс")),
        ("кот–пёс", Plain("кот–пёс")),
        ("+кот пёс", Sequence((Must(A), B))),
        ("кот И пёс ёж", Sequence((And((A, B)), C))),
        ("кот пёс И ёж", Sequence((A, And((B, C))))),
        ("кот ИЛИ пёс И ёж", Or((A, And((B, C))))),
        ("кот ИЛИ пёс ёж", Or((A, Plain("пёс ёж")))),
        ("кот И НЕ пёс", And((A, Not(B)))),
        ("кот ИЛИ НЕ пёс", Or((A, Not(B)))),
        ("кот НЕ пёс РЯДОМ/3 ёж", Sequence((A, Not(Near((B, C), (3,)))))),
        ("кот РЯДОМ/3 пёс /s ёж", Near((A, B, C), (3, "sentence"))),
        ("кот NEAR/p (пёс | ёж)", Near((A, Group(Or((B, C)))), ("paragraph",))),
        ("КОТ ИЛИ ПЁС", Plain("КОТ ИЛИ ПЁС")),
        ("КОТ | ПЁС", Or((Plain("КОТ"), Plain("ПЁС")))),
        ("кот или пёс и ёж", Plain("кот или пёс и ёж")),
        ("ИЛИ кот", Plain("ИЛИ кот")),
        ("Где кот? И где пёс", Plain("Где кот? И где пёс")),
        ("кот. ИЛИ пёс! НЕ ёж", Plain("кот. ИЛИ пёс! НЕ ёж")),
        ("кот НЕ", Plain("кот НЕ")),
        ("НЕ кот", Plain("НЕ кот")),
        ("!кот =пёс ~ёж", Sequence((Marked("кот", "!"), Marked("пёс", "!"), Marked("ёж", "~")))),
        ("кот~ пёс~2 ёж^2", Sequence((Marked("кот", "", 1), Marked("пёс", "", 2), Weighted(C, 2.0)))),
        ("!кот^0,5.", Weighted(Marked("кот", "!"), 0.5)),
        ('"кот пёс"~5^2', Weighted(Quoted("кот пёс", within=5), 2.0)),
        ('="кот" «пёс»', Sequence((Quoted("кот", exact=True), Quoted("пёс")))),
        ("автор:кот title:«пёс»", Sequence((Field("author", A), Field("title", Quoted("пёс"))))),
        ("Автор: кот пёс", Sequence((Field("author", A), B))),
        ("-автор:(кот | пёс)", Not(Field("author", Group(Or((A, B)))))),
        ("дата:5 марта 2023 кот", Sequence((Field("date", Date("5 марта 2023")), A))),
        ("дата:(2022 | 2023)", Field("date", Group(Or((Date("2022"), Date("2023")))))),
        ("путь:a~1/б^2", Field("path", Plain("a~1/б^2"))),
        ("(кот пёс)^2", Weighted(Group(Plain("кот пёс")), 2.0)),
        ('ООО"Кот"-пёс', Sequence((Plain("ООО"), Quoted("Кот"), B))),
        ("http://a.ru:80/b", Plain("http://a.ru:80/b")),
    ],
)
def test_signs_mean(text: str, expression: Expression) -> None:
    assert read(text) == expression
    assert mended(text) == []


@pytest.mark.parametrize(
    ("text", "expression", "mendings"),
    [
        ('"кот пёс', Quoted("кот пёс"), [("open quotation", '"кот пёс')]),
        ("(кот", Group(A), [("open bracket", "(")]),
        ("кот)", A, [("stray bracket", ")")]),
        ("кот () пёс", Plain("кот пёс"), [("stray bracket", "()")]),
        ("кот -() пёс", Plain("кот пёс"), [("stray bracket", "()")]),
        ("| кот ||", A, [("stray sign", "|"), ("stray sign", "||")]),
        ("кот && && пёс", And((A, B)), [("stray sign", "&&")]),
        ("автор: | кот", Or((Plain("автор"), A)), [("stray sign", "автор:")]),
        ("заголовок:(автор:кот)", Field("title", Group(Plain("автор кот"))), [("stray sign", "автор:")]),
        ("дата:скоро", Plain("дата скоро"), [("no date", "скоро")]),
        ("кот~9", Marked("кот", "", 2), [("no number", "кот~9")]),
        ("кот^0", Weighted(A, 0.01), [("no number", "кот^0")]),
        ("кот РЯДОМ/0 пёс", Near((A, B), (1,)), [("no number", "РЯДОМ/0")]),
        ("кот РЯДОМ/3 -пёс", And((A, Not(B))), [("not near", "РЯДОМ/3")]),
        ("Путин: мы", Plain("Путин: мы"), [("unknown field", "Путин:")]),
        ('~"кот"', Quoted("кот"), [("stray sign", "~")]),
    ],
)
def test_what_means_nothing_is_mended(text: str, expression: Expression, mendings: list[tuple[str, str]]) -> None:
    assert read(text) == expression
    assert mended(text) == mendings


def test_deep_brackets_are_left_out() -> None:
    text = "(" * 200 + "кот" + ")" * 200
    assert len(mended(text)) == 200 - ASKING.deepest
    assert printed(read(text)) == "(" * ASKING.deepest + "кот" + ")" * ASKING.deepest


@pytest.mark.parametrize("sign", ["(", ")", '"', "-", "!", "~", "^", "*", "?", "|", "&&", ".", "\u200e", "НЕ ", "a И "])
def test_a_hundred_thousand_characters_take_no_second_a_sign(sign: str) -> None:
    text = sign * (100_000 // len(sign))
    assert read(printed(read(text))) == read(text)
