from __future__ import annotations

import codecs
import json
import lzma
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Unreadable
from indexer.readers.encoding import recognise

RUSSIAN = ("cp1251", "koi8-r", "cp866", "mac-cyrillic")
NEWS = (
    "В Калуге открылась мастерская, где чинят старые радиоприёмники. «Первый мы нашли на чердаке», — говорит её хозяин"
    " Юрий Щеглов. Этот ламповый «Рекорд» молчал сорок лет; теперь он снова ловит музыку. За месяц в мастерскую"
    " принесли ещё двадцать приёмников, три проигрывателя и один телевизор размером со шкаф."
)
SCALE = Path(__file__).parents[3] / "shared/data/scale/paragraphs.jsonl.xz"


@pytest.mark.parametrize("codec", RUSSIAN)
@pytest.mark.parametrize("length", [50, 120, len(NEWS)])
def test_the_four_old_russian_encodings_are_told_apart(codec: str, length: int) -> None:
    data = NEWS[:length].encode(codec, "ignore")  # two of them have no «», and one of those no dash
    encoding = recognise(data, "новость.txt")
    assert (encoding.codec, encoding.decode(data), encoding.doubtful) == (codec, data.decode(codec), False)


@pytest.mark.parametrize("codec", RUSSIAN)
def test_capitals_are_not_mistaken_for_small_letters_of_another_encoding(codec: str) -> None:
    data = NEWS[:120].upper().encode(codec, "ignore")
    assert recognise(data, "новость.txt").decode(data) == data.decode(codec)


@pytest.mark.parametrize("codec", RUSSIAN)
def test_a_word_alone_is_doubtful(codec: str) -> None:
    assert recognise("погода".encode(codec), "новость.txt").doubtful


@pytest.mark.skipif(not SCALE.exists(), reason="needs ../shared/data/scale")
@pytest.mark.parametrize(("length", "floor"), [(20, 0.995), (50, 0.995), (200, 1.0)])
def test_real_paragraphs_are_read_right_or_marked_as_doubtful(length: int, floor: float) -> None:
    with lzma.open(SCALE, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"][:length] for line in islice(lines, 1500)]
    right = wrong = 0
    for codec in RUSSIAN:
        for text in filter(_is_russian, texts):
            data = text.encode(codec, "ignore")
            encoding = recognise(data, "a.txt")
            if encoding.decode(data) == data.decode(codec):
                right += 1
            else:
                wrong += 1
                assert encoding.doubtful, text
    assert right >= 1000
    assert right / (right + wrong) >= floor


def _is_russian(text: str) -> bool:
    return 2 * sum("а" <= letter <= "я" for letter in text.lower()) > max(len(text), 20)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed(codec: str) -> None:
    data = NEWS.encode(codec)
    encoding = recognise(data, "новость.txt")
    assert (encoding.codec, encoding.decode(data), encoding.doubtful) == (codec, NEWS, False)


def test_a_byte_order_mark_says_which_byte_comes_first() -> None:
    data = codecs.BOM_UTF16_BE + NEWS.encode("utf-16-be")
    assert recognise(data, "новость.txt").decode(data) == NEWS


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [NEWS, "погода", "weather forecast", "Температура −5 °C, ветер"])
def test_utf16_is_known_without_a_mark(codec: str, text: str) -> None:
    encoding = recognise(text.encode(codec), "новость.txt")
    assert (encoding.codec, encoding.doubtful) == (codec, False)


@given(st.text(min_size=1))
def test_utf8_is_certain(text: str) -> None:
    data = ("Погода. " * 3 + text.translate(dict.fromkeys(range(32), " "))).encode()
    assert (recognise(data, "а.txt").codec, recognise(data, "а.txt").doubtful) == ("utf-8", False)


def test_ascii_is_utf8() -> None:
    assert recognise(b"plain words", "a.txt").codec == "utf-8"


def test_a_character_cut_by_the_end_of_the_sample_is_no_fault() -> None:
    data = NEWS.encode()[:101]
    assert recognise(data, "а.txt", whole=False).doubtful is False
    assert recognise(data, "а.txt").doubtful


def test_utf8_with_a_few_broken_bytes_is_no_mojibake() -> None:
    data = NEWS.encode().replace("Щ".encode(), b"\xff", 1)
    encoding = recognise(data, "новость.txt")
    assert (encoding.codec, encoding.doubtful) == ("utf-8", True)
    assert encoding.decode(data) == NEWS.replace("Щ", "�")


def test_a_mark_of_utf16_before_a_cut_character_is_believed_with_doubt() -> None:
    encoding = recognise(NEWS.encode("utf-16")[:-1], "новость.txt")
    assert (encoding.codec, encoding.doubtful) == ("utf-16", True)


def test_a_declared_encoding_comes_before_a_guess() -> None:
    data = "Straße".encode("iso8859-15")
    assert recognise(data, "a.html", declared="iso8859-15").codec == "iso8859-15"


def test_utf8_comes_before_a_declared_encoding() -> None:
    assert recognise(NEWS.encode(), "a.html", declared="cp1251").codec == "utf-8"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Die Bäume blühen, die Vögel kommen über die Dächer zurück.", "cp1252"),
        ("Zażółć gęślą jaźń, powiedział chłopiec do dziewczyny.", "cp1250"),
    ],
)
def test_other_languages_are_a_doubtful_guess(text: str, codec: str) -> None:
    encoding = recognise(text.encode(codec), "a.txt")
    assert (encoding.decode(text.encode(codec)), encoding.doubtful) == (text, True)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\nstream", "it is a PDF, not text; export it as text"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive or an office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old office document"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"\x7fELF\x02\x01", "a program"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (bytes(100), "binary data"),
        (bytes(range(256)), "binary data"),
        (NEWS.encode("cp1251") + b"\x00", "binary data"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, what: str) -> None:
    with pytest.raises(Unreadable) as refused:
        recognise(data, "а.txt")
    assert what in str(refused.value)
    assert refused.value.values["path"] == "а.txt"


def test_a_stray_zero_byte_does_not_make_utf8_binary() -> None:
    assert recognise(NEWS.encode() + b"\x00", "а.txt").codec == "utf-8"


@given(st.binary(max_size=300))
def test_any_bytes_are_told_or_refused_and_always_alike(data: bytes) -> None:
    def verdict() -> object:
        try:
            return recognise(data, "а")
        except Unreadable as refused:
            return refused.values

    assert verdict() == verdict()
