"""`mcs stress`: registers devices, loads the site with them, and checks every packet against the database."""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import resource
import sys
import time
from pathlib import Path

import asyncpg
import msgspec
import psutil

from engine.api import BackgroundJobs, Database, Settings, SetupError
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
    parser.add_argument("--devices", type=int, default=100, help="how many (default 100)")
    parser.add_argument(
        "--interval", type=float, default=10.0, metavar="S", help="seconds between packets (default 10)"
    )
    parser.add_argument("--duration", type=float, default=60.0, metavar="S", help="how long (default 60)")
    parser.add_argument("--connections", type=int, help="share so many among the devices; default: one each")
    parser.add_argument(
        "--leaks", type=int, default=100, help="so many devices leak once, in three intervals or more (default 100)"
    )
    parser.add_argument("--broker", metavar="URL", help="default: MCS_MQTT_URL")
    parser.add_argument("--ca-file", metavar="PEM", help="authority of the broker's certificate")
    parser.add_argument(
        "--passwords", type=Path, metavar="FILE", help="SN:PASSWORD lines, for a broker that asks each device"
    )
    parser.add_argument(
        "--watch",
        action="append",
        default=[],
        type=_process,
        metavar="NAME=PID",
        help="tell CPU and memory of this process of the server",
    )
    parser.add_argument("--keep", action="store_true", help="leave the devices and their readings in the database")
    parser.add_argument("--json", action="store_true", help="the report as JSON on standard output")


def run(options: argparse.Namespace) -> int:
    """0 when all was stored once and every alarm raised."""
    settings = Settings.read(os.environ, Path(".env"))
    url = options.broker or (settings.mqtt_url.reveal() if settings.mqtt_url else "")
    if not url:
        raise SetupError("no broker is named", "give --broker mqtt://host:1883 or set MCS_MQTT_URL")
    if settings.database_url is None:
        raise SetupError("what was stored is checked in the database", "set MCS_DATABASE_URL")
    numbers = options.devices >= 1 and options.leaks >= 0 and (options.connections is None or options.connections >= 1)
    if not numbers or not 0 < options.interval <= options.duration < math.inf:
        raise SetupError("the numbers make no run", "give --devices 1 or more and a --duration above --interval")
    report = asyncio.run(stress(options, url, settings.database_url.reveal()))
    print(report.text(), file=sys.stderr if options.json else sys.stdout, flush=True)
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
        raise SetupError(str(wrong), "correct --broker and --ca-file") from wrong
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, asyncpg.PostgresError) as failure:
        raise SetupError(f"the database does not answer ({failure})", "check MCS_DATABASE_URL") from failure
    watch = AlarmWatch(await asyncpg.connect(dsn, timeout=10), PREFIX)
    try:
        try:
            await _clear(connection)
        except asyncpg.UndefinedTableError as missing:
            raise SetupError(
                f"the database holds no site ({missing})", "check MCS_DATABASE_URL, or mcs migrate"
            ) from missing
        await _register(dsn, names, options.interval)
        _say(f"{len(names)} devices registered; connecting {connections}")
        try:
            await load.connect()
        except TimeoutError as late:
            why = f", {load.refusals} were refused" if load.refusals else ""
            raise SetupError(
                f"only {load.connected} of {connections} connections were made{why}",
                "check --passwords and the limits of the broker",
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
    _say("published; waiting for the last rows")
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
        _say(
            f"{time.monotonic() - began:4.0f} of {duration_s:.0f} s: published {len(load.published)}, confirmed {load.confirmed}, "
            f"connected {load.connected}"
        )


def _passwords(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        lines = file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as failure:
        raise SetupError(f"{file} can't be read ({failure})", "check --passwords") from failure
    return {name: password for name, _, password in (line.partition(":") for line in lines)}


def _allow_files(connections: int) -> None:
    """As many open files as the system lets a process have; SetupError when that is too few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 200
    if most != resource.RLIM_INFINITY and most < wanted:
        raise SetupError(
            f"a process may open {most} files here, {connections} connections need {wanted}",
            f"raise the limit (ulimit -n {wanted}), or share connections: --connections {most - 200}",
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (most if most != resource.RLIM_INFINITY else wanted, most))


def _say(text: str) -> None:
    print(f"mcs: {text}", file=sys.stderr, flush=True)


def _process(text: str) -> tuple[str, int]:
    name, _, pid = text.partition("=")
    if not name or not pid.isdecimal() or not psutil.pid_exists(int(pid)):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PID with the id of a process that runs")
    return name, int(pid)
