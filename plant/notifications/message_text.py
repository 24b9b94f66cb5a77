"""What people read: one alarm in the words of the template, or a group named after its first detector."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import KINDS, SITE
from plant.notifications.template import filled

__all__ = ["MessageText", "Wording", "compose_message", "values_of"]

Language = Literal["zh", "en"]

EVENTS: Final[dict[str, tuple[str, str]]] = {
    "raised": ("报警", "alarm"),
    "raised_to_a2": ("升为二级报警", "raised to A2"),
    "repeated": ("未确认，再次通知", "still unacknowledged"),
    "late": ("补报", "reported late"),
    "test": ("测试", "test"),
    "returned": ("恢复", "back to normal"),
    "unshelved": ("搁置结束，仍在报警", "shelf over, still active"),
    "unsuppressed": ("抑制结束，仍在报警", "suppression over, still active"),
    "restored": ("恢复使用，仍在报警", "in service again, still active"),
}
STATES: Final[dict[str, tuple[str, str]]] = {
    "normal": ("正常", "normal"),
    "unacknowledged": ("报警，未确认", "active, unacknowledged"),
    "acknowledged": ("报警，已确认", "active, acknowledged"),
    "returned": ("已恢复，未确认", "returned, unacknowledged"),
    "latched": ("锁存，未确认", "latched, unacknowledged"),
    "latched-acknowledged": ("锁存，已确认", "latched, acknowledged"),
    "shelved": ("搁置", "shelved"),
    "suppressed": ("抑制", "suppressed"),
    "out-of-service": ("停用", "out of service"),
}
PRIORITIES: Final[dict[str, tuple[str, str]]] = {
    "critical": ("紧急", "critical"),
    "high": ("高", "high"),
    "medium": ("中", "medium"),
    "low": ("低", "low"),
}
MOST_LINES = 40


class MessageText(Struct, frozen=True):
    """`subject` is one line; `text` several; `values` those of the first and most urgent event, for templates that live elsewhere."""

    subject: str
    text: str
    values: dict[str, str]


class Wording(Struct, frozen=True):
    """How a channel words it. `largest_bytes` is what its vendor takes; a group that is longer is cut by whole lines."""

    template: str
    language: Language = "zh"
    time_zone: str = "Asia/Shanghai"
    largest_bytes: int = 16_000


def compose_message(events: Sequence[AlarmEvent], wording: Wording) -> MessageText:
    """One message for all these events; there must be at least one."""
    ordered = sorted(events, key=lambda event: event.at)
    first = ordered[0]
    values = {**values_of(first, wording), "count": str(len(ordered))}
    said = _line(first, wording, values)
    if len(ordered) == 1:
        return MessageText(f"{_mark(first, wording)}{_who(first)} {values['type']}", said, values)
    zh = wording.language == "zh"
    span = f"{values['time']} – {_clock(ordered[-1].at, wording)}"
    kinds = Counter(values_of(event, wording)["type"] for event in ordered)
    sums = ("，" if zh else ", ").join(f"{kind} {number}" for kind, number in kinds.most_common())
    head = f"【{len(ordered)} 条报警】{span}" if zh else f"[{len(ordered)} alarms] {span}"
    lines = [head, ("首报：" if zh else "First: ") + said, sums]
    listed, left = _listed(ordered[1:], wording, wording.largest_bytes - len("\n".join(lines).encode()) - 120)
    lines += listed
    if left:
        lines.append(f"另有 {left} 条，见报警页面。" if zh else f"{left} more: see the alarm page.")
    many = f"{_who(first)} 等 {len(ordered)} 条报警" if zh else f"{_who(first)} and {len(ordered) - 1} more alarms"
    return MessageText(_mark(first, wording) + many, "\n".join(lines), {**values, "sn": many})


def values_of(event: AlarmEvent, wording: Wording) -> dict[str, str]:
    """What the variables of a template stand for."""
    side = 0 if wording.language == "zh" else 1
    kind = KINDS.get(event.type)
    name = (kind.zh, kind.en)[side] if kind is not None else event.type
    level = event.type if event.type in ("A1", "A2") else ""
    return {
        "sn": ("全站", "the site")[side] if event.sn == SITE else event.sn,
        "time": _clock(event.at, wording),
        "type": name,
        "val": _number(event.value),
        "unit": event.unit if event.value is not None else "",
        "name": event.name,
        "location": event.location,
        "level": level,
        "threshold": _number(event.threshold),
        "state": STATES[event.state][side],
        "event": EVENTS.get(event.kind, (event.kind, event.kind))[side],
        "priority": PRIORITIES[event.priority][side],
        "duration": duration(event.lasted_s, wording.language),
        "peak": _number(event.peak),
        "raised": _clock(event.raised_at if event.raised_at is not None else event.at, wording),
        "count": "1",
    }


def duration(seconds: float, language: Language) -> str:
    """In the two largest units.

    >>> duration(93784, "zh"), duration(90, "en")
    ('1 天 2 小时', '1 min 30 s')
    """
    names = ("天", "小时", "分", "秒") if language == "zh" else ("d", "h", "min", "s")
    rest, parts = int(seconds), []
    for size, name in zip((86400, 3600, 60, 1), names, strict=True):
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number} {name}")
    return " ".join(parts[:2]) or f"0 {names[-1]}"


def _line(event: AlarmEvent, wording: Wording, values: dict[str, str]) -> str:
    """An alarm in the template's words, with a mark in front when it is not the first notice of it; a return in words of its own."""
    zh = wording.language == "zh"
    place = " ".join(part for part in (values["name"], values["location"]) if part)
    if event.kind == "returned":
        peak = _with_unit(values["peak"], event.unit)
        if zh:
            said = f"【恢复】设备 {values['sn']} 的 {values['type']} 报警于 {values['time']} 恢复，持续 {values['duration']}"
            said += f"，峰值 {peak}" if peak else ""
        else:
            said = f"[Normal] {values['sn']} {values['type']} back to normal at {values['time']} after {values['duration']}"
            said += f", peak {peak}" if peak else ""
        return f"{said}（{place}）" if place and zh else f"{said} ({place})" if place else said
    return _mark(event, wording) + filled(wording.template, values)


def _listed(events: Sequence[AlarmEvent], wording: Wording, room_bytes: int) -> tuple[list[str], int]:
    """(a short line for each, how many did not fit)."""
    lines: list[str] = []
    for event in events:
        values = values_of(event, wording)
        value = _with_unit(values["val"], event.unit)
        line = " ".join(
            part for part in (values["time"][-8:], _who(event), values["type"], values["event"], value) if part
        )
        room_bytes -= len(line.encode()) + 1
        if room_bytes < 0 or len(lines) >= MOST_LINES:
            break
        lines.append(line)
    return lines, len(events) - len(lines)


def _mark(event: AlarmEvent, wording: Wording) -> str:
    side = 0 if wording.language == "zh" else 1
    urgent = event.priority == "critical" and event.kind != "returned"
    said = EVENTS.get(event.kind, (event.kind, event.kind))[side]
    if event.kind == "raised":
        said = ("紧急报警", "CRITICAL")[side] if urgent else ("报警", "Alarm")[side]
    return f"【{said}】" if side == 0 else f"[{said}] "


def _who(event: AlarmEvent) -> str:
    sn = "" if event.sn == SITE else event.sn
    return f"{sn} {event.name}".strip()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _with_unit(number: str, unit: str) -> str:
    return f"{number} {unit}".strip() if number else ""


def _clock(at: float, wording: Wording) -> str:
    return datetime.datetime.fromtimestamp(at, ZoneInfo(wording.time_zone)).strftime("%Y-%m-%d %H:%M:%S")
