"""What every channel node does: takes notices into a memory that survives a crash, and sends them as the vendor lets it.

It keeps its own queue instead of the engine's queue for three reasons: a vendor that is down for an hour must not hold up the readings that
raised the alarms; an A2 must overtake whatever waits or hangs; and what has waited goes out in one message, not in fifty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import ClassVar

from engine.api import (
    BackgroundTask,
    Backoff,
    Clock,
    Context,
    Delivery,
    Message,
    Node,
    PermanentError,
    Port,
    RateLimit,
    Struct,
    Supervisor,
    Text,
    field,
    reason_of,
)
from plant.alarms.attempt import Attempt, Result
from plant.alarms.event import AlarmEvent
from plant.alarms.service import Alarms
from plant.notifications.card import Card, Robot, Sms
from plant.notifications.notice import AlarmNotice, as_notice, notice_of
from plant.notifications.outcome import PermanentFailure, TransientFailure
from plant.notifications.service import Channels

__all__ = ["Outbox", "Receipt"]

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
ALARM_AFTER = 3
"""Attempts in a row without success after which the channel itself is an alarm."""
GIVE_UP_S = 86_400.0
"""What could not be sent for a day is news to nobody: it goes the way of errors, where it can be sent again by hand."""
KNOWN_FOR_S = 86_400.0
MOST_EVENTS = 1000
FINISH_S = 4.0
HUNG_S = 1.0
"""A message without an answer for so long holds up nothing that comes after it."""
MOST_AT_ONCE = 4
APART_S = 1.0


class Receipt(Struct, frozen=True):
    """A message that the vendor took."""

    channel: str
    subject: str
    answer: str
    count: int


class _Waiting(Struct, frozen=True):
    """A notice that waits, since when, and where it came from."""

    notice: AlarmNotice
    since: float
    topic: str = ""


class Outbox(Node):
    """Base of the channel nodes. `channel` names the card; `per_minute` is what the vendor takes."""

    inputs: ClassVar = (Port("in", AlarmNotice),)
    outputs: ClassVar = (Port("sent", Receipt, title="Sent", title_zh="已发送"),)
    channel: str = ""
    per_minute: int = field(default=10)

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self._channels = ctx.service(Channels)
        self._alarms = ctx.service(Alarms)
        if self.channel not in self._channels.cards:
            known = ", ".join(self._channels.cards)
            raise ValueError(Text("channel.none", name=self.channel, known=known))
        self._held = ctx.state("outbox", _Waiting)
        self._taken = ctx.state("told", float)  # the name that its entries are stored under
        self._pace = _Pace(self.per_minute, ctx.clock)
        self._wake = asyncio.Event()
        self._attempt = 0
        self._backoff = Backoff(ctx.clock, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S)
        self._not_before = self._muted_until = self._sent_at = 0.0
        self._under_way: set[str] = set()
        self._tried: dict[str, float] = {}
        """By entry, when it failed first in this process (monotonic): a wall clock that is put on gives nothing up."""
        self._count = 0
        self._stopping = False
        self._task = BackgroundTask(f"channel {self.channel}", self._work, ctx.service(Supervisor), log=ctx.log)

    def resume(self) -> None:
        self._channels.on_change.append(self._changed)
        self._task.start()
        self._show()

    async def stop(self) -> None:
        """A message that is on its way is given a moment, so that it is not sent twice."""
        self._stopping = True
        if self._changed in self._channels.on_change:
            self._channels.on_change.remove(self._changed)
        self._wake.set()
        await self._task.stop(finish_s=FINISH_S)

    def kept_messages(self) -> Iterator[Message]:
        for _, held in self._held.items():
            first = held.notice.events[0]
            yield Message(held.notice, held.topic, first.sn, first.at)

    def process(self, msg: Message) -> None:
        notice = as_notice(msg.payload)
        now = self.ctx.clock.now()
        # An alarm of the channel itself is for the others. What comes again after a crash has been sent, or waits to be.
        fresh = [
            event
            for event in notice.events
            if event.notified
            and not (event.type == "channel" and event.sn == self.channel)
            and self._taken.get(event.id) is None
        ]
        if not fresh or not self._card.enabled:
            self._show()
            return
        for event in fresh:
            self._taken.set(event.id, now, ttl_s=KNOWN_FOR_S)
        taken = notice_of(fresh)
        self._held.set(taken.id, _Waiting(taken, now, msg.topic))
        self._show()
        self._wake.set()

    @property
    def _card(self) -> Card:
        return self._channels.cards[self.channel]

    def _changed(self) -> None:
        """Somebody has saved the card: perhaps it is right now, so nothing waits for the end of a pause."""
        self._not_before = self._muted_until = 0.0
        self._show()
        self._wake.set()

    async def _work(self) -> None:
        turn = self._channels.turn(f"{self.ctx.flow}/{self.ctx.node}")
        self._wake.set()  # what the state holds, or a run that ended by itself has left, waits for no further notice
        while not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            async with turn:
                await self._send_waiting()

    async def _send_waiting(self) -> None:
        """Sends until nothing may be sent now: one message after the other, and beside one that hangs."""
        sending: set[asyncio.Task[None]] = set()
        try:
            while True:
                while (
                    not self._stopping and len(sending) < MOST_AT_ONCE and (batch := self._next(beside=bool(sending)))
                ):
                    self._under_way.update(key for key, _ in batch)
                    self._sent_at = self.ctx.clock.monotonic()
                    sending.add(asyncio.create_task(self._send(batch)))
                if not sending:
                    return
                woken = asyncio.create_task(self._wake.wait())
                done, _ = await asyncio.wait({*sending, woken}, return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
                if woken in done:
                    self._wake.clear()
                sending -= done
        finally:
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)

    def _next(self, *, beside: bool) -> list[tuple[str, _Waiting]]:
        """What goes into the next message: all critical ones, else all others; [] when nothing may be sent now. `beside` another one."""
        waiting = sorted(
            (entry for entry in self._held.items() if entry[0] not in self._under_way),
            key=lambda entry: (entry[1].since, entry[0]),
        )
        if not waiting:
            return []
        now = self.ctx.clock.monotonic()
        urgent = [entry for entry in waiting if entry[1].notice.priority == "critical"]
        pause = max(self._muted_until - now, self._pace.wait_s(urgent=bool(urgent), limited=self._limited))
        if all(entry[0] in self._tried for entry in urgent):
            # An A2 that nobody has tried to send does not wait for the end of another's pause.
            pause = max(pause, self._not_before - now)
        if beside:
            pause = max(pause, self._sent_at + HUNG_S - now)
        if pause > 0:
            self.ctx.clock.call_later(pause, self._wake.set)
            return []
        batch: list[tuple[str, _Waiting]] = []
        size = 0
        for entry in urgent or waiting:
            size += entry[1].notice.count
            if batch and size > MOST_EVENTS:
                break
            batch.append(entry)
        return batch

    @property
    def _limited(self) -> bool:
        """Whether a vendor counts the messages: mail and webhooks of one's own have no such rate."""
        settings = self._card.settings
        return isinstance(settings, Sms) or (isinstance(settings, Robot) and settings.type != "custom")

    async def _send(self, batch: list[tuple[str, _Waiting]]) -> None:
        try:
            await self._try(batch)
        finally:
            self._under_way.difference_update(key for key, _ in batch)

    async def _try(self, batch: list[tuple[str, _Waiting]]) -> None:
        card, now = self._card, self.ctx.clock.now()
        events = [event for _, held in batch for event in held.notice.events]
        if not card.enabled:
            self._done(batch)
            return
        self._attempt += 1
        self._pace.sent()
        try:
            subject, answer = await self._channels.send(card, events)
        except TransientFailure as failure:
            self._note("again", str(failure), events, failure.hint)
            self._retry_later(batch, failure)
        except PermanentFailure as failure:
            self._note("refused", str(failure), events, failure.hint)
            self._give_up(batch, failure)
        except Exception as error:
            # Whatever goes wrong with one message, the channel must live: nobody would hear of any alarm any more.
            self.ctx.log.exception("a message could not be made")
            self._give_up(batch, PermanentFailure(f"{type(error).__name__}: {error}", "vendor"))
        else:
            self._note("sent", answer.text, events)
            self._attempt = 0
            self._backoff.reset()
            self._not_before = 0.0
            self._count += 1
            self._done(batch)
            self._alarms.report(self.channel, "channel", False, {})
            receipt = Receipt(self.channel, subject, answer.text, len(events))
            sent = Message(receipt, key=self.channel, time=now, delivery=Delivery.untracked())
            self.ctx.emit(sent, "sent")
        self._show()

    def _retry_later(self, batch: list[tuple[str, _Waiting]], failure: TransientFailure) -> None:
        now = self.ctx.clock.monotonic()
        again_at = now + (failure.after_s or self._backoff.next_s())
        if failure.hint == "rate":
            self._muted_until = again_at  # for everything: a robot that goes on is shut out for minutes
        else:
            self._not_before = again_at
        if self._attempt == ALARM_AFTER and failure.hint != "rate":
            self._report(str(failure), failure.hint)
        old = [entry for entry in batch if now - self._tried.setdefault(entry[0], now) > GIVE_UP_S]
        if old:
            self._fail(old, PermanentError(Text("channel.day", reason=reason_of(failure))))

    def _give_up(self, batch: list[tuple[str, _Waiting]], failure: PermanentFailure) -> None:
        self._attempt = 0
        self._backoff.reset()
        self._report(str(failure), failure.hint)
        self._fail(batch, failure)

    def _report(self, answer: str, hint: str) -> None:
        story = {"answer": answer, "hint": hint, "attempt": self._attempt}
        self._alarms.report(self.channel, "channel", True, story)

    def _fail(self, batch: list[tuple[str, _Waiting]], error: Exception) -> None:
        for _, held in batch:
            first = held.notice.events[0]
            self.ctx.fail(Message(held.notice, held.topic, first.sn, first.at), error)
        self._done(batch)

    def _done(self, batch: list[tuple[str, _Waiting]]) -> None:
        for key, _ in batch:
            self._held.delete(key)
            self._tried.pop(key, None)

    def _note(self, result: Result, answer: str, events: list[AlarmEvent], hint: str = "") -> None:
        self._channels.note(
            Attempt(
                at=self.ctx.clock.now(),
                channel=self.channel,
                attempt=self._attempt,
                result=result,
                answer=answer,
                hint=hint,
                subject=self._channels.subject(self._card, events),
                events=[event.id for event in events],
                count=len(events),
            )
        )

    def _show(self) -> None:
        waiting = len(self._held)
        if not self._card.enabled:
            self.ctx.status(Text("channel.off"))
        elif self._attempt:
            self.ctx.status(
                Text("channel.waiting", count=waiting), "error" if self._attempt >= ALARM_AFTER else "warning"
            )
        else:
            self.ctx.status(
                Text("channel.waiting", count=waiting) if waiting else Text("channel.sent", count=self._count),
                "busy" if waiting else "ok",
            )


class _Pace:
    """At most so many messages in any minute. The first three leave at once; of a storm each further one waits a little longer, so that the
    limit is never run into and an alarm waits seconds, not for the rest of the minute. What is not urgent leaves a quarter to what is.
    What is urgent leaves at once, a second apart, until half of a vendor's limit is used; then as often as lasts for ever."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._limit = RateLimit(per_minute, 60.0, clock)
        self._half, self._lasting_s = per_minute / 2, 120.0 / per_minute
        self._step_s = 120.0 / ((per_minute - 3) * (per_minute - 2)) if per_minute > 3 else 0.0

    def sent(self) -> None:
        """A message has left."""
        self._limit.take()

    def wait_s(self, *, urgent: bool, limited: bool) -> float:
        """How long until the next may leave; `limited`: the vendor counts."""
        if urgent:
            apart_s = self._lasting_s if limited and self._limit.recent >= self._half else APART_S
            wait_s = self._limit.wait_s() if limited else 0.0
            return max(wait_s, apart_s - self._limit.since_last_s if self._limit.recent > 1 else 0.0)
        wait_s = self._limit.wait_s(share=0.75)
        beyond = self._limit.recent - 2
        return max(wait_s, self._step_s * beyond - self._limit.since_last_s) if beyond > 0 else wait_s
