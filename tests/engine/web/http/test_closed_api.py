"""A pack can close the API: everything refuses then, except what is needed to open it again."""

from __future__ import annotations

import aiohttp
import pytest
from yarl import URL

from engine.runtime.services.suspension import Refusal
from tests.engine.web.running import Browser, RunningServer

REFUSAL = Refusal(code="closed", message="Closed Today", hint="come back", open=("/api/testing/look",))


@pytest.mark.parametrize("path", ["/api/flows", "/api/users", "/api/openapi.json", "/hook/anything", "/api/none-such"])
async def test_closed_api_answers_403_on_every_route(server: RunningServer, browser: Browser, path: str) -> None:
    await server.site.suspension.close_api("testing", REFUSAL)

    status, answer = await browser.call("GET", path)

    assert status == 403
    assert answer["error"] == {"code": "closed", "message": "Closed Today", "hint": "come back"}


async def test_health_sign_in_and_named_paths_answer_while_closed(server: RunningServer, browser: Browser) -> None:
    await server.site.suspension.close_api("testing", REFUSAL)

    for path in ("/api/health", "/api/session", "/api/testing/look", "/metrics", "/"):
        assert (await browser.call("GET", path))[0] == 200, path
    assert (await browser.call("POST", "/api/testing/press", {}))[0] == 403


async def test_api_answers_again_when_opened(server: RunningServer, browser: Browser) -> None:
    await server.site.suspension.close_api("testing", REFUSAL)
    server.site.suspension.open_api("testing")

    assert (await browser.call("GET", "/api/flows"))[0] == 200


async def test_sockets_are_closed_and_refused(server: RunningServer, browser: Browser) -> None:
    url = server.url.join(URL("/api/ws"))
    async with browser.session.ws_connect(url, headers=browser.headers) as socket:
        await server.site.suspension.close_api("testing", REFUSAL)
        assert (await socket.receive(5)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.session.ws_connect(url, headers=browser.headers)
    assert refused.value.status == 403


async def test_sockets_are_told_to_come_again_while_flows_are_starting(server: RunningServer, browser: Browser) -> None:
    """A tab that is left open over a restart would be told for good that its flow does not run."""
    server.starting = "starting flows"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.session.ws_connect(server.url.join(URL("/api/ws")), headers=browser.headers)
    assert refused.value.status == 503
    assert refused.value.headers is not None
    assert refused.value.headers["Retry-After"] == "2"

    server.starting = ""
    async with browser.session.ws_connect(server.url.join(URL("/api/ws")), headers=browser.headers) as socket:
        assert not socket.closed
