"""Two people's edits of one flow brought together node by node, field by field; where both changed the same, it asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import UNSET

from engine.flow.changes.diff import ends_as_json, same_value
from engine.flow.changes.edit_script import node_document, operations_between
from engine.flow.changes.merge_cleanup import ends_in, in_one_group, leading_to, of_members, with_used
from engine.flow.model import Flow, Group, NodeSpec, Subflow, Target
from engine.flow.yaml import operations as ops

Side = Literal["mine", "theirs"]
Choices = Mapping[tuple[str, str], Side]

# What one wire is: not there, there, or there and disabled.
_Wires = dict[tuple[str, str], bool]
_Part = TypeVar("_Part")


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that both changed, each in another way; UNSET where it is not there.

    `node` is an address, "" for the flow itself; `field` is dotted, "" for the node as a whole (one removed it, the
    other changed it or wired to it).
    """

    node: str
    field: str
    base: Any = UNSET
    mine: Any = UNSET
    theirs: Any = UNSET

    def as_json(self) -> dict[str, Any]:
        """{"node", "field", "base", "mine", "theirs"}, a side that is not there left out."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """`flow` is both edits together, with theirs in place of every open conflict; `operations` make theirs into it."""

    flow: Flow
    operations: list[ops.Operation]
    conflicts: list[Conflict]


def merge_flows(base: Flow, mine: Flow, theirs: Flow, choices: Choices | None = None) -> Merged:
    """Brings what changed from `base` to `mine` into `theirs`.

    `choices` says for (node, field) of conflicts which side is to be taken; those are no conflicts then. Wires are
    merged one by one. A position on the canvas is never a conflict: mine is taken.
    """
    merge = _Merge(choices or {})
    nodes = merge.nodes("", *(_Nodes(side.nodes, ends_in(side.on_error)) for side in (base, mine, theirs)))
    subflows = with_used(merge.subflows(base, mine, theirs), nodes, (theirs, mine, base))
    flow = msgspec.structs.replace(
        theirs,
        nodes=nodes,
        subflows=subflows,
        layout=_layout(base.layout, mine.layout, theirs.layout, nodes),
        groups=merge.groups("groups", (base.groups, mine.groups, theirs.groups), nodes),
        notes=merge.entries("notes", base.notes, mine.notes, theirs.notes),
        **{
            name: merge.value("", name, getattr(base, name), getattr(mine, name), getattr(theirs, name))
            for name in ("flow", "title", "help", "disabled")
        },
        on_error=merge.on_error(base, mine, theirs, nodes),
    )
    return Merged(flow=flow, operations=operations_between(theirs, flow), conflicts=merge.conflicts)


class _Nodes(dict[str, NodeSpec]):
    """The nodes of one side, and which of them something besides a wire names: `on_error`, the ports of a subflow."""

    def __init__(self, nodes: Mapping[str, NodeSpec], named: frozenset[str]) -> None:
        super().__init__(nodes)
        self.named = named


class _Merge:
    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.conflicts: list[Conflict] = []

    def value(
        self, node: str, field: str, base: Any, mine: Any, theirs: Any, shown: Callable[[Any], Any] | None = None
    ) -> Any:
        """What one value becomes. `shown` turns the sides into what a conflict shows."""
        if same_value(mine, base) or same_value(mine, theirs):
            return theirs
        if same_value(theirs, base):
            return mine
        return mine if self.mine_is_chosen(node, field, base, mine, theirs, shown or _plain) else theirs

    def mine_is_chosen(
        self, node: str, field: str, base: Any, mine: Any, theirs: Any, shown: Callable[[Any], Any]
    ) -> bool:
        choice = self.choices.get((node, field))
        if choice is None:
            self.conflicts.append(
                Conflict(node=node, field=field, base=shown(base), mine=shown(mine), theirs=shown(theirs))
            )
        return choice == "mine"

    def on_error(self, base: Flow, mine: Flow, theirs: Flow, nodes: Mapping[str, NodeSpec]) -> Target | None:
        """Where errors go; an end that went with its node is no change that anybody made to it."""
        was, ours, others = (
            None if end is None or end.node not in nodes else end
            for end in (base.on_error, mine.on_error, theirs.on_error)
        )
        end: Target | None = self.value("", "on_error", was, ours, others)
        return end

    def nodes(self, prefix: str, base: _Nodes, mine: _Nodes, theirs: _Nodes) -> dict[str, NodeSpec]:
        """The nodes of a flow or subflow, in their order, each of mine after the node that it stood after."""
        kept: dict[str, NodeSpec] = {}
        for id in _in_order(mine, theirs):
            found = self._node(
                prefix + id, base.get(id), mine.get(id), theirs.get(id), self._wired_anew(id, base, mine, theirs)
            )
            if found is not None:
                kept[id] = found
        return {id: self._with_wires(prefix + id, node, base, mine, theirs, kept) for id, node in kept.items()}

    def _wired_anew(self, id: str, base: _Nodes, mine: _Nodes, theirs: _Nodes) -> bool:
        """Whether the side that keeps a node has a new wire to it, which the other's removal would take away."""
        if id not in base or (id in mine) == (id in theirs):
            return False
        side = theirs if id in theirs else mine
        if id in side.named and id not in base.named:
            return True
        return any(
            end.node == id and end not in (base[source].to.get(port, ()) if source in base else ())
            for source, node in side.items()
            for port, ends in node.to.items()
            for end in ends
        )

    def _node(
        self, address: str, base: NodeSpec | None, mine: NodeSpec | None, theirs: NodeSpec | None, wired_anew: bool
    ) -> NodeSpec | None:
        """What a node becomes, its wires apart; None when it is to go."""
        if mine is None or theirs is None:
            if base is None:
                return mine or theirs
            if (mine or theirs) in (None, base) and not wired_anew:
                return None
            return mine if self.mine_is_chosen(address, "", base, mine, theirs, _whole) else theirs
        was = base or NodeSpec(id=mine.id, type="")
        made = {
            name: self.value(address, name, getattr(was, name), getattr(mine, name), getattr(theirs, name))
            for name in ("title", "note", "disabled")
        }
        return msgspec.structs.replace(theirs, **made, **self._type_and_config(address, was, mine, theirs))

    def _type_and_config(self, address: str, was: NodeSpec, mine: NodeSpec, theirs: NodeSpec) -> dict[str, Any]:
        if mine.type != theirs.type:
            # The fields of one type mean nothing to another, so type and config go together.
            ours = mine.type == was.type and same_value(mine.with_, was.with_)
            others = theirs.type == was.type and same_value(theirs.with_, was.with_)
            if ours:
                side = theirs
            elif others:
                side = mine
            else:
                chosen = self.mine_is_chosen(address, "type", was, mine, theirs, lambda node: node.type)
                side = mine if chosen else theirs
            return {"type": side.type, "with_": side.with_}
        fields = {
            name: self.value(
                address,
                f"with.{name}",
                was.with_.get(name, UNSET),
                mine.with_.get(name, UNSET),
                theirs.with_.get(name, UNSET),
            )
            for name in dict.fromkeys([*theirs.with_, *mine.with_])
        }
        return {"with_": {name: value for name, value in fields.items() if value is not UNSET}}

    def _with_wires(
        self,
        address: str,
        node: NodeSpec,
        base: Mapping[str, NodeSpec],
        mine: Mapping[str, NodeSpec],
        theirs: Mapping[str, NodeSpec],
        kept: Mapping[str, NodeSpec],
    ) -> NodeSpec:
        was = _wires(base.get(node.id))
        ours = _wires(mine.get(node.id, node))
        others = _wires(theirs.get(node.id, node))
        found: dict[str, list[Target]] = {}
        # The order in which a message goes out is the side's that has changed the wires, theirs when both have.
        for port, end in dict.fromkeys([*ours, *others] if list(others) == list(was) else [*others, *ours]):
            key = (port, end)
            field = f"to.{port}.{end}" if port else f"to.{end}"
            sides = was.get(key, UNSET), ours.get(key, UNSET), others.get(key, UNSET)
            state = self.value(address, field, *sides, shown=_format_wire)
            name, _, input = end.partition(".")
            removed = name not in kept and (name in base or name in mine or name in theirs)
            if state is not UNSET and not removed:
                found.setdefault(port, []).append(Target(name, input, bool(state)))
        if "" in found and len(found) > 1:
            return self._mixed_ports(address, node, base, mine, theirs, kept)
        return msgspec.structs.replace(node, to={port: tuple(ends) for port, ends in found.items()})

    def _mixed_ports(
        self,
        address: str,
        node: NodeSpec,
        base: Mapping[str, NodeSpec],
        mine: Mapping[str, NodeSpec],
        theirs: Mapping[str, NodeSpec],
        kept: Mapping[str, NodeSpec],
    ) -> NodeSpec:
        """One side names the ports and the other does not: which is the first is not known here, so it is asked."""
        before = base[node.id].to if node.id in base else {}
        sides = mine[node.id].to, theirs[node.id].to
        chosen = self.mine_is_chosen(address, "to", before, *sides, _format_wires)
        to = {port: tuple(end for end in ends if end.node in kept) for port, ends in sides[0 if chosen else 1].items()}
        return msgspec.structs.replace(node, to={port: ends for port, ends in to.items() if ends})

    def entries(
        self, section: str, base: Mapping[str, _Part], mine: Mapping[str, _Part], theirs: Mapping[str, _Part]
    ) -> dict[str, _Part]:
        """Groups, notes, ports, fields: each entry as a whole."""
        found = {
            name: self.value(
                "", f"{section}.{name}", base.get(name, UNSET), mine.get(name, UNSET), theirs.get(name, UNSET)
            )
            for name in dict.fromkeys([*theirs, *mine])
        }
        return {name: entry for name, entry in found.items() if entry is not UNSET}

    def groups(
        self, section: str, sides: tuple[Mapping[str, Group], ...], nodes: Mapping[str, NodeSpec]
    ) -> dict[str, Group]:
        """Groups of the nodes that are left, each of them in one group: where mine has moved it, else where it is in theirs."""
        base, mine, theirs = (of_members(side, nodes) for side in sides)
        return in_one_group(self.entries(section, base, mine, theirs), base, mine, theirs)

    def subflows(self, base: Flow, mine: Flow, theirs: Flow) -> dict[str, Subflow]:
        """Subflows that both have are merged within; one that a side has removed goes unless the other changed it."""
        found: dict[str, Subflow] = {}
        for name in dict.fromkeys([*theirs.subflows, *mine.subflows]):
            was, ours, others = base.subflows.get(name), mine.subflows.get(name), theirs.subflows.get(name)
            if ours is not None and others is not None:
                found[name] = self._subflow(name, was or Subflow(name=name), ours, others)
            elif was is None:
                found[name] = ours or others or Subflow(name=name)
            elif (ours or others) != was:
                chosen = self.mine_is_chosen("", f"subflows.{name}", was, ours, others, _whole_subflow)
                if left := (ours if chosen else others):
                    found[name] = left
        return found

    def _subflow(self, name: str, base: Subflow, mine: Subflow, theirs: Subflow) -> Subflow:
        sides = (base, mine, theirs)
        nodes = self.nodes(
            f"{name}/", *(_Nodes(side.nodes, ends_in(*side.inputs.values(), *side.outputs.values())) for side in sides)
        )
        parts: dict[str, Any] = {
            part: self.entries(f"subflows.{name}.{part}", *(getattr(side, part) for side in sides))
            for part in ("fields", "notes")
        }
        for part in ("inputs", "outputs"):
            ports = (leading_to(getattr(side, part), nodes) for side in sides)
            parts[part] = self.entries(f"subflows.{name}.{part}", *ports)
        parts["groups"] = self.groups(f"subflows.{name}.groups", (base.groups, mine.groups, theirs.groups), nodes)
        for part in ("title", "help"):
            parts[part] = self.value(
                "", f"subflows.{name}.{part}", getattr(base, part), getattr(mine, part), getattr(theirs, part)
            )
        layout = _layout(base.layout, mine.layout, theirs.layout, nodes)
        return Subflow(name=name, nodes=nodes, layout=layout, **parts)


def _layout(
    base: Mapping[str, tuple[float, float]],
    mine: Mapping[str, tuple[float, float]],
    theirs: Mapping[str, tuple[float, float]],
    nodes: Mapping[str, NodeSpec],
) -> dict[str, tuple[float, float]]:
    found = dict(theirs)
    for id in dict.fromkeys([*base, *mine]):
        if mine.get(id) != base.get(id):
            if id in mine:
                found[id] = mine[id]
            else:
                found.pop(id, None)
    return {id: at for id, at in found.items() if id in nodes}


def _in_order(mine: Mapping[str, NodeSpec], theirs: Mapping[str, NodeSpec]) -> list[str]:
    order = list(theirs)
    before = ""
    for id in mine:
        if id not in theirs:
            order.insert(order.index(before) + 1 if before else 0, id)
        before = id
    return order


def _wires(node: NodeSpec | None) -> _Wires:
    if node is None:
        return {}
    return {
        (port, f"{end.node}.{end.port}" if end.port else end.node): end.disabled
        for port, ends in node.to.items()
        for end in ends
    }


def _plain(value: Any) -> Any:
    if value is UNSET or value is None:
        return UNSET
    return str(value) if isinstance(value, Target) else msgspec.to_builtins(value)


def _whole(node: NodeSpec | None) -> Any:
    return UNSET if node is None else node_document(node)


def _whole_subflow(subflow: Subflow | None) -> Any:
    return UNSET if subflow is None else list(subflow.nodes)


def _format_wire(disabled: Any) -> Any:
    return UNSET if disabled is UNSET else "disabled" if disabled else "enabled"


def _format_wires(to: Mapping[str, tuple[Target, ...]]) -> Any:
    return {port: ends_as_json(ends) for port, ends in to.items()} or UNSET
