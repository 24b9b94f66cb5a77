"""/api/alarms: what is active, and what people do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engine.api import ApiError, Call, Clock, Nothing, ReadableField, Route, Text, reason_of
from plant.alarms.commands import CommandRefused
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import KINDS, SITE, Priority
from plant.alarms.service import Alarms, Judging
from plant.alarms.states import State
from plant.alarms.store import AlarmRecord
from plant.alarms.tracked_alarm import TrackedAlarm
from plant.devices.registry import Devices

__all__ = ["ROUTES", "Moment", "Sn", "TypeName"]

LONGEST_S = 7 * 86400.0
"""A shelf or a calibration ends by itself within a week; for longer there is out-of-service."""

Sn = Annotated[str, Meta(min_length=1, max_length=64)]
TypeName = Annotated[str, Meta(min_length=1, max_length=32)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Moment = Annotated[float, Meta(ge=0, le=4e9)]


class ActiveAlarm(msgspec.Struct, kw_only=True):
    """An alarm that is not normal. Times are Unix seconds; `value`, `peak` and `threshold` in `unit`; `notified_at` null: nobody was."""

    sn: str
    type: str
    priority: Priority
    state: State
    active: bool
    raised_at: float | None
    returned_at: float | None
    value: float | None
    peak: float | None
    threshold: float | None
    unit: str
    side: str
    gas: str
    name: str
    location: str
    notified_at: float | None
    repeat_at: float | None
    by: str
    reason: str
    until: float | None


class AlarmBoard(msgspec.Struct):
    """All alarms that are not normal, the most urgent first; `now` is the server's clock. Where this process does not judge they are those
    that were stored last, the latest first."""

    now: float
    judging: Judging
    alarms: list[ActiveAlarm]


class WhichAlarm(msgspec.Struct, forbid_unknown_fields=True):
    """One alarm. With `raised_at` only the alarm that was raised then is meant, not one that has come since (409)."""

    sn: Sn
    type: TypeName
    raised_at: Moment | None = None


class ToAcknowledge(msgspec.Struct, forbid_unknown_fields=True):
    """Alarms that somebody has taken note of."""

    alarms: Annotated[list[WhichAlarm], Meta(min_length=1, max_length=1000)]


class NotDone(msgspec.Struct):
    """An alarm that a command did not fit, and why."""

    sn: str
    type: str
    message: ReadableField


class Acknowledged(msgspec.Struct):
    """What was acknowledged, and what was not."""

    done: list[ActiveAlarm]
    refused: list[NotDone]


class ToShelve(msgspec.Struct, forbid_unknown_fields=True):
    """An alarm that is recorded and nobody is notified until a time (Unix s), at most a week from now."""

    sn: Sn
    type: TypeName
    reason: Reason
    until: Moment


class ToCalibrate(msgspec.Struct, forbid_unknown_fields=True):
    """A device whose gas alarms are recorded and nobody is notified until a time (Unix s), at most a week from now."""

    sn: Sn
    reason: Reason
    until: Moment


class ToRemove(msgspec.Struct, forbid_unknown_fields=True):
    """A device whose alarms are out of service until somebody puts them back."""

    sn: Sn
    reason: Reason


class OneDevice(msgspec.Struct, forbid_unknown_fields=True):
    """A device."""

    sn: Sn


async def active_alarms(call: Call[Nothing]) -> AlarmBoard:
    """All alarms that are not normal, the most urgent first."""
    alarms = call.service(Alarms)
    judging = alarms.judging
    if judging.here:
        return AlarmBoard(_now(call), judging, [_active(alarm) for alarm in alarms.active()])
    return AlarmBoard(_now(call), judging, [_recorded(alarm) for alarm in await alarms.store.open_alarms()])


async def acknowledge(call: Call[ToAcknowledge]) -> Acknowledged:
    """Take note of alarms, by name; 409 when it fits none of them."""
    given, alarms = call.given.alarms, call.service(Alarms)
    call.target = ", ".join(f"{one.sn}/{one.type}" for one in given[:20])
    call.details = {"count": len(given)}
    done: list[ActiveAlarm] = []
    refused: list[NotDone] = []
    for one in given:
        try:
            _must_be(alarms, one)
            done += _shown(alarms.acknowledge(one.sn, one.type, call.who.user))
        except CommandRefused as error:
            refused.append(NotDone(one.sn, one.type, reason_of(error)))
    if not done:
        raise ApiError(409, "alarm_state", refused[0].message, Text("alarm.look"), more={"refused": refused})
    return Acknowledged(done, refused)


async def reset(call: Call[WhichAlarm]) -> list[ActiveAlarm]:
    """Release a latched alarm whose condition is gone."""
    return _do(call, call.given, lambda alarms: alarms.reset(call.given.sn, call.given.type, call.who.user))


async def shelve(call: Call[ToShelve]) -> list[ActiveAlarm]:
    """Record an alarm without notifying anybody, until a time; if it is active then, people are notified at once."""
    given = call.given
    _ends(call, given.until)
    call.details = {"reason": given.reason, "until": given.until}
    which = WhichAlarm(given.sn, given.type)
    return _do(
        call, which, lambda alarms: alarms.shelve(given.sn, given.type, call.who.user, given.reason, given.until)
    )


async def unshelve(call: Call[WhichAlarm]) -> list[ActiveAlarm]:
    """End a shelf now."""
    return _do(call, call.given, lambda alarms: alarms.unshelve(call.given.sn, call.given.type, call.who.user))


async def calibrate(call: Call[ToCalibrate]) -> list[ActiveAlarm]:
    """Suppress the gas alarms of a device while it is calibrated; it ends by itself."""
    given = call.given
    _ends(call, given.until)
    call.details = {"reason": given.reason, "until": given.until}
    return _do_device(call, lambda alarms: alarms.calibrate(given.sn, call.who.user, given.reason, given.until))


async def end_calibration(call: Call[OneDevice]) -> list[ActiveAlarm]:
    """End a calibration now."""
    return _do_device(call, lambda alarms: alarms.end_calibration(call.given.sn, call.who.user))


async def take_out(call: Call[ToRemove]) -> list[ActiveAlarm]:
    """Take all alarms of a device out of service, until somebody puts them back."""
    call.details = {"reason": call.given.reason}
    return _do_device(call, lambda alarms: alarms.take_out_of_service(call.given.sn, call.who.user, call.given.reason))


async def put_back(call: Call[OneDevice]) -> list[ActiveAlarm]:
    """Put the alarms of a device back into service."""
    return _do_device(call, lambda alarms: alarms.put_into_service(call.given.sn, call.who.user))


def _now(call: Call[Any]) -> float:
    clock: Clock = call.server.clock
    return clock.now()


def _ends(call: Call[Any], until: float) -> None:
    now = _now(call)
    if not now < until <= now + LONGEST_S:
        raise ApiError(422, "bad_end", Text("alarm.end"))


def _must_be(alarms: Alarms, which: WhichAlarm) -> None:
    """The alarm that was seen, not one that was raised since."""
    if which.raised_at is None:
        return
    now = next((alarm for alarm in alarms.active() if (alarm.sn, alarm.type) == (which.sn, which.type)), None)
    if now is None or now.raised_at is None or abs(now.raised_at - which.raised_at) > 0.001:
        raise CommandRefused(Text("alarm.changed", type=which.type, sn=which.sn))


def _do(call: Call[Any], which: WhichAlarm, command: Callable[[Alarms], list[AlarmEvent]]) -> list[ActiveAlarm]:
    call.target = f"{which.sn}/{which.type}"
    if which.type not in KINDS:
        raise ApiError(422, "bad_type", Text("alarm.no-type", type=which.type, known=list(KINDS)))
    alarms = call.service(Alarms)
    try:
        _must_be(alarms, which)
        return _shown(command(alarms))
    except CommandRefused as error:
        raise ApiError(409, "alarm_state", reason_of(error), Text("alarm.look")) from error


def _do_device(call: Call[Any], command: Callable[[Alarms], list[AlarmEvent]]) -> list[ActiveAlarm]:
    call.target = call.given.sn
    if call.given.sn != SITE and call.service(Devices).get(call.given.sn) is None:
        raise ApiError(404, "not_found", Text("device.none", sn=call.given.sn))
    try:
        return _shown(command(call.service(Alarms)))
    except CommandRefused as error:
        raise ApiError(409, "alarm_state", reason_of(error), Text("alarm.look")) from error


def _active(alarm: TrackedAlarm) -> ActiveAlarm:
    kind = KINDS.get(alarm.type)
    same = {name: getattr(alarm, name) for name in ActiveAlarm.__struct_fields__ if name != "priority"}
    return ActiveAlarm(priority=kind.priority if kind is not None else "low", **same)


def _recorded(alarm: AlarmRecord) -> ActiveAlarm:
    """What the tables say of it; side and gas, and when people are notified again, only the process knows that judges."""
    unknown: dict[str, Any] = {
        "side": "high",
        "gas": "",
        "notified_at": None,
        "repeat_at": None,
        "by": alarm.acknowledged_by,
        "reason": "",
        "until": None,
    }
    same = {name: getattr(alarm, name) for name in ActiveAlarm.__struct_fields__ if name not in unknown}
    return ActiveAlarm(**same, **unknown)


def _shown(events: list[AlarmEvent]) -> list[ActiveAlarm]:
    """What the commands left of these alarms."""
    return [
        ActiveAlarm(
            returned_at=None if event.active or event.raised_at is None else event.raised_at + event.lasted_s,
            notified_at=None,
            repeat_at=None,
            **{
                name: getattr(event, name)
                for name in ActiveAlarm.__struct_fields__
                if name not in ("returned_at", "notified_at", "repeat_at")
            },
        )
        for event in events
    ]


def _change(
    path: str, handler: Any, given: type[Any], *, role: Any = "operator", answer: Any = list[ActiveAlarm]
) -> Route:
    return Route(
        method="POST",
        path=f"/api/alarms/{path}",
        role=role,
        handler=handler,
        given=given,
        answer=answer,
        refusals=(404, 409, 422),
        action=f"alarm.{path}",
    )


ROUTES = (
    Route(method="GET", path="/api/alarms", role="viewer", handler=active_alarms, answer=AlarmBoard),
    _change("acknowledge", acknowledge, ToAcknowledge, answer=Acknowledged),
    _change("reset", reset, WhichAlarm),
    _change("shelve", shelve, ToShelve),
    _change("unshelve", unshelve, WhichAlarm),
    _change("calibrate", calibrate, ToCalibrate),
    _change("end-calibration", end_calibration, OneDevice),
    _change("take-out", take_out, ToRemove, role="admin"),
    _change("put-back", put_back, OneDevice, role="admin"),
)
