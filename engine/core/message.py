"""What travels along the wires: a message is a value, and its delivery says when the source may forget it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["EMPTY", "UNSET", "Delivery", "Message", "UnsetType", "message_ids"]

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


class Changes(Protocol):
    """What nodes have remembered while they had a message that is still under way."""

    def settle(self, delivery: Delivery) -> None:
        """The message is done: what it has changed may be committed, and then its source may hear of it."""


class Delivery(msgspec.Struct, gc=False, eq=False):
    """Counts the branches of one source message that are still under way.

    It starts at 1 (the source's own hold). Whoever keeps a message beyond its own turn (a queue, a batch, a timer) calls
    `hold`, and `release` when that is over. At 0 `settled` is called once: the source acknowledges the message. What nodes have remembered
    meanwhile (`changes`) is committed before that, and never earlier: a message that comes again after a crash does not meet its own trace.
    """

    settled: Callable[[Delivery], None]
    token: Any = None
    pending: int = 1
    changes: Changes | None = None

    @classmethod
    def untracked(cls) -> Delivery:
        """Of a message that no source brought and that nobody waits for: `Context.emit` counts it as the flow's own."""
        return cls(_nobody, pending=0)

    @property
    def is_awaited(self) -> bool:
        """Whether anybody hears of it when all is done."""
        return self.settled is not _nobody

    def hold(self) -> None:
        """Keeps the source from acknowledging; each hold needs one `release`."""
        self.pending += 1

    def release(self) -> None:
        """Ends one hold. The last one settles the message."""
        self.pending -= 1
        if not self.pending:
            if self.changes is None:
                self.settled(self)
            else:
                self.changes.settle(self)


def _nobody(_: Delivery) -> None:
    """A message that came from no source is acknowledged to no one."""


class Message(msgspec.Struct, frozen=True, gc=False, eq=False):
    """One message. Branches share it, so nobody changes it: `replace` gives a changed copy.

    payload   any value, or a Struct the port declares; UNSET where the message has none (null is a value)
    topic     where it came from, as the source says it
    key       whom it is about (a device); order holds per key
    time      event time, Unix seconds; the arrival time until a node knows better
    id        unique across workers; copies keep it, so a trace follows it
    props     further properties by name (`parts`, `error`, …), read-only
    """

    payload: Any = UNSET
    topic: str = ""
    key: str = ""
    time: float = 0.0
    id: int = 0
    props: Mapping[str, Any] = EMPTY
    delivery: Delivery = msgspec.field(default_factory=lambda: Delivery(_nobody))

    def replace(self, **changes: Any) -> Message:
        """A copy with these fields changed; everything else, the delivery too, is shared."""
        return msgspec.structs.replace(self, **changes)

    def with_props(self, **props: Any) -> Message:
        """A copy with these properties set; a value of UNSET removes the property."""
        merged = {**self.props, **props}
        return self.replace(props={name: value for name, value in merged.items() if value is not UNSET})


def message_ids() -> Iterator[int]:
    """Ids that no other worker makes: 31 random bits of this process above 32 bits of counting."""
    return itertools.count(int.from_bytes(os.urandom(4), "big") >> 1 << 32)
