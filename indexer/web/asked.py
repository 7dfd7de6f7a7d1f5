"""The query string → what is asked, or a problem that says what is wrong with it. The API and the page share it.

A parameter stands in one place: its name, what it may be, how it is read, and how the OpenAPI document tells of it.
"""

from __future__ import annotations

import re
from dataclasses import field, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from unicodedata import normalize
from urllib.parse import urlencode

from indexer.frozen import frozen
from indexer.queries import dates
from indexer.types import Filters, Without
from indexer.web.problems import NO_DATE, NO_TIME, PARAMETER, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from indexer.backends.base import Sort
    from indexer.deadline import Deadline
    from indexer.search import Search
    from indexer.types import Answer
    from indexer.web.limits import Limits

Pairs: TypeAlias = "Iterable[tuple[str, str]]"  # of a query string, decoded

TEN = 10  # results on a page unless another number is asked for
LONGEST_NAME = 500  # characters of a source, a path, a lemma
LONGEST_DATE = 100
_DIGITS = re.compile("[0-9]{1,10}")


@frozen
class Parameter:
    """A parameter of a query string."""

    name: str
    about: str
    schema: dict[str, Any]  # JSON Schema, of one value
    read: Callable[[str], Any]  # ValueError if the schema does not let it be
    usual: Any = None  # what it is where it is not given
    field: str = ""  # what it is called once read; its name, if it is not said
    many: int = 0  # how often it may be given, as a tuple; 0: once, as a value of its own
    is_required: bool = False
    example: str = ""

    @property
    def attribute(self) -> str:
        """What it is called once read."""
        return self.field or self.name

    def value(self, values: list[Any]) -> Any:  # noqa: ANN401 -- whatever it reads
        """Return what it is, given so many values."""
        if self.many:
            return tuple(values)
        return values[0] if values else self.usual


def text(name: str, about: str, *, most: int, least: int = 1, **more: Any) -> Parameter:  # noqa: ANN401 -- Parameter's
    """Make a parameter that is a text, so many characters long."""

    def read(value: str) -> str:
        if not least <= len(value) <= most:
            message = f"it has {len(value)} characters, and may have {least} to {most}"
            raise ValueError(message)
        return value

    return Parameter(name, about, {"type": "string", "minLength": least, "maxLength": most}, read, **more)


def count(name: str, about: str, *, most: int, least: int = 0, usual: int, **more: Any) -> Parameter:  # noqa: ANN401
    """Make a parameter that is a whole number."""

    def read(value: str) -> int:
        if not _DIGITS.fullmatch(value) or not least <= int(value) <= most:
            message = f"a whole number from {least} to {most} is wanted"
            raise ValueError(message)
        return int(value)

    schema = {"type": "integer", "minimum": least, "maximum": most, "default": usual}
    return Parameter(name, about, schema, read, usual, **more)


def identifier(name: str, about: str, **more: Any) -> Parameter:  # noqa: ANN401
    """Make a parameter that names something in the index, where all is in NFC."""
    plain = text(name, about, most=LONGEST_NAME, is_required=True, **more)
    return replace(plain, read=lambda value: normalize("NFC", plain.read(value)))


def choice(name: str, about: str, *values: str, **more: Any) -> Parameter:  # noqa: ANN401
    """Make a parameter that is one of some words, the first unless another is given."""

    def read(value: str) -> str:
        if value not in values:
            message = f"one of {', '.join(values)} is wanted"
            raise ValueError(message)
        return value

    return Parameter(
        name, about, {"type": "string", "enum": list(values), "default": values[0]}, read, values[0], **more
    )


def flag(name: str, about: str, *, usual: bool, **more: Any) -> Parameter:  # noqa: ANN401
    """Make a parameter that is true or false."""

    def read(value: str) -> bool:
        if value not in {"true", "false"}:
            message = "true or false is wanted"
            raise ValueError(message)
        return value == "true"

    return Parameter(name, about, {"type": "boolean", "default": usual}, read, usual, **more)


def read(parameters: Iterable[Parameter], pairs: Pairs) -> dict[str, Any]:
    """Return the values of all parameters, by attribute.

    Problem if one is unknown, given too often, missing, or what its schema does not let it be.
    """
    known = {parameter.name: parameter for parameter in parameters}
    given: dict[str, list[Any]] = {name: [] for name in known}
    for name, value in pairs:
        if name not in known:
            raise _refused(name, f"there is no such parameter, but {', '.join(known)}" if known else "none is taken")
        values = given[name]
        if len(values) >= (known[name].many or 1):
            raise _refused(name, f"it may be given {known[name].many or 1} times at most")
        try:
            values.append(known[name].read(value))
        except ValueError as wrong:
            raise _refused(name, str(wrong)) from wrong
    for parameter in known.values():
        if parameter.is_required and not given[parameter.name]:
            raise _refused(parameter.name, "it is missing")
    return {known[name].attribute: known[name].value(values) for name, values in given.items()}


def _refused(name: str, reason: str) -> Problem:
    name = name[:LONGEST_NAME]
    return Problem(PARAMETER, f"The parameter {name!r} cannot be used: {reason}.", more={"parameter": name})


# --- a search ---------------------------------------------------------------------------------------------------------


@frozen
class Asked:
    """What a search is asked for."""

    query: str = ""
    sources: tuple[str, ...] = ()
    since: str = ""  # as typed: a year, a month, a day, «вчера»
    until: str = ""
    sort: Sort = "relevance"
    per_document: bool = False
    limit: int = TEN
    offset: int = 0
    without: Without = field(default_factory=Without)  # lemmas and forms that words shall not be looked for by
    rescue: bool = True
    strict: bool = False
    filters: Filters = field(default_factory=Filters)  # sources and dates, as the library takes them

    @classmethod
    def read(cls, pairs: Pairs, limits: Limits) -> Asked:
        """Return what a query string asks for; Problem if it cannot be asked."""
        return cls.of(read(of_search(limits), pairs))

    @classmethod
    def of_form(cls, pairs: Pairs, limits: Limits) -> Asked:
        """Return what a form asks for, whose fields may be empty, and whose address may have been added to."""
        parameters = of_search(limits)
        known = {parameter.name for parameter in parameters}
        given = [(name, value) for name, value in pairs if name in known and (value or name == "q")]
        return cls.of(read(parameters, given))

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Asked:
        """Return what values that were read ask for; those that are not a search's are passed over."""
        ours = {one.name for one in fields(cls)}
        asked = {name: value for name, value in given.items() if name in ours}
        since, until = _moment("since", given["since"]), _moment("until", given["until"])
        if since and until and since >= until:
            raise Problem(NO_TIME, more={"parameter": "since"})
        filters = Filters(given["sources"], since, until)
        return cls(**asked | {"without": without(given), "filters": filters})

    def answer(self, searcher: Search, deadline: Deadline) -> Answer:
        """Return what is found; the failures are those of a search."""
        return searcher.search(
            self.query,
            limit=self.limit,
            offset=self.offset,
            filters=self.filters,
            sort=self.sort,
            per_document=self.per_document,
            without=self.without,
            rescue=self.rescue,
            strict=self.strict,
            deadline=deadline,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """Return what `read` makes this of again; what is usual is left out."""
        usual = Asked()
        values: dict[str, tuple[object, ...]] = {
            "source": self.sources,
            "without": self.without.lemmas,
            "without_form": self.without.forms,
            **{
                name: (value,)
                for name in ("since", "until", "sort", "per_document", "limit", "offset", "rescue", "strict")
                if (value := getattr(self, name)) != getattr(usual, name)
            },
        }
        pairs = [(name, _written(value)) for name, several in values.items() for value in several]
        return [("q", self.query), *pairs]

    def query_string(self) -> str:
        """Return it as it stands after the question mark of an address."""
        return urlencode(self.pairs())


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def without(given: Mapping[str, Any]) -> Without:
    """Return what the values of `switched_off` say."""
    return Without(given["without"], given["without_forms"])


def _moment(name: Literal["since", "until"], typed: str) -> datetime | None:
    if not typed:
        return None
    days = dates.read(typed, datetime.now(UTC).date())
    moment = days and (days.since if name == "since" else days.until)
    if moment is None:
        raise Problem(
            NO_DATE,
            f"{typed!r} is no date. Type it as 2023, 2023-05, 12.05.2023, май 2023 or вчера.",
            more={"parameter": name},
        )
    return moment


def query(
    limits: Limits,
    about: str = "What to look for, with all signs of the query language.",
    **more: Any,  # noqa: ANN401
) -> Parameter:
    """Return the parameter q."""
    return text("q", about, most=limits.characters, least=0, field="query", **{"example": "закалка стали", **more})


def switched_off(limits: Limits) -> tuple[Parameter, ...]:
    """Return the parameters without and without_form."""
    return (
        text(
            "without",
            "A lemma that no word shall be looked for by.",
            most=LONGEST_NAME,
            many=limits.chosen,
            example="стать",
        ),
        text(
            "without_form",
            "A form that no word shall be looked for by.",
            most=LONGEST_NAME,
            field="without_forms",
            many=limits.chosen,
            example="стали",
        ),
    )


def strict() -> Parameter:
    """Return the parameter strict."""
    return flag("strict", "Whether a query with stray signs is a problem, rather than mended.", usual=False)


def of_search(limits: Limits) -> tuple[Parameter, ...]:
    """Return the parameters of a search."""
    return (
        query(limits, is_required=True),
        text(
            "source",
            "Only from this source, compared without case; given again, from any of them.",
            most=LONGEST_NAME,
            field="sources",
            many=limits.chosen,
        ),
        text(
            "since",
            "From the beginning of this year, month or day on: 2023, 2023-05, 12.05.2023, май 2023, вчера.",
            most=LONGEST_DATE,
            usual="",
            example="2023",
        ),
        text("until", "Up to the end of this year, month or day.", most=LONGEST_DATE, usual="", example="2023-05"),
        choice("sort", "The best first, or the newest.", "relevance", "date"),
        flag("per_document", "Whether a document comes once, by its best paragraph.", usual=False),
        count("limit", "Results on the page; 0 for the counts alone.", most=limits.page, usual=TEN),
        count("offset", "Results before the page.", most=limits.deepest, usual=0),
        *switched_off(limits),
        flag("rescue", "Whether a query that finds nothing is read as if it were mistyped.", usual=True),
        strict(),
    )
