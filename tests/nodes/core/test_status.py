"""What a status node hears of."""

from engine.catalogue.node_types import Catalogue
from engine.testing import FlowHarness
from nodes import pack

TEXT = """
flow: f
nodes:
  one: {type: delay, with: {delay_s: 1}}
  two: {type: delay, with: {delay_s: 1}}
  state: {type: status, with: {scope: [two]}, to: seen}
  seen: {type: debug}
"""


async def test_a_status_node_hears_only_of_its_scope():
    async with FlowHarness(TEXT, catalogue=Catalogue([pack])) as running:
        await running.give("one", 1)
        await running.give("two", 1)
        assert [row.value for row in running.site.debug.rows] == [{"node": "two", "text": "1 held", "level": "busy"}]
