"""`formula`: calculates a number from the payload and the parameters of its device."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

from msgspec.structs import asdict, force_setattr, replace

from engine.api import (
    Context,
    EvaluationError,
    Example,
    Expression,
    ExpressionError,
    Help,
    Message,
    Meta,
    Node,
    PermanentError,
    Port,
    Struct,
    Text,
    field,
    node,
    reason_of,
)
from nodes.support.kinds import kind_text
from nodes.support.numeric import is_number

KEPT = 1024
"""Parsed formulas of devices, and parameter objects, that are remembered."""

Made = Callable[[Any, Any], Any]
"""(payload, parameters) → new payload."""


@node(category="calculate", secrets=False, icon="sigma", title="Formula")
class Formula(Node):
    """Calculate a number and write it beside what it came from, e.g. a concentration from a raw value.

    Names are fields of the payload (an object or a Struct), else fields of the parameters that the message carries in
    the property `parameters`. A plain number as payload is called `payload`, and its place is taken by the result. A
    result below `floor` becomes `floor`; what it was before is kept as `RESULT_raw` (in a Struct only when it has
    such a field). Parameters with a text `formula` of their own use that one. A name that is missing or null takes its value
    from `defaults`; one that is not there either, or is no finite number, and a result that is not finite, refuse the message and say which.
    """

    expression: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=1000,
            description="The formula, e.g. k * v_raw + b + t_coef * (temp - 25).",
            extra_json_schema={"x-widget": "expression"},
        ),
    ]
    result: Annotated[
        str,
        Meta(
            title="Result field",
            min_length=1,
            max_length=100,
            description="Field of the payload that the result is written to.",
        ),
    ] = "result"
    floor: Annotated[float | None, Meta(description="Smallest result; in the unit of the result. Empty: none.")] = None
    parameters: Annotated[
        str, Meta(title="Parameters from", description="Property of the message that holds the device's parameters.")
    ] = "device"
    defaults: Annotated[
        dict[str, float],
        Meta(
            title="Where a name is empty",
            description="Values for names that are missing or null, e.g. temp: 25; without one the message is refused.",
        ),
    ] = field(default_factory=dict)
    unit: Annotated[
        str,
        Meta(
            title="Unit of the result",
            max_length=20,
            description="Unit of the result, e.g. ppm: it goes no further into another unit.",
        ),
    ] = ""

    examples: ClassVar = [
        Example(
            "a concentration, not below zero",
            {"expression": "k * v_raw + b + t_coef * (temp - 25)", "result": "conc", "floor": 0},
            given=[
                {"payload": {"v_raw": 300, "temp": 30}, "device": {"k": 0.5, "b": -100, "t_coef": 0.2}},
                {"payload": {"v_raw": 100, "temp": 25}, "device": {"k": 0.5, "b": -100, "t_coef": 0.2}},
            ],
            expect=[
                {"payload": {"v_raw": 300, "temp": 30, "conc": 51.0, "conc_raw": 51.0}},
                {"payload": {"v_raw": 100, "temp": 25, "conc": 0.0, "conc_raw": -50.0}},
            ],
            title_zh="浓度，不低于零",
        ),
        Example(
            "a plain number", {"expression": "payload * 1.8 + 32"}, given=[100], expect=[212.0], title_zh="单个数字"
        ),
        Example(
            "a device with a formula of its own",
            {"expression": "k * v_raw", "result": "conc"},
            given=[{"payload": {"v_raw": 4}, "device": {"k": 2, "formula": "k * v_raw ** 2"}}],
            expect=[{"payload": {"v_raw": 4, "conc": 32.0}}],
            title_zh="设备自有公式",
        ),
    ]
    zh: ClassVar = Help(
        "公式",
        "用载荷和设备参数计算一个数，写入载荷。表达式中的名字先在载荷中找，再在设备参数中找；设备参数带有自己的公式（`formula`）时用它。"
        "结果低于“下限”时取下限，原来的值另存为结果字段名加 `_raw`。名字缺少、值为空，或结果不是有限数字的消息处理失败，"
        "原因中写明是哪一个。",
        fields={
            "expression": ("表达式", "计算公式，如 `k * v_raw + b + t_coef * (temp - 25)`。"),
            "result": ("结果字段", "结果写入载荷的哪个字段。"),
            "floor": ("下限", "结果低于它时取它，单位与结果相同；不填则没有下限。"),
            "parameters": ("设备参数所在属性", "消息的哪个属性带有设备参数。"),
            "defaults": ("空值取", "名字缺少或为空时取的值，如 temp: 25；没有给出的，消息处理失败。"),
            "unit": ("结果单位", "如 ppm；连到其他单位的端口会被拒绝。"),
        },
    )

    def output_ports(self) -> tuple[Port, ...]:
        """The output is in the unit of the result."""
        return (Port("out", unit=self.unit),)

    def __post_init__(self) -> None:
        try:
            Expression(self.expression)
        except ExpressionError as wrong:
            raise ValueError(Text("formula.expression", reason=reason_of(wrong))) from wrong

    def start(self, ctx: Context) -> None:
        self.own = Expression(self.expression)
        self.raw = f"{self.result}_raw"
        self.bound: dict[str, dict[type, dict[type, Made]]] = {}
        self.parsed: dict[str, Expression | PermanentError] = {}
        self.flat: dict[int, tuple[Struct, dict[str, Any]]] = {}

    def process(self, msg: Message) -> Message:
        payload = msg.payload
        found = msg.props.get(self.parameters)
        text: Any = (found.get("formula") if found.__class__ is dict else getattr(found, "formula", None)) or ""
        if text.__class__ is not str:
            raise PermanentError(Text("formula.own-no-text", here=kind_text(text)))
        try:
            made = self.bound[text][payload.__class__][found.__class__]
        except KeyError:
            made = self._bind(payload, found, text)
        try:
            made_payload = made(payload, found)
        except (EvaluationError, OverflowError) as wrong:
            raise PermanentError(
                Text("formula.fails", formula=text or self.expression, reason=reason_of(wrong))
            ) from wrong
        return Message(made_payload, msg.topic, msg.key, msg.time, msg.id, msg.props, msg.delivery)

    def _bind(self, payload: Any, found: Any, text: str) -> Made:
        formula = self._parsed(text) if text else self.own
        if isinstance(payload, Struct):
            made = self._for_struct(formula, payload, found)
        elif isinstance(payload, dict):
            made = self._for_dict(formula, found)
        elif is_number(payload):
            made = self._for_number(formula)
        else:
            raise PermanentError(Text("formula.payload", here=kind_text(payload)))
        if len(self.bound) >= KEPT:
            self.bound.pop(next(iter(self.bound)))
        self.bound.setdefault(text, {}).setdefault(payload.__class__, {})[found.__class__] = made
        return made

    def _parsed(self, text: str) -> Expression:
        known = (
            self.parsed.get(text)
            if isinstance(text, str)
            else PermanentError(Text("formula.own-no-text", here=kind_text(text)))
        )
        if known is None:
            try:
                known = Expression(text)
            except ExpressionError as wrong:
                known = PermanentError(Text("formula.own", formula=text, reason=reason_of(wrong)))
            if len(self.parsed) >= KEPT:
                self.parsed.pop(next(iter(self.parsed)))
            self.parsed[text] = known
        if isinstance(known, PermanentError):
            raise PermanentError(reason_of(known))
        return known

    def _for_struct(self, formula: Expression, payload: Struct, found: Any) -> Made:
        """The fast way: every name is bound to a field of one of the two classes, once."""
        kind = type(payload).__name__
        if self.result not in payload.__struct_fields__:
            raise PermanentError(
                Text("formula.no-result", type=kind, field=self.result, fields=payload.__struct_fields__)
            )
        own = getattr(found, "__struct_fields__", ())
        sources: dict[str, str] = {}
        for name in formula.names:
            if name in payload.__struct_fields__:
                sources[name] = f"payload.{name}"
            elif name in own:
                sources[name] = f"found.{name}"
            elif isinstance(found, dict):
                sources[name] = f"found[{name}]"
            else:
                raise PermanentError(
                    Text("formula.no-name", formula=formula.text, name=name, type=kind, where=self._where(found))
                )
        function = formula.bind(sources, "payload", "found")
        floor, result, raw = self.floor, self.result, self.raw
        keeps_raw = raw in payload.__struct_fields__

        def made(payload: Any, found: Any) -> Any:
            value: Any
            try:
                value = function(payload, found)
            except EvaluationError:
                if not self.defaults:
                    raise
                value = formula(self._filled({**self._fields(found), **asdict(payload)}))
            changed = replace(
                payload
            )  # setting the fields of a copy is half the price of replace(payload, **{result: …})
            if floor is not None:
                if keeps_raw:
                    force_setattr(changed, raw, value)
                if value < floor:
                    value = floor
            force_setattr(changed, result, value)
            return changed

        return made

    def _for_dict(self, formula: Expression, found: Any) -> Made:
        """An object's fields differ from message to message, so a name that both have is looked for in each payload."""
        own = getattr(found, "__struct_fields__", ())
        both = frozenset(formula.names).intersection(own)
        sources = {name: f"found.{name}" if name in both else f"payload[{name}]" for name in formula.names}
        function = formula.bind(sources, "payload", "found")

        def made(payload: Any, found: Any) -> Any:
            try:
                value: Any
                if own and both.isdisjoint(payload) and not self.defaults:
                    value = function(payload, found)
                else:
                    value = formula(self._filled(payload if found is None else {**self._fields(found), **payload}))
            except EvaluationError as wrong:
                raise PermanentError(
                    Text("formula.names", formula=formula.text, reason=reason_of(wrong), where=self._where(found))
                ) from wrong
            if self.floor is None:
                return {**payload, self.result: value}
            return {**payload, self.result: _at_least(value, self.floor), self.raw: value}

        return made

    def _for_number(self, formula: Expression) -> Made:
        def made(payload: Any, found: Any) -> Any:
            if not math.isfinite(payload):
                raise PermanentError(Text("formula.not-finite"))
            fields = {} if found is None else self._fields(found)
            value: Any = formula({**fields, "payload": payload})
            return value if self.floor is None else _at_least(value, self.floor)

        return made

    def _filled(self, fields: dict[str, Any]) -> dict[str, Any]:
        empty = {name: value for name, value in self.defaults.items() if fields.get(name) is None}
        return {**fields, **empty} if empty else fields

    def _fields(self, found: Any) -> dict[str, Any]:
        if found is None:
            return {}
        if isinstance(found, dict):
            return found
        if not isinstance(found, Struct):
            raise PermanentError(Text("formula.parameters", property=self.parameters, here=kind_text(found)))
        known = self.flat.get(id(found))
        if known is None or known[0] is not found:
            if len(self.flat) >= KEPT:
                self.flat.clear()
            known = self.flat[id(found)] = (found, asdict(found))
        return known[1]

    def _where(self, found: Any) -> Text:
        if found is None:
            return Text("formula.where-none", property=self.parameters)
        return Text("formula.where", property=self.parameters)


def _at_least(value: Any, floor: float) -> Any:
    return value if value >= floor else floor
