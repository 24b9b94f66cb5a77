"""The gas site as a pack: its services, tables and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.api import Command, Database, Pack, SiteView
from plant import simulate
from plant.alarms.service import Alarms
from plant.devices import Devices
from plant.health import DeviceHealth
from plant.partitions import ReadingPartitions

__all__ = ["pack"]


def _devices(site: SiteView) -> Devices:
    return Devices(site.service(Database))


def _health(site: SiteView) -> DeviceHealth:
    return DeviceHealth()


def _partitions(site: SiteView) -> ReadingPartitions:
    return ReadingPartitions(site.service(Database), site.clock)


def _alarms(site: SiteView) -> Alarms:
    return Alarms(site.service(Database))


def _testing(site: Mapping[str, Any]) -> Sequence[object]:
    """`devices: {sn: {k: …, b: …}}` fills the registry of a flow test."""
    return [Devices.holding(site.get("devices", {})), DeviceHealth(), Alarms()]


pack = Pack(
    name="plant",
    services=[_devices, _health, _partitions, _alarms],
    migrations=Path(__file__).parent / "sql",
    testing=_testing,
    commands=[Command("simulate", "run simulated devices against a broker", simulate.arguments, simulate.run)],
    demo=simulate.demo,
)
