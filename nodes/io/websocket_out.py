"""Sends messages to WebSocket clients that have connected under /hook."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import UNSET, Context, Help, Message, Meta, Node, PermanentError, Text, choices, node
from nodes.drivers.websocket_room import Room, Rules, room_of
from nodes.support.fields import LeastRole


@node(category="network", secrets=False, icon="radio", title="WebSocket out", side_effect=True)
class WebsocketOut(Node):
    """Send each message to all clients at /hook and the path given, or to the one that the message came from.

    Text goes as a text frame, bytes as a binary one, everything else as JSON text. With `to: all` a message without any client is done at once:
    it goes to those who are there. A client that takes nothing for 5 s is closed. With `to: sender` a message whose client has gone is refused.
    On the path of a `websocket-in` they share the clients; alone, what clients send is thrown away.
    """

    path: Annotated[str, Meta(max_length=200, description="Path below /hook, as the websocket-in says it.")]
    to: Annotated[
        Literal["all", "sender"],
        choices(all=("To all clients", "全部客户端"), sender=("Back to the sender", "消息的来源")),
        Meta(description="Who gets it."),
    ] = "all"
    open: Annotated[
        bool,
        Meta(
            title="Open to everyone",
            description="Take clients without sign-in (where nodes differ the strictest holds).",
        ),
    ] = False
    role: Annotated[LeastRole, Meta(title="Least role", description="Role that a client needs at least.")] = "viewer"
    most_clients: Annotated[int, Meta(ge=1, le=10_000, description="Most clients at once.")] = 100

    outputs: ClassVar = ()
    zh: ClassVar = Help(
        "WebSocket 输出",
        "把每条消息发给 `/hook` 下该路径的所有客户端，或发回消息的来源。文本为文本帧，字节为二进制帧，其他写成 JSON 文本。"
        "发给全部而没有客户端时，消息即告完成。5 秒不接收的客户端被断开；发回来源而对方已断开的消息处理失败。"
        "与同一路径的 WebSocket 输入节点共用客户端；单独使用时，客户端发来的内容被忽略。",
        fields={
            "path": ("路径", "在 `/hook` 之后，与 WebSocket 输入节点的写法相同。"),
            "to": ("去向", "发给全部客户端，或发回来源。"),
            "open": ("无需登录", "能连到服务器的任何人都可以连接；同一路径有几个节点时，以最严格的为准。"),
            "role": ("最低角色", "客户端至少要有的角色。"),
            "most_clients": ("客户端上限", "同时最多几个客户端。"),
        },
    )
    timeout_s: ClassVar[float] = 30.0

    async def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.room: Room = await room_of(ctx, self.path)

    def resume(self) -> None:
        rules = Rules(self.open, self.role, 10_000_000, self.most_clients, reads=False)
        self.room.enter(f"{self.ctx.flow}/{self.ctx.node}", self, rules)

    def stop(self) -> None:
        self.room.leave(f"{self.ctx.flow}/{self.ctx.node}", self)

    async def process(self, msg: Message) -> None:
        frame = _frame(msg.payload)
        if self.to == "all":
            sent = await asyncio.gather(*(session.send(frame) for session in list(self.room.sessions.values())))
            self.ctx.drop(sent.count(False))
            return
        websocket = msg.props.get("websocket")
        id = websocket.get("session") if isinstance(websocket, dict) else None
        if not isinstance(id, str):
            raise PermanentError(Text("websocket.no-session"))
        session = self.room.sessions.get(id)
        if session is None or not await session.send(frame):
            raise PermanentError(Text("websocket.gone"))


def _frame(payload: Any) -> str | bytes:
    if payload is UNSET:
        raise PermanentError(Text("value.no-payload"))
    if isinstance(payload, str):
        return payload.encode("utf-8", "replace").decode()
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload)
    try:
        return msgspec.json.encode(payload).decode()
    except (TypeError, ValueError, RecursionError, OverflowError) as wrong:
        raise PermanentError(Text("value.not-json", reason=str(wrong))) from wrong
