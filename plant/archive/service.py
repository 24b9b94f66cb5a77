"""The archive as the site sees it: its ledger, its files on this machine, runs on request, restores, and what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.api import (
    UNSET,
    BackgroundJobs,
    Database,
    Links,
    Message,
    NoLeases,
    RetryableError,
    Settings,
    SiteView,
    Text,
    connection_or_retry,
    reason_of,
)
from plant.archive.entry import FOLDER, ArchiveFile
from plant.archive.ledger import Ledger
from plant.archive.restore import RestoreJobs

__all__ = ["RUN_NOW", "Archive"]

RUN_NOW = "archive/run-now"
"""The link-in of the shipped flow that a run on request enters by."""

CHANNEL = "archive_requests"
LEASE = "archive"
"""Of two processes that archive at once, one would clean what the other is still filing, whatever their flows are called."""
TAKEN_WITHIN_S = 4.0
LOOK_EVERY_S = 0.1


class Archive:
    """What the archive's nodes, routes and pages share."""

    def __init__(self, site: SiteView) -> None:
        self._site = site
        self.settings: Settings = site.settings
        self.folder = site.settings.data / "files" / FOLDER
        self.ledger = Ledger(site.service(Database))
        self.restores = RestoreJobs(self.ledger, site.settings, self.folder)
        self._leases = site.service(NoLeases)
        self._problems: dict[str, Text] = {}
        self._jobs = BackgroundJobs()

    async def start(self) -> None:
        """Listens for runs that are asked for, wherever that is; the flow does the work."""
        self.ledger.database.listen(CHANNEL, self._asked)

    async def stop(self) -> None:
        """Ends restores that are under way; what they have committed stays."""
        await self._jobs.stop()
        await self.restores.stop()

    def health(self) -> Mapping[str, Any]:
        """Degraded while a file can't go on; the sentence says why."""
        problem = next(iter(self._problems.values()), "")
        return {"status": "degraded" if problem else "ok", "problem": problem, "stuck": len(self._problems)}

    def path(self, file: ArchiveFile) -> Path:
        """Where the file is on this machine."""
        return self.folder / file.name

    def remove(self, files: Iterable[ArchiveFile]) -> None:
        """Removes files from this machine, and the problems they had; those that are not here are no fault."""
        for file in files:
            self._problems.pop(file.name, None)
            with contextlib.suppress(OSError):
                self.path(file).unlink()

    async def select(self, before: datetime.datetime, run_at: datetime.datetime, most: int) -> list[ArchiveFile]:
        """See `Ledger.select`; removes what was left on this machine of files that are finished. RetryableError while another process archives."""
        other = await self._leases.claim(LEASE)
        if other is not None:
            raise RetryableError(Text("archive.elsewhere", process=other.process))
        files = await self.ledger.select(before, run_at, most)
        self._problems.clear()
        await self._sweep()
        return files

    @contextlib.asynccontextmanager
    async def working(self, file: ArchiveFile) -> AsyncIterator[ArchiveFile | None]:
        """The file as the ledger has it now, None when it is finished or unknown. What goes wrong in the block is noted in the ledger."""
        known = await self.ledger.get(file)
        try:
            yield None if known is None or known.state == "cleaned" else known
        except Exception as error:
            self._problems[file.name] = Text("archive.stuck", name=file.name, reason=reason_of(error))
            with contextlib.suppress(RetryableError):
                await self.ledger.refused(file, reason_of(error))
            raise
        else:
            self._problems.pop(file.name, None)

    async def request_run(self) -> bool:
        """Asks for a run of whichever process has the archive's flow; False when none takes it on. RetryableError while the database is away."""
        async with connection_or_retry(self.ledger.database) as connection:
            await connection.execute("delete from archive_requests where asked_at < now() - interval '1 day'")
            number = await connection.fetchval("insert into archive_requests default values returning id")
            for _ in range(round(TAKEN_WITHIN_S / LOOK_EVERY_S)):
                if await connection.fetchval("select taken_at is not null from archive_requests where id = $1", number):
                    break
                await asyncio.sleep(LOOK_EVERY_S)
                # Told again: a process that is only just starting may not have been listening yet.
                await connection.execute("select pg_notify($1, $2)", CHANNEL, str(number))
            # A request that nobody took must not begin a run at some later start.
            given_up = "delete from archive_requests where id = $1 and taken_at is null returning id"
            return await connection.fetchval(given_up, number) is None

    def _asked(self, number: str | None) -> None:
        if number is None or self._site.service(Links).entry(RUN_NOW) is None:
            return
        self._jobs.start("an archive run on request", self._take, int(number))

    async def _take(self, number: int) -> None:
        """The first process to take it runs it."""
        with contextlib.suppress(RetryableError):
            async with connection_or_retry(self.ledger.database) as connection:
                mine = await connection.fetchval(
                    "update archive_requests set taken_at = now() where id = $1 and taken_at is null returning true",
                    number,
                )
            enter = self._site.service(Links).entry(RUN_NOW)
            if mine and enter is not None:
                message = Message(payload=UNSET, topic=RUN_NOW, time=self._site.clock.now())
                enter(message)
                message.delivery.release()

    async def _sweep(self) -> None:
        """A run that was killed between the last commit and the removal of the file left it here."""
        found = await asyncio.to_thread(lambda: [path.name for path in self.folder.glob("archive_*.csv.gz")])
        self.remove(await self.ledger.cleaned(found))
