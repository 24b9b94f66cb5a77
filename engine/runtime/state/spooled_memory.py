"""Where node memory is committed, outage or not: the store while it answers, the spool while it does not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from engine.core.failure import PermanentError, RetryableError
from engine.runtime.state.journal import Change, JournalStore
from engine.runtime.state.spool.spool import Spool

__all__ = ["SpooledMemory"]

log = logging.getLogger("mcs.memory")

STREAM = "node memory"
COPIES = "node memory"
PATIENCE_S = 0.3
"""A reading that was judged waits for this commit before it is acknowledged, and with it what comes behind it."""
START_WITHIN_S = 3.0

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Change]).decode
_decode_copy = msgspec.msgpack.Decoder(tuple[bytes, float | None]).decode


class SpooledMemory:
    """A `JournalStore` round another. A copy of everything lies in the spool, so that a start without the store has the memory as well."""

    def __init__(self, store: JournalStore, spool: Spool) -> None:
        self._store = store
        self._spool = spool
        self._forwarder = spool.forwarder(STREAM, lambda: _Target(store), patience_s=PATIENCE_S)

    async def start(self) -> None:
        await self._store.start()

    async def append(self, changes: list[Change]) -> None:
        await self._forwarder.put(changes)
        for name, key, value, ends in changes:
            self._spool.copy(COPIES, f"{name}\0{key}", None if value is None else _encode((value, ends)))

    async def load(self) -> list[Change]:
        """What the store has, with what was spooled since; what the copies have where the store does not answer."""
        file = self._spool.file
        spooled = await file.oldest(STREAM, most_bytes=2**40) if file is not None else []
        later = [change for entry in spooled for change in _decode(entry.body)]
        copies = await self._spool.copies(COPIES)
        if not self._spool.complete:
            return [*await self._store.load(), *later]
        try:
            async with asyncio.timeout(START_WITHIN_S):
                return [*await self._store.load(), *later]
        except (RetryableError, TimeoutError, OSError) as away:
            log.warning("node memory is taken from its copy on disk: %s", str(away) or "its store does not answer")
        kept: list[Change] = []
        for name_key, body in copies.items():
            name, _, key = name_key.partition("\0")
            kept.append((name, key, *_decode_copy(body)))
        return [*kept, *later]


class _Target:
    def __init__(self, store: JournalStore) -> None:
        self._store = store

    async def write(self, items: Sequence[Change]) -> None:
        await self._store.append(list(items))

    def encode(self, items: Sequence[Change]) -> bytes:
        return _encode(items)

    def decode(self, body: bytes) -> list[Change]:
        return _decode(body)

    def reject(self, item: Change, error: PermanentError) -> None:
        log.error("%s: what was remembered under %r can't be saved: %s", item[0], item[1], error)

    async def close(self) -> None:
        """The store's connection is the store's."""
