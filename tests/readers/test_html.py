from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Unreadable
from indexer.readers.html import declared_encoding, parse, shallow
from tests.patience import within_patience

if TYPE_CHECKING:
    from tests.readers.conftest import Opener, Reader

MORNING = datetime(2019, 11, 6, 4, 21, tzinfo=UTC)


def text(html: str) -> str:
    return parse("а.html", html).text


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ('<meta property="og:title" content="О мёде"><title>Сайт</title><h1>Мёд</h1>', "О мёде"),
        ("<title> О\n мёде </title><h1>Мёд</h1>", "О мёде"),
        ("<title></title><h1>О <b>мёде</b></h1><h1>Ещё</h1>", "О мёде"),
        ("<svg><title>Рисунок</title></svg><h1>О мёде</h1>", "О мёде"),
        ("<title>Мёд &amp; &laquo;воск&raquo;</title>", "Мёд & «воск»"),
    ],
)
def test_the_title_is_the_first_that_the_page_gives(html: str, title: str) -> None:
    assert parse("а.html", html + "<p>Текст.").title == title


@pytest.mark.parametrize(
    "html",
    [
        '<meta property="article:published_time" content="2019-11-06T04:21:00Z">',
        '<meta name="og:published_time" content="2019-11-06T04:21:00Z">',
        '<meta itemprop="datePublished" content="2019-11-06T04:21:00Z">',
        '<time itemprop="datePublished" datetime="2019-11-06T04:21:00Z">вчера</time>',
        '<span itemprop="datePublished">6.11.2019 4:21</span>',
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2019-11-06T04:21Z"}</script>',
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "Person"}, {"@type": ["Article"], '
            '"datePublished": "2019-11-06T04:21Z"}]}</script>'
        ),
        '<script type="application/ld+json">не JSON</script><time datetime="2019-11-06T07:21+03:00">вчера</time>',
        '<meta property="article:published_time" content="вчера"><time datetime="2019-11-06 04:21">вчера</time>',
    ],
)
def test_the_date_is_the_first_that_the_page_gives(html: str) -> None:
    assert parse("а.html", html + "<p>Текст.").date == MORNING


@pytest.mark.parametrize(
    "html",
    [
        '<meta name="author" content="Анна Ким">',
        '<meta property="article:author" content="Анна Ким">',
        '<script type="application/ld+json">[{"@type": "NewsArticle", "author": {"name": "Анна Ким"}}]</script>',
        (
            '<meta property="article:author" content="https://facebook.com/kim">'
            '<script type="application/ld+json">{"@type": "Article", "author": [{"name": "Анна Ким"}]}</script>'
        ),
    ],
)
def test_the_author_is_the_first_name_that_the_page_gives(html: str) -> None:
    assert parse("а.html", html + "<p>Текст.").author == "Анна Ким"


def test_the_source_is_the_name_of_the_site_or_its_host() -> None:
    canonical = '<link rel="canonical" href="https://www.vesti.ru/1"><p>Текст.'
    assert parse("а.html", '<meta property="og:site_name" content="Вести">' + canonical).source == "Вести"
    assert parse("а.html", canonical).source == "vesti.ru"


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (
            '<link rel="canonical" href="https://a.ru/1"><meta property="og:url" content="https://a.ru/2">',
            "https://a.ru/1",
        ),
        ('<link rel="canonical" href="/1"><meta property="og:url" content="https://a.ru/2">', "https://a.ru/2"),
        ('<link rel="canonical" href="javascript:alert(1)">', ""),
        ('<link rel="canonical" href="http://[::1">', "http://[::1"),
        ('<link rel="stylesheet" href="https://a.ru/1">', ""),
    ],
)
def test_the_url_is_one_of_the_web(html: str, url: str) -> None:
    assert parse("а.html", html + "<p>Текст.").url == url


@pytest.mark.parametrize(
    "html",
    [
        "<p>Шум<article>Мало.</article><article><p>Главное.</p></article><aside>Шум</aside>",
        "<nav>Шум</nav><main><p>Главное.</p><aside>Шум</aside></main>",
        '<div>Шум</div><div itemprop="articleBody">Главное.</div>',
        "<header>Шум</header><div>Главное.</div><footer>Шум</footer><form>Шум</form>",
        "<article></article><main> </main><div>Главное.</div>",
        "<form><div>Главное.</div></form>",
        "<p>Главное.</p><p hidden>Шум</p><p aria-hidden='true'>Шум</p><!-- Шум --><button>Шум</button>",
        (
            "<body><script>Шум</script><style>Шум</style><noscript>Шум</noscript><template>Шум</template><iframe>Шум</iframe>"
            "<svg><text>Шум</text></svg>Главное."
        ),
    ],
)
def test_the_text_is_that_of_the_article(html: str) -> None:
    assert text(html) == "Главное."


def test_the_lead_in_the_header_of_an_article_is_text() -> None:
    assert text("<article><header><p>Вводка.</p></header><p>Главное.</p></article>") == "Вводка.\n\nГлавное."


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Раз\n  два<p>Три", "Раз два\n\nТри"),
        ("<div>Раз<div>Два</div>Три</div>", "Раз\n\nДва\n\nТри"),
        ("Раз<br>два", "Раз два"),
        ("Раз<br> <br/>два<br><br><br>три", "Раз\n\nдва\n\nтри"),
        ("с<b>л</b>о<i>в</i>о", "слово"),
        ("<ul><li>Раз<li>Два <ul><li>Три</ul></ul>", "Раз\n\nДва\n\nТри"),
        ("<table><tr><th>Год<th>Мёд<tr><td>2019<td><p>5 т</p></table>", "Год | Мёд\n\n2019 | 5 т"),
        ("<table><tr><td>Меню<td><p>Раз.<p>Два.</table>", "Меню\n\nРаз.\n\nДва."),
        ("<table><tr><td><table><tr><td>а<td>б</table><td>в</table>", "а | б | в"),
        ("<pre>\n  раз\n\tдва\n</pre>", "раз\n\tдва"),
        ("<pre>раз<br>два</pre>", "раз\nдва"),
        ("<dl><dt>Мёд<dd>сладкий</dl>", "Мёд\n\nсладкий"),
        ("10&nbsp;000 &mdash; &#1084;&#x451;&#1076;", "10\u00a0000 — мёд"),
        ("и&#x306;", "й"),
        ("<p>Раз</p>&#0;&#11;<p>Два", "Раз\n\n�\n\nДва"),
    ],
)
def test_paragraphs_are_as_the_page_shows_them(html: str, expected: str) -> None:
    assert text(html) == expected


def test_an_empty_script_of_xhtml_swallows_nothing() -> None:
    assert text('<?xml version="1.0"?><head><script src="a.js" /><title>Т</title></head><p>Раз<br/>два') == "Раз два"


def test_a_heading_that_repeats_the_title_is_no_text() -> None:
    assert text("<title>О мёде</title><h1><span>О</span>\nмёде</h1><p>Текст.") == "Текст."
    assert text("<title>О мёде</title><h1>О воске</h1><p>Текст.") == "О воске\n\nТекст."


def test_a_page_with_a_title_only_can_be_found() -> None:
    assert text("<title>О мёде</title><body><script>let a</script><h1>О мёде</h1>") == "О мёде"


@pytest.mark.parametrize("html", ["<p></p>", "<script>let a</script>", "<!-- -->", "<frameset><frame></frameset>"])
def test_a_page_without_anything_is_unreadable(html: str) -> None:
    with pytest.raises(Unreadable, match="no text"):
        text(html)


@pytest.mark.parametrize("tag", ["div", "span", "b", "table", "ul", "article", "blockquote", "pre", "section"])
def test_deep_nesting_is_read(tag: str) -> None:
    html = f"<title>Т</title><p>Верх.</p>{f'<{tag}>' * 100_000}<p>Дно.</p>{f'</{tag}>' * 100_000}"
    with within_patience():
        assert "Дно." in text(html)


def test_blocks_after_deep_nesting_are_whole() -> None:
    html = "<div>" * 20_000 + "Дно." + "</div>" * 20_000 + "<div>Раз</div><nav>Шум</nav>"
    assert text(shallow(html)) == "Дно.\n\nРаз"


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        (b'<meta charset="windows-1251">', "cp1251"),
        (b"<META CHARSET=koi8-r>", "koi8-r"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">', "cp1252"),
        (b'<?xml version="1.0" encoding="windows-1251"?>', "cp1251"),
        (b'<meta charset="x-mac-cyrillic">', "mac-cyrillic"),
        (b'<meta charset="utf-8">', ""),
        (b'<meta charset="zlib">', ""),
        (b'<meta charset="unicode_escape">', ""),
        (b'<meta charset="cp99999">', ""),
        (b"<p>charset=windows-1251", ""),
    ],
)
def test_a_page_may_name_its_encoding(head: bytes, codec: str) -> None:
    assert declared_encoding(head) == codec


def test_a_declared_encoding_is_used(opened: Opener) -> None:
    reading = opened("а.html", '<meta charset="mac-cyrillic"><p>Чай'.encode("mac-cyrillic"))
    assert (reading.encoding, reading.doubtful) == ("mac-cyrillic", False)
    assert [document.text for document in reading.documents if not isinstance(document, Unreadable)] == ["Чай"]


def test_utf8_is_read_whatever_a_page_declares(documents: Reader) -> None:
    assert documents("а.htm", '<meta charset="windows-1251"><p>Чай')[0].text == "Чай"


TAGS = "a b p div span br li ul table tr td th pre h1 h2 article main nav form script title svg template body".split()
MARKUP = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(["<p hidden>", '<div aria-hidden="true">', "<!--", "-->", "&#x306;", "&#xd800;", "&#12;"]),
    st.text("аби \n<>&", max_size=5),
)


@given(st.lists(MARKUP, max_size=40).map("".join))
def test_any_page_is_a_document_or_has_no_text(html: str) -> None:
    try:
        found = text(html)
    except Unreadable:
        return
    assert found.strip()
