"""`catch`: receives the messages on which other nodes failed."""

from __future__ import annotations

from typing import ClassVar

from engine.api import Example, Help, Listener, Message, node


@node(category="flow", secrets=False, icon="shield-alert", title="Catch")
class Catch(Listener):
    """Receive the messages on which nodes of this flow failed, instead of the flow's `on_error`.

    The message comes as it was when it failed, with a property `error` {node, flow, reason, kind, type}: kind is
    `refused` for a message that the node can't process, `error` for a fault of the node. A node whose error port is
    wired does not come here; a message that fails again behind a catch goes to quarantine.
    """

    listens: ClassVar = "errors"

    examples: ClassVar = [
        Example("failed messages pass on", {}, given=["junk"], expect=["junk"], title_zh="传递失败的消息")
    ]
    zh: ClassVar = Help(
        "捕获",
        "接收本流程中处理失败的消息，代替流程的出错去向。消息保持失败时的样子，属性 `error` 写明节点、流程、原因和种类："
        "`refused` 为消息无法处理，`error` 为节点出错。错误端口已接线的节点不到这里；捕获之后再次失败的消息进入隔离区。",
        fields={
            "scope": ("监听的节点", "节点标识；不填则为本流程的全部节点。"),
        },
    )

    def process(self, msg: Message) -> Message:
        return msg
