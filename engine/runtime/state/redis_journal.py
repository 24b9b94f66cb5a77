"""Node memory in Redis: every entry is a key of its own with its time to live, and workers hear of each other's changes."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from redis import asyncio as redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.backoff import Backoff
from engine.core.failure import RetryableError
from engine.runtime.state.journal import Change
from engine.texts.text import Readable, Text

__all__ = ["RedisJournal", "redis_key"]

log = logging.getLogger("mcs.redis")

PREFIX = "mcs:memory:"
CHANNEL = "mcs:memory:changes"
SHARED = "mcs:memory:shared"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, list[Change]]).decode


def redis_key(name: str, key: str) -> str:
    """A node's own memory lives under `mcs:memory:flow/node/name:key`; a shared one under plain `name_key`, for other programs to read.

    >>> redis_key("last_alarm", "GS1_a1")
    'last_alarm_GS1_a1'
    """
    return f"{PREFIX}{name}:{key}" if "/" in name else f"{name}_{key}"


def _readable(value: bytes) -> bytes:
    """A number, text or truth of a shared memory as JSON, so that `GET last_alarm_GS1_A1` says a time; anything else as it is."""
    plain = msgspec.msgpack.decode(value)
    return msgspec.json.encode(plain) if isinstance(plain, (int, float, str)) else value


def _packed(value: bytes) -> bytes:
    """Back again. Lists, maps and bytes in msgpack begin above 0x7f, JSON below; what is neither is left to the memory to refuse."""
    if not value or value[0] > 0x7F:
        return value
    try:
        return msgspec.msgpack.encode(msgspec.json.decode(value))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return value


class RedisJournal:
    """A JournalStore. `on_remote` gets the changes that another worker has made.

    What Redis itself promises holds: run it with `appendonly yes` and `appendfsync always` to survive its own crash.
    """

    def __init__(
        self,
        url: str,
        supervisor: Supervisor | None = None,
        on_remote: Callable[[list[Change]], None] = lambda _: None,
    ) -> None:
        supervisor = supervisor if supervisor is not None else Supervisor()
        self.problem: Readable = ""
        self._clock = supervisor.clock
        self._client: Any = redis.from_url(url, socket_connect_timeout=5, socket_timeout=10)
        self._worker = os.urandom(8).hex()
        self._on_remote = on_remote
        self._listener = BackgroundTask("redis changes", self._listen, supervisor)

    async def start(self) -> None:
        """Begins to hear of other workers' changes."""
        self._listener.start()

    async def stop(self) -> None:
        """Closes the connections."""
        await self._listener.stop()
        await self._client.aclose()

    async def append(self, changes: list[Change]) -> None:
        now = self._clock.now()
        try:
            async with self._client.pipeline(transaction=True) as pipe:
                for name, key, value, ends in changes:
                    place = redis_key(name, key)
                    if value is None or (ends is not None and ends <= now):
                        pipe.delete(place)
                    else:
                        told = value if "/" in name else _readable(value)
                        pipe.set(place, told, px=None if ends is None else max(1, round((ends - now) * 1000)))
                    if "/" not in name:
                        pipe.sadd(SHARED, _encode((name, key)))
                pipe.publish(CHANNEL, _encode((self._worker, changes)))
                await pipe.execute()
        except (RedisConnectionError, RedisTimeoutError, OSError) as error:
            raise RetryableError(Text("runtime.redis-away", reason=str(error))) from error
        except RedisError as error:
            # A full or read-only server may be put right by an operator; what is held until then is not lost.
            raise RetryableError(Text("runtime.redis-refuses", reason=str(error)), after_s=5.0) from error

    async def load(self) -> list[Change]:
        backoff = Backoff(self._clock)
        while True:
            try:
                return [*await self._own(), *await self._shared()]
            except (RedisError, OSError) as error:
                problem = Text("runtime.redis-away", reason=str(error))
                if problem != self.problem:
                    log.warning("%s; trying again", problem)
                self.problem = problem
                await backoff.wait()

    async def _own(self) -> list[Change]:
        places = [
            place
            async for place in self._client.scan_iter(match=f"{PREFIX}*:*", count=1000)
            if place.decode() not in (CHANNEL, SHARED)
        ]
        named = []
        for place in places:
            name, _, key = place.decode().removeprefix(PREFIX).partition(":")
            named.append((place, name, key))
        return await self._read(named)

    async def _shared(self) -> list[Change]:
        pairs = [msgspec.msgpack.decode(member, type=tuple[str, str]) for member in await self._client.smembers(SHARED)]
        return await self._read([(redis_key(name, key).encode(), name, key) for name, key in pairs])

    async def _read(self, named: list[tuple[bytes, str, str]]) -> list[Change]:
        found: list[Change] = []
        now = self._clock.now()
        for begin in range(0, len(named), 500):
            part = named[begin : begin + 500]
            async with self._client.pipeline(transaction=False) as pipe:
                for place, _, _ in part:
                    pipe.get(place)
                    pipe.pttl(place)
                answers = await pipe.execute()
            for (_, name, key), value, left_ms in zip(part, answers[::2], answers[1::2], strict=True):
                if value is not None:
                    kept = value if "/" in name else _packed(value)
                    found.append((name, key, kept, now + left_ms / 1000 if left_ms >= 0 else None))
        self.problem = ""
        return found

    async def _listen(self) -> None:
        backoff = Backoff(self._clock)
        while True:
            try:
                async with self._client.pubsub() as subscription:
                    await subscription.subscribe(CHANNEL)
                    backoff.reset()
                    while True:
                        message = await subscription.get_message(ignore_subscribe_messages=True, timeout=5.0)
                        if message is not None:
                            self._take(message["data"])
            except (RedisError, OSError) as error:
                self.problem = Text("runtime.redis-away", reason=str(error))
                await backoff.wait()

    def _take(self, data: bytes) -> None:
        with suppress(msgspec.DecodeError):
            worker, changes = _decode(data)
            if worker != self._worker:
                self._on_remote(changes)
