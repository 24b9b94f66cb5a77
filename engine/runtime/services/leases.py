"""What no two processes may have at once: a flow, a session of a broker, the archive."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import msgspec

from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.copies import Copies, NoCopies
from engine.db.database import Database, Unavailable
from engine.db.request_connection import request_connection
from engine.texts.text import Text

__all__ = ["FLOW", "Lease", "Leases", "NoLeases"]

log = logging.getLogger("mcs.leases")

FLOW = "flow:"
COPIES = "leases"
RENEW_EVERY_S = 5.0
LASTS_S = 20.0
ANSWERS_WITHIN_S = 4.0

_CLAIM = """
insert into leases (name, holder, process, url, until)
select name, $2, $3, $4, now() + make_interval(secs => $5) from unnest($1::text[]) as name order by name
on conflict (name) do update set holder = excluded.holder, process = excluded.process, url = excluded.url, until = excluded.until
where leases.holder = excluded.holder or leases.until < now()
"""


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """Who has something. `url` is where that process answers, for the other processes."""

    name: str
    holder: str
    process: str
    url: str


class NoLeases:
    """For a process that is alone: everything is its own."""

    process = ""
    """What this process is called."""
    others: Sequence[Lease] = ()
    """What other processes have, as last known."""

    async def claim(self, name: str, changed: Callable[[], None] | None = None) -> Lease | None:
        """See `Leases`."""
        return None

    def other(self, name: str) -> Lease | None:
        """See `Leases`."""
        return None

    async def release(self, name: str) -> None:
        """See `Leases`."""


class Leases(NoLeases):
    """Rows that are renewed every five seconds and end after twenty. `holder` stays the same when a process is killed and comes back, so that it
    finds its own leases and need not wait for their end.

    A lease keeps nobody from working because the database is away: what was known last counts then, and a claim that nobody is known to
    contradict holds. Once the database is back the claim is settled: who has the row has it, and the other one's `changed` is called.
    """

    def __init__(
        self,
        database: Database,
        *,
        holder: str,
        process: str,
        url: str,
        copies: Copies | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self.process = process
        self._database = database
        self._holder = holder
        self._url = url
        self._copies: Copies = copies if copies is not None else NoCopies()
        self._wanted: dict[str, Callable[[], None] | None] = {}
        self._known: dict[str, Lease] = {}
        self._settled: set[str] = set()
        self._task = BackgroundTask("leases", self._keep, supervisor)

    async def start(self) -> None:
        """Takes what was known when the process ended last, and begins to renew."""
        for name, body in (await self._copies.copies(COPIES)).items():
            with suppress(msgspec.MsgspecError):
                self._known[name] = msgspec.json.decode(body, type=Lease)
        await self._try_renew()
        self._task.start()

    async def stop(self) -> None:
        """Gives everything back, so that another process need not wait for the end of a lease."""
        await self._task.stop()
        await self._give_back(list(self._wanted))
        self._wanted.clear()

    async def claim(self, name: str, changed: Callable[[], None] | None = None) -> Lease | None:
        """Asks for it, until it is released; the lease of the process that has it, None when this one may go on.

        `changed` is called when that is another by now: the other one has ended, or turned out to have it already.
        """
        self._wanted[name] = changed
        await self._try_renew()
        return self.other(name)

    def other(self, name: str) -> Lease | None:
        """The lease of another process, as last known; None when this one may go on."""
        lease = self._known.get(name)
        return lease if lease is not None and lease.holder != self._holder else None

    async def release(self, name: str) -> None:
        """Wants it no longer; harmless when it was not asked for."""
        if name in self._wanted:
            del self._wanted[name]
            await self._give_back([name])

    @property
    def flows(self) -> Mapping[str, list[str]]:
        """Which process runs which flows, as last known, by name."""
        found: dict[str, list[str]] = {self.process: []}
        for name, lease in sorted(self._known.items()):
            if name.startswith(FLOW):
                found.setdefault(lease.process, []).append(name.removeprefix(FLOW))
        return found

    def health(self) -> Mapping[str, Any]:
        """Degraded while a claim is not settled, because the database was away all the time."""
        open_claims = sorted(name.removeprefix(FLOW) for name in self._wanted.keys() - self._settled)
        problem = Text("runtime.leases-unsettled", names=open_claims) if open_claims else ""
        return {
            "status": "degraded" if problem else "ok",
            "problem": problem,
            "process": self.process,
            "processes": self.flows,
        }

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            await self._try_renew()

    async def _try_renew(self) -> None:
        """Whatever keeps the database from answering, what was known last counts until it does."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                await self._renew()
        except (Unavailable, TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
            log.debug("the leases are not renewed: %s", failure)

    async def _renew(self) -> None:
        wanted = sorted(self._wanted)
        async with request_connection(self._database) as connection:
            if wanted:
                await connection.execute(_CLAIM, wanted, self._holder, self.process, self._url, LASTS_S)
            rows = await connection.fetch(
                "select name, holder, process, url from leases where until > now() order by name"
            )
        before = {name: self.other(name) for name in wanted}
        self._take({row["name"]: Lease(**row) for row in rows})
        self._settled.update(wanted)
        for name in wanted:
            now = self.other(name)
            if (now is None) != (before[name] is None):
                log.warning("%s is now had by the process %s", name, now.process if now is not None else self.process)
                changed = self._wanted.get(name)
                if changed is not None:
                    changed()

    def _take(self, known: dict[str, Lease]) -> None:
        for name in self._known.keys() - known.keys():
            self._copies.copy(COPIES, name, None)
        for name, lease in known.items():
            if self._known.get(name) != lease:
                self._copies.copy(COPIES, name, msgspec.json.encode(lease))
        self._known = known
        self.others = [lease for lease in known.values() if lease.holder != self._holder]

    async def _give_back(self, names: list[str]) -> None:
        self._settled.difference_update(names)
        for name in names:
            if self.other(name) is None:
                self._known.pop(name, None)
                self._copies.copy(COPIES, name, None)
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S), request_connection(self._database) as connection:
                await connection.execute(
                    "delete from leases where name = any($1::text[]) and holder = $2", names, self._holder
                )
        except (Unavailable, TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
            log.debug("the leases end by themselves: %s", failure)
