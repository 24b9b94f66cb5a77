"""Takes messages from WebSocket clients that connect under /hook."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import BackgroundJobs, Context, Emitter, Help, Meta, Role, Source, node
from nodes.drivers.gapless_progress import Progress, Step
from nodes.drivers.websocket_room import Inbox, Room, Rules, Session, room_of


@node(category="network", icon="cable", title="WebSocket in")
class WebsocketIn(Source):
    """Take what WebSocket clients send to /hook and the path given. Each frame is a message: text, JSON, or bytes.

    While the flow is full nothing is read, so clients wait. With `acknowledge` a client gets {"done": n} when the flow has finished with its
    first n frames, in order; what it has sent beyond that it sends again after a break. Text that is no JSON, with `decode: json`, goes the
    way of errors. A frame above `largest_bytes` closes its connection (1009).

    Clients need an API token or a session of `role` unless the node is `open`; a token that ends closes its connections. The property
    `websocket` has session, user, address and params, with which `websocket-out` on the same path can answer.
    """

    path: Annotated[str, Meta(max_length=200, description="Path below /hook; {name} stands for one part.")]
    open: Annotated[bool, Meta(description="Take clients without sign-in.")] = False
    role: Annotated[Role, Meta(description="Role that a client needs at least.")] = "operator"
    decode: Annotated[Literal["auto", "json"], Meta(description="auto: text stays text; json: text is JSON.")] = "auto"
    acknowledge: Annotated[bool, Meta(description="Tell each client how many of its frames are done.")] = False
    largest_bytes: Annotated[
        int, Meta(ge=1, le=10_000_000, description="Largest frame.", extra_json_schema={"x-unit": "B"})
    ] = 100_000
    most_clients: Annotated[int, Meta(ge=1, le=10_000, description="Most clients at once.")] = 100

    zh: ClassVar = Help(
        title="WebSocket 输入",
        text="接收 /hook 下路径的 WebSocket 客户端发来的帧。流程繁忙时停止读取；可告知客户端已完成的帧数。默认需要登录或 API 令牌。",
        fields={
            "path": "/hook 下的路径，{name} 代表任意一段。",
            "open": "不需登录。",
            "role": "客户端至少需要的角色。",
            "decode": "auto 文本原样；json 解析文本。",
            "acknowledge": "告知客户端已完成的帧数。",
            "largest_bytes": "最大帧，字节。",
            "most_clients": "最多客户端数。",
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
                kept = emit.refuse(data, topic, f"the frame is no JSON: {str(wrong) or 'nested too deeply'}")
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
