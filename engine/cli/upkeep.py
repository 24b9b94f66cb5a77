"""`mcs migrate`, `set-up`, `reset-password`, `backup` and `restore-backup`: the site's tables and files."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from engine.cli.site import AddCommand, catalogue_now, packs_now, settings_now
from engine.core.errors import SetupError
from engine.settings import Settings
from engine.texts.terminal import say, shown
from engine.texts.text import Text

__all__ = ["add_commands"]


def add_commands(command: AddCommand) -> None:
    """Adds them to `mcs`."""
    command("migrate", Text("cli.migrate"), _migrate)
    ready = command("set-up", Text("cli.set-up"), _set_up)
    ready.add_argument("--shipped-flows", type=Path, metavar="FOLDER", help=shown(Text("cli.default-shipped")))
    ready.add_argument(
        "--into", action="append", default=[], metavar="FOLDER[=NAME,…]", help=shown(Text("cli.set-up-into"))
    )
    ready.add_argument("--certificates", type=Path, metavar="FOLDER", help=shown(Text("cli.set-up-certificates")))
    ready.add_argument("--domain", default="localhost", help=shown(Text("cli.set-up-domain")))
    reset = command("reset-password", Text("cli.reset-password"), _reset_password)
    reset.add_argument("user", metavar="USER")
    backup = command("backup", Text("cli.backup"), _backup)
    backup.add_argument("file", type=Path, metavar="FILE.zip", help=shown(Text("cli.backup-file")))
    backup.add_argument("--verify", action="store_true", help=shown(Text("cli.backup-verify")))
    backup.add_argument("--overwrite", action="store_true", help=shown(Text("cli.backup-overwrite")))
    restore = command("restore-backup", Text("cli.restore-backup"), _restore_backup)
    restore.add_argument("file", type=Path, metavar="FILE.zip")
    for one in (backup, restore):
        one.add_argument("--flows", type=Path, metavar="FOLDER", help=shown(Text("cli.default-flows")))


def _migrate(options: argparse.Namespace) -> int:
    from engine.server import migrate_only

    applied = asyncio.run(migrate_only(settings_now()))
    say(Text("cli.migrated", count=len(applied)))
    for name in applied:
        print(f"  {name}")
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


def _reset_password(options: argparse.Namespace) -> int:
    from engine.access.accounts import AccountRefused, Accounts
    from engine.core.errors import SetupError
    from engine.db.database import Database
    from engine.ops.backup.save import database_of

    async def reset() -> str:
        async with database_of(settings_now()) as named:
            assert named.database_url is not None
            database = Database(named.database_url.reveal())
            await database.start()
            try:
                return await Accounts(database).reset_password(options.user)
            except AccountRefused as refused:
                raise SetupError(refused.text) from refused
            finally:
                await database.stop()

    password = asyncio.run(reset())
    say(Text("access.password-reset", user=options.user, password=password))
    return 0


def _backup(options: argparse.Namespace) -> int:
    from engine.ops.backup.save import save

    settings = settings_now()
    target = None if options.file == Path("-") else options.file
    flows = options.flows or settings.flows
    if options.verify and target is not None and target.exists() and not options.overwrite:
        return _verify(settings, target)
    if options.verify and target is None:
        raise SetupError(Text("cli.verify-needs-file"))
    manifest = asyncio.run(save(settings, target, flows, overwrite=options.overwrite))
    rows = sum(table.rows for table in manifest.tables)
    say(
        Text(
            "cli.backed-up", file=str(options.file), tables=len(manifest.tables), rows=rows, files=len(manifest.files)
        ),
        error=True,
    )
    held = sorted(
        name.removeprefix("flows/") for name in manifest.files if name.startswith("flows/") and "/." not in name
    )
    say(Text("cli.backup-holds", flows=held or ["–"], folder=str(flows)), error=True)
    say(Text("cli.backup-lacks"), error=True)
    say(Text("cli.keep-backup"), error=True)
    return _verify(settings, target) if options.verify and target is not None else 0


def _verify(settings: Settings, file: Path) -> int:
    from engine.ops.backup.restore import verify
    from engine.server import migrations_of

    manifest = asyncio.run(verify(settings, file, migrations_of(list(packs_now()))))
    rows = sum(table.rows for table in manifest.tables)
    say(Text("cli.verified", file=str(file), rows=rows, tables=len(manifest.tables)), error=True)
    return 0


def _restore_backup(options: argparse.Namespace) -> int:
    from engine.ops.backup.restore import restore
    from engine.server import migrations_of

    settings = settings_now()
    manifest = asyncio.run(
        restore(settings, options.file, options.flows or settings.flows, migrations_of(list(packs_now())))
    )
    rows = sum(table.rows for table in manifest.tables)
    say(Text("cli.restored", rows=rows, tables=len(manifest.tables), files=len(manifest.files)))
    return 0
