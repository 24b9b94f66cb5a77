"""Message templates: a text with variables such as {sn}, and nothing else that could run or read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

__all__ = ["VARIABLES", "Fault", "composed", "filled", "invalid_template_reason"]

VARIABLES: Final[dict[str, tuple[str, str]]] = {
    "sn": ("设备序列号", "serial number"),
    "time": ("时间", "time of the event"),
    "type": ("报警类型", "type of alarm"),
    "val": ("数值", "value"),
    "unit": ("单位", "unit"),
    "name": ("设备名称", "name of the device"),
    "location": ("位置", "place"),
    "level": ("级别：A1 或 A2", "level: A1 or A2"),
    "threshold": ("报警设定值", "set point"),
    "state": ("报警状态", "state of the alarm"),
    "event": ("事件：报警、升为二级报警、恢复正常等", "what happened: alarm, raised to A2, back to normal …"),
    "priority": ("优先级", "priority"),
    "duration": ("已持续时间", "how long it has lasted"),
    "peak": ("极值：最高值，低浓度报警为最低值", "peak: the highest value, on the low side the lowest"),
    "raised": ("发生时间", "when it was raised"),
    "count": ("本条消息的报警数", "number of alarms in this message"),
}
"""{variable: (Chinese, English)}."""


class Fault(Struct, frozen=True):
    """What is wrong with a field and what to do: a stable code that pages translate, what it is about, and a sentence."""

    code: str
    message: str
    about: str = ""
    near: str = ""


_HOLE = re.compile(r"\{([^{}]*)\}")


def invalid_template_reason(text: str) -> Fault | None:
    """What is wrong with a template and what to write instead.

    >>> invalid_template_reason("{sn}: {vla}").message
    'there is no variable {vla}; did you mean {val}?'
    """
    for hole in _HOLE.findall(text):
        if hole not in VARIABLES:
            near = difflib.get_close_matches(hole, VARIABLES, n=1, cutoff=0.5)
            known = ", ".join(f"{{{name}}}" for name in VARIABLES)
            hint = f"did you mean {{{near[0]}}}?" if near else f"there are {known}"
            code = "variable_near" if near else "variable"
            about, shown = f"{{{hole[:40]}}}", f"{{{near[0]}}}" if near else ""
            return Fault(code, f"there is no variable {about}; {hint}", about, shown)
    rest = _HOLE.sub("", text)
    if "{" in rest or "}" in rest:
        return Fault("brace", "a brace is not closed; write variables as {sn}")
    return None


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its variables filled in. What a value holds is never taken for a variable."""
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), template)


_PARTS = re.compile(r"([，。；、]|[,;.](?=\s|$))")


def composed(template: str, values: Mapping[str, str]) -> str:
    """The template filled in, without the parts between punctuation marks of which no variable has a value.

    >>> composed("{sn}: {type}, {val} {unit}, limit {threshold}.", {"sn": "GS1", "type": "fault", "val": "", "unit": "", "threshold": ""})
    'GS1: fault.'
    """
    said = ""
    pieces = _PARTS.split(template)
    for number in range(0, len(pieces), 2):
        part, before = pieces[number], pieces[number - 1] if number else ""
        holes = [values.get(hole, hole) for hole in _HOLE.findall(part)]
        if holes and not any(holes):
            continue
        said += before + re.sub(r"[ \t]{2,}", " ", filled(part, values)).rstrip(" ")
    return said
