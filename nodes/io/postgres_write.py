"""Stores messages as rows of a PostgreSQL table, many in one commit, each exactly once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, ClassVar, Literal

import asyncpg

from engine.api import (
    Context,
    Database,
    DedicatedConnection,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Port,
    node,
)
from nodes.drivers.postgres_rows import COPY_BEGIN, COPY_END, RowPacker

ROWS_PER_CHUNK = 2000
STAGED_AFTER_CONFLICT = 50


@node(category="storage", icon="database", title="Write to PostgreSQL", side_effect=True)
class PostgresWrite(Node):
    """Write each message as a row of a table, and pass it on once the row is committed.

    What has gathered while one commit was under way goes into the next (eager group commit): a lone message is stored at once, thousands
    a second share a commit, and in between a handful waits at most 3 ms for a few more. The source is told that a message is done only
    after its commit. A row that is already there by the table's unique key is left as it is (or brought up to date), so a message that
    comes again is stored once.

    A value that does not go into its column sends that message to the error port; the others are stored. While the database is away
    messages wait and nothing is lost. Times are Unix seconds.
    """

    table: Annotated[
        str, Meta(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$", description="Table, or schema.table.")
    ]
    columns: Annotated[
        dict[str, PathText],
        Meta(
            min_length=1, description="Column → where its value is in the message, such as payload.temp, topic or time."
        ),
    ]
    on_conflict: Annotated[
        Literal["ignore", "update"],
        Meta(
            description="A row with the same unique key: `ignore` keeps the stored one, `update` brings it up to date."
        ),
    ] = "ignore"

    outputs: ClassVar = (Port("out", same_as="in"),)
    zh: ClassVar = Help(
        title="写入 PostgreSQL",
        text="将每条消息写成表中的一行，提交后再向下传递。上一次提交期间到达的消息合并到下一次提交；唯一键相同的行只存一次。",
        fields={
            "table": "表名。",
            "columns": "列名 → 值在消息中的位置。",
            "on_conflict": "唯一键相同时：保留原行，或更新原行。",
        },
    )
    timeout_s: ClassVar[float] = 60.0
    linger_s: ClassVar[float] = 0.003

    def __post_init__(self) -> None:
        for name in self.columns:
            if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
                raise ValueError(f"columns: {name!r} is no column name; use small letters, digits and _")

    def start(self, ctx: Context) -> None:
        self.paths = {name: Path(path) for name, path in self.columns.items()}
        self.staged_batches = 0
        self.held = DedicatedConnection(ctx.service(Database), self._prepare)

    async def stop(self) -> None:
        await self.held.close()

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        results: list[Any] = []
        try:
            async with self.held.use() as connection:
                rows: list[bytes] = []
                pack = self.packer.pack
                for message in messages:
                    try:
                        rows.append(pack(message))
                        results.append(message)
                    except PermanentError as refused:
                        results.append(refused)
                if rows:
                    await self._write(connection, rows)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise PermanentError(f"table {self.table} refuses the row: {error}") from error
        return results

    async def _write(self, connection: asyncpg.Connection, rows: list[bytes]) -> None:
        """Straight into the table while no row comes twice: one exchange with the server instead of three, half its work. A row that is there
        already fails that, so the batch (and the next ones: after a restart more will come again) goes through the staging table."""
        if self.staged_batches == 0 and self.on_conflict == "ignore":
            try:
                await self._copy(connection, self.table, rows)
                return
            except asyncpg.UniqueViolationError:
                self.staged_batches = STAGED_AFTER_CONFLICT
        self.staged_batches = max(0, self.staged_batches - 1)
        await connection.execute("begin")
        await self._copy(connection, "mcs_staging", rows)
        await connection.execute(self.merge)

    async def _copy(self, connection: asyncpg.Connection, table: str, rows: list[bytes]) -> None:
        schema, _, name = table.rpartition(".")
        columns = self.packer.columns
        await connection.copy_to_table(
            name, schema_name=schema or None, source=_chunks(rows), columns=columns, format="binary"
        )

    async def _prepare(self, connection: asyncpg.Connection) -> None:
        """A staging table that empties itself at each commit."""
        types = await self._types(connection)
        self.packer = RowPacker({name: (types[name], path) for name, path in self.paths.items()})
        names = ", ".join(self.packer.columns)
        await connection.execute(
            f"create temp table mcs_staging on commit delete rows as select {names} from {self.table} with no data"
        )
        conflict = await self._conflict(connection)
        self.merge = (
            f"insert into {self.table} ({names}) select {names} from mcs_staging on conflict {conflict}; commit"
        )

    async def _types(self, connection: asyncpg.Connection) -> dict[str, str]:
        rows = await connection.fetch(
            "select attname, typname from pg_attribute join pg_type on pg_type.oid = atttypid "
            "where attrelid = to_regclass($1) and attnum > 0 and not attisdropped",
            self.table,
        )
        if not rows:
            raise PermanentError(f"there is no table {self.table}")
        types = {row["attname"]: row["typname"] for row in rows}
        missing = [name for name in self.columns if name not in types]
        if missing:
            raise PermanentError(f"table {self.table} has no column {missing[0]}; it has {', '.join(types)}")
        return types

    async def _conflict(self, connection: asyncpg.Connection) -> str:
        if self.on_conflict == "ignore":
            return "do nothing"
        keys = await connection.fetchval(
            "select array_agg(attname::text) from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey) "
            "where indrelid = to_regclass($1) and indisprimary",
            self.table,
        )
        rest = [name for name in self.packer.columns if name not in (keys or [])]
        if not keys or not rest:
            raise PermanentError(f"table {self.table} needs a primary key, and columns besides it, to update rows by")
        return f"({', '.join(keys)}) do update set {', '.join(f'{name} = excluded.{name}' for name in rest)}"


async def _chunks(rows: list[bytes]) -> AsyncIterator[bytes]:
    yield COPY_BEGIN
    for begin in range(0, len(rows), ROWS_PER_CHUNK):
        yield b"".join(rows[begin : begin + ROWS_PER_CHUNK])
    yield COPY_END
