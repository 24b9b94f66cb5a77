"""A connection to the database that one user keeps for itself, made anew when it breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from engine.core.failure import RetryableError
from engine.db.database import Database, is_transient
from engine.texts.text import Text

__all__ = ["DedicatedConnection"]

OPEN_WITHIN_S = 5.0


class DedicatedConnection:
    """For one user that works on it all the time, one thing after another: no taking out of a pool and no resetting between.

    `prepare` is called with each new connection before its first use.
    """

    def __init__(
        self, database: Database, prepare: Callable[[asyncpg.Connection], Awaitable[None]] | None = None
    ) -> None:
        self._database = database
        self._prepare = prepare
        self._opened: tuple[AsyncExitStack, asyncpg.Connection] | None = None

    @asynccontextmanager
    async def use(self) -> AsyncIterator[asyncpg.Connection]:
        """The connection for the block. RetryableError while the server is away or goes away; a transaction that the block leaves open by an error
        is rolled back."""
        try:
            if self._opened is None or self._opened[1].is_closed():
                await self.close()
                await self._open()
            assert self._opened is not None
            yield self._opened[1]
        except Exception as error:
            # asyncpg has no error of its own for a connection that was closed between two calls.
            closed = self._opened is not None and self._opened[1].is_closed()
            if closed or is_transient(error):
                await self.close()
                raise RetryableError(Text("runtime.database-away", reason=str(error))) from error
            await self._roll_back()
            raise
        except BaseException:
            await self.close()  # cancelled, perhaps in the middle of an answer
            raise

    async def close(self) -> None:
        """Ends it; another `use` opens it again."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened[0].aclose()

    async def _roll_back(self) -> None:
        if self._opened is None:
            return
        connection = self._opened[1]
        try:
            if connection.is_in_transaction():
                await connection.execute("rollback")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await self.close()

    async def _open(self) -> None:
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(self._database.own_connection(OPEN_WITHIN_S))
            if self._prepare is not None:
                await self._prepare(connection)
            self._opened = stack.pop_all(), connection
