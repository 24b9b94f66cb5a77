"""http-request against a real HTTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.catalogue.node_types import Catalogue
from engine.core.clock import SystemClock
from engine.runtime.site import Site
from engine.settings import Settings
from engine.testing import NodeHarness
from nodes.io.http_request import HttpRequest
from tests.eventually import eventually
from tests.nodes.io.conftest import HERE
from tests.waits import HurriedClock, assert_waits_grow


class Service:
    """A web service that says what it was asked, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.failures = 0
        self.asked = 0

    async def echo(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.failures:
            self.failures -= 1
            return web.Response(status=503)
        body = await request.text()
        sent = {"method": request.method, "path": request.raw_path, "body": body, "type": request.content_type}
        return web.json_response({**sent, "x": request.headers.get("X-Sn")})

    async def text(self, request: web.Request) -> web.Response:
        return web.Response(text="20,9 %vol")

    async def raw(self, request: web.Request) -> web.Response:
        return web.Response(body=b"\x00\xff", content_type="image/png")

    async def missing(self, request: web.Request) -> web.Response:
        return web.json_response({"error": "no such device"}, status=404)

    async def away(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/echo")

    async def broken(self, request: web.Request) -> web.Response:
        return web.Response(text="{oops", content_type="application/json")

    async def gbk(self, request: web.Request) -> web.Response:
        body = '{"name": "泵房"}'.encode("gbk")
        return web.Response(body=body, headers={"Content-Type": "application/json; charset=gbk"})

    async def unheard(self, request: web.Request) -> web.Response:
        return web.Response(body=b"x", headers={"Content-Type": "text/plain; charset=nobody-s"})

    async def large(self, request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 100_000)


@pytest.fixture
async def service() -> AsyncIterator[tuple[Service, str]]:
    """The service and its address."""
    made = Service()
    application = web.Application()
    application.router.add_route("*", "/echo{rest:.*}", made.echo)
    for name in ("text", "raw", "missing", "away", "broken", "gbk", "unheard", "large"):
        application.router.add_get(f"/{name}", getattr(made, name))
    async with TestServer(application) as server:
        yield made, f"http://127.0.0.1:{server.port}"


def bench_on(url: str, **config: Any) -> NodeHarness:
    return NodeHarness(
        HttpRequest,
        {"url": url, **config},
        site=Site(Catalogue(), SystemClock(), settings=Settings(allowed_targets=HERE)),
    )  # type: ignore[arg-type]


async def answered(url: str, given: Any = 1, **config: Any) -> tuple[Any, dict[str, Any]]:
    """(payload, properties) of the one message that leaves."""
    async with bench_on(url, **config) as bench:
        await bench.give(given)
        await eventually(lambda: bench.outputs)
        return bench.outputs[0].payload, dict(bench.outputs[0].message.props)


async def test_places_are_filled_in_and_json_is_decoded(service: tuple[Service, str]):
    payload, props = await answered(
        f"{service[1]}/echo/{{{{key}}}}?v={{{{payload.v}}}}",
        {"payload": {"v": "a&b=1"}, "key": "GS/1"},
        headers={"X-Sn": "{{key}}"},
    )
    assert (payload["method"], payload["path"], payload["x"]) == ("GET", "/echo/GS%2F1?v=a%26b%3D1", "GS/1")
    assert props["status"] == 200


@pytest.mark.parametrize(
    ("given", "body", "kind"),
    [
        ({"a": 1}, '{"a":1}', "application/json"),
        ("text", "text", "text/plain"),
        (b"raw", "raw", "application/octet-stream"),
    ],
)
async def test_payload_is_the_body_of_a_post(service: tuple[Service, str], given: Any, body: str, kind: str):
    payload, _ = await answered(f"{service[1]}/echo", given, method="POST")
    assert (payload["method"], payload["body"], payload["type"]) == ("POST", body, kind)


async def test_body_is_a_text_with_places(service: tuple[Service, str]):
    payload, _ = await answered(f"{service[1]}/echo", {"t": 1.5}, method="PUT", body='{"temp": {{payload.t}}}')
    assert payload["body"] == '{"temp": 1.5}'


async def test_other_answers_come_as_text_or_bytes(service: tuple[Service, str]):
    assert (await answered(f"{service[1]}/text"))[0] == "20,9 %vol"
    assert (await answered(f"{service[1]}/raw"))[0] == b"\x00\xff"


async def test_json_in_the_charset_that_the_answer_names_is_decoded(service: tuple[Service, str]):
    assert (await answered(f"{service[1]}/gbk"))[0] == {"name": "泵房"}


async def test_a_status_below_500_is_an_answer(service: tuple[Service, str]):
    payload, props = await answered(f"{service[1]}/missing")
    assert (payload, props["status"]) == ({"error": "no such device"}, 404)


async def test_redirects_are_not_followed(service: tuple[Service, str]):
    _, props = await answered(f"{service[1]}/away")
    assert props["status"] == 302
    assert service[0].asked == 0


async def test_a_service_that_fails_for_a_while_is_asked_again(service: tuple[Service, str]):
    service[0].failures = 2
    payload, _ = await answered(f"{service[1]}/echo", retries=2)
    assert payload["method"] == "GET"
    assert service[0].asked == 3


async def test_a_service_that_goes_on_failing_refuses_the_message(service: tuple[Service, str]):
    service[0].failures = 100
    async with bench_on(f"{service[1]}/echo", retries=1) as bench:
        await bench.give(1)
        await eventually(lambda: bench.errors)
        assert bench.errors == ["127.0.0.1: it answered 503 Service Unavailable (tried 2 times)"]
        assert service[0].asked == 2


async def test_nobody_there_is_said(service: tuple[Service, str]):
    async with bench_on("http://127.0.0.1:1/", retries=0) as bench:
        await bench.give(1)
        await eventually(lambda: bench.errors)
        assert "127.0.0.1" in bench.errors[0]


@pytest.mark.parametrize(
    ("path", "config", "reason"),
    [
        ("broken", {}, "says it is JSON"),
        ("unheard", {}, "the answer says its charset is `nobody-s`, which is not known"),
        ("large", {"largest_bytes": 1000}, "larger than 1,000 bytes; raise the largest answer"),
    ],
)
async def test_an_answer_that_can_not_be_taken_is_refused(
    service: tuple[Service, str], path: str, config: dict[str, Any], reason: str
):
    async with bench_on(f"{service[1]}/{path}", **config) as bench:
        await bench.give(1)
        await eventually(lambda: bench.errors)
        assert reason in bench.errors[0]


async def test_a_line_break_can_not_forge_a_header(service: tuple[Service, str]):
    async with bench_on(f"{service[1]}/echo", headers={"X-Sn": "{{payload}}"}) as bench:
        await bench.give("a\r\nX-Admin: 1")
        await eventually(lambda: bench.errors)
        assert "line break" in bench.errors[0]


async def test_the_host_can_not_come_from_a_message():
    with pytest.raises(msgspec.ValidationError, match="host can't come from a message"):
        await bench_on("http://{{payload.host}}/").__aenter__()


async def test_a_service_that_fails_is_asked_less_and_less_often_and_for_the_next_message_as_soon_as_at_first(
    service: tuple[Service, str],
):
    service[0].failures = 1000
    clock = HurriedClock()
    site = Site(Catalogue(), clock, settings=Settings(allowed_targets=HERE))
    async with NodeHarness(HttpRequest, {"url": f"{service[1]}/echo", "retries": 9}, site=site, clock=clock) as bench:
        await bench.give(1, 2)
        await eventually(lambda: len(bench.errors) == 2)
    assert_waits_grow(clock.waits[:9], 0.5, 60.0)
    assert_waits_grow(clock.waits[9:], 0.5, 60.0)
