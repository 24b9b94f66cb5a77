"""What the graph of a flow is asked: order, loops, reach, parts, differences."""

from __future__ import annotations

from engine.flow.graph import build_graph, dead_ends, flow_order, loops, parts, unreached, wire_differences
from tests.engine.flow.small_palette import flow_of

NODES = """
end: {type: sink}
b: {type: strict, to: end}
a: {type: strict, to: [b, back]}
back: {type: later, to: a}
feed: {type: feed, to: a}
alone: {type: strict}
idle: {type: strict, disabled: true, to: end}
"""


def test_disabled_nodes_are_left_out() -> None:
    assert set(build_graph(flow_of(NODES))) == {"end", "b", "a", "back", "feed", "alone"}


def test_order_follows_the_wires_and_else_the_file() -> None:
    assert flow_order(build_graph(flow_of(NODES))) == ["feed", "a", "back", "b", "end", "alone"]


def test_loop_is_found_unless_a_breaker_is_on_it() -> None:
    graph = build_graph(flow_of(NODES))
    assert loops(graph) == [["a", "back"]]
    assert loops(graph, {"back"}) == []


def test_reach_and_dead_ends() -> None:
    graph = build_graph(flow_of(NODES))
    assert unreached(graph, ["feed"]) == ["alone"]
    assert dead_ends(graph) == ["end", "alone"]


def test_parts_are_told_largest_first() -> None:
    assert parts(build_graph(flow_of(NODES))) == [["end", "b", "a", "back", "feed"], ["alone"]]


def test_differences_name_the_wire_and_its_port() -> None:
    old = build_graph(flow_of("a: {type: route, to: {x: b, y: c}}\nb: {type: sink}\nc: {type: sink}"))
    new = build_graph(
        flow_of("a: {type: route, to: {x: b, z: c}}\nb: {type: sink}\nc: {type: sink}\nd: {type: feed, to: b}")
    )
    assert wire_differences(old, new) == ([("a", "c", "z"), ("d", "b", "")], [("a", "c", "y")])


def test_two_ways_through_a_subflow_are_two_wires() -> None:
    rest = "subflows: {s: {inputs: {l: x, r: x}, nodes: {x: {type: sink}}}}"
    graph = build_graph(flow_of("feed: {type: feed, to: [n.l, n.r]}\nn: {type: subflow/s}", rest))
    assert graph.number_of_edges("feed", "n/x") == 2
