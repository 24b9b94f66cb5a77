"""`trigger`: sends one message at once and another one later, unless reset."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, Path, PathText, Port, Text, choices, node
from nodes.core.template import Template
from nodes.support.comparison import loose_text
from nodes.support.durable_buffer import DurableBuffer, Held
from nodes.support.fields import TimeUnit
from nodes.support.numeric import leading_number
from nodes.support.timers import Timers
from nodes.support.value_ref import ValueRef

First = Annotated[
    Literal["value", "message", "template", "nothing", "time"],
    choices(
        value=("A value", "指定的值"),
        message=("The message", "收到的消息"),
        template=("A template", "模板"),
        time=("The time", "当前时间"),
        nothing=("Nothing", "不送出"),
    ),
]
Second = Annotated[
    Literal["value", "nothing", "latest", "payload", "template", "time"],
    choices(
        value=("A value", "指定的值"),
        latest=("The newest message", "最新的消息"),
        payload=("The first payload", "第一条的载荷"),
        template=("A template", "模板"),
        time=("The time", "当前时间"),
        nothing=("Nothing", "不送出"),
    ),
]
LONGEST_S = 31_536_000.0
SHORTEST_S = 0.001


@node(category="time", secrets=False, icon="zap", title="Trigger", buffers=True)
class Trigger(Node):
    """Send one message at once and a second one later; what comes in between is swallowed and counted.

    First: `value` (the message with `first_value` as payload, or with what is at `first_from`), `message` (as it
    came), `template` (`first_value` filled in from the message, as a template node does), `time` (Unix seconds), or
    `nothing`. Then, after `wait_s`: `value`, `latest` (the newest message, whole), `payload` (the payload of the first
    message), `template`, `time` or `nothing`; its other properties are those of the message that began it. With
    `extend` each further message begins the waiting anew. `until_reset` sends nothing more until a reset; `repeat`
    sends the first again every `wait_s` until a reset. A message with `reset`, or whose payload reads like
    `reset_value`, ends the waiting of its key and goes no further. What is waiting survives a restart.
    """

    first: Annotated[First, Meta(title="Send at once", description="What is sent at once.")] = "value"
    first_value: Annotated[
        Any, Meta(title="First payload", description="Payload of the first message, or its template.")
    ] = 1
    first_from: Annotated[
        PathText,
        Meta(
            title="First payload from", description="Instead of first_value: a path such as flow.alarm or payload.sn."
        ),
    ] = ""
    then: Annotated[
        Literal["wait", "until_reset", "repeat"],
        choices(
            wait=("Wait, then send the second", "等待，再送出第二条"),
            until_reset=("Wait until reset", "一直等到重置"),
            repeat=("Repeat until reset", "重复送出，直到重置"),
        ),
        Meta(description="How it goes on."),
    ] = "wait"
    wait_s: Annotated[
        float, Meta(title="Wait for", gt=0, le=LONGEST_S, description="How long, s.", extra_json_schema={"x-unit": "s"})
    ] = 0.25
    extend: Annotated[
        bool, Meta(title="Begin anew with each message", description="A further message begins the waiting anew.")
    ] = False
    second: Annotated[Second, Meta(title="Send after the wait", description="What is sent after the wait.")] = "value"
    second_value: Annotated[
        Any, Meta(title="Second payload", description="Payload of the second message, or its template.")
    ] = 0
    second_from: Annotated[
        PathText,
        Meta(
            title="Second payload from", description="Instead of second_value: a path, read when the message is sent."
        ),
    ] = ""
    second_port: Annotated[bool, Meta(description="Send the second message by the port `later`.")] = False
    wait_from: Annotated[
        PathText,
        Meta(
            description="Path where a message may say how long to wait (0: until reset); empty: it may not.",
        ),
    ] = ""
    wait_unit: Annotated[TimeUnit, Meta(title="Unit of it", description="Unit of that time.")] = "s"
    key: Annotated[PathText, Meta(description="Path of what is handled apart, e.g. topic; empty: all together.")] = ""
    reset_value: Annotated[
        Any, Meta(title="Payload that resets", description="A payload that resets, compared as text.")
    ] = None
    limit: Annotated[
        int,
        Meta(title="Most keys waiting", ge=1, le=1_000_000, description="Most keys waiting at once; more are refused."),
    ] = 10_000

    examples: ClassVar = [
        Example(
            "on now, off after two seconds",
            {"first_value": "on", "second_value": "off", "wait_s": 2},
            given=[{"at": 0, "payload": "leak"}, {"at": 1, "payload": "leak"}],
            expect=[{"at": 0, "payload": "on"}, {"at": 2, "payload": "off"}],
            title_zh="先开，两秒后关",
        ),
        Example(
            "a device that falls silent",
            {
                "first": "nothing",
                "wait_s": 60,
                "extend": True,
                "second": "value",
                "second_value": "silent",
                "key": "topic",
            },
            given=[{"at": 0, "topic": "A7", "payload": 1}, {"at": 30, "topic": "A7", "payload": 2}],
            expect=[{"at": 90, "topic": "A7", "payload": "silent"}],
            title_zh="设备离线",
        ),
    ]
    zh: ClassVar = Help(
        "触发",
        "立即送出一条消息，等待之后再送出另一条；等待期间到来的消息吞掉并计数。可让新消息使等待重新开始、一直等到重置，或重复送出。"
        "带 `reset` 属性、或载荷等于“重置值”的消息结束该键的等待，到此为止。等待中的消息在重启后继续等待。",
        fields={
            "first": ("立即送出", "收到消息时送出什么。"),
            "first_value": ("第一条载荷", "第一条消息的载荷，或其模板。"),
            "first_from": ("第一条载荷来自", "代替第一条载荷：路径，如 `flow.alarm` 或 `payload.sn`。"),
            "then": ("之后", "送出第一条之后怎样继续。"),
            "wait_s": ("等待时间", "等多久。"),
            "extend": ("新消息重新等待", "等待期间的新消息使等待重新开始。"),
            "second": ("等待后送出", "等待之后送出什么。"),
            "second_value": ("第二条载荷", "第二条消息的载荷，或其模板。"),
            "second_from": ("第二条载荷来自", "代替第二条载荷：路径，送出时读取。"),
            "second_port": ("第二端口", "第二条从“稍后”端口送出。"),
            "wait_from": ("等待时间来自", "消息可在此路径给出等待时间（0 为直到重置）；不填则不可。"),
            "wait_unit": ("等待单位", "该等待时间的单位。"),
            "key": ("键", "按哪个值分开处理，填路径，如 `topic`；不填则一起处理。"),
            "reset_value": ("重置值", "载荷等于它时重置，按文本比较。"),
            "limit": ("等待上限", "最多有几个键同时等待；更多的处理失败。"),
        },
    )

    def __post_init__(self) -> None:
        for name, kind, value in self._texts():
            if kind == "template" and not isinstance(value, str):
                raise ValueError(Text("template.no-text", field=name))

    def output_ports(self) -> tuple[Port, ...]:
        """`out`, and `later` when the second message has a port of its own."""
        unchanged = "in" if self.first in ("message", "nothing") else ""
        later = "in" if self.second in ("latest", "payload", "nothing") else ""
        if self.second_port:
            return Port("out", same_as=unchanged), Port("later", title="Later", title_zh="稍后", same_as=later)
        return (Port("out", same_as=unchanged if unchanged == later else ""),)

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.keeping = DurableBuffer(ctx, self.limit)
        self.timers = Timers(ctx.clock)
        self.armed: dict[str, Held] = {}
        self.key_path = Path(self.key) if self.key else None
        self.wait_path = Path(self.wait_from) if self.wait_from else None
        self.templates = {name: _filled(value, ctx) for name, kind, value in self._texts() if kind == "template"}
        self.first_place = ValueRef(self.first_from, ctx) if self.first_from else None
        self.second_place = ValueRef(self.second_from, ctx) if self.second_from else None

    def kept_messages(self) -> Iterable[Message]:
        return self.keeping.messages()

    def resume(self) -> None:
        for held in self.keeping.restore():
            key = str(held.note)
            self.armed[key] = held
            self._set_timer(key, held)

    def process(self, msg: Message) -> Message | None:
        key = "" if self.key_path is None else _key(self.key_path.get(msg))
        if "reset" in msg.props or (
            self.reset_value is not None and msg.payload is not UNSET and _reads_like(msg.payload, self.reset_value)
        ):
            self._disarm(key)
            return None
        wait_s = self._wait(msg)
        armed = self.armed.get(key)
        if armed is None or self.then == "repeat":
            return self._begin(msg, key, wait_s)
        if self.extend and wait_s:
            self._arm(key, self._later(msg, armed.message.payload), wait_s)
        elif self.second == "latest" and armed.due is not None:
            self._arm(key, msg, max(SHORTEST_S, armed.due - self.ctx.clock.monotonic()))
        self.ctx.drop()
        return None

    def stop(self) -> None:
        self.timers.cancel_all()

    def _texts(self) -> tuple[tuple[str, str, Any], ...]:
        return ("first_value", self.first, self.first_value), ("second_value", self.second, self.second_value)

    def _begin(self, msg: Message, key: str, wait_s: float) -> Message | None:
        first = self._first(msg)
        if self.then == "repeat":
            if first is not None:
                self._arm(key, first, wait_s)
            return first
        second = msg if self.second == "latest" else self._later(first or msg, self._second_payload(msg))
        self._arm(key, second, wait_s)
        return first

    def _first(self, msg: Message) -> Message | None:
        if self.first == "nothing":
            return None
        if self.first == "message":
            return msg
        if self.first == "time":
            return msg.replace(payload=self.ctx.clock.now())
        if self.first == "template":
            return self.templates["first_value"].process(msg)
        return msg.replace(payload=self.first_place.get(msg) if self.first_place else copy.deepcopy(self.first_value))

    def _second_payload(self, msg: Message) -> Any:
        if self.second == "template":
            return self.templates["second_value"].process(msg).payload
        return msg.payload if self.second == "payload" else copy.deepcopy(self.second_value)

    def _later(self, msg: Message, payload: Any) -> Message:
        return msg if self.second == "latest" else msg.replace(payload=payload)

    def _wait(self, msg: Message) -> float:
        """Seconds; 0 waits until reset."""
        if self.then == "until_reset":
            return 0.0
        found = leading_number(self.wait_path.get(msg)) if self.wait_path else None
        if found is None:
            return self.wait_s
        if found < 0:
            return SHORTEST_S
        return min(found / (1000 if self.wait_unit == "ms" else 1), LONGEST_S)

    def _arm(self, key: str, msg: Message, wait_s: float) -> None:
        held = self.keeping.put(msg, wait_s if wait_s > 0 else None, key)
        before = self.armed.get(key)
        if before is not None:
            self.keeping.drop([before], counted=False)
        self.armed[key] = held
        self._set_timer(key, held)
        self.ctx.status(Text("status.waiting", count=len(self.armed)), "busy")

    def _set_timer(self, key: str, held: Held) -> None:
        if held.due is not None:
            self.timers.at(key, held.due, lambda: self._due(key))
        else:
            self.timers.cancel(key)

    def _disarm(self, key: str) -> None:
        self.timers.cancel(key)
        held = self.armed.pop(key, None)
        if held is not None:
            self.keeping.drop([held], counted=False)
        self._show()

    def _due(self, key: str) -> None:
        held = self.armed[key]
        if self.then == "repeat":
            wait_s = self._wait(held.message)
            self._arm(key, held.message, wait_s)
            again = held.message.replace(payload=self.ctx.clock.now()) if self.first == "time" else held.message
            self.keeping.send([], {"out": [again]})
            return
        del self.armed[key]
        if self.second == "nothing":
            self.keeping.drop([held], counted=False)
        else:
            message = held.message
            if self.second == "time":
                message = message.replace(payload=self.ctx.clock.now())
            elif self.second == "value" and self.second_place is not None:
                message = message.replace(payload=self.second_place.get(message))
            self.keeping.send([held], {"later" if self.second_port else "out": [message]})
        self._show()

    def _show(self) -> None:
        self.ctx.status(
            Text("status.waiting", count=len(self.armed)) if self.armed else "", "busy" if self.armed else "ok"
        )


def _filled(text: Any, ctx: Context) -> Template:
    template = Template(template=text)
    template.start(ctx)
    return template


def _key(value: Any) -> str:
    return "" if value is UNSET or value is None else value if isinstance(value, str) else loose_text(value)


def _reads_like(payload: Any, wanted: Any) -> bool:
    return payload is not None and loose_text(payload) == loose_text(wanted)
