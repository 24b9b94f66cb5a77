"""What counts as a number in a message: never silently what only looks like one."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from engine.api import PermanentError, Text, choices
from nodes.support.kinds import value_text

__all__ = ["Reading", "as_number", "is_number", "leading_number"]

Reading = Annotated[
    Literal["strict", "text", "leading"],
    choices(
        strict=("Numbers only", "只认数字"),
        text=("Numeric texts, too", "也认数字文本"),
        leading=("Texts that begin with a number, too", "也认以数字开头的文本"),
    ),
]
"""strict: a finite JSON number. text: also a text that is wholly a number ("21.5"). leading: also a text that begins with one ("6 deg")."""

_WHOLE = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*", re.ASCII)
_LEADING = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_LONGEST_TEXT = 400


def is_number(value: Any) -> bool:
    """Whether it is a finite number a float can hold. True and false are none, nor are NaN and infinity."""
    if value.__class__ is float:
        return math.isfinite(value)
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -1.7e308 < value < 1.7e308


def as_number(value: Any, where: str, reading: Reading = "strict") -> float:
    """The number (an int stays one). PermanentError names `where` and what is there instead."""
    if is_number(value):
        return value  # type: ignore[no-any-return]
    if reading != "strict" and isinstance(value, str):
        pattern = _LEADING if reading == "leading" else _WHOLE
        match = pattern.match(value[:_LONGEST_TEXT])
        if match and (reading == "leading" or match.end() == len(value)):
            number = float(match[1])
            if math.isfinite(number):
                return number
    raise PermanentError(Text("value.no-number", path=where, here=value_text(value)))


def leading_number(value: Any) -> float | None:
    """The number that a message may say, as itself or at the beginning of a text; None when it says none."""
    try:
        return as_number(value, "", "leading")
    except PermanentError:
        return None
