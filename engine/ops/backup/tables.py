"""The tables of a database as they are copied out and in: in the order in which they refer to one another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import asyncpg
import msgspec
import networkx as nx
from asyncpg.pool import PoolConnectionProxy

from engine.db.copy import copy_stream

__all__ = ["Table", "copy_in", "copy_out", "make_table", "quoted", "read_tables"]

Connection = asyncpg.Connection | PoolConnectionProxy

LEFT_OUT = ("schema_migrations", "sessions", "leases", "backups")
"""The first is written by the migrations; nobody stays signed in across a restore, no process keeps its flows, and this is another machine's list."""

_TABLES = """
select c.relname as name,
       array(select attname from pg_attribute a where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
             order by attnum)::text[] as columns,
       array(select attname from pg_attribute a where attrelid = c.oid and attnum > 0 and not attisdropped and attidentity <> ''
             order by attnum)::text[] as numbered,
       array(select distinct r.relname from pg_constraint f join pg_class r on r.oid = f.confrelid
             where f.conrelid = c.oid and f.contype = 'f' and r.oid <> c.oid)::text[] as refers,
       array(select format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end from pg_attribute a
             where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum)::text[] as types,
       array(select a.attname from pg_index i, unnest(i.indkey::int2[]) with ordinality as part(number, place)
             join pg_attribute a on a.attnum = part.number and a.attrelid = c.oid
             where i.indrelid = c.oid and i.indisprimary and a.attrelid = i.indrelid order by part.place)::text[] as key
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
order by c.relname
"""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """`numbered` are the identity columns, whose next number has to be set after rows came in; `refers` the tables it points to.

    `types` and `key` (the primary one) are for tables that no migration makes: those of a flow, and what was restored from the archive.
    """

    name: str
    columns: list[str]
    numbered: list[str]
    refers: list[str]
    types: list[str] = []
    key: list[str] = []


async def make_table(connection: Connection, table: Table) -> None:
    """A table that no migration makes, with its columns and primary key; defaults and further indexes are not known. Harmless when it is there."""
    parts = [f"{quoted(name)} {kind}" for name, kind in zip(table.columns, table.types, strict=True)]
    parts += [f"primary key ({', '.join(map(quoted, table.key))})"] if table.key else []
    await connection.execute(f"create table if not exists {quoted(table.name)} ({', '.join(parts)})")


async def read_tables(connection: Connection) -> list[Table]:
    """All tables that hold something of the site, those that are referred to first."""
    rows = await connection.fetch(_TABLES)
    tables = {row["name"]: Table(**row) for row in rows if row["name"] not in LEFT_OUT}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(tables))
    graph.add_edges_from((other, name) for name, table in tables.items() for other in table.refers if other in tables)
    return [tables[name] for name in nx.lexicographical_topological_sort(graph)]


async def copy_out(connection: Connection, table: Table, write: Callable[[bytes], Coroutine[Any, Any, None]]) -> int:
    """Writes all rows in PostgreSQL's binary form; how many there were."""
    status = await connection.copy_from_query(
        f"select {_columns(table)} from {quoted(table.name)}", output=write, format="binary"
    )
    return int(status.rpartition(" ")[2])


async def copy_in(connection: Connection, table: Table, parts: AsyncIterator[bytes]) -> int:
    """Takes rows that `copy_out` has written, and sets the next numbers; how many there were. Raises what `parts` raises."""
    status = await copy_stream(
        connection, table.name, parts, columns=table.columns, format="binary", schema_name="public"
    )
    for column in table.numbered:
        await connection.execute(
            f"select setval(pg_get_serial_sequence($1, $2), max({quoted(column)})) from {quoted(table.name)} "
            f"having max({quoted(column)}) is not null",
            quoted(table.name),
            column,
        )
    return int(status.rpartition(" ")[2])


def _columns(table: Table) -> str:
    return ", ".join(quoted(column) for column in table.columns)


def quoted(name: str) -> str:
    """Names come from the database's own catalogue or from the manifest of a backup: never trusted, always quoted."""
    return '"' + name.replace('"', '""') + '"'
