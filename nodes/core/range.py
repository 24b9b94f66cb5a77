"""`range`: maps a number from one range to another."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, PathText, Port, Text, choices, node
from nodes.support.numeric import Reading, as_number
from nodes.support.value_ref import ValueRef


@node(category="shape", secrets=False, icon="ruler", title="Range")
class Range(Node):
    """Map a number from one range to another, e.g. 4–20 mA to 0–100 ppm.

    `scale` goes on beyond the ends, `clamp` stops at them, `wrap` begins again, `drop` drops what is outside (both
    ends are inside; drops are counted). With `round` the result is the nearest whole number (halves go up), and the
    ends of `to_range` are first moved inwards to whole numbers. Accepts finite numbers (texts too with `numbers:
    text`); anything else is refused. A message without the value passes unchanged.
    """

    from_range: Annotated[
        tuple[float, float], Meta(title="From", description="Ends of the range the number is in.")
    ] = (0.0, 100.0)
    to_range: Annotated[tuple[float, float], Meta(title="To", description="What these two ends become.")] = (0.0, 1.0)
    action: Annotated[
        Literal["scale", "clamp", "wrap", "drop"],
        choices(
            scale=("Go on beyond the ends", "按比例外推"),
            clamp=("Stop at the ends", "取端点"),
            wrap=("Begin again", "循环"),
            drop=("Drop the message", "丢弃该消息"),
        ),
        Meta(title="Outside the range", description="What happens to a number outside of from_range."),
    ] = "scale"
    round: Annotated[bool, Meta(description="Make the result a whole number.")] = False
    property: Annotated[PathText, Meta(min_length=1, description="Path of the number.")] = "payload"
    numbers: Annotated[
        Reading, Meta(description="What counts as a number: numbers, also numeric texts, or texts that begin so.")
    ] = "strict"

    from_unit: Annotated[
        str, Meta(title="Unit from", max_length=20, description="Unit of the number, e.g. mA; empty: any.")
    ] = ""
    to_unit: Annotated[
        str, Meta(title="Unit to", max_length=20, description="Unit of the result, e.g. ppm; empty: any.")
    ] = ""

    examples: ClassVar = [
        Example(
            "4–20 mA to 0–100 ppm",
            {"from_range": [4, 20], "to_range": [0, 100]},
            given=[4, 12, 20, 22],
            expect=[0.0, 50.0, 100.0, 112.5],
            title_zh="4–20 mA 转 0–100 ppm",
        ),
        Example(
            "held at the ends",
            {"from_range": [4, 20], "to_range": [0, 100], "action": "clamp", "property": "payload.ma"},
            given=[{"ma": 3.5}, {"ma": 22}],
            expect=[{"ma": 0.0}, {"ma": 100.0}],
            title_zh="超出两端时取端点",
        ),
        Example(
            "a compass wraps",
            {"from_range": [0, 360], "to_range": [0, 360], "action": "wrap"},
            given=[370, -10],
            expect=[10.0, 350.0],
            title_zh="角度循环",
        ),
    ]
    zh: ClassVar = Help(
        "量程换算",
        "把一个数从一个范围换算到另一个范围，如 4–20 mA 换算为 0–100 ppm。两端都算在范围内。取整为四舍五入。没有该值的消息原样通过；"
        "不是数字的值处理失败。",
        fields={
            "from_range": ("输入范围", "该数所在范围的两端。"),
            "to_range": ("输出范围", "这两端换算成什么。"),
            "action": ("超出范围时", "该数超出输入范围时怎么办。"),
            "round": ("取整", "结果取整数。"),
            "property": ("属性", "该数在消息中的路径。"),
            "numbers": ("数字的写法", "哪些值算作数字。"),
            "from_unit": ("输入单位", "如 mA；不填则不限。"),
            "to_unit": ("输出单位", "如 ppm；不填则不限。"),
        },
    )

    def __post_init__(self) -> None:
        if self.from_range[0] == self.from_range[1]:
            raise ValueError(Text("node.range-same"))
        if not all(map(math.isfinite, (*self.from_range, *self.to_range))):
            raise ValueError(Text("node.range-finite"))

    def input_ports(self) -> tuple[Port, ...]:
        """The input takes from_unit."""
        return (Port("in", unit=self.from_unit),)

    def output_ports(self) -> tuple[Port, ...]:
        """The output is in to_unit."""
        return (Port("out", unit=self.to_unit),)

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.place = ValueRef(self.property, ctx)
        (low, high), (low_out, high_out) = self.from_range, self.to_range
        if low > high:
            low, high, low_out, high_out = high, low, high_out, low_out
        if self.round:
            low_out, high_out = math.ceil(low_out), math.floor(high_out)
        self.low, self.high, self.low_out, self.span_out = low, high, low_out, high_out - low_out

    def process(self, msg: Message) -> Message | None:
        found = self.place.get(msg)
        if found is UNSET:
            return msg
        number = as_number(found, self.property, self.numbers)
        low, high = self.low, self.high
        if self.action == "drop":
            if not low <= number <= high:
                self.ctx.drop()
                return None
        elif self.action == "clamp":
            number = min(max(number, low), high)
        elif self.action == "wrap":
            number = (number - low) % (high - low) + low
        result = (number - low) / (high - low) * self.span_out + self.low_out
        as_number(result, f"{self.property}, mapped,")
        return self.place.set(msg, math.floor(result + 0.5) if self.round else result)
