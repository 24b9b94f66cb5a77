"""What an integrator ships: node types, and if it wants, services, HTTP routes and SQL migrations."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from engine.core.node import Node
from engine.texts.catalogue import add_texts
from engine.texts.text import ReadableField, Text

if TYPE_CHECKING:
    from aiohttp import web

    from engine.core.clock import Clock
    from engine.core.route import Route
    from engine.settings import Settings

__all__ = ["Command", "Pack", "Service", "SiteView", "discover_packs"]

ENTRY_POINTS = "mcs.packs"

_T = TypeVar("_T")


class SiteView(Protocol):
    """What a pack's services and routes see of the running site."""

    settings: Settings
    clock: Clock

    def service(self, kind: type[_T]) -> _T:
        """A service of the engine or of a pack that was started before. LookupError when there is none."""


class Service(Protocol):
    """A long-lived part of a pack. It is found by its class: `ctx.service(DeviceRegistry)`."""

    async def start(self) -> None:
        """Starts; returns even when what it needs is away, and goes on trying."""

    async def stop(self) -> None:
        """Ends it and closes what it holds."""

    def health(self) -> Mapping[str, Any]:
        """{"status": "ok" | "degraded" | "locked", "problem": "what is wrong and what to do", …figures}."""


class Command(msgspec.Struct, frozen=True):
    """A command of a pack: `mcs NAME …`. `run` gets the parsed arguments and returns the exit code."""

    name: str
    help: ReadableField
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack is data: nothing runs until the engine starts it.

    nodes        node classes, each decorated with `@node`
    services     makers of services, started in this order, stopped in reverse
    api          routes that are checked, documented and audited as the engine's own (under /api/)
    routes       adds plain aiohttp routes (under /api/NAME/) to the site's table, for what a Route can't say
    migrations   folder of numbered SQL files (001_readings.sql), applied in order before the flows start
    texts        folder of what its parts say to people, AREA.zh.json and AREA.en.json; see `engine.texts.catalogue`
    reserved_tables   its tables that no flow may read or write
    needs        names of packs that must be started first
    commands     commands added to `mcs`
    testing      services for flow tests: gets the test file's `site` section, answers with services that hold just that
    properties   types of the properties that its nodes add to messages, by name: a flow test may write them as JSON
    demo         what `mcs demo` runs beside the site until it ends (a simulator)
    """

    name: str
    nodes: Sequence[type[Node]] = ()
    services: Sequence[Callable[[SiteView], Service]] = ()
    api: Sequence[Route] = ()
    routes: Callable[[SiteView, web.UrlDispatcher], None] | None = None
    migrations: Path | None = None
    texts: Path | None = None
    reserved_tables: Sequence[str] = ()
    needs: Sequence[str] = ()
    commands: Sequence[Command] = ()
    testing: Callable[[Mapping[str, Any]], Sequence[object]] | None = None
    properties: Mapping[str, type[Any]] = {}
    demo: Callable[[SiteView], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        # Read as soon as there is a pack, so that none of its parts can speak before.
        if self.texts is not None:
            add_texts(self.texts)


def discover_packs() -> list[Pack]:
    """The installed packs, each after those it needs. ValueError when one needs a pack that is not installed."""
    found: dict[str, Pack] = {}
    for entry in entry_points(group=ENTRY_POINTS):
        pack = entry.load()
        if not isinstance(pack, Pack):
            raise ValueError(Text("setup.no-pack", name=entry.name, value=entry.value))
        found[pack.name] = pack
    ordered: dict[str, Pack] = {}

    def place(name: str, wanted_by: str) -> None:
        if name in ordered:
            return
        if name not in found:
            raise ValueError(Text("setup.pack-missing", pack=wanted_by, needs=name))
        pack = found[name]
        for need in pack.needs:
            place(need, name)
        ordered[name] = pack

    for name in sorted(found):
        place(name, name)
    return list(ordered.values())
