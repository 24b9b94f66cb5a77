"""Asks a PostgreSQL database, with the message's values as parameters."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from engine.api import (
    Context,
    Database,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    QueryLogin,
    Text,
    choices,
    connection_or_retry,
    node,
)
from nodes.drivers.postgres_values import as_parameter, as_plain
from nodes.support.sequence import array_sequence, new_ids


@node(category="storage", icon="database-zap", title="Query PostgreSQL", side_effect=True)
class PostgresQuery(Node):
    """Run one SQL statement per message and put what it answers into the payload.

    Values come in only as parameters: $1 is the first of `parameters`, a path in the message, and so on. They are converted to the type
    that the statement wants, strictly: Unix seconds or ISO text for times, objects and lists for json; anything else that doesn't fit is
    refused. The payload becomes a list of rows {column: value}, or the first row (null when there is none), or each row is a message of
    its own with `parts` (for `join`; an answer without rows is counted as dropped). Times come back as Unix seconds, numeric as a number,
    json as what it says.

    The site's own database is asked by a login that reads its tables, but not those of users, tokens, secrets and the audit log. A
    transaction can't write unless `read_only` is off, and then only where that login has been granted it. Above `most_rows` the rest is
    cut off and the property `more` is true. A statement that takes longer than `limit_s` is ended and the message refused. While the
    database is away messages wait.
    """

    sql: Annotated[
        str,
        Meta(
            title="SQL statement",
            min_length=1,
            max_length=100_000,
            description="One statement, such as select * from devices where sn = $1",
        ),
    ]
    parameters: Annotated[
        list[PathText], Meta(max_length=100, description="Where $1, $2 … are in the message: payload.sn, key")
    ] = msgspec.field(default_factory=list)
    output: Annotated[
        Literal["rows", "first", "each"],
        choices(
            rows=("All rows", "全部行"), first=("The first row", "第一行"), each=("A message per row", "每行一条消息")
        ),
        Meta(title="Result", description="All rows as a list, the first row, or a message per row."),
    ] = "rows"
    database: Annotated[str, Meta(description="Address, such as ${secret:erp}; empty: the site's own database.")] = ""
    read_only: Annotated[bool, Meta(description="Refuse statements that write.")] = True
    most_rows: Annotated[int, Meta(ge=1, le=100_000, description="Most rows of an answer.")] = 1000
    limit_s: Annotated[
        float,
        Meta(
            title="Time limit",
            gt=0,
            le=600,
            description="Longest time of the statement.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 10.0

    zh: ClassVar = Help(
        "查询 PostgreSQL",
        "为每条消息执行一条 SQL 语句，结果放入载荷：全部行的列表、第一行（没有则为空值），或每行一条带 `parts` 的消息。值只能作为参数（$1、"
        "$2……）传入，按语句所要的类型严格转换，不相符的处理失败。只读时不能写入。行数超过上限时截断，属性 `more` 为 `true`；超过时限则中止，"
        "该消息处理失败。数据库离线时等待。时间以 Unix 秒返回。",
        fields={
            "sql": ("SQL 语句", "一条语句，如 `select * from devices where sn = $1`。"),
            "parameters": ("语句参数", "$1、$2…… 在消息中的路径，如 `payload.sn`、`key`。"),
            "output": ("结果", "全部行、第一行，或每行一条消息。"),
            "database": ("数据库", "地址，如 `${secret:erp}`；不填则为全站的数据库。"),
            "read_only": ("只读", "写入的语句处理失败。"),
            "most_rows": ("行数上限", "结果最多几行。"),
            "limit_s": ("时限", "语句最多执行多久。"),
        },
    )
    timeout_s: ClassVar[float] = 660.0

    def __post_init__(self) -> None:
        if self.database and not self.database.startswith(("postgresql://", "postgres://", "${")):
            raise ValueError(Text("postgres.address"))

    async def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.new_id = new_ids()
        self.paths = [Path(text) for text in self.parameters]
        self.login = None if self.database else ctx.service(QueryLogin)
        if self.database:
            self.other = await ctx.shared(f"postgres {self.database}", self._connect, Database.stop)

    async def process(self, msg: Message) -> Any:
        try:
            async with connection_or_retry(self.other if self.login is None else self.login.database) as connection:
                try:
                    rows, more = await self._ask(connection, msg)
                except asyncpg.ReadOnlySQLTransactionError as writes:
                    if not self.read_only:
                        raise  # the server itself takes no writes: the primary has moved, which passes
                    raise PermanentError(Text("postgres.writes", reason=str(writes))) from writes
        except asyncpg.QueryCanceledError as late:
            raise PermanentError(Text("postgres.slow", seconds=self.limit_s)) from late
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as wrong:
            raise PermanentError(Text("postgres.refuses", reason=str(wrong))) from wrong
        if self.output == "each":
            if not rows:
                self.ctx.drop()
            sequence = array_sequence(msg, rows, self.new_id())
            return [one.with_props(more=True) for one in sequence] if more else sequence
        answer = msg.replace(payload=rows if self.output == "rows" else rows[0] if rows else None)
        return answer.with_props(more=True) if more else answer

    async def _connect(self) -> Database:
        database = Database(self.database, max_connections=4, application_name=f"mcs {self.ctx.flow}"[:63])
        await database.start()
        return database

    async def _ask(self, connection: PoolConnectionProxy, msg: Message) -> tuple[list[dict[str, Any]], bool]:
        async with connection.transaction(readonly=self.read_only):
            if not self.read_only:
                await connection.execute("set transaction read write")
            await connection.execute(f"set local statement_timeout = {max(1, int(self.limit_s * 1000))}")
            statement = await connection.prepare(self.sql)
            wanted = statement.get_parameters()
            if len(wanted) != len(self.paths):
                raise PermanentError(Text("postgres.parameters", wanted=len(wanted), given=len(self.paths)))
            values = [
                as_parameter(path.get(msg), kind.name, f"${number} ({path.text})")
                for number, (path, kind) in enumerate(zip(self.paths, wanted, strict=True), 1)
            ]
            try:
                if not statement.get_attributes():
                    await statement.fetch(*values)
                    return [], False
                cursor = await statement.cursor(*values)
                records = await cursor.fetch(self.most_rows + 1)
            except (asyncpg.DataError, OverflowError, UnicodeEncodeError) as wrong:
                raise PermanentError(Text("postgres.unfit", reason=str(wrong))) from wrong
        kinds = {attribute.name: attribute.type.name for attribute in statement.get_attributes()}
        rows = [
            {name: as_plain(value, kinds[name]) for name, value in record.items()}
            for record in records[: self.most_rows]
        ]
        return rows, len(records) > self.most_rows
