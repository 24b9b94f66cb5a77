"""A pack's routes are checked, documented and audited as the engine's own."""

from __future__ import annotations

from tests.engine.web.conftest import NewBrowser
from tests.engine.web.running import Browser

PATH = "/api/testing/weigh/stone"


async def test_body_that_is_no_json_comes_as_bytes(browser: Browser) -> None:
    headers = {**browser.headers, "Content-Type": "image/png"}
    async with browser.session.post(browser.server.url / PATH[1:], data=b"abc", headers=headers) as answer:
        assert await answer.json() == {"size": 3}
    [line, *_] = await browser.get("/api/audit")
    assert (line["action"], line["target"], line["details"]) == ("testing.weigh", "stone", {"size": 3})


async def test_another_content_type_is_refused(browser: Browser) -> None:
    headers = {**browser.headers, "Content-Type": "text/html"}
    async with browser.session.post(browser.server.url / PATH[1:], data=b"abc", headers=headers) as answer:
        assert answer.status == 415
        assert (await answer.json())["error"]["code"] == "wrong_type"


async def test_role_is_asked_for(new_browser: NewBrowser) -> None:
    viewer = await new_browser("viewer")
    assert (await viewer.call("POST", PATH, {}))[0] == 403


async def test_it_is_in_the_openapi_document(browser: Browser) -> None:
    described = (await browser.get("/api/openapi.json"))["paths"]["/api/testing/weigh/{what}"]["post"]
    assert described["summary"] == "How many bytes came."
    assert list(described["requestBody"]["content"]) == ["image/png"]
    assert described["x-role"] == "operator"
