"""`link-in`: where messages from link-out and link-call nodes come in."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.api import Context, Example, Help, Links, Message, Meta, Node, node


@node(category="flow", secrets=False, icon="log-in", title="Link in")
class LinkIn(Node):
    """Messages that a link-out or link-call of this or another flow sends here come out of this node.

    It is reached as `NAME` within its flow and as `FLOW/NAME` from others; NAME is the node's id unless given.
    """

    inputs = ()

    name: Annotated[
        str, Meta(max_length=64, pattern=r"^[^/]*$", description="Name that links use; empty: the node's id.")
    ] = ""

    examples: ClassVar = [Example("what comes in goes on", {}, given=[1], expect=[1], title_zh="进入后继续")]
    zh: ClassVar = Help(
        "链接入口",
        "本流程或其他流程的链接出口、链接调用送来的消息由此进入。本流程用名称找到它，其他流程用“流程/名称”。",
        fields={
            "name": ("名称", "链接所用的名称；不填则为节点标识。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.links = ctx.service(Links)
        self.full_name = f"{ctx.flow}/{self.name or ctx.node}"
        self.enter = lambda msg: ctx.emit(msg)

    def resume(self) -> None:
        self.links.open(self.full_name, self.enter)

    def process(self, msg: Message) -> Message:
        return msg

    def stop(self) -> None:
        self.links.close(self.full_name, self.enter)
