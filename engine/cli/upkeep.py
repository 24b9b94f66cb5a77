"""`mcs migrate`, `set-up`, `backup` and `restore-backup`: the site's tables and files."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from engine.cli.site import AddCommand, catalogue_now, packs_now, settings_now

__all__ = ["add_commands"]


def add_commands(command: AddCommand) -> None:
    """Adds them to `mcs`."""
    command("migrate", "bring the database's tables up to date", _migrate)
    ready = command(
        "set-up", "make tables, flows and a first certificate before the processes of a server start", _set_up
    )
    ready.add_argument("--shipped-flows", type=Path, metavar="FOLDER", help="default: those of this version")
    ready.add_argument(
        "--into", action="append", default=[], metavar="FOLDER[=NAME,…]", help="flow folder of a process, and its flows"
    )
    ready.add_argument("--certificates", type=Path, metavar="FOLDER", help="where fullchain.pem and privkey.pem are")
    ready.add_argument("--domain", default="localhost", help="name in the first certificate")
    backup = command("backup", "write database, flows, files and the secrets' key into one file", _backup)
    backup.add_argument("file", type=Path, metavar="FILE.zip", help="- writes to standard output")
    restore = command("restore-backup", "make an empty database and folders into the site of a backup", _restore_backup)
    restore.add_argument("file", type=Path, metavar="FILE.zip")
    for one in (backup, restore):
        one.add_argument("--flows", type=Path, metavar="FOLDER", help="default: MCS_FLOWS")


def _migrate(options: argparse.Namespace) -> int:
    from engine.server import migrate_only

    applied = asyncio.run(migrate_only(settings_now()))
    print(f"{len(applied)} migrations applied" + "".join(f"\n  {name}" for name in applied))
    return 0


def _set_up(options: argparse.Namespace) -> int:
    from engine.cli.setup import parse_folders, set_up
    from engine.deploy.flow_upgrade import shipped_flows

    set_up(
        settings_now(),
        catalogue_now(),
        options.shipped_flows or shipped_flows(),
        parse_folders(options.into),
        options.certificates,
        options.domain,
    )
    return 0


def _backup(options: argparse.Namespace) -> int:
    from engine.ops.backup.save import save

    settings = settings_now()
    target = None if options.file == Path("-") else options.file
    manifest = asyncio.run(save(settings, target, options.flows or settings.flows))
    rows = sum(table.rows for table in manifest.tables)
    print(f"{options.file}: {len(manifest.tables)} tables, {rows} rows, {len(manifest.files)} files", file=sys.stderr)
    print("it holds the site's secrets and their key: keep it as you keep a key", file=sys.stderr)
    return 0


def _restore_backup(options: argparse.Namespace) -> int:
    from engine.ops.backup.restore import restore
    from engine.server import migrations_of

    settings = settings_now()
    manifest = asyncio.run(
        restore(settings, options.file, options.flows or settings.flows, migrations_of(list(packs_now())))
    )
    rows = sum(table.rows for table in manifest.tables)
    print(f"restored {rows} rows in {len(manifest.tables)} tables and {len(manifest.files)} files")
    return 0
