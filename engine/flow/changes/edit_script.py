"""The operations that make one flow into another, so that its text changes only where the flow does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from engine.flow.changes.diff import end_as_json, ends_as_json, same_value
from engine.flow.model import Flow, Group, NodeSpec, Note, Subflow, Target
from engine.flow.yaml import operations as ops

Document = dict[str, Any]


def operations_between(old: Flow, new: Flow) -> list[ops.Operation]:
    """Operations after which `old` says what `new` says; [] when it does already.

    Places and group members that name no node are left as they are.
    """
    gone = old.nodes.keys() - new.nodes.keys()
    script: list[ops.Operation] = [
        ops.SetSubflow(name=name, definition=subflow_document(subflow))
        for name, subflow in new.subflows.items()
        if old.subflows.get(name) != subflow
    ]
    script += [ops.RemoveNode(id=id) for id in old.nodes if id in gone]
    script += _added_and_changed(old, new, gone)
    script += [ops.RemoveSubflow(name=name) for name in old.subflows if name not in new.subflows]
    script += _flow_fields(old, new, gone)
    script += _groups(old, new, gone)
    script += _notes(old.notes, new.notes)
    positions = {
        id: new.layout.get(id)
        for id in new.nodes
        if new.layout.get(id) != (old.layout.get(id) if id in old.nodes else None)
    }
    if positions:
        script.append(ops.SetLayout(positions=positions))
    return script


def node_document(node: NodeSpec) -> Document:
    """A node as a flow file spells it."""
    written = {
        "type": node.type,
        "title": node.title,
        "note": node.note,
        "with": node.with_,
        "to": to_document(node.to),
        "disabled": node.disabled,
    }
    return {key: value for key, value in written.items() if key == "type" or value not in ("", {}, [], None, False)}


def to_document(to: Mapping[str, tuple[Target, ...]]) -> Any:
    """The wires of a node as `to:` spells them; None for none."""
    ports = {port: ends_as_json(ends) for port, ends in to.items() if ends}
    return (ports[""] if ports.keys() == {""} else ports) or None


def subflow_document(subflow: Subflow) -> Document:
    """A subflow as a flow file spells it."""
    written: Document = {
        "title": subflow.title,
        "help": subflow.help,
        "inputs": {port: [end_as_json(end) for end in ends] for port, ends in subflow.inputs.items()},
        "outputs": {port: [end_as_json(end) for end in ends] for port, ends in subflow.outputs.items()},
        "fields": subflow.fields,
        "nodes": {name: node_document(node) for name, node in subflow.nodes.items()},
        "groups": {name: _group_document(group) for name, group in subflow.groups.items()},
        "notes": {name: _note_document(note) for name, note in subflow.notes.items()},
        "layout": {name: _pixels(at) for name, at in subflow.layout.items()},
    }
    return {key: value for key, value in written.items() if key == "nodes" or value not in ("", {})}


def _added_and_changed(old: Flow, new: Flow, gone: set[str]) -> Iterator[ops.Operation]:
    after = ""
    for id, node in new.nodes.items():
        was = old.nodes.get(id)
        if was is None:
            yield ops.AddNode(
                id=id,
                type=node.type,
                with_=node.with_,
                to=to_document(node.to),
                title=node.title,
                note=node.note,
                disabled=node.disabled,
                after=after,
            )
        else:
            changes = _node_changes(msgspec.structs.replace(was, to=_without(was.to, gone)), node)
            if changes:
                yield ops.ChangeNode(id=id, **changes)
        after = id


def _node_changes(was: NodeSpec, node: NodeSpec) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: getattr(node, name)
        for name in ("type", "title", "note", "disabled")
        if getattr(node, name) != getattr(was, name)
    }
    changed = {name: value for name, value in node.with_.items() if not same_value(value, was.with_.get(name, UNSET))}
    if changed:
        changes["set"] = changed
    if unset := tuple(name for name in was.with_ if name not in node.with_):
        changes["unset"] = unset
    if was.to != node.to:
        changes["to"] = to_document(node.to)
    return changes


def _without(to: Mapping[str, tuple[Target, ...]], gone: set[str]) -> dict[str, tuple[Target, ...]]:
    left = {port: tuple(end for end in ends if end.node not in gone) for port, ends in to.items()}
    return {port: ends for port, ends in left.items() if ends}


def _flow_fields(old: Flow, new: Flow, gone: set[str]) -> Iterator[ops.Operation]:
    changes: dict[str, Any] = {
        name: getattr(new, name)
        for name in ("flow", "title", "help", "disabled")
        if getattr(old, name) != getattr(new, name)
    }
    was = None if old.on_error is not None and old.on_error.node in gone else old.on_error
    if was != new.on_error:
        changes["on_error"] = str(new.on_error or "")
    if changes:
        yield ops.SetFlow(**changes)


def _groups(old: Flow, new: Flow, gone: set[str]) -> Iterator[ops.Operation]:
    yield from (ops.RemoveGroup(name=name) for name in old.groups if name not in new.groups)
    for name, group in new.groups.items():
        was = old.groups.get(name)
        if was is not None:
            was = msgspec.structs.replace(was, members=tuple(one for one in was.members if one not in gone))
        if was != group:
            yield ops.SetGroup(name=name, title=group.title, colour=group.colour, members=group.members)


def _notes(old: Mapping[str, Note], new: Mapping[str, Note]) -> Iterator[ops.Operation]:
    yield from (ops.RemoveNote(name=name) for name in old if name not in new)
    for name, note in new.items():
        if old.get(name) != note:
            yield ops.SetNote(name=name, text=note.text, at=note.at, size=note.size)


def _group_document(group: Group) -> Document:
    written: Document = {"title": group.title, "colour": group.colour, "members": list(group.members)}
    return {key: value for key, value in written.items() if value not in ("", {}, [])}


def _note_document(note: Note) -> Document:
    written: Document = {"text": note.text, "at": _pixels(note.at)}
    return {**written, "size": _pixels(note.size)} if note.size else written


def _pixels(pair: tuple[float, float]) -> list[float]:
    return [int(number) if float(number).is_integer() else number for number in pair]
