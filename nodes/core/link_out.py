"""`link-out`: sends messages to link-in nodes, of this flow or another."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from engine.api import (
    UNSET,
    Context,
    Example,
    Help,
    Links,
    Message,
    Meta,
    Node,
    PermanentError,
    RetryableError,
    Text,
    choices,
    node,
)

RETURN = "link_calls"
"""Property with the calls that a message is to return to, the innermost last: [{to, call}]."""


@node(category="flow", secrets=False, icon="log-out", title="Link out", buffers=True)
class LinkOut(Node):
    """Send messages to link-in nodes by name, or back to the link-call that they came from (mode `return`).

    A link-in that is not there yet is waited for, in order; the source is held up meanwhile, nothing is dropped. A
    message that is to return and came from no link-call, or whose link-call is gone, is refused.
    """

    outputs = ()

    to: Annotated[
        str | list[str],
        Meta(title="Link-in nodes", description="Link-in nodes: NAME within this flow, FLOW/NAME in another."),
    ] = ""
    mode: Annotated[
        Literal["link", "return"],
        choices({"link": ("To link-in nodes", "送往链接入口"), "return": ("Back to the caller", "返回调用者")}),
        Meta(description="To link-in nodes, or back to the caller."),
    ] = "link"

    examples: ClassVar = [
        Example("sends to a link-in; none here", {"mode": "return"}, given=[], expect=[], title_zh="送往链接入口")
    ]
    zh: ClassVar = Help(
        "链接出口",
        "按名称把消息送往链接入口，或返回给调用它的链接调用。入口尚未运行时按顺序等待，源节点随之暂停，不丢消息。要返回、"
        "却不是由链接调用送来或对方已不在的消息处理失败。",
        fields={
            "to": ("链接入口", "本流程中的写名称，其他流程中的写“流程/名称”。"),
            "mode": ("去向", "送往链接入口，或返回调用者。"),
        },
    )

    def __post_init__(self) -> None:
        if self.mode == "link" and not self.to:
            raise ValueError(Text("link.none"))

    def start(self, ctx: Context) -> None:
        self.links = ctx.service(Links)
        names = [self.to] if isinstance(self.to, str) else self.to
        self.names = [name if "/" in name else f"{ctx.flow}/{name}" for name in names]

    async def process(self, msg: Message) -> None:
        if self.mode == "return":
            _return(self.links, msg)
            return
        entries = [self.links.entry(name) for name in self.names]
        for name, entry in zip(self.names, entries, strict=True):
            if entry is None:
                raise RetryableError(Text("link.not-running", name=name))
        for entry in entries:
            if entry is not None:
                entry(msg)


def _return(links: Links, msg: Message) -> None:
    calls: Any = msg.props.get(RETURN)
    if not isinstance(calls, list) or not calls:
        raise PermanentError(Text("link.no-call"))
    last = calls[-1]
    entry = links.entry(str(last.get("to"))) if isinstance(last, dict) else None
    if entry is None:
        raise PermanentError(Text("link.call-gone"))
    entry(msg.with_props(link_calls=calls[:-1] or UNSET, link_return=last.get("call")))
