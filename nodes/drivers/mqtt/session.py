"""What goes on over a connection: subscribing, handing messages over, acknowledging them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.api import BackgroundJobs, Text
from nodes.drivers.mqtt import packets
from nodes.drivers.mqtt.ack_window import AckWindow
from nodes.drivers.mqtt.connection import Connection, Ended, Receiver
from nodes.drivers.mqtt.filters import judge_answer
from nodes.drivers.mqtt.packets import PUBCOMP_PREFIX, ConnectAnswer
from nodes.drivers.mqtt.properties import MalformedPacket
from nodes.drivers.mqtt.publish import Publish
from nodes.drivers.mqtt.stream import Oversize

Status = Literal["connecting", "connected", "disconnected", "refused"]
OnBatch = Callable[[list[Publish]], None]
OnStatus = Callable[[Status, Text], None]
OnOversize = Callable[[str, int, bytes], Awaitable[None] | None]

PROVEN_S = 10.0  # a connection that lasted so long resets the back-off; less, and the next wait is longer
_ASK_AGAIN_S = 30.0
_SUBSCRIBE_ID, _UNSUBSCRIBE_ID = 1, 2

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """What has happened since the subscriber was made."""

    messages: int = 0
    oversize: int = 0
    malformed: int = 0
    connections: int = 0
    failures: int = 0


class Session(Receiver):
    """The receiver of every connection of one Subscriber, and what lasts from one connection to the next."""

    def __init__(
        self,
        filters: Sequence[tuple[str, int]],
        version: str,
        on_batch: OnBatch,
        on_status: OnStatus | None,
        on_oversize: OnOversize | None,
        ack_order_hold_s: float,
        given_up: Sequence[str] = (),
        on_given_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.counts, self.window = Counts(), AckWindow()
        self.connection: Connection | None = None
        self.ready_at_s: float | None = None  # by the loop's clock; None until subscribed on this connection
        self.stopping = self.leaving = False
        self.contested = False  # connections end as soon as they are made, as if another client had our identifier
        self._proving: asyncio.TimerHandle | None = None
        self._given_up, self._on_given_up = given_up, on_given_up
        self.drained, self.left = asyncio.Event(), asyncio.Event()
        self._filters, self._version, self._hold_s = filters, version, ack_order_hold_s
        self._on_batch, self._on_status, self._on_oversize = on_batch, on_status, on_oversize
        self._asked: Sequence[tuple[str, int]] = ()
        self._subscribed_once = self._paused = self._in_read = False
        self._kept_back: list[Publish] = []
        self._to_acknowledge: list[int] = []
        self._flushing: asyncio.Handle | None = None
        self._step_over: asyncio.TimerHandle | None = None
        self._ask_again: asyncio.TimerHandle | None = None
        self._jobs = BackgroundJobs()

    def tell(self, status: Status, detail: Text) -> None:
        """Report a status; a callback that raises is logged, and stops nothing."""
        if self._on_status is None or self.stopping:
            return
        try:
            self._on_status(status, detail)
        except Exception:  # noqa: BLE001  a mistake in the caller's display must not end the subscription
            _log.exception("on_status raised")

    def acknowledge(self, tokens: Collection[int]) -> None:
        """See Subscriber.ack."""
        if not tokens:
            return
        if max(tokens) >= self.window.next_token:
            raise ValueError(f"token {max(tokens)} was not given out by this subscriber")
        self._to_acknowledge.extend(tokens)
        if self._flushing is None and not self._in_read:
            self._flushing = asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Write the acknowledgements that were gathered in this turn of the loop."""
        if self._flushing:
            self._flushing.cancel()
            self._flushing = None
        tokens, self._to_acknowledge = self._to_acknowledge, []
        self._write_answers(tokens)
        self.see_if_drained()

    def hold_no_longer(self) -> None:
        """Write the acknowledgements that wait for an earlier message's."""
        self._step_over = None
        self._write(self.window.step_over())

    def pause(self) -> None:
        """See Subscriber.pause."""
        self._paused = True
        # Not before the broker has answered: CONNACK and SUBACK must be read.
        if self.connection and self.ready_at_s is not None:
            self.connection.hold(True)

    def resume(self) -> None:
        """See Subscriber.resume."""
        if not self._paused or self.stopping:
            return
        self._paused = False
        if self.connection:
            self.connection.hold(False)
        if self._kept_back:
            batch, self._kept_back = self._kept_back, []
            self._deliver(batch)

    def see_if_drained(self) -> None:
        """Set `drained` when nothing that was handed over is unacknowledged."""
        if self.stopping and not self.missing:
            self.drained.set()

    @property
    def missing(self) -> int:
        """How many messages of this connection were handed over and not acknowledged."""
        kept_back = sum(1 for publish in self._kept_back if publish.token >= self.window.first_token)
        return self.window.unacknowledged - kept_back

    def unsubscribe(self) -> None:
        """Give the subscriptions up; `left` is set when the broker has confirmed."""
        self.left.clear()
        self._write(packets.unsubscribe(_UNSUBSCRIBE_ID, [name for name, _ in self._filters], self._version))

    def leave(self) -> None:
        """From now on nothing is subscribed to, on later connections either: what the broker has still comes."""
        self.leaving = True
        if self.ready_at_s is not None:
            self.unsubscribe()

    def opened(self, connection: Connection) -> None:
        """A new connection: what the former one brought is told apart from now on."""
        self.connection, self.ready_at_s = connection, None
        self.window.start_connection()
        # The broker sends them again, because they were not acknowledged. Only what it may not hand out twice is kept.
        self._kept_back = [publish for publish in self._kept_back if publish.qos == 2]

    async def close(self) -> None:
        """Cancel all that is scheduled."""
        for timer in (self._flushing, self._step_over, self._ask_again, self._proving):
            if timer:
                timer.cancel()
        await self._jobs.stop()

    def connected(self, answer: ConnectAnswer) -> None:
        """CONNACK: subscribe, unless the broker remembers that we did."""
        self.counts.connections += 1
        if not answer.session_present:
            self.window.forget_session()
        if self.leaving and not answer.session_present:
            self.left.set()
            self._now_ready(Text("mqtt.no-session"))
        elif self.leaving:
            self.unsubscribe()
        elif answer.session_present and self._subscribed_once:
            self._now_ready(Text("mqtt.resumed"))
        else:
            self._subscribe(self._filters)
        self._give_up(answer.session_present)

    def answered(self, packet_id: int, codes: bytes) -> None:
        """SUBACK: report what was refused or granted lower, and ask again later for what was refused."""
        if self.connection is None or packet_id != _SUBSCRIBE_ID:
            return
        self.connection.expected("SUBACK")
        if len(codes) != len(self._asked):
            self.connection.fail(
                Ended(
                    "disconnected",
                    Text("mqtt.suback", broker=self.connection.peer, codes=len(codes), filters=len(self._asked)),
                    True,
                )
            )
            return
        refused, lowered = judge_answer(self._asked, codes, self._version)
        again = [asked for asked, code in zip(self._asked, codes, strict=True) if code >= packets.REFUSED]
        self._subscribed_once = True
        self._now_ready(Text("mqtt.subscribed-lower", lowered=lowered) if lowered else Text("mqtt.subscribed"))
        if refused:
            self.tell("refused", Text("mqtt.not-subscribed", refused=refused))
            loop = asyncio.get_running_loop()
            self._ask_again = loop.call_later(_ASK_AGAIN_S, self._subscribe_again, self.connection, again)

    def unsubscribed(self) -> None:
        """UNSUBACK: of what a former version had subscribed to, else of all that we have."""
        if self._given_up:
            self._has_given_up()
            return
        self.left.set()
        if self.leaving and self.ready_at_s is None:
            self._now_ready(Text("mqtt.leaving"))

    def confirmed(self, packet_id: bytes) -> None:
        """PUBACK: a subscriber has published nothing."""
        raise MalformedPacket("PUBACK for a message that was not sent")

    def released(self, packet_id: bytes) -> None:
        """PUBREL: the last step of QoS 2."""
        self.window.release_exactly_once(packet_id)
        self._write(PUBCOMP_PREFIX + packet_id)

    def received(self, publishes: list[Publish], oversizes: list[Oversize]) -> None:
        """The messages of one read."""
        if self.stopping:
            return
        for oversize in oversizes:
            self._take_oversize(oversize)
        if self._paused:
            self._kept_back += publishes
        elif publishes:
            # What is acknowledged at once leaves at once: a turn of the loop costs a system call of its own.
            self._in_read = True
            self._deliver(publishes)
            self._in_read = False
            if self._to_acknowledge:
                self.flush()

    def repeated(self) -> None:
        """QoS 2 messages came again that were acknowledged already: answer them again."""
        self._write_answers(())

    def _deliver(self, publishes: list[Publish]) -> None:
        self.counts.messages += len(publishes)
        try:
            self._on_batch(publishes)
        except Exception as error:  # noqa: BLE001  whatever the caller's code raises, the messages must come again
            self._callback_failed("on_batch", error)

    def _take_oversize(self, oversize: Oversize) -> None:
        self.counts.oversize += 1
        if self._on_oversize is None:
            _log.warning("a message of %d bytes on %s is too large; passed over", oversize.size_bytes, oversize.topic)
            self.acknowledge([oversize.token])
            return
        try:
            told = self._on_oversize(oversize.topic, oversize.size_bytes, oversize.head)
        except Exception as error:  # noqa: BLE001  as in _deliver
            self._callback_failed("on_oversize", error)
            return
        if told is None:
            self.acknowledge([oversize.token])
        else:
            self._jobs.start("acknowledging an oversize message", self._acknowledge_after, told, oversize.token)

    async def _acknowledge_after(self, told: Awaitable[None], token: int) -> None:
        try:
            await told
        except Exception as error:  # noqa: BLE001  as in _deliver
            self._callback_failed("on_oversize", error)
        else:
            self.acknowledge([token])

    def _callback_failed(self, name: str, error: Exception) -> None:
        _log.error("%s raised; the connection is made anew so that the messages come again", name, exc_info=error)
        if self.connection:
            self.connection.fail(Ended("disconnected", Text("mqtt.callback", name=name, type=type(error).__name__)))

    def _write_answers(self, tokens: Collection[int]) -> None:
        self._write(self.window.acknowledge(tokens))
        if not self.window.holding_back:
            if self._step_over:
                self._step_over.cancel()
                self._step_over = None
        elif self._step_over is None:
            self._step_over = asyncio.get_running_loop().call_later(self._hold_s, self.hold_no_longer)

    def _write(self, data: bytes) -> None:
        if data and self.connection:
            self.connection.write(data)

    def _subscribe(self, filters: Sequence[tuple[str, int]]) -> None:
        if self.connection:
            self._asked = filters
            self.connection.write(packets.subscribe(_SUBSCRIBE_ID, filters, self._version))
            self.connection.expect("SUBACK")

    def _give_up(self, session_present: bool) -> None:
        """Unsubscribes from what a kept session has from a former version of us, once we have what we want."""
        if self._given_up and session_present:
            self._write(packets.unsubscribe(_UNSUBSCRIBE_ID, list(self._given_up), self._version))
        elif self._given_up:
            self._has_given_up()

    def _has_given_up(self) -> None:
        self._given_up = ()
        self._on_given_up()

    def _subscribe_again(self, connection: Connection, filters: Sequence[tuple[str, int]]) -> None:
        if connection is not self.connection or self.ready_at_s is None or self.stopping:
            return
        if self._paused:  # the answer could not be read
            loop = asyncio.get_running_loop()
            self._ask_again = loop.call_later(_ASK_AGAIN_S, self._subscribe_again, connection, filters)
        else:
            self._subscribe(filters)

    def _now_ready(self, detail: Text) -> None:
        loop = asyncio.get_running_loop()
        self.ready_at_s = loop.time()
        if self._paused and self.connection:
            self.connection.hold(True)
        if self.contested:
            # To say "connected" for the seconds that it lasts would hide what is wrong.
            self._proving = loop.call_later(PROVEN_S, self._proven, self.connection, detail)
        else:
            self.tell("connected", detail)

    def _proven(self, connection: Connection | None, detail: Text) -> None:
        if connection is self.connection and self.ready_at_s is not None:
            self.contested = False
            self.tell("connected", detail)
