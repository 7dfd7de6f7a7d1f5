"""The Russian catalogue says everything that the commands can say, and nothing else."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, get_args, get_type_hints

import click
import jinja2
import polib
import pytest
from jinja2.ext import extract_from_ast

from indexer import errors
from indexer.cli import formats
from indexer.distributed.spark import KNOWN, UNREAD
from indexer.queries.resolve import MENDED
from indexer.queries.syntax import FIELDS
from indexer.types import MendingKind, Rung, ScorePart, TextField
from indexer.wording import remarks, understood
from indexer.wording.failures import BLANK, REASONS
from indexer.wording.messages import DOMAIN, LOCALE

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARY = LOCALE.parents[1]
SPEAKING = [LIBRARY / room for room in ("cli", "wording", "web")]  # that say something to people
PO = LOCALE / "ru" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO = PO.with_suffix(".mo")
OF_CLICK = "click"  # the occurrence of a msgid that click, of one version or another, translates

TABLES = ("_ADVICE", "_KINDS", "_FOREIGN", "_BINARY", "_refuse")  # of the readers: they make up reasons

Key = tuple[str, str]  # msgid and its plural, "" if it has none


def calls(file: Path, names: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in names:
                yield node


def texts(call: ast.Call) -> list[str]:
    return [node.value for node in call.args if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def of_file(file: Path) -> Iterator[Key]:
    for call in calls(file, {"_", "message"}):
        for text in texts(call):
            yield text, ""
    for call in calls(file, {"ngettext"}):
        match texts(call):
            case [singular, plural]:
                yield singular, plural
            case found:
                assert file.name == "messages.py", f"{file.name} translates {found}"  # which passes on what it is given


def of_template(file: Path) -> Iterator[Key]:
    tree = jinja2.Environment(autoescape=True).parse(file.read_text(encoding="utf-8"))
    for line, function, found in extract_from_ast(tree, ("_", "ngettext")):
        match found:
            case str(text) if function == "_":
                yield text, ""
            case (str(singular), str(plural), *_) if function == "ngettext":
                yield singular, plural
            case _:
                pytest.fail(f"{file.name}, line {line} translates {found}")


def of_sources() -> set[Key]:
    of_python = {key for room in SPEAKING for file in room.rglob("*.py") for key in of_file(file)}
    return of_python | {key for room in SPEAKING for file in room.rglob("*.html") for key in of_template(file)}


def test_templates_are_among_the_sources() -> None:
    assert ("Understood as", "") in of_sources()


def of_errors() -> set[Key]:
    kinds = [errors.IndexerError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {(kind.template, "") for kind in kinds if kind.__module__ == errors.__name__} - {("{reason}", "")}


def of_click() -> set[Key]:
    return {key for file in Path(click.__file__).parent.glob("*.py") for key in of_file(file)}


def needed() -> set[Key]:
    return of_sources() | of_errors()


def catalogue() -> polib.POFile:
    return polib.pofile(str(PO), encoding="utf-8")


def key(entry: polib.POEntry) -> Key:
    return entry.msgid, entry.msgid_plural


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_nothing_is_untranslated() -> None:
    done = {key(entry) for entry in catalogue() if not entry.fuzzy and all(translations(entry))}
    assert needed() - done == set()


def test_nothing_is_fuzzy_or_empty() -> None:
    assert [entry.msgid for entry in catalogue() if entry.fuzzy or not all(translations(entry))] == []


def test_nothing_is_left_over() -> None:
    ours = {key(entry) for entry in catalogue() if (OF_CLICK, "") not in entry.occurrences}
    assert ours - needed() == set()
    assert catalogue().obsolete_entries() == []


def test_what_is_said_to_be_of_click_is_not_ours() -> None:
    of_others = {key(entry) for entry in catalogue() if (OF_CLICK, "") in entry.occurrences}
    assert of_others & of_errors() == set()
    assert of_others & of_click(), "click marks its messages in another way than it used to"


def test_placeholders_are_the_same() -> None:
    for entry in catalogue():
        for translation in translations(entry):
            named = placeholders(entry.msgid + entry.msgid_plural)
            # A plural of click names other values than its singular.
            assert placeholders(translation) == named or (entry.msgid_plural and placeholders(translation) < named)


def test_plurals_have_three_forms() -> None:
    assert catalogue().metadata["Plural-Forms"].startswith("nplurals=3;")
    assert [entry.msgid for entry in catalogue() if entry.msgid_plural and len(entry.msgstr_plural) != 3] == []


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "1 байт"), (3, "3 байта"), (11, "11 байт"), (21, "21 байт"), (1000, "1000 байт")]
)
def test_plurals_agree_with_their_number(count: int, expected: str) -> None:
    russian = gettext.translation(DOMAIN, LOCALE, ["ru"])
    assert russian.ngettext("{count} byte", "{count} bytes", count).format(count=count) == expected


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    compiled = {key(entry): translations(entry) for entry in polib.mofile(str(MO))}
    expected = {key(entry): translations(entry) for entry in catalogue()}
    assert compiled == expected, "compile it: see indexer/wording/messages.py"


def test_translations_are_in_russian() -> None:
    untouched = [entry.msgid for entry in catalogue() if not re.search("[а-яё]", "".join(translations(entry)).lower())]
    names_and_places = [
        "Invalid value for {param_hint}: {message}",
        "a DjVu",
        "a PDF",
        "{day} {month} {year}",
        "{path}: {reason}",
        "{whole}.{hundredths}",
    ]
    assert sorted(untouched) == names_and_places


# --- the reasons that the library gives -------------------------------------------------------------------------------


def shape(node: ast.expr) -> str | None:
    """Give a text with {} for all that is filled in; None for what is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = ("{}" if isinstance(part, ast.FormattedValue) else shape(part) or "" for part in node.values)
        return "".join(parts).replace("{}{}", "{}")
    return None


def phrases(node: ast.AST) -> Iterator[str]:
    """Give the texts in a value, without the pieces that the longer of them are made of."""
    if isinstance(node, ast.expr) and (text := shape(node)):
        yield text
    else:
        for child in ast.iter_child_nodes(node):
            yield from phrases(child)


def named(node: ast.AST) -> tuple[str, ast.expr | None]:
    """Give what is given a value, and the value."""
    match node:
        case ast.keyword(arg=str(name), value=value):
            return name, value
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AugAssign(target=ast.Name(id=name), value=value)
        ):
            return name, value
        case ast.Call(func=ast.Name(id=name), args=[_, value]):
            return name, value
        case ast.FunctionDef(name=name, body=[*_, ast.Return(value=value)]):
            return name, value
    return "", None


def reasons() -> set[str]:
    found = set()
    for file in LIBRARY.rglob("*.py"):
        if not set(SPEAKING) & set(file.parents):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                name, value = named(node)
                if value and name in {"reason", "problem", "_no_text"} and (text := shape(value)):
                    found.add(text.removeprefix("; "))
                elif value and name in TABLES:
                    found |= set(phrases(value))
    return found


def test_the_tables_of_reasons_are_still_there() -> None:
    files = [file.read_text(encoding="utf-8") for file in (LIBRARY / "readers").glob("*.py")]
    text = "\n".join(files)
    assert [table for table in TABLES if not re.search(rf"^(def )?{table}\b", text, re.MULTILINE)] == []


def test_every_reason_of_the_library_can_be_said_in_russian() -> None:
    known = {BLANK.sub("{}", reason) for reason in REASONS}
    assert reasons() - known == {"{}: {}"}  # a place, which needs no translation


def test_what_is_known_of_sparks_words_can_be_said_in_russian() -> None:
    assert {reason for _, reason in (*KNOWN, *UNREAD)} <= set(REASONS)


# --- what is known of a query -----------------------------------------------------------------------------------------


def test_every_mending_can_be_said_in_russian() -> None:
    assert set(MENDED.values()) <= set(REASONS)


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        (remarks.READINGS, MendingKind),
        (remarks.RUNGS, Rung),
        (formats.PARTS, get_type_hints(ScorePart)["of"]),
    ],
)
def test_every_kind_has_its_words(table: dict[str, str], kinds: object) -> None:
    assert set(table) == set(get_args(kinds))


def test_every_field_of_a_word_has_its_words() -> None:
    assert {sign for sign in understood.SIGNS if sign.endswith(":")} == {f"{field}:" for field in get_args(TextField)}


def test_the_hint_names_the_fields_there_are() -> None:
    hint = remarks.READINGS["unknown field"]
    russian = gettext.translation(DOMAIN, LOCALE, ["ru"]).gettext(hint)
    assert re.findall(r"(\w+):", hint) == list(FIELDS)
    assert re.findall(r"(\w+):", russian) == list(FIELDS.values())
