"""Which alarms there are, how urgent each is, and what it is called."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Struct

from engine.api import choices

__all__ = [
    "GAS",
    "KINDS",
    "MONITORING",
    "NEVER_HEARD",
    "OFFLINE",
    "OF_DEVICES",
    "SITE",
    "UNREGISTERED",
    "WARM_UP",
    "Kind",
    "Language",
    "Priority",
    "is_oxygen",
    "name_of",
]

Language = Literal["zh", "en"]

Priority = Annotated[
    Literal["critical", "high", "medium", "low"],
    choices(critical=("Critical", "紧急"), high=("High", "高"), medium=("Medium", "中"), low=("Low", "低")),
]

SITE: Final = "site"
"""Stands where a device's serial number stands in alarms of the whole site."""
OFFLINE: Final = "offline"
WARM_UP: Final = "warm-up"
NEVER_HEARD: Final = "never-heard"
UNREGISTERED: Final = "unregistered"
MONITORING: Final = "monitoring"
"""A part of the monitoring itself is ill; the part's name stands where a device's serial number stands."""


class Kind(Struct, frozen=True):
    """One type of alarm.

    gas     it watches the concentration, so a calibration suppresses it
    above   the level that it comes after: A2 is above A1
    """

    type: str
    priority: Priority
    zh: str
    en: str
    gas: bool = False
    above: str = ""


KINDS: Final = {
    kind.type: kind
    for kind in (
        Kind("A1", "high", "一级报警", "first-level alarm", gas=True),
        Kind("A2", "critical", "二级报警", "second-level alarm", gas=True, above="A1"),
        Kind("over-range", "critical", "超量程", "over range", gas=True),
        Kind("rise", "high", "浓度上升过快", "rapid rise", gas=True),
        Kind("fault", "medium", "传感器故障", "sensor fault"),
        Kind("stuck", "medium", "读数卡滞", "stuck value"),
        Kind("zero-drift", "low", "零点漂移", "zero drift"),
        Kind("offline", "medium", "设备离线", "device off-line"),
        Kind("never-heard", "medium", "从未上报", "never heard"),
        Kind("battery", "low", "电量低", "low battery"),
        Kind("signal", "low", "信号差", "poor signal"),
        Kind("warm-up", "low", "预热中", "warming up"),
        Kind("unregistered", "high", "未登记的探测器", "unregistered detector"),
        Kind("link", "critical", "全站无数据", "no data from the whole site"),
        Kind("channel", "high", "通知渠道故障", "notification channel failed"),
        Kind(MONITORING, "high", "监测系统故障", "monitoring fault"),
    )
}

OF_DEVICES: Final = tuple(type for type in KINDS if type not in ("link", "channel", MONITORING, UNREGISTERED))
"""Types that a device of the registry has. The others are the site's, a channel's, a part's or a stranger's, and stay when a device goes."""

GAS: Final = tuple(kind.type for kind in KINDS.values() if kind.gas)
"""Types that watch the concentration."""


def name_of(type: str, side: str, gas: str, language: Language, *, both: bool = False) -> str:
    """What people call an alarm: a level by its side and gas, everything else by its type. `both`: A2 and the A1 below it at once.

    >>> name_of("A2", "low", "O2", "zh"), name_of("A1", "low", "CH4", "zh"), name_of("A2", "high", "H2S", "zh", both=True)
    ('欠氧二级报警', '低浓度一级报警', '一级和二级报警')
    """
    kind = KINDS.get(type)
    if kind is None:
        return type
    zh = language == "zh"
    name = kind.zh if zh else kind.en
    if type not in ("A1", "A2"):
        return name
    if both:
        name = "一级和二级报警" if zh else "first- and second-level alarm"
    if is_oxygen(gas):
        condition = ("欠氧", "oxygen deficiency") if side == "low" else ("过氧", "oxygen enrichment")
    elif side == "low":
        condition = ("低浓度", "low concentration")
    else:
        return name
    return condition[0] + name if zh else f"{condition[1]}, {name}"


def is_oxygen(gas: str) -> bool:
    """Whether a device of this gas watches oxygen."""
    return gas.strip().upper() in _OXYGEN


_OXYGEN: Final = frozenset({"O2", "O₂", "OXYGEN", "氧", "氧气"})
