"""One publishing connection at QoS 1, light enough for thousands of them in one process. It sends messages and counts answers."""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Callable

from engine.api import BackgroundTask
from nodes.drivers.mqtt import packets
from nodes.drivers.mqtt.ack_window import AckWindow
from nodes.drivers.mqtt.address import BrokerAddress
from nodes.drivers.mqtt.connection import Connection, Receiver
from nodes.drivers.mqtt.packets import ConnectAnswer
from nodes.drivers.mqtt.stream import PacketStream, TopicNames

__all__ = ["Link"]

CONNECT_S = 30.0
RETRY_S = 1.0
LARGEST_ANSWER_BYTES = 1024


class Link(Receiver):
    """A connection that is made again when it is lost; what was not confirmed is then sent again, as MQTT asks for.

    `confirmed` is called once for each message that the broker has taken over (PUBACK). `tls` is the context of all links, made once.
    """

    def __init__(
        self, address: BrokerAddress, client_id: str, *, tls: ssl.SSLContext | None, confirmed: Callable[[], None]
    ) -> None:
        self.losses = 0
        self.refusals = 0
        self._address, self._tls, self._client_id = address, tls, client_id
        self._on_confirmed = confirmed
        self._connection: Connection | None = None
        self._id = 0
        self._waiting: OrderedDict[int, tuple[str, bytes]] = OrderedDict()
        self._task = BackgroundTask(f"stress {client_id}", self._stay)

    @property
    def ready(self) -> bool:
        """Whether the broker has accepted it."""
        return self._connection is not None and self._connection.accepted

    def start(self) -> None:
        """Begins to connect."""
        self._task.start()

    def publish(self, topic: str, payload: bytes) -> None:
        """Sends now, or as soon as there is a connection."""
        self._id = self._id % 65535 + 1
        self._waiting[self._id] = topic, payload
        if self._connection is not None and self._connection.accepted:
            self._connection.write(packets.publish(topic, payload, self._id, self._address.version))

    async def stop(self) -> None:
        """Disconnects."""
        await self._task.stop()
        if self._connection is not None:
            self._connection.disconnect()

    def opened(self, connection: Connection) -> None:
        self._connection = connection

    def connected(self, answer: ConnectAnswer) -> None:
        assert self._connection is not None
        for number, (topic, payload) in self._waiting.items():
            self._connection.write(packets.publish(topic, payload, number, self._address.version, again=True))

    def confirmed(self, packet_id: bytes) -> None:
        if self._waiting.pop(int.from_bytes(packet_id, "big"), None) is not None:
            self._on_confirmed()

    async def _stay(self) -> None:
        loop, address = asyncio.get_running_loop(), self._address
        while True:
            try:
                async with asyncio.timeout(CONNECT_S):
                    _, connection = await loop.create_connection(self._made, address.host, address.port, ssl=self._tls)
            except (OSError, TimeoutError):
                self.losses += 1
            else:
                # Shielded: `stop` still has to end the connection properly.
                ended = await asyncio.shield(connection.ended)
                self.losses += 1
                self.refusals += ended.kind == "refused"
            self._connection = None
            await asyncio.sleep(RETRY_S)

    def _made(self) -> Connection:
        address = self._address
        connect = packets.connect(
            client_id=self._client_id,
            version=address.version,
            clean_session=True,
            keepalive_s=address.keepalive_s,
            username=address.username,
            password=address.password,
        )
        stream = PacketStream(address.version, AckWindow(), TopicNames(), LARGEST_ANSWER_BYTES)
        return Connection(connect, address.version, address.keepalive_s, stream, self, str(address))
