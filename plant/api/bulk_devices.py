"""/api/devices and /api/devices.csv: many devices at once, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from engine.api import Call, Database, Route, request_connection
from plant.api.devices import Changes, Sn
from plant.api.table_errors import table_errors_answered
from plant.devices.csv import LARGEST_LINES, CsvProblem, read_csv, write_csv
from plant.devices.table import DeviceTable, PlannedChange
from plant.model.device import Device

__all__ = ["ROUTES"]

SHOWN_PLANNED = 500


class BulkChange(msgspec.Struct, forbid_unknown_fields=True):
    """The same fields for many devices. With `dry_run` nothing is stored, and the answer says what would change."""

    sns: Annotated[list[Sn], Meta(max_length=20_000)]
    fields: Changes
    dry_run: bool = True


class CsvImport(msgspec.Struct, forbid_unknown_fields=True):
    """A CSV file of devices. With `dry_run` nothing is stored, and the answer says what would change."""

    text: Annotated[str, Meta(max_length=8_000_000)]
    dry_run: bool = True


class CsvQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`template` is an empty file with the names of the columns."""

    content: Literal["devices", "template"] = "devices"


class Outcome(msgspec.Struct):
    """What changed or would change. `planned` are the first 500 that differ or are wrong; `problems` go with a line of the file.

    Nothing is stored while there is a problem, so `stored` is false then too.
    """

    stored: bool
    added: int
    changed: int
    unchanged: int
    planned: list[PlannedChange]
    problems: list[CsvProblem]


@table_errors_answered
async def change_many(call: Call[BulkChange]) -> Outcome:
    """Set the same fields of many devices, or see what that would change."""
    given = call.given
    call.target, call.details = _named(given.sns), {"count": len(given.sns), "fields": given.fields}
    async with request_connection(call.service(Database)) as connection:
        planned = await DeviceTable(connection).change_many(
            dict.fromkeys(given.sns, given.fields), add=False, dry_run=given.dry_run
        )
    outcome = _outcome(planned, [], given.dry_run)
    call.changes = outcome.stored
    return outcome


@table_errors_answered
async def export_devices(call: Call[CsvQuery]) -> web.Response:
    """All devices as CSV, for a spreadsheet."""
    devices: list[Device] = []
    if call.given.content == "devices":
        async with request_connection(call.service(Database)) as connection:
            devices = await DeviceTable(connection).all()
    answer = web.Response(text=write_csv(devices), content_type="text/csv", charset="utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{call.given.content}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@table_errors_answered
async def import_devices(call: Call[CsvImport]) -> Outcome:
    """Add and change devices from CSV, or see what that would change: all of the file, or with any problem nothing."""
    rows = read_csv(call.given.text)
    dry_run = call.given.dry_run or bool(rows.problems)
    call.target, call.details = _named(rows.wanted), {"count": len(rows.wanted)}
    async with request_connection(call.service(Database)) as connection:
        planned = await DeviceTable(connection).change_many(rows.wanted, add=True, dry_run=dry_run)
    known = {(problem.line, problem.field) for problem in rows.problems}
    found = [
        CsvProblem(rows.lines[plan.sn], problem.field, problem.code, problem.message)
        for plan in planned
        for problem in plan.problems
        if (rows.lines[plan.sn], problem.field) not in known
    ]
    problems = sorted([*rows.problems, *found], key=lambda problem: problem.line)
    outcome = _outcome(planned, problems, dry_run)
    call.changes = outcome.stored
    return outcome


def _outcome(planned: list[PlannedChange], problems: list[CsvProblem], dry_run: bool) -> Outcome:
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


ROUTES = (
    Route(
        method="PATCH",
        path="/api/devices",
        role="admin",
        handler=change_many,
        given=BulkChange,
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
)


def _named(sns: Iterable[str]) -> str:
    """The first of them, for the audit log."""
    return ", ".join(islice(sns, 20))
