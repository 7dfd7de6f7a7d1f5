"""Markdown: a title, the headers that news come with, and a body that is read as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.readers.dates import instant
from indexer.readers.fields import field_of, host
from indexer.readers.normal import collapse, document
from indexer.readers.reading import Reading, of_one_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer import settings
    from indexer.readers.files import CorpusFile
    from indexer.types import Document

_HEADERS = {  # as written before the colon, in lower case → field of the document
    "published at": "date",
    "опубликовано": "date",
    "author": "author",
    "автор": "author",
    "original": "source",
    "источник": "source",
}

_MOST_ENTRIES = 200  # lines; a rule at the top of a long text opens no front matter
_FRONT_MATTER = re.compile(rf"---[ \t]*\n((?:[^\n]*\n){{0,{_MOST_ENTRIES}}}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_ENTRY = re.compile(r"([^\W\d][\w-]*)[ \t]*:(?:[ \t]+(\S[^\n]*))?[ \t]*")
_FROM_FRONT_MATTER = frozenset({"title", "date", "source", "author", "url"})

_TITLE = re.compile(r"\s*+#[ \t]++([^\n]*+)\n?")
_HEADER = re.compile(r"\s*+\**([^\W\d_][\w ]{0,20})\**[ \t]*:[ \t]*([^\n]{0,2000})(?:\n|\Z)")
_LINK = re.compile(r"\[(.*)\]\(<?(\S*?)>?\)")
_BARE_URL = re.compile(r"<?(https?://[^\s<>]+)>?", re.IGNORECASE)


def read(file: CorpusFile, settings: settings.Reading) -> Reading:
    """Give the one document that a Markdown file is."""
    return of_one_document(file, settings, parse)


def parse(path: str, text: str) -> Document:
    r"""Make a document of a text in Markdown.

    >>> news = parse("завод.md", "# Завод\n\nAuthor: **Анна**\n\nOriginal: [Вести](http://вести.рф/1)\n\n**Открыт**.")
    >>> news.title, news.author, news.source, news.url, news.text
    ('Завод', 'Анна', 'Вести', 'http://вести.рф/1', 'Открыт.')
    """
    given, start = _front_matter(text)
    title, start = _title(text, start, given.get("title", ""))
    headers, start = _headers(text, start)
    known = headers | {field: value for field, value in given.items() if value}
    return document(
        path,
        as_text(text[start:]),
        title=title,
        date=instant(known.get("date")),
        source=known.get("source", ""),
        author=known.get("author", ""),
        url=known.get("url", ""),
    )


# --- above the body: each gives what it found, and where the rest begins ----------------------------------------------


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    block = _FRONT_MATTER.match(text)
    lines = [line for line in block[1].split("\n") if line.strip()] if block else []
    if not block or not lines or not _ENTRY.fullmatch(lines[0]):
        return {}, 0
    entries = [entry for entry in map(_ENTRY.fullmatch, lines) if entry]
    values = {field_of(entry[1]): _unquoted((entry[2] or "").strip()) for entry in reversed(entries)}
    return {field: value for field, value in values.items() if field in _FROM_FRONT_MATTER}, block.end()


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _title(text: str, start: int, given: str) -> tuple[str, int]:
    heading = _TITLE.match(text, start)
    title = as_text(_without_closing_marks(heading[1])) if heading else ""
    if not heading or (given and collapse(given) != collapse(title)):
        return given, start
    return title, heading.end()


def _without_closing_marks(heading: str) -> str:
    heading = heading.rstrip()
    bare = heading.rstrip("#")
    return bare if not bare or bare[-1].isspace() else heading


def _headers(text: str, start: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while header := _HEADER.match(text, start):
        field = _HEADERS.get(collapse(header[1]).lower())
        if field is None or field in found:
            break
        value = header[2].strip().strip("*").strip()
        found |= _publication(value) if field == "source" else {field: value}
        start = header.end()
    return found, start


def _publication(value: str) -> dict[str, str]:
    if link := _LINK.fullmatch(value):
        return {"source": as_text(link[1]) or host(link[2]), "url": link[2]}
    if bare := _BARE_URL.fullmatch(value):
        return {"source": host(bare[1]), "url": bare[1]}
    return {"source": as_text(value)}


# --- the body ---------------------------------------------------------------------------------------------------------

# No pattern here may take longer than the text is long, whatever the text: a repetition ends at the character that
# could begin it anew. One of single characters gives nothing back (++, *+); one of a group may, for until Python 3.11.5
# a possessive group loses matches (gh-106052), but what it gives back cannot be read in another way.

_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_HIDING = 0xDC00  # lone surrogates, of which a normalised text has none
_HIDE = {ord(sign): chr(_HIDING + ord(sign)) for sign in _PUNCTUATION}
_HIDDEN = re.compile("[\udc21-\udc7e]")

_FENCE = re.compile(r"^[ \t]*+(?:>[ \t]?)*(`{3,}+(?![^\n]*`)|~{3,}+)([^\n]*+)$", re.MULTILINE)
_CODE_OR_ESCAPE = re.compile(r"(?<!`)(`++)[^`\n]++\1(?!`)|\\([!-/:-@\[-`{-~])")
_TAG = re.compile(
    r"</?(?:(a|abbr|b|big|code|del|em|font|i|ins|kbd|mark|s|samp|small|span|strong|sub|sup|u)"
    r"|blockquote|br|center|dd|details|div|dl|dt|h[1-6]|hr|img|li|ol|p|picture|pre|source|summary"
    r"|table|tbody|td|tfoot|th|thead|tr|ul|video)(?=[\s/>])[^<>]*+>",
    re.IGNORECASE,
)
_TARGET = r"\([ \t]*+<?[^()\s<>]*+(?:\([^()\s]*+\)[^()\s<>]*+)*>?(?:\s++(?:\"[^\"\n]*+\"|'[^'\n]*+'))?[ \t]*+\)"
_IMAGE = re.compile(r"!\[(?:[^\[\]]++|\[[^\[\]]*+\])*\]" + _TARGET)
_INLINE_LINK = re.compile(r"\[((?:[^\[\]]++|\[[^\[\]]*+\])*)\]" + _TARGET)
_RULE = re.compile(r"^(?=[ \t]*+[-*_=|:])[-*_=|: \t]{3,}+$", re.MULTILINE)  # also under a heading and in a table
_LINE_MARKS = re.compile(r"^[ \t]*+(?:>[ \t]?|[-*][ \t]++|#{1,6}+[ \t]++)+", re.MULTILINE)
_SOFT_BREAK = r"\n(?![^\S\n]*+\n)"
_EMPHASIS = (  # the strong ones first: what is left of *** is a simple mark
    ("**", re.compile(rf"\*\*(?<![\w*]\*\*)(?=\S)((?:[^*\n]++|\*(?!\*)|{_SOFT_BREAK})*)(?<=\S)\*\*(?!\w)")),
    ("*", re.compile(rf"\*(?<![\w*]\*)(?=[^\s*])((?:[^*\n]++|{_SOFT_BREAK})*)(?<=\S)\*(?![\w*])")),
    ("__", re.compile(rf"__(?<!\w__)(?=\S)((?:[^_\n]++|_(?!_)|{_SOFT_BREAK})*)(?<=\S)__(?![^\W_])")),
    ("_", re.compile(rf"_(?<!\w_)(?=[^\s_])((?:[^_\n]++|(?<=[^\W_])_(?=[^\W_])|{_SOFT_BREAK})*)(?<=\S)_(?!\w)")),
)


def as_text(markdown: str) -> str:
    r"""Take the marks of Markdown off a text; what is in code stays as it is.

    >>> as_text("- **Чай** из [Сочи](http://сочи.рф), 2 * 3 \\* 4, `**kwargs`")
    'Чай из Сочи, 2 * 3 * 4, `**kwargs`'
    """
    if "```" not in markdown and "~~~" not in markdown:
        return _prose(markdown)
    return "".join(passage if is_code else _prose(passage) for is_code, passage in _passages(markdown))


def _passages(markdown: str) -> Iterator[tuple[bool, str]]:
    """Part code from prose, and leave out the lines that fence it off."""
    position, fence = 0, ""
    for line in _FENCE.finditer(markdown):
        opens = not fence
        if opens or (line[1].startswith(fence) and not line[2].strip()):
            yield not opens, markdown[position : line.start()]
            position, fence = line.end(), line[1] if opens else ""
    yield bool(fence), markdown[position:]


def _prose(markdown: str) -> str:
    if "`" in markdown or "\\" in markdown:
        markdown = _CODE_OR_ESCAPE.sub(_hidden, markdown)
    if "<" in markdown:
        markdown = _TAG.sub(lambda tag: "" if tag[1] else " ", _without_comments(markdown))
    if "](" in markdown:
        markdown = _INLINE_LINK.sub(r"\1", _IMAGE.sub("", markdown))
    markdown = _LINE_MARKS.sub("", _RULE.sub("", markdown))
    for mark, emphasis in _EMPHASIS:
        if mark in markdown:
            markdown = emphasis.sub(r"\1", markdown)
    return _HIDDEN.sub(lambda sign: chr(ord(sign[0]) - _HIDING), markdown)


def _hidden(found: re.Match[str]) -> str:
    return (found[2] or found[0]).translate(_HIDE)


def _without_comments(markdown: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := markdown.find("<!--", position)) >= 0 and (end := markdown.find("-->", start)) >= 0:
        kept.append(markdown[position:start])
        position = end + len("-->")
    return "".join([*kept, markdown[position:]])
