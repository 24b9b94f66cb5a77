"""/api/alarms and /api/channels of the running product: an alarm from the packet to the vendor's answer, and what people do about it."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt
import asyncpg
import pytest

from tests.browser.live_site import LiveSite
from tests.eventually import eventually
from tests.servers.vendors import DingTalk, serving

SECRET = "SECtheRobotsOwnSecret"
TOKEN = "token-0123456789"


@pytest.fixture(scope="module")
def devices(site: LiveSite) -> list[str]:
    """Two detectors whose raw value is their concentration."""
    names = ["GX001", "GX002"]
    for sn in names:
        site.call(
            "POST", "/api/devices", {"sn": sn, "fields": {"k": 1.0, "b": 0.0, "a1": 20.0, "a2": 50.0, "name": "泵房"}}
        )
    return names


@pytest.fixture
async def dingtalk() -> AsyncIterator[DingTalk]:
    async with serving(DingTalk(secret=SECRET)) as vendor:
        yield vendor


async def publish(site: LiveSite, sn: str, v_raw: float, seq: int) -> None:
    host, _, port = site.mqtt_url.rpartition("/")[2].rpartition(":")
    packet = {"ts": time.time(), "seq": seq, "v_raw": v_raw, "temp": 25, "err": 0, "bat": 90, "rssi": -60}
    async with aiomqtt.Client(host.rpartition("@")[2] or "127.0.0.1", int(port)) as client:
        await client.publish(f"metachip/gas/{sn}/data", json.dumps(packet), qos=1)


async def ask(site: LiveSite, method: str, path: str, body: Any = None, role: str = "admin") -> Any:
    return await asyncio.to_thread(site.call, method, path, body, role)


async def refused(
    site: LiveSite, method: str, path: str, body: Any = None, role: str = "admin"
) -> tuple[int, dict[str, Any]]:
    """(status, answer) of a call that must not succeed."""
    with pytest.raises(urllib.error.HTTPError) as error:
        await ask(site, method, path, body, role)
    return error.value.code, json.loads(error.value.read())


async def active(site: LiveSite, sn: str, type: str) -> dict[str, Any] | None:
    board = await ask(site, "GET", "/api/alarms")
    return next((alarm for alarm in board["alarms"] if (alarm["sn"], alarm["type"]) == (sn, type)), None)


async def raised(site: LiveSite, sn: str, seq: int, v_raw: float = 60.0, type: str = "A2") -> dict[str, Any]:
    """Gas at a detector; its alarm when the page would show it."""
    await publish(site, sn, v_raw, seq)
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        alarm = await active(site, sn, type)
        if alarm is not None and alarm["active"]:
            found.append(alarm)
        return bool(found)

    await eventually(there)
    return found[0]


async def card(site: LiveSite, name: str) -> dict[str, Any]:
    cards = (await ask(site, "GET", "/api/channels"))["cards"]
    return next(one for one in cards if one["name"] == name)


async def switch_on(site: LiveSite, vendor: DingTalk, **settings: Any) -> dict[str, Any]:
    """The robot's card, pointing at the vendor."""
    return await ask(
        site,
        "PUT",
        "/api/channels/robot",
        {
            "enabled": True,
            "settings": {"kind": "robot", "type": "dingtalk", **settings},
            "secrets": {"url": f"{vendor.url}/robot/send?access_token={TOKEN}", "secret": SECRET},
            "revision": (await card(site, "robot"))["revision"],
        },
    )


async def switch_off(site: LiveSite) -> None:
    now = await card(site, "robot")
    body = {"enabled": False, "settings": now["settings"], "revision": now["revision"]}
    await ask(site, "PUT", "/api/channels/robot", body)


async def test_an_alarm_goes_from_the_packet_to_the_vendor_and_its_story_has_every_step(
    site: LiveSite, devices: list[str], dingtalk: DingTalk
):
    await switch_on(site, dingtalk)
    alarm = await raised(site, "GX001", 1)
    await eventually(lambda: any("GX001" in text for text in dingtalk.texts))
    assert "【紧急报警】" in next(text for text in dingtalk.texts if "GX001" in text)
    done = await ask(
        site, "POST", "/api/alarms/acknowledge", {"alarms": [{"sn": "GX001", "type": "A2"}]}, role="operator"
    )
    assert [one["state"] for one in done["done"]] == ["acknowledged"]
    await publish(site, "GX001", 5.0, 2)
    query = f"/api/alarms/story?sn=GX001&type=A2&raised_at={alarm['raised_at']}"

    async def whole() -> bool:
        try:
            story = await ask(site, "GET", query)
        except urllib.error.HTTPError:
            return False
        kinds = {one["event"]["kind"] for one in story["events"]}
        return {"raised", "acknowledged", "returned"} <= kinds and len(story["notifications"]) >= 1

    await eventually(whole)
    story = await ask(site, "GET", query, role="viewer")
    assert {"v_raw": 60.0, "k": 1.0, "b": 0.0, "temp": 25.0, "limit": 50.0}.items() <= story["first"].items()
    assert story["alarm"]["acknowledged_by"] == "token:tests-operator"
    told = story["notifications"][0]
    assert (told["channel"], told["result"], json.loads(told["answer"])) == (
        "robot",
        "sent",
        {"errcode": 0, "errmsg": "ok"},
    )
    await switch_off(site)


async def test_shelve_and_unshelve_with_reason_user_and_end(site: LiveSite, devices: list[str]):
    await raised(site, "GX002", 1)
    until = time.time() + 3600
    body = {"sn": "GX002", "type": "A2", "reason": "正在换传感器", "until": until}
    (shelved,) = await ask(site, "POST", "/api/alarms/shelve", body, role="operator")
    assert (shelved["state"], shelved["reason"], shelved["by"]) == ("shelved", "正在换传感器", "token:tests-operator")
    status, answer = await refused(site, "POST", "/api/alarms/shelve", body, role="operator")
    assert (status, answer["error"]["code"]) == (409, "alarm_state")
    (back,) = await ask(site, "POST", "/api/alarms/unshelve", {"sn": "GX002", "type": "A2"}, role="operator")
    assert back["state"] == "unacknowledged"


async def test_what_does_not_fit_the_state_is_a_conflict_and_changes_nothing(site: LiveSite, devices: list[str]):
    alarm = await raised(site, "GX002", 2, 70.0)
    stale = {"sn": "GX002", "type": "A2", "raised_at": alarm["raised_at"] - 60}
    status, answer = await refused(site, "POST", "/api/alarms/acknowledge", {"alarms": [stale]}, role="operator")
    assert status == 409
    assert "not the one that was seen" in answer["error"]["message"]
    status, _ = await refused(site, "POST", "/api/alarms/reset", {"sn": "GX002", "type": "A2"}, role="operator")
    assert status == 409
    far = {"sn": "GX002", "type": "A2", "reason": "x", "until": time.time() + 30 * 86400}
    status, answer = await refused(site, "POST", "/api/alarms/shelve", far, role="operator")
    assert (status, answer["error"]["code"]) == (422, "bad_end")
    after = await active(site, "GX002", "A2")
    assert after is not None
    assert after["state"] == "unacknowledged"


async def test_a_calibration_suppresses_the_gas_alarms_of_a_device(site: LiveSite, devices: list[str]):
    body = {"sn": "GX001", "reason": "标定", "until": time.time() + 600}
    types = [one["type"] for one in await ask(site, "POST", "/api/alarms/calibrate", body, role="operator")]
    assert types == ["A1", "A2", "over-range"]
    ended = await ask(site, "POST", "/api/alarms/end-calibration", {"sn": "GX001"}, role="operator")
    assert {one["state"] for one in ended} <= {"normal", "unacknowledged"}
    status, _ = await refused(site, "POST", "/api/alarms/calibrate", {**body, "sn": "NOBODY"}, role="operator")
    assert status == 404


async def test_a_viewer_looks_and_touches_nothing(site: LiveSite, devices: list[str]):
    assert "alarms" in await ask(site, "GET", "/api/alarms", role="viewer")
    status, _ = await refused(
        site, "POST", "/api/alarms/acknowledge", {"alarms": [{"sn": "GX001", "type": "A2"}]}, role="viewer"
    )
    assert status == 403
    status, _ = await refused(site, "GET", "/api/channels", role="operator")
    assert status == 403


async def test_the_history_is_filtered_and_goes_on_from_page_to_page(site: LiveSite, devices: list[str]):
    async def stored() -> bool:
        return len(await ask(site, "GET", "/api/alarms/history?sn=GX002&type=A2")) >= 1

    await eventually(stored)
    everything = await ask(site, "GET", "/api/alarms/history?limit=500")
    pages, before = [], ""
    while True:
        page = await ask(site, "GET", f"/api/alarms/history?limit=2{before}")
        if not page:
            break
        pages += page
        before = f"&before={page[-1]['raised_at']!r}&before_id={page[-1]['id']}"
    assert {one["id"] for one in pages} >= {one["id"] for one in everything}
    assert len({one["id"] for one in pages}) == len(pages)
    assert {one["sn"] for one in await ask(site, "GET", "/api/alarms/history?sn=GX001")} == {"GX001"}


async def test_the_figures_count_what_was_raised(site: LiveSite, devices: list[str]):
    figures = await ask(site, "GET", "/api/alarms/figures?days=1")
    assert figures["raised"] >= 2
    assert sum(figures["by_priority"].values()) == figures["raised"]
    assert figures["most_frequent"][0]["count"] >= 1


async def test_no_secret_comes_back_from_the_card_the_audit_or_the_attempts(site: LiveSite, dingtalk: DingTalk):
    saved = await switch_on(site, dingtalk)
    assert saved["secrets"] == {"url": True, "secret": True}
    answer = await ask(site, "POST", "/api/channels/robot/test", {})
    assert (answer["result"], json.loads(answer["answer"])["errmsg"]) == ("sent", "ok")
    assert "【测试】" in dingtalk.texts[-1]
    shown = [
        saved,
        answer,
        await ask(site, "GET", "/api/channels"),
        await ask(site, "GET", "/api/channels/attempts"),
        await ask(site, "GET", "/api/audit?action=channel"),
        await ask(site, "GET", "/api/secrets"),
    ]
    everything = json.dumps(shown) + (site.folder / "mcs.log").read_text(encoding="utf-8", errors="replace")
    assert SECRET not in everything
    assert TOKEN not in everything
    await switch_off(site)


async def test_a_test_shows_the_vendors_refusal_word_for_word_and_tries_what_is_not_saved_yet(
    site: LiveSite, dingtalk: DingTalk
):
    body = {
        "settings": {"kind": "robot", "type": "dingtalk"},
        "secrets": {"url": f"{dingtalk.url}/robot/send?access_token={TOKEN}", "secret": "wrong"},
    }
    answer = await ask(site, "POST", "/api/channels/robot/test", body)
    assert (answer["result"], answer["hint"]) == ("refused", "sign")
    assert "sign not match" in answer["answer"]
    assert dingtalk.texts == []


@pytest.mark.parametrize(
    ("name", "settings", "secrets", "elsewhere", "asked"),
    [
        ("email", {"kind": "email", "server": "smtp.a.cn"}, {"password": "p"}, {"server": "smtp.evil.cn"}, "password"),
        ("email", {"kind": "email", "server": "smtp.a.cn"}, {"password": "p"}, {"port": 2525}, "password"),
        ("email", {"kind": "email", "server": "smtp.a.cn"}, {"password": "p"}, {"security": "none"}, "password"),
        ("sms", {"kind": "sms"}, {"access_key_secret": "p"}, {"endpoint": "https://evil.cn"}, "access_key_secret"),
    ],
)
async def test_stored_secret_does_not_go_to_another_address(
    site: LiveSite, name: str, settings: dict[str, Any], secrets: dict[str, str], elsewhere: dict[str, Any], asked: str
):
    now = await card(site, name)
    body = {"enabled": False, "settings": settings, "secrets": secrets, "revision": now["revision"]}
    now = await ask(site, "PUT", f"/api/channels/{name}", body)
    moved = {"settings": settings | elsewhere}
    for method, path, more in (("PUT", "", {"enabled": False, "revision": now["revision"]}), ("POST", "/test", {})):
        status, answer = await refused(site, method, f"/api/channels/{name}{path}", moved | more)
        assert (status, answer["fields"][asked]["code"]) == (422, "ask_again")
    again = {**moved, "enabled": False, "revision": now["revision"], "secrets": {asked: None}}
    await ask(site, "PUT", f"/api/channels/{name}", again)


async def test_signing_secret_of_a_robot_does_not_go_to_another_host(site: LiveSite, dingtalk: DingTalk):
    await switch_on(site, dingtalk)
    settings = {"kind": "robot", "type": "custom"}
    body = {"settings": settings, "secrets": {"url": "https://evil.example/hook"}}
    status, answer = await refused(site, "POST", "/api/channels/robot/test", body)
    assert (status, answer["fields"]["secret"]["code"]) == (422, "ask_again")
    await switch_off(site)


async def test_two_who_save_a_card_at_once_hear_of_each_other(site: LiveSite):
    now = await card(site, "sms")
    body = {"enabled": False, "settings": {"kind": "sms", "sign_name": "一"}, "revision": now["revision"]}
    await ask(site, "PUT", "/api/channels/sms", body)
    status, answer = await refused(
        site, "PUT", "/api/channels/sms", {**body, "settings": {"kind": "sms", "sign_name": "二"}}
    )
    assert (status, answer["error"]["code"], answer["card"]["settings"]["sign_name"]) == (409, "conflict", "一")


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("robot", {"settings": {"kind": "robot", "template": "{vla}"}}, "template"),
        ("robot", {"settings": {"kind": "robot"}, "secrets": {"url": "ftp://x/y"}}, "url"),
        ("robot", {"settings": {"kind": "robot"}, "secrets": {"password": "x"}}, "password"),
        (
            "email",
            {"settings": {"kind": "email", "server": "s", "recipients": "a@b.cn", "account": "a@b.cn"}},
            "password",
        ),
        ("sms", {"settings": {"kind": "sms"}}, "access_key_id"),
    ],
)
async def test_a_card_that_can_not_work_is_refused_by_field(
    site: LiveSite, name: str, body: dict[str, Any], field: str
):
    now = await card(site, name)
    whole = {"enabled": True, "revision": now["revision"], **body}
    status, answer = await refused(site, "PUT", f"/api/channels/{name}", whole)
    assert (status, answer["error"]["code"]) == (422, "bad_card")
    assert field in answer["fields"]


async def test_an_event_that_version_0_1_quarantined_is_stored_as_notified_when_it_is_reprocessed(site: LiveSite):
    old = {"id": "GX009/A1/1.000/raised", "sn": "GX009", "type": "A1", "kind": "raised", "state": "unacknowledged"}
    old |= {"at": 1.0, "raised_at": 1.0, "told": True, "untold": ""}
    payload = json.dumps(old).encode()
    connection = await asyncpg.connect(site.dsn)
    try:
        number = await connection.fetchval(
            "insert into quarantine (flow, node, time, topic, key, reason, payload, size_bytes, props) "
            "values ('gas-monitoring', 'record', now(), '', '', 'refused', $1, $2, '{}') returning id",
            payload,
            len(payload),
        )
        await ask(site, "POST", f"/api/quarantine/{number}/reprocess", role="operator")

        async def stored() -> bool:
            return await connection.fetchval("select notified from alarm_events where sn = 'GX009'") is True

        await eventually(stored)
    finally:
        await connection.close()
