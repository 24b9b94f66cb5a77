"""`mcs simulate`, and the simulator of the demo."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api import Database, Settings, SetupError, SiteView, Text, reason_of, say, shown
from plant.devices.registry import Devices
from plant.plans.demo_plan import Spot, demo_plan
from plant.simulation.simulated_device import SimulatedDevice, fleet

if TYPE_CHECKING:
    from plant.simulation.simulator import Simulator

# The simulator is imported where it runs: every `mcs` command reads these options, and must not wait for an MQTT library.

__all__ = ["arguments", "demo", "run"]

DEMO_DEVICES = 20
DEMO_INTERVAL_S = 5.0
MOST_DEVICES = 1000
REGISTRY_S = 10.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mcs simulate`."""
    parser.add_argument("--devices", type=_whole(1, MOST_DEVICES), default=20, help=shown(Text("command.devices")))
    parser.add_argument("--interval", type=_seconds, default=10.0, metavar="S", help=shown(Text("command.interval")))
    parser.add_argument("--qos", type=int, choices=(0, 1, 2), default=1, help="QoS")
    parser.add_argument("--speed", type=_seconds, default=1.0, help=shown(Text("command.speed")))
    parser.add_argument("--count", type=_whole(1, 10**9), help=shown(Text("command.count")))
    parser.add_argument("--seed", type=int, default=1, help=shown(Text("command.seed")))
    parser.add_argument("--broker", metavar="URL", help=shown(Text("command.broker")))
    parser.add_argument("--ca-file", help=shown(Text("command.ca-file")))
    parser.add_argument("--register", action="store_true", help=shown(Text("command.register")))


def run(options: argparse.Namespace) -> int:
    """Runs devices until Ctrl-C or --count, and prints what was sent."""
    from plant.simulation.simulator import Simulator

    settings = Settings.read(os.environ, Path(".env"))
    url = options.broker or (settings.mqtt_url.reveal() if settings.mqtt_url else "")
    if not url:
        raise SetupError(Text("command.no-broker"))
    devices = fleet(options.devices, seed=options.seed, interval_s=options.interval)
    try:
        simulator = Simulator(
            url, devices, qos=options.qos, speed=options.speed, count=options.count, ca_file=options.ca_file
        )
    except ValueError as error:
        raise SetupError(Text("command.bad-broker", reason=reason_of(error))) from error
    return asyncio.run(_run(simulator, settings if options.register else None))


async def demo(site: SiteView) -> None:
    """Twenty devices on the site's own broker and registry; those that the registry knows keep their parameters. Lasts until cancelled."""
    from plant.simulation.simulator import Simulator

    devices = fleet(DEMO_DEVICES, interval_s=DEMO_INTERVAL_S)
    plan, places = await demo_plan(site.service(Database))
    await register(site.service(Devices), devices, plan, places)
    assert site.settings.mqtt_url is not None, "the demo starts a broker when none is named"
    await Simulator(site.settings.mqtt_url.reveal(), devices).run()


async def register(
    registry: Devices,
    devices: Sequence[SimulatedDevice],
    plan: int | None = None,
    places: Sequence[Spot] = (),
) -> None:
    """Adds what the registry lacks, on the plan as far as there are places. Raises RetryableError while the database is away."""
    for number, device in enumerate(devices):
        if registry.get(device.sn) is None:
            await registry.put(device.parameters(plan, places[number] if number < len(places) else None))


async def _run(simulator: Simulator, settings: Settings | None) -> int:
    if settings is not None:
        await _register(settings, simulator.devices)
    running = asyncio.current_task()
    assert running is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    say(Text("command.simulating", count=len(simulator.devices)))
    began = time.monotonic()
    with contextlib.suppress(asyncio.CancelledError):
        await simulator.run()
    say(simulator.report.text(time.monotonic() - began))
    return 0


async def _register(settings: Settings, devices: list[SimulatedDevice]) -> None:
    if settings.database_url is None:
        raise SetupError(Text("command.register-database"))
    database = Database(settings.database_url.reveal())
    await database.start()
    registry = Devices(database)
    try:
        async with asyncio.timeout(REGISTRY_S):
            await registry.start()
            await register(registry, devices)
    except TimeoutError as error:
        raise SetupError(Text("command.registry-away", reason=database.problem or "")) from error
    finally:
        await registry.stop()
        await database.stop()


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(shown(Text("command.no-whole", text=text, least=least, most=most)))
        return int(text)

    return parse


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(shown(Text("command.no-seconds", text=text)))
    return value
