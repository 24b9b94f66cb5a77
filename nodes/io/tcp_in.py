"""Takes messages from TCP connections, as the side that listens or the side that calls."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from engine.api import (
    BackgroundJobs,
    Backoff,
    Context,
    Emitter,
    Help,
    Meta,
    Readable,
    Source,
    Text,
    choices,
    node,
    reason_of,
)
from nodes.drivers.gapless_progress import Step
from nodes.drivers.tcp_framing import BadFrame, FramingKind, make_framing
from nodes.drivers.tcp_sessions import Receipts, TcpSessions, keep_alive, tcp_sessions

CHUNK_BYTES = 65_536
HEAD_BYTES = 1000
CONNECT_S = 10.0


@node(category="network", secrets=False, icon="ethernet-port", title="TCP in")
class TcpIn(Source):
    """Listen on a port, or connect to one, and send on each message of the stream.

    A message ends at the delimiter (`line`), after as many bytes as the number before it says (`length`), or when nothing more has come for
    `idle_s` (`idle`). One that is too large, or cut off when the connection ends, goes the way of errors with its beginning; after one that is too
    large the connection is closed. While the flow is full nothing is read, so the sender waits.

    TCP itself confirms nothing. With `acknowledge` the sender gets a text, or the message itself, back when the flow has finished with it, in
    the order of its messages; one that is kept in quarantine is finished.
    The topic is the peer's address; the property `tcp` has session and peer, with which `tcp-out` can answer.
    """

    port: Annotated[int, Meta(ge=1, le=65535, description="TCP port.")]
    mode: Annotated[
        Literal["listen", "connect"],
        choices(listen=("Listen on a port", "监听端口"), connect=("Connect to a server", "连接服务器")),
        Meta(description="Listen, or connect to a server."),
    ] = "listen"
    host: Annotated[
        str, Meta(min_length=1, max_length=253, description="Address to listen on (0.0.0.0: all), or of the server.")
    ] = "127.0.0.1"
    framing: Annotated[FramingKind, Meta(title="Messages end", description="How messages are told apart.")] = "line"
    delimiter: Annotated[
        str, Meta(min_length=1, max_length=20, description="For line: what stands between messages.")
    ] = "\n"
    length_bytes: Annotated[
        Literal[1, 2, 4],
        Meta(title="Length field", description="For length: size of the number before each message, B."),
    ] = 4
    idle_s: Annotated[
        float,
        Meta(
            title="Pause",
            gt=0,
            le=60,
            description="For idle: the pause that ends a message.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 0.2
    payload: Annotated[
        Literal["text", "bytes"],
        choices(text=("Text", "文本"), bytes=("Bytes", "字节")),
        Meta(title="Payload as", description="Text is UTF-8; others are refused."),
    ] = "text"
    acknowledge: Annotated[
        Literal["none", "text", "echo"],
        choices(none=("Nothing", "不回复"), text=("A text", "指定的文本"), echo=("The message itself", "消息本身")),
        Meta(description="What the sender gets when the flow is done with a message."),
    ] = "none"
    acknowledge_text: Annotated[str, Meta(title="Text of it", max_length=200, description="For acknowledge: text.")] = (
        "OK\n"
    )
    largest_bytes: Annotated[
        int,
        Meta(
            title="Largest message",
            ge=1,
            le=10_000_000,
            description="Largest message.",
            extra_json_schema={"x-unit": "B"},
        ),
    ] = 100_000
    most_connections: Annotated[int, Meta(ge=1, le=10_000, description="Most connections; more are closed.")] = 100
    silence_s: Annotated[
        float,
        Meta(
            title="Close after silence",
            ge=0,
            le=86_400,
            description="Close after so long without a byte; 0: never.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 0.0

    zh: ClassVar = Help(
        "TCP 输入",
        "监听端口或连接服务器，按分隔符、按长度或按停顿分出一条条消息。过大的和连接中断时不完整的，只取开头，从错误端口送出；"
        "过大之后断开该连接。流程已满时停止读取，发送者等待。TCP 本身不确认：设置确认之后，流程处理完一条消息才按顺序回复。"
        "主题是对方的地址；属性 `tcp` 带有会话，TCP 输出节点可沿它回复。",
        fields={
            "port": ("端口", "TCP 端口号。"),
            "mode": ("方式", "监听端口，或连接服务器。"),
            "host": ("地址", "监听的地址（0.0.0.0 为全部），或服务器的地址。"),
            "framing": ("分隔方式", "怎样分出一条条消息。"),
            "delimiter": ("分隔符", "按分隔符：两条消息之间的字符。"),
            "length_bytes": ("长度字段", "按长度：每条消息之前的长度占几个字节。"),
            "idle_s": ("停顿", "按停顿：停多久算一条消息结束。"),
            "payload": ("载荷类型", "文本须为 UTF-8，否则处理失败。"),
            "acknowledge": ("确认", "流程处理完一条消息之后回复什么。"),
            "acknowledge_text": ("确认文本", "回复的文本。"),
            "largest_bytes": ("消息上限", "最大的消息。"),
            "most_connections": ("连接上限", "最多几个连接；更多的断开。"),
            "silence_s": ("静默断开", "多久没有数据则断开；0 为不断开。"),
        },
    )

    async def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.talking = BackgroundJobs()
        self.sessions: TcpSessions = await tcp_sessions(ctx)

    async def run(self, emit: Emitter) -> None:
        try:
            if self.mode == "listen":
                await self._listen(emit)
            else:
                await self._call(emit)
        finally:
            await self.talking.stop()

    def settled(self, tokens: list[tuple[Receipts, Step[int]]]) -> None:
        for receipts, step in tokens:
            receipts.finish(step)

    async def _listen(self, emit: Emitter) -> None:
        async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if len(self.talking) >= self.most_connections:
                self.ctx.status(Text("tcp.many", limit=self.most_connections), "warning")
                writer.close()
                return
            talk = self.talking.start(f"tcp {self.ctx.flow}/{self.ctx.node}", self._talk, emit, reader, writer)
            talk.add_done_callback(lambda _: self._show())

        server = await asyncio.start_server(accepted, self.host, self.port, limit=CHUNK_BYTES)
        self._show()
        try:
            await asyncio.Event().wait()
        finally:
            server.close()

    async def _call(self, emit: Emitter) -> None:
        backoff = Backoff(self.ctx.clock, first_s=0.5)
        while True:
            try:
                async with asyncio.timeout(CONNECT_S):
                    reader, writer = await asyncio.open_connection(self.host, self.port, limit=CHUNK_BYTES)
            except (OSError, TimeoutError) as error:
                reason: Readable = str(error) or Text("tcp.no-answer")
            else:
                backoff.reset()
                self.ctx.status(Text("tcp.connected", peer=f"{self.host}:{self.port}"))
                await self._talk(emit, reader, writer)
                reason = Text("tcp.closed")
            self.ctx.status(Text("tcp.trying", peer=f"{self.host}:{self.port}", reason=reason), "error")
            await backoff.wait()

    def _show(self) -> None:
        self.ctx.status(Text("tcp.listening", address=f"{self.host}:{self.port}", count=len(self.talking)))

    async def _talk(self, emit: Emitter, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection until its end. What it has brought goes on without it."""
        keep_alive(writer)
        address = writer.get_extra_info("peername")
        peer = f"{address[0]}:{address[1]}" if address else "unknown"
        session = self.sessions.add(writer)
        receipts = Receipts(self.sessions, session)
        framing = make_framing(self.framing, self.delimiter.encode(), self.length_bytes, self.largest_bytes)
        heard = False
        try:
            while True:
                await emit.room()
                pause_s = self.idle_s if self.framing == "idle" and heard else self.silence_s or None
                try:
                    async with asyncio.timeout(pause_s):
                        data = await reader.read(CHUNK_BYTES)
                except TimeoutError:
                    if not heard:
                        break
                    messages, heard = framing.idle(), False
                else:
                    messages = framing.feed(data) if data else framing.idle()
                    heard = self.framing == "idle" and bool(data)
                await self._push_all(emit, messages, session, peer, receipts)
                if not heard and not messages and self.framing == "idle":
                    break
                if self.framing != "idle" and not data:
                    break
        except BadFrame as bad:
            await self._push_all(emit, bad.before, session, peer, receipts)
            emit.refuse(bad.head[:HEAD_BYTES], peer, Text("tcp.cut-off", reason=reason_of(bad), peer=peer))
        except OSError as error:
            self.ctx.log.info("connection with %s ended: %s", peer, error)
        finally:
            if framing.rest():
                emit.refuse(framing.rest()[:HEAD_BYTES], peer, Text("tcp.middle", peer=peer))
            self.sessions.remove(session)
            writer.close()

    async def _push_all(
        self, emit: Emitter, messages: list[bytes], session: str, peer: str, receipts: Receipts
    ) -> None:
        for message in messages:
            await emit.room()
            self._push(emit, message, session, peer, receipts)

    def _push(self, emit: Emitter, message: bytes, session: str, peer: str, receipts: Receipts) -> None:
        token = None
        if self.acknowledge != "none":
            text = self.acknowledge_text.encode() if self.acknowledge == "text" else message
            token = (receipts, receipts.expect(text))
        payload: Any = message
        if self.payload == "text":
            try:
                payload = message.decode("utf-8")
            except UnicodeDecodeError as wrong:
                kept = emit.refuse(message, peer, Text("tcp.not-utf8", byte=wrong.start))
                if token is not None:
                    kept.add_done_callback(partial(self._kept, token))
                return
        emit.push(payload, peer, props={"tcp": {"session": session, "peer": peer}}, token=token)

    def _kept(self, token: tuple[Receipts, Step[int]], done: asyncio.Future[None]) -> None:
        if not done.cancelled():
            self.settled([token])
