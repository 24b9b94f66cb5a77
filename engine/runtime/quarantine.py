"""The last place for a message that no node could handle: kept in the database with its reason, so an operator can see and reprocess it."""

from __future__ import annotations

import logging
from collections import deque
from typing import Any, Protocol

import msgspec

from engine.core.background_task import Supervisor
from engine.core.failure import RetryableError
from engine.core.message import UNSET, Message, message_ids
from engine.runtime.node_queue import NodeQueue
from engine.runtime.state.quarantined_message import QuarantinedMessage
from engine.texts.text import Readable, Text, in_full, stored

__all__ = ["Quarantine", "QuarantineStore"]

log = logging.getLogger("mcs.quarantine")

LARGEST_PAYLOAD_BYTES = 1_000_000


class QuarantineStore(Protocol):
    """Where they are kept."""

    async def keep(self, messages: list[QuarantinedMessage]) -> None:
        """Commits all of them; one that is there already is left as it is. Raises RetryableError while the store is away."""


class Quarantine:
    """Takes a message from any flow; its delivery settles once it is stored. Without a store the last thousand stay in memory."""

    def __init__(self, store: QuarantineStore | None = None, supervisor: Supervisor | None = None) -> None:
        self.count = 0
        self.recent: deque[QuarantinedMessage] = deque(maxlen=1000)
        self._store = store
        self._queue: NodeQueue | None = None
        self._supervisor = supervisor if supervisor is not None else Supervisor()
        self._next_entry = message_ids().__next__

    def start(self) -> None:
        """Begins to store."""
        if self._store is not None:
            self._queue = NodeQueue(
                name="quarantine",
                call=self._keep,
                batch=200,
                timeout_s=60.0,
                supervisor=self._supervisor,
                after=lambda message, result: None,
                fail=lambda message, error: log.error("a message could not be quarantined: %s", error),
            )
            self._queue.start()

    @property
    def queue(self) -> NodeQueue | None:
        """The queue in front of the store."""
        return self._queue

    @property
    def problem(self) -> Readable:
        """Why nothing is stored just now, "" when all is well."""
        return "" if self._queue is None else self._queue.problem

    async def stop(self) -> None:
        """Stops; what waits was not acknowledged and comes again."""
        if self._queue is not None:
            await self._queue.stop()

    def put(self, flow: str, node: str, message: Message, reason: Readable) -> None:
        """Keeps a message. Its properties must not hold secrets: they are shown to admins."""
        self.count += 1
        kept = _kept(self._next_entry(), flow, node, message, reason)
        if self._queue is not None:
            self._queue.put(message.replace(payload=kept))
        else:
            self.recent.append(kept)

    async def _keep(self, messages: list[Message]) -> None:
        assert self._store is not None
        try:
            await self._store.keep([message.payload for message in messages])
        except RetryableError:
            raise
        except Exception as error:
            # A store that refuses for good must not lose what it was given: the messages stay held and the admin is told.
            log.exception("quarantine can't store")
            raise RetryableError(Text("runtime.quarantine-refuses", reason=str(error)), after_s=10.0) from error


def _kept(entry: int, flow: str, node: str, message: Message, reason: Readable) -> QuarantinedMessage:
    payload = _bytes(message.payload)
    props = {name: value for name, value in message.props.items() if name != "device"}
    return QuarantinedMessage(
        entry,
        flow,
        node,
        message.time,
        message.topic[:1000],
        message.key[:200],
        in_full(reason, "en")[:2000],
        payload[:LARGEST_PAYLOAD_BYTES],
        len(payload),
        _bytes(props),
        kept if isinstance(kept := stored(reason), dict) else None,
    )


def _bytes(value: Any) -> bytes:
    if value is UNSET:
        return b""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    try:
        return msgspec.json.encode(value, enc_hook=str)
    except (TypeError, ValueError, RecursionError, OverflowError):
        return repr(value)[:100_000].encode("utf-8", "replace")
