"""What complete and status nodes hear of."""

from engine.catalogue.node_types import Catalogue
from engine.testing import FlowHarness
from nodes import pack


def flow(text):
    return FlowHarness(text, catalogue=Catalogue([pack]))


def shown(site):
    return [(row.node, row.value) for row in site.debug.rows]


async def test_complete_and_status_tell_what_happened():
    text = """
flow: f
nodes:
  hold: {type: delay, with: {delay_s: 1}, to: sink}
  sink: {type: debug, with: {active: false}}
  done: {type: complete, with: {scope: [sink]}, to: seen}
  state: {type: status, with: {scope: [hold]}, to: seen}
  seen: {type: debug}
"""
    async with flow(text) as running:
        await running.give("hold", 1)
        await running.clock.advance(1)
        values = [value for _, value in shown(running.site)]
        assert 1 in values
        assert [value["text"] for value in values if value != 1] == ["1 held", ""]
