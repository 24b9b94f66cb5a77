"""What people read: one alarm in the words of the template, or a group named after its first detector."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from engine.api import Readable, Text, in_full, render, text_from, title
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import KINDS, MONITORING, Language, name_of
from plant.model.reading import Flag
from plant.notifications.template import composed

__all__ = ["MessageText", "Wording", "compose_message", "values_of"]

EVENTS: Final[dict[str, tuple[str, str]]] = {
    "raised": ("报警", "alarm"),
    "raised_to_a2": ("升为二级报警", "raised to A2"),
    "repeated": ("未确认，再次通知", "still unacknowledged"),
    "retired": ("不再监视", "no longer watched"),
    "late": ("补报", "reported late"),
    "test": ("测试", "test"),
    "returned": ("恢复正常", "back to normal"),
    "unshelved": ("搁置结束，仍在报警", "shelf over, still active"),
    "unsuppressed": ("抑制结束，仍在报警", "suppression over, still active"),
    "restored": ("重新投用，仍在报警", "in service again, still active"),
}
STATES: Final[dict[str, tuple[str, str]]] = {
    "normal": ("正常", "normal"),
    "unacknowledged": ("报警，未确认", "active, unacknowledged"),
    "acknowledged": ("报警，已确认", "active, acknowledged"),
    "returned": ("已恢复正常，未确认", "returned, unacknowledged"),
    "latched": ("已锁存，未确认", "latched, unacknowledged"),
    "latched-acknowledged": ("已锁存，已确认", "latched, acknowledged"),
    "shelved": ("已搁置", "shelved"),
    "suppressed": ("已抑制", "suppressed"),
    "out-of-service": ("报警停用", "out of service"),
}
CHANNELS: Final[dict[str, tuple[str, str]]] = {
    "email": ("邮件", "e-mail"),
    "robot": ("群机器人", "robot"),
    "sms": ("短信", "SMS"),
}
_COMMA: Final = {"zh": "，", "en": ", "}
_STOP: Final = {"zh": "。", "en": "."}
MOST_CHARACTERS = 35
"""Of one variable of an SMS template (help.aliyun.com, “SMS template specifications”)."""
PRIORITIES: Final[dict[str, tuple[str, str]]] = {
    "critical": ("紧急", "critical"),
    "high": ("高", "high"),
    "medium": ("中", "medium"),
    "low": ("低", "low"),
}


class MessageText(Struct, frozen=True):
    """`subject` is one line; `text` several; `values` those of the first and most urgent event, for templates that live elsewhere."""

    subject: str
    text: str
    values: dict[str, str]


class Wording(Struct, frozen=True):
    """How a channel words it. `largest_bytes` is what its vendor takes: a longer group is cut by whole lines, a single alarm where it must be.
    A `custom` template, one that somebody wrote for this channel, words every alarm (the robot may demand its keyword); else it is for gas."""

    template: str
    language: Language = "zh"
    time_zone: str = "Asia/Shanghai"
    largest_bytes: int = 16_000
    custom: bool = False

    def say(self, text: Readable) -> str:
        """In its language."""
        return render(text, self.language)


def compose_message(events: Sequence[AlarmEvent], wording: Wording) -> MessageText:
    """One message for all these events; there must be at least one."""
    ordered = sorted(events, key=lambda event: event.at)
    first = ordered[0]
    values = {**values_of(first, wording), "count": str(len(ordered))}
    said = _line(first, wording, values)
    if len(ordered) == 1:
        subject = f"{_mark(first, wording)}{_who(first, wording)} {_name(first, wording)}"
        return MessageText(subject, _cut(said, wording.largest_bytes), values)
    say = wording.say
    comma = _COMMA[wording.language]
    span = f"{values['time']} – {_clock(ordered[-1].at, wording)}"
    kinds = Counter(_name(event, wording) for event in ordered)
    sums = comma.join(f"{kind} {number}" for kind, number in kinds.most_common())
    lines = [
        say(Text("notice.head", count=len(ordered), span=span)),
        _cut(say(Text("notice.first", said=said)), wording.largest_bytes // 3),
        _cut(sums, wording.largest_bytes // 4),
    ]
    # Where not all fit, the most urgent are the ones to be named.
    rest = sorted(ordered[1:], key=lambda event: (event.priority != "critical" or event.kind == "returned", event.at))
    listed, left = _listed(rest, wording, wording.largest_bytes - len("\n".join(lines).encode()) - 120)
    lines += listed
    if left:
        lines.append(say(Text("notice.more", count=left)) + _STOP[wording.language])
    many = say(Text("notice.and-more", who=_who(first, wording), count=len(ordered)))
    named = _names([first, *rest], wording)
    return MessageText(_mark(first, wording) + many, "\n".join(lines), {**values, "sn": named})


def values_of(event: AlarmEvent, wording: Wording) -> dict[str, str]:
    """What the variables of a template stand for."""
    side = 0 if wording.language == "zh" else 1
    return {
        "sn": _subject(event, wording),
        "time": _clock(event.at, wording),
        # Templates say “发生 {type} 报警”.
        "type": _name(event, wording).removesuffix("报警"),
        "val": _number(event.value),
        "unit": event.unit if event.value is not None else "",
        "name": event.name,
        "location": event.location,
        "level": event.type if event.type in ("A1", "A2") else "",
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
    """An alarm with a mark in front: gas in the words of the template, a return and everything else in words of its own."""
    kind = KINDS.get(event.type)
    comma = _COMMA[wording.language]
    named = f"{_place(event, wording)}{_name(event, wording)}"
    if event.kind == "returned":
        peak = _with_unit(values["peak"], event.unit)
        extreme = Text("notice.lowest", value=peak) if event.side == "low" else Text("notice.highest", value=peak)
        over = Text("notice.returned", at=values["time"], duration=values["duration"])
        said = [named, wording.say(over), wording.say(extreme) if peak else ""]
    elif event.kind == "retired":
        why = Text("notice.disabled") if event.reason == "disabled" else Text("notice.deleted")
        said = [named, wording.say(why), values["time"]]
    elif kind is None or kind.gas:
        said = [composed(wording.template, values)]
    elif wording.custom:
        template = wording.template.replace("浓度", "当前值").replace("concentration", "value")
        said = [composed(template, values)]
    else:
        said = [named, *(wording.say(detail) for detail in _details(event, wording)), values["time"]]
    return _mark(event, wording) + comma.join(part for part in said if part)


def _details(event: AlarmEvent, wording: Wording) -> list[Readable]:
    """What is to be known of an alarm that is not about gas: only what it has."""
    story = event.story
    match event.type:
        case "fault":
            return [_fault(story)]
        case "offline":
            last = story.get("last_reading")
            return [Text("notice.last-reading", at=_clock(last, wording))] if isinstance(last, (int, float)) else []
        case "link":
            return [Text("notice.devices", count=story["devices"])] if "devices" in story else []
        case "channel":
            return [str(story.get("answer", ""))[:200]]
        case "monitoring":
            return [in_full(text_from(story.get("problem")), wording.language)]
        case "unregistered":
            raw = _number(event.value)
            return [*([Text("notice.raw-value", raw=raw)] if raw else []), Text("notice.register")]
    if event.value is None:
        return []
    value, limit = _with_unit(_number(event.value), event.unit), _with_unit(_number(event.threshold), event.unit)
    said: list[Readable] = [Text("notice.value", value=value)]
    if limit:
        said.append(Text("notice.below", limit=limit) if event.side == "low" else Text("notice.above", limit=limit))
    return said


def _fault(story: dict[str, Any]) -> Readable:
    err, flags, raw = story.get("err"), story.get("flags") or 0, _number(story.get("v_raw"))
    if err == 1:
        return Text("notice.open-circuit")
    if err == 2:
        return Text("notice.warm-up-too-long")
    if err:
        return Text("notice.error-code", code=err)
    if flags & Flag.UNCALIBRATED:
        return Text("notice.uncalibrated")
    if flags & Flag.FAULT and story.get("conc_raw") is None:
        return Text("notice.no-concentration", raw=raw)
    return Text("notice.below-range", raw=raw) if raw else ""


def _listed(events: Sequence[AlarmEvent], wording: Wording, room_bytes: int) -> tuple[list[str], int]:
    """(a short line for each, how many did not fit)."""
    lines: list[str] = []
    for event in events:
        value = _with_unit(_number(event.value), event.unit)
        said = EVENTS.get(event.kind, (event.kind, event.kind))[0 if wording.language == "zh" else 1]
        words = "" if event.kind in ("raised", "raised_to_a2") else said
        time = _clock(event.at, wording)[-8:]
        line = " ".join(part for part in (time, _who(event, wording), _name(event, wording), words, value) if part)
        room_bytes -= len(line.encode()) + 1
        if room_bytes < 0:
            break
        lines.append(line)
    return lines, len(events) - len(lines)


def _names(events: Sequence[AlarmEvent], wording: Wording) -> str:
    """As many of them as a variable of an SMS holds, and how many there are."""
    zh = wording.language == "zh"
    end = f" 等 {len(events)} 条" if zh else f" … {len(events)} alarms"
    names = list(dict.fromkeys(_subject(event, wording) for event in events))
    said = names[0]
    for name in names[1:]:
        longer = f"{said}{'、' if zh else ', '}{name}"
        if len(longer) + len(end) > MOST_CHARACTERS:
            break
        said = longer
    return said + end


def _mark(event: AlarmEvent, wording: Wording) -> str:
    side = 0 if wording.language == "zh" else 1
    urgent = event.priority == "critical" and event.kind != "returned"
    said = EVENTS.get(event.kind, (event.kind, event.kind))[side]
    if event.kind == "raised":
        said = ("紧急报警", "CRITICAL")[side] if urgent else ("报警", "Alarm")[side]
    elif event.kind == "returned":
        said = ("恢复正常", "Normal")[side]
    return f"【{said}】" if side == 0 else f"[{said}] "


def _name(event: AlarmEvent, wording: Wording) -> str:
    return name_of(event.type, event.side, event.gas, wording.language, both=event.with_a1)


def _subject(event: AlarmEvent, wording: Wording) -> str:
    """What it is about: a device by its serial number, else the site or a channel by its name. The type says which: a device may be called “site”."""
    side = 0 if wording.language == "zh" else 1
    if event.type == "link":
        return ("全站", "the site")[side]
    if event.type == "channel":
        return CHANNELS.get(event.sn, (event.sn, event.sn))[side]
    if event.type == MONITORING:
        flow = event.sn.removeprefix("flow:")
        return f"{('流程', 'flow')[side]} {flow}" if flow != event.sn else title("service", event.sn, wording.language)
    return event.sn


def _who(event: AlarmEvent, wording: Wording) -> str:
    return f"{_subject(event, wording)} {event.name}".strip()


def _place(event: AlarmEvent, wording: Wording) -> str:
    """Where it is, before what it is: 泵房，设备 GS001 …"""
    if event.type in ("link", "channel", MONITORING):
        subject = "" if event.type == "link" else _subject(event, wording)
        return subject and f"{subject}：" if wording.language == "zh" else subject and f"{subject}: "
    where = " ".join(part for part in (event.location, event.name) if part)
    if wording.language == "zh":
        return f"{where}，设备 {event.sn} " if where else f"设备 {event.sn} "
    return f"{where}, {event.sn}: " if where else f"{event.sn}: "


def _cut(text: str, largest_bytes: int) -> str:
    raw = text.encode()
    return text if len(raw) <= largest_bytes else raw[: max(0, largest_bytes - 6)].decode(errors="ignore") + "……"


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, (int, float)) else ""


def _with_unit(number: str, unit: str) -> str:
    if not number:
        return ""
    return f"{number}{unit}" if unit.startswith("%") else f"{number} {unit}".strip()


def _clock(at: float, wording: Wording) -> str:
    return datetime.datetime.fromtimestamp(at, ZoneInfo(wording.time_zone)).strftime("%Y-%m-%d %H:%M:%S")
