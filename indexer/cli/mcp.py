"""`abzats mcp`: the tools for a language model, over standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from indexer.cli import options
from indexer.errors import ProtocolMissing
from indexer.wording.messages import _

if TYPE_CHECKING:
    from indexer.addresses import Place

DONE = 0


def command() -> click.Command:
    """`abzats mcp`, in the language chosen."""
    return click.Command(
        "mcp",
        callback=_mcp,
        short_help=_("Let a language model search, read and check quotations."),
        help=options.described(
            _("Let a language model search, read and check quotations, by the Model Context Protocol."),
            ("abzats mcp --index ~/archive-index", _("what a client starts")),
        ),
        epilog=_("How a client is told of it is in the README, “For language models”."),
        options_metavar=_("[OPTIONS]"),
        params=[options.index()],
    )


def _mcp(*, index: Place) -> int:
    try:
        from indexer.mcp.server import serve  # noqa: PLC0415 -- an extra, and half a second
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in {"mcp", "pydantic"}:
            raise
        raise ProtocolMissing from missing
    serve(index)
    return DONE
