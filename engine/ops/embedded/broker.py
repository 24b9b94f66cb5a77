"""An MQTT broker inside the engine's own process, for a machine that has none."""

import logging
import socket
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine.core.errors import SetupError
from engine.texts.text import Text

if TYPE_CHECKING:
    from amqtt.broker import Broker


class EmbeddedBroker:
    """`async with EmbeddedBroker() as broker:` serves MQTT 3.1.1 to this machine at `broker.url` until the block ends.

    It asks for no password, so it refuses any host but loopback. It keeps nothing: sessions and retained messages end
    with it, which is why production has a broker of its own (`MCS_MQTT_URL`). About 2,500 messages a second at QoS 1.
    Port 0 takes a free one. Raises `SetupError` when the extra `demo` is not installed, the port is taken or the host is
    not this machine's loopback.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 1883) -> None:
        if host not in ("127.0.0.1", "localhost"):
            raise SetupError(Text("setup.broker-loopback", host=host))
        self.host = host
        self.port = port
        self._broker: Broker | None = None

    @property
    def url(self) -> str:
        """The address as `MCS_MQTT_URL` would give it."""
        return f"mqtt://{self.host}:{self.port}"

    async def __aenter__(self) -> Self:
        try:
            from amqtt.broker import Broker
            from amqtt.contexts import BrokerConfig, ListenerConfig
        except ModuleNotFoundError as missing:
            raise SetupError(Text("setup.no-broker")) from missing
        self.port = self._free_port()
        # The libraries report every connection and state at INFO, which buries the engine's own log.
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.WARNING)
        listener = ListenerConfig(bind=f"{self.host}:{self.port}")
        anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        self._broker = Broker(BrokerConfig(listeners={"default": listener}, plugins=anonymous))
        await self._broker.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        broker, self._broker = self._broker, None
        if broker is not None:
            await broker.shutdown()

    def _free_port(self) -> int:
        # Asked before the library is: it would print a traceback of its own.
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as failure:
                address = f"{self.host}:{self.port}"
                raise SetupError(
                    Text("setup.broker-port", address=address, reason=failure.strerror or str(failure))
                ) from failure
            port: int = probe.getsockname()[1]
            return port
