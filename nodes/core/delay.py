"""`delay`: holds each message for a while."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from engine.api import Context, Example, Help, Message, Meta, Node, Path, PathText, Port, Text, choices, node
from nodes.support.control_messages import asked_for, only_control
from nodes.support.durable_buffer import DurableBuffer, Held
from nodes.support.fields import TimeUnit
from nodes.support.numeric import leading_number
from nodes.support.timers import Timers

_S = {"x-unit": "s"}


@node(category="time", secrets=False, icon="timer", title="Delay", buffers=True)
class Delay(Node):
    """Hold each message for a while, then send it on; a shorter delay overtakes a longer one.

    The time is the same for all (`fixed`), given by each message (`message`: the number, or text that begins with
    one, at `delay_from`; below zero counts as zero, and `delay_s` is used where there is no number), or drawn anew for
    each (`random`, evenly between `min_s` and `max_s`). A message with the property `reset` discards all that are
    held, itself too, and counts them. One with `flush` sends all at once, or the oldest n when flush is a number;
    when it has nothing else it goes no further itself. What is held survives a restart and is sent when its time has
    come.
    """

    mode: Annotated[
        Literal["fixed", "message", "random"],
        choices(fixed=("Fixed", "固定"), message=("Given by the message", "由消息给出"), random=("Random", "随机")),
        Meta(title="Where the delay comes from", description="Where the time comes from."),
    ] = "fixed"
    delay_s: Annotated[float, Meta(ge=0, le=31_536_000, description="How long, s.", extra_json_schema=_S)] = 5.0
    delay_from: Annotated[PathText, Meta(min_length=1, description="For message: path of the time in the message.")] = (
        "delay"
    )
    delay_unit: Annotated[TimeUnit, Meta(title="Unit of it", description="For message: the unit of that time.")] = "s"
    min_s: Annotated[
        float, Meta(title="Shortest", ge=0, le=31_536_000, description="For random: shortest, s.", extra_json_schema=_S)
    ] = 1.0
    max_s: Annotated[
        float, Meta(title="Longest", ge=0, le=31_536_000, description="For random: longest, s.", extra_json_schema=_S)
    ] = 5.0
    limit: Annotated[
        int, Meta(title="Most messages held", ge=1, le=1_000_000, description="Most messages held; more are refused.")
    ] = 10_000

    outputs: ClassVar = (Port("out", same_as="in"),)
    examples: ClassVar = [
        Example(
            "five seconds later", {"delay_s": 5}, given=["a"], expect=[{"payload": "a", "at": 5}], title_zh="五秒之后"
        ),
        Example(
            "each message says how long",
            {"mode": "message", "delay_s": 1},
            given=[{"payload": "a", "delay": 3}, {"payload": "b"}],
            expect=[{"payload": "b", "at": 1}, {"payload": "a", "at": 3}],
            title_zh="由消息指定时间",
        ),
    ]
    zh: ClassVar = Help(
        "延时",
        "把每条消息保留一段时间再送出；延时短的可以先送出。延时固定、由消息给出（没有数字时用固定的延时），或每条随机。"
        "带 `reset` 属性的消息清空保留的消息并计数，带 `flush` 属性的立即送出全部（为数字时送出最早的几条）。保留的消息在重启后继续等待。",
        fields={
            "mode": ("延时方式", "延时从哪里来。"),
            "delay_s": ("延时", "保留多久。"),
            "delay_from": ("延时来自", "由消息给出：延时在消息中的路径。"),
            "delay_unit": ("延时单位", "由消息给出：延时的单位。"),
            "min_s": ("最短延时", "随机：最短多久。"),
            "max_s": ("最长延时", "随机：最长多久。"),
            "limit": ("保留上限", "最多保留多少条消息；更多的处理失败。"),
        },
    )

    def __post_init__(self) -> None:
        if self.mode == "random" and self.max_s < self.min_s:
            raise ValueError(Text("node.delay-order"))

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.path = Path(self.delay_from)
        self.keeping = DurableBuffer(ctx, self.limit)
        self.timers = Timers(ctx.clock)
        self.waiting: dict[int, Held] = {}

    def kept_messages(self) -> Iterable[Message]:
        return self.keeping.messages()

    def resume(self) -> None:
        for held in self.keeping.restore():
            self._wait(held)

    def process(self, msg: Message) -> None:
        if "reset" in msg.props:
            self.keeping.drop(list(self.waiting.values()))
            self.waiting.clear()
            self.timers.cancel_all()
            self.ctx.drop()
            self._show()
            return
        if not only_control(msg, "flush"):
            self._wait(self.keeping.put(msg, self._delay(msg)))
        if "flush" in msg.props:
            for held in list(self.waiting.values())[: asked_for(msg.props["flush"], len(self.waiting))]:
                self._send(held)

    def stop(self) -> None:
        self.timers.cancel_all()

    def _delay(self, msg: Message) -> float:
        if self.mode == "random":
            return random.uniform(self.min_s, self.max_s)
        if self.mode == "fixed":
            return self.delay_s
        found = leading_number(self.path.get(msg))
        if found is None:
            return self.delay_s
        return min(max(0.0, found / (1000 if self.delay_unit == "ms" else 1)), 31_536_000.0)

    def _wait(self, held: Held) -> None:
        self.waiting[held.number] = held
        if held.due is None or held.due <= self.ctx.clock.monotonic():
            self._send(held)
        else:
            self.timers.at(held.number, held.due, lambda: self._send(held))
            self._show()

    def _send(self, held: Held) -> None:
        self.timers.cancel(held.number)
        del self.waiting[held.number]
        self.keeping.send([held], {"out": [held.message]})
        self._show()

    def _show(self) -> None:
        count = len(self.waiting)
        self.ctx.status(Text("status.held", count=count) if count else "", "busy" if count else "ok")
