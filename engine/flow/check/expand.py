"""A flow with its subflows written out: what will run, with each wire led to the nodes inside that it ends at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from engine.core.node import ERROR_PORT
from engine.flow.check.config_messages import config_problems
from engine.flow.check.field_schema import FieldSchemas, InvalidSchema, PatternTooSlow
from engine.flow.model import DEFAULT_PORT, SUBFLOW_PREFIX, Flow, NodeSpec, Subflow, Target
from engine.flow.names import did_you_mean, nearest
from engine.flow.problem import Problem, Severity
from engine.flow.references import references_in, with_fields
from engine.flow.tree import Path
from engine.flow.yaml.value_reader import shortened
from engine.texts.text import Text

DEPTH_LIMIT = 16
# A few subflows that each use the next one ten times are a million nodes; no site runs a hundredth of this many.
NODE_LIMIT = 20_000
WIRE_LIMIT = 100_000

LINK_IN = "link-in"
LINK_OUT = ("link-out", "link-call")

Side = Literal["input", "output"]

_NONE = Text("flow.none")


class ExpandedNode(msgspec.Struct, frozen=True, eq=False):
    """One node that is to run: `id` is `calibrate/scale` inside a subflow, `with_` has its fields filled in, `place` is
    where it stands in the file."""

    id: str
    type: str
    with_: dict[str, Any]
    place: Path


class ExpandedWire(msgspec.Struct, frozen=True, eq=False):
    """One wire between two nodes that are to run; a port "" is the first (output) or only one (input).

    `place` is where it stands in the file, for a wire through a subflow's port on the outside. `link` tells a
    link-out's way to its link-in, which is no wire of the program but a way that messages take.
    """

    source: str
    port: str
    target: str
    input: str
    place: Path
    link: bool = False


class ExpandedFlow(msgspec.Struct, eq=False):
    """The nodes by id, the wires, the ids that `on_error` comes to, and what was wrong; disabled parts are left out.

    `unused` are the nodes of subflows that nothing uses, `unused_wires` the wires between them: they do not run, and are looked at all the same.
    `unknown` are instances of subflows that do not exist.
    """

    nodes: dict[str, ExpandedNode] = {}
    wires: list[ExpandedWire] = []
    on_error: list[tuple[str, str]] = []
    problems: list[Problem] = []
    unused: list[ExpandedNode] = []
    unused_wires: list[ExpandedWire] = []
    unknown: set[str] = set()


def expand_subflows(flow: Flow) -> ExpandedFlow:
    """Writes the subflows of a flow out. Nothing is raised: what can't be written out is left out and told of."""
    return _Expansion(flow).run()


def links_in(flow: str, node: ExpandedNode | NodeSpec) -> str:
    """The full name, `flow/name`, under which a link-in can be reached: its `name`, by default its id."""
    name = node.with_.get("name")
    return f"{flow}/{name if isinstance(name, str) and name else node.id}"


def links_out(flow: str, config: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """The full names that a link-out or link-call leads to by its `to` (a name or a list of them), and where each is said."""
    said = config.get("to")
    for index, name in enumerate(said if isinstance(said, list) else [said]):
        if isinstance(name, str) and name and "${" not in name:
            place: Path = ("with", "to", index) if isinstance(said, list) else ("with", "to")
            yield (name if "/" in name else f"{flow}/{name}"), place


def which_input(node: str, known: Sequence[str]) -> Text:
    """Of a wire to a node with several inputs that names none of them."""
    return Text("flow.which-input", node=node, count=len(known), first=known[0], known=known)


def no_port(node: str, side: Side, port: str, known: Sequence[str]) -> Text:
    """Of a wire that names a port which a node has not, or any port of a node that has none."""
    if not known:
        return Text("flow.no-inputs", node=node) if side == "input" else Text("flow.no-outputs", node=node)
    shown, near = shortened(port), did_you_mean(port, known)
    if side == "input":
        return Text("flow.no-input", node=node, port=shown, known=known).with_hint(near)
    return Text("flow.no-output", node=node, port=shown, known=known).with_hint(near)


class _Scope:
    """The flow itself, or one use of a subflow."""

    __slots__ = ("inner", "names", "nodes", "place", "prefix", "subflow")

    def __init__(self, prefix: str, place: Path, nodes: dict[str, NodeSpec], subflow: Subflow | None) -> None:
        self.prefix = prefix
        self.place = place
        self.nodes = nodes
        self.subflow = subflow
        self.names: set[str] = set()
        self.inner: dict[str, _Scope | None] = {}


class _Expansion:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.out = ExpandedFlow()
        self._seen: set[Problem] = set()
        self._schemas = FieldSchemas()
        self._used: set[str] = set()
        self._uses = 0
        self._dormant = False

    def run(self) -> ExpandedFlow:
        top = _Scope("", (), self.flow.nodes, None)
        self._expand_nodes(top, {}, ())
        self._expand_wires(top)
        if self.flow.on_error is not None and self.flow.on_error.node in self.flow.nodes:
            self.out.on_error = list(self._entries(top, self.flow.on_error, ("on_error",)))
        self._expand_links()
        self._expand_unused()
        return self.out

    def _report(self, place: Path, text: Text, severity: Severity = "error") -> None:
        problem = self.flow.source.problem(place, text, severity)
        if problem not in self._seen:
            self._seen.add(problem)
            self.out.problems.append(problem)

    def _expand_nodes(self, scope: _Scope, fields: Mapping[str, Any], chain: tuple[str, ...]) -> None:
        for name, spec in scope.nodes.items():
            if spec.disabled:
                continue
            if len(self.out.nodes) + self._uses >= NODE_LIMIT:
                own = len(self.flow.nodes) > NODE_LIMIT
                many = (
                    Text("flow.many-own-nodes", limit=NODE_LIMIT) if own else Text("flow.many-nodes", limit=NODE_LIMIT)
                )
                self._report(scope.place, many)
                return
            place = (*scope.place, "nodes", name)
            with_ = with_fields(spec.with_, fields) if fields else spec.with_
            scope.names.add(name)
            if spec.subflow is None:
                id = scope.prefix + name
                self.out.nodes[id] = ExpandedNode(id, spec.type, with_, place)
            else:
                scope.inner[name] = self._use(scope, name, spec.subflow, with_, place, chain)

    def _use(
        self, scope: _Scope, name: str, kind: str, with_: dict[str, Any], place: Path, chain: tuple[str, ...]
    ) -> _Scope | None:
        subflow = self.flow.subflows.get(kind)
        if subflow is None:
            meant = nearest(kind, self.flow.subflows)
            hint = Text("flow.did-you-mean", name=SUBFLOW_PREFIX + meant) if meant else None
            self._report((*place, "type"), Text("flow.no-subflow", subflow=kind).with_hint(hint))
            self.out.unknown.add(scope.prefix + name)
            return None
        self._used.add(kind)
        if kind in chain:
            way = " → ".join([*chain[chain.index(kind) :], kind])
            self._report((*place, "type"), Text("flow.subflow-in-itself", subflow=kind, way=way))
            return None
        if len(chain) >= DEPTH_LIMIT:
            self._report((*place, "type"), Text("flow.subflows-deep", limit=DEPTH_LIMIT))
            return None
        self._uses += 1
        inner = _Scope(f"{scope.prefix}{name}/", ("subflows", kind), subflow.nodes, subflow)
        self._expand_nodes(inner, self._fields(subflow, with_, place), (*chain, kind))
        self._expand_wires(inner)
        return inner

    def _fields(self, subflow: Subflow, with_: dict[str, Any], place: Path) -> dict[str, Any]:
        """The fields' values in one use; of a wrong value it is told, and it is used."""
        for name in with_.keys() - subflow.fields.keys():
            known = list(subflow.fields)
            text = Text("flow.no-subflow-field", subflow=subflow.name, field=shortened(name), known=known or _NONE)
            self._report((*place, "with", name), text.with_hint(did_you_mean(name, known)))
        values: dict[str, Any] = {}
        for name, schema in subflow.fields.items():
            checker = self._field_checker(subflow.name, name, schema)
            if name in with_:
                values[name] = with_[name]
                if checker is not None and not any(references_in(with_[name])):
                    try:
                        faults = config_problems(checker.iter_errors(with_[name]), with_[name], schema)
                    except PatternTooSlow as slow:
                        text = Text("flow.pattern-slow", pattern=shortened(str(slow)))
                        self._report(("subflows", subflow.name, "fields", name), text)
                        faults = []
                    for fault in faults:
                        self._report((*place, "with", name, *fault.place), fault.text)
            elif "default" in schema:
                values[name] = schema["default"]
            elif not self._dormant:
                self._report((*place, "with"), Text("flow.subflow-field-missing", subflow=subflow.name, field=name))
        return values

    def _field_checker(self, subflow: str, name: str, schema: dict[str, Any]) -> Any:
        """Its validator, or None after telling what is wrong with the schema."""
        try:
            return self._schemas.validator(schema)
        except InvalidSchema as invalid:
            self._report(("subflows", subflow, "fields", name, *invalid.place), invalid.text)
            return None

    def _expand_wires(self, scope: _Scope) -> None:
        for name, spec in scope.nodes.items():
            for port, targets in spec.to.items():
                for index, target in enumerate(targets):
                    place: Path = (*scope.place, "nodes", name, "to", port, *([index] if len(targets) > 1 else []))
                    if target.node not in scope.nodes:
                        self._dangling(scope, target, place, spec.disabled or target.disabled)
                    elif not spec.disabled and not target.disabled and name in scope.names:
                        self._expand_wire(scope, name, port, target, place)
        if scope.subflow is not None:
            self._check_ends(scope, scope.subflow)

    def _expand_wire(self, scope: _Scope, name: str, port: str, target: Target, place: Path) -> None:
        ends = list(self._entries(scope, target, place))
        for source, output in self._exits(scope, name, port, place):
            if len(self.out.wires) + len(ends) > WIRE_LIMIT:
                self._report(place, Text("flow.many-wires", limit=WIRE_LIMIT))
                return
            self.out.wires += [ExpandedWire(source, output, id, input, place) for id, input in ends]

    def _dangling(self, scope: _Scope, target: Target, place: Path, idle: bool) -> None:
        where = Text("flow.the-subflow", subflow=scope.subflow.name) if scope.subflow else Text("flow.the-flow")
        text = Text("flow.wire-dangling", target=target.node, where=where)
        near = did_you_mean(target.node, scope.nodes)
        self._report(place, text.with_hint(near), "warning" if idle else "error")

    def _entries(self, scope: _Scope, target: Target, place: Path) -> Iterator[tuple[str, str]]:
        """The nodes and inputs that a wire to `target` ends at."""
        spec = scope.nodes.get(target.node)
        if spec is None or target.disabled or target.node not in scope.names:
            return
        if spec.subflow is None:
            yield scope.prefix + target.node, target.port
            return
        inner = scope.inner.get(target.node)
        if inner is None or inner.subflow is None:
            return
        port = self._port_of(inner.subflow.inputs, target.port, place, target.node, "input")
        for index, end in enumerate(inner.subflow.inputs.get(port, ())):
            yield from self._entries(inner, end, (*inner.place, "inputs", port, index))

    def _exits(self, scope: _Scope, name: str, port: str, place: Path) -> Iterator[tuple[str, str]]:
        """The nodes and outputs that a wire from a port of `name` begins at."""
        spec = scope.nodes[name]
        if name not in scope.names:
            return
        if spec.subflow is None:
            yield scope.prefix + name, port
            return
        inner = scope.inner.get(name)
        if inner is None or inner.subflow is None:
            return
        if port == ERROR_PORT and ERROR_PORT not in inner.subflow.outputs:
            for each, inside in inner.nodes.items():
                if each in inner.names and ERROR_PORT not in inside.to:
                    yield from self._exits(inner, each, ERROR_PORT, place)
            return
        port = self._port_of(inner.subflow.outputs, port, place, name, "output")
        for index, end in enumerate(inner.subflow.outputs.get(port, ())):
            if not end.disabled and end.node in inner.nodes:
                yield from self._exits(inner, end.node, end.port, (*inner.place, "outputs", port, index))

    def _port_of(self, ports: Mapping[str, Any], port: str, place: Path, node: str, side: Side) -> str:
        """The port that is meant; "" after telling that there is none."""
        known = list(ports)
        if port in ports:
            return port
        if port == DEFAULT_PORT and known and (side == "output" or len(known) == 1):
            return known[0]
        if port == DEFAULT_PORT and known:
            self._report(place, which_input(node, known))
        else:
            self._report(place, no_port(node, side, port, known))
        return DEFAULT_PORT

    def _check_ends(self, scope: _Scope, subflow: Subflow) -> None:
        """Ports of a subflow that no wire from outside has tried yet."""
        for port, targets in subflow.inputs.items():
            for index, target in enumerate(targets):
                list(self._entries(scope, target, (*scope.place, "inputs", port, index)))
        for port, targets in subflow.outputs.items():
            for index, target in enumerate(targets):
                if target.node in scope.nodes:
                    list(self._exits(scope, target.node, target.port, (*scope.place, "outputs", port, index)))

    def _expand_links(self) -> None:
        flow = self.flow.flow
        named: dict[str, ExpandedNode] = {}
        for node in self.out.nodes.values():
            if node.type == LINK_IN:
                name = links_in(flow, node)
                if name in named:
                    self._report(node.place, Text("flow.link-twice", link=name, node=named[name].id))
                named.setdefault(name, node)
        for node in self.out.nodes.values():
            if node.type not in LINK_OUT:
                continue
            for name, place in links_out(flow, node.with_):
                if name in named:
                    self.out.wires.append(ExpandedWire(node.id, "", named[name].id, "", (*node.place, *place), True))
                elif name.partition("/")[0] == flow:
                    own = [known.partition("/")[2] for known in named]
                    link = name.partition("/")[2]
                    self._report(
                        (*node.place, *place), Text("flow.no-link-in", link=link).with_hint(did_you_mean(link, own))
                    )

    def _expand_unused(self) -> None:
        """Looks at subflows that nothing uses, so that a fault in one shows before somebody uses it."""
        running = self.out
        self._dormant = True
        self.out = ExpandedFlow(problems=running.problems)
        for name in self.flow.subflows:
            if name not in self._used:
                whole = _Scope(f"{name}/", (), {}, None)
                self._use(whole, name, name, {}, ("subflows", name), ())
        running.unused, running.unused_wires = list(self.out.nodes.values()), self.out.wires
        self.out = running
