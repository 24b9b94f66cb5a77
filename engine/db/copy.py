"""COPY into a table from a source that may fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from asyncpg import Connection
from asyncpg.pool import PoolConnectionProxy

__all__ = ["copy_stream"]


async def copy_stream(
    connection: Connection | PoolConnectionProxy, table: str, parts: AsyncIterator[bytes], **options: Any
) -> str:
    """`Connection.copy_to_table` with its options; the status, such as `COPY 20`. Raises what `parts` raises.

    asyncpg waits for ever when its source raises after the server has refused a row, so here it ends, and raises afterwards:
    roll back.
    """
    failures: list[Exception] = []

    async def unfailing() -> AsyncIterator[bytes]:
        try:
            async for part in parts:
                yield part
        except Exception as failure:  # noqa: BLE001 - raised below, whatever it is
            failures.append(failure)

    try:
        status: str = await connection.copy_to_table(table, source=unfailing(), **options)
    finally:
        if failures:
            raise failures[0]
    return status
