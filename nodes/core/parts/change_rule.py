"""One rule of a change node: set, delete, move, rename or replace, as a function from message to message."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

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
    invalid_path_reason,
    reason_of,
)
from nodes.support.comparison import STRICT, loose_text
from nodes.support.safe_regex import Pattern
from nodes.support.scope import Scope
from nodes.support.value_ref import ValueRef

__all__ = ["ChangeRule", "Edit", "compile_rule"]

Edit = Callable[[Message], Message]


class ChangeRule(Struct, kw_only=True, forbid_unknown_fields=True):
    """A rule; `do` says which, and which of the other fields it takes."""

    do: Annotated[
        Literal["set", "delete", "move", "rename", "replace"],
        choices(
            set=("Set", "设置"),
            delete=("Delete", "删除"),
            move=("Move", "移动"),
            rename=("Rename", "改名"),
            replace=("Replace", "替换"),
        ),
        Meta(title="Action", description="What the rule does."),
    ]
    path: Annotated[
        PathText, Meta(min_length=1, description="Where: payload.temp, topic, parts.index, flow.mode, site.shift …")
    ]
    value: Annotated[Any, Meta(description="For set: what is written; for replace: what is put in.")] = UNSET
    value_from: Annotated[
        PathText,
        Meta(
            description="For set and replace, instead of value: the path it is copied from. Missing there: set deletes."
        ),
    ] = ""
    expression: Annotated[
        str,
        Meta(
            description="For set, instead of value: a formula over the payload's fields, e.g. temp * 1.8 + 32.",
            extra_json_schema={"x-widget": "expression", "x-strings": True},
        ),
    ] = ""
    now: Annotated[
        bool, Meta(title="Time now", description="For set, instead of value: the time now, Unix seconds.")
    ] = False
    to: Annotated[str, Meta(description="For move: the new path; for rename: the new last name.")] = ""
    find: Annotated[Any, Meta(description="For replace: a text, number or truth value.")] = UNSET
    find_from: Annotated[PathText, Meta(description="For replace, instead of find: the path of what to find.")] = ""
    regex: Annotated[
        bool,
        Meta(
            title="Regular expression",
            description="For replace: find is a regular expression; $1, $<name> and $& in value stand for what it found.",
        ),
    ] = False
    ignore_case: Annotated[bool, Meta(description="For replace with regex: upper and lower case are the same.")] = False

    def __post_init__(self) -> None:
        sources = [self.value is not UNSET, bool(self.value_from), bool(self.expression), self.now]
        if self.do == "set" and sum(sources) != 1:
            raise ValueError(Text("rule.set-one", path=self.path))
        if self.do == "replace" and sum(sources[:2]) != 1:
            raise ValueError(Text("rule.replace-value", path=self.path))
        if self.do == "replace" and (self.find is UNSET) == (not self.find_from):
            raise ValueError(Text("rule.replace-find", path=self.path))
        if self.do in ("move", "rename") and not self.to:
            raise ValueError(Text("rule.no-target", path=self.path))
        if self.do == "move" and (fault := invalid_path_reason(self.to)):
            raise ValueError(Text("rule.target", path=self.path, reason=fault))
        if self.do == "rename" and re.search(r"[.\[\]]", self.to):
            raise ValueError(Text("rule.rename", path=self.path))
        if self.expression:
            Expression(self.expression, strings=True)
        if self.regex and self.find is not UNSET:
            Pattern(str(self.find), self.ignore_case)


def compile_rule(rule: ChangeRule, ctx: Context) -> Edit:
    """The rule as a function. ValueError says which path or pattern is none."""
    place = ValueRef(rule.path, ctx)
    if rule.do == "delete":
        return lambda msg: place.set(msg, UNSET)
    if rule.do == "set":
        value = _value(rule, ctx)
        return lambda msg: place.set(msg, value(msg))
    if rule.do == "replace":
        return _replacing(rule, place, ctx)
    target = ValueRef(rule.to if rule.do == "move" else _sibling(rule.path, rule.to), ctx)
    return lambda msg: _moved(msg, place, target)


def _value(rule: ChangeRule, ctx: Context) -> Callable[[Message], Any]:
    if rule.value_from:
        return ValueRef(rule.value_from, ctx).get
    if rule.now:
        return lambda msg: ctx.clock.now()
    if not rule.expression:
        return lambda msg: rule.value
    formula = Expression(rule.expression, strings=True)
    scope = Scope(formula.names)

    def calculated(msg: Message) -> Any:
        try:
            return formula(scope.values(msg))
        except EvaluationError as wrong:
            raise PermanentError(Text("rule.set-fails", path=rule.path, reason=reason_of(wrong))) from wrong

    return calculated


def _moved(msg: Message, place: ValueRef, target: ValueRef) -> Message:
    value = place.get(msg)
    if value is UNSET:
        return target.set(msg, UNSET)
    return target.set(place.set(msg, UNSET), value)


def _sibling(path: str, name: str) -> str:
    return path[: max(path.rfind("."), path.rfind("[")) + 1].removesuffix("[") + name


def _replacing(rule: ChangeRule, place: ValueRef, ctx: Context) -> Edit:
    find_place = ValueRef(rule.find_from, ctx) if rule.find_from else None
    fixed = Pattern(str(rule.find), rule.ignore_case) if rule.regex and find_place is None else None
    value = _value(rule, ctx)

    def replace(msg: Message) -> Message:
        current = place.get(msg)
        find = rule.find if find_place is None else find_place.get(msg)
        if not isinstance(find, (str, int, float)):
            raise PermanentError(Text("rule.find-kind", path=rule.path))
        new = value(msg)
        if isinstance(current, str):
            try:
                pattern = fixed or (Pattern(str(find), rule.ignore_case) if rule.regex else None)
            except ValueError as wrong:
                raise PermanentError(Text("rule.replace-fails", path=rule.path, reason=reason_of(wrong))) from wrong
            return place.set(msg, _in_text(current, find, new, pattern))
        if isinstance(current, (bool, int, float)) and not rule.regex and STRICT.equal(current, find):
            return place.set(msg, new)
        return msg

    return replace


def _in_text(current: str, find: Any, new: Any, pattern: Pattern | None) -> Any:
    if pattern is not None:
        changed = pattern.replaced(current, loose_text(new))
    elif current == loose_text(find):
        return new
    else:
        wanted = loose_text(find)
        changed = current.replace(wanted, loose_text(new)) if wanted else current
    return new if isinstance(new, bool) and changed == loose_text(new) else changed
