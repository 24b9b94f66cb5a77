"""A PostgreSQL table as rows are written into it: packed, by COPY, each stored once; also the target of what was spooled meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import asyncpg
import msgspec

from engine.api import (
    Database,
    DedicatedConnection,
    Message,
    Path,
    PermanentError,
    Quarantine,
    RetryableError,
    Spool,
    Text,
    choices,
    reason_of,
)
from nodes.drivers.postgres_rows import COPY_BEGIN, COPY_END, RowPacker, unpack

__all__ = ["OnConflict", "PostgresTable", "SpooledTables"]

OnConflict = Annotated[
    Literal["ignore", "update"],
    choices(ignore=("Keep the stored row", "保留原来的行"), update=("Bring it up to date", "更新该行")),
]

ROWS_PER_CHUNK = 2000
STAGED_AFTER_CONFLICT = 50
ANSWERS_WITHIN_S = 3.0
STREAM = re.compile(r"rows (?P<table>[a-z0-9_.]+) (?P<on_conflict>ignore|update) (?P<columns>[a-z0-9_,]+)")
TYPES = "postgres-types"
"""Under this name the spool keeps a copy of each table's column types: rows can be packed while the database is away."""


class PostgresTable:
    """One table, the columns that are written, and what happens to a row whose unique key is there already."""

    def __init__(
        self,
        table: str,
        columns: Sequence[str],
        on_conflict: OnConflict,
        database: Database,
        spool: Spool,
        quarantine: Quarantine,
    ) -> None:
        self.table = table
        self.columns = sorted(columns)
        self.on_conflict = on_conflict
        self._spool = spool
        self._quarantine = quarantine
        self._types: dict[str, str] | None = None
        self._staged_batches = 0
        self._held = DedicatedConnection(database, self._prepare)

    @property
    def stream(self) -> str:
        """The name of its stream in the spool; `SpooledTables` makes the table from it again."""
        return f"rows {self.table} {self.on_conflict} {','.join(self.columns)}"

    async def types(self) -> dict[str, str]:
        """{column: type}; as they were last seen while the database is away. RetryableError when they never were."""
        if self._types is None:
            try:
                async with asyncio.timeout(ANSWERS_WITHIN_S), self._held.use():
                    pass  # opening it reads them
            except (RetryableError, TimeoutError) as away:
                kept = (await self._spool.copies(TYPES)).get(self.table)
                if kept is None:
                    raise RetryableError(
                        reason_of(away) or Text("postgres.no-answer", seconds=ANSWERS_WITHIN_S)
                    ) from away
                self._choose(msgspec.json.decode(kept, type=dict[str, str]))
        assert self._types is not None
        return self._types

    async def write(self, items: Sequence[bytes]) -> None:
        try:
            async with self._held.use() as connection:
                await self._store(connection, items)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise PermanentError(Text("postgres.row", table=self.table, reason=str(error))) from error

    def encode(self, items: Sequence[bytes]) -> bytes:
        return msgspec.msgpack.encode(items)

    def decode(self, body: bytes) -> list[bytes]:
        return msgspec.msgpack.decode(body, type=list[bytes])

    def reject(self, item: bytes, error: PermanentError) -> None:
        types = self._types or {}
        row = unpack(item, [(name, types[name]) for name in self._order(types)]) if types else item
        self._quarantine.put("", f"table {self.table}", Message(row), str(error))

    async def close(self) -> None:
        await self._held.close()

    def _order(self, types: dict[str, str]) -> list[str]:
        return RowPacker({name: (types[name], Path("payload")) for name in self.columns}).columns

    async def _store(self, connection: asyncpg.Connection, rows: Sequence[bytes]) -> None:
        """Straight into the table while no row comes twice: one exchange with the server instead of three, half its work. A row that is there
        already fails that, so the batch (and the next ones: after a restart more will come again) goes through the staging table."""
        if self._staged_batches == 0 and self.on_conflict == "ignore":
            try:
                await self._copy(connection, self.table, rows)
                return
            except asyncpg.UniqueViolationError:
                self._staged_batches = STAGED_AFTER_CONFLICT
        self._staged_batches = max(0, self._staged_batches - 1)
        await connection.execute("begin")
        await self._copy(connection, "mcs_staging", rows)
        await connection.execute(self._merge)

    async def _copy(self, connection: asyncpg.Connection, table: str, rows: Sequence[bytes]) -> None:
        schema, _, name = table.rpartition(".")
        await connection.copy_to_table(
            name, schema_name=schema or None, source=_chunks(rows), columns=self._copied, format="binary"
        )

    async def _prepare(self, connection: asyncpg.Connection) -> None:
        """The types of the columns, and a staging table that empties itself at each commit."""
        before, types = self._types, await self._read_types(connection)
        self._choose(types)
        if before is not None and any(before[name] != types[name] for name in self.columns):
            raise RetryableError(Text("postgres.changed", table=self.table))
        self._spool.copy(TYPES, self.table, msgspec.json.encode(types))
        names = ", ".join(self._copied)
        await connection.execute(
            f"create temp table mcs_staging on commit delete rows as select {names} from {self.table} with no data"
        )
        conflict = await self._conflict(connection)
        self._merge = (
            f"insert into {self.table} ({names}) select {names} from mcs_staging on conflict {conflict}; commit"
        )

    def _choose(self, types: dict[str, str]) -> None:
        missing = [name for name in self.columns if name not in types]
        if missing:
            raise PermanentError(Text("postgres.no-column", table=self.table, column=missing[0], columns=list(types)))
        self._types = types
        self._copied = self._order(types)

    async def _read_types(self, connection: asyncpg.Connection) -> dict[str, str]:
        rows = await connection.fetch(
            "select attname, typname from pg_attribute join pg_type on pg_type.oid = atttypid "
            "where attrelid = to_regclass($1) and attnum > 0 and not attisdropped",
            self.table,
        )
        if not rows:
            raise PermanentError(Text("postgres.no-table", table=self.table))
        return {row["attname"]: row["typname"] for row in rows}

    async def _conflict(self, connection: asyncpg.Connection) -> str:
        if self.on_conflict == "ignore":
            return "do nothing"
        keys = await connection.fetchval(
            "select array_agg(attname::text) from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey) "
            "where indrelid = to_regclass($1) and indisprimary",
            self.table,
        )
        rest = [name for name in self._copied if name not in (keys or [])]
        if not keys or not rest:
            raise PermanentError(Text("postgres.no-key", table=self.table))
        return f"({', '.join(keys)}) do update set {', '.join(f'{name} = excluded.{name}' for name in rest)}"


class SpooledTables:
    """A pack service: rows that a node has left in the spool reach their table, also when the node is gone or its flow is off."""

    def __init__(self, database: Database, spool: Spool, quarantine: Quarantine) -> None:
        self._database = database
        self._spool = spool
        self._quarantine = quarantine

    async def start(self) -> None:
        for stream in self._spool.waiting:
            parts = STREAM.fullmatch(stream)
            if parts is not None:
                table = PostgresTable(
                    parts["table"],
                    parts["columns"].split(","),
                    "update" if parts["on_conflict"] == "update" else "ignore",
                    self._database,
                    self._spool,
                    self._quarantine,
                )
                self._spool.forwarder(stream, lambda table=table: table)  # type: ignore[misc]

    async def stop(self) -> None:
        """The spool lets go of the tables."""

    def health(self) -> Mapping[str, Any]:
        """The spool's own health tells what waits."""
        return {"status": "ok"}


async def _chunks(rows: Sequence[bytes]) -> AsyncIterator[bytes]:
    yield COPY_BEGIN
    for begin in range(0, len(rows), ROWS_PER_CHUNK):
        yield b"".join(rows[begin : begin + ROWS_PER_CHUNK])
    yield COPY_END
