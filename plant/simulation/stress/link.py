"""The lightest MQTT 3.1.1 publisher: one connection, QoS 1, for thousands of them in one process. It sends packets and counts answers."""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections import OrderedDict
from collections.abc import Callable

from engine.api import BackgroundTask

__all__ = ["Link"]

KEEPALIVE_S = 60
CONNECT_S = 30.0
RETRY_S = 1.0


class Link(asyncio.Protocol):
    """A connection that is made again when it is lost; what was not confirmed is then sent again, as MQTT asks for.

    `confirmed` is called once for each packet that the broker has taken over (PUBACK).
    """

    def __init__(
        self,
        host: str,
        port: int,
        client_id: str,
        *,
        user: str = "",
        password: str = "",
        tls: ssl.SSLContext | None = None,
        confirmed: Callable[[], None],
    ) -> None:
        self.losses = 0
        self.refusals = 0
        self._host, self._port, self._tls = host, port, tls
        self._client_id, self._user, self._password = client_id, user, password
        self._confirmed = confirmed
        self._transport: asyncio.Transport | None = None
        self._up = False
        self._ready = asyncio.Event()
        self._lost = asyncio.Event()
        self._buffer = b""
        self._id = 0
        self._waiting: OrderedDict[int, bytes] = OrderedDict()
        self._task = BackgroundTask(f"stress {client_id}", self._stay)
        self._stopping = False

    @property
    def ready(self) -> bool:
        """Whether the broker has accepted it."""
        return self._up

    def start(self) -> None:
        """Begins to connect."""
        self._task.start()

    def publish(self, topic: str, payload: bytes) -> None:
        """Sends now, or as soon as there is a connection."""
        self._id = self._id % 65535 + 1
        name = topic.encode()
        body = struct.pack("!H", len(name)) + name + struct.pack("!H", self._id) + payload
        self._waiting[self._id] = body
        if self._up and self._transport is not None:
            self._transport.write(b"\x32" + _length(len(body)) + body)

    async def stop(self) -> None:
        """Disconnects."""
        self._stopping = True
        await self._task.stop()
        if self._transport is not None:
            if self._up:
                self._transport.write(b"\xe0\x00")
            self._transport.close()

    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._lost.clear()
            try:
                async with asyncio.timeout(CONNECT_S):
                    await loop.create_connection(lambda: self, self._host, self._port, ssl=self._tls)
                    await self._ready.wait()
            except (OSError, TimeoutError):
                self.losses += 1
                if self._transport is not None:
                    self._transport.abort()
            else:
                while not self._lost.is_set():
                    try:
                        async with asyncio.timeout(KEEPALIVE_S / 2):
                            await self._lost.wait()
                    except TimeoutError:
                        if self._transport is not None:
                            self._transport.write(b"\xc0\x00")
                self.losses += 1
            self._up = False
            self._ready.clear()
            await asyncio.sleep(RETRY_S)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends CONNECT."""
        self._transport = transport  # type: ignore[assignment]  # a stream transport, as create_connection makes
        self._buffer = b""
        flags, rest = 0x02, _text(self._client_id)
        if self._user:
            flags |= 0xC0
            rest += _text(self._user) + _text(self._password)
        body = _text("MQTT") + bytes((4, flags)) + struct.pack("!H", KEEPALIVE_S) + rest
        transport.write(b"\x10" + _length(len(body)) + body)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """CONNACK, PUBACK and PINGRESP are all that comes, and all are short."""
        data = self._buffer + data if self._buffer else data
        at, end = 0, len(data)
        while end - at >= 2 and end - at >= 2 + data[at + 1]:
            kind, size = data[at] >> 4, data[at + 1]
            if kind == 4:
                if self._waiting.pop(data[at + 2] << 8 | data[at + 3], None) is not None:
                    self._confirmed()
            elif kind == 2:
                self._answered(data[at + 3])
            at += 2 + size
        self._buffer = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Connects again unless it was stopped."""
        self._up = False
        self._lost.set()

    def _answered(self, code: int) -> None:
        if code:
            self.refusals += 1
            if self._transport is not None:
                self._transport.abort()
            return
        self._up = True
        self._ready.set()
        assert self._transport is not None
        for body in self._waiting.values():
            self._transport.write(b"\x3a" + _length(len(body)) + body)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("!H", len(data)) + data


def _length(size: int) -> bytes:
    """Remaining length, MQTT 3.1.1, 2.2.3."""
    out = bytearray()
    while True:
        size, digit = divmod(size, 128)
        out.append(digit | 128 if size else digit)
        if not size:
            return bytes(out)
