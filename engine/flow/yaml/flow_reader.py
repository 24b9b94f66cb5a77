"""From the tree of a flow file to the flow: which keys stand where, and of what kind their values are."""

from collections.abc import Callable
from typing import TypeVar

from engine.flow.model import DEFAULT_PORT, Flow, Group, NodeSpec, Note, Subflow, Target
from engine.flow.names import invalid_name_reason, is_type_name
from engine.flow.tree import Mapping, Part, Path, Scalar, Sequence, behind
from engine.flow.yaml.value_reader import ValueReader, kind_of, shortened
from engine.texts.text import Text

FLOW_KEYS = ("flow", "title", "help", "disabled", "nodes", "on_error", "subflows", "groups", "notes", "layout")
NODE_KEYS = ("type", "title", "note", "with", "to", "disabled")
SUBFLOW_KEYS = ("title", "help", "inputs", "outputs", "fields", "nodes", "groups", "notes", "layout")
GROUP_KEYS = ("title", "colour", "members")
NOTE_KEYS = ("text", "at", "size")
WIRE_KEYS = ("node", "disabled")

Made = TypeVar("Made")


class FlowReader(ValueReader):
    """Walks one tree; adds to `problems` what does not fit."""

    def flow(self) -> Flow | None:
        """The flow, with everything left out that could not be read; None when the file is no mapping."""
        root = behind(self.source.root) if self.source.root is not None else None
        if isinstance(root, Scalar) and root.value is None:
            self._report(root, (), Text("flow.file-empty"))
            return None
        if not isinstance(root, Mapping):
            if root is not None:
                self._report(root, (), Text("flow.file-no-mapping", here=kind_of(root)))
            return None
        self._known_keys(root, (), FLOW_KEYS, Text("flow.a-flow"))
        nodes = self._nodes(root, ())
        if root.entry("nodes") is None:
            self._report(root, (), Text("flow.nodes-missing"))
        return Flow(
            flow=self._flow_id(root),
            title=self._localized_text(root, (), "title"),
            help=self._localized_text(root, (), "help"),
            disabled=self._switch(root, (), "disabled"),
            nodes=nodes,
            on_error=self._on_error(root, nodes),
            subflows=self._section(root, (), "subflows", self._subflow),
            groups=self._groups(root, (), nodes),
            notes=self._section(root, (), "notes", self._note),
            layout=self._layout(root, (), nodes),
            source=self.source,
        )

    def _flow_id(self, root: Mapping) -> str:
        if root.entry("flow") is None:
            self._report(root, (), Text("flow.flow-missing"))
            return ""
        text = self._text(root, (), "flow")
        self._check_name(root.entry("flow"), ("flow",), text, Text("flow.a-flow-name"))
        return text

    def _on_error(self, root: Mapping, nodes: dict[str, NodeSpec]) -> Target | None:
        entry = root.entry("on_error")
        if entry is None:
            return None
        target = self._target(entry[1], ("on_error",))
        if target is not None and target.node not in nodes:
            self._unknown_node(entry[1], ("on_error",), target.node, nodes)
        return target

    def _nodes(self, owner: Mapping, place: Path) -> dict[str, NodeSpec]:
        return self._section(owner, place, "nodes", self._node)

    def _section(
        self, owner: Mapping, place: Path, name: str, make: Callable[[str, Mapping, Path], Made]
    ) -> dict[str, Made]:
        """A mapping from ids to things. A section with nothing under it is an empty one."""
        made: dict[str, Made] = {}
        for key, value in self._entries(owner, place, name):
            inner = (*place, name, key.value)
            self._check_name((key, value), inner, key.value, Text("flow.an-id"))
            body = behind(value)
            if isinstance(body, Mapping):
                made[key.value] = make(key.value, body, inner)
            else:
                self._report(key, inner, Text("flow.wants-keys", here=kind_of(body), key=shortened(key.value)))
        return made

    def _node(self, name: str, body: Mapping, place: Path) -> NodeSpec:
        self._known_keys(body, place, NODE_KEYS, Text("flow.a-node"))
        kind = self._text(body, place, "type")
        if body.entry("type") is None:
            self._at(place, Text("flow.type-missing"))
        elif kind and not is_type_name(kind):
            self._at((*place, "type"), Text("flow.no-type-name", name=shortened(kind)))
        return NodeSpec(
            id=name,
            type=kind,
            with_=self._plain_mapping(body, place, "with"),
            to=self._wires(body, place),
            title=self._localized_text(body, place, "title"),
            note=self._text(body, place, "note"),
            disabled=self._switch(body, place, "disabled"),
        )

    def _wires(self, body: Mapping, place: Path) -> dict[str, tuple[Target, ...]]:
        entry = body.entry("to")
        if entry is None:
            return {}
        inner = (*place, "to")
        value = behind(entry[1])
        if isinstance(value, Mapping) and value.entry("node") is None:
            return {port: targets for port, targets in self._ports(body, place, "to").items() if targets}
        targets = self._targets(value, inner)
        return {DEFAULT_PORT: targets} if targets else {}

    def _ports(self, owner: Mapping, place: Path, name: str) -> dict[str, tuple[Target, ...]]:
        ports = {}
        for key, value in self._entries(owner, place, name):
            inner = (*place, name, key.value)
            self._check_name((key, value), inner, key.value, Text("flow.a-port"))
            ports[key.value] = self._targets(behind(value), inner)
        return ports

    def _targets(self, value: Part, place: Path) -> tuple[Target, ...]:
        if isinstance(value, Scalar) and value.value is None:
            return ()
        if not isinstance(value, Sequence):
            target = self._target(value, place)
            return () if target is None else (target,)
        targets: list[Target] = []
        seen: set[str] = set()
        for index, item in enumerate(value.items):
            target = self._target(item, (*place, index))
            if target is None:
                continue
            if str(target) in seen:
                self._report(item, (*place, index), Text("flow.end-twice", target=str(target)))
            seen.add(str(target))
            targets.append(target)
        return tuple(targets)

    def _target(self, part: Part, place: Path) -> Target | None:
        value = behind(part)
        disabled = False
        if isinstance(value, Mapping):
            self._known_keys(value, place, WIRE_KEYS, Text("flow.a-wire"))
            disabled = self._switch(value, place, "disabled")
            entry = value.entry("node")
            if entry is None:
                self._report(part, place, Text("flow.wire-no-node"))
                return None
            part, value = entry[1], behind(entry[1])
        if not isinstance(value, Scalar) or not isinstance(value.value, str):
            self._report(part, place, Text("flow.wire-wants-id", here=kind_of(value)))
            return None
        node, dot, port = value.value.partition(".")
        fault = invalid_name_reason(node) or (invalid_name_reason(port) if dot else None)
        if fault is not None:
            self._report(part, place, Text("flow.no-wire-end", name=shortened(value.value), reason=fault))
            return None
        return Target(node, port, disabled)

    def _subflow(self, name: str, body: Mapping, place: Path) -> Subflow:
        self._known_keys(body, place, SUBFLOW_KEYS, Text("flow.a-subflow"))
        nodes = self._nodes(body, place)
        ends: dict[str, dict[str, tuple[Target, ...]]] = {}
        for side in ("inputs", "outputs"):
            ends[side] = self._ports(body, place, side)
            for port, targets in ends[side].items():
                for index, target in enumerate(targets):
                    if target.node not in nodes:
                        self._unknown_node(None, (*place, side, port, index), target.node, nodes)
        return Subflow(
            name=name,
            nodes=nodes,
            inputs=ends["inputs"],
            outputs=ends["outputs"],
            fields=self._section(body, place, "fields", lambda _name, field, _place: field.plain()),
            title=self._localized_text(body, place, "title"),
            help=self._localized_text(body, place, "help"),
            layout=self._layout(body, place, nodes),
            groups=self._groups(body, place, nodes),
            notes=self._section(body, place, "notes", self._note),
        )

    def _groups(self, owner: Mapping, place: Path, nodes: dict[str, NodeSpec]) -> dict[str, Group]:
        groups = self._section(owner, place, "groups", self._group)
        home: dict[str, str] = {}
        for name, group in groups.items():
            for index, member in enumerate(group.members):
                spot = (*place, "groups", name, "members", index)
                if member not in nodes:
                    self._unknown_node(None, spot, member, nodes)
                elif member in home:
                    self._at(spot, Text("flow.in-two-groups", node=member, group=home[member]))
                home.setdefault(member, name)
        return groups

    def _group(self, _name: str, body: Mapping, place: Path) -> Group:
        self._known_keys(body, place, GROUP_KEYS, Text("flow.a-group"))
        return Group(
            title=self._localized_text(body, place, "title"),
            colour=self._text(body, place, "colour"),
            members=self._texts(body, place, "members"),
        )

    def _note(self, _name: str, body: Mapping, place: Path) -> Note:
        self._known_keys(body, place, NOTE_KEYS, Text("flow.a-note"))
        if body.entry("text") is None:
            self._at(place, Text("flow.note-text-missing"))
        return Note(
            text=self._text(body, place, "text"),
            at=self._pair(body, place, "at") or (0, 0),
            size=self._pair(body, place, "size"),
        )

    def _layout(self, owner: Mapping, place: Path, nodes: dict[str, NodeSpec]) -> dict[str, tuple[float, float]]:
        layout = {}
        section = owner.entry("layout")
        for key, _value in self._entries(owner, place, "layout"):
            inner = (*place, "layout", key.value)
            if key.value not in nodes:
                self._unknown_node(key, inner, key.value, nodes, "warning")
            assert section is not None
            body = behind(section[1])
            assert isinstance(body, Mapping)
            pair = self._pair(body, (*place, "layout"), key.value)
            if pair is not None:
                layout[key.value] = pair
        return layout
