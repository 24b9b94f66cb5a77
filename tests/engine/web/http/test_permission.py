"""Nodes that run code are put in by integrators only, and no test over the web switches on what the site has switched off."""

from __future__ import annotations

from engine.catalogue.node_types import NodeType
from nodes import pack as nodes_pack
from nodes.core import NODES as CORE
from nodes.core.parts.python_worker import PythonPermission
from tests.engine.web.conftest import NewBrowser
from tests.engine.web.running import FLOW, Browser, RunningServer

CODE = "def process(msg): return {'payload': 1}"
WITH_CODE = FLOW.replace(
    "    to: scale\n", f'    to: [scale, code]\n  code: {{type: python, with: {{code: "{CODE}"}}}}\n'
)


def add_nodes(server: RunningServer) -> None:
    catalogue = server.site.catalogue
    for cls in CORE:
        catalogue.add(NodeType(cls, "nodes"))
    catalogue.packs["nodes"] = nodes_pack


def allow(server: RunningServer, allowed: bool) -> None:
    server.site.provide(PythonPermission(allowed))


async def deploy(browser: Browser, text: str) -> tuple[int, object]:
    base = (await browser.get("/api/flows/gas"))["revision"]
    return await browser.call("POST", "/api/flows/gas/deploy", {"base": base, "text": text})


async def test_administrator_can_not_deploy_add_or_change_code(server: RunningServer, new_browser: NewBrowser):
    """What an integrator has put in may stay while something else is changed."""
    add_nodes(server)
    allow(server, True)
    admin, integrator = await new_browser("admin"), await new_browser("integrator")
    status, told = await deploy(admin, WITH_CODE)
    assert (status, told["error"]["code"]) == (403, "role")  # type: ignore[index]
    assert "integrator" in told["error"]["message"]  # type: ignore[index]
    status, _ = await admin.call(
        "POST", "/api/flows", {"name": "other", "text": WITH_CODE.replace("flow: gas", "flow: other")}
    )
    assert status == 403
    assert (await deploy(integrator, WITH_CODE))[0] == 200
    assert (await deploy(admin, WITH_CODE.replace("factor: 2", "factor: 3")))[0] == 200
    assert (await deploy(admin, WITH_CODE.replace("'payload': 1", "'payload': 2")))[0] == 403
    assert (await deploy(admin, FLOW))[0] == 200


async def test_trying_a_node_or_a_draft_runs_no_code_for_an_administrator(
    server: RunningServer, new_browser: NewBrowser
):
    add_nodes(server)
    allow(server, True)
    admin = await new_browser("admin")
    sample = {"with": {"code": CODE}, "given": [1], "site": {"python": True}}
    assert (await admin.call("POST", "/api/node-types/python/run", sample))[0] == 403
    case = {"name": "x", "given": [{"node": "code", "payload": 1}], "site": {"python": True}}
    assert (await admin.call("POST", "/api/flows/gas/try", {"text": WITH_CODE, "case": case}))[0] == 403


async def test_no_test_over_the_web_allows_what_the_site_has_switched_off(
    server: RunningServer, new_browser: NewBrowser
):
    """Not even an integrator's."""
    add_nodes(server)
    allow(server, False)
    integrator = await new_browser("integrator")
    sample = {"with": {"code": CODE}, "given": [1], "site": {"python": True}}
    status, told = await integrator.call("POST", "/api/node-types/python/run", sample)
    assert (status, "switched off" in str(told)) == (422, True)
    case = {"name": "x", "given": [{"node": "code", "payload": 1}], "site": {"python": True}}
    status, told = await integrator.call("POST", "/api/flows/gas/try", {"text": WITH_CODE, "case": case})
    assert "switched off" in str(told)
