"""`abzats serve`: the page and the API."""

from __future__ import annotations

from threading import Timer
from typing import TYPE_CHECKING

import click

from indexer.cli import options, screen
from indexer.errors import ServerMissing
from indexer.wording.messages import _

if TYPE_CHECKING:
    from indexer.addresses import Place

DONE = 0
HOST, PORT = "127.0.0.1", "8000"
LAST_PORT = 65535
SILENT = 8.0  # seconds of opening after which it is told what takes so long


def command() -> click.Command:
    """`abzats serve`, in the language chosen."""
    return click.Command(
        "serve",
        callback=_serve,
        short_help=_("Serve a page to search on, and an API."),
        help=options.described(
            _("Serve a page to search on, and an API, until Ctrl-C. A new build is noticed without a restart."),
            ("abzats serve", _("http://127.0.0.1:8000/, for this machine alone")),
            ("abzats serve --port 8080", _("another port")),
            ("abzats serve --host 0.0.0.0", _("for everyone in reach")),
        ),
        options_metavar=_("[OPTIONS]"),
        params=[
            options.index(),
            click.Option(
                ["--host"], default=HOST, show_default=True, metavar=_("HOST"), help=_("The address to listen at.")
            ),
            click.Option(
                ["--port"],
                callback=options.checked(_port),
                default=PORT,
                show_default=True,
                metavar="N",
                help=_("The port; 0 for any that is free."),
            ),
            click.Option(
                ["names", "--name"],
                multiple=True,
                metavar=_("NAME"),
                help=_("A name by which others reach it; may be given again."),
            ),
        ],
    )


def _port(text: str) -> int:
    port = options.count(text)
    if port > LAST_PORT:
        raise ValueError(_("{value!r} is no port: the last is {last}.").format(value=text, last=LAST_PORT))
    return port


def _serve(*, index: Place, host: str, port: int, names: tuple[str, ...]) -> int:
    try:
        from indexer.web import serving  # noqa: PLC0415 -- of an extra
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("indexer"):
            raise
        raise ServerMissing from missing
    waiting = Timer(SILENT, _wait)
    waiting.daemon = True
    waiting.start()

    def started(address: str) -> None:
        waiting.cancel()
        _told(address, is_open=not serving.is_loopback(host))

    try:
        serving.serve(index, host, port, names=names, started=started)
    finally:
        waiting.cancel()
    return DONE


def _wait() -> None:
    screen.errors().text(_("Opening the index; the first time, what ranks is compiled, which may take half a minute."))


def _told(address: str, *, is_open: bool) -> None:
    shown = screen.output("never")
    shown.text(_("Search at {address} (Ctrl-C ends it)").format(address=address))
    screen.flush()
    if is_open:
        screen.errors().text(_("Whoever reaches this machine can read all that is in the index."))
