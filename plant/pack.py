"""The gas site as a pack: its node types, services, tables and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from engine.api import (
    Command,
    Database,
    LiveHub,
    NoLeases,
    Pack,
    SecretsStore,
    SiteHealth,
    SiteView,
    Spool,
    Supervisor,
    Suspension,
    Targets,
    Text,
)
from nodes.archive import NODES as ARCHIVE
from nodes.gas import NODES as GAS
from nodes.notify import NODES as NOTIFY
from plant.alarms.service import Alarms
from plant.api.routes import ROUTES
from plant.archive import restore_command
from plant.archive.service import Archive
from plant.devices.debug_mode import DebugMode
from plant.devices.health import DeviceHealth
from plant.devices.registry import Devices
from plant.licence import routes as licence_routes
from plant.licence.guard import Licence
from plant.model.device import Device
from plant.notifications.service import Channels
from plant.plans.plan_image import PlanImages
from plant.plans.site_feed import SiteFeed
from plant.readings.retention import History
from plant.readings.storage import ReadingStorage
from plant.simulation import command as simulation
from plant.simulation.stress import command as stress
from plant.watch.heartbeat import Heartbeat
from plant.watch.watchman import Watchman

__all__ = ["pack"]


def _devices(site: SiteView) -> Devices:
    return Devices(site.service(Database), supervisor=site.service(Supervisor), copies=site.service(Spool))


def _health(site: SiteView) -> DeviceHealth:
    return DeviceHealth()


def _storage(site: SiteView) -> ReadingStorage:
    return ReadingStorage(site.service(Database), site.clock, site.service(Supervisor))


def _history(site: SiteView) -> History:
    return History(site.service(Database), site.clock, site.settings.history_days, site.service(Supervisor))


def _alarms(site: SiteView) -> Alarms:
    return Alarms(site.service(Database), site.service(Spool), leases=site.service(NoLeases), clock=site.clock)


def _licence(site: SiteView) -> Licence:
    return Licence(
        site.settings, site.clock, site.service(Suspension), site.service(Database), site.service(Supervisor)
    )


def _routes(site: SiteView, router: web.UrlDispatcher) -> None:
    licence_routes.add_routes(site, router)


def _debugging(site: SiteView) -> DebugMode:
    url = site.settings.mqtt_url
    return DebugMode(
        site.service(Database),
        site.service(LiveHub),
        site.clock,
        url.reveal() if url else None,
        site.service(Supervisor),
    )


def _feed(site: SiteView) -> SiteFeed:
    return SiteFeed(site.service(Database), site.service(Devices), site.service(LiveHub), site.clock)


def _images(site: SiteView) -> PlanImages:
    return PlanImages()


def _channels(site: SiteView) -> Channels:
    return Channels(
        site.service(Database),
        site.service(SecretsStore),
        live=site.service(LiveHub),
        clock=site.clock,
        supervisor=site.service(Supervisor),
        copies=site.service(Spool),
        targets=site.service(Targets),
    )


def _watchman(site: SiteView) -> Watchman:
    return Watchman(
        site.service(SiteHealth),
        site.service(Alarms),
        site.service(Channels),
        site.clock,
        live=site.service(LiveHub),
        supervisor=site.service(Supervisor),
    )


def _heartbeat(site: SiteView) -> Heartbeat:
    return Heartbeat(
        site.settings.heartbeat_url,
        site.service(Watchman),
        site.clock,
        site.service(Targets),
        site.service(Supervisor),
    )


def _archive(site: SiteView) -> Archive:
    return Archive(site)


def _testing(site: Mapping[str, Any]) -> Sequence[object]:
    """`devices: {sn: {k: …, b: …}}` fills the registry of a flow test."""
    return [Devices.holding(site.get("devices", {})), DeviceHealth(), Alarms(), Channels()]


pack = Pack(
    name="plant",
    nodes=[*GAS, *NOTIFY, *ARCHIVE],
    needs=["nodes"],
    services=[
        _licence,
        _devices,
        _health,
        _storage,
        _alarms,
        _channels,
        _debugging,
        _images,
        _feed,
        _archive,
        _history,
        _watchman,
        _heartbeat,
    ],
    api=ROUTES,
    routes=_routes,
    reserved_tables=["licence_records"],
    migrations=Path(__file__).parent / "sql",
    texts=Path(__file__).parent / "texts",
    testing=_testing,
    properties={"device": Device},
    commands=[
        Command("simulate", Text("command.simulate"), simulation.arguments, simulation.run),
        Command("restore", Text("command.restore"), restore_command.arguments, restore_command.run),
        Command(
            "stress",
            Text("command.stress"),
            stress.arguments,
            stress.run,
        ),
    ],
    demo=simulation.demo,
)
