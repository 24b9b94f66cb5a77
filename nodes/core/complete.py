"""`complete`: receives the messages that other nodes have finished with."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.api import Example, Help, Listener, Message, Meta, node


@node(category="flow", secrets=False, icon="circle-check", title="Complete")
class Complete(Listener):
    """Receive the messages that nodes of this flow have finished with: those that end there, and those an
    asynchronous node is done with.

    The message comes as it came to the node, with the node's id in the property `origin`.
    """

    listens: ClassVar = "complete"

    scope: Annotated[
        tuple[str, ...], Meta(title="Nodes", min_length=1, description="Ids of the nodes that are listened to.")
    ]

    examples: ClassVar = [
        Example(
            "a finished message passes on", {"scope": ["store"]}, given=[1], expect=[1], title_zh="传递已完成的消息"
        )
    ]
    zh: ClassVar = Help(
        "完成",
        "接收本流程中节点已处理完的消息：到该节点为止的，以及异步节点处理完的。消息保持进入该节点时的样子，属性 `origin` 为该节点的标识。",
        fields={
            "scope": ("监听的节点", "节点标识。"),
        },
    )

    def process(self, msg: Message) -> Message:
        return msg
