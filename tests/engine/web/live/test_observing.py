"""Looking into a running flow: Prometheus figures, a tap on a wire, the trace of one message, and that none of it stays on."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import aiohttp
import pytest

from engine.api import Emitter, Source, node
from engine.catalogue.node_types import NodeType
from engine.flow.yaml.read import read_flow
from engine.runtime.source_emitter import SourceEmitter
from tests.engine.web.running import Browser, RunningServer
from tests.eventually import eventually


def source(server: RunningServer) -> SourceEmitter:
    """Where messages of the flow come in."""
    emitter = server.site.flows["gas"].nodes["tick"].emitter
    assert emitter is not None
    return emitter


def figures(text: str) -> dict[str, float]:
    """{name and labels: value} of Prometheus' text; AssertionError on a line that is not of that format."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP \w+ .+|TYPE \w+ (counter|gauge|histogram))", line), line
            continue
        match = re.fullmatch(r'(\w+(?:\{(?:\w+="[^"]*",?)*\})?) (\S+)', line)
        assert match, line
        found[match[1]] = float(match[2])
    return found


async def test_metrics_count_what_came_in_went_out_and_failed(server: RunningServer, browser: Browser) -> None:
    """Two numbers and a text: the text is refused by `scale`, and nothing is left under way."""
    for payload in (1, 2, "three"):
        source(server).push(payload)
    told = figures(await browser.get("/metrics"))
    assert told['mcs_node_messages_in_total{flow="gas",node="scale"}'] == 3
    assert told['mcs_node_messages_out_total{flow="gas",node="scale",port="out"}'] == 2
    assert told['mcs_node_errors_total{flow="gas",node="scale"}'] == 1
    assert told["mcs_quarantined_messages_total"] == 1
    assert told['mcs_node_messages_in_total{flow="gas",node="last"}'] == 2
    assert told['mcs_node_seconds_count{flow="gas",node="scale"}'] >= 1
    assert told["process_resident_memory_bytes"] > 0
    await eventually(lambda: source(server).under_way == 0)


async def _next(socket: aiohttp.ClientWebSocketResponse, topic: str) -> list[dict[str, Any]]:
    while True:
        frame = json.loads((await socket.receive(timeout=60)).data)
        if frame.get("topic") == topic and frame["items"]:
            items: list[dict[str, Any]] = frame["items"]
            return items


async def test_tap_shows_the_messages_of_one_wire_until_nobody_looks(server: RunningServer, browser: Browser) -> None:
    """Over the WebSocket; with the last viewer the flow takes the fast way again."""
    watch = server.site.flows["gas"].observer
    url = server.url.join(server.url.with_path("/api/ws"))
    async with browser.session.ws_connect(url, headers=browser.headers) as socket:
        await socket.send_str('{"subscribe": "tap:gas/scale/out"}')
        await eventually(lambda: watch.all)
        source(server).push(21, "a/topic", key="GS001")
        shown = (await _next(socket, "tap:gas/scale/out"))[0]
        assert (shown["value"], shown["topic"], shown["key"], shown["count"]) == (42, "a/topic", "GS001", 1)
        await socket.send_str('{"unsubscribe": "tap:gas/scale/out"}')
        await eventually(lambda: not watch.all)


async def test_trace_has_the_value_at_every_hop_and_the_reason_where_it_ended(
    server: RunningServer, browser: Browser
) -> None:
    """On request, of messages with that key only; then nothing is recorded any more."""
    assert (await browser.call("POST", "/api/flows/gas/trace", {"key": "GS002"}))[0] == 200
    source(server).push(1, key="GS001")
    source(server).push("no number", key="GS002")
    source(server).push(5, key="GS002")
    rows = await browser.get("/api/flows/gas/traces")
    assert [(row["nodes"], row["failed"]) for row in rows] == [(["tick", "scale"], True)]
    trace = await browser.get(f"/api/flows/gas/traces/{rows[0]['id']}")
    assert [(hop["node"], hop["given"]) for hop in trace["hops"]] == [("tick", "no number"), ("scale", "no number")]
    assert "send a number" in trace["hops"][1]["error"]
    assert not server.site.flows["gas"].observer.all


async def test_trace_of_a_message_that_went_through_ends_at_the_last_node(
    server: RunningServer, browser: Browser
) -> None:
    await browser.call("POST", "/api/flows/gas/trace", {})
    source(server).push(3)
    [row] = await browser.get("/api/flows/gas/traces")
    trace = await browser.get(f"/api/flows/gas/traces/{row['id']}")
    assert [(hop["node"], hop["outputs"]) for hop in trace["hops"]] == [
        ("tick", [["out", 3]]),
        ("scale", [["out", 6.0]]),
        ("last", []),
    ]
    assert server.kept == [6]


async def test_a_source_that_is_given_nothing_brings_the_message_of_its_own(
    server: RunningServer, browser: Browser
) -> None:
    assert (await browser.call("POST", "/api/flows/gas/nodes/tick/inject", {}))[0] == 200
    assert (await browser.call("POST", "/api/flows/gas/nodes/tick/inject", {"message": {"payload": 4}}))[0] == 200
    assert server.kept == [2, 8]


async def test_a_node_that_fires_as_of_old_is_still_asked_to(server: RunningServer, browser: Browser) -> None:
    with pytest.warns(FutureWarning, match="OldTick.fire: derive the class from engine.api.Injectable"):

        @node(category="testing")
        class OldTick(Source):
            async def run(self, emit: Emitter) -> None:
                self.emit = emit
                await asyncio.Event().wait()

            def fire(self) -> None:
                self.emit.push(7)

    server.site.catalogue.add(NodeType(OldTick))
    old, _ = read_flow("flow: old\nnodes:\n  go: {type: old-tick, to: end}\n  end: {type: last}\n")
    assert old is not None
    await server.site.deploy(old)
    await asyncio.sleep(0)
    assert (await browser.call("POST", "/api/flows/old/nodes/go/inject", {}))[0] == 200
    assert server.site.flows["old"].nodes["end"].instance.kept == [7]  # type: ignore[attr-defined]


async def test_frames_name_the_subscription_that_they_belong_to(server: RunningServer, browser: Browser) -> None:
    """A browser that asks a topic again, with another filter, leaves out what it gets of the subscription before."""
    url = server.url.join(server.url.with_path("/api/ws"))
    async with browser.session.ws_connect(url, headers=browser.headers) as socket:
        for ref in (1, 2):
            await socket.send_json({"subscribe": "telemetry:gas", "ref": ref})
        refs = [1]
        while refs[-1] == 1:
            refs.append((await socket.receive_json())["ref"])
        assert (await socket.receive_json())["ref"] == 2


async def test_socket_with_a_cookie_needs_our_origin_whatever_else_it_sends(
    server: RunningServer, browser: Browser
) -> None:
    """A page elsewhere makes a browser send `Authorization: Basic` by an address with a user in it."""
    url = server.url.with_path("/api/ws")
    for more in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "x"}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await browser.session.ws_connect(url, headers={"Origin": "https://evil.example", **more})
        assert refused.value.status == 403
