"""`comment`: a note among the nodes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.api import Example, Help, Meta, Node, node


@node(category="flow", secrets=False, icon="sticky-note", title="Comment")
class Comment(Node):
    """A note for people. It has no ports and does nothing."""

    inputs = ()
    outputs = ()

    text: Annotated[str, Meta(max_length=20_000, description="The note, in Markdown.")] = ""

    examples: ClassVar = [Example("a note", {"text": "Calibrated in **May**."}, given=[], expect=[], title_zh="注释")]
    zh: ClassVar = Help(
        "注释",
        "画布上给人看的说明。没有端口，不处理消息。",
        fields={
            "text": ("文字", "说明文字，可用 Markdown。"),
        },
    )
