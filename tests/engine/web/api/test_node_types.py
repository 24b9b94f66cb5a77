"""What the editor asks of node types."""

from tests.engine.web.running import Browser


async def test_ports_of_many_nodes_are_told_at_once(browser: Browser):
    """In the order asked; an unknown type and a config that does not hold have none."""
    nodes = [{"type": "scale", "with": {"factor": 2}}, {"type": "gone"}, {"type": "scale", "with": {"factor": -1}}]
    status, told = await browser.call("POST", "/api/node-types/ports", {"nodes": nodes})
    assert status == 200
    assert [ports and [port["name"] for port in ports["outputs"]] for ports in told] == [["out"], None, None]


async def test_type_without_ports_of_its_own_says_so(browser: Browser):
    """So the editor need not ask."""
    types = {type["type"]: type for type in await browser.get("/api/node-types")}
    assert types["scale"]["own_ports"] is False
