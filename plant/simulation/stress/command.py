"""`mcs stress`: registers devices, loads the site with them, and checks every packet against the database."""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import resource
import time
from pathlib import Path

import asyncpg
import msgspec
import psutil

from engine.api import BackgroundJobs, Database, Settings, SetupError, Text, reason_of, say, shown
from plant.devices.registry import Devices
from plant.simulation.stress.load import Load, device_names, stress_device
from plant.simulation.stress.report import StressReport, latency
from plant.simulation.stress.watch import AlarmWatch, Costs

__all__ = ["arguments", "run", "stress"]

PREFIX = "STRESS"
STILL_S = 30.0
"""How long no further packet may arrive before what is missing counts as lost."""
SETTLE_S = 3.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mcs stress`."""
    parser.add_argument("--devices", type=int, default=100, help=shown(Text("command.stress-devices")))
    parser.add_argument("--interval", type=float, default=10.0, metavar="S", help=shown(Text("command.interval")))
    parser.add_argument("--duration", type=float, default=60.0, metavar="S", help=shown(Text("command.duration")))
    parser.add_argument("--connections", type=int, help=shown(Text("command.connections")))
    parser.add_argument("--leaks", type=int, default=100, help=shown(Text("command.leaks")))
    parser.add_argument("--broker", metavar="URL", help=shown(Text("command.broker")))
    parser.add_argument("--ca-file", metavar="PEM", help=shown(Text("command.ca-file")))
    parser.add_argument("--passwords", type=Path, metavar="FILE", help=shown(Text("command.passwords")))
    parser.add_argument(
        "--watch",
        action="append",
        default=[],
        type=_process,
        metavar="NAME=PID",
        help=shown(Text("command.watch")),
    )
    parser.add_argument("--keep", action="store_true", help=shown(Text("command.keep")))
    parser.add_argument("--json", action="store_true", help=shown(Text("command.json")))


def run(options: argparse.Namespace) -> int:
    """0 when all was stored once and every alarm raised."""
    settings = Settings.read(os.environ, Path(".env"))
    url = options.broker or (settings.mqtt_url.reveal() if settings.mqtt_url else "")
    if not url:
        raise SetupError(Text("command.no-broker"))
    if settings.database_url is None:
        raise SetupError(Text("command.stress-database"))
    numbers = options.devices >= 1 and options.leaks >= 0 and (options.connections is None or options.connections >= 1)
    if not numbers or not 0 < options.interval <= options.duration < math.inf:
        raise SetupError(Text("command.stress-numbers"))
    report = asyncio.run(stress(options, url, settings.database_url.reveal()))
    say(report.text(), error=options.json)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(report)).decode())
    return 0 if report.passed else 1


async def stress(options: argparse.Namespace, url: str, dsn: str) -> StressReport:
    """The report. SetupError when broker or database can't be used."""
    names = device_names(options.devices, PREFIX)
    connections = options.devices if options.connections is None else min(options.connections, options.devices)
    _allow_files(connections)
    try:
        load = Load(
            url,
            names,
            interval_s=options.interval,
            connections=connections,
            passwords=_passwords(options.passwords),
            ca_file=options.ca_file,
        )
    except (ValueError, OSError) as wrong:
        raise SetupError(Text("command.bad-broker", reason=reason_of(wrong))) from wrong
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, asyncpg.PostgresError) as failure:
        raise SetupError(Text("command.database-silent", reason=str(failure))) from failure
    watch = AlarmWatch(await asyncpg.connect(dsn, timeout=10), PREFIX)
    try:
        try:
            await _clear(connection)
        except asyncpg.UndefinedTableError as missing:
            raise SetupError(Text("command.no-site", reason=str(missing))) from missing
        await _register(dsn, names, options.interval)
        say(Text("command.registered", count=len(names), connections=connections), error=True)
        try:
            await load.connect()
        except TimeoutError as late:
            raise SetupError(
                Text("command.few-connections", made=load.connected, count=connections, refused=load.refusals)
            ) from late
        await asyncio.sleep(SETTLE_S)  # the engine has heard of the last devices by then
        report = await _measured(options, load, connection, watch)
        if not options.keep:
            await _clear(connection)
        return report
    finally:
        await load.stop()
        await watch.stop()
        await connection.close()


async def _measured(
    options: argparse.Namespace, load: Load, connection: asyncpg.Connection, watch: AlarmWatch
) -> StressReport:
    costs = Costs(dict(options.watch))
    await watch.start()
    costs.start()
    began, since = time.monotonic(), time.time()
    async with BackgroundJobs() as jobs:
        jobs.start("telling the progress", _tell_progress, load, options.duration)
        await load.run(options.duration, options.leaks)
        seconds = time.monotonic() - began
        cost = await costs.stop()
        await load.settle()
    say(Text("command.published"), error=True)
    await _all_stored(connection, len(load.published), since)
    await _all_alarms(load, watch)
    stored: dict[tuple[str, int], float] = {}
    twice = 0
    async with connection.transaction():
        query = (
            "select sn, seq, extract(epoch from received_at)::float8 as at from readings "
            "where starts_with(sn, $1) and time >= to_timestamp($2) - interval '2 s'"
        )
        async for row in connection.cursor(query, PREFIX, since):
            key = row["sn"], row["seq"]
            twice += key in stored
            stored[key] = row["at"]
    arrivals = [stored[key] - at for key, at in load.published.items() if key in stored]
    alarms = [watch.seen[sn] - at for sn, at in load.leaks.items() if sn in watch.seen]
    return StressReport(
        devices=len(load.names),
        connections=len(load.links),
        interval_s=options.interval,
        seconds=round(seconds, 1),
        published=len(load.published),
        confirmed=load.confirmed,
        stored=len(stored),
        lost=len(load.published.keys() - stored.keys()),
        twice=twice,
        connections_lost=load.losses,
        rate_per_s=round(len(load.published) / seconds, 1),
        generator_late_ms=round(1000 * load.late_s, 1),
        alarms_expected=len(load.leaks),
        alarms_seen=len(alarms),
        arrival=latency(arrivals),
        alarm=latency(alarms),
        costs=cost,
        cores=os.cpu_count() or 1,
    )


async def _all_stored(connection: asyncpg.Connection, wanted: int, since: float) -> None:
    """Returns when all are there, or nothing more has come for a while."""
    best, still_since = -1, time.monotonic()
    while time.monotonic() - still_since < STILL_S:
        count = await connection.fetchval(
            "select count(*) from readings where starts_with(sn, $1) and time >= to_timestamp($2) - interval '2 s'",
            PREFIX,
            since,
        )
        if count >= wanted:
            return
        if count > best:
            best, still_since = count, time.monotonic()
        await asyncio.sleep(0.2)


async def _all_alarms(load: Load, watch: AlarmWatch) -> None:
    deadline = time.monotonic() + STILL_S
    while load.leaks.keys() - watch.seen.keys() and time.monotonic() < deadline:  # noqa: ASYNC110 - it polls a table
        await asyncio.sleep(0.1)


async def _register(dsn: str, names: list[str], interval_s: float) -> None:
    database = Database(dsn)
    await database.start()
    registry = Devices(database)
    try:
        for name in names:
            await registry.put(stress_device(name, interval_s))
    finally:
        await database.stop()


async def _clear(connection: asyncpg.Connection) -> None:
    """Takes out what an earlier run has left."""
    for table in ("readings", "alarms", "alarm_events", "devices"):
        await connection.execute(f"delete from {table} where starts_with(sn, $1)", PREFIX)


async def _tell_progress(load: Load, duration_s: float) -> None:
    began = time.monotonic()
    while True:
        await asyncio.sleep(min(10.0, duration_s / 4))
        say(
            Text(
                "command.progress",
                at=round(time.monotonic() - began),
                duration=round(duration_s),
                published=len(load.published),
                confirmed=load.confirmed,
                connected=load.connected,
            ),
            error=True,
        )


def _passwords(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        lines = file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as failure:
        raise SetupError(Text("command.passwords-unreadable", file=str(file), reason=str(failure))) from failure
    return {name: password for name, _, password in (line.partition(":") for line in lines)}


def _allow_files(connections: int) -> None:
    """As many open files as the system lets a process have; SetupError when that is too few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 200
    if most != resource.RLIM_INFINITY and most < wanted:
        raise SetupError(Text("command.files", most=most, connections=connections, wanted=wanted, fewer=most - 200))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most if most != resource.RLIM_INFINITY else wanted, most))


def _process(text: str) -> tuple[str, int]:
    name, _, pid = text.partition("=")
    if not name or not pid.isdecimal() or not psutil.pid_exists(int(pid)):
        raise argparse.ArgumentTypeError(shown(Text("command.no-process", text=text)))
    return name, int(pid)
