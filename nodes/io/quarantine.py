"""Puts messages aside for an admin to look at and reprocess."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.api import Context, Example, Help, Message, Meta, Node, Quarantine, node


@node(category="output", icon="shield-alert", title="Quarantine", type="quarantine", side_effect=True)
class QuarantineNode(Node):
    """Keep the message in the quarantine table, with the reason it came here.

    The reason is that of the node that refused it (`error.reason`), else the field `reason`. The source hears that the message is done
    once it is stored.
    """

    outputs = ()

    reason: Annotated[str, Meta(description="Reason to keep when the message brings none.")] = (
        "sent to quarantine by the flow"
    )

    zh: ClassVar = Help(
        title="隔离",
        text="将消息及原因存入隔离表，供操作员查看和重新处理；存储完成后才向来源确认。",
        fields={"reason": "消息自身没有原因时使用的原因。"},
    )
    examples: ClassVar = [Example("nothing is passed on", {}, given=["junk"], expect=[])]

    def start(self, ctx: Context) -> None:
        self.flow, self.node = ctx.flow, ctx.node
        self.quarantine = ctx.service(Quarantine)

    def process(self, msg: Message) -> None:
        error = msg.props.get("error")
        known = error if isinstance(error, dict) else {}
        self.quarantine.put(
            known.get("flow", self.flow), known.get("node", self.node), msg, known.get("reason", self.reason)
        )
