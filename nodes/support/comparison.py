"""How two values are compared: like with like, or (when asked for) by JavaScript's rules, as in Node-RED."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

from engine.api import UNSET, Struct
from nodes.support.kinds import kind_of
from nodes.support.numeric import is_number

__all__ = ["LOOSE", "STRICT", "Comparison", "loose_text"]


class Comparison:
    """Like with like: numbers by value, texts by code point, true and false, null and lists and objects by content.

    Values of different kinds are never equal, and neither is below or above the other.
    """

    def equal(self, left: Any, right: Any) -> bool:
        """Whether they are the same; key order does not count, 1 and 1.0 are the same, 1 and true are not."""
        left, right = _builtin(left), _builtin(right)
        if isinstance(left, dict) and isinstance(right, dict):
            return left.keys() == right.keys() and all(self.equal(value, right[key]) for key, value in left.items())
        if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
            return len(left) == len(right) and all(map(self.equal, left, right))
        return kind_of(left) == kind_of(right) and bool(left == right)

    def below(self, left: Any, right: Any, or_equal: bool = False) -> bool:
        """Whether left < right (or ≤), which only two numbers, two texts or two truth values can be."""
        kind = kind_of(left)
        if kind != kind_of(right) or kind not in ("number", "string", "boolean"):
            return False
        return bool(left <= right if or_equal else left < right)

    def text(self, value: Any) -> str | None:
        """The text to search in; None when it is no text."""
        return value if isinstance(value, str) else None


class _Loose(Comparison):
    """By the rules of ECMAScript: IsLooselyEqual and IsLessThan (ECMA-262, 7.2)."""

    def equal(self, left: Any, right: Any) -> bool:
        left, right = _builtin(left), _builtin(right)
        if left in (None, UNSET) or right in (None, UNSET):
            return (left is None or left is UNSET) and (right is None or right is UNSET)
        if isinstance(left, (dict, list, tuple)) and isinstance(right, (dict, list, tuple)):
            return super().equal(left, right)
        left, right = _primitive(left), _primitive(right)
        if isinstance(left, str) and isinstance(right, str):
            return left == right
        return _number(left) == _number(right)

    def below(self, left: Any, right: Any, or_equal: bool = False) -> bool:
        left, right = _primitive(_builtin(left)), _primitive(_builtin(right))
        if not (isinstance(left, str) and isinstance(right, str)):
            left, right = _number(left), _number(right)
        return bool(left <= right if or_equal else left < right)

    def text(self, value: Any) -> str | None:
        return loose_text(value)


STRICT = Comparison()
LOOSE: Comparison = _Loose()


def loose_text(value: Any) -> str:
    """The text JavaScript makes of a value: `null`, `true`, `1.5`, lists joined by commas, `[object Object]`."""
    value = _builtin(value)
    if value is UNSET:
        return "undefined"
    if isinstance(value, (list, tuple)):
        return ",".join("" if one is None or one is UNSET else loose_text(one) for one in value)
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return str(value)


def _builtin(value: Any) -> Any:
    return msgspec.structs.asdict(value) if isinstance(value, Struct) else value


def _primitive(value: Any) -> Any:
    return loose_text(value) if isinstance(value, (dict, list, tuple, bytes, bytearray)) else value


def _number(value: Any) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool):
        return float(value)
    if is_number(value):
        return value  # type: ignore[no-any-return]
    if isinstance(value, str):
        text = value.strip()
        try:
            return (
                float(text)
                if text and "_" not in text and not text.lower().lstrip("+-").startswith(("n", "i"))
                else 0.0
                if not text
                else math.nan
            )
        except ValueError:
            return math.nan
    return value if isinstance(value, float) else math.nan
