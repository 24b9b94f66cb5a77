"""/api/devices/SN/try and …/recalibration: what parameters that are not saved would make of raw values."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engine.api import Call, Database, ExpressionError, Route, request_connection
from plant.alarms.conditions import Policy
from plant.api.devices import Changes
from plant.api.table_errors import table_errors_answered
from plant.devices.recalibration import Comparison, compare
from plant.devices.table import DeviceTable, InvalidDevice
from plant.devices.validation import FieldProblem, changed
from plant.model.concentration import FORMULA, Concentration
from plant.model.device import Device
from plant.model.reading import Reading
from plant.readings.queries import readings_since

__all__ = ["ROUTES"]


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


@table_errors_answered
async def preview_recalibration(call: Call[Recalibration]) -> Comparison:
    """What parameters would have made of the last hours: both curves, and the alarms that would have come or gone."""
    now = call.server.clock.now()
    since = now - call.given.hours * 3600
    async with request_connection(call.service(Database)) as connection:
        before = await DeviceTable(connection).one(call.path("sn"))
        after, problems = changed(before, call.given.fields)
        if problems:
            raise InvalidDevice(problems)
        return await compare(
            before,
            after,
            readings_since(connection, before.sn, since),
            since=since,
            until=now,
            own_formula=_own_formula(call),
            policy=_policy(call),
        )


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


def _instances(call: Call[Any], *fields: str) -> list[Any]:
    """Running nodes that have these fields, whatever they are called in the flow."""
    return [
        node.instance
        for run in call.server.site.flows.values()
        for node in run.nodes.values()
        if all(hasattr(node.instance, field) for field in fields)
    ]


ROUTES = (
    Route(
        method="POST",
        path="/api/devices/{sn}/try",
        role="viewer",
        handler=try_parameters,
        given=Trial,
        answer=TrialResult,
    ),
    Route(
        method="POST",
        path="/api/devices/{sn}/recalibration",
        role="viewer",
        handler=preview_recalibration,
        given=Recalibration,
        answer=Comparison,
        refusals=(404, 422),
    ),
)
