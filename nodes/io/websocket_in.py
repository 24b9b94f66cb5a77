"""Takes messages from WebSocket clients that connect under /hook."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import BackgroundJobs, Context, Emitter, Help, Meta, Source, Text, choices, node
from nodes.drivers.gapless_progress import Progress, Step
from nodes.drivers.websocket_room import Inbox, Room, Rules, Session, room_of
from nodes.support.fields import LeastRole


@node(category="network", secrets=False, icon="cable", title="WebSocket in")
class WebsocketIn(Source):
    """Take what WebSocket clients send to /hook and the path given. Each frame is a message: text, JSON, or bytes.

    While the flow is full nothing is read, so clients wait. With `acknowledge` a client gets {"done": n} when the flow has finished with its
    first n frames, in order; what it has sent beyond that it sends again after a break. Text that is no JSON, with `decode: json`, goes the
    way of errors. A frame above `largest_bytes` closes its connection (1009).

    Clients need an API token or a session of `role` unless the node is `open`; a token that ends closes its connections. The property
    `websocket` has session, user, address and params, with which `websocket-out` on the same path can answer.
    """

    path: Annotated[str, Meta(max_length=200, description="Path below /hook; {name} stands for one part.")]
    open: Annotated[bool, Meta(title="Open to everyone", description="Take clients without sign-in.")] = False
    role: Annotated[LeastRole, Meta(title="Least role", description="Role that a client needs at least.")] = "operator"
    decode: Annotated[
        Literal["auto", "json"],
        choices(auto=("Text", "文本"), json=("JSON", "JSON")),
        Meta(title="Text is", description="auto: text stays text; json: text is JSON."),
    ] = "auto"
    acknowledge: Annotated[bool, Meta(description="Tell each client how many of its frames are done.")] = False
    largest_bytes: Annotated[
        int,
        Meta(
            title="Largest frame", ge=1, le=10_000_000, description="Largest frame.", extra_json_schema={"x-unit": "B"}
        ),
    ] = 100_000
    most_clients: Annotated[int, Meta(ge=1, le=10_000, description="Most clients at once.")] = 100

    zh: ClassVar = Help(
        "WebSocket 输入",
        "接收 WebSocket 客户端向 `/hook` 下的路径发来的帧，每帧一条消息：文本、JSON 或字节。流程已满时停止读取，客户端等待。设置确认之后，"
        '流程每处理完一帧，客户端收到 `{"done": n}`，断线之后可从第 `n` 帧之后重发。过大的帧使其连接断开（1009）。除非无需登录，'
        "客户端要有 API 令牌或已登录。",
        fields={
            "path": ("路径", "在 `/hook` 之后；`{name}` 代表任意一段。"),
            "open": ("无需登录", "能连到服务器的任何人都可以连接。"),
            "role": ("最低角色", "客户端至少要有的角色。"),
            "decode": ("文本格式", "文本帧怎样解析。"),
            "acknowledge": ("确认", "告知客户端它的几帧已处理完。"),
            "largest_bytes": ("帧上限", "最大的帧。"),
            "most_clients": ("客户端上限", "同时最多几个客户端。"),
        },
    )

    async def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.streams: dict[str, _Stream] = {}
        self.jobs = BackgroundJobs()
        self.room: Room = await room_of(ctx, self.path)

    def resume(self) -> None:
        rules = Rules(self.open, self.role, self.largest_bytes, self.most_clients, reads=True)
        self.room.enter(f"{self.ctx.flow}/{self.ctx.node}", self, rules)
        self.ctx.status(f"/hook{self.path}")

    async def run(self, emit: Emitter) -> None:
        inbox = Inbox(lambda session, data: self._take(emit, session, data), emit.room)
        self.room.attach(inbox)
        try:
            await asyncio.Event().wait()
        finally:
            self.room.attach(None)

    def stop(self) -> None:
        self.room.leave(f"{self.ctx.flow}/{self.ctx.node}", self)

    def settled(self, tokens: list[tuple[_Stream, Step[int]]]) -> None:
        for stream, step in tokens:
            reached = stream.progress.finish(step)
            if reached is not None:
                self._acknowledge(stream, reached)

    def _take(self, emit: Emitter, session: Session, data: str | bytes) -> None:
        token = None
        if self.acknowledge:
            stream = self._stream(session)
            stream.count += 1
            token = (stream, stream.progress.begin(stream.count))
        topic = self.path
        payload: Any = data
        if self.decode == "json" and isinstance(data, str):
            try:
                payload = msgspec.json.decode(data)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as wrong:
                kept = emit.refuse(data, topic, Text("websocket.no-json", reason=str(wrong) or Text("websocket.deep")))
                if token is not None:
                    kept.add_done_callback(partial(self._kept, token))
                return
        websocket = {
            "session": session.id,
            "user": session.user,
            "address": session.address,
            "params": session.parameters,
        }
        emit.push(payload, topic, props={"websocket": websocket}, token=token)

    def _kept(self, token: tuple[_Stream, Step[int]], done: asyncio.Future[None]) -> None:
        if not done.cancelled():
            self.settled([token])

    def _stream(self, session: Session) -> _Stream:
        for gone in self.streams.keys() - self.room.sessions.keys():
            del self.streams[gone]
        return self.streams.setdefault(session.id, _Stream(session))

    def _acknowledge(self, stream: _Stream, reached: int) -> None:
        """One note at a time: while one is on its way the later ones become one."""
        stream.reached = reached
        if not stream.acknowledging:
            stream.acknowledging = True
            self.jobs.start("telling a client what is done", _acknowledge_all, stream)


class _Stream:
    """The frames of one client."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.progress: Progress[int] = Progress()
        self.count = 0
        self.reached = 0
        self.acknowledging = False


async def _acknowledge_all(stream: _Stream) -> None:
    acknowledged = 0
    while acknowledged < stream.reached:
        acknowledged = stream.reached
        if not await stream.session.send(f'{{"done":{acknowledged}}}'):
            break
    stream.acknowledging = False
