"""Every attempt to notify people, with the vendor's answer: kept in memory until the database has it, so that no notification waits for it."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections import deque
from typing import Any

from engine.api import BackgroundTask, Backoff, Database, RetryableError, Supervisor, connection_or_retry
from plant.alarms.attempt import ATTEMPT_COLUMNS, Attempt, AttemptRecord

__all__ = ["AttemptLog"]

log = logging.getLogger("mcs.channels")

HELD_BACK = 10_000

_INSERT = (
    "insert into notifications (at, channel, attempt, result, answer, subject, events, test, hint, count) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
)


class AttemptLog:
    """Writes in the background. While the database is away up to 10,000 attempts are held back, the oldest go first."""

    def __init__(self, database: Database | None, supervisor: Supervisor | None = None) -> None:
        supervisor = supervisor if supervisor is not None else Supervisor()
        self._database = database
        self._held: deque[Attempt] = deque(maxlen=HELD_BACK)
        self._wake = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()
        self._backoff = Backoff(supervisor.clock)
        self._task = BackgroundTask("notification attempts", self._write, supervisor)
        self.last: dict[str, Attempt] = {}

    def start(self) -> None:
        """Begins to write."""
        if self._database is not None:
            self._task.start()

    async def stop(self) -> None:
        """Gives what is held a moment to be written."""
        try:
            async with asyncio.timeout(2.0):
                await self._written.wait()
        except TimeoutError:
            log.warning("%d notification attempts are not in the database", len(self._held))
        await self._task.stop()

    def add(self, attempt: Attempt) -> None:
        """Takes note; returns at once."""
        self.last[attempt.channel] = attempt
        if self._database is not None:
            self._held.append(attempt)
            self._written.clear()
            self._wake.set()

    async def load(self) -> None:
        """Takes the last attempt of every channel back from the table, for the cards after a restart."""
        if self._database is None:
            return
        async with connection_or_retry(self._database) as connection:
            rows = await connection.fetch(
                "select distinct on (channel) * from notifications order by channel, at desc, id desc"
            )
        for row in rows:
            self.last.setdefault(row["channel"], _attempt(dict(row)))

    async def entries(
        self, *, channel: str = "", result: str = "", before: int | None = None, limit: int = 50
    ) -> list[AttemptRecord]:
        """The latest first, from below the id `before`. Raises RetryableError while the database is away."""
        if self._database is None:
            return []
        async with connection_or_retry(self._database, timeout_s=1.0) as connection:
            rows = await connection.fetch(
                f"select {ATTEMPT_COLUMNS} from notifications "
                "where ($1 = '' or channel = $1) and ($2 = '' or result = $2) "
                "and ($3::bigint is null or id < $3) order by id desc limit $4",
                channel,
                result,
                before,
                limit,
            )
        return [AttemptRecord(**row) for row in rows]

    async def _write(self) -> None:
        assert self._database is not None
        if self._held:
            self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._held:
                batch = [self._held[n] for n in range(min(200, len(self._held)))]
                try:
                    async with connection_or_retry(self._database) as connection:
                        await connection.executemany(_INSERT, [_row(attempt) for attempt in batch])
                except RetryableError as failure:
                    log.info("notification attempts wait: %s", failure)
                    await self._backoff.wait()
                    continue
                except Exception:
                    # One that can't be written must not keep all others from being.
                    log.exception("%d notification attempts can't be written", len(batch))
                for attempt in batch:
                    if self._held and self._held[0] is attempt:
                        self._held.popleft()
            self._written.set()


def _row(attempt: Attempt) -> tuple[object, ...]:
    return (
        datetime.datetime.fromtimestamp(attempt.at, datetime.UTC),
        attempt.channel,
        attempt.attempt,
        attempt.result,
        _clean(attempt.answer),
        _clean(attempt.subject),
        attempt.events,
        attempt.test,
        attempt.hint,
        attempt.count,
    )


def _attempt(row: dict[str, Any]) -> Attempt:
    fields = {name: row[name] for name in Attempt.__struct_fields__ if name != "at"}
    return Attempt(at=row["at"].timestamp(), **fields)


def _clean(text: str) -> str:
    return text.replace("\0", "�").encode("utf-8", "replace").decode()
