"""The connection to Redis that the nodes of a site share, and what they write into it."""

from __future__ import annotations

from typing import Any

import msgspec
from redis import asyncio as redis
from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from engine.api import UNSET, Context, Message, Path, PermanentError, RetryableError, Settings, Text

__all__ = ["RESERVED", "RedisProblem", "encoded", "key_of", "problem_of", "redis_client"]

RESERVED = "mcs:"
LONGEST_KEY = 1000

RedisProblem = (RedisError, OSError)
_PASSING = (ClusterDownError, MasterDownError, OutOfMemoryError, ReadOnlyError, TryAgainError)


async def redis_client(ctx: Context, url: str) -> Any:
    """The client for an address; "" is the site's own (MCS_REDIS_URL). ValueError when there is none. Nothing is connected yet."""
    if not url:
        own = ctx.service(Settings).redis_url
        if own is None:
            raise ValueError(Text("redis.none"))
        url = own.reveal()

    async def make() -> Any:
        try:
            return redis.from_url(url, socket_connect_timeout=5, socket_timeout=10)
        except ValueError as wrong:
            raise ValueError(Text("redis.address")) from wrong

    async def close(client: Any) -> None:
        await client.aclose()

    return await ctx.shared(f"redis {url}", make, close)


def key_of(message: Message, prefix: str, path: Path | None) -> str:
    """The key for a message. PermanentError when the message names none, or one that belongs to the engine."""
    part = path.get(message) if path is not None else ""
    if isinstance(part, (int, float)) and not isinstance(part, bool):
        part = str(part)
    if not isinstance(part, str) or not prefix + part:
        raise PermanentError(Text("redis.no-key", path=path.text if path is not None else "key"))
    key = prefix + part
    if key.startswith(RESERVED):
        raise PermanentError(Text("redis.reserved", prefix=RESERVED))
    if len(key) > LONGEST_KEY:
        raise PermanentError(Text("redis.key-long", limit=LONGEST_KEY))
    return key


def problem_of(error: Exception) -> Exception:
    """RetryableError when Redis is away or not ready, PermanentError when it refuses this command."""
    if isinstance(error, (RedisConnectionError, RedisTimeoutError, BusyLoadingError, OSError)):
        return RetryableError(Text("redis.away", reason=str(error)))
    text = str(error)
    if isinstance(error, _PASSING) or text.startswith(("MISCONF", "NOREPLICAS")):
        return RetryableError(Text("redis.read-only", reason=text), after_s=2.0)
    return PermanentError(Text("redis.refuses", reason=text))


def encoded(payload: Any) -> bytes:
    """Text in UTF-8, bytes as they are, everything else as JSON. PermanentError when that can't be."""
    if payload is UNSET:
        raise PermanentError(Text("value.no-payload"))
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload)
    try:
        return payload.encode() if isinstance(payload, str) else msgspec.json.encode(payload)
    except (TypeError, ValueError, RecursionError, OverflowError) as wrong:
        raise PermanentError(Text("value.not-text", reason=str(wrong))) from wrong
