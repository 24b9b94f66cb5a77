"""What does not unlock a site: edited, copied, forged, old and replayed tokens, garbage, and clocks put back."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licence_server.store import LicenceStore
from plant.licence.machine import Machine
from plant.licence.token import Claims, key_digest, sign_token
from tests.plant.licence.site import DAY, HOUR, MACHINE_ID, Plant
from tests.said import said

GARBAGE = [b"", b"{}", b"null", b"\xff\x00", b"[" * 20_000, b'{"claims":"!","signature":"?"}', b"x" * 1_000_000]


@pytest.fixture
async def locked(tmp_path: Path) -> AsyncIterator[Plant]:
    """A site that was licensed once and is locked since an hour, its cable cut."""
    plant = Plant(tmp_path)
    await plant.start()
    plant.vendor.away = True
    await plant.clock.advance(73 * HOUR)
    assert plant.locked
    yield plant
    await plant.licence.stop()


def claims(plant: Plant, **changes: object) -> Claims:
    now = plant.clock.true_now
    right = Claims(
        machine=Machine(MACHINE_ID).fingerprint,
        key=key_digest(plant.key or ""),
        nonce="00" * 16,
        issued=now,
        expires=now + DAY,
    )
    return msgspec.structs.replace(right, **changes)


async def put(plant: Plant, token: bytes) -> None:
    """Lays a token into the data folder and starts again."""
    await plant.licence.stop()
    plant.token_file.write_bytes(token)
    await plant.start()


async def test_right_token_in_the_folder_would_unlock(locked: Plant) -> None:
    """The control: what the forgeries below lack is what they change."""
    await put(locked, sign_token(claims(locked), locked.store.signing_key))
    assert not locked.locked


async def test_edited_token(locked: Plant) -> None:
    sealed = json.loads(locked.token_file.read_bytes())
    told = json.loads(base64.b64decode(sealed["claims"]))
    told["issued"] += 4 * DAY
    told["expires"] += 4 * DAY
    sealed["claims"] = base64.b64encode(json.dumps(told).encode()).decode()
    await put(locked, json.dumps(sealed).encode())
    assert locked.locked


async def test_token_signed_by_somebody_else(locked: Plant) -> None:
    await put(locked, sign_token(claims(locked), Ed25519PrivateKey.generate()))
    assert locked.locked


async def test_token_copied_from_another_machine(locked: Plant, tmp_path: Path) -> None:
    other = Plant(tmp_path, key=locked.store.issue("Other"), machine_id="f" * 32, name="other")
    await other.start()
    assert other.state == "licensed"
    await other.licence.stop()
    locked.key = other.key
    await put(locked, other.token_file.read_bytes())
    assert locked.locked


async def test_token_of_another_key(locked: Plant) -> None:
    await put(locked, sign_token(claims(locked, key=key_digest("MCS-ELSE")), locked.store.signing_key))
    assert locked.locked


async def test_expired_token(locked: Plant) -> None:
    await put(locked, locked.vendor.answers[0])
    assert locked.locked


async def test_token_that_would_never_end(locked: Plant) -> None:
    endless = claims(locked, expires=locked.clock.true_now + 3650 * DAY)
    await put(locked, sign_token(endless, locked.store.signing_key))
    assert locked.locked


async def test_garbage_in_the_folder_and_from_the_vendor(locked: Plant) -> None:
    for text in GARBAGE:
        locked.vendor.away, locked.vendor.text = True, text
        await put(locked, text)
        assert locked.locked, text[:20]
        locked.vendor.away = False
        await locked.licence.ask_now()
        assert (locked.locked, locked.licence.view().code) == (True, "token"), text[:20]


async def test_answer_that_was_recorded_and_is_played_back(locked: Plant) -> None:
    """Signed by the vendor, for this machine and key, not expired: but it answers a question of before."""
    locked.vendor.away, locked.vendor.text = False, sign_token(claims(locked), locked.store.signing_key)
    await locked.licence.ask_now()
    assert locked.locked
    assert "answers another question" in said(locked.licence.health()["problem"])


async def test_own_licence_server_with_another_signing_key(locked: Plant, tmp_path: Path) -> None:
    pirate = LicenceStore.create(tmp_path / "pirate")
    locked.vendor.away, locked.vendor.store = False, pirate
    locked.key = pirate.issue("me")
    await locked.restart()
    assert locked.locked
    assert "not signed by the vendor" in said(locked.licence.health()["problem"])


async def test_clock_put_back_while_it_runs(locked: Plant) -> None:
    locked.clock.wrong_by = -3 * DAY
    await locked.clock.advance(HOUR)
    assert locked.locked
    assert "clock was put back" in said(locked.licence.health()["problem"])


async def test_clock_put_back_before_a_restart(locked: Plant) -> None:
    await locked.licence.stop()
    locked.clock.wrong_by = -3 * DAY
    await locked.start()
    assert locked.locked


async def test_clock_put_back_in_the_grace_prolongs_nothing(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    await plant.start()
    plant.vendor.away = True
    for _ in range(6):
        await plant.clock.advance(12 * HOUR)
        plant.clock.wrong_by -= 12 * HOUR
        await plant.restart()
    assert plant.locked
    await plant.licence.stop()


async def test_record_taken_away_or_edited_with_the_clock_put_back(locked: Plant) -> None:
    sealed = json.loads(locked.record_file.read_bytes())
    sealed["record"]["seen"] -= 3 * DAY
    await locked.licence.stop()
    locked.record_file.write_text(json.dumps(sealed))
    locked.token_file.unlink()
    locked.clock.wrong_by = -3 * DAY
    await locked.start()
    assert locked.locked


@pytest.mark.parametrize("ahead", [4 * DAY, 80 * 365 * DAY])
async def test_clock_that_jumps_ahead_while_it_runs_locks_nothing(tmp_path: Path, ahead: float) -> None:
    plant = Plant(tmp_path)
    await plant.start()
    plant.vendor.away = True
    plant.clock.wrong_by = ahead
    await plant.clock.advance(71 * HOUR)
    assert (plant.locked, plant.state) == (False, "grace")
    plant.clock.wrong_by = 0
    await plant.restart()
    assert (plant.locked, plant.state) == (False, "grace")
    await plant.clock.advance(2 * HOUR)
    assert plant.locked
    await plant.licence.stop()


async def test_start_in_the_year_2106_locks_nothing(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    await plant.start()
    plant.vendor.away = True
    for wrong_by in (80 * 365 * DAY, 0.0):
        plant.clock.wrong_by = wrong_by
        await plant.restart()
        await plant.clock.advance(30 * HOUR)
        assert (plant.locked, plant.state) == (False, "grace")
    await plant.clock.advance(13 * HOUR)
    assert plant.locked
    plant.vendor.away = False
    await plant.clock.advance(HOUR)
    assert (plant.locked, plant.state) == (False, "licensed")
    await plant.licence.stop()


async def test_key_in_use_on_another_machine_is_refused(locked: Plant, tmp_path: Path) -> None:
    other = Plant(tmp_path, key=locked.key, machine_id="f" * 32, name="other")
    await other.start()
    assert (other.state, other.licence.view().code) == ("evaluation", "machines")
    await other.licence.stop()
