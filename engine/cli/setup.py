"""`mcs set-up`: what has to be there before the processes of a server start: tables, shipped flows, and a certificate until the real one comes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from engine.catalogue.node_types import Catalogue
from engine.core.errors import SetupError
from engine.deploy.flow_upgrade import apply_upgrade, format_steps, plan_upgrade
from engine.flow.check.check import check_flow
from engine.ops.local_certificate import make_local_certificate
from engine.server import migrate_only
from engine.settings import Settings
from engine.texts.terminal import say, terminal_language
from engine.texts.text import Text

__all__ = ["first_certificate", "parse_folders", "set_up"]

CERTIFICATE_DAYS = 3650


def set_up(
    settings: Settings,
    catalogue: Catalogue,
    shipped: Path,
    folders: Mapping[Path, list[str]],
    certificates: Path | None,
    domain: str,
) -> None:
    """May run at every start. `folders` are the flow folders of the processes, each with the names of its flows; [] takes all others.

    Waits for the database. Flows that the site and the new version have both changed are told and left as they are. SetupError when
    a folder can't be written or the tables can't be made.
    """
    if certificates is not None and first_certificate(certificates, domain):
        say(Text("cli.certificate-made", domain=domain))
    say(Text("cli.waiting-for-database"))
    applied = asyncio.run(migrate_only(settings))
    say(Text("cli.migrated", count=len(applied)))
    elsewhere = {name for names in folders.values() for name in names}
    for folder, names in folders.items():
        steps = plan_upgrade(
            shipped,
            folder,
            lambda flow: check_flow(flow, catalogue)[1],
            only=names,
            without=() if names else elsewhere,
        )
        folder.mkdir(parents=True, exist_ok=True)
        apply_upgrade(steps, folder)
        print(format_steps(steps, terminal_language()), flush=True)


def parse_folders(texts: list[str]) -> dict[Path, list[str]]:
    """`/flows/archiver=archive,other` → {/flows/archiver: [archive, other]}; `/flows/worker` has no names of its own."""
    folders: dict[Path, list[str]] = {}
    for text in texts:
        folder, _, names = text.partition("=")
        folders[Path(folder)] = [name for name in names.split(",") if name]
    return folders


def first_certificate(folder: Path, domain: str) -> bool:
    """Lays a self-signed certificate where broker and proxy look for one; whether it had to. SetupError when it can't."""
    if (folder / "fullchain.pem").exists():
        return False
    try:
        made = make_local_certificate(folder / ".first", names=(domain, "localhost"), days=CERTIFICATE_DAYS)
        made.key.chmod(0o640)
        made.key.replace(folder / "privkey.pem")
        made.ca.replace(folder / "authority.pem")
        made.certificate.replace(folder / "fullchain.pem")
        (folder / ".first").rmdir()
    except OSError as failure:
        raise SetupError(
            Text("setup.folder-unwritable", folder=str(folder), reason=failure.strerror or str(failure))
        ) from failure
    return True
