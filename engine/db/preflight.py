"""Whether the address of the database can ever lead to one: what no waiting mends is told at the start, with its remedy."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import asyncpg

from engine.core.errors import SetupError
from engine.core.secret import without_password
from engine.texts.text import Text

__all__ = ["refuse_unusable"]

ANSWERS_WITHIN_S = 5.0
NEVER = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
"""There is no such host; a name server that is away says EAI_AGAIN."""


async def refuse_unusable(dsn: str) -> None:
    """SetupError for a wrong password, a missing database, login or host, and an address that can't be read. A server that does not answer, or is
    only starting, is waited for by others."""
    address = without_password(dsn)
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            connection = await asyncpg.connect(dsn)
    except asyncpg.InvalidPasswordError as refused:
        raise SetupError(Text("setup.database-password", address=address, reason=str(refused))) from refused
    except asyncpg.InvalidAuthorizationSpecificationError as refused:
        raise SetupError(Text("setup.database-login", address=address, reason=str(refused))) from refused
    except asyncpg.InvalidCatalogNameError as missing:
        raise SetupError(Text("setup.no-database", address=address, reason=str(missing))) from missing
    except socket.gaierror as unknown:
        if unknown.errno in NEVER:
            raise SetupError(
                Text("setup.no-database-host", address=address, reason=unknown.strerror or "")
            ) from unknown
    except (ValueError, asyncpg.InterfaceError) as unreadable:
        raise SetupError(Text("setup.database-address", address=address)) from unreadable
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return
    else:
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError):
            await connection.close(timeout=ANSWERS_WITHIN_S)
