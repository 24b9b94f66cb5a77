"""Changes by people: checked, against the revision that was seen, all together or none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from engine.db.database import Database
from plant.devices.table import (
    DeviceNotFound,
    DeviceTable,
    InvalidDevice,
    MapPosition,
    PlanNotFound,
    SerialNumberTaken,
    StaleRevision,
)
from plant.devices.validation import changed, problems_of
from plant.model.device import Device
from plant.plans.demo_plan import demo_plan
from tests.plant.site_database import migrated


@asynccontextmanager
async def table_of(database: Database) -> AsyncIterator[DeviceTable]:
    async with database.connection() as connection:
        yield DeviceTable(connection)


def codes(**fields: object) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in changed(Device(sn="GS001"), fields)[1]}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"k": "abc"}, ("k", "number")),
        ({"k": True}, ("k", "number")),
        ({"k": 1e300}, ("k", "number")),
        ({"a1": 50, "a2": 20}, ("a2", "crossed")),
        ({"a1": 20, "a2": 20}, ("a2", "crossed")),
        ({"a1": 18, "a1_direction": "low", "a2": 19, "a2_direction": "low"}, ("a2", "crossed")),
        ({"a1": 23, "a1_direction": "low", "a2": 19}, ("a2", "crossed")),
        ({"a1_direction": "sideways"}, ("a1_direction", "type")),
        ({"a1": 600, "range_high": 500}, ("a1", "outside")),
        ({"range_low": 10, "range_high": 5}, ("range_high", "range")),
        ({"raw_low": 10, "raw_high": 5}, ("raw_high", "raw")),
        ({"a1_deadband": -1}, ("a1_deadband", "negative")),
        ({"left_pct": 100.1}, ("left_pct", "percent")),
        ({"period_s": 0}, ("period_s", "period")),
        ({"name": "x" * 81}, ("name", "long")),
        ({"name": "a\x00b"}, ("name", "control")),
        ({"formula": "k * "}, ("formula", "formula")),
        ({"formula": "__import__('os')"}, ("formula", "formula")),
        ({"formula": "k * volts"}, ("formula", "names")),
        ({"sn": "GS002"}, ("sn", "unknown")),
        ({"revision": 7}, ("revision", "unknown")),
    ],
)
def test_bad_value_is_found_at_its_field(fields: dict[str, object], problem: tuple[str, str]):
    assert problem in codes(**fields)


def test_sound_parameters_pass():
    oxygen = {"unit": "%vol", "range_high": 25, "a1": 19.5, "a1_direction": "low", "a2": 23.5}
    assert codes(**oxygen) == set()
    assert codes(formula="interpolate(v_raw, 0, 0, 100, 50) + t_coef * (temp - 25)", name="<b>O₂</b>") == set()
    assert problems_of(Device(sn="a/b"))[0].field == "sn"


async def test_second_of_two_who_save_is_told_what_the_first_has_saved(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, table_of(database) as table:
        await table.add("GS001", {"k": 1.0, "b": 0.0})
        first = await table.change("GS001", 1, {"k": 2.0})
        with pytest.raises(StaleRevision) as stale:
            await table.change("GS001", 1, {"b": 5.0})
        assert (first.revision, stale.value.current) == (2, first)
        assert (await table.change("GS001", 2, {"b": 5.0})).k == 2.0


async def test_saving_what_is_there_already_makes_no_revision(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, table_of(database) as table:
        await table.add("GS001", {"k": 1.0})
        assert (await table.change("GS001", 1, {"k": 1.0})).revision == 1
        assert (await table.one("GS001")).revision == 1


async def test_what_is_refused_stores_nothing(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, table_of(database) as table:
        await table.add("GS001", {"a1": 20.0})
        with pytest.raises(SerialNumberTaken):
            await table.add("GS001", {})
        with pytest.raises(InvalidDevice):
            await table.change("GS001", 1, {"a2": 10.0, "k": 3.0})
        with pytest.raises(PlanNotFound):
            await table.change("GS001", 1, {"plan_id": 99})
        with pytest.raises(DeviceNotFound):
            await table.change("GS404", 1, {"k": 3.0})
        assert await table.one("GS001") == Device(sn="GS001", a1=20.0)


async def test_many_are_changed_together_or_not_at_all(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, table_of(database) as table:
        await table.add("GS001", {"a2": 50.0})
        await table.add("GS002", {"a2": 10.0})
        wanted = {sn: {"a1": 20.0} for sn in ("GS001", "GS002", "GS404")}
        planned = await table.change_many(wanted, add=False, dry_run=False)
        assert [(plan.sn, [problem.code for problem in plan.problems]) for plan in planned] == [
            ("GS001", []),
            ("GS002", ["crossed"]),
        ]
        assert (await table.one("GS001")).a1 is None
        planned = await table.change_many({"GS001": {"a1": 20.0}}, add=False, dry_run=True)
        assert planned[0].changes == {"a1": (None, 20.0)}
        assert (await table.one("GS001")).a1 is None
        await table.change_many({"GS001": {"a1": 20.0}, "GS003": {"k": 1.0}}, add=True, dry_run=False)
        assert [(device.sn, device.a1, device.k) for device in await table.all()] == [
            ("GS001", 20.0, None),
            ("GS002", None, None),
            ("GS003", None, 1.0),
        ]


async def test_devices_are_placed_on_a_plan_and_lose_their_place_with_it(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, table_of(database) as table:
        plan, _ = await demo_plan(database)
        for sn in ("GS001", "GS002"):
            await table.add(sn, {})
        assert await table.place(plan, [MapPosition("GS001", 12.5, 99.0), MapPosition("GS002", 1.0, 2.0)]) == 2
        assert await table.place(plan, [MapPosition("GS002", None, None)]) == 1
        placed = [(device.plan_id, device.left_pct, device.top_pct) for device in await table.all()]
        assert placed == [(plan, 12.5, 99.0), (None, None, None)]
        with pytest.raises(PlanNotFound):
            await table.place(plan + 1, [MapPosition("GS001", 1.0, 1.0)])
        async with database.connection() as other:
            await other.execute("delete from plans")
        assert (await table.one("GS001")).plan_id is None
