"""Calls by name, and what comes back."""

from engine.catalogue.node_types import Catalogue
from engine.testing import FlowHarness
from nodes import pack


def flow(text):
    return FlowHarness(text, catalogue=Catalogue([pack]))


def shown(site):
    return [(row.node, row.value) for row in site.debug.rows]


async def test_a_call_comes_back_to_its_caller_through_nested_calls():
    text = """
flow: f
nodes:
  call: {type: link-call, with: {to: double}, to: seen}
  seen: {type: debug}
  double: {type: link-in, to: once}
  once: {type: formula, with: {expression: "payload * 2"}, to: nested}
  nested: {type: link-call, with: {to: add}, to: back}
  add: {type: link-in, to: plus}
  plus: {type: formula, with: {expression: "payload + 1"}, to: back}
  back: {type: link-out, with: {mode: return}}
"""
    async with flow(text) as running:
        await running.give("call", 5, 6)
        assert shown(running.site) == [("seen", 11), ("seen", 13)]


async def test_a_call_without_an_answer_is_an_error_in_time():
    text = """
flow: f
nodes:
  call: {type: link-call, with: {to: hole, wait_s: 5}}
  hole: {type: link-in}
  caught: {type: catch, to: seen}
  seen: {type: debug, with: {show: error.reason}}
"""
    async with flow(text) as running:
        await running.give("call", 5)
        await running.clock.advance(4.9)
        assert shown(running.site) == []
        await running.clock.advance(0.2)
        assert shown(running.site) == [("seen", "nothing came back from `f/hole` within 5 s")]
