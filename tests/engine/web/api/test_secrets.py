"""A secret's way from the page into a node that runs: stored over HTTP, filled in at a start, replaced, removed."""

from __future__ import annotations

from typing import Any

from tests.engine.web.running import FLOW, Browser, RunningServer

VALUE = "0.00081523"
WITH_SECRET = FLOW.replace("factor: 2", 'factor: "${secret:factor}"')


async def deploy(browser: Browser, text: str) -> tuple[int, dict[str, Any]]:
    """(status, answer) of a deploy on what the file says now."""
    base = (await browser.get("/api/flows/gas"))["revision"]
    return await browser.call("POST", "/api/flows/gas/deploy", {"base": base, "text": text})


async def emitted(server: RunningServer, payload: float) -> None:
    """A message goes through the running flow to its end."""
    await server.site.flows["gas"].nodes["tick"].instance.emit(payload)  # type: ignore[attr-defined]


async def test_node_runs_with_the_secret_that_was_stored_before_its_start(server: RunningServer, browser: Browser):
    """The server began without any secret, as every server does."""
    assert (await browser.call("PUT", "/api/secrets/factor", {"value": VALUE}))[0] == 204
    status, answer = await deploy(browser, WITH_SECRET)
    assert status == 200, answer
    await emitted(server, 1e8)
    assert server.kept == [81523.0]


async def test_replaced_secret_is_taken_at_the_next_deploy_by_the_nodes_that_name_it(
    server: RunningServer, browser: Browser
):
    """Until then the node goes on with what it started with."""
    await browser.call("PUT", "/api/secrets/factor", {"value": "3"})
    await deploy(browser, WITH_SECRET)
    await browser.call("PUT", "/api/secrets/factor", {"value": "5"})
    await emitted(server, 1)
    _, told = await browser.call("POST", "/api/flows/gas/preview", {"text": WITH_SECRET})
    assert told["restarts"] == ["scale"]
    _, answer = await deploy(browser, WITH_SECRET)
    assert answer["report"]["changed"] == ["scale"]
    await emitted(server, 1)
    assert server.kept == [3.0, 5.0]


async def test_secret_that_is_not_there_is_a_problem_with_its_line(server: RunningServer, browser: Browser):
    """While the draft is written, and at the deploy, which leaves what runs as it was."""
    await browser.call("PUT", "/api/secrets/other", {"value": VALUE})
    _, told = await browser.call("POST", "/api/flows/gas/preview", {"text": WITH_SECRET})
    (problem,) = told["problems"]
    assert (problem["line"], problem["node"], problem["field"]) == (10, "scale", "with.factor")
    status, answer = await deploy(browser, WITH_SECRET)
    assert (status, [refused["line"] for refused in answer["error"]["problems"]]) == (422, [10])
    await emitted(server, 3)
    assert server.kept == [6.0]


async def test_removed_secret_stops_no_running_node_and_the_next_deploy(server: RunningServer, browser: Browser):
    """As the page says before it removes one."""
    await browser.call("PUT", "/api/secrets/factor", {"value": "3"})
    await deploy(browser, WITH_SECRET)
    assert (await browser.call("DELETE", "/api/secrets/factor"))[0] == 204
    await emitted(server, 1)
    assert server.kept == [3.0]
    status, _ = await deploy(browser, WITH_SECRET)
    assert status == 422


async def test_value_is_in_no_answer(server: RunningServer, browser: Browser):
    """Neither of the flow that uses it, nor of its deploy, its draft, its trial or health."""
    await browser.call("PUT", "/api/secrets/factor", {"value": VALUE})
    case = {"name": "try", "given": [{"node": "scale", "payload": 1}]}
    answers = [
        await deploy(browser, WITH_SECRET),
        await browser.call("POST", "/api/flows/gas/preview", {"text": WITH_SECRET}),
        await browser.call("POST", "/api/flows/gas/try", {"text": WITH_SECRET, "case": case}),
        *[await browser.get(path) for path in ("/api/secrets", "/api/flows/gas", "/api/health", "/api/references")],
    ]
    assert VALUE not in str(answers)
