"""Wires by name."""

from engine.catalogue.node_types import Catalogue
from engine.testing import FlowHarness
from nodes import pack


def flow(text):
    return FlowHarness(text, catalogue=Catalogue([pack]))


def shown(site):
    return [(row.node, row.value) for row in site.debug.rows]


async def test_a_link_carries_messages_to_every_link_in_named():
    text = """
flow: f
nodes:
  start: {type: change, with: {rules: [{do: set, path: topic, value: t}]}, to: out}
  out: {type: link-out, with: {to: [a, f/b]}}
  a: {type: link-in, to: seen}
  b: {type: link-in, to: seen}
  seen: {type: debug}
"""
    async with flow(text) as running:
        await running.give("start", 1)
        assert shown(running.site) == [("seen", 1), ("seen", 1)]
        assert running.run.under_way == 0
