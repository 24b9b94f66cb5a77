"""What the engine hands to a node at its start: clock, log, state, secrets, shared connections and a way to emit later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from engine.core.clock import Clock
from engine.core.message import Delivery, Message
from engine.texts.text import Readable

__all__ = ["Context", "Emitter", "Memory"]

_T = TypeVar("_T")
_V = TypeVar("_V", contravariant=True)


class Memory(Protocol[_V]):
    """Keyed memory of one node. It survives a restart and a deploy that keeps the node.

    A message is acknowledged only after the changes made while it was processed are journaled. Values are plain data
    (what msgpack can say) or the Struct given to `Context.state`; a value that was changed in place must be set again.
    """

    shared: dict[str, Any]
    """Not stored: what the version of a node before a deploy and the one after it have in common while both are there."""

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or `default` when there is none or its time to live is over."""

    def set(self, key: str, value: _V, ttl_s: float | None = None) -> None:
        """Remembers; with `ttl_s` it is forgotten that many seconds from now. PermanentError when the key has more than 500 characters."""

    def delete(self, key: str) -> None:
        """Forgets; harmless when there is nothing."""

    def items(self) -> list[tuple[str, Any]]:
        """All living entries, oldest first."""

    def __len__(self) -> int: ...


class Emitter(Protocol):
    """How a source puts messages into its flow."""

    @property
    def full(self) -> bool:
        """True while the source has as many messages under way as it may; a pushing source stops reading then."""

    def push(
        self,
        payload: Any,
        topic: str = "",
        *,
        key: str = "",
        time: float | None = None,
        props: Mapping[str, Any] | None = None,
        token: Any = None,
    ) -> Delivery:
        """Puts one message in at once, never waits. `token` comes back through `Source.settled` when all is done with it."""

    async def __call__(
        self,
        payload: Any,
        topic: str = "",
        *,
        key: str = "",
        time: float | None = None,
        props: Mapping[str, Any] | None = None,
    ) -> None:
        """Waits for room, puts one message in, and returns when it has settled to go on reading (not when it is done)."""

    def refuse(self, payload: Any, topic: str, reason: Readable, port: str = ...) -> asyncio.Future[None]:
        """Puts in what the source could not take as it should be: out of `port` when wired, else the way of errors. Done when that is."""

    async def room(self) -> None:
        """Waits until `full` is false."""

    def on_room(self, call: Callable[[], None]) -> None:
        """Calls once as soon as there is room again."""


class Context(Protocol):
    """The engine's side of one node."""

    flow: str
    node: str
    clock: Clock
    log: logging.LoggerAdapter[Any]

    def state(self, name: str, type: Any = Any) -> Memory[Any]:
        """The node's memory of that name; `type` is what a value is read back as after a restart."""

    def shared_state(self, name: str, type: Any = Any) -> Memory[Any]:
        """Memory under a name of the site, shared by all nodes that ask for it."""

    def emit(self, message: Message, port: str = ...) -> None:
        """Sends outside of `process` (from a timer or task)."""

    def fail(self, message: Message, error: Exception) -> None:
        """Sends the message the way of errors, as raising in `process` does."""

    def wired(self, port: str) -> bool:
        """Whether a wire leaves that port now. A node asks before it sends what must not get lost to a port that may lead nowhere."""

    def drop(self, count: int = 1) -> None:
        """Counts messages that the node drops by its nature, so that it shows."""

    def status(self, text: Readable, level: str = "ok") -> None:
        """The short line under the node in the editor; level: ok, busy, warning, error."""

    def secret(self, name: str) -> str:
        """A stored secret. KeyError names it and says where to set it."""

    def service(self, kind: type[_T]) -> _T:
        """A shared service of the site (the database, a pack's registry). LookupError says which pack brings it."""

    async def shared(self, key: str, make: Callable[[], Awaitable[_T]], close: Callable[[_T], Awaitable[None]]) -> _T:
        """A connection that nodes share by key: made once, closed after the last node that asked for it has stopped."""
