"""A reader's way through the page, with scripts and without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

ONLY_SCRIPTS = pytest.mark.parametrize("has_scripts", [True], ids=["scripts"])


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def titles(page: Page) -> list[str]:
    page.wait_for_load_state()  # a click waits until a page begins to come
    found: list[str] = page.locator(".found h2").all_inner_texts()
    return found


def marks(page: Page) -> set[str]:
    page.wait_for_load_state()
    return {text.lower() for text in page.locator("mark").all_inner_texts()}


def is_on_screen(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    viewport = page.viewport_size
    assert box
    assert viewport
    return bool(0 <= box["y"] < viewport["height"])


def search(page: Page, query: str) -> None:
    page.goto("/")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).fill(query)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")


def test_the_whole_way(page: Page) -> None:
    search(page, "закалка стали")
    assert titles(page)[0] == "Как закаляют сталь"
    assert {"закалка", "стали", "сталь"} <= marks(page)

    # A lemma is switched off, and on again.
    page.get_by_role("link", name=re.compile("^закалка.*не искать")).click()
    assert asked(page)["without"] == ["закалка"]
    assert "закалка" not in marks(page)
    page.get_by_role("link", name=re.compile("^закалка.*снова искать")).click()
    assert "without" not in asked(page)
    assert "закалка" in marks(page)

    # A year, then a month of it, is chosen from the histogram, and let go.
    page.get_by_role("link", name=re.compile("^май 2019: ")).click()
    assert asked(page)["since"] == asked(page)["until"] == ["2019-05"]
    assert {text for text in page.locator(".origin").all_inner_texts() if "2019" not in text} == set()
    assert page.get_by_role("link", name=re.compile("^май 2019: .*выбрано$")).count() == 1
    assert page.get_by_role("link", name=re.compile("^май 2019.*убрать")).is_visible()

    # The document opens at the paragraph, with what was asked marked; and one comes back to the same results.
    results = page.url
    page.get_by_role("link", name="Как закаляют сталь", exact=True).first.click()
    assert re.search(r"/document/works/steel\.md\?.*#p2$", page.url)
    assert is_on_screen(page, "#p2")
    assert "закалка" in marks(page)
    page.go_back()
    assert page.url == results
    assert page.get_by_role("heading", name="Как закаляют сталь").first.is_visible()


def test_the_link_back_leads_to_the_same_results(page: Page) -> None:
    page.goto("/?q=сталь&sort=date&source=Заводская+газета")
    page.locator(".found h2 a").first.click()
    page.get_by_role("link", name="к результатам").click()
    assert asked(page) == {"q": ["сталь"], "sort": ["date"], "source": ["Заводская газета"]}


def test_years_then_months(page: Page) -> None:
    page.goto("/?q=стекло")
    page.get_by_role("link", name=re.compile("^2019: ")).click()
    assert asked(page)["since"] == ["2019"]
    page.get_by_role("link", name=re.compile("^август 2019: ")).click()
    assert titles(page) == ["Стекло 7", "Заметка"] or titles(page) == ["Заметка", "Стекло 7"]
    page.get_by_role("link", name="за всё время").click()
    assert "since" not in asked(page)


def test_sources_are_chosen_and_let_go(page: Page) -> None:
    page.goto("/?q=сталь")
    page.locator(".facets").get_by_role("link", name=re.compile("^Заводская газета")).click()
    assert asked(page)["source"] == ["Заводская газета"]
    assert all("Заводская газета" in origin for origin in page.locator(".origin").all_inner_texts())
    # What else there is stays to be chosen beside it.
    page.locator(".facets").get_by_role("link", name=re.compile("^Толстый журнал")).click()
    assert len(asked(page)["source"]) == 2
    page.get_by_role("link", name=re.compile("^Заводская газета.*убрать")).first.click()
    assert asked(page)["source"] == ["Толстый журнал"]


def test_a_form_is_switched_off(page: Page) -> None:
    page.goto("/?q=стали")
    page.locator("summary", has_text="формы").click()
    page.locator(".forms").get_by_role("link", name=re.compile("^сталь")).click()
    assert asked(page)["without_form"] == ["сталь"]
    assert marks(page) == {"стали"}
    # What is switched off is not hidden.
    page.locator(".forms").get_by_role("link", name=re.compile("^сталь.*снова искать")).click()
    assert "сталь" in marks(page)


def test_the_newest_first_and_one_of_each_document(page: Page) -> None:
    page.goto("/?q=стекло")
    page.get_by_role("link", name="новые").click()
    assert titles(page)[0] == "Стекло 14"
    page.goto("/?q=сталь")
    page.get_by_role("link", name="по документам").click()
    assert asked(page)["per_document"] == ["true"]
    assert len(titles(page)) == len(set(titles(page)))


def test_pages(page: Page) -> None:
    page.goto("/?q=стекло")
    first = titles(page)
    page.get_by_role("link", name="Дальше").click()
    assert asked(page)["offset"] == ["10"]
    assert not set(first) & set(titles(page))
    page.get_by_role("link", name="Страница 1").click()
    assert titles(page) == first


def test_another_time_is_typed(page: Page) -> None:
    page.goto("/?q=сталь")
    page.locator("summary", has_text="другое время").click()
    page.get_by_label("с", exact=True).fill("июнь 2019")
    page.get_by_label("по", exact=True).fill("")
    page.get_by_role("button", name="Показать").click()
    assert page.get_by_role("link", name=re.compile("^июнь 2019 – ….*убрать")).is_visible()
    assert "Как закаляют сталь" not in titles(page)


def test_filters_stay_when_other_words_are_asked(page: Page) -> None:
    page.goto("/?q=сталь&source=Заводская+газета&sort=date&without=стать&offset=1")
    page.locator("#q").fill("стекло")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=%D1%81%D1%82%D0%B5%D0%BA*")
    assert asked(page) == {"q": ["стекло"], "source": ["Заводская газета"], "sort": ["date"]}


def test_what_was_mended_and_rescued_is_told(page: Page) -> None:
    page.goto("/?q=(закалка стали")
    assert "скобка не закрыта" in page.locator(".remark").inner_text()
    page.goto("/?q=cnfkm")
    assert "«сталь»" in page.locator(".remark").inner_text()
    assert "сталь" in marks(page)
    # The document is marked by what was searched, not by what was typed.
    page.locator(".found h2 a").first.click()
    assert page.locator(".passages mark").count()


def test_nothing_found_says_what_to_do(page: Page) -> None:
    page.goto("/?q=сталь&since=2031")
    assert page.get_by_text("Ничего не найдено.", exact=True).is_visible()
    page.get_by_role("link", name=re.compile("^2031 – ….*убрать")).click()
    assert titles(page)
    page.goto("/?q=стекло&offset=500")
    page.get_by_role("link", name="На первую страницу").click()
    assert len(titles(page)) == 10


def test_everything_switched_off_can_be_switched_on(page: Page) -> None:
    page.goto("/?q=закалка")
    page.get_by_role("link", name=re.compile("^закалка.*не искать")).first.click()
    assert not titles(page)
    page.get_by_role("link", name="Включить всё").click()
    assert titles(page)


def test_from_hit_to_hit_by_anchors(page: Page) -> None:
    page.goto("/document/works/long.md?q=сталь")
    page.get_by_role("link", name="к первому").click()
    seen = [page.url.rpartition("#")[2]]
    while (following := page.locator(f"#{seen[-1]} .ways a[aria-label*='следующему']")).count():
        following.click()
        seen.append(page.url.rpartition("#")[2])
        assert is_on_screen(page, f"#{seen[-1]}")
    # Of the words typed, the lemma «сталь» alone is meant, which «стали» may be a form of.
    assert seen == ["p3", "p4", "p5", "p6", "p19"]


def test_help_examples_find_something(page: Page) -> None:
    page.goto("/help")
    examples = page.locator("dt a")
    assert examples.count() > 15
    query = examples.first.inner_text()
    examples.first.click()
    assert page.locator("#q").input_value() == query
    assert titles(page)


def test_the_first_page_tells_what_there_is(page: Page) -> None:
    page.goto("/")
    assert "документ" in page.locator(".stock").inner_text()
    page.locator(".stock").get_by_role("link", name=re.compile("^Заводская газета")).click()
    assert "Как закаляют сталь" in titles(page)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing/here", 404, "По этому адресу ничего нет"),
        ("/document/no/such.md", 404, "В индексе нет такого документа"),
        ("/?q=!!!", 422, "Нет слова, которое можно искать"),
        ("/?q=-сталь", 422, "Нет слова, которое можно искать"),
        ("/?q=сталь&since=никогда", 422, "Это не дата"),
        ("/?q=сталь&since=2020&until=2019", 422, "Между этими датами нет времени"),
        ("/?q=сталь&sort=sideways", 400, "Адрес не понят"),
    ],
)
def test_what_cannot_be_answered_is_said_on_a_page(
    page: Page, path: str, status: int, said: str, expected: list[str]
) -> None:
    expected.append("Failed to load resource")
    reply = page.goto(path)
    assert reply
    assert reply.status == status
    assert page.get_by_role("heading", name=said).is_visible()
    assert page.locator("#q").is_visible()


@ONLY_SCRIPTS
def test_completions(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox")
    field.press_sequentially("Закалка ста", delay=20)
    options = page.get_by_role("option")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert options.all_inner_texts()[0].startswith("стали")
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert options.first.get_attribute("aria-selected") == "true"
    field.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("ArrowDown")
    field.press("Enter")
    assert field.input_value() == "Закалка стали"
    assert page.get_by_role("listbox").count() == 0
    field.press("Enter")
    page.wait_for_url("**/?q=*")
    assert titles(page)[0] == "Как закаляют сталь"


@ONLY_SCRIPTS
def test_completions_are_closed_and_clicked(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox")
    field.press_sequentially("стек", delay=20)
    page.get_by_role("option").first.wait_for()
    field.press("Escape")
    assert page.get_by_role("option").count() == 0
    assert field.input_value() == "стек"
    field.press_sequentially("л", delay=20)
    page.get_by_role("option").first.click()
    assert field.input_value().lower() == "стекло"
    assert field.evaluate("field => field === document.activeElement")


@ONLY_SCRIPTS
def test_keys(page: Page) -> None:
    page.goto("/document/works/long.md?q=сталь")
    page.locator("h1").click()
    page.keyboard.press("n")
    here = page.locator("mark.here")
    assert here.get_attribute("id") == "m1"
    assert page.locator(".hits output").inner_text() == "1 из 5"
    page.keyboard.press("p")
    assert here.get_attribute("id") == "m5"
    assert is_on_screen(page, "#m5")
    page.get_by_role("button", name="Дальше").click()
    assert here.get_attribute("id") == "m1"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("n/p")
    assert page.locator("#q").input_value() == "n/p"
    assert here.get_attribute("id") == "m1"


@ONLY_SCRIPTS
def test_every_control_is_reached_by_tab_and_shows_it(page: Page) -> None:
    page.goto("/?q=сталь")
    controls = page.locator("a[href]:visible, button:visible, input:visible, summary:visible").count()
    reached = []
    for _ in range(controls + 5):
        page.keyboard.press("Tab")
        name, shown = page.evaluate(
            """() => {
                const one = document.activeElement, style = getComputedStyle(one);
                const around = getComputedStyle(one.closest(".field") ?? one);
                const room = one.querySelector?.(".room");
                return [one.outerHTML.slice(0, 200), style.outlineStyle !== "none" || around.boxShadow !== "none"
                    || (room !== null && getComputedStyle(room).stroke !== "none")];
            }"""
        )
        if name.startswith("<body"):
            break
        reached.append(name)
        assert shown, name
    assert len(reached) == controls
    assert "skip" in reached[0]
    assert any("data-period" in name for name in reached)


@ONLY_SCRIPTS
def test_the_first_tab_leads_past_the_top(page: Page) -> None:
    page.goto("/?q=сталь")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@ONLY_SCRIPTS
def test_a_bar_of_the_histogram_works_by_keyboard(page: Page) -> None:
    page.goto("/?q=закалка")
    page.get_by_role("link", name=re.compile("^май 2019: ")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**since=2019-05**")
    assert titles(page)
