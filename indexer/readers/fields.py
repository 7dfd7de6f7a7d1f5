"""Named values, as a table, a JSON object or a page's metadata has them → a Document."""

from __future__ import annotations

import json
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from indexer.errors import Unreadable
from indexer.readers.dates import instant
from indexer.readers.normal import document, line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.readers.files import Unique
    from indexer.types import Document

# field of a Document → the names it goes by; of several that a row has, the first one that is not empty is taken
NAMES = {
    "id": ("id", "_id", "doc_id", "docid", "uid", "guid", "идентификатор", "код"),
    "title": ("title", "headline", "heading", "заголовок", "название"),
    "text": ("text", "body", "content", "full_text", "fulltext", "article", "текст", "содержание"),
    "date": (
        "date",
        "published",
        "published_at",
        "pubdate",
        "pub_date",
        "datetime",
        "timestamp",
        "дата",
        "опубликовано",
    ),
    "source": ("source", "publisher", "site", "источник", "издание"),
    "author": ("author", "authors", "byline", "автор", "авторы"),
    "url": ("url", "link", "href", "uri", "ссылка", "адрес"),
}
_EMPTY: tuple[object, ...] = (None, "", [], {})  # and not 0
_FIELD = {name: field for field, names in NAMES.items() for name in names}

Row: TypeAlias = "Mapping[str, object]"


@lru_cache(maxsize=1024)  # a table has few names and many rows
def canonical(name: str) -> str:
    """Spell a name as NAMES does.

    >>> canonical(" Published-At ")
    'published_at'
    """
    return line(name).casefold().replace(" ", "_").replace("-", "_")


def field_of(name: str) -> str | None:
    """Tell what a column or key is.

    >>> field_of("Заголовок")
    'title'
    """
    return _FIELD.get(canonical(name))


def document_of(row: Row, file: str, number: int, given: Unique) -> Document:
    """Make a document of the row of a table that begins on a line of a file; raises Unreadable with that line.

    Its path is file/id, told apart by `given` from that of another row with the same id, or file:line without an id.
    """
    where = f"{file}:{number}"
    values = {field: _first(row, keys) for field, keys in _keys_of(tuple(row)).items()}
    value = values.get
    try:
        text = joined(value("text"), "\n\n")
    except TypeError as nested:
        raise Unreadable(path=where, reason="its text is an object, not a string; make it one") from nested
    title, source, author, url = [names_in(value(field)) for field in ("title", "source", "author", "url")]
    key = _key(value("id"))
    own = partial(given.name, f"{file}/{key}") if key else None
    date = instant(value("date"))
    return document(where, text, title=title, date=date, source=source, author=author, url=url, own=own)


@lru_cache(maxsize=1024)  # rows with the same keys follow each other; to look at every key took most of the time
def _keys_of(row: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the fields that the keys of a row tell, and which do, those to be taken first before the others."""
    named = {canonical(key): key for key in row}
    keys = {field: tuple(named[name] for name in names if name in named) for field, names in NAMES.items()}
    return {field: found for field, found in keys.items() if found}


def _first(row: Row, keys: tuple[str, ...]) -> object:
    for key in keys:
        value = row[key]
        if value or value not in _EMPTY:
            return value
    return None


def _key(value: object) -> str:
    """Give an id as a part of a path: on one line, and without the # that begins the number of a paragraph."""
    return "" if value is None or isinstance(value, dict | list) else line(_scalar(value)).replace("#", "%23")


def joined(value: object, separator: str) -> str:
    r"""Give a value as text, a list by joining its members; raises TypeError if one of them is no plain value.

    >>> joined(["Раз", 2, None, True], ", ")
    'Раз, 2, true'
    """
    if isinstance(value, list):
        return separator.join(filter(None, map(_scalar, value)))
    return value if isinstance(value, str) else _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case dict() | list():
            raise TypeError
        case _:
            return json.dumps(value)


def names_in(value: object) -> str:
    """Give who or what a value names: people are objects with a name, strings, or lists of both.

    >>> names_in([{"@type": "Person", "name": "Анна Ким"}, "Олег Пак"])
    'Анна Ким, Олег Пак'
    """
    if value is None or isinstance(value, str):
        return value or ""
    members = value if isinstance(value, list) else [value]
    named = (member.get("name") if isinstance(member, dict) else member for member in members)
    return ", ".join(filter(None, (_scalar(name) for name in named if not isinstance(name, dict | list))))


def host(url: str) -> str:
    """Give the site that a URL is on, without www.

    >>> host("https://www.Interfax.ru/russia/1")
    'interfax.ru'
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
