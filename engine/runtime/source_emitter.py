"""Where messages come in: numbers them, counts what is under way, tells the source when to stop and what is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from engine.core.clock import Clock
from engine.core.message import EMPTY, Delivery, Message
from engine.core.node import ERROR_PORT
from engine.runtime.observer import FlowObserver
from engine.runtime.state.journal import Journal
from engine.texts.text import Readable

__all__ = ["SourceEmitter"]

Entry = Callable[[Message], None]

SAMPLE_EVERY_S = 0.05
"""One message in this time goes the observed way (latency, last value on the wire); the rest takes the fast way."""


class SourceEmitter:
    """The `Emitter` of one source.

    `window` is the most messages under way. Everything that waits anywhere in the flow waits on behalf of a message
    counted here, so this one bound keeps every queue bounded: a full window stops the source, nothing is dropped.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        next_id: Callable[[], int],
        window: int,
        observer: FlowObserver,
        acknowledge: Callable[[list[Any]], None] | None,
        refused: Callable[[Message, Readable, str], None] | None = None,
    ) -> None:
        self.accepted = 0
        self.done = 0
        self.window = window
        self._refused = refused if refused is not None else _no_source
        self._entry: Entry = _not_wired
        self._observed_entry: Entry = _not_wired
        self._observer = observer
        self._waiters = 0
        self._now = clock.now
        self._steady = clock.monotonic
        self._journal = journal
        self._next_id = next_id
        self._acknowledge = acknowledge
        self._tokens: list[Any] = []
        self._waiting: list[Callable[[], None]] = []
        self._closed = False
        self._emptied: list[asyncio.Future[None]] = []
        self._next_sample = 0.0

    @property
    def under_way(self) -> int:
        """Messages accepted and not yet settled."""
        return self.accepted - self.done

    @property
    def full(self) -> bool:
        return self._closed or self.accepted - self.done >= self.window

    def connect(self, entry: Entry, observed: Entry) -> None:
        """A program of the flow takes over: messages enter it by `entry`, and those that are looked at by `observed`."""
        self._entry, self._observed_entry = entry, observed

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
        delivery = Delivery(self._settled, token)
        self.accepted += 1
        message = Message(
            payload,
            topic,
            key,
            self._now() if time is None else time,
            self._next_id(),
            EMPTY if props is None else props,
            delivery,
        )
        journal = self._journal
        before, journal.current = journal.current, delivery
        try:
            if (steady := self._steady()) >= self._next_sample or self._observer.all:
                self._next_sample = steady + SAMPLE_EVERY_S
                self._observed_entry(message)
            else:
                self._entry(message)
        finally:
            journal.current = before
        delivery.release()
        return delivery

    async def __call__(
        self,
        payload: Any,
        topic: str = "",
        *,
        key: str = "",
        time: float | None = None,
        props: Mapping[str, Any] | None = None,
    ) -> None:
        await self.room()
        self.push(payload, topic, key=key, time=time, props=props)

    async def room(self) -> None:
        while self.full:
            opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.on_room(lambda opened=opened: None if opened.done() else opened.set_result(None))  # type: ignore[misc]
            await opened

    def on_room(self, call: Callable[[], None]) -> None:
        if self.full:
            self._waiting.append(call)
        else:
            call()

    def close(self) -> None:
        """For good: looks full from now on, so that the source stops. What it pushes all the same is taken."""
        self._closed = True

    async def empty(self) -> None:
        """Returns when nothing is under way."""
        while self.under_way:
            emptied: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._emptied.append(emptied)
            await emptied

    def refuse(self, payload: Any, topic: str, reason: Readable, port: str = ERROR_PORT) -> asyncio.Future[None]:
        """Puts in what the source could not take as it should be: out of `port` when that is wired, else the way of errors.

        The future is done when the message is (stored in quarantine, for instance).
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.accepted += 1
        delivery = Delivery(self._settled, done)
        self._waiters += 1
        before, self._journal.current = self._journal.current, delivery
        try:
            self._refused(Message(payload, topic, "", self._now(), self._next_id(), EMPTY, delivery), reason, port)
        finally:
            self._journal.current = before
        delivery.release()
        return done

    def adopt(self) -> Delivery:
        """A delivery for a message that a node makes by itself (a timer's): counted, acknowledged to no one."""
        self.accepted += 1
        return Delivery(self._settled, None)

    def _settled(self, delivery: Delivery) -> None:
        if self._journal.clean or delivery.changes is not None:  # with changes this comes after their commit
            self._finish(delivery)
        else:
            self._journal.after_commit(self._finish, delivery)

    def _finish(self, delivery: Delivery) -> None:
        self.done += 1
        if delivery.token is not None and self._acknowledge is not None:
            if not self._tokens:
                asyncio.get_running_loop().call_soon(self._acknowledge_all)
            self._tokens.append(delivery.token)
        if self._waiting:
            self._open()
        if self._emptied and self.accepted == self.done:
            emptied, self._emptied = self._emptied, []
            for future in emptied:
                if not future.done():
                    future.set_result(None)

    def _acknowledge_all(self) -> None:
        tokens, self._tokens = self._tokens, []
        if self._waiters:
            tokens = self._without_waiters(tokens)
        if self._acknowledge is not None:
            self._acknowledge(tokens)

    def _without_waiters(self, tokens: list[Any]) -> list[Any]:
        """Tells those who wait in `refuse`; the rest is for the source."""
        waiters = [token for token in tokens if isinstance(token, asyncio.Future)]
        self._waiters -= len(waiters)
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
        return [token for token in tokens if not isinstance(token, asyncio.Future)]

    def _open(self) -> None:
        if self._waiting and not self.full:
            waiting, self._waiting = self._waiting, []
            for call in waiting:
                call()


def _no_source(message: Message, reason: Readable, port: str) -> None:
    raise RuntimeError("only a source refuses what has come")


def _not_wired(message: Message) -> None:
    raise RuntimeError("a source emitted before its flow was compiled")
