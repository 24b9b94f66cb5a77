"""Links between flows: what leads nowhere is told while a draft is written, at the deploy, and when the other flow goes."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from engine.catalogue.node_types import NodeType
from nodes.core.link_call import LinkCall
from nodes.core.link_in import LinkIn
from nodes.core.link_out import LinkOut
from tests.engine.web.running import Browser, RunningServer

CALLS = """\
flow: calls
nodes:
  tick: {type: tick, to: ask}
  ask: {type: link-call, with: {to: hall/entry}, to: last}
  last: {type: last}
"""
HALL = """\
flow: hall
nodes:
  entry: {type: link-in, to: last}
  last: {type: last}
"""


@pytest.fixture(autouse=True)
def link_nodes(server: RunningServer) -> None:
    for node in (LinkCall, LinkIn, LinkOut):
        server.site.catalogue.add(NodeType(node))


async def warnings(browser: Browser, flow: str) -> list[str]:
    return [problem["message"] for problem in (await browser.get(f"/api/flows/{flow}"))["problems"]]


async def add(browser: Browser, name: str, text: str) -> dict[str, Any]:
    status, answer = await browser.call("POST", "/api/flows", {"name": name, "text": text})
    assert status == 201, answer
    return answer


async def test_link_to_a_flow_that_is_not_there_is_a_warning_and_starts(
    browser: Browser, caplog: pytest.LogCaptureFixture
):
    """It may come later; the log and the flow's page say so until it does."""
    with caplog.at_level(logging.WARNING, "mcs.deploys"):
        await add(browser, "calls", CALLS)
    assert await warnings(browser, "calls") == ["there is no flow `hall`"]
    assert [record.getMessage().partition(": ")[2][:8] for record in caplog.records] == ["node ask"]
    await add(browser, "hall", HALL)
    assert await warnings(browser, "calls") == []


async def test_flow_that_others_link_to_is_missed_when_it_is_removed(browser: Browser):
    """The flow with the link was not touched and is told of all the same."""
    base = (await add(browser, "hall", HALL))["revision"]
    await add(browser, "calls", CALLS)
    assert (await browser.call("DELETE", "/api/flows/hall", {"base": base}))[0] == 204
    assert await warnings(browser, "calls") == ["there is no flow `hall`"]


async def test_draft_is_checked_against_the_flows_that_run(browser: Browser):
    """And told of its own links only."""
    await add(browser, "hall", HALL)
    await add(browser, "calls", CALLS)
    draft = CALLS.replace("hall/entry", "hall/entri")
    _, told = await browser.call("POST", "/api/flows/calls/preview", {"text": draft})
    assert [(problem["line"], problem["severity"]) for problem in told["problems"]] == [(4, "warning")]
    _, told = await browser.call("POST", "/api/flows/hall/preview", {"text": HALL.replace("entry:", "door:")})
    assert told["problems"] == []
