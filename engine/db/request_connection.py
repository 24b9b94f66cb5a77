"""A database connection for somebody who waits at a page: soon, or a clear refusal."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.core.backoff import Backoff
from engine.core.clock import SystemClock
from engine.db.database import Database, Unavailable, is_transient

__all__ = ["request_connection", "until_done"]

log = logging.getLogger(__name__)

_T = TypeVar("_T")

WAIT_UP_S = 3.0
WAIT_DOWN_S = 0.3


@asynccontextmanager
async def request_connection(database: Database) -> AsyncIterator[PoolConnectionProxy]:
    """Lends a connection. `Unavailable` when there is none within 3 s (0.3 s while the server is known to be down) or it breaks
    in the middle: nothing was committed then, unless the break came in the commit itself."""
    try:
        async with database.connection(WAIT_UP_S if database.up else WAIT_DOWN_S) as connection:
            yield connection
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if is_transient(error):
            raise Unavailable(database.problem or str(error) or type(error).__name__) from error
        raise


async def until_done(work: Callable[[], Awaitable[_T]]) -> _T:
    """Tries again, every second at last, as long as the database is away."""
    backoff = Backoff(SystemClock(), longest_s=1.0)
    while True:
        try:
            return await work()
        except Unavailable as away:
            log.debug("waiting for the database: %s", away)
            await backoff.wait()
