"""`mcs run` and `mcs demo`: the site itself."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.cli.site import AddCommand, settings_now
from engine.core.background_jobs import BackgroundJobs
from engine.core.foreign_code import run_process
from engine.core.targets import Target
from engine.ops.logs import set_up_logs
from engine.settings import Settings
from engine.texts.terminal import say
from engine.texts.text import Text

__all__ = ["add_commands"]

SIDE_BY_SIDE = 20


def add_commands(command: AddCommand) -> None:
    """Adds them to `mcs`."""
    run = command("run", Text("cli.run"), _run)
    run.add_argument("flows", nargs="*", type=Path, metavar="FLOW.yaml")
    command("demo", Text("cli.demo"), _demo)


def _run(options: argparse.Namespace) -> int:
    return _serve(settings_now(), options.flows or None, demo=False)


def _demo(options: argparse.Namespace) -> int:
    settings = settings_now()
    if settings.port == Settings.port:
        settings = replace(settings, port=_port_from(settings.host, settings.port))
    # All of the demonstration is on this machine, what its flows and cards ask too.
    here = (Target.parse("127.0.0.0/8"), Target.parse("::1"))
    return _serve(replace(settings, allowed_targets=(*settings.allowed_targets, *here)), None, demo=True)


def _port_from(host: str, first: int) -> int:
    """That port or the next free one, so that two demonstrations run side by side; the first when all are taken."""
    for port in range(first, first + SIDE_BY_SIDE):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return port
    return first


def _serve(settings: Settings, flows: list[Path] | None, *, demo: bool) -> int:
    import uvloop

    from engine.server import Server

    set_up_logs(settings.log_level)
    folders = [("MCS_NODES", folder) for folder in settings.nodes] + ([] if flows else [("MCS_FLOWS", settings.flows)])

    async def serve() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with Server(settings, flow_paths=flows, demo=demo) as server, BackgroundJobs() as jobs:
            for name, folder in folders:
                if not folder.is_dir():
                    missing = Text("cli.no-folder", name=name, folder=str(folder))
                    say(Text("cli.warning", text=missing), error=True)
            jobs.start("announcing", _announce, server)
            await stop.wait()
            say(Text("cli.stopping"))

    run_process(serve(), uvloop.new_event_loop)
    return 0


async def _announce(server: Any) -> None:
    say(Text("cli.starting", url=server.url))
    await server.ready.wait()
    say(Text("cli.ready", url=server.url))
