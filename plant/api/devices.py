"""/api/devices: the registry, one device, many at once, CSV, and the red button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta

from engine.api import ApiError, Call, Clock, Database, ExpressionError, Nothing, Route, connection_now, not_found
from plant.alarms.conditions import Policy
from plant.concentration import FORMULA, Concentration, missing_for
from plant.debugging import Debugging, DebugRun
from plant.device import Device
from plant.device_csv import LARGEST_LINES, CsvProblem, read_csv, written_csv
from plant.device_problems import FieldProblem, changed
from plant.device_table import BadDevice, DeviceTable, NoDevice, NoPlan, Planned, Stale, Taken
from plant.health import DeviceFigures, DeviceHealth
from plant.reading import Reading
from plant.readings import Minute, minutes, past_alarms, readings_since, recent_readings
from plant.recalibration import Comparison, PastAlarm, compare

__all__ = ["ROUTES", "refusing"]

_T = TypeVar("_T")

Sn = Annotated[str, Meta(min_length=1, max_length=64)]
Changes = dict[str, Any]
DAY_S = 86400.0
SHOWN_PLANNED = 500
DEBUG_S = 600.0


class DeviceList(msgspec.Struct):
    """All devices, and how each is doing; `now` is the server's clock, Unix seconds. What is at its default is left out."""

    now: float
    devices: list[dict[str, Any]]
    figures: list[DeviceFigures]
    debugging: list[DebugRun]


class DeviceView(msgspec.Struct):
    """One device. `missing` are the parameters that its formula lacks; `figures` is null when it was never heard."""

    now: float
    device: Device
    missing: list[str]
    figures: DeviceFigures | None
    debugging: DebugRun | None


class NewDevice(msgspec.Struct, forbid_unknown_fields=True):
    """A device to add; what is left out has its default."""

    sn: Sn
    fields: Changes = {}


class DeviceChange(msgspec.Struct, forbid_unknown_fields=True):
    """Fields to set. `revision` is the one that was seen: 409 with the current device when somebody else was quicker."""

    revision: int
    fields: Changes


class ManyChange(msgspec.Struct, forbid_unknown_fields=True):
    """The same fields for many devices. With `dry_run` nothing is stored, and the answer says what would change."""

    sns: Annotated[list[Sn], Meta(max_length=20_000)]
    fields: Changes
    dry_run: bool = True


class CsvImport(msgspec.Struct, forbid_unknown_fields=True):
    """A CSV file of devices. With `dry_run` nothing is stored, and the answer says what would change."""

    text: Annotated[str, Meta(max_length=8_000_000)]
    dry_run: bool = True


class Outcome(msgspec.Struct):
    """What changed or would change. `planned` are the first 500 that differ or are wrong; `problems` go with a line of the file.

    Nothing is stored while there is a problem, so `stored` is false then too.
    """

    stored: bool
    added: int
    changed: int
    unchanged: int
    planned: list[Planned]
    problems: list[CsvProblem]


class Trial(msgspec.Struct, forbid_unknown_fields=True):
    """Parameters that are not saved, and a raw value (mV or Ω) at a temperature (°C)."""

    fields: Changes
    v_raw: float
    temp: float = 25.0


class TrialResult(msgspec.Struct):
    """`conc` as the flow would give it, null where it would give none; `raw` before it is held at 0."""

    conc: float | None
    raw: float | None
    problems: list[FieldProblem]


class Recalibration(msgspec.Struct, forbid_unknown_fields=True):
    """Parameters that are not saved, tried on the last hours of stored raw values."""

    fields: Changes
    hours: Annotated[float, Meta(gt=0, le=72)] = 24.0


class Debug(msgspec.Struct, forbid_unknown_fields=True):
    """How fast, and for how long; the handbook's button says 1 s for 600 s."""

    interval_s: Annotated[float, Meta(ge=1, le=60)] = 1.0
    duration_s: Annotated[float, Meta(ge=5, le=3600)] = DEBUG_S


class MinutesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The hours before `until` (Unix s; left out: now)."""

    hours: Annotated[float, Meta(gt=0, le=24)] = 1.0
    until: Annotated[float, Meta(ge=0, le=4e9)] | None = None


class MinutesView(msgspec.Struct):
    """The minutes that have readings, in order, and the alarms that were on."""

    now: float
    since: float
    until: float
    minutes: list[Minute]
    alarms: list[PastAlarm]


class RecentQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How many."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 20


class CsvQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`template` is an empty file with the names of the columns."""

    content: Literal["devices", "template"] = "devices"


def refusing(handler: Callable[[Call[Any]], Awaitable[_T]]) -> Callable[[Call[Any]], Awaitable[_T]]:
    """Turns what the tables refuse into answers of the API."""

    async def handle(call: Call[Any]) -> _T:
        try:
            return await handler(call)
        except NoDevice as missing:
            raise not_found(f"device {str(missing)[:64]}", "look at the list of devices") from missing
        except NoPlan as missing:
            raise not_found(f"floor plan {str(missing)[:20]}", "look at the list of plans") from missing
        except Taken as taken:
            raise ApiError(409, "taken", f"there is a device {taken} already", "take another serial number") from taken
        except BadDevice as bad:
            raise ApiError(
                422, "bad_device", str(bad), "correct the fields named", more={"fields": bad.problems}
            ) from bad
        except Stale as stale:
            raise ApiError(
                409,
                "conflict",
                str(stale),
                "merge your changes with the current device",
                more={"current": stale.current},
            ) from stale

    handle.__doc__, handle.__name__ = handler.__doc__, handler.__name__
    return handle


@refusing
async def list_devices(call: Call[Nothing]) -> DeviceList:
    """All devices with their figures."""
    async with connection_now(call.service(Database)) as connection:
        devices = await DeviceTable(connection).all()
    return DeviceList(
        now=_clock(call).now(),
        devices=[_short(device) for device in devices],
        figures=call.service(DeviceHealth).all(),
        debugging=list(call.service(Debugging).running.values()),
    )


@refusing
async def get_device(call: Call[Nothing]) -> DeviceView:
    """One device with its figures."""
    async with connection_now(call.service(Database)) as connection:
        return _view(call, await DeviceTable(connection).one(call.path("sn")))


@refusing
async def add_device(call: Call[NewDevice]) -> DeviceView:
    """Add a device."""
    call.target, call.details = call.given.sn, call.given.fields
    async with connection_now(call.service(Database)) as connection:
        return _view(call, await DeviceTable(connection).add(call.given.sn, call.given.fields))


@refusing
async def change_device(call: Call[DeviceChange]) -> DeviceView:
    """Set fields of a device; they act on its next message."""
    call.details = call.given.fields
    async with connection_now(call.service(Database)) as connection:
        return _view(
            call, await DeviceTable(connection).change(call.path("sn"), call.given.revision, call.given.fields)
        )


@refusing
async def remove_device(call: Call[Nothing]) -> None:
    """Remove a device; its readings stay."""
    async with connection_now(call.service(Database)) as connection:
        await DeviceTable(connection).remove(call.path("sn"))


@refusing
async def change_many(call: Call[ManyChange]) -> Outcome:
    """Set the same fields of many devices, or see what that would change."""
    given = call.given
    call.target, call.details = f"{len(given.sns)} devices", {"fields": given.fields, "dry_run": given.dry_run}
    async with connection_now(call.service(Database)) as connection:
        planned = await DeviceTable(connection).change_many(
            dict.fromkeys(given.sns, given.fields), add=False, dry_run=given.dry_run
        )
    return _outcome(planned, [], given.dry_run)


@refusing
async def export_devices(call: Call[CsvQuery]) -> web.Response:
    """All devices as CSV, for a spreadsheet."""
    devices: list[Device] = []
    if call.given.content == "devices":
        async with connection_now(call.service(Database)) as connection:
            devices = await DeviceTable(connection).all()
    answer = web.Response(text=written_csv(devices), content_type="text/csv", charset="utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{call.given.content}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@refusing
async def import_devices(call: Call[CsvImport]) -> Outcome:
    """Add and change devices from CSV, or see what that would change: all of the file, or with any problem nothing."""
    rows = read_csv(call.given.text)
    dry_run = call.given.dry_run or bool(rows.problems)
    call.target, call.details = f"{len(rows.wanted)} devices", {"dry_run": dry_run}
    async with connection_now(call.service(Database)) as connection:
        planned = await DeviceTable(connection).change_many(rows.wanted, add=True, dry_run=dry_run)
    known = {(problem.line, problem.field) for problem in rows.problems}
    found = [
        CsvProblem(rows.lines[plan.sn], problem.field, problem.code, problem.message)
        for plan in planned
        for problem in plan.problems
        if (rows.lines[plan.sn], problem.field) not in known
    ]
    problems = sorted([*rows.problems, *found], key=lambda problem: problem.line)
    return _outcome(planned, problems, dry_run)


async def try_parameters(call: Call[Trial]) -> TrialResult:
    """The concentration that parameters would give, before they are saved."""
    given = call.given
    device, problems = changed(Device(sn=call.path("sn")), given.fields)
    if problems and any(problem.field in ("k", "b", "t_coef", "formula") for problem in problems):
        return TrialResult(None, None, problems)
    reading = Reading(ts=0.0, seq=0, v_raw=given.v_raw, temp=given.temp, err=0)
    with suppress(ExpressionError):
        made = Concentration(device, _own_formula(call)).of(reading)
        return TrialResult(made.conc, made.conc_raw, problems)
    return TrialResult(None, None, problems)


@refusing
async def preview_recalibration(call: Call[Recalibration]) -> Comparison:
    """What parameters would have made of the last hours: both curves, and the alarms that would have come or gone."""
    now = _clock(call).now()
    since = now - call.given.hours * 3600
    async with connection_now(call.service(Database)) as connection:
        before = await DeviceTable(connection).one(call.path("sn"))
        after, problems = changed(before, call.given.fields)
        if problems:
            raise BadDevice(problems)
        return await compare(
            before,
            after,
            readings_since(connection, before.sn, since),
            since=since,
            until=now,
            own_formula=_own_formula(call),
            policy=_policy(call),
        )


@refusing
async def get_minutes(call: Call[MinutesQuery]) -> MinutesView:
    """The last hour of a device by the minute."""
    now = _clock(call).now()
    until = now if call.given.until is None else call.given.until
    since = until - call.given.hours * 3600
    async with connection_now(call.service(Database)) as connection:
        sn = call.path("sn")
        return MinutesView(
            now,
            since,
            until,
            await minutes(connection, sn, since, until),
            await past_alarms(connection, sn, since, until),
        )


@refusing
async def get_readings(call: Call[RecentQuery]) -> list[Reading]:
    """The last readings of a device, the latest first."""
    async with connection_now(call.service(Database)) as connection:
        return await recent_readings(connection, call.path("sn"), call.given.limit)


@refusing
async def begin_debugging(call: Call[Debug]) -> DebugRun:
    """Have a device report fast for a while; it falls back by itself."""
    sn = call.path("sn")
    async with connection_now(call.service(Database)) as connection:
        await DeviceTable(connection).one(sn)
    call.details = {"interval_s": call.given.interval_s, "duration_s": call.given.duration_s}
    return await call.service(Debugging).begin(sn, call.who.user, call.given.interval_s, call.given.duration_s)


@refusing
async def end_debugging(call: Call[Nothing]) -> None:
    """Have a device go back to its normal interval now."""
    async with connection_now(call.service(Database)) as connection:
        device = await DeviceTable(connection).one(call.path("sn"))
    await call.service(Debugging).end(device.sn, device.period_s)


def _clock(call: Call[Any]) -> Clock:
    return call.server.clock


def _view(call: Call[Any], device: Device) -> DeviceView:
    return DeviceView(
        now=_clock(call).now(),
        device=device,
        missing=list(missing_for(device)),
        figures=call.service(DeviceHealth).of(device.sn),
        debugging=call.service(Debugging).running.get(device.sn),
    )


_DEFAULTS = Device(sn="")


def _short(device: Device) -> dict[str, Any]:
    return {
        name: value
        for name in Device.__struct_fields__
        if (value := getattr(device, name)) != getattr(_DEFAULTS, name) or name in ("sn", "revision")
    }


def _outcome(planned: list[Planned], problems: list[CsvProblem], dry_run: bool) -> Outcome:
    different = [plan for plan in planned if plan.changes or plan.new]
    wrong = bool(problems) or any(plan.problems for plan in planned)
    shown = sorted(
        (plan for plan in planned if plan.changes or plan.new or plan.problems), key=lambda p: not p.problems
    )
    return Outcome(
        stored=not dry_run and not wrong,
        added=sum(plan.new for plan in planned),
        changed=sum(not plan.new for plan in different),
        unchanged=len(planned) - len(different),
        planned=shown[:SHOWN_PLANNED],
        problems=problems[:LARGEST_LINES],
    )


def _instances(call: Call[Any], *fields: str) -> list[Any]:
    """Running nodes that have these fields, whatever they are called in the flow."""
    return [
        node.instance
        for run in call.server.site.flows.values()
        for node in run.nodes.values()
        if all(hasattr(node.instance, field) for field in fields)
    ]


def _own_formula(call: Call[Any]) -> str:
    """The formula that the running flow has for devices without one of their own."""
    found = [node.expression for node in _instances(call, "expression", "result") if node.result == "conc"]
    return found[0] if found else FORMULA


def _policy(call: Call[Any]) -> Policy:
    """The rules of the running alarm node."""
    found = _instances(call, "hold_s", "repeat_s", "missed")
    if not found:
        return Policy()
    values = {name: getattr(found[0], name) for name in Policy.__struct_fields__ if hasattr(found[0], name)}
    return Policy(**{**values, "latching": frozenset(values.get("latching", ()))})


_ONE = "/api/devices/{sn}"

ROUTES = (
    Route(method="GET", path="/api/devices", role="viewer", handler=list_devices, answer=DeviceList),
    Route(
        method="POST",
        path="/api/devices",
        role="admin",
        handler=add_device,
        given=NewDevice,
        answer=DeviceView,
        status=201,
        refusals=(404, 409, 422),
        action="device.add",
    ),
    Route(
        method="PATCH",
        path="/api/devices",
        role="admin",
        handler=change_many,
        given=ManyChange,
        answer=Outcome,
        action="device.change_many",
    ),
    Route(method="GET", path="/api/devices.csv", role="viewer", handler=export_devices, given=CsvQuery, answer=bytes),
    Route(
        method="POST",
        path="/api/devices.csv",
        role="admin",
        handler=import_devices,
        given=CsvImport,
        answer=Outcome,
        action="device.import",
    ),
    Route(method="GET", path=_ONE, role="viewer", handler=get_device, answer=DeviceView),
    Route(
        method="PATCH",
        path=_ONE,
        role="admin",
        handler=change_device,
        given=DeviceChange,
        answer=DeviceView,
        refusals=(404, 409, 422),
        action="device.change",
    ),
    Route(
        method="DELETE",
        path=_ONE,
        role="admin",
        handler=remove_device,
        answer=None,
        status=204,
        action="device.remove",
    ),
    Route(method="POST", path=_ONE + "/try", role="viewer", handler=try_parameters, given=Trial, answer=TrialResult),
    Route(
        method="POST",
        path=_ONE + "/recalibration",
        role="viewer",
        handler=preview_recalibration,
        given=Recalibration,
        answer=Comparison,
        refusals=(404, 422),
    ),
    Route(
        method="GET",
        path=_ONE + "/minutes",
        role="viewer",
        handler=get_minutes,
        given=MinutesQuery,
        answer=MinutesView,
    ),
    Route(
        method="GET",
        path=_ONE + "/readings",
        role="viewer",
        handler=get_readings,
        given=RecentQuery,
        answer=list[Reading],
    ),
    Route(
        method="POST",
        path=_ONE + "/debugging",
        role="operator",
        handler=begin_debugging,
        given=Debug,
        answer=DebugRun,
        action="device.debug",
    ),
    Route(
        method="DELETE",
        path=_ONE + "/debugging",
        role="operator",
        handler=end_debugging,
        answer=None,
        status=204,
        action="device.debug_end",
    ),
)
