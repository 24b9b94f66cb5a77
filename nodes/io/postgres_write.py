"""Stores messages as rows of a PostgreSQL table, many in one commit, each exactly once."""

from __future__ import annotations

import contextlib
import re
from typing import Annotated, Any, ClassVar

from engine.api import (
    Context,
    Database,
    Forwarder,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Port,
    Quarantine,
    ReservedTables,
    RetryableError,
    Spool,
    Text,
    node,
)
from nodes.drivers.postgres_rows import RowPacker
from nodes.drivers.postgres_table import OnConflict, PostgresTable


@node(category="storage", secrets=False, icon="database", title="Write to PostgreSQL", side_effect=True)
class PostgresWrite(Node):
    """Write each message as a row of a table, and pass it on once the row is committed.

    What has gathered while one commit was under way goes into the next (eager group commit): a lone message is stored at once, thousands
    a second share a commit, and in between a handful waits at most 3 ms for a few more. The source is told that a message is done only
    after its commit. A row that is already there by the table's unique key is left as it is (or brought up to date), so a message that
    comes again is stored once.

    A value that does not go into its column sends that message to the error port; the others are stored. A database that is away or hangs
    for three seconds does not stop the flow: rows go to the spool on disk, count as stored, and reach the table in order when it is back.
    Times are Unix seconds.
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
        OnConflict,
        Meta(
            title="Same unique key",
            description="A row with the same unique key: `ignore` keeps the stored one, `update` brings it up to date.",
        ),
    ] = "ignore"

    outputs: ClassVar = (Port("out", same_as="in"),)
    zh: ClassVar = Help(
        "写入 PostgreSQL",
        "把每条消息写成表中的一行，提交之后再向下传递。一次提交期间到达的消息合在下一次提交。提交之后才向源节点确认；"
        "唯一键相同的行保留原样或更新，所以再来一次的消息只存一次。值不符合列的消息从错误端口送出，其他照常写入。"
        "数据库离线超过三秒时先暂存到磁盘，流程继续运行，恢复之后按顺序写入。时间为 Unix 秒。",
        fields={
            "table": ("表", "表名，或 `schema.table`。"),
            "columns": ("列", "列名 → 值在消息中的路径，如 `payload.temp`、`topic`、`time`。"),
            "on_conflict": ("唯一键相同时", "表中已有唯一键相同的行时怎么办。"),
        },
    )
    timeout_s: ClassVar[float] = 60.0
    linger_s: ClassVar[float] = 0.003

    def __post_init__(self) -> None:
        for name in self.columns:
            if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
                raise ValueError(Text("postgres.column-name", name=name))

    async def start(self, ctx: Context) -> None:
        self.paths = {name: Path(path) for name, path in self.columns.items()}
        self.packer: RowPacker | None = None
        self.packed_for: dict[str, str] | None = None
        reserved = ctx.service(ReservedTables).reason(self.table)
        if reserved is not None:
            raise ValueError(f"table: {reserved}")
        spool = ctx.service(Spool)
        table = PostgresTable(
            self.table, list(self.columns), self.on_conflict, ctx.service(Database), spool, ctx.service(Quarantine)
        )
        self.rows: Forwarder[bytes] = spool.forwarder(table.stream, lambda: table)
        with contextlib.suppress(RetryableError, PermanentError):  # each message is told that, once there is one
            await self._packer()  # now, while the database is there: an outage may begin before the first message comes

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        results: list[Any] = []
        rows: list[bytes] = []
        pack = (await self._packer()).pack
        for message in messages:
            try:
                rows.append(pack(message))
                results.append(message)
            except PermanentError as refused:
                results.append(refused)
        if rows:
            await self.rows.put(rows)
        return results

    async def _packer(self) -> RowPacker:
        table = self.rows.target
        assert isinstance(table, PostgresTable)
        types = await table.types()
        if self.packer is None or types is not self.packed_for:
            self.packer = RowPacker({name: (types[name], self.paths[name]) for name in table.columns})
            self.packed_for = types
        return self.packer
