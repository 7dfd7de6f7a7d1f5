"""Bytes → the encoding they are in, exactly where the bytes prove it, by a guess where they do not."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from itertools import islice, pairwise

from indexer.errors import Unreadable
from indexer.frozen import frozen

SAMPLE = 2**20  # bytes that tell a stream's encoding

_BYTE_ORDER_MARKS = {  # before those of UTF-16: the one of UTF-32 begins with the same two bytes
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

_FOREIGN = {  # how a file begins → what it is, and what to do with it
    b"%PDF-": ("a PDF", "export it as text"),
    b"PK\x03\x04": ("a ZIP archive or an office document", "unpack it, or save it as text or HTML"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("an old office document", "save it as text or HTML"),
    b"{\\rtf": ("an RTF document", "save it as text or HTML"),
    b"AT&TFORM": ("a DjVu", "export its text"),
    b"\x1f\x8b": ("a gzip archive", "unpack it"),
    b"BZh91AY&SY": ("a bzip2 archive", "unpack it"),
    b"\xfd7zXZ\x00": ("an xz archive", "unpack it"),
    b"7z\xbc\xaf\x27\x1c": ("a 7-Zip archive", "unpack it"),
    b"Rar!\x1a\x07": ("a RAR archive", "unpack it"),
    b"\x89PNG\r\n": ("a PNG picture", "recognise its text first"),
    b"\xff\xd8\xff": ("a JPEG picture", "recognise its text first"),
    b"GIF87a": ("a GIF picture", "recognise its text first"),
    b"GIF89a": ("a GIF picture", "recognise its text first"),
    b"\x7fELF": ("a program", "leave it out"),
    b"SQLite format 3\x00": ("an SQLite database", "export its tables as CSV"),
}
_BINARY = ("binary data", "convert it to text, or leave it out")
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r"))
_MOST_CONTROLS = 0.05  # of the bytes; coloured logs have fewer, programs and databases more

_ASCII = bytes(range(0x80))
_MOST_BROKEN = 0.1  # of the non-ASCII bytes of damaged UTF-8; text in an 8-bit encoding has all of them broken
_ONE_SIDE = 0.8  # of every second byte of UTF-16 that says Latin (0) or Cyrillic (4)
_LEGIBLE = 0.7  # of the characters of a text are letters, digits or spaces


@frozen
class Encoding:
    """How to turn the bytes of a file into characters."""

    codec: str  # as Python calls it
    doubtful: bool = False  # it was a guess that may be wrong
    errors: str = "strict"  # what bytes that the codec does not know are: a failure, or "replace"

    def decode(self, data: bytes) -> str:
        """Decode, with replacement characters wherever the start of the file promised too much."""
        return data.decode(self.codec, "replace")


def recognise(data: bytes, path: str, *, whole: bool = True, declared: str = "") -> Encoding:
    r"""Tell the encoding of a file, or of its first bytes unless they are the `whole`.

    A byte order mark and valid UTF-8 are certain; after them comes what the file itself declares, then what reads most
    like Russian. Raises Unreadable, with `path`, for what is no text.

    >>> recognise("Погода".encode(), "погода.txt")
    Encoding(codec='utf-8', doubtful=False, errors='strict')
    >>> recognise("В Омске открылся новый завод".encode("koi8-r"), "завод.txt").codec
    'koi8-r'
    """
    marked = _marked(data, path, whole=whole)
    if marked:
        return marked
    head = data[:SAMPLE]
    _refuse_foreign(head, path)
    if side := _utf16_without_mark(head):
        return Encoding(side)
    if _is_valid(data, "utf-8", whole=whole):
        _refuse_binary(head, path, most_zeros=len(head))
        return Encoding("utf-8")
    _refuse_binary(head, path, most_zeros=0)
    if declared and _is_valid(data, declared, whole=whole):
        return Encoding(declared, errors="replace")
    if _broken(data, "utf-8", whole=whole) < _MOST_BROKEN:
        return Encoding("utf-8", doubtful=True, errors="replace")
    return _guess(data)


def _marked(data: bytes, path: str, *, whole: bool) -> Encoding | None:
    codec = next((codec for mark, codec in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), None)
    if codec is None:
        return None
    if _is_valid(data, codec, whole=whole):
        return Encoding(codec)
    if _broken(data, codec, whole=whole) < _MOST_BROKEN:
        return Encoding(codec, doubtful=True, errors="replace")
    _refuse_foreign(data, path)
    _refuse(path, (f"damaged, or not the {codec.upper()} that its first bytes announce", "save it anew as UTF-8"))
    return None


def _is_valid(data: bytes, codec: str, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(data, whole)
    except UnicodeError:
        return False
    return True


def _broken(data: bytes, codec: str, *, whole: bool) -> float:
    """Tell the share of what is not ASCII that the codec cannot read."""
    text = codecs.getincrementaldecoder(codec)("replace").decode(data, whole)
    suspects = len(data.translate(None, _ASCII)) if codec.startswith("utf-8") else len(text)
    return text.count("\N{REPLACEMENT CHARACTER}") / max(suspects, 1)


def _utf16_without_mark(head: bytes) -> str | None:
    """Recognise UTF-16 by its high bytes, which are 0 or 4 in Russian text and stand at every second place."""
    head = head[: len(head) // 2 * 2]
    for codec, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if high.count(0) + high.count(4) > _ONE_SIDE * len(high) > 0 and _is_valid(head, codec, whole=False):
            text = head.decode(codec, "ignore")
            if sum(character.isalnum() or character.isspace() for character in text) > _LEGIBLE * len(text):
                return codec
    return None


# --- what is no text --------------------------------------------------------------------------------------------------


def _refuse(path: str, what: tuple[str, str]) -> None:
    raise Unreadable(path=path, reason=f"it is {what[0]}, not text; {what[1]}")


def _refuse_foreign(head: bytes, path: str) -> None:
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            _refuse(path, what)


def _refuse_binary(head: bytes, path: str, *, most_zeros: int) -> None:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > _MOST_CONTROLS * len(head) or head.count(0) > most_zeros:
        _refuse(path, _BINARY)


# --- guessing ---------------------------------------------------------------------------------------------------------

# Which of the four old Russian encodings? Measured on the first 3,000 paragraphs of shared/data/scale, cut to so many
# characters, up to 600 for each encoding; the share read without one wrong character, in brackets the worst encoding's:
#                                 20              50              200             1,000
#   charset-normalizer 3.5.2      0.741 (0.193)   0.871 (0.637)   0.976 (0.907)   0.999 (0.996)
#   letter pairs, as below        0.9996 (0.998)  0.9996 (0.998)  1.000           1.000
# charset-normalizer takes Mac for Windows: they differ in «я», capitals and quotes, which it hardly weighs. Marked as
# doubtful are all that were wrong, and of all texts 32, 6, 0 and 0 %.
_RUSSIAN = ("cp1251", "koi8-r", "cp866", "mac-cyrillic")  # in a tie the commoner wins

# The 300 commonest pairs of letters, 95 % of those in running text: letter → the letters that follow it.
_FOLLOWERS = {
    "а": "лнтксвзмрдяежхючшбйпцг",
    "б": "ыоерулаия",
    "в": "оаеиыслнуршз",
    "г": "оалрдиу",
    "д": "еаоиунрлвсьы",
    "е": "нртлсмдгйквебзчшжпщх",
    "ж": "еианд",
    "з": "анводимые",
    "и": "тлнмсяевзкийхчдцршбюго",
    "й": "с",
    "к": "оаиуртленс",
    "л": "иаоеьяуюсын",
    "м": "еоиауны",
    "н": "оаеиынуяьтскд",
    "о": "встрлгмднйбкежчпзишяюхо",
    "п": "ореаилу",
    "р": "аоеиуыянтьгсм",
    "с": "ткяеольпиаувсмнрч",
    "т": "оаеьиврсыункя",
    "у": "дсжтчмгюлкпшбрвнщ",
    "ф": "еи",
    "х": "оа",
    "ц": "иеа",
    "ч": "етаину",
    "ш": "еиаьк",
    "щ": "еи",
    "ы": "хймлевтсш",
    "ь": "нскеяю",
    "э": "т",
    "ю": "тщбд",
    "я": "тндзлмщвсе",
}
_COMMON = frozenset(first + second for first, seconds in _FOLLOWERS.items() for second in seconds)
_LETTERS = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё" + "абвгдежзийклмнопрстуфхцчшщъыьэюяё".upper())
_NEVER_FIRST = frozenset("ёъыьЁЪЫЬ")  # ё hardly ever, and Ё is where Mac and Windows differ
_SIGNS = frozenset("«»—–…№°“”„’‘•·§\xa0")  # what stands in Russian text beside letters and ASCII
_DASHED = frozenset(" —–")
_EDGE = 0.5  # what a letter at the start of a word proves, against 1 for a common pair

_RUNS = re.compile(rb"[\x00-\x7f]?[\x80-\xff]+[\x00-\x7f]?")  # ASCII is the same in all: it only counts as a neighbour
_ENOUGH = 10_000  # runs, which are words: more would not change the verdict
_SHORT = 20  # non-ASCII bytes; below, a guess is a guess
_IS_RUSSIAN = 0.3  # points a pair; Russian of 20 characters has 0.34 and more, German, French, Polish less than 0.15
_SURELY_RUSSIAN = 0.5  # of 50 characters and more has 0.59 at least
_SURE_LEAD = 2.0  # pairs by which the best is ahead; every wrong guess in the measurement was ahead by 0.5

_WORLD = ("cp1252", "cp1250", "cp1253", "cp1254", "cp1257", "gb18030", "shift_jis", "big5", "euc_kr")


def _guess(data: bytes) -> Encoding:
    sample = b" " + b"".join(run[0] for run in islice(_RUNS.finditer(data), _ENOUGH)) + b" "
    pairs = {pair: count for pair, count in Counter(pairwise(sample)).items() if max(pair) not in _ASCII}
    total = sum(pairs.values())
    tables = {codec: bytes(range(256)).decode(codec, "replace") for codec in _RUSSIAN}
    points = {codec: _points(pairs, table) for codec, table in tables.items()}
    best = max(_RUSSIAN, key=points.__getitem__)
    if points[best] < _IS_RUSSIAN * total:
        return _guess_world(data)
    rivals = [points[codec] for codec in _RUSSIAN if any(tables[codec][byte] != tables[best][byte] for byte in sample)]
    doubtful = (
        total < _SHORT or points[best] < _SURELY_RUSSIAN * total or points[best] - max(rivals, default=0) < _SURE_LEAD
    )
    return Encoding(best, doubtful=doubtful, errors="replace")


def _points(pairs: dict[tuple[int, int], int], table: str) -> float:
    return sum(count * _plausibility(table[first], table[second]) for (first, second), count in pairs.items())


def _plausibility(first: str, second: str) -> float:
    """How much these neighbours look like Russian text: 1 for a common pair of letters, -1 for what never occurs."""
    if first in _LETTERS and second in _LETTERS:
        if first.islower() and second.isupper():
            return -1
        return float((first + second).lower().replace("ё", "е") in _COMMON and first != "Ё")
    if first in _LETTERS:
        return _after_word(second)
    if second in _LETTERS:
        return _before_word(first, second)
    if first in _DASHED and second in _DASHED:
        return _EDGE
    return 0 if all(neighbour.isascii() or neighbour in _SIGNS for neighbour in (first, second)) else -1


def _after_word(sign: str) -> float:
    if sign in "»…":
        return _EDGE
    return 0 if sign in _SIGNS or (sign.isascii() and not sign.isalpha()) else -1


def _before_word(sign: str, letter: str) -> float:
    if sign.isascii():
        return -1 if sign.isalpha() else 0 if sign.isdigit() or letter in _NEVER_FIRST else _EDGE
    return _EDGE if sign == "«" else 0 if sign in _SIGNS else -1


def _guess_world(data: bytes) -> Encoding:
    """Leave what is not Russian to charset-normalizer; in doubt it is Western European, as most of the rest is."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 -- 25 ms that most corpora need not spend

    matches = from_bytes(data[:SAMPLE], cp_isolation=list(_WORLD))
    best = matches.best()
    equals = [match.encoding for match in matches if best and match.chaos == best.chaos]
    codec = "cp1252" if best is None or "cp1252" in equals else best.encoding
    return Encoding(codec, doubtful=True, errors="replace")
