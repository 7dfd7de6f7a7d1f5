"""The `abzats` command.

A module for each command, which is a library call and printing; `options`, `formats`, `screen`, `messages` and
`failures` are what they share. Exit codes are decided here and nowhere else.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

from indexer.cli import options, screen
from indexer.cli.screen import NAME
from indexer.errors import IndexerError, QuerySyntaxError
from indexer.wording import messages
from indexer.wording.messages import _

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "program"]

# Modules beside this one, each with a `command`.
COMMANDS = ("build", "search", "show", "quote", "forms", "status", "serve", "evaluate", "mcp")
_SOON_OVER = frozenset({"search", "show", "quote", "forms", "status"})

DONE, ERROR, INTERRUPTED = 0, 2, 130  # beside 1, which `search` gives when it finds nothing


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with 0 (found, done), 1 (nothing found) or 2 (an error).

    Without arguments given, they are those of the process, which is over then.
    """
    if arguments is None:
        _start_of_process()
    screen.prepare()
    messages.choose(os.environ)
    try:
        sys.exit(_outcome(arguments))
    finally:
        if arguments is None:
            gc.freeze()  # nothing is sought among what goes with the process: 35 ms, of the 300 that a search took


def _start_of_process() -> None:
    """Leave out what takes longer than it is worth in a process that is over soon."""
    # NumPy's linear algebra starts threads, which wait for work by turning: 40 ms of a processor. What a command asks
    # of it is too small for them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What modules leave when they are imported is no garbage: to look for it took 12 ms of a search.
    gc.disable()


def _outcome(arguments: Sequence[str] | None) -> int:
    try:
        code: int = program().main(arguments, NAME, standalone_mode=False)
        screen.flush()
    except IndexerError as error:
        return _complain(*_failure(error))
    except click.UsageError as error:
        return _complain(*_usage(error))
    except click.ClickException as error:
        return _complain(*error.format_message().splitlines())
    except click.Abort as abort:
        if isinstance(abort.__cause__, KeyboardInterrupt):
            return INTERRUPTED
        raise  # click takes any EOFError for ^D at a prompt, but we have none: it is a bug
    except screen.ReaderGone:
        return DONE
    else:
        return code
    finally:
        screen.give_up()


def _complain(*lines: str) -> int:
    screen.complain(*lines)
    return ERROR


def _failure(error: IndexerError) -> list[str]:
    from indexer.cli import remarks  # noqa: PLC0415 -- only if it comes to that
    from indexer.wording import failures  # noqa: PLC0415 -- likewise

    if isinstance(error, QuerySyntaxError):
        return [failures.sentence(error), *remarks.pointer(error)]
    return failures.sentence(error).splitlines()


def _usage(error: click.UsageError) -> tuple[str, str]:
    command = error.ctx.command_path if error.ctx else NAME
    message = " ".join(error.format_message().split())
    return message, _("Try '{command} {option}' for help.").format(command=command, option="--help")


class _Program(click.Group):
    """All commands, each made when it is asked for; whoever forgets `search` is told."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _SOON_OVER:
            gc.enable()
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.add_command(import_module(f"{__name__}.{cmd_name}").command())
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            names = ", ".join(self.list_commands(ctx))
            ctx.fail(
                _("There is no command {name!r}, but: {names}. To search: abzats search {name!r}").format(
                    name=args[0], names=names
                )
            )
        return super().resolve_command(ctx, args)


def program() -> click.Group:
    """Build the whole command line, in the language chosen."""
    return _Program(
        NAME,
        callback=_hello,
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=options.described(
            _("Full-text search for Russian: paragraphs found by every form of their words."),
            ("abzats build", _("make an index of the folder corpus/")),
            ("abzats search 'сельское хозяйство'", _("finds сельского хозяйства too")),
            ("abzats show 'news/steel.md#¶5'", _("read around what was found")),
        ),
        epilog=_("More of each: abzats search --help"),
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND [ARGS]..."),
        params=[
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_version,
                help=_("Show the version and exit."),
            )
        ],
    )


def _hello() -> int:
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        shown = screen.output("never")
        for line in context.get_help().splitlines():
            shown.text(line)
    return DONE


def _version(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 -- click calls it so
    if not asked or context.resilient_parsing:
        return
    from importlib import metadata  # noqa: PLC0415 -- takes a third of the time of --help, which does not need it

    try:
        version = metadata.version(NAME)
    except metadata.PackageNotFoundError:
        version = _("not installed, run from its source")
    screen.output("never").text(f"{NAME} {version}")
    context.exit()
