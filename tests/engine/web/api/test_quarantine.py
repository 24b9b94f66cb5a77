"""A quarantined message is given to its node again, also by those who still ask at the path of version 0.1."""

from __future__ import annotations

import pytest

from engine.core.message import Message
from tests.engine.web.running import Browser
from tests.eventually import eventually


async def quarantined(browser: Browser, payload: object) -> int:
    """The number of a message that was quarantined in front of the node `last`."""
    browser.server.site.quarantine.put(
        "gas", "last", Message(payload, delivery=browser.server.site.flows["gas"].own.adopt()), "no"
    )
    await eventually(lambda: browser.get("/api/quarantine"))
    return int((await browser.get("/api/quarantine"))[0]["id"])


@pytest.mark.parametrize("word", ["reprocess", "replay"])
async def test_reprocessed_message_reaches_its_node_and_the_audit_log_says_who_did_it(
    browser: Browser, word: str
) -> None:
    number = await quarantined(browser, {"v": 1})
    path = f"/api/quarantine/{number}/{word}"
    async with browser.session.post(browser.server.url / path[1:], headers=browser.headers) as answer:
        assert answer.status == 204
        moved = answer.headers.get("Link")
    assert moved == (None if word == "reprocess" else f'</api/quarantine/{number}/reprocess>; rel="successor-version"')
    await eventually(lambda: browser.server.kept == [{"v": 1}])
    [line, *_] = await browser.get("/api/audit")
    assert (line["action"], line["target"]) == ("quarantine.reprocess", str(number))
    [row] = await browser.get("/api/quarantine")
    assert row["reprocessed"] is not None


async def test_document_calls_the_old_path_deprecated(browser: Browser) -> None:
    paths = (await browser.get("/api/openapi.json"))["paths"]
    assert paths["/api/quarantine/{id}/replay"]["post"]["deprecated"] is True
    assert "deprecated" not in paths["/api/quarantine/{id}/reprocess"]["post"]


async def test_all_of_a_filter_are_reprocessed_and_the_others_stay(browser: Browser) -> None:
    site = browser.server.site
    for number in range(250):
        put(browser, "last", {"v": number})
    put(browser, "scale", 1)
    put(browser, "nowhere", 2)
    await eventually(lambda: stored(browser, 252))
    status, run = await browser.call("POST", "/api/quarantine/reprocessing", {"node": "last"})
    assert (status, run["total"]) == (200, 250)

    async def ended() -> bool:
        return not (await browser.get("/api/quarantine/reprocessing"))["running"]

    await eventually(ended)
    run = await browser.get("/api/quarantine/reprocessing")
    assert (run["done"], run["skipped"]) == (250, 0)
    assert browser.server.kept == [{"v": number} for number in range(250)]
    rows = await browser.get("/api/quarantine?limit=500")
    assert sorted(row["node"] for row in rows if row["reprocessed"] is None) == ["nowhere", "scale"]
    _, run = await browser.call("POST", "/api/quarantine/reprocessing", {"until": 1_000_000_000})
    assert run["total"] == 0
    await eventually(ended)
    await browser.call("POST", "/api/quarantine/reprocessing", {"since": 1_000_000_000})
    await eventually(ended)
    run = await browser.get("/api/quarantine/reprocessing")
    assert (run["total"], run["done"], run["skipped"]) == (2, 1, 1)
    assert site.flows["gas"].own.under_way == 0


def put(browser: Browser, node: str, payload: object) -> None:
    site = browser.server.site
    message = Message(payload, delivery=site.flows["gas"].own.adopt())
    site.quarantine.put("gas", node, message, "no")
    message.delivery.release()


async def stored(browser: Browser, count: int) -> bool:
    return len(await browser.get("/api/quarantine?limit=500")) == count
