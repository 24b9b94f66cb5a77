"""The licence server as a pack: its command, and the demonstration's own licence."""

from __future__ import annotations

from engine.api import Command, Pack
from licence_server import command
from licence_server.demo import demo

__all__ = ["pack"]

pack = Pack(
    name="licence-server",
    needs=["plant"],
    commands=[
        Command("licence-server", "issue, list and revoke licences, and answer sites", command.arguments, command.run)
    ],
    demo=demo,
)
