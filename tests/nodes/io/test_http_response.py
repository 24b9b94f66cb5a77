"""Answers that a flow gives to requests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.flow.problem import FlowError
from tests.eventually import eventually
from tests.nodes.io.webhook_server import WebhookServer, webhook_server

FLOW = (
    "  in: {{type: http-in, with: {{path: /echo, open: true}}, to: [answer, gate]}}\n"
    "  answer: {{type: http-response, with: {{{config}}}}}\n"
    "  gate: {{type: gate}}\n"
)


@pytest.fixture
async def webhooks(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[WebhookServer]:
    async with webhook_server(postgres_dsn, tmp_path) as server:
        yield server


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"a":1}', "application/json"),
        (b"hello", "text/plain"),
        (b"\x00\x01", "application/octet-stream"),
    ],
)
async def test_payload_is_sent_back_as_what_it_is_before_the_flow_has_finished(
    webhooks: WebhookServer, body: bytes, content_type: str
) -> None:
    await webhooks.deploy(FLOW.format(config="status: 201, headers: {X-Plant: north}"))
    async with webhooks.session.post(
        webhooks.url / "echo", data=body, headers={"Content-Type": content_type}
    ) as answer:
        assert (answer.status, answer.content_type, answer.headers["X-Plant"]) == (201, content_type, "north")
        assert await answer.read() == body
    assert webhooks.under_way == 1
    webhooks.open()


async def test_status_from_the_message_is_used(webhooks: WebhookServer) -> None:
    await webhooks.deploy(FLOW.format(config="status_from: payload.status"))
    for given, answered in ((404, 404), (None, 200)):
        async with webhooks.session.post(webhooks.url / "echo", json={"status": given}) as answer:
            assert answer.status == answered


@pytest.mark.parametrize("status", [99, 100, 600, "200", True, 10**30])
async def test_status_that_is_none_is_refused_and_the_receipt_is_sent(webhooks: WebhookServer, status: object) -> None:
    await webhooks.deploy(FLOW.format(config="status_from: payload.status"))
    webhooks.open()
    async with webhooks.session.post(webhooks.url / "echo", json={"status": status}) as answer:
        assert answer.status == 200
    assert "HTTP status" in webhooks.refused[0]


async def test_message_of_no_request_is_refused(webhooks: WebhookServer) -> None:
    await webhooks.deploy(FLOW.format(config=""))
    webhooks.give("answer", "x")
    webhooks.give("answer", "x", http="hostile")
    webhooks.give("answer", "x", http={"request": 7})
    assert len(webhooks.refused) == 3
    assert "http-in" in webhooks.refused[0]


async def test_second_answer_is_dropped_and_counted(webhooks: WebhookServer) -> None:
    await webhooks.deploy(
        "  in: {type: http-in, with: {path: /echo, open: true}, to: [answer, again]}\n"
        "  answer: {type: http-response, with: {status: 201}}\n  again: {type: http-response, with: {status: 202}}\n"
    )
    async with webhooks.session.post(webhooks.url / "echo", data=b"x") as answer:
        assert answer.status in (201, 202)
    await eventually(
        lambda: sum(webhooks.site.flows["test"].nodes[id].context.dropped for id in ("answer", "again")) == 1
    )


async def test_payload_that_json_can_not_say_is_refused(webhooks: WebhookServer) -> None:
    await webhooks.deploy(FLOW.format(config=""))
    webhooks.give("answer", {"x": object()}, http={"request": "x"})
    assert "JSON" in webhooks.refused[0]


@pytest.mark.parametrize(
    "headers", ["{Set-Cookie: a=b}", "{Content-Length: '1'}", '{"X-A": "a\\r\\nX-B: c"}', "{'a b': c}", '{X-A: "\\0"}']
)
async def test_header_that_splits_or_overrides_the_answer_is_refused(webhooks: WebhookServer, headers: str) -> None:
    with pytest.raises(FlowError, match="header"):
        await webhooks.deploy(FLOW.format(config=f"headers: {headers}"))
