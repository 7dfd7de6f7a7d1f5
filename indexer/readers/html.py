"""HTML: the text of the article, and what the page says about it. Nothing is fetched or executed."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.readers.dates import instant
from indexer.readers.fields import host, names_in
from indexer.readers.normal import collapse, document, line
from indexer.readers.reading import Reading, of_one_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from indexer import settings
    from indexer.readers.files import CorpusFile
    from indexer.types import Document


def read(file: CorpusFile, settings: settings.Reading) -> Reading:
    """Give the one document that a page is."""
    return of_one_document(file, settings, parse, declared=declared_encoding)


def parse(path: str, html: str) -> Document:
    r"""Make a document of a page.

    >>> page = parse("пасека.html", "<title>Пасека</title><nav>Меню</nav><p>Мёд <b>липов</b>ый.<p>Воск.")
    >>> page.title, page.text
    ('Пасека', 'Мёд липовый.\n\nВоск.')
    """
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 -- 20 ms that a corpus without pages need not spend

    page = LexborHTMLParser(shallow(without_empty_elements(html)))
    metas, linked = _metas(page), list(_linked_data(page))
    title, url = _title(page, metas), _url(page, metas)
    return document(
        path,
        "\n\n".join(_main_text(page, title)),
        title=title,
        date=_date(page, metas, linked),
        source=metas.get("og:site_name") or host(url),
        author=_author(metas, linked),
        url=url,
    )


# --- before parsing ---------------------------------------------------------------------------------------------------

_TOP = 4096  # bytes in which a page names its encoding; browsers look at 1,024
_CHARSET = re.compile(rb"<(?:meta[^<>]*?\bcharset|\?xml[^<>]*?\bencoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_CHARSETS = re.compile(  # not every codec of Python: some unpack archives, and UTF-8 has been ruled out by then
    r"(?:windows-|cp|ibm)\d+|koi8-?[rut]|iso-?8859-?\d+|latin-?\d+|mac-?(?:cyrillic|roman)|ptcp154|kz1048"
    r"|gbk|gb2312|gb18030|big5|shift_jis|euc-(?:jp|kr)"
)
_WESTERN = frozenset({"iso8859-1", "latin-1"})  # as browsers do: who says it means Windows

_XHTML = re.compile(r"\s*<\?xml\b|[^>]*<!doctype html public[^>]*xhtml", re.IGNORECASE)
_EMPTY_ELEMENT = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)([a-z][\w-]*+)(\s[^<>]*)?/>",
    re.IGNORECASE,
)

_MANY = 10_000  # tags; a page with fewer is parsed in an instant however they nest
_DEEPEST = 512  # blocks inside each other, as in browsers; beyond, the parser takes time that grows with the square
_BLOCK_TAG = re.compile(
    r"<(/?)(?:address|article|aside|blockquote|center|details|div|dl|fieldset|figure|footer|header|main|menu|nav|ol"
    r"|math|pre|section|span|svg|ul)\b[^<>]*+>",
    re.IGNORECASE,
)


def declared_encoding(data: bytes) -> str:
    """Give the codec that a page says it is in, or nothing if it says none or one that we do not trust.

    >>> declared_encoding(b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">')
    'cp1251'
    """
    found = _CHARSET.search(data, 0, _TOP)
    name = found[1].decode("ascii").lower().removeprefix("x-") if found else ""
    if not _CHARSETS.fullmatch(name):
        return ""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return ""
    return "cp1252" if codec in _WESTERN else codec


def without_empty_elements(html: str) -> str:
    """Give XHTML with end tags where it has none: to a parser of HTML, <script/> begins a script without end.

    >>> without_empty_elements('<?xml version="1.0"?><title/><br/>')
    '<?xml version="1.0"?><title></title><br/>'
    """
    return _EMPTY_ELEMENT.sub(r"<\1\2></\1>", html) if _XHTML.match(html) else html


def shallow(html: str) -> str:
    """Give the page with breaks in place of the blocks that lie inside too many others; their text stays."""
    if html.count("<") < _MANY:
        return html
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        inside = depth if tag[1] else depth + 1
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        return tag[0] if inside <= _DEEPEST else "<br><br>"

    return _BLOCK_TAG.sub(kept, html)


# --- about the page ---------------------------------------------------------------------------------------------------

_DATES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "og:pubdate",
    "datepublished",
    "dc.date",
    "pubdate",
    "date",
)
_ARTICLES = ("Article", "BlogPosting")  # how the names of these types end: NewsArticle, ReportageNewsArticle …


def _metas(page: LexborHTMLParser) -> dict[str, str]:
    """Give what <meta> says: lower-case name, property or itemprop → the first content that is not empty."""
    found: dict[str, str] = {}
    for meta in page.css("meta"):
        attributes = meta.attributes
        content = line(attributes.get("content") or "")
        for key in ("property", "name", "itemprop"):
            if content and (name := attributes.get(key)):
                found.setdefault(name.strip().lower(), content)
    return found


def _linked_data(page: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """Give the articles that the page describes in JSON-LD."""
    for script in page.css('script[type="application/ld+json" i]'):
        try:
            waiting = [json.loads(script.text())]
        except (ValueError, RecursionError):
            continue
        while waiting:
            match waiting.pop():
                case list() as several:
                    waiting.extend(reversed(several))
                case {"@graph": list() as graph}:
                    waiting.extend(reversed(graph))
                case {"@type": kind} as described if _is_article(kind):
                    yield described


def _is_article(kind: object) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and name.endswith(_ARTICLES) for name in kinds)


def _title(page: LexborHTMLParser, metas: dict[str, str]) -> str:
    if title := metas.get("og:title"):
        return title
    written = (line(element.text()) for element in (page.css_first("head title"), page.css_first("h1")) if element)
    return next(filter(None, written), "")


def _url(page: LexborHTMLParser, metas: dict[str, str]) -> str:
    canonical = page.css_first('link[rel~="canonical" i][href]')
    given = (canonical.attributes.get("href") if canonical else "", metas.get("og:url"))
    return next((url.strip() for url in given if url and url.strip().lower().startswith(("http://", "https://"))), "")


def _date(page: LexborHTMLParser, metas: dict[str, str], linked: list[dict[str, Any]]) -> datetime | None:
    return next(filter(None, map(instant, _given_dates(page, metas, linked))), None)


def _given_dates(page: LexborHTMLParser, metas: dict[str, str], linked: list[dict[str, Any]]) -> Iterator[object]:
    yield from (metas.get(name) for name in _DATES)
    for element in page.css('[itemprop~="datePublished" i]'):
        yield element.attributes.get("datetime") or element.attributes.get("content") or element.text()
    yield from (article.get("datePublished") for article in linked)
    yield from (element.attributes.get("datetime") for element in page.css("time[datetime]"))


def _author(metas: dict[str, str], linked: list[dict[str, Any]]) -> str:
    given = [metas.get("author"), metas.get("article:author"), *(names_in(article.get("author")) for article in linked)]
    # Facebook wants a profile for article:author, and many pages give it.
    return next((name for name in given if name and not name.lower().startswith(("http://", "https://"))), "")


# --- the text ---------------------------------------------------------------------------------------------------------

# fmt: off
_NO_TEXT = frozenset({
    "script", "style", "noscript", "template", "button", "svg", "iframe", "select", "textarea", "datalist", "object",
    "canvas", "audio", "video", "noframes",
})
# fmt: on
_BESIDE_ARTICLE = _NO_TEXT | {"nav", "aside", "footer", "form"}  # but not its header: a lead may be in it
_BESIDE_TEXT = _BESIDE_ARTICLE | {"header"}
# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
# fmt: on
_CELLS = frozenset({"td", "th"})
_BREAK = "\v"  # stands for <br> until it is known whether another follows
_BREAKS = re.compile(rf"{_BREAK}[ \t\n]*{_BREAK}[ \t\n{_BREAK}]*")


def _main_text(page: LexborHTMLParser, title: str) -> list[str]:
    """Give the paragraphs of the first place that has any: the article, or the page less what is beside it."""
    hidden = frozenset(element.mem_id for element in page.css('[hidden], [aria-hidden="true" i]'))
    for root, left_out in _places(page, hidden):
        paragraphs = _Paragraphs(title)
        for node, begins in _walk(root, left_out, hidden):
            paragraphs.take(node, begins=begins)
        if written := paragraphs.all():
            return written
    return []


def _places(page: LexborHTMLParser, hidden: frozenset[int]) -> Iterator[tuple[LexborNode, frozenset[str]]]:
    if article := _largest_article(page, hidden):
        yield article, _BESIDE_ARTICLE
    for place in ("main, [role=main]", '[itemprop~="articleBody" i]'):
        if element := page.css_first(place):
            yield element, _BESIDE_ARTICLE
    if page.body:
        yield page.body, _BESIDE_TEXT
        yield page.body, _NO_TEXT  # some content systems wrap the whole page in a form


def _largest_article(page: LexborHTMLParser, hidden: frozenset[int]) -> LexborNode | None:
    articles = page.css("article")
    if len(articles) < 2 or not page.body:  # noqa: PLR2004 -- nothing to choose among
        return articles[0] if articles else None
    largest, most = articles[0], -1
    characters = 0
    begun: list[int] = []
    for node, begins in _walk(page.body, _BESIDE_ARTICLE, hidden):
        if begins:
            characters += len(node.text_content or "")
        if node.tag == "article":
            if begins:
                begun.append(characters)
            elif (size := characters - begun.pop()) > most:
                largest, most = node, size
    return largest


def _walk(root: LexborNode, left_out: frozenset[str], hidden: frozenset[int]) -> Iterator[tuple[LexborNode, bool]]:
    """Give every node twice, when it begins and when it ends; without recursion, since pages nest without limit."""
    node, depth = root, 0
    while True:
        child = None
        if not depth or (node.tag not in left_out and node.mem_id not in hidden):
            yield node, True
            child = node.first_child
            if child is None:
                yield node, False
        if child is not None:
            node, depth = child, depth + 1
            continue
        while depth and node.next is None and node.parent:
            node, depth = node.parent, depth - 1
            yield node, False
        if not depth or not node.next:
            return
        node = node.next


@dataclass(slots=True)
class _Paragraphs:
    """The paragraphs of a page in the making."""

    title: str  # a first heading that repeats it is no text
    done: list[str] = field(default_factory=list)
    rows: list[list[list[str]]] = field(default_factory=list)  # of tables in tables: row, cells, paragraphs in each
    pieces: list[str] = field(default_factory=list)  # of the paragraph that has begun
    headings: list[tuple[list[str], int]] = field(default_factory=list)  # <h1>: where its paragraphs go, from which on
    preformatted: int = 0  # <pre> that have begun

    def take(self, node: LexborNode, *, begins: bool) -> None:
        tag = node.tag or ""
        if tag == "-text":
            if begins:
                self.pieces.append(node.text_content or "")
        elif tag == "br":
            if begins:
                self.pieces.append("\n" if self.preformatted else _BREAK)
        elif tag in _BLOCKS:
            self._flush()
            if begins:
                self._begin(tag)
            else:
                self._end(tag)

    def all(self) -> list[str]:
        self._flush()
        return self.done

    def _begin(self, tag: str) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in _CELLS and self.rows:
            self.rows[-1].append([])
        elif tag == "pre":
            self.preformatted += 1
        elif tag == "h1":
            self.headings.append((self._place(), len(self._place())))

    def _end(self, tag: str) -> None:
        if tag == "tr":
            self._end_row(self.rows.pop())
        elif tag == "pre":
            self.preformatted -= 1
        elif tag == "h1":
            place, start = self.headings.pop()
            if len(place) == start + 1 and line(place[start]) == self.title:
                place.pop()

    def _end_row(self, cells: list[list[str]]) -> None:
        """Make a paragraph of a row of a table, but leave apart what stands in a page that is laid out as a table."""
        if all(len(cell) <= 1 for cell in cells):
            row = " | ".join(cell[0] for cell in cells if cell)
            cells = [[row]] if row else []
        for cell in cells:
            self._place().extend(cell)

    def _place(self) -> list[str]:
        return self.rows[-1][-1] if self.rows and self.rows[-1] else self.done

    def _flush(self) -> None:
        if not self.pieces:
            return
        text = "".join(self.pieces)
        self.pieces.clear()
        if self.preformatted:
            written = [text.strip("\n").rstrip()]
        else:
            written = [collapse(part.replace(_BREAK, " ")) for part in _BREAKS.split(text)]
        self._place().extend(filter(None, written))
