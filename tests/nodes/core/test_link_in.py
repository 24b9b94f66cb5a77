"""Where a link-in is reached."""

from engine.catalogue.node_types import Catalogue
from engine.testing import FlowHarness
from nodes import pack

OUT = "flow: one\nnodes:\n  start: {type: link-out, with: {to: two/door}}\n"
IN = "flow: two\nnodes:\n  somewhere: {type: link-in, with: {name: door}, to: seen}\n  seen: {type: debug}\n"


async def test_a_link_into_a_flow_that_starts_later_waits_for_it():
    async with FlowHarness(OUT, catalogue=Catalogue([pack])) as running:
        await running.give("start", 1, 2)
        assert list(running.site.debug.rows) == []
        await running.deploy(IN)
        await running.clock.advance(15)
        assert [row.value for row in running.site.debug.rows] == [1, 2]
