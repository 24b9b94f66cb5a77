"""Node memory and quarantined messages in PostgreSQL."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from engine.core.failure import RetryableError
from engine.db.database import Database, Unavailable, is_transient
from engine.db.dedicated_connection import DedicatedConnection
from engine.db.jsonb import as_jsonb, without_nul
from engine.runtime.state.journal import LONGEST_KEY, Change
from engine.runtime.state.quarantined_message import QuarantinedMessage
from engine.texts.text import Text, reason_of, stored

__all__ = ["PostgresJournal", "PostgresQuarantine", "connection_or_retry"]

FOLD_EVERY = 500
"""Journal rows after which they are folded into the table; a start reads at most about this many."""

STAND_IN = "\ufdd0"
"""Stands for a NUL in the table's keys, which PostgreSQL has none of: Unicode keeps it free for such uses."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Change]).decode


@asynccontextmanager
async def connection_or_retry(database: Database, timeout_s: float = 5.0) -> AsyncIterator[PoolConnectionProxy]:
    """A connection for the block; a server that is away, before or during it, becomes RetryableError."""
    try:
        async with database.connection(timeout_s) as connection:
            yield connection
    except Unavailable as away:
        raise RetryableError(Text("runtime.database-away", reason=reason_of(away))) from away
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if is_transient(error):
            raise RetryableError(Text("runtime.database-away", reason=str(error))) from error
        raise


class PostgresJournal:
    """Appends the changes of a group commit as one row (cheap whatever their number) and folds rows into a table now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = DedicatedConnection(database)
        self._rows = 0

    async def start(self) -> None:
        """Nothing to follow: workers that share memory do so through Redis."""

    async def append(self, changes: list[Change]) -> None:
        async with self._held.use() as connection:
            await connection.execute("insert into node_memory_journal (changes) values ($1)", _encode(changes))
        self._rows += 1
        if self._rows >= FOLD_EVERY:
            await self.fold()

    async def load(self) -> list[Change]:
        await self.fold()
        async with connection_or_retry(self._database, timeout_s=3600) as connection:
            rows = await connection.fetch(
                "select name, key, value, ends from node_memory where ends is null or ends > extract(epoch from now())"
            )
        return [(row["name"], row["key"].replace(STAND_IN, "\0"), row["value"], row["ends"]) for row in rows]

    async def fold(self) -> None:
        """Moves what the journal has into the table, the last change of each key, in one transaction."""
        async with connection_or_retry(self._database) as connection, connection.transaction():
            rows = await connection.fetch(
                "select id, changes from node_memory_journal order by id for update skip locked"
            )
            if rows:
                last: dict[tuple[str, str], Change] = {}
                for row in rows:
                    for change in _decode(row["changes"]):
                        last[change[0], change[1]] = change
                await self._write(connection, list(last.values()))
                await connection.execute(
                    "delete from node_memory_journal where id = any($1::bigint[])", [row["id"] for row in rows]
                )
        self._rows = 0

    async def _write(self, connection: PoolConnectionProxy, changes: list[Change]) -> None:
        # A longer key, of a version that took them, would stop this and every later fold, and the next start.
        changes = [change for change in changes if len(change[1]) <= LONGEST_KEY]
        gone = [change for change in changes if change[2] is None]
        kept = [change for change in changes if change[2] is not None]
        await connection.execute(
            "delete from node_memory using unnest($1::text[], $2::text[]) as gone (name, key) "
            "where node_memory.name = gone.name and node_memory.key = gone.key",
            [change[0] for change in gone],
            [_key(change) for change in gone],
        )
        await connection.execute(
            "insert into node_memory (name, key, value, ends) select * from unnest($1::text[], $2::text[], $3::bytea[], $4::float8[]) "
            "on conflict (name, key) do update set value = excluded.value, ends = excluded.ends",
            [change[0] for change in kept],
            [_key(change) for change in kept],
            [change[2] for change in kept],
            [change[3] for change in kept],
        )


def _key(change: Change) -> str:
    return change[1].replace("\0", STAND_IN)


class PostgresQuarantine:
    """The quarantine table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, messages: list[QuarantinedMessage]) -> None:
        """One that the table refuses is kept without its properties, so that it holds up no other."""
        async with connection_or_retry(self._database) as connection:
            try:
                await connection.executemany(_KEEP, [_row(kept, _plain(kept.props)) for kept in messages])
            except asyncpg.PostgresError as error:
                if is_transient(error):
                    raise
                for kept in messages:
                    await _keep_one(connection, kept)


async def _keep_one(connection: PoolConnectionProxy, kept: QuarantinedMessage) -> None:
    try:
        await connection.execute(_KEEP, *_row(kept, _plain(kept.props)))
    except asyncpg.PostgresError as error:
        if is_transient(error):
            raise
        reason = Text("runtime.without-properties", reason=kept.said, error=str(error))
        bare = msgspec.structs.replace(
            kept, reason=str(reason), reason_text=msgspec.convert(stored(reason), dict[str, Any])
        )
        await connection.execute(_KEEP, *_row(bare, "{}"))


_KEEP = (
    "insert into quarantine (entry, flow, node, time, topic, key, reason, payload, size_bytes, props, reason_text) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (entry) do nothing"
)


def _row(kept: QuarantinedMessage, props: str) -> tuple[object, ...]:
    texts = [without_nul(part) for part in (kept.topic, kept.key, kept.reason)]
    reason_text = None if kept.reason_text is None else as_jsonb(kept.reason_text)
    return (
        kept.entry,
        kept.flow,
        kept.node,
        _moment(kept.time),
        *texts,
        kept.payload,
        kept.size_bytes,
        props,
        reason_text,
    )


def _plain(props: bytes) -> str:
    """The properties as JSON that PostgreSQL takes; what is no JSON object as a text in one."""
    try:
        found = msgspec.json.decode(props)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = props.decode("utf-8", "replace")
    return as_jsonb(found if isinstance(found, dict) else {"text": found})


def _moment(seconds: float) -> datetime.datetime:
    """PostgreSQL's time of a Unix time; one that no calendar holds becomes the year 1970."""
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.datetime.fromtimestamp(0, datetime.UTC)
