"""What a message costs: CPU microseconds of the engine's process, throughput and memory, side by side with Node-RED where it is installed.

    make bench                      or  .venv/bin/python -m tests.bench [--quick] [--node-red] [--only CASE]
    make bench NODE_RED=1           installs Node-RED from npm below tests/bench/.cache first

Everything is real: Mosquitto, PostgreSQL, a publisher of 1,000 devices. CPU time and the ratios within one run are to be trusted, rates depend
on what else the machine does. Each figure is the median of the repetitions.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.candidate import CASES, Candidate, Ours
from tests.bench.hops import hop_us
from tests.bench.measure import Run, Watcher, latency, measure
from tests.bench.node_red import NodeRed, install
from tests.servers.postgres import Postgres

SAY = {
    "counter": "MQTT → formula → counter",
    "store": "… → rows committed in PostgreSQL, acknowledged after",
    "whole": "the whole gas flow, alarms, a WebSocket client",
}
HEAD = f"{'':52} {'QoS':>3}  {'':9} {'µs CPU':>7} {'msg/s':>8} {'RSS MB':>7} {'p50 ms':>7} {'p99 ms':>7}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short repetition, below a minute")
    parser.add_argument("--node-red", action="store_true", help="install Node-RED if it is not there")
    parser.add_argument("--only", choices=CASES, action="append", help="this case only; may be given several times")
    parser.add_argument("--repetitions", type=int, default=3)
    given = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    installed = install() if given.node_red else NodeRed.installed()
    with tempfile.TemporaryDirectory(prefix="mcs-bench-") as folder:
        Path(folder).chmod(0o755)  # the database runs under an account of its own
        asyncio.run(_bench(given, Path(folder), installed))


async def _bench(given: argparse.Namespace, folder: Path, node_red: Path | None) -> None:
    repetitions = 1 if given.quick else given.repetitions
    print(
        f"one plain hop, counters and errors included: {hop_us(5 if given.quick else 15):.3f} µs\n\n{HEAD}", flush=True
    )
    (folder / "postgres").mkdir()
    server = Postgres(folder / "postgres", durable=True)
    server.start()
    try:
        for case in given.only or CASES:
            candidates: list[Candidate] = [Ours(folder / f"{case}-ours", case, server, f"ours_{case}")]
            if node_red is not None:
                candidates.append(NodeRed(node_red, folder / f"{case}-node-red", case, server, f"node_red_{case}"))
            await _case(case, candidates, repetitions, 10_000 if given.quick else 30_000, given.quick)
    finally:
        server.stop()
    if node_red is None:
        print("\nNode-RED is not installed: make bench NODE_RED=1 measures it beside", flush=True)


async def _case(case: str, candidates: list[Candidate], repetitions: int, count: int, quick: bool) -> None:
    try:
        for candidate in candidates:
            await candidate.start()
            await measure(candidate, first=0, count=3_000, qos=1)  # imports, caches, and the JIT of the other
        first = 3_000
        idle = {candidate.name: await _rss_mb(candidate) for candidate in candidates}
        for qos in (1,) if quick else (0, 1):
            runs: dict[str, list[Run]] = {candidate.name: [] for candidate in candidates}
            for _ in range(repetitions):
                for candidate in candidates:
                    runs[candidate.name].append(await _one(case, candidate, first, count, qos))
                first += count
            _print(SAY[case], qos, runs)
        if case == "whole":
            seconds = 3 if quick else 8
            paced = {
                one.name: [await latency(one, first=first, count=1000 * seconds, rate=1000.0)] for one in candidates
            }
            _print("… at 1,000 msg/s: publish → WebSocket", 1, paced)
            print(f"{'RSS after the start, MB':52}      " + "  ".join(f"{name} {mb:.0f}" for name, mb in idle.items()))
    finally:
        for candidate in candidates:
            await candidate.stop()


async def _one(case: str, candidate: Candidate, first: int, count: int, qos: int) -> Run:
    if case != "whole":
        return await measure(candidate, first=first, count=count, qos=qos)
    async with Watcher().watching(candidate):
        return await measure(candidate, first=first, count=count, qos=qos)


async def _rss_mb(candidate: Candidate) -> float:
    import psutil

    return float(psutil.Process(candidate.pid).memory_info().rss) / 2**20


def _print(title: str, qos: int, runs: dict[str, list[Run]]) -> None:
    for number, (name, found) in enumerate(runs.items()):
        missing = sum(run.sent - run.handled for run in found)
        p50, p99 = _median([run.p50_ms for run in found]), _median([run.p99_ms for run in found])
        print(
            f"{title if not number else '':52} {qos:>3}  {name:9} {_median([run.cpu_us for run in found]):>7} "
            f"{statistics.median(run.per_s for run in found):>8.0f} {max(run.rss_mb for run in found):>7.0f} {p50:>7} {p99:>7}"
            + (f"  {missing} MISSING" if missing else ""),
            flush=True,
        )
    if len(runs) == 2:
        ours, theirs = ([run.cpu_us for run in found] for found in runs.values())
        print(f"{'':58}{'ratio':9} {statistics.median(theirs) / statistics.median(ours):>7.1f}×", flush=True)


def _median(values: Sequence[float | None]) -> str:
    there = [value for value in values if value is not None]
    return f"{statistics.median(there):.1f}" if there else ""


if __name__ == "__main__":
    sys.exit(main())
