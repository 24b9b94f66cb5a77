"""`debug`: shows messages in the editor's debug list."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from engine.api import UNSET, Context, DebugHub, Example, Help, Message, Meta, Node, Path, PathText, node
from nodes.support.comparison import loose_text


@node(category="output", secrets=False, icon="bug", title="Debug")
class Debug(Node):
    """Show messages in the debug list: the payload, another property, or the whole message.

    The list keeps the last 1,000 rows; a value above 16 kB is shown by its beginning. A path that leads to nothing
    shows null. Switched off it costs next to nothing and can stay in the flow.
    """

    outputs = ()

    show: Annotated[PathText, Meta(description="Path of what is shown; empty: the whole message.")] = "payload"
    active: Annotated[bool, Meta(description="Whether anything is shown.")] = True
    log: Annotated[bool, Meta(title="Write to the log, too", description="Write it to the server's log, too.")] = False
    status: Annotated[bool, Meta(title="Show under the node", description="Show it under the node, shortened.")] = False

    examples: ClassVar = [
        Example(
            "shown in the list, sent nowhere",
            {"show": "payload.conc"},
            given=[{"conc": 3.5}],
            expect=[],
            title_zh="只显示，不传递",
        )
    ]
    zh: ClassVar = Help(
        "调试",
        "在调试列表中显示消息的载荷、某个属性或整条消息。列表保留最近 1000 条，超过 16 kB 的值只显示开头；路径处没有值时显示 `null`。"
        "停用时几乎不占资源，可以留在流程中。",
        fields={
            "show": ("显示内容", "要显示的值的路径；不填则为整条消息。"),
            "active": ("启用", "是否显示消息。"),
            "log": ("写入日志", "同时写入服务器的日志。"),
            "status": ("显示在节点下", "同时显示在节点下方，过长则截断。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.hub = ctx.service(DebugHub)
        self.path = Path(self.show) if self.show else None

    def process(self, msg: Message) -> None:
        if not self.active:
            return
        if self.path is None:
            payload = None if msg.payload is UNSET else msg.payload
            value: Any = {"payload": payload, "topic": msg.topic, "key": msg.key, "time": msg.time, **msg.props}
        else:
            value = self.path.get(msg)
        self.hub.publish(self.ctx.flow, self.ctx.node, msg, None if value is UNSET else value)
        if self.log:
            self.ctx.log.info("%s: %.1000s", self.show or "message", value)
        if self.status:
            self.ctx.status(loose_text(value)[:80])
