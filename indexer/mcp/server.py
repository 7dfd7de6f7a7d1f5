"""The tools, each a call of the library; the descriptions are for the model that chooses among them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar
from unicodedata import normalize

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field, ValidationError

from indexer.deadline import Deadline
from indexer.errors import IndexDamaged, IndexerError, ParagraphMissing
from indexer.mcp import answers
from indexer.mcp.newest import Newest
from indexer.queries import dates
from indexer.types import Filters

if TYPE_CHECKING:
    from collections.abc import Callable

    from mcp.server.mcpserver import Context

    from indexer.addresses import Place
    from indexer.search import Searcher
    from indexer.types import Paragraph

Given = TypeVar("Given")

SECONDS = 20.0  # that an answer may take; clients wait for a minute
MOST_RESULTS = 50
MOST_AROUND = 20  # paragraphs on each side of one
MOST_READ = 50  # paragraphs of a whole document at once
MOST_PLACES = 20
LONGEST_QUERY = 4000  # characters
LONGEST_QUOTATION = 40_000

INSTRUCTIONS = f"""Full-text search over an archive of Russian texts. Every form of a word is found: ask with any form.
Results are paragraphs; cite them by their ids, which look like news/2023/steel.md#¶4. Before you present words as a
quotation from the archive, check them with check_quotation. {answers.STRANGERS}"""

# What the query language can do, as far as a model will want it: queries, and what they find.
LANGUAGE = (
    (('"министр обороны"',), "side by side, in any form"),
    (('!"министр обороны"', "=стали"), "word for word; this very form"),
    (('"закалка стали"~5',), "close together, in any order"),
    (("рожь РЯДОМ/5 овёс", "рожь РЯДОМ/предл овёс"), "at most 5 words apart; in one sentence"),
    (("рожь И овёс", "рожь ИЛИ овёс", "(рожь ИЛИ овёс) И ячмень"), "both; either; brackets group"),
    (("сталь -закалка", "сталь +масло"), "the word must not be there; it must be there"),
    (("закал*", "сталл~", "~казахстан"), "a mask; a misspelling; words of the same root as well"),
    (
        ("заголовок:сталь", "источник:ТАСС", "автор:Иванов", "путь:2023/"),
        "in the title; of a source, an author, a path",
    ),
    (("сталь дата:2023", "сталь дата:2023-05..2023-08"), "of documents of that time"),
)

_SIGNS = "\n".join(f"  {'   '.join(queries)}   : {meaning}" for queries, meaning in LANGUAGE)

SEARCH = f"""Find paragraphs of Russian texts by words in any form, the best first.

Give the words that matter, in any form: «закалка стали» finds «закалку сталью», so do not list forms. A query of one to
three words puts paragraphs with all of them first; a longer one may be a whole question. Ask in Russian.
A query that finds nothing is read again as mistyped; searched_instead then says what was searched.

The query may use signs:
{_SIGNS}

{answers.STRANGERS}"""

READ = f"""Read a paragraph with the paragraphs around it, by an id from another tool (path#¶number).

A path alone reads the document from its beginning, {MOST_READ} paragraphs at once; go on with the id in `next`.
{answers.STRANGERS}"""

SOURCES = """List the sources of the archive and its dates: how many documents each source has, the earliest and the
latest date. With a query (as for search), how many paragraphs found each source and each month has: when and by whom
something was written about."""

CHECK = f"""Check whether words stand in the archive as a quotation, and where.

Give the words as quoted. [...] or … stands for what was left out. Case, ё, punctuation and kinds of quotation marks and
dashes are forgiven, and what differs is listed. If the verdict is inflected or partial, the differences say how the
quotation was changed. Absent means only that these texts do not have it.
{answers.STRANGERS}"""

_READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

_Query = Annotated[str, Field(max_length=LONGEST_QUERY, description="Russian words, perhaps with signs: see above.")]
_Sources = Annotated[
    tuple[str, ...],
    Field(max_length=100, description="Only documents of these sources, named as the tool sources does."),
]
_DATES = "2023, 2023-05, 2023-05-12 or in Russian: май 2023, вчера"


class _Server(MCPServer[Any]):
    """A server whose errors are a sentence each."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult:
        try:
            result = await super().call_tool(name, arguments, context)
        except UnexpectedToolError:
            raise
        except ToolError as error:
            raise ToolError(_sentence(error)) from error
        assert isinstance(result, CallToolResult), "no tool of ours asks back"  # noqa: S101 -- ours to see to
        # For clients that show a model nothing but text; by itself the server would write it with indents.
        text = json.dumps(result.structured_content, ensure_ascii=False)
        return result.model_copy(update={"content": [TextContent(type="text", text=text)]})


def serve(index: Place) -> None:
    """Answer a client on standard input and output until it goes; an index that is not there yet is told when asked."""
    server(index).run("stdio")


def server(index: Place) -> MCPServer[Any]:
    """Return a server with all tools over an index."""
    made = _Server(
        "abzats", title="Abzats", version=metadata.version("abzats"), instructions=INSTRUCTIONS, log_level="WARNING"
    )
    tools = _Tools(Newest(index))
    for name, title, description, function in (
        ("search", "Search Russian texts", SEARCH, tools.search),
        ("read", "Read a paragraph with its surroundings", READ, tools.read),
        ("sources", "List sources and dates", SOURCES, tools.sources),
        ("check_quotation", "Check a quotation", CHECK, tools.check_quotation),
    ):
        made.add_tool(
            function,
            name=name,
            title=title,
            description=description,
            annotations=_READ_ONLY,
            structured_output=True,
        )
    return made


class _Tools:
    """Every tool runs in a thread of its own, so that a long search holds up no other."""

    def __init__(self, newest: Newest) -> None:
        self._newest = newest

    def search(
        self,
        query: _Query,
        *,
        sources: _Sources = (),
        since: Annotated[str, Field(max_length=100, description=f"From then on: {_DATES}.")] = "",
        until: Annotated[str, Field(max_length=100, description="Up to then, inclusive; as since.")] = "",
        sort: Annotated[
            Literal["relevance", "date"], Field(description="The best first, or the newest.")
        ] = "relevance",
        limit: Annotated[int, Field(ge=1, le=MOST_RESULTS, description="How many results.")] = 10,
        offset: Annotated[int, Field(ge=0, le=10**9, description="How many to pass over.")] = 0,
        one_per_document: Annotated[bool, Field(description="Only the best paragraph of each document.")] = False,
    ) -> answers.Page:
        """See SEARCH."""

        def ask(searcher: Searcher) -> answers.Page:
            answer = searcher.search(
                query,
                limit=limit,
                offset=offset,
                filters=Filters(sources, _days(since).since, _days(until).until),
                sort=sort,
                per_document=one_per_document,
                deadline=Deadline(SECONDS),
            )
            return answers.page(answer, searcher.generation)

        return self._asked(ask)

    def read(
        self,
        id: Annotated[str, Field(max_length=LONGEST_QUERY, description="path#¶number, or a path alone.")],  # noqa: A002 -- what it is called
        around: Annotated[int, Field(ge=0, le=MOST_AROUND, description="How many paragraphs on each side.")] = 2,
    ) -> answers.Excerpt:
        """See READ."""

        def ask(searcher: Searcher) -> answers.Excerpt:
            wanted = normalize("NFC", id)  # as the readers give paths
            paragraphs = searcher.paragraphs(wanted, around=around)
            heading = searcher.document(paragraphs[0].document)
            is_whole = wanted == heading.path
            shown = paragraphs[:MOST_READ] if is_whole else paragraphs
            asked = "" if is_whole else f"{heading.path}#¶{wanted.rpartition('#')[2].removeprefix('¶')}"
            edges = (_beside(searcher, shown[0], -1), _beside(searcher, shown[-1], 1))
            return answers.excerpt(heading, shown, asked, edges, searcher.generation)

        return self._asked(ask)

    def sources(
        self,
        query: Annotated[str, Field(max_length=LONGEST_QUERY, description="As for search; empty for all texts.")] = "",
    ) -> answers.Contents:
        """See SOURCES."""

        def ask(searcher: Searcher) -> answers.Contents:
            return answers.contents(
                searcher.status(), searcher.facets(query, deadline=Deadline(SECONDS)) if query else None
            )

        return self._asked(ask)

    def check_quotation(
        self,
        quotation: Annotated[str, Field(max_length=LONGEST_QUOTATION, description="The words, as they are quoted.")],
        limit: Annotated[int, Field(ge=1, le=MOST_PLACES, description="How many places.")] = 5,
    ) -> answers.Verdict:
        """See CHECK."""

        def ask(searcher: Searcher) -> answers.Verdict:
            return answers.verdict(
                searcher.check(quotation, limit=limit, deadline=Deadline(SECONDS)), searcher.generation
            )

        return self._asked(ask)

    def _ask(self, ask: Callable[[Searcher], Given]) -> Given:
        """Ask one searcher, so that an answer is of one build."""
        searcher = self._newest.searcher()
        try:
            return ask(searcher)
        except IndexDamaged:
            # What a build replaces is removed; of a build since we looked, ask anew.
            if searcher.is_newest():
                raise
            return ask(self._newest.searcher())

    def _asked(self, ask: Callable[[Searcher], Given]) -> Given:
        """Return what is asked of the newest build; what the library refuses is the tool's error."""
        try:
            return self._ask(ask)
        except IndexerError as error:
            raise ToolError(" ".join(str(error).split())) from error


def _beside(searcher: Searcher, paragraph: Paragraph, step: int) -> str | None:
    """Return the id of the paragraph before or after one, or None if there is none."""
    try:
        (beside,) = searcher.paragraphs(f"{paragraph.document}#¶{paragraph.number + step}")
    except ParagraphMissing:
        return None
    return beside.id


def _days(text: str) -> dates.Days:
    if not text.strip():
        return dates.Days(None, None)
    days = dates.read(text, datetime.now(UTC).date())
    if days is None:
        message = f"{text!r} is no date. Give it as {_DATES}."
        raise ToolError(message)
    return days


def _sentence(error: ToolError) -> str:
    """Return what a tool's error says, without what the server puts before it, on one line."""
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in cause.errors(include_url=False)]
        return " ".join("; ".join(wrong).split())
    return str(cause if isinstance(cause, ToolError) else error)
