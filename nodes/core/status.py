"""`status`: receives the status lines of other nodes."""

from __future__ import annotations

from typing import ClassVar

from engine.api import Example, Help, Listener, Message, node


@node(category="flow", secrets=False, icon="activity", title="Status")
class Status(Listener):
    """Receive a message whenever the status line of a node in this flow changes: payload {node, text, level}, level
    ok, busy, warning or error."""

    listens: ClassVar = "status"

    examples: ClassVar = [
        Example(
            "a change of status passes on",
            {},
            given=[{"payload": {"node": "uplink", "text": "connected", "level": "ok"}}],
            expect=[{"payload": {"node": "uplink", "level": "ok"}}],
            title_zh="传递状态变化",
        )
    ]
    zh: ClassVar = Help(
        "状态",
        "本流程中节点的状态变化时送出一条消息，载荷为 `{node, text, level}`；`level` 为 `ok`（正常）、`busy`（忙）、"
        "`warning`（警告）或 `error`（错误）。",
        fields={
            "scope": ("监听的节点", "节点标识；不填则为本流程的全部节点。"),
        },
    )

    def process(self, msg: Message) -> Message:
        return msg
