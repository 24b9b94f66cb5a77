"""`filter`: lets through what has changed, by content, by distance or by speed."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, Path, PathText, Port, choices, node
from nodes.support.comparison import STRICT, loose_text
from nodes.support.durable_buffer import storable
from nodes.support.numeric import Reading, as_number

Mode = Annotated[
    Literal["changed", "changed_later", "deadband", "narrowband", "rate"],
    choices(
        changed=("Other content", "内容有变化"),
        changed_later=("Other content, not the first", "内容有变化，首个不算"),
        deadband=("Further away than the band", "变化大于幅度"),
        narrowband=("No further away than the band", "变化不大于幅度"),
        rate=("Faster than the band per second", "每秒变化大于幅度"),
    ),
]


@node(category="filter", secrets=False, icon="activity", title="Filter")
class Filter(Node):
    """Let through what has changed, with one memory per key (the topic, unless told otherwise).

    `changed` passes a value that differs from the one before (by content; 1 and "1" differ), `changed_later` the same
    without the very first one. `deadband` passes a number that is more than `band` away from the last one (first
    value passes), `narrowband` one that is at most `band` away: it drops jumps. A change of exactly `band` is dropped
    by `deadband` and passed by `narrowband`; `or_equal` turns that round. `rate` passes a number that changes faster
    than `band` per second of event time. With `percent` the band is a percentage of the last number. A message with a
    property `reset` (any value) forgets its key, or everything when it has no key; without a value it goes no
    further. Messages without the value are dropped and counted; a value that is no number is refused.
    """

    mode: Annotated[Mode, Meta(title="What passes", description="What passes.")] = "changed"
    band: Annotated[
        float,
        Meta(ge=0, description="Distance, in the unit of the value (per second for rate; per cent with percent)."),
    ] = 0.0
    percent: Annotated[
        bool, Meta(title="Band in per cent", description="The band is a percentage of the number compared with.")
    ] = False
    or_equal: Annotated[
        bool,
        Meta(
            title="Exactly the band counts as beyond",
            description="deadband and rate: a change of exactly band passes too; narrowband: it is dropped.",
        ),
    ] = False
    compare_with: Annotated[
        Literal["passed", "seen"],
        choices(passed=("The last that passed", "上一个通过的值"), seen=("The last that came", "上一个收到的值")),
        Meta(description="The last value that passed, or the last that came."),
    ] = "passed"
    first: Annotated[
        float | None,
        Meta(
            title="First compared with",
            description="narrowband: what the first number is compared with (default: itself, so it passes).",
        ),
    ] = None
    property: Annotated[PathText, Meta(min_length=1, description="Path of the value.")] = "payload"
    key: Annotated[PathText, Meta(description="Path of what has a memory of its own; empty: one memory for all.")] = (
        "topic"
    )
    numbers: Annotated[
        Reading, Meta(description="What counts as a number: numbers, also numeric texts, or texts that begin so.")
    ] = "strict"
    forget_s: Annotated[
        float,
        Meta(
            title="Forget after",
            ge=0,
            description="Forget a key not seen for so long, s; 0: never.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 0.0

    outputs: ClassVar = (Port("out", same_as="in"),)
    examples: ClassVar = [
        Example(
            "report by exception",
            {},
            given=["on", "on", "off", "off", "on"],
            expect=["on", "off", "on"],
            title_zh="变化才上报",
        ),
        Example(
            "drift is dropped; exactly the band, too",
            {"mode": "deadband", "band": 0.5},
            given=[20.9, 21.0, 21.4, 21.6],
            expect=[20.9, 21.6],
            title_zh="小幅漂移不上报",
        ),
        Example(
            "a jump of the sensor is dropped",
            {"mode": "narrowband", "band": 10, "property": "payload.conc"},
            given=[{"conc": 5}, {"conc": 900}, {"conc": 7}],
            expect=[{"conc": 5}, {"conc": 7}],
            title_zh="丢弃跳变",
        ),
        Example(
            "rises faster than 2 per second",
            {"mode": "rate", "band": 2},
            given=[{"at": 0, "payload": 1.0}, {"at": 1, "payload": 2.0}, {"at": 2, "payload": 9.0}],
            expect=[{"at": 2, "payload": 9.0}],
            title_zh="变化过快",
        ),
    ]
    zh: ClassVar = Help(
        "过滤",
        '只让有变化的值通过，每个键（默认为主题）分开比较。内容比较区分类型：1 与 "1" 不同。'
        "带 `reset` 属性的消息使该键（没有键时为全部）重新开始。没有该值的消息丢弃并计数；按幅度比较时，不是数字的值处理失败。",
        fields={
            "mode": ("通过条件", "与上一个值相比，什么样的值可以通过。"),
            "band": ("变化幅度", "单位与该值相同；按速率时为每秒的变化，按百分比时为上一个值的百分数。"),
            "percent": ("按百分比", "变化幅度是上一个值的百分之几。"),
            "or_equal": ("恰好等于也算超出", "变化恰好等于幅度时算超出幅度；否则不算。"),
            "compare_with": ("比较对象", "与上一个通过的值比较，或与上一个收到的值比较。"),
            "first": ("首个比较值", "条件为不大于幅度时，第一个数与它比较；不填则第一个数通过。"),
            "property": ("属性", "比较消息中的哪个值，填路径。"),
            "key": ("键", "按哪个值分开比较，填路径；不填则不分。"),
            "numbers": ("数字的写法", "哪些值算作数字。"),
            "forget_s": ("忘记时间", "一个键多久没有消息后忘记它；0 为不忘。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.last = ctx.state("last")
        self.place = Path(self.property)
        self.key_place = Path(self.key) if self.key else None
        self.ttl = self.forget_s or None

    def process(self, msg: Message) -> Message | None:
        key = "" if self.key_place is None else _key(self.key_place.get(msg))
        if "reset" in msg.props:
            for known in [key] if key else [name for name, _ in self.last.items()]:
                self.last.delete(known)
        value = self.place.get(msg)
        if value is UNSET:
            if "reset" not in msg.props:
                self.ctx.drop()
            return None
        passes = self._changed(key, value) if self.mode.startswith("changed") else self._moved(key, value, msg.time)
        if passes:
            return msg
        self.ctx.drop()
        return None

    def _changed(self, key: str, value: Any) -> bool:
        before = self.last.get(key, UNSET)
        if before is not UNSET and STRICT.equal(value, before[0]):
            if self.ttl:
                self.last.set(key, before, self.ttl)
            return False
        self.last.set(key, [storable(value, self.property)], self.ttl)
        return before is not UNSET or self.mode == "changed"

    def _moved(self, key: str, value: Any, time: float) -> bool:
        number = as_number(value, self.property, self.numbers)
        before = self.last.get(key)
        kept = (
            [number if self.first is None else self.first, time]
            if before is None and self.mode == "narrowband"
            else before
        )
        if kept is not None and self.mode == "rate" and time <= kept[1]:
            return False
        passes = self.mode == "deadband" if kept is None else self._far(number, time, *kept)
        if passes or kept is None or self.mode == "rate" or self.compare_with == "seen":
            kept = [number, time]
        if kept is not before or self.ttl:
            self.last.set(key, kept, self.ttl)
        return passes

    def _far(self, number: float, time: float, before: float, before_time: float) -> bool:
        band = abs(before) * self.band / 100 if self.percent else self.band
        change = abs(number - before)
        if self.mode == "rate":
            change /= time - before_time
        if self.mode == "narrowband":
            return change < band if self.or_equal else change <= band
        return change >= band if self.or_equal else change > band


def _key(value: Any) -> str:
    return "" if value is UNSET or value is None else value if isinstance(value, str) else loose_text(value)
