"""Sends messages over TCP: to a server, or back over the connection that a message came from."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import (
    UNSET,
    BackgroundJobs,
    Context,
    Help,
    Message,
    Meta,
    Node,
    PermanentError,
    Readable,
    RetryableError,
    Text,
    choices,
    node,
)
from nodes.drivers.tcp_framing import framed
from nodes.drivers.tcp_sessions import TcpSessions, keep_alive, tcp_sessions

CONNECT_S = 5.0


@node(category="network", secrets=False, icon="send", title="TCP out", side_effect=True)
class TcpOut(Node):
    """Send each message to a TCP server over a connection that is kept, or answer over the connection of `tcp-in` it came from.

    Text and bytes go as they are, everything else as JSON. While the server is away messages wait, in order. TCP does not say what the
    other side has taken: what was sent just before a connection broke may be lost, so where that matters take a protocol that confirms. A
    message whose sender has hung up, or takes nothing for 5 s, is refused.
    """

    mode: Annotated[
        Literal["connect", "answer"],
        choices(connect=("To a server", "发给服务器"), answer=("Back to the sender", "回复发送者")),
        Meta(title="To", description="To a server, or back to the sender of the message."),
    ] = "connect"
    host: Annotated[str, Meta(max_length=253, description="For connect: the server.")] = ""
    port: Annotated[int, Meta(ge=0, le=65535, description="For connect: its TCP port.")] = 0
    framing: Annotated[
        Literal["line", "length", "none"],
        choices(line=("By delimiter", "按分隔符"), length=("By length", "按长度"), none=("Not at all", "不分隔")),
        Meta(title="Messages end", description="How the messages are told apart."),
    ] = "line"
    delimiter: Annotated[str, Meta(min_length=1, max_length=20, description="For line: what ends a message.")] = "\n"
    length_bytes: Annotated[
        Literal[1, 2, 4],
        Meta(title="Length field", description="For length: size of the number before each message, B."),
    ] = 4

    zh: ClassVar = Help(
        "TCP 输出",
        "通过保持的连接把每条消息发给 TCP 服务器，或沿 TCP 输入节点的连接回复发送者。文本和字节原样发送，其他写成 JSON。"
        "服务器离线时消息按顺序等待。TCP 不说明对方收到了什么，断线前刚发送的可能丢失；不能丢失的，请用带确认的协议。发送者已断开，"
        "或 5 秒不接收时，该消息处理失败。",
        fields={
            "mode": ("去向", "发给服务器，或回复消息的发送者。"),
            "host": ("地址", "发给服务器：服务器的地址。"),
            "port": ("端口", "发给服务器：TCP 端口号。"),
            "framing": ("分隔方式", "怎样分出一条条消息。"),
            "delimiter": ("分隔符", "按分隔符：每条消息之后的字符。"),
            "length_bytes": ("长度字段", "按长度：每条消息之前的长度占几个字节。"),
        },
    )
    timeout_s: ClassVar[float] = 30.0

    def __post_init__(self) -> None:
        if self.mode == "connect" and not (self.host and self.port):
            raise ValueError(Text("tcp.no-server"))

    async def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.sessions: TcpSessions = await tcp_sessions(ctx)
        self.connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.jobs = BackgroundJobs()

    async def stop(self) -> None:
        await self._close()

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        results: list[Any] = [None] * len(messages)
        data: list[bytes] = []
        for index, message in enumerate(messages):
            try:
                wire = self._wire(message)
                if self.mode == "answer":
                    await self._answer(message, wire)
                else:
                    data.append(wire)
            except PermanentError as refused:
                results[index] = refused
        if data:
            await self._send(b"".join(data))
        return results

    def _wire(self, message: Message) -> bytes:
        payload = message.payload
        if payload is UNSET:
            raise PermanentError(Text("value.no-payload"))
        try:
            if isinstance(payload, str):
                data = payload.encode()
            elif isinstance(payload, (bytes, bytearray, memoryview)):
                data = bytes(payload)
            else:
                data = msgspec.json.encode(payload)
            return framed(self.framing, data, self.delimiter.encode(), self.length_bytes)
        except OverflowError as large:
            raise PermanentError(Text("tcp.long", bytes=self.length_bytes)) from large
        except (TypeError, ValueError, RecursionError) as wrong:
            raise PermanentError(Text("value.not-text", reason=str(wrong))) from wrong

    async def _answer(self, message: Message, data: bytes) -> None:
        tcp = message.props.get("tcp")
        session = tcp.get("session") if isinstance(tcp, dict) else None
        if not isinstance(session, str):
            raise PermanentError(Text("tcp.no-session"))
        if not self.sessions.send(session, data):
            raise PermanentError(Text("tcp.hung-up"))
        try:
            await self.sessions.drain(session)
        except OSError as gone:
            raise PermanentError(Text("tcp.stuck")) from gone

    async def _send(self, data: bytes) -> None:
        try:
            if self.connection is None or self.connection[1].is_closing():
                await self._connect()
            assert self.connection is not None
            writer = self.connection[1]
            writer.write(data)
            await writer.drain()
        except (OSError, TimeoutError) as error:
            await self._close()
            reason: Readable = str(error) or Text("tcp.no-answer")
            self.ctx.status(Text("tcp.at", peer=f"{self.host}:{self.port}", reason=reason), "error")
            raise RetryableError(Text("tcp.away", peer=f"{self.host}:{self.port}", reason=reason)) from error

    async def _connect(self) -> None:
        await self._close()
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(self.host, self.port)
        keep_alive(writer)
        self.connection = reader, writer
        self.jobs.start(f"tcp out {self.ctx.node}", _until_closed, reader, writer)
        self.ctx.status(Text("tcp.connected", peer=f"{self.host}:{self.port}"))

    async def _close(self) -> None:
        await self.jobs.stop()
        if self.connection is not None:
            self.connection[1].close()
            self.connection = None


async def _until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that hangs up is noticed at once and not by losing the next message; what it says is not wanted."""
    try:
        while await reader.read(65_536):
            pass
    except OSError:
        pass
    writer.close()
