from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Unreadable
from indexer.readers.markdown import as_text, parse
from tests.patience import within_patience

if TYPE_CHECKING:
    from tests.readers.conftest import Reader

SEED = Path(__file__).parents[3] / "shared/data/seed/article.md"
MORNING = datetime(2019, 11, 6, 4, 21, tzinfo=UTC)


def test_news_have_a_title_and_headers(documents: Reader) -> None:
    (news,) = documents(
        "завод.md",
        "\n# Завод  открыт\n\nPublished at: **2019-11-06T04:21:00+00:00**\n\nAuthor: **Анна Ким**\n\n"
        "Original: [Вести.ру](http://vesti.ru/main.asp?id=1_(2))\n\nПервый абзац.\nВторой абзац.\n",
    )
    assert (news.title, news.date, news.author) == ("Завод открыт", MORNING, "Анна Ким")
    assert (news.source, news.url) == ("Вести.ру", "http://vesti.ru/main.asp?id=1_(2)")
    assert news.text == "Первый абзац.\nВторой абзац."


@pytest.mark.skipif(not SEED.exists(), reason="needs ../shared/data/seed")
def test_the_seed_is_read(documents: Reader) -> None:
    (news,) = documents("article.md", SEED.read_bytes())
    assert (news.date, news.author, news.source) == (MORNING, "", "Interfax-Russia.ru")
    assert news.url == "http://www.interfax-russia.ru/Moscow/main.asp?id=1078977"
    assert news.title.startswith("XVI Межрегиональный форум")
    assert news.text.startswith("6 ноября. Interfax-Russia.ru - ")
    assert news.text.endswith("добавил Торебаев.")
    assert news.text.count("\n") == 6


def test_headers_come_in_any_order_without_blank_lines_and_in_russian() -> None:
    news = parse("а.md", "# Т\nИсточник: «Вести»\nАВТОР: Анна\nОпубликовано: 6.11.2019 4:21\nТекст.")
    assert (news.source, news.author, news.date, news.text) == ("«Вести»", "Анна", MORNING, "Текст.")


def test_headers_may_be_missing() -> None:
    news = parse("а.md", "# Т\n\nТекст.")
    assert (news.title, news.text, news.date, news.source) == ("Т", "Текст.", None, "")


def test_an_empty_header_says_nothing() -> None:
    news = parse("а.md", "# Т\nAuthor: ****\nPublished at:\nOriginal: []()\nТекст.")
    assert (news.author, news.date, news.source, news.url, news.text) == ("", None, "", "", "Текст.")


def test_a_header_further_down_is_text() -> None:
    assert parse("а.md", "# Т\n\nТекст.\n\nAuthor: **Анна**").text == "Текст.\n\nAuthor: Анна"


def test_a_header_repeated_is_text() -> None:
    news = parse("а.md", "# Т\nАвтор: Анна\nАвтор: такого слова здесь не ждали")
    assert (news.author, news.text) == ("Анна", "Автор: такого слова здесь не ждали")


@pytest.mark.parametrize("url", ["https://www.vesti.ru/1", "<https://www.vesti.ru/1>", "**https://www.vesti.ru/1**"])
def test_a_bare_url_names_its_site(url: str) -> None:
    news = parse("а.md", f"# Т\nOriginal: {url}\nТекст.")
    assert (news.source, news.url) == ("vesti.ru", "https://www.vesti.ru/1")


def test_a_date_that_is_none_leaves_the_news_undated() -> None:
    assert parse("а.md", "# Т\nPublished at: **вчера**\nТекст.").date is None


@pytest.mark.parametrize("text", ["Текст.", "Заголовок\n=========\n\nТекст.", "## Второй уровень\n\nТекст."])
def test_without_a_title_line_there_is_no_title(text: str) -> None:
    assert parse("а.md", text).title == ""


@pytest.mark.parametrize("line", ["# О мёде", "# О мёде #", "   # О мёде ###  ", "# О **мёде**", "# [О мёде](/м)"])
def test_marks_are_no_part_of_a_title(line: str) -> None:
    assert parse("а.md", f"{line}\n\nТекст.").title == "О мёде"


def test_a_sharp_at_the_end_of_a_word_is_a_part_of_a_title() -> None:
    assert parse("а.md", "# Язык C#\n\nТекст.").title == "Язык C#"


def test_a_title_alone_can_be_found() -> None:
    assert parse("а.md", "# О мёде\n").text == "О мёде"


def test_front_matter_is_read() -> None:
    news = parse(
        "а.md",
        "---\ntitle: \"О мёде: как собирали\"\ndate: 2019-11-06 04:21\ntags: [мёд]\nauthor: 'Анна'\nsource: Вести\n"
        "url: http://vesti.ru\nlayout: post\n---\n\n# О мёде: как собирали\n\nТекст.",
    )
    assert (news.title, news.date, news.author) == ("О мёде: как собирали", MORNING, "Анна")
    assert (news.source, news.url, news.text) == ("Вести", "http://vesti.ru", "Текст.")


def test_a_heading_that_is_not_the_title_of_the_front_matter_is_text() -> None:
    assert parse("а.md", "---\ntitle: Мёд\n---\n# Введение\n\nТекст.").text == "Введение\n\nТекст."


def test_rules_around_a_text_are_no_front_matter() -> None:
    assert parse("а.md", "---\nПросто текст.\n---\nЕщё текст.").text.startswith("Просто текст.")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[Сочи](http://сочи.рф)", "Сочи"),
        ('[Сочи](http://ru.wikipedia.org/wiki/Сочи_(город) "Город у моря")', "Сочи"),
        ("![герб](герб.png) Сочи", " Сочи"),
        ("[![значок](https://img.io/a_b.svg)](https://ci.io) Сочи", " Сочи"),
        ("**Чай** и __кофе__, *мёд* и _сахар_", "Чай и кофе, мёд и сахар"),
        ("***Чай*** и ___кофе___", "Чай и кофе"),
        ("**Чай *зелёный* и чёрный**", "Чай зелёный и чёрный"),
        ("**Две\nстроки** рядом", "Две\nстроки рядом"),
        ("«*Чай*», (**кофе**).", "«Чай», (кофе)."),
        ("2 * 3 * 4 = 24, 2*3*4", "2 * 3 * 4 = 24, 2*3*4"),
        ("snake_case_name и __init__.py", "snake_case_name и init.py"),
        ("_имя snake_case здесь_", "имя snake_case здесь"),
        ("слово* и сноска", "слово* и сноска"),
        ("за**мо**к", "за**мо**к"),
        ("** не жирно **", "** не жирно **"),
        ("## Глава\n### Часть", "Глава\nЧасть"),
        ("#хештег", "#хештег"),
        ("> Цитата\n>> Внутри", "Цитата\nВнутри"),
        ("- раз\n* два\n  - три", "раз\nдва\nтри"),
        ("1. раз\n2. два", "1. раз\n2. два"),
        ("-5 градусов", "-5 градусов"),
        ("```python\n# не заголовок\n**kwargs\n```\nтекст", "\n# не заголовок\n**kwargs\n\nтекст"),
        ("~~~\n```\n- код\n~~~", "\n```\n- код\n"),
        ("```\nбез конца *a*", "\nбез конца *a*"),
        ("```код *a*``` в строке", "```код *a*``` в строке"),
        ("`**kwargs` и `a_b_c`", "`**kwargs` и `a_b_c`"),
        (r"\*не курсив\* и \# \_", "*не курсив* и # _"),
        (r"C:\Users\Анна", r"C:\Users\Анна"),
        ("до<!-- тайна\nв две строки -->после", "допосле"),
        ("до <!-- без конца", "до <!-- без конца"),
        ('<p align="center"><b>Чай</b></p>', " Чай "),
        ("a < b и b > a", "a < b и b > a"),
        ("Глава\n=====\n\nТекст\n\n---\n\nКонец", "Глава\n\n\nТекст\n\n\n\nКонец"),
    ],
)
def test_marks_go_and_text_stays(markdown: str, text: str) -> None:
    assert as_text(markdown) == text


def test_what_is_composed_of_two_sides_of_a_mark_is_composed() -> None:
    assert parse("а.md", "_и_\u0306").text == "й"


@given(st.text("абв *_`#>-[]()!\\<~=|\n:", max_size=60))
def test_letters_are_never_lost(markdown: str) -> None:
    kept = [letter for letter in markdown if letter in "абв"]
    dropped = any(mark in markdown for mark in ("](", "<", "```", "~~~"))  # addresses, tags, languages
    assert dropped or [letter for letter in as_text(markdown) if letter in "абв"] == kept


@given(st.text(st.sampled_from("абв *_`#>-[]()!\\<~=|\n:.\u0306и\r"), max_size=60))
def test_any_markdown_is_a_document_or_has_no_text(markdown: str) -> None:
    try:
        document = parse("а.md", markdown)
    except Unreadable:
        return
    assert document.text.strip()


@pytest.mark.parametrize(
    "mark", ["[", "](", "![", "*a ", "**a ", "_a ", "`", "``a ", "<!--", "<p ", "> ", "---\n", "# "]
)
def test_no_repetition_takes_long(mark: str) -> None:
    with within_patience():
        parse("а.md", "# Т\n" + mark * 100_000)
