"""`mcs restore`: puts archive files into a table, without the site running."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from engine.api import Database, PermanentError, Settings, SetupError
from plant.archive.restore import TABLE, restore_file

__all__ = ["arguments", "run"]

CONNECT_S = 20.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mcs restore`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="archive_….csv.gz")
    parser.add_argument(
        "--table", default=TABLE, help=f"where the rows go; made when it is not there (default {TABLE})"
    )


def run(options: argparse.Namespace) -> int:
    """RestoreJobs each file wholly or not at all, says what came of it, and goes on with the next; 1 when one could not be."""
    settings = Settings.read(os.environ, Path(".env"))
    if settings.database_url is None:
        raise SetupError("no database is named", "set MCS_DATABASE_URL to the database that gets the rows")
    return asyncio.run(_restore(settings.database_url.reveal(), options.files, options.table))


async def _restore(dsn: str, files: list[Path], table: str) -> int:
    database = Database(dsn)
    await database.start()
    failed = 0
    try:
        for path in files:
            try:
                async with database.connection(CONNECT_S) as connection:
                    rows, added = await restore_file(connection, path, table)
                print(f"{path}: {rows} rows, {added} of them new in {table}", flush=True)
            except (PermanentError, OSError) as problem:
                failed += 1
                print(f"{path}: {problem}", flush=True)
    finally:
        await database.stop()
    return 1 if failed else 0
