"""Every change between licensed, grace, evaluation and locked, at its second."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plant.licence.status import RENEWAL_S
from tests.plant.licence.site import DAY, HOUR, MACHINE_ID, START, Plant
from tests.said import said

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def plant(tmp_path: Path) -> AsyncIterator[Plant]:
    plant = Plant(tmp_path)
    await plant.start()
    yield plant
    await plant.licence.stop()


async def test_first_success_licenses_and_keeps_the_token(plant: Plant) -> None:
    assert (plant.state, plant.locked) == ("licensed", False)
    assert plant.token_file.stat().st_mode & 0o777 == 0o600
    assert plant.licence.health() == {
        "status": "ok",
        "state": "licensed",
        "light": "green",
        "build": "evaluation",
        "ends": "2026-01-02T00:05:00Z",
    }


async def test_asks_daily_at_three_by_the_sites_clock(plant: Plant) -> None:
    asked: list[str] = []
    for _ in range(3 * 24 * 60):
        before = len(plant.vendor.questions)
        await plant.clock.advance(60)
        if len(plant.vendor.questions) > before:
            asked.append(f"{datetime.datetime.fromtimestamp(plant.clock.now(), SHANGHAI):%d %H:%M}")
    assert asked == ["02 03:00", "03 03:00", "04 03:00"]
    assert plant.state == "licensed"


async def test_light_stays_green_while_the_vendor_answers(plant: Plant) -> None:
    for _ in range(72):
        await plant.clock.advance(HOUR)
        assert plant.licence.health()["light"] == "green"


async def test_unreachable_is_yellow_after_a_day_and_locks_at_72_hours(plant: Plant) -> None:
    plant.vendor.away = True
    await plant.clock.advance(DAY + RENEWAL_S - 1)
    assert plant.state == "licensed"
    await plant.clock.advance(1)
    assert (plant.state, plant.licence.health()["status"], plant.locked) == ("grace", "degraded", False)
    await plant.clock.advance_to(START + 72 * HOUR - 1)
    assert (plant.state, plant.locked) == ("grace", False)
    await plant.clock.advance(1)
    assert (plant.state, plant.licence.health()["status"], plant.locked) == ("locked", "locked", True)


async def test_locked_site_recovers_by_itself_within_minutes(plant: Plant) -> None:
    plant.vendor.away = True
    await plant.clock.advance(4 * DAY)
    assert plant.locked
    plant.vendor.away = False
    await plant.clock.advance(300)
    assert (plant.state, plant.locked) == ("licensed", False)


async def test_grace_ends_green_when_the_vendor_answers_again(plant: Plant) -> None:
    plant.vendor.away = True
    await plant.clock.advance(2 * DAY)
    assert plant.licence.health()["light"] == "yellow"
    plant.vendor.away = False
    await plant.clock.advance(HOUR)
    assert plant.licence.health()["light"] == "green"


async def test_restart_within_the_grace_goes_on_and_past_it_starts_locked(plant: Plant) -> None:
    plant.vendor.away = True
    await plant.clock.advance(50 * HOUR)
    await plant.restart()
    assert (plant.state, plant.locked) == ("grace", False)
    await plant.licence.stop()
    await plant.clock.advance(30 * HOUR)
    await plant.start()
    assert (plant.state, plant.locked) == ("locked", True)


async def test_revoked_licence_locks_when_the_grace_ends(plant: Plant) -> None:
    plant.store.revoke(1)
    await plant.clock.advance(71 * HOUR)
    assert (plant.state, plant.licence.view().code) == ("grace", "revoked")
    await plant.clock.advance(HOUR)
    assert plant.locked


async def test_licence_with_an_end_is_refused_from_then_on(plant: Plant) -> None:
    plant.key = plant.store.issue("Acme", until=START + HOUR)
    await plant.restart()
    assert plant.licence.view().until == START + HOUR
    await plant.clock.advance(2 * HOUR)
    await plant.licence.ask_now()
    assert plant.licence.view().code == "ended"


async def test_without_a_key_it_is_an_evaluation_of_72_hours_from_the_first_start(tmp_path: Path) -> None:
    plant = Plant(tmp_path, key=None)
    await plant.start()
    assert (plant.state, plant.locked, plant.vendor.questions) == ("evaluation", False, [])
    assert "evaluation without a verified licence until 2026-01-04T00:00:00Z" in said(plant.licence.health()["problem"])
    await plant.clock.advance(40 * HOUR)
    await plant.restart()
    await plant.clock.advance_to(START + 72 * HOUR - 1)
    assert not plant.locked
    await plant.clock.advance(1)
    assert plant.locked
    await plant.licence.stop()


async def test_key_entered_on_the_page_unlocks_at_once_and_stays(tmp_path: Path) -> None:
    plant = Plant(tmp_path, key=None)
    await plant.start()
    await plant.clock.advance(80 * HOUR)
    assert plant.locked
    view = await plant.licence.use_key(plant.store.issue("Acme"))
    assert (view.state, view.key_from, plant.locked) == ("licensed", "page", False)
    await plant.restart()
    assert plant.state == "licensed"
    await plant.licence.stop()


async def test_key_of_the_settings_is_not_replaced_on_the_page(plant: Plant) -> None:
    with pytest.raises(ValueError, match="MCS_LICENCE_KEY gives the key"):
        await plant.licence.use_key("MCS-OTHER")


async def test_site_that_was_never_verified_locks_72_hours_after_its_first_start(tmp_path: Path) -> None:
    plant = Plant(tmp_path, key="MCS-WRONG")
    await plant.start()
    assert (plant.state, plant.licence.view().code) == ("evaluation", "unknown")
    await plant.clock.advance(72 * HOUR)
    assert plant.locked
    await plant.licence.stop()


async def test_machine_without_an_id_is_told_and_never_licensed(tmp_path: Path) -> None:
    plant = Plant(tmp_path, machine_id="uninitialized")
    await plant.start()
    assert (plant.state, plant.vendor.questions) == ("evaluation", [])
    assert "mount the host's /etc/machine-id" in said(plant.licence.health()["problem"])
    await plant.clock.advance(71 * HOUR)
    await plant.restart()
    await plant.clock.advance(HOUR)
    assert plant.locked
    await plant.licence.stop()


async def test_machine_whose_id_was_not_mounted_at_first_keeps_its_evaluation(tmp_path: Path) -> None:
    plant = Plant(tmp_path, key=None, machine_id="uninitialized")
    await plant.start()
    await plant.clock.advance(HOUR)
    assert "mount the host's /etc/machine-id" in said(plant.licence.health()["problem"])
    (plant.folder / "machine-id").write_text(MACHINE_ID)
    await plant.restart()
    assert plant.state == "evaluation"
    await plant.clock.advance(71 * HOUR)
    assert plant.locked
    await plant.licence.stop()


async def test_one_start_without_the_machines_id_does_not_end_the_evaluation(tmp_path: Path) -> None:
    plant = Plant(tmp_path, key=None)
    await plant.start()
    await plant.clock.advance(HOUR)
    (plant.folder / "machine-id").write_text("uninitialized")
    await plant.restart()
    assert plant.locked
    assert "mount the host's /etc/machine-id" in said(plant.licence.health()["problem"])
    (plant.folder / "machine-id").write_text(MACHINE_ID)
    await plant.restart()
    assert (plant.state, plant.locked) == ("evaluation", False)
    await plant.licence.stop()
