"""Shows messages on pages that watch: the wall, the device page, the editor."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from engine.api import (
    UNSET,
    Context,
    Example,
    Help,
    LiveHub,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Text,
    node,
)


@node(category="output", secrets=False, icon="monitor", title="Live", side_effect=True)
class Live(Node):
    """Send the payload to every page that watches a channel, right after the message has come here.

    The last payload of each key is kept for a page that opens later. A page that can't follow gets the latest of each key.
    """

    outputs = ()

    channel: Annotated[
        str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,63}$", description="Channel that pages watch: live:CHANNEL.")
    ]
    key: Annotated[
        PathText, Meta(min_length=1, description="Where the key is in the message; one page shows one value per key.")
    ] = "key"
    value: Annotated[PathText, Meta(min_length=1, description="Where the value is in the message.")] = "payload"

    zh: ClassVar = Help(
        "实时推送",
        "消息到达时，立即把载荷推送到正在查看该频道的页面。每个键保留最后一个值，供以后打开的页面使用；跟不上的页面得到每个键最新的值。",
        fields={
            "channel": ("频道", "页面查看的频道，即 `live:`频道。"),
            "key": ("键", "键在消息中的路径；页面上每个键显示一个值。"),
            "value": ("值", "要推送的值在消息中的路径。"),
        },
    )
    examples: ClassVar = [
        Example(
            "a value is shown, nothing is passed on",
            {"channel": "readings", "key": "topic"},
            [{"payload": 1, "topic": "a"}],
            [],
            title_zh="显示一个值，不再向下传递",
        )
    ]

    def start(self, ctx: Context) -> None:
        self.publish = ctx.service(LiveHub).channel(self.channel).publish
        self.key_of = Path(self.key).getter()
        self.value_of: Any = None if self.value == "payload" else Path(self.value).getter()

    def process(self, msg: Message) -> None:
        key = self.key_of(msg)
        value = msg.payload if self.value_of is None else self.value_of(msg)
        if value is UNSET:
            raise PermanentError(Text("value.none", path=self.value))
        self.publish(key if key.__class__ is str else str(key), value)
