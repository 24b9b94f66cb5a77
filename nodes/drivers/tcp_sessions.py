"""The open TCP connections of a site by id, so that an answer finds the one its question came from."""

from __future__ import annotations

import asyncio
import os
import socket

from engine.api import Context
from nodes.drivers.gapless_progress import Progress, Step

__all__ = ["Receipts", "TcpSessions", "keep_alive", "tcp_sessions"]

MOST_UNREAD_BYTES = 1_000_000
TAKE_S = 5.0


class TcpSessions:
    """Shared by all tcp-in and tcp-out nodes."""

    def __init__(self) -> None:
        self._open: dict[str, asyncio.StreamWriter] = {}

    def add(self, writer: asyncio.StreamWriter) -> str:
        """A new connection; its id travels with its messages."""
        id = os.urandom(8).hex()
        self._open[id] = writer
        return id

    def remove(self, id: str) -> None:
        """It is closed."""
        self._open.pop(id, None)

    def send(self, id: str, data: bytes) -> bool:
        """Sends without waiting. False when it is closed; one that reads nothing of what it is sent is closed here."""
        writer = self._open.get(id)
        if writer is None or writer.is_closing():
            return False
        if writer.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            writer.transport.abort()
            return False
        writer.write(data)
        return True

    async def drain(self, id: str) -> None:
        """Waits until it has room again. OSError when it closes meanwhile; one that takes nothing for 5 s is closed here."""
        writer = self._open.get(id)
        if writer is None:
            return
        try:
            async with asyncio.timeout(TAKE_S):
                await writer.drain()
        except TimeoutError as stuck:
            writer.transport.abort()
            raise ConnectionError("it takes nothing") from stuck


class Receipts:
    """What one connection is told when its messages are done: in the order in which they came, whatever order they finish in."""

    def __init__(self, sessions: TcpSessions, session: str) -> None:
        self._sessions = sessions
        self._session = session
        self._progress: Progress[int] = Progress()
        self._texts: list[bytes] = []
        self._confirmed = 0

    def expect(self, text: bytes) -> Step[int]:
        """The next message is under way, and `text` its receipt."""
        self._texts.append(text)
        return self._progress.begin(self._confirmed + len(self._texts))

    def finish(self, step: Step[int]) -> None:
        """That message is done."""
        reached = self._progress.finish(step)
        if reached is not None:
            due = reached - self._confirmed
            ready, self._texts, self._confirmed = self._texts[:due], self._texts[due:], reached
            self._sessions.send(self._session, b"".join(ready))


async def tcp_sessions(ctx: Context) -> TcpSessions:
    """The site's connections."""

    async def make() -> TcpSessions:
        return TcpSessions()

    async def close(_: TcpSessions) -> None:
        """Each node closes what it has opened."""

    return await ctx.shared("tcp sessions", make, close)


def keep_alive(writer: asyncio.StreamWriter) -> None:
    """Has the system find out within about two minutes that the other side is gone without a word."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
