"""Stores messages as rows of a PostgreSQL table, many in one commit, each exactly once."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, ClassVar, Literal

import asyncpg

from engine.api import (
    Context,
    Database,
    Help,
    Message,
    Meta,
    Node,
    Path,
    Port,
    Refused,
    Retry,
    connection_or_retry,
    is_transient,
    node,
)
from nodes.io.postgres_rows import COPY_BEGIN, COPY_END, RowPacker

ROWS_PER_CHUNK = 2000
STAGED_AFTER_CONFLICT = 50


@node(category="storage", icon="database", title="Write to PostgreSQL", side_effect=True)
class PostgresWrite(Node):
    """Write each message as a row of a table, and pass it on once the row is committed.

    What has gathered while one commit was under way goes into the next (eager group commit): no timer delays a lone message, and
    thousands a second share a commit. The source is told that a message is done only after its commit. A row that is already there
    by the table's unique key is left as it is (or brought up to date), so a message that comes again is stored once.

    A value that does not go into its column sends that message to the error port; the others are stored. While the database is away
    messages wait and nothing is lost. Times are Unix seconds.
    """

    table: Annotated[
        str, Meta(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$", description="Table, or schema.table.")
    ]
    columns: Annotated[
        dict[str, str],
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

    def start(self, ctx: Context) -> None:
        self.database = ctx.service(Database)
        self.paths = {name: Path(path) for name, path in self.columns.items()}
        self.staged_batches = 0
        self.opened: contextlib.AsyncExitStack | None = None
        for name in self.columns:
            if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
                raise ValueError(f"columns: {name!r} is no column name; use small letters, digits and _")

    async def stop(self) -> None:
        await self._close()

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        if self.opened is None:
            await self._open()
        rows: list[bytes] = []
        results: list[Any] = []
        pack = self.packer.pack
        for message in messages:
            try:
                rows.append(pack(message))
                results.append(message)
            except Refused as refused:
                results.append(refused)
        if rows:
            try:
                await self._write(rows)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
                await self._close()
                if is_transient(error):
                    raise Retry(f"the database is away ({error})") from error
                raise Refused(f"table {self.table} refuses the row: {error}") from error
            except BaseException:
                await self._close()
                raise
        return results

    async def _write(self, rows: list[bytes]) -> None:
        """Straight into the table while no row comes twice: one exchange with the server instead of three, half its work. A row that is there
        already fails that, so the batch (and the next ones: after a restart more will come again) goes through the staging table."""
        if self.staged_batches == 0 and self.on_conflict == "ignore":
            try:
                await self._copy(self.table, rows)
                return
            except asyncpg.UniqueViolationError:
                self.staged_batches = STAGED_AFTER_CONFLICT
        self.staged_batches = max(0, self.staged_batches - 1)
        connection = self.connection
        await connection.execute("begin")
        try:
            await self._copy("mcs_staging", rows)
            await connection.execute(self.merge)
        except BaseException:
            if not connection.is_closed():
                await connection.execute("rollback")
            raise

    async def _copy(self, table: str, rows: list[bytes]) -> None:
        schema, _, name = table.rpartition(".")
        columns = self.packer.columns
        await self.connection.copy_to_table(
            name, schema_name=schema or None, source=_chunks(rows), columns=columns, format="binary"
        )

    async def _open(self) -> None:
        """A connection of our own with a staging table that empties itself at each commit."""
        async with contextlib.AsyncExitStack() as opened:
            self.connection = await opened.enter_async_context(connection_or_retry(self.database))
            types = await self._types()
            self.packer = RowPacker({name: (types[name], path) for name, path in self.paths.items()})
            names = ", ".join(self.packer.columns)
            await self.connection.execute("drop table if exists mcs_staging")
            await self.connection.execute(
                f"create temp table mcs_staging on commit delete rows as select {names} from {self.table} with no data"
            )
            self.merge = f"insert into {self.table} ({names}) select {names} from mcs_staging on conflict {await self._conflict()}; commit"
            self.opened = opened.pop_all()

    async def _types(self) -> dict[str, str]:
        rows = await self.connection.fetch(
            "select attname, typname from pg_attribute join pg_type on pg_type.oid = atttypid "
            "where attrelid = to_regclass($1) and attnum > 0 and not attisdropped",
            self.table,
        )
        if not rows:
            raise Refused(f"there is no table {self.table}")
        types = {row["attname"]: row["typname"] for row in rows}
        missing = [name for name in self.columns if name not in types]
        if missing:
            raise Refused(f"table {self.table} has no column {missing[0]}; it has {', '.join(types)}")
        return types

    async def _conflict(self) -> str:
        if self.on_conflict == "ignore":
            return "do nothing"
        keys = await self.connection.fetchval(
            "select array_agg(attname::text) from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey) "
            "where indrelid = to_regclass($1) and indisprimary",
            self.table,
        )
        rest = [name for name in self.packer.columns if name not in (keys or [])]
        if not keys or not rest:
            raise Refused(f"table {self.table} needs a primary key, and columns besides it, to update rows by")
        return f"({', '.join(keys)}) do update set {', '.join(f'{name} = excluded.{name}' for name in rest)}"

    async def _close(self) -> None:
        opened, self.opened = self.opened, None
        if opened is not None:
            with contextlib.suppress(Retry):
                await opened.aclose()


async def _chunks(rows: list[bytes]) -> AsyncIterator[bytes]:
    yield COPY_BEGIN
    for begin in range(0, len(rows), ROWS_PER_CHUNK):
        yield b"".join(rows[begin : begin + ROWS_PER_CHUNK])
    yield COPY_END
