"""Requests under /hook: what gets in, when it is answered, and who may call."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.flow.problem import FlowError
from engine.runtime.deploy_report import DeployFailed
from tests.engine.web.running import PASSWORD, Browser
from tests.eventually import eventually
from tests.nodes.io.webhook_server import WebhookServer, webhook_server

OPEN = "  in: {type: http-in, with: {path: /data, open: true}, to: keep}\n  keep: {type: keep}\n"
GATED = "  in: {{type: http-in, with: {{path: /data, open: true, {more}}}, to: gate}}\n  gate: {{type: gate, to: keep}}\n  keep: {{type: keep}}\n"


@pytest.fixture
async def webhooks(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[WebhookServer]:
    async with webhook_server(postgres_dsn, tmp_path) as server:
        yield server


async def send(webhooks: WebhookServer, path: str = "data", method: str = "POST", **options: Any) -> tuple[int, str]:
    async with webhooks.session.request(method, webhooks.url.join(webhooks.url / path), **options) as answer:
        return answer.status, await answer.text()


async def test_answer_comes_only_after_the_flow_has_finished(webhooks: WebhookServer) -> None:
    await webhooks.deploy(GATED.format(more="status: 202"))
    sending = asyncio.create_task(send(webhooks, json={"v": 1}))
    await eventually(lambda: webhooks.site.flows["test"].nodes["gate"].queue.depth == 1)  # type: ignore[union-attr]
    assert not sending.done()
    webhooks.open()
    assert await sending == (202, "")
    assert webhooks.got() == [{"v": 1}]


async def test_flow_that_does_not_finish_is_504_and_goes_on_with_the_message(webhooks: WebhookServer) -> None:
    await webhooks.deploy(GATED.format(more="answer_within_s: 0.2"))
    status, text = await send(webhooks, json=1)
    assert status == 504
    assert "goes on with the message" in text
    webhooks.open()
    await eventually(lambda: webhooks.got() == [1])


async def test_full_source_is_503_with_retry_after_and_takes_nothing(webhooks: WebhookServer) -> None:
    await webhooks.deploy(GATED.format(more="most_waiting: 1"))
    first = asyncio.create_task(send(webhooks, json=1))
    await eventually(lambda: webhooks.under_way == 1)
    async with webhooks.session.post(webhooks.url / "data", json=2) as answer:
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "1"
    webhooks.open()
    assert (await first)[0] == 200
    assert webhooks.got() == [1]


async def test_full_window_is_503(webhooks: WebhookServer) -> None:
    await webhooks.deploy(GATED.format(more="answer_within_s: 20"))
    emitter = webhooks.site.flows["test"].nodes["in"].emitter
    assert emitter is not None
    emitter.window = 1
    first = asyncio.create_task(send(webhooks, json=1))
    await eventually(lambda: webhooks.under_way == 1)
    assert (await send(webhooks, json=2))[0] == 503
    webhooks.open()
    assert (await first)[0] == 200


async def test_message_that_is_refused_in_the_flow_is_kept_and_answered(webhooks: WebhookServer) -> None:
    await webhooks.deploy(
        "  in: {type: http-in, with: {path: /data, open: true}, to: write}\n"
        "  write: {type: file-write, with: {file_from: payload.file}}\n"
    )
    assert (await send(webhooks, json={"file": "../../etc/passwd"}))[0] == 200
    async with webhooks.server.database.connection(5) as connection:
        assert "climbs out" in await connection.fetchval("select reason from quarantine")


async def test_path_parameters_key_and_query_are_in_the_message(webhooks: WebhookServer) -> None:
    await webhooks.deploy(
        "  in: {type: http-in, with: {path: '/devices/{sn}/data', key: sn, open: true, headers: [X-Firmware]}, to: keep}\n"
        "  keep: {type: keep}\n"
    )
    url = webhooks.url.join(webhooks.url.with_path("/hook/devices/GS%2F1/data", encoded=True)).with_query("a=1&a=2&b=")
    async with webhooks.session.post(url, json=[1], headers={"X-Firmware": "2.1", "Cookie": "mcs_session=x"}) as answer:
        assert answer.status == 200
    (message,) = webhooks.messages()
    http = message.props["http"]
    assert message.key == "GS/1"
    assert http["params"] == {"sn": "GS/1"}
    assert http["query"] == {"a": ["1", "2"], "b": ""}
    assert http["headers"] == {"x-firmware": "2.1"}
    assert http["address"] == "127.0.0.1"


async def test_get_without_body_has_the_query_as_payload(webhooks: WebhookServer) -> None:
    await webhooks.deploy(
        "  in: {type: http-in, with: {path: /ask, method: GET, open: true}, to: keep}\n  keep: {type: keep}\n"
    )
    assert (await send(webhooks, "ask", "GET", params={"sn": "GS1"}))[0] == 200
    assert webhooks.got() == [{"sn": "GS1"}]


async def test_literal_path_goes_before_parameter(webhooks: WebhookServer) -> None:
    await webhooks.deploy(
        "  any: {type: http-in, with: {path: '/x/{id}', open: true}, to: keep}\n"
        "  one: {type: http-in, with: {path: /x/all, open: true}, to: all}\n"
        "  keep: {type: keep}\n  all: {type: keep}\n"
    )
    await send(webhooks, "x/all", data=b"1")
    await send(webhooks, "x/7", data=b"2")
    assert (webhooks.got("all"), webhooks.got()) == ([b"1"], [b"2"])


@pytest.mark.parametrize(
    ("body", "content_type", "payload"),
    [
        (b'{"a": [1, null]}', "application/json", {"a": [1, None]}),
        (b"1", "application/vnd.x+json", 1),
        (b"a=1&b=%E6%B0%94&b=2", "application/x-www-form-urlencoded", {"a": "1", "b": ["气", "2"]}),
        ("气体".encode("gb18030"), "text/plain; charset=gb18030", "气体"),
        (b"\x00\xff", "application/octet-stream", b"\x00\xff"),
        (b"", "application/octet-stream", b""),
    ],
)
async def test_body_is_decoded_by_its_content_type(
    webhooks: WebhookServer, body: bytes, content_type: str, payload: Any
) -> None:
    await webhooks.deploy(OPEN)
    assert (await send(webhooks, data=body, headers={"Content-Type": content_type}))[0] == 200
    assert webhooks.got() == [payload]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"a": ', "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b"", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'"\xff"', "application/json", 400),
        (b"a=%FF", "application/x-www-form-urlencoded", 400),
        (b"a&b", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 2000), "application/x-www-form-urlencoded", 400),
        (b"\xff", "text/plain", 400),
        (b"x", "text/plain; charset=klingon", 415),
        (b"x", "multipart/form-data; boundary=x", 415),
        (b"x" * 1_000_001, "application/octet-stream", 413),
        (b"x" * 1_000_001, "application/json", 413),
    ],
)
async def test_bad_body_is_refused_to_the_sender_and_never_gets_in(
    webhooks: WebhookServer, body: bytes, content_type: str, status: int
) -> None:
    await webhooks.deploy(OPEN)
    answered, text = await send(webhooks, data=body, headers={"Content-Type": content_type})
    assert answered == status, text
    assert msgspec.json.decode(text)["error"]["message"]
    assert webhooks.got() == []
    assert webhooks.under_way == 0


async def test_packed_body_counts_unpacked(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN)
    bomb = gzip.compress(bytes(200_000_000), 9)
    assert (await send(webhooks, data=bomb, headers={"Content-Encoding": "gzip"}))[0] == 413
    assert (await send(webhooks, data=gzip.compress(b"1"), headers={"Content-Encoding": "gzip"}))[0] == 200
    assert webhooks.got() == [b"1"]


async def test_caller_that_hangs_up_in_the_middle_leaves_nothing(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN)
    _, writer = await asyncio.open_connection("127.0.0.1", webhooks.server.url.port)
    writer.write(b"POST /hook/data HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    await eventually(lambda: webhooks.instance("in").under_way == 1)
    writer.transport.abort()
    await eventually(lambda: webhooks.instance("in").under_way == 0)
    assert webhooks.got() == []


async def test_body_that_does_not_come_in_time_is_408(webhooks: WebhookServer) -> None:
    await webhooks.deploy(GATED.format(more="answer_within_s: 0.2"))
    reader, writer = await asyncio.open_connection("127.0.0.1", webhooks.server.url.port)
    writer.write(b"POST /hook/data HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    assert b" 408 " in await reader.readline()
    writer.close()


async def test_sign_in_is_needed_unless_open(webhooks: WebhookServer) -> None:
    await webhooks.deploy("  in: {type: http-in, with: {path: /data}, to: keep}\n  keep: {type: keep}\n")
    assert (await send(webhooks, data=b"1"))[0] == 401
    assert (await send(webhooks, data=b"1", headers={"Authorization": "Bearer mcs_wrong"}))[0] == 401
    assert (await send(webhooks, data=b"1", headers=await webhooks.token("viewer")))[0] == 403
    assert (await send(webhooks, data=b"1", headers={**await webhooks.token(), "Origin": "https://else.where"}))[
        0
    ] == 200
    assert [message.props["http"]["user"] for message in webhooks.messages()] == ["token:operator-1"]


async def test_cookie_counts_only_from_a_page_of_ours(webhooks: WebhookServer) -> None:
    await webhooks.deploy("  in: {type: http-in, with: {path: /data}, to: keep}\n  keep: {type: keep}\n")
    webhooks.session.cookie_jar.update_cookies({})
    browser = Browser(webhooks.server, webhooks.session)
    async with webhooks.session.post(
        webhooks.server.url / "api/session", json={"user": "admin", "password": PASSWORD}, headers=browser.headers
    ) as answer:
        cookie = {"Cookie": f"mcs_session={answer.cookies['mcs_session'].value}"}
    assert (await send(webhooks, data=b"1", headers=cookie))[0] == 403
    assert (await send(webhooks, data=b"1", headers={**cookie, **browser.headers, "Origin": "http://evil.example"}))[
        0
    ] == 403
    assert (await send(webhooks, data=b"1", headers={**cookie, **browser.headers}))[0] == 200


async def test_open_hook_takes_other_sites_too(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN)
    assert (await send(webhooks, data=b"1", headers={"Origin": "https://else.where"}))[0] == 200


async def test_answer_can_not_act_as_a_page_of_the_editor(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN)
    async with webhooks.session.post(webhooks.url / "data", data=b"1") as answer:
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]


async def test_unknown_path_is_404_and_other_method_405(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN)
    assert (await send(webhooks, "elsewhere"))[0] == 404
    async with webhooks.session.put(webhooks.url / "data") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path", ["/hook/", "/hook/data/", "/hook//data", "/hook/data%00", "/hook/%ff", "/hook/x/../data%2f"]
)
async def test_odd_paths_lead_nowhere(webhooks: WebhookServer, path: str) -> None:
    await webhooks.deploy(OPEN)
    reader, writer = await asyncio.open_connection("127.0.0.1", webhooks.server.url.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
    assert b" 404 " in await reader.readline()
    writer.close()


async def test_deploy_takes_over_without_an_unanswered_request(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN)
    statuses: list[int] = []

    async def call() -> None:
        while len(statuses) < 150:
            statuses.append((await send(webhooks, data=b"1"))[0])

    calling = asyncio.create_task(call())
    for largest_bytes in (10, 20, 30):
        await webhooks.deploy(OPEN.replace("open: true", f"open: true, largest_bytes: {largest_bytes}"))
    await calling
    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200


async def test_removed_node_closes_its_path(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN)
    await webhooks.deploy("  keep: {type: keep}\n")
    assert (await send(webhooks))[0] == 404


async def test_refused_deploy_leaves_the_path_as_it_was(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN)
    with pytest.raises(DeployFailed):
        await webhooks.deploy(
            OPEN.replace("/data", "/other") + "  bad: {type: http-in, with: {path: 'a b'}, to: keep}\n"
        )
    assert (await send(webhooks))[0] == 200


@pytest.mark.parametrize("path", ["data", "/", "/a//b", "/{a}/{a}", "/a b", "/..", "/{A}", "/a?b", "/a/"])
async def test_bad_path_is_refused_with_the_reason(webhooks: WebhookServer, path: str) -> None:
    with pytest.raises(DeployFailed, match="path:"):
        await webhooks.deploy(f"  in: {{type: http-in, with: {{path: '{path}'}}, to: keep}}\n  keep: {{type: keep}}\n")


async def test_second_node_of_a_flow_on_the_same_path_says_so(webhooks: WebhookServer) -> None:
    await webhooks.deploy(OPEN + "  two: {type: http-in, with: {path: /data, open: true}, to: keep}\n")
    levels = {webhooks.status(id)[1] for id in ("in", "two")}
    assert levels == {"ok", "error"}
    assert (await send(webhooks))[0] == 200


@pytest.mark.parametrize("header", ["Authorization", "cookie"])
async def test_secret_headers_do_not_travel_in_messages(webhooks: WebhookServer, header: str) -> None:
    with pytest.raises(FlowError, match="secret"):
        await webhooks.deploy(
            f"  in: {{type: http-in, with: {{path: /data, headers: [{header}]}}, to: keep}}\n  keep: {{type: keep}}\n"
        )
