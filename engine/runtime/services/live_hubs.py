"""Where the flow meets the browsers: live values and debug rows, sent to each client in coalesced frames."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from engine.core.message import UNSET, Message
from engine.core.paths import plain
from engine.texts.encode import Encoded, encode
from engine.texts.language import Language
from engine.texts.text import Text

__all__ = ["DebugHub", "DebugRow", "LiveHub", "Subscription"]

LONGEST_BACKLOG = 10_000
MOST_KEYS = 100_000
"""Of one channel; one more drops the key that is known longest."""
LARGEST_BACKLOG_BYTES = 2_000_000
DEBUG_ROWS = 1_000
LARGEST_VALUE_BYTES = 16_384

_encode = msgspec.json.Encoder(enc_hook=str).encode


class Subscription:
    """One client's view of a hub: what was published since the last `take`, in order, the latest value per key when it lags.

    A client that does not take holds at most 10,000 items and 2 MB; `skipped` counts what it has missed. Texts of ours reach it in
    its `language`.
    """

    def __init__(
        self,
        close: Callable[[Subscription], None],
        wants: Callable[..., bool] = lambda *_: True,
        language: Language = "en",
    ) -> None:
        self.language: Language = language
        self.skipped = 0
        self.wants = wants
        self._close = close
        self._items: list[tuple[str, bytes]] = []
        self._size_bytes = 0
        self._wake: asyncio.Future[None] | None = None

    def add(self, key: str, item: bytes) -> None:
        """Called by the hub."""
        self._items.append((key, item))
        self._size_bytes += len(item)
        if len(self._items) > LONGEST_BACKLOG or self._size_bytes > LARGEST_BACKLOG_BYTES:
            self._thin()
        wake, self._wake = self._wake, None
        # Done without us when the client's task was cancelled in this very turn of the loop.
        if wake is not None and not wake.done():
            wake.set_result(None)

    def _thin(self) -> None:
        """Down to the latest per key, and of those to the newest that fill half of what may wait."""
        latest: dict[str, bytes] = {}
        for key, item in reversed(self._items):
            latest.setdefault(key, item)
        kept: list[tuple[str, bytes]] = []
        size = 0
        for key, item in latest.items():
            if kept and (len(kept) >= LONGEST_BACKLOG // 2 or size + len(item) > LARGEST_BACKLOG_BYTES // 2):
                break
            kept.append((key, item))
            size += len(item)
        self.skipped += len(self._items) - len(kept)
        self._items = kept[::-1]
        self._size_bytes = size

    async def take(self) -> bytes:
        """A JSON array of everything that has come; waits for the first. Call it again only when the client took the last."""
        if not self._items:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        items, self._items, self._size_bytes = self._items, [], 0
        return b"[" + b",".join([item for _, item in items]) + b"]"

    def close(self) -> None:
        """Ends it; nothing is kept for this client any more."""
        self._close(self)


class LiveChannel:
    """The items of one channel by key, and who watches them."""

    def __init__(self) -> None:
        self.latest: dict[str, Any] = {}
        self.watching: set[Subscription] = set()

    def publish(self, key: str, item: Any) -> None:
        """See `LiveHub.publish`."""
        latest = self.latest
        if key not in latest and len(latest) >= MOST_KEYS:
            del latest[next(iter(latest))]
        latest[key] = item
        if self.watching:
            data = Encoded(item)
            for subscription in self.watching:
                subscription.add(key, data.in_language(subscription.language))


class LiveHub:
    """Latest values by channel and key for pages that watch them. Keeps the last item of every key for a client that comes later."""

    def __init__(self) -> None:
        self._channels: dict[str, LiveChannel] = {}

    def channel(self, name: str) -> LiveChannel:
        """One channel, for whoever publishes to it all the time."""
        found = self._channels.get(name)
        if found is None:
            found = self._channels[name] = LiveChannel()
        return found

    def publish(self, channel: str, key: str, item: Any) -> None:
        """Hands an item (a Struct or JSON-like data) to all who watch the channel. Encoded once, and only when somebody watches."""
        self.channel(channel).publish(key, item)

    def latest(self, channel: str) -> dict[str, Any]:
        """The last item of every key: {key: item}."""
        return dict(self._channels[channel].latest) if channel in self._channels else {}

    def forget(self, channel: str, key: str) -> None:
        """Drops the kept item of a key that is gone."""
        if channel in self._channels:
            self._channels[channel].latest.pop(key, None)

    def subscribe(
        self,
        channel: str,
        *,
        replay: bool = True,
        on_close: Callable[[], None] = lambda: None,
        language: Language = "en",
    ) -> Subscription:
        """From now on; with `replay` it begins with the last item of every key."""
        found = self.channel(channel)

        def close(subscription: Subscription) -> None:
            found.watching.discard(subscription)
            on_close()

        subscription = Subscription(close, language=language)
        found.watching.add(subscription)
        if replay:
            for key, item in found.latest.items():
                subscription.add(key, encode(item, language))
        return subscription


class DebugRow(msgspec.Struct):
    """One row of the debug list. `value` is JSON-like; a large one is cut, `size_bytes` says how large it was."""

    number: int
    time: float
    flow: str
    node: str
    topic: str
    key: str
    id: str
    value: Any
    size_bytes: int
    level: str = "info"


class DebugHub:
    """The last rows that debug nodes and failing nodes showed."""

    def __init__(self) -> None:
        self.rows: deque[DebugRow] = deque(maxlen=DEBUG_ROWS)
        self._count = 0
        self._subscriptions: set[Subscription] = set()

    def publish(self, flow: str, node: str, message: Message, value: Any = UNSET, level: str = "info") -> None:
        """Adds a row showing `value`, by default the payload."""
        shown = message.payload if value is UNSET else value
        self._count += 1
        cut, size = shorten(shown)
        row = DebugRow(
            self._count, message.time, flow, node, message.topic, message.key, str(message.id), cut, size, level
        )
        self.rows.append(row)
        if not self._subscriptions:
            return
        encoded = Encoded(row)
        for subscription in self._subscriptions:
            data = encoded.in_language(subscription.language)
            if subscription.wants(row, data):
                subscription.add(str(self._count), data)

    def subscribe(
        self, wants: Callable[[DebugRow, bytes], bool] = lambda row, data: True, language: Language = "en"
    ) -> Subscription:
        """From now on, the rows that `wants` accepts (it gets their JSON too); filtered before anything is sent."""
        subscription = Subscription(self._subscriptions.discard, wants, language)
        self._subscriptions.add(subscription)
        return subscription


def shorten(value: Any) -> tuple[Any, int]:
    """(value fit for showing, its size in bytes): above 16 kB only the beginning of its JSON text is kept."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        size = len(value)
        text = bytes(value[:LARGEST_VALUE_BYTES]).decode("utf-8", "replace")
        return text, size
    if value is UNSET:
        return None, 0
    try:
        data = _encode(value)
    except (TypeError, ValueError, RecursionError):
        data = repr(value)[: LARGEST_VALUE_BYTES * 2].encode()
        return data[:LARGEST_VALUE_BYTES].decode("utf-8", "ignore"), len(data)
    if len(data) > LARGEST_VALUE_BYTES:
        return data[:LARGEST_VALUE_BYTES].decode("utf-8", "ignore"), len(data)
    return (value if isinstance(value, Text) else plain(value)), len(data)
