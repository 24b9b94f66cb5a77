"""What two versions of a flow differ in, as people see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.flow.model import Flow, NodeSpec, Subflow, Target

# A value that is not there, as opposed to null.
_NONE = msgspec.UNSET


class Change(msgspec.Struct, frozen=True):
    """One field, old → new; a side that is not there is left out. `field` is dotted: "type", "with.factor", "to.ok"."""

    field: str
    old: Any = _NONE
    new: Any = _NONE


class FlowDiff(msgspec.Struct, frozen=True, kw_only=True):
    """The difference of two flows. Nodes are named by address: `scale`, or `calibrate/scale` in the subflow `calibrate`.

    `changed` holds what a node is (type, config, title, …), `rewired` only where its messages go, `moved` the nodes
    whose place on the canvas is all that differs. `flow` holds everything outside of nodes: title, on_error,
    subflows' ports and fields, groups, notes.
    """

    added: list[str] = []
    removed: list[str] = []
    changed: dict[str, list[Change]] = {}
    rewired: dict[str, list[Change]] = {}
    moved: list[str] = []
    flow: list[Change] = []


def diff_flows(old: Flow, new: Flow) -> FlowDiff:
    """What `new` says other than `old`. A renamed node is one removed and one added; `DeployEffect` tells which were renamed."""
    before, after = dict(nodes_by_address(old)), dict(nodes_by_address(new))
    changed: dict[str, list[Change]] = {}
    rewired: dict[str, list[Change]] = {}
    for address, node in after.items():
        if address not in before:
            continue
        if found := list(node_changes(before[address], node)):
            changed[address] = found
        if found := list(wire_changes(before[address], node)):
            rewired[address] = found
    places, now = dict(_places(old)), dict(_places(new))
    return FlowDiff(
        added=[address for address in after if address not in before],
        removed=[address for address in before if address not in after],
        changed=changed,
        rewired=rewired,
        moved=[
            address
            for address in after
            if address in before
            and places.get(address) != now.get(address)
            and address not in changed
            and address not in rewired
        ],
        flow=list(_flow_changes(old, new)),
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
    ends = [end_as_json(target) for target in targets]
    return ends[0] if len(ends) == 1 and isinstance(ends[0], str) else ends


def end_as_json(target: Target) -> Any:
    """One target as a flow file spells it."""
    return {"node": str(target), "disabled": True} if target.disabled else str(target)


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
    return [end_as_json(target) for target in ports[port]] if port in ports else _NONE


def _plain(value: Any) -> Any:
    return value if value is _NONE else msgspec.to_builtins(value)


def _text(target: Target | None) -> Any:
    return _NONE if target is None else str(target)
