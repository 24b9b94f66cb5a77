"""One connection to a broker, from CONNECT to its end: reading, writing, keep-alive."""

import asyncio
import socket
from typing import Literal, NamedTuple, cast

from engine.api import Text
from nodes.drivers.mqtt import packets
from nodes.drivers.mqtt.packets import CONNACK, DISCONNECT, PUBACK, PUBREL, SUBACK, UNSUBACK, ConnectAnswer, Control
from nodes.drivers.mqtt.properties import MalformedPacket
from nodes.drivers.mqtt.publish import Publish
from nodes.drivers.mqtt.read_pacing import ReadPacing
from nodes.drivers.mqtt.reasons import connect_reason, reason
from nodes.drivers.mqtt.stream import Oversize, PacketStream

ANSWER_WITHIN_S = 10.0
_CLOSE_WITHIN_S = 1.0
_MALFORMED, _KEEPALIVE_TIMEOUT, _UNSPECIFIED = 0x81, 0x8D, 0x80


class Ended(NamedTuple):
    """How a connection ended: "refused" when the broker would not have us, and the reason in words."""

    kind: Literal["disconnected", "refused"]
    detail: Text
    malformed: bool = False


class Receiver:
    """Who gets what a connection brings. Called synchronously, while the read is at hand."""

    def opened(self, connection: "Connection") -> None:
        """The way to the broker is open; nothing was read yet."""

    def connected(self, answer: ConnectAnswer) -> None:
        """The broker has accepted us."""

    def answered(self, packet_id: int, codes: bytes) -> None:
        """A SUBACK has come."""

    def unsubscribed(self) -> None:
        """An UNSUBACK has come."""

    def confirmed(self, packet_id: bytes) -> None:
        """A PUBACK has come."""

    def released(self, packet_id: bytes) -> None:
        """A PUBREL has come."""

    def received(self, publishes: list[Publish], oversizes: list[Oversize]) -> None:
        """All messages of one read."""

    def repeated(self) -> None:
        """A read is over; QoS 2 messages may have come again in it that are not handed out again."""


class Connection(asyncio.Protocol):
    """`ended` becomes an `Ended` when the connection is lost, whatever the cause; no error leaves this class.

    A plain Protocol, not a BufferedProtocol: payloads are cut from the read as bytes either way, and cutting bytes from
    bytes is cheaper than from a memoryview, by more than the copy that reading into one buffer would spare.
    """

    def __init__(
        self, connect: bytes, version: str, keepalive_s: float, stream: PacketStream, receiver: Receiver, peer: str
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Ended] = self._loop.create_future()
        self.accepted = False
        self._connect, self._version, self._keepalive_s, self.peer = connect, version, keepalive_s, peer
        self._stream, self._receiver, self._pacing = stream, receiver, ReadPacing()
        self._transport: asyncio.Transport | None = None
        self._why: Ended | None = None
        self._held = False  # the caller wants no more messages for now
        self._gathering: asyncio.TimerHandle | None = None
        self._reading = True
        self._heard_at = self._wrote_at = self._loop.time()
        self._asked_at: float | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send CONNECT."""
        self._transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        if sock is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            # While reading is held nobody hears that the peer is gone; the kernel then notices by our pings.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self._keepalive_s * 1500))
        self._receiver.opened(self)
        self.write(self._connect)
        self.expect("CONNACK")

    def data_received(self, data: bytes) -> None:
        """Cut the packets out and hand them on; a read that is not MQTT ends the connection."""
        if self._why:
            return
        self._heard_at = now = self._loop.time()
        publishes: list[Publish] = []
        controls: list[Control] = []
        oversizes: list[Oversize] = []
        malformed: MalformedPacket | None = None
        try:
            self._stream.feed(data, publishes, controls, oversizes)
            for control in controls:
                self._take(control)
            if (publishes or oversizes) and not self.accepted and not self._why:
                raise MalformedPacket("a message came before CONNACK")
        except MalformedPacket as error:
            malformed = error
        if (publishes or oversizes) and self.accepted:
            self._receiver.received(publishes, oversizes)
        if self._stream.repeated:
            self._stream.repeated = False
            self._receiver.repeated()
        if malformed:
            self.fail(Ended("disconnected", Text("mqtt.not-mqtt", broker=self.peer, reason=str(malformed)), True))
            return
        pause_s = self._pacing.pause_s(now, len(publishes))
        if pause_s and not self._gathering:
            self._gathering = self._loop.call_later(pause_s, self._gathered)
            self._choose_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell `ended` why."""
        for timer in (*self._timers.values(), self._gathering):
            if timer:
                timer.cancel()
        if not self.ended.done():
            self.ended.set_result(self._why or Ended("disconnected", self._closed(exc)))

    def write(self, data: bytes) -> None:
        """Send packets. Nothing happens when the connection is closing."""
        if self._transport and not self._why and not self._transport.is_closing():
            self._wrote_at = self._loop.time()
            self._transport.write(data)

    def hold(self, held: bool) -> None:
        """Stop reading, or go on. Pings go out all the same, but the missing answer is then no sign of a dead peer."""
        self._held = held
        self._heard_at, self._asked_at = self._loop.time(), None
        self._choose_reading()

    def expect(self, packet: str) -> None:
        """End the connection if the broker does not answer with this packet within 10 s (see `expected`)."""
        words = Text("mqtt.no-answer", broker=self.peer, seconds=ANSWER_WITHIN_S, packet=packet)
        self._after(packet, ANSWER_WITHIN_S, Ended("disconnected", words))

    def expected(self, packet: str) -> None:
        """The packet has come."""
        timer = self._timers.pop(packet, None)
        if timer:
            timer.cancel()

    def disconnect(self) -> None:
        """Say that we go, and leave the closing to the broker, for at most a second.

        A broker reads packet by packet: when it closes it has taken every acknowledgement, and does not send those messages again to
        whoever connects next under the same client identifier.
        """
        if not self.accepted or self._why or self._transport is None:
            self.fail(Ended("disconnected", Text("mqtt.stopped")))
            return
        self.hold(False)
        self.write(packets.disconnect(self._version))
        self._why = Ended("disconnected", Text("mqtt.stopped"))
        self._loop.call_later(_CLOSE_WITHIN_S, self._transport.abort)

    def fail(self, why: Ended, code: int | None = None) -> None:
        """End the connection for this reason, telling the broker. Nothing that comes afterwards is heard."""
        if self._why or self._transport is None:
            return
        if self.accepted:
            default = _MALFORMED if why.malformed else _UNSPECIFIED
            self.write(packets.disconnect(self._version, default if code is None else code))
        self._why = why
        self._transport.close()
        # A peer that takes no more bytes, or does not close TLS, would keep a closing transport open.
        self._loop.call_later(_CLOSE_WITHIN_S, self._transport.abort)

    def _take(self, control: Control) -> None:
        kind, _, body = control
        if kind == CONNACK:
            self._take_connack(body)
        elif kind == DISCONNECT:
            code, words = packets.read_disconnect(body)
            self.fail(
                Ended("disconnected", Text("mqtt.ended", broker=self.peer, reason=_with_words(reason(code), words)))
            )
        elif not self.accepted:
            raise MalformedPacket("the first packet is not CONNACK")
        elif kind == PUBACK:
            self._receiver.confirmed(packets.read_packet_id(body))
        elif kind == PUBREL:
            self._receiver.released(packets.read_packet_id(body))
        elif kind == SUBACK:
            self._receiver.answered(*packets.read_subscribe_answer(body, self._version))
        elif kind == UNSUBACK:
            self._receiver.unsubscribed()

    def _take_connack(self, body: bytes) -> None:
        if self.accepted:
            raise MalformedPacket("a second CONNACK")
        self.expected("CONNACK")
        answer = packets.read_connect_answer(body, self._version)
        if answer.code:
            words = connect_reason(answer.code, self._version)
            self.fail(
                Ended(
                    "refused", Text("mqtt.refused-us", broker=self.peer, reason=_with_words(words, answer.reason_text))
                )
            )
            return
        self.accepted = True
        if answer.keepalive_s is not None:
            self._keepalive_s = answer.keepalive_s
        if self._keepalive_s:
            self._keep_alive()
        self._receiver.connected(answer)

    def _keep_alive(self) -> None:
        """Ping after half the keep-alive time of silence either way; silence for as long again means a dead peer."""
        now, half_s = self._loop.time(), self._keepalive_s / 2
        if self._asked_at is not None and self._heard_at >= self._asked_at:
            self._asked_at = None
        if self._asked_at is not None and now - self._asked_at >= half_s and self._reading:
            self.fail(Ended("disconnected", Text("mqtt.no-ping", broker=self.peer, seconds=half_s)), _KEEPALIVE_TIMEOUT)
            return
        quiet_since = self._wrote_at if self._held else min(self._heard_at, self._wrote_at)
        if self._asked_at is None and now - quiet_since >= half_s:
            self.write(packets.PINGREQ_PACKET)
            self._asked_at = None if self._held else now
        self._timers["keep-alive"] = self._loop.call_later(self._keepalive_s / 4, self._keep_alive)

    def _closed(self, error: Exception | None) -> Text:
        if error:
            return Text("mqtt.closed-because", broker=self.peer, reason=str(error))
        if not self.accepted:
            return Text("mqtt.closed-early", broker=self.peer)
        return Text("mqtt.closed", broker=self.peer)

    def _after(self, name: str, delay_s: float, why: Ended) -> None:
        self.expected(name)
        self._timers[name] = self._loop.call_later(delay_s, self.fail, why)

    def _gathered(self) -> None:
        self._gathering = None
        self._choose_reading()

    def _choose_reading(self) -> None:
        reading = not self._held and not self._gathering
        if self._transport is None or self._why or reading == self._reading or self._transport.is_closing():
            return
        self._reading = reading
        if reading:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()


def _with_words(why: Text, words: str) -> Text:
    """The reason, with what the broker says itself."""
    return Text("mqtt.with-words", reason=why, words=words) if words else why
