"""What a catch node hears of."""

from engine.catalogue.node_types import Catalogue
from engine.testing import FlowHarness
from nodes import pack


def flow(text):
    return FlowHarness(text, catalogue=Catalogue([pack]))


def shown(site):
    return [(row.node, row.value) for row in site.debug.rows]


async def test_catch_hears_only_of_its_scope_and_keeps_the_message():
    text = """
flow: f
nodes:
  one: {type: range, to: seen}
  two: {type: range, to: seen}
  caught: {type: catch, with: {scope: [one]}, to: seen}
  seen: {type: debug}
"""
    async with flow(text) as running:
        await running.give("one", "no number")
        await running.give("two", "neither")
        assert shown(running.site) == [("seen", "no number")]
