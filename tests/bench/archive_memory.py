"""Files one day of many rows, and prints how long it took, how large the file is, and how much memory the process had at most.

python -m tests.bench.archive_memory --rows 5000000 --dsn postgresql://…
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from plant.archive.entry import ArchiveFile
from plant.archive.file import ArchiveWriter
from plant.archive.rows import stream_rows
from tests.plant.site_database import migrated

_FILL = """
insert into readings (sn, time, seq, v_raw, temp, humi, bat, rssi, net, err, conc, conc_raw, received_at)
select 'GS001', '2026-03-06'::timestamptz + n * interval '1 day' / $1, n % 65536, 2000 + 500 * random(), 20 + 10 * random(), 45, 88, -70, '4G', 0,
    10 * random(), 10 * random(), '2026-03-06'::timestamptz + n * interval '1 day' / $1
from generate_series(0, $1 - 1) as n
"""


async def run(dsn: str, rows: int, level: int) -> str:
    """One sentence with the figures."""
    async with migrated(dsn) as database, database.connection() as connection:
        await connection.execute(_FILL, rows, timeout=1200)
        with tempfile.TemporaryDirectory() as folder:
            before_mb = _peak_mb()
            began, cpu = time.perf_counter(), time.process_time()
            async with ArchiveWriter(Path(folder) / "archive.csv.gz", level) as writer:
                figures = await stream_rows(connection, ArchiveFile(sn="GS001", day="2026-03-06"), writer.write)
                await writer.finish()
            peak_mb = _peak_mb()
            took, used = time.perf_counter() - began, time.process_time() - cpu
    told = f"{figures.rows} rows in {took:.1f} s ({used:.1f} s CPU), {writer.size_bytes / 1e6:.1f} MB"
    return f"{told}, peak {peak_mb:.0f} MB, grown by {peak_mb - before_mb:.0f} MB"


def _peak_mb() -> float:
    """The kernel's high-water mark of this program; that of getrusage begins with what the parent had."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--level", type=int, default=6)
    parser.add_argument("--dsn", required=True, help="an empty database")
    options = parser.parse_args()
    print(asyncio.run(run(options.dsn, options.rows, options.level)))


if __name__ == "__main__":
    main()
