"""What the graph of a flow is asked: order, loops, reach."""

from __future__ import annotations

import networkx as nx

from engine.flow.check.expand import expand_subflows
from engine.flow.check.graph import flow_order, graph_of, loops, unreached
from tests.engine.flow.typed_nodes import flow_of

NODES = """
end: {type: sink}
b: {type: strict, to: end}
a: {type: strict, to: [b, back]}
back: {type: later, to: a}
feed: {type: feed, to: a}
alone: {type: strict}
idle: {type: strict, disabled: true, to: end}
"""


def drawn(nodes: str, rest: str = "") -> nx.MultiDiGraph[str]:
    expanded = expand_subflows(flow_of(nodes, rest))
    return graph_of(expanded, ((wire, wire.port, wire.input) for wire in expanded.wires))


def test_disabled_nodes_are_left_out() -> None:
    assert set(drawn(NODES)) == {"end", "b", "a", "back", "feed", "alone"}


def test_order_follows_the_wires_and_else_the_file() -> None:
    assert flow_order(drawn(NODES)) == ["feed", "a", "back", "b", "end", "alone"]


def test_loop_is_found_unless_a_breaker_is_on_it() -> None:
    graph = drawn(NODES)
    assert loops(graph) == [["a", "back"]]
    assert loops(graph, {"back"}) == []


def test_what_no_source_reaches_is_reported() -> None:
    graph = drawn(NODES)
    assert unreached(graph, ["feed"]) == ["alone"]


def test_two_ways_through_a_subflow_are_two_wires() -> None:
    rest = "subflows: {s: {inputs: {l: x, r: x}, nodes: {x: {type: sink}}}}"
    graph = drawn("feed: {type: feed, to: [n.l, n.r]}\nn: {type: subflow/s}", rest)
    assert graph.number_of_edges("feed", "n/x") == 2
