"""Which alarms there are, how urgent each is, and what it is called."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Struct

from engine.api import choices

__all__ = ["GAS", "KINDS", "OFFLINE", "SITE", "WARM_UP", "Kind", "Priority"]

Priority = Annotated[
    Literal["critical", "high", "medium", "low"],
    choices(critical=("Critical", "紧急"), high=("High", "高"), medium=("Medium", "中"), low=("Low", "低")),
]

SITE: Final = "site"
"""Stands where a device's serial number stands in alarms of the whole site."""
OFFLINE: Final = "offline"
WARM_UP: Final = "warm-up"


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
        Kind("A1", "high", "浓度低报 A1", "gas level A1", gas=True),
        Kind("A2", "critical", "浓度高报 A2", "gas level A2", gas=True, above="A1"),
        Kind("over-range", "critical", "超量程", "over range", gas=True),
        Kind("fault", "medium", "传感器故障", "sensor fault"),
        Kind("offline", "medium", "设备离线", "device off-line"),
        Kind("battery", "low", "电量低", "low battery"),
        Kind("signal", "low", "信号差", "poor signal"),
        Kind("warm-up", "low", "预热中", "warming up"),
        Kind("link", "critical", "全站无数据", "no data from the whole site"),
        Kind("channel", "high", "通知渠道故障", "notification channel failed"),
    )
}

GAS: Final = tuple(kind.type for kind in KINDS.values() if kind.gas)
