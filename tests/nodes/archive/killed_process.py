"""A process that runs the archive and is killed (SIGKILL) at a given point of its work."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plant.archive import cleaning, file, ledger, service
from plant.archive.bucket import Bucket as Target
from tests.nodes.archive.archive_site import archive_site
from tests.servers.s3 import Bucket

__all__ = ["POINTS", "run_until_killed"]

ValueRef = tuple[Any, str, bool]

POINTS: dict[str, ValueRef] = {
    "before anything is selected": (ledger.Ledger, "select", False),
    "after the days are selected": (ledger.Ledger, "select", True),
    "with half a file on disk": (file.ArchiveWriter, "finish", False),
    "with a file that the ledger does not know": (ledger.Ledger, "filed", False),
    "after the file is noted": (ledger.Ledger, "filed", True),
    "before the upload": (Target, "put", False),
    "after an upload that nobody noted": (Target, "put", True),
    "after the upload is noted": (ledger.Ledger, "uploaded", True),
    "before it is noted as verified": (ledger.Ledger, "advance", False),
    "after it is noted as verified": (ledger.Ledger, "advance", True),
    "with the day dropped and nothing committed": (cleaning, "_drop_day", True),
    "with the ledger changed and nothing committed": (ledger.Ledger, "advance_on", True),
    "after the commit, before the file is removed": (service.Archive, "remove", False),
    "at the very end": (service.Archive, "remove", True),
}
"""name → (what holds the function, its name, whether it has returned)."""


def run_until_killed(point: str, turn: int, dsn: str, bucket: Bucket, folder: Path) -> None:
    """Runs the whole archive_site, and dies the `turn`-th time it comes to the point; ends normally when it does not come there so often."""
    owner, name, after = POINTS[point]
    setattr(owner, name, _deadly(getattr(owner, name), after, turn))
    asyncio.run(_night(dsn, bucket, folder))


async def _night(dsn: str, bucket: Bucket, folder: Path) -> None:
    async with archive_site(dsn, bucket, folder) as site:
        await site.run()


def _deadly(call: Callable[..., Any], after: bool, turn: int) -> Callable[..., Any]:
    passed = [0]

    def die() -> None:
        passed[0] += 1
        if passed[0] == turn:
            os.kill(os.getpid(), signal.SIGKILL)

    if asyncio.iscoroutinefunction(call):

        async def wrapped(*given: Any, **named: Any) -> Any:
            if not after:
                die()
            result = await call(*given, **named)
            if after:
                die()
            return result

        return wrapped

    def plain(*given: Any, **named: Any) -> Any:
        if not after:
            die()
        result = call(*given, **named)
        if after:
            die()
        return result

    return plain
