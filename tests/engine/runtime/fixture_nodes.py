"""Small nodes that behave well or badly on purpose, for tests of the runtime."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any, ClassVar

from engine.api import (
    EMPTY,
    Context,
    Emitter,
    Listener,
    Message,
    Meta,
    Node,
    Output,
    PermanentError,
    Port,
    RetryableError,
    Source,
    node,
)
from engine.catalogue.node_types import Catalogue
from engine.core.clock import settle
from engine.pack import Pack
from engine.testing import FlowHarness


@node(category="test")
class Feed(Source):
    """Emits what the test pushes through `emit`, and remembers which tokens were settled."""

    def start(self, ctx: Context) -> None:
        self.done: list[Any] = []
        self.runs = 0

    async def run(self, emit: Emitter) -> None:
        self.emit = emit
        self.runs += 1
        await asyncio.Event().wait()

    def settled(self, tokens: list[Any]) -> None:
        self.done += tokens


@node(category="test")
class Add(Node):
    """Adds `by` to the payload."""

    by: float = 1
    fail_start: bool = False

    def start(self, ctx: Context) -> None:
        if self.fail_start:
            raise ValueError("told not to start")
        self.starts = getattr(self, "starts", 0) + 1

    def process(self, msg: Message) -> Message:
        return msg.replace(payload=msg.payload + self.by)


@node(category="test")
class Sink(Node):
    """Keeps what it gets."""

    outputs = ()

    def start(self, ctx: Context) -> None:
        self.got: list[Any] = []

    def process(self, msg: Message) -> None:
        self.got.append(msg.payload)


@node(category="test")
class KeepErrors(Sink):
    """Keeps the reasons of messages that failed."""

    def process(self, msg: Message) -> None:
        self.got.append(msg.props["error"]["reason"])


@node(category="test")
class Raise(Node):
    """Raises on every message, or only on the payload `on`."""

    on: Any = None
    refuse: bool = False

    def process(self, msg: Message) -> Message:
        if self.on is None or msg.payload == self.on:
            raise PermanentError("not this one") if self.refuse else RuntimeError("broken")
        return msg


@node(category="test")
class Fork(Node):
    """Sends even numbers to `even`, odd ones to `odd`."""

    outputs = (Port("even"), Port("odd"))

    def process(self, msg: Message) -> Output:
        return {"odd" if msg.payload % 2 else "even": msg}


@node(category="test")
class Many(Node):
    """Sends `count` copies."""

    count: Annotated[int, Meta(ge=0)] = 3

    def process(self, msg: Message) -> list[Message]:
        return [msg.replace(payload=(msg.payload, n)) for n in range(self.count)]


@node(category="test")
class Odd(Node):
    """Returns what is no message."""

    def process(self, msg: Message) -> Any:
        return {"nowhere": msg} if msg.payload == "port" else 42


@node(category="test")
class Slow(Node):
    """Asynchronous: waits for the test to open its gate."""

    timeout_s = 5.0
    label: str = ""

    def start(self, ctx: Context) -> None:
        self.gate = asyncio.Event()
        self.seen: list[Any] = []

    async def process(self, msg: Message) -> Message:
        self.seen.append(msg.payload)
        await self.gate.wait()
        return msg


@node(category="test")
class Hang(Node):
    """Asynchronous, never returns."""

    timeout_s = 1.0

    async def process(self, msg: Message) -> Message:
        await asyncio.Event().wait()
        return msg


@node(category="test")
class Spin(Node):
    """Plain, never returns (for half a minute)."""

    def process(self, msg: Message) -> Message:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            pass
        return msg


@node(category="test")
class Tardy(Node):
    """Plain, takes 20 ms."""

    def process(self, msg: Message) -> Message:
        time.sleep(0.02)
        return msg


@node(category="test")
class Away(Node):
    """Says RetryableError until the test brings the outside world back."""

    def start(self, ctx: Context) -> None:
        self.back = False
        self.attempts = 0

    async def process(self, msg: Message) -> Message:
        self.attempts += 1
        if not self.back:
            raise RetryableError("the outside world is away")
        return msg


@node(category="test")
class Batch(Node):
    """Takes many at once; a payload of "bad" spoils its batch."""

    max_batch = 100

    def start(self, ctx: Context) -> None:
        self.batches: list[list[Any]] = []
        self.stored: list[Any] = []

    async def process_batch(self, messages: list[Message]) -> list[Message]:
        await asyncio.sleep(0)
        self.batches.append([message.payload for message in messages])
        if any(message.payload == "bad" for message in messages):
            raise PermanentError("one of them is bad")
        self.stored += [message.payload for message in messages]
        return messages


@node(category="test")
class Count(Node):
    """Counts messages per topic in its state."""

    label: str = ""

    def start(self, ctx: Context) -> None:
        self.memory = ctx.state("counts", int)

    def process(self, msg: Message) -> Message:
        count = self.memory.get(msg.topic, 0) + 1
        self.memory.set(msg.topic, count)
        return msg.replace(payload=count)


@node(category="test", buffers=True)
class Later(Node):
    """Emits `after_s` later, from a timer."""

    after_s: float = 1.0

    def start(self, ctx: Context) -> None:
        self.ctx = ctx

    def process(self, msg: Message) -> None:
        self.ctx.clock.call_later(self.after_s, lambda: self.ctx.emit(msg))


@node(category="test")
class CatchAll(Listener):
    """Hears of every failing message."""

    listens: ClassVar = "errors"

    def process(self, msg: Message) -> Message:
        return msg


CATALOGUE_NODES = [
    Feed,
    Add,
    Sink,
    KeepErrors,
    Raise,
    Fork,
    Many,
    Odd,
    Slow,
    Hang,
    Spin,
    Tardy,
    Away,
    Batch,
    Count,
    Later,
    CatchAll,
]


def catalogue() -> Catalogue:
    """The palette as a catalogue."""
    return Catalogue([Pack(name="palette", nodes=CATALOGUE_NODES)])


def message(payload: Any = None, **fields: Any) -> Message:
    """A message with nobody to acknowledge it."""
    return Message(payload, **{"props": EMPTY, **fields})


def flow(body: str) -> FlowHarness:
    """A harness round a flow named t with these nodes."""
    return FlowHarness("flow: t\nnodes:\n" + body, catalogue=catalogue())


async def started(bench: FlowHarness, source: str = "in") -> Feed:
    """Lets a source run; its `emit` is what the test pushes into."""
    bench.run.nodes[source].resume()
    await settle()
    feed = bench.run.nodes[source].instance
    assert isinstance(feed, Feed)
    return feed
