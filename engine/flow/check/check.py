"""The checks between a flow that could be read and a flow that may run: all problems at once, and the plan when there are none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx

from engine.catalogue.node_types import Catalogue
from engine.core.node import ERROR_PORT
from engine.core.renamed import renamed_in
from engine.flow.check.compatibility import describe_port, incompatibility
from engine.flow.check.expand import (
    LINK_IN,
    LINK_OUT,
    ExpandedNode,
    ExpandedWire,
    Side,
    expand_subflows,
    links_in,
    links_out,
    no_port,
    which_input,
)
from engine.flow.check.graph import format_loop, graph_of, loops, unreached
from engine.flow.check.node_check import CheckedNode, NodeCheck
from engine.flow.check.old_words import with_new_words
from engine.flow.check.plan import Plan, PlannedNode
from engine.flow.check.type_flow import propagate_types
from engine.flow.model import Flow
from engine.flow.names import did_you_mean, hints_limited
from engine.flow.problem import Problem, Severity, errors_in
from engine.flow.references import References
from engine.flow.tree import Path
from engine.texts.text import Readable, Text

__all__ = ["check_flow", "check_site"]

# A wire with the names of the ports at its ends.
Wired = tuple[ExpandedWire, str, str]


def check_flow(
    flow: Flow, catalogue: Catalogue, references: References | None = None
) -> tuple[Plan | None, list[Problem]]:
    """The plan of a flow and everything that is wrong with it, by line; the plan is None when there is an error.

    Checked are node types, configs, references, wires, ports, payload types and units, loops, and what messages can
    reach; not how the file is written, which `read_flow` has done. Disabled nodes are only looked at for wires that
    lead nowhere.
    """
    with hints_limited():
        return _Check(flow, catalogue, references or References()).run()


def check_site(flows: Iterable[Flow], beside: Iterable[Flow] = ()) -> list[Problem]:
    """What is wrong between the flows of a site: names taken twice, and links to flows or link-ins that are not there.

    Told is what stands in `flows`; `beside` are further flows of the site, which they may link to.
    """
    problems: list[Problem] = []
    known: dict[str, Flow] = {}
    entries: set[str] = set()
    for flow in beside:
        known.setdefault(flow.flow, flow)
        entries.update(links_in(flow.flow, node) for node in _link_nodes(flow) if node.type == LINK_IN)
    exits: list[tuple[Flow, ExpandedNode]] = []
    for flow in flows:
        if flow.flow and flow.flow in known:
            first = known[flow.flow].source
            problems.append(
                flow.source.problem(
                    ("flow",), Text("flow.name-twice", flow=flow.flow, path=first.path, line=first.line("flow"))
                )
            )
        known.setdefault(flow.flow, flow)
        nodes = _link_nodes(flow)
        entries.update(links_in(flow.flow, node) for node in nodes if node.type == LINK_IN)
        exits += [(flow, node) for node in nodes if node.type in LINK_OUT]
    for flow, node in exits:
        for name, place in links_out(flow.flow, node.with_):
            other, _, link = name.partition("/")
            if other == flow.flow or name in entries:
                continue
            missing = Text("flow.no-linked-flow", flow=other)
            if other in known:
                missing = (
                    Text("flow.linked-flow-disabled", flow=other)
                    if known[other].disabled
                    else Text("flow.no-link-in-flow", flow=other, link=link)
                )
            waits = Text("flow.link-call-fails") if node.type == "link-call" else Text("flow.link-out-waits")
            hint = did_you_mean(name, entries) or waits
            problems.append(flow.source.problem((*node.place, *place), missing.with_hint(hint), "warning"))
    return problems


def _link_nodes(flow: Flow) -> list[ExpandedNode]:
    """Those that would run. Most flows have none, and to write a large one out takes long, so that is looked at first."""
    scopes = (flow.nodes, *(subflow.nodes for subflow in flow.subflows.values()))
    links = (LINK_IN, *LINK_OUT)
    if flow.disabled or not any(node.type in links for nodes in scopes for node in nodes.values()):
        return []
    return [node for node in expand_subflows(flow).nodes.values() if node.type in links]


class _Check:
    def __init__(self, flow: Flow, catalogue: Catalogue, references: References) -> None:
        self.flow = flow
        self.expanded = expand_subflows(flow)
        self.problems: dict[Problem, None] = dict.fromkeys(self.expanded.problems)
        self.nodes: dict[str, CheckedNode] = {}
        self._coming: defaultdict[str, list[Any]] = defaultdict(list)
        self._configs: dict[str, dict[str, Any]] = {}
        self._check_node = NodeCheck(flow, catalogue, references, self._report).check

    def run(self) -> tuple[Plan | None, list[Problem]]:
        self.nodes = {id: self._check_node(node) for id, node in self.expanded.nodes.items()}
        unused = {node.id: self._check_node(node) for node in self.expanded.unused}
        wires = [wire for wire in self.expanded.wires if not self._is_retired(wire)]
        wired = self._named_all(wires, self.nodes)
        self._check_twice(wired)
        self._check_fit(wired, self.nodes)
        self._replace_old_words()
        self._check_fit(self._named_all(self.expanded.unused_wires, unused), unused)
        graph = graph_of(self.expanded, wired)
        on_error = self._on_error()
        self._check_loops(graph)
        if len(wired) == len(wires) and not errors_in(self.expanded.problems):
            # A missing wire leaves much unreached: to tell of that too would bury the cause.
            self._check_reach(graph, on_error)
        found = sorted(self.problems, key=lambda problem: (problem.line, problem.column))
        unknown = self.expanded.unknown or any(node.kind is None for node in self.nodes.values())
        return (None if errors_in(found) or unknown else self._plan(graph, wired, on_error)), found

    def _report(self, place: Path, text: Readable, severity: Severity = "error") -> None:
        self.problems[self.flow.source.problem(place, text, severity)] = None

    def _is_retired(self, wire: ExpandedWire) -> bool:
        """Whether the wire leaves a port that an older version of the node had: it is told, and the flow runs without it."""
        kind = self.nodes[wire.source].kind
        why = kind.cls.retired_outputs.get(wire.port) if kind is not None and not wire.link else None
        if why is None:
            return False
        self._report(wire.place, Text("flow.output-retired", node=wire.source, port=wire.port, why=why), "warning")
        return True

    def _named_all(self, wires: Iterable[ExpandedWire], nodes: Mapping[str, CheckedNode]) -> list[Wired]:
        return [named for wire in wires if (named := self._named(wire, nodes)) is not None]

    def _named(self, wire: ExpandedWire, nodes: Mapping[str, CheckedNode]) -> Wired | None:
        """The wire with its ports by name, or None after telling what is wrong with an end."""
        source, target = nodes[wire.source], nodes[wire.target]
        if wire.link:
            return wire, "link", ""
        port = source.output(wire.port)
        if port is None and source.outputs is not None:
            self._no_port(wire, wire.source, "output", wire.port, [one.name for one in source.outputs] + [ERROR_PORT])
        input = target.input(wire.input)
        if input is None and target.kind is not None:
            self._no_input(wire, target)
        if (port is None and source.outputs is not None) or (input is None and target.kind is not None):
            return None
        return wire, port.name if port else wire.port, input.name if input else wire.input

    def _check_fit(self, wired: list[Wired], nodes: Mapping[str, CheckedNode]) -> None:
        """Tells of each wire whose ends can't fit, also when what it brings was made several nodes before."""
        declared = {
            (id, port.name): port for id, node in nodes.items() for port in node.outputs or () if not port.same_as
        }
        ways = propagate_types(wired, declared, {id: node.outputs or () for id, node in nodes.items()})
        for wire, port, input in wired:
            self._coming[wire.target] += [made.payload for made in ways.get((wire.source, port), {}).values()]
            if wire.link or port == ERROR_PORT:
                continue
            taken = nodes[wire.target].input(input)
            for origin, made in ways.get((wire.source, port), {}).items():
                wrong = None if taken is None else incompatibility(made, taken)
                if wrong is not None and taken is not None:
                    text = Text(
                        "flow.wire-unfit",
                        source=origin[0],
                        sends=describe_port(made),
                        port=origin[1],
                        by_way="" if origin[0] == wire.source else Text("flow.by-way", node=wire.source),
                        target=wire.target,
                        takes=describe_port(taken),
                        reason=wrong,
                    )
                    self._report(wire.place, text)

    def _replace_old_words(self) -> None:
        """Flows that were written against an older version go on working, and say what to write now."""
        kinds = {repr(payload): payload for payloads in self._coming.values() for payload in payloads}
        renamed_of = {name: renamed_in(payload) for name, payload in kinds.items()}
        for id, payloads in self._coming.items():
            node = self.nodes.get(id)
            renamed = [cls for payload in payloads for cls in renamed_of[repr(payload)]]
            if node is None or not renamed:
                continue
            self._configs[id], found = with_new_words(node.expanded.with_, renamed)
            for place, old, new in found:
                self._report((*node.expanded.place, "with", *place), Text("flow.old-word", old=old, new=new), "warning")

    def _no_port(self, wire: ExpandedWire, node: str, side: Side, port: str, known: list[str]) -> None:
        if port:
            self._report(wire.place, no_port(node, side, port, known))
        else:
            self._report(wire.place, Text("flow.sends-nothing", node=node))

    def _no_input(self, wire: ExpandedWire, target: CheckedNode) -> None:
        names = [one.name for one in target.inputs]
        if not names:
            is_source = target.kind is not None and target.kind.is_source
            self._report(
                wire.place,
                Text("flow.wire-to-source", node=wire.target)
                if is_source
                else Text("flow.takes-nothing", node=wire.target),
            )
        elif not wire.input:
            self._report(wire.place, which_input(wire.target, names))
        else:
            self._no_port(wire, wire.target, "input", wire.input, names)

    def _check_twice(self, wired: list[Wired]) -> None:
        seen: set[tuple[str, str, str, str]] = set()
        for wire, port, input in wired:
            key = (wire.source, port, wire.target, input)
            beside = wire.source.rpartition("/")[0] == wire.target.rpartition("/")[0]
            if key in seen and beside and not wire.link:
                self._report(wire.place, Text("flow.wire-twice", source=wire.source, target=wire.target))
            seen.add(key)

    def _on_error(self) -> str | None:
        target = self.flow.on_error
        if target is None or target.node not in self.flow.nodes:
            return None
        if not self.expanded.on_error:
            disabled = self.flow.nodes[target.node].disabled
            text = (
                Text("flow.on-error-disabled", target=str(target))
                if disabled
                else Text("flow.on-error-nowhere", target=str(target))
            )
            self._report(("on_error",), text, "warning")
            return None
        if len(self.expanded.on_error) > 1:
            inner = [id for id, _ in self.expanded.on_error]
            self._report(("on_error",), Text("flow.on-error-several", target=str(target), nodes=inner))
            return None
        id, port = self.expanded.on_error[0]
        node = self.nodes[id]
        if node.kind is not None and node.input(port) is None:
            wire = ExpandedWire("", "", id, port, ("on_error",))
            self._no_input(wire, node)
        return id

    def _check_loops(self, graph: nx.MultiDiGraph[str]) -> None:
        breakers = {id for id, node in self.nodes.items() if node.kind is None or node.kind.breaks_loops}
        for loop in loops(graph, breakers):
            after = loop[1] if len(loop) > 1 else loop[0]
            edges = graph.get_edge_data(loop[0], after)
            self._report(next(iter(edges.values()))["place"], Text("flow.loop", way=format_loop(loop)))

    def _check_reach(self, graph: nx.MultiDiGraph[str], on_error: str | None) -> None:
        roots = [id for id, node in self.nodes.items() if node.kind is None or not node.inputs]
        brings = [id for id in roots if (kind := self.nodes[id].kind) is None or kind.is_source or kind.outputs]
        if self.nodes and not brings:
            self._report(("nodes",), Text("flow.no-source"), "warning")
        else:
            for id in unreached(graph, [*roots, *([on_error] if on_error else [])]):
                self._report(self.nodes[id].expanded.place, Text("flow.unreached"), "warning")
        for id in roots:
            node = self.nodes[id]
            if node.kind is not None and node.outputs and graph.out_degree(id) == 0:
                self._report(node.expanded.place, Text("flow.leads-nowhere"), "warning")

    def _plan(self, graph: nx.MultiDiGraph[str], wired: list[Wired], on_error: str | None) -> Plan:
        wires: dict[str, dict[str, list[str]]] = {id: {} for id in self.nodes}
        for wire, port, _input in wired:
            if not wire.link:
                wires[wire.source].setdefault(port, []).append(wire.target)
        nodes = {}
        for id, node in self.nodes.items():
            assert node.kind is not None
            nodes[id] = PlannedNode(
                id=id,
                kind=node.kind,
                config=self._configs.get(id, node.expanded.with_),
                ports=tuple(port.name for port in node.outputs or () if port.name != ERROR_PORT),
                wires={port: tuple(ends) for port, ends in wires[id].items()},
            )
        return Plan(flow=self.flow.flow, nodes=nodes, on_error=on_error, graph=graph)
