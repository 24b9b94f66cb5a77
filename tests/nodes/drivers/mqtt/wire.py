"""PUBLISH packets for tests, and a broker that says what a test tells it to."""

import asyncio
from collections.abc import Awaitable, Callable

from nodes.drivers.mqtt.packets import remaining_length

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def publish(
    topic: str | bytes,
    payload: bytes,
    qos: int = 0,
    packet_id: int = 1,
    *,
    retain: bool = False,
    properties: bytes | None = None,
) -> bytes:
    """A PUBLISH; `properties` are given for MQTT 5, without their length."""
    raw = topic.encode() if isinstance(topic, str) else topic
    body = len(raw).to_bytes(2, "big") + raw + (packet_id.to_bytes(2, "big") if qos else b"")
    if properties is not None:
        body += remaining_length(len(properties)) + properties
    body += payload
    return bytes([0x30 | qos << 1 | retain]) + remaining_length(len(body)) + body


async def read_packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """(first byte, body) of the next packet a client sends."""
    first = (await reader.readexactly(1))[0]
    size = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        size |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return first, await reader.readexactly(size)


def connack(version: str, code: int = 0, *, present: bool = False) -> bytes:
    """A CONNACK without properties."""
    return bytes([0x20, 3, present, code, 0]) if version == "5" else bytes([0x20, 2, present, code])


def suback(version: str, *codes: int) -> bytes:
    """A SUBACK of packet identifier 1."""
    body = b"\0\1" + (b"\0" if version == "5" else b"") + bytes(codes)
    return bytes([0x90, len(body)]) + body


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, version: str, *, code: int = 1) -> bytes:
    """Answer CONNECT and SUBSCRIBE; returns CONNECT's body."""
    _, body = await read_packet(reader)
    writer.write(connack(version))
    await read_packet(reader)
    writer.write(suback(version, code))
    return body


class ScriptedBroker:
    """Runs a script for every connection; counts them."""

    def __init__(self, script: Script) -> None:
        self.script, self.connections, self.port = script, 0, 0

    async def __aenter__(self) -> "ScriptedBroker":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self.script(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()
