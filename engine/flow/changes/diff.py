"""What two versions of a flow differ in, as people see it, and what a deploy of the second one restarts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.flow.check.expand import expand_subflows
from engine.flow.model import Flow, NodeSpec, Subflow, Target

# A value that is not there, as opposed to null.
_NONE = msgspec.UNSET


class Change(msgspec.Struct, frozen=True):
    """One field, old → new; UNSET where it is not there. `field` is dotted: "type", "with.factor", "to.ok"."""

    field: str
    old: Any = _NONE
    new: Any = _NONE

    def as_json(self) -> dict[str, Any]:
        """{"field", "old", "new"}, a side that is not there left out."""
        sides = {"old": self.old, "new": self.new}
        return {"field": self.field, **{side: value for side, value in sides.items() if value is not _NONE}}

    def __str__(self) -> str:
        if self.old is _NONE:
            return f"{self.field}: {_shown(self.new)} added"
        if self.new is _NONE:
            return f"{self.field}: {_shown(self.old)} removed"
        return f"{self.field}: {_shown(self.old)} → {_shown(self.new)}"


class FlowDiff(msgspec.Struct, frozen=True, kw_only=True):
    """The difference of two flows. Nodes are named by address: `scale`, or `calibrate/scale` in the subflow `calibrate`.

    `changed` holds what a node is (type, config, title, …), `rewired` only where its messages go, `moved` the nodes
    whose place on the canvas is all that differs. `flow` holds everything outside of nodes: title, on_error,
    subflows' ports and fields, groups, notes. `restarts` are the ids, as they run, of nodes that a deploy starts anew:
    type or config changed, or added; `stops` are those that are no longer there. Wires restart nothing.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: dict[str, tuple[Change, ...]] = {}
    rewired: dict[str, tuple[Change, ...]] = {}
    moved: tuple[str, ...] = ()
    flow: tuple[Change, ...] = ()
    restarts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__struct_fields__)

    def as_json(self) -> dict[str, Any]:
        """The object that the editor shows: the same names, each change as {"field", "old", "new"}."""
        return {
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": {node: [change.as_json() for change in changes] for node, changes in self.changed.items()},
            "rewired": {node: [change.as_json() for change in changes] for node, changes in self.rewired.items()},
            "moved": list(self.moved),
            "flow": [change.as_json() for change in self.flow],
            "restarts": list(self.restarts),
            "stops": list(self.stops),
        }

    def __str__(self) -> str:
        lines = [f"+ {node}" for node in self.added]
        lines += [f"- {node}" for node in self.removed]
        lines += [f"  {change}" for change in self.flow]
        for node in dict.fromkeys([*self.changed, *self.rewired]):
            lines.append(f"~ {node}")
            lines += [f"    {change}" for change in (*self.changed.get(node, ()), *self.rewired.get(node, ()))]
        if self.moved:
            lines.append(f"moved: {', '.join(self.moved)}")
        if self.restarts:
            lines.append(f"restarts: {', '.join(self.restarts)}")
        if self.stops:
            lines.append(f"stops: {', '.join(self.stops)}")
        return "\n".join(lines) or "no difference"


def diff_flows(old: Flow, new: Flow) -> FlowDiff:
    """What `new` says other than `old`. A renamed node is one removed and one added: its memory goes by its id."""
    before, after = dict(nodes_by_address(old)), dict(nodes_by_address(new))
    changed: dict[str, tuple[Change, ...]] = {}
    rewired: dict[str, tuple[Change, ...]] = {}
    for address in before.keys() & after.keys():
        if found := tuple(node_changes(before[address], after[address])):
            changed[address] = found
        if found := tuple(wire_changes(before[address], after[address])):
            rewired[address] = found
    places, now = dict(_places(old)), dict(_places(new))
    moved = [
        address
        for address in after
        if address in before
        and places.get(address) != now.get(address)
        and address not in changed
        and address not in rewired
    ]
    restarts, stops = _restarts(old, new)
    return FlowDiff(
        added=tuple(address for address in after if address not in before),
        removed=tuple(address for address in before if address not in after),
        changed={address: changed[address] for address in after if address in changed},
        rewired={address: rewired[address] for address in after if address in rewired},
        moved=tuple(moved),
        flow=tuple(_flow_changes(old, new)),
        restarts=tuple(restarts),
        stops=tuple(stops),
    )


def nodes_by_address(flow: Flow) -> Iterator[tuple[str, NodeSpec]]:
    """All nodes of a flow and its subflows, by address."""
    yield from flow.nodes.items()
    for name, subflow in flow.subflows.items():
        for id, node in subflow.nodes.items():
            yield f"{name}/{id}", node


def node_changes(old: NodeSpec, new: NodeSpec) -> Iterator[Change]:
    """What differs in a node, its wires apart; the config by its first level."""
    if old.type != new.type:
        yield Change("type", old.type, new.type)
    for name in dict.fromkeys([*old.with_, *new.with_]):
        before, after = old.with_.get(name, _NONE), new.with_.get(name, _NONE)
        if not same_value(before, after):
            yield Change(f"with.{name}", before, after)
    for name in ("title", "note", "disabled"):
        if getattr(old, name) != getattr(new, name):
            yield Change(name, getattr(old, name), getattr(new, name))


def wire_changes(old: NodeSpec, new: NodeSpec) -> Iterator[Change]:
    """Output ports whose wires differ; their order counts, as messages take it."""
    for port in dict.fromkeys([*old.to, *new.to]):
        if old.to.get(port, ()) != new.to.get(port, ()):
            yield Change(f"to.{port}" if port else "to", ends_as_json(old.to.get(port)), ends_as_json(new.to.get(port)))


def ends_as_json(targets: tuple[Target, ...] | None) -> Any:
    """Targets as a flow file spells them; UNSET for none."""
    if not targets:
        return _NONE
    ends = [{"node": str(target), "disabled": True} if target.disabled else str(target) for target in targets]
    return ends[0] if len(ends) == 1 and isinstance(ends[0], str) else ends


def same_value(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; true is not 1, and 1 is 1.0, as a schema sees them."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same_value(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _places(flow: Flow) -> Iterator[tuple[str, tuple[float, float]]]:
    yield from flow.layout.items()
    for name, subflow in flow.subflows.items():
        for id, at in subflow.layout.items():
            yield f"{name}/{id}", at


def _flow_changes(old: Flow, new: Flow) -> Iterator[Change]:
    for name in ("flow", "title", "help", "disabled"):
        if getattr(old, name) != getattr(new, name):
            yield Change(name, getattr(old, name), getattr(new, name))
    if old.on_error != new.on_error:
        yield Change("on_error", _text(old.on_error), _text(new.on_error))
    yield from _section_changes("groups", old.groups, new.groups)
    yield from _section_changes("notes", old.notes, new.notes)
    for name in dict.fromkeys([*old.subflows, *new.subflows]):
        yield from _subflow_changes(f"subflows.{name}", old.subflows.get(name), new.subflows.get(name))


def _subflow_changes(place: str, old: Subflow | None, new: Subflow | None) -> Iterator[Change]:
    if old is None or new is None:
        yield Change(place, _NONE if old is None else list(old.nodes), _NONE if new is None else list(new.nodes))
        return
    for name in ("title", "help"):
        if getattr(old, name) != getattr(new, name):
            yield Change(f"{place}.{name}", getattr(old, name), getattr(new, name))
    for side in ("inputs", "outputs"):
        before, after = getattr(old, side), getattr(new, side)
        for port in dict.fromkeys([*before, *after]):
            if before.get(port) != after.get(port):
                yield Change(f"{place}.{side}.{port}", _port_ends(before, port), _port_ends(after, port))
    for name in dict.fromkeys([*old.fields, *new.fields]):
        if not same_value(old.fields.get(name, _NONE), new.fields.get(name, _NONE)):
            yield Change(f"{place}.fields.{name}", old.fields.get(name, _NONE), new.fields.get(name, _NONE))
    yield from _section_changes(f"{place}.groups", old.groups, new.groups)
    yield from _section_changes(f"{place}.notes", old.notes, new.notes)


def _section_changes(place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Change(f"{place}.{name}", _plain(old.get(name, _NONE)), _plain(new.get(name, _NONE)))


def _port_ends(ports: Mapping[str, tuple[Target, ...]], port: str) -> Any:
    return [str(target) for target in ports[port]] if port in ports else _NONE


def _restarts(old: Flow, new: Flow) -> tuple[list[str], list[str]]:
    before, after = expand_subflows(old).nodes, expand_subflows(new).nodes
    restarts = [
        id
        for id, node in after.items()
        if (was := before.get(id)) is None or was.type != node.type or not same_value(was.with_, node.with_)
    ]
    return restarts, [id for id in before if id not in after]


def _plain(value: Any) -> Any:
    return value if value is _NONE else msgspec.to_builtins(value)


def _text(target: Target | None) -> Any:
    return _NONE if target is None else str(target)


def _shown(value: Any, limit: int = 60) -> str:
    text = value if isinstance(value, str) and value else msgspec.json.encode(value).decode()
    return text if len(text) <= limit else text[: limit - 1] + "…"
