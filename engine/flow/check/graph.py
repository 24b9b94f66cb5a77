"""A flow as a networkx graph, and what the graph is asked: loops, what is reached, order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import networkx as nx

from engine.flow.check.expand import ExpandedFlow, ExpandedWire

_START = "/"
"""A node that no flow can have, put before all roots so that one search starts from all of them."""


def graph_of(expanded: ExpandedFlow, wires: Iterable[tuple[ExpandedWire, str, str]]) -> nx.MultiDiGraph[str]:
    """What runs of a flow (inner ids are `calibrate/scale`), its wires given with the names of their ports.

    A node's data has `type` and `place` (in the file). An edge's key is the output port as given; its data has `port`, `input`, `place`, and
    `link` for the way from a link-out to its link-in. What can't be drawn (dangling wires, subflows in themselves) is not in `written`.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in expanded.nodes.values():
        graph.add_node(node.id, type=node.type, place=node.place)
    for wire, port, input in wires:
        key = port
        while graph.has_edge(wire.source, wire.target, key):
            key += "+"  # the same two ports twice, by two ways through a subflow: the message goes there twice
        graph.add_edge(wire.source, wire.target, key=key, port=port, input=input, place=wire.place, link=wire.link)
    return graph


def loops(graph: nx.MultiDiGraph[str], breakers: Collection[str] = ()) -> list[list[str]]:
    """One loop of every knot of nodes that reach each other without passing a breaker: the ids in the order of the wires."""
    bare: nx.DiGraph[str] = nx.DiGraph()
    bare.add_nodes_from(node for node in graph if node not in breakers)
    bare.add_edges_from((source, target) for source, target in graph.edges() if source in bare and target in bare)
    found = []
    order = {node: number for number, node in enumerate(graph)}
    for knot in nx.strongly_connected_components(bare):
        first = min(knot, key=order.__getitem__)
        if len(knot) > 1 or bare.has_edge(first, first):
            # find_cycle and not simple_cycles: a knot of 20 nodes can hold a million loops, and one tells enough.
            cycle = nx.find_cycle(bare.subgraph(knot), first)
            found.append([edge[0] for edge in cycle])
    return sorted(found, key=lambda loop: order[loop[0]])


def reached(graph: nx.MultiDiGraph[str], roots: Iterable[str]) -> set[str]:
    """The roots and all that their messages can come to."""
    known: nx.DiGraph[str] = nx.DiGraph(graph)
    known.add_node(_START)
    known.add_edges_from((_START, root) for root in roots)
    return set(nx.descendants(known, _START))


def unreached(graph: nx.MultiDiGraph[str], roots: Iterable[str]) -> list[str]:
    """The nodes that no message from the roots can come to, in the order of the file."""
    seen = reached(graph, roots)
    return [node for node in graph if node not in seen]


def flow_order(graph: nx.MultiDiGraph[str]) -> list[str]:
    """All nodes, each after those that lead to it, else in the order of the file; the nodes of a loop stand together."""
    order = {node: number for number, node in enumerate(graph)}
    whole = nx.condensation(nx.DiGraph(graph))
    members = {knot: sorted(whole.nodes[knot]["members"], key=order.__getitem__) for knot in whole}
    knots = nx.lexicographical_topological_sort(whole, key=lambda knot: order[members[knot][0]])
    return [node for knot in knots for node in members[knot]]


def format_loop(loop: Sequence[str]) -> str:
    """A loop for people: `a → b → a`."""
    return " → ".join([*loop, loop[0]])
