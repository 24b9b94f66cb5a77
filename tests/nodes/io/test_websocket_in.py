"""WebSocket clients under /hook that send."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from engine.runtime.deploy_report import DeployFailed
from nodes.drivers import websocket_room
from tests.eventually import eventually
from tests.nodes.io.webhook_server import WebhookServer, webhook_server

FLOW = "  in: {{type: websocket-in, with: {{path: /live, {more}}}, to: {to}}}\n  gate: {{type: gate, to: keep}}\n  keep: {{type: keep}}\n"


def flow(more: str = "open: true", to: str = "keep") -> str:
    return FLOW.format(more=more, to=to)


@pytest.fixture
async def webhooks(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[WebhookServer]:
    async with webhook_server(postgres_dsn, tmp_path) as server:
        yield server


async def connect(
    webhooks: WebhookServer, path: str = "live", headers: dict[str, str] | None = None
) -> aiohttp.ClientWebSocketResponse:
    return await webhooks.session.ws_connect(
        webhooks.url / path, headers=headers, timeout=aiohttp.ClientWSTimeout(ws_close=2)
    )


async def test_frames_become_messages_in_order(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow())
    client = await connect(webhooks)
    await client.send_str("气体")
    await client.send_bytes(b"\x00\xff")
    await client.send_str('{"v": 1}')
    await eventually(lambda: webhooks.got() == ["气体", b"\x00\xff", '{"v": 1}'])
    websocket = webhooks.messages()[0].props["websocket"]
    assert (websocket["address"], websocket["user"]) == ("127.0.0.1", "")


async def test_client_hears_how_many_frames_are_done_only_when_they_are(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow("open: true, acknowledge: true", "gate"))
    client = await connect(webhooks)
    for number in range(3):
        await client.send_str(str(number))
    await eventually(lambda: webhooks.under_way == 3)
    webhooks.open()
    done = 0
    while done < 3:
        note = await client.receive_json(timeout=60)
        assert note["done"] > done
        done = note["done"]
    assert webhooks.got() == ["0", "1", "2"]


@pytest.mark.parametrize("frame", ["{", "NaN", "[" * 50_000, ""])
async def test_text_that_is_no_json_is_kept_and_counts_as_done(webhooks: WebhookServer, frame: str) -> None:
    await webhooks.deploy(flow("open: true, decode: json, acknowledge: true"))
    client = await connect(webhooks)
    await client.send_str(frame)
    await client.send_str('{"v": 2}')
    await eventually(lambda: webhooks.got() == [{"v": 2}])
    assert "no JSON" in webhooks.refused[-1]
    done = 0
    while done < 2:
        done = (await client.receive_json(timeout=60))["done"]


async def test_frame_above_the_limit_closes_its_connection_only(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow("open: true, largest_bytes: 1000"))
    large, small = await connect(webhooks), await connect(webhooks)
    await large.send_str("x" * 1001)
    assert (await large.receive(timeout=60)).data == 1009
    await small.send_str("x")
    await eventually(lambda: webhooks.got() == ["x"])


async def test_full_flow_stops_reading_and_loses_nothing(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow(to="gate"))
    emitter = webhooks.site.flows["test"].nodes["in"].emitter
    assert emitter is not None
    emitter.window = 2
    client = await connect(webhooks)
    for number in range(10):
        await client.send_str(str(number))
    await eventually(lambda: webhooks.under_way == 2)
    webhooks.open()
    await eventually(lambda: webhooks.got() == [str(number) for number in range(10)])


async def test_clients_stay_connected_through_a_deploy(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow())
    client = await connect(webhooks)
    await webhooks.deploy(flow("open: true, decode: json"))
    await client.send_str("[1]")
    await eventually(lambda: webhooks.got() == [[1]])


async def test_removed_node_closes_clients_and_path(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow())
    client = await connect(webhooks)
    await webhooks.deploy("  keep: {type: keep}\n")
    assert (await client.receive(timeout=60)).data == 1001
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect(webhooks)
    assert refused.value.status == 404


async def test_sign_in_is_needed_unless_open(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow(""))
    for headers, status in (({}, 401), (await webhooks.token("viewer"), 403)):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(webhooks, headers=headers)
        assert refused.value.status == status
    client = await connect(webhooks, headers=await webhooks.token("operator"))
    await client.send_str("x")
    await eventually(lambda: webhooks.got() == ["x"])


async def test_token_that_ends_closes_its_connection(webhooks: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_room, "CHECK_EVERY_S", 0.05)
    await webhooks.deploy(flow(""))
    client = await connect(webhooks, headers=await webhooks.token("operator"))
    for token in await webhooks.server.accounts.tokens():
        await webhooks.server.accounts.remove_token(token.name)
    assert (await client.receive(timeout=60)).data == 1008


async def test_more_clients_than_allowed_are_turned_away(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow("open: true, most_clients: 1"))
    first = await connect(webhooks)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect(webhooks)
    assert refused.value.status == 503
    await first.close()
    await eventually(lambda: not webhooks.instance("in").room.sessions)
    await connect(webhooks)


async def test_plain_request_is_told_to_upgrade(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow())
    async with webhooks.session.get(webhooks.url / "live") as answer:
        assert answer.status == 426


async def test_connection_broken_in_the_middle_of_a_frame_leaves_nothing(webhooks: WebhookServer) -> None:
    await webhooks.deploy(flow())
    reader, writer = await asyncio.open_connection("127.0.0.1", webhooks.server.url.port)
    writer.write(
        b"GET /hook/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert b" 101 " in await reader.readline()
    writer.write(b"\x81\xfe\x01\x00half")
    await writer.drain()
    await eventually(lambda: len(webhooks.instance("in").room.sessions) == 1)
    writer.transport.abort()
    await eventually(lambda: not webhooks.instance("in").room.sessions)
    assert webhooks.got() == []


async def test_bad_path_refuses_the_deploy(webhooks: WebhookServer) -> None:
    with pytest.raises(DeployFailed, match="path"):
        await webhooks.deploy("  in: {type: websocket-in, with: {path: live}, to: keep}\n  keep: {type: keep}\n")
