"""WebSocket clients under /hook that are sent to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from nodes.drivers import websocket_room
from tests.eventually import eventually
from tests.nodes.io.test_websocket_in import connect
from tests.nodes.io.webhook_server import WebhookServer, webhook_server

ALONE = "  out: {type: websocket-out, with: {path: /live, open: true}}\n"
BOTH = (
    "  in: {type: websocket-in, with: {path: /live, open: true}, to: out}\n"
    "  out: {type: websocket-out, with: {path: /live, open: true, to: sender}}\n"
)


@pytest.fixture
async def webhooks(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[WebhookServer]:
    async with webhook_server(postgres_dsn, tmp_path) as server:
        yield server


async def test_all_clients_get_each_message(webhooks: WebhookServer) -> None:
    await webhooks.deploy(ALONE)
    clients = [await connect(webhooks), await connect(webhooks)]
    for payload in ("气", {"v": 1}, b"\xff"):
        webhooks.give("out", payload)
    for client in clients:
        assert [(await client.receive(timeout=60)).data for _ in range(3)] == ["气", '{"v":1}', b"\xff"]


async def test_what_clients_send_without_a_reader_is_thrown_away(webhooks: WebhookServer) -> None:
    await webhooks.deploy(ALONE)
    client = await connect(webhooks)
    for _ in range(200):
        await client.send_str("x" * 10_000)
    webhooks.give("out", "still there")
    assert await client.receive_str(timeout=60) == "still there"


async def test_sender_gets_its_answer_and_nobody_else(webhooks: WebhookServer) -> None:
    await webhooks.deploy(BOTH)
    asking, other = await connect(webhooks), await connect(webhooks)
    await asking.send_str("mine")
    assert await asking.receive_str(timeout=60) == "mine"
    await other.send_str("other")
    assert await other.receive_str(timeout=60) == "other"


async def test_message_without_or_with_a_gone_client_is_refused(webhooks: WebhookServer) -> None:
    await webhooks.deploy(BOTH)
    webhooks.give("out", "x")
    webhooks.give("out", "x", websocket={"session": "gone"})
    webhooks.give("out", "x", websocket=[1])
    await eventually(lambda: webhooks.site.quarantine.count == 3)
    assert ["websocket-in" in reason or "gone" in reason for reason in webhooks.refused] == [True] * 3


async def test_message_without_any_client_is_done(webhooks: WebhookServer) -> None:
    await webhooks.deploy(ALONE)
    webhooks.give("out", "x")
    await eventually(lambda: webhooks.under_way == 0)
    assert webhooks.refused == []


async def test_client_that_takes_nothing_is_closed_and_does_not_hold_up_the_others(
    webhooks: WebhookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_room, "SEND_S", 0.3)
    await webhooks.deploy(ALONE)
    reader, stuck = await asyncio.open_connection("127.0.0.1", webhooks.server.url.port, limit=1024)
    stuck.write(
        b"GET /hook/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert b" 101 " in await reader.readline()
    stuck.transport.pause_reading()  # type: ignore[attr-defined]
    client = await connect(webhooks)
    await eventually(lambda: len(webhooks.instance("out").room.sessions) == 2)
    for _ in range(30):
        webhooks.give("out", "x" * 1_000_000)
    webhooks.give("out", "end")
    received: list[Any] = []
    while received[-1:] != ["end"]:
        received.append(await client.receive_str(timeout=60))
    assert len(received) == 31
    await eventually(lambda: len(webhooks.instance("out").room.sessions) == 1)
    stuck.transport.abort()


async def test_payload_that_json_can_not_say_is_refused(webhooks: WebhookServer) -> None:
    await webhooks.deploy(ALONE)
    webhooks.give("out", object())
    await eventually(lambda: "JSON" in "".join(webhooks.refused))


async def test_strictest_rules_hold_where_nodes_share_a_path(webhooks: WebhookServer) -> None:
    await webhooks.deploy(BOTH.replace("open: true, to: sender", "role: admin, to: sender"))
    async with webhooks.session.get(webhooks.url / "live", headers=await webhooks.token("viewer")) as answer:
        assert answer.status == 403
