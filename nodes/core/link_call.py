"""`link-call`: sends a message to a link-in and waits for what comes back."""

from __future__ import annotations

import secrets
from typing import Annotated, ClassVar

from engine.api import UNSET, Context, Example, Help, Links, Message, Meta, Node, PermanentError, Text, node
from nodes.core.link_out import RETURN
from nodes.support.timers import Timers


@node(category="flow", secrets=False, icon="phone-call", title="Link call", buffers=True)
class LinkCall(Node):
    """Send a message to a link-in; what its flow sends back through a link-out in mode `return` comes out here.

    Several messages may be out at once. One for which nothing has come back after `wait_s`, or whose link-in does not
    run, goes the way of errors; what comes back too late is dropped and counted. Until then the source is not told
    that the message is done, so a crash brings it again.
    """

    to: Annotated[
        str, Meta(title="Link-in", min_length=1, description="Link-in: NAME within this flow, FLOW/NAME in another.")
    ]
    wait_s: Annotated[
        float,
        Meta(title="Wait for", gt=0, le=86_400, description="How long to wait, s.", extra_json_schema={"x-unit": "s"}),
    ] = 30.0

    examples: ClassVar = [
        Example(
            "a link-in that does not run is an error",
            {"to": "other/scale"},
            given=[1],
            expect={"error": [1]},
            title_zh="入口未运行则处理失败",
        )
    ]
    zh: ClassVar = Help(
        "链接调用",
        "把消息送往链接入口；对方用“返回调用者”的链接出口送回的消息从这里送出。可同时等待多条。超时或对方未运行时该消息处理失败，"
        "太迟的返回丢弃并计数。返回之前不向源节点确认，所以崩溃之后消息会再来一次。",
        fields={
            "to": ("链接入口", "本流程中的写名称，其他流程中的写“流程/名称”。"),
            "wait_s": ("等待时间", "多久没有返回则该消息处理失败。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.links = ctx.service(Links)
        self.timers = Timers(ctx.clock)
        self.out: dict[str, Message] = {}
        self.name = self.to if "/" in self.to else f"{ctx.flow}/{self.to}"
        self.own_name = f"return:{ctx.flow}/{ctx.node}"
        self.enter = self._returned

    def resume(self) -> None:
        self.links.open(self.own_name, self.enter)

    def process(self, msg: Message) -> None:
        entry = self.links.entry(self.name)
        if entry is None:
            raise PermanentError(Text("link.not-running", name=self.name))
        call = secrets.token_hex(8)
        self.out[call] = msg
        msg.delivery.hold()
        self.timers.after(call, self.wait_s, lambda: self._expired(call))
        calls = msg.props.get(RETURN)
        entry(
            msg.with_props(
                link_calls=[*(calls if isinstance(calls, list) else []), {"to": self.own_name, "call": call}]
            )
        )

    def stop(self) -> None:
        self.timers.cancel_all()
        self.links.close(self.own_name, self.enter)
        for called in self.out.values():
            self.ctx.fail(called, PermanentError(Text("link.stopped", name=self.name)))
            called.delivery.release()
        self.out.clear()

    def _returned(self, msg: Message) -> None:
        call = str(msg.props.get("link_return"))
        called = self.out.pop(call, None)
        if called is None:
            self.ctx.drop()
            return
        self.timers.cancel(call)
        self.ctx.emit(msg.with_props(link_return=UNSET))
        called.delivery.release()

    def _expired(self, call: str) -> None:
        called = self.out.pop(call)
        self.ctx.fail(called, PermanentError(Text("link.late", name=self.name, seconds=self.wait_s)))
        called.delivery.release()
