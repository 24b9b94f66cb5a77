"""`threshold`: tells values over a limit from normal ones."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from engine.api import (
    UNSET,
    Context,
    Example,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Port,
    Struct,
    Text,
    choices,
    node,
)
from nodes.support.comparison import loose_text
from nodes.support.kinds import kind_text
from nodes.support.numeric import as_number


@node(category="logic", secrets=False, icon="triangle-alert", title="Threshold")
class Threshold(Node):
    """Send a message to `over` when its value is beyond a limit, else to `normal`.

    A value equal to the limit is not over it. With a deadband a value that was over stays over until it has come back
    to limit - deadband (below: limit + deadband) or further; one memory per `key`, which survives a restart. The
    limit is a number, a path (`payload.limit`), or a name among the device's parameters (`a1`). A limit that the
    device does not have (missing or null) is never exceeded. What is `over` carries a property `threshold` {value,
    limit, direction}. A value that is missing or no finite number is refused.
    """

    limit: Annotated[
        float | str,
        Meta(
            title="Threshold",
            description="A number, a path such as payload.limit, or the name of a parameter such as a1; unit of the value.",
        ),
    ]
    value: Annotated[PathText, Meta(min_length=1, description="Path of the value.")] = "payload"
    direction: Annotated[
        Literal["above", "below"],
        choices(above=("Above", "高于"), below=("Below", "低于")),
        Meta(description="Which side of the limit is over it."),
    ] = "above"
    deadband: Annotated[
        float, Meta(ge=0, description="How far a value must come back to be normal again, in the unit of the value.")
    ] = 0.0
    key: Annotated[
        PathText, Meta(min_length=1, description="Path of what has a memory of its own (with a deadband).")
    ] = "key"
    parameters: Annotated[
        str, Meta(title="Parameters from", description="Property of the message that holds the device's parameters.")
    ] = "device"
    unit: Annotated[
        str, Meta(max_length=20, description="Unit of value and limit, e.g. %LEL: wires in another are refused.")
    ] = ""

    outputs: ClassVar = (
        Port("over", title="Beyond", title_zh="越过阈值", same_as="in"),
        Port("normal", title="Normal", title_zh="未越过", same_as="in"),
    )
    examples: ClassVar = [
        Example(
            "equal to the limit is normal; with a deadband it stays over until it is clearly back",
            {"limit": 20, "deadband": 2},
            given=[20, 21, 19, 18],
            expect={"over": [21, 19], "normal": [20, 18]},
            title_zh="等于阈值不算越过；有回差时要退回足够才恢复",
        ),
        Example(
            "each device has its own limit; too little oxygen",
            {"value": "payload.conc", "limit": "a1", "direction": "below"},
            given=[
                {"payload": {"conc": 19.0}, "device": {"a1": 19.5}},
                {"payload": {"conc": 20.9}, "device": {"a1": 19.5}},
            ],
            expect={"over": [{"payload": {"conc": 19.0}}], "normal": [{"payload": {"conc": 20.9}}]},
            title_zh="每台设备各有阈值（欠氧）",
        ),
    ]
    zh: ClassVar = Help(
        "阈值",
        "值越过阈值的消息从“越过阈值”端口送出，其余从“未越过”端口送出；恰好等于不算越过。有回差时，"
        "越过之后要退到阈值减回差（低于时为加回差）或更远，才算恢复；重启后继续。设备没有所指的参数时永不越过。"
        "越过的消息带属性 `threshold {value, limit, direction}`。不是有限数字的值处理失败。",
        fields={
            "limit": ("阈值", "数字、路径（如 `payload.limit`），或设备参数的名称（如 `a1`）；单位与该值相同。"),
            "value": ("数值", "要判断的数在消息中的路径。"),
            "direction": ("方向", "哪一侧算越过阈值。"),
            "deadband": ("回差", "越过之后要退回多少才算恢复，单位与该值相同。"),
            "key": ("键", "有回差时，按哪个值分开判断，填路径。"),
            "parameters": ("设备参数所在属性", "消息的哪个属性带有设备参数。"),
            "unit": ("单位", "值与阈值的单位，如 %LEL；其他单位的连线会被拒绝。"),
        },
    )

    def input_ports(self) -> tuple[Port, ...]:
        """The input takes the unit of the limit."""
        return (Port("in", unit=self.unit),)

    def __post_init__(self) -> None:
        if isinstance(self.limit, str) and "." in self.limit:
            Path(self.limit)

    def start(self, ctx: Context) -> None:
        self.value_of = Path(self.value).get
        self.key_of = Path(self.key).get
        self.limit_of = Path(self.limit).get if isinstance(self.limit, str) and "." in self.limit else None
        self.over = ctx.state("over") if self.deadband else None

    def process(self, msg: Message) -> dict[str, Message]:
        value = self.value_of(msg)
        if value.__class__ is not float or value != value or value - value != 0.0:
            value = as_number(value, self.value)
        limit: Any = self.limit
        if limit.__class__ is str:
            limit = self._limit(msg, limit)
            if limit is None:
                return {"normal": msg}
        beyond = value > limit if self.direction == "above" else value < limit
        if self.over is not None:
            beyond = self._with_deadband(msg, value, limit, beyond)
        if beyond:
            return {"over": msg.with_props(threshold={"value": value, "limit": limit, "direction": self.direction})}
        return {"normal": msg}

    def _limit(self, msg: Message, name: str) -> float | None:
        if self.limit_of is not None:
            found = self.limit_of(msg)
        else:
            holder = msg.props.get(self.parameters)
            if isinstance(holder, dict):
                found = holder.get(name)
            elif isinstance(holder, Struct) and name in holder.__struct_fields__:
                found = getattr(holder, name)
            else:
                raise PermanentError(
                    Text(
                        "node.threshold-no-parameter",
                        name=name,
                        property=self.parameters,
                        here=kind_text(UNSET if holder is None else holder),
                    )
                )
        if found is None or found is UNSET:
            return None
        return as_number(found, f"limit {name}")

    def _with_deadband(self, msg: Message, value: float, limit: float, beyond: bool) -> bool:
        assert self.over is not None
        key = self.key_of(msg)
        key = key if isinstance(key, str) else "" if key is UNSET else loose_text(key)
        was = self.over.get(key) is not None
        if not beyond and was:
            beyond = value > limit - self.deadband if self.direction == "above" else value < limit + self.deadband
        if beyond and not was:
            self.over.set(key, True)
        elif was and not beyond:
            self.over.delete(key)
        return beyond
