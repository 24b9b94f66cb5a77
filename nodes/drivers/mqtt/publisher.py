"""A connection for publishing, kept open as long as some node needs it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import aiomqtt

from engine.api import BackgroundTask, Backoff, Readable, RetryableError, Supervisor, Text
from nodes.drivers.mqtt.address import BrokerAddress

__all__ = ["ConnectionLost", "MqttPublisher"]

ANSWER_S = 10.0
CONNECT_S = 5.0


class ConnectionLost(RetryableError):
    """The connection was lost while the broker was given a message: perhaps because of it."""


class MqttPublisher:
    """Connects in the background and connects again by itself; `publish` raises RetryableError meanwhile."""

    def __init__(self, address: BrokerAddress, client_id: str, supervisor: Supervisor) -> None:
        self.problem: Readable = Text("mqtt.not-yet", broker=str(address))
        self._address = address
        self._client_id = client_id
        self._backoff = Backoff(supervisor.clock)
        self._client: aiomqtt.Client | None = None
        self._listeners: list[Callable[[], None]] = []
        self._lost = asyncio.Event()
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._alone = asyncio.Lock()
        self._task = BackgroundTask(f"publisher {address}", self._stay_connected, supervisor)

    async def open(self) -> MqttPublisher:
        """Begins to connect; returns at once."""
        self._task.start()
        return self

    async def close(self) -> None:
        """Disconnects."""
        await self._task.stop()

    def on_change(self, call: Callable[[], None]) -> Callable[[], None]:
        """Calls whenever the connection comes or goes, and once now; the function returned ends that."""
        self._listeners.append(call)
        call()
        return lambda: self._listeners.remove(call)

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""
        return self._client is not None

    async def publish(self, topic: str, payload: bytes, qos: int, retain: bool, alone: bool = False) -> None:
        """Returns when the broker has it (QoS 1, 2) or it has been sent (QoS 0). Raises RetryableError while the broker is away.

        A message that a connection was lost on goes `alone` with its like, one after the other, so that one the broker closes the
        connection for does not make others look like it.
        """
        async with self._alone if alone else contextlib.nullcontext():
            client, gone = self._client, self._gone
            if client is None:
                raise RetryableError(self.problem)
            sending = asyncio.ensure_future(client.publish(topic, payload, qos=qos, retain=retain, timeout=ANSWER_S))
            try:
                await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
                if not sending.done():
                    raise ConnectionLost(self.problem)
                sending.result()
            except aiomqtt.MqttError as error:
                self._lost.set()
                raise RetryableError(Text("mqtt.not-taken", broker=str(self._address), reason=str(error))) from error
            finally:
                sending.cancel()

    async def _stay_connected(self) -> None:
        while True:
            try:
                async with _connected(self._made()) as client:
                    self._lost.clear()
                    self._now(client, "")
                    self._backoff.reset()
                    await self._watch(client)
            except (aiomqtt.MqttError, OSError) as error:
                self._now(None, Text("mqtt.trouble", broker=str(self._address), reason=str(error)))
            self._now(None, self.problem or Text("mqtt.lost", broker=str(self._address)))
            await self._backoff.wait()

    async def _watch(self, client: aiomqtt.Client) -> None:
        """Returns when a publish failed; raises when the connection ends."""
        lost = asyncio.create_task(self._lost.wait())
        reading = asyncio.create_task(_read(client))
        try:
            await asyncio.wait([lost, reading], return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
        finally:
            for task in (lost, reading):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiomqtt.MqttError):
                await asyncio.gather(lost, reading)

    def _made(self) -> aiomqtt.Client:
        address = self._address
        return aiomqtt.Client(
            address.host,
            address.port,
            username=address.username,
            password=address.password,
            identifier=self._client_id,
            keepalive=address.keepalive_s,
            tls_context=address.ssl_context(),
            protocol=aiomqtt.ProtocolVersion.V5 if address.version == "5" else aiomqtt.ProtocolVersion.V311,
            max_inflight_messages=1000,
            timeout=CONNECT_S,
        )

    def _now(self, client: aiomqtt.Client | None, problem: Readable) -> None:
        self._client, self.problem = client, problem
        if client is None and not self._gone.done():
            self._gone.set_result(None)
        elif client is not None:
            self._gone = asyncio.get_running_loop().create_future()
        for call in list(self._listeners):
            call()


@contextlib.asynccontextmanager
async def _connected(client: aiomqtt.Client) -> AsyncIterator[aiomqtt.Client]:
    """The client connected for the block. Cancelled meanwhile, it still sees the attempt through and closes what came of it.

    aiomqtt connects in a thread that nothing stops: a client dropped at that moment keeps its socket and closes it in a loop that has ended.
    """
    entering = asyncio.create_task(client.__aenter__())
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        with contextlib.suppress(aiomqtt.MqttError, OSError):
            await entering
            await client.__aexit__(None, None, None)
        raise
    try:
        yield client
    finally:
        with contextlib.suppress(aiomqtt.MqttError):  # disconnecting from a broker that has gone
            await client.__aexit__(None, None, None)


async def _read(client: aiomqtt.Client) -> None:
    """Nothing is subscribed; the iterator is what raises when the connection is lost."""
    async for _ in client.messages:
        pass
