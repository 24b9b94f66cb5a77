"""Subscribes to topics of a broker and stays subscribed, whatever becomes of the broker and the way to it."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from engine.api import BackgroundTask, Backoff, Clock, Supervisor, Text
from nodes.drivers.mqtt import packets
from nodes.drivers.mqtt.address import BrokerAddress
from nodes.drivers.mqtt.connect import connect
from nodes.drivers.mqtt.connection import Connection, Ended
from nodes.drivers.mqtt.filters import check_filters
from nodes.drivers.mqtt.session import PROVEN_S, Counts, OnBatch, OnOversize, OnStatus, Session
from nodes.drivers.mqtt.stream import TOPIC_ALIAS_MAXIMUM, PacketStream, TopicNames

_CONTESTED_AFTER = 3  # connections in a row that ended soon after they were made
_WEEK_S = 7 * 86400
_QUIET_S = 1.0


class Subscriber:
    """A subscription that outlives connections, with acknowledgement by the caller.

    `on_batch` gets all messages of one read of the socket, synchronously; it must return soon. If it raises, the
    connection is ended and made anew, so that the broker delivers again what was not acknowledged.

    Delivery is at least once at QoS 1: what `ack` has not been called for is delivered again after a reconnect, with a
    new token. At QoS 2 a message is handed out once while the broker keeps the session and this object lives; it
    should be acknowledged by the token it came with, even after a reconnect.

    `filters` are (topic filter, QoS). With `clean_session=False` the broker keeps messages while we are away, by
    `client_id`, for `session_expiry_s` (MQTT 5; 3.1.1 leaves the time to the broker). `receive_maximum` (MQTT 5) is
    the most unacknowledged messages the broker may have under way; with 3.1.1 the broker's own limit holds
    (Mosquitto: `max_inflight_messages`).

    A PUBLISH of more than `max_packet_bytes` is never gathered in memory: `on_oversize(topic, size_bytes, head_bytes)`
    is told of it, with up to 1,024 bytes of its payload, and it is acknowledged when that returns or, if it returns an
    awaitable, when that is done. One that raises leaves it unacknowledged and ends the connection, as on_batch does.

    `given_up` are topic filters that the kept session has from before and is to lose; `on_given_up` is called when it has.

    `on_status` gets "connecting", "connected", "disconnected" or "refused" (of us, or of a subscription; the other
    subscriptions then go on), with a sentence that names the cause and the remedy. The waits between two attempts go by
    the clock of `supervisor`. Raises ValueError on bad arguments.
    """

    def __init__(
        self,
        address: BrokerAddress,
        *,
        client_id: str,
        filters: Sequence[tuple[str, int]],
        on_batch: OnBatch,
        clean_session: bool = False,
        session_expiry_s: int = _WEEK_S,
        receive_maximum: int = 1000,
        on_status: OnStatus | None = None,
        on_oversize: OnOversize | None = None,
        max_packet_bytes: int = 1_000_000,
        ack_order_hold_s: float = 0.1,
        supervisor: Supervisor | None = None,
        given_up: Sequence[str] = (),
        on_given_up: Callable[[], None] = lambda: None,
    ) -> None:
        if not client_id and not clean_session:
            raise ValueError("a session that is kept needs a client_id; give one, or set clean_session")
        if not 1 <= receive_maximum <= 65535:
            raise ValueError(f"receive_maximum is {receive_maximum}; use 1 to 65535")
        if not 0 <= session_expiry_s <= 0xFFFFFFFF:
            raise ValueError(f"session_expiry_s is {session_expiry_s}; use 0 to 4294967295 seconds")
        if max_packet_bytes < 1:
            raise ValueError(f"max_packet_bytes is {max_packet_bytes}; use 1 or more")
        self._address, self._client_id = address, client_id
        self._max_packet_bytes = max_packet_bytes
        self._connect_packet = packets.connect(
            client_id=client_id,
            version=address.version,
            clean_session=clean_session,
            keepalive_s=address.keepalive_s,
            username=address.username,
            password=address.password,
            session_expiry_s=0 if clean_session else session_expiry_s,
            receive_maximum=receive_maximum,
            topic_alias_maximum=TOPIC_ALIAS_MAXIMUM,
        )
        self._session = Session(
            check_filters(filters),
            address.version,
            on_batch,
            on_status,
            on_oversize,
            ack_order_hold_s,
            given_up,
            on_given_up,
        )
        supervisor = supervisor if supervisor is not None else Supervisor()
        self._topics, self._backoff = TopicNames(), Backoff(supervisor.clock)
        self._short = 0
        self._task = BackgroundTask(f"mqtt {client_id}", self._stay_connected, supervisor)

    async def start(self) -> None:
        """Begin to connect, and return at once; failures go to `on_status` and are tried again for ever."""
        if not self._session.stopping:
            self._task.start()

    def ack(self, tokens: Collection[int]) -> None:
        """Acknowledge messages. All that is acknowledged in one turn of the loop leaves in one write.

        Tokens of a former connection and the 0 of QoS 0 are ignored. An acknowledgement waits for those of earlier
        messages, but at most `ack_order_hold_s`. Raises ValueError for a token that was never given out.
        """
        self._session.acknowledge(tokens)

    def pause(self) -> None:
        """Stop reading, so that the broker keeps its messages; keep-alive goes on. Pausing twice is pausing once."""
        self._session.pause()

    def resume(self) -> None:
        """Read again. Messages that came with a reconnect during the pause are handed over now."""
        self._session.resume()

    @property
    def connected(self) -> bool:
        """Whether the present connection has come as far as its subscriptions."""
        return self._session.ready_at_s is not None

    async def take_what_waits(self, clock: Clock) -> None:
        """Gives the subscriptions up, takes what the broker still has for the session, and returns when all of it is acknowledged and nothing
        more has come for a second. Waits for a broker that is away."""
        session = self._session
        session.leave()
        seen = -1
        while not self.connected or not session.left.is_set() or self.unacknowledged or seen != self.counts.messages:
            seen = self.counts.messages
            await clock.sleep(_QUIET_S)

    @property
    def counts(self) -> Counts:
        """What has happened so far."""
        return self._session.counts

    @property
    def unacknowledged(self) -> int:
        """How many messages of the present connection wait for `ack`."""
        return self._session.window.unacknowledged

    async def stop(self, timeout_s: float, *, unsubscribe: bool = False) -> int:
        """Take no more messages, wait for `ack` of those handed over, then disconnect.

        Returns how many were not acknowledged within `timeout_s`; the broker delivers them again. `unsubscribe` gives
        the subscriptions up, for topics that are no longer wanted, which a kept session would go on collecting.
        Cancelled, it still closes the connection. A stopped subscriber is not started again.
        """
        session = self._session
        session.stopping = True
        connection = session.connection if session.ready_at_s is not None else None
        missing = 0
        try:
            if connection and not connection.ended.done():
                connection.hold(True)
                session.see_if_drained()
                await _first_of(session.drained, connection, timeout_s)
                session.flush()
                session.hold_no_longer()
                missing = session.missing
                if unsubscribe:
                    session.unsubscribe()
                    connection.hold(False)
                    await _first_of(session.left, connection, timeout_s)
        finally:
            await self._close()
        return missing

    async def _close(self) -> None:
        await self._session.close()
        await self._task.stop()
        connection = self._session.connection
        if connection:
            connection.disconnect()
            await asyncio.wait([connection.ended])

    async def _stay_connected(self) -> None:
        while True:
            self._session.tell("connecting", Text("mqtt.connecting", broker=str(self._address)))
            ended = await self._one_connection()
            self._session.counts.failures += 1
            self._session.counts.malformed += ended.malformed
            detail = ended.detail
            if self._session.contested:
                # MQTT 5 has a word for it, which few brokers say.
                detail = Text("mqtt.perhaps-taken-over", broker=str(self._address), client=self._client_id)
            self._session.tell(ended.kind, detail)
            await self._backoff.wait()

    async def _one_connection(self) -> Ended:
        """Connect, and return how it ended."""
        address, session = self._address, self._session
        stream = PacketStream(address.version, session.window, self._topics, self._max_packet_bytes)
        connection = await connect(
            address,
            lambda: Connection(
                self._connect_packet, address.version, address.keepalive_s, stream, session, str(address)
            ),
        )
        if isinstance(connection, Ended):
            return connection
        # Shielded: when this task is cancelled, `stop` still has to end the connection properly.
        ended = await asyncio.shield(connection.ended)
        ready_at_s, session.ready_at_s = session.ready_at_s, None
        if ready_at_s is not None:
            if asyncio.get_running_loop().time() - ready_at_s >= PROVEN_S:
                self._backoff.reset()
                self._short = 0
            else:
                self._short += 1
            session.contested = self._short >= _CONTESTED_AFTER
        return ended


async def _first_of(event: asyncio.Event, connection: Connection, timeout_s: float) -> None:
    """Wait for the event, the end of the connection or the time-out, whichever is first."""

    def ended(_: object) -> None:
        event.set()

    connection.ended.add_done_callback(ended)
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        pass
    finally:
        connection.ended.remove_done_callback(ended)


async def end_session(address: BrokerAddress, client_id: str, timeout_s: float, supervisor: Supervisor) -> None:
    """Has the broker forget a session that it keeps, with whatever it has for it. TimeoutError when the broker does not answer in time."""
    clean = Subscriber(
        address,
        client_id=client_id,
        filters=[("none", 0)],
        on_batch=lambda publishes: None,
        clean_session=True,
        supervisor=supervisor,
    )
    clean._session.leave()
    await clean.start()
    try:
        async with asyncio.timeout(timeout_s):
            await clean._session.left.wait()
    finally:
        await clean.stop(0)
