"""A corpus to search on a page: some texts on steel and glass, and one by somebody who means no good."""

from __future__ import annotations

from datetime import UTC, datetime

from indexer import Document

HOSTILE = '<script>document.title="hacked"</script> "onmouseover="document.title=1" {{7*7}} ${7*7} <b>жирный</b>'
HOSTILE_PATH = 'чужое/a"onmouseover="1"<i>{{7*7}} &amp; #?%41.md'

STEEL = (
    "Кузнец нагревает заготовку до вишнёвого цвета и долго смотрит на неё.",
    "Закалка стали требует точности: минута промедления портит клинок.",
    "Потом сталь отпускают в масле, и она перестаёт быть хрупкой.",
    "Часы стали, и никто не заметил этого до утра.",
    "О стали говорят много, а закаляют её немногие.",
)
LONG = ("Предисловие без нужного слова, и оно длится долго. " * 6, *STEEL, *("Пустой абзац. " * 30,) * 12, STEEL[2])


def documents() -> list[Document]:
    """Return what the tests of the page search in."""
    return [
        Document(
            "works/steel.md",
            "\n".join(STEEL),
            title="Как закаляют сталь",
            date=datetime(2019, 5, 6, tzinfo=UTC),
            source="Заводская газета",
            author="Пётр Кузнецов",
            url="https://example.org/steel",
        ),
        Document(
            "works/long.md",
            "\n".join(LONG),
            title="Длинная повесть о металле",
            date=datetime(2019, 6, 1, tzinfo=UTC),
            source="Толстый журнал",
        ),
        Document(
            "note.md",
            "Сталь ржавеет, а стекло нет; поэтому банки для мёда делают из стекла.",
            title="Заметка",
            date=datetime(2019, 8, 20, tzinfo=UTC),
            source="Заводская газета",
        ),
        *(
            Document(
                f"glass/{number:02}.md",
                f"Стекло номер {number} стоит на полке.",
                title=f"Стекло {number}",
                date=datetime(2012 + number, 1 + number % 12, 3, tzinfo=UTC),
                source=f"Музей {number % 12}",
            )
            for number in range(1, 15)
        ),
        Document(
            HOSTILE_PATH,
            f"Злонамеренная сталь: {HOSTILE} и ещё закалка.",
            title=HOSTILE,
            date=datetime(2019, 5, 9, tzinfo=UTC),
            source='<img src=x onerror="document.title=2">',
            author='"><svg onload="document.title=3">',
            url="javascript:document.title=4",
        ),
        Document("undated.md", "Сталь без даты и без источника."),
    ]
