"""Every deploy as a row: who, when, why, the text of the flow and what the deploy did. All workers follow these rows."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from asyncpg.pool import PoolConnectionProxy

from engine.db.database import Database
from engine.db.jsonb import as_jsonb
from engine.db.request_connection import request_connection
from engine.texts.text import Readable, ReadableField, stored, text_from

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Revision", "RevisionWriter", "Revisions"]

CHANNEL = "mcs_deploys"

_COLUMNS = "flow, number, revision, at, who, note, note_text"


class Revision(msgspec.Struct, kw_only=True):
    """One deploy. `number` counts per flow from 1; `revision` is the hash of the file. `text` is None when it was not asked for,
    and where the flow was removed."""

    flow: str
    number: int
    revision: str
    when: datetime.datetime
    who: str
    note: ReadableField
    text: str | None = None
    removed: bool = False


class RevisionWriter:
    """A deploy in progress, which nobody else can make for this flow until it ends. `last` is the number of the one before."""

    def __init__(self, connection: PoolConnectionProxy, flow: str, worker: str, last: int) -> None:
        self.last = last
        self._connection = connection
        self._flow = flow
        self._worker = worker

    async def add(self, revision: str, who: str, note: Readable, text: str | None, report: Any) -> Revision:
        """The row, committed when the block ends; the other workers hear of it then."""
        row = await self._connection.fetchrow(
            "insert into revisions (flow, number, revision, who, note, text, report, note_text) values ($1, $2, $3, $4, $5, $6, $7, $8) "
            f"returning {_COLUMNS}, text is null as removed",
            self._flow,
            self.last + 1,
            revision,
            who,
            str(note),
            text,
            as_jsonb(report),
            None if isinstance(note, str) else as_jsonb(stored(note)),
        )
        await self._connection.execute(
            "select pg_notify($1, $2)",
            CHANNEL,
            msgspec.json.encode([self._flow, self.last + 1, self._worker]).decode(),
        )
        return _revision(row)


class Revisions:
    """The table of deploys."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.worker = f"{os.getpid()}-{os.urandom(4).hex()}"

    async def start(self) -> None:
        """Nothing has to be read beforehand."""

    @asynccontextmanager
    async def writing(self, flow: str) -> AsyncIterator[RevisionWriter]:
        """A transaction in which a flow is deployed: workers that deploy the same flow take turns. `Unavailable` without a database."""
        async with request_connection(self._database) as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext('mcs deploy ' || $1))", flow)
            last = await connection.fetchval("select max(number) from revisions where flow = $1", flow)
            yield RevisionWriter(connection, flow, self.worker, last or 0)

    async def latest(self, flow: str) -> Revision | None:
        """The last deploy of a flow, with its text."""
        async with request_connection(self._database) as connection:
            row = await connection.fetchrow(
                f"select {_COLUMNS}, text, text is null as removed from revisions where flow = $1 order by number desc limit 1",
                flow,
            )
        return _revision(row) if row is not None else None

    async def of(self, flow: str, *, before: int | None = None, limit: int = 200) -> list[Revision]:
        """The deploys of a flow without their texts, the latest first, from below the number `before`."""
        async with request_connection(self._database) as connection:
            rows = await connection.fetch(
                f"select {_COLUMNS}, text is null as removed from revisions "
                "where flow = $1 and ($2::int is null or number < $2) order by number desc limit $3",
                flow,
                before,
                limit,
            )
        return [_revision(row) for row in rows]

    async def one(self, flow: str, number: int) -> tuple[Revision, Any] | None:
        """(one deploy with its text, its report), None when there is no such number."""
        async with request_connection(self._database) as connection:
            row = await connection.fetchrow(
                f"select {_COLUMNS}, text, text is null as removed, report from revisions where flow = $1 and number = $2",
                flow,
                number,
            )
        return (_revision(row), msgspec.json.decode(row["report"])) if row is not None else None

    async def text_of(self, flow: str, revision: str) -> str | None:
        """The text with that hash, when it was ever deployed."""
        async with request_connection(self._database) as connection:
            text: str | None = await connection.fetchval(
                "select text from revisions where flow = $1 and revision = $2 and text is not null limit 1",
                flow,
                revision,
            )
        return text

    def follow(self, call: Callable[[str | None], None]) -> Callable[[], None]:
        """Calls with the name of a flow that another worker has deployed, with None when some may have been missed; returns
        what ends that."""

        def heard(payload: str | None) -> None:
            if payload is None:
                call(None)
                return
            flow, _, worker = msgspec.json.decode(payload, type=tuple[str, int, str])
            if worker != self.worker:
                call(flow)

        return self._database.listen(CHANNEL, heard)


def _revision(row: Any) -> Revision:
    fields = dict(row)
    fields["when"] = fields.pop("at")
    fields.pop("report", None)
    note_text = fields.pop("note_text")
    if note_text is not None:
        fields["note"] = text_from(msgspec.json.decode(note_text))
    return Revision(**fields)
