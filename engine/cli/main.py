"""The `mcs` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.cli import flows, nodes, remote, running, upkeep
from engine.cli.site import packs_now
from engine.core.errors import SetupError
from engine.texts.terminal import say, shown
from engine.texts.text import Readable, Text

if TYPE_CHECKING:
    from engine.pack import Pack

__all__ = ["main", "parser_of"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; the exit code: 0 done, 1 it found problems or could not, 2 wrong usage."""
    packs = packs_now()
    options = parser_of(packs).parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except SetupError as error:
        say(Text("cli.error", text=error.text), error=True)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def parser_of(packs: Sequence[Pack]) -> argparse.ArgumentParser:
    """Of the engine's commands and those of the packs."""
    parser = argparse.ArgumentParser(prog="mcs", description=shown(Text("cli.mcs")))
    commands = parser.add_subparsers(title=shown(Text("cli.commands")), metavar="COMMAND", required=True)

    def command(name: str, help: Readable, run: Any) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=shown(help), description=shown(help))
        made.set_defaults(run=run)
        return made

    for commands_of in (running, flows, remote, nodes, upkeep):
        commands_of.add_commands(command)
    for pack in packs:
        for extra in pack.commands:
            extra.arguments(command(extra.name, extra.help, extra.run))
    return parser
