"""`python -m tests.plant.schemas [VERSION [REVISION]]` records the tables of this version, or those that a git revision had."""

from __future__ import annotations

import asyncio
import importlib.metadata
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg

from engine.db.migrations import migrate, read_migrations
from tests.servers.postgres import Postgres

FOLDER = Path(__file__).parent
SQL = ("engine", "plant")

ROWS = """
insert into users (name, password, role) values ('admin', 'a hash', 'admin');
insert into devices (sn, k, b, a1, a2) values ('GS001', 0.2, -80, 20, 50), ('GS002', 0.2, -80, 20, 50);
insert into readings (sn, time, seq, v_raw, conc)
    select 'GS001', timestamptz '2026-01-01' + n * interval '10 s', n, 410, 2 from generate_series(1, 50) n;
insert into alarms (sn, time, type, value, notified) values ('GS001', '2026-01-01', 'gas_a1', 25, true), ('GS002', '2026-01-01', 'gas_a2', 60, false);
insert into revisions (flow, number, revision, who, note, text, report) values ('f', 1, 'abc', 'admin', '', 'flow: f', '{}');
"""


async def fill(dsn: str, folder: Path) -> None:
    """The tables by the migrations in that folder, and the rows."""
    connection = await asyncpg.connect(dsn)
    found = [one for pack in SQL for one in read_migrations(pack, folder / pack / "sql")]
    await migrate(connection, found)
    await connection.execute(ROWS)
    await connection.close()


def main() -> None:
    version = sys.argv[1] if len(sys.argv) > 1 else importlib.metadata.version("mcs-iot")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        source = Path()
        if len(sys.argv) > 2:
            source = folder / "source"
            source.mkdir()
            archive = ["git", "archive", sys.argv[2], *(f"{pack}/sql" for pack in SQL)]
            packed = subprocess.run(archive, check=True, capture_output=True).stdout
            subprocess.run(["tar", "-x", "-C", str(source)], input=packed, check=True)
        server = Postgres(folder, durable=False)
        server.start()
        try:
            asyncio.run(fill(server.dsn(), source))
            # Partitions are named by the day they were made on; the rows of the days before are in the default one.
            dump = [
                server._installed("pg_dump"),
                "--no-owner",
                "--no-privileges",
                "--inserts",
                "--exclude-table=readings_2*",
            ]
            text = subprocess.run([*dump, server.dsn()], check=True, capture_output=True, text=True).stdout
        finally:
            server.stop()
    lines = [line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
    (FOLDER / f"{version}.sql").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
