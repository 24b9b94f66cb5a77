"""Puts messages aside for an admin to look at and reprocess."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.api import Context, Example, Help, Message, Meta, Node, Quarantine, Text, node, text_from


@node(category="output", secrets=False, icon="shield-alert", title="Quarantine", type="quarantine", side_effect=True)
class QuarantineNode(Node):
    """Keep the message in the quarantine table, with the reason it came here.

    The reason is that of the node that refused it (`error.reason`), else the field `reason`. The source hears that the message is done
    once it is stored.
    """

    outputs = ()

    reason: Annotated[str, Meta(description="Reason to keep when the message brings none.")] = ""

    zh: ClassVar = Help(
        "隔离区",
        "把消息连同原因存入隔离区，在隔离区页面可以查看、重新处理或丢弃。原因取自处理失败的节点（`error.reason`），没有时用“默认原因”。"
        "存好之后才向源节点确认。",
        fields={
            "reason": ("默认原因", "消息没有带原因时记下什么。"),
        },
    )
    examples: ClassVar = [
        Example("nothing is passed on", {}, given=["junk"], expect=[], title_zh="存入隔离区，不再向下传递")
    ]

    def start(self, ctx: Context) -> None:
        self.flow, self.node = ctx.flow, ctx.node
        self.quarantine = ctx.service(Quarantine)

    def process(self, msg: Message) -> None:
        error = msg.props.get("error")
        known = error if isinstance(error, dict) else {}
        reason = text_from(known.get("text") or known.get("reason")) or self.reason or Text("node.quarantine-reason")
        self.quarantine.put(known.get("flow", self.flow), known.get("node", self.node), msg, reason)
