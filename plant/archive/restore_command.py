"""`mcs restore`: puts archive files into a table, without the site running."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from engine.api import Database, PermanentError, Settings, SetupError, Text, reason_of, say, shown
from plant.archive.restore import TABLE, restore_file

__all__ = ["arguments", "run"]

CONNECT_S = 20.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mcs restore`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="archive_….csv.gz")
    parser.add_argument("--table", default=TABLE, help=shown(Text("command.restore-table", table=TABLE)))


def run(options: argparse.Namespace) -> int:
    """Restores each file wholly or not at all, says what came of it, and goes on with the next; 1 when one could not be."""
    settings = Settings.read(os.environ, Path(".env"))
    if settings.database_url is None:
        raise SetupError(Text("command.restore-database"))
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
                say(Text("command.restored", file=str(path), rows=rows, added=added, table=table))
            except (PermanentError, OSError) as problem:
                failed += 1
                say(Text("command.not-restored", file=str(path), reason=reason_of(problem)))
    finally:
        await database.stop()
    return 1 if failed else 0
