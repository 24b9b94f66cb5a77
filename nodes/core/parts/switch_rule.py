"""One rule of a switch: what it asks of a value, and the port that a match leaves by."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec

from engine.api import (
    UNSET,
    Context,
    EvaluationError,
    Expression,
    Message,
    Meta,
    PathText,
    PermanentError,
    Struct,
    Text,
    choices,
    reason_of,
)
from nodes.support.comparison import LOOSE, STRICT, Comparison
from nodes.support.kinds import kind_of
from nodes.support.safe_regex import Pattern
from nodes.support.scope import Scope
from nodes.support.sequence import parts_of
from nodes.support.value_ref import ValueRef

__all__ = ["PREVIOUS", "SwitchRule", "Test", "compile_rule"]

PREVIOUS = "previous"

TESTS = {
    "eq": ("Equals", "等于"),
    "neq": ("Differs from", "不等于"),
    "lt": ("Below", "小于"),
    "lte": ("At most", "小于等于"),
    "gt": ("Above", "大于"),
    "gte": ("At least", "大于等于"),
    "between": ("Between", "介于"),
    "contains": ("Contains", "包含"),
    "matches": ("Matches the regular expression", "匹配正则表达式"),
    "is_true": ("Is true", "为真"),
    "is_false": ("Is false", "为假"),
    "is_null": ("Is null or missing", "为空值或没有"),
    "is_not_null": ("Is there", "有值"),
    "is_empty": ("Is empty", "内容为空"),
    "is_not_empty": ("Is not empty", "内容不为空"),
    "is_type": ("Is of the type", "类型是"),
    "has_key": ("Has the key", "含有键"),
    "head": ("Among the first of its sequence", "序列的前几条"),
    "tail": ("Among the last of its sequence", "序列的后几条"),
    "index": ("Its index is between", "序号介于"),
    "expression": ("The expression holds", "表达式成立"),
    "otherwise": ("Otherwise", "其余"),
}
KINDS = {
    "string": ("Text", "文本"),
    "number": ("Number", "数字"),
    "boolean": ("True or false", "真假"),
    "array": ("List", "列表"),
    "object": ("Object", "键值表"),
    "null": ("Null", "空值"),
    "buffer": ("Bytes", "字节"),
    "json": ("JSON text", "JSON 文本"),
    "undefined": ("Missing", "没有值"),
}
_SIGNS = {"eq": "=", "neq": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥"}
Op = Annotated[
    Literal[
        "eq", "neq", "lt", "lte", "gt", "gte", "between", "contains", "matches", "is_true", "is_false", "is_null", "is_not_null",
        "is_empty", "is_not_empty", "is_type", "has_key", "head", "tail", "index", "expression", "otherwise",
    ],
    choices(TESTS),
]  # fmt: skip
Kind = Annotated[
    Literal["string", "number", "boolean", "array", "object", "null", "buffer", "json", "undefined"], choices(KINDS)
]

Test = Callable[[Any, Message, Any], bool]
"""(value of the property, message, previous value) → whether the rule matches."""

_PLAIN = {"is_true", "is_false", "is_null", "is_not_null", "is_empty", "is_not_empty", "otherwise"}


class SwitchRule(Struct, kw_only=True, forbid_unknown_fields=True):
    """A rule. `value` is written down here, `value_from` says where in the message (or flow, or site) it is, or is
    the word `previous`."""

    op: Annotated[Op, Meta(title="Test", description="What is asked of the value.")]
    value: Annotated[
        Any, Meta(description="What it is compared with; a bound of between and index; the length of head and tail.")
    ] = UNSET
    value_from: Annotated[
        PathText,
        Meta(
            description="Instead of value: a path such as payload.limit or flow.limit, or previous (the value before)."
        ),
    ] = ""
    upper: Annotated[Any, Meta(title="Other bound", description="The other bound of between and index.")] = UNSET
    upper_from: Annotated[
        PathText, Meta(title="Other bound from", description="Instead of upper: a path, or previous.")
    ] = ""
    type: Annotated[Kind | None, Meta(description="For is_type.")] = None
    expression: Annotated[
        str,
        Meta(
            description="A condition over payload fields, topic, previous, I (index) and N (count).",
            extra_json_schema={"x-widget": "expression", "x-strings": True},
        ),
    ] = ""
    ignore_case: Annotated[bool, Meta(description="For matches: upper and lower case are the same.")] = False
    port: Annotated[
        str,
        Meta(
            max_length=64,
            description="Name of the port; several rules may share one. Made from op and value when empty.",
        ),
    ] = ""

    def __post_init__(self) -> None:
        if (
            self.op not in _PLAIN
            and self.op not in ("is_type", "expression")
            and self.value is UNSET
            and not self.value_from
        ):
            raise ValueError(Text("rule.needs-value", op=self.op))
        if self.value is not UNSET and self.value_from:
            raise ValueError(Text("rule.one-value", op=self.op))
        if self.op in ("between", "index") and (self.upper is UNSET) == (not self.upper_from):
            raise ValueError(Text("rule.needs-upper", op=self.op))
        if self.op == "is_type" and self.type is None:
            raise ValueError(Text("rule.needs-type"))
        if self.op == "expression":
            Expression(self.expression, strings=True)
        if self.op == "matches" and isinstance(self.value, str):
            Pattern(self.value, self.ignore_case)

    def port_name(self) -> str:
        """The given name, else one such as `gt-5` or `contains-leak`."""
        said = "" if self.value is UNSET or isinstance(self.value, (dict, list)) else str(self.value)
        tail = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]+", "-", f"{said} {self.type or ''}").strip("-")
        return self.port or f"{self.op}-{tail}"[:40].rstrip("-")

    def title(self, language: Literal["en", "zh"]) -> str:
        """The rule as a person reads it, for the port: `> 5`, `Contains "leak"`, `其余`."""
        at = 0 if language == "en" else 1
        if self.op == "expression":
            return self.expression[:60]
        asked = _SIGNS.get(self.op) or TESTS[self.op][at]
        against = KINDS[self.type][at] if self.type else self.value_from or _shown(self.value)
        return " ".join(part for part in (asked, against, self.upper_from or _shown(self.upper)) if part)[:60]


def compile_rule(rule: SwitchRule, compare: Comparison, ctx: Context) -> Test:
    """The rule as a function. ValueError says what of it can't be used."""
    lower, upper = _operand(rule.value, rule.value_from, ctx), _operand(rule.upper, rule.upper_from, ctx)
    match rule.op:
        case "eq":
            return lambda value, msg, before: compare.equal(value, lower(msg, before))
        case "neq":
            return lambda value, msg, before: not compare.equal(value, lower(msg, before))
        case "lt" | "lte":
            return lambda value, msg, before: compare.below(value, lower(msg, before), rule.op == "lte")
        case "gt" | "gte":
            return lambda value, msg, before: compare.below(lower(msg, before), value, rule.op == "gte")
        case "between":
            return lambda value, msg, before: _between(compare, value, lower(msg, before), upper(msg, before))
        case "contains":
            return lambda value, msg, before: _contains(compare, value, lower(msg, before))
        case "matches":
            return _matching(rule, compare, lower)
        case "is_true" | "is_false":
            return lambda value, msg, before: value is (rule.op == "is_true")
        case "is_null":
            return lambda value, msg, before: value is None or value is UNSET
        case "is_not_null":
            return lambda value, msg, before: value is not None and value is not UNSET
        case "is_empty" | "is_not_empty":
            return lambda value, msg, before: (
                _length(value) is not None and bool(_length(value)) == (rule.op == "is_not_empty")
            )
        case "is_type":
            return lambda value, msg, before: _is_type(compare, value, str(rule.type))
        case "has_key":
            return lambda value, msg, before: _has_key(value, lower(msg, before))
        case "head" | "tail" | "index":
            return lambda value, msg, before: _in_sequence(rule.op, msg, lower(msg, before), upper(msg, before))
        case "expression":
            return _expression(rule.expression)
        case _:
            return lambda value, msg, before: True


def _shown(value: Any) -> str:
    return "" if value is UNSET else json.dumps(value, ensure_ascii=False, default=str)


def _operand(value: Any, path: str, ctx: Context) -> Callable[[Message, Any], Any]:
    if path == PREVIOUS:
        return lambda msg, before: before
    if path:
        place = ValueRef(path, ctx)
        return lambda msg, before: place.get(msg)
    return lambda msg, before: value


def _between(compare: Comparison, value: Any, one: Any, other: Any) -> bool:
    return (compare.below(one, value, True) and compare.below(value, other, True)) or (
        compare.below(other, value, True) and compare.below(value, one, True)
    )


def _contains(compare: Comparison, value: Any, part: Any) -> bool:
    if isinstance(value, (list, tuple)) and not isinstance(part, str) and compare is STRICT:
        return any(compare.equal(one, part) for one in value)
    text, wanted = compare.text(value), compare.text(part)
    if text is None and isinstance(value, (list, tuple)):
        return any(compare.equal(one, part) for one in value)
    return text is not None and wanted is not None and wanted in text


def _matching(rule: SwitchRule, compare: Comparison, operand: Callable[[Message, Any], Any]) -> Test:
    fixed = Pattern(rule.value, rule.ignore_case) if isinstance(rule.value, str) else None
    if rule.value is not UNSET and fixed is None:
        raise ValueError(Text("rule.no-pattern", value=str(rule.value)))

    def matches(value: Any, msg: Message, before: Any) -> bool:
        text = compare.text(value)
        if text is None:
            return False
        if fixed is not None:
            return fixed.found_in(text)
        wanted = operand(msg, before)
        if not isinstance(wanted, str):
            raise PermanentError(Text("rule.pattern-from", path=rule.value_from))
        try:
            return Pattern(wanted, rule.ignore_case).found_in(text)
        except ValueError as wrong:
            raise PermanentError(Text("rule.at", path=rule.value_from, reason=reason_of(wrong))) from wrong

    return matches


def _length(value: Any) -> int | None:
    if isinstance(value, (str, list, tuple, dict, bytes, bytearray)):
        return len(value)
    return len(value.__struct_fields__) if isinstance(value, Struct) else None


def _is_type(compare: Comparison, value: Any, wanted: str) -> bool:
    if wanted != "json":
        return kind_of(value) == wanted
    if compare is LOOSE and not isinstance(value, (str, bytes)):
        value = compare.text(value)
    if not isinstance(value, (str, bytes)):
        return False
    try:
        msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _has_key(value: Any, key: Any) -> bool:
    if isinstance(value, Struct):
        return key in value.__struct_fields__
    if isinstance(value, Mapping):
        return isinstance(key, (str, int, float)) and (key in value or str(key) in value)
    if isinstance(value, (list, tuple, str)):
        if isinstance(key, str) and key.isascii() and key.isdigit():
            key = int(key[:10])
        return key == "length" or (isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(value))
    return False


def _in_sequence(op: str, msg: Message, lower: Any, upper: Any) -> bool:
    parts = parts_of(msg)
    index = parts.get("index") if parts is not None else None
    if parts is None or index is None:
        raise PermanentError(Text("rule.no-index", op=op))
    bounds = [lower] if op != "index" else [lower, upper]
    if not all(isinstance(bound, (int, float)) and not isinstance(bound, bool) for bound in bounds):
        raise PermanentError(Text("rule.numbers", op=op, bounds=[str(bound)[:40] for bound in bounds]))
    if op == "head":
        return bool(index < lower)
    if op == "index":
        return bool(lower <= index <= upper)
    count = parts.get("count")
    if count is None:
        raise PermanentError(Text("rule.no-count"))
    return bool(count - lower <= index)


def _expression(text: str) -> Test:
    condition = Expression(text, strings=True)
    scope = Scope(condition.names)

    def holds(value: Any, msg: Message, before: Any) -> bool:
        parts = msg.props.get("parts")
        more = {"previous": None if before is UNSET else before, "value": value}
        if isinstance(parts, Mapping):
            more |= {"I": parts.get("index"), "N": parts.get("count")}
        try:
            return condition(scope.values(msg, more)) is True
        except EvaluationError as wrong:
            raise PermanentError(Text("rule.at", path=text, reason=reason_of(wrong))) from wrong

    return holds
