"""Cards that point at local servers, and alarms to tell of."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from engine.api import Settings, Targets
from engine.core.targets import Target
from plant.alarms.event import AlarmEvent
from plant.notifications.card import Card, Email, Robot, Sms
from plant.notifications.service import Channels, secret_name

AT = 1_767_225_600.0  # 2026-01-01 08:00:00 in Shanghai


def alarm(sn: str = "GS001", type: str = "A1", after: float = 0.0, **fields: Any) -> AlarmEvent:
    """An alarm that was raised."""
    kind = fields.pop("kind", "raised")
    given = {
        "state": "unacknowledged",
        "priority": "critical" if type == "A2" else "high",
        "value": 25.0,
        "unit": "ppm",
        "threshold": 20.0,
        "notified": True,
        "raised_at": AT,
        **fields,
    }
    return AlarmEvent(id=f"{sn}/{type}/{AT + after:.3f}/{kind}", sn=sn, type=type, kind=kind, at=AT + after, **given)


def robot(type: str = "dingtalk", **fields: Any) -> Card:
    return Card(name="robot", enabled=True, settings=Robot(type=type, **fields))  # type: ignore[arg-type]


def sms(endpoint: str, **fields: Any) -> Card:
    given = {
        "access_key_id": "LTAI-test",
        "sign_name": "元芯传感",
        "template_code": "SMS_12345678",
        "phones": "13800138000",
    }
    return Card(name="sms", enabled=True, settings=Sms(endpoint=endpoint, **{**given, **fields}))


def email(port: int, **fields: Any) -> Card:
    given = {"server": "localhost", "account": "alarm@plant.cn", "recipients": "a@plant.cn;b@plant.cn"}
    return Card(name="email", enabled=True, settings=Email(port=port, **{**given, **fields}))


@contextlib.asynccontextmanager
async def channels(*cards: Card, **secrets: str) -> AsyncIterator[Channels]:
    """A service that holds these cards; `robot_url="…"` sets a secret."""
    stored = {}
    for name, value in secrets.items():
        channel, _, field = name.partition("_")
        stored[secret_name(channel, field)] = value
    here = Targets(Settings(allowed_targets=(Target.parse("127.0.0.0/8"), Target.parse("::1"))))
    service = Channels(None, stored, cards={card.name: card for card in cards}, targets=here)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()
